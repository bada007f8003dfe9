import type { RecordInstruction } from '../actuators/instruction.ts';
import type { Answer, Instruction } from '../agent/instruction.ts';
import type { WorkflowPass } from './spine.ts';

/** What the operator asks of whoever runs it: what an agent asks (of its own machine it uses only the
 *  clock), to keep a record, and the second opinion, which takes a promise. Answered with `done` if all agree, and with `refused` otherwise,
 *  `why` being the index of the first question that they do not agree on (`answerOpinion`). */
export type OperatorInstruction = Instruction | RecordInstruction | SecondOpinion;

export interface SecondOpinion {
  readonly do: 'second-opinion';
  readonly pass: WorkflowPass;
}

export type OperatorProgram = Generator<OperatorInstruction, never, Answer>;
