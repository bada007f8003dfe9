import { sha256 } from '../kernel/digest.ts';
import { error, type Loaded, type Place } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import { type PublicKey, readPublicKey, type Signer, spkiOf } from './keys.ts';

/** What a key of a note is for, by C2SP: `signature` signs the text (signed-note, 0x01); `cosignature` says that a witness saw a
 *  checkpoint at a time (tlog-cosignature, 0x04). Both are Ed25519. The purpose is in the key's id, so neither passes for the other. */
export type NotePurpose = 'signature' | 'cosignature';

const typeBytes: Readonly<Record<NotePurpose, number>> = { signature: 0x01, cosignature: 0x04 };

export interface NoteKey {
  readonly name: string;
  /** 8 hex digits of SHA-256(name, line break, purpose, key). Short: it finds a key and proves nothing. */
  readonly id: string;
  readonly purpose: NotePurpose;
  readonly key: PublicKey;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  /** What stands after the id: 64 bytes of Ed25519, behind 8 bytes of time in a cosignature. Of unknown keys anything. */
  readonly bytes: Uint8Array;
}

/** A signed note, read and not believed. */
export interface Note {
  /** Ends in a line break; that is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A signature of a key that we know, and it is right. */
export interface Attested {
  readonly by: NoteKey;
  /** When a witness says that it saw it, in seconds of POSIX; null where a signature says no time. */
  readonly seconds: number | null;
}

const signaturesMax = 100;
const bytesMax = 1 << 20;
const dash = '— ';

/** What a note may call a key: not nothing, no white space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name.isWellFormed() && /^[^\p{White_Space}+\p{Cc}]+$/u.test(name);
}

/** A public key under a name, for one purpose. */
export function noteKey(name: string, purpose: NotePurpose, key: PublicKey, at: Place): Loaded<NoteKey> {
  if (!isKeyName(name)) {
    return refused(
      'NOTE_KEY',
      at,
      `\`${name}\` names no key`,
      'a name has no white space and no plus; take a URL without its scheme',
    );
  }
  if (key.algorithm !== 'ed25519')
    return refused('NOTE_KEY', at, `notes are signed by Ed25519, not by ${key.algorithm}`);
  return { ok: true, value: { name, id: idOf(name, purpose, key.raw), purpose, key }, warnings: [] };
}

/** `name+id+base64`, as every tool that reads notes takes it. */
export function formatNoteKey({ name, id, purpose, key }: NoteKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.of(typeBytes[purpose]), key.raw]).toString('base64')}`;
}

/** The same back. The id must be the one that name and key give. */
export function parseNoteKey(text: string, at: Place): Loaded<NoteKey> {
  // The base64 of a key may hold plus signs; a name may not.
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length === 0) {
    return refused('NOTE_KEY', at, 'is no key of a note', 'it is written as `name+id+base64`');
  }
  const purpose =
    bytes[0] === typeBytes.signature ? 'signature' : bytes[0] === typeBytes.cosignature ? 'cosignature' : undefined;
  if (purpose === undefined || bytes.length !== 33) {
    return refused(
      'NOTE_KEY',
      at,
      'is a key of a kind that is not read here',
      'Ed25519 alone is (0x01, and 0x04 of witnesses)',
    );
  }
  const read = readPublicKey(spkiOf('ed25519', bytes.subarray(1)), at);
  if (!read.ok) return read;
  const key = noteKey(name, purpose, read.value, at);
  if (key.ok && key.value.id !== id) {
    return refused('NOTE_KEY', at, `its id is ${id}, and name and key give ${key.value.id}`, 'copy it again, whole');
  }
  return key;
}

/** A note → its text and its signatures, none of which is checked. Strict: UTF-8, no control character, base64 in its one form. */
export function parseNote(input: string | Uint8Array, at: Place): Loaded<Note> {
  const text = typeof input === 'string' ? input : utf8In(input);
  const bad = (message: string): Loaded<never> => refused('NOTE_FORM', at, message);
  if (text === undefined || !text.isWellFormed()) return bad('is no UTF-8 text');
  if (Buffer.byteLength(text) > bytesMax) return bad(`has more than ${bytesMax} bytes`);
  if (/[^\P{Cc}\n\u007f-\u009f]/u.test(text)) return bad('has a control character, which no note has');
  const split = text.lastIndexOf('\n\n');
  if (split === -1 || !text.endsWith('\n'))
    return bad('is no text, empty line and signatures, with a line break at the end');
  const lines = text.slice(split + 2, -1).split('\n');
  if (lines.length > signaturesMax) return bad(`has more than ${signaturesMax} signatures`);
  const signatures: NoteSignature[] = [];
  for (const [index, line] of lines.entries()) {
    const [name = '', encoded = '', ...more] = line.startsWith(dash) ? line.slice(dash.length).split(' ') : [];
    const bytes = fromBase64(encoded);
    if (!/^[^\p{White_Space}+]+$/u.test(name) || more.length > 0 || bytes === undefined || bytes.length < 5) {
      return bad(`signature ${index + 1} is none: \`— name base64\``);
    }
    signatures.push({ name, id: hexOf(bytes.subarray(0, 4)), bytes: bytes.subarray(4) });
  }
  return { ok: true, value: { text: text.slice(0, split + 1), signatures }, warnings: [] };
}

export function formatNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, id, bytes }) => {
    const encoded = Buffer.concat([Buffer.from(id, 'hex'), bytes]).toString('base64');
    return `${dash}${name} ${encoded}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Signs a text, which must end in a line break. Breaks its promise with `SignerRefused` only. */
export async function signNote(text: string, { name, id }: NoteKey, signer: Signer): Promise<NoteSignature> {
  return { name, id, bytes: await signer.sign(Buffer.from(text)) };
}

/** A witness' word that it saw this checkpoint, at a time in whole seconds of POSIX. */
export async function cosignNote(
  text: string,
  { name, id }: NoteKey,
  signer: Signer,
  seconds: number,
): Promise<NoteSignature> {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  return { name, id, bytes: Buffer.concat([time, await signer.sign(cosigned(text, BigInt(seconds)))]) };
}

/** Who of these keys signed the note, each once. By the note's rules a signature of a key that we do not know says nothing; one
 *  that bears a known key's name and id and is not right makes the whole note unbelievable. */
export function verifyNote(note: Note, keys: readonly NoteKey[], at: Place): Loaded<readonly Attested[]> {
  const attested = new Map<NoteKey, Attested>();
  for (const { name, id, bytes } of note.signatures) {
    const [key, ...same] = keys.filter((known) => known.name === name && known.id === id);
    if (key === undefined) continue;
    if (same.some((other) => other.key.id !== key.key.id)) {
      return refused(
        'NOTE_KEY',
        at,
        `two keys that are believed have one name and id, \`${name}+${id}\``,
        'rename one of them',
      );
    }
    const right = attestedBy(key, note.text, bytes);
    if (right === undefined) return refused('NOTE_SIGNATURE', at, `the signature by \`${name}\` (${id}) is wrong`);
    const before = attested.get(key)?.seconds ?? -1;
    if (!attested.has(key) || (right.seconds ?? -1) > before) attested.set(key, right);
  }
  return { ok: true, value: [...attested.values()], warnings: [] };
}

function attestedBy(by: NoteKey, text: string, bytes: Uint8Array): Attested | undefined {
  if (by.purpose === 'signature') {
    return bytes.length === 64 && by.key.verify(Buffer.from(text), bytes) ? { by, seconds: null } : undefined;
  }
  if (bytes.length !== 72) return undefined;
  const seconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  if (seconds >= 2n ** 63n) return undefined;
  return by.key.verify(cosigned(text, seconds), bytes.subarray(8)) ? { by, seconds: Number(seconds) } : undefined;
}

function cosigned(text: string, seconds: bigint): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

function idOf(name: string, purpose: NotePurpose, raw: Uint8Array): string {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(typeBytes[purpose]), raw])).slice(0, 8);
}

/** Base64 in its one form: standard letters, padded, no bit set that says nothing. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function utf8In(bytes: Uint8Array): string | undefined {
  if (bytes.length > bytesMax) return undefined;
  try {
    // A byte order mark is a character like any other here: it is signed.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function refused(code: FaultCode, at: Place, message: string, hint?: string): Loaded<never> {
  return { ok: false, faults: [error(code, at, message, hint)] };
}
