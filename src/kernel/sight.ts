import type { Snapshot } from './snapshot.ts';
import type { Reason, Several, Truth } from './verdict.ts';
import type { FactRead } from './workflow.ts';

/** What one pass of one workflow can see. The snapshot holds what was observed; questions are answered by whoever compiled
 *  the pack. `Q` says for itself which kind of object it is asked of; an object that is not there is UNKNOWN. */
export interface Sight<Q = unknown> {
  readonly snapshot: Snapshot;
  /** Of the leader that looks: one more than the leader before it had. */
  readonly epoch: number;
  ask(question: Q, object: string): Truth;
  /** Why it is not TRUE. */
  why(question: Q, object: string): Several<Reason>;
  /** The facts that make it TRUE, each once, sorted. */
  reads(question: Q, object: string): readonly FactRead[];
}

/** What people ask of a workflow: the resource's spec, beside its status. */
export interface Intent {
  /** Somebody wants it taken back. */
  readonly abort?: { readonly by: string };
}
