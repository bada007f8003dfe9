import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from '../../../src/kernel/digest.ts';
import { parseCanonicalFile, parseCanonicalJson } from '../../../src/source/canonical-json.ts';
import { codesOf } from '../../support/signing.ts';

const read = (text: string | Uint8Array) => parseCanonicalJson('a.json', Buffer.from(text));

test.each([
  '{}',
  '[]',
  '0',
  '"ö"',
  '{"1":1,"10":2,"9":3}',
  '{"__proto__":{"a":1}}',
  '{"a":[{"a":1},{"a":2}],"b":{"a":3}}',
])('%s is canonical', (text) => expect(read(text)).toEqual({ ok: true, value: JSON.parse(text), warnings: [] }));

describe('what is not canonical is refused, and named', () => {
  test.each<[string, string, string | Uint8Array, number?]>([
    ['nothing', 'JSON_SYNTAX', ''],
    ['half a document', 'JSON_SYNTAX', '{"a":'],
    ['two documents', 'JSON_SYNTAX', '{}{}', 3],
    ['a byte order mark', 'JSON_SYNTAX', '\ufeff{}'],
    ['bytes that are no UTF-8', 'FILE_NOT_UTF8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['an overlong sign', 'FILE_NOT_UTF8', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['half a character in bytes', 'FILE_NOT_UTF8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['half a character in an escape', 'JSON_NOT_CANONICAL', '"\\ud800"'],
    ['white space', 'JSON_NOT_CANONICAL', '{"a": 1}', 6],
    ['white space at the end', 'JSON_NOT_CANONICAL', '{} '],
    ['another order', 'JSON_NOT_CANONICAL', '{"b":1,"a":2}', 3],
    ['an escape too many', 'JSON_NOT_CANONICAL', '"\\u0061"', 2],
    ['another spelling of an escape', 'JSON_NOT_CANONICAL', '"\\u000a"'],
    ['another spelling of a number', 'JSON_NOT_CANONICAL', '1.0'],
    ['a number that is none', 'JSON_NOT_CANONICAL', '1e999'],
    ['minus nothing', 'JSON_NOT_CANONICAL', '-0'],
    ['more digits than a number has', 'JSON_NOT_CANONICAL', '9007199254740993'],
    ['a key twice', 'JSON_DUPLICATE_KEY', '{"a":1,"a":1}', 8],
    ['a key twice, once escaped', 'JSON_DUPLICATE_KEY', '{"a":1,"\\u0061":2}', 8],
    ['a key twice, deep and with white space', 'JSON_DUPLICATE_KEY', '{"x":[{"a":"a:","b":{"a":1}, "a" :2}]}'],
    ['__proto__ twice', 'JSON_DUPLICATE_KEY', '{"__proto__":1,"__proto__":2}'],
    ['65 levels', 'JSON_TOO_DEEP', '['.repeat(65) + ']'.repeat(65)],
    ['a million levels', 'JSON_TOO_DEEP', '['.repeat(1e6) + ']'.repeat(1e6)],
  ])('%s: %s', (_, code, text, col) => {
    const result = read(text);
    expect(codesOf(result)).toEqual([code]);
    if (col !== undefined) expect(result).toMatchObject({ faults: [{ at: { line: 1, col } }] });
  });
});

test('64 levels are read', () => expect(read('['.repeat(64) + ']'.repeat(64)).ok).toBe(true));

test('a file ends in exactly one line break', () => {
  const file = (text: string) => codesOf(parseCanonicalFile('a.json', Buffer.from(text)));
  expect(file('{}\n')).toEqual([]);
  for (const text of ['{}', '{}\n\n', '{}\r\n', '\n{}\n', '{} \n'])
    expect(file(text), text).toEqual(['JSON_NOT_CANONICAL']);
  expect(file('')).toEqual(['JSON_SYNTAX']);
});

test('of any JSON the canonical bytes are taken, and no others', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      const own = canonical(JSON.parse(text) as never);
      expect(read(own)).toMatchObject({ ok: true });
      expect(read(text).ok).toBe(text === own);
    }),
    { numRuns: 2_000 },
  );
});
