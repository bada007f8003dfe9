import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nwctl, type Ran } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n';

/** One gate and one finding. What its tests below see of them is counted by hand. */
const pack = `${head}kind: RulePack
metadata: {name: small, version: 1.0.0}
spec:
  vocabulary: v1
  gates:
    both:
      says: the bond runs in its mode, and its peers answer
      per: bond
      when:
        all:
          - {fact: bond.mode, operator: equal, value: active-backup}
          - {fact: bond.peersReachable, operator: equal, value: true}
`;

const bond = 'of: node-b/bond1';
const allOpen = '    - expect: {gates: {both: open}}\n';
const otherMode = `    - change: [{fact: bond.mode, ${bond}, value: balance-rr}]\n      expect: {gates: {both: {node-b/bond1: closed}}}\n`;
const silentPeer = `    - change: [{fact: bond.mode, ${bond}, value: active-backup}, {fact: bond.peersReachable, ${bond}, value: false}]\n      expect: {gates: {both: {node-b/bond1: closed}}}\n`;

async function siteWith(steps: string, rules = pack): Promise<string> {
  const site = join(folderWith(), 'site');
  await nwctl(['init', site]);
  for (const folder of ['tests', 'packs']) mkdirSync(join(site, folder), { recursive: true });
  const test = `${head}kind: RuleTest\nmetadata: {name: small}\nspec:\n  says: x\n  capture: ${relative(join(site, 'tests'), 'captures/calm')}\n  steps:\n${steps}`;
  writeFileSync(join(site, 'tests', 'small.yaml'), test);
  writeFileSync(join(site, 'packs', 'small.yaml'), rules);
  const profile = readFileSync(join(site, 'profile.yaml'), 'utf8')
    .replace(/ {2}parameters:\n(?: {4}.*\n)+/, '')
    .replace(/packs:\n(?: {4}-.*\n?)+/, 'packs:\n    - packs/small.yaml\n');
  writeFileSync(join(site, 'profile.yaml'), profile);
  return site;
}

interface Told {
  readonly score: {
    readonly noticed: number;
    readonly survived: number;
    readonly unseen: number;
    readonly percent: number;
  };
  readonly changes: {
    readonly all: number;
    readonly drawn: number;
    readonly looked: number;
    readonly stopped: string | null;
  };
  readonly noticed: readonly {
    readonly kind: string;
    readonly was: string;
    readonly test: string;
    readonly step: number;
  }[];
  readonly survived: readonly Survived[];
  readonly unseen: readonly Survived[];
}

interface Survived {
  readonly kind: string;
  readonly was: string;
  readonly is: string;
  readonly could: string;
  readonly at: { readonly line: number; readonly col: number };
  readonly witness: { readonly was: string; readonly is: string } | null;
  readonly test: { readonly name: string } | null;
}

async function told(site: string, ...more: readonly string[]): Promise<Told> {
  const { out, err } = await nwctl(['mutate', site, '-o', 'json', ...more]);
  expect(err).not.toContain('error');
  validates('mutate', out);
  return JSON.parse(out) as Told;
}

describe('what tests notice', () => {
  test('all of it, where each part is seen to close alone: exit 0', async () => {
    const site = await siteWith(allOpen + otherMode + silentPeer);
    const { score, noticed, survived } = await told(site, '--min', '100%');
    expect(survived).toEqual([]);
    expect(score).toMatchObject({ noticed: 5, survived: 0, percent: 100 });
    expect(noticed.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      'all-any 2',
      'part-dropped 2',
      'operator 1',
      'part-dropped 3',
      'operator 1',
    ]);
  });

  test('what none notices is named with its line, and with a site that shows it', async () => {
    const site = await siteWith(allOpen + otherMode);
    const { score, survived } = await told(site);
    expect(score).toMatchObject({ noticed: 4, survived: 1, percent: 80 });
    expect(survived).toEqual([
      expect.objectContaining({
        kind: 'part-dropped',
        was: '{fact: bond.peersReachable, operator: equal, value: true}',
        is: 'nothing',
        could: 'site',
        at: expect.objectContaining({ line: 13, col: 13 }),
        witness: expect.objectContaining({ was: 'closed', is: 'open' }),
      }),
    ]);
  });

  test('a test that fails already notices nothing: exit 3', async () => {
    const site = await siteWith('    - expect: {gates: {both: closed}}\n');
    const ran = await nwctl(['mutate', site, '--log-format', 'json']);
    expect(ran.code).toBe(3);
    expect(ran.out).toBe('');
    expect(ran.err).toContain('TEST_FAILED');
  });
});

describe('a ready test', () => {
  test('is written with its capture, passes as it is, fails with the change, and then nothing is left', async () => {
    const site = await siteWith(allOpen + otherMode);
    const ran = await nwctl(['mutate', site, '--write-tests', join(site, 'tests')]);
    expect(ran.code).toBe(0);
    const [name = ''] = readdirSync(join(site, 'tests')).filter((file) => file.startsWith('notices-'));
    const written = readFileSync(join(site, 'tests', name), 'utf8');
    expect(ran.out).toContain(written.split('\n').at(-2)?.trim());
    expect(await nwctl(['check', site])).toMatchObject({ code: 0 });
    const tested = await nwctl(['test', site]);
    expect(tested).toMatchObject({ code: 0 });
    expect(tested.out).toContain('2 tests, all passed');
    expect((await told(site)).score).toMatchObject({ survived: 0, percent: 100 });

    const changed = pack.replace('          - {fact: bond.peersReachable, operator: equal, value: true}\n', '');
    writeFileSync(join(site, 'packs', 'small.yaml'), changed);
    const after = await nwctl(['test', site, '--run', 'notices']);
    expect(after.code).toBe(3);
    expect(after.out).toContain('expected closed');
  });

  test('overwrites nothing, and then writes none of them', async () => {
    const site = await siteWith(allOpen);
    const tests = join(site, 'ready');
    await nwctl(['mutate', site, '--write-tests', tests]);
    const names = readdirSync(tests).filter((name) => name.endsWith('.yaml'));
    expect(names.length).toBeGreaterThan(1);
    const [kept = ''] = names;
    const other = join(site, 'other');
    mkdirSync(other);
    writeFileSync(join(other, kept), 'mine');
    const again = await nwctl(['mutate', site, '--write-tests', other]);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(readdirSync(other)).toEqual([kept]);
    expect(readFileSync(join(other, kept), 'utf8')).toBe('mine');
  });
});

describe('what no site shows', () => {
  test('is told apart and does not count', async () => {
    // Of no bond there is nothing to ask `every` of the second time.
    const rules = pack.replace(
      / {6}per: bond\n[\s\S]*$/,
      '      when:\n        all:\n          - {every: bond, satisfies: {fact: bond.mode, operator: equal, value: active-backup}}\n          - {every: bond, satisfies: {fact: bond.peersReachable, operator: equal, value: true}}\n',
    );
    const site = await siteWith(
      `    - expect: {gates: {both: open}}\n    - change: [{fact: bond.mode, ${bond}, value: balance-rr}]\n      expect: {gates: {both: closed}}\n    - change: [{fact: bond.mode, ${bond}, value: active-backup}, {fact: bond.peersReachable, ${bond}, value: false}]\n      expect: {gates: {both: closed}}\n`,
      rules,
    );
    const { unseen, score } = await told(site);
    expect(unseen.map(({ kind, could }) => `${kind} ${could}`)).toEqual(['when-empty none', 'when-empty none']);
    expect(score).toMatchObject({ survived: 0, unseen: 2, percent: 100 });
  });

  test('nobody knows where nobody looked, or where the time was over; then a score that is too low is a bound', async () => {
    const site = await siteWith(allOpen + otherMode);
    const blind = await told(site, '--captures-only');
    expect(blind.survived.map(({ could, test: ready }) => [could, ready])).toEqual([['not-looked', null]]);
    const hurried = await told(site, '--budget', '0s');
    expect(hurried.survived.map(({ could }) => could)).toEqual(['unfinished']);
    expect((await nwctl(['mutate', site, '--budget', '0s', '--min', '90%'])).code).toBe(6);
    expect((await nwctl(['mutate', site, '--min', '90%'])).code).toBe(3);
    expect((await nwctl(['mutate', site, '--min', '90%', '--exit-zero'])).code).toBe(0);
    expect((await nwctl(['mutate', site, '--min', '80%'])).code).toBe(0);
  });
});

describe('some of it', () => {
  test('--limit draws by --seed, the same ones each time, and says so', async () => {
    const site = await siteWith(allOpen + otherMode);
    const drawn = async (seed: string): Promise<readonly string[]> => {
      const { changes, noticed, survived } = await told(site, '--limit', '2', '--seed', seed, '--captures-only');
      expect(changes).toMatchObject({ all: 5, drawn: 2, looked: 2 });
      return [...noticed, ...survived].map(({ kind, was }) => `${kind} ${was}`);
    };
    const first = await drawn('1');
    expect(await drawn('1')).toEqual(first);
    const others = await Promise.all(['2', '3', '4', '5'].map(drawn));
    expect(others).not.toEqual(others.map(() => first));
    const { out } = await nwctl(['mutate', site, '--limit', '2', '--seed', '7', '--captures-only']);
    expect(out).toContain('2 of 5 changes, drawn by seed 7');
  });

  test('--time ends it: exit 6, and how much was looked at', async () => {
    let now = 0;
    const site = await siteWith(allOpen + otherMode);
    const monotonicMs = (): number => {
      now += 600;
      return now;
    };
    const ran = await nwctl(['mutate', site, '--time', '2s', '--captures-only'], { monotonicMs });
    expect(ran.code).toBe(6);
    expect(ran.out).toMatch(/the time was over after \d, so that \d were not looked at/);
  });

  test('Ctrl-C ends it: exit 130', async () => {
    const stopping = new AbortController();
    const site = await siteWith(allOpen + otherMode);
    stopping.abort();
    const ran = await nwctl(['mutate', site, '--captures-only'], { interrupted: stopping.signal });
    expect(ran.code).toBe(130);
  });

  test('--pack names one of the packs', async () => {
    const site = await siteWith(allOpen);
    expect((await told(site, '--pack', 'small', '--captures-only')).changes.all).toBe(5);
    const { code, err } = await nwctl(['mutate', site, '--pack', 'smal']);
    expect(code).toBe(2);
    expect(err).toContain('did you mean `small`?');
  });
});

describe('what is typed wrong', () => {
  const site = siteWith(allOpen);

  test.each([
    ['--limit', '0'],
    ['--limit', 'many'],
    ['--seed', '-1'],
    ['--time', 'soon'],
    ['--min', '101%'],
    ['--budget', 'soon'],
    ['--bound', 'nodes=many'],
    ['--run', '('],
  ])('%s %s: exit 2', async (option, value) => {
    const { code, out, err } = await nwctl(['mutate', await site, `${option}=${value}`]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(option);
  });

  test('no profile, a broken one, one without tests', async () => {
    expect((await nwctl(['mutate', 'nowhere'])).code).toBe(2);
    expect((await nwctl(['mutate', await site, '--run', 'nothing-like-it'])).code).toBe(3);
    const broken = await nwctl([
      'mutate',
      await siteWith(allOpen, pack.replace('operator: equal', 'operator: equals')),
    ]);
    expect(broken.code).toBe(2);
    expect(broken.err).toContain('PACK_UNKNOWN_OPERATOR');
  });
});

describe('its forms', () => {
  let ran: Promise<Ran> | undefined;
  const site = siteWith(allOpen + otherMode);
  const as = async (form: string): Promise<string> => {
    ran = nwctl(['mutate', await site, '-o', form]);
    return (await ran).out;
  };

  test('as annotations the line is the one that was changed', async () => {
    expect(await as('github')).toMatch(/^::error file=[^,]*packs\/small\.yaml,line=13,col=13,/m);
  });

  test('as JUnit and SARIF what is not noticed has failed', async () => {
    expect(await as('junit')).toContain('tests="5" failures="1" errors="0"');
    expect(JSON.parse(await as('sarif')).runs[0].results).toHaveLength(1);
  });

  test('as Markdown with the test, and never longer than a comment', async () => {
    const text = await as('markdown');
    expect(text).toContain('| small | 4 | 1 | 0 | 80 % |');
    expect(text).toContain('kind: RuleTest');
    expect(text.length).toBeLessThan(65_536);
  });

  test('as names the places', async () => {
    expect(await as('name')).toMatch(/packs\/small\.yaml:13:13\n$/);
    expect(existsSync(join(await site, 'tests', 'captures'))).toBe(false);
  });
});
