import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless, harmlessJson } from '../../../src/console/escape.ts';
import { look } from '../../../src/console/paint.ts';
import { json, yaml } from '../../../src/console/render/data.ts';
import { columnsOf, table, wrap } from '../../../src/console/table.ts';
import { toJson } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';

const plain = look({ color: false, ascii: false, width: Number.POSITIVE_INFINITY, wide: false });
/** Control characters but the line break, and what turns a line round or hides in it. */
const obeyed = /(?!\n)[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

describe('text from outside is never printed raw', () => {
  test.each([
    ['a terminal escape', '\u001b[31mred', '\\x1b[31mred'],
    ['the one-byte form of it', '\u009b31m', '\\x9b31m'],
    ['a line break', 'a\nb', 'a\\x0ab'],
    ['a carriage return that would overwrite', 'ok\rno', 'ok\\x0dno'],
    ['a mark that makes text run backwards', 'a\u202eb', 'a\\u202eb'],
    ['a character nobody sees', 'a\u200bb', 'a\\u200bb'],
    ['a tag character nobody sees', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['half of a character', 'a\ud800b', 'a\\ud800b'],
    ['what will never be a character', 'a\uffff\u{1fffe}b', 'a\\uffff\\u{1fffe}b'],
  ])('%s is shown instead of done', (_, text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  test('what can be seen stays as it is', () => {
    expect(harmless('Größe 尺寸 🙂 “x” pvc-7@node-a:node-b')).toBe('Größe 尺寸 🙂 “x” pvc-7@node-a:node-b');
  });

  test('no text at all comes out of a table with anything that a terminal obeys', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { minLength: 1 }),
        (rows) => {
          expect(table(plain, ['A', 'B'], rows)).not.toMatch(obeyed);
        },
      ),
    );
  });

  test('JSON keeps its data and loses what a terminal obeys', () => {
    const outside = { 'key\u009b': '\u009b31m\u202e\u200b\u007f' };
    expect(json(outside)).not.toMatch(obeyed);
    expect(JSON.parse(json(outside))).toEqual(outside);
    expect(yaml(outside)).not.toMatch(obeyed);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const printed = json({ text });
        expect(printed).not.toMatch(obeyed);
        expect(JSON.parse(printed)).toEqual({ text });
      }),
    );
    expect(harmlessJson('"\u{e0041}"')).toBe('"\\udb40\\udc41"');
  });
});

describe('YAML', () => {
  test('is read back as what it was', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 }).filter((word) => word !== '__proto__');
    const data = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.constantFrom('yes', 'null', '1', '- a', 'a: b', ' a', 'a #b', '2026-01-01', '~'),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      map: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    })).map;
    fc.assert(
      fc.property(data as fc.Arbitrary<Record<string, never>>, (value) => {
        const tree = parseTree({ file: 'x', text: yaml(value) });
        expect(tree.ok && JSON.parse(JSON.stringify(toJson(tree.value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('tables', () => {
  test('columns stand under each other, and the last one wraps at the width', () => {
    const narrow = look({ color: false, ascii: false, width: 40, wide: false });
    expect(
      table(
        narrow,
        ['NAME', 'SAYS'],
        [
          ['a', 'one two three four five six seven eight nine'],
          ['longer', 'x'],
        ],
      ),
    ).toBe('NAME    SAYS\na       one two three four five six\n        seven eight nine\nlonger  x\n');
  });

  test('a word that is longer than the line is never cut, so that it can be copied', () => {
    expect(wrap('pvc-1da46351-3cf9-4069@node-a is gone', 10)).toEqual(['pvc-1da46351-3cf9-4069@node-a', 'is gone']);
  });

  test('wide characters take two columns, marks take none', () => {
    expect([columnsOf('尺寸'), columnsOf('e\u0301'), columnsOf('abc')]).toEqual([4, 1, 3]);
  });

  test('without colour there is no escape, with it there is a word and a sign as well', () => {
    const coloured = look({ color: true, ascii: true, width: 80, wide: false });
    expect(coloured.bad('x')).toContain('\u001b[31m');
    expect(coloured.signs.closed).toBe('x');
    expect(plain.bad('x')).toBe('x');
  });
});
