import type { Observation } from '../kernel/fact.ts';
import { site } from '../kernel/subject.ts';
import { at, textAt } from './kube.ts';
import { from, type LinstorReplies, listOf, paths, propertiesOf, switchOf } from './linstor-reply.ts';
import { type Found, say, unreadable } from './say.ts';

/** What concerns the whole of LINSTOR: whether it answers, what it may do by itself, how its pools are. */
export function siteFacts(replies: LinstorReplies): readonly Observation[] {
  const nodes = replies.get(paths.nodes);
  const reachable = nodes.state === 'not-asked' ? undefined : listOf(nodes).ok;
  return [
    ...say('site.linstorReachable', site, reachable, from(nodes)),
    ...balancerPaused(replies),
    ...autoEvictPaused(replies),
    ...poolsHealthy(replies),
  ];
}

/** LINSTOR balances unless it is told not to, and a group or a definition may be told otherwise than the controller: only
 *  whoever saw all three can say that it rests. */
function balancerPaused(replies: LinstorReplies): readonly Observation[] {
  const controller = propertiesOf(replies.get(paths.properties));
  const lists = [listOf(replies.get(paths.groups)), listOf(replies.get(paths.definitions))];
  const name = 'BalanceResourcesEnabled';
  const switches = [
    controller.ok ? (switchOf(controller.value, name) ?? true) : undefined,
    ...lists.flatMap((list) => (list.ok ? list.value.map((entry) => switchOf(at(entry, 'props'), name)) : [])),
  ];
  const seenAll = controller.ok && lists.every((list) => list.ok);
  const had = [controller, ...lists].filter(({ ok }) => ok);
  const value = switches.includes(true) || seenAll ? neither(switches) : undefined;
  return say('site.balancerPaused', site, value, {
    at: Math.min(...had.map((held) => held.at)),
    source: `LINSTOR GET ${had.map(({ path }) => path).join(', ')}`,
  });
}

/** A node's own property wins over the controller's; both default to «may evict». Which nodes there are must be known. */
function autoEvictPaused(replies: LinstorReplies): readonly Observation[] {
  const [properties, nodes] = [propertiesOf(replies.get(paths.properties)), listOf(replies.get(paths.nodes))];
  if (!properties.ok || !nodes.ok) return [];
  const name = 'DrbdOptions/AutoEvictAllowEviction';
  const inherited = switchOf(properties.value, name) ?? true;
  const each = nodes.value.map((entry) => switchOf(at(entry, 'props'), name) ?? inherited);
  const seenAt = Math.min(properties.at, nodes.at);
  return say('site.autoEvictPaused', site, neither(each.length === 0 ? [inherited] : each), {
    at: seenAt,
    source: `LINSTOR GET ${paths.properties} and ${paths.nodes}`,
  });
}

/** True if none of the switches is on: one that is on decides, one that cannot be read leaves it open. */
function neither(switches: readonly Found<boolean>[]): Found<boolean> {
  if (switches.includes(true)) return false;
  return switches.find((one) => typeof one === 'object') ?? true;
}

/** A broken pool stands in an otherwise fine reply, with an error in its `reports` and no capacity. Of a node that is not
 *  connected the pool only carries a warning and leaves its capacity out: nobody knows how it is. */
function poolsHealthy(replies: LinstorReplies): readonly Observation[] {
  const pools = listOf(replies.get(paths.pools));
  if (!pools.ok) return [];
  // Diskless pools keep no data, and call 2^63−1 their capacity.
  const each = pools.value.filter((pool) => at(pool, 'provider_kind') !== 'DISKLESS').map(healthOf);
  const value = each.includes(false)
    ? false
    : (each.find((health) => typeof health === 'object') ?? (each.length === 0 ? undefined : true));
  return say('site.poolsHealthy', site, value, from(pools));
}

function healthOf(pool: unknown): Found<boolean> {
  const named = `pool ${textAt(pool, 'storage_pool_name')} on ${textAt(pool, 'node_name')}`;
  const reports = at(pool, 'reports') ?? [];
  if (!Array.isArray(reports)) return unreadable(`${named}: reports`);
  const severities = reports.map(severityOf);
  if (severities.includes('error')) return false;
  if (severities.some((severity) => severity !== 'info')) return unreadable(`${named}: warned of`);
  const [free, total] = [at(pool, 'free_capacity'), at(pool, 'total_capacity')];
  if (!Number.isSafeInteger(free) || !Number.isSafeInteger(total)) return unreadable(`${named}: no capacity`);
  return (total as number) > 0 && (free as number) >= 0;
}

/** The two highest of 64 bits. The reply's reader left return codes as text, since a Number would round them. */
function severityOf(report: unknown): 'error' | 'warning' | 'info' | undefined {
  const code = textAt(report, 'ret_code');
  if (code === undefined || !/^-?\d{1,20}$/.test(code)) return undefined;
  const bits = BigInt.asUintN(64, BigInt(code)) >> 62n;
  return bits === 3n ? 'error' : bits === 2n ? 'warning' : 'info';
}
