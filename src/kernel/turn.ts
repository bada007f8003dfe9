import { storageStrains } from './backpressure.ts';
import { freeze, freezeMore, newestStep, workUnderWay } from './cohort.ts';
import { formOf } from './command.ts';
import type { FactValue } from './fact.ts';
import { isEnded, lockSeen, orderSeen, unheardJournals } from './fence.ts';
import type { Act, Instruction, State } from './machine.ts';
import {
  doneUntilNow,
  effectOf,
  endedNow,
  entering,
  gapReason,
  gatesAgainst,
  halt,
  hold,
  isBusy,
  isOverdue,
  lawReason,
  letThrough,
  movesOf,
  nextStatus,
  type Pass,
  seenTooEarly,
  standsStill,
  surelyClosed,
  toRollingBack,
  withLock,
} from './pass.ts';
import { seen } from './readings.ts';
import { FALSE, type Reason, type Several, TRUE, UNKNOWN } from './verdict.ts';
import {
  type Cohort,
  type FactRead,
  lockHolderOf,
  maxMembers,
  maxNodes,
  maxTries,
  type Order,
  type Turn,
  type WorkflowStatus,
} from './workflow.ts';
import type { WorkflowDecision } from './workflow-decision.ts';

/** What one state does: its act, to every member, until each is seen settled; then the first transition that is open. */
export function takeTurn<Q>(pass: Pass<Q>): WorkflowDecision<Q> {
  const { act } = pass.state;
  if (act === undefined) return overdueFails(pass) ?? goOn(pass);
  return formOf(act.command).by === 'operator' ? turnLock(pass, act) : turnAgents(pass, act);
}

/** The lock is written by the operator and seen by everybody; no agent takes part, so there is no cohort yet. */
function turnLock<Q>(pass: Pass<Q>, act: Act<Q>): WorkflowDecision<Q> {
  const { state, status, sight } = pass;
  const lock = lockSeen(sight.snapshot, status, sight.epoch);
  const mine = lockHolderOf(status.uid, sight.epoch);
  const takes = act.command === 'site.take-lock';
  const turn = status.turn ?? turnOf(state.name, 'do', ['site']);
  if (lock.kind === 'unknown') {
    return hold(pass, [lawReason('K7', state, 'whose the site lock is', 'site.lock', 'site', 'is not known', true)]);
  }
  // Without a turn this status never asked for it: then it is written once more, and by that known who has to give it back.
  if (takes && lock.kind === 'ours' && lock.epoch === 'current' && status.turn !== undefined) {
    return goOn(pass, { locked: true });
  }
  if (!takes && lock.kind !== 'ours') return goOn(pass, { locked: false });
  if (lock.kind === 'ours' && lock.epoch === 'newer') {
    return hold(pass, [lawReason('K9', state, 'a newer leader decides', 'site.lock', 'site', `is ${lock.holder}`)]);
  }
  if (takes && lock.kind === 'other') {
    const held = lawReason('K7', state, 'the site lock is free', 'site.lock', 'site', `is held by ${lock.holder}`);
    return overdueFails(pass) ?? hold(pass, [held]);
  }
  const against = gatesAgainst(pass, act.gates, 'site');
  if (isSome(against)) return overdueFails(pass) ?? hold(pass, against);
  const late = overdueFails(pass);
  if (late !== undefined) return late;
  const from = lock.kind === 'ours' ? lock.holder : null;
  const write = takes ? { do: 'take' as const, from, to: mine } : { do: 'release' as const, from, to: null };
  return withLock(pass, write, state.says, { ...passing(pass, act), turn });
}

function turnAgents<Q>(pass: Pass<Q>, act: Act<Q>): WorkflowDecision<Q> {
  const { status, state } = pass;
  if (!status.locked) {
    const detail = 'was never seen to be ours';
    return halt(pass, [lawReason('K7', state, 'nothing is done without the site lock', 'site.lock', 'site', detail)]);
  }
  if (status.cohort === undefined) return overdueFails(pass) ?? begin(pass);
  if (status.turn === undefined) return overdueFails(pass) ?? gather(pass, act, status.cohort);
  return serve(pass, act, status.cohort, status.turn);
}

/** INVARIANT K4: before the first order, who takes part is fixed, and all that may have to be put back is written down. */
function begin<Q>(pass: Pass<Q>): WorkflowDecision<Q> {
  const { machine, sight, state } = pass;
  const cohort = freeze(sight.snapshot, machine.freezes);
  const says = 'what cannot be seen now could not be put back';
  if (!cohort.ok) return hold(pass, reasons(cohort.unknown.map((gap) => gapReason('K8', pass, gap, says))));
  if (cohort.value.nodes.length > maxNodes) {
    const detail = `has ${cohort.value.nodes.length} nodes, and ${maxNodes} are the most that are kept`;
    return halt(pass, [lawReason('K4', state, 'a cohort has bounds', 'node', 'site', detail)]);
  }
  const working = workUnderWay(sight.snapshot, cohort.value.nodes);
  if (isSome(working)) {
    return hold(pass, [
      ...working.map(({ fact, object, detail }) =>
        lawReason('K3', state, 'nobody works on an order of another workflow', fact, object, detail, true),
      ),
    ] as unknown as Several<Reason>);
  }
  const step = newestStep(sight.snapshot, cohort.value.nodes);
  if (!step.ok) {
    const journals = 'orders are numbered on from what every journal shows';
    return hold(pass, reasons(step.unknown.map((gap) => gapReason('K10', pass, gap, journals))));
  }
  const names = cohort.value.nodes.map(({ name }) => name).join(', ');
  const next = nextStatus(pass, { cohort: cohort.value, step: Math.max(step.value, pass.status.step) });
  const relies = pass.relies;
  return {
    kind: 'advance',
    from: state.name,
    to: state.name,
    says: `begins with ${names}`,
    orders: [],
    stands: pass.stands,
    relies,
    next,
  };
}

/** Who is meant by «every» in this state, from now until it is left. */
function gather<Q>(pass: Pass<Q>, act: Act<Q>, cohort: Cohort): WorkflowDecision<Q> {
  const { sight, state } = pass;
  const all = candidates(pass, act, cohort);
  if (all === undefined) {
    return hold(pass, [lawReason('K4', state, 'who is there', act.on, 'site', 'is not known', true)]);
  }
  if (all.length > maxMembers) {
    const detail = `has ${all.length} members, and ${maxMembers} are the most that are kept`;
    return halt(pass, [lawReason('K4', state, 'a step has bounds', act.on, 'site', detail)]);
  }
  const { where } = act;
  const asked = all.map((member) => ({
    member,
    truth: where === undefined ? TRUE : letThrough(pass, where, member, `who takes part in ${state.name}`),
  }));
  const unclear = asked.filter(({ truth }) => truth === UNKNOWN);
  if (where !== undefined && isSome(unclear))
    return hold(pass, reasons(unclear.flatMap(({ member }) => sight.why(where, member))));
  const members = asked.filter(({ truth }) => truth === TRUE).map(({ member }) => member);
  const excused = asked.filter(({ truth }) => truth === FALSE).map(({ member }) => member);
  const turn: Turn = { ...turnOf(state.name, 'do', members), excused };
  const frozen = freezeMore(sight.snapshot, cohort, movesOf(state), members);
  if (!frozen.ok) {
    const unseen = 'what cannot be seen now could not be put back';
    return hold(pass, reasons(frozen.unknown.map((gap) => gapReason('K8', pass, gap, unseen))));
  }
  const says = members.length === 0 ? 'nobody needs this' : `for ${named(members)}`;
  const next = nextStatus(pass, { turn, cohort: frozen.value });
  return {
    kind: 'advance',
    from: state.name,
    to: state.name,
    says,
    orders: [],
    stands: pass.stands,
    relies: pass.relies,
    next,
  };
}

function candidates<Q>({ sight }: Pass<Q>, { on }: Act<Q>, cohort: Cohort): readonly string[] | undefined {
  if (on === 'site') return ['site'];
  if (on === 'node') return cohort.nodes.map(({ name }) => name);
  const { volume } = sight.snapshot.populations;
  return volume.state === 'known' ? volume.members.map(({ id }) => id) : undefined;
}

/** INVARIANT K1: the step is over when every member is seen settled, and its agent has been seen to have ended. Some is none. */
function serve<Q>(pass: Pass<Q>, act: Act<Q>, cohort: Cohort, before: Turn): WorkflowDecision<Q> {
  const { state, sight } = pass;
  const turn: Turn = { ...before, ended: endedNow(pass, before) };
  const moved = otherMembers(pass, act, cohort, turn);
  if (moved !== undefined) return moved;
  const waiting: Reason[] = [];
  const open: string[] = [];
  const held = new Map<string, string>();
  let underWay = 0;
  for (const member of turn.members) {
    const order = turn.orders[member];
    const given = order === undefined ? undefined : orderSeen(sight.snapshot, order);
    const ended = given === undefined || isEnded(given);
    const { settled } = act;
    const truth = settled === undefined ? UNKNOWN : effectOf(pass, state.name, settled, member, turn);
    if (order !== undefined && given !== undefined) standsStill(pass, order, act.gates, given);
    if (truth === TRUE && ended) continue;
    if (order === undefined) {
      open.push(member);
      continue;
    }
    if (given === 'failed' || given === 'refused' || given === 'interrupted') {
      held.set(order.node, member);
      // What was not seen to have worked has failed only if it is seen not to have worked: unknown is neither.
      const again = given === 'refused' || (given === 'interrupted' && formOf(act.command).once === undefined);
      if (again && (turn.tries[member] ?? 1) < maxTries) {
        open.push(member);
        continue;
      }
      if (truth === FALSE)
        return fail(pass, `${act.command} of ${member} ${given === 'failed' ? 'failed' : `was ${given}`}`);
    }
    underWay += 1;
    if (!ended) waiting.push(orderReason(pass, order, given ?? 'unknown'));
    else if (settled !== undefined) waiting.push(...whyNot(pass, settled, order, turn.ended[member]));
  }
  if (open.length === 0 && underWay === 0) return goOn(pass);
  const late = overdueFails(pass);
  if (late !== undefined) {
    // What was promised by then ends by then, also while there would be more to give; but who was just seen to have ended is looked at.
    const isNews = Object.keys(turn.ended).some((member) => !Object.hasOwn(before.ended, member));
    return isNews && isSome(waiting) ? hold(pass, waiting, { turn }) : late;
  }
  const given = give(
    pass,
    act,
    open,
    act.atATime - underWay,
    (member) => (act.on === 'node' ? member : cohort.hand),
    turn,
    held,
  );
  if (given.orders.length === 0) {
    const all = [...waiting, ...given.against];
    const turns = lawReason('K3', state, 'one after the other', act.on, 'site', 'waits for its turn');
    return hold(pass, isSome(all) ? all : [turns], { turn });
  }
  const next = nextStatus(pass, { ...passing(pass, act), turn: given.turn, step: given.step });
  const says = `${act.command} for ${named(given.orders.map(({ object }) => object))}`;
  return {
    kind: 'advance',
    from: state.name,
    to: state.name,
    says,
    orders: given.orders,
    stands: pass.stands,
    relies: pass.relies,
    next,
  };
}

/** INVARIANT K8: what names no way back has none, whether or not the pack says so. Known from before the first order. */
function passing<Q>({ state }: Pass<Q>, act: Act<Q>): Partial<WorkflowStatus> {
  const hasWay = state.pointOfNoReturn === undefined && act.undo !== undefined;
  return hasWay ? {} : { passed: state.name, done: [] };
}

/** INVARIANT K4, of volumes: one that went or came while they were being served is not served, and not overlooked either. */
function otherMembers<Q>(pass: Pass<Q>, act: Act<Q>, cohort: Cohort, turn: Turn): WorkflowDecision<Q> | undefined {
  if (act.on !== 'volume') return undefined;
  const now = candidates(pass, act, cohort);
  const { state } = pass;
  if (now === undefined)
    return (
      overdueFails(pass) ?? hold(pass, [lawReason('K4', state, 'who is there', 'volume', 'site', 'is not known', true)])
    );
  const then = new Set([...turn.members, ...turn.excused]);
  const here = new Set(now);
  const changes = [
    ...now.filter((id) => !then.has(id)).map((id) => ({ id, detail: 'is new and was not there when this step began' })),
    ...[...then].filter((id) => !here.has(id)).map((id) => ({ id, detail: 'is not there any more' })),
  ].map(({ id, detail }) =>
    lawReason('K4', state, 'the volumes are not those that this step was begun with', 'volume', id, detail),
  );
  return isSome(changes) ? halt(pass, changes) : undefined;
}

/** What is given in one pass, and what stands against giving more. INVARIANTS K3, K9, K11. */
export interface Given {
  readonly orders: readonly Order[];
  readonly turn: Turn;
  readonly step: number;
  readonly against: readonly Reason[];
}

export function give<Q>(
  pass: Pass<Q>,
  what: Instruction & Pick<Act<Q>, 'gates' | 'confirmWithinMs'>,
  open: readonly string[],
  slots: number,
  nodeOf: (member: string) => string,
  turn: Turn,
  /** Nodes whose last order ended badly, and of whom it was: the next order to another would make that forgotten. */
  held: ReadonlyMap<string, string>,
): Given {
  const { sight, status, state } = pass;
  const against: Reason[] = [];
  const orders: Order[] = [];
  const given: Record<string, Order> = Object.assign(Object.create(null), turn.orders);
  const tries: Record<string, number> = Object.assign(Object.create(null), turn.tries);
  const busy = new Set<string>();
  let { step } = status;
  const unheard = unheardJournals(sight.snapshot, status);
  if (unheard.length > 0) {
    const says = 'whether agents have had newer orders is known of every node';
    const found = unheard.map((node) => lawReason('K10', state, says, 'node.journalStep', node, 'is not known', true));
    return { orders, turn, step, against: found };
  }
  const strains = formOf(what.command).loads === true ? storageStrains(sight.snapshot) : [];
  if (isSome(strains)) {
    const says = 'nothing is added while the storage is unwell';
    const found = strains.map(({ fact, object, detail }) =>
      lawReason('K11', state, says, fact, object, detail, detail === 'is not known'),
    );
    return { orders, turn, step, against: found };
  }
  for (const member of open) {
    if (orders.length >= slots) break;
    const node = nodeOf(member);
    const isUnclear = seen(sight.snapshot, 'node.journalOutcome', node) === undefined;
    const heldBy = held.get(node) ?? member;
    if (heldBy !== member) {
      const detail = `ended badly for ${heldBy}, and that comes first`;
      against.push(lawReason('K3', state, 'a node has one order at a time', 'node.journalOutcome', node, detail));
      continue;
    }
    if (isUnclear || busy.has(node) || isBusy(pass, node)) {
      against.push(
        lawReason(
          'K3',
          state,
          'a node has one order at a time',
          'node.journalStep',
          node,
          isUnclear ? 'is not known' : 'has not ended the one before',
          true,
        ),
      );
      continue;
    }
    const gates = gatesAgainst(pass, what.gates, member);
    if (isSome(gates)) {
      against.push(...gates);
      continue;
    }
    const args = argumentsOf(pass, what, member);
    if (!args.ok) {
      against.push(
        lawReason('K8', state, 'a command is told what it needs', args.fact, member, 'was never frozen', true),
      );
      continue;
    }
    step += 1;
    const order: Order = {
      workflow: status.uid,
      step,
      epoch: sight.epoch,
      node,
      bootId: status.cohort?.nodes.find(({ name }) => name === node)?.bootId ?? '',
      object: member,
      command: what.command,
      with: args.value,
      ...(what.confirmWithinMs === undefined ? {} : { confirmWithinMs: what.confirmWithinMs }),
      dependsOn: readsOf(pass, what, member, node),
      givenAtMs: pass.nowMs,
    };
    orders.push(order);
    given[member] = order;
    if (turn.orders[member] !== undefined) tries[member] = (tries[member] ?? 1) + 1;
    busy.add(node);
  }
  const ended: Record<string, number> = Object.assign(Object.create(null), turn.ended);
  for (const { object } of orders) delete ended[object]; // of the order before
  return { orders, turn: { ...turn, orders: given, ended, tries }, step, against };
}

function argumentsOf<Q>(
  { status }: Pass<Q>,
  { with: all }: Instruction,
  member: string,
):
  | { readonly ok: true; readonly value: Readonly<Record<string, FactValue>> }
  | { readonly ok: false; readonly fact: string } {
  const found: Record<string, FactValue> = {};
  for (const [name, argument] of all) {
    if (argument.kind === 'literal') {
      found[name] = argument.value;
      continue;
    }
    // Of the member itself, or of what belongs to it where that is one thing only: its bond.
    const frozen = Object.entries(status.cohort?.facts[argument.fact] ?? {});
    const own = frozen.filter(([object]) => object === member || object.startsWith(`${member}/`) || object === 'site');
    const [first, second] = own;
    if (first === undefined || second !== undefined) return { ok: false, fact: argument.fact };
    found[name] = first[1];
  }
  return { ok: true, value: found };
}

/** The facts of the node itself that its agent can look at again. */
function readsOf<Q>(
  { sight }: Pass<Q>,
  { gates }: Pick<Act<Q>, 'gates'>,
  member: string,
  node: string,
): readonly FactRead[] {
  const own = new Map<string, FactRead>();
  for (const { asks } of gates) {
    for (const read of sight.reads(asks, member)) {
      const subject = sight.snapshot.columns.get(read.fact)?.fact.subject;
      if (subject !== 'bond' && subject !== 'replica' && subject !== 'connection') continue;
      const population = sight.snapshot.populations[subject];
      const index = population.indexOf.get(read.object);
      if (index !== undefined && population.members[index]?.of.node === node)
        own.set(`${read.fact} ${read.object}`, read);
    }
  }
  return [...own.keys()].sort().map((key) => own.get(key) as FactRead); // by its own key
}

/** Through the first transition that is open. INVARIANT K2: a later one only when every earlier is surely closed. */
export function goOn<Q>(pass: Pass<Q>, change: Partial<WorkflowStatus> = {}): WorkflowDecision<Q> {
  const { machine, state } = pass;
  const against: Reason[] = [];
  for (const transition of state.goto) {
    const closed = gatesAgainst(pass, transition.gates, 'site');
    if (closed.length === 0) {
      const to = machine.states.find(({ name }) => name === transition.to) as State<Q>; // the linker has seen to it
      if (to.takesBack && pass.status.passed !== undefined) {
        return halt(pass, [
          lawReason('K8', state, 'there is no way back', to.name, 'site', `past ${pass.status.passed}`),
        ]);
      }
      if (to.ends !== undefined && (change.locked ?? pass.status.locked)) {
        return halt(pass, [
          lawReason('K7', state, 'who ends has given the lock back', 'site.lock', 'site', 'is still ours'),
        ]);
      }
      return {
        kind: 'advance',
        from: state.name,
        to: to.name,
        says: to.says,
        orders: [],
        stands: [],
        relies: pass.relies,
        next: arriving(pass, to, change),
      };
    }
    against.push(...closed);
    if (!surelyClosed(pass, transition)) break;
  }
  return overdueFails(pass) ?? hold(pass, reasons(against), change);
}

function arriving<Q>(pass: Pass<Q>, to: State<Q>, change: Partial<WorkflowStatus>): WorkflowStatus {
  const done = pass.state.act === undefined ? pass.status.done : doneUntilNow(pass);
  const passed = to.pointOfNoReturn !== undefined && to.act === undefined ? { passed: to.name, done: [] } : {};
  const next = entering(pass, to.name, { done, ...change, ...passed });
  if (to.ends === undefined) return next;
  const { cohort: _, ...ended } = next;
  return { ...ended, done: [], outcome: to.ends };
}

/** INVARIANT K12: past its budget a wait may fail, if the pack says so; it never passes. */
export function overdueFails<Q>(pass: Pass<Q>): WorkflowDecision<Q> | undefined {
  const { state } = pass;
  return state.overdue === 'fail' && isOverdue(pass) ? fail(pass, `${state.name} took longer than it may`) : undefined;
}

export function fail<Q>(pass: Pass<Q>, because: string): WorkflowDecision<Q> {
  const { machine, state, status } = pass;
  if (state.onFailure === machine.rollingBack && status.passed === undefined) return toRollingBack(pass, because);
  return halt(pass, [lawReason('K8', state, because, state.name, 'site', 'and there is no way back from here')]);
}

function whyNot<Q>(pass: Pass<Q>, settled: Q, order: Order, endedAtMs: number | undefined): readonly Reason[] {
  const { state } = pass;
  const early = seenTooEarly(pass, state.name, settled, order, endedAtMs);
  if (early === undefined || pass.sight.ask(settled, order.object) !== TRUE)
    return pass.sight.why(settled, order.object);
  const detail = 'was last seen before its order had ended';
  return [lawReason('K6', state, 'an effect is seen after its order', early.fact, early.object, detail, true)];
}

function orderReason<Q>({ state }: Pass<Q>, order: Order, seen: string): Reason {
  const how =
    seen === 'unseen' ? 'has not been seen by its agent' : seen === 'under-way' ? 'is under way' : 'is not known of';
  const detail = `order ${order.step} to ${order.node} ${how}`;
  return lawReason('K1', state, `${order.command} has ended`, 'node.journalOutcome', order.object, detail, true);
}

export function turnOf(of: string, way: Turn['way'], members: readonly string[]): Turn {
  return {
    of,
    way,
    members,
    excused: [],
    orders: Object.create(null),
    ended: Object.create(null),
    tries: Object.create(null),
  };
}

function named(members: readonly string[]): string {
  return members.length <= 4 ? members.join(', ') : `${members.slice(0, 3).join(', ')} and ${members.length - 3} more`;
}

function isSome<T>(list: readonly T[]): list is Several<T> {
  return list.length > 0;
}

/** Of a list that cannot be empty where it is asked for. */
function reasons(list: readonly Reason[]): Several<Reason> {
  if (!isSome(list)) throw new RangeError('a hold without a reason');
  return list;
}
