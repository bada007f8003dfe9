import type { FrozenFact, Raw, RawStated, StatedFact, StatedList } from '../kernel/raw.ts';
import { subjectKinds } from '../kernel/subject.ts';

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
      .map(({ kind, members }): StatedList => ({ kind, members: members.toSorted() }))
      .sort((left, right) => rankOf(left) - rankOf(right)),
    facts: facts.toSorted(byObject),
    frozen: frozen.toSorted(byObject),
  };
}

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
