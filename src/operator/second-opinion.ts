import type { Answer } from '../agent/instruction.ts';
import type { Relied } from '../kernel/workflow-decision.ts';
import type { Question } from '../rules/pack.ts';
import { disagreedOn, type WorkflowPass } from './spine.ts';

/** For whoever carries out a `second-opinion`: what all three say, as an answer. */
export async function answerOpinion(pass: WorkflowPass): Promise<Answer> {
  const relied = await disagreedOn(pass);
  if (relied === undefined) return { kind: 'done' };
  return { kind: 'refused', why: String(reliesOf(pass).indexOf(relied)) };
}

/** What an answer means. One that is neither yes nor names a question is no yes: the first question stands for it. */
export function opinionIn(pass: WorkflowPass, answer: Answer): Relied<Question> | undefined {
  if (answer.kind === 'done') return undefined;
  const relies = reliesOf(pass);
  return (answer.kind === 'refused' ? relies[Number(answer.why)] : undefined) ?? relies[0];
}

export function reliesOf({ decision }: WorkflowPass): readonly Relied<Question>[] {
  return decision.kind === 'advance' || decision.kind === 'undo' ? decision.relies : [];
}
