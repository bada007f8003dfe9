import { describe, expect, test } from 'vitest';
import { hostReports, isKnownHostText } from '../../../src/facts/host.ts';
import { clusterOf } from '../../../src/facts/kube.ts';
import { normalise } from '../../../src/facts/normalise.ts';
import { observerReport, observersOf } from '../../../src/facts/observer.ts';
import type { KubeObject, Raw, RawHost, RawObserver } from '../../../src/kernel/raw.ts';
import { listed, shape } from './cluster-fixtures.ts';
import { fixture, hostText } from './host-texts.ts';

const observer = (node: string, at: number, heartbeatChangedAt: number): RawObserver => ({
  from: 'observer',
  at,
  node,
  heartbeatChangedAt,
});
const [b, a, c] = ['node-b', 'node-a', 'node-c'];

describe('the order in which things were fetched', () => {
  test('decides nothing of what the observer measured: the newest stands, also if it came twice', () => {
    const old = observer(a, 1, 9);
    const one = observer(a, 2, 5);
    const two = observer(a, 2, 5);
    const others = [observer(b, 1, 1), observer(c, 1, 1)];
    for (const raws of [
      [one, two, old, ...others],
      [old, ...others, two, one],
      [...others.toReversed(), two, old, one],
    ]) {
      const found = observersOf(raws);
      expect([...found.keys()]).toEqual([a, b, c]);
      expect(found.get(a)).toEqual(two);
    }
  });

  test.each<readonly [string, Partial<RawObserver>]>([
    ['another heartbeat', { heartbeatChangedAt: 3 }],
    ['another clock', { clockSkewMs: 1 }],
    ['no heartbeat', { heartbeatChangedAt: undefined } as unknown as Partial<RawObserver>],
  ])('two measurements of one moment are none, and an older one does not stand in for them: %s', (_, change) => {
    const one = observer(a, 2, 1);
    const raws = [observer(a, 1, 1), one, { ...one, ...change }, one];
    for (const some of [raws, raws.toReversed()]) {
      const found = observersOf(some).get(a);
      expect(found).toEqual({ from: 'observer', at: 2, node: a });
      expect(found && observerReport(found).observations).toEqual([]);
    }
    expect(observersOf([...raws, observer(a, 3, 2)]).get(a)).toEqual(observer(a, 3, 2));
  });

  test('decides nothing of the objects: they stand by name, the newest of each', () => {
    const object = (name: string, at: number, more: object = {}): Raw => ({
      from: 'object',
      at,
      object: { apiVersion: 'v1', kind: 'Node', metadata: { name }, ...more } as KubeObject,
    });
    const raws = [object(b, 5), object(a, 2, { x: 1 }), object(a, 3, { x: 2 }), object(c, 4)];
    for (const some of [raws, raws.toReversed()]) {
      const cluster = clusterOf(some);
      expect(cluster.kind('v1/Node').all.map(({ id, at }) => [id, at])).toEqual([
        [a, 3],
        [b, 5],
        [c, 4],
      ]);
      expect(cluster.newestAt('v1/Node')).toBe(5);
    }
  });

  test('nor does the order of an object’s members: written otherwise it is the same object', () => {
    const written = [
      { spec: { x: 1, y: { p: 1, q: 2 } }, status: {} },
      { status: {}, spec: { y: { q: 2, p: 1 }, x: 1 } },
    ].map((rest): Raw => {
      return { from: 'object', at: 1, object: { apiVersion: 'v1', kind: 'Node', metadata: { name: a }, ...rest } };
    });
    expect(clusterOf(written).kind('v1/Node').clean).toHaveLength(1);
    const differs = {
      from: 'object',
      at: 1,
      object: { apiVersion: 'v1', kind: 'Node', metadata: { name: a } },
    } as const;
    expect(clusterOf([...written, differs]).kind('v1/Node').clean).toHaveLength(0);
  });

  test('decides nothing of what a node printed', () => {
    const texts = (text: string, at: number, more: Partial<RawHost> = {}) =>
      hostText('drbdsetup-status.json', text, { at, ...more });
    const healthy = fixture('drbd9/connected-with-diskless-peer.json');
    const newest = texts(healthy, 3);
    const raws = [
      texts('[]', 2),
      newest,
      texts('', 4, { failed: 'did not answer' }),
      hostText('drbd-version.txt', 'DRBD_KERNEL_VERSION=9.2.14\n', { at: 1 }),
      hostText('proc/drbd', 'version: 9.2.14\n', { at: 2 }),
    ];
    const reports = hostReports(a, raws);
    expect(hostReports(a, raws.toReversed())).toEqual(reports);
    expect(reports.find(({ reporter }) => reporter === 'drbd')?.seenAtMs).toBe(3);
    expect(reports.find(({ reporter }) => reporter === 'drbd:version')?.seenAtMs).toBe(2);
    // Of several files that make one report the names decide.
    const bonds = ['bond0', 'bond1'].map((name) =>
      hostText(`proc/net/bonding/${name}`, fixture('bond/bookworm/proc-balance-rr.txt')),
    );
    for (const files of [bonds, bonds.toReversed()]) {
      const modes = hostReports(a, files)[0]?.observations.filter(({ fact }) => fact === 'bond.mode');
      expect(modes?.map(({ subject }) => subject.id)).toEqual([`${a}/bond0`, `${a}/bond1`]);
    }
  });

  test('two different texts of one moment are none, and an older one does not stand in for them', () => {
    const texts = (mode: string, at: number, more: Partial<RawHost> = {}) => {
      const text = fixture('bond/bookworm/proc-balance-rr.txt').replace('load balancing (round-robin)', mode);
      return hostText('proc/net/bonding/bond1', text, { at, ...more });
    };
    const two = [texts('load balancing (round-robin)', 3), texts('fault-tolerance (active-backup)', 3)];
    const [one] = two;
    if (one === undefined) throw new Error('there are two');
    const modes = (raws: readonly RawHost[]) =>
      hostReports(a, raws).flatMap(({ observations }) => observations.filter(({ fact }) => fact === 'bond.mode'));
    const worse = [...two, one, texts('load balancing (round-robin)', 2), texts('', 4, { failed: 'did not answer' })];
    for (const raws of [two, worse]) {
      expect(modes(raws)).toEqual([]);
      expect(modes(raws.toReversed())).toEqual([]);
    }
    expect(modes([one, { ...one }]).map(({ value }) => value)).toEqual(['balance-rr']);
    const later = [...worse, texts('fault-tolerance (active-backup)', 5)];
    for (const raws of [later, later.toReversed()])
      expect(modes(raws).map(({ value }) => value)).toEqual(['active-backup']);
  });

  test('nor of the reports: those of nodes come by name', () => {
    const raws: readonly Raw[] = [
      ...[c, a, b].map((node) => hostText('drbdsetup-status.json', '[]', { node })),
      ...[c, a, b].map((node) => observer(node, 1_000, 900)),
      ...listed('calm/core_v1_nodes'),
    ];
    const reports = normalise(raws, shape);
    expect(normalise(raws.toReversed(), shape)).toEqual(reports);
    const scopes = (reporter: string) => reports.filter((one) => one.reporter === reporter).map(({ scope }) => scope);
    expect(scopes('drbd')).toEqual([a, b, c]);
    expect(scopes('observer')).toEqual([a, b, c]);
  });
});

test.each([
  ['drbdsetup-status.json', true],
  ['proc/drbd', true],
  ['proc/net/bonding/bond1', true],
  ['proc/net/bonding/', false],
  ['x/proc/net/bonding/', false],
  ['proc/net/bonding', false],
  ['etc/passwd', false],
  ['toString', false],
])('we know what to do with %s: %j', (what, known) => expect(isKnownHostText(what)).toBe(known));
