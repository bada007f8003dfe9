import type { Reason, Several } from './verdict.ts';
import type { Order, Outcome, WorkflowStatus } from './workflow.ts';

/** What one pass decides about one workflow. Plain data: the same inputs make the same bytes. */
export type WorkflowDecision<Q = unknown> = Advance<Q> | Hold | Halt | Undo<Q> | Rest;

/** Orders given before that stand: those that an agent was seen to have, and those that may be carried out still, because what let
 *  them through then does so now. They are given again to whoever has not got them; every other one that nobody has seen is
 *  taken away. INVARIANT K2. */
export type Stands = readonly Order[];

/** Goes on: into the next state, or within its own by giving orders. */
export interface Advance<Q = unknown> {
  readonly kind: 'advance';
  readonly from: string;
  readonly to: string;
  readonly says: string;
  readonly orders: readonly Order[];
  readonly stands: Stands;
  readonly lock?: LockWrite;
  /** Every question whose TRUE let it through: each is put to the second opinion before anything is done. */
  readonly relies: readonly Relied<Q>[];
  readonly next: WorkflowStatus;
}

/** Takes back, or begins to. */
export interface Undo<Q = unknown> extends Omit<Advance<Q>, 'kind'> {
  readonly kind: 'undo';
}

/** Waits. Nothing becomes «pass» by waiting: past its budget it is overdue, and loud. */
export interface Hold {
  readonly kind: 'hold';
  readonly state: string;
  readonly because: Several<Reason>;
  readonly sinceMs: number;
  /** Null where no budget runs: it rests on another's word. */
  readonly dueAtMs: number | null;
  readonly overdue: boolean;
  readonly stands: Stands;
  /** What ends the wait, for people. */
  readonly releases: string;
  readonly next: WorkflowStatus;
}

/** Gives up, and says where everything stands. Nothing is touched any more. */
export interface Halt {
  readonly kind: 'halt';
  readonly state: string;
  readonly because: Several<Reason>;
  readonly nodes: readonly NodeStands[];
  /** Undefined: the status is nobody's we know, so not even it is touched. */
  readonly next?: WorkflowStatus;
}

export interface Rest {
  readonly kind: 'rest';
  readonly state: string;
  readonly outcome: Outcome;
  readonly because?: string;
}

/** The state that a node was left in, as it was last seen. */
export interface NodeStands {
  readonly node: string;
  /** Facts that the workflow moves, as read now; `unknown` where they are. */
  readonly facts: readonly { readonly fact: string; readonly object: string; readonly reads: string }[];
  /** Its last order and what its journal says of it. */
  readonly order?: string;
}

export interface LockWrite {
  readonly do: 'take' | 'release';
  /** Who must hold it before the write; null: nobody. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Relied<Q> {
  readonly question: Q;
  readonly object: string;
  /** How people call it: `PACK/GATE`, or `settled of STATE`. */
  readonly called: string;
}
