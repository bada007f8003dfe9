import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../src/kernel/fact.ts';
import type { Cell, Snapshot } from '../../../src/kernel/snapshot.ts';
import {
  bond,
  connection,
  node,
  replica,
  type Subject,
  type SubjectKind,
  vm,
  volume,
} from '../../../src/kernel/subject.ts';
import type { Truth } from '../../../src/kernel/verdict.ts';
import { generate } from '../../../src/rules/codegen.ts';
import { compile } from '../../../src/rules/compile.ts';
import type { Condition, Literal, Operator } from '../../../src/rules/condition.ts';
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
  pack,
  some,
  unknown,
} from '../../support/ir.ts';
import { factOf, madeNowMs, present } from '../../support/made-site.ts';
import { absent, siteWith } from '../../support/site-with.ts';

const [F, U, T] = [0, 1, 2] as const;

function truths(per: SubjectKind, when: Condition, snapshot: Snapshot): readonly Truth[] | string {
  const [judged] = compile([pack({ gates: [gate(per, when)] })]).evaluate(snapshot).gates;
  return judged?.listUnknown ?? judged?.truths ?? [];
}

const [a, b, c] = [node('a'), node('b'), node('c')];

describe('a leaf compares a known fact and is unknown over an unknown one', () => {
  const rows: readonly (readonly [string, Operator, Literal['value'], FactValue, FactValue])[] = [
    // fact, operator, literal, a value for which it holds, one for which it does not
    ['node.ready', 'equal', true, true, false],
    ['node.ready', 'notEqual', true, false, true],
    ['node.name', 'equal', 'a', 'a', 'A'],
    ['bond.mode', 'in', ['active-backup', '802.3ad'], '802.3ad', 'balance-rr'],
    ['bond.mode', 'notIn', ['active-backup', '802.3ad'], 'balance-rr', '802.3ad'],
    ['bond.up', 'in', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10, 11],
    ['bond.up', 'lessThan', 2, 1, 2],
    ['bond.up', 'lessThanInclusive', 2, 2, 3],
    ['bond.up', 'greaterThan', 2, 3, 2],
    ['bond.up', 'greaterThanInclusive', 2, 2, 1],
    ['bond.up', 'equal', 0, 0, 1],
    ['node.version', 'lessThan', 90_200_016, 90_200_015, 90_200_016],
    ['bond.members', 'equal', ['eth0', 'eth1'], ['eth0', 'eth1'], ['eth0']],
    ['bond.members', 'equal', [], [], ['eth0']],
    ['bond.members', 'notEqual', [], ['eth0'], []],
    ['bond.members', 'contains', 'eth1', ['eth0', 'eth1'], ['eth0']],
    ['bond.members', 'doesNotContain', 'eth1', ['eth0'], ['eth0', 'eth1']],
    ['vm.node', 'equal', null, null, 'a'],
    ['vm.node', 'notEqual', null, 'a', null],
    ['vm.node', 'in', [null, 'a'], null, 'b'],
    ['vm.node', 'equal', '__proto__', '__proto__', 'proto'],
  ];
  const members = { site: 'site', node: a, bond: bond('a', 'bond0'), vm: vm('n', 'v') } as unknown as Record<
    string,
    Subject
  >;
  for (const [name, operator, value, yes, no] of rows) {
    test(`${name} ${operator} ${JSON.stringify(value)}`, () => {
      const { subject } = factOf(name);
      const member = members[subject] as Subject;
      const of = (cell: FactValue | Cell) => siteWith([a, member], { [name]: { [member.id]: cell } });
      const when = leaf(name, operator, value);
      expect(truths(subject, when, of(yes))).toEqual([T]);
      expect(truths(subject, when, of(no))).toEqual([F]);
      expect(truths(subject, when, of(absent))).toEqual([U]);
      expect(truths(subject, not(when), of(yes))).toEqual([F]);
      expect(truths(subject, not(when), of(no))).toEqual([T]);
      expect(truths(subject, not(when), of(absent))).toEqual([U]);
    });
  }

  test('a fact may stand on the right, and is as unknown there', () => {
    const member = vm('n', 'v');
    const when = leaf('vm.node', 'equal', fact('site.holder'));
    const of = (left: FactValue | Cell, right: FactValue | Cell) =>
      truths('vm', when, siteWith([member], { 'vm.node': { 'n/v': left }, 'site.holder': { site: right } }));
    expect(of('a', 'a')).toEqual([T]);
    expect(of('a', 'b')).toEqual([F]);
    expect(of(null, null)).toEqual([T]);
    expect(of(absent, 'a')).toEqual([U]);
    expect(of('a', absent)).toEqual([U]);
  });

  test('a set on the right is compared by its content, and searched', () => {
    const members = [a, bond('a', 'bond0')];
    const facts = {
      'bond.members': { 'a/bond0': ['eth0'] },
      'node.taints': { a: ['eth0'] },
      'node.name': { a: 'eth0' },
    };
    expect(truths('bond', leaf('bond.members', 'equal', fact('node.taints')), siteWith(members, facts))).toEqual([T]);
    expect(truths('bond', leaf('bond.members', 'notEqual', fact('node.taints')), siteWith(members, facts))).toEqual([
      F,
    ]);
    expect(truths('bond', leaf('bond.members', 'contains', fact('node.name')), siteWith(members, facts))).toEqual([T]);
    expect(truths('node', leaf('node.name', 'in', fact('node.taints')), siteWith(members, facts))).toEqual([T]);
    expect(truths('node', leaf('node.name', 'notIn', fact('node.taints')), siteWith(members, facts))).toEqual([F]);
  });
});

describe('a reading is used only if it is fresh, not from the future, and well enough founded', () => {
  const when = leaf('node.ready', 'equal', true, { maxAgeMs: 10_000, grade: 'reported' });
  const rows: readonly (readonly [string, Cell, Truth])[] = [
    ['just now', present(true), T],
    ['as old as it may be', present(true, { ageMs: 10_000 }), T],
    ['a millisecond older', present(true, { ageMs: 10_001 }), U],
    ['a millisecond from the future', present(true, { ageMs: -1 }), U],
    ['of the grade asked for', present(true, { grade: 'reported' }), T],
    ['of a worse grade', present(true, { grade: 'assumed' }), U],
    ['disputed', { kind: 'absent', why: 'disputed', says: 'x says true, y says false' }, U],
  ];
  for (const [name, cell, truth] of rows) {
    test(name, () => {
      expect(truths('node', when, siteWith([a], { 'node.ready': { a: cell } }))).toEqual([truth]);
    });
    test(`${name}, beside one that is good`, () => {
      expect(truths('node', when, siteWith([a, b], { 'node.ready': { a: cell, b: true } }))).toEqual([truth, T]);
    });
  }

  test('two rules may ask differently of the same fact', () => {
    const strict = leaf('node.ready', 'equal', true, { maxAgeMs: 1 });
    const snapshot = siteWith([a], { 'node.ready': { a: present(true, { ageMs: 5_000 }) } });
    const { gates } = compile([pack({ gates: [gate('node', when, 'x'), gate('node', strict, 'y')] })]).evaluate(
      snapshot,
    );
    expect(gates.map(({ truths }) => truths)).toEqual([[T], [U]]);
  });
});

describe('all, any and not are Kleene’s', () => {
  const parts: Readonly<Record<Truth, Condition>> = {
    [F]: leaf('site.calm', 'equal', false),
    [U]: leaf('site.holder', 'equal', null),
    [T]: leaf('site.calm', 'equal', true),
  };
  const calm = siteWith([], { 'site.calm': { site: true } });
  const words = ['false', 'unknown', 'true'] as const;
  for (const left of [F, U, T]) {
    for (const right of [F, U, T]) {
      test(`${words[left]} and ${words[right]}`, () => {
        const both = [parts[left], parts[right]] as [Condition, Condition];
        expect(truths('site', all(...both), calm)).toEqual([Math.min(left, right)]);
        expect(truths('site', any(...both), calm)).toEqual([Math.max(left, right)]);
        expect(truths('site', not(all(...both)), calm)).toEqual([2 - Math.min(left, right)]);
        expect(truths('site', not(any(not(both[0]), both[1])), calm)).toEqual([2 - Math.max(2 - left, right)]);
        expect(truths('site', all(any(...both), named('same', any(...both))), calm)).toEqual([Math.max(left, right)]);
      });
    }
  }

  test('asking whether a fact is unknown is never unknown', () => {
    const judged = (cell: FactValue | Cell) =>
      compile([pack({ findings: [finding('node', unknown('node.ready'))] })]).evaluate(
        siteWith([a], { 'node.ready': { a: cell } }),
      ).findings[0]?.truths;
    expect(judged(true)).toEqual([F]);
    expect(judged(absent)).toEqual([T]);
    expect(judged(present(true, { ageMs: 30_001 }))).toEqual([T]);
  });
});

describe('quantifiers', () => {
  const ready = leaf('node.ready', 'equal', true);
  const old = { where: leaf('node.age', 'greaterThan', 5) };
  const open = { whenEmpty: 'open' } as const;
  /** One letter a node: is it ready? */
  const nodes = (letters: string, ages = ''): Snapshot => {
    const members = [...letters].map((_, i) => node(`n${i}`));
    const value = { T: true, F: false, U: absent } as const;
    const age = { T: 9, F: 1, U: absent } as const;
    const of = <V>(text: string, values: Readonly<Record<string, V>>): Record<string, V> =>
      Object.fromEntries([...text].map((letter, i) => [`n${i}`, values[letter] as V]));
    return siteWith(members, { 'node.ready': of(letters, value), 'node.age': of(ages, age) });
  };
  const rows: readonly (readonly [string, Condition, readonly (readonly [string, string, Truth])[]])[] = [
    [
      'every',
      every('node', ready),
      [
        ['TT', '', T],
        ['TF', '', F],
        ['TU', '', U],
        ['UF', '', F],
        ['', '', U],
      ],
    ],
    [
      'every, open when empty',
      every('node', ready, open),
      [
        ['', '', T],
        ['U', '', U],
        ['F', '', F],
      ],
    ],
    [
      'every where',
      every('node', ready, old),
      [
        ['TT', 'TT', T],
        ['TF', 'TF', T],
        ['TF', 'FF', U],
        ['TF', 'TU', U],
        ['TT', 'TU', T],
        ['T', 'U', U],
        ['F', 'U', U],
      ],
    ],
    [
      'every where, open when empty',
      every('node', ready, { ...old, ...open }),
      [
        ['F', 'F', T],
        ['T', 'U', T],
        ['F', 'U', U],
      ],
    ],
    [
      'none',
      none('node', ready),
      [
        ['FF', '', T],
        ['FT', '', F],
        ['FU', '', U],
        ['UT', '', F],
        ['', '', U],
      ],
    ],
    [
      'none where',
      none('node', ready, old),
      [
        ['FT', 'TF', T],
        ['FT', 'TU', U],
        ['T', 'F', U],
        ['F', 'U', U],
        ['T', 'T', F],
      ],
    ],
    [
      'none where, open when empty',
      none('node', ready, { ...old, ...open }),
      [
        ['T', 'F', T],
        ['F', 'U', T],
        ['T', 'U', U],
      ],
    ],
    [
      'some',
      some('node', ready),
      [
        ['FT', '', T],
        ['FF', '', F],
        ['FU', '', U],
        ['', '', U],
      ],
    ],
    [
      'some where',
      some('node', ready, old),
      [
        ['FT', 'TF', F],
        ['FT', 'FT', T],
        ['FT', 'FU', U],
        ['T', 'F', U],
        ['F', 'U', U],
      ],
    ],
    [
      'some, open when empty',
      some('node', ready, { ...old, ...open }),
      [
        ['', '', T],
        ['T', 'F', T],
        ['F', 'U', U],
        ['F', 'T', F],
      ],
    ],
    [
      'at least two',
      atLeast(2, 'node', ready),
      [
        ['TTF', '', T],
        ['TFF', '', F],
        ['TUF', '', U],
        ['TTU', '', T],
        ['', '', U],
        ['T', '', F],
      ],
    ],
    [
      'at least two where',
      atLeast(2, 'node', ready, old),
      [
        ['TTT', 'TTF', T],
        ['TTT', 'TFF', F],
        ['TT', 'TU', U],
        ['TT', 'FF', U],
        ['FF', 'UU', U],
      ],
    ],
    [
      'at least none',
      atLeast(0, 'node', ready),
      [
        ['', '', T],
        ['F', '', T],
      ],
    ],
    [
      'at most one',
      atMost(1, 'node', ready),
      [
        ['TFF', '', T],
        ['TTF', '', F],
        ['TUF', '', U],
        ['FUF', '', T],
        ['TTU', '', F],
        ['', '', U],
      ],
    ],
    [
      'at most one where',
      atMost(1, 'node', ready, old),
      [
        ['TTT', 'TFF', T],
        ['TT', 'TT', F],
        ['TT', 'TU', U],
        ['TT', 'FF', U],
        ['T', 'U', U],
      ],
    ],
    [
      'at most one, open when empty',
      atMost(1, 'node', ready, { ...old, ...open }),
      [
        ['TT', 'FF', T],
        ['T', 'U', T],
        ['TT', 'UU', U],
      ],
    ],
  ];
  for (const [name, when, cases] of rows) {
    for (const [letters, ages, truth] of cases) {
      test(`${name}: ${letters || 'nobody'}${ages === '' ? '' : ` of whom ${ages} count`} is ${truth}`, () => {
        expect(truths('site', when, nodes(letters, ages))).toEqual([truth]);
        expect(truths('site', not(when), nodes(letters, ages))).toEqual([2 - truth]);
      });
    }
  }

  test('over a list that is not known every quantifier is unknown, whoever we happen to know of', () => {
    for (const state of ['stale', 'absent'] as const) {
      const lists = { node: { state, members: [a] } };
      const snapshot = siteWith([a], { 'node.ready': { a: true } }, lists);
      for (const when of [
        every('node', ready, open),
        some('node', ready),
        none('node', ready),
        atLeast(0, 'node', ready),
        atMost(9, 'node', ready),
      ]) {
        expect(truths('site', when, snapshot)).toEqual([U]);
        expect(truths('site', not(when), snapshot)).toEqual([U]);
      }
    }
  });
});

describe('scope', () => {
  const replicas = [replica('v', 0, 'a'), replica('v', 0, 'b'), replica('w', 0, 'b')];
  const members = [a, b, volume('v', 0), volume('w', 0), ...replicas];
  const open = leaf('replica.open', 'equal', true);

  test('every, without `in`, ranges over those that belong to everybody in scope', () => {
    const snapshot = siteWith(members, { 'replica.open': { 'v@a': true, 'v@b': false, 'w@b': true } });
    expect(truths('node', every('replica', open, { within: ['node', 'site'] }), snapshot)).toEqual([T, F]);
    expect(truths('volume', every('replica', open, { within: ['volume'] }), snapshot)).toEqual([F, T]);
  });

  test('an inner replica shadows the outer one, with its node; the volume stays the same', () => {
    const facts = { 'node.ready': { a: true, b: false }, 'replica.open': { 'v@a': true, 'v@b': true, 'w@b': true } };
    const snapshot = siteWith(members, facts);
    const nodeReady = leaf('node.ready', 'equal', true);
    const when = every('replica', all(open, some('replica', nodeReady, { within: ['volume'] })), { within: ['node'] });
    // a: v@a, and v is also on a, which is ready. b: w@b, and w is only on b, which is not.
    expect(truths('node', when, snapshot)).toEqual([T, F]);
    const everyInner = every('replica', every('replica', nodeReady, { within: ['volume'] }), { within: ['node'] });
    expect(truths('node', everyInner, snapshot)).toEqual([F, F]);
    // After the inner quantifier the outer node is in scope again.
    const after = every('replica', all(some('replica', nodeReady, { within: ['volume'] }), not(nodeReady)), {
      within: ['node'],
    });
    expect(truths('node', after, siteWith(members, { ...facts, 'node.ready': { a: false, b: true } }))).toEqual([T, F]);
  });

  test('two kinds in scope that came from different loops are both asked for', () => {
    const snapshot = siteWith(members, { 'replica.open': { 'v@a': true, 'v@b': false, 'w@b': true } });
    const both = every('volume', every('replica', open, { within: ['volume', 'node'], whenEmpty: 'open' }));
    expect(truths('node', both, snapshot)).toEqual([T, F]);
    const none = every('volume', some('replica', open, { within: ['volume', 'node'] }));
    expect(truths('node', none, snapshot)).toEqual([U, F]);
  });

  test('the others are all but those of the subject in scope', () => {
    const snapshot = siteWith([a, b, c], { 'node.ready': { a: true, b: true, c: false } });
    const others = every('node', leaf('node.ready', 'equal', true), { within: ['site'], except: 'node' });
    expect(truths('node', others, snapshot)).toEqual([F, F, T]);
    const elsewhere = some('replica', open, { within: ['volume'], except: 'node' });
    const facts = { 'replica.open': { 'v@a': false, 'v@b': true, 'w@b': true } };
    expect(truths('replica', elsewhere, siteWith(members, facts))).toEqual([T, F, U]);
  });

  test('connections belong to their replica, its volume and its node', () => {
    const links = [connection('v', 0, 'a', 'b'), connection('v', 0, 'b', 'a'), connection('w', 0, 'b', 'a')];
    const connected = leaf('connection.state', 'equal', 'Connected');
    const facts = { 'connection.state': { 'v@a:b': 'Connected', 'v@b:a': 'StandAlone', 'w@b:a': 'Connected' } };
    const snapshot = siteWith([...members, ...links], facts);
    expect(
      truths('replica', every('connection', connected, { within: ['replica', 'volume', 'node', 'site'] }), snapshot),
    ).toEqual([T, F, T]);
    expect(truths('volume', every('connection', connected, { within: ['volume'] }), snapshot)).toEqual([F, T]);
    expect(truths('node', every('connection', connected, { within: ['node'] }), snapshot)).toEqual([T, F]);
  });

  test('a volume of an inner loop does not follow from the replica of an outer one', () => {
    const links = [connection('v', 0, 'a', 'b'), connection('w', 0, 'b', 'a')];
    const facts = { 'connection.state': { 'v@a:b': 'Connected', 'w@b:a': 'Connected' } };
    const some1 = some('connection', leaf('connection.state', 'equal', 'Connected'), { within: ['replica', 'volume'] });
    const snapshot = siteWith([...members, ...links], facts);
    expect(truths('replica', some('volume', some1), snapshot)).toEqual([T, U, T]);
    expect(truths('replica', every('volume', some1), snapshot)).toEqual([U, U, U]);
  });

  test('an owner that is not listed has no facts, and its members still belong together', () => {
    const facts = { 'replica.open': { 'v@a': true, 'v@x': false, 'w@x': true }, 'node.ready': { a: true } };
    const stray = [a, volume('v', 0), volume('w', 0), replica('v', 0, 'a'), replica('v', 0, 'x'), replica('w', 0, 'x')];
    const snapshot = siteWith(stray, facts);
    expect(truths('replica', leaf('node.ready', 'equal', true), snapshot)).toEqual([T, U, U]);
    expect(truths('replica', every('replica', open, { within: ['node'] }), snapshot)).toEqual([T, F, F]);
    expect(truths('replica', some('replica', open, { within: ['volume'], except: 'node' }), snapshot)).toEqual([
      F,
      T,
      U,
    ]);
  });

  test('what is asked of a volume is remembered by volume, however many replicas ask', () => {
    const ofVolume = every('replica', open, { within: ['volume'] });
    const { plan } = generate([{ per: 'node', when: every('replica', ofVolume, { within: ['node'] }) }]);
    expect(plan.remembered).toEqual(['volume']);
    expect(generate([{ per: 'volume', when: ofVolume }]).plan.remembered).toEqual([]);
  });

  test('what depends on one subject only is asked once for each, with the same answer', () => {
    const count = 40;
    const many = Array.from({ length: count }, (_, i) => node(`n${String(i).padStart(2, '0')}`));
    const ready = (bad: number) => Object.fromEntries(many.map(({ id }, i) => [id, i !== bad]));
    const whole = every('node', leaf('node.ready', 'equal', true), { within: ['site'] });
    const { plan } = generate([
      { per: 'node', when: whole },
      { per: 'node', when: all(whole, leaf('node.ready', 'equal', true)) },
    ]);
    expect(plan.remembered).toEqual(['site']);
    expect(truths('node', whole, siteWith(many, { 'node.ready': ready(-1) }))).toEqual(many.map(() => T));
    expect(truths('node', whole, siteWith(many, { 'node.ready': ready(39) }))).toEqual(many.map(() => F));
  });
});

describe('an evaluation', () => {
  test('has one truth for each object, in the order of the list', () => {
    const snapshot = siteWith([c, a, b], { 'node.ready': { a: true, b: false } });
    const [judged] = compile([pack({ gates: [gate('node', leaf('node.ready', 'equal', true))] })]).evaluate(
      snapshot,
    ).gates;
    expect(judged).toMatchObject({ objects: ['a', 'b', 'c'], truths: [T, F, U] });
    expect(judged?.listUnknown).toBeUndefined();
  });

  test('of a gate whose list is not known has no objects and says why', () => {
    const snapshot = siteWith([a], { 'node.ready': { a: true } }, { node: { state: 'absent', members: [a] } });
    const { gates } = compile([
      pack({
        gates: [gate('node', leaf('node.ready', 'equal', true)), gate('site', leaf('site.calm', 'equal', true))],
      }),
    ]).evaluate(snapshot);
    expect(gates[0]).toMatchObject({ objects: [], truths: [], listUnknown: 'made to fail' });
    expect(gates[1]).toMatchObject({ objects: ['site'], truths: [U] });
  });

  test('keeps packs, gates, findings and rollup apart and in order', () => {
    const calm = leaf('site.calm', 'equal', true);
    const first = pack({ gates: [gate('site', calm, 'one'), gate('node', leaf('node.ready', 'equal', true), 'two')] });
    const second = pack({
      gates: [gate('site', not(calm), 'three')],
      findings: [finding('node', unknown('node.ready'), 'blind')],
      rollup: [{ kind: 'rollup', phase: 'MultiNode', when: calm, at }],
    });
    const found = compile([first, second]).evaluate(
      siteWith([a, b], { 'site.calm': { site: true }, 'node.ready': { a: true } }),
    );
    expect(found.gates.map(({ rule, truths }) => [rule.name, truths])).toEqual([
      ['one', [T]],
      ['two', [T, U]],
      ['three', [F]],
    ]);
    expect(found.findings.map(({ pack: of, truths }) => [of === second, truths])).toEqual([[true, [F, T]]]);
    expect(found.rollup.map(({ rule, truths }) => [rule.phase, truths])).toEqual([['MultiNode', [T]]]);
  });

  test('does not remember one snapshot in the next', () => {
    const compiled = compile([
      pack({ gates: [gate('node', every('node', leaf('node.ready', 'equal', true), { within: ['site'] }))] }),
    ]);
    expect(compiled.evaluate(siteWith([a], { 'node.ready': { a: true } })).gates[0]?.truths).toEqual([T]);
    expect(compiled.evaluate(siteWith([a], { 'node.ready': { a: false } })).gates[0]?.truths).toEqual([F]);
    const bound = compiled.bind(siteWith([a], { 'node.ready': { a: true } }));
    expect([compiled.truths(bound), compiled.truths(bound)]).toEqual([[T], [T]]);
  });

  test('a parameter of the profile is a value, and two packs may each have their own', () => {
    const set = (value: FactValue): Condition => {
      const read = { ...fact('site.calm'), name: 'param.calm', setTo: value };
      return {
        kind: 'leaf',
        at,
        read,
        operator: 'equal',
        against: { kind: 'literal', value: true, type: { kind: 'bool' } },
      };
    };
    const { gates } = compile([
      pack({ gates: [gate('site', set(true))] }),
      pack({ gates: [gate('site', set(false))] }),
    ]).evaluate(siteWith([]));
    expect(gates.map(({ truths }) => truths)).toEqual([[T], [F]]);
  });
});

describe('no text of an author becomes code', () => {
  const hostile = `'";\`\${globalThis.pwned = 1}*/\n\u2028}); globalThis.pwned = 1; //`;

  test('hostile names, words and lists are data', () => {
    const read = { ...fact('vm.node'), name: hostile };
    const conditions: readonly Condition[] = [
      {
        kind: 'leaf',
        at,
        read,
        operator: 'equal',
        against: { kind: 'literal', value: hostile, type: { kind: 'text' } },
      },
      {
        kind: 'leaf',
        at,
        read,
        operator: 'in',
        against: { kind: 'literal', value: [hostile, 'x'], type: { kind: 'text' } },
      },
      { kind: 'named', at, name: hostile, says: hostile, of: leaf('vm.node', 'notEqual', hostile) },
    ];
    const [first, second, third] = conditions as [Condition, Condition, Condition];
    const { source } = generate([first, second, third].map((when) => ({ per: 'vm' as const, when })));
    expect(source).not.toContain('pwned');
    const snapshot = siteWith([vm('n', 'v')], { 'vm.node': { 'n/v': hostile } });
    expect(truths('vm', all(first, second, third), snapshot)).toEqual([F]);
    expect((globalThis as { pwned?: unknown }).pwned).toBeUndefined();
  });

  test('the generated text has no word of any pack in it, only ours', () => {
    const when = all(
      leaf('vm.node', 'equal', 'zebra'),
      leaf('vm.pods', 'lessThan', 3),
      named('giraffe', leaf('site.calm', 'equal', true)),
    );
    expect(generate([{ per: 'vm', when }]).source).not.toMatch(/zebra|giraffe|vm\.|site\.calm/);
  });
});

test('a made snapshot stands at the moment that these tests think', () => {
  expect(siteWith([]).nowMs).toBe(madeNowMs);
});
