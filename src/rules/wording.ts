import type { FactValue } from '../kernel/fact.ts';
import { type FactType, formatDuration, formatValue } from '../kernel/value.ts';
import type { LeafReading } from '../kernel/verdict.ts';
import type { FactRef, Leaf, Literal, Operator, Quantified } from './condition.ts';

/** What a leaf is asked for: those of a gate `must` hold, those of a `where` say who `counts`, those of a finding when it
 *  is `raised`. Under a `not`, a `none` or an `atMost` the opposite is wanted. */
export interface Wanted {
  readonly as: 'must' | 'counts' | 'raised';
  readonly opposite: boolean;
}

/** `is balance-rr, must be active-backup`, or why the side that is missing is not known. */
export function leafDetail(
  leaf: Leaf,
  wanted: Wanted,
  read: LeafReading,
  against: LeafReading | undefined,
  nowMs: number,
) {
  const missing = missingSide(read, against);
  if (missing !== undefined) return notKnown(missing, nowMs);
  return `is ${printed(leaf.read, read.usable ?? null)}, ${wish(leaf, wanted, against, nowMs)}`;
}

/** The side of a leaf that makes it unknown. */
export function missingSide(read: LeafReading, against: LeafReading | undefined): LeafReading | undefined {
  if (read.usable === undefined) return read;
  return against !== undefined && against.usable === undefined ? against : undefined;
}

/** `bond.mode = balance-rr, must be active-backup`. */
export function leafText(
  leaf: Leaf,
  wanted: Wanted,
  read: LeafReading,
  against: LeafReading | undefined,
  nowMs: number,
) {
  const is =
    read.usable === undefined ? ` is unknown (${notKnown(read, nowMs)})` : ` = ${printed(leaf.read, read.usable)}`;
  return `${leaf.read.name}${is}, ${wish(leaf, wanted, against, nowMs)}`;
}

export function asksUnknownDetail(read: FactRef, reading: LeafReading, nowMs: number): string {
  return reading.usable === undefined ? notKnown(reading, nowMs) : `is known: ${printed(read, reading.usable)}`;
}

/** `every replica of pvc-7 except those of node-a`. */
export function quantifierText({ quantifier, over, except }: Quantified, object: string, exceptObject: string): string {
  const whose = object === 'site' ? '' : ` of ${object}`;
  const others = except === undefined ? '' : ` except ${except === over ? '' : 'those of '}${exceptObject}`;
  switch (quantifier.kind) {
    case 'every':
      return `every ${over}${whose}${others}`;
    case 'some':
      return `some ${over}${whose}${others}`;
    case 'none':
      return `no ${over}${whose}${others}`;
    case 'atLeast':
      return `at least ${count(quantifier.count, over)}${whose}${others}`;
    case 'atMost':
      return `at most ${count(quantifier.count, over)}${whose}${others}`;
  }
}

function count(of: number, kind: string): string {
  return `${of} ${kind}${of === 1 ? '' : 's'}`;
}

/** Why a reading does not count, as it stands: never reported, too old, from the future, too badly founded. */
export function notKnown({ reading, maxAgeMs, gradeNeeded }: LeafReading, nowMs: number): string {
  if (reading.kind === 'absent') {
    return reading.why === 'unreadable' ? `unreadable: ${reading.says}` : reading.says;
  }
  if (reading.kind === 'known') return `only ${reading.grade}, must be ${gradeNeeded}`;
  const age = nowMs - reading.seenAtMs;
  if (age < 0) return `seen ${roughly(-age)} in the future: a clock is wrong`;
  return `stale: seen ${roughly(age)} ago, at most ${formatDuration(maxAgeMs)}`;
}

/** Milliseconds only where they matter. */
function roughly(ms: number): string {
  return formatDuration(ms < 10_000 ? ms : Math.floor(ms / 1_000) * 1_000);
}

const opposites: Readonly<Record<Operator, Operator>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  in: 'notIn',
  notIn: 'in',
  lessThan: 'greaterThanInclusive',
  lessThanInclusive: 'greaterThan',
  greaterThan: 'lessThanInclusive',
  greaterThanInclusive: 'lessThan',
  contains: 'doesNotContain',
  doesNotContain: 'contains',
};

/** `must be active-backup`, `counts if it is not diskful`, `raised if it contains user`. */
function wish(
  { read, operator, against }: Leaf,
  { as, opposite }: Wanted,
  other: LeafReading | undefined,
  nowMs: number,
): string {
  const right = against.kind === 'literal' ? literalText(against) : factText(against, other, nowMs);
  const be = as === 'must' ? 'must be' : `${as} if it is`;
  const notBe = as === 'must' ? 'must not be' : `${as} if it is not`;
  switch (opposite ? opposites[operator] : operator) {
    case 'equal':
      return `${be} ${right}`;
    case 'notEqual':
      return `${notBe} ${right}`;
    case 'in':
      return `${be} one of ${right}`;
    case 'notIn':
      return `${notBe} one of ${right}`;
    case 'lessThan':
      return `${be} ${read.type.kind === 'duration' ? 'under' : 'below'} ${right}`;
    case 'lessThanInclusive':
      return `${be} at most ${right}`;
    case 'greaterThan':
      return `${be} more than ${right}`;
    case 'greaterThanInclusive':
      return `${be} at least ${right}`;
    case 'contains':
      return as === 'must' ? `must contain ${right}` : `${as} if it contains ${right}`;
    case 'doesNotContain':
      return as === 'must' ? `must not contain ${right}` : `${as} if it does not contain ${right}`;
  }
}

function literalText({ value, type, name }: Literal): string {
  const text =
    Array.isArray(value) && type.kind !== 'set'
      ? value.map((one) => formatValue(type, one)).join(', ')
      : formatValue(type, value as FactValue);
  return name === undefined ? text : `${text} (${name})`;
}

function factText(against: FactRef, other: LeafReading | undefined, nowMs: number): string {
  const name = other === undefined || against.subject === 'site' ? against.name : `${against.name} of ${other.object}`;
  if (other === undefined) return name;
  if (other.usable === undefined) return `${name}, which is unknown (${notKnown(other, nowMs)})`;
  return `${printed(against, other.usable)} (${name})`;
}

function printed({ type }: { readonly type: FactType }, value: FactValue): string {
  return formatValue(type, value);
}
