import type { CommandName } from './command.ts';
import type { FactValue } from './fact.ts';
import type { Place } from './fault.ts';

/** The form of a workflow's machine, as a pack writes it and the linker has checked its names. Its laws come with the
 *  workflows: nothing here is evaluated yet, only read, checked and carried. `C` is a linked condition. */
export interface Machine<C = unknown> {
  readonly drives: string;
  /** In the pack's order; the first is where it starts. */
  readonly states: readonly State<C>[];
  readonly guards: readonly Guard<C>[];
}

export interface State<C = unknown> {
  readonly name: string;
  readonly says?: string;
  readonly step?: Step<C>;
  readonly settled?: C;
  readonly undo?: Order;
  readonly pointOfNoReturn?: string;
  readonly goto: readonly Transition[];
  readonly onFailure?: string;
  readonly budgetMs?: number;
  readonly at: Place;
}

/** A command with all its arguments. */
export interface Order {
  readonly command: CommandName;
  readonly with: ReadonlyMap<string, Argument>;
}

export interface Step<C = unknown> extends Order {
  /** Undefined: on the site. */
  readonly on?: { readonly every: 'node'; readonly where?: C };
  readonly atATime?: number;
  readonly confirmWithinMs?: number;
}

/** A value, or the fact whose value it has when the command is given. */
export type Argument =
  | { readonly kind: 'literal'; readonly value: FactValue }
  | { readonly kind: 'fact'; readonly name: string };

export interface Transition {
  readonly to: string;
  /** `pack/gate` */
  readonly gates: readonly string[];
}

export interface Guard<C = unknown> {
  readonly name: string;
  readonly says?: string;
  readonly during: readonly string[];
  readonly when: C;
  readonly graceMs?: number;
  readonly at: Place;
}
