import type { LogEntry, LogSurvey } from '../log-story.ts';
import { secondsOf, wordsOf } from '../log-words.ts';
import { type Look, plainly } from '../paint.ts';
import { columnsOf, paragraph, wrap } from '../table.ts';
import type { Data } from './data.ts';

/** What stands in front of each line, known before the first is told. */
export interface Columns {
  /** By path; undefined: there is one log only. */
  readonly logs: ReadonlyMap<string, string> | undefined;
  /** Undefined: there is one workflow only, and the head names it. */
  readonly workflow: number | undefined;
}

/** What of its path tells a log from the others. */
export function columnsFor(surveys: readonly LogSurvey[]): Columns {
  const paths = surveys.map(({ log }) => log.path);
  const common = commonFolder(paths);
  const logs = surveys.length === 1 ? undefined : new Map(paths.map((path) => [path, path.slice(common.length)]));
  const workflows = [...new Set(surveys.flatMap((one) => [...one.workflows]))];
  const widest = Math.max(0, ...workflows.map(columnsOf));
  return { logs, workflow: workflows.length > 1 ? widest : undefined };
}

export function headText(surveys: readonly LogSurvey[], look: Look): string {
  const workflows = [...new Set(surveys.flatMap((one) => [...one.workflows]))];
  const lines = surveys.map(({ log, records }) => {
    const name = look.strong(plainly(log.kept.origin, look));
    return `${name}  ${plainly(`${records} ${records === 1 ? 'record' : 'records'}, ${log.path}`, look)}\n`;
  });
  const only = workflows.length === 1 ? paragraph(look, '  ', String(workflows[0]), look.quiet) : '';
  return `${lines.join('')}${only}`;
}

/** One record: its moment, whose log, which workflow, what was decided. `before`: the entry told before it. */
export function entryText(entry: LogEntry, before: LogEntry | undefined, columns: Columns, look: Look): string {
  const { log, record, again } = entry;
  const day = dayOf(record.at);
  const moment = look.wide ? record.at : secondsOf(record.at);
  const logNames = columns.logs === undefined ? [] : [...columns.logs.values()];
  const parts = [
    look.quiet(moment.padStart(8)),
    ...(look.wide ? [`#${record.sequence}`.padEnd(5)] : []),
    ...(columns.logs === undefined
      ? []
      : [padded(plainly(columns.logs.get(log.path) ?? '', look), Math.max(...logNames.map(columnsOf)))]),
    ...(columns.workflow === undefined ? [] : [padded(plainly(String(record.workflow ?? ''), look), columns.workflow)]),
  ];
  const lead = `  ${parts.join('  ')}  `;
  const margin = look.wide ? 24 + 2 + 5 : 8;
  const indent =
    2 +
    margin +
    2 +
    (columns.logs === undefined ? 0 : Math.max(...logNames.map(columnsOf)) + 2) +
    (columns.workflow === undefined ? 0 : columns.workflow + 2);
  const words = wordsOf(record, again).flatMap((line) =>
    wrapped(plainly(line, look), Math.max(24, look.width - indent)),
  );
  const paint = paintOf(entry, look);
  const told = words.map(
    (line, at) => `${at === 0 ? lead : ' '.repeat(indent)}${paint === undefined ? line : paint(line)}`,
  );
  const more = look.wide ? namesOf(entry).map((line) => `${' '.repeat(indent)}${look.quiet(plainly(line, look))}`) : [];
  const newDay = before === undefined || dayOf(before.record.at) !== day;
  const head = newDay && !look.wide ? `\n${look.quiet(day)}\n` : '';
  return `${head}${[...told, ...more].map((line) => `${line.trimEnd()}\n`).join('')}`;
}

function paintOf({ record }: LogEntry, look: Look) {
  if (record.kind === 'tail-cut') return look.unsure;
  if (record.kind !== 'decision') return look.quiet;
  const { decision } = record;
  const kind = (decision as { readonly kind?: unknown } | null)?.kind;
  return kind === 'halt' ? look.bad : kind === 'hold' ? look.unsure : undefined;
}

/** What it rests on, by digest: for whoever looks further. */
function namesOf({ record, digest }: LogEntry): readonly string[] {
  const { profile, snapshot, object, engine, askedBy } = record;
  const named = Object.entries({ profile, snapshot, object, engine }).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${name} ${value}`] : [],
  );
  const who = typeof askedBy === 'string' ? [`asked by ${askedBy}, epoch ${String(record.epoch)}`] : [];
  return [`record ${digest}`, ...who, ...named];
}

/** A line that goes on below keeps its own indent. */
function wrapped(line: string, width: number): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [first = '', ...rest] = wrap(line.slice(indent.length), Math.max(24, width - indent.length));
  return [`${indent}${first}`, ...rest.map((piece) => `${indent}  ${piece}`)];
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

function dayOf(at: string): string {
  return at.slice(0, '2026-03-04'.length);
}

/** With its slash; none if they share none. */
function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let end = first.lastIndexOf('/') + 1;
  while (end > 0 && !others.every((path) => path.startsWith(first.slice(0, end))))
    end = first.lastIndexOf('/', end - 2) + 1;
  return first.slice(0, end);
}

/** `log show -o json`: described in schemas/log-show.v1.json. */
export function showData(surveys: readonly LogSurvey[], entries: readonly LogEntry[]): Data {
  return {
    schemaVersion: 'log-show/v1',
    logs: surveys.map(({ log, records, unread }) => ({
      path: log.path,
      origin: log.kept.origin,
      records,
      unread: [...unread],
    })),
    records: entries.map(({ log, record, digest, again }) => ({
      log: log.path,
      digest,
      again: again === undefined ? null : { count: again.count, last: again.last },
      says: [...wordsOf(record, again)],
      record: record as unknown as Data,
    })),
  };
}
