import type { WorkflowKind } from '../crd/workflow-object.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { type Coverage, joined, missed } from '../sim/coverage.ts';
import type { Deed } from '../sim/deeds.ts';
import type { FaultKind } from '../sim/fault-kinds.ts';
import { type RunResult, simulate } from '../sim/run.ts';
import type { RunOptions } from '../sim/run-options.ts';
import { type Shrunk, shrink } from '../sim/shrink.ts';
import type { RunEnd } from '../sim/story.ts';

/** What is asked of the simulator: so many runs, one seed after the other. */
export interface SimAsked {
  readonly workflow: WorkflowKind;
  readonly profile: HeldProfile;
  /** What `profile-changes` changes to. */
  readonly nextProfile: HeldProfile;
  /** Of the first run; each next one has one more. */
  readonly seed: number;
  readonly runs: number;
  readonly kinds: readonly FaultKind[];
  /** Steps of all runs together, and milliseconds of our own time; past one of them no new run begins. */
  readonly stepsMax: number;
  readonly timeMaxMs: number;
  /** Who keeps what the operators of a run decide; without, nobody does. */
  readonly logs?: (seed: number) => Pick<RunOptions, 'keeperOf' | 'engine'>;
}

/** What many runs came to. Every figure but the times is the same for the same question. */
export interface SimFound {
  readonly runs: number;
  readonly steps: number;
  readonly ends: ReadonlyMap<RunEnd, number>;
  /** Why runs were taken back or given up → how often. */
  readonly because: ReadonlyMap<string, number>;
  /** Seeds whose run did not come to rest. */
  readonly restless: readonly number[];
  readonly coverage: Coverage;
  /** What really came of the faults. */
  readonly deeds: ReadonlyMap<Deed, number>;
  readonly missed: readonly { readonly state: string; readonly kind: FaultKind }[];
  /** The first run that broke a law: it is shrunk, and no other begins. */
  readonly broken?: {
    readonly seed: number;
    readonly options: RunOptions;
    readonly found: RunResult;
    readonly shrunk: Shrunk;
  };
  /** What ended it before all runs were done. */
  readonly stopped?: 'steps' | 'time' | 'interrupted';
  readonly elapsedMs: number;
  readonly decidingMs: number;
  readonly simulatedMs: number;
}

export interface SimSoFar {
  readonly runs: number;
  readonly steps: number;
  readonly elapsedMs: number;
}

/** What the runs need of the outside. */
export interface SimPorts {
  readonly meterMs: () => number;
  readonly isInterrupted: () => boolean;
  /** Between two runs: whoever waits for a signal is heard. */
  readonly breathe: () => Promise<void>;
  readonly progress: (soFar: SimSoFar) => void;
}

const faultsAtMost = 6;
/** Most runs come to rest in a quarter of an hour without a fault; what begins later than this mostly strikes nobody. */
const withinMs = 30 * 60_000;

/** `simulateOne` is handed in by tests. */
export async function runSimulations(
  asked: SimAsked,
  ports: SimPorts,
  simulateOne: (options: RunOptions) => Promise<RunResult> = simulate,
): Promise<SimFound> {
  const { workflow, profile, nextProfile, kinds } = asked;
  const states = (profile.machineOf(workflow)?.machine.states ?? []).map(({ name }) => name);
  const ends = new Map<RunEnd, number>();
  const because = new Map<string, number>();
  const deeds = new Map<Deed, number>();
  const restless: number[] = [];
  const beganMs = ports.meterMs();
  let coverage: Coverage = joined([], states);
  let [runs, steps, decidingMs, simulatedMs] = [0, 0, 0, 0];
  let stopped: SimFound['stopped'];
  let broken: SimFound['broken'];
  const optionsOf = (seed: number): RunOptions => ({
    seed,
    workflow,
    profile,
    nextProfile,
    faults: { kinds, atMost: faultsAtMost, withinMs },
    meter: ports.meterMs,
  });
  while (runs < asked.runs && broken === undefined) {
    const elapsedMs = ports.meterMs() - beganMs;
    stopped = ports.isInterrupted()
      ? 'interrupted'
      : steps >= asked.stepsMax
        ? 'steps'
        : elapsedMs >= asked.timeMaxMs
          ? 'time'
          : undefined;
    if (stopped !== undefined) break;
    const seed = asked.seed + runs;
    const result = await simulateOne({ ...optionsOf(seed), ...asked.logs?.(seed) });
    runs += 1;
    steps += result.steps;
    decidingMs += result.decidingMs;
    simulatedMs += result.simulatedMs;
    coverage = joined([coverage, result.coverage], states);
    for (const [deed, times] of result.deeds) deeds.set(deed, (deeds.get(deed) ?? 0) + times);
    ends.set(result.end, (ends.get(result.end) ?? 0) + 1);
    if (result.end === 'bound') restless.push(seed);
    if (result.because !== '') because.set(result.because, (because.get(result.because) ?? 0) + 1);
    if (result.violations.length > 0) {
      const options = optionsOf(seed);
      broken = { seed, options, found: result, shrunk: await shrink(options, result, simulateOne) };
    }
    ports.progress({ runs, steps, elapsedMs: ports.meterMs() - beganMs });
    await ports.breathe();
  }
  return {
    runs,
    steps,
    ends,
    because,
    restless,
    coverage,
    deeds,
    missed: missed(coverage, kinds),
    ...(broken === undefined ? {} : { broken }),
    ...(stopped === undefined ? {} : { stopped }),
    elapsedMs: ports.meterMs() - beganMs,
    decidingMs,
    simulatedMs,
  };
}
