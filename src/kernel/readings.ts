import type { FactValue } from './fact.ts';
import { readingAt, type Snapshot } from './snapshot.ts';
import { sameValue } from './value.ts';

/** What the kernel itself reads of a fact: its value if it is known, observed and fresh, else undefined. It asks for the best
 *  grade everywhere, whatever a pack asks for. INVARIANT K2. */
export function seen(snapshot: Snapshot, fact: string, object: string): FactValue | undefined {
  const column = snapshot.columns.get(fact);
  if (column === undefined) return undefined;
  const population = snapshot.populations[column.fact.subject];
  const index = population.indexOf.get(object);
  if (index === undefined || population.state !== 'known') return undefined;
  const reading = readingAt(snapshot, fact, index);
  return reading.kind === 'known' && reading.grade === 'observed' ? reading.value : undefined;
}

/** When it was seen; -Infinity where nobody has. */
export function seenAt(snapshot: Snapshot, fact: string, object: string): number {
  const column = snapshot.columns.get(fact);
  const index = column === undefined ? undefined : snapshot.populations[column.fact.subject].indexOf.get(object);
  const cell = index === undefined ? undefined : column?.cells[index];
  return cell?.kind === 'present' ? cell.seenAtMs : Number.NEGATIVE_INFINITY;
}

export function seenNumber(snapshot: Snapshot, fact: string, object: string): number | undefined {
  const value = seen(snapshot, fact, object);
  return typeof value === 'number' ? value : undefined;
}

export function seenText(snapshot: Snapshot, fact: string, object: string): string | undefined {
  const value = seen(snapshot, fact, object);
  return typeof value === 'string' ? value : undefined;
}

/** Objects that a fact is about and that belong to a node (`site` and volumes: to themselves). Undefined: the list is not known. */
export function objectsOf(snapshot: Snapshot, fact: string, owner: string): readonly string[] | undefined {
  const subject = snapshot.vocabulary.get(fact)?.subject;
  if (subject === undefined) return undefined;
  if (subject === 'site') return ['site'];
  const population = snapshot.populations[subject];
  if (population.state !== 'known') return undefined;
  if (subject === 'node' || subject === 'volume') return population.indexOf.has(owner) ? [owner] : [];
  return population.members.filter(({ id, of }) => id === owner || of.node === owner).map(({ id }) => id);
}

/** The same of ids alone: also of an object that is on no list any more. */
export function belongsTo(snapshot: Snapshot, fact: string, object: string, owner: string): boolean {
  if (object === owner) return true;
  switch (snapshot.vocabulary.get(fact)?.subject) {
    case 'site':
      return true;
    case 'bond':
      return object.startsWith(`${owner}/`);
    case 'replica':
    case 'connection':
      return /@([^:]*)/.exec(object)?.[1] === owner;
    default:
      return false;
  }
}

/** Whether a reading that counts as known now is of this moment or of one before it. */
export function isKnownSince(snapshot: Snapshot, fact: string, object: string, atMs: number): boolean {
  const column = snapshot.columns.get(fact);
  const index = column === undefined ? undefined : snapshot.populations[column.fact.subject].indexOf.get(object);
  if (index === undefined) return false;
  const reading = readingAt(snapshot, fact, index);
  return reading.kind === 'known' && reading.seenAtMs <= atMs;
}

/** A reading in words, for people. */
export function readsAs(snapshot: Snapshot, fact: string, object: string): string {
  const value = seen(snapshot, fact, object);
  return value === undefined
    ? 'unknown'
    : value === null
      ? 'nobody'
      : Array.isArray(value)
        ? value.join(' ')
        : String(value);
}

export function isSame(a: FactValue | undefined, b: FactValue | undefined): boolean {
  return a !== undefined && b !== undefined && sameValue(a, b);
}
