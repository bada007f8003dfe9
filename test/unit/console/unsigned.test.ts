import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { diskFrom } from '../../../src/console/disk.ts';
import { engineDigest } from '../../../src/console/engine.ts';
import { keptLogs } from '../../../src/console/kept-logs.ts';
import { simLogs } from '../../../src/console/sim-logs.ts';
import { verbs } from '../../../src/console/verbs.ts';
import type { World } from '../../../src/console/world.ts';
import { fileDisk } from '../../../src/platform/file-disk.ts';
import { trustText } from '../../../src/profile/trust-file.ts';
import { simulate } from '../../../src/sim/run.ts';
import { type Around, nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { shippedProfile } from '../../support/kept-runs.ts';
import { validates } from '../../support/schemas.ts';
import { keyOf, rootOf, signedRoot } from '../../support/signing.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const nowMs = Date.parse('2026-06-01T00:00:00Z');
const [ours, stranger] = [keyOf('ours'), keyOf('stranger')];
const capture = ['-c', join(repository, 'captures/calm')];
const trusted = `signed by ${ours.keyId} (root 1)`;
const unsigned = 'UNSIGNED (--insecure-unsigned)';
const root = folderWith({ 'ours.key': ours.pem(), 'stranger.key': stranger.pem() });
const at = (name: string): string => join(root, name);
const run = (args: readonly string[], around: Around = {}) => nwctl(args, { nowMs, ...around });

/** What a profile can be that no site believes, and why it does not. */
const refused = [
  ['draft', 'SIGNATURE_MISSING'],
  ['bare.json', 'SIGNATURE_MISSING'],
  ['edited', 'PROFILE_DRAFT'],
  ['strange', 'SIGNATURE_UNKNOWN_KEY'],
  ['strange.dsse.json', 'SIGNATURE_UNKNOWN_KEY'],
] as const;

beforeAll(async () => {
  cpSync(join(repository, 'profiles/packs'), at('packs'), { recursive: true });
  for (const kind of ['signed', 'draft', 'edited', 'strange']) {
    cpSync(join(repository, 'profiles/three-node/profile.yaml'), at(`${kind}/profile.yaml`));
  }
  for (const [name, by] of [
    ['signed', 'ours'],
    ['edited', 'ours'],
    ['strange', 'stranger'],
  ]) {
    expect((await run(['sign', at(name ?? ''), '--key', at(`${by}.key`)])).code).toBe(0);
  }
  const edited = readFileSync(at('edited/profile.yaml'), 'utf8').replace('heartbeat: 30s', 'heartbeat: 20s');
  writeFileSync(at('edited/profile.yaml'), edited);
  await run(['build', at('draft'), '-o', at('bare.json')]);
  for (const [name, by] of [
    ['signed', 'ours'],
    ['strange', 'stranger'],
  ]) {
    cpSync(at('bare.json'), at(`${name}.json`));
    expect((await run(['sign', at(`${name}.json`), '--key', at(`${by}.key`)])).code).toBe(0);
  }
  writeFileSync(at('trust.yaml'), trustText({ roots: [await signedRoot(rootOf([ours], 1), [ours])] }));
  const options = { workflow: 'ReplicationUpgrade', profile: shippedProfile(), faults: [] } as const;
  const disk = diskFrom(join(repository, 'src'));
  const world = { disk, logFolder: (path: string) => Promise.resolve(fileDisk(path)) } as unknown as World;
  const engine = await engineDigest({ disk });
  const site = { nodes: 3, volumes: 1, vms: 0 };
  await simulate({ ...options, site, seed: 7, boundMs: 60_000, ...simLogs(at('logs'), world, engine)(7) });
  const logs = await keptLogs(at('logs'), world);
  if (!logs.ok) throw new Error('no log was written');
  for await (const lines of logs.value[0]?.kept.lines() ?? []) {
    const first = lines.findIndex((line) => line?.includes('"kind":"decision"'));
    if (first !== -1) {
      decision = first;
      break;
    }
  }
}, 120_000);

/** What is asked of each verb that decides over a site. Whoever adds one says here how it is asked. */
const asked: Readonly<Record<string, (profile: string) => readonly string[]>> = {
  eval: (profile) => ['-p', profile, ...capture],
  why: (profile) => ['node-may-restart', '-p', profile, ...capture],
  plan: (profile) => ['ReplicationUpgrade/site', '-p', profile, ...capture],
  'plan diff': (profile) => [
    ...['captures/calm', 'captures/silent-node'].map((name) => join(repository, name)),
    ...['-p', profile, '--workflow', 'ReplicationUpgrade/site'],
  ],
  replay: (profile) => [storyOf(profile)],
  sim: (profile) => ['-p', profile, '--workflow', 'BondModeFlipPlan', '--runs', '1', '--faults', 'none'],
  facts: (profile) => ['site.lockHolder', '-p', profile, ...capture],
  verify: (profile) => [profile],
};
const others: readonly (readonly [string, (profile: string) => readonly string[]])[] = [
  [
    'replay of a record, with',
    (profile) => ['replay', String(decision), '--log', at('logs/seed-7/operator-1'), '--with', profile],
  ],
  [
    'sim, next',
    (profile) => [
      'sim',
      '-p',
      at('signed'),
      '--next-profile',
      profile,
      '--workflow',
      'BondModeFlipPlan',
      '--runs',
      '1',
      '--faults',
      'none',
    ],
  ],
  ['replay, next', (profile) => ['replay', storyOf(at('signed'), profile)]],
];
const deciding = verbs.filter(({ profile }) => profile === 'signed');
const questions = [
  ...deciding.map(
    ({ name }) => [name, (profile: string) => [...name.split(' '), ...(asked[name]?.(profile) ?? [])]] as const,
  ),
  ...others,
];
const judging = questions.filter(([name]) => name !== 'verify');
const withTrust = ['--trust', at('trust.yaml')];

let [stories, decision] = [0, 0];
function storyOf(profile: string, next?: string): string {
  const named = (path: string): string => relative(root, path);
  const lines = [
    'apiVersion: nodewright.spectrocloud.com/v1alpha1',
    'kind: Story',
    'metadata: {name: a-story}',
    'spec:',
    '  says: told',
    `  profile: ${named(profile)}`,
    ...(next === undefined ? [] : [`  nextProfile: ${named(next)}`]),
    '  workflow: BondModeFlipPlan',
    '  site: {nodes: 3, volumes: 1, vms: 0}',
    '  seed: 3',
    '  bound: 20s',
    '  expect: {end: bound}',
    '',
  ];
  stories += 1;
  writeFileSync(at(`story-${stories}.yaml`), lines.join('\n'));
  return at(`story-${stories}.yaml`);
}

describe('every verb chooses what it takes a profile for', () => {
  test('and whoever decides over a site is asked here', () => {
    expect(deciding.map(({ name }) => name).sort()).toEqual(Object.keys(asked).sort());
  });
  test.each(verbs.map((verb) => [verb.name, verb] as const))('%s', (name, { profile, options }) => {
    const decides = profile === 'signed' && name !== 'verify';
    expect(options.includes('insecure-unsigned')).toBe(decides);
    if (profile === 'signed') expect(options).toContain('trust');
    // A verb that is told a profile and a capture puts the two together.
    if (options.includes('profile') && options.includes('capture')) expect(profile).toBe('signed');
  });
});

describe.each(questions)('%s', (name, ask) => {
  test('by what the site believes, and by nothing else', async () => {
    const { code, err } = await run([...ask(at('signed')), ...withTrust]);
    expect({ err, refused: code === 2 }).toEqual({ err: expect.not.stringContaining('error'), refused: false });
    for (const [kind, why] of refused) {
      const ran = await run([...ask(at(kind)), ...withTrust]);
      expect({ kind, code: ran.code, out: ran.out }).toEqual({ kind, code: 2, out: '' });
      expect(ran.err).toContain(`nwctl explain ${why}`);
      if (name !== 'verify' && why !== 'SIGNATURE_UNKNOWN_KEY') {
        expect(ran.err).toMatch(/sign it: `nwctl .*--insecure-unsigned/);
      }
    }
  });
  test('without a trust file, or after its root expired, by nothing', async () => {
    for (const kind of ['signed', 'signed.dsse.json', 'draft']) expect((await run(ask(at(kind)))).code).toBe(2);
    const late = await run([...ask(at('signed')), ...withTrust], { nowMs: Date.parse('2027-01-01T00:00:00Z') });
    expect(late).toMatchObject({ code: 2, err: expect.stringContaining('TRUST_EXPIRED') });
  });
});

describe.each(judging)('%s --insecure-unsigned', (_, ask) => {
  test('judges a draft and says so, in red where there is colour', async () => {
    const { code, out } = await run([...ask(at('draft')), '--insecure-unsigned', '--color', 'always']);
    expect(code).not.toBe(2);
    expect(out).toContain(`\u001b[31m${unsigned}\u001b[39m`);
  });
  test('as data', async () => {
    const draft = (await run([...ask(at('draft')), '--insecure-unsigned', '-o', 'json'])).out;
    expect(draft).toContain(`"signature": "${unsigned}"`);
    expect(draft).not.toContain('"signed": true');
    const believed = (await run([...ask(at('signed')), ...withTrust, '-o', 'json'])).out;
    expect(believed).toContain(`"signature": "${trusted}"`);
    for (const text of [draft, believed]) {
      const schema = (JSON.parse(text) as { schemaVersion: string }).schemaVersion.replace('/v1', '');
      if (schema !== 'facts') validates(schema, text);
    }
  });
});

test.each(['signed', 'edited', 'strange', 'bare.json', 'signed.dsse.json'])(
  'whoever asks for no signature of what is %s is told of none',
  async (kind) => {
    const { code, out } = await run([...(asked.eval?.(at(kind)) ?? []).toSpliced(0, 0, 'eval'), '--insecure-unsigned']);
    expect(code).not.toBe(2);
    expect(out).toContain(unsigned);
    expect(out).not.toContain('signed by');
  },
);

describe('--insecure-unsigned is said on the command line or not at all', () => {
  test.each(['true', '1', 'false', 'maybe'])('NW_INSECURE_UNSIGNED=%s', async (value) => {
    for (const [, ask] of judging) {
      const { code, out, err } = await run(ask(at('draft')), { env: { NW_INSECURE_UNSIGNED: value } });
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('NW_INSECURE_UNSIGNED counts on the command line only');
    }
  });
  test.each([
    ['nodewright.yaml', 'insecureUnsigned: true'],
    ['nodewright.yaml', 'insecure-unsigned: true'],
    ['nwctl/config.yaml', 'insecureUnsigned: true'],
  ])('%s: %s', async (file, text) => {
    const cwd = folderWith({ [file]: `${text}\n` });
    const { code, out, err } = await run(['eval', '-p', at('draft'), ...capture], {
      cwd,
      env: { XDG_CONFIG_HOME: cwd },
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('it counts on the command line only');
  });
});

describe('whom a site believes', () => {
  const question = ['eval', '-p', at('signed'), ...capture, '-o', 'json'];
  test('--trust, NW_TRUST, and nodewright.yaml of a folder above say', async () => {
    const by = { env: { NW_TRUST: at('trust.yaml') } };
    expect((await run(question, by)).out).toContain(trusted);
    expect((await run([...question, '--trust', at('none.yaml')], by)).code).toBe(2);
    // By a process of its own: paths in a file are relative to that file, and the process stands below it.
    const lasting = await signedRoot(rootOf([ours], 1, { expires: '2999-01-01T00:00:00Z' }), [ours]);
    const project = folderWith({
      'nodewright.yaml': 'trust: trust/site.yaml\n',
      'trust/site.yaml': trustText({ roots: [lasting] }),
      'a/b/c': '',
    });
    const main = join(repository, 'src/console/main.ts');
    const { stdout } = spawnSync(process.execPath, [main, ...question], {
      cwd: join(project, 'a/b'),
      encoding: 'utf8',
    });
    expect(stdout).toContain(trusted);
  });
  test('a changed byte of the trust file, and nothing is believed', async () => {
    const changed = join(folderWith({ 't.yaml': `${readFileSync(at('trust.yaml'), 'utf8')} ` }), 't.yaml');
    expect((await run([...question, '--trust', changed])).err).toContain('TRUST_FORM');
  });
  test('--now is when the site is judged, and brings no expired root back', async () => {
    const around = { nowMs: Date.parse('2027-06-01T00:00:00Z') };
    const { err } = await run([...question, ...withTrust, '--now', '2026-06-01T00:00:00Z'], around);
    expect(err).toContain('TRUST_EXPIRED');
  });
  test('where nobody says, what is shipped is believed by what is shipped, and nothing else is', async () => {
    const shipped = await run(['eval', '-p', join(repository, 'profiles/three-node'), ...capture, '-o', 'json']);
    expect(JSON.parse(shipped.out)).toMatchObject({ profile: { signed: true } });
    const copy = folderWith();
    cpSync(join(repository, 'profiles'), copy, { recursive: true });
    const elsewhere = await run(['eval', '-p', join(copy, 'three-node'), ...capture]);
    expect(elsewhere).toMatchObject({ code: 2, err: expect.stringContaining('trust.yaml:1:1: does not exist') });
    const other = await run(['eval', '-p', join(repository, 'profiles/three-node'), ...capture, ...withTrust]);
    expect(other.err).toContain('SIGNATURE_UNKNOWN_KEY');
  });
  test('the next command to type carries what was typed', async () => {
    const flipped = ['eval', '-p', at('draft'), '-c', join(repository, 'captures/one-side-flipped')];
    expect((await run([...flipped, '--insecure-unsigned'])).out).toMatch(/why: nwctl why .* --insecure-unsigned\n$/);
    const believed = await run(flipped.with(2, at('signed')).concat(withTrust));
    expect(believed.out).toMatch(/why: nwctl why .* --trust \S+trust\.yaml\n$/);
  });
});

describe('verify --remember', () => {
  const versioned = async (version: string): Promise<string> => {
    const folder = folderWith();
    cpSync(at('packs'), join(folder, 'packs'), { recursive: true });
    cpSync(at('draft'), join(folder, 'p'), { recursive: true });
    const path = join(folder, 'p/profile.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/version: \S+/, `version: ${version}`));
    expect((await run(['sign', join(folder, 'p'), '--key', at('ours.key')])).code).toBe(0);
    return join(folder, 'p');
  };
  const verified = (profile: string, book: string) => run(['verify', profile, ...withTrust, '--remember', book]);

  test('an older version is refused after a newer one, in the next process too', async () => {
    const book = join(folderWith(), 'ran.json');
    const [older, newer] = [await versioned('2.0.0'), await versioned('2.1.0')];
    const first = await verified(older, book);
    expect({ code: first.code, err: first.err }).toEqual({
      code: 0,
      err: `${book} is new: nothing was remembered before\n`,
    });
    expect(await verified(newer, book)).toMatchObject({ code: 0, err: '' });
    const text = readFileSync(book, 'utf8');
    expect(await verified(older, book)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('PROFILE_ROLLBACK'),
    });
    expect(readFileSync(book, 'utf8')).toBe(text);
    expect((await verified(newer, book)).code).toBe(0);
  });
  test('what does not verify is not remembered', async () => {
    const book = join(folderWith(), 'ran.json');
    expect((await verified(at('strange'), book)).code).toBe(2);
    expect(() => readFileSync(book)).toThrow('ENOENT');
  });
  test('an older trust file is refused', async () => {
    const book = join(folderWith(), 'ran.json');
    const first = await signedRoot(rootOf([ours], 1), [ours]);
    const second = await signedRoot(rootOf([ours], 1, { version: 2 }), [ours]);
    const both = join(folderWith({ 't.yaml': trustText({ roots: [first, second] }) }), 't.yaml');
    expect((await run(['verify', at('signed'), '--trust', both, '--remember', book])).code).toBe(0);
    expect((await verified(at('signed'), book)).err).toContain('TRUST_ROLLBACK');
  });
  test('a newer root that does not come from the remembered one is refused', async () => {
    const book = join(folderWith(), 'ran.json');
    expect((await verified(at('signed'), book)).code).toBe(0);
    const chain = [
      await signedRoot(rootOf([stranger], 1), [stranger]),
      await signedRoot(rootOf([stranger], 1, { version: 2 }), [stranger]),
    ];
    const others = join(folderWith({ 't.yaml': trustText({ roots: chain }) }), 't.yaml');
    expect((await run(['verify', at('strange'), '--trust', others])).code).toBe(0);
    const { code, err } = await run(['verify', at('strange'), '--trust', others, '--remember', book]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('another root 1 was trusted here before') });
  });
  test.each(['', '{}\n', 'x'])('a damaged memory, `%s`, is never an empty one', async (text) => {
    const book = join(folderWith({ 'ran.json': text }), 'ran.json');
    expect(await verified(at('signed'), book)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('RAN_BOOK'),
    });
    expect(readFileSync(book, 'utf8')).toBe(text);
  });
  test('where it cannot be written, nothing is verified', async () => {
    const { code, out } = await verified(at('signed'), join(root, 'nowhere/ran.json'));
    expect({ ok: code === 0, out }).toEqual({ ok: false, out: '' });
  });
});
