import {
  type Cell,
  type Column,
  columnOf,
  neverReported,
  type Population,
  populationOf,
  type Snapshot,
} from '../kernel/snapshot.ts';
import { type Subject, type SubjectKind, site, subjectKinds } from '../kernel/subject.ts';
import { censusMaxAgeMs, type FactDeclaration, type Vocabulary } from '../kernel/vocabulary.ts';
import { frozen } from '../rules/link-fact.ts';
import type { MadeUpSite } from './answer.ts';

/** A site that the solver found: who there is, whether the lists are known, and what is known of whom. */
export interface Chosen {
  readonly members: Readonly<Record<SubjectKind, readonly Subject[]>>;
  readonly listed: ReadonlySet<SubjectKind>;
  readonly facts: MadeUpSite['facts'];
  readonly frozen: MadeUpSite['frozen'];
}

/** Any moment will do: ages are all that is told apart. */
const nowMs = 0;

/** The snapshot of it, as a fact store would cut it. What was frozen stands beside the facts, as `cohort.FACT`. */
export function snapshotOf({ members, listed, facts, frozen: atFreezing }: Chosen, vocabulary: Vocabulary): Snapshot {
  const populations: Partial<Record<SubjectKind, Population>> = {};
  for (const kind of subjectKinds) {
    const there = kind === 'site' ? [site] : members[kind];
    // Who is spoken of stands on a list, if only on one that is too old.
    const isOld = !listed.has(kind) && there.length > 0;
    const failed = listed.has(kind) || isOld ? {} : { failed: 'it is not stated' };
    const list = { members: there, seenAtMs: isOld ? nowMs - tooOldFor(kind) : nowMs, source: 'stated', ...failed };
    populations[kind] = populationOf(kind, list, nowMs, populations);
  }
  const all = populations as Snapshot['populations'];
  const cellsOf = new Map<string, Map<string, Cell>>();
  const put = (fact: string, id: string, cell: Cell): void => {
    const cells = cellsOf.get(fact) ?? new Map<string, Cell>();
    cellsOf.set(fact, cells.set(id, cell));
  };
  for (const { fact, of, value, ageMs, grade } of facts) {
    put(fact, of, { kind: 'present', value, seenAtMs: nowMs - ageMs, grade, source: 'stated' });
  }
  for (const { fact, of, value } of atFreezing) {
    put(frozen + fact, of, { kind: 'present', value, seenAtMs: nowMs, grade: 'observed', source: 'stated' });
  }
  const columns = new Map<string, Column>();
  for (const [name, cells] of cellsOf) {
    const fact = declarationOf(name, vocabulary);
    if (fact === undefined) continue;
    columns.set(
      name,
      columnOf(
        fact,
        all[fact.subject].members.map(({ id }) => cells.get(id) ?? neverReported),
      ),
    );
  }
  return { nowMs, vocabulary, populations: all, columns };
}

/** How old a list is that is not known any more, milliseconds. */
export function tooOldFor(kind: SubjectKind): number {
  return censusMaxAgeMs[kind] + 1_000;
}

function declarationOf(name: string, vocabulary: Vocabulary): FactDeclaration | undefined {
  if (!name.startsWith(frozen)) return vocabulary.get(name);
  const fact = vocabulary.get(name.slice(frozen.length));
  return fact === undefined ? undefined : { ...fact, name, maxAgeMs: Number.POSITIVE_INFINITY, grade: 'observed' };
}
