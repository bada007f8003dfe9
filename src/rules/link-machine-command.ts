import { type CommandForm, type CommandName, commands, formOf } from '../kernel/command.ts';
import { error } from '../kernel/fault.ts';
import type { Act, Argument, Instruction, Undo } from '../kernel/machine.ts';
import { fits } from '../kernel/value.ts';
import type { FactDeclaration } from '../kernel/vocabulary.ts';
import { inWords, readLiteral } from '../source/literal.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { child, entryOf, type MapTree, type Tree } from '../source/tree.ts';
import { declarationOf, durationOf } from '../source/words.ts';
import { frozen } from './link-fact.ts';
import { parameterOf } from './link-leaf.ts';
import { linkGateUses, linkQuestion } from './link-machine-question.ts';
import type { PackContext } from './link-scope.ts';
import type { Question } from './pack.ts';

/** The command that a step or an undo names; undefined where it is none, which the shape has said. */
export function commandOf(tree: Tree | undefined): CommandName | undefined {
  const word = child(tree, 'command');
  if (word?.kind !== 'scalar' || typeof word.value !== 'string' || !Object.hasOwn(commands, word.value))
    return undefined;
  return word.value as CommandName;
}

/** `step`, `settled` and `undo` of a state → what is ordered of each member, and what must be seen of it; undefined also where this
 *  profile's site has no need of it. Then nothing of it is frozen either, which nobody could see there. */
export function linkAct(state: string, says: string, tree: MapTree, context: PackContext): Act<Question> | undefined {
  const step = child(tree, 'step');
  const command = commandOf(step);
  if (step === undefined) return undefined;
  // Of a step whose command is none the rest is looked at all the same: an author mends a file in one go.
  const on = command === undefined ? (writtenMembers(step) ?? 'site') : formOf(command).on;
  if (command !== undefined) checkMembers(step, command, context);
  const about = (what: string) => ({ name: `${what} of ${state}`, says, per: on });
  const where = linkQuestion(child(child(step, 'on'), 'where'), about('where'), context);
  const settled = linkQuestion(child(tree, 'settled'), about('settled'), context);
  const confirmWithinMs = durationOf(child(step, 'confirmWithin'), context);
  const undo = linkUndo(child(tree, 'undo'), about('undo'), context);
  const gates = linkGateUses(child(step, 'gates'), on, context);
  const needed = isNeeded(child(step, 'onlyIf'), command, context);
  if (command === undefined || !needed) return undefined;
  return {
    command,
    on,
    with: linkArguments(step, command, context),
    atATime: atATimeOf(step) ?? 1,
    gates,
    ...(where === undefined ? {} : { where }),
    ...(settled === undefined ? {} : { settled }),
    ...(undo === undefined ? {} : { undo }),
    ...(confirmWithinMs === undefined ? {} : { confirmWithinMs }),
  };
}

/** What a profile's parameter says that its site has no need of. The lock, and whatever takes something down or brings it up, is
 *  needed everywhere: a machine without it would be another one. */
function isNeeded(tree: Tree | undefined, command: CommandName | undefined, context: PackContext): boolean {
  if (tree?.kind !== 'scalar' || typeof tree.value !== 'string') return true;
  const parameter = parameterOf(tree.value, tree.at, context);
  if (parameter !== undefined && parameter.type.kind !== 'bool') {
    const message = `\`${shown(tree.value)}\` is ${inWords(parameter.type)}, and only a bool says whether a step is needed`;
    context.report(error('PACK_VALUE_TYPE', tree.at, message));
  }
  if (command === undefined) return true;
  const form = formOf(command);
  if (form.by === 'operator' || form.destructive === true || form.bringsUp !== undefined) {
    const message = `\`${command}\` is needed on every site and has no \`onlyIf\``;
    context.report(error('PACK_COMMAND_ARGUMENT', tree.at, message, 'remove it'));
    return true;
  }
  return parameter?.value !== false;
}

function linkUndo(
  tree: Tree | undefined,
  about: Parameters<typeof linkQuestion>[1],
  context: PackContext,
): Undo<Question> | undefined {
  const command = commandOf(tree);
  if (tree === undefined || command === undefined) return undefined;
  const settled = linkQuestion(child(tree, 'settled'), about, context);
  const atATime = atATimeOf(tree);
  return {
    command,
    ...(atATime === undefined ? {} : { atATime }),
    with: linkArguments(tree, command, context),
    gates: linkGateUses(child(tree, 'gates'), about.per, context),
    ...(settled === undefined ? {} : { settled }),
  };
}

function atATimeOf(tree: Tree): number | undefined {
  const count = child(tree, 'atATime');
  return count?.kind === 'scalar' && typeof count.value === 'number' ? count.value : undefined;
}

function writtenMembers(step: Tree): 'node' | 'volume' | undefined {
  const every = child(child(step, 'on'), 'every');
  const word = every?.kind === 'scalar' ? every.value : undefined;
  return word === 'node' || word === 'volume' ? word : undefined;
}

/** Whom a command is given to follows from the command; that the author writes it is for whoever reads the pack. */
function checkMembers(step: Tree, command: CommandName, { report }: PackContext): void {
  const { on } = formOf(command);
  const onEntry = entryOf(step, 'on');
  const written = writtenMembers(step);
  if (on === 'site') {
    if (onEntry === undefined) return;
    const message = `\`${command}\` is a command of the site and has no \`on\``;
    report(error('PACK_COMMAND_ARGUMENT', onEntry.keyAt, message, 'remove it'));
    return;
  }
  if (onEntry === undefined) {
    const at = child(step, 'command')?.at ?? step.at;
    report(error('PACK_COMMAND_ARGUMENT', at, `\`${command}\` is given to ${on}s`, `add \`on: {every: ${on}}\``));
    return;
  }
  if (written === undefined || written === on) return;
  const at = child(onEntry.value, 'every')?.at ?? onEntry.keyAt;
  const message = `\`${command}\` is given to ${on}s, not to ${written}s`;
  report(error('PACK_COMMAND_ARGUMENT', at, message, `write \`every: ${on}\``));
}

/** All that the command needs, and nothing else. */
function linkArguments(tree: Tree, command: CommandName, context: PackContext): Instruction['with'] {
  const form = formOf(command);
  const given = child(tree, 'with');
  const args = new Map<string, Argument>();
  for (const [name, fact] of Object.entries(form.with)) {
    const value = child(given, name);
    if (value === undefined) {
      const at = child(tree, 'command')?.at ?? tree.at;
      const message = `\`${command}\` needs \`${name}\``;
      context.report(error('PACK_COMMAND_ARGUMENT', at, message, `add \`with: {${name}: …}\``));
      continue;
    }
    const argument = linkArgument(value, fact, form, context);
    if (argument !== undefined) args.set(name, argument);
  }
  const stray = given?.kind === 'map' ? given.entries.filter(({ key }) => !Object.hasOwn(form.with, key)) : [];
  for (const { key, keyAt } of stray) {
    const known = Object.keys(form.with);
    const hint = hintFor(key, known, known.length === 0 ? 'it takes nothing' : `it takes ${listed(known, 'and')}`);
    context.report(error('PACK_COMMAND_ARGUMENT', keyAt, `\`${command}\` takes no \`${shown(key)}\``, hint));
  }
  return args;
}

function linkArgument(tree: Tree, factName: string, form: CommandForm, context: PackContext): Argument | undefined {
  const fact = context.vocabulary.get(factName);
  if (fact === undefined) return undefined;
  if (tree.kind !== 'map') {
    const literal = readLiteral(tree, fact.type, factName);
    if (literal.ok) return { kind: 'literal', value: literal.value };
    context.report(error('PACK_VALUE_TYPE', literal.at, literal.message, literal.hint));
    return undefined;
  }
  const nameTree = child(tree, 'fact');
  if (nameTree?.kind !== 'scalar' || typeof nameTree.value !== 'string') return undefined; // the shape has said so
  const name = nameTree.value;
  const refuse = (message: string, hint?: string): undefined => {
    context.report(error('PACK_VALUE_TYPE', nameTree.at, message, hint));
  };
  if (name.startsWith('param.')) {
    const parameter = parameterOf(name, nameTree.at, context);
    if (parameter === undefined) return undefined;
    const { type, value } = parameter;
    const isOfKind = type.kind === fact.type.kind || (fact.type.kind === 'enum' && type.kind === 'text');
    if (isOfKind && fits(fact.type, value)) return { kind: 'literal', value };
    return refuse(`\`${name}\` is nothing that ${factName} can be`);
  }
  if (!name.startsWith(frozen)) {
    const hint = `write a value, \`{fact: param.NAME}\`, or \`{fact: ${frozen}${name}}\` for what it was at the beginning`;
    return refuse('a command is told what is fixed, and a fact changes', hint);
  }
  return linkFrozen(name, nameTree, fact, form, context);
}

/** `cohort.FACT` of the member itself, of the site, or of the one bond that a node has. */
function linkFrozen(
  name: string,
  { at }: Tree,
  wanted: FactDeclaration,
  { on }: CommandForm,
  context: PackContext,
): Argument | undefined {
  const read = declarationOf(name.slice(frozen.length), at, context);
  if (read === undefined) return undefined;
  if (JSON.stringify(read.type) !== JSON.stringify(wanted.type)) {
    const message = `\`${name}\` is ${inWords(read.type)}, and nothing that ${wanted.name} can be`;
    context.report(error('PACK_VALUE_TYPE', at, message));
    return undefined;
  }
  const { subject } = read;
  if (subject === 'site' || subject === on || (subject === 'bond' && on === 'node')) {
    return { kind: 'frozen', fact: read.name };
  }
  const message = `\`${name}\` is about a ${subject}, and this command is given to ${on === 'site' ? 'the site' : `a ${on}`}`;
  context.report(error('PACK_OUT_OF_SCOPE', at, message));
  return undefined;
}
