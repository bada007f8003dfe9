import type { Senses } from '../sense.ts';

/** What an operation came to. `done`: what it had to do was seen to be so. `refused`: it could not even look, and touched
 *  nothing, so that it may be asked again once it can. Everything else is `failed`, and why: also that nobody knows.
 *  None is the kernel's word for settled: that it looks for itself. */
export interface Result {
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly why: string;
}

/** What every operation works with. */
export interface Hands {
  readonly senses: Senses;
}

export function done(why: string): Result {
  return { outcome: 'done', why };
}

export function failed(why: string): Result {
  return { outcome: 'failed', why };
}

/** Only before anything was touched. */
export function refused(why: string): Result {
  return { outcome: 'refused', why };
}
