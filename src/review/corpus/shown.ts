import { byText, type DecisionKind } from '../change.ts';
import { type Kept, kindOfSection, sections } from './kept.ts';

/** One thing that a capture shows to whoever changes rules: that something is decided so, and by which facts. Which of them stand together
 *  counts: only where one stands alone does a rule that no longer asks for it decide otherwise. */
export interface Showing {
  readonly kind: DecisionKind;
  readonly name: string;
  readonly is: string;
  readonly because: readonly string[];
}

export function showingsOf({ phase, sections: all }: Pick<Kept, 'phase' | 'sections'>): readonly Showing[] {
  const found: Showing[] = [{ kind: 'phase', name: 'phase', is: phase.is, because: [] }];
  for (const section of sections) {
    const kind = kindOfSection[section];
    for (const [name, groups] of all[section]) {
      for (const { is, because } of groups) found.push({ kind, name, is, because });
    }
  }
  return [...new Map(found.map((one) => [showingKey(one), one])).values()];
}

export function showingKey({ kind, name, is, because }: Showing): string {
  return JSON.stringify([kind, name, is, because]);
}

/** How many of some captures show each thing. */
export function showCounts(all: readonly (readonly Showing[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of all.flat().map(showingKey)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** What tells a capture from the others, the most telling first: what the fewest show; then what is raised, what is closed, what is not
 *  known. What is open and what a state asks for itself tells little. */
export function telling(shown: readonly Showing[], counts: ReadonlyMap<string, number>): readonly Showing[] {
  const ranked = shown.flatMap((one) => {
    const rank = ranks.indexOf(`${one.kind} ${one.is}`);
    return rank === -1 ? [] : [{ one, rank, others: counts.get(showingKey(one)) ?? 0 }];
  });
  const sorted = ranked.sort(
    (left, right) =>
      left.others - right.others || left.rank - right.rank || byText(showingKey(left.one), showingKey(right.one)),
  );
  // What the same gate says of others says less than another gate.
  return [...new Map(sorted.toReversed().map(({ one }) => [`${one.kind} ${one.name}`, one])).values()].toReversed();
}

const ranks = ['finding raised', 'gate closed', 'gate unknown', 'finding unknown'];

/** `silent-node`, `node-may-restart-closed-bond-peers-reachable`; of what shows nothing, its phase. */
export function nameFor(kept: Pick<Kept, 'phase' | 'sections'>, counts: ReadonlyMap<string, number>): string {
  const [first] = telling(showingsOf(kept), counts);
  if (first === undefined) return slug(`all is open ${kept.phase.is}`);
  const { kind, name, is, because } = first;
  return slug(kind === 'finding' && is === 'raised' ? name : [name, is, because[0] ?? ''].join(' '));
}

function slug(text: string): string {
  const words = text
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return (
    words
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 80)
      .replace(/-$/, '') || 'capture'
  );
}

function tellingFirst(shown: readonly Showing[], counts: ReadonlyMap<string, number>): readonly Showing[] {
  return [...new Set([...telling(shown, counts), ...shown])];
}

/** Whoever may leave a corpus. */
export interface Member {
  readonly name: string;
  /** When what it shows was so. */
  readonly takenAtMs: number;
  readonly shows: readonly Showing[];
}

export interface Parting {
  readonly name: string;
  readonly goes: boolean;
  /** Undefined of whoever goes: others show all that it shows. Else what it alone shows, of those that stay; none: it is young. */
  readonly only: readonly Showing[];
}

/** Whoever was taken before a moment goes, the oldest first, as long as others that stay show everything that it shows. */
export function partings(members: readonly Member[], beforeMs: number): readonly Parting[] {
  const counts = new Map(showCounts(members.map(({ shows }) => shows)));
  const inOrder = members.toSorted((left, right) => left.takenAtMs - right.takenAtMs || byText(left.name, right.name));
  return inOrder.map(({ name, takenAtMs, shows }) => {
    if (takenAtMs >= beforeMs) return { name, goes: false, only: [] };
    const only = shows.filter((one) => (counts.get(showingKey(one)) ?? 0) < 2);
    if (only.length > 0) return { name, goes: false, only: tellingFirst(only, counts) };
    for (const key of shows.map(showingKey)) counts.set(key, (counts.get(key) ?? 0) - 1);
    return { name, goes: true, only: [] };
  });
}
