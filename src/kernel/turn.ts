import { freeze, freezeMore, newestStep, workUnderWay } from './cohort.ts';
import { formOf } from './command.ts';
import { lockSeen } from './fence.ts';
import { goOn, overdueFails, passing } from './go-on.ts';
import type { Act } from './machine.ts';
import {
  gapReason,
  gatesAgainst,
  halt,
  hold,
  lawReason,
  letThrough,
  movesOf,
  named,
  type Pass,
  several,
  within,
  withLock,
} from './pass.ts';
import { candidates, serve } from './serve.ts';
import { FALSE, isSome, TRUE, UNKNOWN } from './verdict.ts';
import { type Cohort, lockHolderOf, maxMembers, maxNodes, type Turn, turnOf } from './workflow.ts';
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
  if (!cohort.ok) return hold(pass, several(cohort.unknown.map((gap) => gapReason('K8', pass, gap, says))));
  if (cohort.value.nodes.length > maxNodes) {
    const detail = `has ${cohort.value.nodes.length} nodes, and ${maxNodes} are the most that are kept`;
    return halt(pass, [lawReason('K4', state, 'a cohort has bounds', 'node', 'site', detail)]);
  }
  const working = workUnderWay(sight.snapshot, cohort.value.nodes);
  if (isSome(working)) {
    const alone = 'nobody works on an order of another workflow';
    const found = working.map(({ fact, object, detail }) => lawReason('K3', state, alone, fact, object, detail, true));
    return hold(pass, several(found));
  }
  const step = newestStep(sight.snapshot, cohort.value.nodes);
  if (!step.ok) {
    const journals = 'orders are numbered on from what every journal shows';
    return hold(pass, several(step.unknown.map((gap) => gapReason('K10', pass, gap, journals))));
  }
  const names = cohort.value.nodes.map(({ name }) => name).join(', ');
  return within(pass, `begins with ${names}`, { cohort: cohort.value, step: Math.max(step.value, pass.status.step) });
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
    return hold(pass, several(unclear.flatMap(({ member }) => sight.why(where, member))));
  const members = asked.filter(({ truth }) => truth === TRUE).map(({ member }) => member);
  const excused = asked.filter(({ truth }) => truth === FALSE).map(({ member }) => member);
  const turn: Turn = { ...turnOf(state.name, 'do', members), excused };
  const frozen = freezeMore(sight.snapshot, cohort, movesOf(state), members);
  if (!frozen.ok) {
    const unseen = 'what cannot be seen now could not be put back';
    return hold(pass, several(frozen.unknown.map((gap) => gapReason('K8', pass, gap, unseen))));
  }
  const says = members.length === 0 ? 'nobody needs this' : `for ${named(members)}`;
  return within(pass, says, { turn, cohort: frozen.value });
}
