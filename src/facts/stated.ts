import type { Census, Report } from '../kernel/fact.ts';
import type { Raw, RawStated } from '../kernel/raw.ts';
import { subjectFromId } from '../kernel/subject.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { say } from './say.ts';

/** The reporter of a site that nobody saw. No other may say what is computed here. */
export const statedReporter = 'stated';

/** A site that was written down as facts → its one report; undefined as soon as anything was observed: beside that, what is made up
 *  is not heard. */
export function statedReports(raws: readonly Raw[]): readonly Report[] | undefined {
  const stated = raws.filter((raw) => raw.from === 'stated');
  return stated.length > 0 && stated.length === raws.length ? stated.map(statedReport) : undefined;
}

/** Kinds without a list have no census, and so nobody knows who there is. What no subject is called, nobody is told of. */
function statedReport({ at, lists, facts }: RawStated): Report {
  const censuses = lists.map(({ kind, members, ageMs = 0 }): Census => {
    const subjects = members.flatMap((id) => subjectFromId(kind, id) ?? []);
    return { kind, members: subjects, seenAtMs: at - ageMs, source: statedReporter };
  });
  const observations = facts.flatMap(({ fact, of, value, ageMs, grade }) => {
    const kind = vocabulary.get(fact)?.subject;
    const subject = kind === undefined ? undefined : subjectFromId(kind, of);
    return subject === undefined ? [] : say(fact, subject, value, { at: at - ageMs, source: statedReporter, grade });
  });
  return { reporter: statedReporter, scope: 'site', seenAtMs: at, observations, censuses };
}
