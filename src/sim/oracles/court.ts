import { isForeign, member } from '../../crd/read.ts';
import type { KubeObject } from '../../kernel/raw.ts';
import type { Snapshot } from '../../kernel/snapshot.ts';
import type { Cohort, WorkflowStatus } from '../../kernel/workflow.ts';
import type { CompiledMachine, MachineSight } from '../../rules/machine-evaluator.ts';
import type { Question } from '../../rules/pack.ts';
import type { ApiServer } from '../api.ts';
import type { TrueTime } from '../clock.ts';
import type { Journals } from './journals.ts';
import { oldestMsOf } from './reads.ts';
import { neverTrueSince, type Truths } from './truth.ts';
import type { Violation } from './violation.ts';

/** What every law looks at, and where it says what it found. Nobody here asks the kernel anything. */
export interface Court {
  readonly time: TrueTime;
  readonly api: ApiServer;
  /** Of the profile that the workflow was begun with. */
  readonly compiled: CompiledMachine;
  readonly truths: Truths;
  readonly journals: Journals;
  /** How much longer than they may be facts may really be under way, with the faults that are at work now. */
  slackMs(): number;
  /** Somebody who is asked tells old things as new, or did until just now. */
  isLiedTo(): boolean;
  violated(law: Violation['law'], says: string): void;
}

/** The status of a workflow as it stands in an object; undefined where there is none that could be read. */
export function statusIn(object: KubeObject | undefined): WorkflowStatus | undefined {
  const status = object === undefined ? undefined : member(object.status, 'workflow');
  return isForeign(status) && typeof status.state === 'string' && Array.isArray(status.done)
    ? (status as unknown as WorkflowStatus) // its fields are looked at one by one, and what does not fit is no violation
    : undefined;
}

export function sightsOf({ compiled }: Court, cohort: Cohort | undefined): (snapshot: Snapshot) => MachineSight {
  const known = new WeakMap<Snapshot, MachineSight>();
  return (snapshot) => {
    const found = known.get(snapshot) ?? compiled.sightOf(snapshot, 0, cohort);
    known.set(snapshot, found);
    return found;
  };
}

/** What shows that nobody can have seen this TRUE; undefined if somebody may have. */
export function cannotHaveSeen(
  court: Court,
  question: Question,
  object: string,
  cohort: Cohort | undefined,
): string | undefined {
  const sinceMs = court.time.nowMs - oldestMsOf(question.when) - court.slackMs();
  return neverTrueSince(court.truths, sightsOf(court, cohort), question, object, sinceMs);
}
