import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../scripts/campaign-plan.ts';
import { optionsOf } from '../../scripts/campaign-run.ts';
import { simulate } from '../../src/sim/run.ts';

const root = join(import.meta.dirname, '..', '..');

/** Whatever the seed draws, on sites of several shapes. */
const jobs = [3, 5, 7, 11].map(
  (seed, index): Job => ({
    index,
    seed,
    profile: index % 2 === 0 ? 'profiles/three-node' : 'profiles/two-node',
    nextProfile: index % 2 === 0 ? 'profiles/two-node' : 'profiles/three-node',
    workflow: index < 2 ? 'ReplicationUpgrade' : 'BondModeFlipPlan',
    site: { nodes: index % 2 === 0 ? 3 : 2, volumes: index, vms: index % 3 },
  }),
);

/** Everything that a run comes to but our own time: its transcript, to the byte, and all figures. */
async function bytesOf(job: Job): Promise<string> {
  const { coverage, deeds, decidingMs: _, ...rest } = await simulate({ ...optionsOf(job), linesMax: 100_000 });
  const hits = [...coverage.hits].map(([state, row]) => [state, [...row]]);
  return JSON.stringify([rest, hits, [...deeds]]);
}

/** The same, in a process of its own. */
const elsewhere = `
  import { createHash } from 'node:crypto';
  import { optionsOf } from './scripts/campaign-run.ts';
  import { simulate } from './src/sim/run.ts';
  for (const job of JSON.parse(process.argv[1])) {
    const { coverage, deeds, decidingMs: _, ...rest } = await simulate({ ...optionsOf(job), linesMax: 100_000 });
    const hits = [...coverage.hits].map(([state, row]) => [state, [...row]]);
    console.log(createHash('sha256').update(JSON.stringify([rest, hits, [...deeds]])).digest('hex'));
  }
`;

describe('a seed and a build', () => {
  test('give the same bytes in two processes', async () => {
    const digests: string[] = [];
    for (const job of jobs) {
      const bytes = await bytesOf(job);
      expect(bytes.length).toBeGreaterThan(2_000);
      digests.push(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(new Set(digests).size).toBe(jobs.length);
    const args = ['--input-type=module', '-e', elsewhere, JSON.stringify(jobs)];
    const said = execFileSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(said.trim().split('\n')).toEqual(digests);
  });

  test('and another seed gives others', async () => {
    const [job] = jobs as [Job, ...Job[]];
    expect(await bytesOf({ ...job, seed: job.seed + 1 })).not.toBe(await bytesOf(job));
  });
});
