import { env } from 'node:process';

/** The whole number of cases, or a share of them for whoever runs the tests a thousand times (`scripts/mutate.ts`). */
const share = Number(env.NW_RUNS_SHARE ?? 1);
/** Whether enough is drawn that everything should have been seen, and that the slow tests are worth their time. */
export const thorough = share >= 1 && env.NW_PATH === undefined;

/** How often a property is tried, and from which seed. Each draws new cases every run; a failure prints its seed, and
 *  `NW_SEED` (with `NW_PATH` for the shrunk case) repeats it. `NW_RUNS_X` makes a run longer or shorter;
 *  with `NW_SHRINK=no` a failure is not made smaller (`scripts/defects.ts` wants only to know that there is one). */
export function runs(
  name: string,
  usual: number,
): { numRuns: number; seed?: number; path?: string; endOnFailure?: boolean } {
  const { NW_SEED: seed, NW_PATH: path } = env;
  return {
    ...(env.NW_SHRINK === 'no' ? { endOnFailure: true } : {}),
    numRuns: Number(env[`NW_RUNS_${name}`] ?? Math.ceil(usual * share)),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  };
}
