import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

const golden = 'test/golden/diff';
const captures = `${golden}/captures`;

function git(at: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: at, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A repository with one commit of the old side, and the new side in its work tree. */
const repository = folderWith();
cpSync(`${golden}/longer-by-a-second/old`, `${repository}/sites/small`, { recursive: true });
git(repository, 'init', '-q', '-b', 'main');
symlinkSync('rules.yaml', `${repository}/sites/small/link.yaml`);
git(repository, 'add', '.');
git(repository, 'commit', '-q', '-m', 'the rules as they were');
cpSync(`${golden}/longer-by-a-second/new/rules.yaml`, `${repository}/sites/small/rules.yaml`);
afterAll(() => rmSync(repository, { recursive: true, force: true }));

describe('a side in Git', () => {
  const within = (...args: readonly string[]) =>
    nwctl(['diff', '--captures', captures, ...args], { gitAt: repository });

  test.each(['main', 'HEAD', 'main~0', 'refs/heads/main'])('%s is read, and nothing is written', async (revision) => {
    const before = git(repository, 'status', '--porcelain');
    const index = readFileSync(`${repository}/.git/index`);
    const { code, out, err } = await within(`${revision}:sites/small`, `${repository}/sites/small`, '--exit-code');
    expect(err).toBe('');
    expect(code).toBe(3);
    expect(out).toContain(`${revision}:sites/small/rules.yaml:9`);
    expect(out).toMatch(/gate node-may-restart {2}closed → open/);
    expect(git(repository, 'status', '--porcelain')).toBe(before);
    expect(readFileSync(`${repository}/.git/index`).equals(index)).toBe(true);
  });

  test.each([
    ['a revision that is not there', 'nowhere:sites/small', 'GIT_REVISION', 'there is no revision `nowhere`'],
    ['no revision at all', ':sites/small', 'GIT_REVISION', 'names no revision'],
    ['what git would take for a flag', '--all:sites/small', 'GIT_REVISION', 'there is no revision `--all`'],
    ['a folder that is not in it', 'main:sites/large', 'FILE_MISSING', 'is not in revision `main`'],
    ['a way out', 'main:../../etc', 'FILE_MISSING', 'leads out of the repository'],
    ['a link', 'main:sites/small/link.yaml', 'FILE_UNREADABLE', 'is a link'],
  ])('%s is a clear fault', async (_, side, fault, says) => {
    const { code, out, err } = await within('--', side, `${repository}/sites/small`);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(says);
    expect(err).toContain(fault);
  });

  test('outside of a repository git says so itself', async () => {
    const { code, err } = await nwctl(['diff', 'main:sites/small', `${golden}/pack-split/new`], {
      gitAt: folderWith(),
    });
    expect(code).toBe(2);
    expect(err).toContain('not a git repository');
    expect(err).toContain('GIT_FAILED');
  });
});

describe('bad input', () => {
  const sides = [`${golden}/every-to-some/old`, `${golden}/every-to-some/new`] as const;

  test('a broken capture is named, the others are judged, and the exit code is 2', async () => {
    const corpus = folderWith({ 'bad/capture.yaml': 'kind: Capture\n', 'bad/kubernetes/nodes.json': '{' });
    cpSync(`${captures}/half-minute`, `${corpus}/good`, { recursive: true });
    const { code, out, err } = await nwctl(['diff', ...sides, '--captures', corpus, '--fail-on', 'danger']);
    expect(code).toBe(2);
    expect(out).toContain(`not judged: ${corpus}/bad`);
    expect(out).toContain('1 of 1 capture decides differently; 1 capture could not be judged');
    expect(out).toMatch(/gate site-is-ready {2}closed → open/);
    expect(err).toContain(`${corpus}/bad`);
  });

  test.each([
    ['a side that is not there', ['nowhere', sides[1]], 'FILE_MISSING'],
    ['a corpus that is not there', [...sides, '--captures', 'nowhere'], 'FILE_MISSING'],
    ['a level that is none', [...sides, '--fail-on', 'routine'], 'it takes danger or caution'],
  ])('%s', async (_, args, says) => {
    const { code, out, err } = await nwctl(['diff', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  test('without a capture nothing is said of decisions, and least of all that there are none', async () => {
    const { out } = await nwctl(['diff', ...sides, '--captures', folderWith(), '-o', 'markdown']);
    expect(out).toContain('No capture was judged: nothing is said of decisions.');
    expect(out).not.toContain('No decision is another one');
    expect(out).toContain('gate site-is-ready changed');
  });
});

describe('exit codes', () => {
  test.each([
    ['every-to-some', [], 0],
    ['every-to-some', ['--exit-code'], 3],
    ['every-to-some', ['--fail-on', 'danger'], 3],
    ['leaf-added', ['--exit-code'], 5],
    ['leaf-added', ['--fail-on', 'danger'], 0],
    ['leaf-added', ['--fail-on', 'caution'], 3],
    ['leaf-added', ['--exit-code', '--fail-on', 'danger'], 5],
    ['pack-split', ['--exit-code', '--fail-on', 'caution'], 0],
  ] as const)('%s with %j exits %d', async (name, flags, exit) => {
    const sides = [`${golden}/${name}/old`, `${golden}/${name}/new`];
    expect((await nwctl(['diff', ...sides, '--captures', captures, ...flags])).code).toBe(exit);
  });
});

describe('--moments', () => {
  test('a looser age shows only when something has got old, at the instant at which it does', async () => {
    const old = folderWith();
    const fresh = folderWith();
    for (const side of [old, fresh]) cpSync(`${golden}/every-to-some/old`, side, { recursive: true });
    const rules = readFileSync(`${old}/rules.yaml`, 'utf8');
    const aged = (age: string): string =>
      rules.replace('{fact: node.heartbeatAge,', `{fact: node.heartbeatAge, maxAge: ${age},`);
    writeFileSync(`${old}/rules.yaml`, aged('3s'));
    writeFileSync(`${fresh}/rules.yaml`, aged('4s'));
    const args = ['diff', old, fresh, '--captures', `${captures}/guests-start`, '-o', 'json'];
    interface Told {
      readonly corpus: { readonly moments: number };
      readonly decisions: readonly {
        readonly from: string;
        readonly to: string;
        readonly name: string;
        readonly on: readonly { readonly afterMs: readonly number[]; readonly objects: readonly string[] }[];
      }[];
    }
    const now = JSON.parse((await nwctl(args)).out) as Told;
    expect(now.corpus.moments).toBe(1);
    expect(now.decisions).toEqual([]);
    const later = JSON.parse((await nwctl([...args, '--moments'])).out) as Told;
    expect(later.corpus.moments).toBeGreaterThan(2);
    const [gate] = later.decisions.filter(({ name, to }) => name === 'node-may-restart' && to === 'open');
    expect(gate?.from).toBe('unknown');
    // The observer saw it when the capture was taken: too old for the old side from 3.001 s on, for the new one from 4.001 s on.
    expect(gate?.on).toMatchObject([{ afterMs: [3001], objects: ['node-a', 'node-b', 'node-c'] }]);
  });
});

test('the whole of the shipped profile: one comparison, found by its line', async () => {
  const copy = folderWith();
  cpSync('profiles', copy, { recursive: true });
  const file = `${copy}/packs/storage-safety.yaml`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace('lessThanInclusive, value: {fact: param.heartbeat}', 'lessThan, value: {fact: param.heartbeat}'),
  );
  const { code, out } = await nwctl([
    'diff',
    'profiles/three-node',
    `${copy}/three-node`,
    '--captures',
    'captures',
    '--exit-code',
  ]);
  expect(code).toBe(5);
  const line = text.split('\n').findIndex((one) => one.includes('heard-of:')) + 1;
  expect(out).toContain(`storage-safety.yaml:${line}`);
  expect(out).toMatch(/condition +heard-of +changed/);
  expect(out).toMatch(/of \d+ captures decides? differently/);
});

test('a workflow that the old side began is decided as though the new one had', async () => {
  const copy = folderWith();
  cpSync('profiles', copy, { recursive: true });
  const file = `${copy}/three-node/profile.yaml`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('version: 1.0.0', 'version: 1.0.1'));
  const args = ['profiles/three-node', `${copy}/three-node`, '--captures', 'captures/flip-half-done'];
  const { code, out } = await nwctl(['diff', ...args, '--moments', '--exit-code']);
  expect(out).toContain('0 decisions are another one');
  expect(out).toContain('1.0.0 → 1.0.1');
  expect(code).toBe(0);
});

test.each(['Pacific/Kiritimati', 'America/St_Johns'])('in %s the bytes are the same', async (zone) => {
  const at = async (name: string): Promise<readonly string[]> => {
    const before = process.env.TZ;
    process.env.TZ = name;
    try {
      const sides = [`${golden}/every-to-some/old`, `${golden}/every-to-some/new`];
      const forms = ['wide', 'json', 'markdown', 'junit'];
      return await Promise.all(
        forms.map(
          async (form) => (await nwctl(['diff', ...sides, '--captures', captures, '--moments', '-o', form])).out,
        ),
      );
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  };
  expect(await at(zone)).toEqual(await at('UTC'));
});

test('a signed document is a side, and nobody looks at who signed it', async () => {
  const folder = folderWith();
  mkdirSync(`${folder}/x`);
  const built = `${folder}/small.json`;
  await nwctl(['keygen', `${folder}/alice`], { secrets: [] });
  expect((await nwctl(['build', `${golden}/pack-split/old`, '-o', built])).code).toBe(0);
  expect((await nwctl(['sign', built, '--key', `${folder}/alice.key`])).code).toBe(0);
  for (const [side, says] of [
    [built, 'unsigned'],
    [`${folder}/small.dsse.json`, 'signed, not checked'],
  ] as const) {
    const { code, out } = await nwctl([
      'diff',
      `${golden}/pack-split/old`,
      side,
      '--captures',
      captures,
      '--exit-code',
    ]);
    expect(code).toBe(0);
    expect(out).toContain(`small 1.0.0 (${says}, `);
    expect(out).toContain('nothing is another one');
  }
});
