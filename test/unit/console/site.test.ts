import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nwctl, type Ran } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const profile = ['-p', 'profiles/three-node'];
const calm = [...profile, '-c', 'captures/calm'];
const flipped = [...profile, '-c', 'captures/one-side-flipped'];
/** The key that everybody has, by the root that is shipped with it. */
const signedByExample = 'signed by 1f580c989031be5f48facbbe1de51fc8b5bd7e1fd7d610485b3a6e3dd8cd2a83 (root 1)';
const silent = [...profile, '-c', 'captures/silent-node'];

describe('the exit code of eval says what was asked', () => {
  test.each([
    ['every asked gate open', [...calm, '--gate', 'storage-network-agrees'], 0],
    ['one closed', [...flipped, '--gate', 'storage-network-agrees'], 3],
    ['one closed among open ones', flipped, 3],
    ['one object open', [...flipped, '--gate', 'bond-in-mode/node-a/bond1'], 0],
    ['one unknown and none closed', [...silent, '--gate', 'bond-in-mode'], 4],
    ['closed wins over unknown', silent, 3],
    ['closed, for advisory use', [...flipped, '--exit-zero'], 0],
    ['unknown, for advisory use', [...silent, '--gate', 'bond-in-mode', '--exit-zero'], 0],
    ['--only shows less and asks the same', [...flipped, '--only', 'open'], 3],
    ['everything too old', [...calm, '--now', '+1h', '--gate', 'storage-network-agrees'], 4],
    ['a profile that does not exist', ['-p', '/nowhere', '-c', 'captures/calm'], 2],
    ['a capture that does not exist', [...profile, '-c', '/nowhere'], 2],
    ['a gate that does not exist', [...calm, '--gate', 'node-may-restrat'], 2],
    ['an object that does not exist', [...calm, '--gate', 'node-may-restart/node-z'], 2],
    ['a moment that is none', [...calm, '--now', 'yesterday'], 2],
    ['--exit-zero hides no wrong question', [...calm, '--now', 'yesterday', '--exit-zero'], 2],
  ])('%s', async (_, args, expected) => {
    const { code, out, err } = await nwctl(['eval', ...args]);
    expect(code).toBe(expected);
    if (expected === 2) expect({ out, err: err !== '' }).toEqual({ out: '', err: true });
  });

  test('both faults are told at once', async () => {
    const { err } = await nwctl(['eval', '-p', '/nowhere-p', '-c', '/nowhere-c']);
    expect(err).toContain('/nowhere-p');
    expect(err).toContain('/nowhere-c');
  });

  test('a misspelt gate names the likely one', async () => {
    const { err } = await nwctl(['eval', ...calm, '--gate', 'node-may-restrat']);
    expect(err).toContain(
      'there is no gate `node-may-restrat` in profile `three-node`; did you mean `node-may-restart`?',
    );
  });
});

describe('eval prints', () => {
  const shown = (args: readonly string[]): Promise<Ran> => nwctl(['eval', ...flipped, ...args]);

  test('for people: the site, findings, gates, why not, and the next command with the flags that were typed', async () => {
    const { out, err } = await shown([]);
    expect(err).toBe('');
    expect(out).toMatch(
      /^three-node [0-9.]+, signed by \w{12} \(root 1\), sha256:\w{12}\none-side-flipped: taken 2026-\S+Z by /,
    );
    expect(out).toMatch(/\n {2}critical {2}bond-modes-differ +site +the two ends/);
    expect(out).toMatch(/\n {2}bond-in-mode +✓ 2 open +✗ 1 closed +node-b\/bond1\n/);
    expect(out).toMatch(
      /\n✗ CLOSED {2}storage-network-agrees {2}site\n {2}✗ every kernel runs its bond in the profile's mode\n {6}bond.mode of node-b\/bond1 is balance-rr, must be active-backup.*\(seen .*\)/,
    );
    expect(out).toMatch(
      /\nwhy: nwctl why \S+ ?\S* --profile profiles\/three-node --capture captures\/one-side-flipped\n$/,
    );
  });

  test.each([
    ['too old', [...calm, '--now', '+1h'], 'the list of nodes is older than it may be'],
    [
      'still to come',
      [...calm, '--now', '1970-01-01T00:00:00Z'],
      'the list of nodes is of a moment that is still to come',
    ],
    [
      'short',
      [...profile, '-c', 'captures/resync-before-next-node'],
      'the list of nodes is not known: list of v1/Node: has 2',
    ],
  ])('a list that is %s in one sentence, in every form', async (_, args, says) => {
    const ran = (format: string) => nwctl(['eval', ...args, '-g', 'node-may-restart', '-o', format]);
    expect((await ran('text')).out).toContain(`\n      ${says}`);
    for (const format of ['junit', 'sarif', 'github']) {
      expect((await ran(format)).out, format).toContain(`node-may-restart is unknown: ${says}`);
    }
  });

  test('wide: absolute moments, places and digests', async () => {
    const { out } = await shown(['-o', 'wide']);
    expect(out).toMatch(/seen 2026-11-21T08:04:\d\dZ, /);
    expect(out).toMatch(/storage-network\.yaml:\d+/);
    expect(out).toMatch(/sha256:[0-9a-f]{64}/);
  });

  test.each([['calm'], ['one-side-flipped'], ['silent-node'], ['single-node']])(
    'JSON of %s as its schema says, arrays never null',
    async (capture) => {
      const { out } = await nwctl(['eval', ...profile, '-c', `captures/${capture}`, '-o', 'json']);
      validates('eval', out);
      expect(JSON.parse(out)).toMatchObject({ profile: { signed: true, signature: signedByExample }, workflows: [] });
    },
  );

  test('names that --gate takes', async () => {
    const { out } = await shown(['-o', 'name', '--only', 'closed']);
    expect(out).toContain('bond-in-mode/node-b/bond1\n');
    for (const name of out.trim().split('\n')) expect((await nwctl(['eval', ...flipped, '-g', name])).code).toBe(3);
  });

  test('YAML with the same content as JSON', async () => {
    const [json, yaml] = await Promise.all([shown(['-o', 'json']), shown(['-o', 'yaml'])]);
    const { parse } = await import('yaml');
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  });

  test('JUnit, where not known is another type than denied', async () => {
    const { out } = await nwctl(['eval', ...silent, '-o', 'junit']);
    expect(out).toContain('<failure type="held"');
    expect(out).toContain('<failure type="failed"');
    expect(out).toContain(`<property name="signature" value="${signedByExample}"/>`);
  });

  test('SARIF with one rule a gate and exact places', async () => {
    const { runs } = JSON.parse((await shown(['-o', 'sarif'])).out) as {
      runs: {
        properties: object;
        results: { ruleId: string; locations: { physicalLocation: { region: { startLine: number } } }[] }[];
      }[];
    };
    expect(runs[0]?.properties).toMatchObject({ signature: signedByExample });
    const result = runs[0]?.results.find(({ ruleId }) => ruleId === 'storage-network-agrees');
    expect(result?.locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(1);
  });

  test('GitHub annotations', async () => {
    expect((await shown(['-o', 'github'])).out).toMatch(
      /^::error file=profiles\/packs\/storage-network\.yaml,line=\d+,col=\d+.*,title=storage-network-agrees::/m,
    );
  });

  test('every format says who signed, or that nobody did', async () => {
    for (const format of ['text', 'wide', 'json', 'yaml', 'junit', 'sarif', 'github']) {
      expect((await shown(['-o', format])).out).toMatch(/signed by 1f580c989031[0-9a-f]* \(root 1\)/);
      const draft = await shown(['-o', format, '--insecure-unsigned']);
      expect(draft.out).toContain('UNSIGNED (--insecure-unsigned)');
      expect(draft.out).not.toContain('signed by');
    }
  });

  test('the same bytes for the same question', async () => {
    const [one, other] = await Promise.all([shown(['-o', 'json']), shown(['-o', 'json'])]);
    expect(other.out).toBe(one.out);
  });
});

describe('why', () => {
  test('explains a closed gate with places, readings and the smallest change', async () => {
    const { code, out } = await nwctl(['why', 'bond-in-mode', 'node-b/bond1', ...flipped]);
    expect(code).toBe(0);
    expect(out).toMatch(/✗ CLOSED {2}bond-in-mode {2}node-b\/bond1/);
    expect(out).toMatch(
      /├─ ✗ bond\.mode = balance-rr, must be active-backup.* profiles\/packs\/storage-network\.yaml:\d+\n│ +seen just now \(at most 30s\) in \S+/,
    );
    expect(out).toContain('would open if bond.mode of node-b/bond1 became active-backup (is balance-rr)\n');
  });

  test('explains an open gate with what would close it', async () => {
    const { out } = await nwctl(['why', 'bond-in-mode/node-a/bond1', ...flipped]);
    expect(out).toContain('✓ OPEN');
    expect(out).toMatch(/would close if bond\.mode became balance-rr/);
  });

  test('without an object: those that hold, and the command for the next', async () => {
    const { out } = await nwctl(['why', 'replication-may-disconnect', ...calm]);
    expect(out.match(/✗ CLOSED/g)).toHaveLength(3);
  });

  test('in ASCII nothing but ASCII', async () => {
    const { out } = await nwctl(['why', 'storage-network-agrees', '--ascii', ...flipped]);
    expect(out.replaceAll('’', "'")).toMatch(/^[\n\x20-\x7e]*$/);
    expect(out).toContain('|- x ');
  });

  test('fits the terminal: no line of words is wider', async () => {
    const { out } = await nwctl(['why', 'storage-network-agrees', '--color', 'never', ...flipped], { columns: 100 });
    const words = out.split('\n').filter((line) => !line.includes('\u001b'));
    expect(Math.max(...words.map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test.each([
    [['storage-network-agrees', ...flipped]],
    [['node-may-restart', 'node-a', ...silent]],
    [['snapshot-may-start', ...calm]],
    [['bond-modes-differ', ...flipped]],
  ])('JSON of %j as its schema says', async (args) =>
    validates('why', (await nwctl(['why', ...args, '-o', 'json'])).out),
  );

  test('takes a name as eval does: with its pack, with its object, with both', async () => {
    const plain = await nwctl(['why', 'bond-in-mode', 'node-b/bond1', ...flipped]);
    for (const name of ['bond-in-mode/node-b/bond1', 'storage-network/bond-in-mode/node-b/bond1'])
      expect(await nwctl(['why', name, ...flipped])).toEqual(plain);
    expect(await nwctl(['why', 'storage-network/bond-in-mode', 'node-b/bond1', ...flipped])).toEqual(plain);
    for (const name of ['storage-safety/bond-in-mode', 'storage-network/bond-in', 'storage-network/'])
      expect(await nwctl(['why', name, ...flipped]), name).toMatchObject({ code: 2, out: '' });
  });

  test('a name that does not exist', async () => {
    const { code, err } = await nwctl(['why', 'bond-in-mod', ...calm]);
    expect(code).toBe(2);
    expect(err).toContain('did you mean `bond-in-mode`?');
  });
});

describe('check', () => {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n';

  test('tells every fault of a folder at once, with place and excerpt, exit 2', async () => {
    const root = folderWith({
      'tab.yaml': `${head}kind: RulePack\nspec:\n\tgates: {}\n`,
      'twice.yaml': `${head}kind: RulePack\nkind: RulePack\n`,
      'escape.yaml': `${head}kind: "Rule\\e[31mPack"\n`,
    });
    const { code, out } = await nwctl(['check', root]);
    expect(code).toBe(2);
    for (const name of ['tab', 'twice', 'escape']) expect(out).toMatch(new RegExp(`${name}\\.yaml:\\d+:\\d+: `));
    expect(out).not.toContain('\u001b');
    expect(out).toMatch(/\d errors: nothing was loaded {3}explain: nwctl explain [A-Z_]+\n$/);
  });

  test.each([['json'], ['junit'], ['sarif'], ['github']])('as %s', async (format) => {
    const root = folderWith({ 'twice.yaml': `${head}kind: RulePack\nkind: RulePack\n` });
    const { code, out } = await nwctl(['check', root, '-o', format]);
    expect(code).toBe(2);
    expect(out).toContain('YAML_DUPLICATE_KEY');
    expect(out).toContain('unsigned');
  });

  test('a folder that holds nothing to check is a wrong question', async () => {
    expect(await nwctl(['check', folderWith({ 'x.txt': 'a' })])).toMatchObject({ code: 2 });
  });

  test('test: no test found is a failure', async () => {
    const dir = join(folderWith(), 'my-site');
    await nwctl(['init', dir]);
    const { code, err } = await nwctl(['test', dir]);
    expect(code).toBe(3);
    expect(err).toContain('no test was found');
  });

  test('fmt: --check changes nothing and exits 3; fmt is then content', async () => {
    const text = `${head}kind: RulePack\nmetadata:   {name: x,    version: 1.0.0}\nspec: {vocabulary: v1}\n`;
    const root = folderWith({ 'a.yaml': text });
    expect((await nwctl(['fmt', '--check', root])).code).toBe(3);
    expect(readFileSync(join(root, 'a.yaml'), 'utf8')).toBe(text);
    expect((await nwctl(['fmt', root])).code).toBe(0);
    expect((await nwctl(['fmt', '--check', root])).code).toBe(0);
  });

  test('fmt: one broken file, and none is written', async () => {
    const text = `${head}kind: RulePack\nmetadata:   {name: x,    version: 1.0.0}\nspec: {vocabulary: v1}\n`;
    const root = folderWith({ 'a.yaml': text, 'b.yaml': `${head}kind: RulePack\nspec: [\n` });
    expect((await nwctl(['fmt', root])).code).toBe(2);
    expect(readFileSync(join(root, 'a.yaml'), 'utf8')).toBe(text);
  });
});

describe('test', () => {
  test('runs what stands beside the packs; JSON as its schema says', async () => {
    const { code, out } = await nwctl([
      'test',
      'profiles/three-node',
      '--run',
      '^incident-',
      '--coverage',
      '-o',
      'json',
    ]);
    expect(code).toBe(0);
    validates('test', out);
    expect((JSON.parse(out) as { tests: unknown[] }).tests.length).toBeGreaterThan(3);
  });

  test('a test whose expectation does not come fails with place and reason', async () => {
    const root = folderWith();
    const dir = join(root, 'my-site');
    await nwctl(['init', dir]);
    mkdirSync(join(dir, 'tests'));
    expect(
      (await nwctl(['capture', 'pack', 'captures/one-side-flipped', '-o', join(dir, 'flipped.ndjson.gz')])).code,
    ).toBe(0);
    const steps =
      '    - expect: {gates: {bond-in-mode: {node-b/bond1: closed}}}\n    - expect: {gates: {bond-in-mode: {node-b/bond1: open}}}\n    - change: [{fact: bond.mode, of: node-b/bond1, value: active-backup}]\n      expect: {gates: {bond-in-mode: open}, findings: {bond-modes-differ: quiet}}\n    - change: [{fact: bond.mode, of: node-b/bond1, unknown: true}]\n      expect: {gates: {bond-in-mode: {node-b/bond1: unknown}}}\n    - change: [{fact: bond.mode, of: node-b/bond1, value: active-backup}]\n      expect: {gates: {bond-in-mode: open}}\n    - change: [{fact: bond.mode, of: node-b/bond1, stale: true}]\n      expect: {gates: {bond-in-mode: {node-b/bond1: unknown}}}\n    - advance: 1h\n      expect: {gates: {bond-in-mode: unknown}}\n';
    const head =
      'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RuleTest\nmetadata: {name: wrong}\nspec:\n  says: the second step is wrong\n  capture: ../flipped.ndjson.gz\n  steps:\n';
    writeFileSync(join(dir, 'tests', 'wrong.yaml'), head + steps);
    const { code, out } = await nwctl(['test', dir, '-o', 'json']);
    expect(code).toBe(3);
    const [ran] = (
      JSON.parse(out) as {
        tests: { steps: { result: string; failures: { says: string; because: string[]; at: { line: number } }[] }[] }[];
      }
    ).tests;
    expect(ran?.steps.map(({ result }) => result)).toEqual([
      'passed',
      'failed',
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
    ]);
    expect(ran?.steps[1]?.failures[0]).toMatchObject({
      says: 'bond-in-mode: node-b/bond1 is closed, expected open',
      at: { line: 9 },
    });
    expect(ran?.steps[1]?.failures[0]?.because[0]).toContain('is balance-rr, must be active-backup');
  });

  test('--run that is no regular expression is a wrong question', async () => {
    expect((await nwctl(['test', 'profiles/three-node', '--run', '('])).code).toBe(2);
  });
});

describe('facts and captures', () => {
  test('every reading with source, age and grade; who is silent has a place', async () => {
    const { out } = await nwctl(['facts', 'bond.mode', ...silent]);
    expect(out).toMatch(/bond\.mode +node-a\/bond1 +active-backup +just now +observed +\S/);
    expect(out).toMatch(/bond\.mode +node-b\/bond1 +\? never reported\n/);
  });

  test('both forms of a capture, also from standard input, give the same answer', async () => {
    const file = join(folderWith(), 'calm.ndjson.gz');
    expect(await nwctl(['capture', 'pack', 'captures/calm', '-o', file])).toMatchObject({ code: 0, out: '' });
    const gates = async (capture: string, stdin?: Uint8Array): Promise<unknown> => {
      const { out } = await nwctl(
        ['eval', ...profile, '-c', capture, '-o', 'json'],
        stdin === undefined ? {} : { stdin },
      );
      return (JSON.parse(out) as { gates: unknown }).gates;
    };
    const folder = await gates('captures/calm');
    expect(await gates(file)).toEqual(folder);
    expect(await gates('-', readFileSync(file))).toEqual(folder);
  });

  test('capture show names what could not be had', async () => {
    const { out } = await nwctl(['capture', 'show', 'captures/silent-node']);
    expect(out).toMatch(/MISSING\nhosts\/node-b +did not answer within 5s\n$/);
  });

  test('a target that cannot be written is an error of the machine, exit 1', async () => {
    expect((await nwctl(['capture', 'pack', 'captures/calm', '-o', '/nowhere/x.gz'])).code).toBe(1);
  });
});

describe('long names', () => {
  const resync = ['-p', 'profiles/two-node', '-c', 'captures/resync-before-next-node'];
  const full = 'pvc-2d418172-f4e5-49ba-9ca7-2866944b0d49';

  test('are short for people, and whole for machines and in wide', async () => {
    const text = await nwctl(['eval', ...resync]);
    expect(text.out).toContain('pvc-2d418172@node-a:node-b is SyncTarget');
    expect(text.out).not.toContain(full);
    for (const format of ['wide', 'json', 'name']) {
      expect((await nwctl(['eval', ...resync, '-o', format])).out, format).toContain(full);
    }
  });

  test.each([
    ['why', ['why', 'replica-may-be-removed', 'pvc-2d418172@node-a', ...resync], 0, 'pvc-2d418172@node-a'],
    ['eval --gate', ['eval', '--gate', 'replica-may-be-removed/pvc-2d418172@node-a', ...resync], 3, '1 closed'],
    ['facts', ['facts', 'replica.disk/pvc-2d418172@node-a', ...resync], 0, 'Inconsistent'],
  ])('may be typed short: %s', async (_, args, code, says) => {
    const ran = await nwctl(args);
    expect({ code: ran.code, err: ran.err }).toEqual({ code, err: '' });
    expect(ran.out).toContain(says);
  });

  test('facts of one object show that object only, and one that does not exist is told once', async () => {
    const { out } = await nwctl(['facts', 'replica.disk/pvc-2d418172@node-a', 'bond.mode', ...resync]);
    expect(out.match(/^replica\.disk/gm)).toHaveLength(1);
    expect(out.match(/^bond\.mode/gm)).toHaveLength(2);
    const { code, err } = await nwctl(['facts', 'replica/pvc-2d418172@node-z', ...resync]);
    expect(code).toBe(2);
    expect(err.match(/there is no replica called/g)).toHaveLength(1);
  });
});

describe('why', () => {
  test('says what is not known when the rule ranges over a list that could not be had', async () => {
    const args = ['why', 'node-may-restart', '-p', 'profiles/three-node', '-c', 'captures/resync-before-next-node'];
    expect((await nwctl(args)).out).toMatch(/\? every node: the list is not known \(.*promises 3\)/);
  });

  test('puts a `not` into words and names each source of a computed fact once', async () => {
    const args = [
      'why',
      'node-may-restart',
      '--all',
      ...['-p', 'profiles/two-node', '-c', 'captures/resync-before-next-node'],
    ];
    const { out } = await nwctl(args);
    expect(out).not.toMatch(/not so|in computed from/);
    const computed = out.match(/computed from .*/g) ?? [];
    expect(computed.length).toBeGreaterThan(0);
    for (const line of computed) {
      const sources = line.replace('computed from ', '').split(' and ');
      expect(new Set(sources).size, line).toBe(sources.length);
    }
  });
});

test('a raised finding says what was read', async () => {
  const text = await nwctl(['eval', ...flipped]);
  expect(text.out).toMatch(
    /bond\.mode of node-b\/bond1 is balance-rr, raised if it is not active-backup .*seen just now/,
  );
  const { findings } = JSON.parse((await nwctl(['eval', ...flipped, '-o', 'json'])).out) as {
    findings: { finding: string; because: { fact: string; seenAt: string }[]; missing: unknown[] }[];
  };
  const found = findings.find(({ finding }) => finding === 'bond-not-in-mode');
  expect(found?.because).toMatchObject([
    { fact: 'bond.mode', object: 'node-b/bond1', source: expect.stringContaining('node-b') },
  ]);
  expect(found?.missing).toEqual([]);
});

describe('a stranger', () => {
  test('is told of every file in a folder that is no YAML, whoever wrote it', async () => {
    const path = folderWith({
      'tab.yaml': 'a:\n\tb: 1\n',
      'twice.yaml': 'a: 1\na: 2\n',
      'deep.yaml': '['.repeat(100),
      'ours.yaml': 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\nkind: RulePack\n',
      'theirs.yaml': 'a: 1\n---\nb: 2\n',
    });
    const { code, out, err } = await nwctl(['check', path]);
    const said = out + err;
    expect(code).toBe(2);
    for (const name of ['tab', 'twice', 'deep'])
      expect(said).toMatch(new RegExp(`${name}\\.yaml:\\d+:\\d+: warning: `));
    expect(said).toMatch(/ours\.yaml:3:1: `kind` stands here twice/);
    expect(said).not.toContain('theirs.yaml');
  });

  test('is named the empty folder once, and where a file would have gone', async () => {
    const path = folderWith({});
    const shown = await nwctl(['capture', 'show', path]);
    expect(shown.err.startsWith(`${path}`)).toBe(true);
    expect(shown.err.split(':')[0]?.replace(/\/$/, '')).toBe(path);
    const packed = await nwctl(['capture', 'pack', 'captures/calm', '-o', join(path, 'none', 'x.gz')]);
    expect(packed).toMatchObject({ code: 1, out: '' });
    expect(packed.err).toContain('would stand in a folder that does not exist');
    expect(packed.err).toContain('nothing was written');
  });
});
