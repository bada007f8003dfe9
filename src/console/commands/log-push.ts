import { error } from '../../kernel/fault.ts';
import { parseDuration } from '../../kernel/value.ts';
import { names } from '../../log/folder.ts';
import { parseNoteKeys } from '../../log/public-keys.ts';
import { Spool, type SpoolState } from '../../log/spool.ts';
import { treeOf } from '../../log/tree-of.ts';
import { ago, moment } from '../ages.ts';
import type { Asked } from '../asked.ts';
import { readToken } from '../log-inputs.ts';
import { plainly } from '../paint.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
import { usage } from '../usage.ts';
import { readSource } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** The spool, once, by hand. It reads the folder only, but for `sent.json`: the log's writer may be at work. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const { settings } = asked;
  const [folder = ''] = asked.args;
  const url = settings.text('to');
  if (url === undefined || !/^https?:\/\/[^/]/.test(url)) {
    return refuse([usage('--to must name the sink by its URL', 'for example --to https://hub.example')], asked, world);
  }
  const timeoutMs = parseDuration(settings.text('timeout') ?? '');
  if (timeoutMs === undefined || timeoutMs <= 0)
    return refuse([usage('--timeout is no duration', 'write 30s')], asked, world);
  const token = readToken(asked, world);
  if (!token.ok) return refuse(token.faults, asked, world);
  const origin = readSource(world.disk, `${folder}/${names.origin}`);
  if ('faults' in origin) return refuse(origin.faults, asked, world);
  const keyFile = readSource(world.disk, `${folder}/${names.publicKeys}`);
  if ('faults' in keyFile) return refuse(keyFile.faults, asked, world);
  const keys = parseNoteKeys(keyFile.source.text, keyFile.source.file);
  if (!keys.ok) return refuse(keys.faults, asked, world);
  const disk = await world.logFolder(world.disk.resolve(folder));
  const spool = new Spool({
    origin: origin.source.text.trimEnd(),
    disk,
    sink: await world.logSink({
      url,
      timeoutMs,
      signal: world.interrupted,
      ...(token.value === undefined ? {} : { token: token.value }),
    }),
    nowMs: () => world.nowMs(),
    tiles: (size) => treeOf(disk, size),
    logKeys: keys.value,
    documents: !settings.on('records-only'),
  });
  const state = await spool.push();
  world.out.write(rendered(origin.source.text.trimEnd(), url, state, asked, world));
  if (state.trouble === undefined) return exit.ok;
  const { code, at, message } = state.trouble;
  const placed = at.line === 0 ? state.trouble : error(code, { ...at, file: `${folder}/${at.file}` }, message);
  await asked.messages.faults([placed], `explain: ${world.calledAs} explain ${code}`);
  return state.trouble.code === 'SINK_UNHEARD' ? exit.held : exit.denied;
}

function rendered(origin: string, url: string, state: SpoolState, { format, look }: Asked, world: World): string {
  const { sent, waiting, waitingSinceMs, trouble, documentsHeld, wentBack } = state;
  switch (format) {
    case 'json':
    case 'yaml': {
      const data = {
        schemaVersion: 'log-push/v1',
        origin,
        sink: url,
        sent,
        waiting,
        waitingSince: waitingSinceMs === undefined ? null : moment(waitingSinceMs),
        documentsHeld,
        sinkWentBack: wentBack > 0,
        trouble: trouble === undefined ? null : { code: trouble.code, message: trouble.message },
      };
      return format === 'json' ? json(data) : yaml(data);
    }
    case 'name':
      return `${plainly(origin, look)}\n`;
    default: {
      const sign = trouble === undefined ? look.good(look.signs.open) : look.bad(look.signs.closed);
      const since = waitingSinceMs === undefined ? '' : `, the oldest of ${ago(waitingSinceMs, world.nowMs())}`;
      const more = [
        ...(wentBack > 0 ? ['the sink had gone back, and got the rest again'] : []),
        ...(documentsHeld > 0 ? [`${documentsHeld} documents could not be sent`] : []),
      ];
      return `${sign} ${plainly(origin, look)}: the sink has ${sent} records, ${waiting} wait${since}\n${more.map((line) => `  ${line}\n`).join('')}`;
    }
  }
}
