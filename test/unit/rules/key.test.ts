import { expect, test } from 'vitest';
import type { Condition, FactRef } from '../../../src/rules/condition.ts';
import { keyOf } from '../../../src/rules/key.ts';
import { all, any, atLeast, atMost, every, fact, leaf, named, none, not, some, unknown } from '../../support/ir.ts';

/** Of two quantifiers of one key the answer is remembered once: what could differ must have another key. */
test('conditions that could differ have keys that do', () => {
  const ready = leaf('node.ready', 'equal', true);
  const old = leaf('node.age', 'lessThan', 30_000);
  const set = (name: string, setTo: NonNullable<FactRef['setTo']>): FactRef => ({ ...fact(name), setTo });
  const different: readonly Condition[] = [
    ready,
    old,
    leaf('node.ready', 'notEqual', true),
    leaf('node.ready', 'equal', false),
    leaf('node.ready', 'equal', true, { maxAgeMs: 1 }),
    leaf('node.ready', 'equal', true, { grade: 'reported' }),
    leaf('node.age', 'lessThanInclusive', 30_000),
    leaf('node.age', 'lessThan', fact('node.age')),
    leaf('node.age', 'lessThan', fact('node.age', { maxAgeMs: 1 })),
    leaf('node.age', 'lessThan', set('node.age', 1)),
    leaf('node.age', 'lessThan', set('node.age', 2)),
    leaf('site.calm', 'equal', true),
    unknown('node.ready'),
    unknown('node.age'),
    not(ready),
    not(old),
    all(ready, old),
    any(ready, old),
    all(ready),
    any(old),
    ...[every, some, none].flatMap((quantifier) => [
      quantifier('node', ready),
      quantifier('node', old),
      quantifier('node', ready, { where: old }),
      quantifier('node', ready, { where: ready }),
      quantifier('node', ready, { whenEmpty: 'open' }),
      quantifier('node', ready, { except: 'node' }),
      quantifier('bond', ready),
      quantifier('bond', ready, { within: ['node'] }),
    ]),
    atLeast(1, 'node', ready),
    atLeast(2, 'node', ready),
    atMost(1, 'node', ready),
  ];
  expect(new Set(different.map(keyOf)).size).toBe(different.length);
  expect(keyOf(structuredClone(different[24] as Condition))).toBe(keyOf(different[24] as Condition));
  expect(keyOf(named('x', ready))).toBe(keyOf(ready));
});
