import type { Place } from '../kernel/fault.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import { type Truth, verdictWords } from '../kernel/verdict.ts';
import { type Judgement, reasonsAgainst } from '../operator/spine.ts';
import type { Expectation } from '../profile/test-file.ts';
import type { WorkflowAnswer } from './workflows.ts';

export interface Failure {
  readonly at: Place;
  readonly says: string;
  readonly because: readonly string[];
}

const raised = { closed: 'quiet', unknown: 'unknown', open: 'raised' } as const;

/** Undefined: it came as expected. */
export function failureOf(
  expectation: Expectation,
  judgement: Judgement,
  workflows: readonly WorkflowAnswer[],
): Failure | undefined {
  const { at } = expectation;
  switch (expectation.kind) {
    case 'gate': {
      const judged = judgement.gates.filter(({ rule }) => rule.name === expectation.gate);
      return unlike(
        judged,
        expectation.object,
        expectation.per,
        expectation.verdict,
        (truth) => verdictWords[truth],
        expectation.gate,
        at,
        judgement,
      );
    }
    case 'finding': {
      const judged = judgement.findings.filter(({ rule }) => rule.name === expectation.finding);
      return unlike(
        judged,
        expectation.object,
        expectation.per,
        expectation.word,
        (truth) => raised[verdictWords[truth]],
        expectation.finding,
        at,
        judgement,
      );
    }
    case 'phase': {
      const { phase, says, verdict } = judgement.site;
      if (phase === expectation.phase) return undefined;
      return {
        at,
        says: `the site is ${phase} (${says}), expected ${expectation.phase}`,
        because: reasonsAgainst(verdict()).map(sentence),
      };
    }
    case 'workflow':
      return otherwise(expectation, workflows);
  }
}

/** What of a workflow is not as expected, in one sentence. */
function otherwise(
  expected: Expectation & { readonly kind: 'workflow' },
  workflows: readonly WorkflowAnswer[],
): Failure | undefined {
  const id = `${expected.drives}/${expected.name}`;
  const workflow = workflows.find((one) => one.id === id);
  if (workflow === undefined) return { at: expected.at, says: `nothing was decided of ${id}`, because: [] };
  const { state, decision } = workflow;
  const to = 'to' in decision ? decision.to : undefined;
  const overdue = decision.kind === 'hold' && decision.overdue;
  const wrong = [
    ...(expected.state === undefined || expected.state === state ? [] : [`is at ${state}, not at ${expected.state}`]),
    ...(expected.decision === undefined || expected.decision === decision.kind
      ? []
      : [`is decided ${decision.kind}, not ${expected.decision}`]),
    ...(expected.to === undefined || expected.to === to ? [] : [`goes ${to ?? 'nowhere'}, not to ${expected.to}`]),
    ...(expected.overdue === undefined || expected.overdue === overdue ? [] : [`is ${overdue ? '' : 'not '}overdue`]),
  ];
  if (wrong.length === 0) return undefined;
  const others = workflows.filter((one) => one !== workflow && one.begun).map((one) => one.id);
  const unasked =
    workflow.begun || others.length === 0 ? '' : ` (it is not in the capture, which has ${others.join(', ')})`;
  const because = 'because' in decision && Array.isArray(decision.because) ? decision.because.map(sentence) : [];
  return { at: expected.at, says: `${id}: ${wrong.join(', ')}${unasked}`, because };
}

function unlike(
  judged: Judgement['gates'] | Judgement['findings'],
  object: string | undefined,
  per: SubjectKind,
  expected: string,
  wordOf: (truth: Truth) => string,
  name: string,
  at: Place,
  { snapshot }: Judgement,
): Failure | undefined {
  const asked =
    object === undefined ? judged : judged.filter((one) => one.object === object || one.object === undefined);
  if (asked.length === 0) {
    const who =
      object === undefined
        ? `there is no ${per} at all`
        : `there is no ${per} \`${object}\`; there are ${snapshot.populations[per].members.map(({ id }) => id).join(', ')}`;
    return { at, says: `${name} says nothing: ${who}`, because: [] };
  }
  const wrong = asked.filter(({ truth }) => wordOf(truth) !== expected);
  const [first] = wrong;
  if (first === undefined) return undefined;
  const which = wrong.map((one) => `${one.object ?? 'all'} is ${wordOf(one.truth)}`).join(', ');
  return {
    at,
    says: `${name}: ${which}, expected ${expected}`,
    because: reasonsAgainst(first.verdict()).map(sentence),
  };
}

function sentence({
  fact,
  object,
  detail,
}: {
  readonly fact: string;
  readonly object: string;
  readonly detail: string;
}): string {
  return `${fact} of ${object} ${detail}`;
}
