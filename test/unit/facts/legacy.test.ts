import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { legacyReport } from '../../../src/facts/legacy.ts';
import { observersOf } from '../../../src/facts/observer.ts';
import { createStore } from '../../../src/facts/store.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw, RawObserver } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { changed, type Loose, listed, shape, valueIn } from './cluster-fixtures.ts';

const calm = listed('calm/core_v1_configmaps');
// When the observer fetched it, a few seconds after the last heartbeats in it.
const fetchedAt = Date.parse('2026-11-21T08:05:04Z');
const midway = listed('f-legacy-mid-upgrade/core_v1_configmaps', fetchedAt);
const unmapped = listed('f-legacy-mid-upgrade/unmapped-word/core_v1_configmaps');

function reportOf(raws: readonly Raw[], of: SiteShape = shape): Report | undefined {
  return legacyReport(clusterOf(raws), of, observersOf(raws));
}
const withData = (change: (data: Loose) => void): Raw[] =>
  changed(calm, 'vx-rail-upgrade-state', (map) => change(map.data));

describe('where the legacy machine says it is', () => {
  test.each<[string, Raw[], unknown]>([
    ['a word that the profile maps', calm, 'Idle'],
    ['another one', midway, 'SuspendMigration'],
    ['a word that it does not map', unmapped, { unreadable: 'WAIT_RESYNC_2OF3' }],
    [
      'nearly a word',
      withData((data) => {
        data.state = 'idle';
      }),
      { unreadable: 'idle' },
    ],
    [
      'a word with a line break',
      withData((data) => {
        data.state = 'Idle\n';
      }),
      { unreadable: 'Idle\n' },
    ],
    [
      'an empty word',
      withData((data) => {
        data.state = '';
      }),
      { unreadable: '' },
    ],
    [
      'a word that every object has',
      withData((data) => {
        data.state = 'constructor';
      }),
      { unreadable: 'constructor' },
    ],
    [
      'no text',
      withData((data) => {
        data.state = 7;
      }),
      { unreadable: '7' },
    ],
    [
      'no such key',
      withData((data) => {
        delete data.state;
      }),
      undefined,
    ],
  ])('%s', (_, raws, value) => {
    expect(valueIn(reportOf(raws), 'site.legacyState', 'site')).toEqual(value);
  });
  test('is as new as the newest ConfigMap of it', () => {
    const beats = midway.map((raw) =>
      raw.from === 'object' && raw.object.metadata.name === 'vx-rail-heartbeats' ? { ...raw, at: fetchedAt - 9 } : raw,
    );
    expect(reportOf(beats)?.seenAtMs).toBe(fetchedAt);
  });
  test('is there without a lock and without heartbeats', () => {
    const { lock: _, heartbeats: __, ...legacy } = shape.legacy as NonNullable<SiteShape['legacy']>;
    const report = reportOf(calm, { ...shape, legacy });
    expect(report?.seenAtMs).toBe(1_000);
    expect(report?.observations.map(({ fact }) => fact)).toEqual(['site.legacyState']);
  });
  test('is a claim, not something seen', () => {
    expect(reportOf(midway)?.observations.map(({ grade }) => grade)).toEqual(['reported', 'reported']);
    expect(reportOf(midway)).toMatchObject({ reporter: 'legacy', scope: 'site' });
  });
  test('a map to a state that we do not have is unreadable', () => {
    const legacy = { ...(shape.legacy as NonNullable<SiteShape['legacy']>), states: { Idle: 'Asleep' } };
    expect(valueIn(reportOf(calm, { ...shape, legacy }), 'site.legacyState', 'site')).toEqual({ unreadable: 'Asleep' });
  });
  test('another namespace’s ConfigMap of the same name is not it', () => {
    const raws = changed(calm, 'vx-rail-upgrade-state', (map) => {
      map.metadata.namespace = 'default';
    });
    expect(valueIn(reportOf(raws), 'site.legacyState', 'site')).toBeUndefined();
  });
  test('a profile without a legacy has none', () => {
    const { legacy: _, ...without } = shape;
    expect(reportOf(midway, without)).toBeUndefined();
  });
  test('in two forms of one moment is unreadable', () => {
    const both = [
      ...calm,
      ...withData((data) => {
        data.state = 'SuspendMigration';
      }),
    ];
    for (const raws of [both, both.toReversed()]) {
      expect(valueIn(reportOf(raws), 'site.legacyState', 'site')).toHaveProperty('unreadable');
    }
  });
});

test.each<[string, Raw[], unknown]>([
  ['nobody holds the lock', calm, null],
  ['node-a holds the lock', midway, 'node-a'],
  [
    'nothing is said of the lock',
    withData((data) => {
      delete data.lockHolder;
    }),
    undefined,
  ],
])('%s', (_, raws, value) => {
  expect(valueIn(reportOf(raws), 'site.lockHolder', 'site')).toEqual(value);
});

describe('a lock that is a Lease', () => {
  const leases = (change: (spec: Loose) => void = () => {}): Raw[] =>
    changed(listed('calm/coordination.k8s.io_v1_leases'), 'kube-controller-manager', ({ spec }) => change(spec));
  const free = leases((spec) => {
    spec.holderIdentity = '';
  });
  const byNodeA = leases((spec) => {
    spec.holderIdentity = 'node-a';
  });
  const unsaid = withData((data) => {
    delete data.lockHolder;
  });
  const both = { ...(shape.legacy as NonNullable<SiteShape['legacy']>), lease: { name: 'kube-controller-manager' } };
  const { lock: _, ...leaseOnly } = both;
  const said = (raws: readonly Raw[], legacy: SiteShape['legacy']): unknown =>
    valueIn(reportOf(raws, { ...shape, legacy: legacy as typeof both }), 'site.lockHolder', 'site');

  test.each<[string, Raw[], unknown]>([
    ['is held by whoever stands in it', byNodeA, 'node-a'],
    ['is free once it was let go', free, null],
    ['is unknown when it was not seen, whatever the ConfigMaps say', calm, undefined],
  ])('%s', (_name, raws, value) => {
    expect(said(raws, leaseOnly)).toEqual(value);
  });
  test.each<[string, Raw[], unknown]>([
    ['both are free', [...calm, ...free], [null, null]],
    ['both are held by one', [...midway, ...byNodeA], ['node-a', 'node-a']],
    ['they differ', [...calm, ...byNodeA], [null, 'node-a']],
    ['the Lease was not seen', calm, [null, { unreadable: 'nothing' }]],
    ['the ConfigMap was not seen', free, [null, { unreadable: 'nothing' }]],
    ['the ConfigMap has no such key', [...unsaid, ...free], [null, { unreadable: 'nothing' }]],
    ['neither was seen', [...unsaid], undefined],
  ])('beside one that is a ConfigMap each must have said something: %s', (_name, raws, value) => {
    expect(said(raws, both)).toEqual(value);
  });
  test('and who differ are disputed, as are two of whom one cannot be heard', () => {
    const cellOf = (raws: readonly Raw[]): unknown => {
      const store = createStore(vocabulary);
      const report = reportOf(raws, { ...shape, legacy: both });
      if (report !== undefined) store.fold(report);
      return store.cut(2_000).columns.get('site.lockHolder')?.cells[0];
    };
    expect(cellOf([...calm, ...free])).toMatchObject({ kind: 'present', value: null });
    expect(cellOf([...calm, ...byNodeA])).toMatchObject({ kind: 'absent', why: 'disputed' });
    expect(cellOf(calm)).toMatchObject({
      kind: 'absent',
      why: 'unreadable',
      says: 'ConfigMap kube-system/vx-rail-upgrade-state says nobody; Lease kube-controller-manager says nothing, which cannot be read',
    });
  });
  test('names whoever said nothing, and claims no more than the DaemonSet does', () => {
    const sources = (raws: readonly Raw[]): unknown =>
      reportOf(raws, { ...shape, legacy: both })
        ?.observations.filter(({ fact }) => fact === 'site.lockHolder')
        .map(({ source, grade }) => [source, grade]);
    expect(sources(calm)).toEqual([
      ['ConfigMap kube-system/vx-rail-upgrade-state', 'reported'],
      ['Lease kube-controller-manager', 'reported'],
    ]);
    expect(sources(free)).toEqual([
      ['Lease kube-system/kube-controller-manager', 'reported'],
      ['ConfigMap vx-rail-upgrade-state', 'reported'],
    ]);
  });
});

describe('a heartbeat is a moment by the node’s own clock', () => {
  const skew = (node: string, clockSkewMs: number, more: Partial<RawObserver> = {}): Raw => ({
    from: 'observer',
    at: fetchedAt,
    node,
    clockSkewMs,
    ...more,
  });
  test('and no age as long as nobody measured that clock', () => {
    expect(valueIn(reportOf(midway), 'node.heartbeatAge', 'node-b')).toBeUndefined();
    const unmeasured: Raw = { from: 'observer', at: fetchedAt, node: 'node-b' };
    expect(valueIn(reportOf([...midway, unmeasured]), 'node.heartbeatAge', 'node-b')).toBeUndefined();
  });
  test.each<[string, Raw, unknown]>([
    ['an age once it is known to be right', skew('node-b', 0), 937_000],
    ['an age by our clock when the node’s is ahead', skew('node-b', 5_000), 942_000],
    ['an age by our clock when the node’s is behind', skew('node-b', -5_000), 932_000],
    ['unreadable when it would lie ahead of us', skew('node-b', -1_000_000), { unreadable: '-63000ms' }],
  ])('%s', (_, observer, value) => {
    expect(valueIn(reportOf([...midway, observer]), 'node.heartbeatAge', 'node-b')).toEqual(value);
    expect(valueIn(reportOf([...midway, observer]), 'node.heartbeatAge', 'node-a')).toBeUndefined();
  });
  test('and no second opinion where the observer saw it change himself', () => {
    const raws = [...midway, skew('node-b', 0, { heartbeatChangedAt: fetchedAt - 1 })];
    expect(valueIn(reportOf(raws), 'node.heartbeatAge', 'node-b')).toBeUndefined();
  });
  test.each<[string, string, unknown]>([
    ['half a JSON', '{"ts":', { unreadable: '{"ts":' }],
    ['a moment without a zone', '{"ts":"2026-11-21T08:05:02"}', { unreadable: '{"ts":"2026-11-21T08:05:02"}' }],
    [
      'another node’s',
      '{"node":"node-c","ts":"2026-11-21T08:05:02Z"}',
      { unreadable: '{"node":"node-c","ts":"2026-11-21T08:05:02Z"}' },
    ],
    ['the bare moment', '2026-11-21T08:05:02Z', 2_000],
  ])('%s', (_, text, value) => {
    const raws = changed(midway, 'vx-rail-heartbeats', (map) => {
      map.data['node-b'] = text;
    });
    expect(valueIn(reportOf([...raws, skew('node-b', 0)]), 'node.heartbeatAge', 'node-b')).toEqual(value);
  });
});
