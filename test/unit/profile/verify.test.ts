import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonical, digestOf, type Json } from '../../../src/kernel/digest.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadDraft, loadProfile } from '../../../src/profile/load.ts';
import { rootPayloadType } from '../../../src/profile/trust-file.ts';
import { type Against, insecureUnsigned, type Origin, verifyProfile } from '../../../src/profile/verify.ts';
import { compareVersions } from '../../../src/profile/version-order.ts';
import { envelopeText } from '../../../src/signing/dsse.ts';
import {
  bundle,
  codesOf,
  expires,
  fileBytes,
  got,
  keyOf,
  nowMs,
  rootOf,
  signedBy,
  signedFile,
  trustOf,
  unsigned,
} from '../../support/signing.ts';

const [a, b, c, d] = [keyOf('a'), keyOf('b', 'ecdsa-p256'), keyOf('c'), keyOf('d')];
const root = await trustOf([a, b, c], 2);
const against: Against = { root, nowMs, ranBefore: () => [] };
const verify = (bytes: Uint8Array, more: Partial<Against> = {}) =>
  verifyProfile('p.dsse.json', bytes, { ...against, ...more });
const good = await signedFile(bundle(), [a, b]);

test('what enough holders have signed is verified: who, by which root, which document', () => {
  const document = got(verify(good));
  expect(document).toMatchObject({ name: 'three-node', version: '1.0.0' });
  expect(Buffer.from(document.payload).toString()).toBe(canonical(bundle()));
  expect(document.digest).toBe(digestOf(bundle()));
  expect(document.signed).toEqual({
    kind: 'signed',
    by: [a.keyId, b.keyId].sort(),
    root: { site: 'site-7', version: 1, digest: root.digest },
  });
});

describe('every other thing is refused by its own code', () => {
  const raw = (text: string) => signedFile(Buffer.from(text), [a, b]);
  const resigned = async (file: Uint8Array, payload: Json): Promise<Uint8Array> => {
    const { signatures } = JSON.parse(Buffer.from(file).toString()) as { signatures: { keyid: string; sig: string }[] };
    const read = signatures.map(({ keyid, sig }) => ({ keyId: keyid, signature: Buffer.from(sig, 'base64') }));
    return fileBytes({ ...unsigned(payload), signatures: read });
  };
  const text = canonical(bundle());
  test.each<[string, string, () => Uint8Array | Promise<Uint8Array>, Partial<Against>?]>([
    [
      'a wrong payload type',
      'ENVELOPE_TYPE',
      async () => fileBytes(await signedBy(unsigned(bundle(), rootPayloadType), [a, b])),
    ],
    ['a key that nobody knows', 'SIGNATURE_UNKNOWN_KEY', () => signedFile(bundle(), [a, b, d])],
    [
      'one key twice',
      'SIGNATURE_REPEATED',
      async () => {
        const envelope = await signedBy(unsigned(bundle()), [a]);
        return fileBytes({ ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] });
      },
    ],
    [
      'one key twice, the second time under another id',
      'SIGNATURE_WRONG',
      async () => {
        const envelope = await signedBy(unsigned(bundle()), [a]);
        const again = envelope.signatures.map((one) => ({ ...one, keyId: b.keyId }));
        return fileBytes({
          ...envelope,
          signatures: [...envelope.signatures, ...again].sort((x, y) => (x.keyId < y.keyId ? -1 : 1)),
        });
      },
    ],
    ['one signature too few', 'SIGNATURE_TOO_FEW', () => signedFile(bundle(), [a])],
    ['no signature', 'SIGNATURE_MISSING', () => fileBytes(unsigned(bundle()))],
    ['no envelope', 'SIGNATURE_MISSING', () => Buffer.from(`${text}\n`)],
    ['a folder’s YAML', 'SIGNATURE_MISSING', () => Buffer.from('kind: EdgeProfile\n')],
    ['nothing', 'SIGNATURE_MISSING', () => Buffer.from('')],
    ['an expired root', 'TRUST_EXPIRED', () => good, { nowMs: Date.parse(expires) }],
    ['no moment', 'TRUST_EXPIRED', () => good, { nowMs: Number.NaN }],
    ['an altered payload', 'SIGNATURE_WRONG', () => resigned(good, bundle('three-node', '1.0.1'))],
    [
      'another profile’s signature',
      'SIGNATURE_WRONG',
      async () => resigned(await signedFile(bundle('other'), [a, b]), bundle()),
    ],
    ['another profile', 'PROFILE_OTHER', () => signedFile(bundle('other'), [a, b]), { name: 'three-node' }],
    ['bytes that are not canonical', 'JSON_NOT_CANONICAL', () => raw(` ${text}`)],
    ['a line break at the end', 'JSON_NOT_CANONICAL', () => raw(`${text}\n`)],
    ['a key that stands twice', 'JSON_DUPLICATE_KEY', () => raw(text.replace('{', '{"apiVersion":"x",'))],
    ['a payload that is no JSON', 'JSON_SYNTAX', () => raw('kind: EdgeProfileBundle')],
    ['a payload that is no profile', 'SHAPE_WRONG_KIND', () => signedFile({ kind: 'EdgeProfile' }, [a, b])],
    ['a profile without a version', 'SHAPE_WRONG_KIND', () => signedFile(bundle('x', 'latest'), [a, b])],
    [
      'an older version than was run',
      'PROFILE_ROLLBACK',
      () => good,
      { ranBefore: () => [{ version: '1.0.1', digest: 'x' }] },
    ],
    [
      'the same version with other content',
      'PROFILE_VERSION_REUSED',
      () => good,
      { ranBefore: () => [{ version: '1.0.0', digest: 'x' }] },
    ],
    ['a cut off file', 'JSON_SYNTAX', () => good.subarray(0, -9)],
  ])('%s', async (_, code, bytes, more) => {
    expect([...new Set(codesOf(verify(await bytes(), more)))]).toEqual([code]);
  });

  test('an expired key, though others are enough', async () => {
    const keys = rootOf([a, b, c], 2).keys.map((key) =>
      key.id === c.keyId ? { ...key, expires: '2026-06-01T00:00:00Z' } : key,
    );
    const aging = await trustOf([a, b, c], 2, { keys });
    const file = await signedFile(bundle(), [a, b, c]);
    expect(codesOf(verify(file, { root: aging }))).toEqual(['KEY_EXPIRED']);
    expect(codesOf(verify(file, { root: aging, nowMs: nowMs - 1 }))).toEqual([]);
  });

  test('what was run before runs again, and what is newer', async () => {
    const ranBefore = () => [{ version: '1.0.0', digest: digestOf(bundle()) }];
    expect(codesOf(verify(good, { ranBefore }))).toEqual([]);
    expect(codesOf(verify(await signedFile(bundle('three-node', '1.1.0-rc.1'), [a, b]), { ranBefore }))).toEqual([]);
    expect(codesOf(verify(await signedFile(bundle('three-node', '1.0.0-rc.1'), [a, b]), { ranBefore }))).toEqual([
      'PROFILE_ROLLBACK',
    ]);
  });

  test('of several that ran, each counts', () => {
    const ran = (...list: readonly [string, string | null][]) => ({
      ranBefore: () => list.map(([version, digest]) => ({ version, digest })),
    });
    expect(codesOf(verify(good, ran(['0.9.0', 'x'], ['1.0.0', null])))).toEqual([]);
    expect(codesOf(verify(good, ran(['1.0.0', null], ['1.0.0', 'x'])))).toEqual(['PROFILE_VERSION_REUSED']);
    expect(codesOf(verify(good, ran(['1.0.1', null], ['0.9.0', null])))).toEqual(['PROFILE_ROLLBACK']);
  });

  test('what ran is asked of the name that is signed', () => {
    const asked: string[] = [];
    const ranBefore = (name: string) => {
      asked.push(name);
      return [];
    };
    expect(codesOf(verify(good, { ranBefore }))).toEqual([]);
    expect(asked).toEqual(['three-node']);
  });
});

describe('who may sign what', async () => {
  const { roles, ...rest } = rootOf([a, b, c], 2);
  const role = (profiles: readonly string[], threshold: number, ...keys: readonly { keyId: string }[]) => ({
    profiles,
    threshold,
    keys: keys.map(({ keyId }) => keyId),
  });
  const profile = [role(['three-node'], 2, a, b), role(['edge-*', 'three-node'], 1, c)];
  const divided = await trustOf([a, b, c], 2, { ...rest, roles: { ...roles, profile } });
  test.each<[string, string, readonly (typeof a)[], readonly string[]]>([
    ['the two of one role', 'three-node', [a, b], []],
    ['the one of the other', 'three-node', [c], []],
    ['one of two, and the other role’s one', 'three-node', [a, c], []],
    ['one of two', 'three-node', [b], ['SIGNATURE_TOO_FEW']],
    ['the right one for a name of a kind', 'edge-9', [c], []],
    ['the wrong one', 'edge-9', [a], ['SIGNATURE_NOT_ALLOWED']],
    ['the right one with a stranger', 'edge-9', [a, c], ['SIGNATURE_NOT_ALLOWED']],
    ['a name that nobody may sign', 'other', [a, b], ['SIGNATURE_NOT_ALLOWED', 'SIGNATURE_NOT_ALLOWED']],
  ])('%s', async (_, name, by, codes) => {
    expect(codesOf(verify(await signedFile(bundle(name), by), { root: divided }))).toEqual(codes);
  });
  test('thresholds of two roles do not add up', async () => {
    const halves = [role(['*'], 2, a, b), role(['*'], 2, b, c)];
    const strict = await trustOf([a, b, c], 2, { ...rest, roles: { ...roles, profile: halves } });
    expect(codesOf(verify(await signedFile(bundle(), [a, c]), { root: strict }))).toEqual(['SIGNATURE_TOO_FEW']);
  });
  test('a root key is no profile key', async () => {
    const none = await trustOf([a], 1, { roles: { ...rootOf([a], 1).roles, profile: [] } });
    expect(codesOf(verify(await signedFile(bundle(), [a]), { root: none }))).toEqual(['SIGNATURE_NOT_ALLOWED']);
  });
});

describe('loading', async () => {
  const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'profiles', 'three-node');
  const files = new Map<string, Uint8Array>(
    ['profile.yaml', 'packs/storage-safety.yaml', 'packs/bond-flip.yaml'].map((path) => [
      path,
      readFileSync(join(fixtures, path)),
    ]),
  );
  const folder = {
    nameOf: (path: string) => path,
    read: (path: string) => files.get(path) ?? { code: 'FILE_MISSING' as const, message: 'is not there' },
  };
  const load = (path: string, origin: Origin) => loadProfile(folder, path, vocabulary, origin);
  const built = got(loadDraft(folder, 'profile.yaml', vocabulary));
  const signed: Origin = { kind: 'signed', against };
  files.set('good.dsse.json', await signedFile(built.bundle, [a, b]));
  files.set('weak.dsse.json', await signedFile(built.bundle, [a]));
  files.set('more.dsse.json', await signedFile({ ...(built.bundle as object), zzz: 1 }, [a, b]));

  test('a signed document is the profile that was built, and says who signed it', () => {
    const { profile, bundle: again, files: read } = got(load('good.dsse.json', signed));
    expect(profile.signed).toMatchObject({ kind: 'signed', by: [a.keyId, b.keyId].sort() });
    expect({ ...profile, packs: [] }).toEqual({ ...built.profile, packs: [], signed: profile.signed });
    expect(again).toEqual(built.bundle);
    expect(read).toEqual(['good.dsse.json']);
  });
  test('with a signed origin nothing else is a profile', () => {
    expect(codesOf(load('profile.yaml', signed))).toEqual(['SIGNATURE_MISSING']);
    expect(codesOf(load('weak.dsse.json', signed))).toEqual(['SIGNATURE_TOO_FEW']);
    expect(codesOf(load('none.dsse.json', signed))).toEqual(['FILE_MISSING']);
  });
  test('what is signed and not read of a profile is no part of it', () => {
    expect(codesOf(load('more.dsse.json', signed))).toEqual(['SHAPE_UNKNOWN_FIELD']);
  });
  test('whoever says that he asks for no signature reads it, and it says unsigned', () => {
    for (const path of ['profile.yaml', 'good.dsse.json', 'weak.dsse.json']) {
      const { profile } = got(load(path, insecureUnsigned));
      expect([profile.signed, profile.digest]).toEqual([{ kind: 'insecure-unsigned' }, built.profile.digest]);
      expect(got(loadDraft(folder, path, vocabulary)).profile.signed).toEqual({ kind: 'unsigned' });
    }
    files.set('broken.dsse.json', Buffer.from(envelopeText(unsigned(Buffer.from('{'), 'x'))));
    expect(codesOf(load('broken.dsse.json', insecureUnsigned))).toEqual(['JSON_SYNTAX']);
  });

  describe('a folder with its signature beside it', () => {
    const weak = files.get('weak.dsse.json') ?? new Uint8Array();
    const whole = files.get('good.dsse.json') ?? new Uint8Array();
    const pack = 'packs/storage-safety.yaml';
    const beside = (signature: Uint8Array | undefined, more: Readonly<Record<string, string>> = {}) => {
      const changed = new Map([
        ...files,
        ...Object.entries(more).map(([path, text]) => [path, Buffer.from(text)] as const),
      ]);
      if (signature !== undefined) changed.set('profile.sig', signature);
      const read = (path: string) => changed.get(path) ?? folder.read(path);
      return loadProfile({ ...folder, read }, 'profile.yaml', vocabulary, signed);
    };
    const textOf = (path: string) => Buffer.from(files.get(path) ?? []).toString();

    test('is the profile that was signed, and its places are lines of the folder', () => {
      const { profile } = got(beside(whole));
      expect(profile.signed).toMatchObject({ kind: 'signed', by: [a.keyId, b.keyId].sort() });
      expect({ ...profile, signed: undefined }).toEqual({ ...built.profile, signed: undefined });
      expect(profile.packs[0]?.gates[0]?.at.file).toBe(pack);
    });
    test('without it, or with too little of it, is none', () => {
      expect(codesOf(beside(undefined))).toEqual(['SIGNATURE_MISSING']);
      expect(codesOf(beside(weak))).toEqual(['SIGNATURE_TOO_FEW']);
      expect(codesOf(beside(new Uint8Array()))).toEqual(['SIGNATURE_MISSING']);
      expect(codesOf(beside(whole.subarray(0, -9)))).toEqual(['JSON_SYNTAX']);
      expect(codesOf(beside(files.get('more.dsse.json')))).toEqual(['PROFILE_DRAFT']);
    });
    test('that says something else is a draft, and both digests are named', () => {
      const drafts = [
        { 'profile.yaml': textOf('profile.yaml').replace('atMost: 3', 'atMost: 5') },
        { [pack]: textOf(pack).replace(/says: /, 'says: not ') },
      ];
      for (const draft of drafts) {
        const found = beside(whole, draft);
        expect(codesOf(found)).toEqual(['PROFILE_DRAFT']);
        const [message] = found.ok ? [] : found.faults.map((fault) => fault.message);
        expect(message).toContain(built.profile.digest);
        expect(message).toMatch(/this is 1\.\d+\.\d+, sha256:[0-9a-f]{64}$/);
      }
    });
    test('may be written otherwise, as long as it says the same', () => {
      const { profile } = got(beside(whole, { [pack]: `# A remark.\n${textOf(pack)}` }));
      expect(profile.digest).toBe(built.profile.digest);
    });
  });
});

test('versions have the order of semver.org', () => {
  const order = [
    '0.9.9',
    '1.0.0-1',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
    '10.0.0',
    '9007199254740993.0.0',
    '9007199254740994.0.0',
  ];
  for (const [x, left] of order.entries()) {
    for (const [y, right] of order.entries()) {
      expect(Math.sign(compareVersions(left, right)), `${left} ${right}`).toBe(Math.sign(x - y));
    }
  }
});
