import type { Observation, Report } from '../kernel/fact.ts';
import type { RawObserver } from '../kernel/raw.ts';
import type { LegacyNames, SiteShape } from '../kernel/site-shape.ts';
import { node, site } from '../kernel/subject.ts';
import { at, type Cluster, type SeenObject, textAt, timestampOf } from './kube.ts';
import { legacyWarnings } from './legacy-events.ts';
import { holderOf, leaseOf } from './lock.ts';
import { type Found, say, unreadable } from './say.ts';

const configMaps = 'v1/ConfigMap';

/** What the DaemonSet of today claims, by the names that the profile gives: where its machine stands, who holds its lock,
 *  when it last heard of a node, and what it warned of. All of it `reported`, none of it written by us. */
export function legacyReport(
  cluster: Cluster,
  shape: SiteShape,
  observers: ReadonlyMap<string, RawObserver> = new Map(),
): Report | undefined {
  const { legacy } = shape;
  if (legacy === undefined) return undefined;
  const state = findMap(cluster, legacy, legacy.state.configMap);
  const beats = findMap(cluster, legacy, legacy.heartbeats?.configMap);
  const told = [...sayLock(cluster, legacy), ...legacyWarnings(cluster, legacy)];
  const moments = [...[state, beats].flatMap((seen) => seen?.at ?? []), ...told.map(({ seenAtMs }) => seenAtMs)];
  if (moments.length === 0) return undefined;
  return {
    reporter: 'legacy',
    scope: site.id,
    seenAtMs: Math.max(...moments),
    observations: [
      ...(state === undefined ? [] : sayState(state, legacy)),
      ...told,
      ...(beats === undefined ? [] : sayHeartbeats(beats, observers)),
    ],
    censuses: [],
  };
}

function findMap(cluster: Cluster, { namespace }: LegacyNames, name: string | undefined): SeenObject | undefined {
  const id = `${namespace}/${name}`;
  return cluster.kind(configMaps).all.find((seen) => name !== undefined && seen.id === id);
}

function seenIn({ at: seenAt, id }: SeenObject, kind = 'ConfigMap'): { at: number; source: string; grade: 'reported' } {
  return { at: seenAt, source: `${kind} ${id}`, grade: 'reported' };
}

function sayData({ object, torn }: SeenObject, key: string): Found<string> {
  if (torn) return unreadable('the ConfigMap in two forms');
  const found = at(object, 'data', key);
  return found === undefined || typeof found === 'string' ? found : unreadable(found);
}

/** A word that the profile does not map means: hands off. It is never the nearest word that we know. */
function sayState(seen: SeenObject, { state, states }: LegacyNames): readonly Observation[] {
  const word = sayData(seen, state.key);
  const mapped = typeof word === 'string' ? (textAt(states, word) ?? unreadable(word)) : word;
  return say('site.legacyState', site, mapped, seenIn(seen));
}

/** Who holds its lock, by a ConfigMap or a Lease. Where the profile names both they must agree, and each must have said
 *  something, or losing sight of one would end a dispute. INVARIANT K2: a lock that nobody saw is not free. */
function sayLock(cluster: Cluster, legacy: LegacyNames): readonly Observation[] {
  const map = findMap(cluster, legacy, legacy.lock?.configMap);
  const lease = legacy.lease && leaseOf(cluster, { namespace: legacy.namespace, name: legacy.lease.name });
  const byMap = map && legacy.lock && sayData(map, legacy.lock.key);
  const said = [
    ...(map === undefined ? [] : say('site.lockHolder', site, byMap === '' ? null : byMap, seenIn(map))),
    ...(lease === undefined ? [] : say('site.lockHolder', site, holderOf(lease), seenIn(lease, 'Lease'))),
  ];
  const [only, other] = said;
  if (only === undefined || other !== undefined || !legacy.lock || !legacy.lease) return said;
  const silent = lease === undefined ? `Lease ${legacy.lease.name}` : `ConfigMap ${legacy.lock.configMap}`;
  return [...said, { ...only, source: silent, value: unreadable(undefined) }];
}

/** A heartbeat is a moment by the node's own clock. It becomes an age only where the observer measured how far that clock
 *  is from ours, and where the observer did not see the heartbeat change himself, which is the better knowledge. */
function sayHeartbeats(seen: SeenObject, observers: ReadonlyMap<string, RawObserver>): readonly Observation[] {
  if (seen.torn) return [];
  return [...observers.values()].flatMap((observer) => {
    const skew = observer.clockSkewMs;
    if (skew === undefined || observer.heartbeatChangedAt !== undefined) return [];
    const text = textAt(seen.object, 'data', observer.node);
    if (text === undefined) return [];
    const writtenAt = writtenAtOf(text, observer.node);
    const age = writtenAt === undefined ? undefined : Math.ceil(seen.at - (writtenAt - skew));
    const value = age !== undefined && age >= 0 ? age : unreadable(age === undefined ? text : `${age}ms`);
    return say('node.heartbeatAge', node(observer.node), value, seenIn(seen));
  });
}

/** `{"node":…,"ts":…,"seq":…}`, or the bare moment. */
function writtenAtOf(text: string, name: string): number | undefined {
  const bare = timestampOf(text);
  if (bare !== undefined) return bare;
  const beat = parsed(text);
  const of = at(beat, 'node');
  return of === undefined || of === name ? timestampOf(at(beat, 'ts')) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not what a heartbeat looks like: said as unreadable above
  }
}
