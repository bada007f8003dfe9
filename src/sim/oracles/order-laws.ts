import { formOf } from '../../kernel/command.ts';
import type { FactValue } from '../../kernel/fact.ts';
import { stateOf } from '../../kernel/machine.ts';
import type { Cohort, Order, WorkflowStatus } from '../../kernel/workflow.ts';
import { lockHolderOf } from '../../kernel/workflow.ts';
import { type Court, cannotHaveSeen } from './court.ts';
import { everSince, truly } from './truth.ts';

/** An order that was written to a node, when nobody can stop it any more. */
export interface Given {
  readonly order: Order;
  readonly atMs: number;
}

/** What may be ordered. `status`: the newest that was written; `others`: the newest order of each other node. */
export function judgeOrder(
  court: Court,
  order: Order,
  status: WorkflowStatus | undefined,
  others: ReadonlyMap<string, Given>,
  before: Given | undefined,
): void {
  const again = before?.order.step === order.step && before.order.workflow === order.workflow;
  lockHeld(court, order);
  if (status === undefined || status.uid !== order.workflow) {
    court.violated('K9', `order ${order.step} to ${order.node} stands in no status`);
    return;
  }
  if (!again) {
    oneAtATime(court, order, status, others, before);
    gatesOpen(court, order, status);
    notMore(court, order);
  }
  sameNode(court, order, status.cohort);
  ordersStanding(court, order, status);
}

/** K7: in this leader's epoch, and not only once upon a time. */
function lockHeld(court: Court, order: Order): void {
  const held = lockHolderOf(order.workflow, order.epoch);
  const sinceMs = court.time.nowMs - 30_000 - court.slackMs();
  if (!everSince(court.truths, 'site.lock', 'site', (holder) => holder === held, sinceMs)) {
    court.violated('K7', `order ${order.step} to ${order.node} in epoch ${order.epoch} without the site lock`);
  }
}

/** K3: one order a node, so many nodes an act, one act a site. An order that its agent never took up is replaced by the next; one
 *  that it did is not. */
function oneAtATime(
  court: Court,
  order: Order,
  status: WorkflowStatus,
  others: ReadonlyMap<string, Given>,
  before: Given | undefined,
): void {
  if (before !== undefined && isBusyWith(court, before.order)) {
    court.violated('K3', `order ${order.step} to ${order.node}, which has order ${before.order.step} under way`);
  }
  const { turn } = status;
  if (turn === undefined) return;
  const act = stateOf(court.compiled.machine, turn.of)?.act;
  const standing = new Set(Object.values(turn.orders).map(({ step }) => step));
  let beside = 0;
  for (const { order: other } of others.values()) {
    if (other.node === order.node || other.workflow !== order.workflow) continue;
    const inTurn = standing.has(other.step);
    if (inTurn && (isBusyWith(court, other) || isStillToCome(court, other))) beside += 1;
    if (!inTurn && isBusyWith(court, other)) {
      court.violated('K3', `orders ${order.command} to ${order.node} while ${other.node} works on ${other.command}`);
    }
  }
  const atATime = turn.way === 'undo' ? (act?.undo?.atATime ?? act?.atATime) : act?.atATime;
  if (atATime !== undefined && beside >= atATime) {
    court.violated('K3', `orders ${order.command} to ${order.node} beside ${beside} others; ${atATime} at a time`);
  }
}

function isBusyWith({ journals }: Court, order: Order): boolean {
  const journal = journals.of(order.node);
  return journal !== undefined && journal.step === order.step && journal.workflow === order.workflow && journal.busy;
}

function isStillToCome({ journals }: Court, order: Order): boolean {
  return (journals.of(order.node)?.step ?? 0) < order.step;
}

/** K2: the gates of an act are open for each member when it is ordered. */
function gatesOpen(court: Court, order: Order, status: WorkflowStatus): void {
  const { turn, cohort } = status;
  if (turn === undefined) return;
  const act = stateOf(court.compiled.machine, turn.of)?.act;
  const gates = turn.way === 'undo' ? act?.undo?.gates : act?.gates;
  for (const { name, asks } of gates ?? []) {
    const against = cannotHaveSeen(court, asks, order.object, cohort);
    if (against !== undefined) {
      court.violated('K2', `order ${order.step} (${order.command} of ${order.object}) past ${name}: ${against}`);
    }
  }
}

/** K11: nothing is added while the storage is unwell. */
function notMore(court: Court, order: Order): void {
  if (formOf(order.command).loads !== true) return;
  const sinceMs = court.time.nowMs - 30_000 - court.slackMs();
  const { replica } = court.truths.now().populations;
  const musts: readonly (readonly [string, (value: FactValue) => boolean])[] = [
    ['replica.quorum', (value) => value === true],
    ['replica.suspended', (value) => Array.isArray(value) && value.length === 0],
    ['replica.disk', (value) => value !== 'Failed'],
  ];
  for (const { id } of replica.members) {
    for (const [fact, good] of musts) {
      if (truly(court.truths.now(), fact, id) === undefined || everSince(court.truths, fact, id, good, sinceMs))
        continue;
      court.violated('K11', `${order.command} of ${order.object} while ${fact} of ${id} is bad`);
    }
  }
}

/** K4: the node is the one that the workflow was begun with. */
function sameNode(court: Court, order: Order, cohort: Cohort | undefined): void {
  const memberOf = cohort?.nodes.find(({ name }) => name === order.node);
  if (memberOf === undefined) {
    court.violated('K4', `order ${order.step} to ${order.node}, which takes no part`);
    return;
  }
  const sinceMs = court.time.nowMs - 120_000 - court.slackMs();
  const is = (fact: string, wanted: string): boolean =>
    everSince(court.truths, fact, order.node, (value) => value === wanted, sinceMs);
  if (!is('node.uid', memberOf.uid))
    court.violated('K4', `order ${order.step} to another ${order.node} than it was begun with`);
  if (!is('node.bootId', memberOf.bootId))
    court.violated('K4', `order ${order.step} to ${order.node}, which was restarted`);
}

/** The status is written before the order is. */
function ordersStanding(court: Court, order: Order, status: WorkflowStatus): void {
  const standing = Object.values(status.turn?.orders ?? {});
  if (standing.some(({ step, node }) => step === order.step && node === order.node)) return;
  court.violated('K9', `order ${order.step} to ${order.node} is not among those that the status knows of`);
}
