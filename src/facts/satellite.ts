import type { Observation } from '../kernel/fact.ts';
import { node, site } from '../kernel/subject.ts';
import { at, type Cluster, conditionOf, type SeenObject } from './kube.ts';
import { type Found, say, unreadable } from './say.ts';

export const satellites = 'piraeus.io/v1/LinstorSatellite';
export const configurations = 'piraeus.io/v1/LinstorSatelliteConfiguration';
const nodes = 'v1/Node';

/** LinstorSatellite and its configurations → what Piraeus did about each node, and is about to do. The condition `Available`
 *  is left out: it repeats LINSTOR's own word with a delay and stays `True` on a dead node, so beside `node.satellite`
 *  it could only start disputes. What LINSTOR cannot say is whether everything that was asked for was set up, and that
 *  the object is being deleted, which may take the node's copies along.
 *
 *  What a configuration asks for stands in the LinstorSatellite of each node that it matches, and from there in LINSTOR;
 *  of the configuration itself only one thing is worth knowing: that it was not applied. */
export function satelliteFacts(cluster: Cluster): readonly Observation[] {
  return [
    ...cluster.kind(satellites).all.flatMap(satelliteObservations),
    ...absentSatellites(cluster),
    ...configurationsApplied(cluster),
  ];
}

function satelliteObservations(satellite: SeenObject): readonly Observation[] {
  const subject = node(satellite.object.metadata.name);
  const seen = { at: satellite.at, source: `LinstorSatellite ${satellite.id}` };
  const torn = satellite.torn ? unreadable('the LinstorSatellite in two forms') : undefined;
  return [
    ...say('node.satelliteConfigured', subject, torn ?? isDone(satellite, ['Applied', 'Configured']), seen),
    ...say('node.satelliteRemoval', subject, torn ?? removalOf(satellite), seen),
  ];
}

/** What the deletion of it does is said by its policy. Up to Piraeus 2.8 there is none, and deleting is evacuating. */
function removalOf({ object }: SeenObject): Found<string> {
  if (at(object, 'metadata', 'deletionTimestamp') === undefined) return 'none';
  const policy = at(object, 'spec', 'deletionPolicy') ?? 'Evacuate';
  // Our own words for «not at all» and «no longer» are no policies.
  return ['Retain', 'Evacuate', 'Delete'].includes(policy as string) ? (policy as string) : unreadable(policy);
}

/** A node that stops matching the selector, or gets a NoExecute taint, loses its satellite. An empty list proves
 *  nothing: the API server answers with one just after the CRD was deleted. */
function absentSatellites(cluster: Cluster): readonly Observation[] {
  const { listing, all } = cluster.kind(satellites);
  if (!listing.had || all.length === 0) return [];
  const kept = new Set(all.map(({ id }) => id));
  const seen = { at: listing.at, source: `list of ${satellites}` };
  return cluster
    .kind(nodes)
    .all.flatMap(({ id }) => (kept.has(id) ? [] : say('node.satelliteRemoval', node(id), 'absent', seen)));
}

/** One that was not applied is enough for a no; a yes takes all of them. */
function configurationsApplied(cluster: Cluster): readonly Observation[] {
  const { listing, all } = cluster.kind(configurations);
  const said = all.map((one) => ({
    one,
    value: one.torn ? unreadable(`${one.id} in two forms`) : isDone(one, ['Applied']),
  }));
  const refused = said.find(({ value }) => value === false);
  if (refused !== undefined) {
    const seen = { at: refused.one.at, source: `LinstorSatelliteConfiguration ${refused.one.id}` };
    return say('site.satelliteConfigurationsApplied', site, false, seen);
  }
  if (!listing.had) return [];
  const seen = { at: Math.min(listing.at, ...all.map((one) => one.at)), source: `list of ${configurations}` };
  const odd = said.find(({ value }) => typeof value === 'object');
  const value = odd?.value ?? (said.every((one) => one.value === true) ? true : undefined);
  return say('site.satelliteConfigurationsApplied', site, value, seen);
}

/** Whether all of these conditions hold. One of an older generation says nothing of what is asked for now. */
function isDone({ object }: SeenObject, types: readonly string[]): Found<boolean> {
  const newest = at(object, 'metadata', 'generation');
  const values = types.map((type): Found<boolean> => {
    const condition = conditionOf(object, type);
    if (condition === undefined || 'unreadable' in condition) return condition;
    if (condition.observedGeneration === undefined || condition.observedGeneration !== newest) {
      return unreadable(`${type} was not said of what is asked for now`);
    }
    return condition.status === 'Unknown' ? unreadable(`${type} is Unknown`) : condition.status === 'True';
  });
  if (values.includes(false)) return false;
  const odd = values.find((value) => typeof value === 'object');
  return odd ?? (values.includes(undefined) ? undefined : true);
}
