import type { Json } from '../kernel/digest.ts';
import { error, type Fault, type Place } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import { shown } from '../source/shown.ts';
import { hintFor, likely, listed } from '../source/suggest.ts';
import { entryOf, type Tree, toJson, treeAt } from '../source/tree.ts';
import { validate as validateDecisions } from './generated/capture-decisions.js';
import { validate as validateProfile } from './generated/edge-profile.js';
import { validate as validatePack } from './generated/rule-pack.js';
import { validate as validateTest } from './generated/rule-test.js';
import { validate as validateTrust } from './generated/trust.js';
import type { SchemaError, Validator } from './schema-error.ts';

/** The schemas in schemas/, generated into functions by scripts/validators.ts. */
const validators: Readonly<Record<SchemaName, Validator>> = {
  'rule-pack': validatePack,
  'edge-profile': validateProfile,
  'rule-test': validateTest,
  trust: validateTrust,
  'capture-decisions': validateDecisions,
};
export type SchemaName = 'rule-pack' | 'edge-profile' | 'rule-test' | 'trust' | 'capture-decisions';

export interface ShapeResult {
  /** False: the document is something else, and nothing more was looked at. */
  readonly rightKind: boolean;
  readonly faults: readonly Fault[];
  /** What the schema refuses and the linker names better. Whoever links reports these if linking found nothing. */
  readonly leftToLinker: readonly Fault[];
}

/** Keys by which a condition, a change or a removal says what it is. The first that stands there decides which form it
 *  is held against, so that a mistake is one fault and not one for each form that it is not. */
const discriminators = {
  condition: [
    'fact',
    'all',
    'any',
    'not',
    'condition',
    'unknown',
    'gate',
    'every',
    'some',
    'none',
    'atLeast',
    'atMost',
  ],
  change: ['fact', 'remove'],
  removal: ['host', 'linstor', 'kind'],
} as const;

/** Forms that the schema tries last, when no key decided. They and what follows go by the titles in the schema. */
const lastForms: Readonly<Record<string, readonly [key: string, kind: keyof typeof discriminators]>> = {
  'At most': ['atMost', 'condition'],
  'Change of a fact': ['fact', 'change'],
  'Object or list': ['kind', 'removal'],
};

/** Forms that are told by nothing but their place, so that a second key is just a field too many. */
const otherForms = new Set(['Another fact', 'Change of a fact']);

/** Facts are named by the linker, which knows what is in scope; so is a vocabulary that this build lacks. */
const linkersOwn = new Set(['Fact', 'Fact or parameter', 'Vocabulary']);

const codeOf: Readonly<Record<string, FaultCode>> = {
  Operator: 'PACK_UNKNOWN_OPERATOR',
  Subject: 'PACK_UNKNOWN_SUBJECT',
  Command: 'PACK_UNKNOWN_COMMAND',
  Duration: 'PACK_VALUE_TYPE',
  'State in our words': 'PROFILE_LEGACY_STATE',
  Conditions: 'PACK_EMPTY_CONDITION',
};

/** What people write from other languages. */
const otherSpellings: Readonly<Record<string, string>> = {
  '=': 'equal',
  '==': 'equal',
  '===': 'equal',
  eq: 'equal',
  is: 'equal',
  '!=': 'notEqual',
  ne: 'notEqual',
  '<': 'lessThan',
  lt: 'lessThan',
  '<=': 'lessThanInclusive',
  lte: 'lessThanInclusive',
  '>': 'greaterThan',
  gt: 'greaterThan',
  '>=': 'greaterThanInclusive',
  gte: 'greaterThanInclusive',
};

/** A tree against its schema: every fault with its exact place and the likely word. */
export function checkShape(tree: Tree, schema: SchemaName): ShapeResult {
  const broken = brokenText(tree);
  if (broken !== undefined) return { rightKind: false, faults: [broken], leftToLinker: [] };
  const validate = validators[schema];
  if (validate(toJson(tree))) return { rightKind: true, faults: [], leftToLinker: [] };
  const errors = validate.errors ?? [];
  const kind = wrongKind(tree, errors);
  if (kind.length > 0) return { rightKind: false, faults: kind, leftToLinker: [] };
  const faults = new Map<string, Fault>();
  const leftToLinker: Fault[] = [];
  for (const problem of errors) {
    const fault = faultOf(tree, problem, errors);
    if (fault === undefined) continue;
    if (linkersOwn.has(titleOf(problem))) leftToLinker.push(fault);
    else faults.set([fault.at.line, fault.at.col, fault.message].join('\n'), fault);
  }
  return { rightKind: true, faults: [...faults.values()], leftToLinker };
}

/** Canonical JSON cannot say half a character, so such a document could have no digest. */
function brokenText(tree: Tree): Fault | undefined {
  const says = 'holds half a character, a lone surrogate';
  switch (tree.kind) {
    case 'scalar':
      if (typeof tree.value === 'number' && !Number.isFinite(tree.value)) {
        return error('SHAPE_INVALID', tree.at, `\`${shown(tree.text)}\` is no number that can be written down`);
      }
      return tree.text.isWellFormed() ? undefined : error('SHAPE_INVALID', tree.at, says);
    case 'list':
      return tree.items.map(brokenText).find((fault) => fault !== undefined);
    case 'map':
      return tree.entries
        .map(({ key, keyAt, value }) => (key.isWellFormed() ? brokenText(value) : error('SHAPE_INVALID', keyAt, says)))
        .find((fault) => fault !== undefined);
  }
}

function wrongKind(tree: Tree, errors: readonly SchemaError[]): readonly Fault[] {
  const atTop = (problem: SchemaError): boolean =>
    problem.instancePath === '' || /^\/(apiVersion|kind)$/.test(problem.instancePath);
  return errors.filter(atTop).flatMap((problem) => {
    const key = String(problem.instancePath.slice(1) || problem.params.missingProperty);
    if (problem.keyword === 'type') return [error('SHAPE_WRONG_KIND', tree.at, `must be a map, and is a ${tree.kind}`)];
    if (key !== 'apiVersion' && key !== 'kind') return [];
    const wanted = key === 'kind' ? wantedKind(problem) : 'nodewright.spectrocloud.com/v1alpha1';
    const found = entryOf(tree, key);
    return found === undefined
      ? [error('SHAPE_WRONG_KIND', tree.at, `\`${key}\` is missing`, `write \`${key}: ${wanted}\``)]
      : [
          error(
            'SHAPE_WRONG_KIND',
            found.value.at,
            `\`${key}\` is ${described(found.value)}; \`${wanted}\` is asked for here`,
          ),
        ];
  });
}

function wantedKind(problem: SchemaError): string {
  if (typeof problem.params.allowedValue === 'string') return problem.params.allowedValue;
  const properties = problem.parentSchema?.properties as Readonly<Record<string, { const?: string }>> | undefined;
  return properties?.kind?.const ?? '';
}

function faultOf(tree: Tree, problem: SchemaError, all: readonly SchemaError[]): Fault | undefined {
  const lastForm = lastFormAt(problem.instancePath, all);
  if (lastForm !== undefined) {
    // No key says what this is, so nothing else that was said of it means anything.
    return problem === lastForm.problem ? unclear(tree, problem, lastForm.kind) : undefined;
  }
  const value = treeAt(tree, problem.instancePath);
  const at = value.at;
  const title = titleOf(problem);
  const schema = problem.parentSchema ?? {};
  switch (problem.keyword) {
    case 'if':
    case 'propertyNames':
      return undefined; // what is wrong inside is an error of its own
    case 'required': {
      const missing = String(problem.params.missingProperty);
      if (isMisspelt(missing, problem.instancePath, all)) return undefined; // the misspelt key is the fault
      const meaning = meaningOf(schema, missing);
      return error(
        'SHAPE_INVALID',
        placeOfKey(tree, problem.instancePath),
        `${nameOf(problem.instancePath)} has no \`${missing}\``,
        meaning === undefined ? undefined : `add it: ${meaning}`,
      );
    }
    case 'additionalProperties': {
      const extra = String(problem.params.additionalProperty);
      return unknownField(value, extra, schema, nameOf(problem.instancePath));
    }
    case 'type':
      return error(
        'SHAPE_INVALID',
        at,
        `${nameOf(problem.instancePath)} must be ${typeInWords(schema.type)}, and is ${described(value)}`,
      );
    case 'enum': {
      const words = (problem.params.allowedValues as readonly unknown[]).map(String);
      const word = value.kind === 'scalar' ? value.text : '';
      const spelt = Object.hasOwn(otherSpellings, word) && title === 'Operator' ? otherSpellings[word] : undefined;
      const hint = spelt === undefined ? hintFor(word, words, `it is ${listed(words)}`) : `did you mean \`${spelt}\`?`;
      return error(codeOf[title] ?? 'SHAPE_INVALID', at, `${described(value)} is no ${nounOf(schema)}`, hint);
    }
    case 'const':
      return error(
        'SHAPE_INVALID',
        at,
        `${nameOf(problem.instancePath)} can only be \`${String(problem.params.allowedValue)}\``,
      );
    case 'minItems':
    case 'minProperties':
      return error(codeOf[title] ?? 'SHAPE_INVALID', at, `${nameOf(problem.instancePath)} is empty`, emptyHint(title));
    case 'minimum':
      return error(
        'SHAPE_INVALID',
        at,
        `${nameOf(problem.instancePath)} must be at least ${String(problem.params.limit)}`,
      );
    case 'maximum':
      return error(
        'SHAPE_INVALID',
        at,
        `${nameOf(problem.instancePath)} must be at most ${String(problem.params.limit)}`,
      );
    case 'minLength':
      return error('SHAPE_INVALID', at, `${nameOf(problem.instancePath)} is empty`);
    case 'maxLength':
      return named(tree, problem, `is longer than ${String(problem.params.limit)} characters`);
    case 'uniqueItems': {
      const item =
        value.kind === 'list' ? value.items[Math.max(Number(problem.params.i), Number(problem.params.j))] : undefined;
      return error('SHAPE_INVALID', item?.at ?? at, `${described(item ?? value)} stands in this list twice`);
    }
    case 'pattern':
      return named(tree, problem, `is no ${nounOf(schema)}`, exampleHint(schema));
    default:
      return error('SHAPE_INVALID', at, `${nameOf(problem.instancePath)} does not fit its schema (${problem.keyword})`);
  }
}

/** A fault of a value or, when the schema spoke of a key, of that key. */
function named(tree: Tree, problem: SchemaError, says: string, hint?: string): Fault {
  const value = treeAt(tree, problem.instancePath);
  const code = codeOf[titleOf(problem)] ?? 'SHAPE_INVALID';
  const key = problem.propertyName === undefined ? undefined : entryOf(value, problem.propertyName);
  return key === undefined
    ? error(code, value.at, `${described(value)} ${says}`, hint)
    : error(code, key.keyAt, `\`${shown(key.key)}\` ${says}`, hint);
}

interface LastForm {
  readonly problem: SchemaError;
  readonly kind: keyof typeof discriminators;
}

/** Whether the thing at this path has none of the keys that would say what it is. */
function lastFormAt(path: string, all: readonly SchemaError[]): LastForm | undefined {
  for (const problem of all) {
    if (problem.instancePath !== path || problem.keyword !== 'required') continue;
    const [key, kind] = lastForms[titleOf(problem)] ?? [];
    if (key !== undefined && kind !== undefined && problem.params.missingProperty === key) return { problem, kind };
  }
  return undefined;
}

function unclear(tree: Tree, problem: SchemaError, kind: keyof typeof discriminators): Fault {
  const value = treeAt(tree, problem.instancePath);
  const words = discriminators[kind];
  const keys = value.kind === 'map' ? value.entries : [];
  for (const { key, keyAt } of keys) {
    const meant = likely(key, words);
    if (meant !== undefined) {
      return error(
        'PACK_AMBIGUOUS_CONDITION',
        keyAt,
        `\`${shown(key)}\` is no kind of ${kind}`,
        `did you mean \`${meant}\`?`,
      );
    }
  }
  return error(
    'PACK_AMBIGUOUS_CONDITION',
    value.at,
    `this ${kind} says nothing that we know`,
    `write exactly one of ${listed(words)}`,
  );
}

function unknownField(value: Tree, extra: string, schema: Readonly<Record<string, unknown>>, whose: string): Fault {
  const keyAt = entryOf(value, extra)?.keyAt ?? value.at;
  const fields = Object.keys((schema.properties as object | undefined) ?? {});
  const forms: readonly string[] = discriminators.condition;
  const own = fields.find((field) => forms.includes(field));
  if (own !== undefined && forms.includes(extra) && !otherForms.has(String(schema.title))) {
    const hint = 'put both under `all:` or `any:`';
    return error('PACK_AMBIGUOUS_CONDITION', keyAt, `says \`${own}\` and \`${extra}\` at once`, hint);
  }
  return error(
    'SHAPE_UNKNOWN_FIELD',
    keyAt,
    `${whose} has no field \`${shown(extra)}\``,
    hintFor(extra, fields, `it has ${listed(fields, 'and')}`),
  );
}

/** Whether a key that is missing here stands here in another spelling. */
function isMisspelt(missing: string, path: string, all: readonly SchemaError[]): boolean {
  return all.some(({ instancePath, keyword, params }) => {
    return (
      keyword === 'additionalProperties' &&
      instancePath === path &&
      likely(String(params.additionalProperty), [missing]) !== undefined
    );
  });
}

/** The title of the part of the schema that an error stands in. */
function titleOf(problem: SchemaError): string {
  return String(problem.parentSchema?.title ?? '');
}

/** The last step of a pointer as people say it: `when`, `item 3`, `this document`. */
function nameOf(pointer: string): string {
  const last = pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  if (pointer === '') return 'this document';
  return /^\d+$/.test(last) ? 'this' : `\`${shown(last)}\``;
}

/** Where the key of a part stands; of what has none, the part itself. */
function placeOfKey(tree: Tree, pointer: string): Place {
  const cut = pointer.lastIndexOf('/');
  if (cut === -1) return tree.at;
  const last = pointer
    .slice(cut + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  return entryOf(treeAt(tree, pointer.slice(0, cut)), last)?.keyAt ?? treeAt(tree, pointer).at;
}

function described(tree: Tree): string {
  if (tree.kind === 'map') return 'a map';
  if (tree.kind === 'list') return tree.items.length === 0 ? 'an empty list' : 'a list';
  if (tree.value === null) return 'nothing';
  const plain: Json = tree.value;
  return typeof plain === 'string' && /^(-?\d+(\.\d+)?|true|false|null|)$/.test(plain)
    ? `the text \`"${plain}"\``
    : `\`${shown(tree.text)}\``;
}

function typeInWords(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a map',
    array: 'a list',
    string: 'text',
    integer: 'a whole number',
    boolean: 'true or false',
  };
  return words[String(type)] ?? String(type);
}

function nounOf(schema: Readonly<Record<string, unknown>>): string {
  return typeof schema.title === 'string' ? lower(schema.title) : 'value that fits here';
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function meaningOf(schema: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const properties = schema.properties as Readonly<Record<string, { readonly description?: string }>> | undefined;
  const says = properties?.[field]?.description;
  return says === undefined ? undefined : lower(says).replace(/\.$/, '');
}

function exampleHint(schema: Readonly<Record<string, unknown>>): string | undefined {
  const [example] = (schema.examples as readonly string[] | undefined) ?? [];
  return example === undefined ? undefined : `write it like \`${example}\``;
}

function emptyHint(title: string): string | undefined {
  return title === 'Conditions'
    ? 'over nothing, other engines answer «proceed»; write a condition, or remove it'
    : undefined;
}
