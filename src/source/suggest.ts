import { distance } from 'fastest-levenshtein';

/** Longer words than this are no misspellings of ours, and comparing them would cost. */
const lengthMax = 100;

/** The word that was likely meant: the nearest one, if it is near enough that a person would say «of course». */
export function likely(word: string, known: Iterable<string>): string | undefined {
  if (word.length > lengthMax) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const away = distance(wanted, candidate.toLowerCase());
    if (away < bestDistance) {
      best = candidate;
      bestDistance = away;
    }
  }
  return best;
}

/** As a hint: `did you mean …?`, or what there is when nothing is near. */
export function hintFor(word: string, known: Iterable<string>, otherwise?: string): string | undefined {
  const meant = likely(word, known);
  return meant === undefined ? otherwise : `did you mean \`${meant}\`?`;
}

/** `a, b or c`, shortened past a dozen. */
export function listed(words: readonly string[], last = 'or'): string {
  if (words.length > 12) return `${words.slice(0, 10).join(', ')} … (${words.length} in all)`;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
