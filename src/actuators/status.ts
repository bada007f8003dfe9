import type { Operation } from '../agent/instruction.ts';
import { conditionsOf } from '../crd/conditions.ts';
import { isForeign, member } from '../crd/read.ts';
import { isSameJson } from '../crd/same.ts';
import { isNews, type Tellable, tell } from '../crd/told.ts';
import { type WorkflowObject, withStatus } from '../crd/workflow-object.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';
import { type Desk, type Stopped, writeObject } from './desk.ts';

/** How old what people read may get while only its figures move. */
export const refreshMs = 30_000;

/** The object to write, or undefined where neither the workflow nor what people read of it has changed. Pure. */
export function statusToWrite(
  workflow: WorkflowObject,
  decision: Tellable,
  nowMs: number,
  record: string | undefined,
): KubeObject | undefined {
  // The status is nobody's we know: not even what people read is written over it.
  if (decision.kind === 'halt' && decision.next === undefined) return undefined;
  const next = 'next' in decision ? decision.next : undefined;
  const moves = next !== undefined && isMoved(workflow.workflow, next, decision);
  const told = tell(decision, nowMs, record);
  if (!moves && !isNews(workflow.decision, told, refreshMs)) return undefined;
  const generation = member(workflow.object.metadata, 'generation');
  return withStatus(workflow, {
    workflow: moves ? next : (workflow.workflow as WorkflowStatus | undefined), // as it stood there
    decision: told,
    conditions: conditionsOf(told, generation, workflow.conditions),
    observedAt: told.observedAt,
  });
}

/** Whether the workflow itself moves: more than a number that counts writes. Who acts signs with its epoch, so that a leader
 *  before it, who has read the same copy, can no longer replace it. */
function isMoved(before: unknown, next: WorkflowStatus, { kind }: Tellable): boolean {
  if (!isForeign(before)) return true;
  const { serial: _, epoch: was, ...old } = before;
  const { serial: __, epoch, ...now } = next;
  return !isSameJson(old, now) || (kind !== 'hold' && was !== epoch);
}

export function* writeStatus(desk: Desk, object: KubeObject | undefined): Operation<Stopped | undefined> {
  return object === undefined ? undefined : yield* writeObject(desk, 'status', 'update-status', object);
}
