import { canonical, type Json } from '../kernel/digest.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import { Places } from './text.ts';

const depthMax = 64;
const lineBreak = 10;

/** Bytes that somebody signed → plain data. Only RFC 8785's own bytes for that data are taken: a key that stands twice, white
 *  space, another order or spelling is refused, so that no two readers can read one signature's text differently. */
export function parseCanonicalJson(file: string, bytes: Uint8Array): Loaded<Json> {
  const text = decoded(bytes);
  if (text === undefined) return refused('FILE_NOT_UTF8', file, '', 0, 'is not valid UTF-8');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (problem) {
    const offset = Number(/position (\d+)/.exec(String(problem))?.[1] ?? 0);
    return refused('JSON_SYNTAX', file, text, offset, 'is not JSON');
  }
  if (isDeeper(value, depthMax)) {
    return refused('JSON_TOO_DEEP', file, text, 0, `is nested deeper than ${depthMax} levels`);
  }
  const own = ownText(value);
  if (own === text) return { ok: true, value, warnings: [] };
  const twice = repeatedKey(text);
  if (twice !== undefined) {
    return refused('JSON_DUPLICATE_KEY', file, text, twice.offset, `the key \`${twice.key}\` stands twice in one map`);
  }
  if (own === undefined)
    return refused('JSON_NOT_CANONICAL', file, text, 0, 'holds half a character or a number without end');
  return refused('JSON_NOT_CANONICAL', file, text, firstDifference(own, text), 'is not the canonical form of its data');
}

/** The same in a text file: the canonical bytes and one line break. */
export function parseCanonicalFile(file: string, bytes: Uint8Array): Loaded<Json> {
  if (bytes.at(-1) === lineBreak) return parseCanonicalJson(file, bytes.subarray(0, -1));
  const parsed = parseCanonicalJson(file, bytes);
  return parsed.ok ? refused('JSON_NOT_CANONICAL', file, '', 0, 'does not end in a line break') : parsed;
}

/** A byte order mark is no part of canonical JSON, so it is not dropped here. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined: there is no canonical form. */
function ownText(value: Json): string | undefined {
  try {
    return canonical(value);
  } catch (problem) {
    if (problem instanceof RangeError) return undefined;
    throw problem;
  }
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value as object).some((member: Json) => isDeeper(member, levels - 1));
}

/** Of text that is JSON: the first key that its map has already. */
function repeatedKey(text: string): { readonly key: string; readonly offset: number } | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/gs)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (isFollowedByColon(text, index + token.length)) {
      const key = JSON.parse(token) as string;
      const seen = open.at(-1);
      if (seen?.has(key)) return { key, offset: index };
      seen?.add(key);
    }
  }
  return undefined;
}

function isFollowedByColon(text: string, from: number): boolean {
  const colon = /\s*:/y;
  colon.lastIndex = from;
  return colon.test(text);
}

function firstDifference(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return Math.min(at, right.length - 1);
}

function refused(
  code: 'FILE_NOT_UTF8' | 'JSON_SYNTAX' | 'JSON_TOO_DEEP' | 'JSON_DUPLICATE_KEY' | 'JSON_NOT_CANONICAL',
  file: string,
  text: string,
  offset: number,
  message: string,
): Loaded<never> {
  return { ok: false, faults: [error(code, new Places({ file, text }).at(offset), message)] };
}
