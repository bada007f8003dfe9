import { describe, expect, test } from 'vitest';
import { linstorReport } from '../../../src/facts/linstor.ts';
import type { Observation, Report } from '../../../src/kernel/fact.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { idsIn, linstorPaths, said, valueIn } from './cluster-fixtures.ts';

const { nodes, view, definitions, groups, pools, snapshots, properties } = linstorPaths;

const failedGet = (path: string, at: number): Raw => ({ from: 'linstor', path, at, text: '', failed: 'HTTP 500' });
const observed = (report: Report | undefined, fact: string): Observation | undefined =>
  report?.observations.find((one) => one.fact === fact);
const census = (report: Report | undefined, kind: string) => report?.censuses.find((one) => one.kind === kind);
const worth = (raws: readonly Raw[], fact: string, id: string): unknown => valueIn(linstorReport(raws), fact, id);

const volumes = (...numbers: readonly unknown[]) => numbers.map((volume_number) => ({ volume_number }));
const placed = (name: string, node: string, more: object = {}) => ({
  name,
  node_name: node,
  volumes: volumes(0),
  ...more,
});
const defined = (name: string, more: object = {}) => ({ name, volume_definitions: volumes(0), ...more });

describe('who there is', () => {
  test('is told in one order, whatever LINSTOR’s is', () => {
    const list = [placed('r2', 'a', { volumes: volumes(10, 2, 0) }), placed('r1', 'a')];
    const report = linstorReport([said(view, list), said(definitions, [])]);
    expect(idsIn(report, 'volume')).toEqual(['r1', 'r2', 'r2/2', 'r2/10']);
  });

  test.each<[string, unknown, unknown]>([
    ['a definition without a name', [placed('r1', 'a')], [defined('r1'), { volume_definitions: volumes(0) }]],
    ['a volume numbered below zero', [placed('r1', 'a', { volumes: volumes(-1) })], [defined('r1')]],
    ['a volume numbered with a half', [placed('r1', 'a', { volumes: volumes(0.5) })], [defined('r1')]],
    ['a volume numbered by a word', [placed('r1', 'a', { volumes: volumes('0') })], [defined('r1')]],
    ['a resource on no node', [{ name: 'r1', volumes: volumes(0) }], [defined('r1')]],
  ])('with %s nobody knows', (_, resources, list) => {
    const report = linstorReport([said(view, resources), said(definitions, list)]);
    expect(idsIn(report, 'volume')).toMatchObject({ failed: expect.stringContaining('an entry that names nothing') });
  });

  test('a list that failed says why, at the moment of the newest answer', () => {
    const report = linstorReport([failedGet(view, 500), said(nodes, [], 800), said(definitions, [defined('r1')], 700)]);
    const failed = { failed: `LINSTOR GET ${view}: HTTP 500` };
    expect(idsIn(report, 'volume')).toEqual(failed);
    expect(idsIn(report, 'replica')).toEqual(failed);
    expect([census(report, 'replica')?.seenAtMs, census(report, 'volume')?.seenAtMs]).toEqual([800, 700]);
  });

  test('what both lists make is as old as the older one', () => {
    const [one, other] = [
      linstorReport([said(view, [], 800), said(definitions, [], 900)]),
      linstorReport([said(view, [], 900), said(definitions, [], 800)]),
    ];
    expect([census(one, 'volume')?.seenAtMs, census(one, 'replica')?.seenAtMs]).toEqual([800, 800]);
    expect([census(other, 'volume')?.seenAtMs, census(other, 'replica')?.seenAtMs]).toEqual([800, 900]);
  });

  test('a node without a name is passed over', () => {
    const raws = [said(nodes, [{ connection_status: 'ONLINE' }, { name: 'a', connection_status: 'ONLINE' }])];
    const found = linstorReport(raws)?.observations.filter(({ fact }) => fact === 'node.satellite');
    expect(found?.map(({ subject }) => subject.id)).toEqual(['a']);
  });
});

describe('a resource', () => {
  test.each([
    [['DISKLESS'], 'client'],
    [['DRBD_DISKLESS'], 'client'],
    [['DISKLESS', 'TIE_BREAKER'], 'tie-breaker'],
    [[], 'diskful'],
  ])('with the flags %j is a %s', (flags, kind) => {
    expect(worth([said(view, [placed('r1', 'a', { flags })])], 'replica.kind', 'r1@a')).toBe(kind);
  });

  test.each([
    [0, 2],
    [8, 2],
    // Deeper than anybody stacks: not read whole, so that it may be replicated.
    [9, 2],
  ])('replicated %i layers down has %i connections', (depth, connections) => {
    let layer: object = { type: 'DRBD' };
    for (let at = 0; at < depth; at += 1) layer = { type: 'LUKS', children: [{ type: 'STORAGE' }, layer] };
    const list = ['a', 'b'].map((node) => placed('r1', node, { layer_object: layer }));
    expect(idsIn(linstorReport([said(view, list)]), 'connection')).toHaveLength(connections);
  });

  test.each([
    [8, 0],
    // Deeper than is read: there may be a replicated layer further down.
    [9, 2],
  ])('of %i layers without DRBD has %i connections', (depth, connections) => {
    let layer: object = { type: 'STORAGE' };
    for (let at = 0; at < depth; at += 1) layer = { type: 'LUKS', children: [layer] };
    const list = ['a', 'b'].map((node) => placed('r1', node, { layer_object: layer }));
    expect(idsIn(linstorReport([said(view, list)]), 'connection')).toHaveLength(connections);
  });

  test.each([
    [8, 'Connected'],
    [9, undefined],
  ])('replicated %i layers down is %j', (depth, state) => {
    let layer: object = { type: 'DRBD', drbd: { connections: { b: { connected: true, message: 'Connected' } } } };
    for (let at = 0; at < depth; at += 1) layer = { type: 'LUKS', children: [layer] };
    const list = ['a', 'b'].map((node) => placed('r1', node, { layer_object: layer }));
    expect(worth([said(view, list)], 'connection.state', 'r1@a:b')).toBe(state);
  });

  test('that is being deleted is so at the moment of the list that was had', () => {
    const deleted = said(view, [placed('r1', 'a', { flags: ['DELETE'] })], 1_000);
    const alone = linstorReport([deleted, failedGet(definitions, 500)]);
    expect(observed(alone, 'volume.pendingDelete')).toMatchObject({ value: true, seenAtMs: 1_000 });
    const both = linstorReport([deleted, said(definitions, [defined('r1')], 900)]);
    expect(observed(both, 'volume.pendingDelete')).toMatchObject({ value: true, seenAtMs: 900 });
    const one = linstorReport([said(view, [placed('r1', 'a')], 900), said(definitions, [defined('r1')], 1_000)]);
    expect(observed(one, 'volume.pendingDelete')).toMatchObject({ value: false, seenAtMs: 900 });
  });
});

describe('what is inherited', () => {
  const policy = 'DrbdOptions/Resource/quorum';
  const list = said(view, [placed('r1', 'a')]);
  const controller = said(properties, { [policy]: 'majority' });
  const group = said(groups, [{ name: 'g1', props: {} }]);

  test.each<[string, object, unknown]>([
    ['comes from the controller at last', { resource_group_name: 'g1' }, 'majority'],
    ['is unknown where the group is not known that stands between', { resource_group_name: 'g2' }, undefined],
    [
      'is the definition’s own first, whatever its group',
      { resource_group_name: 'g2', props: { [policy]: 'off' } },
      'off',
    ],
  ])('%s', (_, more, value) => {
    const raws = [list, said(definitions, [defined('r1', more)]), group, controller];
    expect(worth(raws, 'volume.quorumPolicy', 'r1')).toBe(value);
  });
});

describe('a snapshot that does not say whose it is', () => {
  const base = [said(view, [placed('r1', 'a')]), said(definitions, [defined('r1')])];
  test('may be anybody’s while it runs', () => {
    const raws = [...base, said(snapshots, [{ flags: [] }])];
    expect(worth(raws, 'volume.snapshotRunning', 'r1')).toEqual({
      unreadable: 'a snapshot that does not say whose it is',
    });
  });
  test('is nobody’s once it has ended', () => {
    const raws = [...base, said(snapshots, [{ flags: ['SUCCESSFUL'] }])];
    expect(worth(raws, 'volume.snapshotRunning', 'r1')).toBe(false);
  });
});

describe('the switches of the site', () => {
  test('balancing rests only as of the oldest of the three that say so', () => {
    const off = { BalanceResourcesEnabled: 'false' };
    const raws = [said(properties, off, 1_000), said(groups, [], 900), said(definitions, [], 950)];
    expect(observed(linstorReport(raws), 'site.balancerPaused')).toMatchObject({
      value: true,
      seenAtMs: 900,
      source: `LINSTOR GET ${properties}, ${groups}, ${definitions}`,
    });
  });

  const evict = 'DrbdOptions/AutoEvictAllowEviction';
  test.each<[string, object, readonly object[], boolean]>([
    ['allowed where nobody says otherwise', {}, [{ name: 'a' }], false],
    ['paused by the controller', { [evict]: 'false' }, [{ name: 'a' }], true],
    ['paused by the only node’s own word', {}, [{ name: 'a', props: { [evict]: 'false' } }], true],
    ['allowed by the only node’s own word', { [evict]: 'false' }, [{ name: 'a', props: { [evict]: 'true' } }], false],
    ['the controller’s alone where there are no nodes', { [evict]: 'false' }, [], true],
  ])('eviction is %s', (_, controller, list, paused) => {
    const [early, late] = [
      linstorReport([said(properties, controller, 900), said(nodes, list, 1_000)]),
      linstorReport([said(properties, controller, 1_000), said(nodes, list, 900)]),
    ];
    for (const report of [early, late])
      expect(observed(report, 'site.autoEvictPaused')).toMatchObject({ value: paused, seenAtMs: 900 });
  });

  test.each<[string, object, unknown]>([
    ['with one byte in all and none free', { total_capacity: 1, free_capacity: 0 }, true],
    ['of no size', { total_capacity: 0, free_capacity: 0 }, false],
    ['with less than nothing free', { total_capacity: 1, free_capacity: -1 }, false],
    [
      'whose reports are none',
      { total_capacity: 1, free_capacity: 1, reports: 'x' },
      { unreadable: 'pool p on a: reports' },
    ],
    ['of unknown size', { free_capacity: 1 }, { unreadable: 'pool p on a: no capacity' }],
  ])('a pool %s', (_, more, healthy) => {
    const pool = { storage_pool_name: 'p', node_name: 'a', provider_kind: 'LVM', ...more };
    expect(worth([said(pools, [pool])], 'site.poolsHealthy', 'site')).toEqual(healthy);
  });
});
