import type { Observation, Report } from '../kernel/fact.ts';
import type { RawObserver } from '../kernel/raw.ts';
import type { LegacyNames, SiteShape } from '../kernel/site-shape.ts';
import { node, site } from '../kernel/subject.ts';
import { at, type Cluster, type SeenObject, textAt, timestampOf } from './kube.ts';
import { type Found, say, unreadable } from './say.ts';

const configMaps = 'v1/ConfigMap';

/** What the DaemonSet of today claims, by the names that the profile gives: where its machine stands, who holds its lock,
 *  when it last heard of a node. All of it `reported`, none of it written by us.
 *
 *  Its Events are not read for facts: Events are best-effort and kept for an hour, two groups serve each, and a series
 *  only counts. What they tell stands in the ConfigMaps too, and there it is the machine's own memory. */
export function legacyReport(
  cluster: Cluster,
  shape: SiteShape,
  observers: ReadonlyMap<string, RawObserver> = new Map(),
): Report | undefined {
  const { legacy } = shape;
  if (legacy === undefined) return undefined;
  const find = (name: string | undefined): SeenObject | undefined => {
    const id = `${legacy.namespace}/${name}`;
    return cluster.kind(configMaps).all.find((seen) => name !== undefined && seen.id === id);
  };
  const [state, lock, beats] = [
    find(legacy.state.configMap),
    find(legacy.lock?.configMap),
    find(legacy.heartbeats?.configMap),
  ];
  const moments = [state, lock, beats].flatMap((seen) => seen?.at ?? []);
  if (moments.length === 0) return undefined;
  return {
    reporter: 'legacy',
    scope: site.id,
    seenAtMs: Math.max(...moments),
    observations: [
      ...(state === undefined ? [] : sayState(state, legacy)),
      ...(lock === undefined || legacy.lock === undefined ? [] : sayLock(lock, legacy.lock.key)),
      ...(beats === undefined ? [] : sayHeartbeats(beats, observers)),
    ],
    censuses: [],
  };
}

function seenIn({ at: seenAt, id }: SeenObject): { at: number; source: string; grade: 'reported' } {
  return { at: seenAt, source: `ConfigMap ${id}`, grade: 'reported' };
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

function sayLock(seen: SeenObject, key: string): readonly Observation[] {
  const holder = sayData(seen, key);
  return say('site.lockHolder', site, holder === '' ? null : holder, seenIn(seen));
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
