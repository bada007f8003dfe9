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

const shown = { sites: 3, site: 12, let: 4, held: 2, untold: 12 };

/** Past the first few only that there is one, and why. */
export function witnessesText(level: Level, review: Review, look: Look): string {
  const all = witnessesOf(review).filter((told) => told.level === level);
  const whole = look.wide || all.length <= shown.sites + 1 ? all.length : shown.sites;
  return all.map((told, at) => (at < whole ? witnessText(told, look) : witnessLine(told, look))).join('');
}

function witnessLine(told: ToldWitness, look: Look): string {
  const { turn, lets, slug } = told;
  const [why] = turn === 'opens' ? lets.map(({ says }) => says) : heldWords(told);
  const { lets: by, held } = witnessVerbs(told);
  return [
    headText(told, look),
    why === undefined ? '' : paragraph(look, '    ', `${turn === 'opens' ? by : held} ${why}`),
    `    ${look.quiet(`its site not shown; -o wide shows all; as a capture: DIR/${slug}`)}\n`,
  ].join('');
}

function headText(told: ToldWitness, look: Look): string {
  const paint = { danger: look.bad, caution: look.unsure, routine: look.quiet }[told.level];
  return `  ${look.strong(plainly(witnessName(told), look))}  ${paint(plainly(witnessTurn(told), look))}\n`;
}

function witnessText(told: ToldWitness, look: Look): string {
  const { witness, slug } = told;
  const { lets, held } = witnessVerbs(told);
  const lines = told.lets.map(({ at, says }) => `${says}   ${placeWords(at)}`.trimEnd());
  const other = otherWay(told);
  return [
    headText(told, look),
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
  return `${look.strong('ANY SITE')}  ${look.quiet('what is asked otherwise, and no site was found to tell apart')}\n${some(lines, shown.untold, '  ', look)}`;
}

/** How to look at a made-up site by oneself. */
export function sitesText(review: Review, look: Look): string {
  const command = lookWords(review);
  // A command is copied whole: it is never wrapped.
  return command === undefined
    ? ''
    : `${look.quiet('to look at a made-up site: --sites DIR writes them, then')}\n  ${plainly(command, look)}\n`;
}
