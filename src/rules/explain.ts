import { type FactValue, type Grade, grades, type Reading } from '../kernel/fact.ts';
import type { Place } from '../kernel/fault.ts';
import { type Cell, isFresh, readingAt, type Snapshot } from '../kernel/snapshot.ts';
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
      return new ExplainedLeaf(condition, asked, scope);
    case 'asks-unknown':
      return new ExplainedAsksUnknown(condition, asked, scope);
    case 'all':
    case 'any': {
      const { kind, at, says, of } = condition;
      const parts: Explanation[] = [];
      let truth: Truth = kind === 'all' ? TRUE : FALSE;
      for (const one of of) {
        const part = explained(one, asked, scope);
        parts.push(part);
        if (kind === 'all' ? part.truth < truth : part.truth > truth) truth = part.truth;
      }
      return { truth, at, says, what: kind === 'all' ? isAll : isAny, parts };
    }
    case 'not': {
      const part = explained(condition.of, asOpposite(asked), scope);
      const { at, says } = condition;
      return { truth: (TRUE - part.truth) as Truth, at, says, what: isNot, parts: [part] };
    }
    case 'named': {
      const part = explained(condition.of, asked, scope);
      const { at, says, name } = condition;
      return { truth: part.truth, at, says, what: { kind: 'named', name }, parts: [part] };
    }
    case 'quantified':
      return explainedQuantifier(condition, asked, scope);
  }
}

const isAll: ExplainedPart = { kind: 'all' };
const isAny: ExplainedPart = { kind: 'any' };
const isNot: ExplainedPart = { kind: 'not' };

// --- leaves ---

class ExplainedLeaf implements Explanation {
  readonly truth: Truth;
  readonly at: Place;
  readonly says: string | undefined;
  readonly parts = noParts;
  readonly #leaf: Leaf;
  readonly #asked: Asked;
  readonly #scope: Scope;

  constructor(leaf: Leaf, asked: Asked, scope: Scope) {
    this.at = leaf.at;
    this.says = leaf.says;
    this.#leaf = leaf;
    this.#asked = asked;
    this.#scope = scope;
    this.truth = truthOfLeaf(leaf, asked.snapshot, scope);
  }

  get what(): ExplainedPart {
    const leaf = this.#leaf;
    const { snapshot, wanted } = this.#asked;
    const read = leafReading(leaf.read, snapshot, this.#scope);
    const against = leaf.against.kind === 'fact' ? leafReading(leaf.against, snapshot, this.#scope) : undefined;
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
}

function truthOfLeaf({ read, operator, against }: Leaf, snapshot: Snapshot, scope: Scope): Truth {
  const left = usable(read, snapshot, scope);
  const right = against.kind === 'literal' ? against.value : usable(against, snapshot, scope);
  if (left === undefined || right === undefined) return UNKNOWN;
  if (operator === 'equal' && typeof left !== 'object') return left === right ? TRUE : FALSE; // most leaves
  return compare[operator](left, right) ? TRUE : FALSE;
}

class ExplainedAsksUnknown implements Explanation {
  readonly truth: Truth;
  readonly at: Place;
  readonly says: string | undefined;
  readonly parts = noParts;
  readonly #read: FactRef;
  readonly #snapshot: Snapshot;
  readonly #scope: Scope;

  constructor({ at, says, read }: AsksUnknown, { snapshot }: Asked, scope: Scope) {
    this.at = at;
    this.says = says;
    this.#read = read;
    this.#snapshot = snapshot;
    this.#scope = scope;
    this.truth = usable(read, snapshot, scope) === undefined ? TRUE : FALSE;
  }

  get what(): ExplainedPart {
    const read = leafReading(this.#read, this.#snapshot, this.#scope);
    const detail = asksUnknownDetail(this.#read, read, this.#snapshot.nowMs);
    const { fact, object } = read;
    const text = read.usable === undefined ? `${fact} is unknown (${detail})` : `${fact} ${detail}`;
    return { kind: 'asks-unknown', fact, object, text, detail, read };
  }
}

/** INVARIANT K2: what is absent, too old, from the future or too badly founded is not there. */
export function usable(read: FactRef, snapshot: Snapshot, scope: Scope | undefined): FactValue | undefined {
  const { name, subject, maxAgeMs, grade, setTo } = read;
  if (setTo !== undefined) return setTo;
  const cell = snapshot.columns.get(name)?.cells[indexIn(scope, subject)];
  if (cell === undefined || cell.kind === 'absent' || !isFresh(cell.seenAtMs, snapshot.nowMs, maxAgeMs))
    return undefined;
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
  const population = asked.snapshot.populations[condition.over];
  const { at, says } = condition;
  if (population.state !== 'known') {
    const what = new ExplainedQuantifier(condition, scope, 0, 0, false, population.says);
    return { truth: UNKNOWN, at, says, what, parts: noParts };
  }
  const { quantifier, where, satisfies } = condition;
  const { snapshot } = asked;
  const parts: Explanation[] = [];
  const tally = new Tally();
  for (const index of membersMeant(condition, snapshot, scope)) {
    const inner = entered(population, index, scope);
    const w = where === undefined ? TRUE : truthIn(where, snapshot, inner);
    const s = w === FALSE ? FALSE : truthIn(satisfies, snapshot, inner);
    const truth = tally.add(quantifier.kind, w, s);
    parts.push(new ExplainedMember(truth, w, condition, asked, inner));
  }
  const what = new ExplainedQuantifier(condition, scope, tally.sure, tally.surely + tally.perhaps, tally.isEmpty);
  return { truth: answer(condition, tally), at, says, what, parts };
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
      for (const index of membersMeant(condition, snapshot, scope)) {
        const inner = entered(population, index, scope);
        const w = where === undefined ? TRUE : truthIn(where, snapshot, inner);
        tally.add(quantifier.kind, w, w === FALSE ? FALSE : truthIn(satisfies, snapshot, inner));
      }
      return answer(condition, tally);
    }
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

class ExplainedQuantifier {
  readonly kind = 'quantifier';
  readonly counted: number;
  readonly of: number;
  readonly listUnknown?: string;
  readonly empty?: true;
  readonly #condition: Quantified;
  readonly #scope: Scope;

  constructor(condition: Quantified, scope: Scope, counted: number, of: number, empty: boolean, listUnknown?: string) {
    this.counted = counted;
    this.of = of;
    this.#condition = condition;
    this.#scope = scope;
    if (listUnknown !== undefined) this.listUnknown = listUnknown;
    else if (empty) this.empty = true;
  }

  get quantifier() {
    return this.#condition.quantifier.kind;
  }
  get over(): string {
    return this.#condition.over;
  }
  get object(): string {
    return idIn(this.#scope, this.#condition.within.at(-1) ?? 'site');
  }
  get text(): string {
    const { except } = this.#condition;
    return quantifierText(this.#condition, this.object, except === undefined ? '' : idIn(this.#scope, except));
  }
}

/** One member. Its own tree is made when it is asked for: of a thousand members, reasons look at those that matter. */
class ExplainedMember implements Explanation {
  readonly truth: Truth;
  readonly says = undefined;
  readonly #counts: Truth;
  readonly #condition: Quantified;
  readonly #asked: Asked;
  readonly #scope: Scope;
  #parts: readonly Explanation[] | undefined;

  constructor(truth: Truth, counts: Truth, condition: Quantified, asked: Asked, scope: Scope) {
    this.truth = truth;
    this.#counts = counts;
    this.#condition = condition;
    this.#asked = asked;
    this.#scope = scope;
  }

  get at(): Place {
    return this.#condition.satisfies.at;
  }

  get what(): ExplainedPart {
    return { kind: 'member', object: this.#scope.member.id, counts: this.#counts };
  }

  get parts(): readonly Explanation[] {
    this.#parts ??= this.#explained();
    return this.#parts;
  }

  #explained(): readonly Explanation[] {
    const { quantifier, where, satisfies } = this.#condition;
    const { snapshot } = this.#asked;
    const reversed = quantifier.kind === 'none' || quantifier.kind === 'atMost';
    const parts: Explanation[] = [];
    if (where !== undefined) parts.push(explained(where, { snapshot, wanted: wishes.counts.plain }, this.#scope));
    if (this.#counts !== FALSE) {
      parts.push(explained(satisfies, reversed ? asOpposite(this.#asked) : this.#asked, this.#scope));
    }
    return parts;
  }
}
