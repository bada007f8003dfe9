import { formatDuration, formatValue } from '../kernel/value.ts';
import type { Condition, FactRef, Leaf, Literal, Operator, Quantified } from '../rules/condition.ts';

/** Conditions compared by what they mean: places, names and the order of an `all` do not count, nor one within another. `keyOf`
 *  of the rules is stricter, since there a difference costs nothing. */
export function meaningOf(condition: Condition): string {
  return kept(condition).meaning;
}

/** The same with every sentence in it: what an operator reads of it is the same too. */
export function wordingOf(condition: Condition): string {
  return kept(condition).wording;
}

interface Kept {
  readonly meaning: string;
  readonly wording: string;
}

const known = new WeakMap<Condition, Kept>();

function kept(condition: Condition): Kept {
  const before = known.get(condition);
  if (before !== undefined) return before;
  const made = {
    meaning: written(condition, meaningOf),
    wording: withSentence(condition, written(condition, wordingOf)),
  };
  known.set(condition, made);
  return made;
}

function withSentence({ says }: Condition, text: string): string {
  return says === undefined ? text : JSON.stringify([says, text]);
}

function written(condition: Condition, inner: (part: Condition) => string): string {
  switch (condition.kind) {
    case 'leaf':
      return JSON.stringify([condition.operator, side(condition.read), side(condition.against)]);
    case 'asks-unknown':
      return JSON.stringify(['unknown', side(condition.read)]);
    case 'all':
    case 'any': {
      const parts = [...new Set(flat(condition, condition.kind).map(inner))].sort();
      return parts.length === 1 ? (parts[0] as string) : JSON.stringify([condition.kind, parts]);
    }
    case 'not':
      return JSON.stringify(['not', inner(condition.of)]);
    case 'named':
      return inner(condition.of);
    case 'quantified': {
      const { quantifier, over, within, except, where, satisfies, whenEmpty } = condition;
      const parts = [where === undefined ? null : inner(where), inner(satisfies)];
      return JSON.stringify([
        'quantified',
        quantifier,
        over,
        [...within].sort(),
        except ?? null,
        parts,
        whenEmpty ?? null,
      ]);
    }
  }
}

/** The parts of an `all` and of those that stand directly in it; one with a sentence of its own is a part for people. */
function flat(condition: Condition, kind: 'all' | 'any'): readonly Condition[] {
  const bare = condition.kind === 'named' && condition.says === undefined ? condition.of : condition;
  return bare.kind === kind ? bare.of.flatMap((part) => (part.says === undefined ? flat(part, kind) : [part])) : [bare];
}

function side(of: FactRef | Literal): unknown {
  if (of.kind === 'literal') return ['literal', of.value];
  if (of.setTo !== undefined) return ['set', of.setTo];
  return ['fact', of.name, of.subject, String(of.maxAgeMs), of.grade];
}

const signs: Readonly<Record<Operator, string>> = {
  equal: '=',
  notEqual: '≠',
  in: 'in',
  notIn: 'not in',
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
  contains: 'contains',
  doesNotContain: 'does not contain',
};

const textMax = 160;

/** A condition in one line, for whoever has no YAML before them: `every bond: bond.mode = active-backup (param.bondMode)`. */
export function textOf(condition: Condition, most = textMax): string {
  const text = worded(condition);
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}

function worded(condition: Condition): string {
  switch (condition.kind) {
    case 'leaf':
      return `${condition.read.name} ${signs[condition.operator]} ${againstText(condition)}`;
    case 'asks-unknown':
      return `${condition.read.name} is unknown`;
    case 'all':
      return condition.of.map(bracketed).join(' and ');
    case 'any':
      return condition.of.map(bracketed).join(' or ');
    case 'not':
      return `not ${bracketed(condition.of)}`;
    case 'named':
      return condition.name;
    case 'quantified':
      return quantifiedText(condition);
  }
}

function bracketed(condition: Condition): string {
  const isPlain = condition.kind === 'leaf' || condition.kind === 'named' || condition.kind === 'not';
  return isPlain ? worded(condition) : `(${worded(condition)})`;
}

function againstText({ against }: Leaf): string {
  if (against.kind === 'fact') return against.name;
  const { type, value, name } = against;
  const isList = Array.isArray(value) && type.kind !== 'set';
  const text = isList
    ? `[${value.map((one) => formatValue(type, one)).join(', ')}]`
    : formatValue(type, value as Parameters<typeof formatValue>[1]);
  return name === undefined ? text : `${text} (${name})`;
}

function quantifiedText({ quantifier, over, within, except, where, satisfies, whenEmpty }: Quantified): string {
  const { kind } = quantifier;
  const many = 'count' in quantifier ? `${kind === 'atLeast' ? 'at least' : 'at most'} ${quantifier.count}` : kind;
  const whose = within.length === 0 || within.includes('site') ? '' : ` of the ${within.join(' and ')}`;
  const others = except === undefined ? '' : ` except those of the ${except}`;
  const which = where === undefined ? '' : ` where ${bracketed(where)}`;
  const empty = whenEmpty === undefined ? '' : ', open over nobody';
  return `${many} ${over}${whose}${others}${which}: ${bracketed(satisfies)}${empty}`;
}

/** What else of a leaf two texts may hide: how old and how good its reading may be. */
export function demandOf(condition: Condition): string {
  if (condition.kind !== 'leaf' && condition.kind !== 'asks-unknown') return '';
  const { read } = condition;
  return `at most ${formatDuration(read.maxAgeMs)} old, ${read.grade} or better`;
}
