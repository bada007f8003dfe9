import type { Census, Report } from '../kernel/fact.ts';
import { isFailed } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Subject, SubjectKind } from '../kernel/subject.ts';
import { namelessPeer } from './drbd-lines.ts';
import type { Cluster } from './kube.ts';
import { linstorVolumes } from './volume.ts';

/** LINSTOR's lists, held against who is there by other witnesses. A controller that came up on an old or empty database,
 *  or a reply that was asked of one node only, is a list like any other; over what it leaves out every «all of them»
 *  would be true. So when a kernel runs a replica, or Kubernetes has a volume, that LINSTOR does not list, its lists are
 *  not had. The last word of a silent witness stands until it speaks again, as in a dispute: ageing must not end it.
 *  INVARIANT K2: an incomplete list is no list. */
export function withWholeLists(
  linstor: Report,
  witnesses: readonly Report[],
  cluster: Cluster,
  shape: SiteShape,
): Report {
  const missing = [
    ...leftOutOf(linstor.censuses, witnesses),
    ...volumesLeftOut(linstor.censuses, cluster, shape),
  ].sort();
  const [first] = missing;
  if (first === undefined) return linstor;
  const failed = missing.length === 1 ? first : `${first}, and ${missing.length - 1} more`;
  return { ...linstor, censuses: linstor.censuses.map((census) => doubted(census, failed)) };
}

function doubted(census: Census, failed: string): Census {
  return isFailed(census.members) ? census : { ...census, members: { failed } };
}

function leftOutOf(censuses: readonly Census[], witnesses: readonly Report[]): readonly string[] {
  const [replicas, connections] = [idsOf(censuses, 'replica'), idsOf(censuses, 'connection')];
  if (replicas === undefined || connections === undefined) return [];
  const listed = new Set([...replicas, ...connections]);
  const leftOut = new Map<string, string>();
  for (const { observations } of witnesses) {
    let last: Subject | undefined;
    for (const { subject, source } of observations) {
      if (subject === last) continue; // what is said of one subject stands together
      last = subject;
      for (const id of shownBy(subject)) {
        if (!listed.has(id) && !leftOut.has(id)) leftOut.set(id, `${source} shows ${id}, which LINSTOR does not list`);
      }
    }
  }
  return [...leftOut.values()];
}

/** Kept with the subject: a witness speaks of the same ones at every look. */
const shown = new WeakMap<Subject, readonly string[]>();

function shownBy(subject: Subject): readonly string[] {
  const known = shown.get(subject) ?? idsShownBy(subject);
  shown.set(subject, known);
  return known;
}

/** A connection shows itself and both of its ends, unless the peer has no name. */
function idsShownBy({ kind, id, of }: Subject): readonly string[] {
  if (kind === 'replica') return [id];
  if (kind !== 'connection' || of.replica === undefined) return [];
  const peer = id.slice(of.replica.length + 1);
  return peer === namelessPeer ? [of.replica] : [of.replica, `${of.volume}@${peer}`, id];
}

function volumesLeftOut(censuses: readonly Census[], cluster: Cluster, shape: SiteShape): readonly string[] {
  const listed = idsOf(censuses, 'volume');
  if (listed === undefined) return [];
  const volumes = linstorVolumes(cluster, shape);
  // That there is nothing at all is too much to believe of one witness.
  if (volumes === undefined) {
    return listed.size > 0 ? [] : ['lists no volume, and Kubernetes was not asked for its PersistentVolumes'];
  }
  return volumes.flatMap(({ subject, source }) =>
    listed.has(subject.id) ? [] : [`${source} is ${subject.id}, which LINSTOR does not list`],
  );
}

/** Undefined where there is no list to hold against anything. */
function idsOf(censuses: readonly Census[], kind: SubjectKind): ReadonlySet<string> | undefined {
  const census = censuses.find((one) => one.kind === kind);
  return census === undefined || isFailed(census.members) ? undefined : new Set(census.members.map(({ id }) => id));
}
