import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalize as another } from 'json-canonicalize';
import { describe, expect, test } from 'vitest';
import { canonical, digestOf, digestOfText, type Json } from '../../../src/kernel/digest.ts';

const aText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('€', '\r', '\ufb33', '😀', '\u0080', 'ö', '1', '10', '9', '__proto__', ''),
);
const aNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(-0, 1e21, 1e-7, 5e-324, 2 ** 53, 333333333.3333333),
);
const aValue = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.constant(null),
    aNumber,
    aText,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(aText, tie('value'), { maxKeys: 6, noNullPrototype: false }),
  ),
})).value;

test('is what the reference implementation of RFC 8785 writes, and one more', () => {
  fc.assert(
    fc.property(aValue, (value) => {
      expect(canonical(value)).toBe(canonicalize(value));
      expect(canonical(value)).toBe(another(value));
    }),
    { numRuns: 3_000 },
  );
});
test('whatever its objects look like: names that are digits, that are no members elsewhere, that are many or long', () => {
  const aName = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'c',
      'aa',
      'Z',
      '_',
      '__proto__',
      'constructor',
      'toJSON',
      'length',
      '0',
      '1',
      '10',
      '2',
      '-1',
      '1a',
      '',
    ),
    fc.string({ minLength: 60, maxLength: 70 }),
  );
  const anObject = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(1, 'a', '\\\\ud800', '\\', null, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(aName, tie('value'), { maxKeys: 6, noNullPrototype: false }),
    ),
  })).value;
  fc.assert(
    fc.property(anObject, (value) => {
      const before = JSON.stringify(value);
      expect(canonical(value)).toBe(canonicalize(value));
      expect(JSON.stringify(value)).toBe(before);
    }),
    { numRuns: 3_000 },
  );
  const wide = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`n${(at * 7) % 200}`, at]));
  expect(canonical(wide)).toBe(canonicalize(wide));
  for (let at = 0; at < 40; at += 1)
    expect(canonical({ [`z${at}`]: 1, a: { [`y${at}`]: 2, b: 3 } })).toBe(`{"a":{"b":3,"y${at}":2},"z${at}":1}`);
});
test('says the same as the value, and does not hang on the order of members', () => {
  fc.assert(
    fc.property(fc.dictionary(aText, aValue), (value) => {
      expect(canonical(JSON.parse(canonical(value)) as Json)).toBe(canonical(value));
      expect(digestOf(Object.fromEntries(Object.entries(value).reverse()))).toBe(digestOf(value));
    }),
  );
});

describe('by the RFC', () => {
  test.each<[Json, string]>([
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [[333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
    ['\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
    [{ a: undefined, b: null }, '{"b":null}'],
  ])('%j', (value, text) => expect(canonical(value)).toBe(text));
  test.each<[string, Json]>([
    ['NaN', Number.NaN],
    ['an infinity', [Number.POSITIVE_INFINITY]],
    ['half of a character', '\ud800'],
    ['half of one in a key', { '\udc00': 1 }],
    ['half of one deep down', { b: [{ z: 'x\ud83d', a: 1 }] }],
    ['no number deep down', { a: 1, b: [{ a: 2, b: Number.NEGATIVE_INFINITY }] }],
    ['what is nothing in a list', [undefined as unknown as Json]],
    ['nothing', undefined as unknown as Json],
    ['a function', { a: (() => 1) as unknown as Json }],
  ])('refuses %s', (_, value) => expect(() => canonical(value)).toThrow(RangeError));
});

test('is the SHA-256 of the bytes', () => {
  expect(digestOfText('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(digestOf({ b: 1, a: 'ö' })).toBe(digestOfText('{"a":"ö","b":1}'));
});
