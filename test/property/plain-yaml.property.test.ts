import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlain } from '../../src/source/plain-yaml.ts';
import { parseWhole } from '../../src/source/yaml.ts';
import { runs, thorough } from '../support/runs.ts';

/** The quick reader decides nothing: what it reads the library reads the same, with the same places, and what the library
 *  refuses it leaves alone. */

const shipped = ['profiles', 'captures'].flatMap((root) =>
  (readdirSync(root, { recursive: true, withFileTypes: true }) as Dirent[])
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => join(entry.parentPath, entry.name)),
);
const texts = shipped.map((path) => readFileSync(path, 'utf8'));

function agree(text: string): boolean {
  const tree = parsePlain({ file: 'f.yaml', text });
  if (tree === undefined) return false;
  expect(parseWhole({ file: 'f.yaml', text })).toEqual({ ok: true, value: tree, warnings: [] });
  return true;
}

describe('the quick reader of YAML', () => {
  test('reads every shipped pack, profile and manifest by itself, as the library does', () => {
    const byLibrary = shipped.filter((_, index) => !agree(texts[index] ?? ''));
    expect(byLibrary.filter((path) => !/^profiles\/packs\/tests/.test(path))).toEqual([]);
  });

  test.each([
    ['a second document', 'a: 1\n---\nb: 2'],
    ['an anchor', 'a: &x 1\nb: *x'],
    ['a tag', 'a: !!str 1'],
    ['a tab', 'a:\n\tb: 1'],
    ['a key twice', 'a: 1\na: 2'],
    ['a word over two lines', 'a: one\n  two'],
    ['a block of text', 'a: |\n  text'],
    ['a number that is not whole', 'a: 1.10'],
    ['a number past what is exact', 'a: 9007199254740993'],
    ['an escape', 'a: "\\n"'],
    ['nothing', 'a:\nb: 1'],
    ['a key inside a list', 'a: [b: 1]'],
    ['a map that is not closed', 'a: {b: 1'],
    ['a deeper line behind a value', 'a: 1\n  b: 2'],
    ['half a character', 'a: \ud800'],
  ])('leaves %s to the library', (_, text) => {
    expect(parsePlain({ file: 'f.yaml', text })).toBeUndefined();
  });

  /** A few lines of a shipped text, moved to the left, so that what shrinks is short. */
  const window = fc
    .record({ text: fc.constantFrom(...texts), from: fc.nat(600), length: fc.integer({ min: 1, max: 14 }) })
    .map(({ text, from, length }) => {
      const all = text.split('\n');
      const lines = all.slice(from % all.length, (from % all.length) + length);
      const indent = /^ */.exec(lines[0] ?? '')?.[0].length ?? 0;
      return lines.map((line) => line.slice(Math.min(indent, /^ */.exec(line)?.[0].length ?? 0))).join('\n');
    });
  const bit = fc.constantFrom(
    ...[' ', '  ', '\n', '- ', ': ', ':', '#', ' #', ', ', '[', ']', '{', '}', "'", '"', 'a', 'true', 'null', '~', '0'],
    ...[
      '-',
      '- - ',
      '\n\n',
      '&a ',
      '*a',
      '!t ',
      '|',
      '>',
      '? ',
      '...',
      '---',
      '\n---\n',
      '@',
      '%',
      '\\',
      'é',
      '\u2028',
    ],
    ...[
      '\u0085',
      '\u00a0',
      '.inf',
      '1e3',
      '0x1',
      '<<',
      'a: b',
      'a: ',
      '[]',
      '{}',
      '\t',
      "''",
      '\n  ',
      '-1',
      '1.5',
      '=',
    ],
  );
  const spoiled = fc
    .record({ text: window, marks: fc.array(fc.record({ at: fc.nat(), bit, drop: fc.nat(3) }), { maxLength: 3 }) })
    .map(({ text, marks }) =>
      marks.reduce((now, { at, bit: put, drop }) => {
        const place = at % (now.length + 1);
        return now.slice(0, place) + put + now.slice(place + drop);
      }, text),
    );

  test('reads whatever it reads as the library does', () => {
    let read = 0;
    fc.assert(
      fc.property(spoiled, (text) => {
        if (agree(text)) read += 1;
      }),
      runs('PLAIN_YAML', 20_000),
    );
    if (thorough) expect(read).toBeGreaterThan(1_000);
  });
});
