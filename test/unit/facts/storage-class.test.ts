import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { storageReport } from '../../../src/facts/volume.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { changed, type Loose, listed, made, shape, valueIn } from './cluster-fixtures.ts';

const app = 'pvc-d527bf38-7dcb-4141-840d-d7926d68e6aa';
const data = 'pvc-1da46351-3cf9-4069-8a0f-417205aa301f';
const volumes = listed('calm/core_v1_persistentvolumes');
const classes = listed('calm/storage.k8s.io_v1_storageclasses', 900);
const driver = 'linstor.csi.linbit.com';

const place = (raws: readonly Raw[], id = app): unknown =>
  valueIn(storageReport(clusterOf(raws), shape), 'volume.classPlace', id);
const withClass = (change: (storageClass: Loose) => void): Raw[] => [
  ...volumes,
  ...changed(classes, 'linstor-lvm-storage', change),
];
const withVolume = (change: (volume: Loose) => void): Raw[] => [...changed(volumes, app, change), ...classes];

describe('how many copies the class of a volume asks for today', () => {
  test('is the class’s own number, with the driver’s prefix or without', () => {
    expect(place([...volumes, ...classes], app)).toBe(2);
    expect(place([...volumes, ...classes], data)).toBe(1);
  });
  test('is as old as the older of the two that it was read from', () => {
    const report = storageReport(clusterOf([...volumes, ...classes]), shape);
    const found = report?.observations.filter(({ fact }) => fact === 'volume.classPlace');
    expect(found?.map(({ seenAtMs }) => seenAtMs)).toEqual(found?.map(() => 900));
    expect(found?.find(({ subject }) => subject.id === app)?.source).toBe(
      `StorageClass linstor-lvm-storage of PersistentVolume ${app}`,
    );
    expect(storageReport(clusterOf(classes), shape)?.seenAtMs).toBe(900);
  });
  test.each<[string, Record<string, unknown> | undefined, unknown]>([
    ['the older name', { autoPlace: '3' }, 3],
    ['the older name with the prefix', { [`${driver}/autoPlace`]: '3' }, 3],
    ['any case, as the driver reads it', { PLACEMENTCOUNT: '3' }, 3],
    ['nothing said, which is one', { storagePool: 'lvm-thin' }, 1],
    ['no parameters, which is one', undefined, 1],
    ['an empty text, which is one', { placementCount: '' }, 1],
    ['two that agree', { placementCount: '2', autoPlace: '2' }, 2],
    [
      'two that differ, of which the driver takes either',
      { placementCount: '2', [`${driver}/placementCount`]: '3' },
      { unreadable: 'both 2 and 3' },
    ],
    ['a number where only texts can stand', { placementCount: 2 }, { unreadable: '2' }],
    ['no number', { placementCount: 'two' }, { unreadable: 'two' }],
    ['none', { placementCount: '0' }, { unreadable: '0' }],
    ['fewer than none', { placementCount: '-1' }, { unreadable: '-1' }],
    ['another’s parameter of that name', { 'example.org/placementCount': '5', placementCount: '2' }, 2],
    [
      'nodes by name',
      { placementCount: '3', nodeList: 'node-a node-b' },
      { unreadable: 'a class that names its nodes' },
    ],
    ['clients by name', { [`${driver}/clientList`]: 'node-c' }, { unreadable: 'a class that names its nodes' }],
    ['by hand', { placementPolicy: 'Manual' }, { unreadable: 'a class that is placed by hand' }],
    ['by another policy', { placementPolicy: 'FollowTopology', placementCount: '2' }, 2],
  ])('%s', (_, parameters, value) => {
    const raws = withClass((storageClass) => {
      if (parameters === undefined) delete storageClass.parameters;
      else storageClass.parameters = parameters;
    });
    expect(place(raws)).toEqual(value);
  });
  test('parameters that are none are unreadable', () => {
    const raws = withClass((storageClass) => {
      storageClass.parameters = ['placementCount'];
    });
    expect(place(raws)).toEqual({ unreadable: 'a list' });
  });
  test.each<[string, Raw[], unknown]>([
    ['nobody asked for classes', volumes, undefined],
    ['the class is gone', [...volumes, ...made('storage.k8s.io/v1/StorageClass', [])], undefined],
    [
      'the class is another driver’s now',
      withClass((storageClass) => {
        storageClass.provisioner = 'rancher.io/local-path';
      }),
      undefined,
    ],
    [
      'the volume is another driver’s',
      withVolume((volume) => {
        volume.spec.csi.driver = 'nfs.csi.k8s.io';
      }),
      undefined,
    ],
    [
      'the volume names no class',
      withVolume((volume) => {
        delete volume.spec.storageClassName;
      }),
      undefined,
    ],
    [
      'the annotation of old goes before the field',
      withVolume((volume) => {
        volume.metadata.annotations['volume.beta.kubernetes.io/storage-class'] = 'linstor-lvm-storage-r1';
      }),
      1,
    ],
    [
      'the class in two forms of one moment',
      [
        ...withClass((storageClass) => {
          storageClass.parameters.placementCount = '3';
        }),
        ...classes,
      ],
      { unreadable: 'the StorageClass in two forms' },
    ],
  ])('%s', (_, raws, value) => {
    expect(place(raws)).toEqual(value);
  });
});
