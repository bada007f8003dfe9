import { digestOfText } from '../kernel/digest.ts';
import type { Fault } from '../kernel/fault.ts';
import { held } from '../operator/held.ts';
import { decidedIn, Replayer } from '../operator/replay.ts';
import type { Asked } from './asked.ts';
import { engineDigest } from './engine.ts';
import { type KeptLog, keptLogs, recordAsked } from './kept-logs.ts';
import { count } from './messages.ts';
import { openVerified } from './profiles.ts';
import { progressOn } from './progress.ts';
import { refuse } from './refuse.ts';
import { inForm } from './render/form.ts';
import { allData, allText, recordData, recordText } from './render/replayed.ts';
import { type Came, cameOf, type ReplayedAll, type ReplayedLog, type ReplayedRecord } from './replayed.ts';
import { type ExitCode, exit, type World } from './world.ts';

const codes: Readonly<Record<Came, ExitCode>> = {
  same: exit.ok,
  differs: exit.denied,
  damaged: exit.denied,
  missing: exit.held,
  unread: exit.invalid,
};

export async function replayRecord(id: string, from: string, asked: Asked, world: World): Promise<ExitCode> {
  const logs = await keptLogs(from, world);
  if (!logs.ok) return refuse(logs.faults, asked, world);
  const found = await recordAsked(id, logs.value);
  if (!found.ok) return refuse(found.faults, asked, world);
  const { log, line, digest } = found.value;
  const decided = decidedIn(line);
  if ('not' in decided) return refuse([notDecided(id, log, decided.not)], asked, world);
  const replayer = new Replayer((one) => log.kept.document(one));
  const path = asked.settings.text('with');
  const profile = path === undefined ? undefined : await openVerified(path, asked, world);
  if (profile?.ok === false) return refuse(profile.faults, asked, world);
  const came = await replayer.replay(decided);
  const instead = profile && (await replayer.instead(decided, held(profile.value.profile, profile.value.bundle)));
  const other = instead && profile && { instead, signed: profile.value.profile.signed };
  const replayed: ReplayedRecord = { log, digest, decided, came, ...other };
  const engine = await engineDigest(world);
  world.out.write(
    inForm(asked.format, {
      data: () => recordData(replayed, engine),
      names: () => [digest],
      text: () => recordText(replayed, engine, asked.look),
    }),
  );
  return asked.settings.on('exit-zero') ? exit.ok : codes[cameOf(came)];
}

export async function replayAll(path: string, asked: Asked, world: World): Promise<ExitCode> {
  const logs = await keptLogs(path, world);
  if (!logs.ok) return refuse(logs.faults, asked, world);
  const engine = await engineDigest(world);
  asked.messages.note(`replaying ${count(logs.value.length, 'log')}`);
  const progress = progressOn(asked, world);
  const beganMs = world.monotonicMs();
  let decisions = 0;
  const tell = (more: number): void => {
    decisions += more;
    const tookMs = Math.max(1, world.monotonicMs() - beganMs);
    progress.tell(() => `${decisions} decisions, ${Math.round((decisions / tookMs) * 1_000)}/s`);
  };
  const done: ReplayedLog[] = [];
  for (const log of logs.value) {
    done.push(await replayLog(log, engine, world, tell));
    if (world.interrupted.aborted) break;
  }
  progress.end();
  const all: ReplayedAll = { logs: done, engine, interrupted: world.interrupted.aborted };
  world.out.write(
    inForm(asked.format, {
      data: () => allData(all),
      names: () => done.flatMap(({ first }) => first.map(({ digest }) => digest)),
      text: () => allText(all, asked.look),
    }),
  );
  if (all.interrupted) return exit.interrupted;
  return asked.settings.on('exit-zero') ? exit.ok : codeOf(done);
}

/** What says the most comes first: something was altered; then what cannot be read; then what is not there. */
function codeOf(logs: readonly ReplayedLog[]): ExitCode {
  const some = (came: Came): boolean => logs.some(({ counts }) => counts[came] > 0);
  if (some('differs') || some('damaged') || logs.some(({ unchained }) => unchained.length > 0)) return exit.denied;
  if (some('unread') || logs.some(({ damaged }) => damaged.length > 0)) return exit.invalid;
  return some('missing') ? exit.held : exit.ok;
}

const firstMax = 10;

async function replayLog(
  log: KeptLog,
  engine: string,
  world: World,
  tell: (decisions: number) => void,
): Promise<ReplayedLog> {
  const replayer = new Replayer((digest) => log.kept.document(digest));
  const counts: Record<Came, number> = { same: 0, differs: 0, damaged: 0, missing: 0, unread: 0 };
  const first: ReplayedRecord[] = [];
  const [damaged, unchained]: [number[], number[]] = [[], []];
  let [decisions, otherBuilds, sequence] = [0, 0, -1];
  let previous: string | null | undefined = null;
  for await (const lines of log.kept.lines()) {
    if (world.interrupted.aborted) break;
    for (const line of lines) {
      sequence += 1;
      if (line === undefined) {
        damaged.push(sequence);
        previous = undefined;
        continue;
      }
      const hangsOn: string | null | undefined = previousIn(line);
      if (previous !== undefined && hangsOn !== previous) unchained.push(sequence);
      const digest = digestOfText(line);
      previous = digest;
      const decided = decidedIn(line);
      if ('not' in decided) continue;
      decisions += 1;
      if (decided.engine !== engine) otherBuilds += 1;
      const came = await replayer.replay(decided);
      counts[cameOf(came)] += 1;
      if (came.kind !== 'same' && first.length < firstMax) first.push({ log, digest, decided, came });
      tell(1);
    }
  }
  return { log, decisions, counts, otherBuilds, first, damaged, unchained };
}

/** Undefined: it names none. */
function previousIn(line: string): string | null | undefined {
  const { previous } = (safely(line) ?? {}) as { readonly previous?: unknown };
  return typeof previous === 'string' || previous === null ? previous : undefined;
}

function safely(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function notDecided(id: string, { path }: KeptLog, says: string): Fault {
  return {
    code: 'LOG_RECORD',
    at: { file: path, line: 0, col: 0 },
    message: `the record ${id} in ${path} ${says}`,
    severity: 'error',
  };
}
