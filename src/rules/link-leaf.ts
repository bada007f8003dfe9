import type { FactValue } from '../kernel/fact.ts';
import { error, type Place } from '../kernel/fault.ts';
import { type FactType, fits, formatValue } from '../kernel/value.ts';
import { elementOf, inWords, readLiteral } from '../source/literal.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { child, entryOf, type Tree } from '../source/tree.ts';
import type { FactRef, Leaf, Literal, Operator } from './condition.ts';
import { linkFact } from './link-fact.ts';
import type { PackContext, Standing } from './link-scope.ts';
import { isOperator, operatorsFor } from './operators.ts';
import type { Parameter } from './pack.ts';

const parameterPrefix = 'param.';

/** `{fact, operator, value}`: the fact in scope, the operator suiting its type, the value one that it can have. */
export function linkLeaf(tree: Tree, standing: Standing, context: PackContext): Omit<Leaf, 'at' | 'says'> | undefined {
  const factTree = child(tree, 'fact');
  const operatorTree = child(tree, 'operator');
  const valueTree = child(tree, 'value');
  if (factTree?.kind !== 'scalar' || typeof factTree.value !== 'string') return undefined; // the shape has said so
  const read = factTree.value.startsWith(parameterPrefix)
    ? asFact(ageless(tree, context) ? parameterOf(factTree.value, factTree.at, context) : undefined)
    : linkFact(factTree.value, factTree.at, tree, standing, context);
  if (read === undefined) return undefined;
  const word = operatorTree?.kind === 'scalar' ? String(operatorTree.value) : '';
  if (operatorTree === undefined || !isOperator(word) || valueTree === undefined) return undefined;
  const suiting = operatorsFor(read.type);
  if (!suiting.includes(word)) {
    const message = `\`${word}\` does not suit ${read.name}, ${inWords(read.type)}`;
    context.report(error('PACK_OPERATOR_TYPE', operatorTree.at, message, `use ${listed(suiting)}`));
    return undefined;
  }
  const against = linkOperand(valueTree, read, word, standing, context);
  return against === undefined ? undefined : { kind: 'leaf', read, operator: word, against };
}

/** Beside a parameter, `maxAge` and `grade` would be read and mean nothing. */
function ageless(tree: Tree, context: PackContext): boolean {
  const stray = entryOf(tree, 'maxAge') ?? entryOf(tree, 'grade');
  if (stray === undefined) return true;
  const message = `what the profile sets is not observed and has no \`${stray.key}\``;
  context.report(error('SHAPE_UNKNOWN_FIELD', stray.keyAt, message, 'remove it'));
  return false;
}

/** A parameter where a fact could stand: a switch of the profile's, such as «KubeVirt runs here». */
function asFact(parameter: Parameter | undefined): FactRef | undefined {
  if (parameter === undefined) return undefined;
  const { name, type, value } = parameter;
  const standing = { maxAgeMs: Number.POSITIVE_INFINITY, grade: 'observed' } as const;
  return { kind: 'fact', name: parameterPrefix + name, subject: 'site', type, ...standing, setTo: value };
}

function linkOperand(
  tree: Tree,
  read: FactRef,
  operator: Operator,
  standing: Standing,
  context: PackContext,
): Literal | FactRef | undefined {
  const expected = expectedOf(read.type, operator);
  if (tree.kind !== 'map') {
    return isListOperator(operator)
      ? linkList(tree, read, operator, context)
      : linkOne(tree, read.name, expected, context);
  }
  const nameTree = child(tree, 'fact');
  if (nameTree?.kind !== 'scalar' || typeof nameTree.value !== 'string') return undefined; // the shape has said so
  const name = nameTree.value;
  if (name.startsWith(parameterPrefix) && !ageless(tree, context)) return undefined;
  if (name.startsWith(parameterPrefix)) return linkParameter(name, nameTree.at, read, operator, context);
  if (isListOperator(operator)) {
    const hint = 'write the words as a list, or use a parameter that is a set';
    context.report(
      error('PACK_VALUE_TYPE', nameTree.at, `\`${operator}\` takes a list, and \`${shown(name)}\` is a fact`, hint),
    );
    return undefined;
  }
  const other = linkFact(name, nameTree.at, tree, standing, context);
  if (other === undefined) return undefined;
  if (comparable(expected, other.type)) return other;
  reportMismatch(
    read,
    operator,
    `\`${other.name}\` is ${inWords(other.type)}`,
    other.type,
    expected,
    nameTree.at,
    context,
  );
  return undefined;
}

/** What a value beside this operator must be: `contains` takes one member of the set. */
function expectedOf(type: FactType, operator: Operator): FactType {
  return type.kind === 'set' && (operator === 'contains' || operator === 'doesNotContain') ? elementOf(type) : type;
}

function isListOperator(operator: Operator): boolean {
  return operator === 'in' || operator === 'notIn';
}

function linkOne(tree: Tree, name: string, type: FactType, context: PackContext): Literal | undefined {
  const literal = readLiteral(tree, type, name);
  if (literal.ok) return { kind: 'literal', value: literal.value, type };
  context.report(error('PACK_VALUE_TYPE', literal.at, literal.message, literal.hint));
  return undefined;
}

/** The list beside `in`. An empty one is refused: over nothing, `notIn` would say «proceed». */
function linkList(tree: Tree, read: FactRef, operator: Operator, context: PackContext): Literal | undefined {
  if (tree.kind !== 'list') {
    const hint = 'write `[a, b]`, or use equal';
    context.report(error('PACK_VALUE_TYPE', tree.at, `\`${operator}\` takes a list, and this is none`, hint));
    return undefined;
  }
  if (tree.items.length === 0) {
    context.report(error('PACK_EMPTY_CONDITION', tree.at, `\`${operator}\` over an empty list asks nothing`));
    return undefined;
  }
  const values: FactValue[] = [];
  let sound = true;
  for (const item of tree.items) {
    const literal = linkOne(item, read.name, read.type, context);
    if (literal === undefined) {
      sound = false;
      continue;
    }
    const value = literal.value as FactValue;
    if (values.includes(value)) {
      context.report(
        error('PACK_VALUE_TYPE', item.at, `\`${formatValue(read.type, value)}\` stands in this list twice`),
      );
      sound = false;
    }
    values.push(value);
  }
  return sound ? { kind: 'literal', value: values, type: read.type } : undefined;
}

/** The parameter that a name means; undefined with the reason reported, here or where it was declared. */
export function parameterOf(name: string, at: Place, context: PackContext): Parameter | undefined {
  const word = name.slice(parameterPrefix.length);
  context.usedParameters.add(word);
  if (!context.declared.has(word)) {
    const hint = hintFor(
      name,
      [...context.declared].map((known) => parameterPrefix + known),
      'declare it under `parameters:`',
    );
    context.report(error('PACK_UNKNOWN_PARAMETER', at, `this pack declares no parameter \`${shown(word)}\``, hint));
  }
  return context.parameters.get(word);
}

function linkParameter(
  name: string,
  at: Place,
  read: FactRef,
  operator: Operator,
  context: PackContext,
): Literal | undefined {
  const parameter = parameterOf(name, at, context);
  if (parameter === undefined) return undefined;
  const expected = expectedOf(read.type, operator);
  const { type, value } = parameter;
  if (isListOperator(operator)) {
    if (type.kind !== 'set' || (read.type.kind !== 'text' && read.type.kind !== 'enum')) {
      reportMismatch(read, operator, `\`${name}\` is ${inWords(type)}`, type, read.type, at, context);
      return undefined;
    }
    const words = value as readonly string[];
    if (words.length === 0) {
      context.report(
        error(
          'PACK_EMPTY_CONDITION',
          at,
          `\`${name}\` is an empty set here, and \`${operator}\` over nothing asks nothing`,
        ),
      );
      return undefined;
    }
    const stranger = words.find((word) => !fits(read.type, word));
    if (stranger !== undefined) {
      context.report(
        error('PACK_VALUE_TYPE', at, `\`${name}\` holds \`${shown(stranger)}\`, which ${read.name} cannot be`),
      );
      return undefined;
    }
    return { kind: 'literal', value: words, type: read.type, name };
  }
  const wordForWord = expected.kind === 'enum' && type.kind === 'text';
  if (expected.kind !== type.kind && !wordForWord) {
    reportMismatch(read, operator, `\`${name}\` is ${inWords(type)}`, type, expected, at, context);
    return undefined;
  }
  if (!fits(expected, value)) {
    const message = `\`${name}\` is \`${shown(formatValue(type, value))}\`, which ${read.name} cannot be`;
    context.report(
      error('PACK_VALUE_TYPE', at, message, expected.kind === 'enum' ? `it is ${listed(expected.words)}` : undefined),
    );
    return undefined;
  }
  return { kind: 'literal', value, type: expected, name };
}

/** Whether two facts can be compared: the same type, and for words the same list of them. */
function comparable(left: FactType, right: FactType): boolean {
  if (left.kind === 'enum') return right.kind === 'enum' && sameWords(left.words, right.words);
  if (left.kind === 'set') {
    return right.kind === 'set' && sameWords(left.words ?? [], right.words ?? []);
  }
  return left.kind === right.kind;
}

function sameWords(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word) => right.includes(word));
}

function reportMismatch(
  read: FactRef,
  operator: Operator,
  other: string,
  otherType: FactType,
  expected: FactType,
  at: Place,
  context: PackContext,
): void {
  const words = otherType.kind === expected.kind ? `${other} of other words` : other;
  const message = `${read.name} \`${operator}\` takes ${inWords(expected)}, and ${words}`;
  context.report(error('PACK_VALUE_TYPE', at, message));
}
