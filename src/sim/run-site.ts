import type { Targets } from './faults.ts';
import { operatorNames } from './processes.ts';
import { randomOf } from './random.ts';
import { simWorld } from './real-world.ts';
import type { RunOptions } from './run-options.ts';
import type { SimWorld } from './sim-world.ts';

/** Everything begins on a spring morning. */
export const startMs = Date.UTC(2026, 2, 4, 10, 0, 0);

export function worldOfRun({ seed, site, workflow, profile, makeWorld }: Omit<RunOptions, 'faults'>): SimWorld {
  return (makeWorld ?? simWorld)(site ?? {}, workflow, profile, randomOf(seed).split('world'), startMs);
}

/** The states of the machine that drives it; none where no pack does. */
export function statesOfRun({ workflow, profile }: Pick<RunOptions, 'workflow' | 'profile'>): readonly string[] {
  return profile.machineOf(workflow)?.machine.states.map(({ name }) => name) ?? [];
}

/** Whom faults can strike in the site of a run. */
export function targetsOfRun(options: Omit<RunOptions, 'faults'>): Targets {
  return targetsIn(worldOfRun(options), statesOfRun(options));
}

export function targetsIn(world: SimWorld, states: readonly string[]): Targets {
  return {
    nodes: world.nodes(),
    volumes: world.volumes(),
    vms: world.vms(),
    processes: [...world.nodes(), ...operatorNames],
    operators: [...operatorNames],
    states,
  };
}
