import type { WorkflowKind } from '../src/crd/workflow-object.ts';
import type { Machine } from '../src/kernel/machine.ts';
import type { Coverage } from '../src/sim/coverage.ts';
import { type FaultKind, faultForm } from '../src/sim/fault-kinds.ts';
import { type Random, randomOf } from '../src/sim/random.ts';
import type { SiteSize } from '../src/sim/story.ts';
import { aim, type Cell, type Course } from './campaign-aim.ts';

/** One run, as it is sent to whoever carries it out. It follows from the campaign's seed, its number, and what the rounds
 *  before it have tried: not from how many carry out how fast. */
export interface Job {
  readonly index: number;
  readonly seed: number;
  readonly profile: string;
  readonly nextProfile: string;
  readonly workflow: WorkflowKind;
  readonly site: SiteSize;
  /** Undefined: its faults are drawn. */
  readonly cells?: readonly Cell[];
}

export const profiles = ['profiles/three-node', 'profiles/two-node'] as const;
export const workflows = ['ReplicationUpgrade', 'BondModeFlipPlan'] as const satisfies readonly WorkflowKind[];
export const runsInRound = 64;

/** Of so many runs one flips only. */
const flipsEvery = 5;

export function courseOf(machine: Machine<unknown>): Course {
  const rest = new Set([machine.rollingBack, machine.halted]);
  const complete = machine.states.find(({ ends }) => ends === 'complete')?.name ?? '';
  const states = machine.states.map(({ name }) => name).filter((name) => !rest.has(name) && name !== complete);
  const from = machine.states.findIndex(({ act }) => act?.command === 'site.take-lock') + 1;
  const to = machine.states.findIndex(({ pointOfNoReturn }) => pointOfNoReturn !== undefined);
  const locked = machine.states.slice(from, to).map(({ name }) => name);
  return { states, locked, complete, rollingBack: machine.rollingBack, halted: machine.halted };
}

export interface Held {
  /** Least and most nodes. */
  readonly nodes: readonly [number, number];
}

/** The runs of one round. `isFull`: nothing is left untried, so that half of the runs may be whatever the seed draws. */
export function roundOf(
  campaignSeed: number,
  round: number,
  courses: ReadonlyMap<WorkflowKind, Course>,
  coverages: ReadonlyMap<WorkflowKind, Coverage>,
  held: ReadonlyMap<string, Held>,
  isFull: boolean,
): readonly Job[] {
  const random = randomOf(`campaign ${campaignSeed}/${round}`);
  const aims = new Map<WorkflowKind, (readonly Cell[])[]>(
    workflows.map((workflow) => {
      const [course, coverage] = [courses.get(workflow), coverages.get(workflow)];
      const aimed =
        course === undefined || coverage === undefined
          ? []
          : aim(random.split(workflow), course, coverage, runsInRound);
      return [workflow, [...aimed]] as const;
    }),
  );
  return Array.from({ length: runsInRound }, (_, at): Job => {
    const index = round * runsInRound + at;
    const own = random.split(`run/${at}`);
    const workflow = at % flipsEvery === flipsEvery - 1 ? 'BondModeFlipPlan' : 'ReplicationUpgrade';
    const isDrawn = at % 8 === 0 || (isFull && own.chance(0.5));
    const cells = isDrawn ? undefined : aims.get(workflow)?.shift();
    const [profile, nextProfile] = own.chance(0.6) ? profiles : ([profiles[1], profiles[0]] as const);
    const bounds = held.get(profile)?.nodes ?? [2, 3];
    return {
      index,
      seed: campaignSeed * 1_000_000 + index,
      profile,
      nextProfile,
      workflow,
      site: siteOf(own, bounds, workflow, cells ?? []),
      ...(cells === undefined ? {} : { cells }),
    };
  });
}

/** Who is to be struck has to be there. */
function siteOf(
  random: Random,
  [least, most]: Held['nodes'],
  workflow: WorkflowKind,
  cells: readonly Cell[],
): SiteSize {
  const on = (wanted: string): boolean => cells.some(({ kind }: { kind: FaultKind }) => faultForm(kind).on === wanted);
  const vms = random.below(3);
  const volumes = random.below(5);
  const needed = on('vm') ? 1 : 0;
  const isUsual = random.chance(0.8);
  const usual = workflow === 'BondModeFlipPlan' ? 2 : 1;
  return {
    nodes: random.between(Math.max(2, least), Math.min(4, most)),
    volumes: Math.max(volumes, needed, on('volume') ? 1 : 0),
    vms: Math.max(vms, needed),
    copies: isUsual ? usual : 3 - usual,
  };
}
