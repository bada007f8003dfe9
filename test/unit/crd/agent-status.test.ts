import { describe, expect, test } from 'vitest';
import {
  heartbeatIn,
  newAgentStatus,
  orderIn,
  readOrder,
  withOrder,
  withStatus,
} from '../../../src/crd/agent-status.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import { anOrder } from '../../support/fake-host.ts';

const order = anOrder({
  with: { mode: 'balance-rr', words: ['a', 'b'], nobody: null },
  confirmWithinMs: 600_000,
  dependsOn: [{ fact: 'bond.mode', object: 'node-a/bond1', value: 'active-backup' }],
});

describe('an order on the wire', () => {
  test('is read back as it was given, through JSON', () => {
    const object = JSON.parse(JSON.stringify(withOrder(newAgentStatus('node-a'), order))) as KubeObject;
    expect(object.spec).toEqual({ node: 'node-a', order });
    const read = readOrder(orderIn(object));
    expect(read).toMatchObject({ ok: true });
    expect(read.ok && { ...read.order, with: { ...read.order.with } }).toEqual(order);
  });

  test('replaces nothing but the order', () => {
    const had = withStatus(
      { ...newAgentStatus('node-a'), metadata: { name: 'node-a', resourceVersion: '7' } },
      {
        heartbeat: { sequence: 3, bootId: 'b' },
        observations: [],
      },
    );
    expect(withOrder(had, order)).toEqual({ ...had, spec: { node: 'node-a', order } });
  });

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['workflow', '', '`workflow` is no name'],
    ['workflow', 'x'.repeat(513), '`workflow` is no name'],
    ['node', 7, '`node` is no name'],
    ['object', null, '`object` is no name'],
    ['object', '\ud800', '`object` is no name'],
    ['command', ['drbd.connect'], '`command` is no name'],
    ['command', 'toString', 'no command is called `toString`'],
    ['step', 0, '`step` is no number of an order'],
    ['step', -1, '`step` is no number of an order'],
    ['step', 1.5, '`step` is no number of an order'],
    ['step', '1', '`step` is no number of an order'],
    ['epoch', -1, '`epoch` is no epoch'],
    ['epoch', 2 ** 60, '`epoch` is no epoch'],
    ['bootId', undefined, '`bootId` is no name'],
    ['with', [], '`with` holds something that is no value of a fact'],
    ['with', { mode: { $gt: '' } }, '`with` holds something that is no value of a fact'],
    ['with', { words: ['a', 1] }, '`with` holds something that is no value of a fact'],
    [
      'with',
      Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`a${at}`, 1])),
      '`with` holds something that is no value of a fact',
    ],
    ['confirmWithinMs', 0, '`confirmWithinMs` is no time to wait'],
    ['confirmWithinMs', null, '`confirmWithinMs` is no time to wait'],
    ['dependsOn', undefined, '`dependsOn` is no list of facts'],
    ['dependsOn', [{ fact: 'bond.mode', object: 'node-a/bond1' }], '`dependsOn` is no list of facts'],
    ['dependsOn', ['bond.mode'], '`dependsOn` is no list of facts'],
    ['givenAtMs', '2026-01-01', '`givenAtMs` is no moment'],
  ];
  test.each(wrong)('whose %s is %j is none, and says so', (field, value, says) => {
    expect(readOrder({ ...order, [field]: value })).toMatchObject({ ok: false, says });
  });

  test.each([undefined, null, 'x', 7, [], [order]])('%j is none', (json) => {
    expect(readOrder(json)).toEqual({ ok: false, says: 'it is not an object' });
  });

  test('does not take what every object inherits for an argument', () => {
    const read = readOrder(JSON.parse(JSON.stringify({ ...order, with: {} })));
    expect(read.ok && read.order.with.constructor).toBeUndefined();
    const sneaky = JSON.parse(JSON.stringify(order).replace('"with":{', '"with":{"__proto__":{"x":1},'));
    expect(readOrder(sneaky)).toMatchObject({ ok: false });
  });
});

describe('an object that anybody may have written', () => {
  test.each([undefined, null, 'x', {}, { spec: null }, { spec: 'x' }, { spec: { order: null } }])(
    '%j carries no order',
    (json) => {
      expect(orderIn(json)).toBeUndefined();
    },
  );
  test.each([
    undefined,
    { status: {} },
    { status: { heartbeat: { sequence: '1', bootId: 'b' } } },
    { status: { heartbeat: { sequence: 1 } } },
  ])('%j carries no heartbeat', (json) => {
    expect(heartbeatIn(json)).toBeUndefined();
  });
});
