import { member } from '../crd/read.ts';
import { type LogRecord, readRecord } from '../kernel/audit.ts';
import { digestOfText } from '../kernel/digest.ts';
import type { KeptLog } from './kept-logs.ts';

/** One record as it is told, with what only later ones say of it. */
export interface LogEntry {
  readonly log: KeptLog;
  readonly record: LogRecord;
  readonly digest: string;
  /** How often the same was decided again, and when last. */
  readonly again?: Again;
}

export interface Again {
  readonly count: number;
  /** RFC 3339. */
  readonly last: string;
}

/** What somebody wants to hear of. */
export interface StoryAsked {
  readonly since: string | undefined;
  readonly workflow: string | undefined;
  readonly object: string | undefined;
}

/** A log, looked through once: what cannot be known from one record alone. */
export interface LogSurvey {
  readonly log: KeptLog;
  readonly records: number;
  readonly workflows: ReadonlySet<string>;
  /** Whom its decisions are about; only if somebody asks for one. */
  readonly objects: ReadonlySet<string>;
  /** By the digest of the record that was made again. */
  readonly again: ReadonlyMap<string, Again>;
  /** Numbers of lines that hold no record. */
  readonly unread: readonly number[];
}

export async function survey(log: KeptLog, withObjects: boolean): Promise<LogSurvey> {
  const [workflows, objects] = [new Set<string>(), new Set<string>()];
  const again = new Map<string, Again>();
  const unread: number[] = [];
  /** The last record of each workflow: what the next one's `before` is about. */
  const last = new Map<string, string>();
  let records = 0;
  for await (const lines of log.kept.lines()) {
    for (const line of lines) {
      const read = line === undefined ? undefined : readRecord(line);
      if (line === undefined || read?.ok !== true) unread.push(records);
      else if (read.record.kind === 'decision') {
        const { record } = read;
        const key = String(record.uid);
        const [count, until] = [member(record.before, 'again'), member(record.before, 'last')];
        const before = last.get(key);
        if (before !== undefined && typeof count === 'number') again.set(before, { count, last: String(until) });
        last.set(key, digestOfText(line));
        workflows.add(String(record.workflow));
        if (withObjects) for (const object of objectsIn(record)) objects.add(object);
      }
      records += 1;
    }
  }
  for (const [, still] of await log.kept.still()) {
    if (still.again === 0) continue;
    again.set(still.record, { count: still.again, last: new Date(still.lastMs).toISOString() });
  }
  return { log, records, workflows, objects, again, unread };
}

/** The records of all logs that were asked for, by their moments; those of one log in their order, whatever its clock did. */
export async function* story(surveys: readonly LogSurvey[], asked: StoryAsked): AsyncGenerator<LogEntry> {
  const sources = surveys.map((one) => entriesOf(one, asked));
  const heads = await Promise.all(sources.map(async (source) => (await source.next()).value as LogEntry | undefined));
  for (;;) {
    let first = -1;
    for (const [at, head] of heads.entries()) {
      if (head !== undefined && (first === -1 || head.record.at < (heads[first]?.record.at ?? ''))) first = at;
    }
    const entry = heads[first];
    if (entry === undefined) return;
    yield entry;
    heads[first] = (await sources[first]?.next())?.value as LogEntry | undefined;
  }
}

async function* entriesOf({ log, again }: LogSurvey, asked: StoryAsked): AsyncGenerator<LogEntry> {
  for await (const lines of log.kept.lines()) {
    for (const line of lines) {
      const read = line === undefined ? undefined : readRecord(line);
      if (line === undefined || read?.ok !== true || !isAsked(read.record, asked)) continue;
      const digest = digestOfText(line);
      const more = again.get(digest);
      yield { log, record: read.record, digest, ...(more === undefined ? {} : { again: more }) };
    }
  }
}

function isAsked(record: LogRecord, { since, workflow, object }: StoryAsked): boolean {
  if (since !== undefined && record.at < since) return false;
  if (workflow !== undefined && record.workflow !== workflow) return false;
  return object === undefined || objectsIn(record).some((one) => isOf(one, object));
}

/** `node-a` is asked for with all that is on it. */
export function isOf(one: string, asked: string): boolean {
  return one === asked || one.startsWith(`${asked}/`) || one.endsWith(`@${asked}`);
}

function objectsIn({ decision }: LogRecord): readonly string[] {
  const named = (list: unknown, names: readonly string[]): readonly string[] =>
    (Array.isArray(list) ? list : []).flatMap((one) =>
      names.map((name) => member(one, name)).filter((word) => typeof word === 'string'),
    );
  return [
    ...named(member(decision, 'because'), ['object']),
    ...named(member(decision, 'orders'), ['object', 'node']),
    ...named(member(decision, 'relies'), ['object']),
    ...named(member(decision, 'nodes'), ['node']),
  ];
}
