import { invariant } from '../kernel/fault.ts';
import type { StatedFact, StatedList } from '../kernel/raw.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import type { Condition } from '../rules/condition.ts';
import { frozen } from '../rules/link-fact.ts';
import type { Answer, Found } from './answer.ts';
import { type Bound, stepsTo } from './bound.ts';
import type { CellChoice } from './cells.ts';
import { cellKey, choicesOf } from './choices.ts';
import type { Claim, Held } from './claim.ts';
import { holdsOn } from './holds.ts';
import { type Meaning, Meanings } from './meaning.ts';
import { type Formula, no, Script } from './script.ts';
import { shrunk } from './shrink.ts';
import { type Chosen, snapshotOf, tooOldFor } from './snapshot.ts';
import type { Problem, Solver } from './solver.ts';
import { type Candidate, entering, type Universe, universeWithin } from './universe.ts';

export interface SearchOptions {
  readonly bound: Bound;
  readonly vocabulary: Vocabulary;
  /** How sites of the profile look: how many nodes they have, and which bond. */
  readonly shape: Pick<SiteShape, 'storageBond' | 'nodes'>;
  readonly solver: Solver;
  /** How long it may still take, milliseconds; asked again and again. */
  readonly leftMs: () => number;
}

/** Is there any site within the bound on which the claim is true of somebody? Exact: the smallest such site, or that there is none; or
 *  that the time was over. Small bounds are asked first. */
export async function search(claim: Claim, options: SearchOptions): Promise<Answer> {
  let sure: Bound | undefined;
  for (const bound of stepsTo(options.bound, options.shape.nodes.atLeast)) {
    const found = await new Search(claim, bound, options).run();
    if (found === 'unknown') return { kind: 'unfinished', none: sure };
    if (found !== 'none') return { kind: 'found', ...found };
    sure = bound;
  }
  return { kind: 'none', within: options.bound };
}

type FoundSite = Omit<Found, 'kind'>;

/** Of the sites that the solver could have in mind the one that is told. */
interface Picked {
  readonly chosen: Chosen;
  /** What is not open is surely closed. */
  readonly plainly: boolean;
  readonly isSmallest: boolean;
}

/** One claim over one bound, put to the solver. */
class Search {
  readonly #claim: Claim;
  readonly #options: SearchOptions;
  readonly #script = new Script();
  readonly #universe: Universe;
  readonly #cells: ReadonlyMap<string, CellChoice>;
  readonly #object: Candidate | undefined;
  /** What the rules of the claim come to of the object. */
  readonly #meanings: readonly Meaning[];

  constructor(claim: Claim, bound: Bound, options: SearchOptions) {
    this.#claim = claim;
    this.#options = options;
    const script = this.#script;
    this.#universe = universeWithin(bound, options.shape, script);
    const { of, listed } = this.#universe;
    this.#cells = choicesOf(conditionsIn(claim), this.#universe, options.vocabulary, script);
    const meanings = new Meanings(this.#universe, script, (ref, id) => this.#cells.get(cellKey(ref.name, id)));
    // All of a kind are alike until something is said of them: what can be true of one can be true of the first.
    const [object] = of[claim.per];
    this.#object = object;
    if (object === undefined) {
      this.#meanings = [];
      return;
    }
    const scope = entering({}, object.subject);
    this.#meanings = claim.holds.map(({ ways }) =>
      meanings.any(ways.map((way) => meanings.all(way.map((condition) => meanings.of(condition, scope))))),
    );
    script.assert(script.and(listed[claim.per], object.exists));
    claim.holds.forEach((held, at) => {
      script.assert(this.#isAs(held.is, this.#meanings[at]));
    });
  }

  async run(): Promise<FoundSite | 'none' | 'unknown'> {
    const object = this.#object;
    if (object === undefined) return 'none';
    const problem = await this.#options.solver.problem();
    try {
      await problem.add(this.#script.take());
      const answer = await this.#check(problem, []);
      if (answer !== 'sat') return answer === 'unsat' ? 'none' : 'unknown';
      return this.#shown(await this.#smallest(problem), object.subject.id);
    } finally {
      await problem.close();
    }
  }

  /** As small as will do; of those rather one on which what is not open is surely closed: that is plainer than not known. */
  async #smallest(problem: Problem): Promise<Picked> {
    const script = this.#script;
    let chosen = await this.#chosen(problem);
    const all = this.#costs();
    const atMost = async (count: number): Promise<Formula> => {
      const assumed = script.choose();
      script.assert(script.implies(assumed, script.not(script.atLeast(count + 1, all))));
      await problem.add(script.take());
      return assumed;
    };
    let [least, most] = [0, all.length];
    let limit: Formula[] = [];
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      const assumed = [await atMost(middle)];
      const answer = await this.#check(problem, assumed);
      if (answer === 'unknown') return { chosen, plainly: false, isSmallest: false };
      if (answer === 'unsat') {
        least = middle + 1;
        continue;
      }
      chosen = await this.#chosen(problem);
      most = middle;
      limit = assumed;
    }
    if (limit.length === 0) limit = [await atMost(most)];
    const closed = this.#claim.holds.flatMap(({ is }, at) =>
      is === 'not open' ? [this.#meanings[at]?.isFalse ?? no] : [],
    );
    const plain = [...limit, ...(await this.#assumed(problem, closed))];
    const plainly = closed.length > 0 && (await this.#check(problem, plain)) === 'sat';
    return { chosen: plainly ? await this.#chosen(problem) : chosen, plainly, isSmallest: true };
  }

  /** What makes a site larger: everybody on it. More than that: no node at all, and a node that is on no list and holds a copy; a reader
   *  would take either for a mistake. A bond comes with its node. */
  #costs(): readonly Formula[] {
    const script = this.#script;
    const { of } = this.#universe;
    const members = [...of.node, ...of.volume, ...of.replica, ...of.connection, ...of.vm].map(({ exists }) => exists);
    const unlisted = of.node.map(({ subject, exists }) => {
      const copies = of.replica.filter((copy) => copy.subject.of.node === subject.id);
      return script.and(script.not(exists), script.or(...copies.map((copy) => copy.exists)));
    });
    const nobody = script.not(script.or(...of.node.map(({ exists }) => exists)));
    const asManyAsPromised = Array.from({ length: this.#options.shape.nodes.atLeast + 1 }, () => nobody);
    return [...members, ...unlisted, ...unlisted, ...asManyAsPromised];
  }

  async #assumed(problem: Problem, formulas: readonly Formula[]): Promise<readonly Formula[]> {
    const assumed = formulas.map((formula) => {
      const name = this.#script.choose();
      this.#script.assert(this.#script.implies(name, formula));
      return name;
    });
    await problem.add(this.#script.take());
    return assumed;
  }

  #check(problem: Problem, assumed: readonly Formula[]): Promise<'sat' | 'unsat' | 'unknown'> {
    const leftMs = this.#options.leftMs();
    return leftMs <= 0 ? Promise.resolve('unknown') : problem.check(assumed, leftMs);
  }

  /** The site that the solver has in mind. */
  async #chosen(problem: Problem): Promise<Chosen> {
    const { of, listed } = this.#universe;
    const cells = [...this.#cells.values()];
    const candidates = subjectKinds.flatMap((kind) => of[kind]);
    const kinds = subjectKinds.filter((kind) => kind !== 'site');
    const names = [
      ...candidates.map(({ exists }) => exists),
      ...kinds.map((kind) => listed[kind]),
      ...cells.flatMap(({ chosen }) => chosen),
    ];
    const values = [...(await problem.values(names))];
    const there = new Set(candidates.filter((_, at) => values[at] === 1));
    const known = new Set<SubjectKind>(['site', ...kinds.filter((_, at) => values[candidates.length + at] === 1)]);
    let next = candidates.length + kinds.length;
    const said = cells.flatMap((cell): readonly StatedFact[] => {
      const { length } = cell.chosen;
      const fact = cell.read(values.slice(next, next + length));
      next += length;
      return fact === undefined ? [] : [fact];
    });
    return {
      members: Object.fromEntries(
        subjectKinds.map((kind) => [kind, of[kind].filter((one) => there.has(one)).map(({ subject }) => subject)]),
      ) as unknown as Chosen['members'],
      listed: known,
      facts: said.filter(({ fact }) => !fact.startsWith(frozen)),
      frozen: said.flatMap(({ fact, of: id, value }) =>
        fact.startsWith(frozen) ? [{ fact: fact.slice(frozen.length), of: id, value }] : [],
      ),
    };
  }

  /** Shrunk by an evaluator that knows nothing of the solver. */
  #shown({ chosen, plainly, isSmallest }: Picked, object: string): FoundSite {
    const { vocabulary, shape } = this.#options;
    const { per, holds: asked } = this.#claim;
    const claim = plainly ? { per, holds: asked.map(closedIfNotOpen) } : this.#claim;
    const holds = (one: Chosen): boolean => holdsOn(claim, snapshotOf(one, vocabulary), object);
    invariant(holds(chosen), 'what the solver finds is true of the site that it finds');
    const bondsAreNamed = shape.storageBond !== undefined || shape.nodes.atMost === 1;
    const small = shrunk(chosen, bondsAreNamed, holds);
    const lists = subjectKinds.flatMap((kind): readonly StatedList[] => {
      const ids = small.members[kind].map(({ id }) => id);
      if (kind === 'site' || (ids.length === 0 && !small.listed.has(kind))) return [];
      return [{ kind, members: ids, ...(small.listed.has(kind) ? {} : { ageMs: tooOldFor(kind) }) }];
    });
    const site = { lists, facts: small.facts, frozen: small.frozen };
    return { object, site: isSmallest ? site : { ...site, mayBeSmaller: true } };
  }

  #isAs(is: Held['is'], { isTrue, isFalse }: Meaning = { isTrue: no, isFalse: no }): Formula {
    const script = this.#script;
    switch (is) {
      case 'open':
        return isTrue;
      case 'not open':
        return script.not(isTrue);
      case 'closed':
        return isFalse;
      case 'unknown':
        return script.not(script.or(isTrue, isFalse));
    }
  }
}

function conditionsIn({ holds }: Claim): readonly Condition[] {
  return holds.flatMap(({ ways }) => ways.flat());
}

function closedIfNotOpen(held: Held): Held {
  return held.is === 'not open' ? { ...held, is: 'closed' } : held;
}
