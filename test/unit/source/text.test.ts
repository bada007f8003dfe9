import { describe, expect, test } from 'vitest';
import { decodeText, Places } from '../../../src/source/text.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, littleEndian: boolean, mark: boolean) =>
  Uint8Array.from(
    (mark ? `\ufeff${text}` : text).split('').flatMap((unit) => {
      const [high, low] = [unit.charCodeAt(0) >> 8, unit.charCodeAt(0) & 255];
      return littleEndian ? [low, high] : [high, low];
    }),
  );

describe('bytes', () => {
  const read = (bytes: Uint8Array, most = 1_000) => {
    const text = decodeText('f', bytes, most);
    return text.ok ? text.value.text : `${text.faults[0]?.code} ${text.faults[0]?.at.line}:${text.faults[0]?.at.col}`;
  };
  test.each<[string, Uint8Array, string]>([
    ['nothing', utf8(''), ''],
    ['text', utf8('grün 😀\n'), 'grün 😀\n'],
    ['a byte order mark', utf8('\ufeffa: 1'), 'a: 1'],
    ['UTF-16, little end first', utf16('a: 1', true, true), 'FILE_NOT_UTF8 1:1'],
    ['UTF-16, big end first', utf16('a: 1', false, true), 'FILE_NOT_UTF8 1:1'],
    ['UTF-16 without a mark', utf16('a: 1', true, false), 'FILE_NOT_UTF8 1:1'],
    ['UTF-16 without a mark, big end first', utf16('a: 1', false, false), 'FILE_NOT_UTF8 1:1'],
    ['a NUL byte', utf8('a: 1\nbc\0d'), 'FILE_NOT_TEXT 2:3'],
    ['Latin-1', Uint8Array.of(0x67, 0x72, 0xfc, 0x6e), 'FILE_NOT_UTF8 1:1'],
    ['half of a character', Uint8Array.of(0xed, 0xa0, 0x80), 'FILE_NOT_UTF8 1:1'],
    ['a cut character', utf8('😀').subarray(0, 3), 'FILE_NOT_UTF8 1:1'],
  ])('%s', (_, bytes, answer) => expect(read(bytes)).toBe(answer));
  test('no more than asked for', () => {
    expect(read(utf8('12345'), 5)).toBe('12345');
    expect(read(utf8('123456'), 5)).toBe('FILE_TOO_LARGE 1:1');
  });
});

describe('places', () => {
  const places = new Places({ file: 'f', text: 'ab\r\ncde\n\nf' });
  test.each<[number, number, number, string]>([
    [0, 1, 1, 'ab'],
    [1, 1, 2, 'ab'],
    [4, 2, 1, 'cde'],
    [6, 2, 3, 'cde'],
    [8, 3, 1, ''],
    [9, 4, 1, 'f'],
    [10, 4, 2, 'f'],
  ])('offset %d is line %d, column %d', (offset, line, col, excerpt) => {
    expect(places.at(offset)).toMatchObject({ file: 'f', line, col, excerpt });
  });
  test('a length ends with its line', () => {
    expect(places.at(4, 100).length).toBe(3);
    expect(places.at(8, 100).length).toBe(1);
  });
  test('a last line may end in a return, and a line of nothing but one is empty', () => {
    expect(new Places({ file: 'f', text: '\r\na\r' }).at(0).excerpt).toBe('');
    expect(new Places({ file: 'f', text: '\r\na\r' }).at(2).excerpt).toBe('a');
  });
});
