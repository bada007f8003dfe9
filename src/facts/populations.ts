import { type Census, isFailed } from '../kernel/fact.ts';
import { listedAt, type Population, populationOf } from '../kernel/snapshot.ts';
import { ownersOf, type Subject, type SubjectKind, site, subjectKinds } from '../kernel/subject.ts';

export type Populations = Readonly<Record<SubjectKind, Population>>;

/** One kind's censuses, made one list. */
interface List {
  readonly members: readonly Subject[];
  readonly oldestMs: number;
  readonly newestMs: number;
  readonly source: string;
  readonly failed?: string;
}

/** Keeps who should report. The members are linked anew only when somebody came or went: a list that says the same at a
 *  later moment costs nothing, and the columns over it stay. */
export class PopulationMaker {
  readonly #censuses = new Map<SubjectKind, Set<Census>>();
  readonly #lists = new Map<SubjectKind, List>();
  /** The list that each of the last populations was made from, so that an unchanged one is not even compared. */
  readonly #linkedFrom = new Map<SubjectKind, List>();
  #populations: Populations | undefined;

  add(census: Census): void {
    const ofKind = this.#censuses.get(census.kind);
    if (ofKind === undefined) this.#censuses.set(census.kind, new Set([census]));
    else ofKind.add(census);
    this.#lists.delete(census.kind);
  }

  remove(census: Census): void {
    this.#censuses.get(census.kind)?.delete(census);
    this.#lists.delete(census.kind);
  }

  at(nowMs: number): Populations {
    const made: Partial<Record<SubjectKind, Population>> = {};
    for (const kind of subjectKinds) made[kind] = this.#population(kind, nowMs, made);
    this.#populations = made as Populations;
    return this.#populations;
  }

  #population(
    kind: SubjectKind,
    nowMs: number,
    owners: Readonly<Partial<Record<SubjectKind, Population>>>,
  ): Population {
    const made = this.#listOf(kind, nowMs);
    // One list from the future is one whose age nobody knows: it must not hide behind an older one.
    const list = { ...made, seenAtMs: made.newestMs > nowMs ? made.newestMs : made.oldestMs };
    const last = this.#populations?.[kind];
    const sameList = this.#linkedFrom.get(kind) === made;
    this.#linkedFrom.set(kind, made);
    const ownersStay = ownersOf[kind].every((owner) => owners[owner]?.indexOf === this.#populations?.[owner].indexOf);
    if (last === undefined || !ownersStay || !(sameList || sameMembers(list.members, last))) {
      return populationOf(kind, list, nowMs, owners);
    }
    return listedAt(last, list, nowMs);
  }

  #listOf(kind: SubjectKind, nowMs: number): List {
    // There is always exactly one site, and nobody need say so.
    if (kind === 'site') return { members: [site], oldestMs: nowMs, newestMs: nowMs, source: 'by definition' };
    const kept = this.#lists.get(kind);
    if (kept !== undefined) return kept;
    const list = union(kind, [...(this.#censuses.get(kind) ?? [])]);
    this.#lists.set(kind, list);
    return list;
  }
}

/** Everybody whom any source listed; unknown as soon as one of the lists was not had. */
function union(kind: SubjectKind, censuses: readonly Census[]): List {
  if (censuses.length === 0) {
    const never = Number.NEGATIVE_INFINITY;
    return { members: [], oldestMs: never, newestMs: never, source: 'nobody', failed: `nobody listed the ${kind}s` };
  }
  const failures = censuses.flatMap(({ members, source }) => {
    if (isFailed(members)) return [`${source}: ${members.failed}`];
    return members.every((member) => member.kind === kind) ? [] : [`${source}: lists others than ${kind}s`];
  });
  const moments = censuses.map(({ seenAtMs }) => (Number.isNaN(seenAtMs) ? Number.NEGATIVE_INFINITY : seenAtMs));
  return {
    members: censuses.flatMap(({ members }) => (isFailed(members) ? [] : members.filter((one) => one.kind === kind))),
    oldestMs: Math.min(...moments),
    newestMs: Math.max(...moments),
    source: sorted(censuses.map(({ source }) => source)).join(' and '),
    ...(failures.length === 0 ? {} : { failed: sorted(failures).join('; ') }),
  };
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

function sameMembers(members: readonly Subject[], last: Population): boolean {
  const seen = new Set<number>();
  for (const member of members) {
    const index = last.indexOf.get(member.id);
    if (index === undefined || !sameSubject(member, last.members[index])) return false;
    seen.add(index);
  }
  return seen.size === last.members.length;
}

function sameSubject(left: Subject, right: Subject | undefined): boolean {
  return left === right || subjectKinds.every((kind) => left.of[kind] === right?.of[kind]);
}
