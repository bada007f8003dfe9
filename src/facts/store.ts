import type { Observation, Report } from '../kernel/fact.ts';
import {
  type Cell,
  type Column,
  misfitFact,
  neverReported,
  type Population,
  type Snapshot,
} from '../kernel/snapshot.ts';
import type { Subject, SubjectKind } from '../kernel/subject.ts';
import type { FactDeclaration, Vocabulary } from '../kernel/vocabulary.ts';
import { ColumnMaker } from './column.ts';
import { derive, derivedFacts, derivedFrom, type Inputs, type Members } from './derive.ts';
import { PopulationMaker, type Populations } from './populations.ts';
import { sameContent } from './same-content.ts';
import { type Said, settle } from './settle.ts';
import { statedReporter } from './stated.ts';

/** What was reported so far. The order and the repetition of reports decide nothing: of one reporter and scope the newest
 *  stands, whole; two of the same moment that differ both stand, as two sources that must agree. */
export interface FactStore {
  fold(report: Report): void;
  /** For whoever is the only one to hear a reporter, and knows what it says now whatever moment that bears: all that stands of
   *  it and this scope goes. Undefined: it says nothing any more. */
  replace(reporter: string, scope: string, report: Report | undefined): void;
  /** What is known at one moment. Immutable; shares with the last cut whatever did not change. */
  cut(nowMs: number): Snapshot;
}

export function createStore(vocabulary: Vocabulary): FactStore {
  return new Store(vocabulary);
}

/** One fact: what everybody says of it, and its column. */
interface Shelf {
  readonly said: Map<string, readonly Said[]>;
  readonly column: ColumnMaker;
  /** Whether something is computed from it. */
  readonly isBase: boolean;
}

/** One computed fact. Of a site that nobody saw it is stated like any other, and nothing is computed. */
interface DerivedShelf extends Shelf {
  readonly cells: Map<string, Cell>;
}

class Store implements FactStore {
  readonly #vocabulary: Vocabulary;
  /** The newest reports of each reporter and scope: one, or several of one moment that differ. */
  readonly #standing = new Map<string, readonly Report[]>();
  readonly #populations = new PopulationMaker();
  readonly #shelves = new Map<string, Shelf>();
  /** What fits no fact of the vocabulary: kept where people can see it, and never read by a rule. */
  readonly #misfits = new Map<string, Shelf>();
  readonly #derived = new Map<string, DerivedShelf>();
  readonly #touchedVolumes = new Set<string>();
  #volumes: ReadonlyMap<string, Members> = new Map();
  /** What the list of volumes and their members was made from. */
  #derivedBase: readonly unknown[] = [];
  #lastCutMs = Number.NEGATIVE_INFINITY;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    for (const fact of vocabulary.values()) {
      if (derivedFacts.has(fact.name)) {
        this.#derived.set(fact.name, derivedShelfFor(fact));
      } else {
        this.#shelves.set(fact.name, shelfFor(fact));
      }
    }
  }

  fold(report: Report): void {
    const key = keyOf(report.reporter, report.scope);
    const standing = this.#standing.get(key) ?? [];
    const [one] = standing;
    const newer = one === undefined || momentOf(report) > momentOf(one);
    if (!newer && (momentOf(report) < momentOf(one) || standing.some((other) => sameContent(other, report)))) return;
    this.#standing.set(key, newer ? [report] : [...standing, report]);
    this.#exchange(newer ? standing : [], report);
  }

  replace(reporter: string, scope: string, report: Report | undefined): void {
    const key = keyOf(reporter, scope);
    const standing = this.#standing.get(key) ?? [];
    if (standing.length === 1 && standing[0] === report) return;
    if (report === undefined) this.#standing.delete(key);
    else this.#standing.set(key, [report]);
    this.#exchange(standing, report);
  }

  #exchange(standing: readonly Report[], report: Report | undefined): void {
    const [only, ...others] = standing;
    if (report !== undefined && only !== undefined && others.length === 0 && speaksOfTheSame(only, report)) {
      report.observations.forEach((observation, at) => {
        this.#put({ report, observation }, only.observations[at] as Observation); // there are as many
      });
      this.#recount([only], report);
      return;
    }
    // The new ones first: whoever is listed or spoken of by both never left.
    if (report !== undefined) {
      for (const observation of report.observations) this.#add({ report, observation });
    }
    for (const old of standing) for (const observation of old.observations) this.#remove(old, observation);
    this.#recount(standing, report);
  }

  /** A report that was made from the one before may hold the very same lists, and those stay. */
  #recount(standing: readonly Report[], report: Report | undefined): void {
    const kept = new Set(report?.censuses);
    for (const census of kept) this.#populations.add(census);
    for (const { censuses } of standing) {
      for (const census of censuses) if (!kept.has(census)) this.#populations.remove(census);
    }
  }

  cut(nowMs: number): Snapshot {
    const populations = this.#populations.at(nowMs);
    const columns = new Map<string, Column>();
    for (const [name, { column }] of this.#shelves) columns.set(name, column.over(populations[column.fact.subject]));
    this.#derive(populations, columns, nowMs);
    for (const [name, { column }] of this.#derived) columns.set(name, column.over(populations[column.fact.subject]));
    for (const name of [...this.#misfits.keys()].sort()) {
      const { column } = this.#misfits.get(name) as Shelf; // by its own key
      columns.set(name, column.over(populations[column.fact.subject]));
    }
    return { nowMs, vocabulary: this.#vocabulary, populations, columns };
  }

  #add(said: Said): void {
    const { subject } = said.observation;
    const shelf = this.#shelfOf(said);
    const others = shelf.said.get(subject.id);
    shelf.said.set(subject.id, others === undefined ? [said] : [...others, said]);
    this.#touch(shelf, subject);
  }

  /** In the place of what the same reporter said before of the same. */
  #put(said: Said, before: Observation): void {
    const { subject } = said.observation;
    const shelf = this.#shelfOf(said);
    const others = shelf.said.get(subject.id) ?? [];
    if (others.length === 1) shelf.said.set(subject.id, [said]);
    else
      shelf.said.set(
        subject.id,
        others.with(
          others.findIndex(({ observation }) => observation === before),
          said,
        ),
      );
    this.#touch(shelf, subject);
  }

  #remove(report: Report, observation: Observation): void {
    const { subject } = observation;
    const shelf = this.#shelfOf({ report, observation });
    const rest = (shelf.said.get(subject.id) ?? []).filter((said) => said.report !== report);
    if (rest.length > 0) shelf.said.set(subject.id, rest);
    else shelf.said.delete(subject.id);
    this.#touch(shelf, subject);
    if (shelf.said.size === 0) this.#misfits.delete(shelf.column.fact.name);
  }

  #touch(shelf: Shelf, subject: Subject): void {
    shelf.column.touch(subject.id);
    if (shelf.isBase) this.#touchedVolumes.add(subject.kind === 'volume' ? subject.id : (subject.of.volume ?? ''));
  }

  #shelfOf({ report, observation: { fact, subject } }: Said): Shelf {
    const shelf = this.#shelves.get(fact) ?? (report.reporter === statedReporter ? this.#derived.get(fact) : undefined);
    if (shelf !== undefined && shelf.column.fact.subject === subject.kind) return shelf;
    const name = `${fact} of ${subject.kind}`;
    const known = this.#misfits.get(name);
    if (known !== undefined) return known;
    const misfit = misfitShelf(name, fact, subject.kind, this.#vocabulary.get(fact));
    this.#misfits.set(name, misfit);
    return misfit;
  }

  /** Computes anew what hangs on touched volumes only. */
  #derive(populations: Populations, columns: ReadonlyMap<string, Column>, nowMs: number): void {
    const { volume, replica, connection } = populations;
    const replicasSeenAtMs = replica.state === 'absent' ? undefined : replica.seenAtMs;
    const isStated = this.#standing.has(statedKey);
    const base = [volume.indexOf, replica.indexOf, connection.indexOf, replicasSeenAtMs, isStated];
    const sameBase = base.every((part, at) => part === this.#derivedBase[at]);
    if (!sameBase) {
      this.#derivedBase = base;
      this.#volumes = isStated ? new Map() : volumesOf(populations);
      for (const { cells, column } of this.#derived.values()) {
        for (const id of cells.keys()) column.touch(id);
        cells.clear();
      }
    }
    // When the clock was set back, what was past may lie ahead again.
    const all = !sameBase || nowMs < this.#lastCutMs;
    this.#lastCutMs = nowMs;
    const touched = all ? [...this.#volumes.keys()] : [...this.#touchedVolumes];
    this.#touchedVolumes.clear();
    const inputs: Inputs = {
      cell: (fact, id) => cellIn(columns, populations, fact, id),
      cellFrom: (who, fact, id) => {
        const shelf = this.#shelves.get(fact);
        const said = shelf?.said.get(id);
        if (shelf === undefined || said === undefined) return neverReported;
        const isWho = ({ report }: Said): boolean => (who === 'linstor') === (report.reporter === 'linstor');
        return settle(shelf.column.fact, said.every(isWho) ? said : said.filter(isWho));
      },
      replicasSeenAtMs,
      nowMs,
    };
    for (const id of touched) {
      const members = this.#volumes.get(id);
      if (members === undefined) continue;
      derive(members, inputs, (fact, subject, cell) => {
        const shelf = this.#derived.get(fact);
        shelf?.cells.set(subject, cell);
        shelf?.column.touch(subject);
        // What lies ahead of us now will be an ordinary reading once its moment has passed.
        if (cell.kind === 'present' && cell.seenAtMs > nowMs) this.#touchedVolumes.add(id);
      });
    }
  }
}

function shelfFor(fact: FactDeclaration): Shelf {
  const said = new Map<string, readonly Said[]>();
  const column = new ColumnMaker(fact, (id) => settle(fact, said.get(id)));
  return { said, column, isBase: derivedFrom.has(fact.name) };
}

function derivedShelfFor(fact: FactDeclaration): DerivedShelf {
  const said = new Map<string, readonly Said[]>();
  const cells = new Map<string, Cell>();
  const column = new ColumnMaker(fact, (id) => cells.get(id) ?? settle(fact, said.get(id)));
  return { said, cells, column, isBase: false };
}

/** A shelf for what no rule may read: a name that the vocabulary does not have, a fact of the wrong kind of subject, a
 *  computed fact that somebody claims from outside. Its cells are unreadable, whatever they say. */
function misfitShelf(name: string, fact: string, subject: SubjectKind, declared: FactDeclaration | undefined): Shelf {
  const why =
    declared === undefined
      ? `the vocabulary has no fact ${fact}`
      : declared.subject === subject
        ? `${fact} is computed here and taken from nobody`
        : `${fact} is about a ${declared.subject}, not a ${subject}`;
  const said = new Map<string, readonly Said[]>();
  const cellOf = (id: string): Cell => {
    const all = said.get(id);
    if (all === undefined) return neverReported;
    const sources = [...new Set(all.map(({ observation }) => observation.source))].sort().join(' and ');
    const seenAtMs = Math.min(...all.map(({ observation }) => observation.seenAtMs));
    return { kind: 'absent', why: 'unreadable', says: why, seenAtMs, source: sources };
  };
  return { said, column: new ColumnMaker(misfitFact(name, subject, why), cellOf), isBase: derivedFrom.has(fact) };
}

function cellIn(columns: ReadonlyMap<string, Column>, populations: Populations, fact: string, id: string): Cell {
  const column = columns.get(fact);
  const index = column === undefined ? undefined : populations[column.fact.subject].indexOf.get(id);
  return (index === undefined ? undefined : column?.cells[index]) ?? neverReported;
}

/** Every listed volume with its replicas and connections. */
function volumesOf({ volume, replica, connection }: Populations): ReadonlyMap<string, Members> {
  const replicas = byVolume(replica);
  const connections = byVolume(connection);
  return new Map(
    volume.members.map((member) => [
      member.id,
      { volume: member, replicas: replicas.get(member.id) ?? [], connections: connections.get(member.id) ?? [] },
    ]),
  );
}

function byVolume({ members }: Population): ReadonlyMap<string, readonly Subject[]> {
  return Map.groupBy(members, (member) => member.of.volume ?? '');
}

/** Line by line, whatever each says now: most reporters say ever the same things of the same subjects. */
function speaksOfTheSame({ observations: before }: Report, { observations: now }: Report): boolean {
  if (before.length !== now.length) return false;
  return now.every(({ fact, subject }, at) => {
    const was = before[at];
    return was?.fact === fact && (was.subject === subject || isSameSubject(was.subject, subject));
  });
}

function isSameSubject(left: Subject, right: Subject): boolean {
  return left.id === right.id && left.kind === right.kind && left.of.volume === right.of.volume;
}

function keyOf(reporter: string, scope: string): string {
  return JSON.stringify([reporter, scope]);
}

const statedKey = keyOf(statedReporter, 'site');

function momentOf({ seenAtMs }: Report): number {
  return Number.isNaN(seenAtMs) ? Number.NEGATIVE_INFINITY : seenAtMs;
}
