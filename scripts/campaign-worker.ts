/** Carries out the runs that `campaign.ts` sends, one after the other. */
import type { Job } from './campaign-plan.ts';
import { carryOut } from './campaign-run.ts';

process.on('message', (job: Job) => {
  void carryOut(job).then(
    (done) => process.send?.(done),
    (problem: unknown) => {
      process.stderr.write(
        `run ${job.index} (seed ${job.seed}): ${problem instanceof Error ? problem.stack : String(problem)}\n`,
      );
      process.exit(1);
    },
  );
});
