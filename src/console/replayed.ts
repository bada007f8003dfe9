import type { Signed } from '../kernel/trust.ts';
import type { Decided, Instead, Replayed } from '../operator/replay.ts';
import type { KeptLog } from './kept-logs.ts';

/** One record, decided again. */
export interface ReplayedRecord {
  readonly log: KeptLog;
  readonly digest: string;
  readonly decided: Decided;
  readonly came: Replayed;
  /** Undefined: nobody asked for another profile. */
  readonly instead?: Instead | Replayed;
  /** Of the other profile. */
  readonly signed?: Signed;
}

/** All records of some logs. */
export interface ReplayedAll {
  readonly logs: readonly ReplayedLog[];
  readonly engine: string;
  readonly interrupted: boolean;
}

export interface ReplayedLog {
  readonly log: KeptLog;
  readonly decisions: number;
  readonly counts: Readonly<Record<Came, number>>;
  /** Decisions of other builds. */
  readonly otherBuilds: number;
  /** The first of those that did not come to the same. */
  readonly first: readonly ReplayedRecord[];
  /** Numbers of lines that hold no record, and of records that do not hang on the line before them. */
  readonly damaged: readonly number[];
  readonly unchained: readonly number[];
}

export const cameWords = ['same', 'differs', 'damaged', 'missing', 'unread'] as const;
export type Came = (typeof cameWords)[number];

export function cameOf(came: Replayed): Came {
  return came.kind === 'unknown' ? came.why : came.kind;
}
