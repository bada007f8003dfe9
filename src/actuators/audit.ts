import type { Answer } from '../agent/instruction.ts';
import { keptObject } from '../crd/kept-object.ts';
import { member } from '../crd/read.ts';
import { identityOf, type Tellable, timeOf } from '../crd/told.ts';
import type { WorkflowObject } from '../crd/workflow-object.ts';
import type { Attachment, RecordBody } from '../kernel/audit.ts';
import { canonical, digestOf, digestOfText, type Json } from '../kernel/digest.ts';
import { sayableJson } from '../kernel/sayable.ts';
import type { Reason } from '../kernel/verdict.ts';
import type { Order, WorkflowStatus } from '../kernel/workflow.ts';
import type { Stopped } from './desk.ts';
import type { Acting } from './instruction.ts';

/** What a record says besides the decision: on whose rules and on which facts it rests, and how it came about. */
export interface Grounds {
  readonly nowMs: number;
  readonly epoch: number;
  readonly by: CameBy;
  /** Digests: of the profile that decided, and of all that were at hand, the current one first. */
  readonly profile: string | undefined;
  readonly profiles: readonly string[];
  readonly machine: string | undefined;
  /** The build that decided. */
  readonly engine: string;
  /** Made only when it is written down: it costs as much as a pass. */
  readonly snapshot: () => string | undefined;
  /** The documents behind the digests of profiles and snapshot. */
  readonly documents: () => readonly Attachment[];
}

/** `pass`: the kernel was asked. `prepared`: it was not, since somebody has to do something first. `went-back`: the status was older
 *  than one that was seen, of that serial. */
export type CameBy =
  | { readonly how: 'pass' }
  | { readonly how: 'prepared' }
  | { readonly how: 'went-back'; readonly seen: number };

/** The last record of a workflow: what the next one hangs on, and what is no news. */
export interface Recorded {
  readonly identity: string;
  readonly digest: string;
}

/** The record of one decision, as far as whoever decides can say it; its log adds its place. With the documents it is everything
 *  that the decision was made of: a replay makes the same bytes of them. Pure. */
export function recordOf(
  workflow: WorkflowObject,
  decision: Tellable,
  grounds: Omit<Grounds, 'documents'>,
  parent: string | null,
): RecordBody {
  const { abort } = workflow.intent;
  return {
    kind: 'decision',
    at: timeOf(grounds.nowMs),
    workflow: sayable(workflow.id),
    uid: sayable(workflow.uid),
    epoch: grounds.epoch,
    askedBy: sayable(abort?.by ?? workflow.id),
    intent: abort === undefined ? {} : { abort: { by: sayable(abort.by) } },
    by: { ...grounds.by },
    decision: decisionAsJson(decision),
    profile: grounds.profile ?? null,
    profiles: [...grounds.profiles],
    machine: grounds.machine ?? null,
    snapshot: grounds.snapshot() ?? null,
    object: objectDocument(workflow).digest,
    engine: grounds.engine,
    parent,
  };
}

function objectDocument(workflow: WorkflowObject): Attachment {
  const text = canonical(keptObject(workflow));
  return { digest: digestOfText(text), text };
}

/** What the status shows of the last record: a restarted operator goes on from there. */
export function recordedIn({ decision }: WorkflowObject): Recorded | undefined {
  const [identity, digest] = [member(decision, 'identity'), member(decision, 'record')];
  return typeof identity === 'string' && typeof digest === 'string' ? { identity, digest } : undefined;
}

/** Records a new decision; the same again is no news, as long as `again` counts it. If it cannot be kept, nothing is done. */
export function* audit(
  workflow: WorkflowObject,
  decision: Tellable,
  grounds: Grounds,
  last: Recorded | undefined,
  again: (record: string) => boolean,
): Acting<Recorded | Stopped> {
  const identity = identityOf(decision);
  if (last?.identity === identity && again(last.digest)) return last;
  const answer: Answer = yield {
    do: 'record',
    body: recordOf(workflow, decision, grounds, last?.digest ?? null),
    documents: () => [objectDocument(workflow), ...grounds.documents()],
    workflow: workflow.uid,
  };
  if (answer.kind === 'recorded') return { identity, digest: answer.digest };
  const why = answer.kind === 'refused' ? 'refused' : 'unheard';
  return { kind: 'stopped', at: 'audit', why, about: 'the audit log' };
}

function decisionAsJson(decision: Tellable): Json {
  switch (decision.kind) {
    case 'advance':
    case 'undo': {
      const { kind, from, to, says, orders, lock, next } = decision;
      return {
        kind,
        from: sayable(from),
        to: sayable(to),
        says: sayable(says),
        serial: next.serial,
        orders: orders.map(orderAsJson),
        stands: decision.stands.map(({ step }) => step),
        relies: decision.relies.map(({ called, object }) => ({ called: sayable(called), object: sayable(object) })),
        ...(lock === undefined ? {} : { lock: { do: lock.do, from: lock.from, to: lock.to } }),
        next: statusDigest(next),
      };
    }
    case 'hold': {
      const { kind, state, because, overdue, stands } = decision;
      return {
        kind,
        state: sayable(state),
        overdue,
        because: because.map(reasonAsJson),
        stands: stands.map(({ step }) => step),
        ...('next' in decision ? { next: statusDigest(decision.next) } : {}),
      };
    }
    case 'halt': {
      const { kind, state, because, nodes, next } = decision;
      const stand = nodes.map(({ node, facts, order }) => ({
        node: sayable(node),
        facts: facts.map(({ fact, object, reads }) => `${sayable(fact)} of ${sayable(object)}: ${sayable(reads)}`),
        ...(order === undefined ? {} : { order: sayable(order) }),
      }));
      return {
        kind,
        state: sayable(state),
        because: because.map(reasonAsJson),
        nodes: stand,
        ...(next === undefined ? {} : { next: statusDigest(next) }),
      };
    }
    case 'rest':
      return { kind: 'rest', state: sayable(decision.state), outcome: decision.outcome };
  }
}

/** Of the status that is written next: whoever replays a decision must come to the same, in every member. */
function statusDigest(next: WorkflowStatus): string {
  return digestOf(sayableValue(next));
}

function orderAsJson({ step, epoch, node, object, command, with: args, dependsOn }: Order): Json {
  return {
    step,
    epoch,
    node: sayable(node),
    object: sayable(object),
    command,
    with: sayableValue(args),
    dependsOn: sayableValue(dependsOn),
  };
}

function reasonAsJson({ says, fact, object, detail, unknown, law, seenAtMs }: Reason): Json {
  return {
    says: sayable(says),
    fact: sayable(fact),
    object: sayable(object),
    detail: sayable(detail),
    unknown,
    ...(law === undefined ? {} : { law }),
    ...(seenAtMs === undefined ? {} : { seenAt: timeOf(seenAtMs) }),
  };
}

/** Text from outside may hold halves of characters, which canonical JSON refuses: a record must be possible all the same. */
function sayable(text: string): string {
  return text.toWellFormed();
}

function sayableValue(value: unknown): Json {
  return sayableJson(JSON.parse(JSON.stringify(value)) as Json);
}
