import type { Act, State } from './machine.ts';
import {
  doneUntilNow,
  entering,
  gatesAgainst,
  halt,
  hold,
  isOverdue,
  lawReason,
  type Pass,
  several,
  surelyClosed,
  toRollingBack,
} from './pass.ts';
import type { Reason } from './verdict.ts';
import type { WorkflowStatus } from './workflow.ts';
import type { WorkflowDecision } from './workflow-decision.ts';

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
  return overdueFails(pass) ?? hold(pass, several(against), change);
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

/** INVARIANT K8: what names no way back has none, whether or not the pack says so. Known from before the first order. */
export function passing<Q>({ state }: Pass<Q>, act: Act<Q>): Partial<WorkflowStatus> {
  const hasWay = state.pointOfNoReturn === undefined && act.undo !== undefined;
  return hasWay ? {} : { passed: state.name, done: [] };
}
