import { grades } from '../../kernel/fact.ts';
import type { Vocabulary } from '../../kernel/vocabulary.ts';
import type { Operator } from '../../rules/condition.ts';
import { child, entryOf, type Tree } from '../../source/tree.ts';
import {
  flow,
  inside,
  itemsIn,
  type Mutation,
  type MutationKind,
  nothing,
  renamed,
  type Spot,
  scalar,
  without,
  withoutItem,
  wordAt,
} from './edits.ts';
import { nextTo } from './values.ts';

/** Every mutation of a condition and of all that is in it. */
export function conditionMutations(spot: Spot, vocabulary: Vocabulary): readonly Mutation[] {
  const { tree } = spot;
  if (tree.kind !== 'map') return [];
  for (const kind of ['all', 'any'] as const) {
    if (child(tree, kind) !== undefined) return combination(spot, kind, vocabulary);
  }
  if (child(tree, 'fact') !== undefined) return leaf(spot, vocabulary);
  if (child(tree, 'not') !== undefined) return negation(spot, vocabulary);
  if (child(tree, 'unknown') !== undefined) return demands(spot);
  if (child(tree, 'gate') !== undefined) return emptiness(spot);
  for (const kind of ['every', 'some', 'none', 'atLeast', 'atMost'] as const) {
    if (child(tree, kind) !== undefined) return quantified(spot, kind, vocabulary);
  }
  return []; // a name: what it stands for is changed where it stands
}

function changed(kind: MutationKind, part: Tree, is: string, tree: Tree, was = flow(part)): Mutation {
  return { kind, at: part.at, was, is, tree };
}

function combination(spot: Spot, kind: 'all' | 'any', vocabulary: Vocabulary): readonly Mutation[] {
  const list = inside(spot, kind);
  const items = itemsIn(list);
  const deeper = items.flatMap((item) => conditionMutations(item, vocabulary));
  if (list?.tree.kind !== 'list' || items.length < 2) return deeper;
  const other = kind === 'all' ? 'any' : 'all';
  const of = { tree: list.tree, put: list.put };
  return [
    { kind: 'all-any', at: spot.tree.at, was: kind, is: other, tree: renamed(spot, kind, other) },
    ...items.map(({ tree }, index) => changed('part-dropped', tree, nothing, withoutItem(of, index))),
    ...deeper,
  ];
}

function negation(spot: Spot, vocabulary: Vocabulary): readonly Mutation[] {
  const of = inside(spot, 'not');
  if (of === undefined) return [];
  const bare = changed('not-removed', spot.tree, flow(of.tree), spot.put(of.tree));
  return [bare, ...conditionMutations(of, vocabulary)];
}

/** The other side of a limit, and the limit itself counted in or out. */
const otherOperators: Readonly<Record<Operator, readonly Operator[]>> = {
  equal: ['notEqual'],
  notEqual: ['equal'],
  in: ['notIn'],
  notIn: ['in'],
  contains: ['doesNotContain'],
  doesNotContain: ['contains'],
  lessThan: ['lessThanInclusive', 'greaterThanInclusive'],
  lessThanInclusive: ['lessThan', 'greaterThan'],
  greaterThan: ['greaterThanInclusive', 'lessThanInclusive'],
  greaterThanInclusive: ['greaterThan', 'lessThan'],
};

function leaf(spot: Spot, vocabulary: Vocabulary): readonly Mutation[] {
  const operator = inside(spot, 'operator');
  const value = inside(spot, 'value');
  const word = wordAt(operator?.tree);
  const others = word !== undefined && Object.hasOwn(otherOperators, word) ? otherOperators[word as Operator] : [];
  const fact = wordAt(child(spot.tree, 'fact'))?.replace(/^cohort\./, '');
  const type = fact === undefined ? undefined : vocabulary.get(fact)?.type;
  const limits = type === undefined || value === undefined ? [] : nextTo(value.tree, type);
  const words = word === 'in' || word === 'notIn' ? itemsIn(value) : [];
  return [
    ...(operator === undefined ? [] : others.map((is) => ofOperator(operator, is, spot))),
    ...(value === undefined ? [] : limits.map((is) => ofLimit(value, is, spot))),
    ...(words.length < 2 || value?.tree.kind !== 'list'
      ? []
      : words.map(({ tree }, index) => {
          const list = value as Spot<Extract<Tree, { kind: 'list' }>>;
          return changed('word-dropped', tree, nothing, withoutItem(list, index));
        })),
    ...demands(spot),
    ...(value === undefined ? [] : demands(value)),
  ];
}

function ofOperator({ tree, put }: Spot, is: Operator, { tree: whole }: Spot): Mutation {
  const word = scalar(is, tree);
  return {
    kind: 'operator',
    at: tree.at,
    was: sentence(whole),
    is: sentence(whole, { operator: word }),
    tree: put(word),
  };
}

function ofLimit({ tree, put }: Spot, is: Tree, { tree: whole }: Spot): Mutation {
  return { kind: 'limit', at: tree.at, was: sentence(whole), is: sentence(whole, { value: is }), tree: put(is) };
}

/** `node.clockSkew lessThan 30s`, with other parts if some are given. */
function sentence(whole: Tree, other: Readonly<Record<string, Tree>> = {}): string {
  return ['fact', 'operator', 'value'].map((key) => flow(other[key] ?? child(whole, key) ?? whole)).join(' ');
}

/** How old and how well founded a reading may be. */
function demands(spot: Spot): readonly Mutation[] {
  const age = entryOf(spot.tree, 'maxAge');
  const looser = age === undefined ? [] : [written('max-age', spot, 'maxAge', without(spot, 'maxAge'))];
  return [...looser, ...gradeMutations(spot)];
}

/** A worse foundation is good enough. */
export function gradeMutations(spot: Spot): readonly Mutation[] {
  const grade = inside(spot, 'grade');
  const word = grades.find((known) => known === wordAt(grade?.tree));
  const worse = word === undefined ? undefined : grades[grades.indexOf(word) + 1];
  if (grade === undefined || worse === undefined) return [];
  const was = `grade: ${word}`;
  return [changed('grade', grade.tree, `grade: ${worse}`, grade.put(scalar(worse, grade.tree)), was)];
}

/** An entry that is taken out. */
export function written(kind: MutationKind, spot: Spot, key: string, tree: Tree): Mutation {
  const entry = entryOf(spot.tree, key);
  const was = entry === undefined ? key : `${key}: ${flow(entry.value)}`;
  return { kind, at: entry?.keyAt ?? spot.tree.at, was, is: nothing, tree };
}

type QuantifierWord = 'every' | 'some' | 'none' | 'atLeast' | 'atMost';

const otherQuantifiers: Readonly<Record<QuantifierWord, readonly QuantifierWord[]>> = {
  every: ['some'],
  some: ['every'],
  none: ['some'],
  atLeast: ['atMost'],
  atMost: ['atLeast'],
};

function quantified(spot: Spot, kind: QuantifierWord, vocabulary: Vocabulary): readonly Mutation[] {
  const { at } = spot.tree;
  const count = kind === 'atLeast' || kind === 'atMost' ? inside(spot, kind) : undefined;
  const subject = flow(child(spot.tree, count === undefined ? kind : 'of') ?? spot.tree);
  const asWritten = (word: string): string =>
    count === undefined ? `${word} ${subject}` : `${word} ${flow(count.tree)} ${subject}`;
  const where = inside(spot, 'where');
  const satisfies = inside(spot, 'satisfies');
  return [
    ...otherQuantifiers[kind].map((word): Mutation => {
      return { kind: 'quantifier', at, was: asWritten(kind), is: asWritten(word), tree: renamed(spot, kind, word) };
    }),
    ...(count === undefined ? [] : nextTo(count.tree, { kind: 'int' })).map((is) =>
      changed('count', count?.tree ?? is, `${kind} ${flow(is)} ${subject}`, count?.put(is) ?? is, asWritten(kind)),
    ),
    ...(where === undefined ? [] : [written('where-removed', spot, 'where', without(spot, 'where'))]),
    ...emptiness(spot),
    ...['except', 'in']
      .filter((key) => child(spot.tree, key) !== undefined)
      .map((key) => written('scope', spot, key, without(spot, key))),
    ...(where === undefined ? [] : conditionMutations(where, vocabulary)),
    ...(satisfies === undefined ? [] : conditionMutations(satisfies, vocabulary)),
  ];
}

/** What the answer is over nobody: open or not known. */
function emptiness(spot: Spot): readonly Mutation[] {
  const { tree, put } = spot;
  if (tree.kind !== 'map') return [];
  if (child(tree, 'whenEmpty') !== undefined)
    return [written('when-empty', spot, 'whenEmpty', without(spot, 'whenEmpty'))];
  const open = { key: 'whenEmpty', keyAt: tree.at, value: scalar('open', tree) };
  const is = 'whenEmpty: open';
  return [
    { kind: 'when-empty', at: tree.at, was: nothing, is, tree: put({ ...tree, entries: [...tree.entries, open] }) },
  ];
}
