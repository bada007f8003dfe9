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
  readonly #standing = new Map<string, ReadonlyMap<string, Trouble>>();
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
    for (const volume of site.volumes.values()) this.look(volume);
    const all = [
      ...site.troubles.values(),
      ...[...this.#standing.values()].flatMap((ofVolume) => [...ofVolume.values()]),
    ];
    this.#harm = all.filter((one) => !one.explained && this.#counts(one)) as readonly Trouble[] as readonly Harm[];
  }

  /** Whether a fault explains it is asked when it begins, so this is called with every change. */
  look(volume: Volume): void {
    const site = this.#site;
    const known = this.#standing.get(volume.name);
    const found = new Map<string, Trouble>();
    for (const { kind, says, ...since } of standing(site, volume)) {
      const before = known?.get(kind) ?? { sinceMs: site.nowMs, explained: explained(site, volume) };
      const { sinceMs, explained: isExplained } = { ...before, ...since };
      found.set(kind, { kind, object: volume.name, says, sinceMs, explained: isExplained });
    }
    if (found.size > 0) this.#standing.set(volume.name, found);
    else if (known !== undefined) this.#standing.delete(volume.name);
  }

  #counts({ kind, sinceMs }: Trouble): boolean {
    if (kind !== 'frozen') return true;
    const atMs = sinceMs + frozenMs;
    if (this.#site.nowMs >= atMs) return true;
    this.#again = Math.min(this.#again, atMs);
    return false;
  }
}

interface Standing {
  readonly kind: Harm['kind'];
  readonly says: string;
  /** Where it is known better than by when it was first looked at. */
  readonly sinceMs?: number;
  readonly explained?: boolean;
}

function standing(site: Site, volume: Volume): readonly Standing[] {
  const found: Standing[] = [];
  const copies = [...volume.replicas.values()].filter(({ kind }) => kind === 'diskful');
  // Nodes are only down by a fault, so a copy that lies on one counts as reachable: nothing of ours took it away.
  if (!copies.some(({ disk }) => disk === 'UpToDate' || disk === 'Consistent')) {
    found.push({
      kind: 'no-copy',
      says: `no copy of it is up to date: ${copies.map(({ node, disk }) => `${node} ${disk}`).join(', ')}`,
    });
  }
  const writers = copies.filter(({ up, role }) => up && role === 'Primary');
  if (writers.length > 1 && !volume.twoPrimaries)
    found.push({ kind: 'two-writers', says: 'two nodes may write, and no VM migrates' });
  for (const { node, frozen, suspended } of volume.replicas.values()) {
    if (frozen === undefined || !isRunning(site.hosts.get(node))) continue;
    found.push({
      kind: 'frozen',
      says: `the I/O of its VM on ${node} is frozen: ${[...suspended].join(', ')}`,
      ...frozen,
    });
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
    found.push({ kind: 'mixed-modes', says: `${one.node} and ${other.node} replicate over bonds in different modes` });
  }
  return found;
}
