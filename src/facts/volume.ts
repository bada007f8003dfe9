import type { Census, Observation, Report } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { type Subject, site, volume } from '../kernel/subject.ts';
import { at, type Cluster, quantityOf, type SeenObject, sayBool, textAt } from './kube.ts';
import { type Found, say, unreadable } from './say.ts';
import { classPlaceOf, storageClasses } from './storage-class.ts';

const persistent = 'v1/PersistentVolume';
const claims = 'v1/PersistentVolumeClaim';
const snapshots = 'snapshot.storage.k8s.io/v1/VolumeSnapshot';
const contents = 'snapshot.storage.k8s.io/v1/VolumeSnapshotContent';
const linstorDriver = 'linstor.csi.linbit.com';

/** Ids of the volumes of which somebody asked Kubernetes for a snapshot that is not ready. `anybody`: there is such a
 *  request, and whose volume it is about cannot be told. */
export type Requested = { readonly ids: ReadonlySet<string>; readonly anybody: boolean };

/** PersistentVolumes, their classes and claims, and VolumeSnapshots → sizes, and copies and snapshots asked for. Who the volumes are LINSTOR says;
 *  with local-path, where nothing stands behind them, they are the PersistentVolumes themselves. */
export function storageReport(cluster: Cluster, shape: SiteShape): Report | undefined {
  const seenAtMs = cluster.newestAt(persistent, claims, snapshots, contents, storageClasses);
  if (seenAtMs === undefined) return undefined;
  const requested = snapshotsRequested(cluster, shape);
  return {
    reporter: 'kubernetes:storage',
    scope: site.id,
    seenAtMs,
    observations: [
      ...cluster.kind(persistent).clean.flatMap((seen) => sizeOf(seen, shape)),
      ...cluster.kind(persistent).clean.flatMap((seen) => classPlace(seen, cluster, shape)),
      ...snapshotsRunning(cluster, shape, requested),
    ],
    censuses: shape.backend === 'local-path' ? localCensuses(cluster, seenAtMs) : [],
  };
}

/** The volume behind a PersistentVolume; undefined if it is none of this backend. */
function subjectOf({ object, torn }: SeenObject, shape: SiteShape): Subject | undefined {
  if (shape.backend === 'local-path') return volume(object.metadata.name, 0);
  const handle = textAt(object, 'spec', 'csi', 'volumeHandle');
  const isLinstor = textAt(object, 'spec', 'csi', 'driver') === linstorDriver;
  return isLinstor && handle !== undefined && !torn ? volume(handle, 0) : undefined;
}

/** Volumes of LINSTOR's that Kubernetes has; undefined when nobody asked it for any. */
export function linstorVolumes(
  cluster: Cluster,
  shape: SiteShape,
): readonly { readonly subject: Subject; readonly source: string }[] | undefined {
  const { listing, all } = cluster.kind(persistent);
  if (!listing.had && all.length === 0) return undefined;
  return cluster.kind(persistent).clean.flatMap((seen) => {
    const subject = subjectOf(seen, shape);
    return subject === undefined ? [] : [{ subject, source: `PersistentVolume ${seen.id}` }];
  });
}

function sizeOf(seen: SeenObject, shape: SiteShape): readonly Observation[] {
  const subject = subjectOf(seen, shape);
  const capacity = at(seen.object, 'spec', 'capacity', 'storage');
  if (subject === undefined || capacity === undefined) return [];
  const source = `PersistentVolume ${seen.id}`;
  return say('volume.size', subject, quantityOf(capacity) ?? unreadable(capacity), { at: seen.at, source });
}

/** Kept beside `volume.place` and never compared with it here: which of the two is right only people know. */
function classPlace(seen: SeenObject, cluster: Cluster, shape: SiteShape): readonly Observation[] {
  const subject = subjectOf(seen, shape);
  const found = classPlaceOf(seen, cluster);
  return subject === undefined || found === undefined ? [] : say('volume.classPlace', subject, found.place, found);
}

/** local-path keeps one copy on one node and replicates nothing: that nobody is a replica or a connection is known of the
 *  type, whatever was fetched. */
function localCensuses(cluster: Cluster, seenAtMs: number): readonly Census[] {
  const { listing, all } = cluster.kind(persistent);
  const source = `list of ${persistent}`;
  const known = new Set(all.map(({ id }) => id));
  // An empty list is no proof of absence while a claim is bound to a volume that it does not have.
  const lost = cluster.kind(claims).clean.find(({ object }) => {
    const name = textAt(object, 'spec', 'volumeName');
    return name !== undefined && !known.has(name);
  });
  const failed = !listing.had ? listing.why : lost && `no list has the volume of PersistentVolumeClaim ${lost.id}`;
  const members = failed === undefined ? all.map(({ id }) => volume(id, 0)) : { failed };
  return [
    { kind: 'volume', members, seenAtMs: listing.at ?? seenAtMs, source },
    { kind: 'replica', members: [], seenAtMs, source: 'local-path replicates nothing' },
    { kind: 'connection', members: [], seenAtMs, source: 'local-path replicates nothing' },
  ];
}

/** `readyToUse` left out is unknown, and an error is tried again: both are a snapshot that is still to come. */
export function snapshotsRequested(cluster: Cluster, shape: SiteShape): Requested {
  const ids = new Set<string>();
  let anybody = false;
  for (const seen of cluster.kind(snapshots).all) {
    if (!seen.torn && sayBool(seen.object, 'status', 'readyToUse') === true) continue;
    // A snapshot that was taken elsewhere is only bound here: nothing is frozen for it.
    if (textAt(seen.object, 'spec', 'source', 'volumeSnapshotContentName') !== undefined) continue;
    const subject = volumeOfSnapshot(seen, cluster, shape);
    if (subject === 'unknown') anybody = true;
    else if (subject !== undefined) ids.add(subject.id);
  }
  return { ids, anybody };
}

function volumeOfSnapshot(seen: SeenObject, cluster: Cluster, shape: SiteShape): Subject | 'unknown' | undefined {
  const claimName = textAt(seen.object, 'spec', 'source', 'persistentVolumeClaimName');
  const namespace = textAt(seen.object, 'metadata', 'namespace');
  const claim = cluster.kind(claims).clean.find(({ id }) => id === `${namespace}/${claimName}`);
  const volumeName = textAt(claim?.object, 'spec', 'volumeName');
  const found = cluster.kind(persistent).clean.find(({ id }) => id === volumeName);
  if (!seen.torn && found !== undefined) return subjectOf(found, shape);
  // The content names the volume itself; the way there is checked from its side, as its type asks.
  const content = cluster
    .kind(contents)
    .clean.find(
      ({ object }) =>
        textAt(object, 'spec', 'volumeSnapshotRef', 'name') === textAt(seen.object, 'metadata', 'name') &&
        textAt(object, 'spec', 'volumeSnapshotRef', 'namespace') === namespace,
    );
  const handle = textAt(content?.object, 'spec', 'source', 'volumeHandle');
  if (seen.torn || handle === undefined) return 'unknown';
  if (shape.backend === 'local-path') return volume(handle, 0);
  return textAt(content?.object, 'spec', 'driver') === linstorDriver ? volume(handle, 0) : undefined;
}

/** Kubernetes only knows what was asked of it: that a snapshot is on its way it can say, that none is taken only where
 *  nobody stands behind it who takes some by himself. */
function snapshotsRunning(cluster: Cluster, shape: SiteShape, requested: Requested): readonly Observation[] {
  const { listing, all } = cluster.kind(snapshots);
  const newest = Math.max(...all.map((seen) => seen.at), listing.at ?? Number.NEGATIVE_INFINITY);
  const seen = { at: newest, source: `list of ${snapshots}` };
  const wanted = [...requested.ids].sort().flatMap((id) => say('volume.snapshotRunning', volume(id, 0), true, seen));
  const others = new Map<string, Subject>();
  for (const volumeSeen of cluster.kind(persistent).all) {
    const subject = subjectOf(volumeSeen, shape);
    if (subject !== undefined && !requested.ids.has(subject.id)) others.set(subject.id, subject);
  }
  const rest: Found<boolean> = requested.anybody
    ? unreadable('a snapshot of a volume that cannot be told')
    : shape.backend === 'local-path' && listing.had
      ? false
      : undefined;
  return [...wanted, ...[...others.values()].flatMap((subject) => say('volume.snapshotRunning', subject, rest, seen))];
}
