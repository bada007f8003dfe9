import type { Reason } from '../kernel/verdict.ts';
import { placeKey } from './parts.ts';
import type { LetThrough } from './proof.ts';

const objectsShown = 3;

/** What made something open, a line of a pack at a time, in the order of the file. */
export function letThrough(reasons: readonly Reason[]): readonly LetThrough[] {
  const byPlace = [...Map.groupBy(reasons, ({ at }) => placeKey(at)).values()];
  return byPlace.map(lineOf).sort((one, other) => {
    const [left, right] = [one.at, other.at];
    return left.file < right.file ? -1 : left.file > right.file ? 1 : left.line - right.line || left.col - right.col;
  });
}

function lineOf(reasons: readonly Reason[]): LetThrough {
  const [first] = reasons as readonly [Reason];
  const read = reasons
    .slice(0, objectsShown)
    .map(({ fact, object, detail }) => (isOfList(fact) ? `${fact}: ${detail}` : `${fact} of ${object} ${detail}`));
  const more = reasons.length - objectsShown;
  const says = `${read.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  // Where the author says nothing, the sentence is the leaf itself.
  const isAuthors = !first.says.startsWith(first.fact) && !(isOfList(first.fact) && first.detail.endsWith(first.says));
  const sentence = isAuthors ? `${first.says}: ` : '';
  return { at: first.at, says: `${sentence}${says}` };
}

function isOfList(fact: string): boolean {
  return fact.startsWith('list of ');
}
