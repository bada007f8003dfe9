import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCapture } from '../../../src/capture/files.ts';
import { normalise } from '../../../src/facts/normalise.ts';
import { createStore } from '../../../src/facts/store.ts';
import { type KubeObject, kindOf, type Raw } from '../../../src/kernel/raw.ts';
import { snapshotDigest } from '../../../src/kernel/snapshot-document.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { Observer } from '../../../src/operator/observe.ts';
import { View } from '../../../src/operator/view.ts';
import { shippedProfiles } from '../../support/shipped.ts';

const captures = join(import.meta.dirname, '..', '..', '..', 'captures');

/** Objects and replies of the shipped captures, by what they are about: what one capture shows, another shows otherwise. */
const shipped = await (async () => {
  const names = readdirSync(captures, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const io = { stdin: (async function* () {})() };
  const raws: Raw[] = [];
  for (const { name } of names) {
    const loaded = await openCapture(join(captures, name), io);
    if (loaded.ok) raws.push(...loaded.value.raws);
  }
  return raws;
})();
/** What no capture shows in two ways. */
function made(): readonly KubeObject[] {
  const claims = shipped.flatMap((raw) =>
    raw.from === 'object' && raw.object.kind === 'PersistentVolumeClaim' ? [raw.object] : [],
  );
  const snapshots = claims.slice(0, 12).flatMap(({ metadata: { name, namespace } }) =>
    [true, false].map((readyToUse) => ({
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: { name: `of-${name}`, ...(namespace === undefined ? {} : { namespace }) },
      spec: { source: { persistentVolumeClaimName: name } },
      status: { readyToUse },
    })),
  );
  const classes = ['2', '3'].map((count) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'linstor-lvm-storage' },
    provisioner: 'linstor.csi.linbit.com',
    parameters: { 'linstor.csi.linbit.com/placementCount': count },
  }));
  const leases = ['node-a', 'node-b'].map((holderIdentity) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'old-lock', namespace: 'kube-system' },
    spec: { holderIdentity },
  }));
  // Often enough to be drawn.
  return Array.from({ length: 8 }, () => [...snapshots, ...classes, ...leases]).flat();
}

const objects = [...shipped.flatMap((raw) => (raw.from === 'object' ? [raw.object] : [])), ...made()];
/** Of every shipped profile; and of one whose old lock is a Lease. */
const shapes = shippedProfiles().flatMap(({ shape }) =>
  shape.legacy === undefined
    ? [shape]
    : [shape, { ...shape, legacy: { ...shape.legacy, lease: { name: 'old-lock' } } }],
);
const byKind = Map.groupBy(objects, kindOf);
const kinds = [...byKind.keys()].sort();
const replies = shipped.flatMap((raw) => (raw.from === 'linstor' ? [raw] : []));

/** What somebody may hear, as draws from the pool. */
const aHearing = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('change' as const), kind: fc.constantFrom(...kinds), pick: fc.nat() }),
  },
  fc.record({ what: fc.constant('gone' as const), kind: fc.constantFrom(...kinds), pick: fc.nat() }),
  fc.record({ what: fc.constant('alive' as const), kind: fc.constantFrom(...kinds), pick: fc.nat() }),
  fc.record({ what: fc.constant('list' as const), kind: fc.constantFrom(...kinds), pick: fc.nat() }),
  fc.record({ what: fc.constant('no list' as const), kind: fc.constantFrom(...kinds), pick: fc.nat() }),
  { weight: 2, arbitrary: fc.record({ what: fc.constant('reply' as const), kind: fc.constant(''), pick: fc.nat() }) },
  fc.record({ what: fc.constant('no reply' as const), kind: fc.constant(''), pick: fc.nat() }),
  { weight: 2, arbitrary: fc.record({ what: fc.constant('beat' as const), kind: fc.constant(''), pick: fc.nat() }) },
);

function agentStatus(pick: number, version: number): KubeObject {
  const name = ['node-a', 'node-b', 'node-c'][pick % 3] ?? 'node-a';
  const said: readonly (readonly [string, string, unknown])[] = [
    ['node.bootState', name, ['active', 'recovery', 'nonsense'][pick % 7]],
    ['bond.mode', `${name}/bond1`, ['active-backup', 'balance-rr'][pick % 2]],
    ['replica.disk', `pvc-${pick % 5}@${name}`, 'UpToDate'],
  ];
  return {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'NodewrightAgentStatus',
    metadata: { name, uid: `uid-${name}`, resourceVersion: String(version) },
    spec: { node: name },
    status: {
      heartbeat: { sequence: pick % 50, bootId: 'b' },
      observations: said.map(([fact, object, value]) => ({ fact, object, value, age: `${pick % 9}s` })),
    },
  };
}

function onceEach(all: readonly KubeObject[]): readonly KubeObject[] {
  return [...new Map(all.map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one])).values()];
}

test('what is understood bit by bit is at every moment what is understood of everything at once', () => {
  for (const shape of shapes) {
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.tuple(aHearing, fc.nat(40_000)), { maxLength: 40 }), (full, hearings) => {
        const clock = { nowMs: 1_800_000_000_000 };
        const observer = new Observer(() => clock.nowMs);
        const view = new View(observer, shape, vocabulary);
        let version = 1;
        // Everything is there at first, or nothing is.
        for (const kind of kinds) observer.listed(kind, full ? onceEach(byKind.get(kind) ?? []) : [], clock.nowMs);
        if (full) for (const { path, text } of replies) observer.linstor(path, { text }, clock.nowMs);
        view.snapshot(clock.nowMs);
        for (const [{ what, kind, pick }, ms] of hearings) {
          clock.nowMs += ms % 5 === 0 ? 0 : ms;
          version += 1;
          const pool = byKind.get(kind) ?? [];
          const any = pool[pick % pool.length];
          const object = any && { ...any, metadata: { ...any.metadata, resourceVersion: String(version) } };
          const reply = replies[pick % replies.length];
          if (what === 'change' && object !== undefined) observer.hear({ kind: 'changed', object });
          if (what === 'gone' && object !== undefined) observer.hear({ kind: 'gone', object });
          if (what === 'alive') observer.hear({ kind: 'alive', of: kind });
          if (what === 'no list') observer.listFailed(kind, 'HTTP 403', clock.nowMs);
          if (what === 'list') {
            const items = pool.filter((_, index) => (index + pick) % 3 === 0);
            observer.listed(kind, onceEach(items), clock.nowMs);
          }
          if (what === 'reply' && reply !== undefined) observer.linstor(reply.path, { text: reply.text }, clock.nowMs);
          if (what === 'no reply' && reply !== undefined) observer.linstor(reply.path, { failed: 'no' }, clock.nowMs);
          if (what === 'beat') observer.hear({ kind: 'changed', object: agentStatus(pick, version) });
          if (pick % 2 === 0) continue;
          const store = createStore(vocabulary);
          for (const report of normalise(observer.raws(clock.nowMs), shape)) store.fold(report);
          expect(snapshotDigest(view.snapshot(clock.nowMs))).toBe(snapshotDigest(store.cut(clock.nowMs)));
        }
      }),
      { numRuns: 200 },
    );
  }
});
