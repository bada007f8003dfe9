/** One run of a campaign. Everything that it is follows from its job. */
import { join } from 'node:path';
import { diskFrom, folderOf } from '../src/console/disk.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { held } from '../src/operator/held.ts';
import type { HeldProfile } from '../src/operator/prepare.ts';
import { loadProfile } from '../src/profile/load.ts';
import { insecureUnsigned } from '../src/profile/verify.ts';
import type { Deed } from '../src/sim/deeds.ts';
import { faultNames } from '../src/sim/fault-kinds.ts';
import type { Violation } from '../src/sim/oracles/violation.ts';
import { storyOfRun } from '../src/sim/play.ts';
import { randomOf } from '../src/sim/random.ts';
import { simulate } from '../src/sim/run.ts';
import type { RunOptions } from '../src/sim/run-options.ts';
import { targetsOfRun } from '../src/sim/run-site.ts';
import { shrink } from '../src/sim/shrink.ts';
import type { RunEnd } from '../src/sim/story.ts';
import { storyText } from '../src/sim/story-text.ts';
import { aimedFaults, type Cell } from './campaign-aim.ts';
import { courseOf, type Job } from './campaign-plan.ts';

/** What a run came to, as it is sent back. */
export interface Done {
  readonly index: number;
  readonly steps: number;
  readonly end: RunEnd;
  readonly because: string;
  readonly state: string;
  readonly begun: readonly string[];
  readonly violations: readonly Violation[];
  readonly hits: readonly (readonly [state: string, kind: Cell['kind'], many: number])[];
  readonly deeds: readonly (readonly [Deed, number])[];
  readonly simulatedMs: number;
  readonly decidingMs: number;
  /** The shortest way to see the violation again. */
  readonly story?: string;
}

export const root = join(import.meta.dirname, '..');
const known = new Map<string, HeldProfile>();

export function profileAt(path: string): HeldProfile {
  const found = known.get(path);
  if (found !== undefined) return found;
  const { folder, file } = folderOf(diskFrom(root), path);
  const loaded = loadProfile(folder, file, vocabulary, insecureUnsigned);
  if (!loaded.ok)
    throw new Error(loaded.faults.map(({ at, message }) => `${at.file}:${at.line}: ${message}`).join('\n'));
  const profile = held(loaded.value.profile);
  known.set(path, profile);
  return profile;
}

export function optionsOf({ seed, profile: path, nextProfile, workflow, site, cells }: Job): RunOptions {
  const profile = profileAt(path);
  const common = { seed, workflow, profile, nextProfile: profileAt(nextProfile), site };
  const machine = profile.machineOf(workflow)?.machine;
  if (cells === undefined || machine === undefined) {
    return { ...common, faults: { kinds: faultNames, atMost: 6, withinMs: 10 * 60_000 } };
  }
  const faults = aimedFaults(randomOf(seed).split('aim'), targetsOfRun(common), cells, courseOf(machine));
  return { ...common, faults };
}

export async function carryOut(job: Job): Promise<Done> {
  const options = { ...optionsOf(job), meter: () => performance.now() };
  const result = await simulate(options);
  const { steps, end, because, violations, simulatedMs, decidingMs } = result;
  const hits = [...result.coverage.hits].flatMap(([state, row]) =>
    [...row].map(([kind, n]) => [state, kind, n] as const),
  );
  return {
    index: job.index,
    steps,
    end,
    because,
    state: result.states.at(-1) ?? '',
    begun: result.begun.map(({ kind, state = '' }) => `${kind}@${state}`),
    violations,
    hits,
    deeds: [...result.deeds],
    simulatedMs,
    decidingMs,
    ...(violations.length === 0 ? {} : { story: await storyOf(job, options, result) }),
  };
}

async function storyOf(job: Job, options: RunOptions, found: Awaited<ReturnType<typeof simulate>>): Promise<string> {
  const shrunk = await shrink(options, found, simulate);
  const paths = { profile: join(root, job.profile), nextProfile: join(root, job.nextProfile) };
  const story = storyOfRun(`seed-${job.seed}`, options, shrunk, paths);
  // It is a test of the repair: it expects that no law is broken.
  return storyText({ ...story, expect: { ...story.expect, breaks: [] } });
}
