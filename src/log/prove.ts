import { type LogRecord, readRecord } from '../kernel/audit.ts';
import { scanCanonical } from '../kernel/canonical-scan.ts';
import { canonical, digestOfText } from '../kernel/digest.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import { type Hash, inclusionProof, leafHash, provesInclusion, type Tiles } from '../kernel/merkle.ts';
import { type Attested, formatNoteKey, fromBase64, type NoteKey, parseNoteKey } from '../signing/note.ts';
import type { SourceText } from '../source/text.ts';
import { type Checkpoint, checkCheckpoint, readCheckpoint } from './checkpoint.ts';

/** All that a stranger needs in order to see that one record is in a log, as it is written to a file: canonical JSON and a line break. */
export interface ProofDocument {
  readonly kind: 'nodewright.log-proof';
  readonly version: 1;
  readonly origin: string;
  /** The log's key, `name+id+base64`: whoever checks compares it with the one that they were given. */
  readonly key: string;
  /** The record's number, and the line itself: its UTF-8 bytes are the leaf. */
  readonly index: number;
  readonly record: string;
  /** The signed note, with the witnesses' cosignatures. */
  readonly checkpoint: string;
  /** The hashes beside the way up to the root, the lowest first, each in base64. */
  readonly path: readonly string[];
}

/** Whom whoever checks believes. */
export interface Trusted {
  readonly logKeys: readonly NoteKey[];
  readonly witnesses: readonly NoteKey[];
  readonly witnessesNeeded: number;
}

/** What a proof proves. */
export interface Proven {
  readonly record: LogRecord;
  readonly digest: string;
  readonly checkpoint: Checkpoint;
  readonly signedBy: NoteKey;
  readonly seenBy: readonly Attested[];
  /** False: it was checked with the key that it brings along itself. Then it proves only that whoever has that key says so. */
  readonly isTrusted: boolean;
}

/** The proof that this record stands in the log that the checkpoint speaks of. It is checked before it is handed out. */
export async function prove(line: string, checkpoint: SourceText, key: NoteKey, tiles: Tiles): Promise<Loaded<string>> {
  const read = readCheckpoint(checkpoint);
  if (!read.ok) return read;
  const record = readRecord(line);
  if (!record.ok) return bad(checkpoint.file, `the record ${record.fault.says}`);
  const { origin, size } = read.value.checkpoint;
  const { sequence } = record.record;
  if (sequence >= size) {
    const says = `record ${sequence} is not under a checkpoint yet: the last one speaks of ${size} records`;
    return bad(checkpoint.file, says, 'wait for the next one');
  }
  const path = await inclusionProof(sequence, size, tiles);
  const document: ProofDocument = {
    kind: 'nodewright.log-proof',
    version: 1,
    origin,
    key: formatNoteKey(key),
    index: sequence,
    record: line,
    checkpoint: checkpoint.text,
    path: path.map((hash) => Buffer.from(hash, 'hex').toString('base64')),
  };
  const text = `${canonical({ ...document })}\n`;
  const checked = checkProof({ file: checkpoint.file, text });
  return checked.ok ? { ok: true, value: text, warnings: [] } : checked;
}

/** What the document proves, or why it proves nothing. It needs nothing but the document, and the keys that one believes. */
export function checkProof({ file, text }: SourceText, trusted?: Trusted): Loaded<Proven> {
  const read = readDocument(text);
  if (typeof read === 'string') return bad(file, read);
  const { document, path } = read;
  const key = parseNoteKey(document.key, { file, line: 1, col: 1 });
  if (!key.ok) return key;
  const note = { file, text: document.checkpoint };
  const brought = { origin: document.origin, logKeys: [key.value], witnesses: [], witnessesNeeded: 0 };
  const byItself = checkCheckpoint(note, brought);
  if (!byItself.ok) return byItself;
  const byTrusted = trusted === undefined ? byItself : checkCheckpoint(note, { ...trusted, origin: document.origin });
  if (!byTrusted.ok) return byTrusted;
  const { checkpoint, signedBy, seenBy } = byTrusted.value;
  const record = readRecord(document.record);
  if (!record.ok) return bad(file, `its record ${record.fault.says}`);
  if (record.record.sequence !== document.index) {
    return bad(file, `its record is number ${record.record.sequence}, and ${document.index} is to be proved`);
  }
  if (!provesInclusion(document.index, checkpoint.size, leafHash(document.record), path, checkpoint.root)) {
    return bad(file, `its hashes do not lead from record ${document.index} to the root that was signed`);
  }
  const proven = { record: record.record, digest: digestOfText(document.record), checkpoint, signedBy, seenBy };
  return { ok: true, value: { ...proven, isTrusted: trusted !== undefined }, warnings: [] };
}

const members = ['checkpoint', 'index', 'key', 'kind', 'origin', 'path', 'record', 'version'];

/** The document, or what is wrong with it. One form only: what two readers could read in two ways proves nothing. */
function readDocument(text: string): { readonly document: ProofDocument; readonly path: readonly Hash[] } | string {
  const bytes = Buffer.from(text);
  const end = text.endsWith('\n') ? bytes.length - 1 : bytes.length;
  if (!text.isWellFormed() || scanCanonical(bytes, 0, end) !== -1)
    return 'is not canonical JSON (RFC 8785) on one line';
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== members.join()) {
    return `does not have exactly the members ${members.join(', ')}`;
  }
  const document = value as Readonly<Record<keyof ProofDocument, unknown>>;
  const { kind, version, origin, key, index, record, checkpoint, path } = document;
  if (kind !== 'nodewright.log-proof' || version !== 1) return 'is no proof of this version';
  if (![origin, key, record, checkpoint].every((member) => typeof member === 'string'))
    return 'has a member that is no text';
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return 'has no number of a record';
  if (!Array.isArray(path) || path.length > pathMax) return 'has no list of hashes';
  const hashes = path.map((hash) => (typeof hash === 'string' ? fromBase64(hash) : undefined));
  if (hashes.some((hash) => hash?.length !== 32)) return 'has a hash that is none';
  return {
    document: document as ProofDocument,
    path: hashes.map((hash) => Buffer.from(hash ?? []).toString('hex')),
  };
}

/** No tree that can be counted is higher. */
const pathMax = 53;

function bad(file: string, message: string, hint?: string): Loaded<never> {
  return { ok: false, faults: [error('LOG_PROOF', { file, line: 1, col: 1 }, message, hint)] };
}
