import type { Survivor } from '../mutation-proof.ts';
import { isUnseen, type Mutations, percentOf, scoresOf, wholeScore } from '../mutation-score.ts';
import { where } from '../ready-test.ts';
import { count } from './count.ts';
import { commentMax } from './diff-markdown.ts';
import { code, fenced, folded, plain } from './markdown.ts';
import { askersText, changeText, couldText, lookedText } from './mutate-words.ts';

/** As much as a comment takes. What is left out is said with its number. */
export function mutateMarkdown(mutations: Mutations, most = commentMax): string {
  const noticed = mutations.survived.filter((one) => !isUnseen(one));
  const head = headOf(mutations);
  const left = (from: number): string => {
    const rest = noticed.length - from;
    return rest === 0 ? '' : `\n${count(rest, 'more change')} that no test notices: not shown\n`;
  };
  let text = `${head}${noticed.length === 0 ? '' : '\n### No test notices\n\n'}`;
  let told = 0;
  for (const one of noticed) {
    const next = survivorOf(one);
    if (text.length + next.length + left(told + 1).length > most) break;
    text += next;
    told++;
  }
  return `${text}${left(told)}`;
}

function headOf(mutations: Mutations): string {
  const { profile } = mutations;
  const whole = wholeScore(mutations);
  const rows = [...scoresOf(mutations), { ...whole, pack: 'all' }].map(
    (one) => `| ${plain(one.pack)} | ${one.killed} | ${one.survived} | ${one.unseen} | ${percentOf(one)} % |\n`,
  );
  return [
    `## ${plain(profile.name)} ${plain(profile.version)}: tests notice ${percentOf(whole)} % of the changes\n\n`,
    `${plain(lookedText(mutations))}\n\n`,
    '| pack | noticed | not | no site shows | score |\n|---|--:|--:|--:|--:|\n',
    ...rows,
  ].join('');
}

function survivorOf(one: Survivor): string {
  const { ready } = one;
  const head = `- ${code(where(one))} ${code(changeText(one))} (${plain(askersText(one.askedBy))}): ${plain(couldText(one))}\n`;
  if (ready === undefined) return head;
  const files = [ready.test, ready.capture].map(({ path, text }) => {
    return `  ${code(path)}\n\n${fenced(text.trimEnd().split('\n'), '  ')}`;
  });
  return `${head}${folded('a test that would', files.join('\n'), '  ')}`;
}
