import type { FactValue } from '../kernel/fact.ts';
import { type FactType, fits, sameValue } from '../kernel/value.ts';
import { allIn, type Condition, type FactRef, type Leaf } from '../rules/condition.ts';

/** Which values of a fact a rule can tell apart, each by one that stands for all like it. Facts that are compared with each other
 *  share one list. */
export interface Values {
  /** Of facts with one value: ascending where they have an order; without repeats. */
  readonly all: readonly FactValue[];
  /** Of sets: the words that may be in one. */
  readonly words: readonly string[];
  /** Whether a rule names any of them, and so tells it from all others. */
  readonly areNamed: boolean;
}

/** Of every fact that the conditions read, by its name. `countOf`: how many subjects have the fact, since so many values may have to be
 *  told apart where facts are compared with each other. `named`: values that some fact has by its nature. */
export function valuesToTellApart(
  conditions: readonly Condition[],
  countOf: (ref: FactRef) => number,
  named: (fact: string) => readonly string[],
): ReadonlyMap<string, Values> {
  const found = new Map<string, Values>();
  for (const group of groupsOf(conditions)) {
    const values = { ...valuesOf(group, countOf, named), areNamed: group.literals.some((value) => value !== null) };
    for (const name of group.refs.keys()) found.set(name, values);
  }
  return found;
}

/** Facts that are compared with each other, directly or through others; and everything they are compared with. */
interface Group {
  readonly refs: Map<string, FactRef>;
  readonly literals: FactValue[];
  isCompared: boolean;
}

function groupsOf(conditions: readonly Condition[]): ReadonlySet<Group> {
  const groupOf = new Map<string, Group>();
  const join = (ref: FactRef): Group => {
    const group = groupOf.get(ref.name) ?? { refs: new Map(), literals: [], isCompared: false };
    group.refs.set(ref.name, ref);
    groupOf.set(ref.name, group);
    return group;
  };
  for (const part of conditions.flatMap(allIn)) {
    if (part.kind === 'asks-unknown' && part.read.setTo === undefined) join(part.read);
    if (part.kind !== 'leaf') continue;
    const { facts, literals } = sidesOf(part);
    const groups = new Set(facts.map(join));
    const [first, ...others] = groups;
    if (first === undefined) continue;
    first.literals.push(...literals);
    if (facts.length > 1) first.isCompared = true;
    for (const other of others) {
      for (const [name, ref] of other.refs) {
        first.refs.set(name, ref);
        groupOf.set(name, first);
      }
      first.literals.push(...other.literals);
      first.isCompared ||= other.isCompared;
    }
  }
  return new Set(groupOf.values());
}

function sidesOf({ read, against }: Leaf): {
  readonly facts: readonly FactRef[];
  readonly literals: readonly FactValue[];
} {
  const facts: FactRef[] = [];
  const literals: FactValue[] = [];
  for (const side of [read, against]) {
    if (side.kind === 'fact' && side.setTo === undefined) facts.push(side);
    else if (side.kind === 'fact') literals.push(side.setTo as FactValue);
    else if (Array.isArray(side.value) && side.type.kind !== 'set')
      literals.push(...(side.value as readonly FactValue[]));
    else literals.push(side.value as FactValue);
  }
  return { facts, literals };
}

function valuesOf(
  { refs, literals, isCompared }: Group,
  countOf: (ref: FactRef) => number,
  named: (fact: string) => readonly string[],
): Omit<Values, 'areNamed'> {
  const types = [...refs.values()].map(({ type }) => type);
  // One value stands for all that no rule names; where two facts are compared, as many as there are subjects.
  const spare = isCompared ? [...refs.values()].reduce((sum, ref) => sum + countOf(ref), 0) : 1;
  const fit = (value: FactValue): boolean => types.some((type) => fits(type, value));
  const said = literals.flatMap((value) => (Array.isArray(value) ? [] : [value as FactValue]));
  const [type] = types;
  if (type === undefined) return { all: [], words: [] };
  if (types.some(isSet)) {
    const inSets = literals.flatMap((value) => (Array.isArray(value) ? (value as readonly string[]) : []));
    const texts = [...said, ...[...refs.keys()].flatMap(named)].filter((value) => typeof value === 'string');
    const words = wordsFor(types, [...inSets, ...texts], spare);
    const nobody = types.some((one) => one.kind === 'text' && one.optional === true) ? [null] : [];
    return { all: types.every(isSet) ? [] : [...words, ...nobody], words };
  }
  switch (type.kind) {
    case 'bool':
      return { all: [false, true], words: [] };
    case 'enum':
    case 'text': {
      const words = wordsFor(
        types,
        [...said, ...[...refs.keys()].flatMap(named)].filter((word) => typeof word === 'string'),
        spare,
      );
      const nobody = types.some((one) => one.kind === 'text' && one.optional === true) ? [null] : [];
      return { all: [...words, ...nobody], words: [] };
    }
    default:
      return {
        all: numbersFor(
          types,
          said.filter((value) => typeof value === 'number'),
          spare,
        ).filter(fit),
        words: [],
      };
  }
}

function isSet({ kind }: FactType): boolean {
  return kind === 'set';
}

/** What is named, first, as what a reader knows; and some that nobody names: of the vocabulary's own words, or made up. */
function wordsFor(types: readonly FactType[], named: readonly string[], spare: number): readonly string[] {
  const own = new Set(types.flatMap((type) => ('words' in type ? (type.words ?? []) : [])));
  const isOpen = types.some((type) => type.kind === 'text' || (type.kind === 'set' && type.words === undefined));
  const names = [...new Set(named)];
  const others = [...own].filter((word) => !names.includes(word)).slice(0, spare);
  // Of so many more than are named, as many are left as are needed.
  const many = isOpen ? spare + names.length : 0;
  const madeUp = Array.from({ length: many }, (_, at) => `other-${at + 1}`);
  const free = madeUp.filter((word) => !names.includes(word)).slice(0, spare);
  return [...names, ...others, ...free];
}

/** The numbers that are named, and so many between each two of them, below the first and above the last, as there are. */
function numbersFor(types: readonly FactType[], named: readonly number[], spare: number): readonly number[] {
  const [least, most] = rangeOf(types);
  const unit = unitOf(types);
  const fixed = [...new Set(named)].filter((value) => value >= least && value <= most).sort((a, b) => a - b);
  const [lowest] = fixed;
  const highest = fixed.at(-1);
  if (lowest === undefined || highest === undefined) return counted(Math.max(least, 0), unit, most, spare);
  const below = least < 0 ? counted(lowest - spare, 1, lowest - 1, spare) : counted(least, unit, lowest - 1, spare);
  const between = fixed.slice(1).flatMap((next, at) => after(fixed[at] ?? next, unit, next - 1, spare));
  return [...new Set([...below, ...fixed, ...between, ...after(highest, unit, most, spare)])].sort((a, b) => a - b);
}

function after(value: number, unit: number, last: number, count: number): readonly number[] {
  const step = last - value >= unit * count ? unit : 1;
  return counted(value + step, step, last, count);
}

/** Up to so many, in people's steps where there is room for them, else one after the other. */
function counted(first: number, unit: number, last: number, count: number): readonly number[] {
  const step = last - first >= unit * (count - 1) ? unit : 1;
  const many = Math.max(0, Math.min(count, Math.floor((last - first) / step) + 1));
  return Array.from({ length: many }, (_, at) => first + at * step);
}

function rangeOf(types: readonly FactType[]): readonly [number, number] {
  const least = types.map((type) => (type.kind === 'int' ? (type.atLeast ?? Number.MIN_SAFE_INTEGER) : 0));
  const most = types.map((type) =>
    type.kind === 'int' ? (type.atMost ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER,
  );
  return [Math.min(...least), Math.max(...most)];
}

/** The step in which people count such values. */
function unitOf([type]: readonly FactType[]): number {
  return type?.kind === 'duration' ? 1_000 : type?.kind === 'size' ? 1_024 : 1;
}

/** Where a value stands in a list of them; -1 if it does not. */
export function placeOf(values: readonly FactValue[], value: FactValue): number {
  return values.findIndex((one) => sameValue(one, value));
}
