import type { Capture } from '../capture/capture.ts';
import type { Tellable } from '../crd/told.ts';
import type { Json } from '../kernel/digest.ts';
import { stateOf } from '../kernel/machine.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { Order } from '../kernel/workflow.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { machinesOf } from '../review/names.ts';
import type { Side } from '../review/side.ts';
import { type DecideWorkflows, type StateNames, sameNames, type WorkflowWord } from '../review/workflow.ts';
import { type CompiledMachine, compileMachine } from '../rules/machine-evaluator.ts';
import type { Question } from '../rules/pack.ts';
import { decidedOn, type WorkflowAnswer, workflowObjects } from './workflows.ts';

/** The workflows of a capture as one side would decide on them, by the functions that the operator calls. Each is taken as begun with
 *  that side: else all that either could say is that another profile began it. */
export function workflowsOf(side: Side, { raws }: Capture, names: StateNames = sameNames): DecideWorkflows {
  const objects = [...workflowObjects(raws).values()];
  if (objects.length === 0) return async () => [];
  const held = heldOf(side);
  return async (snapshot) => {
    const words: WorkflowWord[] = [];
    for (const object of objects) {
      if (held.machineOf(object.kind) === undefined) continue;
      const told = (state: string): string => names.told(object.kind, state) ?? state;
      words.push(wordOf(side, await decidedOn(held, begunWith(object, held, names), snapshot), told));
    }
    return words;
  };
}

/** Of each side one, since compiling outlives a capture. */
const heldBySide = new WeakMap<Side, HeldProfile>();

function heldOf(side: Side): HeldProfile {
  const known = heldBySide.get(side);
  if (known !== undefined) return known;
  const made = makeHeld(side);
  heldBySide.set(side, made);
  return made;
}

function makeHeld(side: Side): HeldProfile {
  const { digest, shape } = side.profile;
  const machines = new Map(machinesOf(side).map((machine) => [machine.drives, machine]));
  const compiled = new Map<string, CompiledMachine>();
  return {
    digest,
    shape,
    machineOf: (kind) => {
      const machine = machines.get(kind);
      if (machine === undefined) return undefined;
      const made = compiled.get(kind) ?? compileMachine(machine);
      compiled.set(kind, made);
      return made;
    },
  };
}

type Fields = Readonly<Record<string, Json | undefined>>;

function begunWith(object: KubeObject, { digest, machineOf }: HeldProfile, names: StateNames): KubeObject {
  const { spec, status } = object as unknown as { readonly spec?: Fields; readonly status?: Fields };
  const written = status?.workflow as Fields | undefined;
  const machine = machineOf(object.kind)?.machine;
  const { profile: _, ...asked } = spec ?? {};
  const isState = (state: string): boolean => machine !== undefined && stateOf(machine, state) !== undefined;
  const name = (state: string): string => (isState(state) ? state : (names.own(object.kind, state) ?? state));
  const begun = isFields(written)
    ? { ...status, workflow: { ...renamedStates(written, name), profile: digest, machine: machine?.digest } }
    : status;
  return {
    ...object,
    ...(spec === undefined ? {} : { spec: asked }),
    ...(begun === undefined ? {} : { status: begun }),
  } as KubeObject;
}

/** Wherever a status names a state. */
function renamedStates(written: Fields, name: (state: string) => string): Fields {
  const inside = (field: Json | undefined, key: string): Json | undefined =>
    isFields(field) && typeof field[key] === 'string' ? { ...field, [key]: name(field[key]) } : field;
  const { state, passed, turn, done } = written;
  return {
    ...written,
    ...(typeof state === 'string' ? { state: name(state) } : {}),
    ...(typeof passed === 'string' ? { passed: name(passed) } : {}),
    ...(turn === undefined ? {} : { turn: inside(turn, 'of') }),
    ...(Array.isArray(done) ? { done: done.map((one) => inside(one, 'state') ?? one) } : {}),
  } as Fields;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wordOf(
  side: Side,
  { id, decision, evaluator, status }: WorkflowAnswer,
  told: (state: string) => string,
): WorkflowWord {
  const pack = side.profile.packs.find(({ machine }) => machine?.drives === id.slice(0, id.indexOf('/')));
  const at = evaluator === undefined ? undefined : stateOf(evaluator.machine, stateIn(decision))?.at;
  const graces = (evaluator?.machine.guards ?? []).flatMap(({ name, graceMs }) => {
    const since = status?.unguardedSinceMs[name];
    return since === undefined ? [] : [since + graceMs];
  });
  const due = decision.kind === 'hold' && decision.dueAtMs !== null ? [decision.dueAtMs] : [];
  return {
    id,
    pack: pack?.name ?? '',
    word: said(decision, orderText, told),
    alike: said(decision, ({ command }) => command, told),
    does: doing[decision.kind],
    overdue: decision.kind === 'hold' && decision.overdue,
    because: decision.kind === 'hold' || decision.kind === 'halt' ? decision.because : [],
    dueAtMs: [...due, ...graces].filter((ms) => Number.isFinite(ms)),
    at: at ?? { file: pack?.file ?? '', line: 1, col: 1 },
  };
}

const doing: Readonly<Record<Tellable['kind'], WorkflowWord['does']>> = {
  advance: 'goes on',
  undo: 'takes back',
  hold: 'waits',
  halt: 'has given up',
  rest: 'rests',
};

function stateIn(decision: Tellable<Question>): string {
  return decision.kind === 'advance' || decision.kind === 'undo' ? decision.from : decision.state;
}

function said(decision: Tellable<Question>, order: (order: Order) => string, state: (name: string) => string): string {
  switch (decision.kind) {
    case 'advance':
    case 'undo': {
      const { kind, from, to, orders } = decision;
      const given = orders.length === 0 ? '' : `: ${orders.map(order).join(', ')}`;
      return `${kind} ${from === to ? `within ${state(from)}` : `${state(from)} → ${state(to)}`}${given}`;
    }
    case 'hold':
      return `hold in ${state(decision.state)}${decision.overdue ? ', overdue' : ''}`;
    case 'halt':
      return `halt in ${state(decision.state)}`;
    case 'rest':
      return `rest in ${state(decision.state)}, ${decision.outcome}`;
  }
}

function orderText({ command, object, node, with: given }: Order): string {
  const words = Object.entries(given).map(([name, value]) => `${name}: ${String(value)}`);
  const how = words.length === 0 ? '' : ` (${words.sort().join(', ')})`;
  return `${command} ${object === node ? object : `${object} by ${node}`}${how}`;
}
