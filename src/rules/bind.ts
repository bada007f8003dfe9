import { type FactValue, grades } from '../kernel/fact.ts';
import { invariant } from '../kernel/fault.ts';
import { type Column, isFresh, type Snapshot } from '../kernel/snapshot.ts';
import { type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import type { FactRef } from './condition.ts';

/** What generated code reads, by position: the plan says what stands where. All of it is data. */
export interface Plan {
  /** Each distinct (fact, maxAge, grade), once. Those of the site stand as single values, the others as columns. */
  readonly site: readonly PlannedRead[];
  readonly columns: readonly PlannedRead[];
  readonly links: readonly Link[];
  readonly groups: readonly Link[];
  /** The kind whose members each remembered answer is kept for; `site`: there is one. */
  readonly remembered: readonly SubjectKind[];
  /** The kind that each rule is `per`, in the order of the rules, as its number in `subjectKinds`. */
  readonly per: readonly number[];
}

/** What one kind of leaf reads, and the worst grade that it takes, as its number in `grades`. */
export interface PlannedRead extends Pick<FactRef, 'name' | 'maxAgeMs' | 'setTo'> {
  readonly gradeNumber: number;
}

/** From each member of a kind to its owner of another kind. */
export interface Link {
  readonly of: SubjectKind;
  readonly to: SubjectKind;
}

export type Values = readonly (FactValue | undefined)[];

/** One snapshot as the generated code reads it. */
export interface Bound {
  readonly snapshot: Snapshot;
  readonly site: Values;
  readonly columns: readonly Values[];
  /** By kind, in the order of `subjectKinds`. */
  readonly sizes: readonly number[];
  readonly known: readonly boolean[];
  readonly links: readonly Indices[];
  /** The members of owner `i` are `lists[g][starts[g][i]]` up to, and without, `lists[g][starts[g][i + 1]]`. */
  readonly starts: readonly Indices[];
  readonly lists: readonly Indices[];
  /** 0 where nobody asked yet, else a truth plus one. */
  readonly remembered: readonly Uint8Array[];
  /** Where the truths of each rule begin. */
  readonly offsets: readonly number[];
  readonly total: number;
}

type Indices = Int32Array;

/** Everything that a pass needs of the snapshot, looked up once instead of once a leaf. */
export function bind(plan: Plan, snapshot: Snapshot): Bound {
  const { populations } = snapshot;
  const sizes: number[] = [];
  const known: boolean[] = [];
  const judged: number[] = [];
  for (const kind of subjectKinds) {
    const { members, state } = populations[kind];
    sizes.push(members.length);
    known.push(state === 'known');
    judged.push(state === 'known' ? members.length : 0);
  }
  const offsets = new Array<number>(plan.per.length);
  let total = 0;
  for (let rule = 0; rule < plan.per.length; rule++) {
    offsets[rule] = total;
    total += judged[plan.per[rule] ?? 0] ?? 0;
  }
  const site = new Array<FactValue | undefined>(plan.site.length);
  for (let at = 0; at < plan.site.length; at++) site[at] = usableColumn(snapshot, plan.site[at] as PlannedRead)[0];
  const columns: Values[] = [];
  for (const read of plan.columns) columns.push(usableColumn(snapshot, read));
  const links: Indices[] = [];
  const starts: Indices[] = [];
  const lists: Indices[] = [];
  const remembered: Uint8Array[] = [];
  if (plan.links.length > 0 || plan.groups.length > 0 || plan.remembered.length > 0) {
    const owners = ownersIn(populations);
    for (const link of plan.links) links.push(owners.linked(link));
    for (const link of plan.groups) {
      const grouped = owners.grouped(link);
      starts.push(grouped.starts);
      lists.push(grouped.list);
    }
    for (const kind of plan.remembered) remembered.push(new Uint8Array(owners.size(kind)));
  }
  return { snapshot, site, columns, sizes, known, links, starts, lists, remembered, offsets, total };
}

const nothing: Values = [];

/** INVARIANT K2: a value that is too old, from the future or too badly founded for this rule is not there. */
function usableColumn(snapshot: Snapshot, { name, maxAgeMs, gradeNumber, setTo }: PlannedRead): Values {
  if (setTo !== undefined) return [setTo];
  const column = snapshot.columns.get(name);
  if (column === undefined) return nothing;
  const { nowMs } = snapshot;
  const isWhole = column.newestMs <= nowMs && nowMs - column.oldestMs <= maxAgeMs && column.worstGrade <= gradeNumber;
  return isWhole ? column.values : masked(column, nowMs, maxAgeMs, gradeNumber);
}

function masked({ cells, values }: Column, nowMs: number, maxAgeMs: number, gradeNumber: number): Values {
  return values.map((value, index) => {
    const cell = cells[index];
    const usable =
      cell?.kind === 'present' && isFresh(cell.seenAtMs, nowMs, maxAgeMs) && grades.indexOf(cell.grade) <= gradeNumber;
    return usable ? value : undefined;
  });
}

const ownersOfPopulations = new WeakMap<Snapshot['populations'], Owners>();

function ownersIn(populations: Snapshot['populations']): Owners {
  const kept = ownersOfPopulations.get(populations);
  if (kept !== undefined) return kept;
  const made = new Owners(populations);
  ownersOfPopulations.set(populations, made);
  return made;
}

/** Owners by index. An owner that is not in its list has no index there; it gets one past the end, the same for everyone
 *  who names it, so that «of this node» and «on another node» do not depend on the list of nodes, while every fact of it
 *  reads as unknown. */
class Owners {
  readonly #populations: Snapshot['populations'];
  readonly #unlisted = new Map<SubjectKind, Map<string, number>>();

  constructor(populations: Snapshot['populations']) {
    this.#populations = populations;
    for (const kind of subjectKinds) {
      const { members, ancestors } = populations[kind];
      for (const [to, indices] of Object.entries(ancestors) as [SubjectKind, Indices][]) {
        if (isComplete(indices)) continue;
        const known = this.#unlisted.get(to) ?? new Map<string, number>();
        this.#unlisted.set(to, known);
        indices.forEach((index, member) => {
          const id = members[member]?.of[to] ?? '';
          if (index === -1 && !known.has(id)) known.set(id, this.#listed(to) + known.size);
        });
      }
    }
  }

  size(kind: SubjectKind): number {
    return this.#listed(kind) + (this.#unlisted.get(kind)?.size ?? 0);
  }

  linked({ of, to }: Link): Indices {
    const { members, ancestors } = this.#populations[of];
    const indices = ancestors[to];
    invariant(indices !== undefined, 'a population is linked to all its owners');
    const unlisted = this.#unlisted.get(to);
    if (unlisted === undefined || isComplete(indices)) return indices;
    return indices.map((index, member) => (index === -1 ? (unlisted.get(members[member]?.of[to] ?? '') ?? -1) : index));
  }

  grouped(link: Link): Grouped {
    const indices = this.linked(link);
    const size = this.size(link.to);
    const kept = groupsOf.get(indices);
    if (kept !== undefined && kept.starts.length === size + 1) return kept;
    const made = groupedBy(indices, size);
    groupsOf.set(indices, made);
    return made;
  }

  #listed(kind: SubjectKind): number {
    return this.#populations[kind].members.length;
  }
}

interface Grouped {
  readonly starts: Indices;
  readonly list: Indices;
}

/** Both follow from the immutable array alone, and live as long as it does. */
const groupsOf = new WeakMap<Indices, Grouped>();
const completeness = new WeakMap<Indices, boolean>();

function isComplete(indices: Indices): boolean {
  const kept = completeness.get(indices);
  if (kept !== undefined) return kept;
  const complete = !indices.includes(-1);
  completeness.set(indices, complete);
  return complete;
}

/** Members by owner, in their own order, as one list with a start for each owner. */
function groupedBy(indices: Indices, size: number): Grouped {
  const starts = new Int32Array(size + 1);
  for (const index of indices) starts[index + 1] = (starts[index + 1] ?? 0) + 1;
  for (let at = 1; at <= size; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const next = starts.slice();
  const list = new Int32Array(indices.length);
  indices.forEach((index, member) => {
    const at = next[index] ?? 0;
    list[at] = member;
    next[index] = at + 1;
  });
  return { starts, list };
}
