import { lossOf } from './drbd.ts';
import { isRunning, type Site, type Trouble, type Volume } from './state.ts';
import { explained } from './trouble.ts';

/** Something that must not happen, and that no fault which was injected explains. */
export interface Harm {
  readonly kind:
    | 'no-copy'
    | 'vm-lost-disk'
    | 'vm-evicted'
    | 'frozen'
    | 'mixed-modes'
    | 'divergence'
    | 'lost-writes'
    | 'stale-start'
    | 'split-brain'
    | 'two-writers';
  /** A volume, or a VM. */
  readonly object: string;
  readonly says: string;
  readonly sinceMs: number;
}

/** A moment of frozen I/O belongs to every snapshot; this is no moment any more. */
const frozenMs = 60_000;

/** What stands now, by when it began and whether it was a fault's doing then. Looked at again only after a change. */
export class HarmWatch {
  readonly #site: Site;
  #standing = new Map<string, Trouble>();
  #revision = -1;
  #again = Number.NEGATIVE_INFINITY;
  #harm: readonly Harm[] = [];

  constructor(site: Site) {
    this.#site = site;
  }

  now(): readonly Harm[] {
    const { revision, nowMs } = this.#site;
    if (revision !== this.#revision || nowMs >= this.#again) this.#look();
    return this.#harm;
  }

  #look(): void {
    const site = this.#site;
    this.#revision = site.revision;
    this.#again = Number.POSITIVE_INFINITY;
    const found = new Map<string, Trouble>();
    for (const volume of site.volumes.values()) {
      for (const [kind, says] of standing(site, volume)) {
        const key = `${kind} ${volume.name}`;
        const before = this.#standing.get(key);
        const { name: object } = volume;
        const isExplained = before?.explained ?? explained(site, volume);
        found.set(key, { kind, object, says, sinceMs: before?.sinceMs ?? site.nowMs, explained: isExplained });
      }
    }
    this.#standing = found;
    const all = [...site.troubles.values(), ...found.values()];
    this.#harm = all.filter((one) => !one.explained && this.#counts(one)) as readonly Trouble[] as readonly Harm[];
  }

  #counts({ kind, sinceMs }: Trouble): boolean {
    if (kind !== 'frozen') return true;
    const atMs = sinceMs + frozenMs;
    if (this.#site.nowMs >= atMs) return true;
    this.#again = Math.min(this.#again, atMs);
    return false;
  }
}

function standing(site: Site, volume: Volume): readonly (readonly [Harm['kind'], string])[] {
  const found: (readonly [Harm['kind'], string])[] = [];
  const copies = [...volume.replicas.values()].filter(({ kind }) => kind === 'diskful');
  // Nodes are only down by a fault, so a copy that lies on one counts as reachable: nothing of ours took it away.
  if (!copies.some(({ disk }) => disk === 'UpToDate' || disk === 'Consistent')) {
    found.push([
      'no-copy',
      `no copy of it is up to date: ${copies.map(({ node, disk }) => `${node} ${disk}`).join(', ')}`,
    ]);
  }
  const writers = copies.filter(({ up, role }) => up && role === 'Primary');
  if (writers.length > 1 && !volume.twoPrimaries)
    found.push(['two-writers', 'two nodes may write, and no VM migrates']);
  for (const replica of volume.replicas.values()) {
    const isUsed = [...site.vms.values()].some((vm) => vm.volume === volume.name && vm.node === replica.node);
    if (isUsed && replica.suspended.size > 0 && isRunning(site.hosts.get(replica.node))) {
      found.push(['frozen', `the I/O of its VM on ${replica.node} is frozen: ${[...replica.suspended].join(', ')}`]);
    }
  }
  const mixed = volume.pairs.find((pair) => {
    const [one, other] = pair.ends;
    const [left, right] = [site.hosts.get(one.node)?.bond.mode, site.hosts.get(other.node)?.bond.mode];
    if (left === right || one.state !== 'Connected' || other.state !== 'Connected') return false;
    const loss = lossOf(site, volume, pair);
    return loss > 0 && loss < 100;
  });
  if (mixed !== undefined) {
    const [one, other] = mixed.ends;
    found.push(['mixed-modes', `${one.node} and ${other.node} replicate over bonds in different modes`]);
  }
  return found;
}
