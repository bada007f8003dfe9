import { createHash, hash } from 'node:crypto';

/** What canonical JSON can carry. `undefined` members are left out, as JSON.stringify does. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** RFC 8785: members sorted by UTF-16 code units, ECMAScript number and string forms, no white space.
 *  Throws on what JSON cannot say (NaN, infinities, lone surrogates): such a value must never get a digest. */
export function canonical(value: Json): string {
  const ordered = inOrder(value);
  // The engine writes much faster than we do, in the RFC's form, once members are in order. Half a character it writes as an escape.
  const text = ordered === unordered ? undefined : JSON.stringify(ordered);
  return text === undefined || text.includes('\\ud') ? written(value) : text;
}

/** A value with a name that an object puts elsewhere than it was put: digits come first, and `__proto__` is no member. */
const unordered = Symbol('unordered');

/** The same value with the members of each object in order; itself, where they are. */
function inOrder(value: Json): Json | typeof unordered {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return finite(value);
  if (typeof value !== 'object') throw new RangeError(`canonical JSON has no ${typeof value}`);
  return isList(value) ? listInOrder(value) : objectInOrder(value);
}

function listInOrder(list: readonly Json[]): Json | typeof unordered {
  let copy: Json[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const part = list[index] as Json;
    const ordered = inOrder(part);
    if (ordered === unordered) return unordered;
    if (ordered !== part) copy ??= list.slice(0, index);
    copy?.push(ordered);
  }
  return copy ?? list;
}

function objectInOrder(value: { readonly [key: string]: Json | undefined }): Json | typeof unordered {
  const { sorted, isSorted, isKept, blank } = shapeOf(Object.keys(value));
  if (!isKept) return unordered;
  let copy: { [key: string]: Json | undefined } | undefined = isSorted ? undefined : { ...blank };
  for (let index = 0; index < sorted.length; index += 1) {
    const name = sorted[index] as string;
    const member = value[name];
    const ordered = member === undefined || typeof member === 'string' ? member : inOrder(member);
    if (ordered === unordered) return unordered;
    if (isSorted && ordered !== member) copy ??= { ...value };
    if (copy !== undefined) copy[name] = ordered;
  }
  return copy ?? value;
}

/** What is to be known of a list of names: sorting it anew for each object would cost more than all the rest. */
interface Shape {
  readonly names: readonly string[];
  readonly sorted: readonly string[];
  readonly isSorted: boolean;
  /** An object keeps them in the order in which they are put in. */
  readonly isKept: boolean;
  /** An object that has them all, in order: faster to copy than to build. */
  readonly blank: { readonly [name: string]: undefined };
}

/** By the number of names; a few of each, short ones only, so that nobody's names fill the memory. */
const shapes: Shape[][] = Array.from({ length: 64 }, () => []);
const shapesMax = 16;
const nameLengthMax = 64;

function shapeOf(names: readonly string[]): Shape {
  const known = shapes[names.length] ?? [];
  for (let index = 0; index < known.length; index += 1) {
    const shape = known[index] as Shape;
    if (isSame(shape.names, names)) return shape;
  }
  const sorted = [...names].sort();
  const isKept = names.every((name) => name !== '__proto__' && !/^\d/.test(name));
  const blank = isKept ? Object.fromEntries(sorted.map((name) => [name, undefined])) : {};
  const shape = { names, sorted, isSorted: isSame(sorted, names), isKept, blank };
  if (known.length < shapesMax && names.every(({ length }) => length <= nameLengthMax)) known.push(shape);
  return shape;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

/** Any value, piece by piece. */
function written(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return JSON.stringify(finite(value));
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('canonical JSON has no lone surrogates');
    return JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map(written).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${written(key)}:${written(member)}`);
  }
  return `{${members.join(',')}}`;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError('canonical JSON has no NaN and no infinity');
  return value;
}

/** `sha256:` and the lower-case hex digest of the UTF-8 bytes of a text. */
export function digestOfText(text: string): string {
  return `sha256:${hash('sha256', text, 'hex')}`;
}

/** The same of a text in pieces, each well-formed by itself: a long one need not be put together first. */
export function digestOfTexts(pieces: Iterable<string>): string {
  const made = createHash('sha256');
  for (const piece of pieces) made.update(piece, 'utf8');
  return `sha256:${made.digest('hex')}`;
}

/** SHA-256 of bytes, or of the UTF-8 bytes of a text, as 64 lower-case hex digits. */
export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

/** The digest that names a document wherever it is shown: SHA-256 over its RFC 8785 bytes. */
export function digestOf(value: Json): string {
  return digestOfText(canonical(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
