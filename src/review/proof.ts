import type { Place } from '../kernel/fault.ts';
import type { Reason } from '../kernel/verdict.ts';
import type { MadeUpSite, NoneWithin, Unfinished } from '../witness/answer.ts';
import type { Bound } from '../witness/bound.ts';
import type { DecisionKind, Level } from './change.ts';

/** What was proved of two sides: whether *any* site within a bound is decided otherwise. */
export interface Proof {
  readonly bound: Bound;
  /** `Z3 5.2.0`. */
  readonly solver: string;
  /** Whatever means something else on the two sides, in the order in which it is told: the worst first. */
  readonly questions: readonly Proved[];
  /** How many mean the same on both sides, so that there is nothing to prove. */
  readonly same: number;
}

/** One gate, guard or question of a state, that both sides ask. */
export interface Proved {
  readonly kind: Extract<DecisionKind, 'gate' | 'step' | 'guard'>;
  readonly pack: string;
  readonly name: string;
  /** What the old side calls it, if that is another name. */
  readonly wasCalled?: string;
  readonly oldAt: Place;
  readonly newAt: Place;
  /** It lets something be taken back: what closes it takes a way back. */
  readonly wayBack?: true;
  /** The worst that was found; undefined: no site within the bound can tell, or nobody knows yet. */
  readonly level: Level | undefined;
  /** Whether the new side opens it on any site on which the old one does not. */
  readonly opens: Answered;
  /** Whether the old side opens it on any site on which the new one does not. */
  readonly closes: Answered;
}

export type Answered = NoneWithin | Unfinished | Witness;

/** A site on which the two sides part, as both were judged on it by the evaluator that judges real ones. */
export interface Witness {
  readonly kind: 'witness';
  readonly object: string;
  readonly site: MadeUpSite;
  readonly was: 'open' | 'closed' | 'unknown';
  readonly is: 'open' | 'closed' | 'unknown';
  /** Why the side that is not open is not. */
  readonly held: readonly Reason[];
  /** One for each line of the open side that let it through, in the order of the file; where a condition lets through by what it reads of
   *  several objects, one line for all of them. */
  readonly let: readonly LetThrough[];
}

export interface LetThrough {
  readonly at: Place;
  /** `replica.disk of pvc-1@node-1 is UpToDate`; the author's sentence where there is one stands before it. */
  readonly says: string;
}
