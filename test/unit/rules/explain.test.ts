import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../src/kernel/fact.ts';
import type { Cell, Snapshot } from '../../../src/kernel/snapshot.ts';
import { bond, node, replica, type SubjectKind, site as theSite, vm, volume } from '../../../src/kernel/subject.ts';
import type { Explanation } from '../../../src/kernel/verdict.ts';
import type { Condition } from '../../../src/rules/condition.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { reasonsOf, verdictOf } from '../../../src/rules/reasons.ts';
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
  some,
  unknown,
} from '../../support/ir.ts';
import { present } from '../../support/made-site.ts';
import { absent, siteWith } from '../../support/site-with.ts';

const [a, b, c] = [node('a'), node('b'), node('c')];

function explain(per: SubjectKind, when: Condition, snapshot: Snapshot, object: string): Explanation {
  return explainRule(gate(per, when), snapshot, object);
}

/** `fact object: detail`, a line a reason. */
function told(explanation: Explanation): readonly string[] {
  return reasonsOf(explanation).map((reason) => `${reason.fact} ${reason.object}: ${reason.detail}`);
}

describe('a leaf in words', () => {
  const rows: readonly (readonly [Condition, FactValue | Cell, string, string])[] = [
    [
      leaf('bond.mode', 'equal', 'active-backup'),
      'balance-rr',
      'is balance-rr, must be active-backup',
      'bond.mode = balance-rr, must be active-backup',
    ],
    [
      leaf('bond.mode', 'equal', 'active-backup'),
      'active-backup',
      'is active-backup, must be active-backup',
      'bond.mode = active-backup, must be active-backup',
    ],
    [
      leaf('bond.mode', 'notEqual', '802.3ad'),
      '802.3ad',
      'is 802.3ad, must not be 802.3ad',
      'bond.mode = 802.3ad, must not be 802.3ad',
    ],
    [
      leaf('bond.mode', 'in', ['802.3ad', 'active-backup']),
      'balance-rr',
      'is balance-rr, must be one of 802.3ad, active-backup',
      'bond.mode = balance-rr, must be one of 802.3ad, active-backup',
    ],
    [
      leaf('bond.members', 'contains', 'eth1'),
      ['eth0'],
      'is [eth0], must contain eth1',
      'bond.members = [eth0], must contain eth1',
    ],
    [
      not(leaf('bond.members', 'contains', 'eth0')),
      ['eth0'],
      'is [eth0], must not contain eth0',
      'bond.members = [eth0], must not contain eth0',
    ],
    [leaf('bond.up', 'greaterThanInclusive', 2), 1, 'is 1, must be at least 2', 'bond.up = 1, must be at least 2'],
    [not(leaf('bond.up', 'greaterThan', 0)), 1, 'is 1, must be at most 0', 'bond.up = 1, must be at most 0'],
    [
      leaf('bond.mode', 'equal', '802.3ad'),
      absent,
      'never reported',
      'bond.mode is unknown (never reported), must be 802.3ad',
    ],
    [
      leaf('bond.mode', 'equal', '802.3ad'),
      { kind: 'absent', why: 'unreadable', says: 'bonkers' },
      'unreadable: bonkers',
      'bond.mode is unknown (unreadable: bonkers), must be 802.3ad',
    ],
    [
      leaf('bond.mode', 'equal', '802.3ad'),
      { kind: 'absent', why: 'disputed', says: 'ip says x, proc says y' },
      'ip says x, proc says y',
      'bond.mode is unknown (ip says x, proc says y), must be 802.3ad',
    ],
    [
      leaf('bond.mode', 'equal', '802.3ad'),
      present('802.3ad', { ageMs: 240_000 }),
      'stale: seen 4m ago, at most 30s',
      'bond.mode is unknown (stale: seen 4m ago, at most 30s), must be 802.3ad',
    ],
    [
      leaf('bond.mode', 'equal', '802.3ad'),
      present('802.3ad', { ageMs: -12_000 }),
      'seen 12s in the future: a clock is wrong',
      'bond.mode is unknown (seen 12s in the future: a clock is wrong), must be 802.3ad',
    ],
    [
      leaf('bond.mode', 'equal', '802.3ad', { maxAgeMs: 1_000 }),
      present('802.3ad', { ageMs: 9_999 }),
      'stale: seen 9s999ms ago, at most 1s',
      'bond.mode is unknown (stale: seen 9s999ms ago, at most 1s), must be 802.3ad',
    ],
    [
      leaf('bond.mode', 'notIn', ['802.3ad', 'active-backup']),
      '802.3ad',
      'is 802.3ad, must not be one of 802.3ad, active-backup',
      'bond.mode = 802.3ad, must not be one of 802.3ad, active-backup',
    ],
    [
      leaf('bond.mode', 'equal', '802.3ad'),
      present('802.3ad', { grade: 'reported' }),
      'only reported, must be observed',
      'bond.mode is unknown (only reported, must be observed), must be 802.3ad',
    ],
  ];
  for (const [when, value, detail, text] of rows) {
    test(text, () => {
      const name = JSON.stringify(when).includes('bond.members')
        ? 'bond.members'
        : JSON.stringify(when).includes('bond.up')
          ? 'bond.up'
          : 'bond.mode';
      const snapshot = siteWith([a, bond('a', 'bond1')], { [name]: { 'a/bond1': value } });
      const explanation = explain('bond', when, snapshot, 'a/bond1');
      const deepest = explanation.parts[0] ?? explanation;
      expect(deepest.what).toMatchObject({ kind: 'leaf', fact: name, object: 'a/bond1', detail, text });
    });
  }

  test('a finding says when it is raised, and a `where` who counts', () => {
    const snapshot = siteWith([a], { 'node.ready': { a: true } });
    const raised = explainRule(finding('node', leaf('node.ready', 'equal', false)), snapshot, 'a');
    expect(raised.what).toMatchObject({ text: 'node.ready = true, raised if it is false' });
    const counted = explain(
      'site',
      every('node', leaf('node.age', 'lessThan', 5), { where: leaf('node.ready', 'notEqual', true) }),
      snapshot,
      'site',
    );
    expect(counted.parts[0]?.parts[0]?.what).toMatchObject({ text: 'node.ready = true, counts if it is not true' });
  });

  test('of how many includes those of whom it is not known whether they count', () => {
    const snapshot = siteWith([a, b, c], { 'node.ready': { a: true, b: true }, 'node.age': { a: 1, b: 1, c: 1 } });
    const when = every('node', leaf('node.age', 'lessThan', 5), { where: leaf('node.ready', 'equal', true) });
    expect(explain('site', when, snapshot, 'site').what).toMatchObject({ kind: 'quantifier', of: 3 });
  });

  test('a fact on the right is named with its value, or with why it is missing', () => {
    const when = leaf('vm.node', 'equal', fact('site.holder'));
    const of = (right: FactValue | Cell) =>
      explain(
        'vm',
        when,
        siteWith([vm('n', 'v')], { 'vm.node': { 'n/v': 'a' }, 'site.holder': { site: right } }),
        'n/v',
      );
    expect(of('b').what).toMatchObject({ text: 'vm.node = a, must be b (site.holder)' });
    expect(told(of(absent))).toEqual(['site.holder site: never reported']);
    expect(of(absent).what).toMatchObject({
      text: 'vm.node = a, must be site.holder, which is unknown (never reported)',
    });
  });

  test('asking whether a fact is unknown tells why it is, or what it is', () => {
    const when = unknown('node.ready');
    const of = (value: FactValue | Cell) =>
      explainRule(finding('node', when), siteWith([a], { 'node.ready': { a: value } }), 'a');
    expect(of(true)).toMatchObject({ truth: 0, what: { text: 'node.ready is known: true', detail: 'is known: true' } });
    expect(of(absent)).toMatchObject({ truth: 2, what: { text: 'node.ready is unknown (never reported)' } });
    expect(reasonsOf(of(absent))).toMatchObject([{ unknown: true, detail: 'never reported' }]);
  });

  test('the fact of an owner that is not listed is unknown for that reason', () => {
    const snapshot = siteWith([a, volume('v', 0), replica('v', 0, 'x')], {});
    expect(told(explain('replica', leaf('node.ready', 'equal', true), snapshot, 'v@x'))).toEqual([
      'node.ready x: x is not in the list of nodes',
    ]);
  });
});

describe('the tree', () => {
  test('has every member, what each adds, and how many of how many', () => {
    const snapshot = siteWith([a, b, c], { 'node.ready': { a: true, b: false }, 'node.age': { a: 9, b: 9, c: 1 } });
    const ready = leaf('node.ready', 'equal', true);
    const explanation = explain(
      'site',
      every('node', ready, { where: leaf('node.age', 'greaterThan', 5) }),
      snapshot,
      'site',
    );
    expect(explanation).toMatchObject({
      truth: 0,
      what: {
        kind: 'quantifier',
        quantifier: 'every',
        over: 'node',
        object: 'site',
        text: 'every node',
        counted: 1,
        of: 2,
      },
    });
    expect(explanation.parts.map(({ truth, what, parts }) => [truth, what, parts.length])).toEqual([
      [2, { kind: 'member', object: 'a', counts: 2 }, 2],
      [0, { kind: 'member', object: 'b', counts: 2 }, 2],
      [2, { kind: 'member', object: 'c', counts: 0 }, 1],
    ]);
  });

  test('of a rule whose list is not known, or whose object is not in it, is one unknown part', () => {
    const when = leaf('node.ready', 'equal', true);
    const snapshot = siteWith([a], { 'node.ready': { a: true } }, { node: { state: 'absent', members: [a] } });
    for (const object of [undefined, 'a']) {
      const explanation = explainRule(gate('node', when), snapshot, object);
      expect(verdictOf(explanation)).toMatchObject({
        kind: 'unknown',
        missing: [{ fact: 'list of nodes', detail: 'made to fail' }],
      });
    }
    const stranger = explain('node', when, siteWith([a]), 'b');
    expect(verdictOf(stranger)).toMatchObject({
      kind: 'unknown',
      missing: [{ detail: 'b is not in the list of nodes' }],
    });
  });

  test('names whose members a quantifier means', () => {
    const snapshot = siteWith([a, b, volume('v', 0), replica('v', 0, 'a')], {});
    const open = leaf('replica.open', 'equal', true);
    const text = (when: Condition) => explain('replica', when, snapshot, 'v@a').what;
    expect(text(every('replica', open, { within: ['volume'] }))).toMatchObject({
      text: 'every replica of v',
      object: 'v',
    });
    expect(text(some('replica', open, { within: ['volume'], except: 'node' }))).toMatchObject({
      text: 'some replica of v except those of a',
    });
    expect(text(none('node', leaf('node.ready', 'equal', true), { within: ['site'], except: 'node' }))).toMatchObject({
      text: 'no node except a',
    });
    expect(text(atLeast(1, 'node', leaf('node.ready', 'equal', true)))).toMatchObject({ text: 'at least 1 node' });
    expect(text(atMost(2, 'vm', leaf('vm.pods', 'equal', 1)))).toMatchObject({ text: 'at most 2 vms', empty: true });
  });
});

describe('reasons are what decides, and nothing else', () => {
  const calm = leaf('site.calm', 'equal', true);
  const held = leaf('site.holder', 'equal', null);
  const snapshot = siteWith([a, b, c, theSite], {
    'site.calm': { site: false },
    'node.ready': { a: true, b: false },
    'node.age': { a: 9, b: 9, c: 1 },
  });
  const ready = leaf('node.ready', 'equal', true);
  const isCalm = 'site.calm site: is false, must be true';
  const isHeld = 'site.holder site: never reported';
  const rows: readonly (readonly [string, Condition, number, readonly string[]])[] = [
    ['a false part of an `all` hides the unknown ones', all(held, calm), 0, [isCalm]],
    ['the unknown parts of an unknown `all`', all(held, not(calm)), 1, [isHeld]],
    ['the unknown parts of an unknown `any`', any(calm, held), 1, [isHeld]],
    [
      'every part of a false `any`',
      any(calm, leaf('site.calm', 'notEqual', false)),
      0,
      [isCalm, 'site.calm site: is false, must not be false'],
    ],
    ['through `not` and names', named('x', not(any(not(calm), held))), 0, [isCalm]],
    ['the members that fail', every('node', ready), 0, ['node.ready b: is false, must be true']],
    [
      'the members that are unknown, where none fails',
      every('node', ready, { where: leaf('node.name', 'equal', 'a') }),
      1,
      ['node.name b: never reported', 'node.name c: never reported', 'node.ready c: never reported'],
    ],
    ['the members that do what none may', none('node', ready), 0, ['node.ready a: is true, must not be true']],
    [
      'all that count, where somebody should',
      some('node', leaf('node.age', 'greaterThan', 50), { where: leaf('node.age', 'greaterThan', 5) }),
      0,
      ['node.age a: is 9ms, must be more than 50ms', 'node.age b: is 9ms, must be more than 50ms'],
    ],
    [
      'those that are too few',
      atLeast(3, 'node', leaf('node.age', 'greaterThan', 5)),
      0,
      ['node.age c: is 1ms, must be more than 5ms'],
    ],
    [
      'that there are too few',
      atLeast(4, 'node', leaf('node.age', 'greaterThan', 0)),
      0,
      ['list of nodes site: 3 of 3: at least 4 nodes'],
    ],
    [
      'those that are too many',
      atMost(1, 'node', leaf('node.age', 'greaterThan', 5)),
      0,
      ['node.age a: is 9ms, must be at most 5ms', 'node.age b: is 9ms, must be at most 5ms'],
    ],
    [
      'that there is nobody',
      every('vm', leaf('vm.pods', 'equal', 1)),
      1,
      ['list of vms site: there is none: every vm'],
    ],
    [
      'that nobody is sure to count',
      every('node', leaf('node.age', 'lessThan', 99), { where: leaf('node.name', 'equal', 'a') }),
      1,
      ['node.name a: never reported', 'node.name b: never reported', 'node.name c: never reported'],
    ],
  ];
  for (const [name, when, truth, expected] of rows) {
    test(name, () => {
      const explanation = explain('site', when, snapshot, 'site');
      expect([explanation.truth, told(explanation)]).toEqual([truth, expected]);
    });
  }

  test('each once, with the nearest sentence above it, its place, moment and source', () => {
    const when = all(says('the site is calm', all(calm, says('really calm', calm))), calm);
    expect(reasonsOf(explain('site', when, snapshot, 'site'))).toEqual([
      {
        says: 'the site is calm',
        fact: 'site.calm',
        object: 'site',
        detail: 'is false, must be true',
        unknown: false,
        at,
        seenAtMs: snapshot.nowMs,
        source: 'made',
      },
    ]);
    const nested = says('the site', all(says('really calm', calm)));
    expect(reasonsOf(explain('site', nested, snapshot, 'site'))[0]?.says).toBe('really calm');
    expect(reasonsOf(explain('site', all(says('really calm', calm)), snapshot, 'site'))[0]?.says).toBe('really calm');
    expect(reasonsOf(explain('site', calm, snapshot, 'site'))[0]?.says).toBe('site.calm = false, must be true');
  });

  test('an open verdict has none, a closed one says because, an unknown one what is missing', () => {
    expect(verdictOf(explain('site', not(calm), snapshot, 'site'))).toEqual({ kind: 'open' });
    expect(verdictOf(explain('site', calm, snapshot, 'site'))).toMatchObject({
      kind: 'closed',
      because: [{ fact: 'site.calm', unknown: false }],
    });
    expect(verdictOf(explain('site', held, snapshot, 'site'))).toMatchObject({
      kind: 'unknown',
      missing: [{ fact: 'site.holder', unknown: true }],
    });
  });
});
