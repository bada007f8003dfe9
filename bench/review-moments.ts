import type { Raw } from '../src/kernel/raw.ts';
import type { HeldProfile } from '../src/operator/prepare.ts';
import { machinesOf } from '../src/review/names.ts';
import type { CaptureToJudge } from '../src/review/review.ts';
import type { Side } from '../src/review/side.ts';
import { compileMachine } from '../src/rules/machine-evaluator.ts';
import { simWorld } from '../src/sim/real-world.ts';
import { simulate } from '../src/sim/run.ts';
import type { SimWorld } from '../src/sim/sim-world.ts';

/** A site as it could be fetched at one moment. */
export interface SiteMoment {
  readonly atMs: number;
  readonly raws: readonly Raw[];
}

/** By then there were as many decisions as are wanted. */
const boundMs = 330_000;

/** Moments of one simulated upgrade of a site of 16 nodes, 16 volumes and 8 VMs, as captures would have them: all that its operator had
 *  heard when a decision was recorded, and what every host printed then. */
export async function momentsOfUpgrade(side: Side, count: number): Promise<readonly SiteMoment[]> {
  const moments: SiteMoment[] = [];
  let world: SimWorld | undefined;
  await simulate({
    seed: 1,
    workflow: 'ReplicationUpgrade',
    profile: heldOf(side),
    site: { nodes: 16, volumes: 16, vms: 8 },
    faults: [],
    boundMs,
    makeWorld: (...all) => {
      world = simWorld(...all);
      return world;
    },
    onRecord: ({ body }, heard) => {
      if (world === undefined || moments.length === count) return;
      const atMs = Date.parse(body.at);
      const printed = world
        .takeRaws(atMs)()
        .filter(({ from }) => from === 'host');
      moments.push({ atMs, raws: [...heard(atMs), ...printed] });
    },
  });
  if (moments.length < count) throw new Error(`the run came to ${moments.length} decisions only`);
  return moments;
}

/** In memory: no file is read when it is judged. */
export function captureOf({ atMs, raws }: SiteMoment, number: number): CaptureToJudge {
  const name = `moment-${String(number).padStart(3, '0')}`;
  const capture = {
    name,
    takenAtMs: atMs,
    takenBy: 'a simulated site',
    complete: true,
    hasManifest: true,
    raws,
    missing: [],
    digest: '',
  };
  return { name, open: async () => ({ ok: true, value: capture, warnings: [] }) };
}

function heldOf(side: Side): HeldProfile {
  const { digest, shape } = side.profile;
  const machines = machinesOf(side).map(compileMachine);
  return { digest, shape, machineOf: (kind) => machines.find(({ machine }) => machine.drives === kind) };
}
