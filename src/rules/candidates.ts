import type { FactValue, Reading } from '../kernel/fact.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import { type FactType, fits, sameValue } from '../kernel/value.ts';
import type { Condition, FactRef, Leaf, Operator } from './condition.ts';
import { frozen } from './link-fact.ts';
import { compare, factReading, usable } from './reading.ts';
import { entered, idIn, indexIn, membersMeant, type Scope } from './scope.ts';

/** One fact of one object that a rule reads, with the values that make a difference to the rule: what its leaves name,
 *  and the next one past each limit. */
export interface Variable {
  readonly key: string;
  readonly read: FactRef;
  readonly object: string;
  readonly reading: Reading;
  /** The value that may be used now. */
  readonly now: FactValue | undefined;
  readonly values: readonly FactValue[];
}

/** Everything that a rule reads of one object, in the order in which it is written. */
export interface Variables {
  readonly all: readonly Variable[];
  readonly lists: ReadonlySet<SubjectKind>;
  at(read: FactRef, scope: Scope | undefined): Variable | undefined;
}

export function variablesOf(when: Condition, snapshot: Snapshot, scope: Scope): Variables {
  const found = new Map<string, Variable & { values: FactValue[] }>();
  const lists = new Set<SubjectKind>();
  const at = (read: FactRef, inner: Scope | undefined): (Variable & { values: FactValue[] }) | undefined => {
    if (indexIn(inner, read.subject) === -1) return undefined;
    const object = idIn(inner, read.subject);
    const key = JSON.stringify([read.name, object, read.setTo ?? null]);
    const known = found.get(key);
    if (known !== undefined) return known;
    const reading = factReading(read, snapshot, inner);
    const now = usable(read, snapshot, inner);
    const last = reading.kind === 'absent' ? [] : [reading.value];
    const made = { key, read, object, reading, now, values: [...last] };
    found.set(key, made);
    return made;
  };
  const visit = (condition: Condition, inner: Scope): void => {
    switch (condition.kind) {
      case 'leaf': {
        const left = at(condition.read, inner);
        if (condition.against.kind === 'literal') {
          if (left !== undefined) add(left, literalValues(condition, left.values[0]));
          return;
        }
        const right = at(condition.against, inner);
        if (left !== undefined && right !== undefined) {
          add(
            left,
            right.values.flatMap((value) => around(left.read.type, condition.operator, value)),
          );
          add(
            right,
            left.values.flatMap((value) => around(right.read.type, condition.operator, value)),
          );
        }
        return;
      }
      case 'asks-unknown':
        at(condition.read, inner);
        return;
      case 'all':
      case 'any':
        for (const part of condition.of) visit(part, inner);
        return;
      case 'not':
      case 'named':
        visit(condition.of, inner);
        return;
      case 'quantified':
        lists.add(condition.over);
        for (const index of membersMeant(condition, snapshot, inner)) {
          const member = entered(snapshot.populations[condition.over], index, inner);
          if (condition.where !== undefined) visit(condition.where, member);
          visit(condition.satisfies, member);
        }
    }
  };
  visit(when, scope);
  const all = [...found.values()].filter(({ read }) => canChange(read));
  for (const variable of all) add(variable, ofType(variable.read.type));
  return { all, lists, at };
}

/** The values for which a leaf holds, or does not, when its other side is as it is. */
export function satisfying(leaf: Leaf, of: Variable, wanted: boolean, right: FactValue | readonly FactValue[]) {
  return of.values.filter((value) => compare[leaf.operator](value, right) === wanted);
}

/** The same seen from the right side. */
export function satisfyingRight(leaf: Leaf, of: Variable, wanted: boolean, left: FactValue) {
  return of.values.filter((value) => compare[leaf.operator](left, value) === wanted);
}

/** What the profile says, and what a fact was when a cohort was frozen, nothing that becomes of the site changes. */
function canChange({ name, setTo }: FactRef): boolean {
  return setTo === undefined && !name.startsWith(frozen);
}

function add(variable: { readonly read: FactRef; readonly values: FactValue[] }, values: readonly FactValue[]): void {
  if (!canChange(variable.read)) return;
  for (const value of values) {
    if (!fits(variable.read.type, value) || variable.values.some((known) => sameValue(known, value))) continue;
    variable.values.push(value);
  }
}

function literalValues({ read, operator, against }: Leaf, now: FactValue | undefined): readonly FactValue[] {
  if (against.kind !== 'literal') return [];
  const value = against.value;
  if (operator === 'in' || operator === 'notIn') return value as readonly FactValue[];
  if (read.type.kind === 'set' && (operator === 'contains' || operator === 'doesNotContain')) {
    const words = Array.isArray(now) ? (now as readonly string[]) : [];
    const word = String(value);
    const without = words.filter((one) => one !== word);
    return [[...without, word].sort(), without];
  }
  return around(read.type, operator, value as FactValue);
}

const steps: Readonly<Partial<Record<FactType['kind'], number>>> = { int: 1, duration: 1_000, size: 1_024, version: 1 };

/** A limit, and the nearest values on both sides of it. */
function around(type: FactType, operator: Operator, value: FactValue): readonly FactValue[] {
  const step = steps[type.kind];
  if (step === undefined || typeof value !== 'number') return [value];
  const below = value - step < 0 ? Math.min(0, value) : value - step;
  const above = value + step;
  return operator === 'equal' || operator === 'notEqual' ? [value, above, below] : [value, below, above];
}

/** What else a fact of this type may be, where there are few enough to name. */
function ofType(type: FactType): readonly FactValue[] {
  switch (type.kind) {
    case 'bool':
      return [true, false];
    case 'enum':
      return type.words;
    case 'text':
      return type.optional === true ? [null] : [];
    case 'set':
      return [[], ...(type.words ?? []).map((word) => [word])];
    case 'int':
    case 'duration':
    case 'size':
    case 'version':
      return [0];
  }
}
