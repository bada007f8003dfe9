import { expect, test } from 'vitest';
import { node } from '../../../src/kernel/subject.ts';
import type { Condition } from '../../../src/rules/condition.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { readsOf } from '../../../src/rules/machine-reads.ts';
import { all, any, atLeast, atMost, every, gate, leaf, named, none, not, some } from '../../support/ir.ts';
import { nobody, present, snapshotOf } from '../../support/made-site.ts';

/** Three nodes: `a` is ready and young, `b` is ready and old, `c` is neither ready nor known to be young. */
const snapshot = snapshotOf({
  lists: { ...nobody, node: { state: 'known', members: [node('a'), node('b'), node('c')] } },
  cells: [
    { fact: 'site.calm', object: 'site', cell: present(true) },
    { fact: 'site.holder', object: 'site', cell: present(null) },
    { fact: 'node.ready', object: 'a', cell: present(true) },
    { fact: 'node.ready', object: 'b', cell: present(true) },
    { fact: 'node.ready', object: 'c', cell: present(false) },
    { fact: 'node.age', object: 'a', cell: present(1) },
    { fact: 'node.age', object: 'b', cell: present(9_000) },
  ],
});
const calm = leaf('site.calm', 'equal', true);
const free = leaf('site.holder', 'equal', null);
const ready = leaf('node.ready', 'equal', true);
const young = leaf('node.age', 'lessThan', 1_000);
const old = leaf('node.age', 'greaterThan', 1_000);

const cases: readonly (readonly [says: string, when: Condition, reads: readonly string[]])[] = [
  ['a leaf: itself', calm, ['site.calm site']],
  ['all: every part', all(free, calm), ['site.calm site', 'site.holder site']],
  ['any: the first that is true', any(not(calm), free, calm), ['site.holder site']],
  ['no part of an any: all of them', not(any(not(calm), not(free))), ['site.calm site', 'site.holder site']],
  ['not all: the first that is false', not(all(calm, not(free), not(calm))), ['site.holder site']],
  ['a name: what it means', named('shared', calm), ['site.calm site']],
  ['twice the same: once', all(calm, calm), ['site.calm site']],
  ['unknown or false: nothing', all(calm, not(calm)), []],
  ['some: the first', some('node', ready), ['node.ready a']],
  ['some of those who count: both', some('node', old, { where: ready }), ['node.age b', 'node.ready b']],
  [
    'every of those who count: that the others do not',
    every('node', ready, { where: ready }),
    ['node.ready a', 'node.ready b', 'node.ready c'],
  ],
  ['not every: one that is not', not(every('node', ready)), ['node.ready c']],
  [
    'none: that each does not',
    none('node', leaf('node.age', 'greaterThan', 10_000), { where: ready }),
    ['node.age a', 'node.age b', 'node.ready a', 'node.ready c'],
  ],
  ['not none: one that is', not(none('node', ready)), ['node.ready a']],
  ['at least: those that are', atLeast(2, 'node', ready), ['node.ready a', 'node.ready b']],
  ['not at least: those that are not', not(atLeast(3, 'node', ready)), ['node.ready c']],
  ['at most: those that are not', atMost(2, 'node', ready), ['node.ready c']],
  ['not at most: those that are', not(atMost(1, 'node', ready)), ['node.ready a', 'node.ready b']],
  [
    'over nobody, where that is open: nothing',
    every('bond', leaf('bond.mode', 'equal', '802.3ad'), { whenEmpty: 'open' }),
    [],
  ],
];

test.each(cases)('%s', (_, when, expected) => {
  const reads = readsOf(explainRule(gate('site', when), snapshot, 'site'));
  expect(reads.map(({ fact, object }) => `${fact} ${object}`)).toEqual(expected);
});

test('the value is the one that was read', () => {
  const reads = readsOf(explainRule(gate('node', all(ready, young)), snapshot, 'a'));
  expect(reads).toEqual([
    { fact: 'node.age', object: 'a', value: 1 },
    { fact: 'node.ready', object: 'a', value: true },
  ]);
});
