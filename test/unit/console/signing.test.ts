import { chmodSync, cpSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runSigner } from '../../../src/platform/signer-command.ts';
import { parsePrivateKey } from '../../../src/signing/keys.ts';
import { type Around, nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';
import { got, keyOf } from '../../support/signing.ts';

const nowMs = Date.parse('2026-11-21T00:00:00Z');
const around: Around = { nowMs };
const run = (words: string, more: Around = {}) => nwctl(words.split(' '), { ...around, ...more });
const [a, b, c] = [keyOf('alice'), keyOf('bob', 'ecdsa-p256'), keyOf('carol')];

/** A folder with three holders' keys; alice's is encrypted. */
function holders(): string {
  const files: Record<string, string> = { 'pass.txt': 'alice’s secret\nand a second line\n' };
  for (const [name, key] of Object.entries({ alice: a, bob: b, carol: c })) {
    files[`${name}.key`] = key.pem(name === 'alice' ? 'alice’s secret' : undefined);
    files[`${name}.pub`] = key.public.pem;
  }
  return folderWith(files);
}
const keys = (at: string) => ['alice', 'bob', 'carol'].map((name) => `${at}/${name}.pub`).join(',');

/** A site whose profiles two of three must sign. */
async function site(): Promise<string> {
  const at = holders();
  const trust = `--trust ${at}/trust.yaml`;
  expect((await run(`trust init site-7 ${trust} --root-key ${keys(at)} --threshold 2`)).code).toBe(0);
  expect((await run(`sign ${at}/trust.yaml --key ${at}/alice.key --passphrase-file ${at}/pass.txt`)).code).toBe(0);
  expect((await run(`sign ${at}/trust.yaml --key ${at}/bob.key`)).code).toBe(0);
  expect((await run(`build profiles/three-node -o ${at}/p.json`)).code).toBe(0);
  return at;
}

describe('a folder', async () => {
  const at = await site();
  cpSync('profiles/packs', `${at}/packs`, { recursive: true });
  cpSync('profiles/three-node/profile.yaml', `${at}/mine/profile.yaml`);
  const verify = () => run(`verify ${at}/mine --trust ${at}/trust.yaml`);

  test('is signed where it lies, by one after the other, and named by its file as well', async () => {
    const first = await run(`sign ${at}/mine --key ${at}/bob.key`);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain(`in ${at}/mine/profile.sig\nnext: nwctl verify ${at}/mine --trust trust.yaml`);
    expect((await verify()).err).toContain('SIGNATURE_TOO_FEW');
    expect((await run(`sign ${at}/mine/profile.yaml --key ${at}/carol.key`)).out).toContain('2 signatures');
    expect((await verify()).out).toContain('VERIFIED  three-node 1.0.0');
    // It is the envelope of the built document, no other kind of signature.
    expect((await run(`verify ${at}/mine/profile.sig --trust ${at}/trust.yaml`)).code).toBe(0);
  });
  test('whose content changed is signed anew, and nobody’s signature is taken over', async () => {
    const path = `${at}/mine/profile.yaml`;
    writeFileSync(path, readFileSync(path, 'utf8').replace('version: 1.0.0', 'version: 1.0.1'));
    expect((await verify()).err).toContain('PROFILE_DRAFT');
    expect((await run(`sign ${at}/mine/ --key ${at}/bob.key`)).out).not.toContain('2 signatures');
    expect((await verify()).err).toContain('SIGNATURE_TOO_FEW');
  });
  test('that does not load is signed by nobody', async () => {
    writeFileSync(`${at}/mine/profile.yaml`, 'kind: EdgeProfile\n');
    const before = readFileSync(`${at}/mine/profile.sig`, 'utf8');
    expect((await run(`sign ${at}/mine --key ${at}/bob.key`)).code).toBe(2);
    expect(readFileSync(`${at}/mine/profile.sig`, 'utf8')).toBe(before);
    expect((await run(`sign ${at}/packs --key ${at}/bob.key`)).err).toContain('FILE_MISSING');
  });
});

describe('keygen', () => {
  test('makes two files, the private one for its owner’s eyes only', async () => {
    const at = folderWith();
    const { code, out, err } = await run(`keygen ${at}/k`, { env: { NW_PASSPHRASE: 'long and secret' } });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('k.key, encrypted');
    expect(statSync(`${at}/k.key`).mode & 0o777).toBe(0o600);
    const text = readFileSync(`${at}/k.key`, 'utf8');
    const key = got(parsePrivateKey({ file: 'k', text }, 'long and secret'));
    expect(key.public.pem).toBe(readFileSync(`${at}/k.pub`, 'utf8'));
    expect(out).toContain(key.keyId);
  });
  test('never writes over a key, nor through a link', async () => {
    const at = folderWith({ 'k.key': 'mine', 'l.pub': 'mine', there: '' });
    symlinkSync(`${at}/nowhere`, `${at}/m.key`);
    for (const name of ['k', 'l', 'm']) {
      const { code, err } = await run(`keygen ${at}/${name}`);
      expect({ name, fails: code !== 0 }).toEqual({ name, fails: true });
      expect(err).toContain('is there already');
    }
    expect(readFileSync(`${at}/k.key`, 'utf8')).toBe('mine');
    expect([existsSync(`${at}/k.pub`), existsSync(`${at}/l.key`), existsSync(`${at}/nowhere`)]).toEqual([
      false,
      false,
      false,
    ]);
  });
  test('asks twice, and takes what was typed twice alike', async () => {
    const at = folderWith();
    expect((await run(`keygen ${at}/k`, { secrets: ['typed', 'typed'] })).out).toContain(', encrypted');
    expect((await run(`keygen ${at}/l`, { secrets: ['typed', 'mistyped'] })).code).toBe(2);
    expect(existsSync(`${at}/l.key`)).toBe(false);
    const open = await run(`keygen ${at}/m`, { secrets: [''] });
    expect(open.err).toMatch(/^warning: .*m\.key is not encrypted/);
  });
  test.each(['ed25519', 'ecdsa-p256'])('as data: %s', async (algorithm) => {
    const { out } = await run(`keygen ${folderWith()}/k --algorithm ${algorithm} -o json`);
    validates('keygen', out);
    expect(JSON.parse(out)).toMatchObject({ algorithm, encrypted: false });
  });
});

describe('build', () => {
  test('gives the same bytes wherever it goes, canonical and with one line break', async () => {
    const at = folderWith();
    const { out } = await run('build profiles/three-node');
    await run(`build -p profiles/three-node/profile.yaml -o ${at}/p.json`);
    expect(readFileSync(`${at}/p.json`, 'utf8')).toBe(out);
    expect(out).toMatch(/^\{"apiVersion":.*\}\n$/);
    expect((await run(`build ${at}/p.json`)).out).toBe(out);
  });
  test('of nothing is a question', async () => expect((await run('build')).code).toBe(2));
});

describe('from keys to a verified profile', async () => {
  const at = await site();
  const verify = (more = '') => run(`verify ${at}/p.dsse.json --trust ${at}/trust.yaml ${more}`.trim());

  test('one signature is too few, two are enough, and each is said', async () => {
    expect((await run(`sign ${at}/p.json --key ${at}/bob.key`)).code).toBe(0);
    expect(await verify()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('SIGNATURE_TOO_FEW') });
    expect((await run(`sign ${at}/p.json --key ${at}/carol.key`)).out).toContain('2 signatures');
    const { code, out } = await verify();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^✓ VERIFIED {2}three-node 1\.0\.0 \(signed, sha256:\w{12}\)\n( {2}signed by (bob|carol), .*\n){2} {2}by root 1 of site-7/,
    );
  });
  test('as data, believed or not', async () => {
    const good = await verify('-o json');
    validates('verify', good.out);
    expect(JSON.parse(good.out)).toMatchObject({
      verified: true,
      profile: { signed: true, signature: expect.stringMatching(/^signed by [0-9a-f]{64},[0-9a-f]{64} \(root 1\)$/) },
    });
    const bad = await verify('-o json --ran 1.0.1');
    validates('verify', bad.out);
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.out)).toMatchObject({ verified: false, faults: [{ code: 'PROFILE_ROLLBACK' }] });
  });
  test.each([
    ['--ran 1.0.0', 0, ''],
    ['--ran 0.9.0,0.10.0', 0, ''],
    ['--ran 0.9.0,1.0.1', 2, 'PROFILE_ROLLBACK'],
    [`--ran 1.0.0=sha256:${'0'.repeat(64)}`, 2, 'PROFILE_VERSION_REUSED'],
    ['--expect three-node', 0, ''],
    ['--expect two-node', 2, 'PROFILE_OTHER'],
    ['--now 2027-11-21T00:00:00Z', 2, 'TRUST_EXPIRED'],
    ['--now 364d', 0, ''],
    ['--now yesterday', 2, 'help'],
    ['--ran latest', 2, 'help'],
  ])('%s: exit %i %s', async (flags, code, says) => {
    const ran = await verify(flags);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(says);
  });
  test('whoever checks it reads it; whoever judges by it says whom the site believes', async () => {
    for (const name of ['p.json', 'p.dsse.json', 'trust.yaml']) {
      expect((await run(`check ${at}/${name}`)).out).toContain(`✓ ${at}/${name}: `);
    }
    const by = (words: string) => run(`eval -p ${at}/p.dsse.json -c captures/calm --exit-zero ${words}`);
    expect((await by(`--trust ${at}/trust.yaml`)).out).toMatch(
      /^three-node 1\.0\.0, signed by \w{12},\w{12} \(root 1\), /,
    );
    expect((await by('--trust profiles/trust.yaml')).err).toContain('SIGNATURE_UNKNOWN_KEY');
  });
  test('an altered byte is found', async () => {
    const text = readFileSync(`${at}/p.dsse.json`, 'utf8');
    writeFileSync(
      `${at}/bent.dsse.json`,
      text.replace(/"sig":"(.)/, (_, sign: string) => `"sig":"${sign === 'M' ? 'N' : 'M'}`),
    );
    expect(await run(`verify ${at}/bent.dsse.json --trust ${at}/trust.yaml`)).toMatchObject({ code: 2, out: '' });
  });
  test('files that are not there are named, both at once', async () => {
    const { code, err } = await run(`verify ${at}/none.json --trust ${at}/none.yaml`);
    expect(code).toBe(2);
    expect(err).toMatch(/none\.yaml.*\n(.*\n)*.*none\.json/);
  });
});

describe('sign', () => {
  test('as data, of a profile and of a trust file', async () => {
    const at = await site();
    const profile = await run(`sign ${at}/p.json --key ${at}/bob.key -o json`);
    validates('sign', profile.out);
    expect(JSON.parse(profile.out)).toMatchObject({ file: `${at}/p.dsse.json`, keyId: b.keyId, missing: null });
    await run(`trust rotate --trust ${at}/trust.yaml`);
    const root = await run(`sign ${at}/trust.yaml --key ${at}/carol.key -o json`);
    validates('sign', root.out);
    expect(JSON.parse(root.out)).toMatchObject({ missing: expect.stringContaining('1 of the 3 root keys') });
  });
  test('of changed content begins anew', async () => {
    const at = await site();
    await run(`sign ${at}/p.json --key ${at}/bob.key`);
    await run(`build profiles/single-node -o ${at}/p.json`);
    expect((await run(`sign ${at}/p.json --key ${at}/carol.key -o json`)).out).not.toContain(b.keyId);
    expect((await run(`sign ${at}/p.dsse.json --key ${at}/bob.key`)).out).toContain('2 signatures');
  });
  test.each<[string, string, string]>([
    ['no key', 'p.json', 'one of --key and --signer'],
    ['a key and a signer', 'p.json --key bob.key --signer x', 'one of --key and --signer'],
    ['a signer for nobody', 'p.json --signer x', '--public-key'],
    ['a public key', 'p.json --key bob.pub', 'KEY_FORMAT'],
    ['an encrypted key', 'p.json --key alice.key', 'KEY_PASSPHRASE'],
    ['another passphrase', 'p.json --key alice.key --passphrase-file bob.pub', 'KEY_PASSPHRASE'],
    ['an empty passphrase file', 'p.json --key alice.key --passphrase-file empty.txt', 'KEY_PASSPHRASE'],
    ['what could not be loaded', 'broken.json --key bob.key', 'SHAPE_UNKNOWN_FIELD'],
    ['more than a profile', 'more.json --key bob.key', 'SHAPE_UNKNOWN_FIELD'],
    ['a profile without its packs', 'three-node.yaml --key bob.key', 'FILE_MISSING'],
    ['a pack', 'pack.yaml --key bob.key', 'SHAPE_WRONG_KIND'],
    ['what is not there', 'none.json --key bob.key', 'FILE_MISSING'],
    ['a root that is not his', 'trust.yaml --key dora.key', 'SIGNATURE_NOT_ALLOWED'],
    ['an envelope of something else', 'other.dsse.json --key bob.key', 'ENVELOPE_TYPE'],
  ])('%s is refused, and nothing is written', async (_, words, says) => {
    const at = await site();
    const built = readFileSync(`${at}/p.json`, 'utf8');
    const other = { payload: Buffer.from(built.trim()).toString('base64'), payloadType: 'x', signatures: [] };
    const files = {
      'broken.json': built.replace('"spec":', '"spek":'),
      'more.json': built.replace('{', '{"aaa":1,'),
      'three-node.yaml': readFileSync('profiles/three-node/profile.yaml', 'utf8'),
      'pack.yaml': readFileSync('profiles/packs/bond-flip.yaml', 'utf8'),
      'dora.key': keyOf('dora').pem(),
      'empty.txt': '\n',
      'other.dsse.json': `${JSON.stringify(other)}\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(`${at}/${name}`, text);
    const before = readFileSync(`${at}/trust.yaml`, 'utf8');
    const placed = words.replaceAll(/[\w-]+\.(json|yaml|key|pub|txt|dsse\.json)/g, (name) => `${at}/${name}`);
    const { code, err } = await run(`sign ${placed}`);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(existsSync(`${at}/p.dsse.json`)).toBe(false);
    expect(readFileSync(`${at}/trust.yaml`, 'utf8')).toBe(before);
    expect(readFileSync(`${at}/other.dsse.json`, 'utf8')).toBe(files['other.dsse.json']);
  });
  test('the passphrase is asked for, where somebody is', async () => {
    const at = await site();
    const ran = await run(`sign ${at}/p.json --key ${at}/alice.key`, { secrets: ['alice’s secret'] });
    expect(ran.code).toBe(0);
    const told = await run(`sign ${at}/p.json --key ${at}/alice.key`, { env: { NW_PASSPHRASE: 'alice’s secret' } });
    expect(told.code).toBe(0);
  });
});

describe('a signer of its own', () => {
  const script = (lines: string): string => {
    const at = folderWith({ 'signer.sh': `#!/bin/sh\n${lines}\n`, 'bob.key': b.pem() });
    chmodSync(`${at}/signer.sh`, 0o755);
    return at;
  };
  const how = { timeoutMs: 20_000, interrupted: new AbortController().signal };
  const bytes = Buffer.alloc(200_000, 'what is signed');

  test('gets the bytes and gives the signature', async () => {
    const at = script('exec openssl dgst -sha256 -sign "$1"');
    const signature = got(await runSigner([`${at}/signer.sh`, `${at}/bob.key`], bytes, how));
    expect(b.public.verify(bytes, signature)).toBe(true);
  });
  test('signs by the command line, and what it gives is looked at', async () => {
    const at = await site();
    const signer = script('exec openssl dgst -sha256 -sign "$1"');
    const real: Around = { runSigner: (command, signed) => runSigner(command, signed, how) };
    const words = ['sign', `${at}/p.json`, '--signer', `${signer}/signer.sh ${signer}/bob.key`, '--public-key'];
    expect((await nwctl([...words, `${at}/bob.pub`], { ...around, ...real })).code).toBe(0);
    const other = await nwctl([...words, `${at}/carol.pub`], { ...around, ...real });
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('is no signature by the key') });
  });
  test.each<[string, string, RegExp]>([
    ['fails', 'echo "no token\nin slot 3" >&2; exit 7', /ended with 7: no token$/],
    ['is killed', 'kill -9 $$', /ended with SIGKILL$/],
    ['says nothing', 'cat > /dev/null', /printed 0 bytes/],
    ['says far too much', 'head -c 100000 /dev/zero', /printed 100000 bytes/],
  ])('that %s has signed nothing', async (_, lines, says) => {
    const result = await runSigner([`${script(lines)}/signer.sh`], bytes, how);
    expect(result).toMatchObject({
      ok: false,
      faults: [{ code: 'SIGNER_FAILED', message: expect.stringMatching(says) }],
    });
  });
  test('that is not there, or takes too long, has signed nothing', async () => {
    expect(await runSigner(['/nowhere/signer'], bytes, how)).toMatchObject({
      faults: [{ message: expect.stringContaining('not to be found') }],
    });
    const slow = await runSigner([`${script('exec sleep 60')}/signer.sh`], bytes, { ...how, timeoutMs: 300 });
    expect(slow).toMatchObject({ faults: [{ message: expect.stringContaining('did not end within 0.3 s') }] });
  });
});

describe('trust', () => {
  test('a root, started, as data', async () => {
    const at = holders();
    const { out } = await run(
      `trust init site-7 --trust ${at}/t.yaml --root-key ${keys(at)} --threshold 2 --key-expires 90d -o json`,
    );
    validates('trust-root', out);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      expires: '2027-11-21T00:00:00Z',
      roles: { root: { threshold: 2 }, profile: [{ profiles: ['*'], threshold: 2 }] },
    });
    expect(out).toContain('"expires": "2027-02-19T00:00:00Z"');
  });
  test('never starts over', async () => {
    const at = await site();
    const before = readFileSync(`${at}/trust.yaml`, 'utf8');
    const { code } = await run(`trust init site-7 --trust ${at}/trust.yaml --root-key ${at}/bob.pub`);
    expect(code).not.toBe(0);
    expect(readFileSync(`${at}/trust.yaml`, 'utf8')).toBe(before);
  });
  test.each<[string, string]>([
    ['no key', 'site-7'],
    ['a name that is none', 'Site_7 --root-key bob.pub'],
    ['more than there are', 'site-7 --root-key bob.pub --threshold 2'],
    ['a threshold that is none', 'site-7 --root-key bob.pub --threshold 0'],
    ['a moment that is none', 'site-7 --root-key bob.pub --expires soon'],
    ['a private key', 'site-7 --root-key bob.key'],
  ])('%s starts nothing', async (_, words) => {
    const at = holders();
    const placed = words.replaceAll(/\w+\.(key|pub)/g, (name) => `${at}/${name}`);
    expect((await run(`trust init ${placed} --trust ${at}/t.yaml`)).code).toBe(2);
    expect(existsSync(`${at}/t.yaml`)).toBe(false);
  });
  test('is shown as data, believed and not', async () => {
    const at = await site();
    const trust = `--trust ${at}/trust.yaml`;
    const good = await run(`trust show ${trust} -o json`);
    validates('trust-show', good.out);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({
      believed: true,
      roots: [{ version: 1, envelope: { payloadType: expect.any(String) } }],
    });
    const late = await run(`trust show ${trust} --now 2030-01-01T00:00:00Z -o json`);
    validates('trust-show', late.out);
    expect(late.code).toBe(2);
    expect(JSON.parse(late.out)).toMatchObject({ believed: false, faults: [{ code: 'TRUST_EXPIRED' }] });
    writeFileSync(`${at}/trust.yaml`, `${readFileSync(`${at}/trust.yaml`, 'utf8')}# a word\n`);
    expect((await run(`trust show ${trust}`)).err).toContain('TRUST_FORM');
  });
  test('changes hands: one leaves, one comes, and the old profile is no longer believed for his signature', async () => {
    const at = await site();
    const trust = `--trust ${at}/trust.yaml`;
    await run(`sign ${at}/p.json --key ${at}/bob.key`);
    await run(`sign ${at}/p.json --key ${at}/carol.key`);
    const dora = keyOf('dora');
    writeFileSync(`${at}/dora.pub`, dora.public.pem);
    writeFileSync(`${at}/dora.key`, dora.pem());
    const rotated = await run(
      `trust rotate ${trust} --remove-key bob --root-key ${at}/dora.pub --profile-key ${at}/dora.pub`,
    );
    expect(rotated.out).toContain('root 2 of site-7, not signed yet');
    expect((await run(`trust show ${trust}`)).code).toBe(2);
    expect((await run(`verify ${at}/p.dsse.json ${trust}`)).err).toContain('SIGNATURE_TOO_FEW');
    // Changed in its place, while too few have signed it.
    await run(`sign ${at}/trust.yaml --key ${at}/carol.key`);
    expect((await run(`trust rotate ${trust} --expires 30d`)).out).toContain('root 2 of site-7');
    await run(`sign ${at}/trust.yaml --key ${at}/dora.key`);
    await run(`sign ${at}/trust.yaml --key ${at}/bob.key`);
    await run(`sign ${at}/trust.yaml --key ${at}/carol.key`);
    const shown = await run(`trust show ${trust}`);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain('root 2 of site-7');
    expect(shown.out).toContain('expires 2026-12-21T00:00:00Z');
    expect(shown.out).toMatch(/\n {2}1 {2}expires .*signed by .*\n {2}2 {2}expires/);
    expect((await run(`verify ${at}/p.dsse.json ${trust}`)).err).toContain('SIGNATURE_UNKNOWN_KEY');
    await run(`build profiles/three-node -o ${at}/q.json`);
    await run(`sign ${at}/q.json --key ${at}/dora.key`);
    await run(`sign ${at}/q.json --key ${at}/carol.key`);
    expect((await run(`verify ${at}/q.dsse.json ${trust}`)).out).toContain('by root 2 of site-7');
  });
  test('nobody signs or goes on from a root whose past is not believed', async () => {
    const at = await site();
    const trust = `--trust ${at}/trust.yaml`;
    await run(`trust rotate ${trust} --expires 30d`);
    const text = readFileSync(`${at}/trust.yaml`, 'utf8');
    writeFileSync(`${at}/trust.yaml`, text.replace('expires: "2027-11-21', 'expires: "2037-11-21'));
    for (const words of [`sign ${at}/trust.yaml --key ${at}/bob.key`, `trust rotate ${trust}`])
      expect(await run(words)).toMatchObject({ code: 2, err: expect.stringContaining('SIGNATURE_WRONG') });
    // What is not in force yet may be mended, even after somebody has signed it.
    writeFileSync(`${at}/trust.yaml`, text);
    await run(`sign ${at}/trust.yaml --key ${at}/bob.key`);
    const bent = readFileSync(`${at}/trust.yaml`, 'utf8').replace('expires: "2026-12-21', 'expires: "2026-12-22');
    writeFileSync(`${at}/trust.yaml`, bent);
    expect((await run(`sign ${at}/trust.yaml --key ${at}/carol.key`)).out).toContain('is not over these bytes');
    expect((await run(`trust rotate ${trust}`)).out).toContain('root 2 of site-7');
  });
  test('who may sign what can be told apart by name', async () => {
    const at = await site();
    const trust = `--trust ${at}/trust.yaml`;
    const { out } = await run(`trust rotate ${trust} --profile-key ${at}/carol.pub --signs edge-*,lab -o json`);
    expect(JSON.parse(out)).toMatchObject({
      roles: {
        profile: [
          { profiles: ['*'], threshold: 2 },
          { profiles: ['edge-*', 'lab'], threshold: 1, keys: [c.keyId] },
        ],
      },
    });
    expect((await run(`trust rotate ${trust} --remove-key nobody`)).err).toContain('is no key of this root');
    expect((await run(`trust rotate ${trust} --remove-key bob,carol`)).err).toContain('TRUST_ROOT');
  });
});
