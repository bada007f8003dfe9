import { type FactValue, type Grade, grades, type Reading } from '../kernel/fact.ts';
import type { Place } from '../kernel/fault.ts';
import { type Cell, isFresh, type Population, readingAt, type Snapshot } from '../kernel/snapshot.ts';
import type { Subject } from '../kernel/subject.ts';
import { sameValue } from '../kernel/value.ts';
import {
  type ExplainedPart,
  type Explanation,
  FALSE,
  type LeafReading,
  TRUE,
  type Truth,
  UNKNOWN,
} from '../kernel/verdict.ts';
import type { AsksUnknown, Condition, FactRef, Leaf, Literal, Operator, Quantified } from './condition.ts';
import type { Finding, Gate, RollupStep } from './pack.ts';
import { entered, idIn, indexIn, membersMeant, type Scope } from './scope.ts';
import { asksUnknownDetail, leafDetail, leafText, quantifierText, type Wanted } from './wording.ts';

/** Why a rule says what it says of one object: its condition walked as it is written. It shares nothing with the
 *  generated code but the snapshot, and must come to the same truth. Every member and every leaf is in the tree; what is
 *  printed of them is put into words only when somebody reads it. */
export function explainRule(
  rule: Gate | Finding | RollupStep,
  snapshot: Snapshot,
  object: string | undefined,
): Explanation {
  const kind = rule.kind === 'rollup' ? 'site' : rule.per;
  const population = snapshot.populations[kind];
  const wanted = wishes[rule.kind === 'finding' ? 'raised' : 'must'].plain;
  if (population.state !== 'known') return unlisted(rule.at, kind, population.says);
  const index = population.indexOf.get(object ?? '');
  if (index === undefined) return unlisted(rule.at, kind, `${object ?? 'nobody'} is not in the list of ${kind}s`);
  return explained(rule.when, { snapshot, wanted }, entered(population, index));
}

/** What a part is asked for, by whom and of what. */
interface Asked {
  readonly snapshot: Snapshot;
  readonly wanted: Wanted;
}

const wishes = {
  must: { plain: { as: 'must', opposite: false }, opposite: { as: 'must', opposite: true } },
  counts: { plain: { as: 'counts', opposite: false }, opposite: { as: 'counts', opposite: true } },
  raised: { plain: { as: 'raised', opposite: false }, opposite: { as: 'raised', opposite: true } },
} as const;

function asOpposite({ snapshot, wanted }: Asked): Asked {
  return { snapshot, wanted: wishes[wanted.as][wanted.opposite ? 'plain' : 'opposite'] };
}

const noParts: readonly Explanation[] = [];

function unlisted(at: Place, kind: string, says: string): Explanation {
  const what = {
    kind: 'quantifier',
    quantifier: 'every',
    text: `every ${kind}`,
    over: kind,
    object: 'site',
    counted: 0,
    of: 0,
  } as const;
  return { truth: UNKNOWN, at, what: { ...what, listUnknown: says }, parts: noParts };
}

function explained(condition: Condition, asked: Asked, scope: Scope): Explanation {
  switch (condition.kind) {
    case 'leaf':
    case 'asks-unknown':
      return new Explained(condition, asked, scope, truthIn(condition, asked.snapshot, scope), noParts);
    case 'all':
    case 'any': {
      const isAll = condition.kind === 'all';
      const parts: Explanation[] = [];
      let truth: Truth = isAll ? TRUE : FALSE;
      for (const one of condition.of) {
        const part = explained(one, asked, scope);
        parts.push(part);
        if (isAll ? part.truth < truth : part.truth > truth) truth = part.truth;
      }
      return new Explained(condition, asked, scope, truth, parts);
    }
    case 'not': {
      const part = explained(condition.of, asOpposite(asked), scope);
      return new Explained(condition, asked, scope, (TRUE - part.truth) as Truth, [part]);
    }
    case 'named': {
      const part = explained(condition.of, asked, scope);
      return new Explained(condition, asked, scope, part.truth, [part]);
    }
    case 'quantified':
      return explainedQuantifier(condition, asked, scope);
  }
}

/** A part of a condition and what it came to; all else is read off the condition when somebody asks. All kinds are of one
 *  class: a tree of one shape is walked fastest. */
class Explained implements Explanation {
  readonly truth: Truth;
  readonly parts: readonly Explanation[];
  readonly #condition: Condition;
  readonly #asked: Asked;
  readonly #scope: Scope;
  /** Of a quantifier whose list is known. */
  readonly #tally: Tally | undefined;

  constructor(
    condition: Condition,
    asked: Asked,
    scope: Scope,
    truth: Truth,
    parts: readonly Explanation[],
    tally?: Tally,
  ) {
    this.truth = truth;
    this.parts = parts;
    this.#condition = condition;
    this.#asked = asked;
    this.#scope = scope;
    this.#tally = tally;
  }

  get at(): Place {
    return this.#condition.at;
  }

  get says(): string | undefined {
    return this.#condition.says;
  }

  get what(): ExplainedPart {
    return partOf(this.#condition, this.#asked, this.#scope, this.#tally);
  }
}

function partOf(condition: Condition, asked: Asked, scope: Scope, tally: Tally | undefined): ExplainedPart {
  switch (condition.kind) {
    case 'leaf':
      return leafPart(condition, asked, scope);
    case 'asks-unknown':
      return asksUnknownPart(condition, asked, scope);
    case 'all':
    case 'any':
    case 'not':
      return { kind: condition.kind };
    case 'named':
      return { kind: 'named', name: condition.name };
    case 'quantified':
      return quantifierPart(condition, asked, scope, tally);
  }
}

// --- leaves ---

function leafPart(leaf: Leaf, { snapshot, wanted }: Asked, scope: Scope): ExplainedPart {
  const read = leafReading(leaf.read, snapshot, scope);
  const against = leaf.against.kind === 'fact' ? leafReading(leaf.against, snapshot, scope) : undefined;
  return {
    kind: 'leaf',
    fact: read.fact,
    object: read.object,
    read,
    ...(against === undefined ? {} : { against }),
    get text() {
      return leafText(leaf, wanted, read, against, snapshot.nowMs);
    },
    get detail() {
      return leafDetail(leaf, wanted, read, against, snapshot.nowMs);
    },
  };
}

function asksUnknownPart({ read: asks }: AsksUnknown, { snapshot }: Asked, scope: Scope): ExplainedPart {
  const read = leafReading(asks, snapshot, scope);
  const detail = asksUnknownDetail(asks, read, snapshot.nowMs);
  const { fact, object } = read;
  const text = read.usable === undefined ? `${fact} is unknown (${detail})` : `${fact} ${detail}`;
  return { kind: 'asks-unknown', fact, object, text, detail, read };
}

function truthOfLeaf({ read, operator, against }: Leaf, snapshot: Snapshot, scope: Scope): Truth {
  const left = usable(read, snapshot, scope);
  return compared(left, operator, against.kind === 'literal' ? against.value : usable(against, snapshot, scope));
}

function compared(left: Compared | undefined, operator: Operator, right: Compared | undefined): Truth {
  if (left === undefined || right === undefined) return UNKNOWN;
  // Most leaves, and most of them of values that are the same only if they are one.
  if (operator === 'equal' && typeof left !== 'object') return left === right ? TRUE : FALSE;
  return compare[operator](left, right) ? TRUE : FALSE;
}

/** INVARIANT K2: what is absent, too old, from the future or too badly founded is not there. */
export function usable(read: FactRef, snapshot: Snapshot, scope: Scope | undefined): FactValue | undefined {
  const { name, subject, maxAgeMs, grade, setTo } = read;
  if (setTo !== undefined) return setTo;
  const column = snapshot.columns.get(name);
  const index = indexIn(scope, subject);
  if (column === undefined || index === -1) return undefined;
  return usableCell(column.cells[index], snapshot.nowMs, maxAgeMs, grade);
}

function usableCell(cell: Cell | undefined, nowMs: number, maxAgeMs: number, grade: Grade): FactValue | undefined {
  if (cell === undefined || cell.kind === 'absent' || !isFresh(cell.seenAtMs, nowMs, maxAgeMs)) return undefined;
  return isGoodEnough(cell, grade) ? cell.value : undefined;
}

function isGoodEnough(cell: Cell & { kind: 'present' }, grade: Grade): boolean {
  return cell.grade === 'observed' || grades.indexOf(cell.grade) <= grades.indexOf(grade);
}

function leafReading(read: FactRef, snapshot: Snapshot, scope: Scope): LeafReading {
  return {
    fact: read.name,
    object: idIn(scope, read.subject),
    reading: factReading(read, snapshot, scope),
    maxAgeMs: read.maxAgeMs,
    gradeNeeded: read.grade,
    usable: usable(read, snapshot, scope),
  };
}

/** What is said of a fact of who is in scope, usable or not. */
export function factReading(read: FactRef, snapshot: Snapshot, scope: Scope | undefined): Reading {
  const { name, subject, maxAgeMs, setTo } = read;
  if (setTo !== undefined) {
    return { kind: 'known', value: setTo, seenAtMs: snapshot.nowMs, grade: 'observed', source: 'the profile' };
  }
  const index = indexIn(scope, subject);
  if (index !== -1) return readingAt(snapshot, name, index, maxAgeMs);
  return { kind: 'absent', why: 'never-reported', says: `${idIn(scope, subject)} is not in the list of ${subject}s` };
}

type Compared = Literal['value'];
const isOneOf = (value: Compared, list: Compared): boolean =>
  (list as readonly FactValue[]).some((one) => sameValue(value as FactValue, one));
const isSame = (left: Compared, right: Compared): boolean => sameValue(left as FactValue, right as FactValue);

export const compare: Readonly<Record<Operator, (left: Compared, right: Compared) => boolean>> = {
  equal: isSame,
  notEqual: (left, right) => !isSame(left, right),
  in: isOneOf,
  notIn: (left, right) => !isOneOf(left, right),
  lessThan: (left, right) => (left as number) < (right as number),
  lessThanInclusive: (left, right) => (left as number) <= (right as number),
  greaterThan: (left, right) => (left as number) > (right as number),
  greaterThanInclusive: (left, right) => (left as number) >= (right as number),
  contains: (left, right) => isOneOf(right, left),
  doesNotContain: (left, right) => !isOneOf(right, left),
};

// --- quantifiers ---

function explainedQuantifier(condition: Quantified, asked: Asked, scope: Scope): Explanation {
  const { snapshot } = asked;
  const population = snapshot.populations[condition.over];
  if (population.state !== 'known') return new Explained(condition, asked, scope, UNKNOWN, noParts);
  const { quantifier, where, satisfies } = condition;
  const reversed = quantifier.kind === 'none' || quantifier.kind === 'atMost';
  const over: AskedOfMembers = {
    condition,
    counting: { snapshot, wanted: wishes.counts.plain },
    satisfying: reversed ? asOpposite(asked) : asked,
    population,
    scope,
  };
  const parts: Explanation[] = [];
  const tally = new Tally();
  const counts = where === undefined ? alwaysTrue : truthOfMember(where, snapshot, population, scope);
  const holds = truthOfMember(satisfies, snapshot, population, scope);
  for (const index of membersMeant(condition, snapshot, scope)) {
    const w = counts(index);
    const s = w === FALSE ? FALSE : holds(index);
    parts.push(new ExplainedMember(tally.add(quantifier.kind, w, s), w, s, over, index));
  }
  return new Explained(condition, asked, scope, answer(condition, tally), parts, tally);
}

/** The truth alone, without the tree. */
function truthIn(condition: Condition, snapshot: Snapshot, scope: Scope): Truth {
  switch (condition.kind) {
    case 'leaf':
      return truthOfLeaf(condition, snapshot, scope);
    case 'asks-unknown':
      return usable(condition.read, snapshot, scope) === undefined ? TRUE : FALSE;
    case 'all': {
      let truth: Truth = TRUE;
      for (const part of condition.of) {
        const one = truthIn(part, snapshot, scope);
        if (one === FALSE) return FALSE;
        if (one < truth) truth = one;
      }
      return truth;
    }
    case 'any': {
      let truth: Truth = FALSE;
      for (const part of condition.of) {
        const one = truthIn(part, snapshot, scope);
        if (one === TRUE) return TRUE;
        if (one > truth) truth = one;
      }
      return truth;
    }
    case 'not':
      return (TRUE - truthIn(condition.of, snapshot, scope)) as Truth;
    case 'named':
      return truthIn(condition.of, snapshot, scope);
    case 'quantified': {
      const { over, quantifier, where, satisfies } = condition;
      const population = snapshot.populations[over];
      if (population.state !== 'known') return UNKNOWN;
      const tally = new Tally();
      const counts = where === undefined ? alwaysTrue : truthOfMember(where, snapshot, population, scope);
      const holds = truthOfMember(satisfies, snapshot, population, scope);
      for (const index of membersMeant(condition, snapshot, scope)) {
        const w = counts(index);
        tally.add(quantifier.kind, w, w === FALSE ? FALSE : holds(index));
      }
      return answer(condition, tally);
    }
  }
}

const alwaysTrue = (): Truth => TRUE;

/** What a condition comes to for each member. What a leaf reads of the member itself is looked up once for all of them. */
function truthOfMember(
  condition: Condition,
  snapshot: Snapshot,
  population: Population,
  scope: Scope,
): (index: number) => Truth {
  if (condition.kind !== 'leaf' || condition.against.kind === 'fact' || !readsMember(condition.read, population)) {
    const inner = new Passing(population, scope);
    return (index) => {
      inner.index = index;
      return truthIn(condition, snapshot, inner);
    };
  }
  const { read, operator, against } = condition;
  const { value } = against;
  const { maxAgeMs, grade } = read;
  const { nowMs } = snapshot;
  const cells = snapshot.columns.get(read.name)?.cells ?? [];
  return (index) => compared(usableCell(cells[index], nowMs, maxAgeMs, grade), operator, value);
}

function readsMember({ subject, setTo }: FactRef, { kind }: Population): boolean {
  return subject === kind && setTo === undefined;
}

/** The scope of one member after the other. Whoever asks for a truth alone keeps no scope, so that one does for all. */
class Passing implements Scope {
  readonly population: Population;
  readonly outer: Scope;
  index = 0;

  constructor(population: Population, outer: Scope) {
    this.population = population;
    this.outer = outer;
  }

  get member(): Subject {
    return this.population.members[this.index] as Subject;
  }
}

/** What one member adds: who is not counted does not speak against `every` and `none`, and not for the others. */
function added(kind: Quantified['quantifier']['kind'], w: Truth, s: Truth): Truth {
  switch (kind) {
    case 'every':
      return Math.max(TRUE - w, s) as Truth;
    case 'none':
      return (TRUE - Math.min(w, s)) as Truth;
    case 'some':
    case 'atLeast':
    case 'atMost':
      return Math.min(w, s) as Truth;
  }
}

/** What has been counted of the members so far. */
class Tally {
  surely = 0;
  perhaps = 0;
  sure = 0;
  possible = 0;
  least: Truth = TRUE;
  most: Truth = FALSE;

  /** Takes in one member, and says what it adds. */
  add(kind: Quantified['quantifier']['kind'], w: Truth, s: Truth): Truth {
    if (w === TRUE) this.surely++;
    else if (w === UNKNOWN) this.perhaps++;
    if (w === TRUE && s === TRUE) this.sure++;
    if (w !== FALSE && s !== FALSE) this.possible++;
    const truth = added(kind, w, s);
    if (truth < this.least) this.least = truth;
    if (truth > this.most) this.most = truth;
    return truth;
  }

  get isEmpty(): boolean {
    return this.surely === 0 && this.perhaps === 0;
  }
}

/** Over nobody, a yes of «all of them» and a no of «one of them» say nothing of a site unless the author says so. */
function answer({ quantifier, whenEmpty }: Quantified, { surely, perhaps, sure, possible, least, most }: Tally): Truth {
  const somebody = surely > 0;
  const yes = (truth: Truth): Truth => (truth !== TRUE || somebody || whenEmpty === 'open' ? truth : UNKNOWN);
  const no = (truth: Truth): Truth => {
    if (truth !== FALSE || somebody) return truth;
    return perhaps === 0 && whenEmpty === 'open' ? TRUE : UNKNOWN;
  };
  switch (quantifier.kind) {
    case 'every':
    case 'none':
      return yes(least);
    case 'some':
      return no(most);
    case 'atLeast':
      return no(sure >= quantifier.count ? TRUE : possible < quantifier.count ? FALSE : UNKNOWN);
    case 'atMost':
      return yes(possible <= quantifier.count ? TRUE : sure > quantifier.count ? FALSE : UNKNOWN);
  }
}

function quantifierPart(
  condition: Quantified,
  { snapshot }: Asked,
  scope: Scope,
  tally: Tally | undefined,
): ExplainedPart {
  const { quantifier, over, within, except } = condition;
  const object = idIn(scope, within.at(-1) ?? 'site');
  return {
    kind: 'quantifier',
    quantifier: quantifier.kind,
    over,
    object,
    counted: tally?.sure ?? 0,
    of: tally === undefined ? 0 : tally.surely + tally.perhaps,
    get text() {
      return quantifierText(condition, object, except === undefined ? '' : idIn(scope, except));
    },
    ...(tally === undefined ? { listUnknown: snapshot.populations[over].says } : tally.isEmpty ? { empty: true } : {}),
  };
}

/** What all members of one quantifier are asked. */
interface AskedOfMembers {
  readonly condition: Quantified;
  readonly counting: Asked;
  readonly satisfying: Asked;
  readonly population: Population;
  /** Who was in scope before the member. */
  readonly scope: Scope;
}

/** One member. Its own tree is made when it is asked for: of a thousand members, reasons look at those that matter. */
class ExplainedMember implements Explanation {
  readonly truth: Truth;
  readonly #counts: Truth;
  readonly #satisfies: Truth;
  readonly #asked: AskedOfMembers;
  readonly #index: number;
  #parts: readonly Explanation[] | undefined;

  constructor(truth: Truth, counts: Truth, satisfies: Truth, asked: AskedOfMembers, index: number) {
    this.truth = truth;
    this.#counts = counts;
    this.#satisfies = satisfies;
    this.#asked = asked;
    this.#index = index;
  }

  get at(): Place {
    return this.#asked.condition.satisfies.at;
  }

  get says(): undefined {
    return undefined;
  }

  get what(): ExplainedPart {
    return { kind: 'member', object: this.#asked.population.members[this.#index]?.id ?? '', counts: this.#counts };
  }

  get parts(): readonly Explanation[] {
    this.#parts ??= this.#explained();
    return this.#parts;
  }

  #explained(): readonly Explanation[] {
    const { condition, counting, satisfying, population, scope } = this.#asked;
    const { where, satisfies } = condition;
    const inner = entered(population, this.#index, scope);
    if (where === undefined) return [explainedAs(this.#satisfies, satisfies, satisfying, inner)];
    const counts = explainedAs(this.#counts, where, counting, inner);
    if (this.#counts === FALSE) return [counts];
    return [counts, explainedAs(this.#satisfies, satisfies, satisfying, inner)];
  }
}

/** The tree of what is known to come to `truth`: a leaf need not be read again. */
function explainedAs(truth: Truth, condition: Condition, asked: Asked, scope: Scope): Explanation {
  return condition.kind === 'leaf'
    ? new Explained(condition, asked, scope, truth, noParts)
    : explained(condition, asked, scope);
}
