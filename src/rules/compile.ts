import type { FactValue } from '../kernel/fact.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { sameValue } from '../kernel/value.ts';
import type { Truth } from '../kernel/verdict.ts';
import { type Bound, bind } from './bind.ts';
import { generate } from './codegen.ts';
import { evaluationOf } from './evaluate.ts';
import type { Evaluator } from './evaluation.ts';
import type { RulePack } from './pack.ts';

/** An evaluator in its two halves: `bind` looks everything up, `truths` only decides. One snapshot may be decided again
 *  without being looked up again. */
export interface Compiled extends Evaluator {
  bind(snapshot: Snapshot): Bound;
  /** One truth for each rule and object: gates, findings and rollup of all packs, in their order. */
  truths(bound: Bound): readonly Truth[];
}

type Pass = (bound: Bound, truths: Truth[]) => void;

/** All rules of all packs as one generated function. See `codegen.ts` for what may enter its text. */
export function compile(packs: readonly RulePack[]): Compiled {
  const { source, plan, constants } = generate(rulesOf(packs));
  const pass = new Function('constants', 'same', 'hasSame', source)(constants, sameValue, hasSame) as Pass;
  const truths = (bound: Bound): readonly Truth[] => {
    const found = new Array<Truth>(bound.total).fill(1);
    pass(bound, found);
    return found;
  };
  return {
    packs,
    bind: (snapshot) => bind(plan, snapshot),
    truths,
    evaluate: (snapshot) => {
      const bound = bind(plan, snapshot);
      return evaluationOf(packs, snapshot, truths(bound), bound.offsets);
    },
  };
}

/** Every rule, in the order in which their truths stand. */
export function rulesOf(packs: readonly RulePack[]) {
  return [
    ...packs.flatMap(({ gates }) => gates),
    ...packs.flatMap(({ findings }) => findings),
    ...packs.flatMap(({ rollup }) => rollup.map(({ when }) => ({ per: 'site' as const, when }))),
  ];
}

function hasSame(list: readonly FactValue[], value: FactValue): boolean {
  for (const one of list) if (sameValue(one, value)) return true;
  return false;
}
