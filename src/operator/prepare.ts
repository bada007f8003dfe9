import { isForeign, member } from '../crd/read.ts';
import type { HandsOff } from '../crd/told.ts';
import type { WorkflowObject } from '../crd/workflow-object.ts';
import { readStatus } from '../kernel/check-status.ts';
import type { Place } from '../kernel/fault.ts';
import type { Machine } from '../kernel/machine.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Law, Reason } from '../kernel/verdict.ts';
import { newWorkflow, type WorkflowStatus } from '../kernel/workflow.ts';
import type { Halt } from '../kernel/workflow-decision.ts';
import type { CompiledMachine } from '../rules/machine-evaluator.ts';
import type { Question } from '../rules/pack.ts';

/** A profile that the operator has loaded and verified, with its machines compiled. */
export interface HeldProfile {
  readonly digest: string;
  readonly shape: SiteShape;
  /** The document that the digest is of, in canonical JSON; for whoever keeps what decided. Undefined: it was made up by a test. */
  bundle?(): string;
  /** The machine that drives a kind of workflow. */
  machineOf(kind: string): CompiledMachine | undefined;
}

/** Whether a workflow can be decided on at all: with which profile and from which status, or why nobody may touch it. */
export type Prepared =
  | {
      readonly kind: 'ready';
      readonly profile: HeldProfile;
      readonly evaluator: CompiledMachine;
      readonly status: WorkflowStatus;
    }
  /** `halt`: the status is nobody's we know, and is left as it is. `hold`: what it needs is not here. */
  | { readonly kind: 'decided'; readonly decision: Halt | HandsOff };

/** INVARIANT K5: a workflow is decided on by the profile that it was begun with, by digest, whatever the site has now. One that
 *  nobody began yet takes what it asks for, or what the site has: `held` stands with the current one first. */
export function prepare(
  workflow: WorkflowObject,
  held: readonly HeldProfile[],
  epoch: number,
  nowMs: number,
): Prepared {
  const { fault, workflow: written, kind } = workflow;
  if (fault !== undefined) return handsOff(workflow, nowMs, fault.field, fault.says);
  const pinned = pinnedTo(workflow, held[0]?.digest);
  if (written !== undefined && typeof pinned !== 'string') return foreign(workflow, 'profile', 'is no text');
  const profile = held.find(({ digest }) => digest === pinned);
  if (profile === undefined) {
    return handsOff(
      workflow,
      nowMs,
      'profile',
      `the profile ${String(pinned ?? 'that it would begin with')} is not here`,
      'K5',
    );
  }
  const evaluator = profile.machineOf(kind);
  if (evaluator === undefined)
    return handsOff(workflow, nowMs, 'profile', `no pack of ${profile.digest} drives a ${kind}`);
  const { machine } = evaluator;
  if (written === undefined) {
    const start = machine.states[0]?.name ?? '';
    const id = { workflow: workflow.id, uid: workflow.uid, profile: profile.digest, machine: machine.digest };
    return { kind: 'ready', profile, evaluator, status: newWorkflow(id, start, epoch, nowMs) };
  }
  // A status that was copied from another object speaks of another workflow, however well it reads.
  if (member(written, 'uid') !== workflow.uid) return foreign(workflow, 'uid', `is not ${workflow.uid}`);
  if (member(written, 'workflow') !== workflow.id) return foreign(workflow, 'workflow', `is not ${workflow.id}`);
  const read = readOnce(written, machine);
  if (!read.ok) return foreign(workflow, read.field, read.says);
  return { kind: 'ready', profile, evaluator, status: read.status };
}

/** The profile that decides about a workflow, by digest; `current` is the site's. */
export function pinnedTo({ workflow: written, profile }: WorkflowObject, current: string | undefined): unknown {
  return written === undefined ? (profile ?? current) : member(written, 'profile');
}

type Read = ReturnType<typeof readStatus>;
const readings = new WeakMap<object, { readonly machine: Machine<Question>; readonly read: Read }>();

/** The same object by the same machine is the same status: nobody writes into what was heard. */
function readOnce(written: unknown, machine: Machine<Question>): Read {
  if (!isForeign(written)) return readStatus(written, machine);
  const known = readings.get(written);
  if (known?.machine === machine) return known.read;
  const read = readStatus(written, machine);
  readings.set(written, { machine, read });
  return read;
}

/** Status that went back behind what we saw ourselves, and stayed there: the database is an old one. INVARIANT K10. */
export function wentBack(
  workflow: WorkflowObject,
  { evaluator, status }: Extract<Prepared, { kind: 'ready' }>,
  serial: number,
  nowMs: number,
): Halt {
  const says = 'what is written of this workflow is older than what was seen of it';
  const detail = `was ${serial}, and is ${status.serial}`;
  const because = reasonOf(workflow, says, 'status.serial', detail, 'K10');
  const { halted } = evaluator.machine;
  const next: WorkflowStatus = {
    ...status,
    serial: serial + 1,
    state: halted,
    sinceMs: nowMs,
    outcome: 'halted',
    because: `K10: ${says}: ${detail}`,
  };
  return { kind: 'halt', state: status.state, because: [because], nodes: [], next };
}

function foreign(workflow: WorkflowObject, field: string, says: string): Prepared {
  const because = reasonOf(workflow, 'the status is nobody’s we know', `status.workflow.${field}`, says);
  return { kind: 'decided', decision: { kind: 'halt', state: stateIn(workflow), because: [because], nodes: [] } };
}

/** Only people can end this wait, so it is overdue from the start. INVARIANT K12. */
function handsOff(workflow: WorkflowObject, nowMs: number, field: string, says: string, law?: Law): Prepared {
  const because = reasonOf(workflow, 'what this workflow needs is not here', field, says, law);
  const decision: HandsOff = {
    kind: 'hold',
    state: stateIn(workflow),
    because: [because],
    sinceMs: nowMs,
    dueAtMs: null,
    overdue: true,
    stands: [],
    releases: `${field} of ${workflow.id}`,
  };
  return { kind: 'decided', decision };
}

function reasonOf(workflow: WorkflowObject, says: string, fact: string, detail: string, law?: Law): Reason {
  const at: Place = { file: workflow.id, line: 1, col: 1 };
  return { says, fact, object: workflow.id, detail, unknown: false, at, ...(law === undefined ? {} : { law }) };
}

/** As it stands there, for people; whoever wrote it. */
function stateIn({ workflow }: WorkflowObject): string {
  const state = member(workflow, 'state');
  return typeof state === 'string' ? state.slice(0, 100) : 'unknown';
}
