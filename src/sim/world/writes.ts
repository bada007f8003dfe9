import { lossBetween } from './network.ts';
import { connectedPeers, isIn, pairsOf, reachableFrom, sideOf } from './pairs.ts';
import { isRunning, newGeneration, type Replica, type Side, type Site, type Volume, writeRate } from './state.ts';
import { explained, trouble } from './trouble.ts';

/** Whose VM writes to the volume now: the one that runs on a Primary whose I/O is not frozen. */
export function writerOf(site: Site, volume: Volume): Replica | undefined {
  for (const vm of site.vms.values()) {
    if (vm.volume !== volume.name || vm.node === undefined) continue;
    const replica = volume.replicas.get(vm.node);
    if (replica === undefined || !replica.up || replica.role !== 'Primary' || replica.suspended.size > 0) continue;
    if (isRunning(site.hosts.get(vm.node))) return replica;
  }
  return undefined;
}

/** Writes are not simulated one by one. While the same copies receive them all of these are the same; when the set changes
 *  a new generation begins, which whoever dropped out lacks. */
export function checkWrites(site: Site, volume: Volume, writer: Replica | undefined): void {
  if (writer !== undefined && isStalled(site, volume, writer)) return;
  const takers = writer === undefined ? [] : takersOf(volume, writer);
  const receivers = writer === undefined ? '' : [writer.node, ...takers.map(({ node }) => node).sort()].join(' ');
  if (receivers === volume.receivers) return;
  const before = volume.receivers;
  volume.receivers = receivers;
  stopGrowth(site, volume);
  if (writer === undefined) return;
  const base = takers[0]?.uuid ?? writer.uuid;
  if (before.split(' ')[0] !== writer.node) checkStart(site, volume, writer, takers);
  const next = newGeneration(site, base);
  for (const taker of takers) {
    taker.uuid = next;
    taker.data = next;
  }
  volume.tip = next;
  for (const copy of reachableFrom(volume, writer.node)) {
    // Who hears of it only over others learns that it is behind.
    if (copy.disk === 'UpToDate' && !takers.includes(copy)) copy.disk = 'Outdated';
  }
  for (const pair of volume.pairs) {
    for (const side of pair.ends) {
      const isOurs = side.node === writer.node && volume.replicas.get(side.peer)?.kind === 'diskful';
      if (isOurs && !takers.some(({ node }) => node === side.peer) && pair.resync === undefined)
        side.oosSinceMs = site.nowMs;
    }
  }
}

/** A peer went silent, and nobody noticed yet: nothing is acknowledged, so nothing can be lost. */
function isStalled(site: Site, volume: Volume, writer: Replica): boolean {
  return pairsOf(volume, writer.node).some((pair) => {
    const side = sideOf(pair, writer.node);
    const peer = volume.replicas.get(side.peer);
    if (side.state !== 'Connected' || peer?.kind !== 'diskful') return false;
    return !peer.up || lossBetween(site, site.hosts.get(side.node), site.hosts.get(side.peer)) === 100;
  });
}

/** Copies that get each write: its own, and those of peers that are up to date. A target of a resync gets them too, and
 *  counts when it is done. */
function takersOf(volume: Volume, writer: Replica): readonly Replica[] {
  const all = [writer, ...connectedPeers(volume, writer.node)];
  return all.filter(({ kind, disk }) => kind === 'diskful' && disk === 'UpToDate');
}

/** A VM that begins to write where its last acknowledged writes are not. */
function checkStart(site: Site, volume: Volume, writer: Replica, takers: readonly Replica[]): void {
  // Without good data of its own it reads over the network.
  const read = takers[0];
  if (read === undefined) return;
  if (!isIn(volume.tip, read.data) || read.holes.length > 0) {
    const says = `a VM goes on at ${writer.node} without writes that it was told are written`;
    const known = read.holes.length > 0 && site.troubles.get(`divergence ${volume.name}`)?.explained === true;
    trouble(site, 'stale-start', volume.name, says, known || explained(site, volume));
  }
}

function stopGrowth(site: Site, volume: Volume): void {
  for (const pair of volume.pairs) {
    for (const side of pair.ends) {
      side.oosKib = oosOf(site, volume, side);
      side.oosSinceMs = undefined;
    }
  }
}

/** KiB that this end knows to differ. */
export function oosOf(site: Site, volume: Volume, side: Side): number {
  const grown = side.oosSinceMs === undefined ? 0 : Math.floor((site.nowMs - side.oosSinceMs) * writeRate);
  return Math.min(volume.usedKib, side.oosKib + grown);
}
