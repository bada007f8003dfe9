import type { LeaseName } from '../crd/lease.ts';
import type { HandsOff, Tellable } from '../crd/told.ts';
import type { WorkflowObject } from '../crd/workflow-object.ts';
import type { Order } from '../kernel/workflow.ts';
import { audit, type Grounds, type Recorded } from './audit.ts';
import type { Desk, Stopped } from './desk.ts';
import type { Acting } from './instruction.ts';
import { writeLock } from './lock.ts';
import { giveOrder, standingOrders, withdrawOrder } from './order.ts';
import { statusToWrite, writeStatus } from './status.ts';

/** One decision, with all that it takes to carry it out. */
export interface Act {
  readonly workflow: WorkflowObject;
  readonly decision: Tellable;
  readonly grounds: Grounds;
  /** Whether the site lock was seen to be held by this workflow, in this leader's epoch: no order is given again without. */
  readonly lockIsOurs: boolean;
  /** The orders that stand in the status that was decided on. */
  readonly standing: readonly Order[];
  /** The Lease that the pinned profile names. */
  readonly lock: LeaseName | undefined;
  readonly recorded: Recorded | undefined;
  /** The same decision again. Whether the record of that digest counts it; if not, it is recorded anew. */
  readonly again: (record: string) => boolean;
}

export interface Performed {
  readonly recorded: Recorded | undefined;
  /** What kept the rest from being written. The next pass looks again and decides anew. */
  readonly stopped?: Stopped;
}

/** Audit, then status, then lock, then orders: each only when the one before was heard to be done. If we die between any two of
 *  them, the status already says what is to be done, and whoever comes next does it. */
export function* perform(desk: Desk, act: Act): Acting<Performed> {
  const { workflow, decision, grounds } = act;
  if (!desk.leads()) return { recorded: act.recorded, stopped: notLeading() };
  const recorded = yield* audit(workflow, decision, grounds, act.recorded, act.again);
  if ('kind' in recorded) {
    yield* unrecorded(desk, act, recorded);
    return { recorded: act.recorded, stopped: recorded };
  }
  const stopped = yield* write(desk, act, recorded);
  return stopped === undefined ? { recorded } : { recorded, stopped };
}

function* write(desk: Desk, act: Act, recorded: Recorded): Acting<Stopped | undefined> {
  const { workflow, decision, grounds } = act;
  const unwritten = yield* writeStatus(desk, statusToWrite(workflow, decision, grounds.nowMs, recorded.digest));
  if (unwritten !== undefined) return unwritten;
  const isAct = decision.kind === 'advance' || decision.kind === 'undo';
  if (isAct && decision.lock !== undefined) {
    const us = { uid: workflow.uid, epoch: grounds.epoch };
    const unlocked = yield* writeLock(desk, act.lock, decision.lock, us);
    if (unlocked !== undefined) return unlocked;
  }
  const wanted = ordersOf(act);
  for (const order of wanted) {
    const ungiven = yield* giveOrder(desk, order);
    if (ungiven !== undefined) return ungiven;
  }
  return yield* takeAway(desk, act, wanted);
}

function* takeAway(desk: Desk, act: Act, wanted: readonly Order[]): Acting<Stopped | undefined> {
  for (const order of unwanted(act, wanted)) {
    const stands = yield* withdrawOrder(desk, order, act.grounds.epoch);
    if (stands !== undefined) return stands;
  }
  return undefined;
}

/** What cannot be written down is not done. That it cannot is said all the same, or it would wait unseen (INVARIANT K12); and what
 *  is not wanted any more is taken away, or an order would outlive its gate because a disk is full. */
function* unrecorded(desk: Desk, act: Act, { why, about }: Stopped): Acting<void> {
  const { workflow, decision, grounds, recorded } = act;
  const isForeign = decision.kind === 'halt' && decision.next === undefined;
  if (isForeign || decision.kind === 'rest') return;
  const says = 'every decision is written down before it is acted on';
  const at = { file: workflow.id, line: 1, col: 1 };
  const told: HandsOff = {
    kind: 'hold',
    state: 'state' in decision ? decision.state : decision.from,
    because: [{ says, fact: 'audit', object: about, detail: `is ${why}`, unknown: false, at }],
    sinceMs: grounds.nowMs,
    dueAtMs: null,
    overdue: true, // only people can end it
    stands: [],
    releases: `the audit of ${workflow.id}`,
  };
  const untold = yield* writeStatus(desk, statusToWrite(workflow, told, grounds.nowMs, recorded?.digest));
  if (untold === undefined) yield* takeAway(desk, act, ordersOf(act));
}

/** INVARIANT K7: without the lock in this epoch nobody is told anything, also nothing that was decided before. */
function ordersOf({ decision, lockIsOurs, grounds }: Act): readonly Order[] {
  if (!lockIsOurs || !('stands' in decision)) return [];
  const stands = [...decision.stands, ...('orders' in decision ? decision.orders : [])];
  // The last of each node, and only if that one stands: the one before it is over, and is not put in its place.
  const turn = 'next' in decision ? Object.values(decision.next?.turn?.orders ?? {}) : [];
  return standingOrders([...turn, ...stands], grounds.epoch).filter(({ step }) =>
    stands.some((one) => one.step === step),
  );
}

/** What was ordered and is not wanted now: a gate has closed since, a guard does not hold, or it has given up. INVARIANT K2. Not of a
 *  status that is nobody's we know: its orders are not ours to take away. */
function unwanted({ decision, standing }: Act, wanted: readonly Order[]): readonly Order[] {
  const isForeign = decision.kind === 'halt' && decision.next === undefined;
  const isOver = decision.kind === 'rest' && decision.outcome !== 'halted';
  if (isForeign || isOver) return [];
  return standing.filter(({ step }) => !wanted.some((order) => order.step === step));
}

function notLeading(): Stopped {
  return { kind: 'stopped', at: 'audit', why: 'not-leading', about: 'the leaders’ Lease' };
}
