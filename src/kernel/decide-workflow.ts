import { compareCohort } from './cohort.ts';
import { journalsAhead, lockSeen } from './fence.ts';
import type { Guard, Machine, State } from './machine.ts';
import { stateOf } from './machine.ts';
import { gapReason, halt, hold, lawReason, letThrough, type Pass, several, toRollingBack, withLock } from './pass.ts';
import type { Intent, Sight } from './sight.ts';
import { takeTurn } from './turn.ts';
import { isSome, type Reason, type Several, TRUE } from './verdict.ts';
import { goBack } from './way-back.ts';
import { lockHolderOf, type WorkflowStatus } from './workflow.ts';
import type { WorkflowDecision } from './workflow-decision.ts';

/** The law, once: a machine, where it stands, and what is seen now → what may happen. Pure and total. What a pack asks comes
 *  last: first whether anybody may decide at all (K5, K9, K10), then whether these are still the nodes that it was begun with (K4) and the
 *  site is ours (K7), then whether a person wants it back, then what must hold meanwhile, and only then the step. Each line may stop it; none lets it through alone. */
export function decideWorkflow<Q>(
  machine: Machine<Q>,
  status: WorkflowStatus,
  sight: Sight<Q>,
  intent: Intent = {},
): WorkflowDecision<Q> {
  const state = stateOf(machine, status.state);
  if (state === undefined) throw new RangeError(`checkStatus lets no state «${status.state}» through`);
  const pass: Pass<Q> = { machine, status, state, sight, nowMs: sight.snapshot.nowMs, relies: [], stands: [] };
  if (status.outcome !== undefined) {
    const because = status.because === undefined ? {} : { because: status.because };
    return { kind: 'rest', state: state.name, outcome: status.outcome, ...because };
  }
  return (
    foreign(pass) ??
    timeWentBack(pass) ??
    otherCohort(pass) ??
    lostLock(pass) ??
    aborted(pass, intent) ??
    unguarded(pass) ??
    (state.takesBack ? goBack(pass) : takeTurn(pass))
  );
}

/** INVARIANTS K5, K9, K10: who has not this pack, is not the newest leader, or knows less than the agents, keeps its hands off. */
function foreign<Q>(pass: Pass<Q>): WorkflowDecision<Q> | undefined {
  const { machine, status, sight, state } = pass;
  if (status.machine !== machine.digest) {
    const detail = `it was begun with ${status.machine}, and this is ${machine.digest}`;
    return untouched(pass, [
      lawReason('K5', state, 'a workflow keeps the rules that it was begun with', 'machine', 'site', detail),
    ]);
  }
  if (status.epoch > sight.epoch) {
    const detail = `leader ${status.epoch} wrote this, and this one is ${sight.epoch}`;
    return hold(pass, [lawReason('K9', state, 'a newer leader decides', 'status.epoch', 'site', detail)]);
  }
  const ahead = journalsAhead(sight.snapshot, status, sight.epoch);
  const backInTime = ahead.filter(({ law }) => law === 'K10').map((found) => aheadReason(found, state));
  if (isSome(backInTime)) return halt(pass, backInTime);
  const deposed = ahead.map((found) => aheadReason(found, state));
  return isSome(deposed) ? hold(pass, deposed) : undefined;
}

/** Not even the status is written: it is nobody's we know. */
function untouched<Q>(pass: Pass<Q>, because: Several<Reason>): WorkflowDecision<Q> {
  const { next: _, ...stands } = halt(pass, because);
  return stands;
}

function aheadReason(found: ReturnType<typeof journalsAhead>[number], state: State): Reason {
  const says =
    found.law === 'K10'
      ? 'what is written of this workflow is older than what was done'
      : 'agents take orders from a newer leader';
  return lawReason(found.law, state, says, found.fact, found.object, found.detail);
}

/** A status of the future: the clock that wrote it, or ours, is wrong, and then no budget can be counted. */
function timeWentBack<Q>(pass: Pass<Q>): WorkflowDecision<Q> | undefined {
  if (pass.nowMs >= pass.status.sinceMs) return undefined;
  const detail = `it was entered ${pass.status.sinceMs - pass.nowMs}ms from now`;
  return hold(pass, [lawReason('K10', pass.state, 'the clock went back', 'status.sinceMs', 'site', detail)]);
}

/** INVARIANT K4. */
function otherCohort<Q>(pass: Pass<Q>): WorkflowDecision<Q> | undefined {
  const { status, state, sight } = pass;
  if (status.cohort === undefined) return undefined;
  const now = compareCohort(status.cohort, sight.snapshot);
  if (now.kind === 'same') return undefined;
  if (now.kind === 'unknown') {
    const gaps = now.gaps.map((gap) => gapReason('K4', pass, gap, 'every node is the one that this was begun with'));
    return hold(pass, several(gaps)); // `unknown` names at least one
  }
  const changes = now.changes.map(({ fact, object, detail }) =>
    lawReason('K4', state, 'the nodes are not those that this was begun with', fact, object, detail),
  );
  return halt(pass, several(changes)); // `changed` names at least one
}

/** INVARIANT K7: from the state that took the lock to the one that gives it back, it is seen to be ours, in this epoch. */
function lostLock<Q>(pass: Pass<Q>): WorkflowDecision<Q> | undefined {
  const { status, state, sight } = pass;
  if (!status.locked || givesLockBack(pass)) return undefined;
  const lock = lockSeen(sight.snapshot, status, sight.epoch);
  const reason = (detail: string, unknown = false): Several<Reason> => [
    lawReason('K7', state, 'the site lock is held by this workflow', 'site.lock', 'site', detail, unknown),
  ];
  switch (lock.kind) {
    case 'unknown':
      return hold(pass, reason('is not known', true));
    case 'free':
      return halt(pass, reason('is held by nobody, though it was ours'));
    case 'other':
      return halt(pass, reason(`is held by ${lock.holder}`));
    case 'ours':
      if (lock.epoch === 'newer') return hold(pass, reason('is held by a newer leader'));
      if (lock.epoch === 'current') return undefined;
      return withLock(
        pass,
        { do: 'take', from: lock.holder, to: lockHolderOf(status.uid, sight.epoch) },
        'takes the lock over from the leader before',
      );
  }
}

function givesLockBack<Q>({ machine, state, status }: Pass<Q>): boolean {
  const last = status.done.at(-1)?.state;
  const back = state.takesBack ? stateOf(machine, status.turn?.of ?? last ?? '') : undefined;
  return state.act?.command === 'site.release-lock' || back?.act?.undo?.command === 'site.release-lock';
}

/** Guards hold during their span; not held for longer than their grace, the workflow has given up. INVARIANT K2: unknown is not held. */
function unguarded<Q>(pass: Pass<Q>): WorkflowDecision<Q> | undefined {
  const { machine, sight, nowMs } = pass;
  const broken: { readonly guard: Guard<Q>; readonly sinceMs: number }[] = [];
  for (const guard of machine.guards) {
    if (!guard.during.includes(pass.state.name)) continue;
    const called = `guard ${guard.name}`;
    if (letThrough(pass, guard.asks, 'site', called) === TRUE) continue;
    const since = pass.status.unguardedSinceMs;
    const sinceMs = Object.hasOwn(since, guard.name) ? (since[guard.name] ?? nowMs) : nowMs;
    broken.push({ guard, sinceMs: Math.min(sinceMs, nowMs) }); // a clock that went back gives no longer grace
  }
  const since = Object.fromEntries(broken.map(({ guard, sinceMs }) => [guard.name, sinceMs]));
  pass.unguardedSinceMs = since;
  const reasons = broken.flatMap(({ guard }) => sight.why(guard.asks, 'site'));
  if (!isSome(reasons)) return undefined;
  return broken.some(({ guard, sinceMs }) => nowMs - sinceMs >= guard.graceMs)
    ? halt(pass, reasons)
    : hold(pass, reasons);
}

function aborted<Q>(pass: Pass<Q>, intent: Intent): WorkflowDecision<Q> | undefined {
  const { status, state } = pass;
  if (intent.abort === undefined || state.takesBack) return undefined;
  if (status.passed === undefined) return toRollingBack(pass, `${intent.abort.by} asked for it`);
  pass.note = `${intent.abort.by} asked to take it back; past ${status.passed} it only goes on`;
  return undefined;
}
