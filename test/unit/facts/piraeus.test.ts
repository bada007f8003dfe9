import { expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { piraeusReport } from '../../../src/facts/piraeus.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { changed, type Loose, listed, made, shape, valueIn } from './cluster-fixtures.ts';

const calm = listed('calm/piraeus.io_v1_linstorclusters');
const off = (more: (cluster: Loose) => void = () => {}): Raw[] =>
  changed(calm, 'linstorcluster', (cluster) => {
    cluster.spec.highAvailabilityController = { enabled: false };
    more(cluster);
  });
const pod = (namespace: string, phase: string): Raw[] =>
  made('v1/Pod', [
    {
      metadata: { name: 'ha', namespace, labels: { 'app.kubernetes.io/component': 'ha-controller' } },
      status: { phase },
    },
  ]);

test.each<[string, Raw[], unknown]>([
  ['runs where nothing is said', calm, false],
  ['runs while a satellite is away', listed('e-linstorsatellite-unavailable/piraeus.io_v1_linstorclusters'), false],
  ['is off once that was applied and no Pod of it is there', [...off(), ...made('v1/Pod', [])], true],
  [
    'is not known to be off where nobody listed Pods',
    off(),
    { unreadable: 'switched off, but its Pods were not listed' },
  ],
  [
    'is not known to be off before it was applied',
    off((cluster) => {
      cluster.metadata.generation = 2;
    }),
    { unreadable: 'switched off, but not said to be applied' },
  ],
  [
    'is not known to be off where applying failed',
    off((cluster) => {
      cluster.status.conditions[0].status = 'False';
    }),
    { unreadable: 'switched off, but not said to be applied' },
  ],
  [
    'is not known to be off without a status',
    off((cluster) => {
      delete cluster.status;
    }),
    { unreadable: 'switched off, but not said to be applied' },
  ],
  ['is not off while a Pod of it runs', [...off(), ...pod('piraeus-system', 'Running')], false],
  [
    'is off when its Pods have ended, or are another’s',
    [...off(), ...pod('piraeus-system', 'Succeeded'), ...pod('elsewhere', 'Running')],
    true,
  ],
  [
    'is unknown at a word that is no bool',
    off((cluster) => {
      cluster.spec.highAvailabilityController.enabled = 'no';
    }),
    { unreadable: 'no' },
  ],
  [
    'is unknown without a spec',
    changed(calm, 'linstorcluster', (cluster) => {
      delete cluster.spec;
    }),
    undefined,
  ],
  [
    'is unknown with two clusters',
    [
      ...calm,
      ...changed(calm.slice(1), 'linstorcluster', (cluster) => {
        cluster.metadata.name = 'second';
      }),
    ],
    { unreadable: '2 objects LinstorCluster' },
  ],
])('the HA controller %s', (_, raws, value) => {
  expect(valueIn(piraeusReport(clusterOf(raws), shape), 'site.haControllerPaused', 'site')).toEqual(value);
});

test('what one cluster says is as old as that cluster, and named by it; of two it is the list’s', () => {
  const older = calm.map((raw) => (raw.from === 'object' ? { ...raw, at: 900 } : raw));
  const second = changed(older.slice(1), 'linstorcluster', (cluster) => {
    cluster.metadata.name = 'second';
  });
  const said = (raws: readonly Raw[]) => piraeusReport(clusterOf(raws), shape)?.observations;
  expect(said(older)).toMatchObject([{ source: 'LinstorCluster linstorcluster', seenAtMs: 900 }]);
  expect(said([...older, ...second])).toMatchObject([
    { source: 'list of piraeus.io/v1/LinstorCluster', seenAtMs: 1_000 },
  ]);
});
