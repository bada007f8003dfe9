import type { FactValue, Grade } from '../../src/kernel/fact.ts';
import { grades } from '../../src/kernel/fact.ts';
import { type Cell, type Column, neverReported, populationOf, type Snapshot } from '../../src/kernel/snapshot.ts';
import { type Subject, type SubjectKind, site, subjectKinds } from '../../src/kernel/subject.ts';
import { type FactType, formatValue } from '../../src/kernel/value.ts';
import { censusMaxAgeMs, type FactDeclaration, type Vocabulary } from '../../src/kernel/vocabulary.ts';

/** A site as a test makes it: plain data, from which a snapshot is cut and which can be read when a test fails. */
export interface MadeSite {
  readonly lists: Readonly<Record<SubjectKind, MadeList>>;
  /** Facts in the order in which they were said; the last word on one fact of one subject counts. */
  readonly cells: readonly MadeCell[];
  /** Without it `madeNowMs`. */
  readonly nowMs?: number;
}

export interface MadeList {
  readonly state: 'known' | 'stale' | 'absent';
  readonly members: readonly Subject[];
}

export interface MadeCell {
  readonly fact: string;
  readonly object: string;
  readonly cell: Cell;
}

/** Every made snapshot is cut at this moment. */
export const madeNowMs = 1_000_000;

/** A small vocabulary with every type, and one fact at least for each kind of subject. */
export const madeVocabulary: Vocabulary = new Map(
  (
    [
      ['site.calm', { kind: 'bool' }],
      ['site.holder', { kind: 'text', optional: true }],
      ['node.name', { kind: 'text' }, Number.POSITIVE_INFINITY],
      ['node.ready', { kind: 'bool' }],
      ['node.age', { kind: 'duration' }],
      ['node.version', { kind: 'version' }],
      ['node.taints', { kind: 'set' }],
      ['bond.mode', { kind: 'enum', words: ['balance-rr', 'active-backup', '802.3ad'] }],
      ['bond.members', { kind: 'set', words: ['eth0', 'eth1', 'eth2'] }],
      ['bond.up', { kind: 'int', atLeast: 0 }],
      ['volume.place', { kind: 'int', atLeast: 0 }],
      ['volume.size', { kind: 'size' }],
      ['replica.disk', { kind: 'enum', words: ['UpToDate', 'Inconsistent', 'Outdated'] }],
      ['replica.open', { kind: 'bool' }],
      ['replica.suspended', { kind: 'set', words: ['user', 'quorum'] }],
      ['connection.state', { kind: 'enum', words: ['Connected', 'StandAlone', 'Connecting'] }],
      ['connection.outOfSync', { kind: 'size' }],
      ['vm.node', { kind: 'text', optional: true }],
      ['vm.pods', { kind: 'int', atLeast: 0, atMost: 3 }],
    ] as readonly (readonly [string, FactType, number?])[]
  ).map(([name, type, maxAgeMs]): [string, FactDeclaration] => [
    name,
    {
      name,
      subject: name.slice(0, name.indexOf('.')) as SubjectKind,
      type,
      maxAgeMs: maxAgeMs ?? 30_000,
      grade: 'observed',
      from: 'made',
      means: 'made for tests',
    },
  ]),
);

export function factOf(name: string): FactDeclaration {
  const found = madeVocabulary.get(name);
  if (found === undefined) throw new Error(`the made vocabulary has no ${name}`);
  return found;
}

export const nobody: MadeSite['lists'] = Object.fromEntries(
  subjectKinds.map((kind) => [kind, { state: 'known', members: kind === 'site' ? [site] : [] }]),
) as unknown as MadeSite['lists'];

export function present(value: FactValue, more: { ageMs?: number; grade?: Grade } = {}): Cell {
  const { ageMs = 0, grade = 'observed' } = more;
  return { kind: 'present', value, seenAtMs: madeNowMs - ageMs, grade, source: 'made' };
}

/** Cuts the snapshot. Nothing in it may depend on the order in which members, facts or cells were made. */
export function snapshotOf(made: MadeSite, vocabulary: Vocabulary = madeVocabulary): Snapshot {
  const nowMs = made.nowMs ?? madeNowMs;
  const populations: Partial<Record<SubjectKind, Snapshot['populations'][SubjectKind]>> = {};
  for (const kind of subjectKinds) {
    const { state, members } = made.lists[kind];
    const limit = censusMaxAgeMs[kind];
    // A list that is never stale cannot be made stale by its age: its moment is put into the future instead.
    const staleAtMs = Number.isFinite(limit) ? nowMs - limit - 1 : nowMs + 1;
    const list = { members, seenAtMs: state === 'stale' ? staleAtMs : nowMs, source: 'made' };
    const failed = state === 'absent' ? { failed: 'made to fail' } : {};
    populations[kind] = populationOf(kind, { ...list, ...failed }, nowMs, populations);
  }
  const linked = populations as Snapshot['populations'];
  const saidOf = new Map<string, Map<string, Cell>>();
  for (const { fact, object, cell } of made.cells) {
    const column = saidOf.get(fact) ?? new Map<string, Cell>();
    saidOf.set(fact, column.set(object, cell));
  }
  const columns = new Map<string, Column>();
  for (const [name, said] of saidOf) {
    const fact = vocabulary.get(name);
    if (fact === undefined) continue;
    columns.set(
      name,
      columnOf(
        fact,
        linked[fact.subject].members.map(({ id }) => said.get(id) ?? neverReported),
      ),
    );
  }
  return { nowMs, vocabulary, populations: linked, columns };
}

function columnOf(fact: FactDeclaration, cells: readonly Cell[]): Column {
  let oldestMs = Number.POSITIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  let worstGrade = 0;
  for (const cell of cells) {
    if (cell.kind === 'absent') continue;
    oldestMs = Math.min(oldestMs, cell.seenAtMs);
    newestMs = Math.max(newestMs, cell.seenAtMs);
    worstGrade = Math.max(worstGrade, grades.indexOf(cell.grade));
  }
  const values = cells.map((cell) => (cell.kind === 'present' ? cell.value : undefined));
  return { fact, cells, values, oldestMs, newestMs, worstGrade };
}

/** A made site as lines to read: who there is, and what is known of each. */
export function printSite(made: MadeSite, vocabulary: Vocabulary = madeVocabulary): string {
  const lists = subjectKinds
    .filter((kind) => kind !== 'site' || made.lists.site.state !== 'known')
    .map((kind) => {
      const { state, members } = made.lists[kind];
      const ids = [...new Set(members.map(({ id }) => id))].sort().join(' ');
      return `${kind}s${state === 'known' ? '' : ` (list ${state})`}: ${ids || 'nobody'}`;
    });
  const cells = made.cells.map(
    ({ fact, object, cell }) => `${fact} of ${object}: ${printCell(fact, cell, vocabulary)}`,
  );
  return [...lists, ...cells].join('\n');
}

function printCell(fact: string, cell: Cell, vocabulary: Vocabulary): string {
  if (cell.kind === 'absent') return cell.why;
  const type = vocabulary.get(fact)?.type ?? { kind: 'text' };
  const age = madeNowMs - cell.seenAtMs;
  const notes = [age === 0 ? '' : `${age} ms old`, cell.grade === 'observed' ? '' : cell.grade].filter(Boolean);
  return formatValue(type, cell.value) + (notes.length === 0 ? '' : ` (${notes.join(', ')})`);
}
