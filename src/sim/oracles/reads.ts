import { censusMaxAgeMs } from '../../kernel/vocabulary.ts';
import type { Condition, FactRef, Literal } from '../../rules/condition.ts';

const known = new WeakMap<Condition, number>();

/** How old the oldest thing may be that a condition is answered by, milliseconds. Names do not age and are left out. */
export function oldestMsOf(condition: Condition): number {
  const kept = known.get(condition);
  if (kept !== undefined) return kept;
  const oldest = Math.max(0, ...agesIn(condition).filter(Number.isFinite));
  known.set(condition, oldest);
  return oldest;
}

function agesIn(condition: Condition): readonly number[] {
  switch (condition.kind) {
    case 'leaf':
      return [ageOf(condition.read), ageOf(condition.against)];
    case 'asks-unknown':
      return [ageOf(condition.read)];
    case 'all':
    case 'any':
      return condition.of.map(oldestMsOf);
    case 'not':
    case 'named':
      return [oldestMsOf(condition.of)];
    case 'quantified': {
      const parts = condition.where === undefined ? [condition.satisfies] : [condition.where, condition.satisfies];
      return [censusMaxAgeMs[condition.over], ...parts.map(oldestMsOf)];
    }
  }
}

function ageOf(side: FactRef | Literal): number {
  return side.kind === 'fact' && side.setTo === undefined ? side.maxAgeMs : 0;
}
