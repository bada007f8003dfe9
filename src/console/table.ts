import { type Look, type Paint, plainly } from './paint.ts';

/** One cell: its text, and how it may be painted. Text is made harmless here, once. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

const gap = 2;
/** The last column is never squeezed narrower than this; then lines run over instead. */
const narrowest = 24;

/** Columns as wide as their widest cell; the last one wraps at the width there is. Empty columns are left out. */
export function table(look: Look, headers: readonly string[] | undefined, rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map((cell) => plainly(typeof cell === 'string' ? cell : cell.text, look)));
  const count = Math.max(headers?.length ?? 0, ...texts.map((row) => row.length));
  const used = [...Array(count).keys()].filter((at) => texts.some((row) => (row[at] ?? '') !== ''));
  const widths = new Map(
    used.map((at) => [at, Math.max(columnsOf(headers?.[at] ?? ''), ...texts.map((row) => columnsOf(row[at] ?? '')))]),
  );
  const last = used.at(-1) ?? 0;
  const before = used.slice(0, -1).reduce((sum, at) => sum + (widths.get(at) ?? 0) + gap, 0);
  const room = Math.max(narrowest, look.width - before);

  const lines: string[] = [];
  const print = (cells: readonly string[], paints: readonly (Paint | undefined)[]): void => {
    const wrapped = wrap(cells[last] ?? '', room);
    wrapped.forEach((piece, line) => {
      const left = used
        .slice(0, -1)
        .map((at) =>
          line === 0 ? painted(cells[at] ?? '', paints[at], widths.get(at) ?? 0) : ' '.repeat(widths.get(at) ?? 0),
        );
      lines.push([...left, painted(piece, paints[last], 0)].join(' '.repeat(gap)).trimEnd());
    });
  };
  if (headers !== undefined && rows.length > 0)
    print(
      headers,
      headers.map(() => look.quiet),
    );
  rows.forEach((row, at) => {
    print(
      texts[at] ?? [],
      row.map((cell) => (typeof cell === 'string' ? undefined : cell.paint)),
    );
  });
  return lines.map((line) => `${line}\n`).join('');
}

function painted(text: string, paint: Paint | undefined, width: number): string {
  const padding = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return (text === '' || paint === undefined ? text : paint(text)) + padding;
}

/** Words into lines of at most `width` columns; a word that is longer stands alone and is never cut, so that it can be
 *  copied whole. */
export function wrap(text: string, width: number): readonly string[] {
  if (columnsOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** A paragraph under a hanging indent. */
export function paragraph(look: Look, indent: string, text: string, paint?: Paint): string {
  const safe = plainly(text, look);
  return wrap(safe, Math.max(narrowest, look.width - columnsOf(indent)))
    .map((line) => `${indent}${paint === undefined ? line : paint(line)}\n`)
    .join('');
}

/** How many columns of a terminal a harmless text takes: marks that stand on another character none, wide ones two. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length; // nearly everything that we print
  let count = 0;
  for (const character of text) count += combining.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return count;
}

const combining = /^(\p{Mn}|\p{Me}|\p{Emoji_Modifier})$/u;
const wide =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]$/u;
