import type { Attachment, RecordBody } from '../kernel/audit.ts';
import type { Loaded } from '../kernel/fault.ts';
import type { Appended, Log } from './log.ts';
import type { Still } from './still.ts';

/** One decision to be kept, with what makes the documents that it names. */
export interface NewDecision {
  readonly body: RecordBody;
  readonly documents: () => readonly Attachment[];
  /** Under which the same decision again is counted. */
  readonly workflow: string;
}

/** A decision becomes a record, and says how often the one before it had been made again. */
export function recordDecision(log: Log, { body, documents, workflow }: NewDecision): Promise<Loaded<Appended>> {
  return log.append({ body: withBefore(body, log.still(workflow)), attachments: documents(), workflow });
}

/** `before: {again, last}`: the same decision as in this workflow's last record was made so many times more, and when last. */
export function withBefore(body: RecordBody, still: Still | undefined): RecordBody {
  if (still === undefined || still.again === 0) return body;
  return { ...body, before: { again: still.again, last: new Date(still.lastMs).toISOString() } };
}
