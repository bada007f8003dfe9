import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, type Json } from '../../../src/kernel/digest.ts';
import { toJson } from '../../../src/source/tree.ts';
import { parseTree, parseTrees } from '../../../src/source/yaml.ts';

const parse = (text: string) => parseTree({ file: 'f.yaml', text });
const plain = (text: string): Json | string => {
  const tree = parse(text);
  return tree.ok ? toJson(tree.value) : tree.faults.map(({ code, at }) => `${code} ${at.line}:${at.col}`).join(', ');
};

describe('what is read', () => {
  test.each<[string, string, string]>([
    [
      'plain words of YAML 1.2 only',
      'a: yes\nb: on\nc: 0o17\nd: 017\ne: 1_000',
      '{"a":"yes","b":"on","c":15,"d":17,"e":"1_000"}',
    ],
    ['a key that is a trap', '__proto__: {a: 1}\nconstructor: 2', '{"__proto__":{"a":1},"constructor":2}'],
    ['a key that is a number keeps its text', '1: a\n1.10: b', '{"1":"a","1.10":"b"}'],
    ['an alias', 'a: &x {b: 1}\nc: *x', '{"a":{"b":1},"c":{"b":1}}'],
    ['an alias to what the anchor was there, not later', '[&a 1, &x [*a], &a 2, *x, *a]', '[1,[1],2,[1],2]'],
    ['inner anchors of an alias do not come back', '[&x {k: &y 1}, &y 2, *x, *y]', '[{"k":1},2,{"k":1},2]'],
    ['nothing', 'a:\nb: ~', '{"a":null,"b":null}'],
    ['JSON', '{"a": [1, "\\u00e9", true]}', '{"a":[1,"é",true]}'],
    [
      'brackets in texts',
      `a: "${'['.repeat(100)}"\nb: |-\n  ${'{'.repeat(100)}`,
      `{"a":"${'['.repeat(100)}","b":"${'{'.repeat(100)}"}`,
    ],
    ['a quoted merge sign', '{"<<": 1}', '{"<<":1}'],
  ])('%s', (_, text, json) => {
    expect(canonical(plain(text) as Json)).toBe(json);
  });
});

describe('what is refused, and where', () => {
  test.each<[string, string, string]>([
    ['a key twice', 'a: 1\nb: 2\na: 3', 'YAML_DUPLICATE_KEY 3:1'],
    ['a key twice in other quotes', '{a: 1, "a": 2}', 'YAML_DUPLICATE_KEY 1:8'],
    ['a tab', 'a:\n\tb: 1', 'YAML_SYNTAX 2:1'],
    ['a tag', 'a: !!binary aGk=', 'YAML_TAG 1:13'],
    ['a merge key', 'a: &x {b: 1}\nc:\n  <<: *x', 'YAML_SYNTAX 3:3'],
    ['an older YAML, where yes is true', '%YAML 1.1\n---\na: yes', 'YAML_SYNTAX 1:1'],
    ['an alias to nothing', 'a: *x', 'YAML_SYNTAX 1:4'],
    ['an alias to what it stands in', 'a: &x [*x]', 'YAML_SYNTAX 1:8'],
    [
      'a number that JSON does not have',
      'a: .nan\nb: 1e999\nc: -.inf',
      'YAML_SYNTAX 1:4, YAML_SYNTAX 2:4, YAML_SYNTAX 3:4',
    ],
    ['half of a character', 'a: "\\uD800"', 'YAML_SYNTAX 1:4'],
    ['half of a character in a key', '"\\uD800": 1', 'YAML_SYNTAX 1:1'],
    ['a key that is a list', '[a]: 1', 'YAML_SYNTAX 1:1'],
    ['two documents', 'a: 1\n---\nb: 2', 'YAML_SYNTAX 3:1'],
    ['no document', '# nothing\n', 'YAML_EMPTY 1:1'],
    ['an empty file', '', 'YAML_EMPTY 1:1'],
  ])('%s', (_, text, faults) => {
    expect(plain(text)).toBe(faults);
  });

  const levels = (count: number) => '['.repeat(count) + ']'.repeat(count);
  test('deeper than 64 levels, and not at 64', () => {
    expect(parse(levels(64)).ok).toBe(true);
    expect(plain(levels(65))).toContain('YAML_TOO_DEEP');
    expect(plain(Array.from({ length: 66 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'))).toContain('YAML_TOO_DEEP');
    expect(parse(Array.from({ length: 60 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')).ok).toBe(true);
    expect(plain(`${']'.repeat(200)}${'['.repeat(200)}`)).toMatch(/YAML_(TOO_DEEP|SYNTAX)/);
  });
  test('depth through aliases', () => {
    const chain = Array.from({ length: 70 }, (_, at) => `a${at}: &a${at} [${at === 0 ? 1 : `*a${at - 1}`}]`).join('\n');
    expect(plain(chain)).toContain('YAML_TOO_DEEP');
  });
});

describe('in bounded time', () => {
  const laughs = Array.from(
    { length: 30 },
    (_, at) =>
      `a${at}: &a${at} [${Array(10)
        .fill(at === 0 ? 'ha' : `*a${at - 1}`)
        .join(',')}]`,
  ).join('\n');
  test.each<[string, string, string]>([
    ['anchors that explode', laughs, 'YAML_TOO_MANY_NODES'],
    ['brackets without end', '['.repeat(1_000_000), 'YAML_TOO_DEEP'],
    ['dashes without end', '- '.repeat(20_000), 'YAML_TOO_DEEP'],
    ['keys without end', '? '.repeat(20_000), 'YAML_'],
    ['as many keys as fit', Array.from({ length: 19_000 }, (_, at) => `k${at}:`).join('\n'), ''],
    ['very many keys', Array.from({ length: 40_000 }, (_, at) => `k${at}:`).join('\n'), 'YAML_TOO_LARGE'],
    ['as much JSON in a line as fits', `[${Array(9_000).fill('{"a":1}').join(',')}]`, ''],
    ['one long line of JSON', `[${Array(60_000).fill('{"a":1}').join(',')}]`, 'YAML_TOO_LARGE'],
    ['one long line of flow', `[${'{a: 1, b: [x, y]}, '.repeat(25_000)}]`, 'YAML_TOO_LARGE'],
    ['comments without end', '#\n'.repeat(500_000), 'YAML_TOO_LARGE'],
  ])(
    '%s',
    (_, text, fault) => {
      const started = performance.now();
      const tree = parse(text);
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(tree.ok ? '' : (tree.faults[0]?.code ?? '')).toContain(fault);
      expect(tree.ok).toBe(fault === '');
    },
    20_000,
  );
});

test('where a text gets too large is said, and whoever expects more may read more', () => {
  const keys = Array.from({ length: 40_000 }, (_, at) => `k${at}:`).join('\n');
  expect(plain(keys)).toMatch(/^YAML_TOO_LARGE \d{5}:\d$/);
  const source = { file: 'f.yaml', text: keys };
  expect(parseTree(source, 300_000).ok).toBe(true);
  expect(parseTrees(source).ok).toBe(true);
});

test('whatever text comes, it is a tree or faults, and never thrown', () => {
  const nasty = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '&x ',
    '*x',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '|\n',
    '>',
    '#',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '!t ',
    '<<',
    '? ',
    ',',
    '\x02',
    '\x18',
    '\x1f',
    '\ufeff',
    '\r',
    '\t',
    '\\ud800',
    '1e999',
    '~',
    '\u2028',
  );
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 30 }), (parts) => {
      const trees = parseTrees({ file: 'f', text: parts.join('') });
      if (!trees.ok) expect(trees.faults.length).toBeGreaterThan(0);
      // Whatever is read has a canonical form, and so a digest.
      else for (const tree of trees.value) expect(canonical(toJson(tree))).toBeTypeOf('string');
    }),
    { numRuns: 5_000 },
  );
});

test('JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const tree = parse(text);
      const wellFormed = canonicalOrNothing(JSON.parse(text) as Json);
      if (tree.ok) expect(canonical(toJson(tree.value))).toBe(wellFormed);
      else
        expect([undefined, 'YAML_DUPLICATE_KEY']).toContain(
          wellFormed === undefined ? undefined : tree.faults[0]?.code,
        );
    }),
    { numRuns: 500 },
  );
});

function canonicalOrNothing(value: Json): string | undefined {
  try {
    return canonical(value);
  } catch {
    return undefined;
  }
}
