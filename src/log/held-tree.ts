import { appendLeaf, emptyFrontier, type Hash, leafHash, type Tiles } from '../kernel/merkle.ts';
import type { StoredLog } from './stored.ts';

const hashBytes = 32;

/** The tree over the first records of a log, in memory: 32 bytes a record. Undefined: one of them cannot be read, or is not there. */
export async function heldTree(log: Pick<StoredLog, 'lines'>, size: number): Promise<Tiles | undefined> {
  const levels: Buffer[] = [];
  const keep = (level: number, index: number, hash: Hash): void => {
    let bytes = levels[level] ?? Buffer.alloc(64 * hashBytes);
    if (bytes.length < hashBytes * (index + 1)) bytes = Buffer.concat([bytes], 2 * bytes.length);
    bytes.write(hash, hashBytes * index, hashBytes, 'hex');
    levels[level] = bytes;
  };
  let frontier = emptyFrontier;
  for await (const lines of log.lines()) {
    for (const line of lines) {
      if (frontier.size === size) break;
      if (line === undefined) return undefined;
      frontier = appendLeaf(frontier, leafHash(line), keep);
    }
    if (frontier.size === size) break;
  }
  if (frontier.size < size) return undefined;
  return {
    read: (level, first, count) =>
      (levels[level] ?? Buffer.alloc(0)).subarray(hashBytes * first, hashBytes * (first + count)),
  };
}
