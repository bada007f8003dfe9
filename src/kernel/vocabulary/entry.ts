import type { Grade } from '../fact.ts';
import type { FactType } from '../value.ts';

/** A fact as it is written down here; observed, if it says no grade. */
export type Entry = readonly [
  name: string,
  type: FactType,
  maxAgeMs: number,
  from: string,
  means: string,
  grade?: Grade,
];

const seconds = 1_000;
const minutes = 60_000;

/** What is read from a node's kernel or from LINSTOR moves within seconds; what an API object says moves with its watch;
 *  what a file says moves when somebody writes it. */
export const live = 30 * seconds;
export const listed = 2 * minutes;
export const written = 5 * minutes;

export const bool: FactType = { kind: 'bool' };
export const int: FactType = { kind: 'int', atLeast: 0 };
export const duration: FactType = { kind: 'duration' };
export const text: FactType = { kind: 'text' };
export const optionalText: FactType = { kind: 'text', optional: true };
export const set: FactType = { kind: 'set' };
export function words(...list: readonly string[]): FactType {
  return { kind: 'enum', words: list };
}
