import { member } from '../crd/read.ts';
import type { Machine } from '../kernel/machine.ts';
import { stateOf } from '../kernel/machine.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';

/** A workflow that waits for people may do so for days, and nothing happens meanwhile. Nobody simulates that beat by beat: the
 *  time until its state is overdue is left out, and then it must say so. */
export interface Patience {
  /** Called now and then, with the workflow as it stands; nobody may be able to read its status. */
  look(nowMs: number, status: WorkflowStatus | undefined, object: KubeObject, isCalm: boolean): Waits;
}

/** `leap`: milliseconds in which nothing will happen, that may be left out. `overdue`: it waits past its time, and says so. */
export type Waits = { readonly kind: 'on' | 'overdue' } | { readonly kind: 'leap'; readonly ms: number };

/** So long after the last fault, and after the last thing that moved, nothing that goes on by itself goes on any more. */
const quietMs = 7 * 60_000;
const on: Waits = { kind: 'on' };

export function patienceOf(machine: Machine<unknown>): Patience {
  let seen = '';
  let movedAtMs = Number.NEGATIVE_INFINITY;
  let state = '';
  let enteredAtMs = 0;
  let leaptIn: string | undefined;
  return {
    look(nowMs, status, object, isCalm) {
      const stateNow = status?.state ?? '';
      if (stateNow !== state) {
        state = stateNow;
        enteredAtMs = nowMs;
        leaptIn = undefined;
      }
      const now = JSON.stringify([status?.uid, state, status?.turn?.orders, status?.turn?.way, status?.done.length]);
      if (now !== seen || !isCalm) movedAtMs = nowMs;
      seen = now;
      if (nowMs - movedAtMs < quietMs) return on;
      if (isTrue(object, 'Overdue')) return { kind: 'overdue' };
      const budgetMs = stateOf(machine, state)?.budgetMs ?? Number.POSITIVE_INFINITY;
      const leftMs = enteredAtMs + budgetMs - nowMs;
      if (leaptIn === state || !Number.isFinite(leftMs) || leftMs <= 0) return on;
      leaptIn = state;
      return { kind: 'leap', ms: leftMs };
    },
  };
}

/** What a workflow that waits says of itself. */
export function saidOf(object: KubeObject | undefined, type: 'Overdue' | 'Held'): string {
  const found = conditionsIn(object).find((one) => member(one, 'type') === type);
  return String(member(found, 'message') ?? '');
}

function isTrue(object: KubeObject | undefined, type: 'Overdue' | 'Held'): boolean {
  return conditionsIn(object).some((one) => member(one, 'type') === type && member(one, 'status') === 'True');
}

function conditionsIn(object: KubeObject | undefined): readonly unknown[] {
  const conditions = object === undefined ? undefined : member(object.status, 'conditions');
  return Array.isArray(conditions) ? conditions : [];
}
