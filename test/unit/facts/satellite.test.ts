import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { piraeusReport } from '../../../src/facts/piraeus.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { changed, failed, type Loose, listed, made, shape, valueIn, without } from './cluster-fixtures.ts';

const kind = 'piraeus.io/v1/LinstorSatellite';
const configurationKind = 'piraeus.io/v1/LinstorSatelliteConfiguration';
const calm = listed('calm/piraeus.io_v1_linstorsatellites');
const unavailable = listed('e-linstorsatellite-unavailable/piraeus.io_v1_linstorsatellites');
const configurations = listed('calm/piraeus.io_v1_linstorsatelliteconfigurations');
const nodes = listed('calm/core_v1_nodes');

const said = (raws: readonly Raw[], fact: string, id = 'node-b'): unknown =>
  valueIn(piraeusReport(clusterOf(raws), shape), fact, id);
const nodeB = (change: (satellite: Loose) => void): Raw[] => changed(calm, 'node-b', change);
const condition = (type: string, change: (condition: Loose) => void): Raw[] =>
  nodeB(({ status }) => change(status.conditions.find((one: Loose) => one.type === type)));

describe('whether Piraeus set up a satellite as it was asked to', () => {
  test.each<[string, Raw[], unknown]>([
    ['it did', calm, true],
    [
      'nobody knows while it is not online, and LINSTOR says that better',
      unavailable,
      { unreadable: 'Configured is Unknown' },
    ],
    [
      'it did, and that it is not available is left to LINSTOR',
      condition('Available', (one) => {
        one.status = 'False';
      }),
      true,
    ],
    [
      'its pools could not be made',
      condition('Configured', (one) => {
        one.status = 'False';
      }),
      false,
    ],
    [
      'its objects could not be applied, whatever else is unknown',
      nodeB(({ status }) => {
        status.conditions[0].status = 'False';
        status.conditions[2].status = 'Unknown';
      }),
      false,
    ],
    [
      'it did as it was asked before, and something else is asked now',
      nodeB(({ metadata }) => {
        metadata.generation = 2;
      }),
      { unreadable: 'Applied was not said of what is asked for now' },
    ],
    [
      'an old failure is no answer to a new question',
      nodeB(({ metadata, status }) => {
        metadata.generation = 2;
        for (const one of status.conditions) one.status = 'False';
      }),
      { unreadable: 'Applied was not said of what is asked for now' },
    ],
    [
      'a condition that does not say of which generation it is',
      condition('Configured', (one) => {
        delete one.observedGeneration;
      }),
      { unreadable: 'Configured was not said of what is asked for now' },
    ],
    [
      'neither a generation nor a condition of one',
      nodeB(({ metadata, status }) => {
        delete metadata.generation;
        for (const one of status.conditions) delete one.observedGeneration;
      }),
      { unreadable: 'Applied was not said of what is asked for now' },
    ],
    [
      'a status that is no word of conditions',
      condition('Applied', (one) => {
        one.status = 'Maybe';
      }),
      { unreadable: 'Maybe' },
    ],
    [
      'a condition that was not said yet',
      nodeB(({ status }) => {
        status.conditions.pop();
      }),
      undefined,
    ],
    [
      'no status at all',
      nodeB((satellite) => {
        delete satellite.status;
      }),
      undefined,
    ],
    ['two forms of one moment', [...calm, ...unavailable], { unreadable: 'the LinstorSatellite in two forms' }],
  ])('%s', (_, raws, value) => {
    expect(said(raws, 'node.satelliteConfigured')).toEqual(value);
  });
  test('is said of each by itself', () => {
    expect(said(unavailable, 'node.satelliteConfigured', 'node-a')).toBe(true);
  });
});

describe('what becomes of a node’s copies while its LinstorSatellite is being deleted', () => {
  const deleted = (policy: unknown): Raw[] =>
    nodeB(({ metadata, spec }) => {
      metadata.deletionTimestamp = '2026-11-21T08:09:00Z';
      spec.deletionPolicy = policy;
    });
  test.each<[string, Raw[], unknown]>([
    ['it is not', calm, 'none'],
    ['they stay', deleted('Retain'), 'Retain'],
    ['they are moved', deleted('Evacuate'), 'Evacuate'],
    ['they are dropped', deleted('Delete'), 'Delete'],
    ['they are moved, up to Piraeus 2.8, which has no policy', deleted(undefined), 'Evacuate'],
    ['a policy that we do not know', deleted('Shred'), { unreadable: 'Shred' }],
    ['a policy that is none', deleted(1), { unreadable: '1' }],
    ['a policy that reads like our word for no deletion', deleted('none'), { unreadable: 'none' }],
    ['a policy that reads like our word for no satellite', deleted('absent'), { unreadable: 'absent' }],
    ['two forms of one moment', [...calm, ...unavailable], { unreadable: 'the LinstorSatellite in two forms' }],
  ])('%s', (_, raws, value) => {
    expect(said(raws, 'node.satelliteRemoval')).toEqual(value);
  });

  const twoLeft = calm.filter((raw) => raw.from !== 'object' || raw.object.metadata.name !== 'node-b');
  test.each<[string, Raw[], unknown]>([
    ['the list has none of it', [...nodes, ...twoLeft], 'absent'],
    ['nobody asked for Nodes, so nobody is missed', twoLeft, undefined],
    ['an empty list proves nothing', [...nodes, ...made(kind, [])], undefined],
    ['a list that failed proves nothing', [...nodes, ...twoLeft, failed(kind, '403 forbidden')], undefined],
  ])('%s', (_, raws, value) => {
    expect(said(raws, 'node.satelliteRemoval')).toEqual(value);
    expect(said(raws, 'node.satelliteConfigured')).toBeUndefined();
  });
});

describe('whether every LinstorSatelliteConfiguration was applied', () => {
  const maintenance = (change: (one: Loose) => void): Raw[] =>
    changed(configurations, 'nodes-under-maintenance', change);
  const refused = maintenance(({ status }) => {
    status.conditions[0].status = 'False';
  });
  test.each<[string, Raw[], unknown]>([
    ['all of them were', configurations, true],
    ['one was not', refused, false],
    ['one was not, and who else there is is unknown', [...refused, failed(configurationKind, 'HTTP 500')], false],
    ['the others are unknown', without(configurations, 'v1/Node').filter(({ from }) => from !== 'list'), undefined],
    [
      'one was changed since',
      maintenance(({ metadata }) => {
        metadata.generation = 5;
      }),
      { unreadable: 'Applied was not said of what is asked for now' },
    ],
    [
      'one is new, and nobody has said anything of it',
      maintenance((one) => {
        delete one.status;
      }),
      undefined,
    ],
    [
      'one in two forms of one moment',
      [...configurations, ...refused],
      { unreadable: 'nodes-under-maintenance in two forms' },
    ],
    ['there is none that could have failed', made(configurationKind, []), true],
    ['nobody asked', calm, undefined],
  ])('%s', (_, raws, value) => {
    expect(said(raws, 'site.satelliteConfigurationsApplied', 'site')).toEqual(value);
  });
});

test.each([
  [500, 1_000, 500],
  [1_000, 500, 500],
])('a yes of all configurations, seen at %i and listed at %i, is as old as %i', (seenAt, listedAt, at) => {
  const raws = configurations.map((raw) => ({ ...raw, at: raw.from === 'list' ? listedAt : seenAt }));
  const report = piraeusReport(clusterOf(raws), shape);
  expect(report?.observations).toMatchObject([{ fact: 'site.satelliteConfigurationsApplied', seenAtMs: at }]);
});

test('Piraeus is heard of its satellites without its LinstorCluster', () => {
  expect(piraeusReport(clusterOf(calm), shape)).toMatchObject({ reporter: 'kubernetes:piraeus', seenAtMs: 1_000 });
  expect(piraeusReport(clusterOf(configurations), shape)?.seenAtMs).toBe(1_000);
  expect(piraeusReport(clusterOf(nodes), shape)).toBeUndefined();
});
