import { expect, test } from 'vitest';
import type { Asked } from '../../../src/review/asked.ts';
import { leavesApart } from '../../../src/review/leaf-by-leaf.ts';
import type { Condition, Leaf } from '../../../src/rules/condition.ts';
import {
  all,
  any,
  at,
  atLeast,
  atMost,
  every,
  fact,
  finding,
  gate,
  leaf,
  named,
  none,
  not,
  says,
} from '../../support/ir.ts';

const asking = (when: Condition, kind: 'gate' | 'finding' = 'gate', per: 'site' | 'node' = 'site'): Asked => {
  const rule = kind === 'gate' ? gate(per, when) : finding(per, when);
  return { kind, pack: 'made', name: 'made', per, ways: [[{ name: 'made', rule }]], at };
};

const ready = leaf('node.ready', 'equal', true);
const soon = leaf('node.age', 'lessThan', 30_000);
const later = leaf('node.age', 'lessThan', 31_000);

/** Where a leaf may stand so that a look at it alone is enough. */
const plain: readonly (readonly [string, (of: Leaf) => Condition])[] = [
  ['every member', (of) => every('node', of)],
  ['one part of two, named', (of) => all(every('node', all(ready, named('heard-of', of))), every('node', ready))],
  ['one of two ways', (of) => every('node', any(ready, of))],
  ['at least so many', (of) => atLeast(2, 'node', of)],
];

test.each(plain)('a leaf that is asked of %s is compared alone', (_, around) => {
  expect(leavesApart(asking(around(soon)), asking(around(later)))).toEqual([{ old: soon, new: later, per: 'node' }]);
});

test('who is asked about is whoever the rule is about, if nobody else is entered', () => {
  expect(leavesApart(asking(soon, 'gate', 'node'), asking(later, 'gate', 'node'))).toEqual([
    { old: soon, new: later, per: 'node' },
  ]);
});

const not_: readonly (readonly [string, Condition, Condition])[] = [
  ['true where it is false', every('node', not(soon)), every('node', not(later))],
  ['wanted of nobody', none('node', soon), none('node', later)],
  ['wanted of few', atMost(1, 'node', soon), atMost(1, 'node', later)],
  ['who counts', every('node', ready, { where: soon }), every('node', ready, { where: later })],
  ['told in other words', every('node', says('one', soon)), every('node', says('other', later))],
  ['under a sentence that is another one', says('one', every('node', soon)), says('other', every('node', later))],
  ['of whoever a copy lies on, who may be on no list', every('replica', soon), every('replica', later)],
  [
    'compared with what is of somebody else',
    every('vm', leaf('vm.node', 'equal', fact('node.name'))),
    every('vm', leaf('vm.node', 'notEqual', fact('node.name'))),
  ],
  ['asked of others', every('node', soon), every('node', later, { whenEmpty: 'open' })],
  ['beside one more', every('node', all(soon, ready)), every('node', all(later, ready, ready))],
  ['in another form', every('node', all(soon, ready)), every('node', any(later, ready))],
];

test.each(not_)('a leaf that is %s is not', (_, old, fresh) => {
  expect(leavesApart(asking(old), asking(fresh))).toBeUndefined();
});

test('a finding is told of when it is true, so its leaves say nothing', () => {
  const [old, fresh] = [every('node', soon), every('node', later)].map((when) => asking(when, 'finding'));
  expect(leavesApart(old as Asked, fresh as Asked)).toBeUndefined();
});
