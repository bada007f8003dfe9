import type { Report } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { site } from '../kernel/subject.ts';
import { at, type Cluster, isMap, type SeenObject, sayText } from './kube.ts';
import { type Found, say, unreadable } from './say.ts';

const leases = 'coordination.k8s.io/v1/Lease';

/** The Lease that the profile names as the lock of the site → who holds it. One that nobody saw is held by nobody knows
 *  whom, whatever else was listed. */
export function lockReport(cluster: Cluster, { lock }: SiteShape): Report | undefined {
  const lease = lock && leaseOf(cluster, lock.lease);
  if (lease === undefined) return undefined;
  const seen = { at: lease.at, source: `Lease ${lease.id}` };
  const observations = say('site.lock', site, holderOf(lease), seen);
  return { reporter: 'kubernetes:lock', scope: site.id, seenAtMs: lease.at, observations, censuses: [] };
}

export function leaseOf(
  cluster: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): SeenObject | undefined {
  const id = `${namespace}/${name}`;
  return cluster.kind(leases).all.find((seen) => seen.id === id);
}

/** Whoever lets a Lease go leaves it there with an empty holder, or with none. Its `renewTime` is a moment by its holder's
 *  clock and is compared with nothing of ours: a holder that has been silent for long may be dead, and may as well be in
 *  the middle of something behind a broken link, so whoever stands in it holds it. */
export function holderOf({ object, torn }: SeenObject): Found<string | null> {
  if (torn) return unreadable('the Lease in two forms');
  if (!isMap(at(object, 'spec'))) return unreadable('a Lease without a spec');
  const holder = sayText(object, 'spec', 'holderIdentity');
  return holder === undefined || holder === '' ? null : holder;
}
