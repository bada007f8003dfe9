import type { Hash, Tiles } from '../kernel/merkle.ts';
import type { Disk } from './disk.ts';
import { treePath } from './folder.ts';

const hashBytes = 32;
const readAtOnceBytes = 1 << 20;

/** Hashes one behind the other in one piece of memory: of a million, 32 bytes each. */
class Hashes {
  #bytes = Buffer.alloc(64 * hashBytes);
  #length = 0;

  get count(): number {
    return this.#length / hashBytes;
  }

  add(hash: Hash): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#length);
    this.#length += this.#bytes.write(hash, this.#length, hashBytes, 'hex');
  }

  slice(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from * hashBytes, Math.min(to * hashBytes, this.#length));
  }

  /** Those in front are held elsewhere now. */
  drop(count: number): void {
    this.#bytes = Buffer.from(
      this.#bytes.subarray(count * hashBytes, Math.max(this.#length, (count + 64) * hashBytes)),
    );
    this.#length -= count * hashBytes;
    if (this.#bytes.length === 0) this.#bytes = Buffer.alloc(64 * hashBytes);
  }
}

interface Level {
  written: number;
  readonly held: Hashes;
}

/** The kept hashes of the tree, one file a level: hash `index` at byte 32 · index. Nothing rests on them: they are made anew from the
 *  records when a log is opened and they do not fit, so they are written now and then and never synced. */
export class TreeFiles implements Tiles {
  readonly #disk: Disk;
  readonly #levels: Level[] = [];

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Where `kernel/merkle.ts` says what has to be kept. */
  keep(level: number, index: number, hash: Hash): void {
    const { written, held } = this.#level(level);
    if (index !== written + held.count) throw new RangeError(`hash ${index} of level ${level} came out of order`);
    held.add(hash);
  }

  async read(level: number, first: number, count: number): Promise<Uint8Array> {
    const { written, held } = this.#level(level);
    const inFile = Math.max(0, Math.min(count, written - first));
    const rest = Buffer.from(held.slice(first + inFile - written, first + count - written));
    if (inFile === 0) return rest;
    return Buffer.concat([await this.#disk.read(treePath(level), first * hashBytes, inFile * hashBytes), rest]);
  }

  /** What was kept since is put behind what is in the files. */
  async flush(): Promise<void> {
    for (const [level, one] of this.#levels.entries()) {
      const { count } = one.held;
      if (count === 0) continue;
      const path = treePath(level);
      await this.#cutTo(path, one.written);
      await this.#disk.append(path, Buffer.from(one.held.slice(0, count)));
      one.written += count;
      one.held.drop(count);
    }
  }

  /** After all hashes were told anew: as much as the files have right is left there. */
  async adopt(): Promise<void> {
    for (const [level, one] of this.#levels.entries()) {
      const size = (await this.#disk.size(treePath(level))) ?? 0;
      const whole = Math.min(one.held.count, Math.floor(size / hashBytes));
      let fits = 0;
      while (fits < whole) {
        const part = await this.#disk.read(treePath(level), fits * hashBytes, readAtOnceBytes);
        const count = Math.min(whole - fits, Math.floor(part.length / hashBytes));
        if (
          count === 0 ||
          Buffer.compare(part.subarray(0, count * hashBytes), one.held.slice(fits, fits + count)) !== 0
        )
          break;
        fits += count;
      }
      one.held.drop(fits);
      one.written = fits;
    }
  }

  async #cutTo(path: string, hashes: number): Promise<void> {
    const size = await this.#disk.size(path);
    if (size === undefined) {
      await this.#disk.makeFolder(treePath());
      await this.#disk.create(path);
    } else if (size !== hashes * hashBytes) await this.#disk.truncate(path, hashes * hashBytes);
  }

  #level(level: number): Level {
    while (this.#levels.length <= level) this.#levels.push({ written: 0, held: new Hashes() });
    return this.#levels[level] as Level; // made in the line above
  }
}
