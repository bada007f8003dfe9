import { sideOf } from './pairs.ts';
import type { Replica, Volume } from './state.ts';

/** DRBD's calc_quorum (drbd.md §6) for one member: copies vote; who left gracefully has no vote while nobody is missing
 *  who may have anything; an even half is enough for a side that sees the tie-breakers, and only if it has quorum now. */
export function quorumOf(volume: Volume, own: Replica): boolean {
  if (!own.up) return false;
  if (volume.policy === 'off') return true;
  let present = own.kind === 'diskful' ? 1 : 0;
  let unknown = 0;
  let outdated = 0;
  let breakers = own.kind === 'diskful' ? 0 : 1;
  let missingBreakers = 0;
  for (const pair of volume.pairs) {
    const [one, other] = pair.ends;
    if (one.node !== own.node && other.node !== own.node) continue;
    const side = sideOf(pair, own.node);
    if (!side.seen) continue;
    const isBreaker = volume.replicas.get(side.peer)?.kind !== 'diskful';
    const isSeen = side.state === 'Connected';
    if (isBreaker) {
      if (isSeen) breakers += 1;
      else missingBreakers += 1;
    } else if (isSeen) present += 1;
    else if (side.peerDisk === 'Outdated' || side.peerDisk === 'Inconsistent') outdated += 1;
    else unknown += 1;
  }
  const voters = unknown > 0 ? present + outdated + unknown : present;
  const needed = Math.floor(voters / 2) + 1;
  if (present >= needed) return true;
  const isHalf = voters > 0 && voters % 2 === 0 && present === needed - 1;
  return own.quorum && isHalf && breakers >= Math.floor((breakers + missingBreakers) / 2) + 1;
}
