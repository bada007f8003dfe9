import type { Coverage } from '../src/sim/coverage.ts';
import { type Fault, type FaultKind, faultForm, faultNames } from '../src/sim/fault-kinds.ts';
import { type Targets, targetsOf } from '../src/sim/faults.ts';
import type { Random } from '../src/sim/random.ts';

/** A kind of fault in a state of the workflow: what many runs together must have tried. */
export interface Cell {
  readonly state: string;
  readonly kind: FaultKind;
}

/** What the machine's states are for whoever wants to get to one. */
export interface Course {
  /** In the machine's order, without those below. */
  readonly states: readonly string[];
  /** Where an order may have been given, so that giving up there leads through the way back. */
  readonly locked: readonly string[];
  readonly complete: string;
  readonly rollingBack: string;
  readonly halted: string;
}

/** After these a run mostly does not go on, so that what was to strike later strikes nobody. */
const ends: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'abort',
  'api-restored',
  'ha-returns',
  'lock-freed',
  'lock-stolen',
  'migrations-edited',
  'node-crashes',
  'node-joins',
  'node-replaced',
  'node-restarts',
  'status-mangled',
] as FaultKind[]);

const cellsInPassing = 8;
const endsAtOnce = 2;
const cellsAtRest = 9;

/** What the next runs aim at: what was tried least, several in one run where one does not hinder the other. `coverage` counts up to
 *  now; what is planned here is taken as tried. */
export function aim(random: Random, course: Course, coverage: Coverage, runs: number): readonly (readonly Cell[])[] {
  const all = [...course.states, course.rollingBack, course.halted, course.complete];
  const counts = new Map(all.map((state) => [state, new Map(coverage.hits.get(state))]));
  const count = ({ state, kind }: Cell): number => counts.get(state)?.get(kind) ?? 0;
  const cells = all.flatMap((state) => faultNames.map((kind) => ({ state, kind, tie: random.below(1e9) })));
  const planned: (readonly Cell[])[] = [];
  for (let run = 0; run < runs; run += 1) {
    cells.sort((one, other) => count(one) - count(other) || one.tie - other.tie);
    const chosen = chosenFrom(cells, course);
    for (const { state, kind } of chosen) counts.get(state)?.set(kind, count({ state, kind }) + 1);
    planned.push(chosen);
  }
  return planned;
}

/** The first, and of the others as many as do not hinder it. */
function chosenFrom(cells: readonly Cell[], course: Course): readonly Cell[] {
  const [first] = cells;
  if (first === undefined) return [];
  const atRest = [course.complete, course.halted].includes(first.state);
  const most = atRest ? cellsAtRest : first.state === course.rollingBack ? 4 : cellsInPassing;
  const chosen: Cell[] = [first];
  for (const cell of cells.slice(1, 400)) {
    if (chosen.length >= most) break;
    if (fits(cell, chosen, first, course)) chosen.push(cell);
  }
  return chosen.map(({ state, kind }) => ({ state, kind }));
}

function fits(cell: Cell, chosen: readonly Cell[], first: Cell, course: Course): boolean {
  const isEnd = ends.has(cell.kind);
  const ending = chosen.filter(({ kind }) => ends.has(kind));
  const placeOf = ({ state }: Cell): number => course.states.indexOf(state);
  if (chosen.some(({ kind }) => kind === cell.kind)) return false;
  if (placeOf(first) === -1) return cell.state === first.state && !isEnd && ending.length === 0;
  if (placeOf(cell) === -1) return false;
  // Nothing is aimed at what comes after an end, but two ends may meet.
  const end = ending[0];
  if (isEnd && end !== undefined) return cell.state === end.state && ending.length < endsAtOnce;
  if (isEnd) return chosen.every((one) => placeOf(one) < placeOf(cell));
  return chosen.every((one) => one.state !== cell.state) && (end === undefined || placeOf(cell) < placeOf(end));
}

/** The faults that strike where they are aimed, and what it takes to get there. */
export function aimedFaults(
  random: Random,
  targets: Targets,
  cells: readonly Cell[],
  course: Course,
): readonly Fault[] {
  const faults = cells.flatMap(({ state, kind }, at) => faultAt(random.split(`${at}`), targets, kind, state));
  const isIn = (wanted: string): boolean => cells.some(({ state }) => state === wanted);
  const [one, ...more] = course.locked;
  if (one === undefined) return faults;
  const somewhere = random.split('way').pick([one, ...more]);
  if (isIn(course.halted)) return [...faults, ...faultAt(random.split('halt'), targets, 'lock-freed', somewhere)];
  if (!isIn(course.rollingBack)) return faults;
  return [...faults, ...faultAt(random.split('back'), targets, 'abort', somewhere)];
}

function faultAt(random: Random, targets: Targets, kind: FaultKind, state: string): readonly Fault[] {
  const form = faultForm(kind);
  const [target, ...others] = targetsOf(form, targets);
  if (target === undefined) return [];
  return [
    {
      kind,
      state,
      afterMs: 0,
      // Short ones: of many in one run each has to leave the next its turn.
      forMs: form.lasts === 'moment' ? 0 : random.between(form.lasts[0], Math.min(2 * form.lasts[0], form.lasts[1])),
      on: random.pick([target, ...others]),
      how: random.below(1_000),
    },
  ];
}
