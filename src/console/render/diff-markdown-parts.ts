import type { Place } from '../../kernel/fault.ts';
import type { DecisionChange, Level, Occurrence, StructureChange } from '../../review/change.ts';
import type { Review } from '../../review/review.ts';
import {
  corpusWords,
  decisionName,
  levelSays,
  momentsWords,
  objectsOf,
  placeWords,
  sideWords,
  structureName,
  turnWords,
  whenWords,
} from './diff-words.ts';
import { code, plain } from './markdown.ts';
import { proofWords } from './proof-words.ts';

/** What every size of a comment is made of. */

/** By which whoever posts it finds the comment again, to edit it in place. */
export const marker = '<!-- nwctl diff -->';

export function head(review: Review): string {
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
    `${sentence(proofWords(review.proof))}\n`,
    `old: ${code(old.label)}, ${code(sideWords(old))}<br>\nnew: ${code(fresh.label)}, ${code(sideWords(fresh))}\n`,
    ...(broken.length === 0 ? [] : [broken.join('')]),
  ].join('\n');
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

export function word(level: Level): string {
  return level.toUpperCase();
}

export function title(level: Level): string {
  return `#### ${word(level)}: ${levelSays[level]}`;
}

/** With what a size leaves out; it is never said of what is not there. */
export function leftOut(parts: readonly string[]): string {
  return parts.length === 0
    ? 'Everything is shown.\n'
    : `Not shown here: ${parts.join('; ')}. \`nwctl diff -o wide\` shows all.\n`;
}

export function decisionHead(change: DecisionChange): string {
  return `${code(decisionName(change))} **${plain(turnWords(change))}**`;
}

export function structureLine(change: StructureChange): string {
  const { says, oldAt, newAt } = change;
  const at = newAt ?? oldAt;
  const text = says === '' ? '' : `: ${code(says)}`;
  return `- ${code(structureName(change))}${text}${at === null ? '' : placeText(at)}\n`;
}

export function occurrenceText(seen: Occurrence, most: number): string {
  const objects = objectsOf(seen);
  const some = objects.slice(0, most);
  const rest = objects.length > some.length ? ` and ${objects.length - some.length} more not shown` : '';
  const whom = some.length === 0 ? '' : `: ${some.map(code).join(' ')}${rest}`;
  const when = whenWords(seen);
  return `${code(seen.capture)}${when === '' ? '' : `, ${when}`}${whom}`;
}

export function placeText(at: Place): string {
  const words = placeWords(at);
  return words === '' ? '' : ` (${code(words)})`;
}

export function partText(text: string | null): string {
  return text === null ? 'not there' : code(text);
}
