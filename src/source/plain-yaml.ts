import type { Place } from '../kernel/fault.ts';
import type { SourceText } from './text.ts';
import type { Entry, Tree } from './tree.ts';

/** The part of YAML that people write in packs, profiles and manifests, read in one pass: block maps and lists, flow maps
 *  and lists on one line, plain and quoted words. Nothing is decided here: whatever is not surely of that part, and
 *  everything that is wrong, is left to the library (`undefined`), whose word it is. What is read here the library would
 *  read the same, with the same places: `test/property/plain-yaml.property.test.ts` holds the two together. */
export function parsePlain(source: SourceText): Tree | undefined {
  const { text } = source;
  // A line break is `\n`; tabs, other control characters and halves of characters have rules of their own.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (text.length > charsMax || /[\x00-\x09\x0b-\x1f\x7f\ufeff]/.test(text) || !text.isWellFormed()) return undefined;
  const reader = new Reader(source);
  const tree = reader.document();
  return reader.isStrange ? undefined : tree;
}

/** So short that none of the library's bounds can be passed. */
const charsMax = 48_000;
const depthMax = 48;

/** A key as we name things, with its colon. What the core schema takes for no text is refused below. */
const keyForm = /([A-Za-z][\w./@-]{0,199}):(?= |$)/y;
/** A plain word of several starts with none of YAML's signs, and ends before a comment or before what could be a key. */
const blockWord = /[A-Za-z0-9_./+<=(~$;^\u00a1-\uffff-](?:[^ :#]|:(?! |$)|#| +(?![ #]|$))*/y;
const flowWord = /[A-Za-z0-9_./+<=(~$;^\u00a1-\uffff-](?:[^ :#,[\]{}]|:(?![ ,[\]{}]|$)|#| +(?![ #,[\]{}]|$))*/y;
const singleQuoted = /'((?:[^']|'')*)'/y;
const doubleQuoted = /"([^"\\]*)"/y;
/** What may be a number or nothing; of those only whole numbers of the one plain form are read here. */
const likeNumber = /^(?:[-+]?[.0-9]+(?:e[-+]?[0-9]*)?|0[ox][0-9a-f]*|~|[-+]+|[-+]?\.(?:inf|nan))$/i;
const wholeNumber = /^(?:0|-?[1-9][0-9]{0,14})$/;
const versionLike = /^[0-9]+\.[0-9]+\.[0-9]+$/;
const special = /^(?:null|true|false)$/i;

const nobody: Tree = { kind: 'list', items: [], at: { file: '', line: 0, col: 0 } };

class Reader {
  /** Something stood there that is the library's to read. */
  isStrange = false;
  readonly #file: string;
  readonly #lines: readonly string[];
  /** The line that is read: its number from 0, its text without a comment of its own, and how far it is indented. */
  #number = -1;
  #line = '';
  #indent = -1;
  #depth = 0;

  constructor({ file, text }: SourceText) {
    this.#file = file;
    this.#lines = text.split('\n');
  }

  document(): Tree {
    this.#next();
    if (this.#indent !== 0) return this.#strange();
    const tree = this.#map(0);
    // A line that is deeper than what it follows, or goes on with it, belongs to nobody and is still there.
    if (this.#number < this.#lines.length) return this.#strange();
    return tree;
  }

  #strange(): Tree {
    this.isStrange = true;
    this.#number = this.#lines.length;
    this.#indent = -1;
    return nobody;
  }

  /** Goes to the next line that says something; past the last one nothing is indented at all. */
  #next(): void {
    for (;;) {
      this.#number += 1;
      const line = this.#lines[this.#number];
      if (line === undefined) {
        this.#indent = -1;
        return;
      }
      let indent = 0;
      while (line.charCodeAt(indent) === 32) indent += 1;
      if (indent === line.length || line.charCodeAt(indent) === 35) continue;
      this.#line = line;
      this.#indent = indent;
      return;
    }
  }

  #place(from: number, to: number): Place {
    return { file: this.#file, line: this.#number + 1, col: from + 1, length: to - from, excerpt: this.#line };
  }

  /** A block reaches past its first line, or to its end. */
  #rest(from: number): Place {
    return this.#place(from, this.#line.length);
  }

  /** The map whose keys stand at `column`; the line that is read holds its first key there. */
  #map(column: number): Tree {
    const at = this.#rest(column);
    const entries: Entry[] = [];
    const seen = new Set<string>();
    do {
      keyForm.lastIndex = column;
      const key = keyForm.exec(this.#line)?.[1];
      if (key === undefined || special.test(key) || seen.has(key)) return this.#strange();
      seen.add(key);
      const end = column + key.length;
      const keyAt = this.#place(column, end);
      entries.push({ key, keyAt, value: this.#value(column, end + 1) });
      // After the first line, which may begin with the mark of a list, keys stand at the start of their line.
    } while (this.#indent === column);
    return { kind: 'map', entries, at };
  }

  #list(column: number): Tree {
    const at = this.#rest(column);
    const items: Tree[] = [];
    do {
      const from = this.#skip(column + 1);
      if (this.#line.charCodeAt(column) !== 45 || from === column + 1 || from === this.#line.length) {
        return this.#strange();
      }
      keyForm.lastIndex = from;
      items.push(keyForm.test(this.#line) ? this.#deeper(() => this.#map(from)) : this.#inline(from));
    } while (this.#indent === column && this.#line.charCodeAt(column) === 45);
    return { kind: 'list', items, at };
  }

  /** What stands behind a key at `column`, on its line from `from` on or on the lines below it. */
  #value(column: number, from: number): Tree {
    const start = this.#skip(from);
    if (start < this.#line.length && this.#line.charCodeAt(start) !== 35) return this.#inline(start);
    this.#next();
    // Nothing, or a list no deeper than its key: seldom.
    if (this.#indent <= column) return this.#strange();
    const inner = this.#indent;
    if (this.#line.startsWith('- ', inner)) return this.#deeper(() => this.#list(inner));
    keyForm.lastIndex = inner;
    return keyForm.test(this.#line) ? this.#deeper(() => this.#map(inner)) : this.#inline(inner);
  }

  #deeper(read: () => Tree): Tree {
    this.#depth += 1;
    if (this.#depth > depthMax) return this.#strange();
    const tree = read();
    this.#depth -= 1;
    return tree;
  }

  /** The rest of a line as one value. */
  #inline(from: number): Tree {
    const [tree, to] = this.#flow(from, blockWord);
    const end = this.#skip(to);
    if (end < this.#line.length && (this.#line.charCodeAt(end) !== 35 || end === to)) return this.#strange();
    this.#next();
    return tree;
  }

  #skip(from: number): number {
    let at = from;
    while (this.#line.charCodeAt(at) === 32) at += 1;
    return at;
  }

  /** One value inside a line, and where it ends. */
  #flow(from: number, wordForm: RegExp): readonly [Tree, number] {
    switch (this.#line.charCodeAt(from)) {
      case 123: // {
        return this.#flowMap(from);
      case 91: // [
        return this.#flowList(from);
      case 39: // '
        return this.#quoted(from, singleQuoted);
      case 34: // "
        return this.#quoted(from, doubleQuoted);
      default:
        return this.#word(from, wordForm);
    }
  }

  #flowMap(from: number): readonly [Tree, number] {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    let at = this.#skip(from + 1);
    this.#depth += 1;
    while (!this.isStrange && this.#line.charCodeAt(at) !== 125) {
      keyForm.lastIndex = at;
      const key = keyForm.exec(this.#line)?.[1];
      if (this.#depth > depthMax || key === undefined || special.test(key) || seen.has(key)) return this.#gaveUp();
      seen.add(key);
      const keyAt = this.#place(at, at + key.length);
      const [value, end] = this.#flow(this.#skip(at + key.length + 1), flowWord);
      entries.push({ key, keyAt, value });
      at = this.#afterItem(end, 125);
    }
    this.#depth -= 1;
    return [{ kind: 'map', entries, at: this.#place(from, at + 1) }, at + 1];
  }

  #flowList(from: number): readonly [Tree, number] {
    const items: Tree[] = [];
    let at = this.#skip(from + 1);
    this.#depth += 1;
    while (!this.isStrange && this.#line.charCodeAt(at) !== 93) {
      if (this.#depth > depthMax) return this.#gaveUp();
      const [item, end] = this.#flow(at, flowWord);
      items.push(item);
      at = this.#afterItem(end, 93);
    }
    this.#depth -= 1;
    return [{ kind: 'list', items, at: this.#place(from, at + 1) }, at + 1];
  }

  /** Where the next item starts, or the sign that closes the collection. */
  #afterItem(end: number, close: number): number {
    const at = this.#skip(end);
    if (this.#line.charCodeAt(at) === close) return at;
    const next = this.#skip(at + 1);
    if (this.#line.charCodeAt(at) === 44 && this.#line.charCodeAt(next) !== close) return next;
    return this.#gaveUp()[1];
  }

  #quoted(from: number, form: RegExp): readonly [Tree, number] {
    form.lastIndex = from;
    const found = form.exec(this.#line);
    if (found === null) return this.#gaveUp();
    const [all, inside = ''] = found;
    const text = form === singleQuoted ? inside.replaceAll("''", "'") : inside;
    const to = from + all.length;
    return [{ kind: 'scalar', value: text, text, at: this.#place(from, to) }, to];
  }

  #word(from: number, form: RegExp): readonly [Tree, number] {
    form.lastIndex = from;
    const text = form.exec(this.#line)?.[0];
    if (text === undefined) return this.#gaveUp();
    const to = from + text.length;
    const at = this.#place(from, to);
    if (wholeNumber.test(text)) return [{ kind: 'scalar', value: Number(text), text, at }, to];
    if (text === 'true' || text === 'false') return [{ kind: 'scalar', value: text === 'true', text, at }, to];
    if (text === 'null') return [{ kind: 'scalar', value: null, text, at }, to];
    if (special.test(text) || text.startsWith('- ') || text === '-') return this.#gaveUp();
    if (likeNumber.test(text) && !versionLike.test(text)) return this.#gaveUp();
    return [{ kind: 'scalar', value: text, text, at }, to];
  }

  /** The line is left at a sign that closes whatever is open. */
  #gaveUp(): readonly [Tree, number] {
    this.#strange();
    this.#line = '';
    return [nobody, 0];
  }
}
