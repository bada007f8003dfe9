import type { Level } from '../../review/change.ts';
import type { Review } from '../../review/review.ts';
import { type Look, plainly } from '../paint.ts';
import { paragraph } from '../table.ts';
import { count } from './count.ts';
import { decisionName, placeWords } from './diff-words.ts';
import { siteLines } from './made-up-site.ts';
import {
  heldWords,
  lookWords,
  otherWay,
  type ToldWitness,
  untoldOf,
  untoldWords,
  witnessesOf,
  witnessName,
  witnessTurn,
  witnessVerbs,
  witnessWhom,
} from './proof-words.ts';

/** What was proved of any site, for people: each made-up site among the changes of its level, and what no site tells at the end. */

const shown = { site: 12, let: 4, held: 2, untold: 12 };

export function witnessesText(level: Level, { proof }: Review, look: Look): string {
  return witnessesOf(proof)
    .filter((told) => told.level === level)
    .map((told) => witnessText(told, look))
    .join('');
}

function witnessText(told: ToldWitness, look: Look): string {
  const { witness, level, slug } = told;
  const { lets, held } = witnessVerbs(told);
  const paint = { danger: look.bad, caution: look.unsure, routine: look.quiet }[level];
  const lines = witness.let.map(({ at, says }) => `${says}   ${placeWords(at)}`.trimEnd());
  const other = otherWay(told);
  return [
    `  ${look.strong(plainly(witnessName(told), look))}  ${paint(plainly(witnessTurn(told), look))}\n`,
    paragraph(look, '    ', `of ${witnessWhom(told)}`.replace(/^of on /, 'on ')),
    some(siteLines(witness.site), shown.site, '      ', look),
    lines.length === 0 ? '' : `    ${lets}\n${some(lines, shown.let, '      ', look)}`,
    witness.held.length === 0 ? '' : `    ${held}\n${some(heldWords(told), shown.held, '      ', look)}`,
    other === undefined ? '' : paragraph(look, '    ', other, look.quiet),
    paragraph(look, '    ', `as a capture: DIR/${slug}`, look.quiet),
  ].join('');
}

/** Each line by itself, moved in as it is moved in already. */
function some(lines: readonly string[], most: number, indent: string, look: Look): string {
  const few = look.wide || lines.length <= most + 1 ? lines : lines.slice(0, most);
  const text = few.map((line) => paragraph(look, indent + (/^ */.exec(line)?.[0] ?? ''), line.trimStart())).join('');
  const rest = lines.length - few.length;
  return rest === 0
    ? text
    : `${text}${indent}${look.quiet(`${count(rest, 'more line')} not shown; -o wide shows all`)}\n`;
}

/** Questions that mean something else and for which no site was found, each with what was looked at. */
export function untoldText({ proof }: Review, look: Look): string {
  const questions = untoldOf(proof);
  if (questions.length === 0) return '';
  const lines = questions.map((question) => `${decisionName(question)}: ${untoldWords(question)}`);
  return `${look.strong('ANY SITE')}  ${look.quiet('what means something else, and was found on none')}\n${some(lines, shown.untold, '  ', look)}`;
}

/** How to look at a made-up site by oneself. */
export function sitesText(review: Review, look: Look): string {
  const command = lookWords(review);
  // A command is copied whole: it is never wrapped.
  return command === undefined
    ? ''
    : `${look.quiet('to look at a made-up site: --sites DIR writes them, then')}\n  ${plainly(command, look)}\n`;
}
