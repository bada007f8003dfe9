import type { FaultCode } from '../kernel/fault-codes.ts';
import { type Attested, formatNoteKey, isKeyName, type NoteKey } from '../signing/note.ts';
import type { SourceText } from '../source/text.ts';
import { type Checkpoint, checkCheckpoint, readCheckpoint } from './checkpoint.ts';
import { checkDocuments, type DocumentsCheck } from './documents.ts';
import { parseNoteKeys } from './public-keys.ts';
import type { StoredLog } from './stored.ts';
import { type Fixed, type LogReport, verifyLog } from './verify.ts';

/** Whom and what somebody brings along who checks a log. */
export interface CheckAsked {
  /** Keys that were given, of any logs; undefined: none were, and then the log's own must do. */
  readonly logKeys: readonly NoteKey[] | undefined;
  readonly witnesses: readonly NoteKey[];
  readonly witnessesNeeded: number;
  /** Checkpoints of this log that somebody kept. */
  readonly kept: readonly SourceText[];
  readonly documents: boolean;
  readonly progress?: (what: 'records' | 'documents', count: number) => void;
}

/** One thing that is wrong. */
export interface Found {
  readonly code: FaultCode;
  readonly file: string;
  /** The first byte in it that cannot be, or where the line begins that is wrong; undefined: the file as a whole. */
  readonly offset?: number;
  readonly record?: number;
  readonly orUpTo?: number;
  readonly says: string;
}

/** A checkpoint, and by whose word it is believed. */
export interface CheckedCheckpoint {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly signedBy: NoteKey;
  readonly seenBy: readonly Attested[];
}

/** What came of looking at a whole log. */
export interface LogCheck {
  readonly report: LogReport;
  /** In the order of what to look at first. Empty, and `unknown` too: the log is verified. */
  readonly wrong: readonly Found[];
  /** What would have to be known, and is not. */
  readonly unknown: readonly string[];
  /** By whose keys it was checked. */
  readonly keys: 'given' | 'own' | 'none';
  /** The biggest that is believed. */
  readonly signed: CheckedCheckpoint | undefined;
  /** Of those that were brought along. */
  readonly kept: readonly CheckedCheckpoint[];
  readonly history: number;
  /** Undefined: nobody looked at them. */
  readonly documents: DocumentsCheck | undefined;
}

/** Checks everything of a log that its records, its keys and its documents can bear out. It changes nothing, and stops at the first record that
 *  is wrong: what comes after it is not looked at. */
export async function checkLog(log: StoredLog, asked: CheckAsked): Promise<LogCheck> {
  const wrong: Found[] = [];
  const unknown: string[] = [];
  const tell = (found: Found | undefined): void => {
    if (found !== undefined) wrong.push(found);
  };
  tell(await originFound(log));
  const own = await ownKeys(log);
  tell(own.wrong);
  const given = asked.logKeys?.filter(({ name }) => name === log.origin) ?? [];
  const keys = given.length > 0 ? 'given' : asked.logKeys === undefined && own.keys.length > 0 ? 'own' : 'none';
  if (asked.logKeys !== undefined && given.length === 0) {
    unknown.push(`none of the keys that were given is called \`${log.origin}\`, as a key of this log is`);
  } else if (keys === 'none') {
    unknown.push('no key was given, and none lies beside the log: nobody knows whose signature to look for');
  }
  const policy = {
    origin: log.origin,
    logKeys: given.length > 0 ? given : own.keys,
    witnesses: asked.witnesses,
    witnessesNeeded: 0,
  };
  // The log's writer may be at work. It signs what is durable, replaces the checkpoint and then remembers it: read the other way round,
  // nothing is behind what was read before it.
  const notes = await historyIn(log);
  const note = await log.text('checkpoint');
  tell(notes.wrong);
  const fixed: Fixed[] = [];
  const believed: CheckedCheckpoint[] = [];
  const meet = (source: SourceText, name: string, by = policy): CheckedCheckpoint | undefined => {
    const read = readCheckpoint(source);
    if (read.ok && read.value.checkpoint.origin === log.origin && keys === 'none') {
      fixed.push({ name, ...read.value.checkpoint });
      return undefined;
    }
    const checked = checkCheckpoint(source, by);
    if (!checked.ok) {
      const [fault] = checked.faults;
      tell({ code: fault?.code ?? 'LOG_CHECKPOINT', file: source.file, says: fault?.message ?? '' });
      return undefined;
    }
    fixed.push({ name, ...checked.value.checkpoint });
    return { name, ...checked.value };
  };
  if (note.text !== undefined) {
    const newest = meet({ file: note.file, text: note.text }, 'the checkpoint');
    if (newest !== undefined) {
      believed.push(newest);
      tell(strangerFound(newest, own.keys, own.file));
    }
  } else if (notes.texts.length > 0) {
    tell({ code: 'LOG_CHECKPOINT', file: note.file, says: `is gone, and ${notes.file} says that there was one` });
  }
  const older = { ...policy, logKeys: [...policy.logKeys, ...own.keys], witnesses: [] };
  for (const [at, text] of notes.texts.entries()) {
    const name = `checkpoint ${at + 1} of ${notes.file}`;
    const one = meet({ file: `${notes.file}, line ${at + 1}`, text }, name, older);
    const newest = believed[0]?.checkpoint.size;
    if (one !== undefined && newest !== undefined && one.checkpoint.size > newest) {
      const says = `speaks of ${newest} records, and ${name} of ${one.checkpoint.size}: an older one was put in its place`;
      tell({ code: 'LOG_CHECKPOINT', file: note.file, says });
    }
  }
  const kept: CheckedCheckpoint[] = [];
  for (const source of asked.kept) {
    const one = meet(source, source.file);
    if (one !== undefined) kept.push(one);
  }
  believed.push(...kept);
  if (fixed.length === 0 && wrong.length === 0) {
    unknown.push('there is no checkpoint: nobody has signed how many records there are, and which');
  }
  const seen = believed.filter(({ seenBy }) => witnessCount(seenBy) >= asked.witnessesNeeded);
  if (asked.witnessesNeeded > 0 && seen.length === 0 && wrong.length === 0) {
    const most = Math.max(0, ...believed.map(({ seenBy }) => witnessCount(seenBy)));
    unknown.push(`${most} of the ${asked.witnessesNeeded} witnesses that are asked for have seen a checkpoint of it`);
  }
  const report = await verifyLog(log.parts(), {
    form: log.form,
    fixed,
    ...(asked.progress === undefined ? {} : { progress: (records: number) => asked.progress?.('records', records) }),
  });
  const expected = await log.expects();
  const { startsAt = 0 } = expected;
  if (report.wrong !== undefined) tell({ ...report.wrong, offset: report.wrong.offset + startsAt });
  if (report.wrong === undefined) {
    for (const { file, first, says } of expected.segments) {
      if (says === undefined || says === first) continue;
      tell({ code: 'LOG_GAP', file, offset: 0, record: says, says: `stands first in it, and its name says ${first}` });
    }
    const { counts } = expected;
    if (counts !== undefined && counts.records !== report.records) {
      const says = `is missing: the first line speaks of ${counts.records} records`;
      tell({ code: 'LOG_CUT_OFF', file: '', record: report.records, says });
    }
  }
  // What no right record names cannot be missed: with a wrong one in between nobody knows what is named.
  const isWhole = report.wrong === undefined;
  const documents = asked.documents
    ? await checkDocuments(log, report.records, expected.chosen, asked.progress)
    : undefined;
  if (documents !== undefined) tellDocuments(log, documents, isWhole, expected.counts?.documents, tell);
  const signed = (asked.witnessesNeeded > 0 ? seen : believed).toSorted(
    (left, right) => right.checkpoint.size - left.checkpoint.size,
  )[0];
  const history = notes.texts.length;
  return { report, wrong: ordered(wrong), unknown, keys, signed, kept, history, documents };
}

/** What is wrong with records comes first: whoever reads one line reads that. */
function ordered(wrong: readonly Found[]): readonly Found[] {
  const rank = ({ record, code }: Found): number => (code === 'LOG_FACTS' ? 2 : record === undefined ? 1 : 0);
  return wrong.toSorted((left, right) => rank(left) - rank(right));
}

async function originFound(log: StoredLog): Promise<Found | undefined> {
  const { file, text } = await log.text('origin');
  const bad = (says: string): Found => ({ code: 'LOG_ORIGIN', file, says });
  if (text === undefined) return bad('is not there, and there are records');
  const isOne = text === `${log.origin}\n` && isKeyName(log.origin);
  return isOne ? undefined : bad('is no name of a log on one line');
}

/** What lies beside the log. It is no trust, but it must be whole: in the one form that the writer writes, and this log's. */
async function ownKeys(
  log: StoredLog,
): Promise<{ readonly file: string; readonly keys: readonly NoteKey[]; readonly wrong?: Found }> {
  const { file, text } = await log.text('publicKeys');
  if (text === undefined) return { file, keys: [] };
  const bad = (says: string, code: FaultCode = 'NOTE_KEY') => ({ file, keys: [], wrong: { code, file, says } });
  const parsed = parseNoteKeys(text, file);
  if (!parsed.ok) return bad(parsed.faults[0]?.message ?? '');
  const keys = parsed.value;
  if (keys.length === 0) return bad('holds no key');
  if (keys.map((key) => `${formatNoteKey(key)}\n`).join('') !== text) return bad('is not as a log writes its keys');
  const other = keys.find(({ name }) => name !== log.origin);
  if (other !== undefined) return bad(`has a key of \`${other.name}\`, and the log is \`${log.origin}\``, 'LOG_ORIGIN');
  return { file, keys };
}

/** A log's writer puts its key beside the log before it signs. */
function strangerFound({ signedBy }: CheckedCheckpoint, own: readonly NoteKey[], file: string): Found | undefined {
  if (own.length === 0 || own.some(({ key }) => key.id === signedBy.key.id)) return undefined;
  return { code: 'NOTE_KEY', file, says: `does not hold the key that signed the checkpoint (${signedBy.id})` };
}

interface History {
  readonly file: string;
  readonly texts: readonly string[];
  readonly wrong?: Found;
}

/** Strict, as the writer writes it; but a death may have left the beginning of a last line. */
async function historyIn(log: StoredLog): Promise<History> {
  const { file, text = '' } = await log.text('checkpoints');
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const texts: string[] = [];
  for (const [at, line] of lines.entries()) {
    const note = textOf(line);
    if (note === undefined) {
      const wrong: Found = { code: 'LOG_CHECKPOINT', file, says: `line ${at + 1} is no checkpoint` };
      return { file, texts, wrong };
    }
    texts.push(note);
  }
  if (/^("([^"\\]|\\.)*("|\\)?)?$/.test(rest)) return { file, texts };
  const wrong: Found = { code: 'LOG_CHECKPOINT', file, says: `line ${lines.length + 1} is no checkpoint` };
  return { file, texts, wrong };
}

function textOf(line: string): string | undefined {
  try {
    const note = JSON.parse(line) as unknown;
    return typeof note === 'string' && JSON.stringify(note) === line ? note : undefined;
  } catch {
    return undefined;
  }
}

function witnessCount(seenBy: readonly Attested[]): number {
  return new Set(seenBy.map(({ by }) => by.key.id)).size;
}

function tellDocuments(
  log: StoredLog,
  { right, damaged, missing, missingCount, strange }: DocumentsCheck,
  isWhole: boolean,
  counted: number | undefined,
  tell: (found: Found) => void,
): void {
  for (const { file, record, digest } of damaged) {
    const says =
      record === undefined
        ? `is not the document of ${digest}`
        : `names the document ${digest}, and what is there under that name is another`;
    tell({ code: 'LOG_FACTS', file, ...(record === undefined ? {} : { record }), says });
  }
  if (!isWhole) return;
  for (const { digest, record } of missing) {
    const says = `names the document ${digest}, which is not there, and no record says that it was dropped`;
    tell({ code: 'LOG_FACTS', file: '', ...(record === undefined ? {} : { record }), says });
  }
  if (missingCount > missing.length) {
    const says = `${missingCount - missing.length} more documents are not there`;
    tell({ code: 'LOG_FACTS', file: '', says });
  }
  if (log.form === 'bare') for (const file of strange) tell({ code: 'LOG_EXPORT', file, says: 'is no document' });
  const there = right + damaged.length;
  if (counted !== undefined && counted !== there) {
    const says = `has ${there} documents, and its first line speaks of ${counted}`;
    tell({ code: 'LOG_EXPORT', file: '', says });
  }
}
