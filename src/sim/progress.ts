import type { WorkflowStatus } from '../kernel/workflow.ts';
import type { TrueTime } from './clock.ts';

/** How far the workflow of a run has come, by what is written of it. */
export interface Progress {
  /** The first of its machine until anybody has written another. */
  readonly state: string;
  readonly passed: readonly string[];
  readonly outcome: WorkflowStatus['outcome'];
  /** What the status says of its end. */
  readonly because: string;
  /** Since when nothing of it moves any more; Infinity while it does. */
  readonly restedAtMs: number;
  /** This is what its object says now; undefined while nobody has written a status. */
  stands(status: WorkflowStatus | undefined): void;
  /** Its object is gone. */
  isGone(): void;
  /** Whoever keeps his hands off moves no status, and will not until people come. */
  handsAreOff(areThey: boolean): void;
}

/** `entered` hears of each state when it is entered, of the first when the workflow is asked for. */
export function progressOf(first: string, time: TrueTime, entered: (state: string) => void): Progress {
  let state = first;
  const passed: string[] = [];
  let restedAtMs = Number.POSITIVE_INFINITY;
  let outcome: WorkflowStatus['outcome'];
  let because = '';
  const stood = (status: WorkflowStatus): void => {
    if (status.outcome !== outcome) {
      // A database that is put back can also put an end back.
      outcome = status.outcome;
      because = status.because ?? '';
      restedAtMs = outcome === undefined ? Number.POSITIVE_INFINITY : time.nowMs;
    }
    if (status.state === state && passed.length > 0) return;
    state = status.state;
    passed.push(state);
    entered(state);
  };
  return {
    get state() {
      return state;
    },
    passed,
    get outcome() {
      return outcome;
    },
    get because() {
      return because;
    },
    get restedAtMs() {
      return restedAtMs;
    },
    stands(status) {
      if (status !== undefined) stood(status);
      else if (passed.length === 0) entered(state);
    },
    isGone() {
      outcome = undefined;
      restedAtMs = Number.POSITIVE_INFINITY;
    },
    handsAreOff(areThey) {
      if (outcome === undefined) restedAtMs = areThey ? Math.min(restedAtMs, time.nowMs) : Number.POSITIVE_INFINITY;
    },
  };
}
