import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonical, type Json } from '../src/kernel/digest.ts';
import { rootEnvelope } from '../src/profile/trust-file.ts';
import { followRoots, type TrustRoot } from '../src/profile/trust-root.ts';
import { profilePayloadType, signersOf, verifyProfile } from '../src/profile/verify.ts';
import { addSignature, envelopeText, parseEnvelope, preAuthEncoding } from '../src/signing/dsse.ts';
import { keyAlgorithms, makePrivateKey, type PrivateKey } from '../src/signing/keys.ts';
import type { Row } from './row.ts';

const rounds = 401;
const warmUp = 100;
const at = { file: 'profile.dsse.json', line: 1, col: 1 };
const nowMs = 0;

/** A signed profile of 100 KiB, from the bytes of its file, against Node's bare `crypto.verify` over the same bytes, with a key
 *  that is read already on both sides. */
export async function measure(): Promise<readonly Row[]> {
  const payload = Buffer.from(canonical(profileOf(100 * 1024)));
  const rows: Row[] = [];
  for (const algorithm of keyAlgorithms) {
    const key = makePrivateKey(algorithm, (count) => new Uint8Array(count).fill(7));
    const root = await rootOf(key);
    const signed = await addSignature({ payloadType: profilePayloadType, payload, signatures: [] }, key, key.public);
    if (!signed.ok) throw new Error('not signed');
    const file = Buffer.from(envelopeText(signed.value));
    const encoded = preAuthEncoding(profilePayloadType, payload);
    const [hash, bareKey] = [algorithm === 'ed25519' ? null : 'sha256', createPublicKey(key.public.pem)];
    const signature = sign(hash, encoded, createPrivateKey(key.pem()));
    const [signers, whole] = ratiosOf(
      () => bare(hash, encoded, bareKey, signature),
      () => {
        const envelope = parseEnvelope(at.file, file);
        return envelope.ok && signersOf(envelope.value, root, nowMs, at).ok;
      },
      () => verifyProfile(at.file, file, { root, nowMs, ranBefore: () => [] }).ok,
    );
    const name = `profile of 100 KiB, ${algorithm}`;
    rows.push(
      {
        name: `${name}: who signed it, against crypto.verify`,
        figure: signers,
        unit: '×',
        goal: '≤ 1.5×',
        ok: signers <= 1.5,
      },
      {
        name: `${name}: and its payload read strictly`,
        figure: whole,
        unit: '×',
        goal: '≤ 1.5×',
        ok: whole <= 1.5,
      },
    );
  }
  return rows;
}

function bare(hash: string | null, bytes: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  return verify(hash, bytes, key, signature);
}

/** Medians of the ratios of one round each. */
function ratiosOf(base: () => boolean, ...others: readonly (() => boolean)[]): readonly [number, number] {
  const ratios = others.map((): number[] => []);
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const unit = millisecondsOf(base);
    for (const [number, other] of others.entries()) {
      const ratio = millisecondsOf(other) / unit;
      if (round >= warmUp) ratios[number]?.push(ratio);
    }
  }
  const [first = Number.NaN, second = Number.NaN] = ratios.map(
    (all) => all.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN,
  );
  return [first, second];
}

function millisecondsOf(what: () => boolean): number {
  const started = performance.now();
  const holds = what();
  const took = performance.now() - started;
  if (!holds) throw new Error('a right signature was refused');
  return took;
}

async function rootOf(key: PrivateKey): Promise<TrustRoot> {
  const role = { threshold: 1, keys: [key.keyId] };
  const root = {
    site: 'bench',
    version: 1,
    expires: '2100-01-01T00:00:00Z',
    keys: [{ id: key.keyId, algorithm: key.algorithm, publicKey: key.public.pem }],
    roles: { root: role, profile: [{ profiles: ['*'], ...role }] },
  };
  const signed = await addSignature(rootEnvelope({ root, signatures: [] }), key, key.public);
  if (!signed.ok) throw new Error('not signed');
  const followed = followRoots({ roots: [{ root, signatures: signed.value.signatures, at }] }, at.file, null);
  if (!followed.ok) throw new Error('not followed');
  return followed.value;
}

/** What a built profile is made of: many small members. */
function profileOf(bytes: number): Json {
  const packs: Json[] = [];
  const profile = {
    kind: 'EdgeProfileBundle',
    packs,
    profile: { metadata: { name: 'bench' }, spec: { version: '1.0.0' } },
  };
  let size = 0;
  while (size < bytes) {
    const rule = {
      all: [
        { fact: 'replica.disk', operator: 'in', says: 'every copy is whole', value: ['UpToDate', 'Consistent'] },
        {
          every: 'connection',
          is: { fact: 'connection.state', operator: 'equal', value: 'Connected' },
          atLeast: packs.length,
        },
      ],
    };
    size += JSON.stringify(rule).length + 1;
    packs.push(rule);
  }
  return profile;
}
