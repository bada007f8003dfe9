import { canonical, digestOfTexts, type Json } from './digest.ts';
import type { Absent, FactValue, Grade, Reading } from './fact.ts';
import { ancestorsOf, type Subject, type SubjectKind, subjectKinds } from './subject.ts';
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
  const ancestors: Partial<Record<SubjectKind, Int32Array>> = {};
  for (const ancestor of ancestorsOf(kind)) {
    ancestors[ancestor] = Int32Array.from(members, (member) =>
      ancestor === 'site' ? 0 : (owners[ancestor]?.indexOf.get(member.of[ancestor] ?? '') ?? -1),
    );
  }
  const indexOf = new Map(members.map((member, index) => [member.id, index]));
  return listedAt({ kind, members, indexOf, ancestors }, list, nowMs);
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

/** Names the snapshot wherever it is shown: every reading, who should have reported, and the moment. The digest of one canonical
 *  document, `{facts, now, populations}`; what has not changed since it was last written out is not written out again. */
export function snapshotDigest(snapshot: Snapshot): string {
  const columns = new Map([...snapshot.columns].map(([name, column]) => [sayable(name), column]));
  const pieces: string[] = [];
  for (const name of [...columns.keys()].sort()) {
    const column = columns.get(name) as Column; // by its own key
    const before = pieces.length === 0 ? '{"facts":{' : ',';
    pieces.push(`${before}${JSON.stringify(name)}:`, columnText(column, snapshot.populations[column.fact.subject]));
  }
  const populations = Object.fromEntries(
    subjectKinds.map((kind) => {
      const { state, members, seenAtMs, source, says } = snapshot.populations[kind];
      const ids = members.map(({ id }) => sayable(id));
      const list = { state, members: ids, seenAt: moment(seenAtMs), source: sayable(source), says: sayable(says) };
      return [kind, list];
    }),
  );
  const now = canonical(moment(snapshot.nowMs));
  pieces.push(`${pieces.length === 0 ? '{"facts":{' : ''}},"now":${now},"populations":${canonical(populations)}}`);
  return digestOfTexts(pieces);
}

const columnTexts = new WeakMap<Column, { readonly members: readonly Subject[]; readonly text: string }>();

function columnText(column: Column, { members }: Population): string {
  const known = columnTexts.get(column);
  if (known?.members === members) return known.text;
  let text = '';
  for (const { index, name } of byName(members)) {
    const cell = column.cells[index];
    if (cell === undefined || cell === neverReported) continue;
    text += `${text === '' ? '' : ','}${name}:${cellText(cell)}`;
  }
  text = `{${text}}`;
  columnTexts.set(column, { members, text });
  return text;
}

interface Named {
  readonly index: number;
  /** As a member of canonical JSON. */
  readonly name: string;
}

const namesOf = new WeakMap<readonly Subject[], readonly Named[]>();

/** Members in the order of canonical JSON. Each fact of a kind is written in the same one. */
function byName(members: readonly Subject[]): readonly Named[] {
  const known = namesOf.get(members);
  if (known !== undefined) return known;
  const indices = new Map(members.map(({ id }, index) => [sayable(id), index]));
  const made = [...indices.keys()]
    .sort()
    .map((id): Named => ({ index: indices.get(id) ?? 0, name: JSON.stringify(id) }));
  namesOf.set(members, made);
  return made;
}

/** Canonical JSON of one cell, its members in their order: most of a snapshot is this. */
function cellText(cell: Cell): string {
  const source = cell.source === undefined ? '' : `,"source":${quoted(cell.source)}`;
  const seenAt = cell.seenAtMs === undefined ? '' : `,"seenAt":${moment(cell.seenAtMs)}`;
  if (cell.kind === 'absent') {
    return `{"kind":"absent","says":${quoted(cell.says)}${seenAt}${source},"why":"${cell.why}"}`;
  }
  return `{"grade":"${cell.grade}","kind":"present"${seenAt}${source},"value":${valueText(cell.value)}}`;
}

function valueText(value: FactValue): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(quoted).join(',')}]`;
  return canonical(value as Json);
}

function quoted(text: string): string {
  return JSON.stringify(sayable(text));
}

/** «At no moment» is no number that JSON has. */
function moment(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}

/** Text from outside may hold halves of characters, which canonical JSON refuses. A snapshot must have a name whatever
 *  somebody wrote into it, so they are spelt out, behind a mark that no name has. */
function sayable(text: string): string {
  return text.isWellFormed() ? text : `\u0000${JSON.stringify(text)}`;
}
