import type { Capability } from '../kernel/capability.ts';
import type { FactValue } from '../kernel/fact.ts';
import type { Place } from '../kernel/fault.ts';
import type { Machine } from '../kernel/machine.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { FactType } from '../kernel/value.ts';
import type { Condition } from './condition.ts';

/** A rule pack after linking, for one profile: parameters have their values. */
export interface RulePack {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly file: string;
  readonly requires: readonly Capability[];
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly gates: readonly Gate[];
  readonly findings: readonly Finding[];
  readonly rollup: readonly RollupStep[];
  /** The workflow that this pack drives, if it does. */
  readonly machine?: Machine<Question>;
}

export interface Parameter {
  readonly name: string;
  readonly type: FactType;
  readonly value: FactValue;
  readonly from: 'profile' | 'default';
}

interface Ruled {
  readonly name: string;
  readonly says: string;
  /** The kind each object of it is; `site` makes one gate. */
  readonly per: SubjectKind;
  readonly when: Condition;
  /** What a person should do next. */
  readonly next?: string;
  readonly at: Place;
}

export interface Gate extends Ruled {
  readonly kind: 'gate';
  /** How long it may hold before that is overdue, milliseconds. */
  readonly budgetMs?: number;
}

/** What a machine asks of one object: a gate that stands nowhere but where it is asked, so that whatever explains a gate, or
 *  gives a second opinion on it, takes a question as well. It may read `cohort.FACT`: ask it of a sight's `frozen` snapshot. */
export interface Question extends Gate {
  /** The gates that went into it, by their full names, sorted. */
  readonly gates: readonly string[];
}

export interface Finding extends Ruled {
  readonly kind: 'finding';
  readonly severity: Severity;
}

export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

export const phases = ['Bootstrap', 'SingleNode', 'Upgrading', 'MultiNode', 'Degraded', 'Recovering'] as const;
export type Phase = (typeof phases)[number];

export interface RollupStep {
  readonly kind: 'rollup';
  readonly phase: Phase;
  readonly when: Condition;
  readonly says?: string;
  readonly at: Place;
}
