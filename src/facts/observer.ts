import type { Report } from '../kernel/fact.ts';
import type { Raw, RawObserver } from '../kernel/raw.ts';
import { node } from '../kernel/subject.ts';
import { say, unreadable } from './say.ts';

/** What the observer measured last of each node. Two different measurements of one moment are none. */
export function observersOf(raws: readonly Raw[]): ReadonlyMap<string, RawObserver> {
  const newest = new Map<string, RawObserver>();
  for (const raw of raws) {
    if (raw.from !== 'observer') continue;
    const before = newest.get(raw.node);
    if (before === undefined || before.at < raw.at) newest.set(raw.node, raw);
    else if (before.at === raw.at && !isSame(before, raw)) {
      newest.set(raw.node, { from: 'observer', at: raw.at, node: raw.node });
    }
  }
  return new Map([...newest].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Liveness is how long ago we saw a heartbeat change, by our own clock on both ends. One that changed after now is not
 *  young: the clock jumped, and nobody knows. */
export function observerReport({ node: name, at, heartbeatChangedAt, clockSkewMs }: RawObserver): Report {
  const seen = { at, source: 'what the observer measured' };
  const age = heartbeatChangedAt === undefined ? undefined : Math.ceil(at - heartbeatChangedAt);
  const skew = clockSkewMs === undefined ? undefined : Math.ceil(Math.abs(clockSkewMs));
  return {
    reporter: 'observer',
    scope: name,
    seenAtMs: at,
    observations: [
      ...say('node.heartbeatAge', node(name), age === undefined || age >= 0 ? age : unreadable(`${age}ms`), seen),
      ...say('node.clockSkew', node(name), skew, seen),
    ],
    censuses: [],
  };
}

function isSame(left: RawObserver, right: RawObserver): boolean {
  return left.heartbeatChangedAt === right.heartbeatChangedAt && left.clockSkewMs === right.clockSkewMs;
}
