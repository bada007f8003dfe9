import type { Generation, Pair, Replica, Side, Volume } from './state.ts';

export function sideOf(pair: Pair, node: string): Side {
  const [one, other] = pair.ends;
  return one.node === node ? one : other;
}

export function pairsOf(volume: Volume, node: string): readonly Pair[] {
  return volume.pairs.filter(({ ends }) => ends[0].node === node || ends[1].node === node);
}

export function replicaOf(volume: Volume, node: string): Replica | undefined {
  const found = volume.replicas.get(node);
  return found?.up === true ? found : undefined;
}

function newSide(node: string, peer: string): Side {
  return {
    node,
    peer,
    seen: false,
    state: 'Connecting',
    replication: 'Off',
    peerDisk: 'DUnknown',
    oosKib: 0,
    oosSinceMs: undefined,
    notice: undefined,
    givesUp: undefined,
  };
}

/** Everybody of the volume knows of everybody else, but two without a disk. */
export function pairUp(volume: Volume): void {
  const members = [...volume.replicas.values()];
  for (const [at, one] of members.entries()) {
    for (const other of members.slice(at + 1)) {
      const known = volume.pairs.some(({ ends }) => ends.every(({ node }) => node === one.node || node === other.node));
      if (known || (one.kind !== 'diskful' && other.kind !== 'diskful')) continue;
      const ends = [newSide(one.node, other.node), newSide(other.node, one.node)] as const;
      volume.pairs.push({ ends: [ends[0], ends[1]], resync: undefined, retry: undefined, torn: undefined });
    }
  }
}

export function connectedPeers(volume: Volume, node: string): readonly Replica[] {
  return pairsOf(volume, node).flatMap((pair) => {
    const side = sideOf(pair, node);
    const peer = side.state === 'Connected' ? replicaOf(volume, side.peer) : undefined;
    return peer === undefined ? [] : [peer];
  });
}

/** Whether everything of `old` is in `young`. */
export function isIn(old: Generation | undefined, young: Generation | undefined): boolean {
  if (old === undefined) return true;
  let at = young;
  while (at !== undefined && at.id > old.id) at = at.parent;
  return at === old;
}

/** Everybody whom a node is connected to, also over others: DRBD 9 asks all of them before it changes a role. */
export function reachableFrom(volume: Volume, node: string): readonly Replica[] {
  const found = new Map<string, Replica>();
  const next = [node];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const peer of connectedPeers(volume, at)) {
      if (peer.node === node || found.has(peer.node)) continue;
      found.set(peer.node, peer);
      next.push(peer.node);
    }
  }
  return [...found.values()];
}
