import { digestOfText, type Json } from './digest.ts';
import { type Absent, type FactValue, type Grade, grades } from './fact.ts';
import { heard, sayable } from './sayable.ts';
import {
  type Cell,
  type Column,
  columnOf,
  linked,
  misfitFact,
  neverReported,
  type Population,
  type Snapshot,
} from './snapshot.ts';
import { type Subject, type SubjectKind, subjectKinds } from './subject.ts';
import type { FactDeclaration, Vocabulary } from './vocabulary.ts';

/** What came of reading a snapshot. `document`: one that it names could not be had. `form`: a document that no snapshot of this
 *  version and vocabulary has. */
export type SnapshotRead =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly fault: 'document' | 'form'; readonly digest: string; readonly says: string };

/** The documents that an index names, and what each holds, for people: `what is said of replica.disk`. Undefined: it is no index. */
export function documentsIn(indexText: string): ReadonlyMap<string, string> | undefined {
  const index = parsed(indexText);
  if (!isObject(index) || !isObject(index.facts) || !isObject(index.populations)) return undefined;
  const found = new Map<string, string>();
  const name = (digest: unknown, holds: string): void => {
    if (typeof digest !== 'string' || !digest.startsWith('sha256:')) return;
    const before = found.get(digest);
    found.set(digest, before === undefined ? holds : `${before}, ${holds.split(' of ').at(-1)}`);
  };
  for (const [kind, list] of Object.entries(index.populations))
    name(isObject(list) ? list.members : undefined, `who there is of ${kind}s`);
  for (const [fact, entry] of Object.entries(index.facts)) {
    if (!isObject(entry)) continue;
    name(entry.cells, `what is said of ${fact}`);
    name(entry.seen, `the moments of ${fact}`);
  }
  return found;
}

/** The snapshot again, as it was to whoever decided. `textOf` has the documents that the index names, and has checked that each is
 *  the one of that digest. */
export function snapshotFrom(
  indexText: string,
  textOf: (digest: string) => string | undefined,
  vocabulary: Vocabulary,
): SnapshotRead {
  try {
    return { ok: true, snapshot: read(indexText, textOf, vocabulary) };
  } catch (problem) {
    if (!(problem instanceof Unread)) throw problem;
    const { fault, digest, message } = problem;
    return { ok: false, fault, digest, says: message };
  }
}

/** Thrown and caught in this file only: the way out of a reader that is six deep. */
class Unread extends Error {
  readonly fault: 'document' | 'form';
  readonly digest: string;
  constructor(fault: 'document' | 'form', digest: string, says: string) {
    super(says);
    this.fault = fault;
    this.digest = digest;
  }
}

function read(indexText: string, textOf: (digest: string) => string | undefined, vocabulary: Vocabulary): Snapshot {
  const self = digestOfText(indexText);
  const index = objectIn(parsed(indexText), self, 'the index');
  const nowMs = momentIn(index.now, self, 'now');
  const listed = objectIn(index.populations, self, 'populations');
  const load = (digest: unknown, holds: string): { readonly digest: string; readonly json: Json | undefined } => {
    if (typeof digest !== 'string') throw new Unread('form', self, `${holds} has no digest`);
    const text = textOf(digest);
    if (text === undefined) throw new Unread('document', digest, holds);
    return { digest, json: parsed(text) };
  };
  const populations: Partial<Record<SubjectKind, Population>> = {};
  for (const kind of subjectKinds) {
    const { state, members, seenAt, source, says } = objectIn(listed[kind], self, `populations.${kind}`);
    const isState = state === 'known' || state === 'stale' || state === 'absent';
    if (!isState) throw new Unread('form', self, `populations.${kind}.state is none`);
    const made = load(members, `who there is of ${kind}s`);
    populations[kind] = {
      ...linked(kind, membersIn(made.json, kind, made.digest), populations),
      state,
      seenAtMs: momentIn(seenAt, self, `populations.${kind}.seenAt`),
      source: textIn(source, self, `populations.${kind}.source`),
      says: textIn(says, self, `populations.${kind}.says`),
    };
  }
  const all = populations as Record<SubjectKind, Population>;
  const columns = new Map<string, Column>();
  for (const [written, entry] of Object.entries(objectIn(index.facts, self, 'facts'))) {
    const name = textIn(written, self, 'the name of a fact');
    const { cells, seen, means, subject } = entry === null ? {} : objectIn(entry, self, `facts.${written}`);
    const fact = means === undefined ? vocabulary.get(name) : misfitIn(name, subject, means, self);
    if (fact === undefined) throw new Unread('form', self, `this build has no fact ${name}`);
    const { members } = all[fact.subject];
    const said =
      cells === undefined || cells === null ? { digest: self, json: {} } : load(cells, `what is said of ${written}`);
    const moments =
      typeof seen === 'string' && seen.startsWith('sha256:') ? load(seen, `the moments of ${written}`) : undefined;
    const seenOf = momentsIn(moments ?? { digest: self, json: seen ?? null }, members, written);
    columns.set(name, columnOf(fact, cellsIn(said, members, seenOf, written)));
  }
  return { nowMs, vocabulary, populations: all, columns };
}

interface Loaded {
  readonly digest: string;
  readonly json: Json | undefined;
}

function misfitIn(name: string, subject: unknown, means: unknown, self: string): FactDeclaration {
  const kind = subjectKinds.find((known) => known === subject);
  if (kind === undefined) throw new Unread('form', self, `facts.${name}.subject is no kind`);
  return misfitFact(name, kind, textIn(means, self, `facts.${name}.means`));
}

function membersIn(json: Json | undefined, kind: SubjectKind, digest: string): readonly Subject[] {
  if (!Array.isArray(json)) throw new Unread('form', digest, `who there is of ${kind}s is no list`);
  return (json as readonly Json[]).map((entry): Subject => {
    const what = `a member of the ${kind}s`;
    if (typeof entry === 'string') return { kind, id: textIn(entry, digest, what), of: {} };
    const { id, of } = objectIn(entry, digest, what);
    const owners: Partial<Record<SubjectKind, string>> = {};
    for (const [owner, name] of Object.entries(objectIn(of, digest, what))) {
      const known = subjectKinds.find((one) => one === owner);
      if (known === undefined) throw new Unread('form', digest, `${what} belongs to no kind`);
      owners[known] = textIn(name, digest, what);
    }
    return { kind, id: textIn(id, digest, what), of: owners };
  });
}

/** When each member's cell was seen, by index; undefined where it bears no moment. */
function momentsIn(
  { digest, json }: Loaded,
  members: readonly Subject[],
  fact: string,
): (index: number) => number | undefined {
  const what = `a moment of ${fact}`;
  const one = (value: Json): number | undefined => (value === null ? undefined : momentIn(value, digest, what));
  if (!Array.isArray(json)) {
    const only = one(json ?? null);
    return () => only;
  }
  if (json.length !== members.length)
    throw new Unread('form', digest, `the moments of ${fact} are not as many as its members`);
  const moments = (json as readonly Json[]).map(one);
  return (index) => moments[index];
}

function cellsIn(
  { digest, json }: Loaded,
  members: readonly Subject[],
  seenOf: (index: number) => number | undefined,
  fact: string,
): readonly Cell[] {
  const said = objectIn(json, digest, `what is said of ${fact}`);
  let left = Object.keys(said).length;
  const cells = members.map(({ id }, index): Cell => {
    const name = sayable(id);
    if (!Object.hasOwn(said, name)) return neverReported;
    left -= 1;
    return cellIn(objectIn(said[name], digest, `${fact} of ${id}`), seenOf(index), digest, `${fact} of ${id}`);
  });
  if (left > 0) throw new Unread('form', digest, `${fact} is said of somebody who is not there`);
  return cells;
}

function cellIn(cell: JsonObject, seenAtMs: number | undefined, digest: string, what: string): Cell {
  const source = cell.source === undefined ? undefined : textIn(cell.source, digest, what);
  if (cell.kind === 'absent') {
    const why = absences.find((known) => known === cell.why);
    if (why === undefined) throw new Unread('form', digest, `${what} does not say why it is absent`);
    const says = textIn(cell.says, digest, what);
    return {
      kind: 'absent',
      why,
      says,
      ...(seenAtMs === undefined ? {} : { seenAtMs }),
      ...(source === undefined ? {} : { source }),
    };
  }
  const grade: Grade | undefined = grades.find((known) => known === cell.grade);
  if (cell.kind !== 'present' || grade === undefined || seenAtMs === undefined || source === undefined) {
    throw new Unread('form', digest, `${what} is no reading`);
  }
  return { kind: 'present', value: valueIn(cell.value, digest, what), seenAtMs, grade, source };
}

const absences: readonly Absent['why'][] = ['never-reported', 'unreadable', 'disputed'];

function valueIn(value: Json | undefined, digest: string, what: string): FactValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => textIn(one, digest, what));
  return textIn(value, digest, what);
}

function momentIn(value: unknown, digest: string, what: string): number {
  if (typeof value === 'number') return value;
  if (value === 'Infinity' || value === '-Infinity' || value === 'NaN') return Number(value);
  throw new Unread('form', digest, `${what} is no moment`);
}

function textIn(value: unknown, digest: string, what: string): string {
  const text = typeof value === 'string' ? heard(value) : undefined;
  if (text === undefined) throw new Unread('form', digest, `${what} holds no text of ours`);
  return text;
}

type JsonObject = Readonly<Record<string, Json | undefined>>;

function objectIn(value: unknown, digest: string, what: string): JsonObject {
  if (!isObject(value)) throw new Unread('form', digest, `${what} is no object`);
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
