import { type Truth, type VerdictWord, verdictWords } from '../../kernel/verdict.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import { type Condition, partsOf } from '../../rules/condition.ts';
import type { RollupStep } from '../../rules/pack.ts';
import type { Answer, Found, MadeUpSite } from '../../witness/answer.ts';
import type { Bound } from '../../witness/bound.ts';
import type { Claim, Held } from '../../witness/claim.ts';
import { type SearchOptions, search } from '../../witness/search.ts';
import { type Asked, askedOf } from '../asked.ts';
import { pairsOf } from '../decisions.ts';
import { heldOf, meaningOfAsked } from '../held.ts';
import { meaningOf } from '../meaning.ts';
import type { Side } from '../side.ts';
import { Judge, nobodyListed } from '../sight.ts';
import { lookAtStated } from '../stated.ts';
import type { Mutated, Pair } from './mutated.ts';

/** Whether any site could show that a mutant is another one. */
export type Noticeable =
  | {
      readonly kind: 'site';
      readonly of: Asked['kind'] | 'phase';
      /** As people read it; of the phase, nothing. */
      readonly name: string;
      readonly object: string;
      readonly site: MadeUpSite;
      /** What the original and the mutant say there: a verdict, or a phase. */
      readonly was: string;
      readonly is: string;
    }
  /** No site within the bound shows it, by anything that is decided of it. */
  | { readonly kind: 'none'; readonly within: Bound }
  /** The time was over. */
  | { readonly kind: 'unfinished' }
  /** It is no matter of one site alone: what a machine orders or takes back, and when. */
  | { readonly kind: 'no-site' };

export type NoticeOptions = Omit<SearchOptions, 'vocabulary' | 'shape'>;

/** A site on which a mutant is decided otherwise: rather by what tests can name than by what a machine asks for itself, of that rather by
 *  what is soon looked through, and rather by what is open than by what is unknown in place of closed. */
export async function noticeable(side: Side, mutated: Mutated, options: NoticeOptions): Promise<Noticeable> {
  const fresh: Side = { ...side, profile: { ...side.profile, packs: mutated.packs } };
  const pairs = differingPairs(side, fresh);
  let unfinished = false;
  const asked = async (claim: Claim): Promise<Found | undefined> => {
    const answer: Answer = await search(claim, { ...options, vocabulary, shape: side.profile.shape });
    if (answer.kind === 'unfinished') unfinished = true;
    return answer.kind === 'found' ? answer : undefined;
  };
  const judges = { was: new Judge(side), is: new Judge(fresh) };
  for (const { was, is } of pairs) {
    for (const [one, other] of partings) {
      const found = await asked({ per: was.per, holds: [heldOf(was, one), heldOf(is, other)] });
      if (found === undefined) continue;
      const { object, site } = found;
      const [before, after] = [wordOn(judges.was, was, found), wordOn(judges.is, is, found)];
      return { kind: 'site', of: was.kind, name: was.name, object, site, was: before, is: after };
    }
  }
  for (const claim of phaseClaims(mutated.rollup)) {
    const found = await asked(claim);
    if (found === undefined) continue;
    const { object, site } = found;
    const [before, after] = [judges.was, judges.is].map((judge) => lookAtStated(judge, site).phase().phase);
    return { kind: 'site', of: 'phase', name: '', object, site, was: before ?? '', is: after ?? '' };
  }
  if (unfinished) return { kind: 'unfinished' };
  // What is built otherwise may be asked the same, and do something else.
  const isBuilt = mutated.machines.some(({ sameBuild }) => !sameBuild);
  return isBuilt ? { kind: 'no-site' } : { kind: 'none', within: options.bound };
}

const partings: readonly (readonly [Held['is'], Held['is']])[] = [
  ['open', 'not open'],
  ['not open', 'open'],
  ['closed', 'unknown'],
  ['unknown', 'closed'],
];

function differingPairs(was: Side, is: Side): readonly Pair<Asked>[] {
  const pairs = pairsOf(askedOf(was, undefined), askedOf(is, undefined)).flatMap(({ old, new: fresh }) => {
    return old === undefined || fresh === undefined || meaningOfAsked(old) === meaningOfAsked(fresh)
      ? []
      : [{ was: old, is: fresh }];
  });
  return pairs.sort((one, other) => ranked(one.was) - ranked(other.was));
}

function ranked({ kind, ways }: Asked): number {
  const hasWords = kind === 'gate' || kind === 'finding';
  return (hasWords ? 0 : partsMax) + ways.flat().reduce((sum, { rule }) => sum + sizeOf(rule.when), 0);
}

/** A linked pack has fewer. */
const partsMax = 1_000_000;

const sizes = new WeakMap<Condition, number>();

function sizeOf(condition: Condition): number {
  const known = sizes.get(condition) ?? partsOf(condition).reduce((sum, part) => sum + sizeOf(part), 1);
  sizes.set(condition, known);
  return known;
}

/** How long it takes to look, roughly: what is small is looked at first, so that little time answers much. */
export function effortOf(side: Side, mutated: Mutated): number {
  const [first] = differingPairs(side, { ...side, profile: { ...side.profile, packs: mutated.packs } });
  return first === undefined ? partsMax : ranked(first.was) % partsMax;
}

/** Where two rollups come to another phase, let k be the first step at which they differ: all before it are closed on both. Either one of
 *  the two is open there; or it is closed on one and unknown on the other, and what is closed goes on to a later step that is open. */
function phaseClaims(rollup: readonly Pair<RollupStep>[]): readonly Claim[] {
  const held = ({ when }: RollupStep, is: Held['is']): Held => ({ ways: [[when]], is });
  return rollup.flatMap(({ was, is }, at) => {
    if (meaningOf(was.when) === meaningOf(is.when)) return [];
    const before = rollup.slice(0, at).flatMap((step) => [held(step.was, 'closed'), held(step.is, 'closed')]);
    const claim = (...holds: readonly Held[]): Claim => ({ per: 'site', holds: [...before, ...holds] });
    const later = rollup.slice(at + 1);
    return [
      claim(held(was, 'open'), held(is, 'not open')),
      claim(held(was, 'not open'), held(is, 'open')),
      ...later.flatMap((step, index) => [
        claim(
          held(was, 'closed'),
          held(is, 'unknown'),
          ...later.slice(0, index).map((one) => held(one.was, 'closed')),
          held(step.was, 'open'),
        ),
        claim(
          held(was, 'unknown'),
          held(is, 'closed'),
          ...later.slice(0, index).map((one) => held(one.is, 'closed')),
          held(step.is, 'open'),
        ),
      ]),
    ];
  });
}

function wordOn(judge: Judge, asked: Asked, { object, site }: Found): VerdictWord {
  const words = lookAtStated(judge, site).words(asked);
  const truth: Truth | undefined = (words.get(object) ?? words.get(nobodyListed))?.truth;
  if (truth === undefined) throw new Error('invariant broken: who a site is made up for is on its list');
  return verdictWords[truth];
}
