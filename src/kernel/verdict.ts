import type { FactValue, Grade, Reading } from './fact.ts';
import type { Place } from './fault.ts';

/** Kleene's three values, as numbers so that `all` is a minimum, `any` a maximum and `not` is 2 − x. */
export const FALSE = 0;
export const UNKNOWN = 1;
export const TRUE = 2;
export type Truth = typeof FALSE | typeof UNKNOWN | typeof TRUE;

export type VerdictWord = 'open' | 'closed' | 'unknown';
export const verdictWords: readonly [VerdictWord, VerdictWord, VerdictWord] = ['closed', 'unknown', 'open'];

/** A list that cannot be empty: «all of nothing» would be true. */
export type Several<T> = readonly [T, ...T[]];

/** The kernel's guarantees, by number (`INVARIANTS.md`). */
export type Law = `K${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`;

/** One thing that keeps a gate from being open, or that a person should know. */
export interface Reason {
  /** The sentence of the rule where it has one, else the leaf in words. */
  readonly says: string;
  /** The fact, or the list, that made it so. */
  readonly fact: string;
  readonly object: string;
  /** `is balance-rr, must be active-backup`, or why it is not known. */
  readonly detail: string;
  readonly unknown: boolean;
  readonly at: Place;
  /** `K4`: the kernel's law that says so, where it is not the pack. */
  readonly law?: Law;
  readonly seenAtMs?: number;
  readonly source?: string;
}

/** What a gate says of one object. Only `open` lets through. */
export type Verdict =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly because: Several<Reason> }
  | { readonly kind: 'unknown'; readonly missing: Several<Reason> };

/** Why a condition is what it is: the condition's own tree, with what each part came to and what each leaf read. */
export interface Explanation {
  readonly truth: Truth;
  readonly at: Place;
  readonly says?: string | undefined;
  readonly what: ExplainedPart;
  readonly parts: readonly Explanation[];
}

export type ExplainedPart =
  | { readonly kind: 'all' | 'any' | 'not' }
  | { readonly kind: 'named'; readonly name: string }
  | {
      readonly kind: 'leaf';
      readonly fact: string;
      readonly object: string;
      /** `bond.mode = balance-rr, must be active-backup`. */
      readonly text: string;
      /** The same without the fact: `is balance-rr, must be active-backup`, or why it is not known. */
      readonly detail: string;
      readonly read: LeafReading;
      readonly against?: LeafReading;
    }
  | {
      readonly kind: 'asks-unknown';
      readonly fact: string;
      readonly object: string;
      readonly text: string;
      readonly detail: string;
      readonly read: LeafReading;
    }
  | {
      readonly kind: 'quantifier';
      readonly quantifier: 'every' | 'some' | 'none' | 'atLeast' | 'atMost';
      readonly text: string;
      readonly over: string;
      /** Whose: the subject in scope that the members must belong to; `site` for everybody. */
      readonly object: string;
      /** How many surely satisfy, of how many that count or may count. */
      readonly counted: number;
      readonly of: number;
      /** Why the list is not known of those it ranges over. */
      readonly listUnknown?: string;
      /** Surely nobody counts. */
      readonly empty?: true;
    }
  /** Its truth is what it adds: that it satisfies, or under `none` that it does not. Its parts are the `where`, if there
   *  is one, and then `satisfies`, if it counts or may count. */
  | { readonly kind: 'member'; readonly object: string; readonly counts: Truth };

/** A reading as one leaf judged it: what was asked of it, and why it counts as unknown although it may have a value. */
export interface LeafReading {
  readonly fact: string;
  readonly object: string;
  readonly reading: Reading;
  readonly maxAgeMs: number;
  readonly gradeNeeded: Grade;
  /** The value if it may be used, else undefined. */
  readonly usable: FactValue | undefined;
}

export function isSome<T>(list: readonly T[]): list is Several<T> {
  return list.length > 0;
}
