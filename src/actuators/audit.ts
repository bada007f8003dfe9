import type { Answer, Operation } from '../agent/instruction.ts';
import { member } from '../crd/read.ts';
import { identityOf, type Tellable, timeOf } from '../crd/told.ts';
import type { WorkflowObject } from '../crd/workflow-object.ts';
import { canonical, digestOfText, type Json } from '../kernel/digest.ts';
import type { Reason } from '../kernel/verdict.ts';
import type { Order } from '../kernel/workflow.ts';
import type { Stopped } from './desk.ts';

/** What a record says besides the decision: on whose rules and on which facts it rests, and who wanted it. */
export interface Grounds {
  readonly nowMs: number;
  readonly epoch: number;
  /** Digests. The snapshot's is made only when it is written down: it costs as much as a pass. */
  readonly profile: string | undefined;
  readonly machine: string | undefined;
  readonly snapshot: () => string | undefined;
  readonly askedBy: string;
}

/** The last record of a workflow: what the next one hangs on, and what is no news. */
export interface Recorded {
  readonly identity: string;
  readonly digest: string;
}

/** The record of one decision, in canonical JSON on one line, and its digest. Pure. */
export function recordOf(
  workflow: WorkflowObject,
  decision: Tellable,
  grounds: Grounds,
  parent: string | null,
): { readonly line: string; readonly digest: string } {
  const line = canonical({
    version: 1,
    at: timeOf(grounds.nowMs),
    workflow: sayable(workflow.id),
    uid: sayable(workflow.uid),
    epoch: grounds.epoch,
    askedBy: sayable(grounds.askedBy),
    decision: decisionAsJson(decision),
    profile: sayable(grounds.profile ?? ''),
    machine: sayable(grounds.machine ?? ''),
    snapshot: grounds.snapshot() ?? null,
    parent,
  });
  return { line, digest: digestOfText(line) };
}

/** What the status shows of the last record: a restarted operator goes on from there. */
export function recordedIn({ decision }: WorkflowObject): Recorded | undefined {
  const [identity, digest] = [member(decision, 'identity'), member(decision, 'record')];
  return typeof identity === 'string' && typeof digest === 'string' ? { identity, digest } : undefined;
}

/** Appends the record of a new decision; the same hold again is no news. If it cannot be written down, nothing is done. */
export function* audit(
  path: string,
  workflow: WorkflowObject,
  decision: Tellable,
  grounds: Grounds,
  last: Recorded | undefined,
): Operation<Recorded | Stopped> {
  const identity = identityOf(decision);
  if (last?.identity === identity) return last;
  const { line, digest } = recordOf(workflow, decision, grounds, last?.digest ?? null);
  const answer: Answer = yield { do: 'append', path, line };
  if (answer.kind === 'done') return { identity, digest };
  const why = answer.kind === 'refused' ? 'refused' : 'unheard';
  return { kind: 'stopped', at: 'audit', why, about: path };
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
        relies: decision.relies.map(({ called, object }) => ({ called: sayable(called), object: sayable(object) })),
        ...(lock === undefined ? {} : { lock: { do: lock.do, from: lock.from, to: lock.to } }),
      };
    }
    case 'hold': {
      const { kind, state, because, overdue } = decision;
      return { kind, state: sayable(state), overdue, because: because.map(reasonAsJson) };
    }
    case 'halt': {
      const { kind, state, because, nodes } = decision;
      const stand = nodes.map(({ node, facts, order }) => ({
        node: sayable(node),
        facts: facts.map(({ fact, object, reads }) => `${sayable(fact)} of ${sayable(object)}: ${sayable(reads)}`),
        ...(order === undefined ? {} : { order: sayable(order) }),
      }));
      return { kind, state: sayable(state), because: because.map(reasonAsJson), nodes: stand };
    }
    case 'rest':
      return { kind: 'rest', state: sayable(decision.state), outcome: decision.outcome };
  }
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
  return JSON.parse(JSON.stringify(value).toWellFormed()) as Json;
}
