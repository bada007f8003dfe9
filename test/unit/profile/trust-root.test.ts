import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../../src/kernel/fault.ts';
import {
  parseTrust,
  type RootStatement,
  readTrust,
  rootEnvelope,
  type SignedRoot,
  trustText,
} from '../../../src/profile/trust-file.ts';
import { checkRoot, followRoots, rolesFor, type TrustRoot } from '../../../src/profile/trust-root.ts';
import type { PrivateKey } from '../../../src/signing/keys.ts';
import { at, codesOf, expires, fileOf, got, keyOf, rootOf, signedRoot, sourceOf } from '../../support/signing.ts';

const [a, b, c, d] = [keyOf('a'), keyOf('b', 'ecdsa-p256'), keyOf('c'), keyOf('d')];

/** Through the text, as a site reads it. */
function follow(roots: readonly SignedRoot[], before: Parameters<typeof followRoots>[2] = null): Loaded<TrustRoot> {
  const parsed = parseTrust(sourceOf(fileOf(...roots)));
  return parsed.ok ? followRoots(parsed.value, 'trust.yaml', before) : parsed;
}
const alone = async (root: RootStatement, ...by: readonly PrivateKey[]) =>
  codesOf(follow([await signedRoot(root, by)]));

describe('a first root', () => {
  test('stands for itself: its keys, its roles, its moment', async () => {
    const root = got(follow([await signedRoot(rootOf([a, b, c], 2), [a, b])]));
    expect(root).toMatchObject({ site: 'site-7', version: 1, expiresMs: Date.parse(expires) });
    expect([...root.keys.keys()].sort()).toEqual([a, b, c].map(({ keyId }) => keyId).sort());
    expect(root.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
  test('may have any version: a site is born when it is born', async () => {
    expect(await alone(rootOf([a], 1, { version: 7 }), a)).toEqual([]);
  });
  test('is signed by as many of its root keys as it asks for, and by nobody else', async () => {
    expect(await alone(rootOf([a, b, c], 2), a)).toEqual(['SIGNATURE_TOO_FEW']);
    expect(await alone(rootOf([a, b, c], 2))).toEqual(['SIGNATURE_TOO_FEW']);
    expect(await alone(rootOf([a, b, c], 2), a, d)).toEqual(['SIGNATURE_UNKNOWN_KEY']);
    const { roles, ...rest } = rootOf([a, b, c], 2);
    const profileOnly = { ...rest, roles: { ...roles, root: { threshold: 1, keys: [a.keyId] } } };
    expect(await alone(profileOnly, a)).toEqual([]);
    expect(await alone(profileOnly, a, b)).toEqual(['SIGNATURE_NOT_ALLOWED']);
  });
  test('whose signature is over other content is refused', async () => {
    const signed = await signedRoot(rootOf([a], 1), [a]);
    expect(codesOf(follow([{ ...signed, root: { ...signed.root, site: 'site-8' } }]))).toEqual(['SIGNATURE_WRONG']);
  });
});

describe('a root that contradicts itself', () => {
  const good = rootOf([a, b], 1);
  const role = (threshold: number, ...keys: readonly string[]): RootStatement => ({
    ...good,
    roles: { ...good.roles, root: { threshold, keys } },
  });
  const [first, second] = good.keys;
  if (first === undefined || second === undefined) throw new Error('two keys');
  test.each<[string, RootStatement, string]>([
    ['asks for more keys than there are', role(3, a.keyId, b.keyId), 'TRUST_ROOT'],
    ['names a key that is not there', role(1, a.keyId, c.keyId), 'TRUST_ROOT'],
    ['asks for nobody', role(0, a.keyId), 'SHAPE_INVALID'],
    ['names a key twice', role(2, a.keyId, a.keyId), 'SHAPE_INVALID'],
    ['has a key twice', { ...good, keys: [first, second, first] }, 'TRUST_KEY'],
    ['has a key under another id', { ...good, keys: [{ ...first, id: b.keyId }, second] }, 'TRUST_KEY'],
    ['has one key under two ids', { ...good, keys: [first, { ...first, id: b.keyId }] }, 'TRUST_KEY'],
    [
      'calls a key by another algorithm',
      { ...good, keys: [{ ...first, algorithm: 'ecdsa-p256' }, second] },
      'TRUST_KEY',
    ],
    [
      'writes a key in another way',
      { ...good, keys: [{ ...first, publicKey: `${first.publicKey}\n` }, second] },
      'TRUST_KEY',
    ],
    ['holds a private key', { ...good, keys: [{ ...first, publicKey: a.pem() }, second] }, 'KEY_FORMAT'],
    ['expires on a day that no month has', { ...good, expires: '2027-02-30T00:00:00Z' }, 'TRUST_ROOT'],
    ['has a key that does', { ...good, keys: [{ ...first, expires: '2027-06-31T00:00:00Z' }, second] }, 'TRUST_ROOT'],
    ['has half a character in it', { ...good, keys: [{ ...first, owner: '\ud800' }, second] }, 'YAML_SYNTAX'],
  ])('%s', async (_, root, code) => {
    // It is signed all the same, where it can be: the contradiction must be enough.
    const signed = await signedRoot(root, [a]).catch(() => ({
      ...fileOf().roots[0],
      root,
      signatures: [],
      at: { file: '', line: 1, col: 1 },
    }));
    expect(codesOf(follow([signed]))).toContain(code);
  });
});

test('a role that names a key twice is none, even where no schema looked at it', () => {
  const { roles, ...rest } = rootOf([a], 1);
  const twice = { ...rest, roles: { ...roles, root: { threshold: 2, keys: [a.keyId, a.keyId] } } };
  expect(codesOf(checkRoot({ root: twice, signatures: [], at }))).toEqual(['TRUST_ROOT']);
});

describe('a chain', async () => {
  const one = await signedRoot(rootOf([a, b, c], 2), [a, b]);
  // c leaves, d comes.
  const next = rootOf([a, b, d], 2, { version: 2 });
  const two = await signedRoot(next, [a, b]);
  const three = await signedRoot(rootOf([d], 1, { version: 3 }), [a, d, b]);

  test('goes from each root to the next', () => {
    expect(got(follow([one, two])).version).toBe(2);
    const root = got(follow([one, two, three]));
    expect([...root.keys.keys()]).toEqual([d.keyId]);
    expect(got(follow([two, three])).version).toBe(3);
    // Who signed it is not to be found in it alone: a file keeps its roots.
    expect(codesOf(follow([three]))).toContain('SIGNATURE_UNKNOWN_KEY');
  });
  test('that skips a root, goes back or stays is refused', () => {
    expect(codesOf(follow([one, three]))).toContain('TRUST_SKIPS');
    expect(codesOf(follow([two, one]))).toContain('TRUST_SKIPS');
    expect(codesOf(follow([one, one]))).toEqual(['TRUST_SKIPS']);
    expect(codesOf(follow([one, two, two]))).toEqual(['TRUST_SKIPS']);
  });
  test('needs the keys of the root before, and those of the new one', async () => {
    const newOnly = await signedRoot(rootOf([c, d], 2, { version: 2 }), [c, d]);
    expect(codesOf(follow([one, newOnly]))).toEqual(['SIGNATURE_TOO_FEW']);
    const oldOnly = await signedRoot(rootOf([d], 1, { version: 2 }), [a, b]);
    expect(codesOf(follow([one, oldOnly]))).toEqual(['SIGNATURE_TOO_FEW']);
    const one2 = await signedRoot(next, [a]);
    expect(codesOf(follow([one, one2]))).toEqual(['SIGNATURE_TOO_FEW', 'SIGNATURE_TOO_FEW']);
  });
  test('stays with one site', async () => {
    const other = await signedRoot({ ...next, site: 'site-8' }, [a, b]);
    expect(codesOf(follow([one, other]))).toEqual(['TRUST_ROOT']);
  });
  test('does not go below the root that was trusted here, nor past another in its place', async () => {
    const digest = (roots: readonly SignedRoot[]) => got(follow(roots)).digest;
    const before = { version: 2, digest: digest([one, two]) };
    expect(got(follow([one, two, three], before)).version).toBe(3);
    expect(got(follow([one, two], before)).version).toBe(2);
    expect(got(follow([two, three], before)).version).toBe(3);
    expect(codesOf(follow([one], before))).toEqual(['TRUST_ROLLBACK']);
    // Whoever is past it cannot show that he went through it.
    expect(codesOf(follow([three], before))).toContain('TRUST_ROLLBACK');
    const fork = await signedRoot({ ...next, expires: '2026-12-31T00:00:00Z' }, [a, b]);
    expect(follow([one, fork], before)).toMatchObject({
      faults: [{ code: 'TRUST_ROLLBACK', message: 'another root 2 was trusted here before' }],
    });
    // A whole chain of somebody else's.
    const theirs = await signedRoot(rootOf([d], 1), [d]);
    expect(codesOf(follow([theirs], { version: 1, digest: digest([one]) }))).toEqual(['TRUST_ROLLBACK']);
  });
  test('is as old as its newest root says: those before it may have expired', async () => {
    const old = await signedRoot({ ...rootOf([a, b, c], 2), expires: '2001-01-01T00:00:00Z' }, [a, b]);
    expect(got(follow([old, two])).expiresMs).toBe(Date.parse(expires));
  });
});

test('a role is for the names that it says', async () => {
  const { roles, ...rest } = rootOf([a], 1);
  const of = (...profiles: readonly string[]) => ({ profiles, threshold: 1, keys: [a.keyId] });
  const profile = [of('three-node'), of('edge-*'), of('edge')];
  const root = got(follow([await signedRoot({ ...rest, roles: { ...roles, profile } }, [a])]));
  const roleCount = (name: string) => rolesFor(root, name).length;
  expect(['three-node', 'three-node-2', 'edge-7', 'edge-', 'edge', 'edg', ''].map(roleCount)).toEqual([
    1, 0, 1, 1, 1, 0, 0,
  ]);
});

describe('trust.yaml has one form', async () => {
  const owner = 'on call: "A"  # \u2028\u0085\u001b[31m\ufeff 😀 — ';
  const { keys, ...root } = rootOf([a, b], 2);
  const full = { ...root, keys: keys.map((key) => ({ ...key, owner, expires })) };
  const text = trustText(fileOf(await signedRoot(full, [a, b])));
  const source = (changed: string) => ({ file: 'trust.yaml', text: changed });

  test('in which it comes back, whatever its owners are called', () => {
    const read = got(parseTrust(source(text)));
    expect(read.roots[0]?.root).toEqual(full);
    expect(trustText(read)).toBe(text);
    expect(codesOf(follow(read.roots))).toEqual([]);
  });
  test.each<[string, (text: string) => string]>([
    ['a comment', (all) => all.replace('# Whom', '# whom')],
    ['a blank', (all) => all.replace('version: 1', 'version:  1')],
    ['a line break at the end', (all) => `${all}\n`],
    ['no line break at the end', (all) => all.slice(0, -1)],
    ['other quotes', (all) => all.replace('site: "site-7"', "site: 'site-7'")],
    ['another order', (all) => all.replace(/( {4}version: 1\n)( {4}expires: .*\n)/, '$2$1')],
    ['an anchor', (all) => all.replace('version: 1', 'version: &a 1')],
    ['another number', (all) => all.replace('version: 1', 'version: 0x1')],
    ['line breaks of another system', (all) => all.replaceAll('\n', '\r\n')],
    ['signatures in another order', (all) => all.replace(/( {2}- keyid: .*\n.*\n)( {2}- keyid: .*\n.*\n)/, '$2$1')],
    ['loose bits', (all) => all.replace(/(sig: ".*).=="/, '$1/=="')],
  ])('%s: refused, and read by whoever goes on writing it', (_, change) => {
    expect(change(text)).not.toBe(text);
    expect(codesOf(parseTrust(source(change(text))))).toEqual(['TRUST_FORM']);
  });
  test('the line that differs is named', () => {
    const changed = text.replace('version: 1', 'version:  1');
    expect(parseTrust(source(changed))).toMatchObject({ faults: [{ at: { line: 7 } }] });
    expect(readTrust(source(changed)).ok).toBe(true);
  });
  test('what is something else is said to be', () => {
    expect(codesOf(parseTrust(source('apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n')))).toEqual([
      'SHAPE_WRONG_KIND',
    ]);
    expect(codesOf(parseTrust(source(text.replace('roots:', 'roots:\nroots:'))))).toEqual(['YAML_DUPLICATE_KEY']);
    expect(codesOf(parseTrust(source(text.replace('version: 1', 'version: 1\n    more: 1'))))).toEqual([
      'SHAPE_UNKNOWN_FIELD',
    ]);
  });
  test('as an envelope it is DSSE with a type of its own', () => {
    const envelope = rootEnvelope({ root: full, signatures: [] });
    expect(envelope.payloadType).toBe('application/vnd.nodewright.trust-root.v1+json');
    expect(JSON.parse(Buffer.from(envelope.payload).toString())).toMatchObject({ kind: 'TrustRoot', version: 1 });
  });
});
