import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { error } from '../../../src/kernel/fault.ts';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

const golden = 'test/golden/diff';
const captures = `${golden}/captures`;
const sides = [`${golden}/every-to-some/old`, `${golden}/every-to-some/new`] as const;

/** A side with something of its rules written otherwise. */
function sideWith(...edits: readonly (readonly [from: string, to: string])[]): string {
  const side = folderWith();
  cpSync(sides[0], side, { recursive: true });
  const file = `${side}/rules.yaml`;
  const text = edits.reduce(
    (before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`the rules of the tests no longer have: ${from}`);
      return before.replace(from, to);
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
  return side;
}

/** All that can be written, in a folder that is empty as long as nothing is. */
function saving(): { readonly folder: string; readonly args: readonly string[] } {
  const folder = folderWith();
  const forms = ['json', 'markdown', 'github', 'junit'];
  return { folder, args: forms.flatMap((form) => ['--save', `${form}=${join(folder, form)}`]) };
}

function repository(): string {
  const at = folderWith();
  cpSync(sides[0], `${at}/small`, { recursive: true });
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const git = (...args: readonly string[]) => execFileSync('git', [...who, ...args], { cwd: at });
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'the rules as they are');
  return at;
}

describe('what cannot be reviewed is said, and nothing is written', () => {
  const inGit = repository();
  test.each([
    ['a revision that does not exist', ['gone:small', sides[1]], 'GIT_REVISION', ['gone', '`gone`']],
    ['a revision of the new side', [sides[0], 'gone:small'], 'GIT_REVISION', ['gone', '`gone`']],
    ['a path that is not in that revision', ['main:large', sides[1]], 'FILE_MISSING', ['main:large', '`main`']],
    ['a way out of the repository', ['main:../etc', sides[1]], 'FILE_MISSING', ['`../etc` leads out']],
    ['no repository', ['main:small', sides[1]], 'GIT_FAILED', ['not a git repository']],
    ['a pack of another vocabulary', [sides[0], 'OTHER-VOCABULARY'], 'PACK_VOCABULARY', ['`v2`', '`v1`']],
    ['a corpus that is not there', [...sides, '--captures', 'nowhere'], 'FILE_MISSING', ['nowhere']],
    ['a bound of something that has none', [...sides, '--bound', 'disks=3'], 'nwctl help diff', ['no `disks`']],
    ['a bound that is no number', [...sides, '--bound', 'nodes=many'], 'nwctl help diff', ['nodes is `many`']],
    ['a bound past what can be asked', [...sides, '--bound', 'nodes=99'], 'nwctl help diff', ['nodes is `99`']],
    [
      'fewer nodes than the profile promises',
      [...sides, '--bound', 'nodes=2'],
      'nwctl help diff',
      ['promises 3 at least', 'nodes=3'],
    ],
    ['a budget that is no time', [...sides, '--budget', 'soon'], 'nwctl help diff', ['--budget is `soon`']],
  ] as const)('%s', async (what, given, code, says) => {
    const { folder, args } = saving();
    const gitAt = what === 'no repository' ? folderWith() : inGit;
    const other = given.includes('OTHER-VOCABULARY' as never) ? sideWith(['vocabulary: v1', 'vocabulary: v2']) : '';
    const words = given.map((word) => (word === 'OTHER-VOCABULARY' ? other : word));
    const ran = await nwctl(['diff', ...words, ...args], { gitAt });
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(code);
    for (const word of says) expect(ran.err).toContain(word);
    expect(ran.err).not.toMatch(/^\s+at /m);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of sides that do not check every fault is told, each with its side', async () => {
    const old = sideWith(['node.ready', 'node.redy']);
    const fresh = sideWith(
      ['operator: in, value: [Running]', 'operator: im, value: [Running]'],
      ['per: vm', 'per: vn'],
    );
    const { folder, args } = saving();
    const { code, out, err } = await nwctl(['diff', old, fresh, ...args, '--log-format', 'json']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${old}/rules.yaml`);
    expect(err).toContain('redy');
    expect(err).toContain(`${fresh}/rules.yaml`);
    expect(err).toContain('`im`');
    expect(err).toContain('vn');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a side that does not check is told in Git as it is named there', async () => {
    const { code, err } = await nwctl(['diff', 'main:small', sideWith(['equal, value: true', 'equals, value: true'])], {
      gitAt: inGit,
    });
    expect(code).toBe(2);
    expect(err).not.toContain('main:small/rules.yaml');
    const at = repository();
    writeFileSync(
      `${at}/small/rules.yaml`,
      readFileSync(`${at}/small/rules.yaml`, 'utf8').replace('equal,', 'equals,'),
    );
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qam', 'wrong'], {
      cwd: at,
    });
    const wrong = await nwctl(['diff', 'main~1:small', 'main:small'], { gitAt: at });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/main:small\/rules\.yaml:\d+:\d+: `equals` is no operator/);
    expect(wrong.err).not.toContain('main~1:');
  });
});

describe('a corpus', () => {
  const broken = { 'bad/capture.yaml': 'kind: Capture\n', 'bad/kubernetes/nodes.json': '{' };

  test('with one broken capture: it is named in every form, the rest is judged, and the exit code is 2 at the end', async () => {
    const corpus = folderWith(broken);
    cpSync(`${captures}/half-minute`, `${corpus}/good`, { recursive: true });
    const { folder, args } = saving();
    const { code, out, err } = await nwctl(['diff', ...sides, '--captures', corpus, '--exit-code', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(`${corpus}/bad`);
    expect(out).toContain('1 of 1 capture decides differently; 1 capture could not be judged');
    expect(out).toMatch(/gate site-is-ready {2}closed → open/);
    for (const form of readdirSync(folder)) {
      const told = readFileSync(join(folder, form), 'utf8');
      expect(told, form).toContain(`${corpus}/bad`);
      expect(told, form).toContain('site-is-ready');
    }
    expect(readdirSync(folder).sort()).toEqual(['github', 'json', 'junit', 'markdown']);
  });

  test.each([
    ['empty', {}],
    ['of broken captures only', broken],
  ] as const)('that is %s: nothing is said of decisions, and none is called the same', async (_, files) => {
    const { code, out } = await nwctl(['diff', ...sides, '--captures', folderWith(files), '--captures-only']);
    expect(code).toBe('bad/capture.yaml' in files ? 2 : 0);
    expect(out).toContain('othing is said of decisions');
    expect(out).not.toMatch(/\d+ (?:is|are) equal/);
    expect(out).toContain('site-is-ready');
  });
});

describe('a profile and itself', () => {
  test.each([...sides, 'profiles/three-node'])('%s: nothing is another one, in any form', async (side) => {
    const { folder, args } = saving();
    const { code, out } = await nwctl(['diff', side, side, '--captures', captures, '--exit-code', ...args]);
    expect(code).toBe(0);
    expect(out).toContain('nothing is another one');
    const { decisions, structure, proof } = JSON.parse(readFileSync(join(folder, 'json'), 'utf8')) as Told;
    expect([decisions, structure]).toEqual([[], []]);
    expect(proof).toMatchObject({ questions: [] });
    expect(proof?.same).toBeGreaterThan(3);
    expect(readFileSync(join(folder, 'github'), 'utf8')).not.toMatch(/^::/m);
  });
});

interface Told {
  readonly decisions: readonly unknown[];
  readonly structure: readonly unknown[];
  readonly corpus: { readonly moments: number; readonly momentsNotJudged: number };
  readonly proof: { readonly questions: readonly unknown[]; readonly same: number } | null;
}

describe('a bound that is hit', () => {
  const quiet = [`${golden}/no-capture-shows/old`, `${golden}/no-capture-shows/new`];

  test('time that is used up: exit 6, what was covered is said, and nothing is called proved', async () => {
    const { folder, args } = saving();
    const asked = ['diff', ...quiet, '--captures', captures, '--exit-code'];
    const { code, out } = await nwctl([...asked, '--budget', '0s', ...args]);
    expect(code).toBe(6);
    expect(out).toContain('1 not finished');
    expect(out).toMatch(/may-lose-a-copy: opens or closes: not finished/);
    expect(out).not.toContain('none within');
    const { proof } = JSON.parse(readFileSync(join(folder, 'json'), 'utf8')) as Told;
    const unfinished = { answer: 'unfinished', noneWithin: null };
    expect(proof?.questions).toMatchObject([{ opens: unfinished, closes: unfinished }]);
    expect((await nwctl([...asked, '--captures-only'])).code).toBe(5);
    expect((await nwctl(asked)).code).toBe(3);
  });

  test('the more time there is, the farther it comes: each says how far, and is 6 until it is all of it', async () => {
    const pair = [`${golden}/said-the-other-way/old`, `${golden}/said-the-other-way/new`];
    const asked = ['diff', ...pair, '--captures', captures, '--exit-code'];
    const lines: string[] = [];
    for (const seconds of [1, 3, 5, 7, 9, 30]) {
      let ms = 0;
      // A clock that is a second on whenever it is read.
      const monotonicMs = () => {
        ms += 1_000;
        return ms;
      };
      const { code, out } = await nwctl([...asked, '--budget', `${seconds}s`], { monotonicMs });
      const line = out.split('\n').find((one) => one.includes('site-is-ready: opens')) ?? '';
      expect(code, line).toBe(line.includes('not finished') ? 6 : 5);
      lines.push(line);
    }
    const [first, last] = [lines.at(0), lines.at(-1)];
    expect(first).toMatch(/opens or closes: not finished: not even the smallest sites were looked at to the end/);
    expect(lines.join('\n')).toMatch(
      /not finished: none within 3 nodes, (?:1 volume|2 volumes), .*; larger not looked at/,
    );
    expect(last).toMatch(/opens or closes: none within 3 nodes, 3 volumes, 9 replicas, 18 connections, 3 VMs/);
  });

  test('without a solver nothing is said of any site, and captures can be judged all the same', async () => {
    const { folder, args } = saving();
    const at = { file: 'z3-solver', line: 1, col: 1 };
    const solver = async () =>
      ({ ok: false, faults: [error('SOLVER', at, 'the solver cannot be loaded: none')] }) as const;
    const ran = await nwctl(['diff', ...sides, '--captures', captures, ...args], { solver });
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain('the solver cannot be loaded: none');
    expect(ran.err).toContain('SOLVER');
    expect(readdirSync(folder)).toEqual([]);
    const alone = await nwctl(['diff', ...sides, '--captures', captures, '--captures-only'], { solver });
    expect(alone.code).toBe(0);
    expect(alone.out).toContain('no site outside of the captures was looked for');
  });

  test('whoever interrupts it is told nothing, and nothing is written', async () => {
    const { folder, args } = saving();
    const interrupt = new AbortController();
    interrupt.abort();
    const ran = await nwctl(['diff', ...sides, '--captures', captures, '--exit-code', ...args], {
      interrupted: interrupt.signal,
    });
    expect([ran.code, ran.out, ran.err]).toEqual([130, '', '']);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('danger that was found before is danger, whatever else was not looked at', async () => {
    const asked = ['diff', ...sides, '--captures', captures, '--exit-code', '--budget', '0s'];
    expect((await nwctl(asked)).code).toBe(3);
  });

  /** As many instants as there are VMs: each was looked at a moment before the next. */
  const seenOneByOne = (count: number): string => {
    const names = [...Array(count).keys()].map((at) => `shop/vm-${at}`);
    return folderWith({
      'long/capture.yaml': `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Capture
metadata: {name: long}
spec: {formatVersion: 1, takenAt: 2026-03-04T10:15:00Z, takenBy: a test}
`,
      'long/facts.yaml': `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Facts
metadata: {name: long}
spec:
  lists: {vm: [${names.join(', ')}]}
  facts:
${names.map((name, at) => `    - {fact: vm.phase, of: ${name}, is: Running, age: ${at + 1}ms}`).join('\n')}
`,
    });
  };

  test.each([
    [500, 0],
    [501, 1],
    [620, 120],
  ])('a capture with %d moments under --moments: %d are not judged, and that is said', async (count, left) => {
    const { folder, args } = saving();
    // The list of VMs gets too old at one instant more.
    const corpus = seenOneByOne(count - 1);
    const same = ['diff', sides[0], sides[0], '--captures', corpus, '--exit-code'];
    const { code, out } = await nwctl([...same, '--moments', ...args]);
    const { corpus: told } = JSON.parse(readFileSync(join(folder, 'json'), 'utf8')) as Told;
    expect(told).toMatchObject({ moments: 501, momentsNotJudged: left });
    expect(code).toBe(left === 0 ? 0 : 6);
    const says = `${left} moment${left === 1 ? '' : 's'} past the bound: not judged`;
    expect(out.includes(says)).toBe(left > 0);
    expect(readFileSync(join(folder, 'markdown'), 'utf8').includes('past the bound')).toBe(left > 0);
    expect((await nwctl(same)).code).toBe(0);
  });
});

test('a file that cannot be written is said, and no other form takes its place', async () => {
  const folder = folderWith({ 'in-the-way': '' });
  const into = join(folder, 'in-the-way', 'review.json');
  const { code, out, err } = await nwctl(['diff', ...sides, '--captures-only', '--save', `json=${into}`]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(into);
  expect(existsSync(into)).toBe(false);
});
