import { bringUp, connect, takeDown, tryConnect } from './drbd.ts';
import { linstorTouched } from './linstor-state.ts';
import { pairsOf, pairUp } from './pairs.ts';
import { settle } from './settle.ts';
import { type Definition, type Generation, isRunning, type Satellite, type Site, type Volume } from './state.ts';

/** How long a satellite takes to do what was stored for it. */
const deployMs = 700;
const evictAfterMs = 60 * 60_000;

export function copiesOf(definition: Definition): number {
  return [...definition.placed.values()].filter(({ kind, flags }) => kind === 'diskful' && !flags.has('DELETE')).length;
}

/** So many copies with a disk. Answers the nodes that got a new one, or undefined if there are not enough nodes. */
export function autoplace(site: Site, definition: Definition, count: number): readonly string[] | undefined {
  const missing = count - copiesOf(definition);
  if (missing <= 0) return [];
  const free = [...site.linstor.nodes.values()].filter(
    ({ name, status, flags, props }) =>
      status === 'ONLINE' &&
      flags.size === 0 &&
      !/^(false|no)$/i.test(props.get('AutoplaceTarget') ?? '') &&
      definition.placed.get(name)?.kind !== 'diskful',
  );
  const load = (name: string): number => placedOn(site, name);
  const chosen = free.sort((left, right) => load(left.name) - load(right.name) || (left.name < right.name ? -1 : 1));
  if (chosen.length < missing) return undefined;
  const names = chosen.slice(0, missing).map(({ name }) => name);
  for (const name of names) place(site, definition, name, 'diskful');
  autoQuorum(site, definition);
  return names;
}

function placedOn(site: Site, node: string): number {
  return [...site.linstor.definitions.values()].filter(({ placed }) => placed.get(node)?.kind === 'diskful').length;
}

function place(site: Site, definition: Definition, node: string, kind: 'diskful' | 'tie-breaker'): void {
  const before = definition.placed.get(node);
  const nodeId = before?.nodeId ?? definition.nextId;
  if (before === undefined) definition.nextId += 1;
  definition.placed.set(node, { node, nodeId, kind, flags: new Set(), createdMs: site.nowMs });
  owe(site, definition);
}

/** What it stored goes to every satellite that has a part in it, and to those that are away when they are back. */
function owe(site: Site, definition: Definition): void {
  linstorTouched(site);
  for (const node of definition.placed.keys()) {
    const satellite = site.linstor.nodes.get(node);
    if (satellite === undefined || satellite.owed) continue;
    satellite.owed = true;
    site.timers.at(site.nowMs + deployMs, () => deploy(site, satellite));
  }
}

/** LINSTOR's own: a majority as soon as there is somebody to make one, before the new copy has its data; a tie-breaker for
 *  an even number, where a third node can be had (linstor.md §2). */
export function autoQuorum(site: Site, definition: Definition): void {
  const all = [...definition.placed.values()].filter(({ flags }) => !flags.has('DELETE'));
  const copies = all.filter(({ kind }) => kind === 'diskful').length;
  const breaker = all.find(({ kind }) => kind === 'tie-breaker');
  const wanted = copies >= 2 && copies % 2 === 0;
  if (wanted && breaker === undefined && definition.props.get('DrbdOptions/auto-add-quorum-tiebreaker') !== 'False') {
    const third = [...site.linstor.nodes.values()].find(
      ({ name, status, flags }) => status === 'ONLINE' && flags.size === 0 && !definition.placed.has(name),
    );
    if (third !== undefined) place(site, definition, third.name, 'tie-breaker');
  }
  if (!wanted && breaker !== undefined && copies !== 2) breaker.flags.add('DELETE');
  const breakers = [...definition.placed.values()].filter(
    ({ kind, flags }) => kind === 'tie-breaker' && !flags.has('DELETE'),
  );
  const policy = copies >= 3 || (copies === 2 && breakers.length > 0) ? 'majority' : 'off';
  definition.props.set('DrbdOptions/Resource/quorum', policy);
  owe(site, definition);
}

/** A satellite does what was stored for it. */
export function deploy(site: Site, satellite: Satellite): void {
  const host = site.hosts.get(satellite.name);
  if (satellite.status !== 'ONLINE' || host === undefined || !isRunning(host) || !satellite.owed) return;
  satellite.owed = false;
  for (const definition of site.linstor.definitions.values()) deployOne(site, definition, satellite.name);
  linstorTouched(site);
}

function deployOne(site: Site, definition: Definition, node: string): void {
  const volume = site.volumes.get(definition.name);
  const placed = definition.placed.get(node);
  if (volume === undefined || placed === undefined) return;
  const policy = definition.props.get('DrbdOptions/Resource/quorum') === 'majority' ? 'majority' : 'off';
  const changed =
    volume.policy !== policy || volume.replicas.get(node)?.kind !== placed.kind || placed.flags.has('DELETE');
  volume.policy = policy;
  if (placed.flags.has('DELETE')) {
    remove(site, volume, definition, node);
    return;
  }
  const replica = volume.replicas.get(node);
  if (replica === undefined) addReplica(volume, node, placed.nodeId, placed.kind);
  else if (replica.kind !== placed.kind) {
    takeDown(site, volume, node, true);
    volume.replicas.set(node, {
      ...replica,
      kind: placed.kind,
      disk: 'Inconsistent',
      data: undefined,
      uuid: undefined,
      holes: [],
    });
  }
  pairUp(volume);
  bringUp(site, volume, node);
  // The satellite adjusts what it changed, and that brings back what was disconnected.
  if (changed) connect(site, volume, node);
  for (const pair of pairsOf(volume, node)) tryConnect(site, volume, pair);
  settle(site, volume);
}

export function addReplica(
  volume: Volume,
  node: string,
  nodeId: number,
  kind: 'diskful' | 'tie-breaker',
  data?: Generation,
): void {
  const empty = kind === 'diskful' ? 'Inconsistent' : 'Diskless';
  volume.replicas.set(node, {
    node,
    nodeId,
    kind,
    up: false,
    disk: data === undefined || kind !== 'diskful' ? empty : 'UpToDate',
    role: 'Secondary',
    open: false,
    quorum: true,
    suspended: new Set(),
    frozen: undefined,
    uuid: kind === 'diskful' ? data : undefined,
    data: kind === 'diskful' ? data : undefined,
    holes: [],
  });
}

function remove(site: Site, volume: Volume, definition: Definition, node: string): void {
  takeDown(site, volume, node, true);
  volume.replicas.delete(node);
  definition.placed.delete(node);
  const left = volume.pairs.filter(({ ends }) => ends.every((end) => end.node !== node));
  volume.pairs.splice(0, volume.pairs.length, ...left);
  settle(site, volume);
}

/** `DELETE …/resources/NODE`, and what the balancer does. What runs there is asked of nobody but LINSTOR's own view. */
export function dropCopy(site: Site, definition: Definition, node: string): void {
  definition.placed.get(node)?.flags.add('DELETE');
  autoQuorum(site, definition);
}

/** Once an hour, unless it is switched off: adds what is missing and deletes what is too much (linstor.md §3.3 and §8). */
export function startBalancer(site: Site): void {
  const { linstor } = site;
  if (linstor.balance !== undefined) linstor.balance.off = true;
  linstor.balance = site.timers.at(site.nowMs + linstor.balanceEveryMs, () => {
    if (!linstor.away && !isOff(linstor.properties.get('BalanceResourcesEnabled'))) balance(site);
    startBalancer(site);
  });
}

function balance(site: Site): void {
  for (const definition of site.linstor.definitions.values()) {
    const group = site.linstor.groups.get(definition.group);
    const volume = site.volumes.get(definition.name);
    if (group === undefined || volume === undefined || isOff(group.props.get('BalanceResourcesEnabled'))) continue;
    const surplus = copiesOf(definition) - group.placeCount;
    if (surplus < 0) autoplace(site, definition, group.placeCount);
    const idle = [...definition.placed.values()].filter(
      ({ node, kind, flags }) =>
        kind === 'diskful' && flags.size === 0 && volume.replicas.get(node)?.role === 'Secondary',
    );
    const [first, ...rest] = idle;
    if (surplus > 0 && first !== undefined) dropCopy(site, definition, site.random.pick([first, ...rest]).node);
  }
}

export function isOff(value: string | undefined): boolean {
  return value !== undefined && /^(false|no)$/i.test(value);
}

/** Whether LINSTOR reaches each satellite. A node that falls silent is noticed after 6.5 to 7.1 s; one that is back is
 *  ONLINE 1.5 to 2.9 s later, or 8.3 s after a boot. */
export function satellitesChanged(site: Site, laterMs = 0): void {
  for (const satellite of site.linstor.nodes.values()) {
    const reachable = reaches(site, satellite);
    if (satellite.notice !== undefined) satellite.notice.off = true;
    satellite.notice = undefined;
    if (reachable === (satellite.status === 'ONLINE')) continue;
    const afterMs = laterMs + (reachable ? site.random.between(1_500, 2_900) : site.random.between(6_500, 7_100));
    satellite.notice = site.timers.at(site.nowMs + afterMs, () => {
      satellite.notice = undefined;
      if (reaches(site, satellite)) goesOnline(site, satellite);
      else goesOffline(site, satellite);
    });
    linstorTouched(site);
  }
}

export function reaches(site: Site, satellite: Satellite): boolean {
  return isRunning(site.hosts.get(satellite.name)) && !satellite.unreachable && !site.linstor.away;
}

export function goesOffline(site: Site, satellite: Satellite): void {
  satellite.status = 'OFFLINE';
  linstorTouched(site);
  satellite.evictAtMs = site.nowMs + evictAfterMs;
  satellite.evict = site.timers.at(satellite.evictAtMs, () => {
    const own = satellite.props.get('DrbdOptions/AutoEvictAllowEviction');
    const inherited = site.linstor.properties.get('DrbdOptions/AutoEvictAllowEviction');
    if (isOff(own ?? inherited)) return;
    for (const flag of ['DELETE', 'EVICTED']) satellite.flags.add(flag);
    linstorTouched(site);
  });
}

function goesOnline(site: Site, satellite: Satellite): void {
  if (satellite.flags.has('EVICTED')) return; // until somebody restores it
  satellite.status = 'ONLINE';
  satellite.evictAtMs = undefined;
  if (satellite.evict !== undefined) satellite.evict.off = true;
  satellite.evict = undefined;
  satellite.owed = true;
  deploy(site, satellite);
}
