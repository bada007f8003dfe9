import type { Report } from '../kernel/fact.ts';
import type { Raw, RawHost } from '../kernel/raw.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { agentReports } from './agent-status.ts';
import { hostReports } from './host.ts';
import { clusterOf } from './kube.ts';
import { kubevirtReport } from './kubevirt.ts';
import { legacyReport } from './legacy.ts';
import { linstorReport } from './linstor.ts';
import { lockReport } from './lock.ts';
import { type BootWords, nodesReport } from './node.ts';
import { observerReport, observersOf } from './observer.ts';
import { piraeusReport } from './piraeus.ts';
import type { Found } from './say.ts';
import { snapshotsRequested, storageReport } from './volume.ts';
import { withWholeLists } from './whole-lists.ts';

/** Everything that was fetched → what each reporter says. Pure and total: whatever shape comes in, the answer is reports;
 *  what nothing was fetched for has none. The order of the raw objects decides nothing. */
export function normalise(raws: readonly Raw[], shape: SiteShape): readonly Report[] {
  const cluster = clusterOf(raws);
  const observers = observersOf(raws);
  const hosts = hostsOf(raws);
  const agents = agentReports(cluster, observers);
  // With local-path there is no LINSTOR to ask; if one answers, its volumes are not this profile's.
  const linstor = shape.backend === 'piraeus' ? linstorReport(raws, snapshotsRequested(cluster, shape)) : undefined;
  const families = [
    nodesReport(cluster, shape, bootWordsOf([...hosts, ...agents])),
    kubevirtReport(cluster),
    storageReport(cluster, shape),
    piraeusReport(cluster, shape),
    linstor && withWholeLists(linstor, [...hosts, ...agents], cluster, shape),
    lockReport(cluster, shape),
    legacyReport(cluster, shape, observers),
  ];
  return [
    ...families.filter((report) => report !== undefined),
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

/** The node itself knows best which image it booted; whether it is eligible hangs on that. */
function bootWordsOf(reports: readonly Report[]): BootWords {
  const words = new Map<string, { word: Found<string>; at: number }[]>();
  for (const { observations } of reports) {
    for (const { fact, subject, value, seenAtMs } of observations) {
      if (fact !== 'node.bootState') continue;
      const said = typeof value === 'string' || (typeof value === 'object' && value !== null && 'unreadable' in value);
      if (said)
        words.set(subject.id, [...(words.get(subject.id) ?? []), { word: value as Found<string>, at: seenAtMs }]);
    }
  }
  return words;
}
