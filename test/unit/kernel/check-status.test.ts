import { describe, expect, test } from 'vitest';
import { readStatus } from '../../../src/kernel/check-status.ts';
import type { WorkflowStatus } from '../../../src/kernel/workflow.ts';
import { Story, step } from '../../support/toy-story.ts';

/** Whatever JSON can be: a status is spoilt here in ways that no type of ours allows. */
type Any = ReturnType<typeof JSON.parse>;

const steps = [step('network.stage', { atATime: 2 }), step('volume.snapshot')];
const guarded = { nodes: 2, volumes: 2, grace: 30_000 };
const ordered = new Story(steps, guarded).until('S0', 2).walk;
const snapshotting = new Story(steps, guarded).until('S1', 1).walk;
const goingBack = (() => {
  const story = new Story(steps, guarded).until('S1', 1);
  story.walk.abort = true;
  return story.until('RollingBack', 1).walk;
})();
const { machine } = ordered;

function read(status: WorkflowStatus, spoil: (status: Any) => void) {
  const json = JSON.parse(JSON.stringify(status));
  spoil(json);
  return readStatus(json, machine);
}

describe('a status that was written by us', () => {
  test.each([
    ['in a turn', ordered.status],
    ['of volumes', snapshotting.status],
    ['on its way back', goingBack.status],
  ])('%s is read as it was', (_, status) => {
    const found = read(status, () => undefined);
    expect(found).toEqual({ ok: true, status });
  });

  test('whatever its objects are called, nothing is lost or found that is not there', () => {
    const empty = read(snapshotting.status, (status) => {
      status.turn.members = ['__proto__', 'constructor'];
      status.turn.orders = {};
    });
    expect(empty.ok && empty.status.turn?.orders.constructor).toBe(undefined);
    const text = JSON.stringify(snapshotting.status).replace('"orders":{', '"orders":{"__proto__":null,');
    expect(readStatus(JSON.parse(text), machine)).toMatchObject({ ok: false, field: 'turn.orders.__proto__' });
  });
});

describe('a status that nobody of us wrote names its field', () => {
  const of = (which: WorkflowStatus) => (field: string, spoil: (status: Any) => void, says?: RegExp) =>
    [field, says ?? /./, which, spoil] as const;
  const turn = of(ordered.status);
  const volumes = of(snapshotting.status);
  const back = of(goingBack.status);

  test.each([
    turn('status', () => undefined, /no map/),
    turn('workflow', (it) => delete it.workflow, /missing/),
    turn('uid', (it) => (it.uid = ''), /empty/),
    turn('uid', (it) => (it.uid = 7), /no text/),
    turn('profile', (it) => (it.profile = 'x'.repeat(5000)), /longer/),
    turn('machine', (it) => (it.machine = 'sha256:other'), /another pack/),
    turn(
      'machine',
      (it) => {
        it.machine = 'sha256:other';
        it.state = 'Elsewhere';
      },
      /another pack/,
    ),
    turn('state', (it) => (it.state = 'Elsewhere'), /no state/),
    turn('epoch', (it) => (it.epoch = -1), /negative/),
    turn('serial', (it) => (it.serial = 1.5), /whole/),
    turn('sinceMs', (it) => (it.sinceMs = -5), /negative/),
    turn('sinceMs', (it) => (it.sinceMs = '5'), /whole/),
    turn('step', (it) => (it.step = 2 ** 60), /whole/),
    turn('locked', (it) => (it.locked = 'yes'), /neither/),
    turn('lockAskedAtMs', (it) => (it.lockAskedAtMs = -1), /negative/),
    turn('note', (it) => (it.note = 'mine'), /no field/),
    turn('cohort', (it) => delete it.cohort, /missing/),
    turn('cohort', (it) => (it.cohort = []), /no map/),
    turn('cohort.nodes', (it) => (it.cohort.nodes = []), /empty/),
    turn('cohort.nodes', (it) => (it.cohort.nodes[1] = it.cohort.nodes[0]), /twice/),
    turn('cohort.nodes', (it) => (it.cohort.nodes = Array(17).fill(it.cohort.nodes[0])), /more than 16/),
    turn('cohort.nodes.1.uid', (it) => delete it.cohort.nodes[1].uid, /missing/),
    turn('cohort.nodes.0.rack', (it) => (it.cohort.nodes[0].rack = 4), /no field/),
    turn('cohort.hand', (it) => (it.cohort.hand = 'n9'), /no node/),
    turn('cohort.facts', (it) => delete it.cohort.facts['bond.mode'], /leaves bond.mode out/),
    turn('cohort.facts', (it) => (it.cohort.facts['node.name'] = {}), /names node.name/),
    turn('cohort.facts.bond.mode.n0/bond1', (it) => (it.cohort.facts['bond.mode']['n0/bond1'] = { a: 1 }), /no value/),
    turn('turn.of', (it) => (it.turn.of = 'S1'), /does not fit/),
    turn('turn.way', (it) => (it.turn.way = 'sideways'), /neither/),
    turn('turn.of', (it) => (it.turn.way = 'undo'), /does not fit/),
    turn('turn.members', (it) => (it.turn.members = 'n0'), /no list/),
    turn('turn.members', (it) => (it.turn.members = ['n0', 'n0', 'n1']), /twice/),
    turn('turn.members', (it) => (it.turn.members = ['n1']), /leaves n0 out/),
    turn('turn.members', (it) => it.turn.members.push('n9'), /n9/),
    turn('turn.excused', (it) => (it.turn.excused = ['n0']), /twice/),
    turn(
      'turn.members',
      (it) => (it.turn.members = Array.from({ length: 1025 }, (_, at) => `n${at}`)),
      /more than 1024/,
    ),
    turn('turn.orders.n9', (it) => (it.turn.orders.n9 = { ...it.turn.orders.n0, object: 'n9' }), /no member/),
    turn('turn.orders.n0', (it) => (it.turn.orders.n0 = it.turn.orders.n1), /no member/),
    turn('turn.orders.n0.step', (it) => (it.turn.orders.n0.step = 99), /past the last/),
    turn('turn.orders.n0.step', (it) => (it.turn.orders.n0.step = 0), /first order/),
    turn('turn.orders.n1.step', (it) => (it.turn.orders.n1.step = it.turn.orders.n0.step), /another’s/),
    turn('turn.orders.n0.epoch', (it) => (it.turn.orders.n0.epoch = 9), /newer/),
    turn('turn.orders.n0.workflow', (it) => (it.turn.orders.n0.workflow = 'uid-2'), /another workflow/),
    turn('turn.orders.n0.node', (it) => (it.turn.orders.n0.node = 'n9'), /no node/),
    turn('turn.orders.n0.node', (it) => (it.turn.orders.n0.node = 'n1'), /not whose/),
    turn('turn.orders.n0.bootId', (it) => (it.turn.orders.n0.bootId = 'b9'), /not the boot/),
    turn('turn.orders.n0.command', (it) => (it.turn.orders.n0.command = 'rm -rf /'), /no command/),
    turn('turn.orders.n0.command', (it) => (it.turn.orders.n0.command = 'drbd.disconnect'), /not what S0/),
    turn('turn.orders.n0.with.mode', (it) => delete it.turn.orders.n0.with.mode, /missing/),
    turn(
      'turn.orders.n0.dependsOn.0.age',
      (it) => (it.turn.orders.n0.dependsOn = [{ fact: 'a', object: 'b', value: 1, age: 2 }]),
    ),
    turn('turn.orders.n0.force', (it) => (it.turn.orders.n0.force = true), /no field/),
    turn('turn.tries.n0', (it) => (it.turn.tries = { n0: 4 }), /more than 3/),
    turn('turn.tries.n9', (it) => (it.turn.tries = { n9: 2 }), /nobody/),
    turn('turn.tries.n0', (it) => (it.turn.tries = { n0: -2 }), /negative/),
    turn('done', (it) => it.done.push(it.done[0]), /twice/),
    turn('done', (it) => (it.done = Array(99).fill(it.done[0])), /more than/),
    turn('done.0.state', (it) => (it.done[0].state = 'Idle'), /nothing that could/),
    turn('done.0.members', (it) => (it.done[0].members = ['n0']), /site/),
    volumes('done.1.members', (it) => (it.done[1].members = ['n0', 'n9']), /n9/),
    volumes('turn.orders.v0.node', (it) => (it.turn.orders.v0.node = 'n1'), /not whose/),
    back('turn.members', (it) => it.turn.members.pop(), /leaves/),
    back('turn.of', (it) => (it.turn.of = 'S0'), /does not fit/),
    back('passed', (it) => (it.passed = 'S1'), /does not fit/),
    turn('passed', (it) => (it.passed = 'Elsewhere'), /no state/),
    turn('unguardedSinceMs.calmer', (it) => (it.unguardedSinceMs = { calmer: 1 }), /no guard/),
    turn('unguardedSinceMs.calm', (it) => (it.unguardedSinceMs = { calm: -1 }), /negative/),
    turn('outcome', (it) => (it.outcome = 'complete'), /does not fit/),
    turn(
      'outcome',
      (it) => {
        it.state = 'Halted';
        it.outcome = 'complete';
      },
      /does not fit/,
    ),
    turn('outcome', (it) => (it.state = 'Complete'), /does not fit/),
    turn('outcome', (it) => (it.outcome = 'undone'), /does not fit/),
    turn('outcome', (it) => (it.outcome = 'fine'), /no end/),
    turn('because', (it) => (it.because = 7), /no text/),
  ])('%s, %s', (field, says, status, spoil) => {
    const found = field === 'status' ? readStatus([status], machine) : read(status, spoil);
    expect(found.ok ? 'accepted' : found.field).toBe(field);
    expect(found.ok ? '' : found.says).toMatch(says);
  });

  test.each([null, 7, 'text', [], true, undefined])('%s is no status at all', (json) => {
    expect(readStatus(json, machine)).toMatchObject({ ok: false, field: 'status' });
  });
});
