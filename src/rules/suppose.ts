import type { FactValue, Reading } from '../kernel/fact.ts';
import { invariant } from '../kernel/fault.ts';
import { type Cell, type Column, neverReported, type Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';

/** One thing that could be otherwise. */
export type Change = FactChange | ListChange;

export interface FactChange {
  readonly kind: 'fact';
  readonly fact: string;
  readonly object: string;
  /** What is said of it now. */
  readonly from: Reading;
  readonly to: FactValue;
}

/** The list of who there is becomes known, with those whom we know of already. */
export interface ListChange {
  readonly kind: 'list';
  readonly over: SubjectKind;
  /** Why it is not known now. */
  readonly from: string;
}

/** The snapshot as it would be. What no change touches is shared with the one it came from. */
export function supposing(snapshot: Snapshot, changes: readonly Change[]): Snapshot {
  let { populations } = snapshot;
  const columns = new Map(snapshot.columns);
  for (const change of changes) {
    if (change.kind === 'list') {
      const { over } = change;
      const known = { ...populations[over], state: 'known', says: '', seenAtMs: snapshot.nowMs } as const;
      populations = { ...populations, [over]: known };
      continue;
    }
    const cell = { kind: 'present', value: change.to, seenAtMs: snapshot.nowMs, grade: 'observed', source } as const;
    columns.set(change.fact, replaced(snapshot, columns, change.fact, change.object, cell));
  }
  return { ...snapshot, populations, columns };
}

const source = 'supposed';

/** The snapshot as it would be if one fact were not known. */
export function losing(snapshot: Snapshot, fact: string, object: string): Snapshot {
  const columns = new Map(snapshot.columns);
  columns.set(fact, replaced(snapshot, columns, fact, object, neverReported));
  return { ...snapshot, columns };
}

/** The snapshot as it would be if the list of one kind were not known. */
export function losingList(snapshot: Snapshot, over: SubjectKind): Snapshot {
  const lost = { ...snapshot.populations[over], state: 'absent', says: 'supposed to be unknown' } as const;
  return { ...snapshot, populations: { ...snapshot.populations, [over]: lost } };
}

function replaced(
  snapshot: Snapshot,
  columns: ReadonlyMap<string, Column>,
  name: string,
  object: string,
  cell: Cell,
): Column {
  const fact = columns.get(name)?.fact ?? snapshot.vocabulary.get(name);
  invariant(fact !== undefined, 'a pack reads only facts of the vocabulary');
  const { members, indexOf } = snapshot.populations[fact.subject];
  const before = columns.get(name);
  const cells = before?.cells.slice() ?? members.map(() => neverReported);
  const values = before?.values.slice() ?? members.map(() => undefined);
  const index = indexOf.get(object);
  invariant(index !== undefined, 'only who is listed is supposed to be otherwise');
  cells[index] = cell;
  values[index] = cell.kind === 'present' ? cell.value : undefined;
  // The bounds may be wider than what is left; they only say when a column need not be looked at cell by cell.
  const seenAtMs = cell.kind === 'present' ? cell.seenAtMs : undefined;
  return {
    fact,
    cells,
    values,
    oldestMs: Math.min(before?.oldestMs ?? Number.POSITIVE_INFINITY, seenAtMs ?? Number.POSITIVE_INFINITY),
    newestMs: Math.max(before?.newestMs ?? Number.NEGATIVE_INFINITY, seenAtMs ?? Number.NEGATIVE_INFINITY),
    worstGrade: before?.worstGrade ?? 0,
  };
}
