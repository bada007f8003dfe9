import fc, { type Arbitrary } from 'fast-check';
import type { FactValue } from '../../src/kernel/fact.ts';
import { grades } from '../../src/kernel/fact.ts';
import type { Cell } from '../../src/kernel/snapshot.ts';
import {
  ancestorsOf,
  bond,
  connection,
  node,
  replica,
  type Subject,
  type SubjectKind,
  site,
  subjectKinds,
  vm,
  volume,
} from '../../src/kernel/subject.ts';
import type { FactType } from '../../src/kernel/value.ts';
import type { FactDeclaration } from '../../src/kernel/vocabulary.ts';
import type { Condition, FactRef, Leaf, Literal, Operator, Quantifier } from '../../src/rules/condition.ts';
import { type Finding, type Gate, phases, type RollupStep, type RulePack } from '../../src/rules/pack.ts';
import { type MadeCell, type MadeList, type MadeSite, madeNowMs, madeVocabulary } from './made-site.ts';

const at = { file: 'made.yaml', line: 1, col: 1 };
const facts = [...madeVocabulary.values()];

// Values are few, so that two facts are often equal and a limit is often met exactly.
const valuesOf = new Map<string, readonly FactValue[]>(
  facts.map(({ name, type }) => [name, name === 'node.name' || name === 'vm.node' ? nodeNames(type) : values(type)]),
);

function nodeNames(type: FactType): readonly FactValue[] {
  return [...(type.kind === 'text' && type.optional ? [null] : []), 'a', 'b', 'c'];
}

function values(type: FactType): readonly FactValue[] {
  switch (type.kind) {
    case 'bool':
      return [true, false];
    case 'int':
      return [0, 1, 2, 3];
    case 'duration':
      return [0, 9_999, 10_000, 10_001];
    case 'size':
      return [0, 1_024, 2_048];
    case 'version':
      return [90_000_200_014, 90_000_200_015, 90_000_300_000];
    case 'text':
      return [...(type.optional ? [null] : []), '', 'ops', 'Ops'];
    case 'enum':
      return type.words;
    case 'set': {
      const [one, two, three] = type.words ?? ['a:NoSchedule', 'b:NoExecute', 'c'];
      return [[], [one], [one, two], [two], three === undefined ? [two] : [one, two, three]] as FactValue[];
    }
  }
}

/** Which operators a type has: identity for all of them, order for what is a number inside, search for sets. */
export function operatorsOf(type: FactType): readonly Operator[] {
  const identity = ['equal', 'notEqual', 'in', 'notIn'] as const;
  switch (type.kind) {
    case 'int':
    case 'duration':
    case 'size':
    case 'version':
      return [...identity, 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'];
    case 'set':
      return ['equal', 'notEqual', 'contains', 'doesNotContain'];
    default:
      return identity;
  }
}

// ── sites ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a number says of one fact of one member. 0 is silence, so that a failing case shrinks to what matters. */
function cellOf({ name, maxAgeMs }: FactDeclaration, number: number): Cell | undefined {
  const choices = valuesOf.get(name) ?? [];
  const value = choices[(number >> 5) % choices.length];
  if (value === undefined) throw new Error(`no value for ${name}`);
  const limit = Number.isFinite(maxAgeMs) ? maxAgeMs : 0;
  const seen = (ageMs: number, grade = 0): Cell => {
    const seenAtMs = madeNowMs - ageMs;
    return { kind: 'present', value, seenAtMs, grade: grades[grade] ?? 'assumed', source: 'made' };
  };
  switch (number % 32) {
    case 0:
      return undefined;
    case 1:
      return { kind: 'absent', why: 'unreadable', says: 'SplitBrainish' };
    case 2:
      return { kind: 'absent', why: 'disputed', says: 'drbd says this, linstor that' };
    case 3:
      return seen(limit + 1);
    case 4:
      return seen(-1); // a clock ahead of ours: nobody knows how old this is
    case 5:
      return seen(limit);
    case 6:
      return seen(10_000, 1);
    case 7:
      return seen(10_001);
    case 8:
      return seen(0, 1);
    case 9:
      return seen(0, 2);
    default:
      return seen(0);
  }
}

const volumes = [volume('pvc', 0), volume('pvc', 1)];
/** `c` may be missing from the list of nodes and still hold replicas: a node that was taken out of the site. */
const nodes = [node('a'), node('b'), node('c')];
const everybody: Readonly<Record<SubjectKind, readonly Subject[]>> = {
  site: [site],
  node: nodes,
  bond: [bond('a', 'bond1'), bond('b', 'bond1'), bond('b', 'bond2')],
  volume: volumes,
  replica: ['a', 'b', 'c'].flatMap((on) => [replica('pvc', 0, on), replica('pvc', 1, on)]),
  connection: [
    connection('pvc', 0, 'a', 'b'),
    connection('pvc', 0, 'b', 'a'),
    connection('pvc', 0, 'c', 'a'),
    connection('pvc', 1, 'a', 'b'),
  ],
  vm: [vm('shop', 'till'), vm('shop', 'web')],
};

const cellsAtMost = facts.reduce((sum, { subject }) => sum + everybody[subject].length, 0);

const aList = (kind: SubjectKind): Arbitrary<MadeList> =>
  fc
    .tuple(fc.nat(2 ** everybody[kind].length - 1), kind === 'site' ? fc.constant(0) : fc.nat(24))
    .map(([mask, state]) => ({
      state: state === 24 ? 'absent' : state === 23 ? 'stale' : 'known',
      members: kind === 'site' ? [site] : everybody[kind].filter((_, index) => (mask >> index) & 1),
    }));

const lists = fc.tuple(...subjectKinds.map(aList)).map((all) => {
  return Object.fromEntries(subjectKinds.map((kind, index) => [kind, all[index]])) as unknown as MadeSite['lists'];
});

/** Any site: populations of any size and state, and each fact of each member anything from fresh to disputed. */
export const aSite: Arbitrary<MadeSite> = fc
  .tuple(lists, fc.uint16Array({ minLength: cellsAtMost, maxLength: cellsAtMost }))
  .map(([made, numbers]) => {
    const cells: MadeCell[] = [];
    let next = 0;
    for (const fact of facts) {
      for (const { id } of made[fact.subject].members) {
        const cell = cellOf(fact, numbers[next] ?? 0);
        next += 1;
        if (cell !== undefined) cells.push({ fact: fact.name, object: id, cell });
      }
    }
    return { lists: made, cells };
  });

// ── conditions ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
      .flatMap((fact) => operatorsOf(fact.type).map((operator) => aLeafOf(fact, operator, scope))),
  );
  leaves.set(key, leaf);
  return leaf;
}

function aLeafOf(fact: FactDeclaration, operator: Operator, scope: readonly SubjectKind[]): Arbitrary<Leaf> {
  const against = fc.oneof({ weight: 4, arbitrary: aLiteral(fact, operator) }, ...aFactLike(fact, operator, scope));
  return fc.tuple(aRef(fact), against).map(([read, to]) => ({ kind: 'leaf', at, read, operator, against: to }));
}

function aLiteral({ name, type }: FactDeclaration, operator: Operator): Arbitrary<Literal> {
  const all = valuesOf.get(name) ?? [];
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
        const owners = ancestorsOf(over).filter((kind) => scope.includes(kind));
        const within = fc.constantFrom(owners, ...owners.map((kind) => [kind]));
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

// ── rules and packs ────────────────────────────────────────────────────────────────────────────────────────────────

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
