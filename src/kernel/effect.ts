import { isEnded, orderSeen } from './fence.ts';
import { stateOf } from './machine.ts';
import { letThrough, movesOf, type Pass } from './pass.ts';
import { isKnownSince, objectsOf } from './readings.ts';
import type { Snapshot } from './snapshot.ts';
import { type Truth, UNKNOWN } from './verdict.ts';
import type { FactRead, Order, Turn } from './workflow.ts';

/** Asks what must be seen of a member. INVARIANT K6: of one that was ordered, what was last seen too early is not its effect, neither
 *  that it worked nor that it did not. */
export function effectOf<Q>(
  pass: Pass<Q>,
  of: string,
  question: Q,
  member: string,
  { orders, ended }: Turn,
  called = `settled of ${of}`,
): Truth {
  const truth = letThrough(pass, question, member, called);
  const order = orders[member];
  return order === undefined || seenTooEarly(pass, of, question, order, ended[member]) === undefined ? truth : UNKNOWN;
}

/** A reading that may be of before the effect, if the question rests on one. What the order moves was seen after it was given; what else
 *  the question reads was seen after the order was seen to have ended: a snapshot stands, and its I/O was last looked at before it
 *  froze. What was frozen and what never grows old is as good as ever. */
export function seenTooEarly<Q>(
  pass: Pass<Q>,
  of: string,
  question: Q,
  order: Order,
  endedAtMs: number | undefined,
): Pick<FactRead, 'fact' | 'object'> | undefined {
  const { snapshot } = pass.sight;
  const moves = movesOf(stateOf(pass.machine, of));
  const movedAtMs = effectSince(snapshot, order, endedAtMs);
  const moved = moves
    .flatMap((fact) => (objectsOf(snapshot, fact, order.object) ?? []).map((object) => ({ fact, object })))
    .find(({ fact, object }) => isKnownSince(snapshot, fact, object, movedAtMs));
  if (moved !== undefined || endedAtMs === undefined) return moved;
  return pass.sight
    .reads(question, order.object)
    .find(({ fact, object }) => !moves.includes(fact) && agesSince(snapshot, fact, object, endedAtMs));
}

/** What an order moves is its effect if it was seen after this. One that did not end well may have done it and undone it again. */
export function effectSince(snapshot: Snapshot, order: Order, endedAtMs: number | undefined): number {
  return endedAtMs === undefined || orderSeen(snapshot, order) === 'done' ? order.givenAtMs : endedAtMs;
}

function agesSince(snapshot: Snapshot, fact: string, object: string, atMs: number): boolean {
  const maxAgeMs = snapshot.columns.get(fact)?.fact.maxAgeMs ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(maxAgeMs) && isKnownSince(snapshot, fact, object, atMs);
}

/** Of everybody who was ordered in this turn: since when the order has been seen to have ended. */
export function endedNow<Q>({ sight, nowMs }: Pass<Q>, { orders, ended }: Turn): Readonly<Record<string, number>> {
  const found: Record<string, number> = Object.create(null);
  for (const [member, order] of Object.entries(orders)) {
    if (isEnded(orderSeen(sight.snapshot, order))) found[member] = ended[member] ?? nowMs;
  }
  return found;
}
