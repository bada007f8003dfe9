import { formOf } from './command.ts';
import { effectOf, effectSince, endedNow } from './effect.ts';
import { isEnded, lockSeen, orderSeen } from './fence.ts';
import { give } from './give.ts';
import { type Act, stateOf, type Undo } from './machine.ts';
import {
  entering,
  halt,
  hold,
  isOverdue,
  lawReason,
  movesOf,
  nextStatus,
  type Pass,
  standsStill,
  withLock,
} from './pass.ts';
import { belongsTo, isSame, objectsOf, seen, seenAt, seenNumber } from './readings.ts';
import type { Snapshot } from './snapshot.ts';
import { FALSE, isSome, type Reason, type Several, TRUE, type Truth, UNKNOWN } from './verdict.ts';
import { type Cohort, type Done, lockHolderOf, maxTries, type Order, type Turn, turnOf } from './workflow.ts';
import type { WorkflowDecision } from './workflow-decision.ts';

/** INVARIANT K8: what was done is taken back, the last first. Everybody who was ordered is ordered back, also who was never seen to
 *  have done anything: its newer order fences off the older one, which may still be on its way. */
export function goBack<Q>(pass: Pass<Q>): WorkflowDecision<Q> {
  const { status, machine, state } = pass;
  if (status.turn?.way === 'do') {
    const { turn, ...left } = status;
    return leave(pass, turn) ?? goBack({ ...pass, status: left });
  }
  const last = status.done.at(-1);
  if (last === undefined) return undone(pass);
  const act = stateOf(machine, last.state)?.act;
  const undo = act?.undo;
  if (act === undefined || undo === undefined) {
    return halt(pass, [lawReason('K8', state, `${last.state} has no way back`, last.state, 'site', 'and was done')]);
  }
  if (formOf(act.command).by === 'operator') return lockBack(pass);
  if (status.cohort === undefined) {
    return halt(pass, [lawReason('K4', state, 'nobody knows who took part', 'status.cohort', 'site', 'is not there')]);
  }
  return serveBack(pass, act, undo, last, status.cohort);
}

/** INVARIANT K3: before anybody is ordered back, each order of the turn that was left has ended, or was never begun: it stands before
 *  its agent no longer, and the agent has reported since. What it had read before it was taken away, it would have said. */
function leave<Q>(pass: Pass<Q>, turn: Turn): WorkflowDecision<Q> | undefined {
  const { sight, state, nowMs } = pass;
  const ended: Record<string, number> = Object.create(null);
  const waiting: Reason[] = [];
  for (const member of turn.members) {
    const order = turn.orders[member];
    const given = order === undefined ? 'done' : orderSeen(sight.snapshot, order);
    if (order === undefined || isEnded(given)) continue;
    if (isTakenAway(sight.snapshot, order)) {
      const sinceMs = turn.ended[member] ?? nowMs;
      ended[member] = sinceMs;
      if (given === 'unseen' && seenAt(sight.snapshot, 'node.journalStep', order.node) > sinceMs) continue;
    }
    const how = given === 'under-way' ? 'is under way' : 'may have been begun';
    const says = 'what was ordered before has ended, or was never begun';
    const detail = `order ${order.step} to ${order.node} ${how}`;
    waiting.push(lawReason('K3', state, says, 'node.journalStep', order.node, detail, true));
  }
  return isSome(waiting) ? hold(pass, waiting, { turn: { ...turn, ended } }) : undefined;
}

/** Seen since it was given: before, it did not stand there yet. */
function isTakenAway(snapshot: Snapshot, { node, step, givenAtMs }: Order): boolean {
  const stands = seenNumber(snapshot, 'node.order', node);
  return stands !== undefined && stands !== step && seenAt(snapshot, 'node.order', node) > givenAtMs;
}

function serveBack<Q>(pass: Pass<Q>, act: Act<Q>, undo: Undo<Q>, last: Done, cohort: Cohort): WorkflowDecision<Q> {
  const { status, state, sight } = pass;
  const gone = act.on === 'volume' ? withoutVolume(pass, last) : undefined;
  if (gone !== undefined) return gone;
  const before = status.turn?.of === last.state ? status.turn : turnOf(last.state, 'undo', last.members.toReversed());
  const turn: Turn = { ...before, ended: endedNow(pass, before) };
  const open: string[] = [];
  const waiting: Reason[] = [];
  const held = new Map<string, string>();
  let underWay = 0;
  for (const member of turn.members) {
    const order = turn.orders[member];
    if (order === undefined) {
      open.push(member);
      continue;
    }
    const given = orderSeen(sight.snapshot, order);
    const truth = isUndone(pass, undo, last.state, order, turn, cohort);
    standsStill(pass, order, undo.gates, given);
    if (truth === TRUE && isEnded(given)) continue;
    const isBad = given === 'failed' || given === 'refused' || given === 'interrupted';
    // Done, and when its time is over still not so: perhaps it was the number of another order, given by a status that was lost.
    const isVain = given === 'done' && truth === FALSE && isOverdue(pass);
    if (isBad || isVain) {
      if (isBad) held.set(order.node, member);
      const again = given === 'refused' || formOf(undo.command).once === undefined;
      if (again && (turn.tries[member] ?? 1) < maxTries) {
        open.push(member);
        continue;
      }
      if (isBad && truth === FALSE) {
        const detail = `${undo.command} of ${member} ${given === 'failed' ? 'failed' : `was ${given}`}`;
        return halt(pass, [
          lawReason('K8', state, `${last.state} could not be taken back`, last.state, member, detail),
        ]);
      }
    }
    underWay += 1;
    waiting.push(stillBack(pass, undo, last.state, member, isEnded(given)));
  }
  if (open.length === 0 && underWay === 0) return popped(pass, last);
  const slots = (undo.atATime ?? act.atATime) - underWay;
  const given = give(pass, undo, open, slots, (member) => (act.on === 'node' ? member : cohort.hand), turn, held);
  if (given.orders.length === 0) {
    const [first, ...rest] = [...waiting, ...given.against];
    const turns = lawReason('K3', state, 'one after the other', last.state, 'site', 'waits for its turn');
    return hold(pass, [first ?? turns, ...rest], { turn });
  }
  const says = `takes ${last.state} back: ${undo.command} for ${given.orders.map(({ object }) => object).join(', ')}`;
  const next = nextStatus(pass, { turn: given.turn, step: given.step });
  return {
    kind: 'undo',
    from: state.name,
    to: state.name,
    says,
    orders: given.orders,
    stands: pass.stands,
    relies: pass.relies,
    next,
  };
}

/** INVARIANT K4: nobody can see of a volume that is not there any more whether anything was taken back. */
function withoutVolume<Q>(pass: Pass<Q>, last: Done): WorkflowDecision<Q> | undefined {
  const { state, sight } = pass;
  const { volume } = sight.snapshot.populations;
  const because = (object: string, detail: string, unknown: boolean): Several<Reason> => [
    lawReason('K4', state, 'what was done is taken back everywhere', 'volume', object, detail, unknown),
  ];
  if (volume.state !== 'known') return hold(pass, because('site', 'is not known', true));
  const lost = last.members.find((member) => !volume.indexOf.has(member));
  return lost === undefined ? undefined : halt(pass, because(lost, 'is not there any more', false));
}

/** The pack's own question; without one: every fact that the step moves reads as it did before. */
function isUndone<Q>(pass: Pass<Q>, undo: Undo<Q>, done: string, order: Order, turn: Turn, cohort: Cohort): Truth {
  const { object: member } = order;
  if (undo.settled !== undefined) return effectOf(pass, done, undo.settled, member, turn, `undo of ${done}`);
  const { snapshot } = pass.sight;
  const sinceMs = effectSince(snapshot, order, turn.ended[member]);
  let truth: Truth = TRUE;
  for (const fact of movesOf(stateOf(pass.machine, done))) {
    const objects = objectsOf(snapshot, fact, member);
    if (objects === undefined) return UNKNOWN;
    const gone = Object.keys(cohort.facts[fact] ?? {}).filter((object) => !objects.includes(object));
    if (gone.some((object) => belongsTo(snapshot, fact, object, member))) truth = FALSE;
    for (const object of objects) {
      // A volume that came since: nobody saw how it was, so that nothing of it can be put back.
      if (!Object.hasOwn(cohort.facts[fact] ?? {}, object)) continue;
      const now = seen(snapshot, fact, object);
      // What was seen before it was ordered back may be from before it was ordered there.
      if (now === undefined || seenAt(snapshot, fact, object) <= sinceMs) truth = truth === FALSE ? FALSE : UNKNOWN;
      else if (!isSame(now, cohort.facts[fact]?.[object])) truth = FALSE;
    }
  }
  return truth;
}

function stillBack<Q>(pass: Pass<Q>, undo: Undo<Q>, done: string, member: string, ended: boolean): Reason {
  if (ended && undo.settled !== undefined && pass.sight.ask(undo.settled, member) !== TRUE) {
    return pass.sight.why(undo.settled, member)[0];
  }
  const detail = ended ? 'does not read as it did before' : `${undo.command} is under way`;
  return lawReason(
    'K8',
    pass.state,
    `${done} is taken back`,
    movesOf(stateOf(pass.machine, done)).join(', '),
    member,
    detail,
    !ended,
  );
}

function lockBack<Q>(pass: Pass<Q>): WorkflowDecision<Q> {
  const { state, status, sight } = pass;
  const last = status.done.at(-1) as Done; // `goBack` has looked
  const lock = lockSeen(sight.snapshot, status, sight.epoch);
  const because = (detail: string): Several<Reason> => [
    lawReason('K7', state, 'the lock is given back', 'site.lock', 'site', detail, true),
  ];
  if (lock.kind === 'unknown') return hold(pass, because('is not known'));
  if (lock.kind === 'free' && !status.locked) {
    // Asked for and never seen to be ours: that write may still be on its way, and would take it for a workflow that has ended.
    // One more write, seen to be done, fences it off.
    const mine = lockHolderOf(status.uid, sight.epoch);
    const says = 'takes the site lock, to be sure of giving it back';
    return { ...withLock(pass, { do: 'take', from: null, to: mine }, says), kind: 'undo' };
  }
  if (lock.kind !== 'ours') return popped(pass, last);
  if (lock.epoch === 'newer') return hold(pass, because('is held by a newer leader'));
  const write = { do: 'release' as const, from: lock.holder, to: null };
  return { ...withLock(pass, write, 'gives the site lock back', { locked: true }), kind: 'undo' };
}

function popped<Q>(pass: Pass<Q>, last: Done): WorkflowDecision<Q> {
  const { state, status, relies } = pass;
  const locks = formOf(stateOf(pass.machine, last.state)?.act?.command ?? 'bond.confirm').by === 'operator';
  const { turn: _, ...next } = nextStatus(pass, {
    done: status.done.slice(0, -1),
    ...(locks ? { locked: false } : {}),
  });
  return {
    kind: 'undo',
    from: state.name,
    to: state.name,
    says: `${last.state} is taken back`,
    orders: [],
    stands: [],
    relies,
    next,
  };
}

function undone<Q>(pass: Pass<Q>): WorkflowDecision<Q> {
  const { state, relies, status } = pass;
  const to = state.goto[0]?.to ?? state.name;
  if (status.locked) {
    return halt(pass, [lawReason('K7', state, 'nothing is left to take back', 'site.lock', 'site', 'is still ours')]);
  }
  const { cohort: _, ...next } = entering(pass, to, { outcome: 'undone' });
  return {
    kind: 'undo',
    from: state.name,
    to,
    says: 'everything is as it was before',
    orders: [],
    stands: [],
    relies,
    next,
  };
}
