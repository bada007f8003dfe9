import type { Place } from '../../kernel/fault.ts';
import type { Reason } from '../../kernel/verdict.ts';
import type { Level } from '../../review/change.ts';
import type { Answered, LetThrough, Proof, Proved, Witness } from '../../review/proof.ts';
import type { Review } from '../../review/review.ts';
import { quoted } from '../shell.ts';
import { count } from './count.ts';
import { decisionName } from './diff-words.ts';
import { reasonSays } from './reason-text.ts';
import { answerWords, boundWords, sizeWords } from './witness-words.ts';

/** What a review proves of any site, in sentences, as every form of it has them. «None», «not shown» and «not looked for» are three words. */

/** One site on which the two sides part, with the question that it answers. */
export interface ToldWitness {
  readonly level: Level;
  readonly question: Proved;
  /** As the new side has it. */
  readonly turn: 'opens' | 'closes';
  readonly witness: Witness;
  /** The lines that let it through, and why it was held: those that were changed first. */
  readonly lets: readonly LetThrough[];
  readonly holds: readonly Reason[];
  /** What was answered the other way round. */
  readonly other: Answered;
  /** Of the folder that it is kept in: `node-may-restart-opens`. */
  readonly slug: string;
}

/** As much of a review as its made-up sites are told by. */
export type Telling = Pick<Review, 'proof' | 'decisions' | 'structure'>;

/** The worst first, and otherwise in the order of the questions. */
export function witnessesOf(review: Telling): readonly ToldWitness[] {
  const { proof } = review;
  const taken = new Map<string, number>();
  const changed = changedLines(review);
  return (proof?.questions ?? []).flatMap((question) => {
    const { opens, closes, wayBack, level = 'caution' } = question;
    const worse = wayBack ? 'closes' : 'opens';
    const told = (turn: 'opens' | 'closes', witness: Answered, other: Answered): readonly ToldWitness[] => {
      if (witness.kind !== 'witness') return [];
      const slug = slugOf(`${question.name} ${turn}`, taken);
      const [lets, holds] = [changedFirst(witness.let, changed), changedFirst(witness.held, changed)];
      return [
        {
          lets,
          holds,
          level: turn === worse || other.kind !== 'witness' ? level : 'caution',
          question,
          turn,
          witness,
          other,
          slug,
        },
      ];
    };
    const both = [...told('opens', opens, closes), ...told('closes', closes, opens)];
    return wayBack ? both.reverse() : both;
  });
}

function slugOf(name: string, taken: Map<string, number>): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const slug = words.join('-').slice(0, 60).replace(/-$/, '') || 'site';
  const before = taken.get(slug) ?? 0;
  taken.set(slug, before + 1);
  return before === 0 ? slug : `${slug}-${before + 1}`;
}

/** Questions that are asked otherwise, and that no site was found to tell apart. */
export function untoldOf(proof: Proof | undefined): readonly Proved[] {
  return (proof?.questions ?? []).filter(({ opens, closes }) => opens.kind !== 'witness' && closes.kind !== 'witness');
}

/** All of it in a line. */
export function proofWords(proof: Proof | undefined): string {
  if (proof === undefined) return 'no site outside of the captures was looked for';
  const { bound, questions, same, solver } = proof;
  const alike = `${count(same, 'question')} ${same === 1 ? 'means' : 'mean'} the same on both sides`;
  if (questions.length === 0) return `${alike}: there is nothing to look for`;
  const untold = untoldOf(proof);
  const unfinished = untold.filter(({ opens, closes }) => [opens, closes].some(({ kind }) => kind === 'unfinished'));
  const [opens, closes] = (['opens', 'closes'] as const).map(
    (turn) => questions.filter((question) => question[turn].kind === 'witness').length,
  );
  const words = [
    [opens, opens === 1 ? 'opens where it held' : 'open where they held'],
    [closes, closes === 1 ? 'holds where it was open' : 'hold where they were open'],
    [untold.length - unfinished.length, 'told apart by no site'],
    [unfinished.length, 'not finished'],
  ] as const;
  const told = words.filter(([many]) => many !== 0).map(([many, says]) => `${many} ${says}`);
  const other = `${count(questions.length, 'question')} ${questions.length === 1 ? 'is' : 'are'} asked otherwise`;
  return `any site within ${boundWords(bound)} (${solver}): ${other}: ${told.join(', ')}; ${alike}`;
}

/** `closed → open on a made-up site`. */
export function witnessTurn({ witness: { was, is } }: ToldWitness): string {
  return `${was} → ${is} on a made-up site`;
}

/** `node-1, on 2 nodes and 1 VM`: of whom, and how large the site is. */
export function witnessWhom({ witness: { object, site } }: ToldWitness): string {
  return `${object === 'site' ? '' : `${object}, `}on ${sizeWords(site)}`;
}

/** All that half a line holds: `gate g: closed → open on a made-up site, on 2 nodes: is let through by …`. */
export function witnessSentence(told: ToldWitness): string {
  const { turn, lets: lines } = told;
  const { lets, held } = witnessVerbs(told);
  const words = turn === 'opens' ? lines.map(({ says }) => says) : heldWords(told);
  const few = words.slice(0, 2).join(', ');
  const rest = words.length > 2 ? ` and ${words.length - 2} more` : '';
  const why = words.length === 0 ? '' : `: ${turn === 'opens' ? lets : held} ${few}${rest}`;
  return `${witnessName(told)}: ${witnessTurn(told)} (${witnessWhom(told)})${why}`;
}

/** Which side lets through, and which holds. */
export function witnessVerbs({ turn }: ToldWitness): { readonly lets: string; readonly held: string } {
  return turn === 'opens'
    ? { lets: 'is let through by', held: 'was held by' }
    : { lets: 'was let through by', held: 'is held by' };
}

export function heldWords({ holds }: ToldWitness): readonly string[] {
  return holds.map(reasonSays);
}

/** How a reader looks at a site by himself, once `--sites DIR` has written it. */
export function lookWords(review: Review): string | undefined {
  if (witnessesOf(review).length === 0) return undefined;
  const folder = [review.new, review.old].find(({ revision }) => revision === undefined)?.label ?? 'PROFILE';
  return `nwctl eval --profile ${quoted(folder)} --insecure-unsigned --capture DIR/NAME`;
}

/** What was found the other way round; nothing where that is a site too, which is told by itself. */
export function otherWay({ turn, other }: ToldWitness): string | undefined {
  return other.kind === 'witness' ? undefined : `${turn === 'opens' ? 'closes' : 'opens'}: ${answerWords(other)}`;
}

/** What was answered of a question for which there is no site to show. */
export function untoldWords({ opens, closes }: Proved): string {
  const [one, other] = [opens, closes].map((answer) => (answer.kind === 'witness' ? '' : answerWords(answer)));
  return one === other ? `opens or closes: ${one}` : `opens: ${one}; closes: ${other}`;
}

/** The line of the new side at which a reader should look: one that lets through, or holds, and was changed; else where its rule was; else
 *  the rule itself, as when what changed stands on the old side only. */
export function lineOfWitness({ turn, question, lets, holds }: ToldWitness, review: Telling): Place {
  const changed = changedLines(review);
  const first = (turn === 'opens' ? lets : holds)[0]?.at;
  const ofRule = review.structure.find(({ kind, name }) => kind === question.kind && name === question.name)?.newAt;
  return first !== undefined && changed.has(lineKey(first)) ? first : (ofRule ?? question.newAt);
}

/** Lines of both sides at which something was changed. */
function changedLines({ decisions, structure }: Telling): ReadonlySet<string> {
  const changes = [...decisions.flatMap(({ causes }) => causes), ...structure];
  const places = changes.flatMap(({ oldAt, newAt }) => [oldAt, newAt].filter((at) => at !== null && at.line > 0));
  return new Set(places.map((at) => lineKey(at as Place)));
}

function changedFirst<T extends { readonly at: Place }>(all: readonly T[], changed: ReadonlySet<string>): readonly T[] {
  const is = ({ at }: T): boolean => changed.has(lineKey(at));
  return [...all.filter(is), ...all.filter((one) => !is(one))];
}

function lineKey({ file, line }: Place): string {
  return `${file}:${line}`;
}

/** What a line read, of the site: the facts that its sentence names. */
export function factsRead({ says }: LetThrough, { site }: Witness): Witness['site']['facts'] {
  return site.facts.filter(({ fact, of: whose }) =>
    says.includes(whose === 'site' ? `${fact} ` : `${fact} of ${whose} `),
  );
}

export function witnessName({ question }: ToldWitness): string {
  return decisionName(question);
}
