import type { FrozenFact, StatedFact, StatedList } from '../kernel/raw.ts';
import type { Bound } from './bound.ts';

/** A site that makes a claim true, and the object of which it is true there. */
export interface Found {
  readonly kind: 'found';
  readonly object: string;
  readonly site: MadeUpSite;
}

/** Facts alone, the fewest that will do: of the smallest sites, and nothing can be left out. Or, where it says so, of one that may not be
 *  the smallest: the time was over before that was known. */
export interface MadeUpSite {
  readonly lists: readonly StatedList[];
  readonly facts: readonly StatedFact[];
  /** What a workflow's cohort was frozen with, where a rule reads `cohort.FACT`: facts by their own names, of no age. */
  readonly frozen: readonly FrozenFact[];
  readonly mayBeSmaller?: true;
}

/** Exact: there is none within the bound. */
export interface NoneWithin {
  readonly kind: 'none';
  readonly within: Bound;
}

/** The time was over. `none`: the largest bound for which it is sure that there is none; undefined: not even the smallest. */
export interface Unfinished {
  readonly kind: 'unfinished';
  readonly none: Bound | undefined;
}

export type Answer = Found | NoneWithin | Unfinished;
