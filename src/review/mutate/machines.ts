import type { Vocabulary } from '../../kernel/vocabulary.ts';
import { child } from '../../source/tree.ts';
import { conditionMutations, written } from './conditions.ts';
import {
  entriesIn,
  flow,
  inside,
  itemsIn,
  type Mutation,
  nothing,
  type Spot,
  scalar,
  without,
  withoutItem,
  wordAt,
} from './edits.ts';
import { nextTo } from './values.ts';

/** Every mutation of a state: what it asks, what it waits for, how it goes back. */
export function stateMutations(spot: Spot, vocabulary: Vocabulary): readonly Mutation[] {
  const ways = inside(spot, 'goto');
  const step = inside(spot, 'step');
  const undo = inside(spot, 'undo');
  const conditions = [inside(spot, 'settled'), step && inside(step, 'on'), undo && inside(undo, 'settled')];
  const [settled, on, undone] = conditions;
  const where = on && inside(on, 'where');
  return [
    ...itemsIn(ways).flatMap(gateMutations),
    ...fewer('way-dropped', ways, 'goto '),
    ...(step === undefined ? [] : stepMutations(step)),
    ...(on === undefined || where === undefined ? [] : [written('where-removed', on, 'where', without(on, 'where'))]),
    ...(undo === undefined
      ? []
      : [written('undo-removed', spot, 'undo', without(spot, 'undo')), ...gateMutations(undo)]),
    ...(undone === undefined || undo === undefined
      ? []
      : [written('undo-removed', undo, 'settled', without(undo, 'settled'))]),
    ...overdueMutations(spot),
    ...[settled, where, undone].flatMap((one) => (one === undefined ? [] : conditionMutations(one, vocabulary))),
  ];
}

/** `spec`: of a pack, whose guards are changed. */
export function guardMutations(spec: Spot, vocabulary: Vocabulary): readonly Mutation[] {
  const guards = inside(spec, 'guards');
  const all = entriesIn(guards);
  return all.flatMap((guard) => {
    const { entry } = guard;
    const tree = guards === undefined || all.length === 1 ? without(spec, 'guards') : without(guards, entry.key);
    const when = inside(guard, 'when');
    return [
      { kind: 'guard', at: entry.keyAt, was: `guard ${entry.key}`, is: nothing, tree } as const,
      ...fewer('guard', inside(guard, 'during'), 'during '),
      ...limits('grace', guard),
      ...(when === undefined ? [] : conditionMutations(when, vocabulary)),
    ];
  });
}

/** A gate that is asked no more. */
function gateMutations(spot: Spot): readonly Mutation[] {
  const gates = inside(spot, 'gates');
  if (gates?.tree.kind !== 'list') return [];
  const list = { tree: gates.tree, put: gates.put };
  return list.tree.items.map((item, index) => {
    const tree = list.tree.items.length === 1 ? without(spot, 'gates') : withoutItem(list, index);
    return { kind: 'gate-dropped', at: item.at, was: `gate ${flow(item)}`, is: nothing, tree };
  });
}

function stepMutations(step: Spot): readonly Mutation[] {
  const many = inside(step, 'atATime');
  const more = many === undefined ? [] : nextTo(many.tree, { kind: 'int' }).slice(0, 1);
  return [
    ...gateMutations(step),
    ...more.map((is): Mutation => {
      const tree = many?.put(is) ?? is;
      return { kind: 'step', at: is.at, was: `atATime: ${flow(many?.tree ?? is)}`, is: `atATime: ${flow(is)}`, tree };
    }),
    ...limits('confirmWithin', step),
    ...(child(step.tree, 'onlyIf') === undefined ? [] : [written('step', step, 'onlyIf', without(step, 'onlyIf'))]),
  ];
}

/** A hold past its budget is only told; where it fails, the budget decides. */
function overdueMutations(spot: Spot): readonly Mutation[] {
  if (wordAt(child(spot.tree, 'overdue')) !== 'fail') return [];
  return [written('step', spot, 'overdue', without(spot, 'overdue')), ...limits('budget', spot)];
}

function limits(key: string, of: Spot): readonly Mutation[] {
  const spot = inside(of, key);
  if (spot === undefined) return [];
  return nextTo(spot.tree, { kind: 'duration' }).map((is) => {
    const tree = spot.put(is);
    return { kind: 'limit', at: spot.tree.at, was: `${key}: ${flow(spot.tree)}`, is: `${key}: ${flow(is)}`, tree };
  });
}

/** A list without one of its items, as long as one is left. */
function fewer(kind: 'way-dropped' | 'guard', list: Spot | undefined, what = ''): readonly Mutation[] {
  if (list?.tree.kind !== 'list' || list.tree.items.length < 2) return [];
  const of = { tree: list.tree, put: list.put };
  return of.tree.items.map((item, index) => {
    return { kind, at: item.at, was: `${what}${flow(item)}`, is: nothing, tree: withoutItem(of, index) };
  });
}

/** What a pack says a parameter is where no profile says otherwise. */
export function parameterMutations(parameter: Spot): readonly Mutation[] {
  const kind = wordAt(child(parameter.tree, 'type'));
  const value = inside(parameter, 'default');
  if (value?.tree.kind !== 'scalar') return [];
  const flipped = typeof value.tree.value === 'boolean' ? [scalar(!value.tree.value, value.tree)] : [];
  const isOrdered = kind === 'int' || kind === 'duration' || kind === 'size' || kind === 'version';
  const next = isOrdered ? nextTo(value.tree, { kind }) : flipped;
  return next.map((is) => {
    const [was, then] = [`default: ${flow(value.tree)}`, `default: ${flow(is)}`];
    return { kind: 'default', at: value.tree.at, was, is: then, tree: value.put(is) };
  });
}
