import type { Grade } from '../kernel/fact.ts';
import type { Fault, Place } from '../kernel/fault.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import type { Tree } from '../source/tree.ts';
import type { Condition } from './condition.ts';
import type { Gate, Parameter } from './pack.ts';

/** What linking a pack needs to know of the rest of it. */
export interface PackContext {
  readonly vocabulary: Vocabulary;
  /** Parameters that have a type and a value. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** All that are declared: one of these without a value has been complained about already. */
  readonly declared: ReadonlySet<string>;
  readonly conditions: ReadonlyMap<string, NamedTree>;
  readonly usedParameters: Set<string>;
  readonly usedConditions: Set<string>;
  /** Conditions that are linked already, by name and by what they stand in. */
  readonly linked: Map<string, Condition | undefined>;
  /** How large a condition is once its names are followed. All packs of a profile share it, since gates are asked across them. */
  readonly sizes: Map<Condition, Size>;
  readonly gates: GateNames;
  readonly report: (fault: Fault) => void;
}

export interface NamedTree {
  readonly tree: Tree;
  readonly at: Place;
}

export interface Size {
  readonly parts: number;
  readonly depth: number;
}

/** Which gates a name can mean. */
export interface GateNames {
  /** `GATE` or `PACK/GATE` → its full name; undefined where there is none. */
  find(name: string): string | undefined;
  /** All names that could have been meant. */
  readonly known: readonly string[];
  /** A pack that could not be read may have any gate: then an unknown name is no fault of the one who wrote it. */
  readonly complete: boolean;
  /** By full name: those that could be linked. All of them are there once machines are linked. */
  readonly linked: Map<string, Gate>;
  /** Full names of those that some machine asks. */
  readonly asked: Set<string>;
}

/** Where a condition stands: who is in scope, and what it may ask. */
export interface Standing {
  readonly scope: ReadonlySet<SubjectKind>;
  readonly grade: Grade;
  /** Findings may ask whether a fact is unknown. */
  readonly mayAskUnknown: boolean;
  /** States and guards may read `cohort.X`. */
  readonly inMachine: boolean;
  /** How many quantifiers it stands in. */
  readonly quantifiers: number;
  /** Names that are being followed, from the outside in. */
  readonly following: readonly string[];
}

/** A kind, and everything that it belongs to. */
export function scopeOf(kind: SubjectKind, outer: ReadonlySet<SubjectKind> = new Set()): ReadonlySet<SubjectKind> {
  return new Set([...outer, 'site' as const, kind, ...ancestorsOf(kind)]);
}

/** `site, node and bond` */
export function scopeInWords(scope: ReadonlySet<SubjectKind>): string {
  const kinds = subjectKinds.filter((kind) => scope.has(kind));
  return kinds.length === 1 ? 'only the site' : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`;
}

/** Where people and faults stand when a condition is used nowhere: everything is in scope, so that only what is wrong
 *  anywhere is wrong. */
export function anywhere(grade: Grade): Standing {
  return {
    scope: new Set(subjectKinds),
    grade,
    mayAskUnknown: true,
    inMachine: true,
    quantifiers: 0,
    following: [],
  };
}
