import { hasAddress, lossBetween } from './network.ts';
import { connectedPeers, isIn, pairsOf, reachableFrom, replicaOf, sideOf } from './pairs.ts';
import { beginResync, endResync } from './resync.ts';
import { settle } from './settle.ts';
import { forget, isRunning, type Pair, type Replica, resourceKey, type Side, type Site, type Volume } from './state.ts';
import { explained, trouble } from './trouble.ts';

/** Until an outage is noticed: the one that writes after 10 s, the other within 11 to 15 (host-lab.md). */
const noticedByPrimaryMs = 10_000;
const noticedByOthersMs = [11_000, 15_000] as const;
/** Without an address to listen on DRBD gives up a while after it noticed (transcript 32: 20 s after the cable). */
const givesUpAfterMs = 5_000;
/** From Connecting on both ends to Connected (transcripts 30 and 31: established 2 to 3 s after `connect`). */
const connectsAfterMs = [1_500, 2_500] as const;

/** The kernel of a node takes its part up: after a boot, or when LINSTOR placed it there. */
export function bringUp(site: Site, volume: Volume, node: string): void {
  const replica = volume.replicas.get(node);
  if (replica === undefined || replica.up) return;
  replica.up = true;
  replica.role = 'Secondary';
  replica.open = false;
  replica.quorum = volume.policy === 'off';
  replica.suspended.clear();
  const alone = pairsOf(volume, node).length === 0;
  if (replica.kind !== 'diskful') replica.disk = 'Diskless';
  else if (replica.disk === 'UpToDate' && !alone) replica.disk = 'Consistent';
  else if (replica.disk === 'Consistent' && alone) replica.disk = 'UpToDate';
  for (const pair of pairsOf(volume, node)) {
    const side = sideOf(pair, node);
    side.state = 'Connecting';
    side.replication = 'Off';
    side.peerDisk = 'DUnknown';
    tryConnect(site, volume, pair);
  }
  settle(site, volume);
}

/** The kernel of a node lets its part go: with a word to the others, or without (it is dead). */
export function takeDown(site: Site, volume: Volume, node: string, gracefully: boolean): void {
  const replica = volume.replicas.get(node);
  if (replica === undefined || !replica.up) return;
  if (gracefully) disconnect(site, volume, node);
  replica.up = false;
  replica.role = 'Secondary';
  replica.open = false;
  replica.suspended.clear();
  for (const pair of pairsOf(volume, node)) {
    endResync(site, pair, false);
    const side = sideOf(pair, node);
    quiet(side);
    side.state = 'Connecting';
    side.replication = 'Off';
  }
  settle(site, volume);
}

function quiet(side: Side): void {
  if (side.notice !== undefined) side.notice.off = true;
  if (side.givesUp !== undefined) side.givesUp.off = true;
  side.notice = undefined;
  side.givesUp = undefined;
}

/** Something about cables, switches, bonds or power changed. */
export function networkChanged(site: Site, node?: string): void {
  site.revision += 1;
  for (const volume of site.volumes.values()) {
    for (const pair of volume.pairs) {
      if (node === undefined || pair.ends.some((end) => end.node === node)) pairChanged(site, volume, pair);
    }
  }
}

function pairChanged(site: Site, volume: Volume, pair: Pair): void {
  const [one, other] = pair.ends;
  const loss = lossOf(site, volume, pair);
  for (const side of pair.ends) {
    const replica = replicaOf(volume, side.node);
    if (replica === undefined || !isRunning(site.hosts.get(side.node))) {
      quiet(side);
    } else if (side.state === 'Connected' && loss === 100) {
      const afterMs = replica.role === 'Primary' ? noticedByPrimaryMs : site.random.between(...noticedByOthersMs);
      side.notice ??= site.timers.at(site.nowMs + afterMs, () => noticed(site, volume, pair, side));
    } else if (loss < 100 && side.notice !== undefined) {
      side.notice.off = true;
      side.notice = undefined;
    }
    if (side.state === 'Connecting' && replica !== undefined) watchAddress(site, volume, side);
    forget(site.hosts.get(side.node), 'drbd', resourceKey(volume));
  }
  // What one end knows to be lost the other learns when it is called again.
  if (one.state !== 'Connected' || other.state !== 'Connected') tryConnect(site, volume, pair);
}

export function lossOf(site: Site, volume: Volume, pair: Pair): number {
  const [one, other] = pair.ends;
  if (site.faults.size > 0 && isCut(site, volume, pair)) return 100;
  return lossBetween(site, site.hosts.get(one.node), site.hosts.get(other.node));
}

/** A connection that a fault holds down, with the link well. */
function isCut(site: Site, volume: Volume, { ends }: Pair): boolean {
  for (const { fault, endedMs } of site.faults.values()) {
    if (endedMs !== undefined || !('volume' in fault) || fault.volume !== volume.name) continue;
    if (fault.kind === 'connection-lost') {
      if (fault.node === undefined || ends.some(({ node }) => node === fault.node)) return true;
    }
    if (fault.kind === 'tie-breaker-lost') {
      if (ends.some(({ node }) => volume.replicas.get(node)?.kind === 'tie-breaker')) return true;
    }
  }
  return false;
}

/** A connection that was cut and not its link: both hear of it at once. */
export function dropCut(site: Site, volume: Volume): void {
  for (const pair of volume.pairs) {
    if (!isCut(site, volume, pair)) continue;
    for (const side of pair.ends) {
      if (side.state === 'Connected' && replicaOf(volume, side.node) !== undefined) noticed(site, volume, pair, side);
    }
  }
}

/** One end found out. All that it has lost by then it takes for lost together, before it counts who is left: else it would
 *  go on writing for the moment in which it takes a tie-breaker for connected that is as far away. */
function noticed(site: Site, volume: Volume, pair: Pair, side: Side): void {
  for (const other of pairsOf(volume, side.node)) {
    const own = sideOf(other, side.node);
    if (other !== pair && (own.state !== 'Connected' || lossOf(site, volume, other) < 100)) continue;
    other.torn = { explained: explained(site, volume) };
    drop(site, volume, other, own);
    watchAddress(site, volume, own);
  }
  settle(site, volume);
}

/** This end takes the connection for lost. */
function drop(site: Site, volume: Volume, pair: Pair, side: Side): void {
  endResync(site, pair, false);
  quiet(side);
  side.state = 'Connecting';
  side.replication = 'Off';
  // Of one that it knows to be behind it knows so without hearing of it.
  if (side.peerDisk !== 'Outdated' && side.peerDisk !== 'Inconsistent') side.peerDisk = 'DUnknown';
  tryConnect(site, volume, pair);
}

function watchAddress(site: Site, volume: Volume, side: Side): void {
  const host = site.hosts.get(side.node);
  if (host === undefined || !isRunning(host) || hasAddress(host)) {
    if (side.givesUp !== undefined) side.givesUp.off = true;
    side.givesUp = undefined;
    return;
  }
  side.givesUp ??= site.timers.at(site.nowMs + givesUpAfterMs, () => {
    side.givesUp = undefined;
    if (side.state !== 'Connecting' || hasAddress(host) || replicaOf(volume, side.node) === undefined) return;
    side.state = 'StandAlone'; // bind before listen failed, err = -99
    settle(site, volume);
  });
}

/** Both ends must want it, and the link must carry something: half is enough (finding 2). */
export function tryConnect(site: Site, volume: Volume, pair: Pair): void {
  if (pair.retry !== undefined || !canConnect(site, volume, pair)) return;
  const afterMs = site.random.between(...connectsAfterMs);
  pair.retry = site.timers.at(site.nowMs + afterMs, () => {
    pair.retry = undefined;
    if (!canConnect(site, volume, pair)) return;
    handshake(site, volume, pair);
    settle(site, volume);
  });
}

function canConnect(site: Site, volume: Volume, pair: Pair): boolean {
  const [one, other] = pair.ends;
  if (one.state === 'Connected' && other.state === 'Connected') return false;
  if (one.state === 'StandAlone' || other.state === 'StandAlone') return false;
  if (replicaOf(volume, one.node) === undefined || replicaOf(volume, other.node) === undefined) return false;
  return lossOf(site, volume, pair) < 100;
}

function handshake(site: Site, volume: Volume, pair: Pair): void {
  const [one, other] = pair.ends;
  const [left, right] = [volume.replicas.get(one.node), volume.replicas.get(other.node)];
  if (left === undefined || right === undefined) return;
  endResync(site, pair, false);
  for (const side of pair.ends) {
    quiet(side);
    side.state = 'Connected';
    side.seen = true;
    side.replication = 'Established';
  }
  if (left.kind !== 'diskful' || right.kind !== 'diskful') return;
  const torn = pair.torn;
  pair.torn = undefined;
  const [hasLeft, hasRight] = [left.disk !== 'Inconsistent', right.disk !== 'Inconsistent'];
  if (!hasLeft && !hasRight) return;
  if (!hasLeft || !hasRight) {
    beginResync(site, volume, pair, hasLeft ? left : right, hasLeft ? right : left);
    return;
  }
  if (left.uuid === right.uuid) {
    agree(left, right, pair);
    return;
  }
  const source = isIn(left.uuid, right.uuid) ? right : isIn(right.uuid, left.uuid) ? left : undefined;
  if (source === undefined) {
    splitBrain(site, volume, pair, torn?.explained === true);
    return;
  }
  const target = source === left ? right : left;
  if (volume.willDiverge && torn !== undefined) {
    diverge(site, volume, pair, source, target, torn.explained);
    return;
  }
  beginResync(site, volume, pair, source, target);
}

function agree(left: Replica, right: Replica, pair: Pair): void {
  const good = [left, right].some(({ disk }) => disk === 'UpToDate' || disk === 'Consistent');
  if (good) for (const replica of [left, right]) replica.disk = 'UpToDate';
  for (const side of pair.ends) {
    side.oosKib = 0;
    side.oosSinceMs = undefined;
  }
}

/** Both wrote while they were apart: they do not speak any more until a person says whose data count. */
function splitBrain(site: Site, volume: Volume, pair: Pair, tornByFault: boolean): void {
  for (const side of pair.ends) {
    side.state = 'StandAlone';
    side.replication = 'Off';
    side.peerDisk = 'DUnknown';
  }
  // Two branches that a fault made stay two until they are one again, however long after.
  const was = site.troubles.get(`split-brain ${volume.name}`)?.explained === true;
  const made = [...site.faults.values()].some(
    ({ fault }) => fault.kind === 'split-brain' && fault.volume === volume.name,
  );
  const says = 'both sides have writes that the other lacks';
  trouble(site, 'split-brain', volume.name, says, was || made || tornByFault || explained(site, volume));
}

/** Incident 2.1: the handshake finds `no-sync`, clears the bitmap, and both call themselves UpToDate. */
function diverge(site: Site, volume: Volume, pair: Pair, source: Replica, target: Replica, isExplained: boolean): void {
  const missing: number[] = [];
  for (let at = source.uuid; at !== undefined && at !== target.uuid; at = at.parent) missing.push(at.id);
  target.holes = [...target.holes, ...missing];
  target.uuid = source.uuid;
  target.disk = 'UpToDate';
  volume.willDiverge = false;
  for (const side of pair.ends) {
    side.oosKib = 0;
    side.oosSinceMs = undefined;
  }
  const says = `${target.node} lacks writes that ${source.node} has, and both are UpToDate`;
  trouble(site, 'divergence', volume.name, says, isExplained);
}

/** Gracefully: the other hears of it, and whoever does not write knows that it is behind from now on. */
export function disconnect(site: Site, volume: Volume, node: string, peer?: string): void {
  for (const pair of pairsOf(volume, node)) {
    const own = sideOf(pair, node);
    if (peer !== undefined && own.peer !== peer) continue;
    const their = sideOf(pair, own.peer);
    const wasConnected = own.state === 'Connected' && their.state === 'Connected';
    const heard = wasConnected && lossOf(site, volume, pair) < 100;
    endResync(site, pair, false);
    for (const side of pair.ends) quiet(side);
    if (pair.retry !== undefined) pair.retry.off = true;
    pair.retry = undefined;
    own.state = 'StandAlone';
    own.replication = 'Off';
    if (!heard) {
      own.peerDisk = own.peerDisk === 'Outdated' ? 'Outdated' : 'DUnknown';
      if (wasConnected) pairChanged(site, volume, pair);
      continue;
    }
    their.state = 'Connecting';
    their.replication = 'Off';
    pair.torn = undefined;
    outdate(volume, own, their);
  }
  settle(site, volume);
}

function outdate(volume: Volume, own: Side, their: Side): void {
  const [mine, yours] = [volume.replicas.get(own.node), volume.replicas.get(their.node)];
  if (mine === undefined || yours === undefined) return;
  if (mine.role === 'Primary' && yours.disk === 'UpToDate') yours.disk = 'Outdated';
  else if (yours.role === 'Primary' && mine.disk === 'UpToDate') mine.disk = 'Outdated';
  own.peerDisk = afterGoodbye(yours);
  their.peerDisk = afterGoodbye(mine);
}

function afterGoodbye({ disk }: Replica): string {
  return disk === 'Outdated' || disk === 'Inconsistent' || disk === 'Diskless' ? disk : 'DUnknown';
}

/** `connect`, and what `adjust` does about a connection that DRBD gave up. */
export function connect(site: Site, volume: Volume, node: string, peer?: string): void {
  for (const pair of pairsOf(volume, node)) {
    const own = sideOf(pair, node);
    if (own.state !== 'StandAlone' || (peer !== undefined && own.peer !== peer)) continue;
    own.state = 'Connecting';
    watchAddress(site, volume, own);
    tryConnect(site, volume, pair);
  }
  settle(site, volume);
}

/** Why it may not become Primary here; undefined if it may. */
export function whyNotPrimary(volume: Volume, node: string): string | undefined {
  const own = replicaOf(volume, node);
  if (own === undefined) return 'No such resource';
  const seesData = own.disk === 'UpToDate' || connectedPeers(volume, node).some(({ disk }) => disk === 'UpToDate');
  if (!seesData) return '(-2) Need access to UpToDate data';
  if (volume.policy !== 'off' && !own.quorum) return '(-25) No quorum';
  const other = reachableFrom(volume, node).some(({ role }) => role === 'Primary');
  return other && !volume.twoPrimaries ? '(-1) Multiple primaries not allowed by config' : undefined;
}

export function promote(site: Site, volume: Volume, node: string): string | undefined {
  const why = whyNotPrimary(volume, node);
  const own = replicaOf(volume, node);
  if (why !== undefined || own === undefined) return why;
  own.role = 'Primary';
  own.open = true;
  settle(site, volume);
  return undefined;
}

export function demote(site: Site, volume: Volume, node: string): void {
  const own = volume.replicas.get(node);
  if (own === undefined) return;
  own.role = 'Secondary';
  own.open = false;
  settle(site, volume);
}
