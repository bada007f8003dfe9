import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../src/kernel/fact.ts';
import * as value from '../../../src/kernel/value.ts';

describe('durations', () => {
  test.each<[string, number | undefined]>([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['250ms', 250],
    ['1d2h', 93_600_000],
    ['0s', 0],
    ['30', undefined],
    ['', undefined],
    ['-1s', undefined],
    ['1.5s', undefined],
    ['30s1m', undefined],
    ['1s1s', undefined],
    ['1ms1s', undefined],
    ['1 s', undefined],
    ['1S', undefined],
    ['1w', undefined],
    ['1s\n', undefined],
    ['999999999999d', undefined],
  ])('%j is %j', (text, ms) => expect(value.parseDuration(text)).toBe(ms));
  test('are read as they are written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ms) => {
        expect(value.parseDuration(value.formatDuration(ms))).toBe(ms);
      }),
    );
  });
  test.each([
    [0, '0s'],
    [252_000, '4m12s'],
    [-90_000, '-1m30s'],
    [Number.POSITIVE_INFINITY, 'forever'],
  ])('%d reads %s', (ms, text) => expect(value.formatDuration(ms)).toBe(text));
});

describe('sizes', () => {
  test.each<[string, number | undefined]>([
    ['64MiB', 2 ** 26],
    ['0KiB', 0],
    ['12B', 12],
    ['64MB', undefined],
    ['64', undefined],
    ['1.5GiB', undefined],
    ['-1KiB', undefined],
    ['9007199254740991B', Number.MAX_SAFE_INTEGER],
    ['9007199254740992B', undefined],
    ['9PiB', undefined],
  ])('%j is %j', (text, bytes) => expect(value.parseSize(text)).toBe(bytes));
  test('are read as they are written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(value.parseSize(value.formatValue({ kind: 'size' }, bytes))).toBe(bytes);
      }),
    );
  });
});

describe('versions', () => {
  const aVersion = fc.tuple(fc.nat(9_999), fc.nat(99_999), fc.nat(99_999));
  test.each<[string, boolean]>([
    ['9.2.14', true],
    ['v9.2.14', true],
    ['9.2', false],
    ['9.2.16-flant.1', false],
    ['9.2.14.1', false],
    ['', false],
  ])('%j can be compared: %s', (text, readable) => expect(value.parseVersion(text) !== undefined).toBe(readable));
  test('are ordered as their parts are, and read as they are written', () => {
    fc.assert(
      fc.property(aVersion, aVersion, (left, right) => {
        const [a, b] = [left, right].map((parts) => value.parseVersion(parts.join('.')) ?? Number.NaN) as [
          number,
          number,
        ];
        const first = left.findIndex((part, at) => part !== right[at]);
        expect(Math.sign(a - b)).toBe(first === -1 ? 0 : Math.sign((left[first] ?? 0) - (right[first] ?? 0)));
        expect(value.formatValue({ kind: 'version' }, a)).toBe(left.join('.'));
      }),
    );
  });
});

test.each<[value.FactType, FactValue, boolean]>([
  [{ kind: 'bool' }, true, true],
  [{ kind: 'bool' }, 'true', false],
  [{ kind: 'bool' }, 1, false],
  [{ kind: 'bool' }, null, false],
  [{ kind: 'int' }, -3, true],
  [{ kind: 'int', atLeast: 0 }, -1, false],
  [{ kind: 'int', atMost: 3 }, 4, false],
  [{ kind: 'int' }, 1.5, false],
  [{ kind: 'int' }, 2 ** 53, false],
  [{ kind: 'int' }, Number.NaN, false],
  [{ kind: 'int' }, '10', false],
  [{ kind: 'duration' }, -1, false],
  [{ kind: 'size' }, 0, true],
  [{ kind: 'size' }, Number.POSITIVE_INFINITY, false],
  [{ kind: 'version' }, '9.2.1', false],
  [{ kind: 'text' }, '', true],
  [{ kind: 'text' }, null, false],
  [{ kind: 'text', optional: true }, null, true],
  [{ kind: 'text' }, ['x'], false],
  [{ kind: 'enum', words: ['A'] }, 'A', true],
  [{ kind: 'enum', words: ['A'] }, 'a', false],
  [{ kind: 'enum', words: ['A'] }, null, false],
  [{ kind: 'set' }, [], true],
  [{ kind: 'set' }, ['a', 'b'], true],
  [{ kind: 'set' }, ['b', 'a'], false],
  [{ kind: 'set' }, ['a', 'a'], false],
  [{ kind: 'set', words: ['a'] }, ['b'], false],
  [{ kind: 'set' }, 'a', false],
])('%j fits %j: %s', (type, given, fits) => expect(value.fits(type, given)).toBe(fits));

test.each<[FactValue, FactValue, boolean]>([
  [['a'], ['a'], true],
  [['a'], ['a', 'b'], false],
  [[], [], true],
  ['1', 1, false],
  [null, null, true],
  [null, '', false],
  [['a'], 'a', false],
])('%j is the same as %j: %s', (left, right, same) => expect(value.sameValue(left, right)).toBe(same));
test.each<[value.FactType, FactValue, string]>([
  [{ kind: 'text', optional: true }, null, 'nobody'],
  [{ kind: 'set' }, [], '[]'],
  [{ kind: 'set' }, ['a', 'b'], '[a, b]'],
  [{ kind: 'duration' }, 30_000, '30s'],
  [{ kind: 'size' }, 0, '0KiB'],
  [{ kind: 'size' }, 1_536, '1536B'],
  [{ kind: 'int' }, 30_000, '30000'],
  [{ kind: 'bool' }, false, 'false'],
])('of %j, %j reads %s', (type, given, text) => expect(value.formatValue(type, given)).toBe(text));

test.each([
  [0, '0KiB'],
  [1, '1B'],
  [1_023, '1023B'],
  [1_024, '1KiB'],
  [1_025, '1025B'],
  [1_536, '1536B'],
  [2 ** 20, '1MiB'],
  [3 * 2 ** 30, '3GiB'],
  [2 ** 40, '1TiB'],
  [2 ** 50, '1PiB'],
])('%d bytes are %s, and read back', (bytes, text) => {
  expect(value.formatValue({ kind: 'size' }, bytes)).toBe(text);
  expect(value.parseSize(text)).toBe(bytes);
});

test.each([
  [9_000_000_000_000_000, '900000.0.0'],
  [90_002_000_14, '0.90002.14'],
  [99_999 * 10_000_000_000 + 99_999 * 100_000 + 99_999, '99999.99999.99999'],
  [10_000_000_000, '1.0.0'],
])('the version %d is %s', (encoded, text) => {
  expect(value.formatValue({ kind: 'version' }, encoded)).toBe(text);
});
