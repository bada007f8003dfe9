import { createHash, hash } from 'node:crypto';

/** What canonical JSON can carry. `undefined` members are left out, as JSON.stringify does. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** RFC 8785: members sorted by UTF-16 code units, ECMAScript number and string forms, no white space.
 *  Throws on what JSON cannot say (NaN, infinities, lone surrogates): such a value must never get a digest. */
export function canonical(value: Json): string {
  switch (typeof value) {
    case 'string':
      return textOf(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError('canonical JSON has no NaN and no infinity');
      return String(value);
    case 'object':
      return value === null ? 'null' : isList(value) ? listOf(value) : objectOf(value);
    default:
      throw new RangeError(`canonical JSON has no ${typeof value}`);
  }
}

function textOf(value: string): string {
  const text = JSON.stringify(value);
  // Half a character becomes an escape, so that the length says whether to look for one.
  if (text.length !== value.length + 2 && !value.isWellFormed()) {
    throw new RangeError('canonical JSON has no lone surrogates');
  }
  return text;
}

function listOf(list: readonly Json[]): string {
  let text = '[';
  for (let index = 0; index < list.length; index += 1) {
    text += index === 0 ? canonical(list[index] as Json) : `,${canonical(list[index] as Json)}`;
  }
  return `${text}]`;
}

function objectOf(value: { readonly [key: string]: Json | undefined }): string {
  const names = Object.keys(value);
  if (names.length === 0) return '{}';
  const { sorted, heads, last, again } = shapeOf(names);
  let text = '';
  for (let index = 0; index < sorted.length; index += 1) {
    const member = value[sorted[index] as string];
    if (member === undefined) return objectOf(without(value));
    if (typeof member !== 'string') {
      text += heads[index] + canonical(member);
    } else if (member === last[index]) {
      text += again[index] ??= heads[index] + textOf(member);
    } else {
      if (member.length <= rememberedMax) {
        last[index] = member;
        again[index] = undefined;
      }
      text += heads[index] + textOf(member);
    }
  }
  return `${text}}`;
}

function without(value: { readonly [key: string]: Json | undefined }): { readonly [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, member]])),
  );
}

/** What is to be known of a list of names: sorting and writing them anew for each object would cost more than all the rest. */
interface Shape {
  readonly names: readonly string[];
  readonly sorted: readonly string[];
  /** `{"name":` of the first, `,"name":` of the others. */
  readonly heads: readonly string[];
  /** The text that each member had last, and how it was written: the next record's is often the same. */
  readonly last: (string | undefined)[];
  readonly again: (string | undefined)[];
}

/** By the number of names; a few of each, and short ones only, so that nobody's names fill the memory. */
const shapes: Shape[][] = Array.from({ length: 64 }, () => []);
const shapesMax = 16;
const rememberedMax = 128;

function shapeOf(names: readonly string[]): Shape {
  const known = shapes[names.length] ?? [];
  for (let index = 0; index < known.length; index += 1) {
    const shape = known[index] as Shape;
    if (isSame(shape.names, names)) return shape;
  }
  const sorted = [...names].sort();
  const heads = sorted.map((name, index) => `${index === 0 ? '{' : ','}${textOf(name)}:`);
  const nothing = (): undefined[] => sorted.map(() => undefined);
  const shape: Shape = { names, sorted, heads, last: nothing(), again: nothing() };
  if (known.length < shapesMax && names.every(({ length }) => length <= rememberedMax)) known.push(shape);
  return shape;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
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
