import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../../src/kernel/fault.ts';
import {
  keyAlgorithms,
  makePrivateKey,
  type PublicKey,
  parsePrivateKey,
  parsePublicKey,
  readPublicKey,
  spkiOf,
} from '../../../src/signing/keys.ts';

const at = { file: 'key.pem', line: 1, col: 1 };
const from = (text: string) => ({ file: 'key.pem', text });
const bytes = Buffer.from('what is signed');
const codeOf = (loaded: Loaded<unknown>) => (loaded.ok ? undefined : loaded.faults[0]?.code);
const got = <T>(loaded: Loaded<T>): T => {
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.value;
};

describe.each(keyAlgorithms)('%s', (algorithm) => {
  const key = makePrivateKey(algorithm, randomBytes);

  test('what a key signs its public half verifies, and nothing else', async () => {
    const signature = await key.sign(bytes);
    expect(key.public.verify(bytes, signature)).toBe(true);
    expect(key.public.verify(Buffer.from('what is signeD'), signature)).toBe(false);
    expect(makePrivateKey(algorithm, randomBytes).public.verify(bytes, signature)).toBe(false);
    for (const wrong of [[], [0], signature.subarray(1), Buffer.concat([signature, Buffer.of(0)]), Buffer.alloc(64)])
      expect(key.public.verify(bytes, Uint8Array.from(wrong))).toBe(false);
  });

  test('comes back from its PEM, with a passphrase and without', () => {
    expect(got(parsePublicKey(from(key.public.pem))).id).toBe(key.keyId);
    expect(got(parsePrivateKey(from(key.pem()))).public.pem).toBe(key.public.pem);
    const locked = key.pem('long and secret');
    expect(locked).toContain('ENCRYPTED PRIVATE KEY');
    expect(got(parsePrivateKey(from(locked), 'long and secret')).keyId).toBe(key.keyId);
    expect(codeOf(parsePrivateKey(from(locked)))).toBe('KEY_PASSPHRASE');
    expect(codeOf(parsePrivateKey(from(locked), 'another'))).toBe('KEY_PASSPHRASE');
    expect(codeOf(parsePrivateKey(from(locked), ''))).toBe('KEY_PASSPHRASE');
  });

  test('its raw form and its SPKI say the same', () => {
    expect(Buffer.compare(spkiOf(algorithm, key.public.raw), key.public.spki)).toBe(0);
    expect(key.keyId).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is made of the randomness that is handed in, and of nothing else', () => {
    const seed = randomBytes(32);
    expect(makePrivateKey(algorithm, () => seed).keyId).toBe(makePrivateKey(algorithm, () => seed).keyId);
  });
});

test('a P-256 secret that is no number below the order is thrown away', () => {
  const given = [Buffer.alloc(32, 255), Buffer.alloc(32), Buffer.alloc(32, 7)];
  const key = makePrivateKey('ecdsa-p256', () => given.shift() ?? Buffer.alloc(32));
  expect(given).toHaveLength(0);
  expect(key.keyId).toBe(makePrivateKey('ecdsa-p256', () => Buffer.alloc(32, 7)).keyId);
  expect(() => makePrivateKey('ecdsa-p256', () => Buffer.alloc(32))).toThrow('randomness');
});

const pair = (...how: readonly unknown[]): { publicKey: string; privateKey: string } =>
  (generateKeyPairSync as (...all: readonly unknown[]) => { publicKey: string; privateKey: string })(how[0], {
    ...(how[1] as object),
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

describe('every other kind of key is refused by name', () => {
  test.each([
    ['rsa', { modulusLength: 2048 }, 'rsa'],
    ['rsa-pss', { modulusLength: 2048 }, 'rsa-pss'],
    ['ec', { namedCurve: 'secp384r1' }, 'secp384r1'],
    ['ec', { namedCurve: 'secp256k1' }, 'secp256k1'],
    ['ed448', {}, 'ed448'],
    ['x25519', {}, 'x25519'],
  ])('%s %o', (type, options, named) => {
    const { publicKey, privateKey } = pair(type, options);
    for (const read of [parsePublicKey(from(publicKey)), parsePrivateKey(from(privateKey))]) {
      expect(codeOf(read)).toBe('KEY_ALGORITHM');
      expect(read).toMatchObject({ faults: [{ message: `is a key for \`${named}\`` }] });
    }
  });
});

describe('a key has one form, so that it has one id', () => {
  test('a compressed or a hybrid point is refused', () => {
    const half = createECDH('prime256v1');
    half.generateKeys();
    const usual = got(readPublicKey(spkiOf('ecdsa-p256', half.getPublicKey()), at));
    const short = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      half.getPublicKey(null, 'compressed'),
    ]);
    expect(codeOf(readPublicKey(short, at))).toBe('KEY_FORMAT');
    expect(usual.raw[0]).toBe(4);
    // The hybrid form has the length of the usual one.
    expect(codeOf(readPublicKey(spkiOf('ecdsa-p256', half.getPublicKey(null, 'hybrid')), at))).toBe('KEY_FORMAT');
  });

  test('bytes after the key are refused', () => {
    const { public: known } = makePrivateKey('ed25519', randomBytes);
    expect(codeOf(readPublicKey(Buffer.concat([known.spki, Buffer.of(0)]), at))).toBe('KEY_FORMAT');
  });

  // Points of order 1, 2, 4 and 8, with and without the sign, and one that is written past the prime.
  test.each([
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('the point %s', (hex) => {
    expect(codeOf(readPublicKey(spkiOf('ed25519', Buffer.from(hex, 'hex')), at))).toBe('KEY_WEAK');
  });
});

describe('what is no PEM file with one key', () => {
  const { pem } = makePrivateKey('ed25519', randomBytes).public;
  test.each<[string, string]>([
    ['nothing', ''],
    ['text', 'hello'],
    ['two keys', pem + pem],
    ['a word before it', `x${pem}`],
    ['a word after it', `${pem}x`],
    ['broken base64', pem.replace('MCow', 'MCo*')],
    ['base64 with a loose end', pem.replace(/(.)=?\n-----END/, '$1==\n-----END')],
    ['no key in it', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    ['a private key', makePrivateKey('ed25519', randomBytes).pem()],
    ['a certificate', pem.replaceAll('PUBLIC KEY', 'CERTIFICATE')],
  ])('%s', (_, text) => {
    expect(codeOf(parsePublicKey(from(text)))).toBe('KEY_FORMAT');
  });

  test('as a private key: nothing, a public key, one of another form, none inside', () => {
    const old = pair('ec', { namedCurve: 'prime256v1' }).privateKey.replaceAll('PRIVATE KEY', 'EC PRIVATE KEY');
    const none = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    for (const text of ['', pem, old, none]) expect(codeOf(parsePrivateKey(from(text)))).toBe('KEY_FORMAT');
  });

  test('line ends of another system and white space around it are no matter', () => {
    const read: Loaded<PublicKey> = parsePublicKey(from(`\r\n${pem.replaceAll('\n', '\r\n')}\n`));
    expect(got(read).pem).toBe(pem);
  });
});
