import { beforeEach, describe, expect, test } from 'vitest';
import { journalPath } from '../../../src/agent/instruction.ts';
import { lineOf } from '../../../src/agent/journal.ts';
import { agentStatusKind, newAgentStatus } from '../../../src/crd/agent-status.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import { lockHolderOf, newWorkflow, type Order, type WorkflowStatus } from '../../../src/kernel/workflow.ts';
import { journalsOf } from '../../../src/sim/oracles/journals.ts';
import { type Jury, juryOf } from '../../../src/sim/oracles/jury.ts';
import { truthsOf } from '../../../src/sim/oracles/truth.ts';
import type { Violation } from '../../../src/sim/oracles/violation.ts';
import { randomOf } from '../../../src/sim/random.ts';
import { simWorld } from '../../../src/sim/real-world.ts';
import type { Runner } from '../../../src/sim/runner.ts';
import { type SimWorld, truthOf } from '../../../src/sim/sim-world.ts';
import { type Site, siteOf } from '../../../src/sim/site.ts';
import { kindOfWorkflow, lockLease, toyProfile } from '../../support/operator-site.ts';

/** A calm site of two nodes. Nobody runs in it: each test writes what a wrong operator or agent would. */
const startMs = Date.UTC(2026, 2, 4, 10);
const profile = toyProfile();
const compiled = profile.machineOf('ReplicationUpgrade');
if (compiled === undefined) throw new Error('the toy drives nothing');

let site: Site;
let world: SimWorld;
let jury: Jury;
let found: Violation[];
let note: () => void;
const journals = journalsOf();

beforeEach(() => {
  world = simWorld({ nodes: 2, volumes: 1, vms: 0 }, 'ReplicationUpgrade', profile, randomOf(1), startMs);
  site = siteOf(startMs, randomOf(1), world);
  found = [];
  for (const node of world.nodes()) journals.forget(node);
  const truths = truthsOf();
  const { time, api } = site;
  const violated = (law: Violation['law'], says: string): void => void found.push({ law, atMs: 0, says });
  jury = juryOf(
    { time, api, compiled, truths, journals, slackMs: () => 15_000, isLiedTo: () => false, violated },
    { kind: kindOfWorkflow, name: 'site' },
  );
  const senses = new Map();
  note = () => truths.note(time.nowMs, truthOf(site, world, profile.shape, journals, senses));
  api.put({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lockLease, spec: {} });
  for (const node of world.nodes()) api.put(newAgentStatus(node));
  api.put({
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'ReplicationUpgrade',
    metadata: { name: 'site' },
    spec: {},
  });
  note();
  api.onWrite((write) => jury.wrote(write));
});

const laws = (): readonly string[] => found.map(({ law, says }) => `${law} ${says}`);
const workflow = (): KubeObject => site.api.look(kindOfWorkflow, 'site') as KubeObject;
const uid = (): string => String(workflow().metadata.uid);

/** Written as the operator writes it, over whatever stands there. */
function write(change: Partial<WorkflowStatus>, more: object = {}): void {
  const before = (workflow().status as { workflow?: WorkflowStatus } | undefined)?.workflow;
  const id = {
    workflow: 'ReplicationUpgrade/site',
    uid: uid(),
    profile: profile.digest,
    machine: compiled?.machine.digest ?? '',
  };
  const next = { ...(before ?? newWorkflow(id, 'Idle', 1, startMs)), ...change };
  const answer = site.api.answer('operator-1', {
    verb: 'update-status',
    object: { ...workflow(), status: { workflow: next, ...more } },
  });
  expect(answer.kind).toBe('object');
}

function lock(holder: string | null): void {
  site.api.put({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lockLease,
    spec: { holderIdentity: holder },
  });
  note();
}

const cohort = (): NonNullable<WorkflowStatus['cohort']> => ({
  hand: 'node-a',
  facts: { 'bond.stagedMode': { 'node-a/bond1': 'none', 'node-b/bond1': 'none' } },
  nodes: world.nodes().map((name) => {
    const { uid: nodeUid, bootId } = nodeOf(name);
    return { name, uid: nodeUid, bootId };
  }),
});

function nodeOf(name: string): { uid: string; bootId: string } {
  const node = world.objects().find(({ kind, metadata }) => kind === 'Node' && metadata.name === name);
  const info = (node?.status as { nodeInfo: { bootID: string } } | undefined)?.nodeInfo;
  return { uid: String(node?.metadata.uid), bootId: String(info?.bootID) };
}

const order = (node: string, step: number, more: Partial<Order> = {}): Order => ({
  workflow: uid(),
  step,
  epoch: 1,
  node,
  bootId: nodeOf(node).bootId,
  object: node,
  command: 'network.stage',
  with: { mode: 'active-backup' },
  dependsOn: [],
  givenAtMs: startMs,
  ...more,
});
const turn = (orders: readonly Order[]): NonNullable<WorkflowStatus['turn']> => ({
  of: 'Stage',
  way: 'do',
  members: ['node-a', 'node-b'],
  excused: [],
  ended: {},
  tries: {},
  orders: Object.fromEntries(orders.map((one) => [one.node, one])),
});

function give(one: Order): void {
  const object = site.api.look(agentStatusKind, one.node) as KubeObject;
  const answer = site.api.answer('operator-1', {
    verb: 'update',
    object: { ...object, spec: { node: one.node, order: one } },
  });
  expect(answer.kind).toBe('object');
}

/** What an agent writes into its journal. */
function journal(node: string, entry: Parameters<typeof lineOf>[0]): void {
  const instruction = { do: 'append', path: journalPath, line: lineOf(entry) } as const;
  jury.carriedOut?.({ kind: 'agent', node } as Runner, instruction, { kind: 'done' });
}
const intent = (step: number, epoch = 1): Parameters<typeof lineOf>[0] => ({
  kind: 'intent',
  epoch,
  step,
  workflow: uid(),
  command: 'network.stage',
  object: 'node-a',
  content: 'x',
});

/** As far as the first order, rightly. */
function upToStage(orders: readonly Order[] = []): void {
  write({ state: 'AcquireLock' });
  lock(lockHolderOf(uid(), 1));
  write({ state: 'Stage', locked: true, done: [{ state: 'AcquireLock', members: ['site'] }] });
  write({ cohort: cohort() });
  write({ turn: turn(orders), step: orders.length });
}

describe('what is done rightly', () => {
  test('breaks no law', () => {
    upToStage([order('node-a', 1)]);
    give(order('node-a', 1));
    journal('node-a', intent(1));
    journal('node-a', { kind: 'outcome', step: 1, phase: 'done', why: '' });
    write({ turn: turn([order('node-a', 1), order('node-b', 2)]) });
    give(order('node-b', 2));
    expect(laws()).toEqual([]);
  });
});

describe('seen from outside is broken', () => {
  test('K1: leaving a step with a member that is not settled', () => {
    upToStage([order('node-a', 1)]);
    write({ state: 'ReleaseLock', turn: undefined as never });
    expect(laws().filter((law) => law.startsWith('K1'))).toHaveLength(2);
  });
  test('K1: leaving a step that nobody was served in', () => {
    upToStage();
    write({ turn: undefined as never });
    write({ state: 'ReleaseLock' });
    expect(laws()).toEqual(['K1 goes from Stage to ReleaseLock without having served anybody']);
  });
  test('K2: going where nothing leads', () => {
    write({});
    write({ state: 'Complete' });
    expect(laws()).toEqual(['K2 goes from Idle to Complete, and nothing leads there']);
  });
  test('K2: going through a gate that was closed for longer than anything may be believed', () => {
    world.strike({ kind: 'kubelet-silent', node: 'node-b' });
    for (let s = 0; s < 400; s += 5) {
      site.time.nowMs += 5_000;
      world.advance(site.time.nowMs);
      note();
    }
    write({});
    write({ state: 'AcquireLock' });
    expect(laws().join()).toMatch(/^K2 goes from Idle to AcquireLock past .*nodes-are-ready: node.ready of node-b/);
  });
  test('K2: not by a gate that was open a moment ago', () => {
    world.strike({ kind: 'kubelet-silent', node: 'node-b' });
    site.time.nowMs += 60_000;
    world.advance(site.time.nowMs);
    note();
    write({});
    write({ state: 'AcquireLock' });
    expect(laws()).toEqual([]);
  });
  test.each<[string, Partial<Order>, RegExp]>([
    ['K3: more at once than the act may', {}, /^K3 orders network.stage to node-b beside 1 others; 1 at a time$/],
    [
      'K7: an order of another epoch than the lock',
      { epoch: 2 },
      /K7 order 2 to node-b in epoch 2 without the site lock/,
    ],
  ])('%s', (_, more, says) => {
    const [first, second] = [order('node-a', 1), order('node-b', 2, more)];
    upToStage([first]);
    give(first);
    write({ turn: turn([first, second]) });
    give(second);
    expect(laws().join('\n')).toMatch(says);
  });
  test('K3: a second order to a node that works on its first', () => {
    upToStage([order('node-a', 1)]);
    give(order('node-a', 1));
    journal('node-a', intent(1));
    write({ turn: turn([order('node-a', 2)]) });
    give(order('node-a', 2));
    expect(laws()).toEqual(['K3 order 2 to node-a, which has order 1 under way']);
  });
  test('K4: another cohort', () => {
    upToStage();
    write({ cohort: { ...cohort(), nodes: cohort().nodes.slice(0, 1) } });
    expect(laws()).toEqual(['K4 the cohort is another in Stage than it was in Stage']);
  });
  test('K4: an order to a node that was restarted long ago', () => {
    const one = order('node-a', 1);
    const nodes = cohort().nodes.map((member) => ({ ...member, bootId: 'another boot' }));
    upToStage([one]);
    found.length = 0;
    const before = (workflow().status as { workflow: WorkflowStatus }).workflow;
    site.api.put({ ...workflow(), status: { workflow: { ...before, cohort: { ...cohort(), nodes } } } });
    give(one);
    expect(laws()).toEqual(['K4 order 1 to node-a, which was restarted']);
  });
  test('K5: another profile, another machine', () => {
    write({});
    write({ profile: 'sha256:x', machine: 'sha256:y' });
    expect(laws().map((law) => law.slice(0, 2))).toEqual(['K5', 'K5']);
  });
  test('K6: something written down as seen that never was so', () => {
    write({});
    write({
      cohort: { ...cohort(), facts: { 'bond.mode': { 'node-a/bond1': '802.3ad', 'node-b/bond1': 'balance-rr' } } },
    });
    expect(laws()).toEqual(['K6 bond.mode of node-a/bond1 is written down as 802.3ad, and was not so']);
  });
  test('K7: a lock that is claimed and not held', () => {
    write({ state: 'AcquireLock' });
    write({ state: 'Stage', locked: true });
    expect(laws()).toEqual(['K7 says that it holds the site lock, which it did not']);
  });
  test.each([
    ['complete', ['K7 is complete, and still holds the site lock']],
    ['undone', ['K7 is undone, and still holds the site lock']],
    ['halted', []],
  ] as const)('K7: a lock that is still held when it is %s', (outcome, said) => {
    upToStage();
    site.time.nowMs += 60_000;
    write({ outcome, because: 'x', state: outcome === 'undone' ? 'Idle' : 'Stage', cohort: undefined } as never);
    found.length = 0;
    jury.tick();
    expect(laws()).toEqual(said);
  });
  test.each([
    ['it was given back', null],
    ['another took it', 'another@1'],
  ])('K7: at an end %s just before', (_, holder) => {
    upToStage();
    site.time.nowMs += 60_000;
    lock(holder);
    write({ outcome: 'complete' });
    found.length = 0;
    jury.tick();
    expect(laws()).toEqual([]);
    // By a leader that came too late it is held again, and stays so.
    lock(lockHolderOf(uid(), 1));
    site.time.nowMs += 60_000;
    jury.tick();
    expect(laws()).toEqual(['K7 is complete, and still holds the site lock']);
  });
  test('K8: taking back what was done first before what was done last', () => {
    upToStage();
    const done = [
      { state: 'AcquireLock', members: ['site'] },
      { state: 'Stage', members: ['node-a'] },
    ];
    write({ state: 'RollingBack', done });
    write({ turn: { ...turn([]), of: 'AcquireLock', way: 'undo' } });
    expect(laws()).toEqual(['K8 takes AcquireLock back before Stage']);
  });
  test('K8: undone, and it is not as it was', () => {
    upToStage();
    const facts = { 'bond.mode': { 'node-a/bond1': 'active-backup' } };
    const before = (workflow().status as { workflow: WorkflowStatus }).workflow;
    site.api.put({
      ...workflow(),
      status: { workflow: { ...before, cohort: { ...cohort(), facts }, state: 'RollingBack', done: [] } },
    });
    write({ state: 'Idle', outcome: 'undone', cohort: undefined as never });
    expect(laws()).toEqual(['K8 is undone, and bond.mode of node-a/bond1 never was active-backup again']);
  });
  test('K8: a workflow at rest that is moved on', () => {
    write({ outcome: 'halted', because: 'x' });
    write({ state: 'AcquireLock', outcome: undefined as never });
    expect(laws()).toEqual(['K8 a workflow at rest (halted) is moved on to AcquireLock']);
  });
  test.each<[string, () => readonly Parameters<typeof lineOf>[0][], string]>([
    [
      'an older step',
      () => [intent(5), { kind: 'outcome', step: 5, phase: 'done', why: '' }, intent(4)],
      'seen order 5',
    ],
    ['an older leader', () => [{ kind: 'epoch', epoch: 3 }, intent(5, 2)], 'heard of epoch 3'],
    ['a second before the first has ended', () => [intent(5), intent(6)], 'order 5 has not ended'],
  ])('K9: an agent that takes up %s', (_, entries, says) => {
    write({});
    for (const entry of entries()) journal('node-a', entry);
    expect(laws().join()).toContain(says);
  });
  test('K9: a deed without an order in the journal', () => {
    write({});
    const run = { do: 'run', argv: ['drbdadm', 'disconnect', 'pvc-1'], timeoutMs: 1 } as const;
    jury.asked?.({ kind: 'agent', node: 'node-a' } as Runner, run);
    expect(laws()).toEqual(['K9 node-a runs drbdadm disconnect pvc-1 without an order in its journal']);
  });
  test('K9: an order that no status knows of', () => {
    upToStage([]);
    give(order('node-a', 1));
    expect(laws()).toEqual(['K9 order 1 to node-a is not among those that the status knows of']);
  });
  test('K10: going on after the database went back behind the journals', () => {
    upToStage();
    const copy = site.api.copy();
    write({ turn: turn([order('node-a', 1)]), step: 1 });
    give(order('node-a', 1));
    journal('node-a', intent(1));
    journal('node-a', { kind: 'outcome', step: 1, phase: 'done', why: '' });
    site.api.restore(copy);
    write({ turn: turn([order('node-b', 1)]), step: 1 });
    expect(laws()).toEqual([]);
    give(order('node-b', 1));
    expect(laws()).toContain('K10 order 1 to node-b although node-a has seen 1');
  });
  test('K10: not when the old database knows as much as the journals', () => {
    upToStage([order('node-a', 1)]);
    give(order('node-a', 1));
    journal('node-a', intent(1));
    journal('node-a', { kind: 'outcome', step: 1, phase: 'done', why: '' });
    const copy = site.api.copy();
    write({ unguardedSinceMs: { something: 5 } });
    site.api.restore(copy);
    write({ turn: turn([order('node-a', 1), order('node-b', 2)]), step: 2 });
    give(order('node-b', 2));
    expect(laws()).toEqual([]);
  });
  test('K11: more is asked of the storage while its I/O is frozen', () => {
    const more = order('node-a', 1, { command: 'volume.snapshot', object: 'pvc-1' });
    upToStage([more]);
    site.time.nowMs += 1_000;
    world.advance(site.time.nowMs);
    world.strike({ kind: 'io-suspended', volume: 'pvc-1' });
    note();
    give(more);
    expect(laws()).toEqual([]);
    for (let s = 0; s < 60; s += 5) {
      site.time.nowMs += 5_000;
      world.advance(site.time.nowMs);
      note();
    }
    const again = order('node-b', 2, { command: 'volume.snapshot', object: 'pvc-1' });
    write({ turn: turn([again]), step: 2 });
    give(again);
    expect(laws().join('\n')).toMatch(
      /^K11 volume.snapshot of pvc-1 while replica.suspended of pvc-1@node-[ab] is bad$/m,
    );
  });
  test('K12: a wait past its budget that nobody says is overdue', () => {
    write({});
    site.time.nowMs += 3_600_000 + 100_000;
    jury.tick();
    expect(laws()).toEqual([]);
    site.time.nowMs += 100_000;
    jury.tick();
    jury.tick();
    expect(laws()).toEqual(['K12 Idle is past its time and nobody says so']);
  });
  test.each(['Overdue', 'Halted'])('K12: not if somebody says so: %s', (type) => {
    write({}, { conditions: [{ type, status: 'True' }] });
    site.time.nowMs += 3_600_000 + 600_000;
    jury.tick();
    expect(laws()).toEqual([]);
  });
});
