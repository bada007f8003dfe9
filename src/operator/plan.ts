import type { CommandName } from '../kernel/command.ts';
import { formOf } from '../kernel/command.ts';
import type { FactValue } from '../kernel/fact.ts';
import type { Place } from '../kernel/fault.ts';
import { type Act, type GateUse, type Machine, type State, stateOf, type Transition } from '../kernel/machine.ts';
import { objectsOf, seen } from '../kernel/readings.ts';
import type { Sight } from '../kernel/sight.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { FALSE, type Reason, TRUE, type Truth } from '../kernel/verdict.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';

/** Every step that a workflow has before it, as far as can be said now: what would be done to whom, what each step waits for and how
 *  that stands, what can be taken back and from where not. It promises nothing: each step is decided when it is due. */
export interface Plan {
  readonly workflow: string;
  readonly from: string;
  readonly steps: readonly PlannedStep[];
  /** States on other ways through the machine, which what is seen now does not lead to. */
  readonly leftOut: readonly string[];
}

export interface PlannedStep {
  readonly state: string;
  readonly says: string;
  readonly stretch?: string;
  readonly command?: CommandName;
  /** Who is meant; undefined where the list is not known. */
  readonly members?: readonly PlannedMember[];
  readonly atATime?: number;
  /** Asked before each order, and before the state is left. */
  readonly waitsFor: readonly PlannedGate[];
  /** The command that takes it back; null: nothing has to be, or nothing can. */
  readonly undo: CommandName | null;
  readonly pointOfNoReturn: string | null;
  readonly budgetMs: number | null;
  readonly overdue: 'hold' | 'fail';
  /** What is down on the site while this state lasts. */
  readonly down: readonly ('replication' | 'link')[];
  /** Nodes that may fail meanwhile without a volume losing its last reachable copy; undefined where it is not known. */
  readonly mayFail?: readonly string[];
  readonly at: Place;
}

export interface PlannedMember {
  readonly object: string;
  /** Undefined until the cohort has a hand. */
  readonly node?: string;
  readonly with: Readonly<Record<string, FactValue>>;
  /** `settled`: nothing has to be done, as it looks now. */
  readonly stands: 'settled' | 'to do' | 'unknown';
}

export interface PlannedGate {
  readonly gate: string;
  readonly object: string;
  readonly when: 'before each order' | 'before it goes on';
  readonly truth: Truth;
  readonly because: readonly Reason[];
}

export function planOf<Q>(machine: Machine<Q>, status: WorkflowStatus, sight: Sight<Q>): Plan {
  const steps: PlannedStep[] = [];
  const down = downBefore(machine, status.state);
  const met = new Set<string>();
  for (let state = stateOf(machine, status.state); state !== undefined && !met.has(state.name); ) {
    met.add(state.name);
    const next = likelyNext(state, sight);
    const form = state.act === undefined ? undefined : formOf(state.act.command);
    if (form?.takesDown !== undefined) down.add(form.takesDown);
    if (form?.takesDown !== 'link') down.delete('link'); // it is up again when the last has moved
    steps.push(stepOf(state, next, status, sight, [...down]));
    if (form?.bringsUp !== undefined) down.delete(form.bringsUp);
    state = next === undefined ? undefined : stateOf(machine, next.to);
  }
  const leftOut = machine.states.filter(({ name }) => !met.has(name)).map(({ name }) => name);
  return { workflow: status.workflow, from: status.state, steps, leftOut };
}

/** What the states before this one have taken down and not brought up again; a link is up once the last bond has moved. */
function downBefore<Q>({ states }: Machine<Q>, name: string): Set<'replication' | 'link'> {
  const down = new Set<'replication' | 'link'>();
  for (const { act } of states.slice(
    0,
    states.findIndex((state) => state.name === name),
  )) {
    const form = act === undefined ? undefined : formOf(act.command);
    if (form?.takesDown === 'replication') down.add('replication');
    if (form?.bringsUp !== undefined) down.delete(form.bringsUp);
  }
  return down;
}

/** The first transition that may still open: only a sure no sends it on to the next. */
function likelyNext<Q>(state: State<Q>, sight: Sight<Q>): Transition<Q> | undefined {
  const open = state.goto.find(({ gates }) => !gates.some(({ asks }) => sight.ask(asks, 'site') === FALSE));
  return open ?? state.goto.at(-1);
}

function stepOf<Q>(
  state: State<Q>,
  next: Transition<Q> | undefined,
  status: WorkflowStatus,
  sight: Sight<Q>,
  down: readonly ('replication' | 'link')[],
): PlannedStep {
  const { act } = state;
  const members = act === undefined ? undefined : membersOf(act, status, sight);
  const before = (act?.gates ?? []).flatMap((gate) =>
    (members ?? []).map(({ object }) => gateOf(gate, object, 'before each order', sight)),
  );
  const after = (next?.gates ?? []).map((gate) => gateOf(gate, 'site', 'before it goes on', sight));
  const mayFail = down.length > 0 ? [] : expendable(sight.snapshot);
  return {
    state: state.name,
    says: state.says,
    ...(state.stretch === undefined ? {} : { stretch: state.stretch }),
    ...(act === undefined ? {} : { command: act.command, atATime: act.atATime }),
    ...(members === undefined ? {} : { members }),
    waitsFor: [...before, ...after],
    undo: act?.undo?.command ?? null,
    pointOfNoReturn: state.pointOfNoReturn ?? null,
    budgetMs: Number.isFinite(state.budgetMs) ? state.budgetMs : null,
    overdue: state.overdue,
    down,
    ...(mayFail === undefined ? {} : { mayFail }),
    at: state.at,
  };
}

function membersOf<Q>(act: Act<Q>, status: WorkflowStatus, sight: Sight<Q>): readonly PlannedMember[] | undefined {
  const population = act.on === 'site' ? undefined : sight.snapshot.populations[act.on];
  if (population !== undefined && population.state !== 'known') return undefined;
  const all = population === undefined ? ['site'] : population.members.map(({ id }) => id);
  const { where, settled } = act;
  const hand = status.cohort?.hand ?? sight.snapshot.populations.node.members[0]?.id;
  const args = Object.fromEntries(
    [...act.with].flatMap(([name, argument]) => (argument.kind === 'literal' ? [[name, argument.value]] : [])),
  );
  return all
    .filter((member) => where === undefined || sight.ask(where, member) !== FALSE)
    .map((object) => {
      const truth = settled === undefined ? FALSE : sight.ask(settled, object);
      const node = act.on === 'node' ? object : formOf(act.command).by === 'operator' ? undefined : hand;
      const stands = truth === TRUE ? 'settled' : truth === FALSE ? 'to do' : 'unknown';
      return { object, ...(node === undefined ? {} : { node }), with: args, stands };
    });
}

function gateOf<Q>(
  { name, asks }: GateUse<Q>,
  object: string,
  when: PlannedGate['when'],
  sight: Sight<Q>,
): PlannedGate {
  const truth = sight.ask(asks, object);
  return { gate: name, object, when, truth, because: truth === TRUE ? [] : sight.why(asks, object) };
}

/** Nodes without which every volume that has a part on them keeps its quorum and an UpToDate copy. Undefined: it is not known of one. */
function expendable(snapshot: Snapshot): readonly string[] | undefined {
  const { node } = snapshot.populations;
  if (node.state !== 'known' || snapshot.populations.replica.state !== 'known') return undefined;
  const found: string[] = [];
  for (const { id } of node.members) {
    const parts = (objectsOf(snapshot, 'replica.quorumWithoutNode', id) ?? []).map((replica) =>
      seen(snapshot, 'replica.quorumWithoutNode', replica),
    );
    if (parts.includes(undefined)) return undefined;
    if (parts.every((keeps) => keeps === true)) found.push(id);
  }
  return found;
}
