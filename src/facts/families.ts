import type { Report } from '../kernel/fact.ts';
import type { Raw, RawObserver } from '../kernel/raw.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Cluster } from './kube.ts';
import { kubevirtReport } from './kubevirt.ts';
import { legacyReport } from './legacy.ts';
import { linstorReport } from './linstor.ts';
import { lockReport } from './lock.ts';
import { type BootWords, nodesReport } from './node.ts';
import { piraeusReport } from './piraeus.ts';
import type { Found } from './say.ts';
import { snapshotsRequested, storageReport } from './volume.ts';
import { withWholeLists } from './whole-lists.ts';

/** What the reports about the whole site are made from. */
export interface Sources {
  readonly cluster: Cluster;
  /** LINSTOR's replies; whatever else is among them is not read. */
  readonly replies: readonly Raw[];
  readonly observers: ReadonlyMap<string, RawObserver>;
  /** What hosts and agents reported of their nodes. */
  readonly witnesses: readonly Report[];
}

/** One reporter of the site, and all that its report depends on: whoever watches makes it anew only when one of those changed. */
export interface Family {
  readonly reporter: string;
  /** Kinds of objects, and:
   *  - `replies`: LINSTOR's;
   *  - `unbeaten`: who was not seen to beat, and how far his clock is from ours;
   *  - `boot-words`: which image each witness says that its node booted, and when it saw that;
   *  - `shown`: of whom the witnesses speak, whatever they say. */
  readonly reads: readonly string[];
  report(sources: Sources, shape: SiteShape): Report | undefined;
  /** A second step, for what changes more often than the rest is worth making again. */
  readonly after?: {
    readonly reads: readonly string[];
    report(made: Report, sources: Sources, shape: SiteShape): Report;
  };
}

const pods = 'v1/Pod';
const persistent = 'v1/PersistentVolume';
const claims = 'v1/PersistentVolumeClaim';
const snapshots = 'snapshot.storage.k8s.io/v1/VolumeSnapshot';
const contents = 'snapshot.storage.k8s.io/v1/VolumeSnapshotContent';
const leases = 'coordination.k8s.io/v1/Lease';

/** Who says what about the site, each once. */
export const families: readonly Family[] = [
  {
    reporter: 'kubernetes:nodes',
    reads: ['v1/Node', pods, 'boot-words'],
    report: ({ cluster, witnesses }, shape) => nodesReport(cluster, shape, bootWordsOf(witnesses)),
  },
  {
    reporter: 'kubernetes:kubevirt',
    reads: [
      'kubevirt.io/v1/VirtualMachine',
      'kubevirt.io/v1/VirtualMachineInstance',
      'kubevirt.io/v1/VirtualMachineInstanceMigration',
      'kubevirt.io/v1/KubeVirt',
      pods,
    ],
    report: ({ cluster }) => kubevirtReport(cluster),
  },
  {
    reporter: 'kubernetes:storage',
    reads: [persistent, claims, snapshots, contents, 'storage.k8s.io/v1/StorageClass'],
    report: ({ cluster }, shape) => storageReport(cluster, shape),
  },
  {
    reporter: 'kubernetes:piraeus',
    reads: [
      'piraeus.io/v1/LinstorCluster',
      'piraeus.io/v1/LinstorSatellite',
      'piraeus.io/v1/LinstorSatelliteConfiguration',
      'v1/Node',
      pods,
    ],
    report: ({ cluster }, shape) => piraeusReport(cluster, shape),
  },
  {
    reporter: 'linstor',
    reads: ['replies', persistent, claims, snapshots, contents],
    // With local-path there is no LINSTOR to ask; if one answers, its volumes are not this profile's.
    report: ({ cluster, replies }, shape) =>
      shape.backend === 'piraeus' ? linstorReport(replies, snapshotsRequested(cluster, shape)) : undefined,
    after: {
      reads: ['shown', persistent],
      report: (made, { cluster, witnesses }, shape) => withWholeLists(made, witnesses, cluster, shape),
    },
  },
  {
    reporter: 'kubernetes:lock',
    reads: [leases],
    report: ({ cluster }, shape) => lockReport(cluster, shape),
  },
  {
    reporter: 'legacy',
    reads: ['v1/ConfigMap', leases, 'v1/Event', 'events.k8s.io/v1/Event', 'unbeaten'],
    report: ({ cluster, observers }, shape) => legacyReport(cluster, shape, observers),
  },
];

/** The fact that makes `boot-words`. */
export const bootWord = 'node.bootState';

/** The node itself knows best which image it booted; whether it is eligible hangs on that. */
function bootWordsOf(reports: readonly Report[]): BootWords {
  const words = new Map<string, { word: Found<string>; at: number }[]>();
  for (const { observations } of reports) {
    for (const { fact, subject, value, seenAtMs } of observations) {
      if (fact !== bootWord) continue;
      const said = typeof value === 'string' || (typeof value === 'object' && value !== null && 'unreadable' in value);
      if (said)
        words.set(subject.id, [...(words.get(subject.id) ?? []), { word: value as Found<string>, at: seenAtMs }]);
    }
  }
  return words;
}
