import { invariant } from '../kernel/fault.ts';
import { TRUE, type Truth, verdictWords } from '../kernel/verdict.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Answer, MadeUpSite } from '../witness/answer.ts';
import type { Bound } from '../witness/bound.ts';
import type { Claim } from '../witness/claim.ts';
import { search } from '../witness/search.ts';
import type { Solver } from '../witness/solver.ts';
import type { Asked } from './asked.ts';
import { byText, type Level, levels } from './change.ts';
import type { Pair } from './decisions.ts';
import { heldOf, meaningOfAsked } from './held.ts';
import { letThrough } from './let-through.ts';
import type { Answered, Proof, Proved, Witness } from './proof.ts';
import type { Side } from './side.ts';
import { Judge } from './sight.ts';
import { lookAtStated } from './stated.ts';

export interface ProveOptions {
  readonly bound: Bound;
  readonly solver: Solver;
  /** How long it may still take, milliseconds. */
  readonly leftMs: () => number;
  /** Hears before each question how many there are, and which comes. */
  readonly progress?: (done: number, of: number) => void;
}

/** Whatever two sides both ask and mean otherwise: is there any site within the bound on which they part? */
export async function prove(pairs: readonly Pair[], old: Side, fresh: Side, options: ProveOptions): Promise<Proof> {
  const asked = pairs.flatMap(bothAsk);
  const open = asked.filter(({ old: was, new: is }) => meaningOfAsked(was) !== meaningOfAsked(is));
  const prover = new Prover(old, fresh, options);
  const questions: Proved[] = [];
  for (const [done, both] of open.entries()) {
    options.progress?.(done, open.length);
    questions.push(await prover.prove(both));
  }
  return {
    bound: options.bound,
    solver: options.solver.name,
    questions: questions.sort(inOrder),
    same: asked.length - open.length,
  };
}

interface Both {
  readonly old: Asked;
  readonly new: Asked;
}

/** What drives nothing is not proved, and what is asked of one side only is told as that. */
function bothAsk({ old, new: fresh }: Pair): readonly Both[] {
  if (old === undefined || fresh === undefined || old.per !== fresh.per || fresh.kind === 'finding') return [];
  return [{ old, new: fresh }];
}

class Prover {
  readonly #old: Judge;
  readonly #new: Judge;
  readonly #options: ProveOptions;

  constructor(old: Side, fresh: Side, options: ProveOptions) {
    this.#old = new Judge(old);
    this.#new = new Judge(fresh);
    this.#options = options;
  }

  async prove({ old, new: fresh }: Both): Promise<Proved> {
    const parted = async (open: Asked, held: Asked): Promise<Answered> => {
      const claim: Claim = { per: fresh.per, holds: [heldOf(open, 'open'), heldOf(held, 'not open')] };
      const shape = this.#new.side.profile.shape;
      const answer = await search(claim, { ...this.#options, vocabulary, shape });
      return this.#answered(answer, old, fresh, open === fresh);
    };
    const [opens, closes] = [await parted(fresh, old), await parted(old, fresh)];
    const { kind, pack, name, at } = fresh;
    invariant(kind !== 'finding', 'findings are not proved');
    return {
      kind,
      pack,
      name,
      ...(old.name === name ? {} : { wasCalled: old.name }),
      ...(fresh.wayBack ? { wayBack: true } : {}),
      oldAt: old.at,
      newAt: at,
      level: levelOf(fresh, opens, closes),
      opens,
      closes,
    };
  }

  /** What the solver finds is judged again as every site is, and told as it was judged. */
  #answered(answer: Answer, old: Asked, fresh: Asked, newOpens: boolean): Answered {
    if (answer.kind !== 'found') return answer;
    const { object, site } = answer;
    const was = truthOn(this.#old, old, site, object);
    const is = truthOn(this.#new, fresh, site, object);
    const [lets, holds] = newOpens ? [is, was] : [was, is];
    invariant(lets.truth === TRUE && holds.truth !== TRUE, 'a witness parts the two sides when both are judged on it');
    const witness: Witness = {
      kind: 'witness',
      object,
      site,
      was: verdictWords[was.truth],
      is: verdictWords[is.truth],
      held: holds.why(),
      let: letThrough(lets.why()),
    };
    return witness;
  }
}

/** One side's word on a made-up site. */
function truthOn(judge: Judge, asked: Asked, site: MadeUpSite, object: string) {
  const word = lookAtStated(judge, site).words(asked).get(object);
  invariant(word !== undefined, 'who a witness is about is on its list');
  return word satisfies { readonly truth: Truth };
}

/** As the decisions of a corpus: what lets through what was held may hurt, and so does a way back that is lost. */
function levelOf({ wayBack }: Asked, opens: Answered, closes: Answered): Level | undefined {
  const [hurts, holds] = wayBack ? [closes, opens] : [opens, closes];
  return hurts.kind === 'witness' ? 'danger' : holds.kind === 'witness' ? 'caution' : undefined;
}

function inOrder(one: Proved, other: Proved): number {
  const rank = ({ level }: Proved): number => (level === undefined ? levels.length : levels.indexOf(level));
  return rank(one) - rank(other) || byText(one.kind, other.kind) || byText(one.name, other.name);
}
