import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { snapshotsRequested, storageReport } from '../../../src/facts/volume.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import { changed, failed, idsIn, type Loose, listed, made, shape, valueIn, without } from './cluster-fixtures.ts';

const app = 'pvc-d527bf38-7dcb-4141-840d-d7926d68e6aa';
const data = 'pvc-1da46351-3cf9-4069-8a0f-417205aa301f';
const persistent = 'v1/PersistentVolume';
const snapshots = 'snapshot.storage.k8s.io/v1/VolumeSnapshot';
const calm = [
  ...listed('calm/core_v1_persistentvolumes'),
  ...listed('calm/core_v1_persistentvolumeclaims'),
  ...listed('calm/snapshot.storage.k8s.io_v1_volumesnapshots'),
  ...listed('calm/snapshot.storage.k8s.io_v1_volumesnapshotcontents'),
];
const local: SiteShape = { ...shape, backend: 'local-path' };

function reportOf(raws: readonly Raw[], of: SiteShape = shape): Report | undefined {
  return storageReport(clusterOf(raws), of);
}
const pendingBut = (change: (snapshot: Loose) => void): Raw[] =>
  changed(calm, 'vm-app-01-root-before', (snapshot) => {
    delete snapshot.status.readyToUse;
    change(snapshot);
  });

describe('sizes', () => {
  test('are the PersistentVolumes’, in bytes, by the name that LINSTOR knows them by', () => {
    expect(valueIn(reportOf(calm), 'volume.size', data)).toBe(200 * 2 ** 30);
    expect(valueIn(reportOf(calm), 'volume.size', app)).toBe(40 * 2 ** 30);
  });
  test('of another driver’s volume are no fact of ours', () => {
    const raws = changed(calm, data, (volume) => {
      volume.spec.csi.driver = 'nfs.csi.k8s.io';
    });
    expect(valueIn(reportOf(raws), 'volume.size', data)).toBeUndefined();
  });
  test('follow the handle, not the object’s name', () => {
    const raws = changed(calm, data, (volume) => {
      volume.spec.csi.volumeHandle = 'db-data';
    });
    expect(valueIn(reportOf(raws), 'volume.size', 'db-data')).toBe(200 * 2 ** 30);
  });
  test.each<[unknown, unknown]>([
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1e3', 1000],
    ['5k', 5000],
    ['4096', 4096],
    ['0.3', { unreadable: '0.3' }],
    ['9Ei', { unreadable: '9Ei' }],
    ['-1Gi', { unreadable: '-1Gi' }],
    ['1GB', { unreadable: '1GB' }],
    ['', { unreadable: '' }],
    [40, { unreadable: '40' }],
    [undefined, undefined],
  ])('%j is %j', (storage, value) => {
    const raws = changed(calm, data, (volume) => {
      volume.spec.capacity = { storage };
    });
    expect(valueIn(reportOf(raws), 'volume.size', data)).toEqual(value);
  });
});

test('with local-path a volume is its PersistentVolume, whoever made it', () => {
  const raws = made(persistent, [{ metadata: { name: 'pv' }, spec: { capacity: { storage: '1Gi' } } }]);
  expect(valueIn(reportOf(raws, local), 'volume.size', 'pv')).toBe(2 ** 30);
  expect(valueIn(reportOf(raws), 'volume.size', 'pv')).toBeUndefined();
});

describe('who the volumes are', () => {
  test('is for LINSTOR to say', () => {
    expect(reportOf(calm)?.censuses).toEqual([]);
  });
  test('with local-path it is the PersistentVolumes, and nobody is a replica', () => {
    const report = reportOf(calm, local);
    expect(idsIn(report, 'volume')).toHaveLength(5);
    expect(idsIn(report, 'volume')).toContain(data);
    expect(idsIn(report, 'replica')).toEqual([]);
    expect(idsIn(report, 'connection')).toEqual([]);
  });
  test('a list that was not had is unknown, though that nobody replicates is not', () => {
    const report = reportOf([...calm, failed(persistent, '403 forbidden')], local);
    expect(idsIn(report, 'volume')).toEqual({ failed: '403 forbidden' });
    expect(idsIn(report, 'replica')).toEqual([]);
    expect(idsIn(reportOf(without(calm, persistent), local), 'volume')).toHaveProperty('failed');
  });
  test('an empty list is given the lie by a claim that is bound', () => {
    const empty = [...without(calm, persistent), ...made(persistent, [])];
    expect(idsIn(reportOf(empty, local), 'volume')).toHaveProperty('failed');
    expect(idsIn(reportOf(made(persistent, []), local), 'volume')).toEqual([]);
  });
});

describe('snapshots that were asked for', () => {
  test('a ready one is over, and that none is taken is not Kubernetes’ to say', () => {
    expect(snapshotsRequested(clusterOf(calm), shape)).toEqual({ ids: new Set(), anybody: false });
    expect(valueIn(reportOf(calm), 'volume.snapshotRunning', app)).toBeUndefined();
  });
  test.each<[string, Raw[]]>([
    ['readyToUse left out', pendingBut(() => {})],
    [
      'not ready',
      pendingBut((snapshot) => {
        snapshot.status.readyToUse = false;
      }),
    ],
    [
      'readyToUse as text',
      pendingBut((snapshot) => {
        snapshot.status.readyToUse = 'true';
      }),
    ],
    [
      'an error, which is tried again',
      pendingBut((snapshot) => {
        snapshot.status.error = { message: 'busy' };
      }),
    ],
    [
      'no status yet',
      pendingBut((snapshot) => {
        delete snapshot.status;
      }),
    ],
    [
      'its claim not listed, but its content',
      without(
        pendingBut(() => {}),
        'v1/PersistentVolumeClaim',
      ),
    ],
    [
      'its content not listed, but its claim',
      without(
        pendingBut(() => {}),
        'snapshot.storage.k8s.io/v1/VolumeSnapshotContent',
      ),
    ],
  ])('%s: on its way, of this volume and no other', (_, raws) => {
    expect(valueIn(reportOf(raws), 'volume.snapshotRunning', app)).toBe(true);
    expect(valueIn(reportOf(raws), 'volume.snapshotRunning', data)).toBeUndefined();
  });
  test('of a volume that cannot be told could be anybody’s', () => {
    const raws = without(
      without(
        pendingBut(() => {}),
        'v1/PersistentVolumeClaim',
      ),
      'snapshot.storage.k8s.io/v1/VolumeSnapshotContent',
    );
    expect(snapshotsRequested(clusterOf(raws), shape).anybody).toBe(true);
    expect(valueIn(reportOf(raws), 'volume.snapshotRunning', data)).toHaveProperty('unreadable');
  });
  test('of another driver’s volume is none of LINSTOR’s, and one of local-path’s', () => {
    const unclaimed = without(
      pendingBut(() => {}),
      'v1/PersistentVolumeClaim',
    ).map((raw): Raw => {
      if (raw.from !== 'object' || raw.object.kind !== 'VolumeSnapshotContent') return raw;
      return { ...raw, object: { ...raw.object, spec: { ...(raw.object.spec as object), driver: 'nfs.csi.k8s.io' } } };
    });
    expect(snapshotsRequested(clusterOf(unclaimed), shape)).toEqual({ ids: new Set(), anybody: false });
    expect(snapshotsRequested(clusterOf(unclaimed), local)).toEqual({ ids: new Set([app]), anybody: false });
  });
  test('is said once of a volume that two PersistentVolumes name', () => {
    const twice = changed(
      pendingBut(() => {}),
      data,
      (volume) => {
        volume.spec.csi.volumeHandle = app;
      },
    );
    const lost = made(snapshots, [{ metadata: { name: 'lost', namespace: 'vms' }, spec: {} }]);
    expect(valueIn(reportOf([...twice, ...lost]), 'volume.snapshotRunning', app)).toBe(true);
  });
  test('one that was taken elsewhere freezes nothing here', () => {
    const raws = pendingBut((snapshot) => {
      snapshot.spec.source = { volumeSnapshotContentName: 'imported' };
    });
    expect(snapshotsRequested(clusterOf(raws), shape)).toEqual({ ids: new Set(), anybody: false });
  });
  test('with local-path the list of them is the whole truth', () => {
    expect(valueIn(reportOf(calm, local), 'volume.snapshotRunning', app)).toBe(false);
    expect(
      valueIn(
        reportOf(
          pendingBut(() => {}),
          local,
        ),
        'volume.snapshotRunning',
        app,
      ),
    ).toBe(true);
    expect(valueIn(reportOf(without(calm, snapshots), local), 'volume.snapshotRunning', app)).toBeUndefined();
  });
});
