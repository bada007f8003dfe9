import type { Capability } from '../kernel/capability.ts';
import { commands, formOf } from '../kernel/command.ts';
import { digestOf, type Json } from '../kernel/digest.ts';
import { error, type Place, warning } from '../kernel/fault.ts';
import type { Guard, Machine, State } from '../kernel/machine.ts';
import { shown } from '../source/shown.ts';
import { hintFor } from '../source/suggest.ts';
import { child, type Entry, entryOf, type Tree } from '../source/tree.ts';
import { durationOf } from '../source/words.ts';
import { has } from './link-condition.ts';
import { linkQuestion } from './link-machine-question.ts';
import { wordIn } from './link-machine-state.ts';
import type { PackContext } from './link-scope.ts';
import { checkState } from './machine-checks.ts';
import { frozenFactsOf, questionsOf } from './machine-frozen.ts';
import { checkGraph } from './machine-graph.ts';
import { inOrder } from './machine-walk.ts';
import type { Question } from './pack.ts';
import {
  beginningOf,
  entriesOf,
  type Library,
  type PlacedState,
  type PlacedStates,
  placeAlone,
  placeStates,
  type Stretch,
} from './stretches.ts';

/** A pack whose gates are linked, and whose machine is not yet. */
export interface MachinePack {
  readonly name: string;
  readonly spec: Tree;
  readonly context: PackContext;
  /** Of its document and of the parameters that it was linked with: a machine is another one if either changes. */
  readonly digest: () => Json;
  /** Whether its document has the right shape. What is misspelt is not there, and would be called missing as well. */
  readonly wellShaped: boolean;
  readonly requires: readonly Capability[];
}

export interface MachineOptions {
  readonly capabilities?: readonly Capability[];
  /** False if a pack could not be read. */
  readonly complete: boolean;
}

/** `drives`, `states`, `guards` and `stretches` of all packs of a profile → the machine of each pack that drives one, by its name.
 *  What is wrong is reported to the pack that it stands in. A machine is there only if nothing is wrong with it. */
export function linkMachines(
  packs: readonly MachinePack[],
  options: MachineOptions,
): ReadonlyMap<string, Machine<Question>> {
  const library: Library = { stretches: stretchesOf(packs), complete: options.complete, linked: new Map() };
  const used = new Set<string>();
  const machines = new Map<string, Machine<Question>>();
  for (const pack of packs) {
    const machine = linkMachine(pack, packs, library, used);
    if (machine !== undefined) machines.set(pack.name, machine);
  }
  for (const stretch of library.stretches.values()) {
    checkBeginning(stretch);
    if (used.has(stretch.name)) continue;
    placeAlone(stretch, library);
    if (!options.complete) continue;
    const message = `no machine uses the stretch \`${shown(stretch.name)}\``;
    stretch.context.report(warning('PACK_UNUSED_STRETCH', stretch.at, message, 'use it, or remove it'));
  }
  const shapes = new Map(packs.map(({ context, wellShaped }) => [context, wellShaped]));
  for (const state of library.linked.values()) if (state !== undefined && shapes.get(state.context)) checkState(state);
  for (const pack of packs) checkCapabilities(pack, library, options.capabilities);
  if (options.complete) for (const pack of packs) warnUnreachedGates(pack);
  return machines;
}

function linkMachine(
  pack: MachinePack,
  packs: readonly MachinePack[],
  library: Library,
  used: Set<string>,
): Machine<Question> | undefined {
  const { spec, name, context } = pack;
  const drives = wordIn(spec, 'drives');
  const statesTree = child(spec, 'states');
  const guardsTree = child(spec, 'guards');
  const placed = placeStates(entriesOf(statesTree), name, context, library);
  for (const stretch of placed.used) used.add(stretch);
  // The states of a stretch that was not found have names that nobody knows.
  const isWhole = placed.sound || !entriesOf(statesTree).some(({ value }) => has(value, 'stretch'));
  const guards = entriesOf(guardsTree).map((entry) => linkGuard(entry, placed, isWhole, context));
  if (statesTree !== undefined && drives === undefined) {
    context.report(error('SHAPE_INVALID', statesTree.at, 'has `states`, but `drives` does not say of which workflow'));
  }
  if (guardsTree !== undefined && statesTree === undefined) {
    context.report(error('SHAPE_INVALID', guardsTree.at, 'has `guards`, but no `states` that they could guard'));
  } else if (drives !== undefined && statesTree === undefined) {
    context.report(error('SHAPE_INVALID', drives.at, 'drives a workflow, but has no `states`'));
  }
  if (drives === undefined || statesTree === undefined || !placed.sound) return undefined;
  const taking = packs.filter(({ context: own }) => placed.states.some(({ written }) => written.context === own));
  if (taking.some(({ wellShaped }) => !wellShaped)) return undefined;
  const at = entryOf(spec, 'states')?.keyAt ?? statesTree.at;
  const graph = checkGraph(placed.states, at, context.report);
  if (graph === undefined) return undefined;
  // Nothing may depend on the order of keys in a document.
  const states = inOrder(graph).map(stateOf);
  const order = states.map((state) => state.name);
  const machine = {
    drives: drives.text,
    states,
    guards: guards
      .filter((guard) => guard !== undefined)
      .map((guard) => ({ ...guard, during: order.filter((name) => guard.during.includes(name)) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    rollingBack: graph.rollingBack.written.name,
    halted: graph.halted.written.name,
  };
  const questions = questionsOf(machine);
  const asking = new Set(questions.flatMap(({ gates }) => gates.map((gate) => gate.slice(0, gate.indexOf('/')))));
  const parts = packs.filter((other) => other === pack || taking.includes(other) || asking.has(other.name));
  const digest = digestOf(Object.fromEntries(parts.map((part) => [part.name, part.digest()])));
  return { ...machine, digest, freezes: freezesOf(machine.states, questions) };
}

function stretchesOf(packs: readonly MachinePack[]): ReadonlyMap<string, Stretch> {
  const stretches = packs.flatMap(({ name, spec, context }) =>
    entriesOf(child(spec, 'stretches')).map(({ key, keyAt, value }): Stretch => {
      return { name: `${name}/${key}`, at: keyAt, entries: entriesOf(value), pack: name, context };
    }),
  );
  return new Map(stretches.map((stretch) => [stretch.name, stretch]));
}

/** With two beginnings one could not be reached; with none, nobody could say which was meant. */
function checkBeginning(stretch: Stretch): void {
  if (stretch.entries.length === 0 || beginningOf(stretch) !== undefined) return;
  const message = `\`${shown(stretch.name)}\` has no one state to which none of its others leads, and that is where a stretch begins`;
  stretch.context.report(
    error('PACK_STRETCH_START', stretch.at, message, 'connect the others, or put a state before a circle'),
  );
}

function stateOf({ written, stretch, goto, onFailure }: PlacedState): State<Question> {
  const { name, at, says, act, budgetMs, overdue, pointOfNoReturn, takesBack, ends } = written;
  return {
    name,
    at,
    says,
    goto: goto.map(({ to, gates }) => ({ to, gates })),
    budgetMs: ends === undefined && budgetMs !== undefined ? budgetMs : Number.POSITIVE_INFINITY,
    overdue,
    ...(stretch === undefined ? {} : { stretch }),
    ...(act === undefined ? {} : { act }),
    ...(onFailure === undefined ? {} : { onFailure: onFailure.text }),
    ...(pointOfNoReturn === undefined ? {} : { pointOfNoReturn }),
    ...(takesBack ? { takesBack } : {}),
    ...(ends === undefined ? {} : { ends }),
  };
}

/** `during` may name a stretch by the name under which it is used: all of its states. */
function linkGuard(
  { key, keyAt, value }: Entry,
  placed: PlacedStates,
  isWhole: boolean,
  context: PackContext,
): Guard<Question> | undefined {
  const names = placed.states.map(({ written }) => written.name);
  const duringTree = child(value, 'during');
  const items = duringTree?.kind === 'list' ? duringTree.items : [];
  const during = items.flatMap((item): readonly string[] => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
    const span = placed.spans.get(item.value) ?? (names.includes(item.value) ? [item.value] : undefined);
    if (span === undefined && isWhole)
      reportUnknownState(item.value, item.at, [...names, ...placed.spans.keys()], context);
    return span ?? [];
  });
  const says = wordIn(value, 'says')?.text ?? '';
  const asks = linkQuestion(child(value, 'when'), { name: `guard ${key}`, says, per: 'site' }, context);
  const graceMs = durationOf(child(value, 'grace'), context) ?? 0;
  return asks === undefined ? undefined : { name: key, says, at: keyAt, during, asks, graceMs };
}

function reportUnknownState(name: string, at: Place, names: readonly string[], { report }: PackContext): void {
  const hint = hintFor(name, names, 'add it under `states:`');
  report(error('PACK_UNKNOWN_STATE', at, `this machine has no state \`${shown(name)}\``, hint));
}

/** What the agents’ commands move, so that it can be put back; and what some question or argument reads as it was. The lock is
 *  the operator's own, taken before there is a cohort. */
function freezesOf(states: readonly State<Question>[], questions: readonly Question[]): readonly string[] {
  const facts = new Set(questions.flatMap((question) => [...frozenFactsOf(question.when)]));
  for (const { act } of states) {
    if (act === undefined || formOf(act.command).by === 'operator') continue;
    for (const fact of formOf(act.command).moves) facts.add(fact);
    for (const { with: all } of [act, ...(act.undo === undefined ? [] : [act.undo])]) {
      for (const argument of all.values()) if (argument.kind === 'frozen') facts.add(argument.fact);
    }
  }
  return [...facts].sort();
}

/** What the backend or the operating system lacks is said once, at the first command that needs it. */
function checkCapabilities(
  { name, context, requires }: MachinePack,
  { linked }: Library,
  capabilities: readonly Capability[] | undefined,
): void {
  if (capabilities === undefined) return;
  const told = new Set<Capability>(requires); // where it stands under `requires`, that was refused already
  for (const state of linked.values()) {
    if (state === undefined || state.context !== context || state.command === undefined) continue;
    const at = child(child(state.tree, 'step'), 'command')?.at ?? state.at;
    for (const need of commands[state.command].needs) {
      if (capabilities.includes(need) || told.has(need)) continue;
      told.add(need);
      const message = `\`${state.command}\` needs ${need}, which this profile’s site does not have`;
      context.report(
        error(
          'PACK_CAPABILITY',
          at,
          message,
          `leave the pack \`${shown(name)}\` out, or choose another backend or operating system`,
        ),
      );
    }
  }
}

/** INVARIANT: a safeguard that nothing asks is none, and looks like one. */
function warnUnreachedGates({ name, spec, context }: MachinePack): void {
  if (child(spec, 'drives') === undefined) return;
  for (const { key, keyAt } of entriesOf(child(spec, 'gates'))) {
    if (context.gates.asked.has(`${name}/${key}`)) continue;
    const message = `this pack drives a workflow, and no machine asks its gate \`${shown(key)}\``;
    context.report(warning('PACK_UNREACHED_GATE', keyAt, message, 'name it where it should hold, or remove it'));
  }
}
