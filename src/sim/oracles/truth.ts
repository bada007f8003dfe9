import type { FactValue } from '../../kernel/fact.ts';
import type { Sight } from '../../kernel/sight.ts';
import type { Snapshot } from '../../kernel/snapshot.ts';
import { TRUE } from '../../kernel/verdict.ts';

/** How the site really was lately, seen by somebody from whom nothing is hidden. Whoever decided had to go by what it had seen,
 *  and that may be as old as a fact may be and as its way was long: only what was untrue through all of that time could not be
 *  known to be true. */
export interface Truths {
  /** The site has changed. The snapshot is made only if it is asked for. */
  note(atMs: number, snapshot: () => Snapshot): void;
  now(): Snapshot;
  /** From the newest to the oldest, as far back as this; the one that stood when that time began included. */
  since(atMs: number): Iterable<Snapshot>;
  /** How many were really made, for the bench. */
  readonly made: number;
}

/** Longer ago than this nothing is remembered. */
const keptMs = 8 * 60_000;
const droppedAtOnce = 256;

export function truthsOf(): Truths {
  interface Kept {
    readonly atMs: number;
    readonly snapshot: () => Snapshot;
  }
  const kept: Kept[] = [];
  let first = 0;
  let made = 0;
  return {
    get made() {
      return made;
    },
    note(atMs, snapshot) {
      let known: Snapshot | undefined;
      const once = (): Snapshot => {
        if (known !== undefined) return known;
        made += 1;
        known = snapshot();
        return known;
      };
      if (kept.at(-1)?.atMs === atMs) kept.pop();
      kept.push({ atMs, snapshot: once });
      while ((kept[first + 1]?.atMs ?? Number.POSITIVE_INFINITY) < atMs - keptMs) first += 1;
      if (first < droppedAtOnce) return;
      kept.splice(0, first);
      first = 0;
    },
    now() {
      const last = kept.at(-1);
      if (last === undefined) throw new RangeError('nothing was noted yet');
      return last.snapshot();
    },
    *since(atMs) {
      for (const { atMs: from, snapshot } of kept.slice(first).reverse()) {
        yield snapshot();
        if (from <= atMs) return;
      }
    },
  };
}

/** What kept a question from being TRUE at every moment since then; undefined if nothing did. One look at a site sees each of its
 *  parts at another moment, so that a question of two parts may rightly have been seen TRUE though it never was at one moment;
 *  but then no single part was untrue all the time. */
export function neverTrueSince<Q>(
  truths: Truths,
  sightOf: (snapshot: Snapshot) => Sight<Q>,
  question: Q,
  object: string,
  sinceMs: number,
): string | undefined {
  let always: Map<string, string> | undefined;
  for (const snapshot of truths.since(sinceMs)) {
    const sight = sightOf(snapshot);
    if (sight.ask(question, object) === TRUE) return undefined;
    const against = new Map(sight.why(question, object).map((why) => [`${why.fact} of ${why.object}`, why.detail]));
    if (always === undefined) always = against;
    else for (const key of [...always.keys()]) if (!against.has(key)) always.delete(key);
    if (always.size === 0) return undefined;
  }
  const [found] = always ?? [];
  return found === undefined ? undefined : `${found[0]} ${found[1]}`;
}

/** What a fact read at a moment; undefined where it is not known even to somebody who knows everything. */
export function truly(snapshot: Snapshot, fact: string, object: string): FactValue | undefined {
  const column = snapshot.columns.get(fact);
  const index = column && snapshot.populations[column.fact.subject].indexOf.get(object);
  return index === undefined ? undefined : column?.values[index];
}

/** Whether a fact was so at any moment since then. */
export function everSince(
  truths: Truths,
  fact: string,
  object: string,
  so: (value: FactValue) => boolean,
  sinceMs: number,
): boolean {
  for (const snapshot of truths.since(sinceMs)) {
    const value = truly(snapshot, fact, object);
    if (value !== undefined && so(value)) return true;
  }
  return false;
}
