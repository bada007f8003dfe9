import { createHash } from 'node:crypto';
import { canonical, type Json } from '../../src/kernel/digest.ts';
import type { Loaded } from '../../src/kernel/fault.ts';
import {
  type RootStatement,
  rootEnvelope,
  type SignedRoot,
  type TrustFile,
  trustText,
} from '../../src/profile/trust-file.ts';
import { followRoots, type TrustRoot } from '../../src/profile/trust-root.ts';
import { profilePayloadType } from '../../src/profile/verify.ts';
import { addSignature, type Envelope, envelopeText } from '../../src/signing/dsse.ts';
import { type KeyAlgorithm, makePrivateKey, type PrivateKey } from '../../src/signing/keys.ts';

/** The same key for the same name, so that a failing test fails again. */
export function keyOf(name: string, algorithm: KeyAlgorithm = 'ed25519'): PrivateKey {
  return makePrivateKey(algorithm, () => createHash('sha256').update(name).digest());
}

export function got<T>(loaded: Loaded<T>): T {
  if (!loaded.ok) throw new Error(loaded.faults.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return loaded.value;
}

export function codesOf(loaded: Loaded<unknown>): readonly string[] {
  return loaded.ok ? [] : loaded.faults.map(({ code }) => code);
}

export const at = { file: 'trust.yaml', line: 1, col: 1 };
export const expires = '2027-01-01T00:00:00Z';
export const nowMs = Date.parse('2026-06-01T00:00:00Z');

/** A root with these keys in every role. */
export function rootOf(
  keys: readonly PrivateKey[],
  threshold: number,
  more: Partial<RootStatement> = {},
): RootStatement {
  const ids = keys.map(({ keyId }) => keyId);
  return {
    site: 'site-7',
    version: 1,
    expires,
    keys: keys.map(({ keyId, algorithm, public: { pem } }) => ({ id: keyId, algorithm, publicKey: pem })),
    roles: { root: { threshold, keys: ids }, profile: [{ profiles: ['*'], threshold, keys: ids }] },
    ...more,
  };
}

export async function signedRoot(root: RootStatement, by: readonly PrivateKey[]): Promise<SignedRoot> {
  const { signatures } = await signedBy(rootEnvelope({ root, signatures: [] }), by);
  return { root, signatures, at };
}

export async function signedBy(envelope: Envelope, by: readonly PrivateKey[]): Promise<Envelope> {
  let signed = envelope;
  for (const key of by) signed = got(await addSignature(signed, key, key.public));
  return signed;
}

export async function trustOf(
  keys: readonly PrivateKey[],
  threshold: number,
  more?: Partial<RootStatement>,
): Promise<TrustRoot> {
  return got(followRoots({ roots: [await signedRoot(rootOf(keys, threshold, more), keys)] }, 'trust.yaml', null));
}

export function fileOf(...roots: readonly SignedRoot[]): TrustFile {
  return { roots };
}

export function sourceOf(file: TrustFile): { readonly file: string; readonly text: string } {
  return { file: 'trust.yaml', text: trustText(file) };
}

/** As little of a built profile as verification asks for. */
export function bundle(name = 'three-node', version = '1.0.0', more: Json = {}): Json {
  return {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'EdgeProfileBundle',
    packs: [],
    profile: { metadata: { name }, spec: { version } },
    vocabulary: 'v1',
    ...(more as object),
  };
}

export function unsigned(payload: Json | Uint8Array, payloadType = profilePayloadType): Envelope {
  const bytes = payload instanceof Uint8Array ? payload : Buffer.from(canonical(payload));
  return { payloadType, payload: bytes, signatures: [] };
}

export function fileBytes(envelope: Envelope): Uint8Array {
  return Buffer.from(envelopeText(envelope));
}

export async function signedFile(payload: Json | Uint8Array, by: readonly PrivateKey[]): Promise<Uint8Array> {
  return fileBytes(await signedBy(unsigned(payload), by));
}
