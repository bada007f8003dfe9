import { sha256 } from '../../kernel/digest.ts';
import type { Fault, Loaded } from '../../kernel/fault.ts';
import { parseSize } from '../../kernel/value.ts';
import { logLimits } from '../../log/log.ts';
import { parseNoteKeys } from '../../log/public-keys.ts';
import { LogKeeper, type ServedLog } from '../../log/serve.ts';
import { type NoteKey, noteKey } from '../../signing/note.ts';
import type { Asked } from '../asked.ts';
import { holderAsked } from '../holders.ts';
import { readToken } from '../log-inputs.ts';
import { plainly } from '../paint.ts';
import { refuse } from '../refuse.ts';
import { usage } from '../usage.ts';
import { readSource } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** The counterpart of the spool. A log whose folder cannot be opened is answered for as away; the others are served. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const { settings } = asked;
  const [dir = ''] = asked.args;
  const [keys, token, witness] = [logKeys(asked, world), readToken(asked, world), await witnessAsked(asked, world)];
  for (const read of [keys, token, witness]) if (!read.ok) return refuse(read.faults, asked, world);
  if (!keys.ok || !token.ok || !witness.ok) return exit.bug; // refused in the line above
  const listen = /^(.*):(\d{1,5})$/.exec(settings.text('listen') ?? '');
  const factsBytesMax = parseSize(settings.text('facts-max') ?? '');
  if (listen === null) return refuse([usage('--listen is no HOST:PORT', 'write 127.0.0.1:8642')], asked, world);
  if (factsBytesMax === undefined) return refuse([usage('--facts-max is no size', 'write 1GiB')], asked, world);
  const made = world.disk.makeFolder(dir);
  if (!made.ok) return refuse(made.faults, asked, world);
  const kept = new Map<string, LogKeeper | string>();
  for (const [origin, ofLog] of Map.groupBy(keys.value, ({ name }) => name)) {
    const served: ServedLog = {
      origin,
      logKeys: ofLog,
      nowMs: () => world.nowMs(),
      segmentBytesMax: logLimits.segmentBytesMax,
      factsBytesMax,
      ...(witness.value === undefined ? {} : { witness: witness.value }),
    };
    const folder = `${dir}/${folderName(origin)}`;
    const opened = await LogKeeper.open(await world.logFolder(world.disk.resolve(folder)), served);
    kept.set(origin, opened.ok ? opened.value : (opened.faults[0]?.message ?? ''));
    if (!opened.ok) {
      const faults = opened.faults.map((fault) => inFolder(fault, folder));
      await asked.messages.faults(faults, `explain: ${world.calledAs} explain ${faults[0]?.code}`);
      continue;
    }
    world.out.write(
      `${plainly(origin, asked.look)}: ${opened.value.head().size} records in ${plainly(folder, asked.look)}\n`,
    );
  }
  const [, host = '', port = ''] = listen;
  const server = await world
    .serveLogs({
      host: host.replace(/^\[|\]$/g, ''),
      port: Number(port),
      ...(token.value === undefined ? {} : { token: token.value }),
      keeperOf: (origin) => kept.get(origin),
      told: ({ method, path, status, from }) => {
        if (asked.messages.verbose || status >= 400) asked.messages.note(`${status} ${method} ${path} of ${from}`);
      },
    })
    .catch((problem: unknown) =>
      usage(`cannot listen there: ${problem instanceof Error ? problem.message : String(problem)}`),
    );
  if ('code' in server) {
    await closed(kept);
    return refuse([server], asked, world);
  }
  world.out.write(`serving at ${server.url}\n`);
  await interruption(world);
  await server.close();
  await closed(kept);
  return exit.interrupted;
}

async function closed(kept: ReadonlyMap<string, LogKeeper | string>): Promise<void> {
  for (const keeper of kept.values()) if (typeof keeper !== 'string') await keeper.close();
}

/** A name that holds no step of a path, whatever the origin is; the folder's own `origin` says whose it is. */
function folderName(origin: string): string {
  return `${origin
    .replaceAll(/[^A-Za-z0-9.-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 80)}-${sha256(origin).slice(0, 12)}`;
}

function logKeys({ settings }: Asked, { disk }: World): Loaded<readonly NoteKey[]> {
  const keys: NoteKey[] = [];
  for (const path of settings.list('log-key')) {
    const read = readSource(disk, path);
    if ('faults' in read) return { ok: false, faults: read.faults };
    const parsed = parseNoteKeys(read.source.text, path);
    if (!parsed.ok) return parsed;
    keys.push(...parsed.value.filter(({ purpose }) => purpose === 'signature'));
  }
  if (keys.length > 0) return { ok: true, value: keys, warnings: [] };
  return { ok: false, faults: [usage('--log-key names no key of a log', 'a log has its own in key.pub')] };
}

async function witnessAsked(asked: Asked, world: World): Promise<Loaded<ServedLog['witness']>> {
  const name = asked.settings.text('witness');
  if (name === undefined) {
    if (asked.settings.text('key') === undefined) return { ok: true, value: undefined, warnings: [] };
    return { ok: false, faults: [usage('--key is given without --witness', 'say under which name it cosigns')] };
  }
  const holder = await holderAsked(asked, world);
  if (!holder.ok) return holder;
  const key = noteKey(name, 'cosignature', holder.value.public, { file: '', line: 0, col: 0 });
  return key.ok ? { ok: true, value: { key: key.value, signer: holder.value }, warnings: [] } : key;
}

function inFolder(fault: Fault, folder: string): Fault {
  return { ...fault, at: { ...fault.at, file: `${folder}/${fault.at.file}` } };
}

function interruption({ interrupted }: World): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
