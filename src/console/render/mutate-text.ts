import type { Survivor } from '../mutation-proof.ts';
import { isUnseen, type Mutations, percentOf, scoresOf, wholeScore } from '../mutation-score.ts';
import { type Look, plainly } from '../paint.ts';
import { where } from '../ready-test.ts';
import { paragraph, table } from '../table.ts';
import { count } from './count.ts';
import { askersText, changeText, couldText, lookedText, nextText } from './mutate-words.ts';

/** More than these are for whoever asks for all of them. */
const survivorsShown = 20;
const testsShown = 3;

export function mutateText(mutations: Mutations, look: Look, all: boolean): string {
  const { profile, survived } = mutations;
  const noticed = survived.filter((one) => !isUnseen(one));
  const unseen = survived.filter(isUnseen);
  const shown = all ? noticed : noticed.slice(0, survivorsShown);
  const lines = [
    `${look.strong(plainly(`${profile.name} ${profile.version}`, look))} (unsigned): ${lookedText(mutations)}\n`,
    ...(noticed.length === 0 ? [] : [`\n${look.strong('NO TEST NOTICES')}\n`]),
    ...shown.map((one) => survivorText(one, look)),
    more(noticed.length - shown.length, look),
    ...testsText(shown, look, all),
    ...(unseen.length === 0 || !all ? [] : [`\n${look.strong('NO SITE SHOWS, NOT COUNTED')}\n`]),
    ...(all ? unseen.map((one) => survivorText(one, look)) : []),
    `\n${scoreText(mutations, look)}`,
  ];
  return lines.join('');
}

function survivorText(one: Survivor, look: Look): string {
  const next = nextText(one);
  return [
    `${look.unsure(plainly(where(one), look))}  ${plainly(changeText(one), look)}\n`,
    paragraph(look, '    ', `asked by ${askersText(one.askedBy)}`, look.quiet),
    paragraph(look, '    ', couldText(one)),
    ...(next === '' ? [] : [paragraph(look, '    ', next, look.quiet)]),
  ].join('');
}

function more(left: number, look: Look): string {
  return left > 0 ? look.quiet(`and ${left} more; -v shows all\n`) : '';
}

/** Whole tests, as they would be written. */
function testsText(survivors: readonly Survivor[], look: Look, all: boolean): readonly string[] {
  const ready = survivors.flatMap((one) => one.ready ?? []);
  if (ready.length === 0) return [];
  const shown = all ? ready : ready.slice(0, testsShown);
  const files = shown.flatMap(({ test, capture }) => [test, capture]);
  const asIs = (text: string): string =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `    ${plainly(line, look)}\n`)
      .join('');
  return [
    `\n${look.strong('READY TESTS')}  ${look.quiet('each passes now, and fails with the change; --write-tests DIR writes them')}\n`,
    ...files.map(({ path, text }) => `${plainly(path, look)}\n${asIs(text)}`),
    more(ready.length - shown.length, look),
  ];
}

function scoreText(mutations: Mutations, look: Look): string {
  const scores = scoresOf(mutations);
  const whole = wholeScore(mutations);
  const rows = [...scores, { ...whole, pack: 'all' }].map((one) => [
    one.pack,
    String(one.killed),
    String(one.survived),
    String(one.unseen),
    { text: `${percentOf(one)} %`, paint: one.survived === 0 ? look.good : look.unsure },
  ]);
  const open =
    whole.open === 0 ? '' : `${count(whole.open, 'change')} of these may be such as no site shows: nobody knows yet\n`;
  return `${table(look, ['PACK', 'NOTICED', 'NOT', 'NO SITE SHOWS', 'SCORE'], rows)}${look.quiet(open)}`;
}
