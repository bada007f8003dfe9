import fc, { type Arbitrary } from 'fast-check';
import type { FactValue } from '../../src/kernel/fact.ts';
import { grades } from '../../src/kernel/fact.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../../src/kernel/subject.ts';
import type { FactDeclaration } from '../../src/kernel/vocabulary.ts';
import type { Condition, FactRef, Leaf, Literal, Operator, Quantifier } from '../../src/rules/condition.ts';
import { operatorsFor } from '../../src/rules/operators.ts';
import { type Finding, type Gate, phases, type RollupStep, type RulePack } from '../../src/rules/pack.ts';
import { valuesOf } from './arbitrary-sites.ts';
import { madeVocabulary } from './made-site.ts';

const at = { file: 'made.yaml', line: 1, col: 1 };
const facts = [...madeVocabulary.values()];

/** What may stand somewhere: the kinds in scope, how much deeper it may go, and how many quantifiers deep. */
interface Room {
  readonly scope: readonly SubjectKind[];
  readonly depth: number;
  readonly quantifiers: number;
  readonly inFinding: boolean;
}

function scopeInside(outer: readonly SubjectKind[], kind: SubjectKind): readonly SubjectKind[] {
  const inner = new Set<SubjectKind>([...outer, kind, ...ancestorsOf(kind)]);
  return subjectKinds.filter((one) => inner.has(one));
}

const made = new Map<string, Arbitrary<Condition>>();

function aCondition(room: Room): Arbitrary<Condition> {
  const key = JSON.stringify(room);
  const known = made.get(key);
  if (known !== undefined) return known;
  const condition = makeCondition(room);
  made.set(key, condition);
  return condition;
}

function makeCondition(room: Room): Arbitrary<Condition> {
  const leaf = aLeaf(room.scope);
  const unknown = aFact(room.scope)
    .chain(aRef)
    .map((read): Condition => ({ kind: 'asks-unknown', at, read }));
  const flat = room.inFinding ? fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: unknown }) : leaf;
  if (room.depth === 0) return flat;
  const inner = aCondition({ ...room, depth: room.depth - 1 });
  const combination = fc
    .tuple(fc.constantFrom('all', 'any'), fc.array(inner, { minLength: 1, maxLength: 3 }))
    .map(([kind, of]) => ({ kind, at, of }) as unknown as Condition);
  const negation = inner.map((of): Condition => ({ kind: 'not', at, of }));
  const named = inner.map((of): Condition => ({ kind: 'named', name: 'shared', at, of }));
  return fc.oneof(
    { weight: 5, arbitrary: flat },
    { weight: 4, arbitrary: combination },
    { weight: 3, arbitrary: negation },
    { weight: 1, arbitrary: named },
    ...(room.quantifiers === 0 ? [] : [{ weight: 6, arbitrary: aQuantified(room) }]),
  );
}

function aFact(scope: readonly SubjectKind[]): Arbitrary<FactDeclaration> {
  return fc.constantFrom(...facts.filter(({ subject }) => scope.includes(subject)));
}

function aRef({ name, subject, type, maxAgeMs }: FactDeclaration): Arbitrary<FactRef> {
  return fc
    .tuple(fc.constantFrom(maxAgeMs, maxAgeMs, Math.min(maxAgeMs, 10_000), 0), fc.constantFrom(...grades))
    .map(([tighter, grade]) => ({ kind: 'fact', name, subject, type, maxAgeMs: tighter, grade }));
}

const leaves = new Map<string, Arbitrary<Leaf>>();

function aLeaf(scope: readonly SubjectKind[]): Arbitrary<Leaf> {
  const key = scope.join();
  const known = leaves.get(key);
  if (known !== undefined) return known;
  const leaf = fc.oneof(
    ...facts
      .filter(({ subject }) => scope.includes(subject))
      .flatMap((fact) => operatorsFor(fact.type).map((operator) => aLeafOf(fact, operator, scope))),
  );
  leaves.set(key, leaf);
  return leaf;
}

function aLeafOf(fact: FactDeclaration, operator: Operator, scope: readonly SubjectKind[]): Arbitrary<Leaf> {
  const against = fc.oneof({ weight: 4, arbitrary: aLiteral(fact, operator) }, ...aFactLike(fact, operator, scope));
  return fc.tuple(aRef(fact), against).map(([read, to]) => ({ kind: 'leaf', at, read, operator, against: to }));
}

function aLiteral(fact: FactDeclaration, operator: Operator): Arbitrary<Literal> {
  const { type } = fact;
  const all = valuesOf(fact);
  if (operator === 'in' || operator === 'notIn') {
    return fc
      .subarray([...all], { minLength: 1 })
      .map((value) => ({ kind: 'literal', type, value: value as readonly FactValue[] }));
  }
  if (type.kind === 'set' && (operator === 'contains' || operator === 'doesNotContain')) {
    const words = [...new Set(all.flatMap((value) => value as readonly string[]))];
    return fc.constantFrom(...words).map((value) => ({ kind: 'literal', type: { kind: 'text' }, value }));
  }
  return fc.constantFrom(...all).map((value) => ({ kind: 'literal', type, value }));
}

/** Another fact in scope to compare with: of the same type, or a text where a set is searched for one. */
function aFactLike(fact: FactDeclaration, operator: Operator, scope: readonly SubjectKind[]) {
  if (operator === 'in' || operator === 'notIn') return [];
  const searched = operator === 'contains' || operator === 'doesNotContain';
  const alike = facts.filter(
    ({ subject, type }) => scope.includes(subject) && (searched ? type.kind === 'text' : type.kind === fact.type.kind),
  );
  return alike.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...alike).chain(aRef) }];
}

const aQuantifier: Arbitrary<Quantifier> = fc.oneof(
  fc.constantFrom('every', 'some', 'none').map((kind): Quantifier => ({ kind })),
  fc.tuple(fc.constantFrom('atLeast', 'atMost'), fc.nat(3)).map(([kind, count]): Quantifier => {
    return { kind, count: kind === 'atLeast' ? Math.max(1, count) : count };
  }),
);

function aQuantified(room: Room): Arbitrary<Condition> {
  const { scope } = room;
  return fc.oneof(
    ...subjectKinds
      .filter((kind) => kind !== 'site')
      .map((over) => {
        const inside = { ...room, scope: scopeInside(scope, over), depth: room.depth - 1 };
        const inner = aCondition({ ...inside, quantifiers: room.quantifiers - 1 });
        // As the linker has it: everybody is the site's, which therefore never stands in `within`.
        const owners = ancestorsOf(over).filter((kind) => kind !== 'site' && scope.includes(kind));
        const within = fc.constantFrom(owners, owners, [], ...owners.map((kind) => [kind]));
        const apart = [over, ...ancestorsOf(over)].filter((kind) => kind !== 'site' && scope.includes(kind));
        return fc
          .record({
            quantifier: aQuantifier,
            within,
            except:
              apart.length === 0 ? fc.constant(undefined) : fc.option(fc.constantFrom(...apart), { nil: undefined }),
            where: fc.option(inner, { nil: undefined, freq: 2 }),
            satisfies: inner,
            whenEmpty: fc.constantFrom(undefined, 'open' as const),
          })
          .map(
            ({ quantifier, within, except, where, satisfies, whenEmpty }): Condition => ({
              kind: 'quantified',
              at,
              quantifier,
              over,
              within,
              satisfies,
              ...(except === undefined ? {} : { except }),
              ...(where === undefined ? {} : { where }),
              ...(whenEmpty === undefined ? {} : { whenEmpty }),
            }),
          );
      }),
  );
}

export const deepest = 5;

function aWhen(per: SubjectKind, inFinding: boolean): Arbitrary<Condition> {
  return aCondition({ scope: scopeInside([], per), depth: deepest, quantifiers: 2, inFinding });
}

/** A gate `per` anything. Two thirds are of the site or a node, as those of real packs are. */
export const aGate: Arbitrary<Gate> = fc
  .constantFrom<SubjectKind>(...subjectKinds, 'site', 'site', 'node', 'node')
  .chain((per) =>
    aWhen(per, false).map((when) => ({ kind: 'gate', name: 'gate', says: 'a made gate', per, when, at })),
  );

export const aFinding: Arbitrary<Finding> = fc.constantFrom<SubjectKind>(...subjectKinds).chain((per) =>
  aWhen(per, true).map((when) => ({
    kind: 'finding',
    name: 'finding',
    says: 'a made finding',
    severity: 'warning',
    per,
    when,
    at,
  })),
);

const aStep: Arbitrary<RollupStep> = fc
  .tuple(fc.constantFrom(...phases), aWhen('site', false))
  .map(([phase, when]) => ({ kind: 'rollup', phase, when, at }));

export function packOf(
  gates: readonly Gate[],
  findings: readonly Finding[] = [],
  rollup: readonly RollupStep[] = [],
): RulePack {
  const named = { name: 'made', version: '1.0.0', digest: 'sha256:made', file: 'made.yaml' };
  return { ...named, requires: [], parameters: new Map(), gates, findings, rollup };
}

export const aPack: Arbitrary<RulePack> = fc
  .tuple(
    fc.array(aGate, { minLength: 1, maxLength: 2 }),
    fc.array(aFinding, { maxLength: 1 }),
    fc.array(aStep, { maxLength: 1 }),
  )
  .map(([gates, findings, rollup]) =>
    packOf(
      gates.map((gate, index) => ({ ...gate, name: `gate-${index}` })),
      findings,
      rollup,
    ),
  );
