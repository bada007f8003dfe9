import { describe, expect, test } from 'vitest';
import { decideWorkflow } from '../../../src/kernel/decide-workflow.ts';
import { TRUE, UNKNOWN } from '../../../src/kernel/verdict.ts';
import type { WorkflowDecision } from '../../../src/kernel/workflow-decision.ts';
import { sightOf, type ToyQuestion } from '../../support/toy-site.ts';
import { Story, step } from '../../support/toy-story.ts';

const stage = [step('network.stage')];
const flip = [step('bond.set-mode')];

function ordersOf(decision: WorkflowDecision): readonly string[] {
  if (decision.kind !== 'advance' && decision.kind !== 'undo') return [];
  return decision.orders.map(({ command, object }) => `${command} ${object}`);
}

describe('K1: the barrier', () => {
  test('is left when the last member is seen settled, and not when most are', () => {
    const story = new Story([step('network.stage', { atATime: 3 })], { nodes: 3 }).until('S0', 3);
    story.works('well', 0).works('well', 1);
    expect(story.says()).toBe('hold K1');
    story.works('well', 2);
    expect(story.pass()).toMatchObject({ kind: 'advance', to: 'Release' });
  });

  test('also waits for the order whose effect is there and whose agent has not ended', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1);
    story.works('accepts');
    story.walk.world.nodes.get('n0')?.marks.add('S0');
    expect(story.says()).toBe('hold K1');
  });

  test('«done» of an agent is not its effect', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works();
    story.walk.world.nodes.get('n0')?.marks.clear();
    expect(story.says()).toBe('hold settled:S0');
  });
});

describe('K2: unknown closes', () => {
  test('a gate of which nothing is known', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works();
    story.walk.world.gates.set('gate:after-S0', UNKNOWN);
    expect(story.says()).toBe('hold gate:after-S0');
  });

  test('a later way is taken only when the earlier is surely closed', () => {
    const story = new Story([step('look', { short: true }), step('look')]).until('Lock');
    const { gates } = story.walk.world;
    gates.set('gate:short-S0', UNKNOWN);
    story.until('S0');
    expect(story.says()).toBe('hold gate:short-S0');
    gates.set('gate:short-S0', 0);
    expect(story.pass()).toMatchObject({ kind: 'advance', to: 'S1' });
  });

  test('who takes part is asked of everybody before anybody is ordered', () => {
    const story = new Story([step('network.stage', { where: true })]);
    story.walk.world.gates.set('where:n1', UNKNOWN);
    story.until('S0');
    story.pass();
    expect(story.says()).toBe('hold where:S0');
    expect(story.walk.status.turn).toBe(undefined);
  });

  test('nobody is ordered of whom nothing is heard', () => {
    const story = new Story(stage, { nodes: 2 }).until('S0', 1).works();
    story.walk.happen({ kind: 'silence', node: 1, on: true });
    expect(story.says()).toBe('hold K10');
  });

  test('what was last seen before the order is neither its effect nor its failure', () => {
    const story = new Story(flip, { nodes: 1 }).until('S0', 1).works('fails');
    const { walk } = story;
    walk.happen({ kind: 'look' });
    const order = walk.status.turn?.orders.n0;
    const old = { ...walk.view, seenAtMs: order?.givenAtMs ?? 0 };
    const decision = decideWorkflow(walk.machine, walk.status, sightOf(old, walk.nowMs, 1));
    expect(decision.kind).toBe('hold');
    walk.pass();
    expect(story.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack' });
  });
});

describe('K6: an effect is what is seen of an order that was seen to have ended', () => {
  const bondOfN0 = { fact: 'bond.mode', object: 'n0/bond1', value: 'balance-rr' };

  /** As the story stands, with a question that reads a bond too, which the step does not move. */
  function lookedAt({ walk }: Story): WorkflowDecision<ToyQuestion> {
    return decideWorkflow(walk.machine, walk.status, {
      ...sightOf(walk.view, walk.nowMs, 1),
      reads: () => [bondOfN0],
    });
  }

  test('what it does not move is looked at once more after that', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works();
    const { walk } = story;
    walk.happen({ kind: 'look' });
    const because = [{ law: 'K6', fact: 'bond.mode', object: 'n0/bond1' }];
    expect(lookedAt(story)).toMatchObject({ kind: 'hold', because, next: { turn: { ended: { n0: walk.nowMs } } } });
    walk.pass(); // the toy's own question reads nothing else: this goes on
    expect(walk.status.state).toBe('Release');
  });

  test('and then it counts, from when the end was first seen', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works();
    const { walk } = story;
    walk.happen({ kind: 'look' });
    const seen = lookedAt(story);
    if (seen.kind !== 'hold') throw new Error(seen.kind);
    const later = { ...walk.view, seenAtMs: walk.nowMs + 5_000 };
    for (const [view, kind] of [
      [walk.view, 'hold'],
      [later, 'advance'],
    ] as const) {
      const sight = { ...sightOf(view, walk.nowMs + 6_000, 1), reads: () => [bondOfN0] };
      expect(decideWorkflow(walk.machine, seen.next, sight).kind).toBe(kind);
    }
  });

  test.each(['fails', 'dies-after'] as const)(
    'one that %s may have done it and undone it: nothing of before counts',
    (how) => {
      const story = new Story(flip, { nodes: 1 }).until('S0', 1).works(how);
      expect(story.says()).toBe(how === 'fails' ? 'hold settled:S0' : 'hold K6');
      expect(story.pass()).toMatchObject({ to: how === 'fails' ? 'RollingBack' : 'Release' });
    },
  );

  test('ordered once more, it is the newer order that is waited for', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works('refuses');
    expect(ordersOf(story.pass())).toEqual(['network.stage n0']);
    expect(story.walk.status.turn?.ended).toEqual({});
  });
});

describe('K3: one at a time', () => {
  test('as many as the step says, and the next when one has ended', () => {
    const story = new Story([step('network.stage', { atATime: 2 })], { nodes: 3 }).until('S0', 2);
    expect(ordersOf(story.pass())).toEqual([]);
    story.works('well', 1);
    expect(ordersOf(story.pass())).toEqual(['network.stage n2']);
  });

  test('what is done to volumes is done by one hand, one after the other', () => {
    const story = new Story([step('volume.snapshot', { atATime: 3 })], { volumes: 3 }).until('S0', 1);
    expect(ordersOf(story.pass())).toEqual([]);
    expect(Object.values(story.walk.status.turn?.orders ?? {}).map(({ node }) => node)).toEqual(['n0']);
  });

  test('no workflow begins while a node works on an order of another one', () => {
    const story = new Story(stage).until('Lock');
    const node = story.walk.world.nodes.get('n1');
    if (node !== undefined) node.journal = { epoch: 1, step: 4, workflow: 'other', outcome: 'accepted' };
    for (let round = 0; round < 3; round += 1) story.pass();
    expect(story.says()).toBe('hold K3');
    expect(story.walk.status.cohort).toBe(undefined);
  });
});

describe('K4: the cohort', () => {
  test.each([
    ['a node that was restarted', { kind: 'reboot', node: 1 } as const],
    ['another node of the same name', { kind: 'replaced', node: 1 } as const],
    ['a new node', { kind: 'new-node' } as const],
  ])('%s halts it, hands off', (_, event) => {
    const story = new Story(stage).until('S0', 1);
    story.walk.happen(event);
    expect(story.says()).toBe('halt K4');
    expect(story.pass()).toMatchObject({ kind: 'rest', outcome: 'halted' });
  });

  test('a node that is gone halts it', () => {
    const story = new Story(stage).until('S0', 1);
    story.walk.world.nodes.delete('n1');
    expect(story.says()).toBe('halt K4');
  });

  test.each(['new-volume', 'volume-gone'] as const)('%s while volumes are served halts it', (kind) => {
    const story = new Story([step('volume.snapshot')], { volumes: 2 }).until('S0', 1);
    story.walk.happen({ kind });
    expect(story.says()).toBe('halt K4');
  });

  test('a volume that went before its snapshot could be taken back halts the way back', () => {
    const story = new Story([step('volume.snapshot')], { volumes: 1 }).until('S0', 1).works();
    story.walk.abort = true;
    story.until('RollingBack');
    story.walk.happen({ kind: 'volume-gone' });
    expect(story.says()).toBe('halt K4');
  });

  test('a halt says where every node stands and what became of its order', () => {
    const story = new Story(flip).until('S0', 1);
    story.works('accepts', 0);
    story.walk.happen({ kind: 'new-node' });
    const decision = story.pass();
    expect(decision.kind === 'halt' && decision.nodes).toMatchObject([
      { node: 'n0', order: expect.stringContaining('under-way'), facts: expect.arrayContaining([]) },
      { node: 'n1' },
    ]);
    const facts = decision.kind === 'halt' ? decision.nodes.flatMap(({ facts }) => facts.map(({ fact }) => fact)) : [];
    expect(facts).toContain('bond.mode');
  });
});

describe('K5, K9, K10: who may decide at all', () => {
  test('another pack’s machine halts, and does not even write', () => {
    const { walk } = new Story(stage).until('S0', 1);
    const other = { ...walk.machine, digest: 'another' };
    const decision = decideWorkflow(other, walk.status, sightOf(walk.view, walk.nowMs, 1));
    expect(decision).toMatchObject({ kind: 'halt', because: [{ law: 'K5' }] });
    expect(decision).not.toHaveProperty('next');
  });

  test('what a newer leader wrote is not decided on by an older one, nor signed', () => {
    const { walk } = new Story(stage).until('S0', 1);
    const status = { ...walk.status, epoch: 2 };
    const decision = decideWorkflow(walk.machine, status, sightOf(walk.view, walk.nowMs, 1));
    expect(decision).toMatchObject({ kind: 'hold', because: [{ law: 'K9' }], next: { epoch: 2 } });
  });

  test('a journal that is further than the status says that the status is an old one', () => {
    const story = new Story(stage).until('S0', 1).works();
    const node = story.walk.world.nodes.get('n1');
    if (node !== undefined) node.journal = { epoch: 1, step: 9, workflow: 'uid-1', outcome: 'done' };
    expect(story.says()).toBe('halt K10');
  });

  test('a journal with orders of a workflow that has only begun says so too', () => {
    const story = new Story(stage).until('S0', 1).works();
    const { walk } = story;
    const [first] = walk.history;
    if (first !== undefined) walk.status = first;
    expect(walk.status).not.toHaveProperty('cohort');
    expect(story.says()).toBe('halt K10');
  });

  test('a clock that went back holds, and says that it is late', () => {
    const story = new Story(stage).until('S0', 1);
    story.walk.happen({ kind: 'clock', ms: -500_000 });
    expect(story.pass()).toMatchObject({ kind: 'hold', overdue: true, because: [{ law: 'K10' }] });
  });

  test('every order is newer than the one before, also in another epoch', () => {
    const story = new Story(stage, { nodes: 3 }).until('S0', 1).works();
    story.walk.happen({ kind: 'leader' });
    story.pass();
    story.pass();
    const orders = Object.values(story.walk.status.turn?.orders ?? {});
    expect(orders.map(({ step, epoch }) => `${epoch} ${step}`)).toEqual(['1 1', '2 2']);
  });

  test('numbers go on from the highest that any journal shows', () => {
    const story = new Story(stage);
    const node = story.walk.world.nodes.get('n1');
    if (node !== undefined) node.journal = { epoch: 1, step: 41, workflow: 'old', outcome: 'done' };
    story.until('S0', 1);
    expect(story.walk.status.turn?.orders.n0?.step).toBe(42);
  });
});

describe('K7: the lock', () => {
  test('is taken, and nothing goes on before it is seen', () => {
    const story = new Story(stage).until('Lock');
    expect(story.pass()).toMatchObject({ kind: 'advance', lock: { do: 'take', from: null, to: 'uid-1@1' } });
    expect(story.walk.pass()).toMatchObject({ kind: 'hold', because: [{ law: 'K7' }] }); // seen before it was written
    expect(story.pass()).toMatchObject({ kind: 'advance', to: 'S0', next: { locked: true } });
  });

  test('held by somebody else is waited for', () => {
    const story = new Story(stage);
    story.walk.world.lock = 'other@1';
    expect(story.until('Lock').says()).toBe('hold K7');
  });

  test.each([
    ['gone', null],
    ['somebody else’s', 'other@1'],
  ])('that is %s in the middle halts', (_, lock) => {
    const story = new Story(stage).until('S0', 1);
    story.walk.world.lock = lock;
    expect(story.says()).toBe('halt K7');
  });

  test('is taken over by a new leader before it orders anybody', () => {
    const story = new Story(stage).until('S0', 1).works();
    story.walk.happen({ kind: 'leader' });
    const decision = story.pass();
    expect(decision).toMatchObject({ kind: 'advance', lock: { from: 'uid-1@1', to: 'uid-1@2' }, orders: [] });
    expect(ordersOf(story.pass())).toEqual(['network.stage n1']);
  });

  test('that an old status never asked for is asked for again, so that it is given back at the end', () => {
    const story = new Story(stage).until('Lock');
    story.walk.world.lock = 'uid-1@1';
    expect(story.pass()).toMatchObject({ kind: 'advance', lock: { from: 'uid-1@1', to: 'uid-1@1' } });
    story.walk.abort = true;
    expect(story.ends()).toBe('undone');
    expect(story.walk.world.lock).toBe(null);
  });

  test('asked for and never seen, it is taken before it is given back: the write may still be on its way', () => {
    const story = new Story(stage).until('Lock');
    story.pass();
    story.walk.world.lock = null; // nobody has answered, and nothing stands there yet
    story.walk.abort = true;
    story.pass();
    expect(story.pass()).toMatchObject({ kind: 'undo', lock: { do: 'take', from: null, to: 'uid-1@1' } });
    expect(story.says()).toBe('undo');
    expect(story.walk.world.lock).toBe(null);
    expect(story.ends()).toBe('undone');
  });

  test('once it was asked to be given back, there is no way back', () => {
    const story = new Story(stage).until('Release');
    story.pass();
    story.walk.abort = true;
    expect(story.ends()).toBe('complete');
  });

  test('is still there when the machine would end: it does not', () => {
    const { walk } = new Story(stage).until('Release');
    const states = walk.machine.states.map((state) => {
      const { act: _, ...rest } = state;
      return state.name === 'Release' ? rest : state;
    });
    const decision = decideWorkflow({ ...walk.machine, states }, walk.status, sightOf(walk.view, walk.nowMs, 1));
    expect(decision).toMatchObject({ kind: 'halt', because: [{ law: 'K7' }] });
  });
});

describe('K8: the way back', () => {
  test('the last first, and within a state in reverse', () => {
    const story = new Story([step('site.suspend-migrations'), step('network.stage', { atATime: 2 })])
      .until('S1', 2)
      .works();
    story.walk.abort = true;
    const given: string[] = [];
    for (let round = 0; round < 40 && story.walk.status.outcome === undefined; round += 1) {
      given.push(...ordersOf(story.pass()));
      story.works();
    }
    expect(given).toEqual(['network.unstage n1', 'network.unstage n0', 'site.resume-migrations site']);
    expect(story.walk.status.outcome).toBe('undone');
    expect(story.walk.world.lock).toBe(null);
  });

  test('who was ordered and never seen to do it is ordered back too', () => {
    const story = new Story(stage).until('S0', 1);
    story.walk.happen({ kind: 'silence', node: 0, on: true });
    story.walk.abort = true;
    story.pass();
    expect(story.says()).toBe('hold K3'); // it may have begun what it was ordered before
    story.walk.happen({ kind: 'silence', node: 0, on: false });
    expect(ordersOf(story.pass())).toEqual(['network.unstage n0']);
    expect(story.ends()).toBe('undone');
  });

  test('by frozen facts: undone means that each reads as it did, seen after the order', () => {
    const story = new Story([step('bond.set-mode', { frozen: true })], { nodes: 1 }).until('S0', 1).works();
    story.walk.abort = true;
    story.until('RollingBack', 1).works();
    story.walk.world.nodes.get('n0')?.marks.add('S0');
    expect(story.says()).toBe('hold K8');
    expect(story.ends()).toBe('RollingBack, still');
    story.walk.world.nodes.get('n0')?.marks.delete('S0');
    expect(story.ends()).toBe('undone');
  });

  test('by frozen facts also of a volume that came between the beginning and its step', () => {
    const steps = [step('network.stage'), step('volume.snapshot', { frozen: true })];
    const story = new Story(steps, { nodes: 1, volumes: 1 }).until('S0', 1);
    story.walk.happen({ kind: 'new-volume' });
    story.until('S1', 1).works();
    story.pass();
    story.works();
    story.walk.abort = true;
    expect(story.ends()).toBe('undone');
    expect(story.walk.marks()).toEqual([]);
  });

  test('done, and when its time is over still not so, it is ordered once more', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works();
    story.walk.abort = true;
    story.until('RollingBack', 1).works();
    story.walk.world.nodes.get('n0')?.marks.add('S0');
    expect(story.says()).toBe('hold undone:S0');
    story.walk.happen({ kind: 'wait', ms: 61_000 });
    expect(ordersOf(story.pass())).toEqual(['network.unstage n0']);
    expect(story.ends()).toBe('undone');
  });

  test('what fails to be taken back is tried three times, then halts and names it', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works();
    story.walk.abort = true;
    story.until('RollingBack', 1);
    const tries = [];
    for (let round = 0; round < 20 && story.walk.status.outcome === undefined; round += 1) {
      story.works('fails');
      tries.push(...ordersOf(story.pass()));
    }
    expect(tries).toEqual(['network.unstage n0', 'network.unstage n0']);
    expect(story.walk.status).toMatchObject({ outcome: 'halted', because: expect.stringContaining('n0') });
  });

  test('a failed act goes back, and what was done before it too', () => {
    const story = new Story([step('network.stage'), step('bond.set-mode')]).until('S1', 1);
    story.works('fails', 0);
    expect(story.pass().kind).toBe('hold');
    expect(story.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack' });
    expect(story.ends()).toBe('undone');
    expect(story.walk.marks()).toEqual([]);
  });

  test('past a point of no return nobody is asked back, and a failure halts', () => {
    const story = new Story([step('network.stage'), step('bond.confirm', { final: true })]).until('S1', 1);
    story.walk.abort = true;
    const decision = story.pass();
    expect(decision).toMatchObject({ kind: 'hold', releases: expect.stringContaining('only goes on') });
    story.works('fails', 0);
    expect(story.says()).toBe('halt K8');
  });

  test('an act without a way back is a point of no return, whether or not the pack says so', () => {
    const { walk } = new Story(stage);
    const states = walk.machine.states.map((state) => {
      if (state.name !== 'S0' || state.act === undefined) return state;
      const { undo: _, ...act } = state.act;
      return { ...state, act };
    });
    const story = new Story(stage);
    Object.assign(story.walk, { machine: { ...walk.machine, states } });
    story.until('S0', 1);
    expect(story.walk.status).toMatchObject({ passed: 'S0', done: [] });
  });

  test('a person may take it back also while a guard does not hold', () => {
    const story = new Story(stage, { grace: 60_000 }).until('S0', 1);
    story.walk.world.gates.set('guard:calm', 0);
    expect(story.says()).toBe('hold guard:calm');
    story.walk.abort = true;
    expect(story.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack' });
  });
});

describe('an order that did not end well', () => {
  test.each([
    ['interrupted', 'network.stage', 'dies-before', 3],
    ['refused', 'network.stage', 'refuses', 3],
    ['failed', 'network.stage', 'fails', 1],
    ['interrupted, of what may be done once', 'bond.set-mode', 'dies-before', 1],
    ['refused, of what may be done once', 'bond.set-mode', 'refuses', 3],
  ] as const)('%s: %s is given so often and no oftener', (_, command, how, times) => {
    const story = new Story([step(command)], { nodes: 1 }).until('S0', 1);
    let given = 1;
    for (let round = 0; round < 12 && story.walk.status.state === 'S0'; round += 1) {
      story.works(how);
      given += ordersOf(story.pass()).length;
    }
    expect(given).toBe(times);
    expect(story.walk.status.state).toBe('RollingBack');
  });

  test('interrupted, and yet seen to have worked, has worked', () => {
    const story = new Story(flip, { nodes: 1 }).until('S0', 1).works('dies-after');
    story.pass();
    expect(story.pass()).toMatchObject({ kind: 'advance', to: 'Release' });
  });

  test('whose effect nobody can see has neither worked nor failed', () => {
    const story = new Story([step('volume.snapshot')], { volumes: 1 }).until('S0', 1).works('fails');
    const { walk } = story;
    walk.happen({ kind: 'look' });
    const silent = new Set(['v0']);
    const decision = decideWorkflow(walk.machine, walk.status, sightOf({ ...walk.view, silent }, walk.nowMs, 1));
    expect(decision.kind).toBe('hold');
  });

  test('is not forgotten for the next one on the same node', () => {
    const story = new Story([step('volume.snapshot', { atATime: 2 })], { volumes: 2 }).until('S0', 1).works('fails');
    const { walk } = story;
    walk.happen({ kind: 'look' });
    const blind = { ...walk.view, silent: new Set(['v0']) };
    const decision = decideWorkflow(walk.machine, walk.status, sightOf(blind, walk.nowMs, 1));
    expect(ordersOf(decision)).toEqual([]);
    expect(decision).toMatchObject({ kind: 'hold' });
    walk.pass();
    expect(story.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack' });
  });
});

describe('K3: what was ordered before is over before anybody is ordered back', () => {
  test('begun and not yet told: nobody is ordered until its end is seen', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1).works('accepts');
    story.walk.abort = true;
    expect(story.walk.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack', next: { turn: { way: 'do' } } });
    expect(story.says()).toBe('hold K3');
    expect(story.works().pass()).toMatchObject({ kind: 'undo' });
    expect(story.ends()).toBe('undone');
  });

  test('never begun: its agent has reported since it was taken away', () => {
    const story = new Story(stage, { nodes: 2 }).until('S0', 1);
    story.walk.abort = true;
    story.walk.pass();
    expect(story.walk.pass()).toMatchObject({ kind: 'hold', because: [{ law: 'K3' }], next: { turn: { ended: {} } } });
    expect(story.says()).toBe('hold K3'); // it stands there no longer; what is said may be of before
    expect(ordersOf(story.pass())).toEqual(['network.unstage n0']);
  });

  test('of which nobody knows whether it still stands, it may be begun any time', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1);
    const { walk } = story;
    walk.abort = true;
    story.pass();
    for (let pass = 0; pass < 3; pass += 1) {
      walk.happen({ kind: 'look' });
      const stands = { ...walk.view, orders: new Map([['n0', walk.status.step]]) };
      const decision = decideWorkflow(walk.machine, walk.status, sightOf(stands, walk.nowMs, 1), {});
      expect(decision).toMatchObject({ kind: 'hold', because: [{ law: 'K3' }] });
    }
  });

  test('of two, the one that is seen to be over is not asked for again', () => {
    const story = new Story([step('network.stage', { atATime: 2 })], { nodes: 2 }).until('S0', 2);
    story.walk.abort = true;
    story.walk.happen({ kind: 'silence', node: 0, on: true });
    for (let pass = 0; pass < 4; pass += 1) story.pass();
    story.walk.happen({ kind: 'silence', node: 0, on: false });
    expect(ordersOf(story.pass())).toEqual(['network.unstage n1', 'network.unstage n0']);
  });
});

describe('K10: an old status says nothing again', () => {
  test('on the way back nobody is ordered while an agent is not heard', () => {
    const story = new Story([step('network.stage', { atATime: 2 })], { nodes: 2 }).until('S0', 2).works();
    story.walk.abort = true;
    expect(story.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack' });
    story.walk.happen({ kind: 'silence', node: 0, on: true });
    expect(story.says()).toBe('hold K10'); // also n1, which is heard
    story.walk.happen({ kind: 'silence', node: 0, on: false });
    expect(ordersOf(story.pass())).toEqual(['network.unstage n1', 'network.unstage n0']);
  });

  test.each(['accepts', 'well'] as const)('what n0 %s stands only while every journal is known', (how) => {
    const story = new Story(stage, { nodes: 2 }).until('S0', 1).works(how, 0);
    const stands = (): readonly string[] => {
      const decision = story.pass();
      return 'stands' in decision ? decision.stands.map(({ object }) => object) : [decision.kind];
    };
    expect(stands()).toContain('n0');
    story.walk.happen({ kind: 'silence', node: 1, on: true });
    expect(stands()).toEqual([]);
    story.walk.happen({ kind: 'silence', node: 1, on: false });
    expect(stands()).toContain('n0');
  });
});

describe('K11: backpressure', () => {
  test('nothing is added while the storage is unwell; what adds nothing goes on', () => {
    const story = new Story([step('network.stage'), step('volume.snapshot')], { nodes: 1, volumes: 1 });
    story.walk.happen({ kind: 'unwell', on: true });
    story.until('S1');
    story.pass();
    expect(story.says()).toBe('hold K11');
    story.walk.happen({ kind: 'unwell', on: false });
    expect(ordersOf(story.pass())).toEqual(['volume.snapshot v0']);
  });
});

describe('K12: patience', () => {
  test('past its budget a hold is overdue, and passes nothing', () => {
    const story = new Story(stage, { nodes: 1 }).until('S0', 1);
    expect(story.pass()).toMatchObject({ kind: 'hold', overdue: false });
    story.walk.happen({ kind: 'wait', ms: 61_000 });
    expect(story.pass()).toMatchObject({ kind: 'hold', overdue: true });
  });

  test('past its budget a step that may fail fails, also while there is more to order', () => {
    const story = new Story([step('network.stage', { overdue: 'fail' })], { nodes: 2 }).until('S0', 1).works();
    story.walk.happen({ kind: 'wait', ms: 61_000 });
    expect(story.pass()).toMatchObject({ kind: 'undo', to: 'RollingBack' });
  });

  test('settled in the end, it goes on although it was late', () => {
    const story = new Story([step('network.stage', { overdue: 'fail' })], { nodes: 1 }).until('S0', 1).works();
    story.walk.happen({ kind: 'wait', ms: 61_000 });
    expect(story.pass()).toMatchObject({ kind: 'advance', to: 'Release' });
  });

  test('a guard is waited for as long as its grace, by a clock that may go back', () => {
    const story = new Story(stage, { grace: 30_000 }).until('S0', 1);
    story.walk.world.gates.set('guard:calm', UNKNOWN);
    story.walk.happen({ kind: 'wait', ms: 10_000 });
    expect(story.says()).toBe('hold guard:calm');
    story.walk.happen({ kind: 'clock', ms: -9_000 });
    expect(story.says()).toBe('hold guard:calm');
    story.walk.happen({ kind: 'wait', ms: 30_000 });
    expect(story.says()).toBe('halt guard:calm');
  });

  test('a guard that holds again in time has held', () => {
    const story = new Story(stage, { nodes: 1, grace: 30_000 }).until('S0', 1);
    story.walk.world.gates.set('guard:calm', 0);
    story.pass();
    story.walk.world.gates.set('guard:calm', TRUE);
    story.pass();
    story.walk.happen({ kind: 'wait', ms: 31_000 });
    story.walk.world.gates.set('guard:calm', 0);
    expect(story.says()).toBe('hold guard:calm');
  });

  test('why it halted is kept, and is bounded whatever names come from outside', () => {
    const story = new Story(stage).until('S0', 1);
    story.walk.world.lock = 'x'.repeat(100_000);
    story.pass();
    expect(story.walk.status.because?.length).toBeLessThan(1_000);
    expect(story.walk.broken).toEqual([]);
  });
});
