import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { snapshotDigest } from '../../src/kernel/snapshot-document.ts';
import { compile } from '../../src/rules/compile.ts';
import type { Condition, Quantified } from '../../src/rules/condition.ts';
import type { Gate } from '../../src/rules/pack.ts';
import { aGate, aPack, packOf } from '../support/arbitraries.ts';
import { aSite } from '../support/arbitrary-sites.ts';
import { type MadeSite, printSite, snapshotOf } from '../support/made-site.ts';
import { printPack } from '../support/print-pack.ts';
import { runs, thorough } from '../support/runs.ts';

const readable = <T extends readonly [Gate, MadeSite, ...unknown[]]>(several: T): T =>
  Object.assign(several, {
    [fc.toStringMethod]: () => `\n${printPack(packOf([several[0]]))}\n--- over\n${printSite(several[1])}\n`,
  });

/** Everything that the evaluator says of a snapshot. Compiled anew each time, so that compiling is held to it too. */
function said(gate: Gate, snapshot: Snapshot): unknown {
  const { gates } = compile([packOf([gate])]).evaluate(snapshot);
  return gates.map(({ objects, truths, listUnknown }) => ({ objects, truths: [...truths], listUnknown }));
}

const shuffled = <T>(list: readonly T[]): Arbitrary<readonly T[]> =>
  fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });

describe('order changes nothing', () => {
  test('of members, of facts and of the lists they came in: same digest, same verdicts', () => {
    const aCase = fc.tuple(aGate, aSite).chain(([gate, made]) =>
      fc
        .tuple(shuffled(made.cells), ...Object.values(made.lists).map(({ members }) => shuffled(members)))
        .map(([cells, ...members]) => {
          const lists = Object.entries(made.lists).map(([kind, list], index) => {
            // Sources overlap: a member may be listed twice.
            return [kind, { ...list, members: [...(members[index] ?? []), ...list.members.slice(0, 1)] }];
          });
          const other: MadeSite = { cells, lists: Object.fromEntries(lists.reverse()) };
          return readable([gate, made, other] as const);
        }),
    );
    fc.assert(
      fc.property(aCase, ([gate, made, other]) => {
        const [one, two] = [snapshotOf(made), snapshotOf(other)];
        expect(snapshotDigest(two)).toBe(snapshotDigest(one));
        expect(said(gate, two)).toEqual(said(gate, one));
      }),
      runs('DETERMINISM', 2_000),
    );
  });

  test('of the parts of an `all` or `any`, and saying a part twice', () => {
    fc.assert(
      fc.property(fc.tuple(aGate, aSite).map(readable), ([gate, made]) => {
        const snapshot = snapshotOf(made);
        expect(said({ ...gate, when: turnedRound(gate.when) }, snapshot)).toEqual(said(gate, snapshot));
      }),
      runs('DETERMINISM', 4_000),
    );
  });

  test('of packs, and of other packs beside: each rule is judged by itself', () => {
    fc.assert(
      fc.property(aPack, aPack, aSite, (one, two, made) => {
        const snapshot = snapshotOf(made);
        const alone = [...compile([one]).evaluate(snapshot).gates, ...compile([two]).evaluate(snapshot).gates];
        const together = compile([one, two]).evaluate(snapshot).gates;
        expect(together.map(({ truths }) => [...truths])).toEqual(alone.map(({ truths }) => [...truths]));
        const turned = compile([two, one]).evaluate(snapshot).gates;
        const [front, back] = [turned.slice(0, two.gates.length), turned.slice(two.gates.length)];
        expect([...back, ...front].map(({ truths }) => [...truths])).toEqual(alone.map(({ truths }) => [...truths]));
      }),
      runs('DETERMINISM', 1_000),
    );
  });

  test('and evaluating twice, with another snapshot between, says the same', () => {
    fc.assert(
      fc.property(aPack, aSite, aSite, (pack, made, other) => {
        const evaluator = compile([pack]);
        const [one, two] = [snapshotOf(made), snapshotOf(other)];
        const first = JSON.stringify(truthsOf(evaluator.evaluate(one)));
        evaluator.evaluate(two);
        expect(JSON.stringify(truthsOf(evaluator.evaluate(one)))).toBe(first);
      }),
      runs('DETERMINISM', 1_000),
    );
  });
});

function truthsOf(evaluation: ReturnType<ReturnType<typeof compile>['evaluate']>): unknown {
  return [...evaluation.gates, ...evaluation.findings, ...evaluation.rollup].map(({ truths }) => [...truths]);
}

function turnedRound(condition: Condition): Condition {
  switch (condition.kind) {
    case 'leaf':
    case 'asks-unknown':
      return condition;
    case 'all':
    case 'any': {
      const [first, ...rest] = condition.of.map(turnedRound).reverse();
      return first === undefined ? condition : { ...condition, of: [first, ...rest, first] };
    }
    case 'not':
    case 'named':
      return { ...condition, of: turnedRound(condition.of) };
    case 'quantified': {
      const { where, satisfies } = condition;
      return {
        ...condition,
        satisfies: turnedRound(satisfies),
        ...(where === undefined ? {} : { where: turnedRound(where) }),
      };
    }
  }
}

describe('laws of the conditions', () => {
  const at = { file: 'made.yaml', line: 1, col: 1 };
  const not = (of: Condition): Condition => ({ kind: 'not', at, of });
  const combined = (kind: 'all' | 'any', of: readonly Condition[]): Condition =>
    ({ kind, at, of }) as unknown as Condition;
  const anySite = fc.tuple(aGate, aSite).map(readable);

  /** Two gates alike but for their condition; `other` says how, or that the law does not speak of this one. */
  function sameAs(other: (when: Condition) => Condition | undefined): void {
    let spokenOf = 0;
    fc.assert(
      fc.property(anySite, ([gate, made]) => {
        const when = other(gate.when);
        if (when === undefined) return;
        spokenOf += 1;
        const snapshot = snapshotOf(made);
        expect(said({ ...gate, when }, snapshot)).toEqual(said(gate, snapshot));
      }),
      runs('DETERMINISM', 3_000),
    );
    if (thorough) expect(spokenOf).toBeGreaterThan(10);
  }
  const quantified =
    (change: (asks: Quantified) => Condition | undefined) =>
    (when: Condition): Condition | undefined =>
      when.kind === 'quantified' ? change(when) : undefined;

  test('not not X is X', () => sameAs((when) => not(not(when))));

  test('De Morgan: `all` is no `any` of the opposites, `any` no `all` of them', () =>
    sameAs((when) =>
      when.kind === 'all' || when.kind === 'any'
        ? not(combined(when.kind === 'all' ? 'any' : 'all', when.of.map(not)))
        : undefined,
    ));

  test('`none` is `every` of the opposite, and the other way round', () =>
    sameAs(
      quantified((asks) => {
        const { kind } = asks.quantifier;
        if (kind !== 'every' && kind !== 'none') return undefined;
        return {
          ...asks,
          quantifier: { kind: kind === 'every' ? 'none' : 'every' },
          satisfies: not(asks.satisfies),
        };
      }),
    ));

  test('`some` is at least one, `none` is at most nobody', () =>
    sameAs(
      quantified((asks) => {
        const { kind } = asks.quantifier;
        if (kind === 'some') return { ...asks, quantifier: { kind: 'atLeast', count: 1 } };
        return kind === 'none' ? { ...asks, quantifier: { kind: 'atMost', count: 0 } } : undefined;
      }),
    ));

  test('`every` with `where` is `every` of the whole, once somebody may be nobody', () =>
    sameAs(
      quantified((asks) => {
        const { where, satisfies, quantifier, whenEmpty, ...rest } = asks;
        if (quantifier.kind !== 'every' || where === undefined || whenEmpty !== 'open') return undefined;
        return { ...rest, quantifier, whenEmpty, satisfies: combined('any', [not(where), satisfies]) };
      }),
    ));

  test('a name means what it stands for', () => sameAs((of) => ({ kind: 'named', name: 'x', at, of })));
});

describe.runIf(thorough)('the machine changes nothing', () => {
  const here = { TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const script = join(import.meta.dirname, '..', 'support', 'print-verdicts.ts');
  const printed = (env: Record<string, string>, ...flags: string[]): string =>
    execFileSync(process.execPath, [...flags, script], { env: { ...here, ...env }, encoding: 'utf8' });
  const first = thorough ? printed({}) : '';

  test('there is something to compare', () => expect(first.split('\n').length).toBeGreaterThan(200));

  test.each([
    ['time zone Asia/Kathmandu', { TZ: 'Asia/Kathmandu' }, []],
    ['time zone America/St_Johns', { TZ: 'America/St_Johns' }, []],
    ['Turkish locale', { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' }, []],
    ['another hash seed', {}, ['--hash-seed=4711', '--no-rehash-snapshot']],
    ['a small heap', {}, ['--max-old-space-size=64', '--stress-compaction']],
  ])('%s', (_, env, flags) => {
    const lines = printed(env as Record<string, string>, ...flags).split('\n');
    const expected = first.split('\n');
    expect(lines.length).toBe(expected.length);
    expect(lines.filter((line, at) => line !== expected[at])).toEqual([]);
  });
});
