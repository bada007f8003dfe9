import { commandNames, formOf } from './command.ts';
import type { FactValue } from './fact.ts';
import { type Machine, stateOf } from './machine.ts';
import {
  type Cohort,
  type Done,
  type FactRead,
  maxMembers,
  type Order,
  type Turn,
  type WorkflowStatus,
} from './workflow.ts';

/** A status as it was read: ours, or nobody's we know, and then which field says so. Any JSON may come in: somebody may have
 *  edited it, restored it from another site, or written it with a version of us that does not exist yet. */
export type StatusRead =
  | { readonly ok: true; readonly status: WorkflowStatus }
  /** `field` as people find it: `turn.orders.node-b.step`. */
  | { readonly ok: false; readonly field: string; readonly says: string };

export function readStatus<Q>(json: unknown, machine: Machine<Q>): StatusRead {
  try {
    return { ok: true, status: statusOf(json, machine) };
  } catch (fault) {
    if (fault instanceof Foreign) return { ok: false, field: fault.field, says: fault.says };
    throw fault;
  }
}

class Foreign extends Error {
  readonly field: string;
  readonly says: string;

  constructor(field: string, says: string) {
    super(`${field} ${says}`);
    this.field = field;
    this.says = says;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function statusOf<Q>(json: unknown, machine: Machine<Q>): WorkflowStatus {
  const all = map(json, 'status');
  only(all, '', [
    'workflow',
    'uid',
    'profile',
    'machine',
    'epoch',
    'serial',
    'state',
    'sinceMs',
    'step',
    'locked',
    'lockAskedAtMs',
    'cohort',
    'turn',
    'done',
    'passed',
    'unguardedSinceMs',
    'because',
    'outcome',
  ]);
  const status: WorkflowStatus = {
    workflow: text(all.workflow, 'workflow'),
    uid: text(all.uid, 'uid'),
    profile: text(all.profile, 'profile'),
    machine: text(all.machine, 'machine'),
    epoch: whole(all.epoch, 'epoch'),
    serial: whole(all.serial, 'serial'),
    state: stateName(all.state, 'state', machine),
    sinceMs: whole(all.sinceMs, 'sinceMs'),
    step: whole(all.step, 'step'),
    locked: bool(all.locked, 'locked'),
    ...(all.lockAskedAtMs === undefined ? {} : { lockAskedAtMs: whole(all.lockAskedAtMs, 'lockAskedAtMs') }),
    ...(all.cohort === undefined ? {} : { cohort: cohortOf(all.cohort) }),
    ...(all.turn === undefined ? {} : { turn: turnOf(all.turn, machine) }),
    done: list(all.done, 'done').map((entry, at) => doneOf(entry, `done.${at}`, machine)),
    ...(all.passed === undefined ? {} : { passed: stateName(all.passed, 'passed', machine) }),
    unguardedSinceMs: unguarded(all.unguardedSinceMs, machine),
    ...(all.because === undefined ? {} : { because: text(all.because, 'because') }),
    ...(all.outcome === undefined ? {} : { outcome: outcomeOf(all.outcome) }),
  };
  if (status.machine !== machine.digest) throw new Foreign('machine', 'is the digest of another pack');
  checkTogether(status, machine);
  return status;
}

/** What no single field shows. */
function checkTogether<Q>(status: WorkflowStatus, machine: Machine<Q>): void {
  const { turn, cohort, step, epoch, uid, done } = status;
  const state = stateOf(machine, status.state);
  if ((state?.ends === undefined) !== (status.outcome === undefined) && status.outcome !== 'undone') {
    throw new Foreign('outcome', `does not fit ${status.state}`);
  }
  if (
    status.outcome === 'undone' &&
    status.state !== machine.states[0]?.name &&
    !machine.states.some(({ takesBack, goto }) => takesBack && goto[0]?.to === status.state)
  ) {
    throw new Foreign('outcome', `does not fit ${status.state}`);
  }
  if (new Set(done.map((entry) => entry.state)).size !== done.length) throw new Foreign('done', 'names a state twice');
  if (turn === undefined || status.outcome !== undefined) return;
  if (
    state?.takesBack
      ? turn.way !== 'undo' || turn.of !== done.at(-1)?.state
      : turn.way !== 'do' || turn.of !== status.state
  ) {
    throw new Foreign('turn.of', `does not fit ${status.state}`);
  }
  for (const [member, order] of Object.entries(turn.orders)) {
    const at = `turn.orders.${member}`;
    if (!turn.members.includes(member) || order.object !== member) throw new Foreign(at, 'is of no member of the turn');
    if (order.step > step) throw new Foreign(`${at}.step`, `is past the last order given, ${step}`);
    if (order.epoch > epoch) throw new Foreign(`${at}.epoch`, `is newer than the status itself, ${epoch}`);
    if (order.workflow !== uid) throw new Foreign(`${at}.workflow`, 'is another workflow');
    if (cohort?.nodes.some(({ name }) => name === order.node) !== true)
      throw new Foreign(`${at}.node`, 'is no node of the cohort');
  }
}

function cohortOf(json: unknown): Cohort {
  const all = map(json, 'cohort');
  only(all, 'cohort.', ['nodes', 'hand', 'facts']);
  const nodes = list(all.nodes, 'cohort.nodes').map((entry, at) => {
    const one = map(entry, `cohort.nodes.${at}`);
    only(one, `cohort.nodes.${at}.`, ['name', 'uid', 'bootId']);
    const [name, uid, bootId] = (['name', 'uid', 'bootId'] as const).map((field) =>
      text(one[field], `cohort.nodes.${at}.${field}`),
    );
    return { name: name ?? '', uid: uid ?? '', bootId: bootId ?? '' };
  });
  distinct(
    nodes.map(({ name }) => name),
    'cohort.nodes',
  );
  if (nodes.length === 0) throw new Foreign('cohort.nodes', 'is empty');
  const hand = text(all.hand, 'cohort.hand');
  if (!nodes.some(({ name }) => name === hand)) throw new Foreign('cohort.hand', 'is no node of the cohort');
  const facts: Record<string, Readonly<Record<string, FactValue>>> = Object.create(null);
  for (const [fact, values] of Object.entries(map(all.facts, 'cohort.facts'))) {
    const objects: Record<string, FactValue> = Object.create(null);
    for (const [object, value] of Object.entries(map(values, `cohort.facts.${fact}`))) {
      objects[object] = factValue(value, `cohort.facts.${fact}.${object}`);
    }
    facts[fact] = objects;
  }
  return { nodes, hand, facts };
}

function turnOf<Q>(json: unknown, machine: Machine<Q>): Turn {
  const all = map(json, 'turn');
  only(all, 'turn.', ['of', 'way', 'members', 'excused', 'orders', 'tries']);
  const { way } = all;
  if (way !== 'do' && way !== 'undo') throw new Foreign('turn.way', 'is neither `do` nor `undo`');
  const members = names(all.members, 'turn.members');
  const orders: Record<string, Order> = {};
  for (const [member, order] of Object.entries(map(all.orders, 'turn.orders')))
    orders[member] = orderOf(order, `turn.orders.${member}`);
  const tries = counts(all.tries, 'turn.tries');
  return {
    of: stateName(all.of, 'turn.of', machine),
    way,
    members,
    excused: names(all.excused, 'turn.excused'),
    orders,
    tries,
  };
}

/** One order, as it stands in a status or before an agent. Throws nothing but `Foreign`. */
function orderOf(json: unknown, at: string): Order {
  const all = map(json, at);
  only(all, `${at}.`, [
    'workflow',
    'step',
    'epoch',
    'node',
    'bootId',
    'object',
    'command',
    'with',
    'confirmWithinMs',
    'dependsOn',
    'givenAtMs',
  ]);
  const command = commandNames.find((name) => name === all.command);
  if (command === undefined) throw new Foreign(`${at}.command`, 'is no command');
  const args: Record<string, FactValue> = {};
  for (const [name, value] of Object.entries(map(all.with, `${at}.with`)))
    args[name] = factValue(value, `${at}.with.${name}`);
  for (const name of Object.keys(formOf(command).with)) {
    if (!Object.hasOwn(args, name)) throw new Foreign(`${at}.with.${name}`, 'is missing');
  }
  const step = whole(all.step, `${at}.step`);
  if (step === 0) throw new Foreign(`${at}.step`, 'is 0; the first order has 1');
  return {
    workflow: text(all.workflow, `${at}.workflow`),
    step,
    epoch: whole(all.epoch, `${at}.epoch`),
    node: text(all.node, `${at}.node`),
    bootId: text(all.bootId, `${at}.bootId`),
    object: text(all.object, `${at}.object`),
    command,
    with: args,
    ...(all.confirmWithinMs === undefined
      ? {}
      : { confirmWithinMs: whole(all.confirmWithinMs, `${at}.confirmWithinMs`) }),
    dependsOn: list(all.dependsOn, `${at}.dependsOn`).map((entry, index) =>
      factRead(entry, `${at}.dependsOn.${index}`),
    ),
    givenAtMs: whole(all.givenAtMs, `${at}.givenAtMs`),
  };
}

/** An order as an agent finds it before itself. */
export function readOrder(
  json: unknown,
):
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly field: string; readonly says: string } {
  try {
    return { ok: true, order: orderOf(json, 'order') };
  } catch (fault) {
    if (fault instanceof Foreign) return { ok: false, field: fault.field, says: fault.says };
    throw fault;
  }
}

function factRead(json: unknown, at: string): FactRead {
  const all = map(json, at);
  return {
    fact: text(all.fact, `${at}.fact`),
    object: text(all.object, `${at}.object`),
    value: factValue(all.value, `${at}.value`),
  };
}

function doneOf<Q>(json: unknown, at: string, machine: Machine<Q>): Done {
  const all = map(json, at);
  only(all, `${at}.`, ['state', 'members']);
  return { state: stateName(all.state, `${at}.state`, machine), members: names(all.members, `${at}.members`) };
}

function unguarded<Q>(json: unknown, machine: Machine<Q>): Readonly<Record<string, number>> {
  const found = counts(json, 'unguardedSinceMs');
  for (const name of Object.keys(found)) {
    if (!machine.guards.some((guard) => guard.name === name))
      throw new Foreign(`unguardedSinceMs.${name}`, 'is no guard of this machine');
  }
  return found;
}

function outcomeOf(value: unknown): 'complete' | 'undone' | 'halted' {
  if (value === 'complete' || value === 'undone' || value === 'halted') return value;
  throw new Foreign('outcome', 'is no end');
}

function stateName<Q>(value: unknown, field: string, machine: Machine<Q>): string {
  const name = text(value, field);
  if (stateOf(machine, name) === undefined) throw new Foreign(field, 'is no state of this machine');
  return name;
}

function names(value: unknown, field: string): readonly string[] {
  const found = list(value, field).map((entry, at) => text(entry, `${field}.${at}`));
  if (found.length > maxMembers) throw new Foreign(field, `has more than ${maxMembers} members`);
  distinct(found, field);
  return found;
}

function distinct(all: readonly string[], field: string): void {
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice !== undefined) throw new Foreign(field, `names ${twice} twice`);
}

function counts(value: unknown, field: string): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, count] of Object.entries(map(value, field))) found[name] = whole(count, `${field}.${name}`);
  return found;
}

function factValue(value: unknown, field: string): FactValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  throw new Foreign(field, 'is no value that a fact can have');
}

function map(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no map');
}

function list(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no list');
}

function text(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= 4096) return value;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no text');
}

function bool(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Foreign(field, value === undefined ? 'is missing' : 'is neither true nor false');
}

/** Counts and moments: whole, and not below zero. */
function whole(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'number' && value < 0) throw new Foreign(field, 'is negative');
  throw new Foreign(field, value === undefined ? 'is missing' : 'is no whole number');
}

function only(all: Fields, at: string, known: readonly string[]): void {
  const extra = Object.keys(all).find((field) => !known.includes(field));
  if (extra !== undefined) throw new Foreign(`${at}${extra}`, 'is no field of a status');
}
