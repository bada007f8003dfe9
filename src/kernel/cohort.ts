import type { FactValue } from './fact.ts';
import { objectsOf, seen, seenNumber, seenText } from './readings.ts';
import type { Snapshot } from './snapshot.ts';
import type { Cohort, Member } from './workflow.ts';

/** INVARIANT K4: who takes part is fixed before anything is done, and «every» means them until the end. */

/** What was found, or what is in the way of finding it. */
export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly unknown: readonly Gap[] };

export interface Gap {
  readonly fact: string;
  readonly object: string;
}

/** The site's nodes as they are now, with every fact that may have to be put back. Nothing is frozen on a guess: one fact that
 *  is not known, and there is no cohort (K8: what was never seen cannot be promised back). */
export function freeze(snapshot: Snapshot, facts: readonly string[]): Found<Cohort> {
  const nodes = nodesNow(snapshot);
  if (!nodes.ok) return nodes;
  const [first] = nodes.value;
  if (first === undefined) return { ok: false, unknown: [{ fact: 'node', object: 'site' }] };
  const unknown: Gap[] = [];
  const frozen: Record<string, Record<string, FactValue>> = {};
  for (const fact of facts) {
    const objects = allObjectsOf(snapshot, fact);
    if (objects === undefined) {
      unknown.push({ fact, object: 'site' });
      continue;
    }
    const values: Record<string, FactValue> = Object.create(null);
    for (const object of objects) {
      const value = seen(snapshot, fact, object);
      if (value === undefined) unknown.push({ fact, object });
      else values[object] = value;
    }
    frozen[fact] = values;
  }
  return unknown.length > 0
    ? { ok: false, unknown }
    : { ok: true, value: { nodes: nodes.value, hand: first.name, facts: frozen } };
}

/** What came since (a volume) is frozen when a step begins that would move it: it reads as it did before. */
export function freezeMore(
  snapshot: Snapshot,
  cohort: Cohort,
  facts: readonly string[],
  members: readonly string[],
): Found<Cohort> {
  const unknown: Gap[] = [];
  const frozen: Record<string, Readonly<Record<string, FactValue>>> = { ...cohort.facts };
  for (const fact of facts) {
    const before = cohort.facts[fact];
    if (before === undefined) continue; // nothing of this machine puts it back
    const values: Record<string, FactValue> = Object.assign(Object.create(null), before);
    for (const object of members.flatMap((member) => objectsOf(snapshot, fact, member) ?? [])) {
      if (Object.hasOwn(before, object)) continue;
      const value = seen(snapshot, fact, object);
      if (value === undefined) unknown.push({ fact, object });
      else values[object] = value;
    }
    frozen[fact] = values;
  }
  return unknown.length > 0 ? { ok: false, unknown } : { ok: true, value: { ...cohort, facts: frozen } };
}

/** The number of the newest order that any journal has seen: ours are numbered on from there. */
export function newestStep(snapshot: Snapshot, nodes: readonly Member[]): Found<number> {
  const unknown: Gap[] = [];
  let newest = 0;
  for (const { name } of nodes) {
    const step = seenNumber(snapshot, 'node.journalStep', name);
    if (step === undefined) unknown.push({ fact: 'node.journalStep', object: name });
    else newest = Math.max(newest, step);
  }
  return unknown.length > 0 ? { ok: false, unknown } : { ok: true, value: newest };
}

/** Orders of anybody that are under way, or may be: while one is, no workflow begins. INVARIANT K3. */
export function workUnderWay(
  snapshot: Snapshot,
  nodes: readonly Member[],
): readonly (Gap & { readonly detail: string })[] {
  return nodes.flatMap(({ name }) => {
    const outcome = seenText(snapshot, 'node.journalOutcome', name);
    if (outcome !== undefined && outcome !== 'accepted') return [];
    const detail = outcome === undefined ? 'is not known' : 'is under way';
    return [{ fact: 'node.journalOutcome', object: name, detail }];
  });
}

export type CohortNow =
  | { readonly kind: 'same' }
  | { readonly kind: 'unknown'; readonly gaps: readonly Gap[] }
  | { readonly kind: 'changed'; readonly changes: readonly (Gap & { readonly detail: string })[] };

/** Whether the nodes are still the ones that it was begun with: none gone, none new, none replaced, none restarted. */
export function compareCohort(cohort: Cohort, snapshot: Snapshot): CohortNow {
  const { node } = snapshot.populations;
  if (node.state !== 'known') return { kind: 'unknown', gaps: [{ fact: 'node', object: 'site' }] };
  const changes: (Gap & { detail: string })[] = [];
  const gaps: Gap[] = [];
  for (const member of cohort.nodes) {
    const { name } = member;
    if (!node.indexOf.has(name)) {
      changes.push({ fact: 'node.uid', object: name, detail: 'is not there any more' });
      continue;
    }
    for (const [fact, was, what] of [
      ['node.uid', member.uid, 'is another node of the same name'],
      ['node.bootId', member.bootId, 'was restarted'],
    ] as const) {
      const now = seenText(snapshot, fact, name);
      if (now === undefined) gaps.push({ fact, object: name });
      else if (now !== was) changes.push({ fact, object: name, detail: what });
    }
  }
  const names = new Set(cohort.nodes.map(({ name }) => name));
  for (const { id } of node.members) {
    if (!names.has(id))
      changes.push({ fact: 'node.uid', object: id, detail: 'is new and was not there when this began' });
  }
  if (changes.length > 0) return { kind: 'changed', changes };
  return gaps.length > 0 ? { kind: 'unknown', gaps } : { kind: 'same' };
}

function nodesNow(snapshot: Snapshot): Found<readonly Member[]> {
  const { node } = snapshot.populations;
  if (node.state !== 'known') return { ok: false, unknown: [{ fact: 'node', object: 'site' }] };
  const unknown: Gap[] = [];
  const members = node.members.flatMap(({ id }): readonly Member[] => {
    const uid = seenText(snapshot, 'node.uid', id);
    const bootId = seenText(snapshot, 'node.bootId', id);
    if (uid === undefined) unknown.push({ fact: 'node.uid', object: id });
    if (bootId === undefined) unknown.push({ fact: 'node.bootId', object: id });
    return uid === undefined || bootId === undefined ? [] : [{ name: id, uid, bootId }];
  });
  return unknown.length > 0 ? { ok: false, unknown } : { ok: true, value: members };
}

function allObjectsOf(snapshot: Snapshot, fact: string): readonly string[] | undefined {
  const subject = snapshot.vocabulary.get(fact)?.subject; // also of a fact that nobody has said anything of yet
  if (subject === undefined) return undefined;
  if (subject === 'site') return objectsOf(snapshot, fact, 'site');
  const population = snapshot.populations[subject];
  return population.state === 'known' ? population.members.map(({ id }) => id) : undefined;
}
