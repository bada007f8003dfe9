import type { Place } from '../kernel/fault.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { Condition, Quantified } from './condition.ts';
import { compared, truthOfLeaf } from './reading.ts';
import { entered, membersMeant, type Scope } from './scope.ts';
import { Tally } from './tally.ts';
import { truthIn } from './truth-in.ts';

/** What is to be seen of a condition: each truth that it can have, and that it alone decided. */
export type Aspect = 'true' | 'false' | 'unknown' | 'decided';

/** One condition as it stands in a file, whoever asks it: a named one is one, and so is a gate that machines ask. */
export interface CoveredCondition {
  readonly at: Place;
  readonly kind: Condition['kind'];
  /** `bond.mode equal`, `every bond`, or the author's sentence. */
  readonly text: string;
  /** Who asks it: `gate node-may-restart`. Sorted. */
  readonly askedBy: readonly string[];
  /** What could be seen, in the order of `Aspect`; a parameter compared with a word has one truth for ever. */
  readonly can: readonly Aspect[];
  readonly seen: readonly Aspect[];
}

/** Whoever has a condition: a gate, a finding, a step of the rollup, a question of a machine. */
export interface Asks {
  readonly when: Condition;
  readonly at: Place;
}

/** Gathers over many evaluations. It shares the readings and the tally with the explainer, and nothing with the generated code. */
export class ConditionCoverage {
  readonly #points = new Map<string, Point>();
  readonly #pointOf = new WeakMap<Condition, Point>();

  /** Makes known what there is to be seen. */
  add({ when }: Asks, who: string): void {
    this.#add(when, who);
  }

  /** What an evaluation saw of one object. The condition must have been added. */
  see({ when }: Asks, per: SubjectKind, object: string, snapshot: Snapshot): void {
    const population = snapshot.populations[per];
    const index = population.indexOf.get(object);
    if (population.state !== 'known' || index === undefined) return;
    this.#mark(valued(when, snapshot, entered(population, index)), asItIs);
  }

  /** In the order of files, lines and columns; what holds another stands before it. */
  conditions(): readonly CoveredCondition[] {
    const covered = [...this.#points.values()].map(coveredOf);
    return covered.sort((one, other) => inOrder(one.at, other.at));
  }

  #add(condition: Condition, who: string): number {
    const point = this.#pointFor(condition);
    point.askedBy.add(who);
    let can: number;
    switch (condition.kind) {
      case 'leaf':
        can = truthsOfLeaf(condition);
        break;
      case 'asks-unknown':
        can = condition.read.setTo === undefined ? bit(TRUE) | bit(FALSE) : bit(FALSE);
        break;
      case 'all':
      case 'any': {
        const pick = condition.kind === 'all' ? Math.min : Math.max;
        can = condition.of.map((part) => this.#add(part, who)).reduce((one, other) => combined(one, other, pick));
        break;
      }
      case 'not':
        can = 0;
        for (const truth of truthsIn(this.#add(condition.of, who))) can |= bit((TRUE - truth) as Truth);
        break;
      case 'named':
        can = this.#add(condition.of, who);
        break;
      case 'quantified':
        if (condition.where !== undefined) this.#add(condition.where, who);
        this.#add(condition.satisfies, who);
        can = anything;
        break;
    }
    point.can |= can; // a parameter may be set differently in two profiles
    return can;
  }

  #pointFor(condition: Condition): Point {
    const { kind, at } = condition;
    const key = `${at.file}:${at.line}:${at.col} ${kind}`;
    const point = this.#points.get(key) ?? { condition, askedBy: new Set<string>(), can: 0, seen: 0, decided: false };
    this.#points.set(key, point);
    this.#pointOf.set(condition, point);
    return point;
  }

  /** `root`: what the verdict would be for each truth that this part could have had, everything else as it was. */
  #mark(valued: Valued, root: Effect): void {
    const { condition, truth, parts } = valued;
    const point = this.#pointOf.get(condition);
    if (point === undefined) return;
    point.seen |= bit(truth);
    if (!point.decided) point.decided = decidesAlone(truth, point.can, root);
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at] as ValuedPart;
      const effect = part.effect;
      this.#mark(part, [root[effect[FALSE]], root[effect[UNKNOWN]], root[effect[TRUE]]]);
    }
  }
}

interface Point {
  readonly condition: Condition;
  readonly askedBy: Set<string>;
  can: number;
  seen: number;
  decided: boolean;
}

/** What comes of each truth of a part: at FALSE, at UNKNOWN, at TRUE. */
type Effect = readonly [Truth, Truth, Truth];
const asItIs: Effect = [FALSE, UNKNOWN, TRUE];
const truths = [FALSE, UNKNOWN, TRUE] as const;
const anything = 0b111;

function bit(truth: Truth): number {
  return 1 << truth;
}

function truthsIn(mask: number): readonly Truth[] {
  return truths.filter((truth) => (mask & bit(truth)) !== 0);
}

function combined(one: number, other: number, pick: (a: number, b: number) => number): number {
  let mask = 0;
  for (const a of truthsIn(one)) for (const b of truthsIn(other)) mask |= bit(pick(a, b) as Truth);
  return mask;
}

/** Two words that the profile or the pack has written down compare the same for ever, and are never unknown. */
function truthsOfLeaf({ read, operator, against }: Extract<Condition, { kind: 'leaf' }>): number {
  const right = against.kind === 'literal' ? against.value : against.setTo;
  if (read.setTo === undefined || right === undefined) return anything;
  return bit(compared(read.setTo, operator, right));
}

/** Flipping it to each other truth that it can have changes the verdict. */
function decidesAlone(truth: Truth, can: number, root: Effect): boolean {
  const others = truthsIn(can).filter((other) => other !== truth);
  return others.length > 0 && others.every((other) => root[other] !== root[truth]);
}

/** A condition and what it came to of who was in scope. */
interface Valued {
  readonly condition: Condition;
  readonly truth: Truth;
  readonly parts: readonly ValuedPart[];
}

/** A part, and what the whole would have come to for each of its truths. */
interface ValuedPart extends Valued {
  readonly effect: Effect;
}

const none: readonly ValuedPart[] = [];

function valued(condition: Condition, snapshot: Snapshot, scope: Scope): Valued {
  switch (condition.kind) {
    case 'leaf':
      return { condition, truth: truthOfLeaf(condition, snapshot, scope), parts: none };
    case 'asks-unknown':
      return { condition, truth: truthIn(condition, snapshot, scope), parts: none };
    case 'not': {
      const part = valued(condition.of, snapshot, scope);
      return { condition, truth: (TRUE - part.truth) as Truth, parts: [{ ...part, effect: [TRUE, UNKNOWN, FALSE] }] };
    }
    case 'named': {
      const part = valued(condition.of, snapshot, scope);
      return { condition, truth: part.truth, parts: [{ ...part, effect: asItIs }] };
    }
    case 'all':
    case 'any': {
      const parts = condition.of.map((part) => valued(part, snapshot, scope));
      const counts = countsOf(parts.map(({ truth }) => truth));
      const answer = condition.kind === 'all' ? least : most;
      return {
        condition,
        truth: answer(counts),
        parts: parts.map((part) => ({ ...part, effect: effectOf(part.truth, counts, answer) })),
      };
    }
    case 'quantified':
      return valuedQuantifier(condition, snapshot, scope);
  }
}

/** How many parts came to each truth. */
type Counts = [number, number, number];

function countsOf(found: readonly Truth[]): Counts {
  const counts: Counts = [0, 0, 0];
  for (const truth of found) counts[truth]++;
  return counts;
}

function least([no, unknown]: Counts): Truth {
  return no > 0 ? FALSE : unknown > 0 ? UNKNOWN : TRUE;
}

function most([, unknown, yes]: Counts): Truth {
  return yes > 0 ? TRUE : unknown > 0 ? UNKNOWN : FALSE;
}

function effectOf(truth: Truth, counts: Counts, answer: (counts: Counts) => Truth): Effect {
  counts[truth]--;
  const having = (other: Truth): Truth => {
    counts[other]++;
    const whole = answer(counts);
    counts[other]--;
    return whole;
  };
  const effect: Effect = [having(FALSE), having(UNKNOWN), having(TRUE)];
  counts[truth]++;
  return effect;
}

/** Each member may have been otherwise, in whether it counts and in whether it satisfies; the other members stay. */
function valuedQuantifier(condition: Quantified, snapshot: Snapshot, scope: Scope): Valued {
  const { over, where, satisfies } = condition;
  const population = snapshot.populations[over];
  if (population.state !== 'known') return { condition, truth: UNKNOWN, parts: none };
  const members = membersMeant(condition, snapshot, scope).map((index) => {
    const inner = entered(population, index, scope);
    const counts = where === undefined ? undefined : valued(where, snapshot, inner);
    // Who does not count is not asked any further; what he would have said matters where `where` might have let him in.
    const asked = counts?.truth === FALSE ? undefined : valued(satisfies, snapshot, inner);
    return { counts, asked, w: counts?.truth ?? TRUE, s: asked?.truth ?? truthIn(satisfies, snapshot, inner) };
  });
  const others = new OtherMembers(condition);
  for (const { w, s } of members) others.add(w, s);
  const parts: ValuedPart[] = [];
  for (const { counts, asked, w, s } of members) {
    others.leave(w, s);
    if (counts !== undefined)
      parts.push({ ...counts, effect: [others.with(FALSE, s), others.with(UNKNOWN, s), others.with(TRUE, s)] });
    if (asked !== undefined)
      parts.push({ ...asked, effect: [others.with(w, FALSE), others.with(w, UNKNOWN), others.with(w, TRUE)] });
    others.add(w, s);
  }
  return { condition, truth: others.answer(), parts };
}

/** The tally of a quantifier that a member can be taken out of: how many came to what. */
class OtherMembers {
  readonly #condition: Quantified;
  /** By what counts, then by what satisfies. */
  readonly #counts: readonly [Counts, Counts, Counts] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];

  constructor(condition: Quantified) {
    this.#condition = condition;
  }

  add(counts: Truth, satisfies: Truth): void {
    this.#counts[counts][satisfies]++;
  }

  leave(counts: Truth, satisfies: Truth): void {
    this.#counts[counts][satisfies]--;
  }

  with(counts: Truth, satisfies: Truth): Truth {
    this.add(counts, satisfies);
    const truth = this.answer();
    this.leave(counts, satisfies);
    return truth;
  }

  /** By the tally that everybody uses: one member stands for all that came to the same, but where they are counted. */
  answer(): Truth {
    const { quantifier } = this.#condition;
    const isCounted = quantifier.kind === 'atLeast' || quantifier.kind === 'atMost';
    const tally = new Tally();
    for (const w of truths) {
      for (const s of truths) {
        const many = this.#counts[w][s];
        const enough = isCounted ? Math.min(many, quantifier.count + 1) : Math.min(many, 1);
        for (let at = 0; at < enough; at++) tally.add(quantifier.kind, w, s);
      }
    }
    return tally.answer(this.#condition);
  }
}

function coveredOf({ condition, askedBy, can, seen, decided }: Point): CoveredCondition {
  const { at, kind } = condition;
  const aspects = (mask: number, alone: boolean): readonly Aspect[] => [
    ...([TRUE, FALSE, UNKNOWN] as const).filter((truth) => (mask & bit(truth)) !== 0).map((truth) => words[truth]),
    ...(alone ? (['decided'] as const) : []),
  ];
  const several = truthsIn(can).length > 1;
  return {
    at,
    kind,
    text: condition.says ?? textOf(condition),
    askedBy: [...askedBy].sort(),
    can: aspects(can, several),
    seen: aspects(seen & can, decided),
  };
}

const words = { [FALSE]: 'false', [UNKNOWN]: 'unknown', [TRUE]: 'true' } as const;

function textOf(condition: Condition): string {
  switch (condition.kind) {
    case 'leaf':
      return `${condition.read.name} ${condition.operator}`;
    case 'asks-unknown':
      return `${condition.read.name} unknown`;
    case 'all':
    case 'any':
      return `${condition.kind} of ${condition.of.length}`;
    case 'not':
      return 'not';
    case 'named':
      return condition.name;
    case 'quantified': {
      const { quantifier, over } = condition;
      return 'count' in quantifier ? `${quantifier.kind} ${quantifier.count} ${over}` : `${quantifier.kind} ${over}`;
    }
  }
}

function inOrder(one: Place, other: Place): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.col - other.col;
}
