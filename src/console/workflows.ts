import type { HandsOff, Tellable } from '../crd/told.ts';
import { readWorkflow } from '../crd/workflow-object.ts';
import type { Place } from '../kernel/fault.ts';
import { stateOf } from '../kernel/machine.ts';
import type { KubeObject, Raw } from '../kernel/raw.ts';
import type { Intent } from '../kernel/sight.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { newWorkflow, type WorkflowStatus } from '../kernel/workflow.ts';
import { type HeldProfile, prepare } from '../operator/prepare.ts';
import { passWorkflow } from '../operator/spine.ts';
import type { CompiledMachine } from '../rules/machine-evaluator.ts';
import type { Question } from '../rules/pack.ts';
import { isWorkflow } from './workflow-kinds.ts';

/** A workflow that somebody asked for, and what is decided of it now: by the functions that the operator calls. */
export interface WorkflowAnswer {
  /** `ReplicationUpgrade/site` */
  readonly id: string;
  readonly uid: string;
  /** Whether anybody has begun it. */
  readonly begun: boolean;
  /** As it stands in the object, whoever wrote it there. */
  readonly state: string;
  readonly decision: Tellable<Question>;
  /** Undefined: nobody can read it, or this profile has nothing to do with it. */
  readonly status?: WorkflowStatus;
  readonly evaluator?: CompiledMachine;
  /** Null: no budget runs where it is. */
  readonly budgetMs: number | null;
  readonly intent: Intent;
}

/** `ReplicationUpgrade/site`, of objects that are workflows of ours, sorted. A capture holds each once. */
export function workflowObjects(raws: readonly Raw[]): ReadonlyMap<string, KubeObject> {
  const objects = raws.flatMap((raw) => (raw.from === 'object' && isWorkflow(raw.object) ? [raw.object] : []));
  const named = objects.map((object) => [`${object.kind}/${object.metadata.name}`, object] as const);
  return new Map(named.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** One pass of a workflow as it stands in its object, in the epoch of its status: what the leader that wrote it would decide now. */
export async function decidedOn(
  profile: HeldProfile,
  object: KubeObject,
  snapshot: Snapshot,
  pass = passWorkflow,
): Promise<WorkflowAnswer> {
  const read = readWorkflow(versioned(object));
  if (!read.ok) return unreadable(object, read.field, read.says, snapshot.nowMs);
  const workflow = read.value;
  const prepared = prepare(workflow, [profile], firstEpoch, snapshot.nowMs);
  const about = { id: workflow.id, uid: workflow.uid, begun: workflow.workflow !== undefined, intent: workflow.intent };
  if (prepared.kind === 'decided') {
    return { ...about, state: prepared.decision.state, decision: prepared.decision, budgetMs: null };
  }
  const { evaluator, status } = prepared;
  return { ...about, ...(await passed(profile, evaluator, snapshot, status, workflow.intent, pass)) };
}

/** A workflow that nobody has asked for yet, as though it were begun now. */
export function begunNow(profile: HeldProfile, id: string, nowMs: number): WorkflowStatus | undefined {
  const machine = profile.machineOf(id.slice(0, id.indexOf('/')))?.machine;
  const [start] = machine?.states ?? [];
  if (machine === undefined || start === undefined) return undefined;
  const names = { workflow: id, uid: notYetAsked, profile: profile.digest, machine: machine.digest };
  return newWorkflow(names, start.name, firstEpoch, nowMs);
}

/** Its status and one pass over it, by the one function that decides. */
export async function passed(
  profile: HeldProfile,
  evaluator: CompiledMachine,
  snapshot: Snapshot,
  status: WorkflowStatus,
  intent: Intent,
  pass = passWorkflow,
): Promise<Pick<WorkflowAnswer, 'state' | 'decision' | 'status' | 'evaluator' | 'budgetMs'>> {
  const decision = await pass(profile, evaluator, snapshot, status, status.epoch, intent);
  const budgetMs = stateOf(evaluator.machine, status.state)?.budgetMs ?? Number.POSITIVE_INFINITY;
  return { state: status.state, decision, status, evaluator, budgetMs: Number.isFinite(budgetMs) ? budgetMs : null };
}

/** Of whom no leader has decided yet, the first one would. */
export const firstEpoch = 1;
export const notYetAsked = 'not-yet-asked-for';

/** Nothing is written here, so a version that somebody took out of the object is not missed. */
function versioned(object: KubeObject): KubeObject {
  return object.metadata.resourceVersion === undefined
    ? { ...object, metadata: { ...object.metadata, resourceVersion: 'in a capture' } }
    : object;
}

function unreadable(object: KubeObject, field: string, says: string, nowMs: number): WorkflowAnswer {
  const id = `${object.kind}/${object.metadata.name}`;
  const at: Place = { file: id, line: 1, col: 1 };
  const decision: HandsOff = {
    kind: 'hold',
    state: 'unknown',
    because: [{ says: 'the object cannot be read', fact: field, object: id, detail: says, unknown: false, at }],
    sinceMs: nowMs,
    dueAtMs: null,
    overdue: true,
    stands: [],
    releases: `${field} of ${id}`,
  };
  return { id, uid: '', begun: false, state: 'unknown', decision, budgetMs: null, intent: {} };
}
