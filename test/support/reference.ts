import { type FactValue, grades } from '../../src/kernel/fact.ts';
import { readingAt, type Snapshot } from '../../src/kernel/snapshot.ts';
import { ancestorsOf, type Subject, type SubjectKind } from '../../src/kernel/subject.ts';
import { sameValue } from '../../src/kernel/value.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from '../../src/kernel/verdict.ts';
import type { Condition, FactRef, Operator, Quantified } from '../../src/rules/condition.ts';
import type { Gate } from '../../src/rules/pack.ts';

/** What a rule means, written to be checked by reading and for nothing else. Everything faster is held against it. */
export function meaningOf(
  rule: Pick<Gate, 'per' | 'when'>,
  snapshot: Snapshot,
  object: string | undefined,
  hears: Hears = nothing,
): Truth {
  const population = snapshot.populations[rule.per];
  const subject = population.members.find(({ id }) => id === object);
  if (population.state !== 'known' || subject === undefined) return UNKNOWN;
  return truthOf(rule.when, snapshot, enter({ site: 'site' }, subject), hears);
}

/** The id of the innermost subject of each kind in scope. */
export type Scope = Readonly<Partial<Record<SubjectKind, string>>>;

/** Hears of every part what it comes to, in one order, and may say otherwise. Of a member that does not count, nothing is heard. */
export type Hears = (condition: Condition, truth: Truth) => Truth;
const nothing: Hears = (_, truth) => truth;

export function truthOf(condition: Condition, snapshot: Snapshot, scope: Scope, hears: Hears = nothing): Truth {
  return hears(condition, meant(condition, snapshot, scope, hears));
}

function meant(condition: Condition, snapshot: Snapshot, scope: Scope, hears: Hears): Truth {
  switch (condition.kind) {
    case 'leaf': {
      const left = usable(condition.read, snapshot, scope);
      const { against, operator } = condition;
      const right = against.kind === 'literal' ? against.value : usable(against, snapshot, scope);
      if (left === undefined || right === undefined) return UNKNOWN;
      return compare[operator](left, right) ? TRUE : FALSE;
    }
    case 'asks-unknown':
      return usable(condition.read, snapshot, scope) === undefined ? TRUE : FALSE;
    case 'all':
      return least(condition.of.map((part) => truthOf(part, snapshot, scope, hears)));
    case 'any':
      return most(condition.of.map((part) => truthOf(part, snapshot, scope, hears)));
    case 'not':
      return opposite(truthOf(condition.of, snapshot, scope, hears));
    case 'named':
      return truthOf(condition.of, snapshot, scope, hears);
    case 'quantified':
      return overMembers(condition, snapshot, scope, hears);
  }
}

function overMembers(asks: Quantified, snapshot: Snapshot, scope: Scope, hears: Hears): Truth {
  const { over, within, except, where, satisfies, quantifier, whenEmpty } = asks;
  const population = snapshot.populations[over];
  if (population.state !== 'known') return UNKNOWN;

  const those = population.members.filter((member) => {
    const inner = enter({ site: 'site' }, member);
    return within.every((kind) => inner[kind] === scope[kind]) && (!except || inner[except] !== scope[except]);
  });
  const members = those.map((member) => {
    const inner = enter(scope, member);
    const w = where ? truthOf(where, snapshot, inner, hears) : TRUE;
    return { w, s: truthOf(satisfies, snapshot, inner, w === FALSE ? nothing : hears) };
  });
  const sure = members.filter(({ w, s }) => w === TRUE && s === TRUE).length;
  const possible = members.filter(({ w, s }) => w !== FALSE && s !== FALSE).length;
  const surelySomebody = members.some(({ w }) => w === TRUE);
  const surelyNobody = members.every(({ w }) => w === FALSE);

  /** «All of nobody» is a yes, and needs leave to count as one. */
  const yesNeedsSomebody = (truth: Truth): Truth =>
    truth === TRUE && !surelySomebody && whenEmpty !== 'open' ? UNKNOWN : truth;
  /** «One of nobody» is a no, and says nothing. */
  const noNeedsSomebody = (truth: Truth): Truth => {
    if (truth !== FALSE || surelySomebody) return truth;
    return surelyNobody && whenEmpty === 'open' ? TRUE : UNKNOWN;
  };
  switch (quantifier.kind) {
    case 'every':
      return yesNeedsSomebody(least(members.map(({ w, s }) => most([opposite(w), s]))));
    case 'none':
      return yesNeedsSomebody(least(members.map(({ w, s }) => opposite(least([w, s])))));
    case 'some':
      return noNeedsSomebody(most(members.map(({ w, s }) => least([w, s]))));
    case 'atLeast':
      return noNeedsSomebody(sure >= quantifier.count ? TRUE : possible < quantifier.count ? FALSE : UNKNOWN);
    case 'atMost':
      return yesNeedsSomebody(possible <= quantifier.count ? TRUE : sure > quantifier.count ? FALSE : UNKNOWN);
  }
}

/** A member's own kind and the kinds it belongs to become the innermost. */
function enter(scope: Scope, member: Subject): Scope {
  const inner: Partial<Record<SubjectKind, string>> = { ...scope, [member.kind]: member.id };
  for (const kind of ancestorsOf(member.kind)) if (member.of[kind] !== undefined) inner[kind] = member.of[kind];
  return inner;
}

function usable(read: FactRef, snapshot: Snapshot, scope: Scope): FactValue | undefined {
  if (read.setTo !== undefined) return read.setTo;
  const index = snapshot.populations[read.subject].members.findIndex(({ id }) => id === scope[read.subject]);
  const reading = readingAt(snapshot, read.name, index, read.maxAgeMs);
  const good = reading.kind === 'known' && grades.indexOf(reading.grade) <= grades.indexOf(read.grade);
  return good ? reading.value : undefined;
}

const least = (of: readonly Truth[]): Truth => Math.min(TRUE, ...of) as Truth;
const most = (of: readonly Truth[]): Truth => Math.max(FALSE, ...of) as Truth;
const opposite = (of: Truth): Truth => (2 - of) as Truth;

type Value = FactValue | readonly FactValue[];
const isOneOf = (value: Value, list: Value): boolean =>
  (list as readonly FactValue[]).some((one) => sameValue(value as FactValue, one));
const compare: Record<Operator, (left: Value, right: Value) => boolean> = {
  equal: (left, right) => sameValue(left as FactValue, right as FactValue),
  notEqual: (left, right) => !sameValue(left as FactValue, right as FactValue),
  in: (left, right) => isOneOf(left, right),
  notIn: (left, right) => !isOneOf(left, right),
  contains: (left, right) => isOneOf(right, left),
  doesNotContain: (left, right) => !isOneOf(right, left),
  lessThan: (left, right) => (left as number) < (right as number),
  lessThanInclusive: (left, right) => (left as number) <= (right as number),
  greaterThan: (left, right) => (left as number) > (right as number),
  greaterThanInclusive: (left, right) => (left as number) >= (right as number),
};
