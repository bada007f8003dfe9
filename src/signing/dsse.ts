import { error, type Fault, type Loaded, type Place } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import { parseCanonicalFile } from '../source/canonical-json.ts';
import { type PublicKey, type Signer, SignerRefused } from './keys.ts';

/** DSSE 1.0: bytes, what they are, and who signed both. https://github.com/secure-systems-lab/dsse */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** By their key ids, ascending, so that a set of them has one form. */
  readonly signatures: readonly Signature[];
}

export interface Signature {
  readonly keyId: string;
  readonly signature: Uint8Array;
}

const bytesMax = 32 * 2 ** 20;
const explainedMax = 2 ** 21;
/** What stands behind the payload. */
const restMax = 2 ** 16;
const signaturesMax = 64;
const head = '{"payload":"';
const [quote, comma, dash, underscore] = [0x22, 0x2c, 0x2d, 0x5f];

/** What a signature is over: type and payload, each with its length, so that neither can pass for a part of the other. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** An envelope as a file: canonical JSON and a line break. */
export function envelopeText({ payloadType, payload, signatures }: Envelope): string {
  const signed = signatures.map(
    ({ keyId, signature }) => `{"keyid":${JSON.stringify(keyId)},"sig":"${base64(signature)}"}`,
  );
  return `${head}${base64(payload)}","payloadType":${JSON.stringify(payloadType)},"signatures":[${signed.join(',')}]}\n`;
}

/** A file → an envelope of which nothing is believed yet. Each envelope is taken in one form only, byte for byte. */
export function parseEnvelope(file: string, bytes: Uint8Array): Loaded<Envelope> {
  const at = { file, line: 1, col: 1 };
  if (bytes.length > bytesMax) {
    return refused('FILE_TOO_LARGE', at, `has ${bytes.length} bytes; at most ${bytesMax} are read here`);
  }
  const end = startsWithHead(bytes) ? bytes.indexOf(quote, head.length) : -1;
  const payload = end === -1 ? undefined : payloadFrom(bytes.subarray(head.length, end));
  const rest = bytes.subarray(end + 1);
  if (payload !== undefined && rest[0] === comma && rest.length <= restMax) {
    // `payload` is the first key there is, so what follows it is canonical by itself.
    const parsed = parseCanonicalFile(file, Buffer.concat([Buffer.from('{'), rest.subarray(1)]));
    const found = parsed.ok ? envelopeOf(parsed.value, payload) : undefined;
    if (found !== undefined) return { ok: true, value: found, warnings: [] };
  }
  // Something is wrong with it: now slowly, to say what. Nobody has signed it, so it may not take long.
  const whole = bytes.length > explainedMax ? undefined : parseCanonicalFile(file, bytes);
  if (whole?.ok === false) return whole;
  return refused(
    'ENVELOPE_FORMAT',
    at,
    'is no DSSE envelope',
    'it has `payload`, `payloadType` and `signatures` by key id',
  );
}

export function isEnvelope(bytes: Uint8Array): boolean {
  return startsWithHead(bytes);
}

/** The envelope with one signature more; who signed it before signs it anew. */
export async function addSignature(envelope: Envelope, signer: Signer, key: PublicKey): Promise<Loaded<Envelope>> {
  const at = { file: '', line: 0, col: 0 };
  const signed = preAuthEncoding(envelope.payloadType, envelope.payload);
  try {
    const signature = await signer.sign(signed);
    if (!key.verify(signed, signature)) {
      const hint = 'Ed25519: 64 bytes; ECDSA P-256: DER, over the SHA-256 of the bytes';
      return refused('SIGNER_FAILED', at, `what the signer gave is no signature by the key ${key.id}`, hint);
    }
    const others = envelope.signatures.filter(({ keyId }) => keyId !== key.id);
    const signatures = [...others, { keyId: key.id, signature }].sort(byKeyId);
    return { ok: true, value: { ...envelope, signatures }, warnings: [] };
  } catch (problem) {
    if (problem instanceof SignerRefused) return { ok: false, faults: [problem.fault] };
    throw problem;
  }
}

/** The ids of all who signed. Every signature must be right: one that nobody can check is not passed over, because then a
 *  changed byte of it would go unseen. */
export function checkSignatures(
  { payloadType, payload, signatures }: Envelope,
  keyOf: (id: string) => PublicKey | undefined,
  at: Place,
): Loaded<readonly string[]> {
  const signed = preAuthEncoding(payloadType, payload);
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const { keyId, signature } of signatures) {
    const key = keyOf(keyId);
    if (seen.has(keyId))
      faults.push(error('SIGNATURE_REPEATED', at, `key \`${keyId}\` has signed twice, and counts once`));
    else if (key === undefined) {
      const hint = 'an envelope that names it cannot be checked; build and sign anew';
      faults.push(
        error(
          'SIGNATURE_UNKNOWN_KEY',
          at,
          `is signed by the key \`${keyId}\`, which the trust root does not have`,
          hint,
        ),
      );
    } else if (!key.verify(signed, signature)) {
      const message = `the signature of key \`${keyId}\` is not over these bytes`;
      const hint = 'the payload was altered, or the signature belongs to another document';
      faults.push(error('SIGNATURE_WRONG', at, message, hint));
    }
    seen.add(keyId);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: [...seen], warnings: [] };
}

export function byKeyId(left: Signature, right: Signature): number {
  return left.keyId < right.keyId ? -1 : left.keyId > right.keyId ? 1 : 0;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Base64 in its one form (RFC 4648 §4, padded, no loose bits); undefined for anything else. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function startsWithHead(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, head.length)).toString('latin1') === head;
}

/** The same for a long text that is still bytes. In pieces: one large text costs four times as much to make as its bytes to
 *  read. Node passes over what is no base64, which then shows in the length, and takes the web's two signs, which do not. */
function payloadFrom(text: Uint8Array): Uint8Array | undefined {
  const last = Buffer.from(text.subarray(-4)).toString('latin1');
  if (text.length % 4 !== 0 || text.includes(dash) || text.includes(underscore)) return undefined;
  if (text.length === 0) return new Uint8Array();
  const tail = fromBase64(last);
  if (tail === undefined) return undefined;
  const bytes = Buffer.allocUnsafe((text.length / 4 - 1) * 3 + tail.length);
  const view = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const piece = 2 ** 16;
  let at = 0;
  for (let from = 0; from < view.length; from += piece) {
    const word = view.toString('latin1', from, from + piece);
    const isLast = from + piece >= view.length;
    const wanted = (word.length / 4) * 3 - (isLast ? 3 - tail.length : 0);
    const written = bytes.write(word, at, 'base64');
    if (written !== wanted) return undefined;
    at += written;
  }
  return bytes;
}

function envelopeOf(value: unknown, payload: Uint8Array): Envelope | undefined {
  const { payloadType, signatures, ...more } = value as Readonly<Record<string, unknown>>;
  if (typeof payloadType !== 'string' || !Array.isArray(signatures) || Object.keys(more).length > 0) return undefined;
  if (signatures.length > signaturesMax) return undefined;
  const read = signatures.map(signatureOf);
  const found = read.filter((one) => one !== undefined);
  const isSorted = found.every((one, at) => at === 0 || byKeyId(found[at - 1] ?? one, one) <= 0);
  return found.length === read.length && isSorted ? { payloadType, payload, signatures: found } : undefined;
}

function signatureOf(value: unknown): Signature | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { keyid, sig, ...more } = value as Readonly<Record<string, unknown>>;
  if (typeof keyid !== 'string' || typeof sig !== 'string' || Object.keys(more).length > 0) return undefined;
  const signature = fromBase64(sig);
  return signature === undefined ? undefined : { keyId: keyid, signature };
}

function refused(code: FaultCode, at: Place, message: string, hint?: string): Loaded<never> {
  return { ok: false, faults: [error(code, at, message, hint)] };
}
