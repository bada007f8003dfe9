import type { Z3Solver } from '../../src/platform/z3.ts';

let solver: Promise<Z3Solver> | undefined;

/** The solver that everybody has, loaded once for a file of tests. It ends with the process. */
export async function solverForTests(): Promise<Z3Solver> {
  solver ??= import('../../src/platform/z3.ts').then(({ z3 }) => z3());
  return solver;
}
