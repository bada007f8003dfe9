import { storageStrains } from './backpressure.ts';
import type { Gap } from './cohort.ts';
import { formOf } from './command.ts';
import { isEnded, type OrderSeen, orderSeen, unheardJournals } from './fence.ts';
import { type GateUse, type Machine, type State, stateOf, type Transition } from './machine.ts';
import { objectsOf, readsAs, seen } from './readings.ts';
import type { Sight } from './sight.ts';
import { FALSE, isSome, type Law, type Reason, type Several, TRUE, type Truth } from './verdict.ts';
import type { Done, Order, WorkflowStatus } from './workflow.ts';
import type { Advance, Halt, Hold, LockWrite, NodeStands, Relied, Undo } from './workflow-decision.ts';

/** What the laws of one pass hand to each other. */
export interface Pass<Q> {
  readonly machine: Machine<Q>;
  readonly status: WorkflowStatus;
  readonly state: State<Q>;
  readonly sight: Sight<Q>;
  readonly nowMs: number;
  /** Every TRUE that something was let through on. */
  readonly relies: Relied<Q>[];
  /** Guards that do not hold now; what the status says until they were asked. */
  unguardedSinceMs?: Readonly<Record<string, number>>;
  /** Orders given before that may still be carried out; found by whoever serves them. */
  readonly stands: Order[];
  /** Said beside every reason to wait. */
  note?: string;
}

/** Asks, and remembers a TRUE: what is acted on is put to the second opinion. INVARIANT K2: whoever asks lets only TRUE through. */
export function letThrough<Q>(pass: Pass<Q>, question: Q, object: string, called: string): Truth {
  const truth = pass.sight.ask(question, object);
  if (truth === TRUE) pass.relies.push({ question, object, called });
  return truth;
}

/** Why these gates do not all let through; nothing if they do. */
export function gatesAgainst<Q>(pass: Pass<Q>, gates: readonly GateUse<Q>[], object: string): readonly Reason[] {
  return gates.flatMap(({ name, asks }) =>
    letThrough(pass, asks, object, name) === TRUE ? [] : pass.sight.why(asks, object),
  );
}

/** An order that its agent has not been seen to have stands only while everything that let it through still does. INVARIANT K2: an
 *  agent that was silent for an hour is not told what was right an hour ago. */
export function standsStill<Q>(pass: Pass<Q>, order: Order, gates: readonly GateUse<Q>[], given: OrderSeen): void {
  // INVARIANT K10: also one that has run. Under a new leader it would be signed anew, and the status may be an old one.
  if (unheardJournals(pass.sight.snapshot, pass.status).length > 0) return;
  if (given !== 'unseen' && given !== 'unknown') {
    pass.stands.push(order); // it runs, or has run: nobody begins it again, and nobody can take it back
    return;
  }
  const strains = formOf(order.command).loads === true ? storageStrains(pass.sight.snapshot) : [];
  if (strains.length === 0 && gatesAgainst(pass, gates, order.object).length === 0) pass.stands.push(order);
}

/** Whether a transition is surely closed: only then is a later one looked at. An unknown gate chooses nothing. INVARIANT K2. */
export function surelyClosed<Q>(pass: Pass<Q>, { gates }: Transition<Q>): boolean {
  return gates.some(({ asks }) => pass.sight.ask(asks, 'site') === FALSE);
}

export function nextStatus<Q>(pass: Pass<Q>, change: Partial<WorkflowStatus>): WorkflowStatus {
  const { status, sight } = pass;
  return {
    ...status,
    unguardedSinceMs: pass.unguardedSinceMs ?? status.unguardedSinceMs,
    ...change,
    epoch: Math.max(status.epoch, sight.epoch), // INVARIANT K9: what a newer leader wrote is never signed by an older one
    serial: status.serial + 1,
  };
}

/** A status in another state: its time begins, and what was under way there is over. */
export function entering<Q>(pass: Pass<Q>, name: string, change: Partial<WorkflowStatus> = {}): WorkflowStatus {
  const { turn: _, ...rest } = nextStatus(pass, { ...change, state: name, sinceMs: pass.nowMs, unguardedSinceMs: {} });
  return rest;
}

/** INVARIANT K12: a wait has a budget, and what is past it says so. It passes for nothing else. */
export function hold<Q>(pass: Pass<Q>, because: Several<Reason>, change: Partial<WorkflowStatus> = {}): Hold {
  const { state, status } = pass;
  const dueAtMs = Number.isFinite(state.budgetMs) ? status.sinceMs + state.budgetMs : null;
  const [first] = because;
  const note = pass.note === undefined ? '' : `; ${pass.note}`;
  return {
    kind: 'hold',
    state: state.name,
    because,
    sinceMs: status.sinceMs,
    dueAtMs,
    overdue: isOverdue(pass),
    stands: pass.stands,
    releases: `${first.fact} of ${first.object}${note}`,
    next: nextStatus(pass, change),
  };
}

/** Also when the clock stands before the beginning: then nobody can say how long it has been. */
export function isOverdue<Q>({ state, status, nowMs }: Pass<Q>): boolean {
  return nowMs < status.sinceMs || nowMs - status.sinceMs > state.budgetMs;
}

export function halt<Q>(pass: Pass<Q>, because: Several<Reason>): Halt {
  const { machine, state } = pass;
  const why = sentence(because);
  const next = {
    ...nextStatus(pass, {}),
    state: machine.halted,
    sinceMs: pass.nowMs,
    outcome: 'halted' as const,
    because: why,
  };
  return { kind: 'halt', state: state.name, because, nodes: nodesStand(pass), next };
}

/** INVARIANT K8: the way back begins. Whoever was ordered is remembered, whether or not it was seen to do anything. */
export function toRollingBack<Q>(pass: Pass<Q>, because: string): Undo<Q> {
  const { machine, state, relies } = pass;
  const entered = entering(pass, machine.rollingBack, { done: doneUntilNow(pass), because });
  const next = { ...entered, ...unfinished(pass) };
  return {
    kind: 'undo',
    from: state.name,
    to: machine.rollingBack,
    says: because,
    orders: [],
    stands: [],
    relies,
    next,
  };
}

/** INVARIANT K3: orders of which nobody has seen the end are not forgotten with the state that is left (`way-back.ts`). */
function unfinished<Q>({ status, sight }: Pass<Q>): Pick<WorkflowStatus, 'turn'> {
  const { turn } = status;
  const orders = Object.values(turn?.orders ?? {});
  if (turn === undefined || orders.every((order) => isEnded(orderSeen(sight.snapshot, order)))) return {};
  return { turn: { ...turn, ended: Object.create(null) } };
}

/** What has a way back, this state's own part included. */
export function doneUntilNow<Q>({ state, status }: Pass<Q>): readonly Done[] {
  const { turn } = status;
  if (turn?.way !== 'do' || state.act?.undo === undefined) return status.done;
  const isLock = formOf(state.act.command).by === 'operator';
  const members = turn.members.filter((member) => isLock || Object.hasOwn(turn.orders, member));
  return members.length === 0 ? status.done : [...status.done, { state: state.name, members }];
}

/** What is done without leaving the state: to give orders, or to write down who takes part. */
export function within<Q>(
  pass: Pass<Q>,
  says: string,
  change: Partial<WorkflowStatus>,
  orders: readonly Order[] = [],
): Advance<Q> {
  const { state, stands, relies } = pass;
  return {
    kind: 'advance',
    from: state.name,
    to: state.name,
    says,
    orders,
    stands,
    relies,
    next: nextStatus(pass, change),
  };
}

export function withLock<Q>(
  pass: Pass<Q>,
  lock: LockWrite,
  says: string,
  change: Partial<WorkflowStatus> = {},
): Advance<Q> {
  return { ...within(pass, says, { ...change, lockAskedAtMs: pass.nowMs }), stands: [], lock };
}

export function lawReason(
  law: Law,
  { at }: State,
  says: string,
  fact: string,
  object: string,
  detail: string,
  unknown = false,
): Reason {
  return { says, fact, object, detail, unknown, at, law };
}

/** Whom it is about, for people. */
export function named(members: readonly string[]): string {
  return members.length <= 4 ? members.join(', ') : `${members.slice(0, 3).join(', ')} and ${members.length - 3} more`;
}

/** Of a list that cannot be empty where it is asked for. */
export function several(list: readonly Reason[]): Several<Reason> {
  if (!isSome(list)) throw new RangeError('a hold without a reason');
  return list;
}

export function gapReason<Q>(law: Law, { state }: Pass<Q>, { fact, object }: Gap, says: string): Reason {
  return lawReason(law, state, says, fact, object, 'is not known', true);
}

/** Of every node of the cohort: each fact that this workflow moves, as it reads now. */
function nodesStand<Q>({ machine, status, sight }: Pass<Q>): readonly NodeStands[] {
  const { cohort, turn } = status;
  if (cohort === undefined) return [];
  const states = [...status.done.map(({ state }) => state), turn?.of ?? ''];
  const facts = new Set(states.flatMap((name) => movesOf(stateOf(machine, name))));
  return cohort.nodes.map(({ name }) => {
    const reads = [...facts]
      .sort()
      .flatMap((fact) =>
        (objectsOf(sight.snapshot, fact, name) ?? [])
          .filter((object) => object !== 'site')
          .map((object) => ({ fact, object, reads: readsAs(sight.snapshot, fact, object) })),
      );
    const order = lastOrderOf(status, name);
    return { node: name, facts: reads, ...(order === undefined ? {} : { order: orderInWords(order, sight) }) };
  });
}

export function movesOf(state: State | undefined): readonly string[] {
  return state?.act === undefined ? [] : formOf(state.act.command).moves;
}

function lastOrderOf({ turn }: WorkflowStatus, node: string): Order | undefined {
  return Object.values(turn?.orders ?? {})
    .filter((order) => order.node === node)
    .reduce<Order | undefined>(
      (last, order) => (last === undefined || order.step > last.step ? order : last),
      undefined,
    );
}

function orderInWords<Q>(order: Order, { snapshot }: Sight<Q>): string {
  return `order ${order.step} (${order.command} of ${order.object}): ${orderSeen(snapshot, order)}`;
}

/** INVARIANT K3: whether a node has an order of which nobody has seen the end. */
export function isBusy<Q>({ status, sight }: Pass<Q>, node: string): boolean {
  // Also with an order that this turn knows nothing of: one of the step that is being taken back.
  if (seen(sight.snapshot, 'node.journalOutcome', node) === 'accepted') return true;
  const order = lastOrderOf(status, node);
  return order !== undefined && !isEnded(orderSeen(sight.snapshot, order));
}

/** Bounded, because it is kept in the status: names and details come from outside and may be of any length. */
const sentenceMax = 500;

function sentence(because: Several<Reason>): string {
  const [{ says, object, detail, law }, ...more] = because;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  const whole = `${law === undefined ? '' : `${law}: `}${says}: ${object} ${detail}`;
  const kept = whole.length <= sentenceMax ? whole : `${whole.slice(0, sentenceMax - 1).toWellFormed()}…`;
  return `${kept}${others}`;
}
