import { type Subject, type SubjectKind, subjectFromId, subjectKinds } from '../../src/kernel/subject.ts';
import type { MadeUpSite } from '../../src/witness/answer.ts';
import type { Chosen } from '../../src/witness/snapshot.ts';

/** A made-up site as it was before it was written down. */
export function chosenOf({ lists, facts, frozen }: MadeUpSite): Chosen {
  const membersOf = (kind: SubjectKind): readonly Subject[] => {
    const ids = lists.find((list) => list.kind === kind)?.members ?? [];
    return ids.map((id) => subjectFromId(kind, id)).filter((subject) => subject !== undefined);
  };
  const members = Object.fromEntries(
    subjectKinds.map((kind) => [kind, membersOf(kind)]),
  ) as unknown as Chosen['members'];
  const known = lists.filter(({ ageMs }) => ageMs === undefined).map(({ kind }) => kind);
  return { members, listed: new Set<SubjectKind>(['site', ...known]), facts, frozen };
}
