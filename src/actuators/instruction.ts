import type { Answer, Instruction } from '../agent/instruction.ts';
import type { Attachment, RecordBody } from '../kernel/audit.ts';

/** Keeps one decision for good, in the log of whoever decides: the record, and under their digests the documents that it names.
 *  Answered with `recorded` once both would survive the power being cut; with `refused`, or not at all, and then nothing
 *  may be done on its account. */
export interface RecordInstruction {
  readonly do: 'record';
  readonly body: RecordBody;
  /** Made only by whoever keeps them: they are large. */
  readonly documents: () => readonly Attachment[];
  /** The workflow's UID. From now on the same decision again is counted under it. */
  readonly workflow: string;
}

/** What carrying out a decision is to whoever drives it. */
export type Acting<T> = Generator<Instruction | RecordInstruction, T, Answer>;
