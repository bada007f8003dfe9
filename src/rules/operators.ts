import type { FactType } from '../kernel/value.ts';
import type { Operator } from './condition.ts';

export const operators = [
  'equal',
  'notEqual',
  'in',
  'notIn',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
  'contains',
  'doesNotContain',
] as const satisfies readonly Operator[];

const same = ['equal', 'notEqual'] as const;
const oneOf = [...same, 'in', 'notIn'] as const;
const ordered = [...oneOf, 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'] as const;

/** Which operators have a meaning for which types. An order of words, or a member of a number, has none. */
const suiting: Readonly<Record<FactType['kind'], readonly Operator[]>> = {
  bool: same,
  int: ordered,
  duration: ordered,
  size: ordered,
  version: ordered,
  text: oneOf,
  enum: oneOf,
  set: [...same, 'contains', 'doesNotContain'],
};

export function operatorsFor(type: FactType): readonly Operator[] {
  return suiting[type.kind];
}

export function isOperator(word: string): word is Operator {
  return (operators as readonly string[]).includes(word);
}
