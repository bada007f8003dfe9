import { type FactValue, grades } from '../kernel/fact.ts';
import type { FrozenFact, StatedFact, StatedList } from '../kernel/raw.ts';
import { fits } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { isPlainObject, member } from './plain.ts';
import { inOrder, isId, listedKinds, type StatedSite, statedList } from './stated.ts';

/** A stated site in a line of the one-file form: all that its reader in YAML holds, held again. A text says what is wrong. */
export function siteFrom(line: unknown): StatedSite | string {
  const [lists, facts, frozen] = [
    itemsOf(member(line, 'lists'), listFrom),
    itemsOf(member(line, 'facts'), statedFrom),
    itemsOf(member(line, 'frozen') ?? [], frozenFrom),
  ];
  if (lists === undefined) return 'has a list of nobody that could be listed';
  if (facts === undefined || frozen === undefined) return 'has a fact that is none of the vocabulary';
  const isTwice =
    isRepeated(lists.map(({ kind }) => kind)) ||
    lists.some(({ members }) => isRepeated(members)) ||
    [facts, frozen].some((said) => isRepeated(said.map(({ fact, of }) => `${fact} of ${of}`)));
  if (isTwice) return 'says the same thing twice';
  const { frozen: sorted, ...site } = inOrder({ lists, facts, frozen });
  return sorted.length === 0 ? site : { ...site, frozen: sorted };
}

/** Undefined as soon as one of them cannot be read. */
function itemsOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function listFrom(item: unknown): StatedList | undefined {
  const kind = listedKinds.find((known) => known === member(item, 'kind'));
  const ageMs = member(item, 'ageMs') ?? 0;
  if (kind === undefined || !isAge(ageMs) || !hasOnly(item, ['kind', 'members', 'ageMs'])) return undefined;
  const members = itemsOf(member(item, 'members'), (id) => (typeof id === 'string' && isId(kind, id) ? id : undefined));
  return members === undefined ? undefined : statedList(kind, members, ageMs);
}

function statedFrom(item: unknown): StatedFact | undefined {
  const said = saidFrom(item);
  const ageMs = member(item, 'ageMs');
  const grade = grades.find((known) => known === member(item, 'grade'));
  if (!hasOnly(item, ['fact', 'of', 'value', 'ageMs', 'grade'])) return undefined;
  return said === undefined || !isAge(ageMs) || grade === undefined ? undefined : { ...said, ageMs, grade };
}

function frozenFrom(item: unknown): FrozenFact | undefined {
  return hasOnly(item, ['fact', 'of', 'value']) ? saidFrom(item) : undefined;
}

function saidFrom(item: unknown): FrozenFact | undefined {
  const [fact, of, value] = [member(item, 'fact'), member(item, 'of'), member(item, 'value')];
  const declared = typeof fact === 'string' ? vocabulary.get(fact) : undefined;
  if (declared === undefined || typeof of !== 'string' || !isId(declared.subject, of)) return undefined;
  return fits(declared.type, value as FactValue) ? { fact: declared.name, of, value: value as FactValue } : undefined;
}

function isAge(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function hasOnly(item: unknown, members: readonly string[]): boolean {
  return isPlainObject(item) && Object.keys(item).every((name) => members.includes(name));
}

function isRepeated(words: readonly string[]): boolean {
  return new Set(words).size < words.length;
}
