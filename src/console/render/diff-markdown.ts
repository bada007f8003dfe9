import type { Place } from '../../kernel/fault.ts';
import { type DecisionChange, type Level, levels, type Occurrence, type StructureChange } from '../../review/change.ts';
import type { Review } from '../../review/review.ts';
import { harmless } from '../escape.ts';
import { count } from './count.ts';
import {
  corpusWords,
  decisionName,
  levelSays,
  momentsWords,
  objectsOf,
  ofLevel,
  placeWords,
  reasonWords,
  sideWords,
  structureName,
  turnWords,
  whenWords,
} from './diff-words.ts';

/** What GitHub takes as one comment; what is longer it refuses whole. */
export const commentMax = 65_536;

/** By which whoever posts it finds the comment again, to edit it in place. */
export const marker = '<!-- nwctl diff -->';

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
  const sections = levels.flatMap((level) => {
    const [decided, written] = [ofLevel(decisions, level), ofLevel(structure, level)];
    if (decided.length + written.length === 0) return [];
    const told = [...decided.map((change) => decisionLong(change)), ...written.map(structureLine)].join('');
    return [
      level === 'routine' ? foldedSection(level, decided.length + written.length, told) : `${title(level)}\n\n${told}`,
    ];
  });
  return [head(review), ...sections, 'Everything is shown.\n'].join('\n');
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

// --- the middle one: of each change one cause and one place ---

const objectsShown = 3;

function onePlaceEach(review: Review): string {
  const { decisions, structure } = review;
  const routine = [...ofLevel(decisions, 'routine'), ...ofLevel(structure, 'routine')].length;
  const sections = (['danger', 'caution'] as const).flatMap((level) => {
    const [decided, written] = [ofLevel(decisions, level), ofLevel(structure, level)];
    if (decided.length + written.length === 0) return [];
    return [`${title(level)}\n\n${decided.map(decisionShort).join('')}${written.map(structureLine).join('')}`];
  });
  const left = [
    ...(routine === 0 ? [] : [count(routine, 'routine change')]),
    ...(decisions.length === 0
      ? []
      : ['all but the first cause and the first capture of each decision, and why it was decided so']),
  ];
  return [head(review), ...sections, leftOut(left)].join('\n');
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

function asMuchAsFits(review: Review, most: number): string {
  const { decisions, structure } = review;
  const lines = levels.flatMap((level) => [
    ...ofLevel(decisions, level).map((change) => ({ level, line: `- ${decisionHead(change)}\n` })),
    ...ofLevel(structure, level).map((change) => ({ level, line: structureLine(change) })),
  ]);
  const start = `${head(review)}\n`;
  const counts = (shown: number): string =>
    leftOut([
      ...levels.flatMap((level) => {
        const left = lines.slice(shown).filter((one) => one.level === level).length;
        return left === 0
          ? []
          : [`${left} of ${count(lines.filter((one) => one.level === level).length, `${level} change`)}`];
      }),
      'every cause, capture and reason',
    ]);
  // What is said to be left out is longest while nothing is shown.
  let room = most - start.length - counts(0).length - 100;
  let shown = 0;
  let text = start;
  let level: Level | undefined;
  for (const one of lines) {
    const line =
      one.level === level ? one.line : `${level === undefined ? '' : '\n'}${title(one.level)}\n\n${one.line}`;
    if (line.length > room) break;
    room -= line.length;
    text += line;
    level = one.level;
    shown += 1;
  }
  const whole = `${text}\n${counts(shown)}`;
  // A head of names that nobody could write may be longer than a comment by itself.
  return whole.length <= most ? whole : `${marker}\n${counts(0)}`.slice(0, most).toWellFormed();
}

// --- parts that all sizes have ---

function head(review: Review): string {
  const { old, new: fresh, corpus, level, decisions } = review;
  const worstOf = level === undefined ? 'Nothing is another one.' : `**${word(level)}**: ${levelSays[level]}.`;
  const none = decisions.length === 0 && corpus.captures.length > 0 ? ' No decision is another one.' : '';
  const bound = momentsWords(review);
  const broken = corpus.broken.map(
    ({ capture, faults }) => `- not judged: ${code(capture)}: ${code(faults[0]?.message ?? '')}\n`,
  );
  return [
    `${marker}\n### What ${code(fresh.label)} decides otherwise\n`,
    `${worstOf}${none} ${sentence(corpusWords(review))}${bound === undefined ? '' : ` ${sentence(bound)}`}\n`,
    `old: ${code(old.label)}, ${code(sideWords(old))}<br>\nnew: ${code(fresh.label)}, ${code(sideWords(fresh))}\n`,
    ...(broken.length === 0 ? [] : [broken.join('')]),
  ].join('\n');
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function word(level: Level): string {
  return level.toUpperCase();
}

function title(level: Level): string {
  return `#### ${word(level)}: ${levelSays[level]}`;
}

function foldedSection(level: Level, of: number, text: string): string {
  return `<details><summary>${word(level)}: ${count(of, 'change')}, ${levelSays[level]}</summary>\n\n${text}\n</details>\n`;
}

function leftOut(parts: readonly string[]): string {
  return parts.length === 0
    ? 'Everything is shown.\n'
    : `Not shown here: ${parts.join('; ')}. \`nwctl diff -o wide\` shows all.\n`;
}

function decisionHead(change: DecisionChange): string {
  return `${code(decisionName(change))} **${plain(turnWords(change))}**`;
}

function structureLine(change: StructureChange): string {
  const { says, oldAt, newAt } = change;
  const at = newAt ?? oldAt;
  const text = says === '' ? '' : `: ${code(says)}`;
  return `- ${code(structureName(change))}${text}${at === null ? '' : placeText(at)}\n`;
}

function occurrenceText(seen: Occurrence, most: number): string {
  const objects = objectsOf(seen);
  const some = objects.slice(0, most);
  const rest = objects.length > some.length ? ` and ${objects.length - some.length} more not shown` : '';
  const whom = some.length === 0 ? '' : `: ${some.map(code).join(' ')}${rest}`;
  const when = whenWords(seen);
  return `${code(seen.capture)}${when === '' ? '' : `, ${when}`}${whom}`;
}

function placeText(at: Place): string {
  const words = placeWords(at);
  return words === '' ? '' : ` (${code(words)})`;
}

function partText(text: string | null): string {
  return text === null ? 'not there' : code(text);
}

/** Whatever came from outside stands in here: nothing of it is markup, and nobody is called by it. */
function code(text: string): string {
  const safe = harmless(text).trim();
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = safe === '' || safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${space}${safe}${space}${fence}`;
}

function plain(text: string): string {
  return harmless(text).replaceAll(/[\\`*_{}[\]<>#|@!~]/g, (sign) => `\\${sign}`);
}
