import { styleText } from 'node:util';
import { harmless } from './escape.ts';

/** How a text may look where it is going. Colour only adds: every state also has a word and a sign. */
export interface Look {
  readonly good: Paint;
  readonly bad: Paint;
  readonly unsure: Paint;
  readonly quiet: Paint;
  readonly strong: Paint;
  readonly signs: Signs;
  /** Columns to fit into; Infinity where nobody looks at a screen. */
  readonly width: number;
  /** Names that are too long to read, cut short; in full where somebody asked for everything. */
  readonly short: (text: string) => string;
  /** Absolute moments, places and everything else that is usually too much. */
  readonly wide: boolean;
}

export type Paint = (text: string) => string;

export interface Signs {
  readonly open: string;
  readonly closed: string;
  readonly unknown: string;
  readonly branch: string;
  readonly last: string;
  readonly trunk: string;
  readonly gap: string;
  readonly dot: string;
  readonly arrow: string;
  readonly cut: string;
}

const unicode: Signs = {
  open: '✓',
  closed: '✗',
  unknown: '?',
  branch: '├─ ',
  last: '└─ ',
  trunk: '│  ',
  gap: '   ',
  dot: '·',
  arrow: '→',
  cut: '…',
};
const ascii: Signs = {
  open: '+',
  closed: 'x',
  unknown: '?',
  branch: '|- ',
  last: '`- ',
  trunk: '|  ',
  gap: '   ',
  dot: '-',
  arrow: '->',
  cut: '...',
};

export function look(how: { color: boolean; ascii: boolean; width: number; wide: boolean }): Look {
  const paint = (style: Parameters<typeof styleText>[0]): Paint =>
    how.color ? (text) => styleText(style, text, { validateStream: false }) : (text) => text;
  return {
    good: paint('green'),
    bad: paint('red'),
    unsure: paint('yellow'),
    quiet: paint('dim'),
    strong: paint('bold'),
    signs: how.ascii ? ascii : unicode,
    short: (text) => text,
    width: how.width,
    wide: how.wide,
  };
}

/** Sentences of ours hold a few marks that old terminals lack. */
export function plainly(text: string, { signs, short }: Look): string {
  const safe = harmless(short(text));
  return signs === unicode
    ? safe
    : safe
        .replaceAll('…', '...')
        .replaceAll(/[«»“”]/g, '"')
        .replaceAll(/[‘’]/g, "'")
        .replaceAll('→', '->')
        .replaceAll(' · ', ' - ');
}

/** The room that is left to what is moved in by so many columns. */
export function narrower(how: Look, columns: number): Look {
  return { ...how, width: how.width - columns };
}

/** Every line that is not empty, moved in. */
export function indented(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));
}
