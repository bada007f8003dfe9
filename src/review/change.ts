import type { Place } from '../kernel/fault.ts';
import type { Reason } from '../kernel/verdict.ts';
import type { Cause } from './parts.ts';

/** How much a reviewer must look at something. `danger`: something may happen that could not. `caution`: it is decided otherwise, and
 *  nothing more may happen. `routine`: nobody on a site can tell. */
export const levels = ['danger', 'caution', 'routine'] as const;
export type Level = (typeof levels)[number];

export const decisionKinds = ['gate', 'workflow', 'step', 'guard', 'finding', 'phase'] as const;
export type DecisionKind = (typeof decisionKinds)[number];

/** One decision that is another one, on one object at one moment of one capture. */
export interface Moved {
  readonly level: Level;
  readonly kind: DecisionKind;
  readonly pack: string;
  readonly name: string;
  /** What the old side calls it, if that is another name. */
  readonly wasCalled?: string;
  readonly object: string;
  /** `closed`, `raised`, `Degraded`, `hold in AcquireLock`; `not asked` where one side does not have it. */
  readonly from: string;
  readonly to: string;
  readonly causes: readonly Cause[];
  /** What each side says for it, as far as the other does not say the same. */
  readonly was: readonly Reason[];
  readonly is: readonly Reason[];
}

/** The same change wherever it was seen. */
export interface DecisionChange extends Omit<Moved, 'object' | 'was' | 'is'> {
  readonly on: readonly Occurrence[];
}

/** Objects that decide alike on one capture, at the moments at which they do. */
export interface Occurrence {
  readonly capture: string;
  /** Null where nobody wrote down when the capture was taken. */
  readonly takenAtMs: number | null;
  /** Milliseconds after the capture was taken, ascending. */
  readonly afterMs: readonly number[];
  readonly objects: readonly string[];
  /** Of the first object, at the first moment. */
  readonly was: readonly Reason[];
  readonly is: readonly Reason[];
}

export const structureKinds = [
  'profile',
  'version',
  'pack',
  'parameter',
  'legacy name',
  'gate',
  'finding',
  'phase',
  'guard',
  'state',
  'transition',
  'order',
  'undo',
  'condition',
] as const;
export type StructureKind = (typeof structureKinds)[number];

/** One thing that is written otherwise and means something else, or stands elsewhere. */
export interface StructureChange {
  readonly level: Level;
  readonly kind: StructureKind;
  readonly change: 'added' | 'removed' | 'renamed' | 'moved' | 'changed' | 'not raised' | 'raised';
  readonly name: string;
  /** What it was and is, in words; empty where the name says all. */
  readonly says: string;
  readonly oldAt: Place | null;
  readonly newAt: Place | null;
}

export function worst(changes: readonly { readonly level: Level | undefined }[]): Level | undefined {
  return levels.find((level) => changes.some((change) => change.level === level));
}

/** In UTF-16 order, as everywhere where bytes must be the same twice. */
export function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
