import { type FactValue, grades, isUnreadable, type Observation, type Report } from '../kernel/fact.ts';
import { type Cell, neverReported } from '../kernel/snapshot.ts';
import { fits, formatValue, sameValue } from '../kernel/value.ts';
import type { FactDeclaration } from '../kernel/vocabulary.ts';

/** One statement about one subject, and whose it is. */
export interface Said {
  readonly report: Report;
  readonly observation: Observation;
}

/** Between the sources of one reading. */
export const agreeing = ' and ';

/** Everything that is said of one fact of one subject → what may honestly be kept of it.
 *
 *  Nobody: never reported. One good value, by one or several: present. Different good values: disputed, whatever their
 *  ages: a silent reporter's last word stands until it speaks again, because if ageing ended a dispute, losing a source
 *  would turn an unknown into a known, and blindness would open a gate. One that cannot be read beside a good one:
 *  unreadable, because a word that is new to us is no agreement, and it may be the very word that means danger. */
export function settle(fact: FactDeclaration, said: readonly Said[] | undefined): Cell {
  const only = said?.[0];
  if (said === undefined || only === undefined) return neverReported;
  if (said.length === 1) return alone(fact, only.observation);

  const good = said.filter(({ observation }) => problemWith(fact, observation) === undefined);
  const first = good[0]?.observation.value as FactValue | undefined;
  const agreed =
    first !== undefined && good.every(({ observation }) => sameValue(observation.value as FactValue, first));
  if (good.length === said.length && agreed) return agreement(said.map(({ observation }) => observation));
  return {
    kind: 'absent',
    why: good.length > 0 && !agreed ? 'disputed' : 'unreadable',
    says: whoSaysWhat(fact, said),
    // What several say is as old as the oldest of them.
    seenAtMs: Math.min(...said.map(({ observation }) => observation.seenAtMs)),
    source: sourcesOf(said.map(({ observation }) => observation)).join(agreeing),
  };
}

/** Why an observation is not a value that its fact can have; undefined when it is one. */
export function problemWith(fact: FactDeclaration, { value, seenAtMs, grade }: Observation): string | undefined {
  if (isUnreadable(value)) return value.unreadable;
  if (!fits(fact.type, value)) return wordOf(fact, value);
  // A value of no moment or of no known origin cannot be judged fresh or well founded.
  if (!Number.isFinite(seenAtMs)) return `${wordOf(fact, value)} at no moment`;
  if (!grades.includes(grade)) return `${wordOf(fact, value)} of the grade ${String(grade)}`;
  return undefined;
}

function alone(fact: FactDeclaration, observation: Observation): Cell {
  const { value, seenAtMs, grade, source } = observation;
  const problem = problemWith(fact, observation);
  if (problem !== undefined) return { kind: 'absent', why: 'unreadable', says: problem, seenAtMs, source };
  return { kind: 'present', value: value as FactValue, seenAtMs, grade, source };
}

/** Sources that agree are worth as much as the best one of them, taken whole: the best grade, and among those the newest.
 *  The newest moment of one with the grade of another would be an observation that nobody made. The older ones take
 *  nothing away: each moment is that of a witness who saw this value then. */
function agreement(observations: readonly Observation[]): Cell {
  const { value, seenAtMs, grade } = observations.reduce((best, one) => (isBetter(one, best) ? one : best));
  return {
    kind: 'present',
    value: value as FactValue,
    seenAtMs,
    grade,
    source: sourcesOf(observations).join(agreeing),
  };
}

function isBetter(one: Observation, other: Observation): boolean {
  const worse = grades.indexOf(one.grade) - grades.indexOf(other.grade) || other.seenAtMs - one.seenAtMs;
  return worse < 0 || (worse === 0 && one.source < other.source);
}

function whoSaysWhat(fact: FactDeclaration, said: readonly Said[]): string {
  const sentences = said.map(({ observation }) => {
    const { value, source } = observation;
    return problemWith(fact, observation) === undefined
      ? `${source} says ${formatValue(fact.type, value as FactValue)}`
      : `${source} says ${problemWith(fact, observation)}, which cannot be read`;
  });
  return [...new Set(sentences)].sort().join('; ');
}

function sourcesOf(observations: readonly Observation[]): readonly string[] {
  return [...new Set(observations.map(({ source }) => source))].sort();
}

/** A value of no proper type, as text for people. */
function wordOf(fact: FactDeclaration, value: FactValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null ? formatValue(fact.type, value) : JSON.stringify(value);
}
