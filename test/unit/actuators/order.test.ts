import { describe, expect, test } from 'vitest';
import { orderMove, standingOrders } from '../../../src/actuators/order.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { Order } from '../../../src/kernel/workflow.ts';

const order: Order = {
  workflow: 'u1',
  step: 5,
  epoch: 2,
  node: 'node-a',
  bootId: 'boot',
  object: 'node-a',
  command: 'network.stage',
  with: { mode: 'active-backup' },
  dependsOn: [],
  givenAtMs: 1,
};

function carrying(carried: unknown, node: unknown = 'node-a'): KubeObject {
  return {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'NodewrightAgentStatus',
    metadata: { name: 'node-a', resourceVersion: '7' },
    spec: { node, ...(carried === undefined ? {} : { order: carried }) },
    status: { heartbeat: 1 },
  };
}

describe('K9: an order never stands over one of a higher epoch and step', () => {
  test.each([
    ['nothing', undefined, 'write'],
    ['nothing, as the API server says it', null, 'write'],
    ['an older step', { ...order, step: 4 }, 'write'],
    ['a higher step of an older leader', { ...order, epoch: 1, step: 9 }, 'write'],
    ['the same of an older leader', { ...order, epoch: 1 }, 'write'],
    ['the very same', order, 'carried'],
    ['the same with its members in another order', Object.fromEntries(Object.entries(order).reverse()), 'carried'],
    ['a newer step', { ...order, step: 6 }, 'newer'],
    ['an older step of a newer leader', { ...order, epoch: 3, step: 1 }, 'newer'],
    ['another order of this very step', { ...order, command: 'network.unstage' }, 'newer'],
    ['another argument of this very step', { ...order, with: { mode: 'balance-rr' } }, 'newer'],
    ['no order', 'do it', 'foreign'],
    ['an order without a number', { ...order, step: undefined }, 'foreign'],
    ['an order below zero', { ...order, epoch: -1 }, 'foreign'],
  ])('over %s: %s', (_, carried, what) => {
    const move = orderMove(carrying(carried), order);
    expect(move.kind === 'not' ? move.why : move.kind).toBe(what);
  });

  test('the object is the one that was read, with this order in it and nothing else changed', () => {
    const move = orderMove(carrying(undefined), order);
    expect(move).toEqual({ kind: 'write', object: { ...carrying(undefined), spec: { node: 'node-a', order } } });
  });

  test.each([
    ['no object', undefined, 'missing'],
    ['an object of another node', carrying(undefined, 'node-b'), 'foreign'],
    ['an object without a node', carrying(undefined, 7), 'foreign'],
  ])('%s takes none', (_, object, why) => {
    expect(orderMove(object, order)).toMatchObject({ kind: 'not', why });
  });
});

test('of each node the last order stands, in the epoch of whoever gives it, by number', () => {
  const orders = [order, { ...order, step: 8, node: 'node-b' }, { ...order, step: 7 }, { ...order, step: 6 }];
  expect(standingOrders(orders, 4).map(({ node, step, epoch }) => [node, step, epoch])).toEqual([
    ['node-a', 7, 4],
    ['node-b', 8, 4],
  ]);
});
