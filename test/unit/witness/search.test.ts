import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../src/rules/condition.ts';
import { stepsTo } from '../../../src/witness/bound.ts';
import type { Claim, Held } from '../../../src/witness/claim.ts';
import { search } from '../../../src/witness/search.ts';
import type { Solver } from '../../../src/witness/solver.ts';
import { all, any, atLeast, every, fact, leaf, none, not, some, unknown } from '../../support/ir.ts';
import { madeVocabulary } from '../../support/made-site.ts';
import { solverForTests } from '../../support/solver.ts';

const bound = { nodes: 3, volumes: 2, vms: 2 };
const shape = {
  storageBond: { name: 'bond1', members: [], mtu: 9000 },
  nodes: { atLeast: 1, atMost: 16, matchLabels: {} },
};

function held(is: Held['is'], ...way: readonly Condition[]): Held {
  return { ways: [way], is };
}

async function ask(claim: Claim, more: { readonly leftMs?: () => number; readonly solver?: Solver } = {}) {
  const solver = more.solver ?? (await solverForTests());
  return search(claim, { bound, vocabulary: madeVocabulary, shape, leftMs: () => 60_000, ...more, solver });
}

const ready = leaf('node.ready', 'equal', true);

describe('the smallest site is found', () => {
  test('of a limit that was moved by a millisecond, the one value between', async () => {
    const [was, is] = [9_999, 10_000].map((limit) => leaf('node.age', 'lessThanInclusive', limit));
    const answer = await ask({
      per: 'node',
      holds: [held('open', is as Condition), held('not open', was as Condition)],
    });
    expect(answer).toMatchObject({
      kind: 'found',
      object: 'node-1',
      site: { facts: [{ fact: 'node.age', of: 'node-1', value: 10_000, ageMs: 0, grade: 'observed' }], frozen: [] },
    });
  });

  test('of an age limit that was widened, a reading that only the wide one takes', async () => {
    const [was, is] = [5_000, 10_000].map((maxAgeMs) => leaf('node.ready', 'equal', true, { maxAgeMs }));
    const answer = await ask({
      per: 'node',
      holds: [held('open', is as Condition), held('not open', was as Condition)],
    });
    expect(answer).toMatchObject({ kind: 'found', site: { facts: [{ value: true, ageMs: 6_000 }] } });
  });

  test('of a grade that was loosened, a reading that is only reported', async () => {
    const claim = [held('open', leaf('node.ready', 'equal', true, { grade: 'reported' })), held('not open', ready)];
    expect(await ask({ per: 'node', holds: claim })).toMatchObject({
      kind: 'found',
      site: { facts: [{ value: true, grade: 'reported' }] },
    });
  });

  test('of `every` that became `some`, two nodes, and surely closed rather than unknown', async () => {
    const claim = [held('open', some('node', ready)), held('not open', every('node', ready))];
    const answer = await ask({ per: 'site', holds: claim });
    if (answer.kind !== 'found') throw new Error(answer.kind);
    expect(answer.site.lists.find(({ kind }) => kind === 'node')?.members).toEqual(['node-1', 'node-2']);
    expect(answer.site.facts.map(({ value }) => value).sort()).toEqual([false, true]);
  });

  test('of a number of members, no more than it takes', async () => {
    const claim = [held('open', atLeast(2, 'replica', leaf('replica.open', 'equal', true)))];
    const answer = await ask({ per: 'site', holds: claim });
    if (answer.kind !== 'found') throw new Error(answer.kind);
    expect(answer.site.lists.find(({ kind }) => kind === 'replica')?.members).toHaveLength(2);
    expect(answer.site.facts).toHaveLength(2);
    // A reader would take a copy on a node that is on no list for a mistake.
    expect(answer.site.lists.find(({ kind }) => kind === 'node')?.members).not.toHaveLength(0);
  });

  test('where facts are compared with each other, with values that no rule names', async () => {
    const same = leaf('vm.node', 'equal', fact('site.holder'));
    const answer = await ask({ per: 'vm', holds: [held('open', same, leaf('vm.node', 'notEqual', 'ops'))] });
    if (answer.kind !== 'found') throw new Error(answer.kind);
    const [one, other] = answer.site.facts.map(({ value }) => value);
    expect(one).toBe(other);
    expect(one).not.toBe('ops');
  });

  test('where a list is not known, as a list that is too old', async () => {
    const blind = not(every('node', leaf('node.ready', 'notEqual', true)));
    const holds = [held('unknown', blind), held('open', leaf('replica.open', 'equal', true), ready)];
    const answer = await ask({ per: 'replica', holds });
    if (answer.kind !== 'found') throw new Error(answer.kind);
    expect(answer.site.lists.find(({ kind }) => kind === 'node')?.ageMs).toBeGreaterThan(0);
  });
});

describe('there is none', () => {
  const disks = leaf('replica.disk', 'equal', 'UpToDate');
  test.each<[string, readonly Held[]]>([
    [
      'on which a stricter rule lets through what a looser one holds',
      [held('open', all(ready, disks)), held('not open', any(ready, disks))],
    ],
    ['on which a rule is open and closed', [held('open', disks), held('closed', disks)]],
    [
      'on which «not all» differs from «some not»',
      [held('open', not(every('node', ready))), held('not open', some('node', not(ready)))],
    ],
    [
      'on which nobody is silent and somebody is',
      [held('open', none('node', unknown('node.ready')), some('node', unknown('node.ready')))],
    ],
    [
      'on which nobody surely counts, somebody may, and nobody is taken for none',
      [
        held('open', some('node', leaf('node.age', 'lessThan', 1), { where: ready, whenEmpty: 'open' })),
        held('open', every('node', all(unknown('node.ready'), leaf('node.age', 'greaterThan', 1)))),
      ],
    ],
    ['with more nodes than the bound has', [held('open', atLeast(4, 'node', ready))]],
  ])('%s', async (_, holds) => {
    expect(await ask({ per: 'replica', holds })).toEqual({ kind: 'none', within: bound });
  });

  test('of whom there is nobody', async () => {
    const solver = await solverForTests();
    const nobody = { nodes: 1, volumes: 1, vms: 0 };
    const options = { bound: nobody, vocabulary: madeVocabulary, shape, leftMs: () => 60_000, solver };
    for (const per of ['vm', 'connection'] as const) {
      expect(await search({ per, holds: [{ ways: [[]], is: 'open' }] }, options)).toEqual({
        kind: 'none',
        within: nobody,
      });
    }
  });
});

describe('the time is over', () => {
  const claim: Claim = { per: 'site', holds: [held('open', atLeast(4, 'node', ready))] };
  test('before anything was asked', async () => {
    expect(await ask(claim, { leftMs: () => 0 })).toEqual({ kind: 'unfinished', none: undefined });
  });

  test('after the smallest sites, which are said', async () => {
    let asked = 0;
    const leftMs = () => (asked++ < 2 ? 60_000 : 0);
    expect(await ask(claim, { leftMs })).toEqual({ kind: 'unfinished', none: stepsTo(bound)[1] });
  });

  test('while a site that was found is made smaller: it is shown as it is', async () => {
    let asked = 0;
    const leftMs = () => (asked++ < 1 ? 60_000 : 0);
    const answer = await ask({ per: 'site', holds: [held('open', some('node', ready))] }, { leftMs });
    expect(answer).toMatchObject({ kind: 'found', site: { facts: [{ fact: 'node.ready', value: true }] } });
  });
});

test('a solver that finds what is not so is caught by the evaluator', async () => {
  const solver = await solverForTests();
  const liar: Solver = {
    name: 'liar',
    problem: async () => ({
      ...(await solver.problem()),
      add: async () => undefined,
      check: async () => 'sat',
      values: async (names) => names.map(() => 1),
      close: async () => undefined,
    }),
  };
  const claim: Claim = { per: 'node', holds: [held('open', ready), held('closed', ready)] };
  await expect(ask(claim, { solver: liar })).rejects.toThrow('what the solver finds is true of the site that it finds');
});
