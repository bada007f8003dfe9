import { type Census, isFailed } from '../kernel/fact.ts';
import { listedAt, type Population, populationOf } from '../kernel/snapshot.ts';
import { ownersOf, type Subject, type SubjectKind, site, subjectKinds } from '../kernel/subject.ts';

export type Populations = Readonly<Record<SubjectKind, Population>>;

/** One kind's censuses, made one list. */
interface List {
  readonly members: readonly Subject[];
  readonly seenAtMs: number;
  readonly source: string;
  readonly failed?: string;
}

/** Keeps who should report. The members are linked anew only when somebody came or went: a list that says the same at a
 *  later moment costs nothing, and the columns over it stay. */
export class PopulationMaker {
  readonly #censuses = new Map<SubjectKind, Set<Census>>();
  readonly #lists = new Map<SubjectKind, List>();
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
    const list = this.#listOf(kind, nowMs);
    const last = this.#populations?.[kind];
    const ownersStay = ownersOf[kind].every(
      (owner) => owners[owner]?.ancestors === this.#populations?.[owner].ancestors,
    );
    if (last === undefined || !ownersStay || !sameMembers(list.members, last)) {
      return populationOf(kind, list, nowMs, owners);
    }
    return listedAt(last, list, nowMs);
  }

  #listOf(kind: SubjectKind, nowMs: number): List {
    // There is always exactly one site, and nobody need say so.
    if (kind === 'site') return { members: [site], seenAtMs: nowMs, source: 'by definition' };
    const kept = this.#lists.get(kind);
    const list = kept ?? union(kind, [...(this.#censuses.get(kind) ?? [])], nowMs);
    // The list is kept unless it hangs on the moment: a census from the future may not be, at the next one.
    if (list.seenAtMs <= nowMs) this.#lists.set(kind, list);
    return list;
  }
}

/** Everybody whom any source listed, as old as the oldest of them; unknown as soon as one of the lists was not had. */
function union(kind: SubjectKind, censuses: readonly Census[], nowMs: number): List {
  if (censuses.length === 0) {
    return { members: [], seenAtMs: Number.NEGATIVE_INFINITY, source: 'nobody', failed: `nobody listed the ${kind}s` };
  }
  const failures = censuses.flatMap(({ members, source }) =>
    isFailed(members)
      ? [`${source}: ${members.failed}`]
      : members.every((member) => member.kind === kind)
        ? []
        : [`${source}: lists others than ${kind}s`],
  );
  const moments = censuses.map(({ seenAtMs }) => (Number.isNaN(seenAtMs) ? Number.NEGATIVE_INFINITY : seenAtMs));
  const newest = Math.max(...moments);
  return {
    members: censuses.flatMap(({ members }) =>
      isFailed(members) ? [] : members.filter((member) => member.kind === kind),
    ),
    // One list from the future is one whose age nobody knows: it must not hide behind an older one.
    seenAtMs: newest > nowMs ? newest : Math.min(...moments),
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
