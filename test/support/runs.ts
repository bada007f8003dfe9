import { env } from 'node:process';

/** How often a property is tried, and from which seed. Each draws new cases every run; a failure prints its seed, and
 *  `NW_SEED` (with `NW_PATH` for the shrunk case) repeats it. `NW_RUNS_X` makes a run longer or shorter. */
export function runs(name: string, usual: number): { numRuns: number; seed?: number; path?: string } {
  const { NW_SEED: seed, NW_PATH: path } = env;
  return {
    numRuns: Number(env[`NW_RUNS_${name}`] ?? usual),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  };
}
