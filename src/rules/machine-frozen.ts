import type { GateUse, Machine } from '../kernel/machine.ts';
import { type Cell, type Column, neverReported, type Snapshot } from '../kernel/snapshot.ts';
import { fits } from '../kernel/value.ts';
import type { Cohort } from '../kernel/workflow.ts';
import { type Condition, type FactRef, type Literal, partsOf } from './condition.ts';
import { frozen } from './link-fact.ts';
import type { Question } from './pack.ts';

/** Every question of a machine, each once. */
export function questionsOf({ states, guards }: Pick<Machine<Question>, 'states' | 'guards'>): readonly Question[] {
  const questions = new Set<Question>(guards.map(({ asks }) => asks));
  for (const { act, goto } of states) {
    for (const { gates } of goto) for (const { asks } of gates) questions.add(asks);
    if (act === undefined) continue;
    const { where, settled, undo } = act;
    for (const asks of [where, settled, undo?.settled]) if (asks !== undefined) questions.add(asks);
    for (const { asks } of [...act.gates, ...(undo?.gates ?? [])]) questions.add(asks);
  }
  return [...questions];
}

/** The same machine, asking other questions where it stands. */
export function withQuestions(machine: Machine<Question>, other: (question: Question) => Question): Machine<Question> {
  const uses = (gates: readonly GateUse<Question>[]) => gates.map((use) => ({ ...use, asks: other(use.asks) }));
  const settled = (of: { readonly settled?: Question }) =>
    of.settled === undefined ? {} : { settled: other(of.settled) };
  return {
    ...machine,
    guards: machine.guards.map((guard) => ({ ...guard, asks: other(guard.asks) })),
    states: machine.states.map((state) => {
      const { act } = state;
      const goto = state.goto.map((way) => ({ ...way, gates: uses(way.gates) }));
      if (act === undefined) return { ...state, goto };
      const { where, undo } = act;
      return {
        ...state,
        goto,
        act: {
          ...act,
          gates: uses(act.gates),
          ...settled(act),
          ...(where === undefined ? {} : { where: other(where) }),
          ...(undo === undefined ? {} : { undo: { ...undo, gates: uses(undo.gates), ...settled(undo) } }),
        },
      };
    }),
  };
}

const known = new WeakMap<Condition, ReadonlySet<string>>();
const none: ReadonlySet<string> = new Set();

/** The facts that a condition reads as they were when the cohort was frozen, by their own names. */
export function frozenFactsOf(condition: Condition): ReadonlySet<string> {
  const kept = known.get(condition);
  if (kept !== undefined) return kept;
  const found = new Set(partsOf(condition).flatMap((part) => [...frozenFactsOf(part)]));
  if (condition.kind === 'leaf') for (const side of [condition.read, condition.against]) add(side, found);
  const facts = found.size === 0 ? none : found;
  known.set(condition, facts);
  return facts;
}

function add(side: FactRef | Literal, to: Set<string>): void {
  if (side.kind === 'fact' && side.name.startsWith(frozen)) to.add(side.name.slice(frozen.length));
}

/** A snapshot in which `cohort.FACT` stands beside the facts: what it was, known and observed, and of no age. Of whom nothing
 *  was frozen nothing is known. INVARIANT K2. */
export function withFrozen(snapshot: Snapshot, facts: readonly string[], cohort: Cohort | undefined): Snapshot {
  if (facts.length === 0) return snapshot;
  const columns = new Map(snapshot.columns);
  for (const fact of facts) {
    const column = frozenColumn(snapshot, fact, cohort?.facts[fact]);
    if (column !== undefined) columns.set(column.fact.name, column);
  }
  return { ...snapshot, columns };
}

function frozenColumn(
  snapshot: Snapshot,
  name: string,
  values: Cohort['facts'][string] | undefined,
): Column | undefined {
  const fact = snapshot.vocabulary.get(name);
  if (fact === undefined) return undefined;
  const { nowMs } = snapshot;
  const cells = snapshot.populations[fact.subject].members.map(({ id }): Cell => {
    if (values === undefined || !Object.hasOwn(values, id)) return neverReported;
    const value = values[id];
    if (value === undefined || !fits(fact.type, value)) return neverReported; // a status may have been written by anybody
    return { kind: 'present', value, seenAtMs: nowMs, grade: 'observed', source: 'frozen with the cohort' };
  });
  const isSome = cells.some(({ kind }) => kind === 'present');
  return {
    fact: { ...fact, name: frozen + name, maxAgeMs: Number.POSITIVE_INFINITY, grade: 'observed' },
    cells,
    values: cells.map((cell) => (cell.kind === 'present' ? cell.value : undefined)),
    oldestMs: isSome ? nowMs : Number.POSITIVE_INFINITY,
    newestMs: isSome ? nowMs : Number.NEGATIVE_INFINITY,
    worstGrade: 0,
  };
}
