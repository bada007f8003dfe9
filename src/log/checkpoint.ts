import { error, type Loaded, type Place } from '../kernel/fault.ts';
import { emptyRoot, type Hash, isSize } from '../kernel/merkle.ts';
import { type Signer, SignerRefused } from '../signing/keys.ts';
import {
  type Attested,
  cosignNote,
  formatNote,
  fromBase64,
  isKeyName,
  type Note,
  type NoteKey,
  parseNote,
  signNote,
  verifyNote,
} from '../signing/note.ts';
import type { SourceText } from '../source/text.ts';

/** What a log says of itself at one moment: so many records, with this root. C2SP `tlog-checkpoint`. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** Whom one believes about a log. */
export interface CheckpointPolicy {
  readonly origin: string;
  /** Of the log itself: one of them must have signed. Each bears the log's origin as its name. */
  readonly logKeys: readonly NoteKey[];
  /** Of witnesses, and how many of them must have seen the checkpoint. */
  readonly witnesses: readonly NoteKey[];
  readonly witnessesNeeded: number;
}

/** A checkpoint that a policy lets one believe, and by whose word. */
export interface BelievedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly signedBy: NoteKey;
  /** Each witness once, with the last time at which it says to have seen this. */
  readonly seenBy: readonly Attested[];
}

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
}

/** A checkpoint as a note, signed by the log's key, whose name is the log's origin. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  key: NoteKey,
  signer: Signer,
  at: Place,
): Promise<Loaded<string>> {
  const { origin, size, root } = checkpoint;
  if (!isKeyName(origin)) return bad(at, `\`${origin}\` is no origin: white space or a plus is in it`);
  if (key.name !== origin) return bad(at, `the key is called \`${key.name}\`, and the log \`${origin}\``);
  if (key.purpose !== 'signature') return bad(at, 'the key is that of a witness');
  if (!isSize(size) || !/^[0-9a-f]{64}$/.test(root)) return bad(at, 'size or root is none');
  const text = checkpointText(checkpoint);
  return signed(async () => formatNote({ text, signatures: [await signNote(text, key, signer)] }));
}

/** The same note with a witness' cosignature behind the signatures that it has. The witness must have checked before that the log
 *  only grew since it last looked: that is what it says by this. */
export async function cosignCheckpoint(
  source: SourceText,
  key: NoteKey,
  signer: Signer,
  seconds: number,
): Promise<Loaded<string>> {
  const read = readCheckpoint(source);
  if (!read.ok) return read;
  if (key.purpose !== 'cosignature') return bad(startOf(source), 'the key is not that of a witness');
  const { text, signatures } = read.value.note;
  return signed(async () =>
    formatNote({ text, signatures: [...signatures, await cosignNote(text, key, signer, seconds)] }),
  );
}

/** A checkpoint's parts, of which nothing is believed yet. */
export function readCheckpoint(
  source: SourceText,
): Loaded<{ readonly checkpoint: Checkpoint; readonly note: Note; readonly extensions: readonly string[] }> {
  const at = startOf(source);
  const note = parseNote(source.text, at);
  if (!note.ok) return note;
  const lines = note.value.text.slice(0, -1).split('\n');
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines;
  if (lines.includes('')) return bad(at, 'has an empty line before its signatures');
  const size = /^(0|[1-9][0-9]*)$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  if (!isSize(size)) return bad({ ...at, line: 2 }, `\`${sizeText}\` is no size of a log`);
  const root = fromBase64(rootText);
  if (root?.length !== 32) return bad({ ...at, line: 3 }, `\`${rootText}\` is no root of a tree`);
  const hash = Buffer.from(root).toString('hex');
  if (size === 0 && hash !== emptyRoot) return bad({ ...at, line: 3 }, 'a log without records has another root');
  return { ok: true, value: { checkpoint: { origin, size, root: hash }, note: note.value, extensions }, warnings: [] };
}

/** Believed, or why not. Whatever else a note may carry, it must be of this log, signed by it, and seen by enough witnesses. */
export function checkCheckpoint(source: SourceText, policy: CheckpointPolicy): Loaded<BelievedCheckpoint> {
  const at = startOf(source);
  const read = readCheckpoint(source);
  if (!read.ok) return read;
  const { checkpoint, note } = read.value;
  if (checkpoint.origin !== policy.origin) {
    return bad(at, `is of \`${checkpoint.origin}\`, and the log is \`${policy.origin}\``);
  }
  const logKeys = policy.logKeys.filter(({ name, purpose }) => name === policy.origin && purpose === 'signature');
  const witnesses = policy.witnesses.filter(({ purpose }) => purpose === 'cosignature');
  const attested = verifyNote(note, [...logKeys, ...witnesses], at);
  if (!attested.ok) return attested;
  const signedBy = attested.value.find(({ by }) => logKeys.includes(by));
  if (signedBy === undefined) {
    const fault = error('NOTE_SIGNATURE', at, 'is not signed by a key of this log that is believed');
    return { ok: false, faults: [fault] };
  }
  // One key under two names is one witness, and the log cannot witness itself.
  const own = new Set(logKeys.map(({ key }) => key.id));
  const seenBy = attested.value.filter(({ by }) => witnesses.includes(by) && !own.has(by.key.id));
  const count = new Set(seenBy.map(({ by }) => by.key.id)).size;
  if (count < policy.witnessesNeeded) {
    const says = `is seen by ${count} of the ${policy.witnessesNeeded} witnesses that are asked for`;
    return { ok: false, faults: [error('LOG_WITNESSES', at, says)] };
  }
  return { ok: true, value: { checkpoint, signedBy: signedBy.by, seenBy }, warnings: [] };
}

async function signed(sign: () => Promise<string>): Promise<Loaded<string>> {
  try {
    return { ok: true, value: await sign(), warnings: [] };
  } catch (problem) {
    if (problem instanceof SignerRefused) return { ok: false, faults: [problem.fault] };
    throw problem;
  }
}

function startOf({ file }: SourceText): Place {
  return { file, line: 1, col: 1 };
}

function bad(at: Place, message: string): Loaded<never> {
  return { ok: false, faults: [error('LOG_CHECKPOINT', at, message)] };
}
