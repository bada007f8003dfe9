import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOrder } from '../../src/crd/agent-status.ts';
import { readStatus } from '../../src/kernel/check-status.ts';
import { decideWorkflow } from '../../src/kernel/decide-workflow.ts';
import { maxMembers, maxNodes } from '../../src/kernel/workflow.ts';
import { runs, thorough } from '../support/runs.ts';
import { sightOf } from '../support/toy-site.ts';
import { Story, step } from '../support/toy-story.ts';

const steps = [
  step('network.stage', { atATime: 2, where: true }),
  step('volume.snapshot', { atATime: 2 }),
  step('bond.confirm', { final: true }),
];
const sizes = { nodes: 3, volumes: 2, grace: 30_000 };
const stories = [
  new Story(steps, sizes),
  new Story(steps, sizes).until('Lock'),
  new Story(steps, sizes).until('S0', 2),
  new Story(steps, sizes).until('S1', 1),
  new Story(steps, sizes).until('S2', 1),
  new Story(steps, sizes).until('Release'),
  goingBack('S0'),
  goingBack('S1'),
];

function goingBack(from: string): Story {
  const story = new Story(steps, sizes).until(from, 1);
  story.walk.abort = true;
  return story.until('RollingBack', 1);
}

/** Where something may be spoilt, and what with: a path by numbers, so that every part of any status can be hit. */
const spoiling = fc.record({
  path: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 }),
  how: fc.constantFrom('replace' as const, 'delete' as const, 'copy' as const, 'add' as const),
  with: fc.oneof(
    fc.constantFrom<unknown>(
      'n0',
      'n1',
      'n9',
      'v0',
      'S0',
      'S1',
      'RollingBack',
      'Halted',
      'site',
      'undo',
      '__proto__',
      'constructor',
    ),
    fc.constantFrom<unknown>(0, 1, 2, 3, 5, -1, 1.5, 1e300, 2 ** 53, 1_000_050),
    fc.constantFrom<unknown>(null, true, false, [], {}, ['n0'], 'complete', 'undone', 'halted'),
    fc.jsonValue({ maxDepth: 2 }),
  ),
});
type Spoiling = typeof spoiling extends fc.Arbitrary<infer T> ? T : never;

function spoil(json: unknown, { path, how, with: value }: Spoiling): void {
  let at = json as Record<string, unknown>;
  for (const [depth, turn] of path.entries()) {
    const keys = Object.keys(at);
    const key = keys[turn % keys.length];
    if (key === undefined) return;
    const inner = at[key];
    if (depth < path.length - 1 && typeof inner === 'object' && inner !== null) {
      at = inner as Record<string, unknown>;
      continue;
    }
    const other = keys[(turn + 1) % keys.length] ?? key;
    const items: unknown[] | undefined = Array.isArray(at) ? at : undefined;
    if (how === 'delete' && items !== undefined) items.splice(Number(key), 1);
    else if (how === 'delete') delete at[key];
    else if (how === 'copy') at[other] = structuredClone(inner);
    else if (how === 'add' && items !== undefined) items.push(value);
    else at[how === 'add' ? String(value) : key] = value;
    return;
  }
}

describe('whatever stands where a status should', () => {
  test('it is refused with its field, or decided on without an exception, and orders go to the cohort only', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.nat(stories.length - 1),
        fc.array(spoiling, { minLength: 1, maxLength: 3 }),
        fc.record({ silent: fc.subarray(['n0', 'n1', 'n2']), lockUnknown: fc.boolean(), later: fc.nat(200_000) }),
        fc.integer({ min: 0, max: 3 }),
        (which, spoilings, blind, epoch) => {
          const { walk } = stories[which] as Story; // of as many as there are
          const json = JSON.parse(JSON.stringify(walk.status));
          for (const one of spoilings) spoil(json, one);
          const read = readStatus(json, walk.machine);
          if (!read.ok) {
            expect(read.field).not.toBe('');
            expect(read.says).not.toBe('');
            return;
          }
          accepted += 1;
          const { silent, lockUnknown, later } = blind;
          const view = { ...walk.view, silent: new Set(silent), lockUnknown };
          for (const intent of [{}, { abort: { by: 'somebody' } }]) {
            const sight = sightOf(view, walk.nowMs + later, epoch);
            const decision = decideWorkflow(walk.machine, read.status, sight, intent);
            const orders = 'orders' in decision ? decision.orders : [];
            const cohort = ('next' in decision ? decision.next?.cohort : undefined) ?? read.status.cohort;
            for (const order of orders) {
              const node = cohort?.nodes.find(({ name }) => name === order.node);
              expect(node?.bootId, `order to ${order.node}`).toBe(order.bootId);
              expect(order.step).toBeGreaterThan(read.status.step);
            }
            if ('next' in decision && decision.next !== undefined)
              expect(readStatus(JSON.parse(JSON.stringify(decision.next)), walk.machine)).toMatchObject({ ok: true });
          }
        },
      ),
      runs('KERNEL_STATUS', 20_000),
    );
    if (thorough) expect(accepted).toBeGreaterThan(500);
  });

  test('any JSON is refused, and no order is read from it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        expect(readStatus(json, (stories[0] as Story).walk.machine).ok).toBe(false);
        expect(readOrder(json).ok).toBe(false);
      }),
      runs('KERNEL_STATUS_ANY', 2_000),
    );
  });

  test('an order that was spoilt is read as what it says, or not at all', () => {
    const orders = stories.flatMap(({ walk }) => Object.values(walk.status.turn?.orders ?? {}));
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...orders), spoiling, (order, one) => {
        const json = JSON.parse(JSON.stringify(order));
        spoil(json, one);
        const found = readOrder(json);
        if (!found.ok) return;
        read += 1;
        for (const field of ['workflow', 'step', 'epoch', 'node', 'bootId', 'object', 'command'] as const)
          expect(found.order[field]).toBe(json[field]);
      }),
      runs('KERNEL_ORDER', 5_000),
    );
    if (thorough) expect(read).toBeGreaterThan(100);
  });
});

describe('a status is bounded', () => {
  /** As if every volume had been served, each keeping its order until the state is left; with names as long as real ones. */
  function bytesOf(nodes: number, volumes: number): number {
    const served = new Story([step('volume.snapshot')], { nodes, volumes }).until('S0', 1).walk.status;
    const [one] = Object.values(served.turn?.orders ?? {});
    const members = served.turn?.members ?? [];
    const orders = Object.fromEntries(members.map((object) => [object, { ...one, object }]));
    expect(members.length).toBe(volumes);
    const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const text = JSON.stringify({ ...served, turn: { ...served.turn, orders } })
      .replaceAll(/"v(\d+)"/g, `"pvc-${uuid.slice(0, -4)}$1"`)
      .replaceAll(/"(?:uid-1|[ub]\d+)"/g, `"${uuid}"`)
      .replaceAll(/"n(\d+)"/g, '"edge-node-0123456789-$1"');
    return Buffer.byteLength(text);
  }

  test('of the largest cohort and the most volumes it is smaller than what an API server stores', () => {
    expect(bytesOf(3, 30)).toBeLessThan(16 * 1024);
    expect(bytesOf(maxNodes, maxMembers)).toBeLessThan(512 * 1024);
  });
});
