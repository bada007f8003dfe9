import { formatDuration } from '../../kernel/value.ts';
import type { Explanation, Truth } from '../../kernel/verdict.ts';
import { ago, moment, sourceWords } from '../ages.ts';
import { type Look, plainly } from '../paint.ts';
import { columnsOf, wrap } from '../table.ts';

/** Members of one quantifier that are shown whole; the others like them are named, and those that are fine are counted. */
const membersShown = 4;
const namesShown = 6;
/** Where places stand when nobody looks at a screen. */
const placeColumn = 110;

interface Line {
  readonly prefix: string;
  readonly sign?: Truth;
  readonly text: string;
  readonly place?: string;
}

export interface TreeForm {
  readonly nowMs: number;
  /** Fold nothing. */
  readonly all: boolean;
  /** What is so needs no reading: of a gate people ask what is not so, of a finding what is. */
  readonly foldsTrue: boolean;
}

/** An explanation as a tree: the parts that decide in full, the others in one line each. */
export function treeText(explanation: Explanation, look: Look, how: TreeForm): string {
  const lines: Line[] = [];
  const writer = new Writer(lines, look, how);
  const parts = partsOf(explanation);
  // A rule may be one leaf, or a list that nobody knows: then that is all there is to say.
  writer.children(parts.length === 0 ? [explanation] : parts, '', explanation.truth);
  return laidOut(lines, look);
}

class Writer {
  readonly #lines: Line[];
  readonly #look: Look;
  readonly #how: TreeForm;

  constructor(lines: Line[], look: Look, how: TreeForm) {
    this.#lines = lines;
    this.#look = look;
    this.#how = how;
  }

  children(parts: readonly Explanation[], prefix: string, decided: Truth): void {
    const { signs } = this.#look;
    const { shown, notes } = this.#folded(parts, prefix, decided);
    const rows = shown.length + notes.length;
    shown.forEach((part, at) => {
      const isLast = at === rows - 1;
      this.#part(
        part,
        prefix + (isLast ? signs.last : signs.branch),
        prefix + (isLast ? signs.gap : signs.trunk),
        decided,
      );
    });
    notes.forEach((text, at) => {
      this.#lines.push({ prefix: prefix + (shown.length + at === rows - 1 ? signs.last : signs.branch), text });
    });
  }

  /** The top of the tree is shown whole; below it what is so is only counted. */
  #folded(parts: readonly Explanation[], prefix: string, decided: Truth): Folded {
    if (this.#how.all) return { shown: parts, notes: [] };
    if (parts.length > 0 && parts.every(({ what }) => what.kind === 'member'))
      return folded(parts, decided, this.#how.foldsTrue);
    const fine = parts.filter(({ truth }) => truth === 2);
    if (prefix === '' || decided === 2 || fine.length < 2) return { shown: parts, notes: [] };
    return {
      shown: parts.filter(({ truth }) => truth !== 2),
      notes: [`${this.#look.signs.open} ${fine.length} others are so`],
    };
  }

  #part(part: Explanation, first: string, rest: string, decided: Truth): void {
    const { truth, at } = part;
    const simple = simplified(part);
    const decides = truth === decided;
    this.#lines.push({ prefix: first, sign: truth, text: titleOf(part, simple), place: `${at.file}:${at.line}` });
    const expands = this.#how.all || (decides && (truth !== 2 || !this.#how.foldsTrue));
    const { what } = simple;
    if ((what.kind === 'leaf' || what.kind === 'asks-unknown') && expands) {
      const seen = this.#seen(what.read);
      if (seen !== '') this.#lines.push({ prefix: `${rest}  `, text: seen });
    }
    if (!expands) return;
    this.children(partsOf(simple), rest, simple.truth);
  }

  #seen({
    reading,
    maxAgeMs,
  }: {
    readonly reading: { readonly seenAtMs?: number; readonly source?: string };
    readonly maxAgeMs: number;
  }): string {
    const { seenAtMs, source } = reading;
    const when =
      seenAtMs === undefined || !Number.isFinite(seenAtMs)
        ? ''
        : `seen ${this.#look.wide ? `${moment(seenAtMs)}, ` : ''}${ago(seenAtMs, this.#how.nowMs)}`;
    const limit = when !== '' && Number.isFinite(maxAgeMs) ? ` (at most ${formatDuration(maxAgeMs)})` : '';
    return [`${when}${limit}`, source === undefined ? '' : sourceWords(source)].filter((part) => part !== '').join(' ');
  }
}

/** A named condition, or a member, with one part is that part: one line says both. */
function simplified(part: Explanation): Explanation {
  const [only, second] = part.parts;
  if (only === undefined || second !== undefined) return part;
  // The words of a leaf under a `not` say already what must not be.
  if (part.what.kind === 'not' && part.says === undefined && isLeaf(only)) return { ...only, truth: part.truth };
  if (part.what.kind === 'named' || (part.what.kind === 'member' && only.truth === part.truth)) return simplified(only);
  return part;
}

/** Under the title of an `all` or a name stand their parts. */
function partsOf(explanation: Explanation): readonly Explanation[] {
  const { what, parts } = explanation;
  const [only, second] = parts;
  if (
    only !== undefined &&
    second === undefined &&
    (what.kind === 'named' || only.what.kind === 'named') &&
    only.says === undefined
  ) {
    return only.parts.length === 0 ? parts : partsOf(only);
  }
  return parts;
}

function isLeaf({ what }: Explanation): boolean {
  return what.kind === 'leaf' || what.kind === 'asks-unknown';
}

function titleOf(part: Explanation, simple: Explanation): string {
  const lead: string[] = [];
  let sentence = simple.says;
  let name: string | undefined;
  for (let at: Explanation | undefined = part; at !== undefined && at !== simple; at = at.parts[0]) {
    if (at.what.kind === 'member') lead.push(`${at.what.object}:`);
    else {
      sentence = at.says ?? sentence;
      if (at.what.kind === 'named') name = at.what.name;
    }
  }
  // The author's sentence says it best, then the name of the condition; a leaf speaks for itself.
  const own = textOf(simple);
  const title = sentence ?? (isLeaf(simple) ? undefined : name);
  if (title === undefined) return [...lead, own].join(' ');
  return [...lead, isLeaf(simple) ? `${title}: ${own}` : simple.what.kind === 'all' ? title : `${title} (${own})`].join(
    ' ',
  );
}

function textOf({ what, parts }: Explanation): string {
  switch (what.kind) {
    case 'leaf':
    case 'asks-unknown':
      return what.text;
    case 'all':
      return 'all of these';
    case 'any':
      return 'one of these';
    case 'not':
      return parts[0] === undefined ? 'not so' : `not: ${titleOf(parts[0], simplified(parts[0]))}`;
    case 'named':
      return what.name;
    case 'member':
      return what.object;
    case 'quantifier': {
      if (what.listUnknown !== undefined) return `${what.text}: the list is not known (${what.listUnknown})`;
      return what.empty ? `${what.text}: there is none` : `${what.text}: ${what.counted} of ${what.of}`;
    }
  }
}

/** Members that decide first; the rest in a line. */
interface Folded {
  readonly shown: readonly Explanation[];
  readonly notes: readonly string[];
}

function folded(parts: readonly Explanation[], decided: Truth, foldsTrue: boolean): Folded {
  const deciding = parts.filter(({ truth }) => truth === decided);
  const shown =
    decided === 2 && foldsTrue
      ? []
      : deciding.slice(0, deciding.length === membersShown + 1 ? membersShown + 1 : membersShown);
  const alike = decided === 2 && foldsTrue ? [] : deciding.slice(shown.length);
  const others = parts.filter((part) => !shown.includes(part) && !alike.includes(part));
  const notes: string[] = [];
  const names = (list: readonly Explanation[]): string => {
    const ids = list.map(({ what }) => (what.kind === 'member' ? what.object : ''));
    return `${ids.slice(0, namesShown).join(' ')}${ids.length > namesShown ? ` and ${ids.length - namesShown} more` : ''}`;
  };
  if (alike.length > 0) notes.push(`${alike.length} more like these: ${names(alike)}`);
  if (others.length > 0) notes.push(`${shown.length > 0 ? 'the others: ' : ''}${names(others)}`);
  return { shown, notes };
}

function laidOut(lines: readonly Line[], look: Look): string {
  const paints = [look.bad, look.unsure, look.good] as const;
  const words = ['closed', 'unknown', 'open'] as const;
  const texts = lines.map(({ text }) => plainly(text, look));
  const widths = lines.map(
    ({ prefix, sign }, at) => columnsOf(prefix) + (sign === undefined ? 0 : 2) + columnsOf(texts[at] ?? ''),
  );
  const widest = Math.max(0, ...lines.map(({ place }) => columnsOf(place ?? '')));
  const limit = Number.isFinite(look.width) ? Math.max(40, look.width - widest - 3) : placeColumn;
  const column = Math.min(limit, Math.max(0, ...widths.filter((width) => width <= limit)));
  return lines
    .map(({ prefix, sign, place }, at) => {
      const lead = columnsOf(prefix) + (sign === undefined ? 0 : 2);
      const pieces = Number.isFinite(look.width)
        ? wrap(texts[at] ?? '', Math.max(24, column - lead))
        : [texts[at] ?? ''];
      const mark = sign === undefined ? '' : `${paints[sign](look.signs[words[sign]])} `;
      const padding = ' '.repeat(Math.max(0, column - lead - columnsOf(pieces[0] ?? '')));
      const shownPlace = place === undefined ? '' : `${padding}   ${look.quiet(plainly(place, look))}`;
      const first = `${prefix}${mark}${sign === undefined ? look.quiet(pieces[0] ?? '') : pieces[0]}${shownPlace}`;
      const hanging = prefix
        .replaceAll(look.signs.branch, look.signs.trunk)
        .replaceAll(look.signs.last, look.signs.gap);
      return [first, ...pieces.slice(1).map((piece) => `${hanging}  ${piece}`)]
        .map((line) => `${line.trimEnd()}\n`)
        .join('');
    })
    .join('');
}
