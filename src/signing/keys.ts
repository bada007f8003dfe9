import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto';
import { error, type Fault, invariant, type Loaded, type Place } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import type { SourceText } from '../source/text.ts';

/** The two that a site may trust. ECDSA signs the SHA-256 of the bytes; its signatures are DER, as OpenSSL makes them. */
export const keyAlgorithms = ['ed25519', 'ecdsa-p256'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

export interface PublicKey {
  /** Lower-case hex SHA-256 of the SPKI DER. Each key has one DER here, so no key has two ids. */
  readonly id: string;
  readonly algorithm: KeyAlgorithm;
  readonly spki: Uint8Array;
  /** Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes. */
  readonly raw: Uint8Array;
  /** SPKI in its one form: lines of 64, a line break at the end. */
  readonly pem: string;
  /** Whatever the signature's bytes are: false, never thrown. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** Who signs: a key of ours, or an HSM behind a command. What is outside may refuse: then the promise is broken with
 *  `SignerRefused`, and with nothing else. */
export interface Signer {
  readonly keyId: string;
  readonly algorithm: KeyAlgorithm;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** No signature came. Whoever asked for one returns the fault. */
export class SignerRefused extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'SignerRefused';
    this.fault = fault;
  }
}

export interface PrivateKey extends Signer {
  readonly public: PublicKey;
  /** PKCS#8 in PEM; with a passphrase encrypted by it (PBES2, AES-256). */
  pem(passphrase?: string): string;
}

/** How the DER of a key begins; the raw key is all that follows. */
const spkiHeads: Readonly<Record<KeyAlgorithm, Uint8Array>> = {
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  'ecdsa-p256': Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
};

/** A PEM file with one SPKI public key. */
export function parsePublicKey(source: SourceText): Loaded<PublicKey> {
  const at = startOf(source);
  const block = blockIn(source.text);
  if (block === undefined) return refused('KEY_FORMAT', at, 'is no PEM file with one key');
  if (block.label.endsWith('PRIVATE KEY')) {
    return refused('KEY_FORMAT', at, 'is a private key, and a public one is asked for', 'never hand this file on');
  }
  if (block.label !== 'PUBLIC KEY') {
    return refused('KEY_FORMAT', at, `is a ${block.label.toLowerCase()}`, 'a public key is SPKI, `PUBLIC KEY`');
  }
  return readPublicKey(block.der, at);
}

/** SPKI DER → a key. What is no key, another kind of key, or another way to write one is refused. */
export function readPublicKey(spki: Uint8Array, at: Place): Loaded<PublicKey> {
  const read = attempt(() => createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
  if (read === undefined) return refused('KEY_FORMAT', at, 'holds no public key');
  const algorithm = algorithmOf(read);
  if (algorithm === undefined) return otherAlgorithm(read, at);
  const raw = rawOf(read, algorithm);
  if (Buffer.compare(spki, spkiOf(algorithm, raw)) !== 0) {
    // A compressed or a hybrid point would be the same key under another id.
    return refused('KEY_FORMAT', at, 'writes its key in another form than the usual one', 'use an uncompressed point');
  }
  if (algorithm === 'ed25519' && isWeak(raw)) return refused('KEY_WEAK', at, 'is a point for which anybody can sign');
  return { ok: true, value: publicKey(read, algorithm, Uint8Array.from(spki)), warnings: [] };
}

/** The SPKI DER of a raw key: what `readPublicKey` takes, for whoever has a key without its wrapping. */
export function spkiOf(algorithm: KeyAlgorithm, raw: Uint8Array): Uint8Array {
  return Buffer.concat([spkiHeads[algorithm], raw]);
}

/** A PEM file with one PKCS#8 private key, which may be encrypted. */
export function parsePrivateKey(source: SourceText, passphrase?: string): Loaded<PrivateKey> {
  const at = startOf(source);
  const block = blockIn(source.text);
  if (block === undefined) return refused('KEY_FORMAT', at, 'is no PEM file with one key');
  const isEncrypted = block.label === 'ENCRYPTED PRIVATE KEY';
  if (!isEncrypted && block.label !== 'PRIVATE KEY') {
    const hint = 'a private key is PKCS#8; `openssl pkcs8 -topk8` converts';
    return refused('KEY_FORMAT', at, `is a ${block.label.toLowerCase()}`, hint);
  }
  if (isEncrypted && passphrase === undefined)
    return refused('KEY_PASSPHRASE', at, 'is encrypted: a passphrase opens it');
  const read = attempt(() =>
    createPrivateKey({
      key: Buffer.from(block.der),
      format: 'der',
      type: 'pkcs8',
      ...(isEncrypted ? { passphrase: passphrase ?? '' } : {}),
    }),
  );
  if (read === undefined) {
    return isEncrypted
      ? refused('KEY_PASSPHRASE', at, 'is not opened by this passphrase')
      : refused('KEY_FORMAT', at, 'holds no private key');
  }
  const algorithm = algorithmOf(read);
  return algorithm === undefined
    ? otherAlgorithm(read, at)
    : { ok: true, value: privateKey(read, algorithm), warnings: [] };
}

/** A new key. `randomBytes` must give as many bytes as asked for, and no two times the same: it is all the secret there
 *  is. Ed25519 takes 32 as its seed (RFC 8032); P-256 tries 32 until they are a number below the order (FIPS 186-5, A.2.2). */
export function makePrivateKey(algorithm: KeyAlgorithm, randomBytes: (count: number) => Uint8Array): PrivateKey {
  if (algorithm === 'ed25519') {
    const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), randomBytes(32)]);
    return privateKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }), algorithm);
  }
  // One in four thousand million is no such number; eight in a row are no randomness.
  for (let attempts = 0; attempts < 8; attempts += 1) {
    const secret = Buffer.from(randomBytes(32));
    const point = attempt(() => {
      const half = createECDH('prime256v1');
      half.setPrivateKey(secret);
      return half.getPublicKey();
    });
    if (point === undefined) continue;
    const [d, x, y] = [secret, point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    invariant(d !== undefined && x !== undefined && y !== undefined, 'a point has two coordinates');
    return privateKey(createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' }), algorithm);
  }
  throw new Error('invariant broken: the source of randomness gives none');
}

function publicKey(key: KeyObject, algorithm: KeyAlgorithm, spki: Uint8Array): PublicKey {
  return {
    id: createHash('sha256').update(spki).digest('hex'),
    algorithm,
    spki,
    raw: spki.subarray(spkiHeads[algorithm].length),
    pem: pemOf(spki),
    verify: (bytes, signature) => verifyWith(hashOf(algorithm), bytes, key, signature),
  };
}

function privateKey(key: KeyObject, algorithm: KeyAlgorithm): PrivateKey {
  const half = createPublicKey(key);
  // A PKCS#8 file may hold its point in another form, or none; the id is of the usual one.
  const spki = spkiOf(algorithm, rawOf(half, algorithm));
  const known = publicKey(half, algorithm, spki);
  return {
    keyId: known.id,
    algorithm,
    public: known,
    sign: async (bytes) => signWith(hashOf(algorithm), bytes, key),
    pem: (passphrase) =>
      key
        .export({
          type: 'pkcs8',
          format: 'pem',
          ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
        })
        .toString(),
  };
}

/** What the key is, whatever way it was written. */
function rawOf(key: KeyObject, algorithm: KeyAlgorithm): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  if (algorithm === 'ed25519') return Buffer.from(x, 'base64url');
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

/** Ed25519 hashes by itself. */
function hashOf(algorithm: KeyAlgorithm): 'sha256' | null {
  return algorithm === 'ed25519' ? null : 'sha256';
}

function algorithmOf(key: KeyObject): KeyAlgorithm | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return isP256 ? 'ecdsa-p256' : undefined;
}

function otherAlgorithm({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, at: Place): Loaded<never> {
  const what = asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? 'unknown';
  return refused('KEY_ALGORITHM', at, `is a key for \`${what}\``, 'a site trusts Ed25519 and ECDSA P-256 only');
}

const prime = 2n ** 255n - 19n;
/** y of the points of order 1, 2, 4 and 8: a signature by one of them fits any text. */
const weakY = new Set([
  0n,
  1n,
  prime - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

/** Also a y past the prime, which would be another way to write a key that has an id already. */
function isWeak(raw: Uint8Array): boolean {
  const y = BigInt(`0x${Buffer.from(raw).reverse().toString('hex')}`) & (2n ** 255n - 1n);
  return y >= prime || weakY.has(y);
}

/** From the DER and not from OpenSSL, which keeps the way in which a point was written. */
function pemOf(spki: Uint8Array): string {
  const lines =
    Buffer.from(spki)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

interface Block {
  readonly label: string;
  readonly der: Uint8Array;
}

/** Exactly one block, nothing around it but white space. */
function blockIn(text: string): Block | undefined {
  const found = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\s*\n([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/.exec(text);
  const [, label, body] = found ?? [];
  if (label === undefined || body === undefined) return undefined;
  const words = body.replaceAll(/\s/g, '');
  const der = Buffer.from(words, 'base64');
  return der.toString('base64') === words ? { label, der } : undefined;
}

function startOf({ file }: SourceText): Place {
  return { file, line: 1, col: 1 };
}

function refused(code: FaultCode, at: Place, message: string, hint?: string): Loaded<never> {
  return { ok: false, faults: [error(code, at, message, hint)] };
}

/** OpenSSL says by throwing that something is no key. What it says in words changes between versions, so nobody reads it. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
