import { type FactValue, type Grade, isUnreadable, type Observation, type Unreadable } from '../kernel/fact.ts';
import type { Subject } from '../kernel/subject.ts';
import { fits } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';

/** What a careful reader found: a value, something it could not read, or nothing at all. Nothing is never a default. */
export type Found<T extends FactValue> = T | Unreadable | undefined;

/** Where and when something was seen. */
export interface Seen {
  readonly at: number;
  readonly source: string;
  readonly grade?: Grade;
}

/** One observation, or none where nothing was said. What does not fit the fact's type, a word that the vocabulary does
 *  not list above all, becomes unreadable here and nowhere else, so that no normaliser can forget it. */
export function say(fact: string, subject: Subject, value: Found<FactValue>, seen: Seen): readonly Observation[] {
  if (value === undefined) return [];
  const type = vocabulary.get(fact)?.type;
  const fit = isUnreadable(value) || (type !== undefined && fits(type, value));
  const grade = seen.grade ?? 'observed';
  return [{ fact, subject, value: fit ? value : unreadable(value), seenAtMs: seen.at, grade, source: seen.source }];
}

const wordLengthMax = 200;

/** Something from outside that we cannot read, kept as it came as far as people need it. What is not a word is only named
 *  for what it is: whole replies may hold secrets. */
export function unreadable(value: unknown): Unreadable {
  if (typeof value === 'string') return { unreadable: value.slice(0, wordLengthMax) };
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return { unreadable: String(value) };
  if (value === undefined) return { unreadable: 'nothing' };
  if (Array.isArray(value)) return { unreadable: 'a list' };
  return { unreadable: typeof value === 'object' ? 'an object' : typeof value };
}

/** The values of a set fact: sorted in UTF-16 order, without repeats. */
export function setOf(words: Iterable<string>): readonly string[] {
  return [...new Set(words)].sort();
}

/** The one value that all of them have; unreadable if they differ; undefined if there are none. */
export function agreed(values: readonly Found<FactValue>[]): Found<FactValue> {
  const [first, ...rest] = values;
  if (first === undefined || isUnreadable(first)) return first;
  const other = rest.find((value) => value !== first);
  if (other === undefined) return rest.includes(undefined) ? undefined : first;
  return isUnreadable(other) ? other : unreadable(`both ${String(first)} and ${String(other)}`);
}
