import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalise } from '../../../src/facts/normalise.ts';
import { createStore } from '../../../src/facts/store.ts';
import { isUnreadable } from '../../../src/kernel/fact.ts';
import type { KubeObject, Raw } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import { readingAt } from '../../../src/kernel/snapshot.ts';
import { snapshotDigest } from '../../../src/kernel/snapshot-document.ts';
import { fits } from '../../../src/kernel/value.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { runs } from '../../support/runs.ts';
import { listed, reply, said, shape } from './cluster-fixtures.ts';

const now = 1_000;
/** Two recordings, of one site: Kubernetes' volumes are LINSTOR's `pvc-1`. */
const persistent = listed('calm/core_v1_persistentvolumes').map((raw): Raw => {
  if (raw.from !== 'object' || !raw.object.spec) return raw;
  const spec = raw.object.spec as { readonly csi?: object };
  return spec.csi === undefined
    ? raw
    : { ...raw, object: { ...raw.object, spec: { ...spec, csi: { ...spec.csi, volumeHandle: 'pvc-1' } } } };
});
const calm: readonly Raw[] = [
  ...listed('calm/core_v1_nodes'),
  ...listed('calm/core_v1_configmaps'),
  ...persistent,
  ...listed('calm/core_v1_persistentvolumeclaims'),
  ...listed('calm/kubevirt.io_v1_virtualmachines'),
  ...listed('calm/kubevirt.io_v1_virtualmachineinstances'),
  ...listed('calm/kubevirt.io_v1_virtualmachineinstancemigrations'),
  ...listed('calm/kubevirt.io_v1_kubevirts'),
  ...listed('calm/piraeus.io_v1_linstorclusters'),
  ...listed('calm/snapshot.storage.k8s.io_v1_volumesnapshots'),
  ...listed('calm/snapshot.storage.k8s.io_v1_volumesnapshotcontents'),
  reply('/v1/nodes', 'drbdsim/01-nodes'),
  reply('/v1/view/resources', 'drbdsim/10-view-after-sync'),
  reply('/v1/resource-definitions', 'drbdsim/08c-resource-definitions'),
  reply('/v1/view/storage-pools', '16-storage-pools-with-broken'),
  reply('/v1/controller/properties', '88-controller-props'),
  said('/v1/view/snapshots', []),
  { from: 'observer', at: now, node: 'node-a', heartbeatChangedAt: now - 400, clockSkewMs: -12 },
  { from: 'observer', at: now, node: 'node-b', heartbeatChangedAt: now + 1, clockSkewMs: 3.2 },
];

function snapshotOf(raws: readonly Raw[], of: SiteShape = shape) {
  const store = createStore(vocabulary);
  for (const report of normalise(raws, of)) store.fold(report);
  return store.cut(now);
}
function readingOf(raws: readonly Raw[], fact: string, id: string) {
  const snapshot = snapshotOf(raws);
  const subject = vocabulary.get(fact)?.subject ?? 'site';
  return readingAt(snapshot, fact, snapshot.populations[subject].indexOf.get(id) ?? -1);
}

describe('the whole road from a calm site', () => {
  test('everybody is known', () => {
    const { populations } = snapshotOf(calm);
    expect(
      Object.fromEntries(
        Object.entries(populations).map(([kind, { state, members }]) => [kind, [state, members.length]]),
      ),
    ).toEqual({
      site: ['known', 1],
      node: ['known', 3],
      bond: ['known', 3],
      volume: ['known', 2],
      replica: ['known', 5],
      connection: ['known', 8],
      vm: ['known', 4],
    });
  });
  test.each<[string, string, unknown]>([
    ['node.ready', 'node-a', { kind: 'known', value: true, grade: 'observed' }],
    ['node.satellite', 'node-c', { kind: 'known', value: 'ONLINE' }],
    ['node.heartbeatAge', 'node-a', { kind: 'known', value: 400 }],
    ['node.heartbeatAge', 'node-b', { kind: 'absent', why: 'unreadable', says: '-1ms' }],
    ['node.heartbeatAge', 'node-c', { kind: 'absent', why: 'never-reported' }],
    ['node.clockSkew', 'node-a', { kind: 'known', value: 12 }],
    ['node.clockSkew', 'node-b', { kind: 'known', value: 4 }],
    ['replica.linstorDisk', 'pvc-1@node-a', { kind: 'known', value: 'UpToDate' }],
    ['connection.state', 'pvc-1@node-a:node-c', { kind: 'known', value: 'Connected' }],
    ['vm.migrating', 'vms/vm-web-01', { kind: 'known', value: false }],
    ['site.legacyState', 'site', { kind: 'known', value: 'Idle', grade: 'reported' }],
    ['site.haControllerPaused', 'site', { kind: 'known', value: false }],
    ['site.poolsHealthy', 'site', { kind: 'known', value: false }],
    ['volume.snapshotRunning', 'pvc-1', { kind: 'known', value: false }],
  ])('%s of %s', (fact, id, reading) => {
    expect(readingOf(calm, fact, id)).toMatchObject(reading as object);
  });
  test('one report a reporter and scope, none twice', () => {
    const keys = normalise(calm, shape).map(({ reporter, scope }) => `${reporter} ${scope}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(
      expect.arrayContaining([
        'kubernetes:nodes site',
        'kubernetes:kubevirt site',
        'kubernetes:storage site',
        'kubernetes:piraeus site',
        'linstor site',
        'legacy site',
        'observer node-a',
      ]),
    );
  });
});

test('what the node itself says of its boot counts, and against the label nobody is eligible', () => {
  const state = (boot: string): Raw => ({
    from: 'host',
    at: now,
    node: 'node-a',
    what: 'kairos-agent-state.yaml',
    text: `boot: ${boot}\n`,
  });
  expect(readingOf([...calm, state('active_boot')], 'node.eligible', 'node-a')).toMatchObject({
    kind: 'known',
    value: true,
  });
  expect(readingOf([...calm, state('passive_boot')], 'node.eligible', 'node-a')).toMatchObject({
    kind: 'absent',
    why: 'unreadable',
  });
});

test('of what the node itself prints only its boot decides that it is eligible', () => {
  const printed = (what: string, text: string): Raw => ({ from: 'host', at: now, node: 'node-a', what, text });
  const eligible = (raw: Raw) => readingOf([...calm, raw], 'node.eligible', 'node-a');
  // A version that cannot be compared is unreadable, and no boot state.
  expect(eligible(printed('drbd-version.txt', 'DRBD_KERNEL_VERSION=9.2.16-flant.1\n'))).toMatchObject({ value: true });
  expect(eligible(printed('kairos-agent-state.yaml', 'boot: unknown\n'))).toMatchObject({ why: 'unreadable' });
});

test('a heartbeat that changed at this very moment is no time old', () => {
  const beat: Raw = { from: 'observer', at: now, node: 'node-c', heartbeatChangedAt: now };
  expect(readingOf([...calm, beat], 'node.heartbeatAge', 'node-c')).toMatchObject({ kind: 'known', value: 0 });
});

test('with local-path nobody asks LINSTOR', () => {
  const local: SiteShape = { ...shape, backend: 'local-path' };
  expect(normalise(calm, local).map(({ reporter }) => reporter)).not.toContain('linstor');
  const { populations } = snapshotOf(calm, local);
  expect([populations.volume.members.length, populations.replica.state, populations.replica.members.length]).toEqual([
    5,
    'known',
    0,
  ]);
});

test('LINSTOR says Ok, a second reporter says otherwise: nobody knows', () => {
  const agent: Raw = {
    from: 'object',
    at: now,
    object: {
      apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
      kind: 'NodewrightAgentStatus',
      metadata: { name: 'node-a' },
      spec: { node: 'node-a' },
      status: {
        observations: [{ fact: 'connection.state', object: 'pvc-1@node-a:node-c', value: 'StandAlone', age: '0s' }],
      },
    },
  };
  expect(readingOf([...calm, agent], 'connection.state', 'pvc-1@node-a:node-c')).toMatchObject({
    kind: 'absent',
    why: 'disputed',
  });
});

test('the order and the repetition of what was fetched decide nothing', () => {
  const expected = snapshotDigest(snapshotOf(calm));
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...calm], { minLength: calm.length }),
      fc.subarray([...calm]),
      (shuffled, again) => {
        expect(snapshotDigest(snapshotOf([...shuffled, ...again]))).toBe(expected);
      },
    ),
    runs('NORMALISE', 40),
  );
});

describe('losing sight of whole kinds and replies makes nothing known that was not', () => {
  // A site on which, of each pair of things that must be seen together, one says the contrary of the other.
  const troubled: readonly Raw[] = [
    ...calm.filter((raw) => !(raw.from === 'linstor' && raw.path === '/v1/controller/properties')),
    ...listed('a-vm-migrating/core_v1_pods'),
    said('/v1/controller/properties', {
      BalanceResourcesEnabled: 'false',
      'DrbdOptions/AutoEvictAllowEviction': 'false',
    }),
    said('/v1/resource-groups', [
      { name: 'rg1', props: { BalanceResourcesEnabled: 'true', 'DrbdOptions/Net/allow-two-primaries': 'yes' } },
    ]),
  ].map((raw) => {
    if (raw.from !== 'object' || raw.object.kind !== 'LinstorCluster') return raw;
    return { ...raw, object: { ...raw.object, spec: { highAvailabilityController: { enabled: false } } } };
  });
  const sightOf = (raw: Raw): string => {
    switch (raw.from) {
      case 'object':
        return `${raw.object.apiVersion}/${raw.object.kind}`;
      case 'list':
        return raw.kind;
      case 'linstor':
        return raw.path;
      case 'stated':
        return raw.from;
      default:
        return `${raw.from} ${raw.node}`;
    }
  };
  const sights = [...new Set(troubled.map(sightOf))];
  const before = snapshotOf(troubled);

  test.each(['not fetched', 'refused'] as const)('%s', (how) => {
    fc.assert(
      fc.property(fc.subarray(sights, { minLength: 1 }), (lost) => {
        const raws = troubled.flatMap((raw): Raw[] => {
          if (!lost.includes(sightOf(raw))) return [raw];
          if (how === 'not fetched' || (raw.from !== 'list' && raw.from !== 'linstor')) return [];
          return [{ ...raw, failed: '403 forbidden' }];
        });
        const after = snapshotOf(raws);
        for (const [name, column] of after.columns) {
          const { subject } = column.fact;
          for (const [index, member] of after.populations[subject].members.entries()) {
            const reading = readingAt(after, name, index);
            // That a request failed is itself seen, and is what this fact says.
            if (reading.kind !== 'known' || name === 'site.linstorReachable') continue;
            const then = readingAt(before, name, before.populations[subject].indexOf.get(member.id) ?? -1);
            expect([name, member.id, then]).toEqual([
              name,
              member.id,
              { ...then, kind: 'known', value: reading.value },
            ]);
          }
        }
        for (const [kind, { state }] of Object.entries(after.populations)) {
          expect(state === 'known' && before.populations[kind as 'node'].state !== 'known').toBe(false);
        }
      }),
      runs('NORMALISE', 150),
    );
  });
});

describe('whatever shape comes in, the answer is reports', () => {
  const kinds = [
    ...new Set(calm.flatMap((raw) => (raw.from === 'object' ? [`${raw.object.apiVersion} ${raw.object.kind}`] : []))),
    'v1 Pod',
    'nodewright.spectrocloud.com/v1alpha1 NodewrightAgentStatus',
  ];
  const paths = [...new Set(calm.flatMap((raw) => (raw.from === 'linstor' ? [raw.path] : []))), '/v1/resource-groups'];
  const anyObject = fc
    .tuple(fc.constantFrom(...kinds), fc.object({ maxDepth: 4 }), fc.constantFrom('node-a', 'vm-web-01', 'kubevirt'))
    .map(([kind, body, name]): Raw => {
      const [apiVersion, bare] = kind.split(' ');
      return {
        from: 'object',
        at: now,
        object: { metadata: { name }, ...body, apiVersion, kind: bare } as unknown as KubeObject,
      };
    });
  const anyReply = fc
    .tuple(fc.constantFrom(...paths), fc.oneof(fc.json(), fc.string()))
    .map(([path, text]): Raw => ({ from: 'linstor', at: now, path, text }));
  /** A real object or reply with one of its parts replaced by anything. */
  const broken = fc
    .tuple(fc.constantFrom(...calm), fc.nat(), fc.jsonValue({ maxDepth: 2 }))
    .map(([raw, pick, value]): Raw => {
      if (raw.from === 'object') return { ...raw, object: mutated(raw.object, pick, value) as KubeObject };
      if (raw.from !== 'linstor') return raw;
      return { ...raw, text: JSON.stringify(mutated(JSON.parse(raw.text), pick, value)) };
    });

  test('total, typed, and folded without a throw', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyObject, anyReply, broken), { maxLength: 6 }), fc.boolean(), (odd, alone) => {
        const raws = alone ? odd : [...calm, ...odd.map((raw) => ({ ...raw, at: now + 1 }))];
        for (const of of [shape, { ...shape, backend: 'local-path' as const }]) {
          const reports = normalise(raws, of);
          for (const { fact, subject, value, seenAtMs } of reports.flatMap(({ observations }) => observations)) {
            const declared = vocabulary.get(fact);
            expect(declared?.subject).toBe(subject.kind);
            expect(Number.isFinite(seenAtMs)).toBe(true);
            if (!isUnreadable(value) && declared !== undefined)
              expect([fact, value, fits(declared.type, value)]).toEqual([fact, value, true]);
          }
          const store = createStore(vocabulary);
          for (const report of reports) store.fold(report);
          store.cut(now + 2);
        }
      }),
      runs('NORMALISE', 300),
    );
  });
  test('also where an object is none at all', () => {
    for (const object of [
      null,
      undefined,
      7,
      'x',
      [],
      {},
      { apiVersion: 'v1' },
      { apiVersion: 'v1', kind: 'Node' },
      { apiVersion: 'v1', kind: 'Node', metadata: null },
    ]) {
      expect(normalise([{ from: 'object', at: now, object: object as unknown as KubeObject }], shape)).toEqual([]);
    }
  });
  test('names that every object has are names', () => {
    const raws = ['__proto__', 'constructor', 'a\u001b[2J'].map(
      (name): Raw => ({
        from: 'object',
        at: now,
        object: { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { ...labels } }, spec: {} },
      }),
    );
    const report = normalise([{ from: 'list', at: now, kind: 'v1/Node' }, ...raws], shape)[0];
    const census = report?.censuses[0]?.members;
    expect(census).toEqual(['__proto__', 'a\u001b[2J', 'constructor'].map((id) => ({ kind: 'node', id, of: {} })));
  });
});
const labels = { 'node-role.kubernetes.io/control-plane': 'true' };

function mutated(value: unknown, pick: number, by: unknown): unknown {
  const places: [Record<string, unknown>, string][] = [];
  const copy = structuredClone(value) as unknown;
  const visit = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return;
    for (const key of Object.keys(at)) {
      places.push([at as Record<string, unknown>, key]);
      visit((at as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const place = places[pick % Math.max(1, places.length)];
  if (place !== undefined && !['metadata', 'name', 'apiVersion', 'kind'].includes(place[1])) place[0][place[1]] = by;
  return copy;
}
