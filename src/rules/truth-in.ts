import type { Population, Snapshot } from '../kernel/snapshot.ts';
import type { Subject } from '../kernel/subject.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { Condition, FactRef } from './condition.ts';
import { compared, truthOfLeaf, usable, usableCell } from './reading.ts';
import { membersMeant, type Scope } from './scope.ts';
import { Tally } from './tally.ts';

/** What a condition comes to of who is in scope: the truth alone, without the tree that explains it. */
export function truthIn(condition: Condition, snapshot: Snapshot, scope: Scope): Truth {
  switch (condition.kind) {
    case 'leaf':
      return truthOfLeaf(condition, snapshot, scope);
    case 'asks-unknown':
      return usable(condition.read, snapshot, scope) === undefined ? TRUE : FALSE;
    case 'all': {
      let truth: Truth = TRUE;
      for (const part of condition.of) {
        const one = truthIn(part, snapshot, scope);
        if (one === FALSE) return FALSE;
        if (one < truth) truth = one;
      }
      return truth;
    }
    case 'any': {
      let truth: Truth = FALSE;
      for (const part of condition.of) {
        const one = truthIn(part, snapshot, scope);
        if (one === TRUE) return TRUE;
        if (one > truth) truth = one;
      }
      return truth;
    }
    case 'not':
      return (TRUE - truthIn(condition.of, snapshot, scope)) as Truth;
    case 'named':
      return truthIn(condition.of, snapshot, scope);
    case 'quantified': {
      const { over, quantifier, where, satisfies } = condition;
      const population = snapshot.populations[over];
      if (population.state !== 'known') return UNKNOWN;
      const tally = new Tally();
      const counts = where === undefined ? alwaysTrue : truthOfMember(where, snapshot, population, scope);
      const holds = truthOfMember(satisfies, snapshot, population, scope);
      for (const index of membersMeant(condition, snapshot, scope)) {
        const w = counts(index);
        tally.add(quantifier.kind, w, w === FALSE ? FALSE : holds(index));
      }
      return tally.answer(condition);
    }
  }
}

export const alwaysTrue = (): Truth => TRUE;

/** What a condition comes to for each member. What a leaf reads of the member itself is looked up once for all of them. */
export function truthOfMember(
  condition: Condition,
  snapshot: Snapshot,
  population: Population,
  scope: Scope,
): (index: number) => Truth {
  if (condition.kind !== 'leaf' || condition.against.kind === 'fact' || !readsMember(condition.read, population)) {
    const inner = new Passing(population, scope);
    return (index) => {
      inner.index = index;
      return truthIn(condition, snapshot, inner);
    };
  }
  const { read, operator, against } = condition;
  const { value } = against;
  const { maxAgeMs, grade } = read;
  const { nowMs } = snapshot;
  const cells = snapshot.columns.get(read.name)?.cells ?? [];
  return (index) => compared(usableCell(cells[index], nowMs, maxAgeMs, grade), operator, value);
}

function readsMember({ subject, setTo }: FactRef, { kind }: Population): boolean {
  return subject === kind && setTo === undefined;
}

/** The scope of one member after the other. Whoever asks for a truth alone keeps no scope, so that one does for all. */
class Passing implements Scope {
  readonly population: Population;
  readonly outer: Scope;
  index = 0;

  constructor(population: Population, outer: Scope) {
    this.population = population;
    this.outer = outer;
  }

  get member(): Subject {
    return this.population.members[this.index] as Subject;
  }
}
