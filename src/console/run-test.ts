import type { Capture } from '../capture/capture.ts';
import type { Fault, Place } from '../kernel/fault.ts';
import { held } from '../operator/held.ts';
import { type Judgement, judgementOf } from '../operator/spine.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import type { RuleTest, TestStep } from '../profile/test-file.ts';
import type { Compiled } from '../rules/compile.ts';
import type { Watcher } from './coverage.ts';
import { type Failure, failureOf } from './test-failure.ts';
import { hasWorkflows, momentsOf, rawsOf, workflowsNamed } from './test-moments.ts';
import type { WorkflowAnswer } from './workflows.ts';

export interface StepResult {
  readonly says: string;
  readonly at: Place;
  readonly failures: readonly Failure[];
  /** What was expected and came, for coverage: `gate node-may-restart open`. */
  readonly seen: readonly string[];
  /** The moment that it was judged at. */
  readonly nowMs: number;
  /** As each stood, and what was decided. */
  readonly workflows: readonly WorkflowAnswer[];
}

export type TestRun =
  | { readonly ok: true; readonly steps: readonly StepResult[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Capture → changes → expectations, step after step. Each step is judged by the same function as everything else; what a
 *  test changes are reports, so that whatever is computed from them follows. */
export async function runTest(
  test: RuleTest,
  profile: VerifiedProfile,
  evaluator: Compiled,
  capture: Capture,
  watcher?: Watcher,
): Promise<TestRun> {
  const raws = rawsOf(test, capture);
  const { TestWorkflows } = hasWorkflows(test, raws) ? await import('./test-workflows.ts') : {};
  const workflows = TestWorkflows && new TestWorkflows(held(profile), raws, watcher === undefined ? {} : { watcher });
  const steps: StepResult[] = [];
  const faults: Fault[] = [];
  for (const { step, nowMs, snapshot } of momentsOf(test, profile, capture, faults)) {
    const judgement = judgementOf(profile, evaluator.evaluate(snapshot), snapshot);
    watcher?.judged(judgement);
    const decided = (await workflows?.pass(workflowsNamed(step), snapshot)) ?? [];
    steps.push({ ...resultOf(step, judgement, decided), nowMs, workflows: decided });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, steps };
}

function resultOf(
  step: TestStep,
  judgement: Judgement,
  workflows: readonly WorkflowAnswer[],
): Omit<StepResult, 'nowMs' | 'workflows'> {
  const failures: Failure[] = [];
  const seen: string[] = [];
  for (const expectation of step.expects) {
    const failure = failureOf(expectation, judgement, workflows);
    if (failure !== undefined) failures.push(failure);
    else if (expectation.kind === 'gate') seen.push(`gate ${expectation.gate} ${expectation.verdict}`);
    else if (expectation.kind === 'finding') seen.push(`finding ${expectation.finding} ${expectation.word}`);
  }
  return { says: step.says ?? '', at: step.at, failures, seen };
}
