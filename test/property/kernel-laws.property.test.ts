import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommandName } from '../../src/kernel/command.ts';
import { decideWorkflow } from '../../src/kernel/decide-workflow.ts';
import { TRUE } from '../../src/kernel/verdict.ts';
import { runs, thorough } from '../support/runs.ts';
import { shownOf, sightOf, type ToySite, type ToyStep, toyMachine, undoOf } from '../support/toy-site.ts';
import { type Event, Walk } from '../support/toy-walk.ts';

const withUndo = Object.keys(undoOf).filter((name) => name !== 'site.take-lock') as CommandName[];
const aStep: fc.Arbitrary<ToyStep> = fc.record({
  command: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...withUndo) },
    { weight: 1, arbitrary: fc.constant('look' as const) },
  ),
  atATime: fc.integer({ min: 1, max: 3 }),
  overdue: fc.constantFrom('hold' as const, 'fail' as const),
  final: fc.constant(false),
  where: fc.boolean(),
  short: fc.integer({ min: 0, max: 3 }).map((die) => die === 0),
  frozen: fc.boolean(),
});
const steps = fc
  .tuple(
    fc.array(aStep, { minLength: 1, maxLength: 4 }),
    fc.option(fc.constantFrom<CommandName>('bond.confirm', 'volume.raise-placement'), { nil: undefined }),
  )
  .map(([first, last]): readonly ToyStep[] =>
    last === undefined ? first : [...first, { command: last, atATime: 1, overdue: 'hold', final: true }],
  );

const aSite: fc.Arbitrary<ToySite> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 4 }),
    volumes: fc.integer({ min: 0, max: 3 }),
    step: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ nodes, volumes, step }) => ({
    nodes: new Map(
      Array.from({ length: nodes }, (_, index) => [
        `n${index}`,
        {
          uid: `u${index}`,
          bootId: `b${index}`,
          marks: new Set<string>(),
          journal: {
            epoch: 0,
            step,
            workflow: step === 0 ? null : 'old',
            outcome: step === 0 ? 'none' : step % 4 === index ? 'accepted' : 'done',
          },
        },
      ]),
    ),
    volumes: new Map(Array.from({ length: volumes }, (_, index) => [`v${index}`, new Set<string>()])),
    siteMarks: new Set<string>(),
    shows: new Map<string, string>(),
    lock: null,
    gates: new Map(),
    healthy: true,
  }));

const index = fc.integer({ min: 0, max: 3 });
const gateNames = [
  'gate:begin',
  'guard:calm',
  ...[0, 1, 2, 3, 4].flatMap((at) => [`gate:before-S${at}`, `gate:after-S${at}`, `gate:short-S${at}`]),
  ...['n0', 'n1', 'v0', 'v1', 'site'].map((member) => `where:${member}`),
];
const mild: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Event>({ kind: 'look' }) },
  { weight: 12, arbitrary: fc.constant<Event>({ kind: 'round' }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      node: index,
      how: fc.constantFrom(
        'well' as const,
        'well' as const,
        'well' as const,
        'dies-after' as const,
        'dies-before' as const,
        'accepts' as const,
        'refuses' as const,
        'fails' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('silence' as const), node: index, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lock-unknown' as const), on: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('gate' as const),
      name: fc.constantFrom(...gateNames),
      truth: fc.constantFrom(0 as const, 1 as const, 2 as const, 2 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unwell' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'leader' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'status-lost' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deposed' as const), back: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 90_000 }) }) },
);
const hard: fc.Arbitrary<Event> = fc.oneof(
  { weight: 30, arbitrary: mild },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reboot' as const, 'replaced' as const), node: index }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Event>(
      { kind: 'new-node' },
      { kind: 'new-volume' },
      { kind: 'volume-gone' },
      { kind: 'lock-stolen' },
      { kind: 'abort' },
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), back: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), ms: fc.integer({ min: -200_000, max: 200_000 }) }),
  },
);
const aCase = (event: fc.Arbitrary<Event>) =>
  fc.record({
    steps,
    site: aSite,
    grace: fc.option(fc.constantFrom(0, 30_000), { nil: undefined }),
    events: fc.array(event, { minLength: 10, maxLength: 120 }),
  });

/** Everybody works and is looked at until it rests. */
function finish(walk: Walk): string {
  walk.calmDown();
  let last = '';
  for (let pass = 0; pass < 400; pass += 1) {
    const decision = walk.pass();
    if (decision.kind === 'rest' || (decision.kind === 'halt' && decision.next === undefined)) return '';
    // A restored status may give a number anew that another order had: no journal tells, and then it waits, late and loud.
    if (walk.restored && decision.kind === 'hold' && decision.overdue) last = 'overdue';
    else last = JSON.stringify('because' in decision ? decision.because : decision);
    for (let node = 0; node < walk.world.nodes.size; node += 1) walk.happen({ kind: 'work', node, how: 'well' });
    walk.nowMs += 400;
    walk.happen({ kind: 'look' });
  }
  return last;
}

describe('whatever a pack asks and whatever happens', () => {
  test('K1 K2 K3 K4 K7 K9 K10 K11 K12: no decision breaks a law, and with faults that end every workflow ends', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(aCase(hard), ({ steps, site, grace, events }) => {
        const walk = new Walk(toyMachine(steps, grace), copy(site, steps));
        for (const event of events) {
          walk.happen(event);
          walk.pass();
        }
        const last = finish(walk);
        expect(walk.broken).toEqual([]);
        const end = walk.status.outcome ?? (last === 'overdue' ? last : `${walk.status.state}: ${last}`);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        expect(['complete', 'undone', 'halted', 'overdue'], `ended in ${end}`).toContain(end);
      }),
      runs('KERNEL_LAWS', 4000),
    );
    if (thorough)
      for (const end of ['complete', 'undone', 'halted']) expect(ends.get(end) ?? 0, end).toBeGreaterThan(20);
  });

  test('K8: taken back before a point of no return, nothing is left of it, and the lock is free', () => {
    let undone = 0;
    fc.assert(
      fc.property(aCase(mild), fc.integer({ min: 0, max: 119 }), ({ steps, site, events }, when) => {
        const walk = new Walk(toyMachine(steps), copy(site, steps));
        for (const [at, event] of events.entries()) {
          if (at === when) walk.abort = true;
          walk.happen(event);
          walk.pass();
        }
        walk.abort = true;
        const passed = walk.status.passed;
        const last = finish(walk);
        expect(walk.broken).toEqual([]);
        if (walk.status.outcome !== 'undone') {
          const end = walk.status.outcome ?? `${walk.status.state}: ${last}`;
          expect(passed === undefined ? ['halted', 'complete'] : ['halted', 'complete', end]).toContain(end);
          return;
        }
        undone += 1;
        expect(walk.marks()).toEqual([]);
        expect(walk.world.lock).toBe(null);
        // What was fenced off stays fenced off, also when an agent finds it later.
        for (const { order } of walk.slots.values())
          expect(order.step).toBeLessThanOrEqual(walk.world.nodes.get(order.node)?.journal.step ?? 0);
      }),
      runs('KERNEL_WAY_BACK', 3000),
    );
    if (thorough) expect(undone).toBeGreaterThan(200);
  });

  test('K2: who sees less decides the same, or waits', () => {
    let advanced = 0;
    fc.assert(
      fc.property(
        aCase(mild),
        fc.array(index, { maxLength: 3 }),
        fc.boolean(),
        fc.array(fc.constantFrom(...gateNames), { maxLength: 3 }),
        ({ steps, site, grace, events }, silent, lockUnknown, gates) => {
          const walk = new Walk(toyMachine(steps, grace), copy(site, steps));
          for (const event of events) {
            walk.happen(event);
            const names = [...walk.world.nodes.keys()];
            const less = {
              site: {
                ...walk.view.site,
                gates: new Map([...walk.view.site.gates, ...gates.map((name): [string, 1] => [name, 1])]),
              },
              silent: new Set([...walk.view.silent, ...silent.map((at) => names[at % names.length] ?? '')]),
              lockUnknown: walk.view.lockUnknown || lockUnknown,
              seenAtMs: walk.view.seenAtMs,
              orders: walk.view.orders,
            };
            const blind = decideWorkflow(walk.machine, walk.status, sightOf(less, walk.nowMs, walk.epoch));
            const full = decideWorkflow(walk.machine, walk.status, sightOf(walk.view, walk.nowMs, walk.epoch));
            if (blind.kind === 'advance') {
              advanced += 1;
              // It may do less of the same: fewer orders, the same place. Only that somebody failed it may overlook a while.
              const stays = blind.to === walk.status.state;
              const failed = full.kind === 'undo' && full.to === walk.machine.rollingBack;
              if (!(stays && failed)) expect(full.kind === 'halt' ? 'halt' : full.kind).toBe('advance');
              if (full.kind === 'advance') {
                expect(full.to).toBe(blind.to);
                const all = new Set(full.orders.map(({ object, command }) => `${command} ${object}`));
                if (full.orders.length >= blind.orders.length)
                  expect(blind.orders.length === 0 || all.size > 0).toBe(true);
              }
            }
            walk.pass();
          }
        },
      ),
      runs('KERNEL_BLIND', 1500),
    );
    if (thorough) expect(advanced).toBeGreaterThan(1000);
  });

  test('K5: another pack’s machine decides nothing', () => {
    fc.assert(
      fc.property(aCase(mild), ({ steps, site, events }) => {
        const walk = new Walk(toyMachine(steps), copy(site, steps));
        for (const event of events) {
          walk.happen(event);
          const other = { ...walk.machine, digest: 'another' };
          const decision = decideWorkflow(other, walk.status, sightOf(walk.view, walk.nowMs, walk.epoch));
          expect(decision.kind === 'rest' || (decision.kind === 'halt' && decision.next === undefined)).toBe(true);
          walk.pass();
        }
      }),
      runs('KERNEL_PINNED', 300),
    );
  });
});

function copy(site: ToySite, steps: readonly ToyStep[]): ToySite {
  return {
    ...site,
    shows: shownOf(steps),
    nodes: new Map(
      [...site.nodes].map(([name, one]) => [name, { ...one, marks: new Set(), journal: { ...one.journal } }]),
    ),
    volumes: new Map([...site.volumes.keys()].map((name) => [name, new Set<string>()])),
    siteMarks: new Set(),
    gates: new Map([['gate:begin', TRUE]]),
  };
}
