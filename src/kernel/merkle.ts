import { sha256 } from './digest.ts';

/** A hash in the tree: 64 lower-case hex digits. */
export type Hash = string;

/** Hashes of the tree are kept in tiles, as C2SP `tlog-tiles` lays them out: only those of the heights 0, 8, 16 … are kept, the
 *  others are made anew from at most 256 of them. */
export const tileHeight = 8;
export const tileWidth = 2 ** tileHeight;

/** The root over no leaves. */
export const emptyRoot: Hash = sha256('');

/** What one must keep of a tree in order to add to it: its size, and the roots of the perfect subtrees that it is made of, the
 *  biggest (leftmost) first: as many as `size` has ones in binary. Plain JSON. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Hash[];
}

export const emptyFrontier: Frontier = { size: 0, roots: [] };

/** Told of each hash that has to be kept: number `index` of tile level `level`, that is the root over the leaves from
 *  index · 256^level on. They come in the order in which each level is to be written: without a gap. */
export type Keep = (level: number, index: number, hash: Hash) => void;

/** Where the kept hashes can be had: `count` of them, 32 bytes each, of one level, from `first` on. It is asked for one tile at
 *  most: `first` is a multiple of 256 and `count` at most 256; all of them have been told to `Keep` before. */
export interface Tiles {
  read(level: number, first: number, count: number): Promise<Uint8Array> | Uint8Array;
}

const leafTag = 0;
const nodeTag = 1;
const nodeBytes = Buffer.alloc(65, nodeTag);
const nibbles = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);
let leafBytes = Buffer.alloc(4096, leafTag);

/** RFC 6962: the hash of a leaf is that of a zero byte and its data (bytes, or a text's UTF-8 bytes). */
export function leafHash(data: Uint8Array | string): Hash {
  // A character has at most three bytes for each of its UTF-16 units.
  const most = 1 + (typeof data === 'string' ? 3 * data.length : data.length);
  if (most > leafBytes.length) leafBytes = Buffer.alloc(2 * most, leafTag);
  const length = typeof data === 'string' ? leafBytes.write(data, 1) : data.length;
  if (typeof data !== 'string') leafBytes.set(data, 1);
  return sha256(leafBytes.subarray(0, 1 + length));
}

/** RFC 6962: the hash of an inner node is that of a one byte and the hashes of its two halves. */
export function nodeHash(left: Hash, right: Hash): Hash {
  writeHash(left, 1);
  writeHash(right, 33);
  return sha256(nodeBytes);
}

/** Several times faster than `write(…, 'hex')`, and there is one for each record of a log. */
function writeHash(hash: Hash, at: number): void {
  for (let index = 0; index < 32; index += 1) {
    const high = nibbles[hash.charCodeAt(2 * index)] ?? 0;
    nodeBytes[at + index] = high * 16 + (nibbles[hash.charCodeAt(2 * index + 1)] ?? 0);
  }
}

/** The tree with one leaf more. */
export function appendLeaf({ size, roots }: Frontier, leaf: Hash, keep?: Keep): Frontier {
  const kept = roots.slice();
  let hash = leaf;
  let height = 0;
  let index = size;
  keep?.(0, index, hash);
  while (index % 2 === 1) {
    hash = nodeHash(kept.pop() ?? '', hash);
    index = (index - 1) / 2;
    height += 1;
    if (keep !== undefined && height % tileHeight === 0) keep(height / tileHeight, index, hash);
  }
  kept.push(hash);
  return { size: size + 1, roots: kept };
}

/** The root over all leaves so far. */
export function rootOf({ roots }: Frontier): Hash {
  return roots.length === 0 ? emptyRoot : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** Whether this is a size that a tree can have: beyond 2^53 − 1 numbers are no longer exact. */
export function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

/** RFC 6962, 2.1: the left half of a tree of `size` leaves is the biggest power of two that leaves something to the right. */
function leftOf(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** The root that an inclusion proof leads to; undefined if it cannot be one: wrong length, index not below size. */
export function rootByInclusion(index: number, size: number, leaf: Hash, path: readonly Hash[]): Hash | undefined {
  if (!isSize(index) || !isSize(size) || index >= size) return undefined;
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const beside = path.at(-1);
  if (beside === undefined) return undefined;
  const left = leftOf(size);
  const isLeft = index < left;
  const own = isLeft
    ? rootByInclusion(index, left, leaf, path.slice(0, -1))
    : rootByInclusion(index - left, size - left, leaf, path.slice(0, -1));
  if (own === undefined) return undefined;
  return isLeft ? nodeHash(own, beside) : nodeHash(beside, own);
}

/** Whether the leaf stands at this index of the tree of this size and root. */
export function provesInclusion(index: number, size: number, leaf: Hash, path: readonly Hash[], root: Hash): boolean {
  return rootByInclusion(index, size, leaf, path) === root;
}

/** What a consistency proof is about: an earlier and a later state of one tree. */
export interface Growth {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly size: number;
  readonly root: Hash;
}

/** Whether the later tree begins with the earlier one, leaf by leaf. Every tree begins with the empty one. */
export function provesConsistency({ oldSize, oldRoot, size, root }: Growth, proof: readonly Hash[]): boolean {
  if (!isSize(oldSize) || !isSize(size) || oldSize > size) return false;
  if (oldSize === 0) return proof.length === 0 && oldRoot === emptyRoot && (size > 0 || root === emptyRoot);
  const led = rootsByConsistency(oldSize, size, proof, oldRoot);
  return led !== undefined && led.old === oldRoot && led.all === root;
}

/** Both roots that the proof leads to. `whole` is the earlier root as long as the earlier tree is whole in what we look at. */
function rootsByConsistency(
  oldSize: number,
  size: number,
  proof: readonly Hash[],
  whole: Hash | undefined,
): { readonly old: Hash; readonly all: Hash } | undefined {
  if (oldSize === size) {
    const root = whole ?? proof[0];
    if (root === undefined || proof.length !== (whole === undefined ? 1 : 0)) return undefined;
    return { old: root, all: root };
  }
  const beside = proof.at(-1);
  if (beside === undefined) return undefined;
  const left = leftOf(size);
  const isLeft = oldSize <= left;
  const rest = proof.slice(0, -1);
  const led = isLeft
    ? rootsByConsistency(oldSize, left, rest, whole)
    : rootsByConsistency(oldSize - left, size - left, rest, undefined);
  if (led === undefined) return undefined;
  return isLeft
    ? { old: led.old, all: nodeHash(led.all, beside) }
    : { old: nodeHash(beside, led.old), all: nodeHash(beside, led.all) };
}

/** The hashes beside the way from a leaf up to the root of the tree of `size` leaves: RFC 6962's PATH, the lowest first. */
export async function inclusionProof(index: number, size: number, tiles: Tiles): Promise<Hash[]> {
  if (!isSize(index) || !isSize(size) || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const tree = treeOver(tiles, size);
  const path = async (from: number, to: number): Promise<Hash[]> => {
    if (to - from === 1) return [];
    const middle = from + leftOf(to - from);
    return index < middle
      ? [...(await path(from, middle)), await tree(middle, to)]
      : [...(await path(middle, to)), await tree(from, middle)];
  };
  return path(0, size);
}

/** What shows that the tree of `size` leaves begins with that of `oldSize`: RFC 6962's PROOF. Empty from nothing, and for equals. */
export async function consistencyProof(oldSize: number, size: number, tiles: Tiles): Promise<Hash[]> {
  if (!isSize(oldSize) || !isSize(size) || oldSize > size) throw new RangeError(`${oldSize} is more than ${size}`);
  if (oldSize === 0) return [];
  const tree = treeOver(tiles, size);
  const proof = async (from: number, to: number, isWhole: boolean): Promise<Hash[]> => {
    if (oldSize === to) return isWhole ? [] : [await tree(from, to)];
    const middle = from + leftOf(to - from);
    return oldSize <= middle
      ? [...(await proof(from, middle, isWhole)), await tree(middle, to)]
      : [...(await proof(middle, to, false)), await tree(from, middle)];
  };
  return proof(0, size, true);
}

/** The frontier of the first `size` leaves, read from the tiles: what a writer goes on from after a restart. */
export async function frontierFrom(size: number, tiles: Tiles): Promise<Frontier> {
  if (!isSize(size)) throw new RangeError(`no tree has ${size} leaves`);
  const tree = treeOver(tiles, size);
  const roots: Hash[] = [];
  for (let from = 0; from < size; ) {
    const rest = size - from;
    const width = leftOf(rest) * 2 === rest ? rest : leftOf(rest);
    roots.push(await tree(from, from + width));
    from += width;
  }
  return { size, roots };
}

/** The root over the leaves from…to of a tree of `size` leaves. Each tile is read once, however many roots are asked for. */
function treeOver(tiles: Tiles, size: number): (from: number, to: number) => Promise<Hash> {
  const read = new Map<string, Buffer>();
  const tile = async (level: number, first: number): Promise<Buffer> => {
    const name = `${level}/${first}`;
    const known = read.get(name);
    if (known !== undefined) return known;
    const count = Math.min(tileWidth, Math.floor(size / tileWidth ** level) - first);
    const bytes = await tiles.read(level, first, count);
    if (bytes.length !== 32 * count) throw new RangeError(`tile ${name} has ${bytes.length} bytes, not ${32 * count}`);
    const got = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    read.set(name, got);
    return got;
  };
  const perfect = async (from: number, width: number): Promise<Hash> => {
    let level = 0;
    while (tileWidth ** (level + 1) <= width) level += 1;
    const index = from / tileWidth ** level;
    const first = index - (index % tileWidth);
    const bytes = await tile(level, first);
    let hashes: Hash[] = [];
    for (let at = index - first; at < index - first + width / tileWidth ** level; at += 1) {
      hashes.push(bytes.toString('hex', 32 * at, 32 * at + 32));
    }
    while (hashes.length > 1) {
      hashes = hashes.flatMap((left, at) => (at % 2 === 0 ? [nodeHash(left, hashes[at + 1] ?? '')] : []));
    }
    return hashes[0] ?? '';
  };
  const tree = async (from: number, to: number): Promise<Hash> => {
    const width = to - from;
    if (width === 1 || leftOf(width) * 2 === width) return perfect(from, width);
    const middle = from + leftOf(width);
    return nodeHash(await tree(from, middle), await tree(middle, to));
  };
  return tree;
}
