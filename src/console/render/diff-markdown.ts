import { type DecisionChange, levels } from '../../review/change.ts';
import type { Review } from '../../review/review.ts';
import { count } from './count.ts';
import {
  decisionHead,
  head,
  leftOut,
  marker,
  occurrenceText,
  partText,
  placeText,
  structureLine,
  title,
  word,
} from './diff-markdown-parts.ts';
import { sitesLine, untoldLines, untoldTitle, witnessHead, witnessLong, witnessShort } from './diff-markdown-proof.ts';
import { levelSays, ofLevel, reasonWords } from './diff-words.ts';
import { code, folded } from './markdown.ts';
import { witnessesOf } from './proof-words.ts';

/** What GitHub takes as one comment; what is longer it refuses whole. */
export const commentMax = 65_536;

/** `diff` as a comment: the largest of three sizes that is short enough. What a size leaves out it says with its number; «none» is
 *  said of what is not there, and of nothing else. */
export function diffMarkdown(review: Review, most = commentMax): string {
  for (const size of [whole, onePlaceEach] as const) {
    const text = size(review);
    if (text.length <= most) return text;
  }
  return asMuchAsFits(review, most);
}

// --- the largest: everything ---

function whole(review: Review): string {
  const { decisions, structure } = review;
  const witnesses = witnessesOf(review);
  const sections = levels.flatMap((level) => {
    const [decided, made, written] = [ofLevel(decisions, level), ofLevel(witnesses, level), ofLevel(structure, level)];
    const all = [...decided.map(decisionLong), ...made.map(witnessLong), ...written.map(structureLine)];
    if (all.length === 0) return [];
    const told = all.join('');
    if (level !== 'routine') return [`${title(level)}\n\n${told}`];
    return [folded(`${word(level)}: ${count(all.length, 'change')}, ${levelSays[level]}`, told)];
  });
  return [head(review), ...sections, ...untold(review), ...sitesLine(review), leftOut([])].join('\n');
}

function decisionLong(change: DecisionChange): string {
  const causes = change.causes.map(
    ({ was, is, oldAt, newAt }) =>
      `  - was ${partText(was)}${placeText(oldAt)}\n  - is ${partText(is)}${placeText(newAt)}\n`,
  );
  const on = change.on.map((seen) => {
    const reasons = reasonWords(change, seen).map((reason) => `    - ${code(reason)}\n`);
    return `  - on ${occurrenceText(seen, Number.POSITIVE_INFINITY)}\n${reasons.join('')}`;
  });
  return `- ${decisionHead(change)}\n${causes.join('')}${on.join('')}`;
}

function untold({ proof }: Review): readonly string[] {
  const lines = untoldLines(proof);
  return lines.length === 0 ? [] : [`${untoldTitle}\n${lines.join('')}`];
}

// --- the middle one: of each change one cause and one place ---

const objectsShown = 3;

function onePlaceEach(review: Review): string {
  const { decisions, structure } = review;
  const witnesses = witnessesOf(review);
  const routine = [decisions, witnesses, structure].flatMap((all: readonly { readonly level: string }[]) =>
    all.filter(({ level }) => level === 'routine'),
  ).length;
  const sections = (['danger', 'caution'] as const).flatMap((level) => {
    const [decided, made, written] = [ofLevel(decisions, level), ofLevel(witnesses, level), ofLevel(structure, level)];
    const all = [...decided.map(decisionShort), ...made.map(witnessShort), ...written.map(structureLine)];
    return all.length === 0 ? [] : [`${title(level)}\n\n${all.join('')}`];
  });
  const left = [
    ...(routine === 0 ? [] : [count(routine, 'routine change')]),
    ...(decisions.length === 0
      ? []
      : ['all but the first cause and the first capture of each decision, and why it was decided so']),
    ...(witnesses.length === 0 ? [] : ['the made-up sites themselves, and what holds on them']),
  ];
  return [head(review), ...sections, ...untold(review), leftOut(left)].join('\n');
}

function decisionShort(change: DecisionChange): string {
  const [cause] = change.causes;
  const [seen] = change.on;
  const [causes, places] = [change.causes.length - 1, change.on.length - 1];
  const why =
    cause === undefined ? '' : `: was ${partText(cause.was)}, is ${partText(cause.is)}${placeText(cause.newAt)}`;
  const where = seen === undefined ? '' : `, on ${occurrenceText(seen, objectsShown)}`;
  const hidden = [...more(causes, 'cause'), ...more(places, 'place')];
  const rest = hidden.length === 0 ? '' : ` (${hidden.join(', ')} not shown)`;
  return `- ${decisionHead(change)}${why}${where}${rest}\n`;
}

function more(left: number, thing: string): readonly string[] {
  return left > 0 ? [count(left, `more ${thing}`)] : [];
}

// --- the smallest: as many heads as there is room for ---

interface Line {
  /** What it is counted among where it is left out. */
  readonly among: string;
  readonly title: string;
  readonly line: string;
}

function linesOf(review: Review): readonly Line[] {
  const { decisions, structure, proof } = review;
  const witnesses = witnessesOf(review);
  return [
    ...levels.flatMap((level) => {
      const line = (text: string): Line => ({ among: `${level} change`, title: `${title(level)}\n`, line: text });
      return [
        ...ofLevel(decisions, level).map((change) => line(`- ${decisionHead(change)}\n`)),
        ...ofLevel(witnesses, level).map((told) => line(`- ${witnessHead(told)}\n`)),
        ...ofLevel(structure, level).map((change) => line(structureLine(change))),
      ];
    }),
    ...untoldLines(proof).map((line): Line => ({ among: 'further question', title: untoldTitle, line })),
  ];
}

function asMuchAsFits(review: Review, most: number): string {
  const lines = linesOf(review);
  const kinds = [...new Set(lines.map(({ among }) => among))];
  const start = `${head(review)}\n`;
  const counts = (shown: number): string =>
    leftOut([
      ...kinds.flatMap((kind) => {
        const left = lines.slice(shown).filter(({ among }) => among === kind).length;
        return left === 0 ? [] : [`${left} of ${count(lines.filter(({ among }) => among === kind).length, kind)}`];
      }),
      'every cause, capture, made-up site and reason',
    ]);
  // What is said to be left out is longest while nothing is shown.
  let room = most - start.length - counts(0).length - 100;
  let shown = 0;
  let text = start;
  let under = '';
  for (const one of lines) {
    const line = one.title === under ? one.line : `${under === '' ? '' : '\n'}${one.title}\n${one.line}`;
    if (line.length > room) break;
    room -= line.length;
    text += line;
    under = one.title;
    shown += 1;
  }
  const whole = `${text}\n${counts(shown)}`;
  // A head of names that nobody could write may be longer than a comment by itself.
  return whole.length <= most ? whole : `${marker}\n${counts(0)}`.slice(0, most).toWellFormed();
}
