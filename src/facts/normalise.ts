import type { Report } from '../kernel/fact.ts';
import type { Raw, RawHost } from '../kernel/raw.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { agentReports } from './agent-status.ts';
import { families, type Sources } from './families.ts';
import { hostReports } from './host.ts';
import { clusterOf } from './kube.ts';
import { observerReport, observersOf } from './observer.ts';
import { statedReports } from './stated.ts';

/** Everything that was fetched → what each reporter says. Pure and total: whatever shape comes in, the answer is reports;
 *  what nothing was fetched for has none. The order of the raw objects decides nothing. */
export function normalise(raws: readonly Raw[], shape: SiteShape): readonly Report[] {
  const stated = statedReports(raws);
  if (stated !== undefined) return stated;
  const cluster = clusterOf(raws);
  const observers = observersOf(raws);
  const hosts = hostsOf(raws);
  const agents = agentReports(cluster, observers);
  const sources: Sources = { cluster, replies: raws, observers, witnesses: [...hosts, ...agents] };
  const site = families.map(({ report, after }) => {
    const made = report(sources, shape);
    return made !== undefined && after !== undefined ? after.report(made, sources, shape) : made;
  });
  return [
    ...site.filter((report) => report !== undefined),
    ...agents,
    ...hosts,
    ...[...observers.values()].map(observerReport),
  ];
}

function hostsOf(raws: readonly Raw[]): readonly Report[] {
  const byNode = new Map<string, RawHost[]>();
  for (const raw of raws) {
    if (raw.from === 'host') byNode.set(raw.node, [...(byNode.get(raw.node) ?? []), raw]);
  }
  return [...byNode.keys()].sort().flatMap((name) => hostReports(name, byNode.get(name) ?? []));
}
