import type { Condition, FactRef, Literal } from './condition.ts';

const keys = new WeakMap<Condition, string>();

/** Two conditions with the same key mean the same wherever they stand: places, sentences and names do not count. */
export function keyOf(condition: Condition): string {
  const known = keys.get(condition);
  if (known !== undefined) return known;
  const key = JSON.stringify(meaning(condition));
  keys.set(condition, key);
  return key;
}

function meaning(condition: Condition): unknown {
  switch (condition.kind) {
    case 'leaf':
      return [condition.operator, side(condition.read), side(condition.against)];
    case 'asks-unknown':
      return ['unknown', side(condition.read)];
    case 'all':
    case 'any':
      return [condition.kind, condition.of.map(keyOf)];
    case 'not':
      return ['not', keyOf(condition.of)];
    case 'named':
      return meaning(condition.of);
    case 'quantified': {
      const { quantifier, over, within, except, where, satisfies, whenEmpty } = condition;
      const inner = [where === undefined ? null : keyOf(where), keyOf(satisfies)];
      return ['quantified', quantifier, over, within, except ?? null, inner, whenEmpty ?? null];
    }
  }
}

function side(of: FactRef | Literal): unknown {
  if (of.kind === 'literal') return ['literal', of.value];
  if (of.setTo !== undefined) return ['set', of.setTo];
  return ['fact', of.name, of.subject, String(of.maxAgeMs), of.grade];
}
