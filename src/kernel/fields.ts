import type { FactValue } from './fact.ts';
import { maxMembers } from './workflow.ts';

/** Foreign JSON, field by field. Everything here returns what the field holds or throws `Foreign`, which names it. */

export class Foreign extends Error {
  readonly field: string;
  readonly says: string;

  constructor(field: string, says: string) {
    super(`${field} ${says}`);
    this.field = field;
    this.says = says;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function names(value: unknown, field: string): readonly string[] {
  const found = list(value, field, maxMembers).map((entry, at) => text(entry, `${field}.${at}`));
  distinct(found, field);
  return found;
}

export function distinct(all: readonly string[], field: string): void {
  const seen = new Set<string>();
  for (const name of all) {
    if (seen.has(name)) throw new Foreign(field, `names ${name} twice`);
    seen.add(name);
  }
}

export function counts(value: unknown, field: string): Readonly<Record<string, number>> {
  const found: Record<string, number> = Object.create(null);
  for (const [name, count] of Object.entries(map(value, field))) found[name] = whole(count, `${field}.${name}`);
  return found;
}

export function factValue(value: unknown, field: string): FactValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  throw new Foreign(field, 'is no value that a fact can have');
}

export function map(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no map');
}

export function list(value: unknown, field: string, most = Number.POSITIVE_INFINITY): readonly unknown[] {
  if (Array.isArray(value) && value.length > most) throw new Foreign(field, `has more than ${most} entries`);
  if (Array.isArray(value)) return value;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no list');
}

const textMax = 4096;

export function text(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= textMax) return value;
  if (value === '') throw new Foreign(field, 'is empty');
  if (typeof value === 'string') throw new Foreign(field, `is longer than ${textMax} characters`);
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no text');
}

export function bool(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is neither true nor false');
}

/** Counts and moments: whole, and not below zero. */
export function whole(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'number' && value < 0) throw new Foreign(field, 'is negative');
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no whole number');
}

export function only(all: Fields, at: string, known: readonly string[]): void {
  const extra = Object.keys(all).find((field) => !known.includes(field));
  if (extra !== undefined) throw new Foreign(`${at}${extra || '""'}`, 'is no field of a status');
}
