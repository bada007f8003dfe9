import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pinned, pinnedFiles } from '../../../scripts/pinned.ts';
import { nwctl, type Ran } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const site = ['-p', 'profiles/three-node'];
const plan = 'BondModeFlipPlan/site';

type Fields = Record<string, unknown>;
const file = 'kubernetes/nodewright.spectrocloud.com_v1alpha1_bondmodeflipplan.json';

/** The shipped capture, with another status of its workflow. */
function withStatus(change: (status: Fields, object: Fields) => void): string {
  const root = folderWith();
  cpSync('captures/flip-half-done', root, { recursive: true });
  for (const [path, text] of pinnedFiles(root, 'profiles/three-node')) writeFileSync(path, text);
  const list = JSON.parse(readFileSync(join(root, file), 'utf8')) as { items: Fields[] };
  const [object] = list.items as [Fields];
  change((object.status as { workflow: Fields }).workflow, object);
  writeFileSync(join(root, file), JSON.stringify(list));
  return root;
}

const capture = withStatus(() => undefined);
const halfDone = [...site, '-c', capture];

async function evaluated(capture: string): Promise<Fields> {
  const { out } = await nwctl(['eval', ...site, '-c', capture, '-o', 'json']);
  validates('eval', out);
  const { workflows } = JSON.parse(out) as { workflows: Fields[] };
  expect(workflows).toHaveLength(1);
  return workflows[0] as Fields;
}

test.each(pinned)(
  'the workflows of %s were begun with the profile as it is now (`npm run generate`)',
  (folder, profile) => {
    const files = pinnedFiles(folder, profile);
    expect(files.size).toBe(1);
    for (const [path, text] of files) expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

describe('eval says of each workflow what the operator would decide now', () => {
  test('state, since when, why it holds and what releases it', async () => {
    const { code, out, err } = await nwctl(['eval', ...halfDone]);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    const [, block = ''] = /\nWORKFLOWS\n([\s\S]*?)\n\n/.exec(out) ?? [];
    expect(block).toMatch(
      /^ {2}BondModeFlipPlan\/site {2}at FlipBonds for \d+s \(budget 10m\), cohort node-a node-b node-c\n {4}\? HOLD\n/,
    );
    expect(block).toContain(
      '? K1: bond.set-mode has ended\n          order 12 to node-b has not been seen by its agent\n',
    );
    expect(block).toMatch(/releases with node.journalOutcome of node-b; overdue in 9m\d+s/);
  });

  test('as data, by its schema', async () => {
    const found = await evaluated(capture);
    expect(found).toMatchObject({ workflow: plan, state: 'FlipBonds', decision: 'hold', overdue: false, epoch: 1 });
    expect(found.cohort).toEqual(['node-a', 'node-b', 'node-c']);
    expect(found.because).toMatchObject([{ law: 'K1', fact: 'node.journalOutcome', object: 'node-b', unknown: true }]);
  });

  test('with moments and places in wide', async () => {
    const { out } = await nwctl(['eval', ...halfDone, '-o', 'wide']);
    expect(out).toMatch(/at FlipBonds for \d+s since 2026-\S+Z \(budget 10m\), cohort .* \(hand node-a\)/);
    expect(out).toMatch(/overdue in 9m\d+s, at 2026-/);
  });

  test('of gates alone, nothing is said of workflows; of a site without one, neither', async () => {
    const alone = await nwctl(['eval', ...halfDone, '--gate', 'bonds-are-whole', '-o', 'json']);
    const calm = await nwctl(['eval', ...site, '-c', 'captures/calm']);
    expect(JSON.parse(alone.out)).toMatchObject({ workflows: [] });
    expect(calm.out).not.toContain('WORKFLOWS');
  });

  test('past its budget it is overdue, and says by how much', async () => {
    const { out } = await nwctl(['eval', ...halfDone, '--now', '+11m']);
    expect(out).toMatch(/HOLD {2}OVERDUE by 1m/);
  });

  test('one that nobody has begun is decided as the first leader would', async () => {
    const found = await evaluated(
      withStatus((_, object) => {
        delete object.status;
        object.metadata = { ...(object.metadata as object), uid: 'of-today' };
      }),
    );
    expect(found).toMatchObject({
      begun: false,
      state: 'Idle',
      epoch: 1,
      decision: 'advance',
      to: 'PreconditionsCheck',
    });
  });

  test('one whose status was emptied in the middle does not begin anew', async () => {
    const found = await evaluated(
      withStatus((_, object) => {
        delete object.status;
      }),
    );
    expect(found).toMatchObject({
      decision: 'halt',
      because: expect.arrayContaining([expect.objectContaining({ law: 'K10' })]),
    });
  });

  test('an abort that is signed is obeyed', async () => {
    const found = await evaluated(
      withStatus((_, object) => {
        object.spec = { abort: { by: 'ops@site' } };
      }),
    );
    expect(found).toMatchObject({ decision: 'undo', to: 'RollingBack', says: 'ops@site asked for it' });
  });
});

describe('reports of machines list each workflow', () => {
  const abort = (_: Fields, object: Fields): void => {
    object.spec = { abort: { by: 'ops@site' } };
  };
  const rests = (outcome: string) => (status: Fields) => {
    Object.assign(status, { outcome, turn: undefined, state: outcome === 'complete' ? 'Complete' : 'Idle' });
  };
  test.each<[string, (status: Fields, object: Fields) => void, RegExp]>([
    ['a wait is held, not failed', () => undefined, /<failure type="held" message="[^"]* at FlipBonds waits: K1: /],
    [
      'one that gives up has failed',
      (status) => delete status.cohort,
      /<failure type="failed" message="[^"]*hands off: /,
    ],
    ['one that is taken back is a remark', abort, /warning: [^<]*is taken back to RollingBack: ops@site/],
    ['one that was taken back, too', rests('undone'), /note: [^<]* is undone/],
    ['one that is complete is well', rests('complete'), /^classname="BondModeFlipPlan" name="site"\/>/],
    [
      'one of no place names none',
      (status) => Object.assign(status, { state: 'X' }),
      /name="site">\n *<failure type="failed"/,
    ],
  ])('%s', async (_, change, said) => {
    const { out } = await nwctl(['eval', ...site, '-c', withStatus(change), '-o', 'junit']);
    const found = out.split('<testcase ').find((one) => one.startsWith('classname="BondModeFlipPlan" name="site"'));
    expect(found).toMatch(said);
  });

  test('SARIF and GitHub say it too, at the place of the pack that asks', async () => {
    const sarif = JSON.parse((await nwctl(['eval', ...halfDone, '-o', 'sarif'])).out) as {
      runs: { results: { ruleId: string; level: string; locations: { physicalLocation?: object }[] }[] }[];
    };
    const results = sarif.runs[0]?.results.filter(({ ruleId }) => ruleId === 'BondModeFlipPlan');
    expect(results).toMatchObject([{ level: 'warning', locations: [{ physicalLocation: expect.anything() }] }]);
    const github = await nwctl(['eval', ...halfDone, '-o', 'github']);
    expect(github.out).toMatch(
      /^::warning file=\S+,title=BondModeFlipPlan::BondModeFlipPlan\/site at FlipBonds waits: /m,
    );
  });
});

describe('a status that nobody of us wrote: halt, hands off, naming the field', () => {
  const first = (status: Fields): Fields => (status.cohort as { nodes: Fields[] }).nodes[0] as Fields;
  test.each<[string, (status: Fields, object: Fields) => void, string]>([
    ['a state that does not exist', (status) => Object.assign(status, { state: 'FlipBnds' }), 'status.workflow.state'],
    ['a negative time', (status) => Object.assign(status, { sinceMs: -1 }), 'status.workflow.sinceMs'],
    ['another pack', (status) => Object.assign(status, { machine: 'sha256:0' }), 'status.workflow.machine'],
    ['a field of nobody', (status) => Object.assign(status, { hurry: true }), 'status.workflow.hurry'],
    ['a step past the last', (status) => Object.assign(status, { step: 3 }), 'status.workflow.turn.orders.node-a.step'],
    [
      'a member twice',
      (status) => {
        const cohort = status.cohort as { nodes: Fields[] };
        cohort.nodes.push(first(status));
      },
      'status.workflow.cohort.nodes',
    ],
    [
      'another workflow’s',
      (status) => Object.assign(status, { workflow: 'BondModeFlipPlan/other' }),
      'status.workflow.workflow',
    ],
    ['a profile that is no text', (status) => Object.assign(status, { profile: 7 }), 'status.workflow.profile'],
  ])('%s', async (_, change, field) => {
    const found = await evaluated(withStatus(change));
    expect(found).toMatchObject({ decision: 'halt', since: null, because: [{ fact: field }] });
    expect(found.orders).toEqual([]);
  });

  test('one that was begun with another profile is held, not judged by this one', async () => {
    const found = await evaluated(withStatus((status) => Object.assign(status, { profile: 'sha256:other' })));
    expect(found).toMatchObject({ decision: 'hold', overdue: true, because: [{ law: 'K5' }] });
  });

  test('what stands in it is printed harmlessly', async () => {
    const root = withStatus((status) => Object.assign(status, { state: 'Flip\u001b[31m\nBonds' }));
    const { out } = await nwctl(['eval', ...site, '-c', root]);
    expect(out).toContain('at Flip\\x1b[31m\\x0aBonds');
  });
});

describe('plan', () => {
  const planned = (...args: readonly string[]): Promise<Ran> => nwctl(['plan', ...args]);

  test('of a workflow in the capture: what is left to do, to whom, and what is in the way', async () => {
    const { code, out, err } = await planned(plan, ...halfDone);
    expect({ code, err }).toEqual({ code: 4, err: '' });
    expect(out).not.toContain('is not in this capture');
    expect(out).toMatch(/\n 1 {2}FlipBonds\n/);
    expect(out).toMatch(
      / does +bond\.set-mode mode=active-backup on node-b node-c, one at a time; goes back by itself after 30m unless confirmed\n +✓ so already: node-a\n/,
    );
    expect(out).toMatch(
      / undo +bond\.revert\n +down +replication, the storage link of the node that moves\n +may fail +no node\n/,
    );
    expect(out).toMatch(/✗ bonds-run-in-mode: bond\.mode of node-b\/bond1 is balance-rr.*; step 1 changes that\n/);
    expect(out).toMatch(/no way back +from here the old mode comes back only by another plan\n/);
    expect(out).toMatch(/steps; can be taken back up to step \d+; from CommitBonds on there is no way back;/);
  });

  test('of one that is not: from the beginning, and it says so; nothing that an earlier step undoes is «so already»', async () => {
    const { code, out } = await planned('ReplicationUpgrade/site', ...site, '-c', 'captures/one-side-flipped');
    expect(code).toBe(0);
    expect(out).toContain('is not in this capture: the plan from the beginning');
    expect(out).toMatch(/\n 1 {2}Idle\n/);
    expect(out).toMatch(/ReconnectReplication\n.*\n +does +drbd\.connect on node-a node-b node-c, all at once\n/);
    expect(out).toMatch(/✗ workloads-stand-still: .*; step 4 changes that\n/);
    // What a step does itself counts for what is asked after it.
    expect(out).toMatch(/✗ controllers-stand-still: .*; step 5 changes that\n/);
    expect(out).toMatch(/✗ bonds-reach-each-other: [^;]*\n/);
  });

  test.each([
    ['nothing in the way', ['ReplicationUpgrade/site', ...site, '-c', 'captures/calm'], 0],
    ['a gate is closed', ['ReplicationUpgrade/site', ...site, '-c', 'captures/legacy-mid-upgrade'], 3],
    ['a gate is unknown', ['ReplicationUpgrade/site', ...site, '-c', 'captures/calm', '--now', '+1h'], 4],
    ['for advisory use', [plan, ...halfDone, '--exit-zero'], 0],
    ['a kind that does not exist', ['ReplicationUpgarde/site', ...halfDone], 2],
    ['a name that nearly is one', ['BondModeFlipPlan/site1', ...halfDone], 2],
    ['a name that cannot be one', ['BondModeFlipPlan/Site!', ...halfDone], 2],
    ['a kind alone', ['BondModeFlipPlan', ...halfDone], 2],
    [
      'a profile that drives none',
      ['ReplicationUpgrade/site', '-p', 'profiles/single-node', '-c', 'captures/single-node'],
      2,
    ],
  ])('exit code: %s', async (_, args, expected) => {
    const { code, out, err } = await planned(...args);
    expect(code).toBe(expected);
    if (expected === 2) expect({ out, told: err !== '' }).toEqual({ out: '', told: true });
    else expect(out).not.toBe('');
  });

  test('a slip names the likely one', async () => {
    expect((await planned('ReplicationUpgarde/site', ...halfDone)).err).toContain('did you mean `ReplicationUpgrade`?');
    expect((await planned('BondModeFlipPlan/sit', ...halfDone)).err).toContain('did you mean `site`?');
    expect((await planned('BondModeFlipPlan', ...halfDone)).err).toContain('there are BondModeFlipPlan/site');
  });

  test.each([
    [[plan, ...halfDone]],
    [['ReplicationUpgrade/site', ...site, '-c', 'captures/calm']],
    [['ReplicationUpgrade/site', ...site, '-c', 'captures/silent-node']],
    [['BondModeFlipPlan/another', ...site, '-c', 'captures/one-side-flipped']],
  ])('%j as data, by its schema', async (args) => {
    const json = await planned(...args, '-o', 'json');
    validates('plan', json.out);
    const { steps, verdict } = JSON.parse(json.out) as { steps: { number: number }[]; verdict: string };
    expect(steps.map(({ number }) => number)).toEqual(steps.map((_, at) => at + 1));
    expect(json.code).toBe({ open: 0, closed: 3, unknown: 4 }[verdict]);
  });

  test('names are states, and YAML has what JSON has', async () => {
    const { out } = await planned(plan, ...halfDone, '-o', 'name');
    expect(out.split('\n')[0]).toBe(`${plan}/FlipBonds`);
    const { parse } = await import('yaml');
    const [yaml, json] = [
      await planned(plan, ...halfDone, '-o', 'yaml'),
      await planned(plan, ...halfDone, '-o', 'json'),
    ];
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  });

  test('of one that turns back: what is taken back, the last first, and no step after it', async () => {
    const aborted = withStatus((_, object) => {
      object.spec = { abort: { by: 'ops@site' } };
    });
    const { code, out } = await planned(plan, ...site, '-c', aborted);
    expect(code).toBe(0);
    expect(out).toMatch(
      /TAKES BACK, the last first\n {2}FlipBonds +bond\.revert for node-a node-b\n {2}DisconnectReplication +drbd\.connect for node-a node-b node-c\n/,
    );
    expect(out).not.toMatch(/\n 2 {2}/);
  });

  test('of one that nobody can read: no step, and exit 3', async () => {
    const foreign = withStatus((status) => Object.assign(status, { state: 'Nowhere' }));
    const { code, out } = await planned(plan, ...site, '-c', foreign);
    expect(code).toBe(3);
    expect(out).toContain('HALT');
    expect(out).not.toMatch(/\n 1 {2}/);
  });

  test('fits a terminal, and in ASCII nothing but ASCII', async () => {
    const { out } = await nwctl(['plan', plan, ...halfDone, '--ascii', '--color', 'never'], { columns: 80 });
    expect(out).toMatch(/^[ -~\n]*$/);
    const words = out.split('\n').filter((line) => line.includes(' '));
    expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });
});

describe('plan diff', () => {
  const diff = (...args: readonly string[]): Promise<Ran> => nwctl(['plan', 'diff', ...args]);
  const [calm, flipped] = ['captures/calm', 'captures/one-side-flipped'];

  test('of two captures: steps that came, gates that are asked now, and what is left to do', async () => {
    const { code, out, err } = await diff(calm, flipped, ...site, '-w', 'BondModeFlipPlan/site');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^BondModeFlipPlan\/site {2}captures\/calm → captures\/one-side-flipped\n/);
    expect(out).toMatch(
      /STEPS ADDED\n {2}DisconnectReplication +drbd\.disconnect on node-a node-b node-c\n {2}FlipBonds/,
    );
    expect(out).toMatch(/WHAT IS LEFT TO DO\n {2}StageNetwork +so already → \S.* {2}network\.stage on node-b\n/);
  });

  test('the other way round the same are gone', async () => {
    const { out } = await diff(flipped, calm, ...site, '-w', 'BondModeFlipPlan/site', '-o', 'json');
    validates('plan-diff', out);
    expect(JSON.parse(out)).toMatchObject({
      differs: true,
      added: [],
      gone: ['DisconnectReplication', 'FlipBonds', 'VerifyBonds', 'CommitBonds', 'ReconnectReplication'],
    });
  });

  test('what became possible, and what no longer is', async () => {
    const of = ['-w', 'ReplicationUpgrade/site', ...site];
    const lost = await diff(calm, 'captures/legacy-mid-upgrade', ...of);
    const won = await diff('captures/legacy-mid-upgrade', calm, ...of);
    expect(lost.out).toMatch(/NO LONGER POSSIBLE\n {2}Idle +open → closed {2}legacy-at-rest/);
    expect(lost.out).toContain('was at Idle (advance), is at Idle (hold)');
    expect(won.out).toMatch(/POSSIBLE NOW\n {2}Idle +closed → open {2}legacy-at-rest: it was that /);
  });

  test('of two kept plans no profile is needed; a kept plan and its capture are the same', async () => {
    const root = folderWith();
    const kept = await nwctl(['plan', plan, ...halfDone, '-o', 'json']);
    writeFileSync(join(root, 'kept.json'), kept.out);
    expect(await diff(join(root, 'kept.json'), join(root, 'kept.json'), '--exit-code')).toMatchObject({ code: 0 });
    const same = await diff(join(root, 'kept.json'), capture, ...site, '--exit-code');
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toContain('the two plans are the same');
  });

  test.each<[string, readonly string[], number, string]>([
    ['they differ, and nobody asked', [calm, flipped, ...site, '-w', plan], 0, ''],
    ['they differ, and somebody did', [calm, flipped, ...site, '-w', plan, '--exit-code'], 5, ''],
    ['flags before the second word', ['-w', plan, calm, flipped, ...site, '--exit-code'], 5, ''],
    ['no workflow is named', [calm, flipped, ...site], 2, 'which workflow is meant is not said'],
    ['no profile', [calm, flipped, '-w', plan], 2, 'no profile was given'],
    ['no such capture', [calm, 'captures/nowhere', ...site, '-w', plan], 2, 'captures/nowhere'],
    ['one argument', [calm, ...site], 2, '`NEW` is missing'],
  ])('exit code: %s', async (_, args, expected, says) => {
    const { code, err } = await diff(...args);
    expect({ code, err }).toEqual({ code: expected, err: says === '' ? '' : expect.stringContaining(says) });
  });

  test.each<[string, (plan: Fields) => void, string]>([
    [
      'of another version',
      (kept) => Object.assign(kept, { schemaVersion: 'plan/v2' }),
      '`schemaVersion` is not `plan/v1`',
    ],
    ['without steps', (kept) => delete kept.steps, '`steps` is missing'],
    [
      'with a step of nothing',
      (kept) => Object.assign(kept, { steps: [{ state: 'Idle', command: 7 }] }),
      '`steps.0.command` is no text',
    ],
  ])('a kept plan %s is refused, naming the member', async (_, change, says) => {
    const kept = JSON.parse((await nwctl(['plan', plan, ...halfDone, '-o', 'json'])).out) as Fields;
    change(kept);
    const root = folderWith({ 'kept.json': JSON.stringify(kept) });
    const { code, err } = await diff(join(root, 'kept.json'), 'captures/flip-half-done', ...site);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(says) });
    expect(err).toContain('explain PLAN_INVALID');
  });
});

describe('test takes workflows through a sequence', () => {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RuleTest\nmetadata: {name: a-test}\n';
  const here = process.cwd();

  async function ran(steps: string, capture: string, ...args: readonly string[]): Promise<Ran> {
    const root = folderWith();
    cpSync('profiles', root, { recursive: true });
    // Of this profile only: the packs' own tests name captures that are not here.
    const { rmSync } = await import('node:fs');
    rmSync(join(root, 'packs', 'tests'), { recursive: true });
    const text = `${head}spec:\n  says: x\n  capture: ${here}/captures/${capture}\n  steps:\n${steps}`;
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(root, 'three-node', 'tests'));
    writeFileSync(join(root, 'three-node', 'tests', 'a.yaml'), text.replace(`${here}/`, relativeTo(root)));
    return nwctl(['test', join(root, 'three-node'), ...args]);
  }

  /** A test's capture is named as seen from its file. */
  function relativeTo(root: string): string {
    const depth = join(root, 'three-node', 'tests').split('/').length - 1;
    return `${'../'.repeat(depth)}${here.slice(1)}/`;
  }

  test('what a pass writes, the next step begins with', async () => {
    const steps = [
      `    - expect: {workflow: {ReplicationUpgrade/site: {state: Idle, decision: advance, to: PreconditionsCheck}}}`,
      `    - expect: {workflow: {ReplicationUpgrade/site: {state: PreconditionsCheck, decision: advance, to: AcquireLock}}}`,
      `    - {advance: 2h, expect: {workflow: {ReplicationUpgrade/site: {state: AcquireLock, decision: hold, overdue: true}}}}`,
    ];
    const { code, out } = await ran(`${steps.join('\n')}\n`, 'calm', '-v');
    expect(out).toContain('1 test, all passed');
    expect(code).toBe(0);
    expect(out).toMatch(
      /\n {6}2026-\S+Z\n {6}ReplicationUpgrade\/site {2}at Idle for 0ms \(budget 1h\)\n {8}✓ ADVANCE {2}to PreconditionsCheck: /,
    );
  });

  test.each([
    ['state', '{state: VerifyBonds}', 'is at FlipBonds, not at VerifyBonds'],
    ['decision', '{decision: advance}', 'is decided hold, not advance'],
    ['to', '{to: VerifyBonds}', 'goes nowhere, not to VerifyBonds'],
    ['overdue', '{overdue: true}', 'is not overdue'],
  ])('another %s than expected fails, and says what came', async (_, expected, says) => {
    const { code, out } = await ran(`    - expect: {workflow: {${plan}: ${expected}}}\n`, 'flip-half-done');
    expect(code).toBe(3);
    expect(out).toContain(`${plan}: ${says}`);
    expect(out).toContain('because node.journalOutcome of node-b order 12');
  });

  test('a name that the capture does not have begins anew, and a failure says which are there', async () => {
    const steps = '    - expect: {workflow: {BondModeFlipPlan/stie: {state: FlipBonds}}}\n';
    const { code, out } = await ran(steps, 'flip-half-done');
    expect(code).toBe(3);
    expect(out).toContain('is at Idle, not at FlipBonds (it is not in the capture, which has BondModeFlipPlan/site)');
  });

  test('a state that does not exist is a mistake of the test', async () => {
    const { code, err } = await ran(`    - expect: {workflow: {${plan}: {state: FlipBnds}}}\n`, 'flip-half-done');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('did you mean `FlipBonds`?') });
  });

  test('as data, by its schema', async () => {
    const steps = `    - expect: {workflow: {${plan}: {decision: hold}}}\n`;
    const { out } = await ran(steps, 'flip-half-done', '-o', 'json');
    validates('test', out);
    expect(JSON.parse(out)).toMatchObject({
      tests: [{ steps: [{ workflows: [{ workflow: plan, decision: 'hold' }] }] }],
    });
  });

  test('a workflow of the capture is begun with these rules, whichever it names', async () => {
    const { code, out } = await nwctl(['test', 'profiles/three-node', '--run', 'incident-two-sides', '-o', 'wide']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /✓ ADVANCE {2}bond\.set-mode for node-c\n +order 13: bond\.set-mode mode=active-backup on node-c\n/,
    );
    expect(out).toMatch(/✓ ADVANCE {2}to VerifyBonds: /);
    expect(out).not.toContain('K5');
  });
});

describe('completion', () => {
  const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await nwctl(['__complete', '--', ...words])).out.split('\n').map((line) => line.split('\t')[0] ?? '');

  test('knows the second word of plan, and the workflows of the capture and the profile', async () => {
    expect(await complete('plan', '')).toContain('diff');
    const names = await complete('plan', ...halfDone, '');
    expect(names).toContain(plan);
    expect(names).toContain('ReplicationUpgrade/site');
    expect(await complete('plan', 'diff', '')).toContain(':files');
    expect(await complete('plan', 'diff', '--w')).toContain('--workflow');
  });
});
