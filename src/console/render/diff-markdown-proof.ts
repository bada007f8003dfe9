import type { Proof, Proved } from '../../review/proof.ts';
import type { Review } from '../../review/review.ts';
import { count } from './count.ts';
import { placeText } from './diff-markdown-parts.ts';
import { decisionName } from './diff-words.ts';
import { siteLines } from './made-up-site.ts';
import { code, fenced, folded, plain } from './markdown.ts';
import {
  heldWords,
  lookWords,
  otherWay,
  type ToldWitness,
  untoldOf,
  untoldWords,
  witnessName,
  witnessTurn,
  witnessVerbs,
  witnessWhom,
} from './proof-words.ts';

/** What was proved of any site, for each size of a comment. */

export function witnessHead(told: ToldWitness): string {
  return `${code(witnessName(told))} **${plain(witnessTurn(told))}**`;
}

/** The line that says it, and the rest of it folded. */
export function witnessLong(told: ToldWitness): string {
  const { witness, slug } = told;
  const { lets, held } = witnessVerbs(told);
  const other = otherWay(told);
  const lines = [
    ...told.lets.map(({ at, says }) => `${lets} ${code(says)}${placeText(at)}`),
    ...heldWords(told).map((says) => `${held} ${code(says)}`),
    ...(other === undefined ? [] : [other]),
    `as a capture: \`DIR/${slug}\``,
  ];
  const inside = `${fenced(siteLines(witness.site), '  ')}\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  return `- ${witnessHead(told)} ${whomText(told)}\n\n${folded('the site, what lets it through and what holds it', inside, '  ')}\n`;
}

/** The line that says it, with the first that let it through. */
export function witnessShort(told: ToldWitness): string {
  const { lets } = told;
  const [first] = lets;
  const by = first === undefined ? '' : `: ${witnessVerbs(told).lets} ${code(first.says)}${placeText(first.at)}`;
  const more = lets.length - 1;
  const rest = more > 0 ? ` (${count(more, 'more line')} not shown)` : '';
  return `- ${witnessHead(told)} ${whomText(told)}${by}${rest}\n`;
}

function whomText(told: ToldWitness): string {
  return code(witnessWhom(told));
}

/** What means something else, and was found on no site. */
export function untoldLines(proof: Proof | undefined): readonly string[] {
  return untoldOf(proof).map((question: Proved) => `- ${code(decisionName(question))}: ${untoldWords(question)}\n`);
}

export const untoldTitle = '#### Any site: what is asked otherwise, and no site was found to tell apart\n';

export function sitesLine(review: Review): readonly string[] {
  const command = lookWords(review);
  return command === undefined
    ? []
    : [`Made-up sites: \`nwctl diff --sites DIR\` writes them, ${code(command)} judges one.\n`];
}
