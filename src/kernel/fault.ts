import type { FaultCode } from './fault-codes.ts';

/** A place in something a person wrote. Lines and columns count from 1; `length` is in UTF-16 units of that line. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly length?: number;
  /** The whole line, for the excerpt under a message. It is raw: whoever prints it must make it harmless first. */
  readonly excerpt?: string;
}

/** What is wrong with an input: a code to look up, a place to look at, a next step. Never thrown across rooms: faults
 *  are gathered and returned, so that an author mends a file in one go. */
export interface Fault {
  /** `AREA_WHAT`; every code has a page behind `nwctl explain CODE` (see `kernel/fault-codes.ts`). */
  readonly code: FaultCode;
  readonly at: Place;
  /** Lower case, no full stop, the author's own words in backticks. */
  readonly message: string;
  /** What to do next; also lower case. */
  readonly hint?: string;
  readonly severity: 'error' | 'warning';
}

/** Either the thing, or every reason why there is none. Warnings travel with success; one error loads nothing. */
export type Loaded<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Fault[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export function error(code: FaultCode, at: Place, message: string, hint?: string): Fault {
  return { code, at, message, severity: 'error', ...(hint === undefined ? {} : { hint }) };
}

export function warning(code: FaultCode, at: Place, message: string, hint?: string): Fault {
  return { code, at, message, severity: 'warning', ...(hint === undefined ? {} : { hint }) };
}

/** Faults become a result: any error means that nothing was loaded. */
export function loadedUnless<T>(faults: readonly Fault[], value: () => T): Loaded<T> {
  return faults.some((fault) => fault.severity === 'error')
    ? { ok: false, faults }
    : { ok: true, value: value(), warnings: faults };
}

/** What cannot happen unless we are wrong. Ends the process with exit code 1; nothing catches it in order to carry on. */
export function invariant(holds: unknown, says: string): asserts holds {
  if (!holds) throw new Error(`invariant broken: ${says}`);
}

/** For the end of a switch over a union: a new case breaks the build here. */
export function unreachable(never: never): never {
  throw new Error(`invariant broken: no case for ${JSON.stringify(never)}`);
}
