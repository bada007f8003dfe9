import type { FactValue } from '../kernel/fact.ts';
import { error, type Place } from '../kernel/fault.ts';
import { type FactType, formatValue } from '../kernel/value.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import { readLiteral } from '../source/literal.ts';
import { shown } from '../source/shown.ts';
import { child, entryOf, type MapTree, type Tree } from '../source/tree.ts';
import type { PackContext } from './link-scope.ts';
import type { Parameter } from './pack.ts';

/** Types of a parameter that are no fact's. */
export const parameterKinds = ['bool', 'int', 'duration', 'size', 'version', 'text', 'set'] as const;

/** What a profile sets, and where a parameter that it does not set is missing. */
export interface GivenParameters {
  readonly values: MapTree | undefined;
  readonly at: Place;
  /** No profile is at hand: whatever must be set gets a value that fits, so that the rest can be checked. */
  readonly standIns?: true;
}

type Context = Pick<PackContext, 'vocabulary' | 'report'>;

interface Bounds {
  readonly atLeast?: FactValue;
  readonly atMost?: FactValue;
}

/** A pack's declarations and a profile's values → parameters with their values. */
export function linkParameters(
  declarations: Tree | undefined,
  packName: string,
  given: GivenParameters,
  context: Context,
): ReadonlyMap<string, Parameter> {
  const linked = new Map<string, Parameter>();
  if (declarations?.kind !== 'map') return linked;
  for (const { key: name, keyAt, value: declaration } of declarations.entries) {
    const parameter = linkParameter(name, keyAt, declaration, packName, given, context);
    if (parameter !== undefined) linked.set(name, parameter);
  }
  return linked;
}

function linkParameter(
  name: string,
  at: Place,
  declaration: Tree,
  packName: string,
  given: GivenParameters,
  context: Context,
): Parameter | undefined {
  const type = typeOf(child(declaration, 'type'), context.vocabulary);
  if (type === undefined) return undefined; // the shape has said so
  const bounds = boundsOf(declaration, name, type, context);
  if (bounds === undefined) return undefined;
  const byDefault = entryOf(declaration, 'default');
  const required = child(declaration, 'required');
  const isRequired = required?.kind === 'scalar' ? required.value === true : byDefault === undefined;
  if (byDefault !== undefined && isRequired) {
    const message = `\`${name}\` is required, so its default is never taken`;
    context.report(error('PACK_VALUE_TYPE', byDefault.keyAt, message, 'remove `default`, or `required`'));
    return undefined;
  }
  if (byDefault === undefined && !isRequired) {
    context.report(error('PACK_VALUE_TYPE', at, `\`${name}\` is not required and has no default`, 'add `default:`'));
    return undefined;
  }
  const fallback = byDefault === undefined ? undefined : readValue(byDefault.value, name, type, bounds, context);
  const set = child(given.values, name);
  if (set !== undefined) {
    const value = readValue(set, name, type, bounds, context, packName);
    return value === undefined ? undefined : { name, type, value, from: 'profile' };
  }
  if (byDefault !== undefined) {
    return fallback === undefined ? undefined : { name, type, value: fallback, from: 'default' };
  }
  if (given.standIns === true)
    return { name, type, value: bounds.atLeast ?? bounds.atMost ?? standIn(type), from: 'default' };
  const says = child(declaration, 'says');
  const meaning = says?.kind === 'scalar' ? `: ${shown(says.text)}` : '';
  const message = `pack \`${packName}\` needs the parameter \`${name}\`${meaning}`;
  context.report(error('PROFILE_PARAMETER', given.at, message, 'set it under `parameters:`'));
  return undefined;
}

function typeOf(tree: Tree | undefined, vocabulary: Vocabulary): FactType | undefined {
  if (tree?.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  const kind = parameterKinds.find((known) => known === tree.value);
  return kind === undefined ? vocabulary.get(tree.value)?.type : { kind };
}

function boundsOf(declaration: Tree, name: string, type: FactType, context: Context): Bounds | undefined {
  const bounds: { atLeast?: FactValue; atMost?: FactValue } = {};
  for (const side of ['atLeast', 'atMost'] as const) {
    const entry = entryOf(declaration, side);
    if (entry === undefined) continue;
    if (!isOrdered(type)) {
      const message = `\`${side}\` suits int, duration, size and version; \`${name}\` is none of them`;
      context.report(error('PACK_VALUE_TYPE', entry.keyAt, message));
      return undefined;
    }
    const literal = readLiteral(entry.value, type, `\`${name}\``);
    if (!literal.ok) {
      context.report(error('PACK_VALUE_TYPE', literal.at, literal.message, literal.hint));
      return undefined;
    }
    bounds[side] = literal.value;
    if (side === 'atMost' && bounds.atLeast !== undefined && (bounds.atLeast as number) > (literal.value as number)) {
      context.report(error('PACK_VALUE_TYPE', entry.value.at, `\`atMost\` of \`${name}\` is below its \`atLeast\``));
      return undefined;
    }
  }
  return bounds;
}

function readValue(
  tree: Tree,
  name: string,
  type: FactType,
  bounds: Bounds,
  context: Context,
  neededBy?: string,
): FactValue | undefined {
  const code = neededBy === undefined ? 'PACK_VALUE_TYPE' : 'PROFILE_PARAMETER';
  const literal = readLiteral(tree, type, `\`${name}\``);
  if (!literal.ok) {
    context.report(error(code, literal.at, literal.message, literal.hint));
    return undefined;
  }
  const { value } = literal;
  const low = bounds.atLeast !== undefined && (value as number) < (bounds.atLeast as number);
  const high = bounds.atMost !== undefined && (value as number) > (bounds.atMost as number);
  if (!low && !high) return value;
  const asker = neededBy === undefined ? '' : `in pack \`${neededBy}\`, `;
  const limit = low ? `at least ${format(type, bounds.atLeast)}` : `at most ${format(type, bounds.atMost)}`;
  context.report(error(code, tree.at, `${asker}\`${name}\` is ${limit}, and this is ${format(type, value)}`));
  return undefined;
}

function format(type: FactType, value: FactValue | undefined): string {
  return value === undefined ? '' : formatValue(type, value);
}

function isOrdered(type: FactType): boolean {
  return type.kind === 'int' || type.kind === 'duration' || type.kind === 'size' || type.kind === 'version';
}

function standIn(type: FactType): FactValue {
  switch (type.kind) {
    case 'bool':
      return true;
    case 'int':
      return type.atLeast ?? 1;
    case 'duration':
    case 'size':
    case 'version':
      return 1;
    case 'text':
      return 'stand-in';
    case 'enum':
      return type.words[0] ?? '';
    case 'set':
      return [type.words?.[0] ?? 'stand-in'];
  }
}
