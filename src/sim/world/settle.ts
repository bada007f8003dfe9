import { linkTouched } from './linstor-state.ts';
import { connectedPeers } from './pairs.ts';
import { quorumOf } from './quorum.ts';
import { forget, type Replica, resourceKey, type Site, type Volume } from './state.ts';
import { explained, trouble } from './trouble.ts';
import { checkWrites, writerOf } from './writes.ts';

/** After anything changed: what each believes of the others, who has quorum, whose I/O is frozen, and who gets the writes. */
export function settle(site: Site, volume: Volume): void {
  for (const pair of volume.pairs) {
    for (const side of pair.ends) {
      if (side.state === 'Connected') side.peerDisk = volume.replicas.get(side.peer)?.disk ?? 'DUnknown';
    }
  }
  const quorums = [...volume.replicas.values()].map((replica) => [replica, quorumOf(volume, replica)] as const);
  for (const [replica, quorum] of quorums) {
    replica.quorum = quorum;
    const writes = replica.up && replica.role === 'Primary';
    const reaches = [replica, ...connectedPeers(volume, replica.node)].some(({ disk }) => disk === 'UpToDate');
    const lost = [
      set(replica.suspended, 'quorum', writes && !quorum),
      set(replica.suspended, 'no-data', writes && !reaches),
    ];
    checkFrozen(site, volume, replica, lost.includes(true));
    forget(site.hosts.get(replica.node), 'drbd', resourceKey(volume));
  }
  linkTouched(site, volume);
  checkWrites(site, volume, writerOf(site, volume));
  site.revision += 1;
  for (const watch of site.watchers) watch(volume);
}

/** A moment of it belongs to every snapshot; to lose one's quorum or one's data does not. */
function checkFrozen(site: Site, volume: Volume, replica: Replica, lost: boolean): void {
  if (replica.suspended.size === 0 || !isUsed(site, volume, replica)) {
    replica.frozen = undefined;
    return;
  }
  replica.frozen ??= { sinceMs: site.nowMs, explained: explained(site, volume) };
  if (!lost) return;
  const says = `the I/O of its VM on ${replica.node} is frozen: ${[...replica.suspended].join(', ')}`;
  trouble(site, 'vm-lost-disk', volume.name, says, explained(site, volume));
}

function isUsed(site: Site, volume: Volume, { node }: Replica): boolean {
  for (const vm of site.vms.values()) if (vm.volume === volume.name && vm.node === node) return true;
  return false;
}

/** Whether it is new. */
function set(words: Set<string>, word: string, holds: boolean): boolean {
  const had = words.has(word);
  if (holds) words.add(word);
  else words.delete(word);
  return holds && !had;
}
