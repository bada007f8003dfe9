import { agentStatusKind, orderIn } from '../../crd/agent-status.ts';
import { isForeign, member } from '../../crd/read.ts';
import { stateOf } from '../../kernel/machine.ts';
import { type KubeObject, kindOf } from '../../kernel/raw.ts';
import type { Order, WorkflowStatus } from '../../kernel/workflow.ts';
import type { ApiWrite } from '../api.ts';
import { changes } from '../asked.ts';
import type { Asked, Onlooker } from '../runner.ts';
import { type Court, statusIn } from './court.ts';
import { type Given, judgeOrder } from './order-laws.ts';
import { plainSlackMs } from './slack.ts';
import { judgeEnd, judgeStatus } from './status-laws.ts';

/** Watches one workflow of one site from outside: what is written to the API server, what is carried out on hosts, and what is
 *  true in the world. */
export interface Jury extends Onlooker {
  /** Called after each write to the API server. */
  wrote(write: ApiWrite): void;
  /** Called now and then: what has waited too long must have been said. */
  tick(): void;
  /** The workflow's status, as it stands. */
  readonly status: WorkflowStatus | undefined;
  /** Why an operator leaves a status that nobody of us wrote as it stands: the audit says so, the object does not. */
  readonly handsOff: string | undefined;
}

/** So long after a budget is over everybody may still be on the way to saying so. */
const saidWithinMs = 3 * 60_000;

export function juryOf(court: Court, workflow: { readonly kind: string; readonly name: string }): Jury {
  const given = new Map<string, Given>();
  /** Everybody who ever had an order, whatever the database says now. */
  const ordered = new Set<string>();
  let status: WorkflowStatus | undefined;
  let object: KubeObject | undefined;
  /** When a workflow was first seen in its state, by true time; and since when its operator could work undisturbed. */
  let enteredAtMs = court.time.nowMs;
  let quietSinceMs = court.time.nowMs;
  let wentBack: { readonly uid: string; readonly journal: number; readonly node: string } | undefined;
  let overdueTold = false;
  let handsOff: string | undefined;

  const isOperator = ({ who }: ApiWrite): boolean => who.startsWith('operator');

  const wroteWorkflow = (write: ApiWrite): void => {
    const before = statusIn(write.before);
    const now = statusIn(write.after);
    object = write.after;
    if (write.how === 'restore') restored(now);
    else if (isOperator(write) && now !== undefined) {
      judgeStatus(court, before, now);
      const goesOn = before !== undefined && now.outcome === undefined && now.state !== before.state;
      if (wentBack?.uid === now.uid && goesOn) {
        court.violated(
          'K10',
          `goes on to ${now.state} although node ${wentBack.node} has seen order ${wentBack.journal}`,
        );
      }
    }
    if (now?.state !== status?.state) {
      enteredAtMs = court.time.nowMs;
      overdueTold = false;
    }
    status = now;
  };

  /** K10: the database is an old one, and journals show more than it knows of. */
  const restored = (now: WorkflowStatus | undefined): void => {
    wentBack = undefined; // what counts is the status that stands there now
    if (now?.cohort === undefined) return;
    for (const node of ordered) {
      const journal = court.journals.of(node);
      if (journal !== undefined && journal.step > now.step) wentBack = { uid: now.uid, journal: journal.step, node };
    }
  };

  const wroteAgent = (write: ApiWrite): void => {
    const [before, after] = [orderIn(write.before), orderIn(write.after)].map(orderOf);
    if (write.how === 'restore') {
      if (after === undefined) given.delete(write.after?.metadata.name ?? write.before?.metadata.name ?? '');
      else given.set(after.node, { order: after, atMs: write.atMs });
      return;
    }
    if (after === undefined || !isOperator(write) || isSame(before, after)) return;
    if (wentBack !== undefined && after.workflow === wentBack.uid) {
      court.violated(
        'K10',
        `order ${after.step} to ${after.node} although ${wentBack.node} has seen ${wentBack.journal}`,
      );
    }
    judgeOrder(court, after, status, given, given.get(after.node));
    ordered.add(after.node);
    given.set(after.node, { order: after, atMs: write.atMs });
  };

  return {
    get status() {
      return status;
    },
    get handsOff() {
      return handsOff;
    },
    wrote(write) {
      const one = write.after ?? write.before;
      if (one === undefined) return;
      const kind = kindOf(one);
      if (kind === workflow.kind && one.metadata.name === workflow.name) wroteWorkflow(write);
      else if (kind === agentStatusKind) wroteAgent(write);
    },
    asked(runner, instruction) {
      if (runner.kind !== 'agent' || runner.node === undefined) return;
      const deed = deedOf(instruction);
      if (deed !== undefined && court.journals.of(runner.node)?.busy !== true) {
        court.violated('K9', `${runner.node} runs ${deed} without an order in its journal`);
      }
    },
    carriedOut(runner, instruction, answer) {
      if (instruction.do === 'record') handsOff = givesUp(instruction.body.decision);
      if (runner.kind !== 'agent' || runner.node === undefined) return;
      if (instruction.do === 'append' || instruction.do === 'write') {
        if (answer.kind !== 'done') return;
        const wrong = court.journals.wrote(runner.node, instruction);
        if (wrong !== undefined) court.violated('K9', `${runner.node}: ${wrong}`);
      }
    },
    started: () => {
      quietSinceMs = court.time.nowMs;
    },
    ended: () => {
      quietSinceMs = court.time.nowMs;
    },
    tick() {
      if (court.slackMs() > quietSlackMs) quietSinceMs = court.time.nowMs;
      if (status !== undefined) judgeEnd(court, status);
      if (status === undefined || status.outcome !== undefined || overdueTold) return;
      const budgetMs = stateOf(court.compiled.machine, status.state)?.budgetMs ?? Number.POSITIVE_INFINITY;
      const dueMs = Math.max(enteredAtMs + budgetMs, quietSinceMs) + saidWithinMs;
      if (court.time.nowMs < dueMs) return;
      overdueTold = handsOff !== undefined || isSaid(object);
      if (overdueTold) return;
      overdueTold = true; // once is enough
      court.violated('K12', `${status.state} is past its time and nobody says so`);
    },
  };
}

/** What is under way for no longer than this disturbs nobody. */
export const quietSlackMs = plainSlackMs;

/** What an audit record that gives up says first; undefined for any other. */
function givesUp(decision: unknown): string | undefined {
  if (member(decision, 'kind') !== 'halt') return undefined;
  const because = member(decision, 'because');
  const first: unknown = Array.isArray(because) ? because[0] : undefined;
  return `${String(member(first, 'says'))}: ${String(member(first, 'fact'))} ${String(member(first, 'detail'))}`;
}

const loud: readonly unknown[] = ['Overdue', 'Halted'];

/** That it waits for too long, or that it has given up and leaves everything as it is. */
function isSaid(object: KubeObject | undefined): boolean {
  const conditions = object === undefined ? undefined : member(object.status, 'conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some((one: unknown) => loud.includes(member(one, 'type')) && member(one, 'status') === 'True')
  );
}

function orderOf(json: unknown): Order | undefined {
  return isForeign(json) && typeof json.node === 'string' && typeof json.step === 'number'
    ? (json as unknown as Order) // the operator's own write
    : undefined;
}

function isSame(one: Order | undefined, other: Order): boolean {
  return one?.step === other.step && one.epoch === other.epoch && one.workflow === other.workflow;
}

/** What changes more than the agent's own papers: network, DRBD, LINSTOR, the cluster. */
function deedOf(instruction: Asked): string | undefined {
  if (!changes(instruction)) return undefined;
  switch (instruction.do) {
    case 'run':
      return instruction.argv.slice(0, 3).join(' ');
    case 'linstor':
      return `${instruction.method} ${instruction.path}`;
    case 'arm':
      return 'arm';
    case 'api':
      return 'object' in instruction.call && kindOf(instruction.call.object) !== agentStatusKind
        ? `${instruction.call.verb} of ${instruction.call.object.kind}`
        : undefined;
    default:
      return undefined;
  }
}
