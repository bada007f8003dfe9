import type { Attachment } from './audit.ts';
import { canonical, digestOfText, type Json } from './digest.ts';
import type { FactValue } from './fact.ts';
import { sayable } from './sayable.ts';
import { type Cell, type Column, neverReported, type Population, type Snapshot } from './snapshot.ts';
import { type Subject, subjectKinds } from './subject.ts';

/** A snapshot as documents, each named by its digest, so that what did not change between two moments is kept once:
 *
 *  - the index, whose digest is the snapshot's: `{facts: {NAME: {cells, seen}}, now, populations}`. `facts.NAME` is null where
 *    nobody said anything; where no rule may read the name it also says of which kind of `subject` it is, and what it `means`;
 *  - `cells`: what is said of each, `{ID: {grade, kind, source, value} | {kind, says, source, why}}`, without its moment: a site
 *    that is asked every five seconds mostly says the same again;
 *  - `seen`: when, of each member in the order of the population; null where nothing was said. One moment for all stands in the
 *    index itself. Facts of one reporter share the list;
 *  - `members` of each population: ids, with their owners where they have any.
 *
 *  Moments are milliseconds; what JSON has no number for is spelt (`"-Infinity"`). Texts go through `sayable`. */

/** Names the snapshot wherever it is shown: every reading, who should have reported, and the moment. */
export function snapshotDigest(snapshot: Snapshot): string {
  return digestOfText(indexOf(snapshot));
}

/** Every document of it, the index first. What was written out for the digest is not written out again. */
export function documentsOf(snapshot: Snapshot): readonly Attachment[] {
  const index = indexOf(snapshot);
  const documents = new Map<string, Attachment>();
  const put = (document: Attachment): void => {
    documents.set(document.digest, document);
  };
  put({ digest: digestOfText(index), text: index });
  for (const kind of subjectKinds) put(membersText(snapshot.populations[kind].members));
  for (const column of snapshot.columns.values()) {
    const { cells, seen } = columnTexts(column, snapshot.populations[column.fact.subject]);
    if (cells !== undefined) put(cells);
    if (typeof seen === 'object' && seen !== null) put(seen);
  }
  return [...documents.values()];
}

function indexOf(snapshot: Snapshot): string {
  const columns = new Map([...snapshot.columns].map(([name, column]) => [sayable(name), column]));
  const facts: string[] = [];
  for (const name of [...columns.keys()].sort()) {
    const column = columns.get(name) as Column; // by its own key
    facts.push(`${JSON.stringify(name)}:${entryText(column, snapshot)}`);
  }
  const populations: Record<string, Json> = {};
  for (const kind of subjectKinds) {
    const { state, members, seenAtMs, source, says } = snapshot.populations[kind];
    const { digest } = membersText(members);
    const seenAt = moment(seenAtMs);
    populations[kind] = { state, members: digest, seenAt, source: sayable(source), says: sayable(says) };
  }
  const now = canonical(moment(snapshot.nowMs));
  return `{"facts":{${facts.join(',')}},"now":${now},"populations":${canonical(populations)}}`;
}

/** Of a column that fits the vocabulary what it says; of any other also what it is. */
function entryText(column: Column, { vocabulary, populations }: Snapshot): string {
  const { fact } = column;
  const isKnown = vocabulary.get(fact.name) === fact;
  const { cells, seen } = columnTexts(column, populations[fact.subject]);
  if (cells === undefined && isKnown) return 'null';
  const moments = canonical(typeof seen === 'object' && seen !== null ? seen.digest : seen);
  const misfit = isKnown ? ['', ''] : [`"means":${quoted(fact.means)},`, `,"subject":"${fact.subject}"`];
  return `{"cells":${canonical(cells?.digest ?? null)},${misfit[0]}"seen":${moments}${misfit[1]}}`;
}

interface ColumnTexts {
  readonly members: readonly Subject[];
  /** Undefined where nothing was said of anybody. */
  readonly cells: Attachment | undefined;
  /** One moment for all, or the list of them. */
  readonly seen: Moment | Attachment;
}

const textsOf = new WeakMap<Column, ColumnTexts>();

function columnTexts(column: Column, { members }: Population): ColumnTexts {
  const known = textsOf.get(column);
  if (known?.members === members) return known;
  const text = cellsText(column, members);
  const made: ColumnTexts = {
    members,
    cells: text === '' ? undefined : document(`{${text}}`),
    seen: seenIn(column, members),
  };
  textsOf.set(column, made);
  return made;
}

function cellsText(column: Column, members: readonly Subject[]): string {
  let text = '';
  for (const { index, name } of byName(members)) {
    const cell = column.cells[index];
    if (cell === undefined || cell === neverReported) continue;
    text += `${text === '' ? '' : ','}${name}:${cellText(cell)}`;
  }
  return text;
}

function seenIn({ cells }: Column, members: readonly Subject[]): Moment | Attachment {
  let only: Moment = null;
  let isOne = true;
  let isFirst = true;
  members.forEach((_, index) => {
    const cell = cells[index];
    if (cell === undefined || cell === neverReported) return;
    const seen = momentOf(cell);
    isOne &&= isFirst || seen === only;
    isFirst = false;
    only = seen;
  });
  return isOne ? only : document(canonical(members.map((_, index) => momentOf(cells[index]))));
}

const memberTexts = new WeakMap<readonly Subject[], Attachment>();

function membersText(members: readonly Subject[]): Attachment {
  const known = memberTexts.get(members);
  if (known !== undefined) return known;
  const listed = members.map(({ id, of }): Json => {
    const owners = Object.entries(of).flatMap(([kind, owner]) => (owner === undefined ? [] : [[kind, sayable(owner)]]));
    return owners.length === 0 ? sayable(id) : { id: sayable(id), of: Object.fromEntries(owners) as Json };
  });
  const made = document(canonical(listed));
  memberTexts.set(members, made);
  return made;
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
  if (cell.kind === 'absent') return `{"kind":"absent","says":${quoted(cell.says)}${source},"why":"${cell.why}"}`;
  return `{"grade":"${cell.grade}","kind":"present"${source},"value":${valueText(cell.value)}}`;
}

function valueText(value: FactValue): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(quoted).join(',')}]`;
  return canonical(value as Json);
}

function quoted(text: string): string {
  return JSON.stringify(sayable(text));
}

function document(text: string): Attachment {
  return { digest: digestOfText(text), text };
}

type Moment = number | string | null;

function momentOf(cell: Cell | undefined): Moment {
  return cell?.seenAtMs === undefined ? null : moment(cell.seenAtMs);
}

/** Some moments are no number that JSON has: they are spelt. */
function moment(ms: number): number | string {
  return Number.isFinite(ms) ? ms : String(ms);
}
