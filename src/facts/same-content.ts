import { isFailed, type Report } from '../kernel/fact.ts';
import { type Subject, subjectKinds } from '../kernel/subject.ts';

/** Whether two reports of one moment say the same, in whatever order. Asked only of reports of the same moment, which is
 *  why it may cost what it costs. */
export function sameContent(left: Report, right: Report): boolean {
  return left === right || contentOf(left) === contentOf(right);
}

function contentOf({ observations, censuses }: Report): string {
  const said = observations.map(({ fact, subject, value, seenAtMs, grade, source }) =>
    JSON.stringify([fact, subject.kind, subject.id, ofWhom(subject), exact(value), exact(seenAtMs), grade, source]),
  );
  const listed = censuses.map(({ kind, members, seenAtMs, source }) => {
    const who = isFailed(members)
      ? members
      : members.map((member) => JSON.stringify([member.id, ofWhom(member)])).sort();
    return JSON.stringify([kind, who, exact(seenAtMs), source]);
  });
  return JSON.stringify([[...new Set(said)].sort(), [...new Set(listed)].sort()]);
}

function ofWhom({ of }: Subject): readonly (string | null)[] {
  return subjectKinds.map((kind) => of[kind] ?? null);
}

/** JSON writes NaN and the infinities as null, which would make them equal. */
function exact(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}
