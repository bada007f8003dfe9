import { error, type Fault, type Place } from '../../kernel/fault.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../../kernel/subject.ts';
import type { FactType } from '../../kernel/value.ts';
import type { Vocabulary } from '../../kernel/vocabulary.ts';
import type { Operator } from '../../rules/condition.ts';
import { scopeInWords, scopeOf } from '../../rules/link-scope.ts';
import type { Parameter } from '../../rules/pack.ts';
import { inWords } from '../../source/literal.ts';
import { shown } from '../../source/shown.ts';
import { hintFor, listed } from '../../source/suggest.ts';
import type { Places } from '../../source/text.ts';
import type { Entry, ScalarTree, Tree } from '../../source/tree.ts';
import { declarationOf } from '../../source/words.ts';
import type { Comparison, Named, OfMany, Part, Test, Value, Word } from './question-parts.ts';

/** What the words of a question can mean. */
export interface Meanings {
  readonly vocabulary: Vocabulary;
  /** Of the pack whose gate is asked about. */
  readonly pack: string;
  readonly conditions: ReadonlySet<string>;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly places: Places;
  readonly report: (fault: Fault) => void;
}

/** Who is in scope where a part stands. */
interface Within {
  readonly scope: ReadonlySet<SubjectKind>;
  /** Of those, whoever the question itself counts through, and everybody they belong to. */
  readonly counted: ReadonlySet<SubjectKind>;
}

/** A condition of a question → the tree that a pack would have in its place, with columns of the question: from here on a question is
 *  linked as a pack is. Undefined: what is wrong with it was reported. */
export function treeOfQuestion(part: Part, per: SubjectKind, meanings: Meanings): Tree | undefined {
  return treeOf(part, { scope: scopeOf(per), counted: new Set() }, meanings);
}

function treeOf(part: Part, within: Within, meanings: Meanings): Tree | undefined {
  const { places } = meanings;
  switch (part.kind) {
    case 'all':
    case 'any': {
      const trees = part.of.map((one) => treeOf(one, within, meanings));
      const items = trees.filter((tree) => tree !== undefined);
      if (items.length < trees.length) return undefined;
      const at = places.at(part.from);
      return map(at, { [part.kind]: { kind: 'list', items, at } });
    }
    case 'not': {
      const of = treeOf(part.of, within, meanings);
      return of && map(places.at(part.from), { not: of });
    }
    case 'test':
      return testTree(part, within, meanings);
    case 'named':
      return namedTree(part, meanings);
    case 'of many':
      return ofManyTree(part, within, meanings);
  }
}

const comparing: Readonly<Record<string, Operator>> = {
  '=': 'equal',
  is: 'equal',
  '!=': 'notEqual',
  '≠': 'notEqual',
  'is not': 'notEqual',
  in: 'in',
  'is in': 'in',
  'not in': 'notIn',
  'is not in': 'notIn',
  '<': 'lessThan',
  '<=': 'lessThanInclusive',
  '≤': 'lessThanInclusive',
  '>': 'greaterThan',
  '>=': 'greaterThanInclusive',
  '≥': 'greaterThanInclusive',
  contains: 'contains',
  'does not contain': 'doesNotContain',
};

function testTree({ fact, comparison }: Test, { scope }: Within, meanings: Meanings): Tree | undefined {
  const { places, report } = meanings;
  const at = placeOf(fact, places);
  const name = scalar(fact.text, at);
  const type = typeOf(fact, scope, meanings);
  if (type === undefined) return undefined;
  switch (comparison?.kind) {
    case 'unknown':
      return map(at, { unknown: name });
    case 'not unknown':
      return map(at, { not: map(at, { unknown: name }) });
    case 'value':
    case 'list':
      return map(at, { fact: name, ...comparedTo(comparison, places) });
  }
  if (type.kind !== 'bool') {
    const hint = `say what it is to be: \`${fact.text} = …\`${type.kind === 'enum' ? `; it is ${listed(type.words)}` : ''}`;
    report(error('PACK_VALUE_TYPE', at, `\`${fact.text}\` is ${inWords(type)}, and not true or false`, hint));
    return undefined;
  }
  return map(at, { fact: name, operator: scalar('equal', at), value: scalar(true, at) });
}

/** The type of what is read. Undefined: there is no such fact, or nobody it could be of here. */
function typeOf(
  { text, from }: Word,
  scope: ReadonlySet<SubjectKind>,
  { vocabulary, parameters, places, report }: Meanings,
): FactType | undefined {
  const at = places.at(from, text.length);
  // The linker knows what is wrong with a parameter that is not there.
  if (text.startsWith('param.')) return parameters.get(text.slice('param.'.length))?.type ?? { kind: 'bool' };
  const fact = declarationOf(text, at, { vocabulary, report });
  if (fact === undefined || scope.has(fact.subject)) return fact?.type;
  const message = `\`${text}\` is about a ${fact.subject}; in scope here: ${scopeInWords(scope)}`;
  report(error('PACK_OUT_OF_SCOPE', at, message, `write \`any ${text}\` or \`every ${text}\``));
  return undefined;
}

function comparedTo(comparison: Extract<Comparison, { readonly operator: Word }>, places: Places): Trees {
  const { operator } = comparison;
  const word = comparing[operator.text.replaceAll(/\s+/g, ' ')] ?? operator.text;
  const value: Tree =
    comparison.kind === 'value'
      ? valueTree(comparison.value, places)
      : {
          kind: 'list',
          items: comparison.values.map((one) => valueTree(one, places)),
          at: places.at(comparison.from),
        };
  return { operator: scalar(word, placeOf(operator, places)), value };
}

/** As it would be read in a pack; `nobody` is what an answer prints for no value. */
function valueTree(value: Value, places: Places): Tree {
  const { text, quoted } = value;
  const at = placeOf(value, places);
  if (quoted) return scalar(text, at);
  if (refers.test(text)) return map(at, { fact: scalar(text, at) });
  if (text === 'nobody') return scalar(null, at, text);
  if (text === 'true' || text === 'false') return scalar(text === 'true', at, text);
  return /^[+-]?\d+$/.test(text) ? scalar(Number(text), at, text) : scalar(text, at);
}

const refers = new RegExp(`^(${subjectKinds.join('|')}|param)\\.`);

function namedTree({ name }: Named, { pack, conditions, vocabulary, places, report }: Meanings): Tree | undefined {
  const at = placeOf(name, places);
  if (conditions.has(name.text)) return map(at, { condition: scalar(name.text, at) });
  const message = `\`${shown(name.text)}\` is no fact, and no condition of the pack \`${pack}\``;
  const bare = [...vocabulary.keys()].find((fact) => fact.endsWith(`.${name.text}`));
  const known = [...conditions, ...vocabulary.keys()];
  const hint =
    bare === undefined ? hintFor(name.text, known, '`nwctl facts` lists all facts') : `did you mean \`${bare}\`?`;
  report(error('ASK_UNKNOWN_NAME', at, message, hint));
  return undefined;
}

function ofManyTree(part: OfMany, { scope, counted }: Within, meanings: Meanings): Tree | undefined {
  const { quantifier, count, where, satisfies, openOverNobody, from } = part;
  const { places } = meanings;
  const over = overOf(part, meanings);
  if (over === undefined) return undefined;
  const owners = ancestorsOf(over.kind).filter((kind) => kind !== 'site');
  const inside: Within = {
    scope: scopeOf(over.kind, scope),
    counted: new Set([...counted, over.kind, ...owners]),
  };
  const whose = whoseTree(
    part,
    over,
    owners.filter((kind) => scope.has(kind)),
    counted,
    meanings,
  );
  const [whereTree, satisfiesTree] = [where && treeOf(where, inside, meanings), treeOf(satisfies, inside, meanings)];
  if (whose === undefined || satisfiesTree === undefined || (where !== undefined && whereTree === undefined)) {
    return undefined;
  }
  const kind = scalar(over.kind, over.at);
  const at = places.at(from);
  return map(at, {
    ...(count === undefined
      ? { [quantifier]: kind }
      : { [quantifier]: scalar(Number(count.text), placeOf(count, places)), of: kind }),
    ...whose,
    ...(part.except === undefined ? {} : { except: scalar(part.except.text, placeOf(part.except, places)) }),
    ...(whereTree === undefined ? {} : { where: whereTree }),
    satisfies: satisfiesTree,
    ...(openOverNobody ? { whenEmpty: scalar('open', at) } : {}),
  });
}

interface Over {
  readonly kind: SubjectKind;
  readonly at: Place;
}

/** The kind that is counted through: the one that is named, in the plural too, or the fact's. */
function overOf({ over, satisfies }: OfMany, meanings: Meanings): Over | undefined {
  const { vocabulary, places, report } = meanings;
  if (over === undefined) {
    if (satisfies.kind !== 'test') return undefined;
    const at = placeOf(satisfies.fact, places);
    const fact = declarationOf(satisfies.fact.text, at, { vocabulary, report });
    return fact && { kind: fact.subject, at };
  }
  const at = placeOf(over, places);
  const kind = subjectKinds.find((known) => known === over.text || `${known}s` === over.text);
  if (kind !== undefined) return { kind, at };
  const hint = hintFor(over.text, subjectKinds, `there are ${listed(subjectKinds, 'and')}`);
  report(error('ASK_UNKNOWN_NAME', at, `there is no kind \`${shown(over.text)}\``, hint));
  return undefined;
}

/** Everybody of the site, if nothing is said. Inside of another count that could be misread, and is refused. */
function whoseTree(
  { whose, quantifier }: OfMany,
  over: Over,
  ownersInScope: readonly SubjectKind[],
  counted: ReadonlySet<SubjectKind>,
  { places, report }: Meanings,
): Trees | undefined {
  const refuse = (at: Place, message: string, hint: string): undefined => {
    report(error('PACK_OUT_OF_SCOPE', at, message, hint));
  };
  if (whose === undefined) {
    const owner = ownersInScope.find((kind) => counted.has(kind));
    if (owner === undefined) return { in: scalar('site', over.at) };
    const hint = `write \`${over.kind} of the ${owner}: …\` or \`${over.kind} of the site: …\` behind \`${words[quantifier]}\``;
    return refuse(over.at, `whose ${over.kind}s are meant is not said`, hint);
  }
  const [first, second] = whose;
  if (first !== undefined && second === undefined) return { in: scalar(first.text, placeOf(first, places)) };
  const said = whose.map(({ text }) => text);
  if (said.length === ownersInScope.length && ownersInScope.every((kind) => said.includes(kind))) return {};
  const all = ownersInScope.length === 0 ? 'nobody it belongs to' : `the ${listed(ownersInScope, 'and')}`;
  const message = `of several owners all that are in scope must be named: ${all}`;
  return refuse(over.at, message, 'name all, or one');
}

const words: Readonly<Record<OfMany['quantifier'], string>> = {
  every: 'every',
  some: 'any',
  none: 'no',
  atLeast: 'at least N',
  atMost: 'at most N',
};

type Trees = Readonly<Record<string, Tree>>;

function map(at: Place, entries: Trees): Tree {
  return {
    kind: 'map',
    at,
    entries: Object.entries(entries).map(([key, value]): Entry => ({ key, keyAt: at, value })),
  };
}

function scalar(value: ScalarTree['value'], at: Place, text = String(value)): ScalarTree {
  return { kind: 'scalar', value, text, at };
}

function placeOf({ text, from }: Word, places: Places): Place {
  return places.at(from, text.length);
}
