import { formOf } from './command.ts';
import { effectOf, endedNow, seenTooEarly } from './effect.ts';
import { isEnded, orderSeen } from './fence.ts';
import { give } from './give.ts';
import { fail, goOn, overdueFails, passing } from './go-on.ts';
import type { Act } from './machine.ts';
import { halt, hold, lawReason, named, type Pass, standsStill, within } from './pass.ts';
import { FALSE, isSome, type Reason, TRUE, UNKNOWN } from './verdict.ts';
import { type Cohort, maxTries, type Order, type Turn } from './workflow.ts';
import type { WorkflowDecision } from './workflow-decision.ts';

/** INVARIANT K1: the step is over when every member is seen settled, and its agent has been seen to have ended. Some is none. */
export function serve<Q>(pass: Pass<Q>, act: Act<Q>, cohort: Cohort, before: Turn): WorkflowDecision<Q> {
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
  const says = `${act.command} for ${named(given.orders.map(({ object }) => object))}`;
  return within(pass, says, { ...passing(pass, act), turn: given.turn, step: given.step }, given.orders);
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

/** Who is there now, of what the step is on; undefined: not known. */
export function candidates<Q>({ sight }: Pass<Q>, { on }: Act<Q>, cohort: Cohort): readonly string[] | undefined {
  if (on === 'site') return ['site'];
  if (on === 'node') return cohort.nodes.map(({ name }) => name);
  const { volume } = sight.snapshot.populations;
  return volume.state === 'known' ? volume.members.map(({ id }) => id) : undefined;
}
