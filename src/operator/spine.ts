import type { FactStore } from '../facts/store.ts';
import { type Decision, decide } from '../kernel/decide.ts';
import { decideWorkflow } from '../kernel/decide-workflow.ts';
import { invariant } from '../kernel/fault.ts';
import { type Machine, type State, stateOf } from '../kernel/machine.ts';
import { hold, lawReason, type Pass } from '../kernel/pass.ts';
import type { Intent } from '../kernel/sight.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { type Reason, type Several, TRUE, type Truth, UNKNOWN, type Verdict } from '../kernel/verdict.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';
import type { Relied, WorkflowDecision } from '../kernel/workflow-decision.ts';
import type { Profile, VerifiedProfile } from '../profile/profile.ts';
import type { Evaluation, Evaluator, Judged } from '../rules/evaluation.ts';
import { explainRule } from '../rules/explain.ts';
import type { CompiledMachine, MachineSight } from '../rules/machine-evaluator.ts';
import type { Finding, Gate, Phase, Question, RollupStep } from '../rules/pack.ts';
import { type reasonsOf, verdictOf } from '../rules/reasons.ts';

/** The road, once: what is known now → what every rule says of it → where the site stands. Pure: the command line, the
 *  operator, the simulator and a replay all call this function, and there is no second path.
 *
 *  `evaluator` is the profile's packs, compiled (`rules/compile.ts`); it is handed in because compiling outlives a pass. */
export function judge(profile: VerifiedProfile, evaluator: Evaluator, store: FactStore, nowMs: number): Judgement {
  const snapshot = store.cut(nowMs);
  return judgementOf(profile, evaluator.evaluate(snapshot), snapshot);
}

/** What was evaluated, in the words of a judgement. */
export function judgementOf(profile: VerifiedProfile, evaluation: Evaluation, snapshot: Snapshot): Judgement {
  return {
    profile,
    snapshot,
    evaluation,
    gates: evaluation.gates.flatMap((judged) => ruled(judged, snapshot)),
    findings: evaluation.findings.flatMap((judged) => ruled(judged, snapshot)),
    site: phaseOf(evaluation, snapshot),
  };
}

/** Whether a step that waits for these gates may be taken. All open is not enough: before anything is acted on,
 *  json-rules-engine is asked the same with every unknown answered in the way that hurts, and must open them too.
 *  INVARIANT K2: nothing advances on one engine's word; where the two differ, one is wrong, and the step holds. */
export async function decideOn(judgement: Judgement, to: string, gates: Several<Ruled<Gate>>): Promise<Decision> {
  const [first, ...rest] = gates;
  const decision = decide(to, [first.verdict(), ...rest.map((gate) => gate.verdict())]);
  if (decision.kind === 'hold') return decision;
  const { agreesToOpen } = await engine();
  for (const { rule, object, truth } of gates) {
    // The verdict came from the explainer, the truth from the compiled packs: three must be of one mind.
    if (truth !== TRUE || !(await agreesToOpen(rule, judgement.snapshot, object))) {
      return { kind: 'hold', because: [split(rule, object)] };
    }
  }
  return decision;
}

/** One pass of one workflow: what the kernel decides on what is seen, put to the second opinion if it is acted on. The operator,
 *  `nwctl`, the simulator and a replay all come through here. Pure; the engine is loaded where it is first asked. */
export async function passWorkflow(
  profile: Pick<Profile, 'digest'>,
  evaluator: CompiledMachine,
  snapshot: Snapshot,
  status: WorkflowStatus,
  epoch: number,
  intent: Intent,
): Promise<WorkflowDecision<Question>> {
  const pass = beginPass(profile, evaluator, snapshot, status, epoch, intent);
  return endPass(pass, await disagreedOn(pass));
}

/** The first half: what the kernel says. Whoever cannot wait for a promise asks for the second opinion in its own way. */
export function beginPass(
  profile: Pick<Profile, 'digest'>,
  { machine, sightOf }: CompiledMachine,
  snapshot: Snapshot,
  status: WorkflowStatus,
  epoch: number,
  intent: Intent,
): WorkflowPass {
  const sight = sightOf(snapshot, epoch, status.cohort);
  const asked = { machine, status, sight };
  // INVARIANT K5: asked here too, because who calls chooses the profile.
  if (status.profile !== profile.digest) {
    const detail = `it was begun with ${status.profile}, and this is ${profile.digest}`;
    const says = 'a workflow keeps the profile that it was begun with';
    return { ...asked, decision: holdOn(asked, (state) => lawReason('K5', state, says, 'profile', 'site', detail)) };
  }
  return { ...asked, decision: decideWorkflow(machine, status, sight, intent) };
}

export interface WorkflowPass {
  readonly machine: Machine<Question>;
  readonly status: WorkflowStatus;
  readonly sight: MachineSight;
  readonly decision: WorkflowDecision<Question>;
}

/** What was relied on and is not open to all three: the compiled packs, their explanation and json-rules-engine. */
export async function disagreedOn({ decision, sight }: WorkflowPass): Promise<Relied<Question> | undefined> {
  if (decision.kind !== 'advance' && decision.kind !== 'undo') return undefined;
  if (decision.relies.length === 0) return undefined;
  const { agreesToOpen } = await engine();
  for (const relied of decision.relies) {
    const { question, object } = relied;
    const isOpen =
      sight.ask(question, object) === TRUE &&
      verdictOf(explainRule(question, sight.frozen, object)).kind === 'open' &&
      (await agreesToOpen(question, sight.frozen, object));
    if (!isOpen) return relied;
  }
  return undefined;
}

let loading: Promise<typeof import('../rules/engine.ts')> | undefined;

/** Loaded only when it is first asked, since most questions are never acted on; and once, since even to find it again takes long. */
function engine(): Promise<typeof import('../rules/engine.ts')> {
  loading ??= import('../rules/engine.ts');
  return loading;
}

/** The second half. INVARIANT K2: nothing is acted on on one engine's word. */
export function endPass(pass: WorkflowPass, disagreed: Relied<Question> | undefined): WorkflowDecision<Question> {
  if (disagreed === undefined) return pass.decision;
  const { question, object, called } = disagreed;
  return holdOn(pass, () => split({ ...question, name: called }, object));
}

function holdOn(
  { machine, status, sight }: Omit<WorkflowPass, 'decision'>,
  because: (state: State) => Reason,
): WorkflowDecision<Question> {
  const state = stateOf(machine, status.state);
  invariant(state !== undefined, 'a status that was read names a state of its machine');
  const pass: Pass<Question> = { machine, status, state, sight, nowMs: sight.snapshot.nowMs, relies: [], stands: [] };
  return hold(pass, [because(state)]);
}

function split({ name, at }: Gate, object: string | undefined): Reason {
  return {
    says: 'the compiled evaluator, its explanation and json-rules-engine disagree about this gate',
    fact: name,
    object: object ?? '',
    detail: 'one of them is wrong, so nothing is opened on it (RULES_SPLIT)',
    unknown: true,
    at,
  };
}

/** What one pass came to. Reasons are computed when they are asked for. */
export interface Judgement {
  readonly profile: VerifiedProfile;
  readonly snapshot: Snapshot;
  readonly evaluation: Evaluation;
  /** In the order of the packs, then of the objects. */
  readonly gates: readonly Ruled<Gate>[];
  readonly findings: readonly Ruled<Finding>[];
  readonly site: SitePhase;
}

/** One rule's word on one object. For a finding, `open` means raised. */
export interface Ruled<R extends Gate | Finding | RollupStep> {
  readonly pack: string;
  readonly rule: R;
  /** Undefined when the list of who there is could not be had: then the rule is unknown for all of them. */
  readonly object: string | undefined;
  readonly truth: Truth;
  readonly verdict: () => Verdict;
}

export interface SitePhase {
  readonly phase: Phase;
  /** Of a phase that was reached: the sentence of its rule. Of Degraded for want of better: what is unknown or closed. */
  readonly says: string;
  /** What keeps the site from a better phase; `open` if nothing does. */
  readonly verdict: () => Verdict;
}

function ruled<R extends Gate | Finding>(judged: Judged<R>, snapshot: Snapshot): readonly Ruled<R>[] {
  const { pack, rule } = judged;
  const word = (object: string | undefined, truth: Truth): Ruled<R> => {
    return { pack: pack.name, rule, object, truth, verdict: () => verdictOf(explainRule(rule, snapshot, object)) };
  };
  if (judged.listUnknown !== undefined) return [word(undefined, UNKNOWN)];
  return judged.objects.map((object, index) => word(object, judged.truths[index] ?? UNKNOWN));
}

/** The first open step of the rollup is the site's phase. A step that is unknown before it may be the true one, and then
 *  every later phase would be a guess: Degraded, saying what is unknown. None open: Degraded, saying what is closed. */
export function phaseOf(evaluation: Evaluation, snapshot: Snapshot): SitePhase {
  let held: Verdict | undefined;
  for (const { rule, truths } of evaluation.rollup) {
    const truth = truths[0] ?? UNKNOWN;
    if (truth === TRUE && held?.kind !== 'unknown') {
      return { phase: rule.phase, says: rule.says ?? '', verdict: () => ({ kind: 'open' }) };
    }
    const verdict = verdictOf(explainRule(rule, snapshot, 'site'));
    if (held === undefined || verdict.kind === 'unknown' || held.kind === 'closed') held = verdict;
    if (verdict.kind === 'unknown') break;
  }
  const because = held ?? { kind: 'open' };
  return { phase: 'Degraded', says: 'no better phase is certain', verdict: () => because };
}

/** Reasons of a verdict that is not open; none of one that is. */
export function reasonsAgainst(verdict: Verdict): readonly [] | Several<ReturnType<typeof reasonsOf>[number]> {
  return verdict.kind === 'open' ? [] : verdict.kind === 'closed' ? verdict.because : verdict.missing;
}
