import type { FactValue, Reading } from '../kernel/fact.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import { sameValue } from '../kernel/value.ts';
import { type Several, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import { isLasting } from '../kernel/vocabulary.ts';
import { satisfying, satisfyingRight, type Variable, type Variables, variablesOf } from './candidates.ts';
import type { AsksUnknown, Condition, Leaf, Quantified } from './condition.ts';
import type { Evaluator } from './evaluation.ts';
import type { Gate } from './pack.ts';
import { entered, membersMeant, type Scope } from './scope.ts';
import { type Change, losing, losingList, supposing } from './suppose.ts';

/** A smallest set of changes after which the gate is open: without any one of them it is not. */
export interface Way {
  readonly changes: Several<Change>;
}

export interface Ways {
  /** The fewest changes first. */
  readonly ways: readonly Way[];
  /** False when there were more possibilities than were looked at. */
  readonly complete: boolean;
}

/** What would open a gate. Candidates come from its condition; each is then put to the evaluator, and what it can do
 *  without is taken out of it. So no way is told that was not tried. */
export function waysToOpen(rule: Gate, snapshot: Snapshot, object: string | undefined, evaluator: Evaluator): Ways {
  const population = snapshot.populations[rule.per];
  const index = population.indexOf.get(object ?? '');
  if (object === undefined || index === undefined) return { ways: [], complete: false };
  const start: readonly Change[] =
    population.state === 'known' ? [] : [{ kind: 'list', over: rule.per, from: population.says }];
  const scope = entered(population, index);
  const search = new Search(snapshot, variablesOf(rule.when, snapshot, scope));
  const found = search.sets(rule.when, true, scope);
  const opens = (changes: readonly Change[]): boolean =>
    truthAt(evaluator, rule, supposing(snapshot, changes), object) === TRUE;

  const ways = new Map<string, readonly Change[]>();
  for (const set of found) {
    const candidate = [...start, ...search.changesOf(set)];
    if (candidate.length === 0 || !opens(candidate)) continue;
    const needed = shrunk(candidate, opens);
    const about = needed.map(nameOf).sort().join();
    if (!ways.has(about)) ways.set(about, needed);
  }
  const minimal = [...ways.values()].filter(
    (way, _, all) => !all.some((other) => other !== way && isWithin(other, way)),
  );
  const possible = minimal.filter((way) => !way.some(changesWhatLasts));
  const smallest = (possible.length > 0 ? possible : minimal).sort((one, other) => one.length - other.length);
  return {
    ways: smallest.flatMap(([first, ...rest]) => (first === undefined ? [] : [{ changes: [first, ...rest] }])),
    complete: search.complete && smallest.length > 0,
  };
}

function changesWhatLasts(change: Change): boolean {
  return change.kind === 'fact' && isLasting(change.fact);
}

/** What one fact of one object could do to an open gate. */
export interface Closing {
  readonly fact: string;
  readonly object: string;
  readonly from: Reading;
  /** The values, of those that make a difference to the rule, with which the gate is closed. */
  readonly closedBy: readonly FactValue[];
  /** Those with which it is unknown. */
  readonly unknownBy: readonly FactValue[];
  /** What the gate is when the fact is no longer known. */
  readonly whenLost: 'open' | 'closed' | 'unknown';
}

export interface Closings {
  readonly facts: readonly Closing[];
  /** The lists without which the gate is not open. */
  readonly lists: readonly SubjectKind[];
  readonly complete: boolean;
}

const triesMax = 20_000;

/** Which single change would close an open gate, or make it unknown. Each was tried. */
export function waysToClose(
  rule: Gate,
  snapshot: Snapshot,
  object: string | undefined,
  evaluator: Evaluator,
): Closings {
  const population = snapshot.populations[rule.per];
  const index = population.indexOf.get(object ?? '');
  if (object === undefined || index === undefined) return { facts: [], lists: [], complete: false };
  const { all, lists } = variablesOf(rule.when, snapshot, entered(population, index));
  let tries = 0;
  const truth = (changed: Snapshot): Truth => {
    tries++;
    return truthAt(evaluator, rule, changed, object);
  };
  const facts: Closing[] = [];
  for (const { read, object: of, reading, now, values } of all) {
    if (tries > triesMax) break;
    const by: [FactValue[], FactValue[]] = [[], []];
    for (const to of values) {
      if (now !== undefined && sameValue(to, now)) continue;
      const changed = supposing(snapshot, [{ kind: 'fact', fact: read.name, object: of, from: reading, to }]);
      const came = truth(changed);
      if (came !== TRUE) by[came].push(to);
    }
    const [closedBy, unknownBy] = by;
    const whenLost = (['closed', 'unknown', 'open'] as const)[truth(losing(snapshot, read.name, of))];
    if (closedBy.length === 0 && unknownBy.length === 0 && whenLost === 'open') continue;
    facts.push({ fact: read.name, object: of, from: reading, closedBy, unknownBy, whenLost });
  }
  const asked = new Set<SubjectKind>([rule.per, ...lists]);
  return {
    facts,
    lists: [...asked].filter((kind) => kind !== 'site' && truth(losingList(snapshot, kind)) !== TRUE),
    complete: tries <= triesMax,
  };
}

function truthAt(evaluator: Evaluator, rule: Gate, snapshot: Snapshot, object: string): Truth {
  for (const judged of evaluator.evaluate(snapshot).gates) {
    if (judged.rule === rule) return judged.truths[judged.objects.indexOf(object)] ?? UNKNOWN;
  }
  return UNKNOWN;
}

/** Leaves out, last first, every change without which the gate opens as well. Leaving one out may make another needless
 *  that was needed before, so that it is asked again until nothing more can go. */
function shrunk(changes: readonly Change[], opens: (changes: readonly Change[]) => boolean): readonly Change[] {
  for (const change of changes.toReversed()) {
    const without = changes.filter((one) => one !== change);
    if (opens(without)) return shrunk(without, opens);
  }
  return changes;
}

/** What a change is about. Two ways that change the same things to other values are one way. */
function nameOf(change: Change): string {
  return change.kind === 'list' ? change.over : JSON.stringify([change.fact, change.object]);
}

function isWithin(smaller: readonly Change[], larger: readonly Change[]): boolean {
  if (smaller.length >= larger.length) return false;
  const names = new Set(larger.map(nameOf));
  return smaller.every((change) => names.has(nameOf(change)));
}

/** A candidate: for some facts the values they may have, and the lists that must be known. */
interface ChangeSet {
  readonly allowed: ReadonlyMap<Variable, readonly FactValue[]>;
  readonly lists: ReadonlySet<SubjectKind>;
  /** How many changes it takes, those to what lasts counted a hundredfold. */
  readonly cost: number;
}

const nothing: ChangeSet = { allowed: new Map(), lists: new Set(), cost: 0 };

/** More candidates than these are not kept at any one place of the condition: the cheapest stay, and the answer says that
 *  it is not complete. */
const setsMax = 32;

class Search {
  complete = true;
  readonly #snapshot: Snapshot;
  readonly #variables: Variables;

  constructor(snapshot: Snapshot, variables: Variables) {
    this.#snapshot = snapshot;
    this.#variables = variables;
  }

  /** What could make a condition true, or false; an empty set where it is so already. */
  sets(condition: Condition, wanted: boolean, scope: Scope): readonly ChangeSet[] {
    switch (condition.kind) {
      case 'leaf':
        return this.#ofLeaf(condition, wanted, scope);
      case 'asks-unknown':
        return this.#ofAsksUnknown(condition, wanted, scope);
      case 'all':
      case 'any': {
        const parts = condition.of.map((part) => this.sets(part, wanted, scope));
        return (condition.kind === 'all') === wanted ? this.#each(parts) : this.#either(parts);
      }
      case 'not':
        return this.sets(condition.of, !wanted, scope);
      case 'named':
        return this.sets(condition.of, wanted, scope);
      case 'quantified':
        return this.#ofQuantified(condition, wanted, scope);
    }
  }

  changesOf({ allowed, lists }: ChangeSet): readonly Change[] {
    const ofLists = [...lists].map((over): Change => {
      return { kind: 'list', over, from: this.#snapshot.populations[over].says };
    });
    const ofFacts = [...allowed].flatMap(([variable, values]): Change[] => {
      const { read, object, reading: from } = variable;
      const to = values[0];
      return isKept(variable, values) || to === undefined ? [] : [{ kind: 'fact', fact: read.name, object, from, to }];
    });
    return [...ofLists, ...ofFacts];
  }

  #ofLeaf(leaf: Leaf, wanted: boolean, scope: Scope): readonly ChangeSet[] {
    const left = this.#variables.at(leaf.read, scope);
    if (left === undefined) return [];
    if (leaf.against.kind === 'literal') return oneOf(left, satisfying(leaf, left, wanted, leaf.against.value));
    const right = this.#variables.at(leaf.against, scope);
    if (right === undefined) return [];
    const ofLeft = right.now === undefined ? [] : oneOf(left, satisfying(leaf, left, wanted, right.now));
    const ofRight = left.now === undefined ? [] : oneOf(right, satisfyingRight(leaf, right, wanted, left.now));
    const both = left.values
      .slice(0, 4)
      .flatMap((value) =>
        this.#each([oneOf(left, [value]), oneOf(right, satisfyingRight(leaf, right, wanted, value))]),
      );
    return this.#either([ofLeft, ofRight, both]);
  }

  #ofAsksUnknown({ read }: AsksUnknown, wanted: boolean, scope: Scope): readonly ChangeSet[] {
    const variable = this.#variables.at(read, scope);
    if (variable === undefined) return wanted ? [nothing] : [];
    if (wanted) return variable.now === undefined ? [nothing] : [];
    return oneOf(variable, variable.values);
  }

  #ofQuantified(condition: Quantified, wanted: boolean, scope: Scope): readonly ChangeSet[] {
    const { over, quantifier, where, satisfies } = condition;
    const population = this.#snapshot.populations[over];
    const list: ChangeSet =
      population.state === 'known' ? nothing : { allowed: new Map(), lists: new Set([over]), cost: 1 };
    const members = membersMeant(condition, this.#snapshot, scope).map((index) => entered(population, index, scope));
    const counts = (member: Scope, how: boolean): readonly ChangeSet[] =>
      where === undefined ? (how ? [nothing] : []) : this.sets(where, how, member);
    /** It counts, and satisfies or does not. */
    const is = (member: Scope, how: boolean) => this.#each([counts(member, true), this.sets(satisfies, how, member)]);
    /** It does not count, or satisfies or does not. */
    const isNot = (member: Scope, how: boolean) =>
      this.#either([this.sets(satisfies, how, member), counts(member, false)]);
    const none = (how: boolean): readonly ChangeSet[] => {
      const all = this.#each(members.map((member) => isNot(member, how)));
      if (where === undefined) return members.length === 0 && condition.whenEmpty !== 'open' ? [] : all;
      // Somebody must surely count, or the answer over nobody is asked for.
      const somebody = this.#either(members.map((member) => counts(member, true)));
      const withSomebody = this.#each([somebody, all]);
      return condition.whenEmpty === 'open' ? this.#either([all, withSomebody]) : withSomebody;
    };
    const atLeast = (count: number): readonly ChangeSet[] =>
      this.#choose(
        members.map((member) => is(member, true)),
        count,
      );
    const atMost = (count: number): readonly ChangeSet[] => {
      const fewer = this.#choose(
        members.map((member) => isNot(member, false)),
        members.length - count,
      );
      if (where === undefined || condition.whenEmpty === 'open')
        return members.length === 0 && condition.whenEmpty !== 'open' ? [] : fewer;
      return this.#each([this.#either(members.map((member) => counts(member, true))), fewer]);
    };
    const sets = ((): readonly ChangeSet[] => {
      switch (quantifier.kind) {
        case 'every':
          return wanted ? none(true) : this.#either(members.map((member) => is(member, false)));
        case 'none':
          return wanted ? none(false) : this.#either(members.map((member) => is(member, true)));
        case 'some':
          return wanted ? this.#either(members.map((member) => is(member, true))) : none(false);
        case 'atLeast':
          return wanted ? atLeast(quantifier.count) : atMost(quantifier.count - 1);
        case 'atMost':
          return wanted ? atMost(quantifier.count) : atLeast(quantifier.count + 1);
      }
    })();
    return this.#each([[list], sets]);
  }

  /** All of these: one set of each, put together. */
  #each(parts: readonly (readonly ChangeSet[])[]): readonly ChangeSet[] {
    let sets: readonly ChangeSet[] = [nothing];
    for (const part of parts) {
      if (part.length === 1 && part[0] === nothing) continue;
      sets = this.#bounded(sets.flatMap((one) => part.flatMap((other) => together(one, other) ?? [])));
    }
    return sets;
  }

  /** One of these. */
  #either(parts: readonly (readonly ChangeSet[])[]): readonly ChangeSet[] {
    return this.#bounded(parts.flat());
  }

  /** At least so many of these. */
  #choose(parts: readonly (readonly ChangeSet[])[], count: number): readonly ChangeSet[] {
    if (count <= 0) return [nothing];
    // `reached[n]`: the sets with which n of the parts looked at so far are so.
    let reached: (readonly ChangeSet[])[] = [[nothing]];
    for (const part of parts) {
      const next = reached.slice();
      reached.forEach((sets, n) => {
        if (n === count) return;
        next[n + 1] = this.#bounded([...(next[n + 1] ?? []), ...this.#each([sets, part])]);
      });
      reached = next;
    }
    return reached[count] ?? [];
  }

  #bounded(sets: readonly ChangeSet[]): readonly ChangeSet[] {
    if (sets.some(({ cost, allowed }) => cost === 0 && allowed.size === 0)) return [nothing];
    const kept = sets.length > 1 ? distinct(sets) : sets;
    if (kept.length <= setsMax) return kept;
    this.complete = false;
    return kept.toSorted((one, other) => one.cost - other.cost).slice(0, setsMax);
  }
}

/** Nothing to do where the value is already one of these. */
function oneOf(variable: Variable, values: readonly FactValue[]): readonly ChangeSet[] {
  if (values.length === 0) return [];
  return [{ allowed: new Map([[variable, values]]), lists: nothing.lists, cost: costOf(variable, values) }];
}

/** What lasts is not taken as cheap as what changes by itself, so that it is not what the bound leaves over. */
function costOf(variable: Variable, values: readonly FactValue[]): number {
  if (isKept(variable, values)) return 0;
  return isLasting(variable.read.name) ? 100 : 1;
}

function isKept({ now }: Variable, values: readonly FactValue[]): boolean {
  return now !== undefined && values.some((value) => sameValue(value, now));
}

function together(one: ChangeSet, other: ChangeSet): ChangeSet | undefined {
  if (one === nothing) return other;
  const allowed = new Map(one.allowed);
  for (const [variable, values] of other.allowed) {
    const before = allowed.get(variable);
    const common =
      before === undefined ? values : before.filter((value) => values.some((also) => sameValue(value, also)));
    if (common.length === 0) return undefined;
    allowed.set(variable, common);
  }
  const lists = new Set([...one.lists, ...other.lists]);
  let cost = lists.size;
  for (const [variable, values] of allowed) cost += costOf(variable, values);
  return { allowed, lists, cost };
}

function distinct(sets: readonly ChangeSet[]): readonly ChangeSet[] {
  const byKey = new Map<string, ChangeSet>();
  for (const set of sets) {
    const facts = [...set.allowed].map(([{ key }, values]) => `${key} ${JSON.stringify(values)}`).sort();
    const key = `${[...set.lists].sort().join()} ${facts.join()}`;
    if (!byKey.has(key)) byKey.set(key, set);
  }
  return [...byKey.values()];
}
