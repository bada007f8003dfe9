import type { Place } from '../kernel/fault.ts';
import type { Population, Snapshot } from '../kernel/snapshot.ts';
import type { Subject } from '../kernel/subject.ts';
import { type ExplainedPart, type Explanation, FALSE, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { AsksUnknown, Condition, Leaf, Quantified } from './condition.ts';
import { partOf } from './explained-part.ts';
import type { Finding, Gate, RollupStep } from './pack.ts';
import { truthOfLeaf } from './reading.ts';
import { entered, membersMeant, type Scope } from './scope.ts';
import { Tally } from './tally.ts';
import { alwaysTrue, truthIn, truthOfMember } from './truth-in.ts';
import type { Wanted } from './wording.ts';

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
  if (population.state !== 'known') return unlisted(rule.at, kind, population.says);
  const index = population.indexOf.get(object ?? '');
  if (index === undefined) return unlisted(rule.at, kind, `${object ?? 'nobody'} is not in the list of ${kind}s`);
  return explained(rule.when, new Asked(snapshot, rule.kind === 'finding' ? raised : must, entered(population, index)));
}

/** What a part is asked for, and the same of the part under a `not`. */
interface Wish extends Wanted {
  readonly not: Wish;
}

function wishFor(as: Wanted['as']): Wish {
  const plain: { as: Wanted['as']; opposite: boolean; not: Wish } = { as, opposite: false, not: undefined as never };
  plain.not = { as, opposite: true, not: plain };
  return plain;
}

const must = wishFor('must');
const counts = wishFor('counts');
const raised = wishFor('raised');

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

/** Of whom a part is asked, and what for. */
interface Asking {
  readonly snapshot: Snapshot;
  readonly scope: Scope;
  wishFor(condition: Condition): Wish;
}

class Asked implements Asking {
  readonly snapshot: Snapshot;
  readonly wish: Wish;
  readonly scope: Scope;

  constructor(snapshot: Snapshot, wish: Wish, scope: Scope) {
    this.snapshot = snapshot;
    this.wish = wish;
    this.scope = scope;
  }

  wishFor(): Wish {
    return this.wish;
  }

  get opposite(): Asked {
    return new Asked(this.snapshot, this.wish.not, this.scope);
  }
}

function explained(condition: Condition, asked: Asked): Explanation {
  switch (condition.kind) {
    case 'leaf':
      return new ExplainedLeaf(truthOfLeaf(condition, asked.snapshot, asked.scope), condition, asked);
    case 'asks-unknown':
      return new ExplainedLeaf(truthIn(condition, asked.snapshot, asked.scope), condition, asked);
    case 'all':
    case 'any': {
      const { of } = condition;
      const parts = new Array<Explanation>(of.length);
      const isAll = condition.kind === 'all';
      let truth: Truth = isAll ? TRUE : FALSE;
      for (let at = 0; at < of.length; at++) {
        const part = explained(of[at] as Condition, asked);
        parts[at] = part;
        if (isAll ? part.truth < truth : part.truth > truth) truth = part.truth;
      }
      return new Explained(truth, condition, asked, parts);
    }
    case 'not': {
      const part = explained(condition.of, asked.opposite);
      return new Explained((TRUE - part.truth) as Truth, condition, asked, [part]);
    }
    case 'named': {
      const part = explained(condition.of, asked);
      return new Explained(part.truth, condition, asked, [part]);
    }
    case 'quantified':
      return explainedQuantifier(condition, asked);
  }
}

/** A leaf and what it came to. There are more of them than of all else, so they keep nothing that can be asked for. */
class ExplainedLeaf implements Explanation {
  readonly truth: Truth;
  readonly #leaf: Leaf | AsksUnknown;
  readonly #asking: Asking;

  constructor(truth: Truth, leaf: Leaf | AsksUnknown, asking: Asking) {
    this.truth = truth;
    this.#leaf = leaf;
    this.#asking = asking;
  }

  get parts(): readonly Explanation[] {
    return noParts;
  }

  get at(): Place {
    return this.#leaf.at;
  }

  get says(): string | undefined {
    return this.#leaf.says;
  }

  get what(): ExplainedPart {
    const { snapshot, scope } = this.#asking;
    return partOf(this.#leaf, this.#asking.wishFor(this.#leaf), snapshot, scope, undefined);
  }
}

/** A part that has parts, and what it came to; all else is read off the condition when somebody asks. */
class Explained implements Explanation {
  readonly truth: Truth;
  readonly parts: readonly Explanation[];
  readonly #condition: Condition;
  readonly #asked: Asked;
  /** Of a quantifier whose list is known. */
  readonly #tally: Tally | undefined;

  constructor(truth: Truth, condition: Condition, asked: Asked, parts: readonly Explanation[], tally?: Tally) {
    this.truth = truth;
    this.parts = parts;
    this.#condition = condition;
    this.#asked = asked;
    this.#tally = tally;
  }

  get at(): Place {
    return this.#condition.at;
  }

  get says(): string | undefined {
    return this.#condition.says;
  }

  get what(): ExplainedPart {
    const { snapshot, wish, scope } = this.#asked;
    return partOf(this.#condition, wish, snapshot, scope, this.#tally);
  }
}

function explainedQuantifier(condition: Quantified, asked: Asked): Explanation {
  const { snapshot, scope } = asked;
  const population = snapshot.populations[condition.over];
  if (population.state !== 'known') return new Explained(UNKNOWN, condition, asked, noParts);
  const { quantifier, where, satisfies } = condition;
  const { kind } = quantifier;
  const all = new AskedOfAll(condition, asked, population);
  const tally = new Tally();
  const isMeant = where === undefined ? alwaysTrue : truthOfMember(where, snapshot, population, scope);
  const holds = truthOfMember(satisfies, snapshot, population, scope);
  const members = membersMeant(condition, snapshot, scope);
  const parts = new Array<Explanation>(members.length);
  for (let at = 0; at < members.length; at++) {
    const index = members[at] as number;
    const w = isMeant(index);
    const s = w === FALSE ? FALSE : holds(index);
    parts[at] = new ExplainedMember(tally.add(kind, w, s), w, s, all, index);
  }
  return new Explained(tally.answer(condition), condition, asked, parts, tally);
}

/** What all members of one quantifier are asked. */
class AskedOfAll {
  readonly condition: Quantified;
  readonly asked: Asked;
  readonly population: Population;

  constructor(condition: Quantified, asked: Asked, population: Population) {
    this.condition = condition;
    this.asked = asked;
    this.population = population;
  }

  /** What `satisfies` is asked for. */
  get wish(): Wish {
    const { kind } = this.condition.quantifier;
    return kind === 'none' || kind === 'atMost' ? this.asked.wish.not : this.asked.wish;
  }
}

/** One member, which is also the scope of its parts. Those are made when they are asked for: of a thousand members, reasons
 *  look at those that matter. */
class ExplainedMember implements Explanation, Asking, Scope {
  readonly truth: Truth;
  readonly index: number;
  readonly #counts: Truth;
  readonly #satisfies: Truth;
  readonly #of: AskedOfAll;

  constructor(truth: Truth, counts: Truth, satisfies: Truth, of: AskedOfAll, index: number) {
    this.truth = truth;
    this.index = index;
    this.#counts = counts;
    this.#satisfies = satisfies;
    this.#of = of;
  }

  get at(): Place {
    return this.#of.condition.satisfies.at;
  }

  get says(): undefined {
    return undefined;
  }

  get what(): ExplainedPart {
    return { kind: 'member', object: this.member.id, counts: this.#counts };
  }

  get parts(): readonly Explanation[] {
    const { where, satisfies } = this.#of.condition;
    if (where === undefined) return [this.#part(this.#satisfies, satisfies)];
    const first = this.#part(this.#counts, where);
    return this.#counts === FALSE ? [first] : [first, this.#part(this.#satisfies, satisfies)];
  }

  /** The tree of what is known to come to `truth`: a leaf need not be read again. */
  #part(truth: Truth, condition: Condition): Explanation {
    return condition.kind === 'leaf'
      ? new ExplainedLeaf(truth, condition, this)
      : explained(condition, new Asked(this.snapshot, this.wishFor(condition), this));
  }

  wishFor(condition: Condition): Wish {
    return condition === this.#of.condition.where ? counts : this.#of.wish;
  }

  get snapshot(): Snapshot {
    return this.#of.asked.snapshot;
  }

  get scope(): Scope {
    return this;
  }

  get population(): Population {
    return this.#of.population;
  }

  get member(): Subject {
    return this.#of.population.members[this.index] as Subject;
  }

  get outer(): Scope {
    return this.#of.asked.scope;
  }
}
