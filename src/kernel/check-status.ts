import { formOf } from './command.ts';
import type { FactValue } from './fact.ts';
import { bool, counts, distinct, Foreign, factValue, list, map, names, only, text, whole } from './fields.ts';
import { type Act, type Machine, stateOf } from './machine.ts';
import { orderOf } from './read-order.ts';
import { type Cohort, type Done, maxNodes, maxTries, type Order, type Turn, type WorkflowStatus } from './workflow.ts';

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
  // First: all that follows is read by this machine.
  if (text(all.machine, 'machine') !== machine.digest) throw new Foreign('machine', 'is the digest of another pack');
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
    done: list(all.done, 'done', machine.states.length).map((entry, at) => doneOf(entry, `done.${at}`, machine)),
    ...(all.passed === undefined ? {} : { passed: stateName(all.passed, 'passed', machine) }),
    unguardedSinceMs: unguarded(all.unguardedSinceMs, machine),
    ...(all.because === undefined ? {} : { because: text(all.because, 'because') }),
    ...(all.outcome === undefined ? {} : { outcome: outcomeOf(all.outcome) }),
  };
  checkTogether(status, machine);
  return status;
}

/** What no single field shows. */
function checkTogether<Q>(status: WorkflowStatus, machine: Machine<Q>): void {
  const { turn, cohort, done, outcome, passed } = status;
  const state = stateOf(machine, status.state);
  const isStart =
    status.state === machine.states[0]?.name ||
    machine.states.some(({ takesBack, goto }) => takesBack && goto[0]?.to === status.state);
  if (outcome === 'undone' ? !isStart : outcome !== state?.ends) {
    throw new Foreign('outcome', `does not fit ${status.state}`);
  }
  if (passed !== undefined && state?.takesBack) throw new Foreign('passed', `does not fit ${status.state}`);
  if (cohort !== undefined) sameMembers(Object.keys(cohort.facts), machine.freezes, 'cohort.facts', 'what is frozen');
  distinct(
    done.map((entry) => entry.state),
    'done',
  );
  for (const [index, entry] of done.entries()) {
    const act = stateOf(machine, entry.state)?.act;
    if (act?.undo === undefined) throw new Foreign(`done.${index}.state`, 'has nothing that could be taken back');
    areOf(entry.members, act, cohort, `done.${index}.members`);
  }
  if (turn === undefined || outcome !== undefined) return;
  const act = stateOf(machine, turn.of)?.act;
  const isBack = state?.takesBack === true;
  // On the way back it is that of the last step, or of the one that was left with orders of which nobody has seen the end.
  const isLeft = isBack && turn.way === 'do';
  const isFit = isLeft
    ? Object.keys(turn.orders).length > 0
    : turn.way === (isBack ? 'undo' : 'do') && turn.of === (isBack ? done.at(-1)?.state : status.state);
  if (act === undefined || !isFit) throw new Foreign('turn.of', `does not fit ${status.state}`);
  const everybody = [...turn.members, ...turn.excused];
  distinct(everybody, 'turn.excused');
  areOf(everybody, act, cohort, 'turn.members');
  // INVARIANT K1: a turn that has forgotten somebody would be over without him.
  if (isBack && !isLeft)
    sameMembers(turn.members, done.at(-1)?.members ?? [], 'turn.members', 'those to be taken back');
  else if (act.on === 'site') sameMembers(everybody, ['site'], 'turn.members', 'the site');
  else if (act.on === 'node') sameMembers(everybody, namesOf(cohort), 'turn.members', 'the cohort');
  checkOrders(status, turn, isBack && !isLeft ? act.undo?.command : act.command, act.on);
  for (const member of Object.keys(turn.ended)) {
    if (!Object.hasOwn(turn.orders, member)) throw new Foreign(`turn.ended.${member}`, 'is of nobody who was ordered');
  }
  for (const [member, tries] of Object.entries(turn.tries)) {
    if (!Object.hasOwn(turn.orders, member)) throw new Foreign(`turn.tries.${member}`, 'is of nobody who was ordered');
    if (tries > maxTries) throw new Foreign(`turn.tries.${member}`, `is more than ${maxTries}`);
  }
}

function checkOrders(
  { cohort, step, epoch, uid }: WorkflowStatus,
  turn: Turn,
  command: Order['command'] | undefined,
  on: 'site' | 'node' | 'volume',
): void {
  const steps = new Set<number>();
  for (const [member, order] of Object.entries(turn.orders)) {
    const at = `turn.orders.${member}`;
    if (!turn.members.includes(member) || order.object !== member) throw new Foreign(at, 'is of no member of the turn');
    if (order.step > step) throw new Foreign(`${at}.step`, `is past the last order given, ${step}`);
    if (steps.has(order.step)) throw new Foreign(`${at}.step`, `is ${order.step}, as another’s`);
    steps.add(order.step);
    if (order.epoch > epoch) throw new Foreign(`${at}.epoch`, `is newer than the status itself, ${epoch}`);
    if (order.workflow !== uid) throw new Foreign(`${at}.workflow`, 'is another workflow');
    if (order.command !== command) throw new Foreign(`${at}.command`, `is not what ${turn.of} gives`);
    const node = cohort?.nodes.find(({ name }) => name === order.node);
    if (node === undefined) throw new Foreign(`${at}.node`, 'is no node of the cohort');
    if (order.node !== (on === 'node' ? member : cohort?.hand)) throw new Foreign(`${at}.node`, 'is not whose this is');
    if (order.bootId !== node.bootId) throw new Foreign(`${at}.bootId`, `is not the boot that ${order.node} was in`);
  }
}

/** Acts of agents need a cohort, and are about its nodes, about volumes, or about the site. */
function areOf<Q>(members: readonly string[], act: Act<Q>, cohort: Cohort | undefined, field: string): void {
  if (formOf(act.command).by === 'operator') {
    sameMembers(members, ['site'], field, 'the site');
    return;
  }
  if (cohort === undefined) throw new Foreign('cohort', 'is missing, though somebody was ordered');
  const known = act.on === 'node' ? namesOf(cohort) : act.on === 'site' ? ['site'] : members;
  const other = members.find((member) => !known.includes(member));
  if (other !== undefined) throw new Foreign(field, `names ${other}, who cannot be meant`);
}

function sameMembers(found: readonly string[], asked: readonly string[], field: string, who: string): void {
  const missing = asked.find((name) => !found.includes(name));
  if (missing !== undefined) throw new Foreign(field, `leaves ${missing} out of ${who}`);
  const extra = found.find((name) => !asked.includes(name));
  if (extra !== undefined) throw new Foreign(field, `names ${extra}, who is not of ${who}`);
}

function namesOf(cohort: Cohort | undefined): readonly string[] {
  return cohort?.nodes.map(({ name }) => name) ?? [];
}

function cohortOf(json: unknown): Cohort {
  const all = map(json, 'cohort');
  only(all, 'cohort.', ['nodes', 'hand', 'facts']);
  const nodes = list(all.nodes, 'cohort.nodes', maxNodes).map((entry, at) => {
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
  only(all, 'turn.', ['of', 'way', 'members', 'excused', 'orders', 'ended', 'tries']);
  const { way } = all;
  if (way !== 'do' && way !== 'undo') throw new Foreign('turn.way', 'is neither `do` nor `undo`');
  const members = names(all.members, 'turn.members');
  const orders: Record<string, Order> = Object.create(null);
  for (const [member, order] of Object.entries(map(all.orders, 'turn.orders')))
    orders[member] = orderOf(order, `turn.orders.${member}`);
  const tries = counts(all.tries, 'turn.tries');
  return {
    of: stateName(all.of, 'turn.of', machine),
    way,
    members,
    excused: names(all.excused, 'turn.excused'),
    orders,
    ended: all.ended === undefined ? {} : counts(all.ended, 'turn.ended'),
    tries,
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
