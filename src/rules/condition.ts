import type { FactValue, Grade } from '../kernel/fact.ts';
import type { Place } from '../kernel/fault.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { FactType } from '../kernel/value.ts';

/** A condition after linking: every name is resolved, every type checked, every place known. Nothing in it can fail. */
export type Condition = Leaf | AsksUnknown | Combination | Negation | Named | Quantified;

interface Placed {
  readonly at: Place;
  /** The author's sentence for this part, if there is one. */
  readonly says?: string;
}

export type Operator =
  | 'equal'
  | 'notEqual'
  | 'in'
  | 'notIn'
  | 'lessThan'
  | 'lessThanInclusive'
  | 'greaterThan'
  | 'greaterThanInclusive'
  | 'contains'
  | 'doesNotContain';

export interface Leaf extends Placed {
  readonly kind: 'leaf';
  readonly read: FactRef;
  readonly operator: Operator;
  readonly against: Literal | FactRef;
}

/** Whether a fact is unknown. In findings only: blindness may raise an alarm, never open a gate. */
export interface AsksUnknown extends Placed {
  readonly kind: 'asks-unknown';
  readonly read: FactRef;
}

/** A fact of the innermost subject of its kind in scope, as fresh and as well founded as this rule needs it. */
export interface FactRef {
  readonly kind: 'fact';
  readonly name: string;
  readonly subject: SubjectKind;
  readonly type: FactType;
  readonly maxAgeMs: number;
  readonly grade: Grade;
  /** A parameter may stand where a fact does (`param.X`): its value, known and of no age. Nothing is observed then. */
  readonly setTo?: FactValue;
}

/** A value written in the pack, or set by the profile (`name` is then `param.X`): known, observed, of no age. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: FactValue | readonly FactValue[];
  readonly type: FactType;
  readonly name?: string;
}

export interface Combination extends Placed {
  readonly kind: 'all' | 'any';
  readonly of: readonly [Condition, ...Condition[]];
}

export interface Negation extends Placed {
  readonly kind: 'not';
  readonly of: Condition;
}

export interface Named extends Placed {
  readonly kind: 'named';
  readonly name: string;
  readonly of: Condition;
}

export interface Quantified extends Placed {
  readonly kind: 'quantified';
  readonly quantifier: Quantifier;
  readonly over: SubjectKind;
  /** The kinds in scope whose members these must belong to, all of them; empty: everybody of the site. `in:` gives one,
   *  without it these are all the ancestors of `over` that are in scope. */
  readonly within: readonly SubjectKind[];
  /** «the others»: leaves out the members that belong to the subject of this kind in scope, or are it. */
  readonly except?: SubjectKind;
  readonly where?: Condition;
  readonly satisfies: Condition;
  /** What the answer is over nobody; without it: unknown. */
  readonly whenEmpty?: 'open';
}

export type Quantifier =
  | { readonly kind: 'every' | 'some' | 'none' }
  | { readonly kind: 'atLeast' | 'atMost'; readonly count: number };

/** What a condition is made of, one level down; in the order in which it is written, `where` first. */
export function partsOf(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case 'leaf':
    case 'asks-unknown':
      return [];
    case 'all':
    case 'any':
      return condition.of;
    case 'not':
    case 'named':
      return [condition.of];
    case 'quantified':
      return condition.where === undefined ? [condition.satisfies] : [condition.where, condition.satisfies];
  }
}

/** Everything in it, itself first. */
export function allIn(condition: Condition): readonly Condition[] {
  return [condition, ...partsOf(condition).flatMap(allIn)];
}
