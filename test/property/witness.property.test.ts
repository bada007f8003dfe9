import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import type { FactValue } from '../../src/kernel/fact.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../../src/kernel/subject.ts';
import type { Condition, FactRef, Leaf, Quantifier } from '../../src/rules/condition.ts';
import { operatorsFor } from '../../src/rules/operators.ts';
import type { Claim, Held } from '../../src/witness/claim.ts';
import { search } from '../../src/witness/search.ts';
import { snapshotOf } from '../../src/witness/snapshot.ts';
import { chosenOf } from '../support/made-up-site.ts';
import { runs } from '../support/runs.ts';
import { solverForTests } from '../support/solver.ts';
import {
  anySiteHas,
  claimHolds,
  countOf,
  tinyBound,
  tinyShape,
  tinyVocabulary,
  valuesOf,
} from '../support/tiny-sites.ts';

const at = { file: 'tiny.yaml', line: 1, col: 1 };
const declared = [...tinyVocabulary.values()];

function aRef(scope: readonly SubjectKind[], alike?: FactRef): Arbitrary<FactRef> {
  const fitting = declared.filter(
    ({ subject, type }) => scope.includes(subject) && (alike === undefined || type.kind === alike.type.kind),
  );
  return fc
    .tuple(
      fc.constantFrom(...fitting),
      fc.constantFrom(30_000, 30_000, 10_000),
      fc.constantFrom('observed', 'observed', 'reported'),
    )
    .map(([{ name, subject, type }, maxAgeMs, grade]) => ({
      kind: 'fact',
      name,
      subject,
      type,
      maxAgeMs,
      grade: grade as 'observed',
    }));
}

function aLeaf(scope: readonly SubjectKind[]): Arbitrary<Condition> {
  return aRef(scope).chain((read): Arbitrary<Condition> => {
    const fact = tinyVocabulary.get(read.name);
    if (fact === undefined) return fc.constant({ kind: 'asks-unknown', at, read });
    const { type } = fact;
    // Texts that nobody names must be left.
    const values = type.kind === 'text' ? [...(type.optional ? [null] : []), 'node-1', 'ops'] : valuesOf(fact);
    const literal = (
      value: Leaf['against'] extends infer L ? (L extends { value: infer V } ? V : never) : never,
    ): Leaf['against'] => ({ kind: 'literal', type, value });
    const leaf = fc.constantFrom(...operatorsFor(type)).chain((operator): Arbitrary<Condition> => {
      const made = (against: Leaf['against']): Condition => ({ kind: 'leaf', at, read, operator, against });
      if (operator === 'in' || operator === 'notIn')
        return fc.subarray([...values], { minLength: 1 }).map((some) => made(literal(some as readonly FactValue[])));
      if (operator === 'contains' || operator === 'doesNotContain')
        return fc.constantFrom('cpu', 'disk').map((word) => made(literal(word)));
      const against = fc.constantFrom(...values).map((value) => literal(value));
      return fc.oneof({ weight: 3, arbitrary: against }, { weight: 1, arbitrary: aRef(scope, read) }).map(made);
    });
    return fc.oneof(
      { weight: 8, arbitrary: leaf },
      { weight: 1, arbitrary: fc.constant<Condition>({ kind: 'asks-unknown', at, read }) },
    );
  });
}

function aCondition(scope: readonly SubjectKind[], depth: number): Arbitrary<Condition> {
  const leaf = aLeaf(scope);
  if (depth === 0) return leaf;
  const inner = aCondition(scope, depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(inner, { minLength: 1, maxLength: 2 }))
        .map(([kind, of]): Condition => ({ kind, at, of: of as [Condition] })),
    },
    { weight: 1, arbitrary: inner.map((of): Condition => ({ kind: 'not', at, of })) },
    { weight: 4, arbitrary: aQuantified(scope, depth) },
  );
}

const aQuantifier: Arbitrary<Quantifier> = fc.oneof(
  fc.constantFrom('every', 'some', 'none').map((kind): Quantifier => ({ kind })),
  fc.tuple(fc.constantFrom('atLeast', 'atMost'), fc.integer({ min: 0, max: 2 })).map(([kind, count]): Quantifier => {
    return { kind, count: kind === 'atLeast' ? Math.max(1, count) : count };
  }),
);

function aQuantified(scope: readonly SubjectKind[], depth: number): Arbitrary<Condition> {
  return fc.constantFrom(...subjectKinds.filter((kind) => kind !== 'site')).chain((over): Arbitrary<Condition> => {
    const inside = [...new Set([...scope, over, ...ancestorsOf(over)])];
    const inner = aCondition(inside, depth - 1);
    const owners = ancestorsOf(over).filter((kind) => kind !== 'site' && scope.includes(kind));
    const apart = [over, ...ancestorsOf(over)].filter((kind) => kind !== 'site' && scope.includes(kind));
    return fc
      .record({
        quantifier: aQuantifier,
        within: fc.constantFrom(owners, []),
        except: apart.length === 0 ? fc.constant(undefined) : fc.option(fc.constantFrom(...apart), { nil: undefined }),
        where: fc.option(inner, { nil: undefined, freq: 3 }),
        satisfies: inner,
        whenEmpty: fc.constantFrom(undefined, 'open' as const),
      })
      .map(
        ({ except, where, whenEmpty, ...more }): Condition => ({
          kind: 'quantified',
          at,
          over,
          ...more,
          ...(except === undefined ? {} : { except }),
          ...(where === undefined ? {} : { where }),
          ...(whenEmpty === undefined ? {} : { whenEmpty }),
        }),
      );
  });
}

const manySites = 4_000;

/** Two rules of one kind of object, and what is asked of them. */
const aClaim: Arbitrary<Claim> = fc
  .constantFrom<SubjectKind>('site', 'site', 'node', 'node', 'bond', 'volume', 'replica', 'connection', 'vm')
  .chain((per) => {
    const scope = [...new Set<SubjectKind>(['site', per, ...ancestorsOf(per)])];
    const aRule = fc.array(fc.array(aCondition(scope, 2), { minLength: 1, maxLength: 2 }), {
      minLength: 1,
      maxLength: 2,
    });
    const isOther = fc.constantFrom<Held['is']>('not open', 'not open', 'closed', 'unknown');
    return fc.tuple(aRule, aRule, isOther).map(
      ([open, held, is]): Claim => ({
        per,
        holds: [
          { ways: open, is: 'open' },
          { ways: held, is },
        ],
      }),
    );
  })
  .filter((claim) => countOf(claim) <= manySites);

const options = async () => ({
  bound: tinyBound,
  vocabulary: tinyVocabulary,
  shape: tinyShape,
  solver: await solverForTests(),
  leftMs: () => 60_000,
});

test('what is found, and that there is none, is what looking at every site says; and what is found is so', {
  timeout: 900_000,
}, async () => {
  const seen = { found: 0, none: 0 };
  await fc.assert(
    fc.asyncProperty(aClaim, async (claim) => {
      const answer = await search(claim, await options());
      expect(answer.kind).toBe(anySiteHas(claim) ? 'found' : 'none');
      seen[answer.kind as 'found' | 'none'] += 1;
      if (answer.kind !== 'found') return;
      const snapshot = snapshotOf(chosenOf(answer.site), tinyVocabulary);
      expect(claimHolds(claim, snapshot, answer.object)).toBe(true);
    }),
    runs('WITNESS', 2_000),
  );
  // A generator that gives one answer only would notice nothing.
  expect(Math.min(seen.found, seen.none)).toBeGreaterThan(0.1 * (seen.found + seen.none));
});
