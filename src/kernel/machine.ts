import type { CommandName } from './command.ts';
import type { Place } from './fault.ts';

/** The form of a workflow's machine, as a pack writes it and the linker has checked its names. Its laws come with the
 *  workflows: nothing here is evaluated yet, only read, checked and carried. `C` is a linked condition. */
export interface Machine<C = unknown> {
  readonly drives: string;
  readonly states: readonly State<C>[];
  readonly guards: readonly Guard<C>[];
}

export interface State<C = unknown> {
  readonly name: string;
  readonly says?: string;
  readonly step?: Step;
  readonly settled?: C;
  readonly undo?: { readonly command: CommandName };
  readonly pointOfNoReturn?: string;
  readonly goto: readonly Transition[];
  readonly onFailure?: string;
  readonly budgetMs?: number;
  readonly at: Place;
}

export interface Step {
  readonly command: CommandName;
  readonly atATime?: number;
  readonly confirmWithinMs?: number;
}

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
