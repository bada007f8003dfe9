import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appendLeaf,
  consistencyProof,
  emptyFrontier,
  emptyRoot,
  type Frontier,
  frontierFrom,
  type Hash,
  inclusionProof,
  leafHash,
  nodeHash,
  provesConsistency,
  provesInclusion,
  rootOf,
} from '../../../src/kernel/merkle.ts';
import { TilesInMemory } from '../../support/tiles-in-memory.ts';

/** RFC 6962, 2.1, word by word: MTH, PATH and PROOF over lists of leaves. */
const hex = (...parts: readonly (string | number[])[]): Hash =>
  createHash('sha256')
    .update(
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : Buffer.from(part)))),
    )
    .digest('hex');
const split = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));
const known = new Map<string, Hash>();
function mth(data: readonly string[]): Hash {
  const name = `${data.length} ${data.join()}`;
  const hash = known.get(name) ?? makeMth(data);
  known.set(name, hash);
  return hash;
}
function makeMth(data: readonly string[]): Hash {
  if (data.length === 0) return hex();
  if (data.length === 1) return hex([0], Buffer.from(data[0] ?? '').toString('hex'));
  const middle = split(data.length);
  return hex([1], mth(data.slice(0, middle)), mth(data.slice(middle)));
}
function path(index: number, data: readonly string[]): Hash[] {
  if (data.length === 1) return [];
  const middle = split(data.length);
  return index < middle
    ? [...path(index, data.slice(0, middle)), mth(data.slice(middle))]
    : [...path(index - middle, data.slice(middle)), mth(data.slice(0, middle))];
}
function subproof(old: number, data: readonly string[], isWhole: boolean): Hash[] {
  if (old === data.length) return isWhole ? [] : [mth(data)];
  const middle = split(data.length);
  return old <= middle
    ? [...subproof(old, data.slice(0, middle), isWhole), mth(data.slice(middle))]
    : [...subproof(old - middle, data.slice(middle), false), mth(data.slice(0, middle))];
}

const most = 130;
const leaves = Array.from({ length: most }, (_, at) => `leaf ${at}`);
const tiles = new TilesInMemory();
const frontiers: Frontier[] = [emptyFrontier];
for (const leaf of leaves) frontiers.push(appendLeaf(frontiers.at(-1) as Frontier, leafHash(leaf), tiles.keep));
const roots = frontiers.map(rootOf);

test('the root of every size up to 130 is that of the RFC', () => {
  for (let size = 0; size <= most; size += 1) expect(roots[size]).toBe(mth(leaves.slice(0, size)));
  expect(roots[0]).toBe(emptyRoot);
});
test('a leaf may be text or its bytes', () => {
  for (const text of ['', 'ö', '😀', 'a'.repeat(9_000), '€'.repeat(5_000)]) {
    expect(leafHash(text)).toBe(mth([text]));
    expect(leafHash(Buffer.from(text))).toBe(mth([text]));
  }
  expect(leafHash('short after long')).toBe(mth(['short after long']));
});
test('every inclusion proof up to 130 is that of the RFC, and proves its own leaf, index and size alone', async () => {
  for (let size = 1; size <= most; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const proof = await inclusionProof(index, size, tiles);
      expect(proof).toEqual(path(index, leaves.slice(0, size)));
      const leaf = leafHash(leaves[index] ?? '');
      const root = roots[size] ?? '';
      expect(provesInclusion(index, size, leaf, proof, root)).toBe(true);
      expect(provesInclusion(index + 1, size, leaf, proof, root)).toBe(false);
      expect(provesInclusion(index, size, leafHash('other'), proof, root)).toBe(false);
      expect(provesInclusion(index, size, leaf, proof, roots[size - 1] ?? '')).toBe(false);
      expect(provesInclusion(index, size, leaf, [...proof, emptyRoot], root)).toBe(false);
      if (size > 1) expect(provesInclusion(index, size, leaf, proof.slice(1), root)).toBe(false);
    }
  }
});
test('every consistency proof up to 130 is that of the RFC, and proves its own two trees alone', async () => {
  for (let size = 1; size <= most; size += 1) {
    for (let oldSize = 1; oldSize <= size; oldSize += 1) {
      const proof = await consistencyProof(oldSize, size, tiles);
      expect(proof).toEqual(subproof(oldSize, leaves.slice(0, size), true));
      const growth = { oldSize, oldRoot: roots[oldSize] ?? '', size, root: roots[size] ?? '' };
      expect(provesConsistency(growth, proof)).toBe(true);
      expect(provesConsistency({ ...growth, oldRoot: roots[oldSize - 1] ?? '' }, proof)).toBe(false);
      expect(provesConsistency({ ...growth, root: roots[oldSize - 1] ?? '' }, proof)).toBe(false);
      expect(provesConsistency(growth, [...proof, emptyRoot])).toBe(false);
      if (proof.length > 0) expect(provesConsistency(growth, proof.slice(0, -1))).toBe(false);
    }
  }
});
test('every tree begins with the empty one, and only with that of the right root', async () => {
  const growth = { oldSize: 0, oldRoot: emptyRoot, size: 7, root: roots[7] ?? '' };
  expect(await consistencyProof(0, 7, tiles)).toEqual([]);
  expect(provesConsistency(growth, [])).toBe(true);
  expect(provesConsistency(growth, [emptyRoot])).toBe(false);
  expect(provesConsistency({ ...growth, oldRoot: roots[1] ?? '' }, [])).toBe(false);
  expect(provesConsistency({ ...growth, size: 0 }, [])).toBe(false);
});

describe('what is no tree', () => {
  const leaf = leafHash('leaf 0');
  test.each<[string, number, number]>([
    ['an index that is the size', 1, 1],
    ['an index beyond it', 2, 1],
    ['a leaf of the empty tree', 0, 0],
    ['an index below nothing', -1, 1],
    ['half a leaf', 0.5, 1],
    ['no number', Number.NaN, 1],
    ['a size that cannot be counted', 0, 2 ** 53],
    ['an endless one', 0, Number.POSITIVE_INFINITY],
  ])('%s', async (_, index, size) => {
    expect(provesInclusion(index, size, leaf, [], leaf)).toBe(false);
    await expect(inclusionProof(index, size, tiles)).rejects.toThrow(RangeError);
  });
  test('an older one that is bigger, or cannot be counted', async () => {
    const growth = { oldSize: 2, oldRoot: roots[2] ?? '', size: 1, root: roots[1] ?? '' };
    expect(provesConsistency(growth, [])).toBe(false);
    expect(provesConsistency({ ...growth, oldSize: 2 ** 53, size: 2 ** 53 }, [])).toBe(false);
    await expect(consistencyProof(2, 1, tiles)).rejects.toThrow(RangeError);
  });
  test('a proof as long as anybody likes ends nothing and takes no time', () => {
    const long = Array.from({ length: 100_000 }, () => leaf);
    expect(provesInclusion(0, 2 ** 53 - 1, leaf, long, leaf)).toBe(false);
    expect(provesConsistency({ oldSize: 1, oldRoot: leaf, size: 2 ** 53 - 1, root: leaf }, long)).toBe(false);
  });
});

test('the biggest tree that can be counted has proofs too', () => {
  const size = 2 ** 53 - 1;
  const proof = Array.from({ length: 53 }, (_, at) => leafHash(`${at}`));
  let root = leafHash('x');
  for (const beside of proof.slice(0, 53)) root = nodeHash(root, beside);
  expect(provesInclusion(0, size, leafHash('x'), proof, root)).toBe(true);
});

describe('over several levels of tiles', () => {
  const big = 70_000;
  const many = new TilesInMemory();
  let frontier = emptyFrontier;
  const rootAt = new Map<number, Hash>();
  const hashes: Hash[] = [];
  for (let at = 0; at < big; at += 1) {
    const leaf = leafHash(`record ${at}`);
    hashes.push(leaf);
    frontier = appendLeaf(frontier, leaf, many.keep);
    if (at % 997 === 0 || at > big - 5) rootAt.set(at + 1, rootOf(frontier));
  }
  const sizes = [...rootAt.keys()];
  test('as many hashes are kept as C2SP tlog-tiles says: 70,000 are 273 tiles and 112 hashes, one tile and 17, and 1', () => {
    expect(many.counts).toEqual([70_000, 273, 1]);
  });
  test('proofs of any leaf and any two sizes hold, and no more than a tile is asked for at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sizes),
        fc.constantFrom(...sizes),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (one, other, part) => {
          const [oldSize, size] = one < other ? [one, other] : [other, one];
          const index = Math.floor(part * size);
          const root = rootAt.get(size) ?? '';
          const inclusion = await inclusionProof(index, size, many);
          expect(provesInclusion(index, size, hashes[index] ?? '', inclusion, root)).toBe(true);
          const consistency = await consistencyProof(oldSize, size, many);
          expect(provesConsistency({ oldSize, oldRoot: rootAt.get(oldSize) ?? '', size, root }, consistency)).toBe(
            true,
          );
        },
      ),
      { numRuns: 150 },
    );
    expect(many.most).toBeLessThanOrEqual(256);
    expect(many.unaligned).toBe(0);
  });
  test('a writer that starts again goes on with the same tree', async () => {
    for (const size of [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, big]) {
      let anew = await frontierFrom(size, many);
      if (rootAt.has(size)) expect(rootOf(anew)).toBe(rootAt.get(size));
      expect(anew.roots.length).toBe([...size.toString(2)].filter((digit) => digit === '1').length);
      for (let at = size; at < big && at < size + 3; at += 1) anew = appendLeaf(anew, hashes[at] ?? '');
      const again = await frontierFrom(anew.size, many);
      expect(again).toEqual(anew);
      expect(JSON.parse(JSON.stringify(anew))).toEqual(anew);
    }
  });
  test('a tile that is shorter than it must be is no tile', async () => {
    const short = { read: (level: number, first: number, count: number) => many.read(level, first, count).subarray(1) };
    await expect(inclusionProof(5, big, short)).rejects.toThrow('tile 0/0 has 8191 bytes, not 8192');
  });
});
