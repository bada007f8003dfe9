import type { Observation, Report } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { site } from '../kernel/subject.ts';
import { at, type Cluster, conditionOf, isMap, labelOf, type SeenObject, sayBool, single, textAt } from './kube.ts';
import { configurations, satelliteFacts, satellites } from './satellite.ts';
import { type Found, say, unreadable } from './say.ts';

const clusters = 'piraeus.io/v1/LinstorCluster';
const pods = 'v1/Pod';

/** LinstorCluster → whether the HA controller is switched off; LinstorSatellite and its configuration → what Piraeus did
 *  about each node. */
export function piraeusReport(cluster: Cluster, shape: SiteShape): Report | undefined {
  const seenAtMs = cluster.newestAt(clusters, satellites, configurations);
  if (seenAtMs === undefined) return undefined;
  return {
    reporter: 'kubernetes:piraeus',
    scope: site.id,
    seenAtMs,
    observations: [...haControllerPaused(cluster, shape, seenAtMs), ...satelliteFacts(cluster)],
    censuses: [],
  };
}

function haControllerPaused(cluster: Cluster, shape: SiteShape, seenAtMs: number): readonly Observation[] {
  const found = single(cluster.kind(clusters), 'LinstorCluster');
  if (found === undefined) return [];
  const seen =
    'unreadable' in found
      ? { at: seenAtMs, source: `list of ${clusters}` }
      : { at: found.at, source: `LinstorCluster ${found.id}` };
  const value = 'unreadable' in found ? found : paused(found, cluster, shape);
  return say('site.haControllerPaused', site, value, seen);
}

/** Switched off is what was wished; it counts once the operator says that it applied this very generation, and the list of
 *  Pods shows that none of it runs any more. Piraeus switches it on where nothing is said. */
function paused({ object }: SeenObject, cluster: Cluster, shape: SiteShape): Found<boolean> {
  if (!isMap(at(object, 'spec'))) return undefined;
  const enabled = sayBool(object, 'spec', 'highAvailabilityController', 'enabled') ?? true;
  if (enabled !== false) return enabled === true ? false : enabled;
  if (cluster.kind(pods).all.some((pod) => isHaController(pod, shape))) return false;
  const applied = conditionOf(object, 'Applied');
  const generation = at(object, 'metadata', 'generation');
  const current =
    applied !== undefined &&
    !('unreadable' in applied) &&
    applied.status === 'True' &&
    generation !== undefined &&
    applied.observedGeneration === generation;
  if (!current) return unreadable('switched off, but not said to be applied');
  return cluster.kind(pods).listing.had ? true : unreadable('switched off, but its Pods were not listed');
}

function isHaController({ object }: SeenObject, shape: SiteShape): boolean {
  const phase = textAt(object, 'status', 'phase');
  return (
    labelOf(object, 'app.kubernetes.io/component') === 'ha-controller' &&
    textAt(object, 'metadata', 'namespace') === shape.storageNamespace &&
    phase !== 'Succeeded' &&
    phase !== 'Failed'
  );
}
