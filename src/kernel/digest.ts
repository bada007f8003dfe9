import { createHash, hash } from 'node:crypto';

/** What canonical JSON can carry. `undefined` members are left out, as JSON.stringify does. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** RFC 8785: members sorted by UTF-16 code units, ECMAScript number and string forms, no white space.
 *  Throws on what JSON cannot say (NaN, infinities, lone surrogates): such a value must never get a digest. */
export function canonical(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('canonical JSON has no NaN and no infinity');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('canonical JSON has no lone surrogates');
    return JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${canonical(key)}:${canonical(member)}`);
  }
  return `{${members.join(',')}}`;
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
