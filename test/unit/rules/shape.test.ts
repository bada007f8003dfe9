import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readByHand, schemaNames, schemaPath, withCurrentWords } from '../../../scripts/schemas.ts';
import { checkShape } from '../../../src/rules/shape.ts';
import { shown } from '../../../src/source/shown.ts';
import { likely, listed } from '../../../src/source/suggest.ts';
import { toJson } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';

function shapeOf(text: string, schema: 'rule-pack' | 'edge-profile' | 'rule-test' = 'rule-pack') {
  const tree = parseTree({ file: 'x.yaml', text });
  if (!tree.ok) throw new Error('the test’s own YAML is broken');
  return checkShape(tree.value, schema);
}

function packWith(spec: string): string {
  const head =
    'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\nmetadata: {name: p, version: 1.0.0}\n';
  return `${head}spec: {vocabulary: v1, ${spec}}\n`;
}

function gateWhen(condition: string): string {
  return packWith(`gates: {g: {says: x, when: ${condition}}}`);
}

describe('the schemas in schemas/', () => {
  test.each([...schemaNames, ...readByHand])('%s has the words that the code has', (name) => {
    const text = readFileSync(schemaPath(name), 'utf8');
    expect(withCurrentWords(text)).toBe(text);
  });

  test.each([...schemaNames, ...readByHand])('%s teaches: every field has a title and a description', (name) => {
    const schema = JSON.parse(readFileSync(schemaPath(name), 'utf8')) as Schema;
    expect(untaught(schema, schema, '#')).toEqual([]);
  });

  test('the shipped line for editors is only a comment', () => {
    const text = `# yaml-language-server: $schema=../schemas/rule-pack.v1.json\n${packWith('gates: {}')}`;
    expect(shapeOf(text)).toEqual({ rightKind: true, faults: [], leftToLinker: [] });
  });
});

describe('a mistake is one fault at its place', () => {
  test.each([
    ['a misspelt key of a leaf', gateWhen('{fact: node.ready, opertor: equal, value: true}'), ['SHAPE_UNKNOWN_FIELD']],
    ['two forms at once', gateWhen('{all: [{condition: a}], condition: b}'), ['PACK_AMBIGUOUS_CONDITION']],
    ['no form at all', gateWhen('{says: something}'), ['PACK_AMBIGUOUS_CONDITION']],
    ['a misspelt form', gateWhen('{evry: node, satisfies: {condition: a}}'), ['PACK_AMBIGUOUS_CONDITION']],
    [
      'a second key beside another fact, which has but one form',
      gateWhen('{fact: node.ready, operator: equal, value: {fact: node.ready, all: []}}'),
      ['SHAPE_UNKNOWN_FIELD'],
    ],
    ['text where a condition should be', gateWhen('live'), ['SHAPE_INVALID']],
    ['an empty all, deep inside', gateWhen('{not: {any: [{not: {all: []}}]}}'), ['PACK_EMPTY_CONDITION']],
    ['a list where a map should be', packWith('gates: []'), ['SHAPE_INVALID']],
    [
      'a number where a duration should be',
      packWith('gates: {g: {says: x, budget: 5, when: {condition: a}}}'),
      ['SHAPE_INVALID'],
    ],
    [
      'a bad name and a bad severity',
      packWith('findings: {F: {severity: awful, says: x, when: {condition: a}}}'),
      ['SHAPE_INVALID', 'SHAPE_INVALID'],
    ],
    ['a quantifier without satisfies', gateWhen('{every: node}'), ['SHAPE_INVALID']],
    [
      'whenEmpty that is not open',
      gateWhen('{every: node, whenEmpty: closed, satisfies: {condition: a}}'),
      ['SHAPE_INVALID'],
    ],
    ['an unknown subject', gateWhen('{every: disk, satisfies: {condition: a}}'), ['PACK_UNKNOWN_SUBJECT']],
    [
      'a repeated gate of a transition',
      packWith('drives: BondModeFlipPlan, states: {A: {goto: [{to: A, gates: [g, g]}]}}'),
      ['SHAPE_INVALID'],
    ],
  ])('%s', (_, text, codes) => {
    const { faults, leftToLinker } = shapeOf(text);
    expect(faults.map(({ code }) => code)).toEqual(codes);
    expect(shapeOf(text).faults).toEqual(faults);
    expect(leftToLinker).toEqual([]);
  });

  test('a fact that does not exist is left to the linker, which knows the likely one', () => {
    const { faults, leftToLinker } = shapeOf(
      gateWhen('{fact: node.redy, operator: equal, value: {fact: node.nothing}}'),
    );
    expect(faults).toEqual([]);
    expect(leftToLinker.map(({ at }) => at.excerpt?.slice(at.col - 1, at.col - 1 + (at.length ?? 0)))).toEqual([
      'node.redy',
      'node.nothing',
    ]);
  });

  test('every condition form of the language fits', () => {
    const forms = [
      '{says: s, fact: node.ready, operator: equal, value: true, maxAge: 30s, grade: observed}',
      '{fact: bond.mode, operator: equal, value: {fact: param.mode, maxAge: 1s}}',
      '{all: [{condition: a}]}',
      '{any: [{condition: a}]}',
      '{not: {condition: a}}',
      '{every: replica, in: volume, where: {condition: a}, satisfies: {condition: b}, whenEmpty: open}',
      '{some: node, satisfies: {condition: b}}',
      '{none: vm, in: site, satisfies: {condition: b}}',
      '{atLeast: 2, of: replica, satisfies: {condition: b}}',
      '{atMost: 0, of: replica, satisfies: {condition: b}}',
      '{unknown: node.ready, maxAge: 1s}',
      '{gate: other/gate}',
    ];
    for (const form of forms) expect(shapeOf(gateWhen(form)).faults, form).toEqual([]);
  });
});

describe('a document of another kind', () => {
  test.each([
    ['a list', '[a, b]', 'must be a map, and is a list'],
    ['no kind', 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n', '`kind` is missing'],
    [
      'another kind',
      'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: Pod\nspec: {a: 1}\n',
      '`kind` is `Pod`; `RulePack` is asked for here',
    ],
    [
      'another version',
      'apiVersion: nodewright.spectrocloud.com/v2\nkind: RulePack\n',
      '`apiVersion` is `nodewright.spectrocloud.com/v2`; `nodewright.spectrocloud.com/v1alpha1` is asked for here',
    ],
  ])('%s is told for what it is, and nothing else is said of it', (_, text, message) => {
    const { rightKind, faults } = shapeOf(text);
    expect(rightKind).toBe(false);
    expect(faults.map((fault) => [fault.code, fault.message])).toEqual([['SHAPE_WRONG_KIND', message]]);
  });
});

test('a list that must not repeat itself is compared without calling what stands in it', () => {
  const odd = '[{valueOf: 1, toString: 2}, {valueOf: 1, toString: 2}, [a], a, a]';
  const { faults } = shapeOf(
    packWith(`drives: BondModeFlipPlan, guards: {g: {says: x, during: ${odd}, when: {condition: a}}}`),
  );
  expect(faults.map(({ message }) => message)).toContain('`a` stands in this list twice');
  const many = [...Array(20_000).keys()].map((at) => `S${at}`).join(', ');
  expect(shapeOf(packWith(`guards: {g: {says: x, during: [${many}], when: {condition: a}}}`)).faults).toEqual([]);
});

test.each([
  ['x'.repeat(60), 'x'.repeat(60)],
  ['x'.repeat(61), `${'x'.repeat(57)}…`],
  ['one\ntwo', 'one…'],
  [`${'x'.repeat(61)}\ntwo`, `${'x'.repeat(57)}…`],
  ['…one\ntwo', '…one…'],
])('an author’s word is cut where it would drown the sentence: %j', (word, cut) => {
  expect(shown(word)).toBe(cut);
});

test('a hint names the nearest word that is near enough, and of many words the first ten', () => {
  expect(likely('ab', ['xy', 'ay'])).toBe('ay');
  expect(likely('ab', ['xy'])).toBe(undefined);
  expect(likely('abc', ['xyc'])).toBe(undefined);
  expect(likely('abcd', ['xycd'])).toBe('xycd');
  expect(likely('a'.repeat(100), ['a'.repeat(99)])).toBe('a'.repeat(99));
  expect(likely('a'.repeat(101), ['a'.repeat(100)])).toBe(undefined);
  const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`);
  expect(listed(words(12))).toBe('w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10 or w11');
  expect(listed(words(13))).toBe('w0, w1, w2, w3, w4, w5, w6, w7, w8, w9 … (13 in all)');
});

test.each([
  ['no kind, what to write', 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n', 'write `kind: RulePack`'],
  ['another language’s operator', gateWhen('{fact: node.ready, operator: "==", value: true}'), 'did you mean `equal`?'],
  ['another language’s word that is no operator', gateWhen('{every: is, satisfies: {condition: a}}'), undefined],
  [
    'a condition over nothing, what that would mean',
    gateWhen('{all: []}'),
    'over nothing, other engines answer «proceed»; write a condition, or remove it',
  ],
  [
    'two forms at once, how to have both',
    gateWhen('{all: [{condition: a}], condition: b}'),
    'put both under `all:` or `any:`',
  ],
])('the hint for %s', (_, text, hint) => {
  const hints = shapeOf(text).faults.map((fault) => fault.hint);
  if (hint === undefined) expect(hints[0]).not.toContain('equal');
  else expect(hints).toEqual([hint]);
});

test('a number past its limit is told the limit', () => {
  const text = `apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: EdgeProfile\nspec: {topology: {nodes: {atMost: 17}}}\n`;
  expect(shapeOf(text, 'edge-profile').faults.map(({ message }) => message)).toContain('`atMost` must be at most 16');
});

test('a key called __proto__ is a key, and refused as any other', () => {
  const text = packWith('gates: {__proto__: {says: x, when: {condition: a}}}');
  const tree = parseTree({ file: 'x.yaml', text });
  expect(tree.ok && Object.getPrototypeOf(toJson(tree.value))).toBe(null);
  expect(shapeOf(text).faults.map(({ message }) => message)).toEqual(['`__proto__` is no name']);
});

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

/** Places of fields for which an editor would show nothing. */
function untaught(part: unknown, root: Schema, path: string): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap((item, at) => untaught(item, root, `${path}/${at}`));
  const schema = part as Schema;
  const found: string[] = [];
  for (const [keyword, inside] of Object.entries(schema)) {
    if (keyword === 'if') continue;
    if (keyword === 'properties' || keyword === 'definitions') {
      for (const [name, field] of Object.entries(inside as Record<string, Schema | boolean>)) {
        if (typeof field !== 'object') continue;
        const target = field.$ref === undefined ? field : root.definitions?.[field.$ref.slice('#/definitions/'.length)];
        const says = field.description ?? target?.description;
        const title = field.title ?? target?.title;
        if (says === undefined || title === undefined) found.push(`${path}/${keyword}/${name}`);
        found.push(...untaught(field, root, `${path}/${keyword}/${name}`));
      }
    } else found.push(...untaught(inside, root, `${path}/${keyword}`));
  }
  return found;
}
