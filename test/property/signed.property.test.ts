import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/kernel/fault.ts';
import { parseTrust } from '../../src/profile/trust-file.ts';
import { followRoots, type TrustRoot } from '../../src/profile/trust-root.ts';
import { verifyProfile } from '../../src/profile/verify.ts';
import { decodeText } from '../../src/source/text.ts';
import {
  bundle,
  fileOf,
  got,
  keyOf,
  nowMs,
  rootOf,
  signedFile,
  signedRoot,
  sourceOf,
  trustOf,
} from '../support/signing.ts';

/** Nothing here is passed over: not white space, not a comment, not an unneeded signature, not the last line break. */

const [a, b, c] = [keyOf('a'), keyOf('b', 'ecdsa-p256'), keyOf('c')];
const root = await trustOf([a, b, c], 2);
const verify = (bytes: Uint8Array) => verifyProfile('p.dsse.json', bytes, { root, nowMs, ranBefore: () => [] });
// One signature more than is asked for: a byte of it must count all the same.
const envelope = await signedFile(bundle(), [a, b, c]);
/** As few as are asked for: whoever takes one away leaves too few. */
const bareEnvelope = await signedFile(bundle(), [a, b]);

const first = await signedRoot(rootOf([a, b, c], 2), [a, b, c]);
const second = await signedRoot(rootOf([a, b], 2, { version: 2 }), [a, b]);
const trust = Buffer.from(sourceOf(fileOf(first, second)).text);
const bareTrust = Buffer.from(sourceOf(fileOf(await signedRoot(rootOf([a, b, c], 2), [a, b]), second)).text);
const smallTrust = Buffer.from(sourceOf(fileOf(await signedRoot(rootOf([a], 1), [a]))).text);
function follow(bytes: Uint8Array): Loaded<TrustRoot> {
  const text = decodeText('trust.yaml', bytes, 2 ** 20);
  const parsed = text.ok ? parseTrust(text.value) : text;
  return parsed.ok ? followRoots(parsed.value, 'trust.yaml', null) : parsed;
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe.each([
  ['an envelope', envelope, verify, envelope, bareEnvelope],
  ['a trust file', trust, follow, smallTrust, bareTrust],
] as const)('%s', (_, bytes, judge, small, bare) => {
  test('is right as it is', () => expect(judge(bytes).ok).toBe(true));

  test('with any one bit flipped, each of them, is refused', () => {
    const taken: number[] = [];
    for (let bit = 0; bit < small.length * 8; bit += 1) if (judge(flipped(small, bit)).ok) taken.push(bit);
    expect(judge(small).ok).toBe(true);
    expect(taken).toEqual([]);
    fc.assert(fc.property(fc.nat(bytes.length * 8 - 1), (bit) => !judge(flipped(bytes, bit)).ok));
  });

  test('cut off anywhere is refused', () => {
    const taken: number[] = [];
    for (let length = 0; length < bytes.length; length += 1)
      if (judge(bytes.subarray(0, length)).ok) taken.push(length);
    expect(taken).toEqual([]);
  });

  test('with any stretch of it removed, repeated, swapped or replaced is refused, and nothing is thrown', () => {
    const at = fc.nat({ max: bare.length });
    fc.assert(
      fc.property(at, at, at, fc.uint8Array({ maxLength: 8 }), fc.nat(3), (x, y, z, other, how) => {
        const [from = 0, to = 0, end = 0] = [x, y, z].sort((left, right) => left - right);
        const part = (start: number, stop?: number): Uint8Array => bare.subarray(start, stop);
        const changed = Buffer.concat(
          [
            [part(0, from), part(to)],
            [part(0, to), part(from)],
            [part(0, from), part(to, end), part(from, to), part(end)],
            [part(0, from), other, part(to)],
          ][how] ?? [],
        );
        expect(judge(changed).ok).toBe(changed.equals(bare));
      }),
      { numRuns: 1_000 },
    );
  });
});

test('any number of holders below the threshold is refused, any from it on is taken', async () => {
  const keys = [keyOf('1'), keyOf('2', 'ecdsa-p256'), keyOf('3'), keyOf('4', 'ecdsa-p256'), keyOf('5')];
  const some = fc.subarray(keys);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), some, some, async (threshold, roots, profiles) => {
      const statement = rootOf(keys, threshold);
      const file = fileOf(await signedRoot(statement, roots));
      const parsed = followRoots(got(parseTrust(sourceOf(file))), 'trust.yaml', null);
      expect(parsed.ok).toBe(roots.length >= threshold);
      const whole = await trustOf(keys, threshold);
      const result = verifyProfile('p', await signedFile(bundle(), profiles), {
        root: whole,
        nowMs,
        ranBefore: () => [],
      });
      expect(result.ok).toBe(profiles.length >= threshold);
    }),
    { numRuns: 60 },
  );
});

test('whatever bytes come, there is an answer', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(verify(bytes).ok).toBe(false);
        expect(follow(bytes).ok).toBe(false);
      },
    ),
  );
});
