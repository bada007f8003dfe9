import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { type Truth, UNKNOWN, verdictWords } from '../../src/kernel/verdict.ts';
import type { Evaluator } from '../../src/rules/evaluation.ts';

/** Every verdict by rule and object. Where the list of objects is lost, each of them is unknown: it is not in the map. */
export function verdictsOf(evaluator: Evaluator, snapshot: Snapshot): ReadonlyMap<string, Truth> {
  const { gates, rollup } = evaluator.evaluate(snapshot);
  return new Map(
    [...gates, ...rollup].flatMap(({ pack, rule, objects, truths }, at) =>
      objects.map((object, index): [string, Truth] => [
        `${pack.name}/${rule.kind === 'gate' ? rule.name : rule.phase}#${at} ${object}`,
        truths[index] ?? UNKNOWN,
      ]),
    ),
  );
}

/** What each verdict moved to, where it moved anywhere but to unknown. */
export function movedByBlindness(evaluator: Evaluator, before: Snapshot, after: Snapshot): readonly string[] {
  const left = verdictsOf(evaluator, after);
  return [...verdictsOf(evaluator, before)].flatMap(([rule, was]) => {
    const is = left.get(rule) ?? UNKNOWN;
    return is === was || is === UNKNOWN ? [] : [`${rule}: ${verdictWords[was]} → ${verdictWords[is]}`];
  });
}
