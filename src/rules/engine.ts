import { Engine, Fact, type TopLevelCondition } from 'json-rules-engine';
import { type FactValue, grades } from '../kernel/fact.ts';
import { readingAt, type Snapshot } from '../kernel/snapshot.ts';
import { ancestorsOf, type Subject, type SubjectKind } from '../kernel/subject.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { Condition, FactRef, Leaf, Literal, Quantified } from './condition.ts';
import type { Gate } from './pack.ts';

/** The second opinion: json-rules-engine asked about one gate of one object, in its own condition language with its own
 *  operators. It knows two values and nobody who is silent, so what it lacks is written out before it is asked:
 *
 *  - a quantifier becomes a tree over the members that should report, and a counting one a fact whose value is how many
 *    rules of a nested engine hold (a tree of combinations would be exponential);
 *  - a leaf whose fact is unknown becomes a constant. Asked «surely open?» that is the answer that hurts where the leaf
 *    stands, asked «possibly open?» the one that helps. Under a `not` the two change places.
 *
 *  Only the returned results are read. The engine's events are side effects and play no part. */
export async function secondOpinion(rule: Asked, snapshot: Snapshot, object: string | undefined): Promise<Truth> {
  const subject = listed(rule, snapshot, object);
  if (subject === undefined) return UNKNOWN;
  if (await holds(rule, snapshot, subject, false)) return TRUE;
  return (await holds(rule, snapshot, subject, true)) ? UNKNOWN : FALSE;
}

/** Whether the gate is open even if every unknown leaf turns out in the way that hurts. All that an `advance` needs. */
export async function agreesToOpen(rule: Asked, snapshot: Snapshot, object: string | undefined): Promise<boolean> {
  const subject = listed(rule, snapshot, object);
  return subject !== undefined && (await holds(rule, snapshot, subject, false));
}

/** The engine made once for many questions, to be run again and again over the same facts: how many of them are surely open.
 *  For whoever measures it; what it is asked for before an `advance` is asked anew each time. */
export function keptEngine(
  questions: readonly { readonly rule: Asked; readonly object: string }[],
  snapshot: Snapshot,
): () => Promise<number> {
  const question: Question = { snapshot, facts: Object.create(null) as Record<string, Fact>, counts: 0 };
  constantFact(question, always, true);
  const trees = questions.flatMap(({ rule, object }) => {
    const subject = listed(rule, snapshot, object);
    return subject === undefined
      ? []
      : [asked(question, rule.when, entered(new Map([['site', 'site']]), subject), false)];
  });
  const engine = engineOf(trees);
  return async () => (await engine.run(question.facts)).results.length;
}

/** As much of a rule as an engine is asked about. */
export type Asked = Pick<Gate, 'per' | 'when'>;

/** Innermost subject of each kind, by id. The id is taken from the member itself, never from a list, so that losing the
 *  list of nodes does not change which replicas are «on another node». */
type Scope = ReadonlyMap<SubjectKind, string>;

/** json-rules-engine's form of a condition. It does not export the union itself. */
type Tree = TopLevelCondition | { fact: string; operator: string; value: unknown };

/** What one tree is built from, and the facts that it will be run over.
 *  INVARIANT K2: with `hopeful` false every unknown is answered against the condition, with true in favour of it. */
interface Question {
  readonly snapshot: Snapshot;
  readonly facts: Record<string, Fact>;
  counts: number;
}

function listed({ per }: Asked, snapshot: Snapshot, object: string | undefined): Subject | undefined {
  const { state, members, indexOf } = snapshot.populations[per];
  const index = object === undefined ? undefined : indexOf.get(object);
  return index === undefined || state !== 'known' ? undefined : members[index];
}

async function holds({ when }: Asked, snapshot: Snapshot, subject: Subject, hopeful: boolean): Promise<boolean> {
  const question: Question = { snapshot, facts: Object.create(null) as Record<string, Fact>, counts: 0 };
  constantFact(question, always, true);
  const tree = asked(question, when, entered(new Map([['site', 'site']]), subject), hopeful);
  return (await howManyHold([tree], question.facts)) === 1;
}

/** One run of an engine: how many of these trees come out true. */
async function howManyHold(trees: readonly Tree[], facts: Record<string, Fact>): Promise<number> {
  const { results } = await engineOf(trees).run(facts);
  return results.length;
}

function engineOf(trees: readonly Tree[]): Engine {
  const engine = new Engine();
  for (const tree of trees) engine.addRule({ conditions: { all: [tree] }, event: { type: 'holds' } });
  return engine;
}

function asked(question: Question, condition: Condition, scope: Scope, hopeful: boolean): Tree {
  switch (condition.kind) {
    case 'leaf':
      return askedLeaf(question, condition, scope, hopeful);
    case 'asks-unknown':
      return constant(usable(question, condition.read, scope) === undefined);
    case 'all':
      return all(condition.of.map((part) => asked(question, part, scope, hopeful)));
    case 'any':
      return any(condition.of.map((part) => asked(question, part, scope, hopeful)));
    case 'not':
      return not(asked(question, condition.of, scope, !hopeful));
    case 'named':
      return asked(question, condition.of, scope, hopeful);
    case 'quantified':
      return askedOfMembers(question, condition, scope, hopeful);
  }
}

/** The leaf itself, with the engine's own operator, where both sides are known. Both sides of an identity are written in
 *  one form for each value, because the engine compares lists by identity. */
function askedLeaf(question: Question, { read, operator, against }: Leaf, scope: Scope, hopeful: boolean): Tree {
  const left = usable(question, read, scope);
  const right = against.kind === 'literal' ? against.value : usable(question, against, scope);
  if (left === undefined || right === undefined) return constant(hopeful);
  const searchesLeft = operator === 'contains' || operator === 'doesNotContain';
  const searchesRight = operator === 'in' || operator === 'notIn';
  const fact = stated(question, read, scope, searchesLeft ? left : inOneForm(left));
  const value = searchesRight ? (right as readonly FactValue[]).map(inOneForm) : inOneForm(right as FactValue);
  return {
    fact,
    operator,
    value: against.kind === 'literal' ? value : { fact: stated(question, against, scope, value) },
  };
}

function askedOfMembers(question: Question, asking: Quantified, scope: Scope, hopeful: boolean): Tree {
  const { quantifier, over, where, satisfies } = asking;
  const population = question.snapshot.populations[over];
  if (population.state !== 'known') return constant(hopeful);
  const scopes = population.members
    .filter((member) => isMeant(asking, member, scope))
    .map((member) => entered(scope, member));

  const counts = (inner: Scope, how: boolean): Tree =>
    where === undefined ? constant(true) : asked(question, where, inner, how);
  const passes = (inner: Scope, how: boolean): Tree => asked(question, satisfies, inner, how);
  const both = (inner: Scope, how: boolean): Tree => all([counts(inner, how), passes(inner, how)]);
  const somebody = (how: boolean): Tree => any(scopes.map((inner) => counts(inner, how)));
  const atLeast = (count: number, how: boolean): Tree =>
    counted(
      question,
      scopes.map((inner) => both(inner, how)),
      count,
    );

  // Over nobody «all of them» is true and «one of them» false, and neither says anything of a site. So a yes of the
  // first kind needs somebody who surely counts, or stays unknown; and a no of the second kind likewise.
  const open = asking.whenEmpty === 'open';
  const needsSomebody = (tree: Tree): Tree => (open ? tree : all([tree, any([somebody(hopeful), constant(hopeful)])]));
  const orNobody = (tree: Tree): Tree => {
    const nobody = not(somebody(!hopeful));
    return any([tree, open ? nobody : all([constant(hopeful), nobody])]);
  };
  switch (quantifier.kind) {
    case 'every':
      return needsSomebody(all(scopes.map((inner) => any([not(counts(inner, !hopeful)), passes(inner, hopeful)]))));
    case 'none':
      return needsSomebody(all(scopes.map((inner) => not(both(inner, !hopeful)))));
    case 'some':
      return orNobody(any(scopes.map((inner) => both(inner, hopeful))));
    case 'atLeast':
      return orNobody(atLeast(quantifier.count, hopeful));
    case 'atMost':
      return needsSomebody(not(atLeast(quantifier.count + 1, !hopeful)));
  }
}

/** «At least so many of these»: a fact whose value is how many rules of a nested engine hold, compared by this one. */
function counted(question: Question, trees: readonly Tree[], count: number): Tree {
  question.counts += 1;
  const id = `count ${question.counts}`;
  question.facts[id] = new Fact(id, () => howManyHold(trees, question.facts), uncached);
  return { fact: id, operator: 'greaterThanInclusive', value: count };
}

function isMeant({ over, within, except }: Quantified, member: Subject, scope: Scope): boolean {
  const idOf = (kind: SubjectKind): string | undefined =>
    kind === over ? member.id : kind === 'site' ? 'site' : member.of[kind];
  return (
    within.every((kind) => idOf(kind) === scope.get(kind)) &&
    (except === undefined || idOf(except) !== scope.get(except))
  );
}

function entered(scope: Scope, member: Subject): Scope {
  const inner = new Map(scope).set(member.kind, member.id);
  for (const kind of ancestorsOf(member.kind)) {
    const id = member.of[kind];
    if (id !== undefined) inner.set(kind, id);
  }
  return inner;
}

/** The value that this rule may rely on: listed, fresh enough for it, and of the grade it asks for. */
function usable({ snapshot }: Question, read: FactRef, scope: Scope): FactValue | undefined {
  if (read.setTo !== undefined) return read.setTo;
  const index = snapshot.populations[read.subject].indexOf.get(scope.get(read.subject) ?? '');
  if (index === undefined) return undefined;
  const reading = readingAt(snapshot, read.name, index, read.maxAgeMs);
  if (reading.kind !== 'known') return undefined;
  return grades.indexOf(reading.grade) <= grades.indexOf(read.grade) ? reading.value : undefined;
}

/** Sets are sorted and have no repeats, so that their JSON is one text for each content. */
function inOneForm(value: FactValue): FactValue {
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

const always = 'always';
/** Without it the engine hashes every fact; its cache would serve nothing here. */
const uncached = { cache: false };

function stated(question: Question, read: FactRef | Literal, scope: Scope, value: unknown): string {
  const about = read.kind === 'fact' ? `${read.name} of ${scope.get(read.subject)}` : read.name;
  const id = Array.isArray(value) ? `each of ${about}` : String(about);
  constantFact(question, id, value);
  return id;
}

function constantFact({ facts }: Question, id: string, value: unknown): void {
  facts[id] ??= new Fact(id, value, uncached);
}

function constant(value: boolean): Tree {
  return { fact: always, operator: 'equal', value };
}
/** The engine answers an empty `all` and an empty `any` alike with true, so it is never asked one. */
function all(of: Tree[]): Tree {
  return of.length === 0 ? constant(true) : { all: of };
}
function any(of: Tree[]): Tree {
  return of.length === 0 ? constant(false) : { any: of };
}
function not(of: Tree): Tree {
  return { not: of };
}
