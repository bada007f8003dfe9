import type { CommandName } from './command.ts';
import type { FactValue } from './fact.ts';
import type { Place } from './fault.ts';

/** A workflow's machine: data, written in a pack, its names and shape checked by the linker (`rules/link-machine.ts`), its
 *  laws kept by `decide-workflow.ts`. `Q` is a question that a `Sight` can answer for one object: the kernel never looks inside. */
export interface Machine<Q = unknown> {
  /** The kind of workflow it drives: `ReplicationUpgrade`. */
  readonly drives: string;
  /** Of the pack that drives it and of those whose stretches and gates it uses, with what the profile sets in them. */
  readonly digest: string;
  /** The first is where it starts. What leads to another stands before it, whatever order they were written in (a built document
   *  sorts its keys); the one that takes back and the one that has given up stand last. */
  readonly states: readonly State<Q>[];
  readonly guards: readonly Guard<Q>[];
  /** Facts that are frozen with the cohort: all that its commands move, and all that it reads as `cohort.FACT`. */
  readonly freezes: readonly string[];
  /** The state that takes back, and the one that has given up. */
  readonly rollingBack: string;
  readonly halted: string;
}

export interface State<Q = unknown> {
  readonly name: string;
  readonly says: string;
  readonly at: Place;
  /** `PACK/STRETCH`, if it was written there. */
  readonly stretch?: string;
  readonly act?: Act<Q>;
  /** In order. A later one is taken only when every earlier one is surely closed. Empty only where it rests. */
  readonly goto: readonly Transition<Q>[];
  /** Where a failed act leads: the state that takes back, or the one that has given up. */
  readonly onFailure?: string;
  /** How long it may take before its hold is overdue; +Infinity only where it rests. */
  readonly budgetMs: number;
  /** Past its budget: `hold`, loudly, or `fail`. It never passes. */
  readonly overdue: 'hold' | 'fail';
  /** Why there is no way back from here. */
  readonly pointOfNoReturn?: string;
  /** A state that takes back what was done. */
  readonly takesBack?: true;
  /** A state that is an end. */
  readonly ends?: 'complete' | 'halted';
}

/** One command to every member of a set, and what must be seen of each. */
export interface Act<Q = unknown> extends Instruction {
  readonly on: 'site' | 'node' | 'volume';
  /** Which of them; asked of each when the set is fixed. */
  readonly where?: Q;
  /** How many may be under way at once. */
  readonly atATime: number;
  /** The host goes back by itself after so long. */
  readonly confirmWithinMs?: number;
  /** Asked of each member before each order: what was open for the first node need not be for the second. */
  readonly gates: readonly GateUse<Q>[];
  /** Asked of each member. Only a lock command has none: the kernel itself sees whose the lock is. */
  readonly settled?: Q;
  readonly undo?: Undo<Q>;
}

export interface Undo<Q = unknown> extends Instruction {
  /** How many may be taken back at once; as many as were done at once, if it does not say. */
  readonly atATime?: number;
  readonly gates: readonly GateUse<Q>[];
  /** Asked of each member. Without it: every fact that the command moves reads as it did when the cohort was frozen. */
  readonly settled?: Q;
}

/** A command with all its arguments. */
export interface Instruction {
  readonly command: CommandName;
  readonly with: ReadonlyMap<string, Argument>;
}

/** A value; or what a fact of the member (`cohort.FACT`: as it was frozen) is when the command is given. */
export type Argument =
  | { readonly kind: 'literal'; readonly value: FactValue }
  | { readonly kind: 'frozen'; readonly fact: string };

export interface Transition<Q = unknown> {
  readonly to: string;
  /** All must be open; one that is `per` a subject, for each of them. */
  readonly gates: readonly GateUse<Q>[];
}

/** A gate as this place asks for it: of the whole site in a transition, of one member before an order. */
export interface GateUse<Q = unknown> {
  /** `PACK/GATE` */
  readonly name: string;
  readonly asks: Q;
}

/** What must hold of the site during a span of states. */
export interface Guard<Q = unknown> {
  readonly name: string;
  readonly says: string;
  readonly during: readonly string[];
  readonly asks: Q;
  /** How long it may be violated or unknown before the workflow halts. Nothing advances meanwhile. */
  readonly graceMs: number;
  readonly at: Place;
}

export function stateOf<Q>(machine: Machine<Q>, name: string): State<Q> | undefined {
  return machine.states.find((state) => state.name === name);
}
