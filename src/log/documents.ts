import type { LogRecord } from '../kernel/audit.ts';
import { readRecord } from '../kernel/audit.ts';
import { documentsIn } from '../kernel/snapshot-from.ts';
import type { Chosen, StoredLog } from './stored.ts';

/** Which of its digests a record of a decision names documents by: the profile, the workflow's object, what was seen. */
const documentMembers = ['profile', 'object', 'snapshot'] as const;

/** The documents that a record names: without any of them nobody can decide again what it says. What was seen names others, its columns. */
export async function namedBy(record: LogRecord, log: Pick<StoredLog, 'document'>): Promise<readonly string[]> {
  const own = ownDocuments(record);
  const { snapshot } = record;
  if (typeof snapshot !== 'string') return own;
  const read = await log.document(snapshot);
  return read.kind === 'text' ? [...own, ...(documentsIn(read.text)?.keys() ?? [])] : own;
}

function ownDocuments(record: LogRecord): readonly string[] {
  if (record.kind !== 'decision') return [];
  // Where nobody was asked, the profile that it was begun with is one of those that were at hand.
  const { profile, profiles } = record;
  const atHand = profile === null && Array.isArray(profiles) ? (profiles as readonly unknown[]) : [];
  return [...documentMembers.map((name) => record[name]), ...atHand].filter((digest) => typeof digest === 'string');
}

/** Whether it is a decision of those that were asked for. */
export function isChosen({ kind, at, workflow }: LogRecord, chosen: Chosen): boolean {
  if (kind !== 'decision') return false;
  if (chosen.since !== undefined && at < chosen.since) return false;
  return chosen.workflow === undefined || workflow === chosen.workflow;
}

/** What became of the documents of a log of which every record is right. */
export interface DocumentsCheck {
  /** That are there, each the one of its digest. */
  readonly right: number;
  /** Named by a record, and a later one says that they were dropped. */
  readonly dropped: number;
  /** Named by a record, not there, and no record says why. The first of them, and how many. */
  readonly missing: readonly Trouble[];
  readonly missingCount: number;
  /** Not what their names say. */
  readonly damaged: readonly Trouble[];
  /** What stands where documents do and is none. In a folder a death may leave some half written. */
  readonly strange: readonly string[];
}

export interface Trouble {
  readonly digest: string;
  readonly file: string;
  /** The first record that names it; undefined: none does. */
  readonly record: number | undefined;
}

const troublesMax = 100;

/** Every document against its digest, and those that the first `records` name against what is there. The log's writer may be at work: what it
 *  adds meanwhile is not looked at, and what it drops meanwhile it has recorded before. */
export async function checkDocuments(
  log: StoredLog,
  records: number,
  chosen: Chosen | undefined,
  progress?: (what: 'records' | 'documents', count: number) => void,
): Promise<DocumentsCheck> {
  const there = new Set<string>();
  const strange: string[] = [];
  const damaged = new Map<string, { readonly file: string; record: number | undefined }>();
  for await (const { digest, file } of log.documents()) {
    if (digest === undefined) {
      if (strange.length < troublesMax) strange.push(file);
      continue;
    }
    const { kind } = await log.document(digest);
    if (kind === 'missing') continue;
    there.add(digest);
    if (kind === 'damaged') damaged.set(digest, { file, record: undefined });
    if (there.size % progressDocuments === 0) progress?.('documents', there.size);
  }
  const pending = new Map<string, number>();
  let [dropped, told] = [0, 0];
  /** The last snapshot is mostly that of the record before too. */
  let last: { readonly key: string; readonly named: readonly string[] } | undefined;
  for await (const lines of log.lines()) {
    told += lines.length;
    progress?.('records', told);
    for (const line of lines) {
      const read = line === undefined ? undefined : readRecord(line);
      if (read?.ok !== true) continue;
      const { record } = read;
      const { sequence, digests } = record;
      if (record.kind === 'facts-dropped' && Array.isArray(digests)) {
        for (const digest of digests) if (pending.delete(String(digest))) dropped += 1;
      }
      if (record.kind !== 'decision' || sequence >= records || (chosen !== undefined && !isChosen(record, chosen)))
        continue;
      const key = ownDocuments(record).join();
      if (last?.key !== key) last = { key, named: await namedBy(record, log) };
      for (const digest of last.named) {
        const wrong = damaged.get(digest);
        if (wrong !== undefined) wrong.record ??= sequence;
        else if (!there.has(digest) && !pending.has(digest)) pending.set(digest, sequence);
      }
    }
  }
  const missing = [...pending].map(([digest, record]) => ({ digest, file: '', record }));
  return {
    right: there.size - damaged.size,
    dropped,
    missing: missing.slice(0, troublesMax),
    missingCount: missing.length,
    damaged: [...damaged].map(([digest, trouble]) => ({ digest, ...trouble })).slice(0, troublesMax),
    strange,
  };
}

const progressDocuments = 1_000;
