import { harmless } from '../escape.ts';

/** Text that is HTML already. Only `html` makes it, so whatever is not made by it is escaped wherever it is put in. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Html[];

/** A template whose parts are escaped unless they are HTML themselves; attributes of ours stand in double quotes. It is fifteen lines of our
 *  own, since what escapes `<` elsewhere shows marks that make text run backwards as they are, and `harmless` must come first. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, at) => `${string}${at < parts.length ? textOf(parts[at] ?? '') : ''}`).join(''));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return harmless(String(part)).replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const nothing = new Html('');
