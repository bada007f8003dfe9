import { describe, expect, test } from 'vitest';
import type { FactType } from '../../../src/kernel/value.ts';
import type { Condition, Literal, Operator } from '../../../src/rules/condition.ts';
import { valuesToTellApart } from '../../../src/witness/values.ts';
import { all, fact, leaf } from '../../support/ir.ts';

const at = { file: 'made.yaml', line: 1, col: 1 };

/** A leaf of a fact that no vocabulary has. */
function asks(type: FactType, value: Literal['value'], operator: Operator = 'equal'): Condition {
  const read = { kind: 'fact', name: 'node.made', subject: 'node', type, maxAgeMs: 30_000, grade: 'observed' } as const;
  return { kind: 'leaf', at, read, operator, against: { kind: 'literal', type, value } };
}

function valuesOf(condition: Condition, count = 2) {
  return valuesToTellApart(
    [condition],
    () => count,
    () => [],
  );
}

describe('one value stands for all that no rule tells apart', () => {
  test.each<[string, Condition, readonly unknown[]]>([
    ['a duration: under, at and over the limit', asks({ kind: 'duration' }, 30_000), [0, 30_000, 31_000]],
    ['nothing is shorter than nothing', asks({ kind: 'duration' }, 0), [0, 1_000]],
    ['two limits side by side: nothing between', asks({ kind: 'int', atLeast: 0 }, [3, 4], 'in'), [0, 3, 4, 5]],
    ['an int within its range', asks({ kind: 'int', atLeast: 0, atMost: 3 }, 3), [0, 3]],
    ['an int of any sign', asks({ kind: 'int' }, 5), [4, 5, 6]],
    ['a size', asks({ kind: 'size' }, 4_096), [0, 4_096, 5_120]],
    ['a word and one other', asks({ kind: 'enum', words: ['a', 'b', 'c'] }, 'b'), ['b', 'a']],
    [
      'every word of the vocabulary, if it has no more',
      asks({ kind: 'enum', words: ['a', 'b'] }, ['a', 'b'], 'in'),
      ['a', 'b'],
    ],
    ['a text, and one that nobody says', asks({ kind: 'text' }, 'ops'), ['ops', 'other-1']],
    ['a text that may be nobody’s', asks({ kind: 'text', optional: true }, 'ops'), ['ops', 'other-1', null]],
    ['a text that is what is made up elsewhere', asks({ kind: 'text' }, 'other-1'), ['other-1', 'other-2']],
    ['yes and no', asks({ kind: 'bool' }, true), [false, true]],
  ])('%s', (_, condition, values) => {
    expect(valuesOf(condition).get('node.made')?.all).toEqual(values);
  });

  test('where facts are compared with each other, as many as there are subjects, in every gap', () => {
    const condition = all(leaf('node.age', 'lessThan', fact('node.age')), leaf('node.age', 'lessThan', 10_000));
    expect(valuesOf(condition, 2).get('node.age')?.all).toEqual([0, 1_000, 10_000, 11_000, 12_000]);
  });

  test('facts that are compared share one list, and with whom they are compared', () => {
    const condition = all(leaf('vm.node', 'equal', fact('node.name')), leaf('vm.node', 'notEqual', 'ops'));
    const values = valuesOf(condition, 1);
    expect(values.get('vm.node')).toEqual(values.get('node.name'));
    expect(values.get('vm.node')).toMatchObject({ all: ['ops', 'other-1', 'other-2', null], areNamed: true });
  });

  test('of a set the words that rules name, and one that none does', () => {
    const values = valuesOf(leaf('bond.members', 'contains', 'eth0'));
    expect(values.get('bond.members')).toMatchObject({ all: [], words: ['eth0', 'eth1'] });
  });
});
