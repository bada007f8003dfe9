/** Whoever can say whether Boolean formulas can all hold at once. The text is SMT-LIB 2, of finite domains only: `Bool`,
 *  bit-vectors, `at-least`. */
export interface Solver {
  /** For people and data: `Z3 5.2.0`. */
  readonly name: string;
  /** What is declared and asserted in it stays until it is closed. One problem at a time. */
  problem(): Promise<Problem>;
}

export interface Problem {
  /** Declarations, definitions, assertions. */
  add(text: string): Promise<void>;
  /** Whether everything that was added can hold together with these: names of declared Booleans. `unknown`: the time was over. */
  check(assumed: readonly string[], withinMs: number): Promise<'sat' | 'unsat' | 'unknown'>;
  /** After `sat`: what each of these names is there. A bit-vector as its number, a Boolean as 0 or 1. */
  values(names: readonly string[]): Promise<readonly number[]>;
  close(): Promise<void>;
}
