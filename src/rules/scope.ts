import type { Population, Snapshot } from '../kernel/snapshot.ts';
import { ancestorsOf, type Subject, type SubjectKind } from '../kernel/subject.ts';
import type { Quantified } from './condition.ts';

/** Who is in scope, innermost first: a member, and through it everybody it belongs to. */
export interface Scope {
  readonly population: Population;
  readonly index: number;
  readonly member: Subject;
  readonly outer: Scope | undefined;
}

export function entered(population: Population, index: number, outer?: Scope): Scope {
  return { population, index, member: population.members[index] as Subject, outer };
}

/** The id of the innermost subject of a kind. It comes from the member itself, never from a list, so that losing the list
 *  of nodes does not change which replicas are on another node. */
export function idIn(scope: Scope | undefined, kind: SubjectKind): string {
  if (kind === 'site') return 'site';
  for (let at = scope; at !== undefined; at = at.outer) {
    const id = at.member.kind === kind ? at.member.id : at.member.of[kind];
    if (id !== undefined) return id;
  }
  return '';
}

/** Where the innermost subject of a kind stands in its population; -1 if it is not listed. */
export function indexIn(scope: Scope | undefined, kind: SubjectKind): number {
  if (kind === 'site') return 0;
  for (let at = scope; at !== undefined; at = at.outer) {
    if (at.population.kind === kind) return at.index;
    const owner = at.population.ancestors[kind];
    if (owner !== undefined) return owner[at.index] ?? -1;
  }
  return -1;
}

/** The members that a quantifier means, as indices of its population. */
export function membersMeant(condition: Quantified, snapshot: Snapshot, scope: Scope | undefined) {
  const { over, except } = condition;
  const population = snapshot.populations[over];
  const { nearest, others } = ownersMeant(condition);
  const candidates =
    nearest === undefined ? everybody(population) : belonging(population, nearest, idIn(scope, nearest));
  if (others.length === 0 && except === undefined) return candidates;
  const idOf = (index: number, kind: SubjectKind): string | undefined => {
    const member = population.members[index];
    return kind === 'site' ? 'site' : kind === over ? member?.id : member?.of[kind];
  };
  const excepted = except === undefined ? undefined : idIn(scope, except);
  return candidates.filter(
    (index) =>
      others.every((kind) => idOf(index, kind) === idIn(scope, kind)) &&
      (except === undefined || idOf(index, except) !== excepted),
  );
}

interface OwnersMeant {
  /** The owner whose members are looked up at once; the others are compared. */
  readonly nearest: SubjectKind | undefined;
  readonly others: readonly SubjectKind[];
}

/** It follows from the condition alone, which is asked of every subject of a site. */
const ownersOf = new WeakMap<Quantified, OwnersMeant>();

function ownersMeant(condition: Quantified): OwnersMeant {
  const kept = ownersOf.get(condition);
  if (kept !== undefined) return kept;
  const { over, within } = condition;
  const whose = within.filter((kind) => kind !== 'site');
  const nearest = whose.find((kind) => kind !== over && !whose.some((other) => ancestorsOf(other).includes(kind)));
  const made = { nearest, others: whose.filter((kind) => kind !== nearest) };
  ownersOf.set(condition, made);
  return made;
}

const everybodyOf = new WeakMap<Population, readonly number[]>();

function everybody(population: Population): readonly number[] {
  const kept = everybodyOf.get(population);
  if (kept !== undefined) return kept;
  const made = population.members.map((_, index) => index);
  everybodyOf.set(population, made);
  return made;
}

type ByOwner = ReadonlyMap<string, readonly number[]>;
const byOwner = new WeakMap<Population, Map<SubjectKind, ByOwner>>();
const noMembers: readonly number[] = [];

function belonging(population: Population, kind: SubjectKind, owner: string): readonly number[] {
  const kinds = byOwner.get(population) ?? new Map<SubjectKind, ByOwner>();
  byOwner.set(population, kinds);
  const kept =
    kinds.get(kind) ?? Map.groupBy(everybody(population), (index) => population.members[index]?.of[kind] ?? '');
  kinds.set(kind, kept);
  return kept.get(owner) ?? noMembers;
}
