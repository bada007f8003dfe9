import type { FrozenFact, Raw, RawStated, StatedFact, StatedList } from '../kernel/raw.ts';
import { type SubjectKind, subjectFromId, subjectKinds } from '../kernel/subject.ts';
import type { FactType } from '../kernel/value.ts';

/** Who there is and what is known of each, without the moment. */
export type StatedSite = Pick<RawStated, 'lists' | 'facts' | 'frozen'>;

export const factsFile = 'facts.yaml';
export const factsKind = 'Facts';

/** Whether a capture is a site that nobody saw. It is so as a whole, or not at all. */
export function isStated({ raws }: { readonly raws: readonly Raw[] }): boolean {
  return raws.some(({ from }) => from === 'stated');
}

/** The one order of a site: lists as the kinds are ordered, facts object by object. Whoever wrote it in another order said the same. */
export function inOrder({ lists, facts, frozen = [] }: StatedSite): Required<StatedSite> {
  return {
    lists: lists
      .map(({ kind, members, ageMs = 0 }) => statedList(kind, members.toSorted(), ageMs))
      .sort((left, right) => rankOf(left) - rankOf(right)),
    facts: facts.toSorted(byObject),
    frozen: frozen.toSorted(byObject),
  };
}

/** A list of no age says none. */
export function statedList(kind: SubjectKind, members: readonly string[], ageMs: number): StatedList {
  return { kind, members, ...(ageMs === 0 ? {} : { ageMs }) };
}

/** There is always one site; of all others somebody must say who there is. */
export const listedKinds: readonly SubjectKind[] = subjectKinds.filter((kind) => kind !== 'site');

/** What people may write as an id: of this kind, and what a terminal shows as it is. */
export function isId(kind: SubjectKind, text: string): boolean {
  return text.length <= idLengthMax && /^[!-~]+$/.test(text) && subjectFromId(kind, text) !== undefined;
}

/** A fact that says what somebody has called something, and no word of a list. */
export function isFreeText(type: FactType | undefined): boolean {
  return type?.kind === 'text' || (type?.kind === 'set' && type.words === undefined);
}

const idLengthMax = 1024;

function rankOf({ kind }: StatedList): number {
  return subjectKinds.indexOf(kind);
}

function byObject(left: FrozenFact, right: FrozenFact): number {
  return kindRank(left) - kindRank(right) || compare(left.of, right.of) || compare(left.fact, right.fact);
}

/** A fact is named for the kind that it is about. */
function kindRank({ fact }: Pick<StatedFact, 'fact'>): number {
  return subjectKinds.findIndex((kind) => fact.startsWith(`${kind}.`));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
