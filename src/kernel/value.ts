import type { FactValue } from './fact.ts';

/** Types a fact or a parameter can have. Everything ordered is a number inside, so that comparing never guesses. */
export type FactType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly unit?: string; readonly atLeast?: number; readonly atMost?: number }
  | { readonly kind: 'duration' }
  | { readonly kind: 'size' }
  | { readonly kind: 'version' }
  | { readonly kind: 'text'; readonly optional?: true }
  | { readonly kind: 'enum'; readonly words: readonly string[] }
  | { readonly kind: 'set'; readonly words?: readonly string[] };

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50 } as const;

/** `90s`, `1m30s`, `250ms` → milliseconds; undefined for anything else, a bare number included: units are never guessed. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,9}(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  let rank = Number.POSITIVE_INFINITY;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    const factor = durationUnits[unit as keyof typeof durationUnits];
    if (factor >= rank) return undefined; // «30s1m» and «1s1s» are typing errors, not durations
    rank = factor;
    total += Number(amount) * factor;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** `64MiB`, `0KiB` → bytes; undefined for anything else. Decimal units are refused: DRBD and LINSTOR count in KiB. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,16})(B|KiB|MiB|GiB|TiB|PiB)$/.exec(text);
  if (match === null) return undefined;
  const bytes = Number(match[1]) * sizeUnits[match[2] as keyof typeof sizeUnits];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `9.2.14` → one ordered number. Pre-releases and vendor forks (`9.2.16-flant.1`) are not comparable and stay undefined. */
export function parseVersion(text: string): number | undefined {
  const match = /^v?(\d{1,4})\.(\d{1,5})\.(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  return (Number(match[1]) * 100_000 + Number(match[2])) * 100_000 + Number(match[3]);
}

/** A value as people write it in a pack and read it in an answer: `30s`, `64MiB`, `9.2.14`, `[]`, `nobody`. */
export function formatValue(type: FactType, value: FactValue): string {
  if (value === null) return 'nobody';
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (typeof value === 'number') {
    switch (type.kind) {
      case 'duration':
        return formatDuration(value);
      case 'size':
        return formatSize(value);
      case 'version':
        return formatVersion(value);
      default:
        return String(value);
    }
  }
  return String(value);
}

/** Milliseconds → the shortest exact form: `4m12s`, `250ms`, `1h`; `forever` for what has no end. */
export function formatDuration(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'forever';
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(Math.round(ms));
  if (rest === 0) return '0s';
  const parts: string[] = [];
  for (const [unit, factor] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / factor);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * factor;
  }
  return sign + parts.join('');
}

function formatSize(bytes: number): string {
  for (const [unit, factor] of Object.entries(sizeUnits).reverse()) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return bytes === 0 ? '0KiB' : `${bytes}B`;
}

function formatVersion(encoded: number): string {
  const patch = encoded % 100_000;
  const minor = Math.floor(encoded / 100_000) % 100_000;
  return `${Math.floor(encoded / 10_000_000_000)}.${minor}.${patch}`;
}

/** Whether a value is one that a fact of this type can have: an observation that does not fit is unreadable. */
export function fits(type: FactType, value: FactValue): boolean {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return (
        Number.isSafeInteger(value) &&
        (value as number) >= (type.atLeast ?? Number.NEGATIVE_INFINITY) &&
        (value as number) <= (type.atMost ?? Number.POSITIVE_INFINITY)
      );
    case 'duration':
    case 'size':
    case 'version':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'text':
      return typeof value === 'string' || (value === null && type.optional === true);
    case 'enum':
      return typeof value === 'string' && type.words.includes(value);
    case 'set':
      return (
        Array.isArray(value) &&
        value.every((word, at) => typeof word === 'string' && (at === 0 || value[at - 1] < word)) &&
        (type.words === undefined || value.every((word) => type.words?.includes(word)))
      );
  }
}

/** Equal values of one type; sets by content (they are sorted). */
export function sameValue(left: FactValue, right: FactValue): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((word, at) => word === right[at]);
  }
  return left === right;
}
