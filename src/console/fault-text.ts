import type { Fault, Place } from '../kernel/fault.ts';
import { harmless } from './escape.ts';
import { type Look, look, plainly } from './paint.ts';
import { columnsOf } from './table.ts';

export interface FaultTextOptions {
  readonly color?: boolean;
  readonly ascii?: boolean;
  /** Columns that there are; without it, as many as needed. */
  readonly width?: number;
}

/** An excerpt is for the eye; past this it is a wall. */
const widest = 400;

/** A fault as people read it: `file:line:col: message; hint`, the line it stands in, and a mark under the place. */
export function faultText(fault: Fault, options: FaultTextOptions = {}): string {
  const { at, severity } = fault;
  const how = look({
    color: options.color ?? false,
    ascii: options.ascii ?? false,
    width: options.width ?? Number.POSITIVE_INFINITY,
    wide: false,
  });
  const place = how.strong(`${harmless(at.file)}:${at.line}:${at.col}:`);
  const word = severity === 'warning' ? `${how.unsure('warning:')} ` : '';
  const head = `${place} ${word}${plainly(sentenceOf(fault), how)}`;
  const mark = severity === 'warning' ? how.unsure : how.bad;
  return [head, ...excerptOf(at, how, mark)].map((line) => `${line}\n`).join('');
}

/** The message with its hint, in one raw line, for outputs that have no excerpt. */
export function sentenceOf({ message, hint }: Fault): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

function excerptOf(at: Place, how: Look, paint: (text: string) => string): readonly string[] {
  const { excerpt } = at;
  if (excerpt === undefined || excerpt.trim() === '') return [];
  const bar = how.signs.trunk.trim();
  const number = String(at.line).padStart(5);
  const room = Math.min(widest, Math.max(20, how.width - number.length - 3));
  // A tab takes one column here, so that the mark stands where the eye looks for it.
  const cut = (from: number, to?: number): string => harmless(excerpt.slice(from, to).replaceAll('\t', ' '));
  const start = at.col - 1;
  const end = start + (at.length ?? 1);
  const seen = fitted({ before: cut(0, start), marked: cut(start, end), after: cut(end) }, room, how.signs.cut);
  const mark = '^'.repeat(Math.max(1, columnsOf(seen.marked)));
  return [
    `${number} ${bar} ${seen.before}${seen.marked}${seen.after}`.trimEnd(),
    `${' '.repeat(number.length)} ${bar} ${' '.repeat(columnsOf(seen.before))}${paint(mark)}`,
  ];
}

interface Seen {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** As much around the marked part as there is room for; the marked part itself is cut only if it alone is too long. */
function fitted(line: Seen, room: number, dots: string): Seen {
  const { before, marked, after } = line;
  if (columnsOf(before + marked + after) <= room) return line;
  const core = columnsOf(marked) > room / 2 ? first(marked, Math.floor(room / 2)) + dots : marked;
  const half = Math.max(0, Math.floor((room - columnsOf(core)) / 2) - dots.length);
  const left = columnsOf(before) <= half ? before : dots + [...before].slice(-half || before.length).join('');
  const rest = Math.max(0, room - columnsOf(left + core) - dots.length);
  return { before: left, marked: core, after: columnsOf(after) <= rest ? after : first(after, rest) + dots };
}

function first(text: string, count: number): string {
  return [...text].slice(0, count).join('');
}
