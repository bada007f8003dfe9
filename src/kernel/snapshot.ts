import { type Absent, type FactValue, type Grade, grades, type Reading } from './fact.ts';
import { ancestorsOf, type Subject, type SubjectKind } from './subject.ts';
import { censusMaxAgeMs, type FactDeclaration, type Vocabulary } from './vocabulary.ts';

/** What we knew at one instant. Immutable. Facts stand in columns, one entry for each member of the population, so that a
 *  node that is silent has its place and its place is empty. */
export interface Snapshot {
  readonly nowMs: number;
  readonly vocabulary: Vocabulary;
  readonly populations: Readonly<Record<SubjectKind, Population>>;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Who should report of one kind. `members` is there also when the list is stale or could not be had (those we happen to
 *  know of), for display; a quantifier may range over it only while `state` is `known`. */
export interface Population {
  readonly kind: SubjectKind;
  readonly state: 'known' | 'stale' | 'absent';
  /** Sorted by id in UTF-16 order, without repeats. */
  readonly members: readonly Subject[];
  /** Index of each member by id. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** For each ancestor kind, the index of each member's ancestor in that ancestor's population; -1 if it is not listed. */
  readonly ancestors: Readonly<Partial<Record<SubjectKind, Int32Array>>>;
  readonly seenAtMs: number;
  readonly source: string;
  /** Why it is not known; empty when it is. */
  readonly says: string;
}

/** One fact over its population. `values[i]` is undefined exactly where `cells[i]` is absent. */
export interface Column {
  readonly fact: FactDeclaration;
  readonly cells: readonly Cell[];
  readonly values: readonly (FactValue | undefined)[];
  /** The oldest `seenAtMs` of any present cell, +Infinity if there is none: a whole column is fresh by one comparison. */
  readonly oldestMs: number;
  /** The newest of them, -Infinity if there is none: one that lies ahead of the snapshot's moment is not fresh either. */
  readonly newestMs: number;
  /** The worst grade of any present cell, as its index in `grades`. */
  readonly worstGrade: number;
}

/** What a column keeps of one subject: a value with its origin, or why there is none. */
export type Cell =
  | {
      readonly kind: 'present';
      readonly value: FactValue;
      readonly seenAtMs: number;
      readonly grade: Grade;
      readonly source: string;
    }
  | Absent;

export const neverReported: Absent = { kind: 'absent', why: 'never-reported', says: 'never reported' };

/** A column that stands for what no rule may read: its cells are unreadable, whatever they say. `means`: why. */
export function misfitFact(name: string, subject: SubjectKind, means: string): FactDeclaration {
  const type = { kind: 'text' } as const;
  return { name, subject, type, maxAgeMs: 0, grade: 'assumed', from: 'not in the vocabulary', means };
}

/** A column over its cells: what each says, and how old and how good the worst of them is. */
export function columnOf(fact: FactDeclaration, cells: readonly Cell[]): Column {
  const values: (FactValue | undefined)[] = [];
  let [oldestMs, newestMs, worstGrade] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const cell of cells) {
    if (cell.kind === 'absent') {
      values.push(undefined);
      continue;
    }
    values.push(cell.value);
    const { seenAtMs } = cell;
    if (seenAtMs < oldestMs) oldestMs = seenAtMs;
    if (seenAtMs > newestMs && seenAtMs < Number.POSITIVE_INFINITY) newestMs = seenAtMs;
    worstGrade = Math.max(worstGrade, grades.indexOf(cell.grade));
  }
  return { fact, cells, values, oldestMs, newestMs, worstGrade };
}

/** The honest reading of one fact of one member at the snapshot's moment: known, stale past `maxAgeMs`, or absent. */
export function readingAt(snapshot: Snapshot, fact: string, index: number, maxAgeMs?: number): Reading {
  const column = snapshot.columns.get(fact);
  const cell = column?.cells[index] ?? neverReported;
  if (cell.kind === 'absent') return cell;
  const limit = maxAgeMs ?? column?.fact.maxAgeMs ?? 0;
  const { value, seenAtMs, grade, source } = cell;
  return { kind: isFresh(seenAtMs, snapshot.nowMs, limit) ? 'known' : 'stale', value, seenAtMs, grade, source };
}

/** Fresh is: not older than the limit, and not from the future either. A moment after ours means that somebody's clock
 *  is wrong, and then we do not know how old the fact is. */
export function isFresh(seenAtMs: number, nowMs: number, maxAgeMs: number): boolean {
  return seenAtMs <= nowMs && nowMs - seenAtMs <= maxAgeMs;
}

/** One kind's members as a population at `nowMs`, linked to the populations of its owners, which must come first. */
export function populationOf(
  kind: SubjectKind,
  list: {
    readonly members: readonly Subject[];
    readonly seenAtMs: number;
    readonly source: string;
    readonly failed?: string;
  },
  nowMs: number,
  owners: Readonly<Partial<Record<SubjectKind, Population>>>,
): Population {
  const byId = new Map(list.members.map((member) => [member.id, member]));
  const members = [...byId.keys()].sort().map((id) => byId.get(id) as Subject);
  return listedAt(linked(kind, members, owners), list, nowMs);
}

/** Members with their index, and where each one's owners stand in the owners' populations. */
export function linked(
  kind: SubjectKind,
  members: readonly Subject[],
  owners: Readonly<Partial<Record<SubjectKind, Population>>>,
): Pick<Population, 'kind' | 'members' | 'indexOf' | 'ancestors'> {
  const ancestors: Partial<Record<SubjectKind, Int32Array>> = {};
  for (const ancestor of ancestorsOf(kind)) {
    ancestors[ancestor] = Int32Array.from(members, (member) =>
      ancestor === 'site' ? 0 : (owners[ancestor]?.indexOf.get(member.of[ancestor] ?? '') ?? -1),
    );
  }
  const indexOf = new Map(members.map((member, index) => [member.id, index]));
  return { kind, members, indexOf, ancestors };
}

/** The same members, as a list of another moment, source or state: nothing of them is built again. */
export function listedAt(
  who: Pick<Population, 'kind' | 'members' | 'indexOf' | 'ancestors'>,
  list: { readonly seenAtMs: number; readonly source: string; readonly failed?: string },
  nowMs: number,
): Population {
  const { kind, members, indexOf, ancestors } = who;
  const fresh = isFresh(list.seenAtMs, nowMs, censusMaxAgeMs[kind]);
  const state = list.failed !== undefined ? 'absent' : fresh ? 'known' : 'stale';
  const when = list.seenAtMs > nowMs ? 'of a moment that is still to come' : 'older than it may be';
  const says = state === 'known' ? '' : (list.failed ?? `the list of ${kind}s is ${when}`);
  return { kind, state, members, indexOf, ancestors, seenAtMs: list.seenAtMs, source: list.source, says };
}
