import { type DecisionChange, type Level, levels, type Occurrence } from '../../review/change.ts';
import type { Cause } from '../../review/parts.ts';
import type { Review } from '../../review/review.ts';
import { indented, type Look, narrower, type Paint, plainly } from '../paint.ts';
import { type Cell, paragraph, table } from '../table.ts';
import { sitesText, untoldText, witnessesText } from './diff-text-proof.ts';
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
  turnWords,
  whenWords,
} from './diff-words.ts';
import { named } from './named.ts';
import { proofWords } from './proof-words.ts';

const shown = { on: 3, reasons: 2, causes: 3, routine: 12 };

/** `diff` for people: the worst first, and of each change what made it so and where it was seen. */
export function diffText(review: Review, look: Look): string {
  const { old, new: fresh, decisions, structure } = review;
  const bound = momentsWords(review);
  const head = [
    `${look.quiet('old')}  ${plainly(`${old.label}: ${sideWords(old, look.wide)}`, look)}\n`,
    `${look.quiet('new')}  ${plainly(`${fresh.label}: ${sideWords(fresh, look.wide)}`, look)}\n`,
    paragraph(look, '', corpusWords(review)),
    bound === undefined ? '' : paragraph(look, '', bound, look.unsure),
    paragraph(look, '', proofWords(review.proof)),
    ...review.corpus.broken.map(({ capture, faults }) =>
      paragraph(look, '', `not judged: ${capture}: ${faults[0]?.message ?? ''}`, look.bad),
    ),
  ].join('');
  if (decisions.length === 0 && structure.length === 0) return `${head}nothing is another one\n`;
  const parts = levels.map((level) => levelText(level, review, look));
  return [head, ...parts, untoldText(review, look), sitesText(review, look)].filter((part) => part !== '').join('\n');
}

function paintOf(level: Level, look: Look): Paint {
  return { danger: look.bad, caution: look.unsure, routine: look.quiet }[level];
}

function levelText(level: Level, review: Review, look: Look): string {
  const [decided, written] = [ofLevel(review.decisions, level), ofLevel(review.structure, level)];
  const proved = witnessesText(level, review, look);
  if (decided.length + written.length === 0 && proved === '') return '';
  const title = `${paintOf(level, look)(look.strong(level.toUpperCase()))}  ${look.quiet(levelSays[level])}\n`;
  const all = decided.map((change) => decisionText(change, look)).join('');
  const some = level === 'routine' && !look.wide ? written.slice(0, shown.routine) : written;
  const rows = some.map(({ kind, name, change, says, oldAt, newAt }): readonly Cell[] => {
    const at = newAt ?? oldAt;
    return [kind, name, change, says, ...(look.wide && at !== null ? [placeWords(at)] : [])];
  });
  const rest = moreText(written.length - some.length, '  ', look);
  return `${title}${all}${proved}${indented(table(narrower(look, 2), undefined, rows), 2)}${rest}`;
}

function decisionText(change: DecisionChange, look: Look): string {
  const { level, causes, on } = change;
  const paint = paintOf(level, look);
  const lines = [`  ${look.strong(plainly(decisionName(change), look))}  ${paint(plainly(turnWords(change), look))}\n`];
  for (const cause of limited(causes, shown.causes, look)) lines.push(causeText(cause, look));
  lines.push(moreText(hidden(causes, shown.causes, look), '    ', look));
  for (const seen of limited(on, shown.on, look)) lines.push(occurrenceText(change, seen, look));
  lines.push(moreText(hidden(on, shown.on, look), '    ', look));
  return lines.join('');
}

function causeText({ was, is, oldAt, newAt }: Cause, look: Look): string {
  const line = (word: string, text: string | null, at: Cause['oldAt']): string =>
    paragraph(look, '    ', `${word} ${text === null ? 'not there' : text}   ${placeWords(at)}`.trimEnd());
  return `${line('was', was, oldAt)}${line('is ', is, newAt)}`;
}

function occurrenceText(change: DecisionChange, seen: Occurrence, look: Look): string {
  const objects = objectsOf(seen);
  const whom = objects.length === 0 ? '' : `: ${named(objects, look)}`;
  const when = whenWords(seen);
  const head = `on ${seen.capture}${when === '' ? '' : `, ${when}`}${whom}`;
  const reasons = reasonWords(change, seen);
  return [
    paragraph(look, '    ', head),
    ...limited(reasons, shown.reasons, look).map((reason) => paragraph(look, '      ', reason, look.quiet)),
    moreText(hidden(reasons, shown.reasons, look), '      ', look),
  ].join('');
}

function limited<T>(list: readonly T[], most: number, look: Look): readonly T[] {
  return look.wide || list.length <= most + 1 ? list : list.slice(0, most);
}

function hidden(list: readonly unknown[], most: number, look: Look): number {
  return list.length - limited(list, most, look).length;
}

function moreText(hiddenCount: number, indent: string, look: Look): string {
  return hiddenCount <= 0 ? '' : `${indent}${look.quiet(`${hiddenCount} more not shown; -o wide shows all`)}\n`;
}
