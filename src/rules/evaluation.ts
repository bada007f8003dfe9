import type { Snapshot } from '../kernel/snapshot.ts';
import type { Truth } from '../kernel/verdict.ts';
import type { Finding, Gate, RollupStep, RulePack } from './pack.ts';

/** What a set of packs says of one snapshot: a truth for every rule and every object. Reasons are computed only when
 *  asked (`explain.ts`). */
export interface Evaluation {
  readonly gates: readonly Judged<Gate>[];
  readonly findings: readonly Judged<Finding>[];
  readonly rollup: readonly Judged<RollupStep>[];
}

/** One rule over the population it is `per` (for the rollup: the site). */
export interface Judged<R> {
  readonly pack: RulePack;
  readonly rule: R;
  /** Ids of the objects, in the population's order; empty when the list is not known. */
  readonly objects: readonly string[];
  /** One truth an object. */
  readonly truths: readonly Truth[];
  /** Why there are no objects to judge: the list of who there is could not be had. The rule is then unknown as a whole. */
  readonly listUnknown?: string;
}

/** Compiled packs. `evaluate` is pure, total and allocates nothing but its result. */
export interface Evaluator {
  readonly packs: readonly RulePack[];
  evaluate(snapshot: Snapshot): Evaluation;
}
