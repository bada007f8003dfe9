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
  ])('refuses %s', (_, value) => expect(() => canonical(value)).toThrow(RangeError));
});

test('is the SHA-256 of the bytes', () => {
  expect(digestOfText('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(digestOf({ b: 1, a: 'ö' })).toBe(digestOfText('{"a":"ö","b":1}'));
});
