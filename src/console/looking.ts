import type { Fault, Loaded } from '../kernel/fault.ts';
import { parseDuration } from '../kernel/value.ts';
import type { Side } from '../review/side.ts';
import { hintFor } from '../source/suggest.ts';
import { type Bound, boundMax, usualBound } from '../witness/bound.ts';
import type { Solver } from '../witness/solver.ts';
import type { Asked } from './asked.ts';
import { usage } from './usage.ts';
import type { World } from './world.ts';

/** What it takes to look for sites that are in no capture. */
export interface Looking {
  readonly bound: Bound;
  readonly solver: Solver;
  readonly leftMs: () => number;
}

/** `--bound` and `--budget`, and the solver. Time runs from now on. Sites have as many nodes as the profiles promise: where nobody says
 *  otherwise, as many are looked at. */
export async function lookingFor(
  { settings }: Pick<Asked, 'settings'>,
  sides: readonly Side[],
  world: World,
): Promise<Loaded<Looking>> {
  const promised = Math.max(...sides.map(({ profile }) => profile.shape.nodes.atLeast));
  const bound = boundOf(settings.text('bound') ?? '', promised, settings.get('bound')?.origin === 'default');
  const word = settings.text('budget') ?? '';
  const budgetMs = parseDuration(word);
  const faults: Fault[] = bound.ok ? [] : [...bound.faults];
  if (budgetMs === undefined) faults.push(usage(`--budget is \`${word}\`, and must be a duration`, 'write 60s or 5m'));
  if (!bound.ok || budgetMs === undefined) return { ok: false, faults };
  const solver = await world.solver();
  if (!solver.ok) return solver;
  const endMs = world.monotonicMs() + budgetMs;
  const leftMs = (): number => (world.interrupted.aborted ? 0 : endMs - world.monotonicMs());
  return { ok: true, value: { bound: bound.value, solver: solver.value, leftMs }, warnings: [] };
}

/** `nodes=2,vms=0` → a bound; what is not said is as usual. */
function boundOf(text: string, nodesPromised: number, byDefault: boolean): Loaded<Bound> {
  const said = new Map<string, number>();
  const faults: Fault[] = [];
  const names = Object.keys(usualBound);
  for (const part of text.split(',')) {
    const [name = '', count = ''] = part.split('=', 2).map((word) => word.trim());
    if (!names.includes(name)) {
      faults.push(
        usage(`--bound has no \`${name}\``, hintFor(name, names, `it takes ${names.join(', ')}: nodes=3,vms=1`)),
      );
    } else if (!/^\d+$/.test(count) || Number(count) > boundMax) {
      faults.push(usage(`--bound: ${name} is \`${count}\`, and must be a whole number from 0 to ${boundMax}`));
    } else if (said.has(name)) faults.push(usage(`--bound says ${name} twice`));
    else said.set(name, Number(count));
  }
  const nodes = Math.max(usualBound.nodes, nodesPromised);
  const bound = { ...usualBound, nodes, ...(byDefault ? {} : Object.fromEntries(said)) };
  if (faults.length === 0 && bound.nodes < nodesPromised) {
    const few = `--bound has ${bound.nodes} nodes, and the profile promises ${nodesPromised} at least`;
    faults.push(usage(few, `no site of it has fewer: nodes=${nodesPromised}`));
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: bound, warnings: [] };
}
