import { isIn, pairsOf, sideOf } from './pairs.ts';
import { settle } from './settle.ts';
import { type Pair, type Replica, type Resync, resyncRate, type Site, type Volume } from './state.ts';
import { explained, trouble } from './trouble.ts';
import { oosOf } from './writes.ts';

export function beginResync(site: Site, volume: Volume, pair: Pair, source: Replica, target: Replica): void {
  const towards = sideOf(pair, source.node);
  const back = sideOf(pair, target.node);
  // A copy that gets its data from one is not given it by another as well.
  if (volume.pairs.some(({ resync }) => resync?.target === target.node)) {
    towards.replication = 'PausedSyncS';
    back.replication = 'PausedSyncT';
    return;
  }
  if (!isIn(target.uuid, source.uuid)) lose(site, volume, target, source);
  const known = Math.max(oosOf(site, volume, towards), oosOf(site, volume, back));
  const amount = target.data === undefined ? volume.usedKib : Math.max(known, 4);
  for (const side of pair.ends) {
    side.oosKib = amount;
    side.oosSinceMs = undefined;
  }
  target.disk = 'Inconsistent';
  if (source.disk === 'Consistent') source.disk = 'UpToDate'; // now it knows that nobody has anything newer
  towards.replication = 'SyncSource';
  back.replication = 'SyncTarget';
  pair.resync = {
    source: source.node,
    target: target.node,
    totalKib: amount,
    leftKib: amount,
    atMs: site.nowMs,
    timer: undefined,
  };
  resumeResync(site, volume, pair);
}

function lose(site: Site, volume: Volume, target: Replica, source: Replica): void {
  const says = `writes that only ${target.node} had were overwritten by ${source.node}`;
  trouble(site, 'lost-writes', volume.name, says, explained(site, volume));
}

export function leftOf(site: Site, volume: Volume, resync: Resync): number {
  if (volume.resyncStalled) return resync.leftKib;
  return Math.max(0, Math.ceil(resync.leftKib - (site.nowMs - resync.atMs) * resyncRate));
}

/** A resync goes on from here, or stands: called when it begins, and when a stall begins or ends. */
export function resumeResync(site: Site, volume: Volume, pair: Pair): void {
  const { resync } = pair;
  if (resync === undefined) return;
  if (resync.timer !== undefined) resync.timer.off = true;
  resync.timer = undefined;
  resync.atMs = site.nowMs;
  if (volume.resyncStalled) return;
  const doneMs = site.nowMs + Math.ceil(resync.leftKib / resyncRate);
  resync.timer = site.timers.at(doneMs, () => {
    endResync(site, pair, true, volume);
    settle(site, volume);
  });
}

export function endResync(site: Site, pair: Pair, done: boolean, volume?: Volume): void {
  const { resync } = pair;
  if (resync === undefined) return;
  if (resync.timer !== undefined) resync.timer.off = true;
  pair.resync = undefined;
  const spent = (site.nowMs - resync.atMs) * resyncRate;
  for (const side of pair.ends) {
    side.oosKib = done ? 0 : resync.timer === undefined ? resync.leftKib : Math.max(4, resync.leftKib - spent);
    side.replication = done ? 'Established' : 'Off';
  }
  if (!done || volume === undefined) return;
  const [source, target] = [volume.replicas.get(resync.source), volume.replicas.get(resync.target)];
  if (source === undefined || target === undefined) return;
  target.holes = target.data === undefined ? source.holes : [...new Set([...target.holes, ...source.holes])];
  target.disk = source.disk;
  target.uuid = source.uuid;
  target.data = source.data;
  // Those that waited for it find nothing left to do.
  for (const other of pairsOf(volume, target.node)) {
    const side = sideOf(other, target.node);
    if (side.replication !== 'PausedSyncT') continue;
    for (const end of other.ends) {
      end.replication = 'Established';
      end.oosKib = 0;
    }
  }
}
