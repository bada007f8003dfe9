import { seen, seenAt, seenNumber, seenText } from './readings.ts';
import type { Snapshot } from './snapshot.ts';
import {
  lockHolderOf,
  type Order,
  type OrderOutcome,
  orderOutcomes,
  parseLockHolder,
  type WorkflowStatus,
} from './workflow.ts';

/** Whose the site lock is, as the API server shows it. INVARIANT K7. */
export type LockSeen =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'free' }
  /** Held by this workflow; `current`: in this leader's epoch. `newer`: by a leader after us. */
  | { readonly kind: 'ours'; readonly holder: string; readonly epoch: 'current' | 'older' | 'newer' }
  | { readonly kind: 'other'; readonly holder: string };

export function lockSeen(snapshot: Snapshot, { uid, lockAskedAtMs }: WorkflowStatus, epoch: number): LockSeen {
  const holder = seen(snapshot, 'site.lock', 'site');
  if (holder === undefined) return { kind: 'unknown' };
  // Seen before it was written for the last time, it may be ours by now, or not be ours any more.
  if (lockAskedAtMs !== undefined && seenAt(snapshot, 'site.lock', 'site') <= lockAskedAtMs) return { kind: 'unknown' };
  if (holder === null) return { kind: 'free' };
  const parsed = typeof holder === 'string' ? parseLockHolder(holder) : undefined;
  if (parsed?.uid !== uid || holder !== lockHolderOf(uid, parsed.epoch))
    return { kind: 'other', holder: String(holder) };
  const age = parsed.epoch === epoch ? 'current' : parsed.epoch < epoch ? 'older' : 'newer';
  return { kind: 'ours', holder: String(holder), epoch: age };
}

/** What journals say that this status or this leader cannot know: then both are of yesterday. INVARIANTS K9, K10. */
export interface Ahead {
  readonly law: 'K9' | 'K10';
  readonly fact: string;
  readonly object: string;
  readonly detail: string;
}

export function journalsAhead(snapshot: Snapshot, status: WorkflowStatus, epoch: number): readonly Ahead[] {
  if (status.cohort === undefined) return startedOver(snapshot, status);
  return status.cohort.nodes.flatMap(({ name }): readonly Ahead[] => {
    const step = seenNumber(snapshot, 'node.journalStep', name);
    const newest = seenNumber(snapshot, 'node.journalEpoch', name);
    const found: Ahead[] = [];
    if (newest !== undefined && newest > epoch) {
      const detail = `has had an order of leader ${newest}, and this one is ${epoch}`;
      found.push({ law: 'K9', fact: 'node.journalEpoch', object: name, detail });
    }
    if (step !== undefined && step > status.step) {
      const detail = `has seen order ${step}, and the last that this status knows of is ${status.step}`;
      found.push({ law: 'K10', fact: 'node.journalStep', object: name, detail });
    }
    return found;
  });
}

/** A status from before the first order, and a journal that has had one of this very workflow: what was to be put back is forgotten. */
function startedOver(snapshot: Snapshot, { uid }: WorkflowStatus): readonly Ahead[] {
  return snapshot.populations.node.members.flatMap(({ id }): readonly Ahead[] => {
    if (seen(snapshot, 'node.journalWorkflow', id) !== uid) return [];
    const detail = 'has had orders of this workflow, and this status knows of none';
    return [{ law: 'K10', fact: 'node.journalWorkflow', object: id, detail }];
  });
}

/** Nodes of the cohort of which nobody knows what they have seen last. While there is one, this status may be an old one that a
 *  restored database brought back, and an order of it one that is long over: nothing is given, and nothing given again. INVARIANT K10. */
export function unheardJournals(snapshot: Snapshot, { cohort }: WorkflowStatus): readonly string[] {
  return (cohort?.nodes ?? [])
    .map(({ name }) => name)
    .filter((name) => seenNumber(snapshot, 'node.journalStep', name) === undefined);
}

/** What is known of an order: its node has not been seen to have it, works on it, or has ended with it. An ended order says nothing
 *  of its effect. `unknown` counts as under way. */
export type OrderSeen = 'unknown' | 'unseen' | 'under-way' | Exclude<OrderOutcome, 'none' | 'accepted'>;

export function orderSeen(snapshot: Snapshot, order: Order): OrderSeen {
  const step = seenNumber(snapshot, 'node.journalStep', order.node);
  if (step === undefined) return 'unknown';
  if (step < order.step) return 'unseen';
  if (seen(snapshot, 'node.journalWorkflow', order.node) !== order.workflow) return 'unknown';
  // A node gets its next order only after this one was seen to have ended well, so a later one in its journal says that it has.
  if (step > order.step) return 'done';
  const outcome = seenText(snapshot, 'node.journalOutcome', order.node);
  const known = orderOutcomes.find((word) => word === outcome);
  if (known === undefined || known === 'none') return 'unknown';
  return known === 'accepted' ? 'under-way' : known;
}

export function isEnded(order: OrderSeen): boolean {
  return order !== 'unknown' && order !== 'unseen' && order !== 'under-way';
}
