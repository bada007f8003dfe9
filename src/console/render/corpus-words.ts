import { type Kept, populated } from '../../review/corpus/kept.ts';
import { type Showing, showingsOf, telling } from '../../review/corpus/shown.ts';
import type { Look } from '../paint.ts';

/** What is said of a kept capture, in every form of every verb of the corpus. */

/** `gate node-may-restart closed: bond.mode`. */
export function showingWords({ kind, name, is, because }: Showing): string {
  const what = kind === 'phase' ? `${name} ${is}` : `${kind} ${name} ${is}`;
  return because.length === 0 ? what : `${what}: ${because.join(', ')}`;
}

const shownMax = 5;

/** In a line: the first; where there is room some, and how many more there are. */
export function shownWords(shows: readonly string[], { wide }: Look): string {
  const shown = shows.slice(0, wide ? shownMax : 1);
  const more = shows.length - shown.length;
  return `${shown.join('; ')}${wide && more > 0 ? `; and ${more} more` : ''}`;
}

/** What tells it from the others, the most telling first. */
export function showsOf(kept: Kept, counts: ReadonlyMap<string, number>): readonly string[] {
  const told = telling(showingsOf(kept), counts);
  return told.length === 0 ? [`phase ${kept.phase.is}`] : told.map(showingWords);
}

/** `3 nodes, 4 volumes`; what nobody could list is said. */
export function objectsWords(kept: Kept): string {
  return populated(kept)
    .map(([kind, count]) => (count === null ? `? ${kind}s` : `${count} ${kind}${count === 1 ? '' : 's'}`))
    .join(', ');
}

/** How many gates are closed for somebody, and are unknown; how many findings are raised. */
export function countsOf({ sections }: Kept): {
  readonly closed: number;
  readonly unknown: number;
  readonly raised: number;
} {
  const having = (section: 'gates' | 'findings', word: string): number =>
    [...sections[section].values()].filter((groups) => groups.some(({ is }) => is === word)).length;
  return {
    closed: having('gates', 'closed'),
    unknown: having('gates', 'unknown'),
    raised: having('findings', 'raised'),
  };
}

export function decidesWords(kept: Kept): string {
  const { closed, unknown, raised } = countsOf(kept);
  const parts = [
    [closed, 'closed'],
    [unknown, 'unknown'],
    [raised, 'raised'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return told.length === 0 ? 'all open' : told.join(', ');
}
