import { execFileSync, spawnSync } from 'node:child_process';
import { sign as signWith } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { bundleFromJSON, bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { crypto as theirCrypto, dsse as theirs } from '@sigstore/core';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, type Json } from '../../../src/kernel/digest.ts';
import {
  addSignature,
  checkSignatures,
  type Envelope,
  envelopeText,
  parseEnvelope,
  preAuthEncoding,
} from '../../../src/signing/dsse.ts';
import { keyAlgorithms, type PrivateKey, SignerRefused } from '../../../src/signing/keys.ts';
import { folderWith } from '../../support/folder.ts';
import { at, codesOf, fileBytes, got, keyOf, signedBy, unsigned } from '../../support/signing.ts';

const ed = keyOf('a holder');
const ec = keyOf('another holder', 'ecdsa-p256');
const knows =
  (...keys: readonly PrivateKey[]) =>
  (id: string) =>
    keys.find(({ keyId }) => keyId === id)?.public;
const parse = (text: string | Uint8Array) => parseEnvelope('a.dsse.json', Buffer.from(text));

test('the encoding is the one of the DSSE protocol', () => {
  const encoded = Buffer.from(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))).toString();
  expect(encoded).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('any envelope comes back from its text, whatever its payload', async () => {
  const payload = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 65_530, maxLength: 65_545 }));
  await fc.assert(
    fc.asyncProperty(payload, fc.string({ unit: 'binary' }), async (bytes, type) => {
      const envelope = await signedBy({ ...unsigned(bytes), payloadType: type }, [ed, ec]);
      const back = got(parse(envelopeText(envelope)));
      expect(Buffer.from(back.payload).equals(bytes)).toBe(true);
      expect(back.payloadType).toBe(type);
      expect(codesOf(checkSignatures(back, knows(ed, ec), at))).toEqual([]);
      expect(envelopeText(back)).toBe(envelopeText(envelope));
    }),
    { numRuns: 60 },
  );
});

test('a long payload is read in pieces, each byte of it', () => {
  const bytes = Buffer.alloc(300_001, 'abcdefg');
  expect(Buffer.from(got(parse(fileBytes(unsigned(bytes)))).payload).equals(bytes)).toBe(true);
});

describe('an envelope has one form', async () => {
  const good = envelopeText(await signedBy(unsigned(Buffer.from('payload!?')), [ed, ec]));
  const reversed = (): string => {
    const { signatures, ...rest } = JSON.parse(good) as { signatures: Json[] };
    return `${canonical({ ...rest, signatures: [...signatures].reverse() })}\n`;
  };
  const withMember = (name: string, value: Json): string =>
    `${canonical({ ...(JSON.parse(good) as object), [name]: value })}\n`;
  test('which is read', () => expect(parse(good).ok).toBe(true));
  test.each<[string, string, string]>([
    ['nothing', '', 'JSON_SYNTAX'],
    ['cut off', good.slice(0, -20), 'JSON_SYNTAX'],
    ['without its last line break', good.slice(0, -1), 'JSON_NOT_CANONICAL'],
    ['with white space', good.replace(',', ', '), 'JSON_NOT_CANONICAL'],
    ['in another order', good.replace(/("payload":"[^"]*"),("payloadType":"[^"]*")/, '$2,$1'), 'JSON_NOT_CANONICAL'],
    ['a key twice', good.replace('{"payload":', '{"payload":"","payload":'), 'JSON_DUPLICATE_KEY'],
    ['a field more', withMember('z', 1), 'ENVELOPE_FORMAT'],
    ['a field more in front', withMember('a', 1), 'ENVELOPE_FORMAT'],
    ['a field less', '{"payload":"","payloadType":"x"}\n', 'ENVELOPE_FORMAT'],
    ['no map', '[]\n', 'ENVELOPE_FORMAT'],
    ['no text', withMember('payload', 1), 'ENVELOPE_FORMAT'],
    ['an escape in the payload', good.replace(/"payload":"(.)/, '"payload":"\\u002b'), 'JSON_NOT_CANONICAL'],
    ['the web’s base64', withMember('payload', '_-A='), 'ENVELOPE_FORMAT'],
    ['the web’s base64 in front', withMember('payload', '_-AAAAAA'), 'ENVELOPE_FORMAT'],
    ['base64 without its end', withMember('payload', 'AAA'), 'ENVELOPE_FORMAT'],
    ['base64 with loose bits', withMember('payload', 'AAB='), 'ENVELOPE_FORMAT'],
    ['base64 with an end in its middle', withMember('payload', 'AA==AAAA'), 'ENVELOPE_FORMAT'],
    ['base64 with a blank', withMember('payload', 'AA AAAAA'), 'ENVELOPE_FORMAT'],
    ['base64 with a line break', withMember('payload', 'AAAA\nAAA'), 'ENVELOPE_FORMAT'],
    ['signatures in another order', reversed(), 'ENVELOPE_FORMAT'],
    [
      'a signature of another form',
      withMember('signatures', [{ keyid: 'a', sig: 'AAAA', more: 1 }]),
      'ENVELOPE_FORMAT',
    ],
    ['a signature with loose bits', withMember('signatures', [{ keyid: 'a', sig: 'AAB=' }]), 'ENVELOPE_FORMAT'],
    ['a signature that is none', withMember('signatures', [null]), 'ENVELOPE_FORMAT'],
    [
      '65 signatures',
      withMember(
        'signatures',
        Array.from({ length: 65 }, () => ({ keyid: 'a', sig: '' })),
      ),
      'ENVELOPE_FORMAT',
    ],
  ])('%s', (_, text, code) => {
    expect(text).not.toBe(good);
    expect(codesOf(parse(text))).toEqual([code]);
  });
  test('and of a long one that nobody signed it is not long asked what is wrong', () => {
    const keys = Array.from({ length: 1_000_000 }, (_, number) => `"key ${number}":1`);
    const before = performance.now();
    for (const start of ['{', '{"payload":"",']) {
      expect(codesOf(parse(`${start}${keys.join(',')},"key 1":2}\n`))).toEqual(['ENVELOPE_FORMAT']);
    }
    expect(performance.now() - before).toBeLessThan(2_000);
  });
  test('and a size', () => expect(codesOf(parse(Buffer.alloc(2 ** 25 + 1)))).toEqual(['FILE_TOO_LARGE']));
});

describe('signatures', () => {
  const check = (envelope: Envelope, ...keys: readonly PrivateKey[]) => checkSignatures(envelope, knows(...keys), at);
  test('of several are all looked at', async () => {
    const envelope = await signedBy(unsigned(Buffer.from('x')), [ec, ed]);
    expect([...got(check(envelope, ed, ec))].sort()).toEqual([ed.keyId, ec.keyId].sort());
    expect(codesOf(check(envelope, ed))).toEqual(['SIGNATURE_UNKNOWN_KEY']);
    expect(codesOf(check({ ...envelope, payload: Buffer.from('y') }, ed, ec))).toEqual([
      'SIGNATURE_WRONG',
      'SIGNATURE_WRONG',
    ]);
    expect(codesOf(check({ ...envelope, payloadType: 'y' }, ed, ec))).toEqual(['SIGNATURE_WRONG', 'SIGNATURE_WRONG']);
  });
  test('of one key count once, and whoever signs again signs anew', async () => {
    const envelope = await signedBy(unsigned(Buffer.from('x')), [ed]);
    const twice = { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] };
    expect(codesOf(check(got(parse(fileBytes(twice))), ed))).toEqual(['SIGNATURE_REPEATED']);
    expect((await signedBy(envelope, [ed])).signatures).toHaveLength(1);
  });
  test('under another’s id are wrong', async () => {
    const { signatures, ...rest } = await signedBy(unsigned(Buffer.from('x')), [ed]);
    const borrowed = { ...rest, signatures: signatures.map((one) => ({ ...one, keyId: ec.keyId })) };
    expect(codesOf(check(borrowed, ed, ec))).toEqual(['SIGNATURE_WRONG']);
  });
  test('that a signer gives are looked at before they are kept', async () => {
    const wrong = { ...ed, sign: async () => Uint8Array.of(1, 2, 3) };
    expect(codesOf(await addSignature(unsigned(Buffer.from('x')), wrong, ed.public))).toEqual(['SIGNER_FAILED']);
    expect(codesOf(await addSignature(unsigned(Buffer.from('x')), ed, ec.public))).toEqual(['SIGNER_FAILED']);
    const fault = { code: 'SIGNER_FAILED', at, message: 'no', severity: 'error' } as const;
    const refusing = { ...ed, sign: () => Promise.reject(new SignerRefused(fault)) };
    expect(await addSignature(unsigned(Buffer.from('x')), refusing, ed.public)).toEqual({ ok: false, faults: [fault] });
  });
});

describe.each(keyAlgorithms)('others agree: %s', (algorithm) => {
  const key = keyOf('an interoperable holder', algorithm);
  const payload = Buffer.from(canonical({ text: 'Grüße', list: [1, 2] }));

  test('sigstore verifies our envelope', async () => {
    const envelope = await signedBy(unsigned(payload), [key]);
    const dsseEnvelope = JSON.parse(envelopeText(envelope)) as object;
    const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const material = {
      publicKey: { hint: key.keyId },
      tlogEntries: [],
      timestampVerificationData: { rfc3161Timestamps: [] },
    };
    const verifies = (dsse: object) => {
      const bundle = bundleFromJSON({ mediaType, verificationMaterial: material, dsseEnvelope: dsse });
      const publicKey = theirCrypto.createPublicKey(key.public.pem);
      const trusted = {
        certificateAuthorities: [],
        timestampAuthorities: [],
        tlogs: [],
        ctlogs: [],
        publicKey: () => ({ publicKey, validFor: () => true }),
      };
      const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
      return new Verifier(trusted, none).verify(toSignedEntity(bundle));
    };
    expect(() => verifies(dsseEnvelope)).not.toThrow();
    expect(() => verifies({ ...dsseEnvelope, payload: Buffer.from('other').toString('base64') })).toThrow(/signature/);
  });

  test('we verify theirs', () => {
    const artifactType = 'application/vnd.in-toto+json';
    const secret = { key: key.pem(), dsaEncoding: 'der' } as const;
    const signature = signWith(
      algorithm === 'ed25519' ? null : 'sha256',
      theirs.preAuthEncoding(artifactType, payload),
      secret,
    );
    const bundle = toDSSEBundle({ artifact: payload, artifactType, signature, keyHint: key.keyId });
    const { dsseEnvelope } = bundleToJSON(bundle) as unknown as { readonly dsseEnvelope: Json };
    const envelope = got(parse(`${canonical(dsseEnvelope)}\n`));
    expect(got(checkSignatures(envelope, knows(key), at))).toEqual([key.keyId]);
    expect(envelope.payloadType).toBe(artifactType);
  });
});

describe('OpenSSL, the command', () => {
  const version = spawnSync('openssl', ['version']);
  test('is there: without it, nobody but Node has looked at our signatures', () => {
    expect(version.status, 'install openssl to run this test').toBe(0);
  });

  test.each(keyAlgorithms)('verifies what we sign and signs what we verify: %s', async (algorithm) => {
    const key = keyOf('openssl', algorithm);
    const envelope = await signedBy(unsigned(Buffer.from('what is signed')), [key]);
    const bytes = preAuthEncoding(envelope.payloadType, envelope.payload);
    const folder = folderWith({ 'key.pem': key.pem('secret'), 'pub.pem': key.public.pem });
    const [signed, signature, theirs] = ['signed', 'signature', 'theirs'].map((name) => `${folder}/${name}`);
    if (signed === undefined || signature === undefined || theirs === undefined) throw new Error('three names');
    writeFileSync(signed, bytes);
    writeFileSync(signature, envelope.signatures[0]?.signature ?? '');
    // One works on a file that is signed as it is, the other hashes it first.
    const verb = algorithm === 'ed25519' ? ['pkeyutl', '-rawin'] : ['pkeyutl', '-rawin', '-digest', 'sha256'];
    const run = (...more: readonly string[]) =>
      execFileSync('openssl', [...verb, ...more], { encoding: 'utf8', stdio: 'pipe' });
    const verify = ['-verify', '-pubin', '-inkey', `${folder}/pub.pem`, '-in', signed, '-sigfile'];
    expect(run(...verify, signature)).toMatch(/Verified Successfully/);
    run('-sign', '-inkey', `${folder}/key.pem`, '-passin', 'pass:secret', '-in', signed, '-out', theirs);
    expect(run(...verify, theirs)).toMatch(/Verified Successfully/);
    const { readFileSync } = await import('node:fs');
    expect(key.public.verify(bytes, readFileSync(theirs))).toBe(true);
    writeFileSync(signed, Buffer.concat([bytes, Buffer.of(0)]));
    expect(() => run(...verify, signature)).toThrow();
  });

  test('makes a private key with a compressed point: it goes by its usual id', async () => {
    const { parsePrivateKey, parsePublicKey } = await import('../../../src/signing/keys.ts');
    const make = 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256';
    const short = `${make} | openssl ec -conv_form compressed | openssl pkcs8 -topk8 -nocrypt`;
    const text = execFileSync('sh', ['-c', short], { encoding: 'utf8', stdio: 'pipe' });
    const key = got(parsePrivateKey({ file: 'key.pem', text }));
    expect(got(parsePublicKey({ file: 'key.pub', text: key.public.pem })).id).toBe(key.keyId);
    expect(key.public.raw).toHaveLength(65);
  });

  test.each([
    ['genpkey', '-algorithm', 'ed25519'],
    ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ])('makes keys that we read: %s %s %s', async (...args) => {
    const { parsePrivateKey } = await import('../../../src/signing/keys.ts');
    const text = execFileSync('openssl', [...args, '-aes256', '-pass', 'pass:secret'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(got(parsePrivateKey({ file: 'key.pem', text }, 'secret')).keyId).toMatch(/^[0-9a-f]{64}$/);
  });
});
