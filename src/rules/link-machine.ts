import { type CommandForm, type CommandName, commands } from '../kernel/command.ts';
import { error, type Place, warning } from '../kernel/fault.ts';
import type { Argument, Guard, Machine, Order, State, Step, Transition } from '../kernel/machine.ts';
import { fits } from '../kernel/value.ts';
import { child, type Tree } from '../source/tree.ts';
import type { Condition } from './condition.ts';
import { has, linkCondition, saysOf } from './link-condition.ts';
import { declarationOf, durationOf } from './link-fact.ts';
import { parameterOf } from './link-leaf.ts';
import { readLiteral } from './link-literal.ts';
import { type PackContext, type Standing, scopeOf } from './link-scope.ts';
import { shown } from './shown.ts';
import { hintFor } from './suggest.ts';

/** A condition of a machine: it may ask for gates as well. A gate `per` a subject is asked for each in the cohort. */
export type MachineCondition =
  | { readonly kind: 'gate'; readonly gate: string; readonly at: Place; readonly says?: string }
  | {
      readonly kind: 'all' | 'any';
      readonly of: readonly [MachineCondition, ...MachineCondition[]];
      readonly at: Place;
      readonly says?: string;
    }
  | { readonly kind: 'facts'; readonly of: Condition };

const standing: Standing = {
  scope: scopeOf('site'),
  grade: 'observed', // what moves a site rests on what was seen
  mayAskUnknown: false,
  inMachine: true,
  quantifiers: 0,
  following: [],
};

/** `drives`, `states` and `guards` → a machine whose every name is known, or undefined with the reasons reported. */
export function linkMachine(spec: Tree, context: PackContext): Machine<MachineCondition> | undefined {
  const drives = child(spec, 'drives');
  const statesTree = child(spec, 'states');
  const guardsTree = child(spec, 'guards');
  const names = statesTree?.kind === 'map' ? statesTree.entries.map(({ key }) => key) : [];
  const states =
    statesTree?.kind === 'map'
      ? statesTree.entries.map(({ key, keyAt, value }) => linkState(key, keyAt, value, names, context))
      : [];
  const guards =
    guardsTree?.kind === 'map'
      ? guardsTree.entries.map(({ key, keyAt, value }) => linkGuard(key, keyAt, value, names, context))
      : [];
  if (statesTree !== undefined && drives === undefined) {
    context.report(error('SHAPE_INVALID', statesTree.at, 'has `states`, but `drives` does not say of which workflow'));
  }
  if (guardsTree !== undefined && statesTree === undefined && drives === undefined) {
    context.report(error('SHAPE_INVALID', guardsTree.at, 'has `guards`, but no `states` that they could guard'));
  }
  const linked = states.filter((state) => state !== undefined);
  warnUnreached(linked, context);
  if (drives?.kind !== 'scalar') return undefined;
  return { drives: String(drives.value), states: linked, guards: guards.filter((guard) => guard !== undefined) };
}

function linkState(
  name: string,
  at: Place,
  tree: Tree,
  names: readonly string[],
  context: PackContext,
): State<MachineCondition> | undefined {
  if (tree.kind !== 'map') return undefined;
  const step = linkStep(child(tree, 'step'), context);
  const settled = linkMachineCondition(child(tree, 'settled'), context);
  const undo = linkOrder(child(tree, 'undo'), context);
  const pointOfNoReturn = child(tree, 'pointOfNoReturn');
  const budgetMs = durationOf(child(tree, 'budget'), context);
  const onFailure = stateNamed(child(tree, 'onFailure'), names, context);
  const gotoTree = child(tree, 'goto');
  const goto = gotoTree?.kind === 'list' ? gotoTree.items.map((item) => linkTransition(item, names, context)) : [];
  return {
    name,
    at,
    goto: goto.filter((transition) => transition !== undefined),
    ...saysOf(tree),
    ...(step === undefined ? {} : { step }),
    ...(settled === undefined ? {} : { settled }),
    ...(undo === undefined ? {} : { undo }),
    ...(pointOfNoReturn?.kind === 'scalar' ? { pointOfNoReturn: pointOfNoReturn.text } : {}),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
  };
}

function linkTransition(tree: Tree, names: readonly string[], context: PackContext): Transition | undefined {
  const to = stateNamed(child(tree, 'to'), names, context);
  const gatesTree = child(tree, 'gates');
  const gates = gatesTree?.kind === 'list' ? gatesTree.items.map((item) => gateNamed(item, context)) : [];
  return to === undefined ? undefined : { to, gates: gates.filter((gate) => gate !== undefined) };
}

function linkGuard(
  name: string,
  at: Place,
  tree: Tree,
  names: readonly string[],
  context: PackContext,
): Guard<MachineCondition> | undefined {
  const duringTree = child(tree, 'during');
  const during = duringTree?.kind === 'list' ? duringTree.items.map((item) => stateNamed(item, names, context)) : [];
  const when = linkMachineCondition(child(tree, 'when'), context);
  const graceMs = durationOf(child(tree, 'grace'), context);
  if (when === undefined) return undefined;
  return {
    name,
    at,
    when,
    during: during.filter((state) => state !== undefined),
    ...saysOf(tree),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

function linkMachineCondition(tree: Tree | undefined, context: PackContext): MachineCondition | undefined {
  if (tree?.kind !== 'map') return undefined;
  const placed = { at: tree.at, ...saysOf(tree) };
  if (has(tree, 'gate')) {
    const gate = gateNamed(child(tree, 'gate'), context);
    return gate === undefined ? undefined : { kind: 'gate', gate, ...placed };
  }
  const kind = has(tree, 'all') ? 'all' : 'any';
  const list = child(tree, kind);
  if (list?.kind === 'list' && list.items.some((item) => asksForGate(item))) {
    const [first, ...rest] = list.items
      .map((item) => linkMachineCondition(item, context))
      .filter((part) => part !== undefined);
    return first === undefined ? undefined : { kind, of: [first, ...rest], ...placed };
  }
  const of = linkCondition(tree, standing, context);
  return of === undefined ? undefined : { kind: 'facts', of };
}

/** Whether a gate is asked for in it, where gates may be: at the top, or inside `all` and `any`. */
function asksForGate(tree: Tree): boolean {
  if (has(tree, 'gate')) return true;
  const list = child(tree, 'all') ?? child(tree, 'any');
  return list?.kind === 'list' && list.items.some(asksForGate);
}

function linkStep(tree: Tree | undefined, context: PackContext): Step<MachineCondition> | undefined {
  const order = linkOrder(tree, context);
  if (order === undefined || tree?.kind !== 'map') return undefined;
  const onTree = child(tree, 'on');
  const form: CommandForm = commands[order.command];
  if (form.on === 'site' && onTree !== undefined) {
    const message = `\`${order.command}\` is a command of the site and has no \`on\``;
    context.report(error('PACK_OUT_OF_SCOPE', onTree.at, message));
  }
  if (form.on === 'node' && onTree === undefined) {
    const message = `\`${order.command}\` is done on nodes`;
    context.report(error('PACK_OUT_OF_SCOPE', tree.at, message, 'add `on: {every: node}`'));
  }
  const whereTree = child(onTree, 'where');
  const where = linkCondition(whereTree, { ...standing, scope: scopeOf('node'), quantifiers: 1 }, context);
  const atATime = child(tree, 'atATime');
  const confirmWithinMs = durationOf(child(tree, 'confirmWithin'), context);
  return {
    ...order,
    ...(onTree === undefined
      ? {}
      : { on: { every: 'node', ...(where === undefined ? {} : { where: { kind: 'facts', of: where } }) } }),
    ...(atATime?.kind === 'scalar' && typeof atATime.value === 'number' ? { atATime: atATime.value } : {}),
    ...(confirmWithinMs === undefined ? {} : { confirmWithinMs }),
  };
}

/** A command and its arguments: each that it needs, and no other. */
function linkOrder(tree: Tree | undefined, context: PackContext): Order | undefined {
  const word = child(tree, 'command');
  const command = (Object.keys(commands) as CommandName[]).find(
    (name) => word?.kind === 'scalar' && name === word.value,
  );
  if (tree === undefined || word === undefined || command === undefined) return undefined; // the shape has said so
  const form: CommandForm = commands[command];
  const given = child(tree, 'with');
  const args = new Map<string, Argument>();
  for (const [name, fact] of Object.entries(form.with)) {
    const value = child(given, name);
    if (value === undefined) {
      context.report(error('SHAPE_INVALID', word.at, `\`${command}\` needs \`${name}\``, `add \`with: {${name}: …}\``));
      continue;
    }
    const argument = linkArgument(value, fact, context);
    if (argument !== undefined) args.set(name, argument);
  }
  if (given?.kind === 'map') {
    for (const { key, keyAt } of given.entries) {
      if (Object.hasOwn(form.with, key)) continue;
      const hint = hintFor(key, Object.keys(form.with));
      context.report(error('SHAPE_UNKNOWN_FIELD', keyAt, `\`${command}\` takes no \`${shown(key)}\``, hint));
    }
  }
  return { command, with: args };
}

function linkArgument(tree: Tree, factName: string, context: PackContext): Argument | undefined {
  const fact = context.vocabulary.get(factName);
  if (fact === undefined) return undefined;
  if (tree.kind !== 'map') {
    const literal = readLiteral(tree, fact.type, factName);
    if (literal.ok) return { kind: 'literal', value: literal.value };
    context.report(error('PACK_VALUE_TYPE', literal.at, literal.message, literal.hint));
    return undefined;
  }
  const nameTree = child(tree, 'fact');
  if (nameTree?.kind !== 'scalar' || typeof nameTree.value !== 'string') return undefined;
  const name = nameTree.value;
  if (name.startsWith('param.')) {
    const parameter = parameterOf(name, nameTree.at, context);
    if (parameter === undefined) return undefined;
    if (fits(fact.type, parameter.value)) return { kind: 'literal', value: parameter.value };
    context.report(error('PACK_VALUE_TYPE', nameTree.at, `\`${name}\` is nothing that ${factName} can be`));
    return undefined;
  }
  const frozen = name.startsWith('cohort.') ? name.slice('cohort.'.length) : name;
  const read = declarationOf(frozen, nameTree.at, context);
  if (read === undefined) return undefined;
  if (JSON.stringify(read.type) === JSON.stringify(fact.type)) return { kind: 'fact', name };
  context.report(error('PACK_VALUE_TYPE', nameTree.at, `\`${name}\` is nothing that ${factName} can be`));
  return undefined;
}

function stateNamed(tree: Tree | undefined, names: readonly string[], context: PackContext): string | undefined {
  if (tree?.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  if (names.includes(tree.value)) return tree.value;
  const hint = hintFor(tree.value, names, 'add it under `states:`');
  context.report(error('PACK_UNKNOWN_STATE', tree.at, `this machine has no state \`${shown(tree.value)}\``, hint));
  return undefined;
}

/** `GATE` or `PACK/GATE` → `PACK/GATE`. */
function gateNamed(tree: Tree | undefined, context: PackContext): string | undefined {
  if (tree?.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  const found = context.gates.find(tree.value);
  if (found === undefined && context.gates.complete) {
    const elsewhere = context.gates.known.find((known) => known.endsWith(`/${tree.value}`));
    const hint =
      elsewhere === undefined
        ? hintFor(tree.value, context.gates.known, 'names are GATE in a pack and PACK/GATE across packs')
        : `did you mean \`${elsewhere}\`?`;
    context.report(error('PACK_UNKNOWN_GATE', tree.at, `there is no gate \`${shown(tree.value)}\``, hint));
  }
  return found;
}

function warnUnreached(states: readonly State<MachineCondition>[], context: PackContext): void {
  const [first, ...rest] = states;
  if (first === undefined) return;
  const reached = new Set([first.name]);
  for (let more = [first]; more.length > 0; ) {
    const next = new Set(more.flatMap(({ goto, onFailure }) => [...goto.map(({ to }) => to), onFailure ?? '']));
    more = states.filter(({ name }) => next.has(name) && !reached.has(name));
    for (const { name } of more) reached.add(name);
  }
  for (const { name, at } of rest) {
    if (!reached.has(name)) {
      const message = `no transition leads to \`${name}\` from \`${first.name}\`, where the workflow starts`;
      context.report(warning('PACK_UNREACHED_STATE', at, message));
    }
  }
}
