import type { FactValue } from '../kernel/fact.ts';
import type { Subject } from '../kernel/subject.ts';

/** One volume's members, and how to look at their facts: `read` answers undefined for what is not known. */
export interface Volume {
  readonly volume: Subject;
  readonly replicas: readonly Subject[];
}
export interface Look {
  readonly read: (fact: string, id: string) => FactValue | undefined;
  readonly readEverybody: () => boolean;
}

/** A member that stays, by what its own kernel says. */
interface Survivor {
  readonly subject: Subject;
  readonly diskful: boolean;
  /** A tie-breaker, and no mere client: see `keepsQuorum`. */
  readonly tieBreaker: boolean;
  readonly disk: FactValue;
  readonly quorum: boolean;
  readonly sees: ReadonlyMap<string, Seen>;
}

/** A peer as a survivor sees it. DRBD tells an absent peer that it knows to be outdated from one that may be anything. */
type Seen = 'connected' | 'outdated' | 'unknown';

/** Disk states of an absent peer that cannot have newer data: DRBD's own order up to Outdated. */
const outdatedAtBest: ReadonlySet<FactValue> = new Set([
  'Diskless',
  'Attaching',
  'Detaching',
  'Failed',
  'Negotiating',
  'Inconsistent',
  'Outdated',
]);

/** Whether the others keep their quorum and a good copy when `leaving`'s node leaves (incident 3.1: a node went down, and
 *  both that stayed lost quorum). Undefined unless everything that it hangs on is known.
 *
 *  The leaving copy is counted as one that is gone and may come back with anything. Leaving gracefully marks it outdated,
 *  which only makes quorum easier to keep; but a shutdown can lose its power half-way, and a `disconnect` can time out. */
export function quorumWithoutNode(members: Volume, leaving: Subject, look: Look): boolean | undefined {
  const policy = look.read('volume.quorumPolicy', members.volume.id);
  const leavingKind = look.read('replica.kind', leaving.id);
  const others = members.replicas.filter(({ id }) => id !== leaving.id);
  const kinds = others.map(({ id }) => look.read('replica.kind', id));
  if (!look.readEverybody() || policy === undefined || leavingKind === undefined || kinds.includes(undefined))
    return undefined;
  // Whoever leaves, without another copy there is no data.
  if (!kinds.includes('diskful')) return false;

  const everybody = [...others, leaving];
  const diskless = new Set(everybody.filter((_, at) => (kinds[at] ?? leavingKind) !== 'diskful').map(({ id }) => id));
  const survivors: Survivor[] = [];
  for (const [at, subject] of others.entries()) {
    const disk = look.read('replica.disk', subject.id);
    const quorum = policy === 'off' ? true : look.read('replica.quorum', subject.id);
    const sees = peersOf(subject, everybody, diskless, look);
    if (disk === undefined || quorum === undefined || sees === undefined) return undefined;
    const diskful = kinds[at] === 'diskful';
    survivors.push({ subject, diskful, tieBreaker: kinds[at] === 'tie-breaker', disk, quorum: quorum === true, sees });
  }
  const goodCopyStays = survivors.some((survivor) => isGoodCopy(survivor, leaving, diskless));
  if (!goodCopyStays) return false;
  return policy === 'off' || survivors.every((survivor) => keepsQuorum(survivor, survivors, leavingKind, policy));
}

/** UpToDate, in contact with everybody who stays, and sure that what leaves has nothing newer. */
function isGoodCopy(survivor: Survivor, leaving: Subject, diskless: ReadonlySet<string>): boolean {
  if (!survivor.diskful || survivor.disk !== 'UpToDate') return false;
  return [...survivor.sees].every(
    ([peer, seen]) => seen === 'connected' || (peer === leaving.id && (diskless.has(peer) || seen === 'outdated')),
  );
}

/** DRBD's calc_quorum for one survivor after the other has gone. Voters are the copies; nodes without a disk break the tie
 *  when an even number of voters is one short, and only for a side that has quorum now: once lost it is not regained so.
 *
 *  Whether a client, unlike a tie-breaker, breaks ties differs between versions, so it must hold either way. */
function keepsQuorum(
  survivor: Survivor,
  survivors: readonly Survivor[],
  leavingKind: FactValue,
  policy: FactValue,
): boolean {
  if (!survivor.quorum) return false;
  return [true, false].every((clientsCount) => {
    let present = 0;
    let outdated = 0;
    let unknown = leavingKind === 'diskful' ? 1 : 0;
    let tieBreakers = 0;
    let missingTieBreakers = leavingKind === 'tie-breaker' || (leavingKind === 'client' && clientsCount) ? 1 : 0;
    for (const peer of survivors) {
      const seen = peer === survivor ? 'connected' : survivor.sees.get(peer.subject.id);
      if (seen === undefined) continue; // two without a disk have no connection, and do not count each other
      if (peer.diskful) {
        const attached = peer !== survivor || (peer.disk !== 'Diskless' && peer.disk !== 'Attaching');
        if (seen === 'connected' && attached) present += 1;
        else if (seen === 'outdated') outdated += 1;
        else unknown += 1;
      } else if (peer.tieBreaker || clientsCount) {
        if (seen === 'connected') tieBreakers += 1;
        else missingTieBreakers += 1;
      }
    }
    // When nobody absent may be anything but outdated, no other side can write, and the absent lose their vote.
    const voters = unknown > 0 ? present + outdated + unknown : present;
    const needed = policy === 'all' ? voters : majorityOf(voters);
    if (present >= needed) return true;
    const oneShortOfEven = voters > 0 && voters % 2 === 0 && present === needed - 1;
    return oneShortOfEven && tieBreakers >= majorityOf(tieBreakers + missingTieBreakers);
  });
}

function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** How one member sees each of the others by its own kernel; undefined as soon as one of them is not known. */
function peersOf(
  member: Subject,
  everybody: readonly Subject[],
  diskless: ReadonlySet<string>,
  look: Look,
): ReadonlyMap<string, Seen> | undefined {
  const sees = new Map<string, Seen>();
  for (const peer of everybody) {
    // Two that have no disk hold no connection to each other.
    if (peer.id === member.id || (diskless.has(member.id) && diskless.has(peer.id))) continue;
    const link = `${member.id}:${peer.of.node ?? ''}`;
    const state = look.read('connection.state', link);
    const replication = look.read('connection.replication', link);
    if (state === undefined || replication === undefined) return undefined;
    if (state === 'Connected' && replication !== 'Off') {
      sees.set(peer.id, 'connected');
      continue;
    }
    const peerDisk = look.read('connection.peerDisk', link);
    if (peerDisk === undefined) return undefined;
    sees.set(peer.id, outdatedAtBest.has(peerDisk) ? 'outdated' : 'unknown');
  }
  return sees;
}
