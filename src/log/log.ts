import type { RecordBody } from '../kernel/audit.ts';
import type { Json } from '../kernel/digest.ts';
import type { Fault, Loaded } from '../kernel/fault.ts';
import type { Hash, Tiles } from '../kernel/merkle.ts';
import type { Signer } from '../signing/keys.ts';
import type { NoteKey } from '../signing/note.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Attachment } from './facts.ts';
import type { Still } from './still.ts';

/** What a log may grow to, and how often it is signed. docs/log.md says the same in words. */
export interface LogLimits {
  /** A new segment is begun beyond it. */
  readonly segmentBytesMax: number;
  readonly factsBytesMax: number;
  readonly factsAgeMsMax: number;
  /** A checkpoint is signed after so many records, beside those that are asked for. */
  readonly recordsPerCheckpoint: number;
  /** How many may wait for the disk. Beyond it an append is refused at once. */
  readonly waitingMax: number;
}

export const logLimits: LogLimits = {
  segmentBytesMax: 8 * 2 ** 20,
  factsBytesMax: 2 ** 30,
  factsAgeMsMax: 90 * 24 * 3_600_000,
  recordsPerCheckpoint: 256,
  waitingMax: 100_000,
};

export interface LogOptions {
  /** The log's name in the world, as in `nodewright.example/site-7/node-a`. */
  readonly origin: string;
  nowMs(): number;
  /** Without it there are no checkpoints, and then a cut-off end does not show. */
  readonly signing?: { readonly key: NoteKey; readonly signer: Signer };
  /** Other keys of this log whose checkpoints are believed: those it had before. */
  readonly believed?: readonly NoteKey[];
  /** What the `opened` record says of who opened it. */
  readonly opened: { readonly [member: string]: Json };
  readonly limits?: Partial<LogLimits>;
}

/** One record to be, with the documents that it names. */
export interface NewRecord {
  readonly body: RecordBody;
  readonly attachments?: readonly Attachment[];
  /** Whose decision it is: from then on the same one again is counted under this name and not recorded. */
  readonly workflow?: string;
}

export interface Appended {
  readonly sequence: number;
  readonly digest: string;
}

export interface LogState {
  /** Durable records. */
  readonly size: number;
  readonly root: Hash;
  /** Of the newest checkpoint; undefined before the first. */
  readonly signed: number | undefined;
  readonly facts: { readonly count: number; readonly bytes: number };
  /** Why nothing can be recorded now, or why no checkpoint can be signed; empty when all is well. */
  readonly troubles: readonly Fault[];
}

/** The one writer of a log's folder. Whatever it answers `ok` to survives the machine's power being cut the moment after. */
export interface Log {
  readonly origin: string;
  state(): LogState;
  /** Answers after the record and its documents are durable; when it refuses, the record is in the log of nobody who reads it now, and nothing may be
   *  done on its account. Many at once share one sync. */
  append(record: NewRecord): Promise<Loaded<Appended>>;
  /** The same decision again. False: that record is not what the workflow was last recorded at, so this is a new decision. */
  again(workflow: string, record: string, atMs: number): boolean;
  still(workflow: string): Still | undefined;
  /** Signs what is durable, saves the counts, drops the facts that are too old. To be called now and then by whoever has a clock. */
  checkpoint(): Promise<Loaded<Checkpoint | undefined>>;
  readonly tiles: Tiles;
  /** Waits for what is under way, signs the end, lets the folder go. */
  close(): Promise<Loaded<true>>;
}
