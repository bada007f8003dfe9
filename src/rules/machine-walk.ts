import type { PlacedState } from './stretches.ts';

/** The states that a machine cannot be without. */
export interface Roles {
  readonly first: PlacedState;
  readonly rollingBack: PlacedState;
  readonly halted: PlacedState;
}

/** All states of a machine, with what leads where. */
export interface Graph extends Roles {
  readonly states: readonly PlacedState[];
  readonly named: ReadonlyMap<string, PlacedState>;
}

type Leads = (state: PlacedState) => readonly PlacedState[];

export function nameOf({ written }: PlacedState): string {
  return written.name;
}

/** Where a state goes on to by itself. From an end, and from the one that takes back, the workflow comes to rest: nothing follows. */
export function nextOf({ written, goto }: PlacedState, { named }: Graph): readonly PlacedState[] {
  return written.takesBack || written.ends !== undefined ? [] : goto.flatMap(({ to }) => named.get(to) ?? []);
}

/** These states and all that they lead to. */
export function closure(from: readonly PlacedState[], leads: Leads): Set<PlacedState> {
  const found = new Set(from);
  for (const state of found) for (const next of leads(state)) found.add(next); // a set is walked on while it grows
  return found;
}

/** A shortest way from a state back to itself, without its beginning; undefined if there is none. */
export function roundTrip(start: PlacedState, leads: Leads): readonly PlacedState[] | undefined {
  const ways: (readonly PlacedState[])[] = [[]];
  const seen = new Set<PlacedState>();
  for (const way of ways) {
    for (const next of leads(way.at(-1) ?? start)) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]); // the walk goes on over what is added
    }
  }
  return undefined;
}

/** The states as a person tells them: whatever leads to another stands before it, from where the workflow starts; then the one
 *  that takes back and the one that has given up. The same whatever order they were written in. */
export function inOrder(graph: Graph): readonly PlacedState[] {
  const { first, rollingBack, halted, named } = graph;
  const entered = new Set<PlacedState>([rollingBack, halted]);
  const left: PlacedState[] = [];
  const enter = (state: PlacedState): void => {
    if (entered.has(state)) return;
    entered.add(state);
    for (const next of nextOf(state, graph).toReversed()) enter(next);
    left.unshift(state);
  };
  enter(first);
  const rest = [...named.values()].filter((state) => !entered.has(state)); // none in a machine without a fault
  return [...left, ...rest, rollingBack, halted];
}
