import type { Keep, Tiles } from '../../src/kernel/merkle.ts';

/** Kept hashes, each level in one piece of memory, as a file of them would be. Counts what it is asked for. */
export class TilesInMemory implements Tiles {
  private readonly levels: Buffer[] = [];
  readonly counts: number[] = [];
  /** The most hashes asked for at once, and how often not from the beginning of a tile. */
  most = 0;
  unaligned = 0;

  readonly keep: Keep = (level, index, hash) => {
    if (index !== (this.counts[level] ?? 0)) throw new RangeError(`hash ${index} of level ${level} came out of order`);
    let bytes = this.levels[level] ?? Buffer.alloc(8192);
    if (bytes.length < 32 * (index + 1)) bytes = Buffer.concat([bytes], 2 * bytes.length);
    bytes.write(hash, 32 * index, 32, 'hex');
    this.levels[level] = bytes;
    this.counts[level] = index + 1;
  };

  read(level: number, first: number, count: number): Uint8Array {
    this.most = Math.max(this.most, count);
    if (first % 256 !== 0) this.unaligned += 1;
    const all = 32 * (this.counts[level] ?? 0);
    return (this.levels[level] ?? Buffer.alloc(0)).subarray(32 * first, Math.min(all, 32 * (first + count)));
  }
}
