import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/kernel/snapshot.ts';
import { bond, connection, node, replica, type SubjectKind, vm, volume } from '../../../src/kernel/subject.ts';
import { compile } from '../../../src/rules/compile.ts';
import type { Condition } from '../../../src/rules/condition.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { type Change, losing, supposing } from '../../../src/rules/suppose.ts';
import { type Ways, waysToClose, waysToOpen } from '../../../src/rules/ways.ts';
import { aGate } from '../../support/arbitraries.ts';
import { aSite } from '../../support/arbitrary-sites.ts';
import {
  all,
  any,
  atLeast,
  atMost,
  every,
  fact,
  gate,
  leaf,
  none,
  not,
  pack,
  some,
  unknown,
} from '../../support/ir.ts';
import { present, snapshotOf } from '../../support/made-site.ts';
import { runs } from '../../support/runs.ts';
import { absent, siteWith } from '../../support/site-with.ts';

const [a, b, c] = [node('a'), node('b'), node('c')];

function open(per: SubjectKind, when: Condition, snapshot: Snapshot, object: string): Ways {
  const rule = gate(per, when);
  return waysToOpen(rule, snapshot, object, compile([pack({ gates: [rule] })]));
}

/** Each way as `fact of object → value`, put together with `&`. */
function told({ ways }: Ways): readonly string[] {
  return ways.map(({ changes }) => changes.map(name).join(' & '));
}

function name(change: Change): string {
  return change.kind === 'list'
    ? `list of ${change.over}s`
    : `${change.fact} of ${change.object} → ${JSON.stringify(change.to)}`;
}

describe('what would open a gate', () => {
  const ready = leaf('node.ready', 'equal', true);
  const rows: readonly (readonly [string, SubjectKind, Condition, Snapshot, string, readonly string[]])[] = [
    [
      'the word that is asked for',
      'bond',
      leaf('bond.mode', 'equal', 'active-backup'),
      siteWith([a, bond('a', 'x')], { 'bond.mode': { 'a/x': 'balance-rr' } }),
      'a/x',
      ['bond.mode of a/x → "active-backup"'],
    ],
    [
      'another word than the one refused',
      'bond',
      leaf('bond.mode', 'notEqual', 'balance-rr'),
      siteWith([a, bond('a', 'x')], { 'bond.mode': { 'a/x': 'balance-rr' } }),
      'a/x',
      ['bond.mode of a/x → "active-backup"'],
    ],
    [
      'the limit itself',
      'node',
      leaf('node.age', 'lessThanInclusive', 30_000),
      siteWith([a], { 'node.age': { a: 90_000 } }),
      'a',
      ['node.age of a → 30000'],
    ],
    [
      'one step under the limit',
      'node',
      leaf('node.age', 'lessThan', 30_000),
      siteWith([a], { 'node.age': { a: 90_000 } }),
      'a',
      ['node.age of a → 29000'],
    ],
    [
      'between two limits of two leaves',
      'bond',
      all(leaf('bond.up', 'lessThan', 4), leaf('bond.up', 'greaterThan', 2)),
      siteWith([a, bond('a', 'x')], { 'bond.up': { 'a/x': 9 } }),
      'a/x',
      ['bond.up of a/x → 3'],
    ],
    [
      'the set without the word',
      'bond',
      leaf('bond.members', 'doesNotContain', 'eth0'),
      siteWith([a, bond('a', 'x')], { 'bond.members': { 'a/x': ['eth0', 'eth2'] } }),
      'a/x',
      ['bond.members of a/x → ["eth2"]'],
    ],
    [
      'the set with the word',
      'bond',
      leaf('bond.members', 'contains', 'eth1'),
      siteWith([a, bond('a', 'x')], { 'bond.members': { 'a/x': ['eth0', 'eth2'] } }),
      'a/x',
      ['bond.members of a/x → ["eth0","eth1","eth2"]'],
    ],
    [
      'nobody',
      'vm',
      leaf('vm.node', 'equal', null),
      siteWith([vm('n', 'v')], { 'vm.node': { 'n/v': 'a' } }),
      'n/v',
      ['vm.node of n/v → null'],
    ],
    [
      'either side of two facts',
      'connection',
      leaf('connection.outOfSync', 'lessThanInclusive', fact('volume.size')),
      siteWith([volume('v', 0), replica('v', 0, 'a'), connection('v', 0, 'a', 'b')], {
        'connection.outOfSync': { 'v@a:b': 4_096 },
        'volume.size': { v: 2_048 },
      }),
      'v@a:b',
      ['connection.outOfSync of v@a:b → 2048', 'volume.size of v → 4096'],
    ],
    [
      'what does not last rather than what does',
      'vm',
      leaf('vm.node', 'equal', fact('site.holder')),
      siteWith([vm('n', 'v')], { 'vm.node': { 'n/v': 'a' }, 'site.holder': { site: 'b' } }),
      'n/v',
      ['site.holder of site → "a"'],
    ],
    [
      'what lasts, if nothing else would do',
      'vm',
      leaf('vm.node', 'equal', null),
      siteWith([vm('n', 'v')], { 'vm.node': { 'n/v': 'a' } }),
      'n/v',
      ['vm.node of n/v → null'],
    ],
    [
      'a stale fact, seen again as it was',
      'node',
      leaf('node.age', 'lessThan', 30_000),
      siteWith([a], { 'node.age': { a: present(7, { ageMs: 99_000 }) } }),
      'a',
      ['node.age of a → 7'],
    ],
    [
      'everything that is missing under an `all`',
      'node',
      all(ready, leaf('node.age', 'lessThanInclusive', 5)),
      siteWith([a], { 'node.ready': { a: absent } }),
      'a',
      ['node.ready of a → true & node.age of a → 5'],
    ],
    [
      'any part of an `any`, the cheapest first',
      'node',
      any(all(ready, leaf('node.version', 'equal', 7)), leaf('node.age', 'equal', 5)),
      siteWith([a], { 'node.ready': { a: false }, 'node.version': { a: 1 }, 'node.age': { a: 9 } }),
      'a',
      ['node.age of a → 5', 'node.ready of a → true & node.version of a → 7'],
    ],
    [
      'the members that fail, all of them',
      'site',
      every('node', ready),
      siteWith([a, b, c], { 'node.ready': { a: true, b: false } }),
      'site',
      ['node.ready of b → true & node.ready of c → true'],
    ],
    [
      'one member, where one is enough',
      'site',
      some('node', ready),
      siteWith([a, b], { 'node.ready': { a: false, b: false } }),
      'site',
      ['node.ready of a → true', 'node.ready of b → true'],
    ],
    [
      'as many as are wanting',
      'site',
      atLeast(2, 'node', ready),
      siteWith([a, b, c], { 'node.ready': { a: true, b: false, c: false } }),
      'site',
      ['node.ready of b → true', 'node.ready of c → true'],
    ],
    [
      'as many as are too many',
      'site',
      atMost(1, 'node', ready),
      siteWith([a, b, c], { 'node.ready': { a: true, b: true, c: true } }),
      'site',
      [
        'node.ready of a → false & node.ready of b → false',
        'node.ready of a → false & node.ready of c → false',
        'node.ready of b → false & node.ready of c → false',
      ],
    ],
    [
      'a member that counts no more',
      'site',
      none('node', ready, { where: leaf('node.age', 'greaterThan', 5), whenEmpty: 'open' }),
      siteWith([a], { 'node.ready': { a: true }, 'node.age': { a: 9 } }),
      'site',
      ['node.ready of a → false', 'node.age of a → 5'],
    ],
    [
      'the list, with those whom we know of',
      'site',
      every('node', ready),
      siteWith([a], { 'node.ready': { a: false } }, { node: { state: 'stale', members: [a] } }),
      'site',
      ['list of nodes & node.ready of a → true'],
    ],
    [
      'the list of what the gate is per',
      'node',
      ready,
      siteWith([a], { 'node.ready': { a: true } }, { node: { state: 'stale', members: [a] } }),
      'a',
      ['list of nodes'],
    ],
    [
      'through `not`',
      'site',
      not(every('node', ready)),
      siteWith([a, b], { 'node.ready': { a: true, b: true } }),
      'site',
      ['node.ready of a → false', 'node.ready of b → false'],
    ],
    [
      'somebody who counts, where nobody does',
      'site',
      atMost(1, 'node', ready, { where: leaf('node.age', 'greaterThan', 5) }),
      siteWith([a], { 'node.ready': { a: true }, 'node.age': { a: 3 } }),
      'site',
      ['node.age of a → 1005'],
    ],
    [
      'one at least',
      'site',
      atLeast(1, 'node', ready),
      siteWith([a], { 'node.ready': { a: false } }),
      'site',
      ['node.ready of a → true'],
    ],
    [
      'one fewer than `not` at least so many',
      'site',
      not(atLeast(2, 'node', ready)),
      siteWith([a, b], { 'node.ready': { a: true, b: true } }),
      'site',
      ['node.ready of a → false', 'node.ready of b → false'],
    ],
    [
      'one more than `not` at most so many',
      'site',
      not(atMost(1, 'node', ready)),
      siteWith([a, b], { 'node.ready': { a: true, b: false } }),
      'site',
      ['node.ready of b → true'],
    ],
    [
      'as many more as are wanting under `not`',
      'site',
      not(atMost(1, 'node', ready)),
      siteWith([a, b], { 'node.ready': { a: false, b: false } }),
      'site',
      ['node.ready of a → true & node.ready of b → true'],
    ],
    [
      'nothing about who is not listed, whom nobody knows anyway',
      'replica',
      all(unknown('node.ready'), leaf('volume.size', 'greaterThan', 0)),
      siteWith([volume('v', 0), replica('v', 0, 'x')], { 'volume.size': { v: 0 } }),
      'v@x',
      ['volume.size of v → 1024'],
    ],
    [
      'any word of what must only be known',
      'node',
      not(unknown('node.ready')),
      siteWith([a]),
      'a',
      ['node.ready of a → true'],
    ],
    [
      'any number of what must only be known',
      'node',
      not(unknown('node.age')),
      siteWith([a]),
      'a',
      ['node.age of a → 0'],
    ],
    [
      'none, rather than the one refused',
      'vm',
      leaf('vm.node', 'notEqual', 'a'),
      siteWith([vm('n', 'v')], { 'vm.node': { 'n/v': 'a' } }),
      'n/v',
      ['vm.node of n/v → null'],
    ],
    [
      'the next number above the one refused',
      'bond',
      leaf('bond.up', 'notEqual', 2),
      siteWith([a, bond('a', 'x')], { 'bond.up': { 'a/x': 2 } }),
      'a/x',
      ['bond.up of a/x → 3'],
    ],
    [
      'nothing below zero',
      'node',
      leaf('node.age', 'lessThan', 500),
      siteWith([a], { 'node.age': { a: 90_000 } }),
      'a',
      ['node.age of a → 0'],
    ],
    [
      'two ways that change the same are one',
      'node',
      any(
        all(leaf('node.age', 'lessThan', 5_000), leaf('node.version', 'lessThan', 5)),
        all(leaf('node.version', 'greaterThan', 9), leaf('node.age', 'greaterThan', 9_000)),
      ),
      siteWith([a], { 'node.age': { a: 7_000 }, 'node.version': { a: 7 } }),
      'a',
      ['node.age of a → 4000 & node.version of a → 4'],
    ],
    [
      'no way that changes what a shorter one changes, and more',
      'node',
      any(
        leaf('node.age', 'lessThan', 5_000),
        all(leaf('node.age', 'greaterThan', 9_000), leaf('node.version', 'greaterThan', 9)),
      ),
      siteWith([a], { 'node.age': { a: 7_000 }, 'node.version': { a: 7 } }),
      'a',
      ['node.age of a → 4000'],
    ],
    [
      'not what is so already, however many other ways there are to it',
      'site',
      all(
        leaf('site.calm', 'equal', true),
        any(unknown('site.holder'), some('node', ready), some('node', leaf('node.age', 'lessThan', 5))),
      ),
      siteWith(
        Array.from({ length: 20 }, (_, i) => node(`n${i}`)),
        { 'site.calm': { site: false } },
      ),
      'site',
      ['site.calm of site → true'],
    ],
  ];
  for (const [title, per, when, snapshot, object, ways] of rows) {
    test(title, () => {
      const found = open(per, when, snapshot, object);
      expect(told(found)).toEqual(ways);
      expect(found.complete).toBe(true);
    });
  }

  test('nothing that the gate opens without, though a part of it alone would not do', () => {
    // Who counts hangs on the holder, and with `whenEmpty` both somebody big and surely nobody open the gate.
    const counts = every('node', leaf('site.holder', 'equal', fact('vm.node')));
    const when = some('vm', leaf('volume.size', 'greaterThan', 0), { where: counts, whenEmpty: 'open' });
    const facts = {
      'site.holder': { site: present(null, { ageMs: 31_000 }) },
      'vm.node': { 'n/v': present('b', { grade: 'reported' }) },
    };
    const snapshot = siteWith([a, volume('v', 0), vm('n', 'v')], facts);
    const rule = gate('volume', when);
    const { ways } = waysToOpen(rule, snapshot, 'v', compile([pack({ gates: [rule] })]));
    expect(ways.length).toBeGreaterThan(0);
    for (const { changes } of ways) {
      expect(explainRule(rule, supposing(snapshot, changes), 'v').truth).toBe(2);
      for (const one of changes) {
        const without = supposing(
          snapshot,
          changes.filter((other) => other !== one),
        );
        expect(explainRule(rule, without, 'v').truth).not.toBe(2);
      }
    }
  });

  test('a change says what is there now', () => {
    const { ways } = open('node', ready, siteWith([a], { 'node.ready': { a: false } }), 'a');
    expect(ways[0]?.changes[0]).toMatchObject({ from: { kind: 'known', value: false }, to: true });
  });

  test('what no value could open has no way, and says that it may not be all', () => {
    const stray = siteWith([volume('v', 0), replica('v', 0, 'x')], {});
    expect(open('replica', ready, stray, 'v@x')).toEqual({ ways: [], complete: false });
    expect(open('node', ready, siteWith([a]), 'nobody-of-that-name')).toEqual({ ways: [], complete: false });
  });

  test('more ways than can be looked at are cut, and it says so', () => {
    const many = Array.from({ length: 40 }, (_, i) => node(`n${i}`));
    const found = open('site', some('node', ready), siteWith(many, {}), 'site');
    expect(found.ways.length).toBe(32);
    expect(found.complete).toBe(false);
  });

  test('of more ways than can be looked at the cheapest stay', () => {
    const many = Array.from({ length: 40 }, (_, i) => node(`n${i}`));
    const when = some('node', all(ready, leaf('node.age', 'lessThanInclusive', 5)));
    expect(told(open('site', when, siteWith(many, { 'node.ready': { n39: true } }), 'site'))[0]).toBe(
      'node.age of n39 → 5',
    );
  });
});

describe('what would close an open gate', () => {
  const when = all(leaf('site.calm', 'equal', true), some('node', leaf('node.age', 'lessThanInclusive', 5_000)));
  const rule = gate('site', when);
  const evaluator = compile([pack({ gates: [rule] })]);

  test('each fact with the values that would, and what its loss would do', () => {
    const snapshot = siteWith([a], { 'site.calm': { site: true }, 'node.age': { a: 1_000 } });
    expect(waysToClose(rule, snapshot, 'site', evaluator)).toMatchObject({
      facts: [
        { fact: 'site.calm', object: 'site', closedBy: [false], unknownBy: [], whenLost: 'unknown' },
        {
          fact: 'node.age',
          object: 'a',
          from: { value: 1_000 },
          closedBy: [6_000],
          unknownBy: [],
          whenLost: 'unknown',
        },
      ],
      lists: ['node'],
      complete: true,
    });
  });

  test('what one of two holds up alone, neither can close', () => {
    const snapshot = siteWith([a, b], { 'site.calm': { site: true }, 'node.age': { a: 1_000, b: 2_000 } });
    expect(waysToClose(rule, snapshot, 'site', evaluator).facts.map(({ fact }) => fact)).toEqual(['site.calm']);
  });

  test.each([
    [
      'a fact that must only be known is closed by its loss alone',
      not(unknown('node.ready')),
      { 'node.ready': { a: true } },
      [{ closedBy: [], unknownBy: [], whenLost: 'closed' }],
    ],
    [
      'a fact that may be missing is closed by its value alone, which is told once',
      any(unknown('node.ready'), leaf('node.ready', 'notEqual', false)),
      { 'node.ready': { a: true } },
      [{ closedBy: [false], unknownBy: [], whenLost: 'open' }],
    ],
    [
      'the number above comes before the one below',
      leaf('node.version', 'equal', 4),
      { 'node.version': { a: 4 } },
      [{ closedBy: [5, 3, 0], unknownBy: [], whenLost: 'unknown' }],
    ],
  ] as const)('%s', (_, condition, facts, closings) => {
    const one = gate('node', condition);
    expect(waysToClose(one, siteWith([a], facts), 'a', compile([pack({ gates: [one] })])).facts).toMatchObject(
      closings,
    );
  });

  test('a set may become each of its words alone', () => {
    const one = gate('bond', leaf('bond.members', 'equal', []));
    const snapshot = siteWith([a, bond('a', 'x')], { 'bond.members': { 'a/x': [] } });
    expect(waysToClose(one, snapshot, 'a/x', compile([pack({ gates: [one] })])).facts).toMatchObject([
      { closedBy: [['eth0'], ['eth1'], ['eth2']], unknownBy: [] },
    ]);
  });

  test('of an object that is not there nothing is said', () => {
    expect(waysToClose(rule, siteWith([]), 'x', evaluator)).toEqual({ facts: [], lists: [], complete: false });
  });
});

test('a snapshot with one fact otherwise shares the rest, and the old one is as it was', () => {
  const before = siteWith([a, b], { 'node.ready': { a: true, b: true }, 'node.age': { a: 1 } });
  const after = supposing(before, [{ kind: 'fact', fact: 'node.ready', object: 'a', from: absent, to: false }]);
  expect(after.columns.get('node.age')).toBe(before.columns.get('node.age'));
  expect([before, after].map(({ columns }) => columns.get('node.ready')?.values)).toEqual([
    [true, true],
    [false, true],
  ]);
  expect(losing(before, 'node.ready', 'b').columns.get('node.ready')?.values).toEqual([true, undefined]);
});

test('what is supposed makes a column look no fresher and no better founded than its worst cell', () => {
  const cells = { b: present(true, { ageMs: 99_000, grade: 'reported' }), c: present(true, { ageMs: -1 }) };
  const before = siteWith([a, b, c], { 'node.ready': cells });
  const after = supposing(before, [
    { kind: 'fact', fact: 'node.ready', object: 'a', from: absent, to: true },
    { kind: 'fact', fact: 'node.age', object: 'a', from: absent, to: 1 },
  ]);
  const { nowMs } = before;
  const boundsOf = ({ columns }: Snapshot, of: string) => {
    const column = columns.get(of);
    return [column?.oldestMs, column?.newestMs, column?.worstGrade];
  };
  expect(before.columns.get('node.ready')?.worstGrade).toBeGreaterThan(0);
  expect(boundsOf(before, 'node.ready').slice(0, 2)).toEqual([nowMs - 99_000, nowMs + 1]);
  expect(boundsOf(after, 'node.ready')).toEqual(boundsOf(before, 'node.ready'));
  expect(boundsOf(losing(before, 'node.ready', 'a'), 'node.ready')).toEqual(boundsOf(before, 'node.ready'));
  expect(boundsOf(after, 'node.age')).toEqual([nowMs, nowMs, 0]);
});

test('nothing is supposed of who is not listed, or of what is no fact', () => {
  const before = siteWith([a], { 'node.ready': { a: true } });
  expect(() => losing(before, 'node.ready', 'nobody')).toThrow('only who is listed');
  expect(() => losing(before, 'node.nothing', 'a')).toThrow('only facts of the vocabulary');
});

test('a reading from the future stays unusable when another fact of its column is supposed otherwise', () => {
  const before = siteWith([a, b], { 'node.ready': { b: present(true, { ageMs: -1 }) } });
  const after = supposing(before, [{ kind: 'fact', fact: 'node.ready', object: 'a', from: absent, to: true }]);
  const rule = gate('node', leaf('node.ready', 'equal', true));
  expect(compile([pack({ gates: [rule] })]).evaluate(after).gates[0]?.truths).toEqual([2, 1]);
});

test('every way that is told opens the gate, and none of its changes can be left out', () => {
  fc.assert(
    fc.property(aGate, aSite, (rule, made) => {
      const snapshot = snapshotOf(made);
      const evaluator = compile([pack({ gates: [rule] })]);
      for (const { id } of snapshot.populations[rule.per].members.slice(0, 2)) {
        const truthOf = (changed: Snapshot): number => explainRule(rule, changed, id).truth;
        if (truthOf(snapshot) === 2) {
          for (const { fact: of, object, from, closedBy } of waysToClose(rule, snapshot, id, evaluator).facts) {
            for (const to of closedBy) {
              expect(truthOf(supposing(snapshot, [{ kind: 'fact', fact: of, object, from, to }]))).toBe(0);
            }
          }
          continue;
        }
        for (const { changes } of waysToOpen(rule, snapshot, id, evaluator).ways) {
          expect(truthOf(supposing(snapshot, changes))).toBe(2);
          for (const one of changes) {
            expect(
              truthOf(
                supposing(
                  snapshot,
                  changes.filter((other) => other !== one),
                ),
              ),
            ).not.toBe(2);
          }
        }
      }
    }),
    runs('WAYS', 300),
  );
});
