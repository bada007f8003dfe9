import { type FactValue, type Grade, grades, type Reading } from '../kernel/fact.ts';
import { type Cell, isFresh, readingAt, type Snapshot } from '../kernel/snapshot.ts';
import { sameValue } from '../kernel/value.ts';
import { FALSE, type LeafReading, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { FactRef, Leaf, Literal, Operator } from './condition.ts';
import { idIn, indexIn, type Scope } from './scope.ts';

/** What a leaf reads and what comes of comparing it, one cell at a time. It shares nothing with the generated code, nor
 *  with what that looks up of whole columns. */
export function truthOfLeaf({ read, operator, against }: Leaf, snapshot: Snapshot, scope: Scope | undefined): Truth {
  const left = usable(read, snapshot, scope);
  return compared(left, operator, against.kind === 'literal' ? against.value : usable(against, snapshot, scope));
}

export function compared(left: Compared | undefined, operator: Operator, right: Compared | undefined): Truth {
  if (left === undefined || right === undefined) return UNKNOWN;
  // Numbers and words are most of what is compared, and the same only if they are one.
  if (typeof left !== 'object') {
    if (operator === 'equal') return left === right ? TRUE : FALSE;
    if (operator === 'lessThanInclusive') return (left as number) <= (right as number) ? TRUE : FALSE;
    if (operator === 'lessThan') return (left as number) < (right as number) ? TRUE : FALSE;
  }
  return compare[operator](left, right) ? TRUE : FALSE;
}

/** INVARIANT K2: what is absent, too old, from the future or too badly founded is not there. */
export function usable(read: FactRef, snapshot: Snapshot, scope: Scope | undefined): FactValue | undefined {
  if (read.setTo !== undefined) return read.setTo;
  const column = snapshot.columns.get(read.name);
  if (column === undefined) return undefined;
  const index = indexIn(scope, read.subject);
  return index === -1 ? undefined : usableCell(column.cells[index], snapshot.nowMs, read.maxAgeMs, read.grade);
}

export function usableCell(
  cell: Cell | undefined,
  nowMs: number,
  maxAgeMs: number,
  grade: Grade,
): FactValue | undefined {
  if (cell === undefined || cell.kind === 'absent' || !isFresh(cell.seenAtMs, nowMs, maxAgeMs)) return undefined;
  return isGoodEnough(cell, grade) ? cell.value : undefined;
}

function isGoodEnough(cell: Cell & { kind: 'present' }, grade: Grade): boolean {
  return cell.grade === 'observed' || grades.indexOf(cell.grade) <= grades.indexOf(grade);
}

export function leafReading(read: FactRef, snapshot: Snapshot, scope: Scope): LeafReading {
  return {
    fact: read.name,
    object: idIn(scope, read.subject),
    reading: factReading(read, snapshot, scope),
    maxAgeMs: read.maxAgeMs,
    gradeNeeded: read.grade,
    usable: usable(read, snapshot, scope),
  };
}

/** What is said of a fact of who is in scope, usable or not. */
export function factReading(read: FactRef, snapshot: Snapshot, scope: Scope | undefined): Reading {
  const { name, subject, maxAgeMs, setTo } = read;
  if (setTo !== undefined) {
    return { kind: 'known', value: setTo, seenAtMs: snapshot.nowMs, grade: 'observed', source: 'the profile' };
  }
  const index = indexIn(scope, subject);
  if (index !== -1) return readingAt(snapshot, name, index, maxAgeMs);
  return { kind: 'absent', why: 'never-reported', says: `${idIn(scope, subject)} is not in the list of ${subject}s` };
}

type Compared = Literal['value'];
const isOneOf = (value: Compared, list: Compared): boolean =>
  (list as readonly FactValue[]).some((one) => sameValue(value as FactValue, one));
const isSame = (left: Compared, right: Compared): boolean => sameValue(left as FactValue, right as FactValue);

export const compare: Readonly<Record<Operator, (left: Compared, right: Compared) => boolean>> = {
  equal: isSame,
  notEqual: (left, right) => !isSame(left, right),
  in: isOneOf,
  notIn: (left, right) => !isOneOf(left, right),
  lessThan: (left, right) => (left as number) < (right as number),
  lessThanInclusive: (left, right) => (left as number) <= (right as number),
  greaterThan: (left, right) => (left as number) > (right as number),
  greaterThanInclusive: (left, right) => (left as number) >= (right as number),
  contains: (left, right) => isOneOf(right, left),
  doesNotContain: (left, right) => !isOneOf(right, left),
};
