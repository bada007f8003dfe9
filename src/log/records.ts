import { emptyHead, type Head, type LogRecord, type NextLine, readRecord } from '../kernel/audit.ts';
import { digestOfText, sha256 } from '../kernel/digest.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { appendLeaf, emptyFrontier, type Frontier, type Hash, leafHash, rootOf } from '../kernel/merkle.ts';
import { type Disk, replaceFile } from './disk.ts';
import { segmentName } from './folder.ts';
import { framed } from './frame.ts';
import { linesOf, type Segment, type StoredLine, segmentsOf } from './read.ts';
import { TreeFiles } from './tree-files.ts';

/** What somebody has signed or has elsewhere: so many records, with this root. None of them is ever cut off. */
export interface Covered {
  readonly size: number;
  readonly root: Hash;
  /** Who says so, for people: `the checkpoint`. */
  readonly says: string;
}

/** What a crash left at the end, and was cut off. */
export interface Cut {
  readonly file: string;
  /** In bytes, where it began. */
  readonly from: number;
  readonly bytes: number;
  /** Of those bytes. */
  readonly digest: string;
  /** The number that the first record of it would have had. */
  readonly sequence: number;
}

export interface OpenRecords {
  readonly covered: readonly Covered[];
  readonly segmentBytesMax: number;
  /** Each record that is there, in order. */
  onRecord?(record: LogRecord, digest: string, line: string): void;
  /** Heard to its end before anything is cut off. */
  beforeCut?(cut: Cut): Promise<void>;
}

/** No crash leaves more behind: a batch is not longer. */
const cutBytesMax = 8 * 2 ** 20;
export const batchBytesMax = 4 * 2 ** 20;

/** The records on disk: line behind line, in segments, durable before anybody hears of them. It knows their head and their tree. */
export class Records {
  readonly #disk: Disk;
  readonly #segmentBytesMax: number;
  readonly tree: TreeFiles;
  head: Head = emptyHead;
  frontier: Frontier = emptyFrontier;
  /** The segment that is written to, and how much of it is durable; undefined before the first. */
  #segment: { readonly name: string; bytes: number } | undefined;
  /** A new one is being made: until that is heard to have worked, nothing is written to the old one either. */
  #beginning = false;
  /** What has to be done before anything is written again. */
  #mending: 'no' | 'cut' | 'copy' = 'no';

  private constructor(disk: Disk, segmentBytesMax: number) {
    this.#disk = disk;
    this.#segmentBytesMax = segmentBytesMax;
    this.tree = new TreeFiles(disk);
  }

  get size(): number {
    return this.frontier.size;
  }

  get root(): Hash {
    return rootOf(this.frontier);
  }

  /** Reads every record. What a crash tore at the end is cut off; anything else that is wrong is refused, and the disk left as it is. */
  static async open(disk: Disk, asked: OpenRecords): Promise<Loaded<Records>> {
    const records = new Records(disk, asked.segmentBytesMax);
    const fault = await records.#read(asked);
    return fault === undefined ? { ok: true, value: records, warnings: [] } : { ok: false, faults: [fault] };
  }

  /** Durable when it returns; when it throws, none of them is in the log, and the next call first puts the disk right. */
  async append(lines: readonly NextLine[]): Promise<void> {
    const last = lines.at(-1);
    if (last === undefined) return;
    await this.mend();
    let { frontier } = this;
    const kept: [number, number, Hash][] = [];
    let text = '';
    for (const [at, { line, digest }] of lines.entries()) {
      frontier = appendLeaf(frontier, leafHash(line), (...hash) => kept.push(hash));
      text += framed({ line, digest, synced: at === 0 });
    }
    const bytes = new TextEncoder().encode(text);
    const segment = await this.#segmentFor(bytes.length);
    this.#mending = 'cut';
    await this.#disk.append(segment.name, bytes);
    this.#mending = 'copy';
    await this.#disk.fsync(segment.name);
    this.#mending = 'no';
    segment.bytes += bytes.length;
    this.head = last.head;
    this.frontier = frontier;
    for (const [level, index, hash] of kept) this.tree.keep(level, index, hash);
  }

  async #segmentFor(bytes: number): Promise<{ readonly name: string; bytes: number }> {
    const now = this.#segment;
    const fits = now !== undefined && (now.bytes === 0 || now.bytes + bytes <= this.#segmentBytesMax);
    if (fits && !this.#beginning) return now;
    const name = segmentName(this.size);
    this.#beginning = true;
    // Left from a try that was not heard to work; it holds nothing.
    await this.#disk.remove(name);
    await this.#disk.create(name);
    await this.#disk.fsyncFolder('.');
    this.#beginning = false;
    this.#segment = { name, bytes: 0 };
    return this.#segment;
  }

  /** What was refused is taken off the disk again. After a sync that failed, the file is not believed any more: its durable part
   *  is written to a new one. */
  async mend(): Promise<void> {
    const segment = this.#segment;
    if (this.#mending === 'no' || segment === undefined) return;
    if (this.#mending === 'cut') {
      await this.#disk.truncate(segment.name, segment.bytes);
      this.#mending = 'copy';
      await this.#disk.fsync(segment.name);
    } else await this.#copy(segment.name, segment.bytes);
    this.#mending = 'no';
  }

  async #copy(name: string, size: number): Promise<void> {
    await replaceFile(this.#disk, name, await bytesOf(this.#disk, name, 0, size));
  }

  async #read(asked: OpenRecords): Promise<Fault | undefined> {
    const segments = await segmentsOf(this.#disk);
    let bad: { readonly at: Place; readonly says: string } | undefined;
    for (const segment of segments) {
      // Only the last can be torn.
      if (bad !== undefined) return damaged(bad.at, bad.says, 'a later segment was begun after it was durable');
      if (segment.first !== this.size) {
        const place = { segment, line: 1, offset: 0 };
        return damaged(place, `begins with record ${segment.first}, and record ${this.size} should be next`);
      }
      this.#segment = { name: segment.name, bytes: 0 };
      let line = 0;
      for await (const lines of linesOf(this.#disk, segment.name)) {
        for (const stored of lines) {
          line += 1;
          const place = { segment, line, offset: stored.offset };
          if (bad !== undefined) {
            if (stored.frame?.synced !== true) continue;
            return damaged(bad.at, bad.says, `line ${line} was written after it was durable`);
          }
          const wrong = this.#take(stored, asked);
          if (wrong !== undefined && stored.wasDurable)
            return damaged(place, wrong, 'it was durable: the next one says so');
          if (wrong !== undefined) bad = { at: place, says: wrong };
          else this.#segment.bytes += stored.length;
          const against = wrong === undefined ? this.#against(asked.covered) : undefined;
          if (against !== undefined) return damaged(place, against);
        }
      }
    }
    const short = asked.covered.find(({ size }) => size > this.size);
    if (short !== undefined) {
      if (bad !== undefined) return damaged(bad.at, bad.says, `${short.says} covers ${short.size} records`);
      const says = `${short.says} covers ${short.size} records, and only ${this.size} are there: the end is missing`;
      return error('LOG_CUT_OFF', { file: this.#segment?.name ?? segmentName(0), line: 1, col: 1 }, says);
    }
    return this.#makeSure(bad, asked);
  }

  /** What is wrong with a line as the next record; undefined once it is taken. */
  #take({ frame }: StoredLine, asked: OpenRecords): string | undefined {
    if (frame === undefined) return `record ${this.size} is no whole line`;
    const { line, digest } = frame;
    const read = readRecord(line);
    if (!read.ok) return `record ${this.size} ${read.fault.says}`;
    const { sequence, previous, at } = read.record;
    if (sequence !== this.size) return `record ${this.size} says that it is record ${sequence}`;
    if (previous !== this.head.digest) return `record ${this.size} does not hang on the one before it`;
    this.head = { sequence, digest, at };
    this.frontier = appendLeaf(this.frontier, leafHash(line), (...hash) => this.tree.keep(...hash));
    asked.onRecord?.(read.record, digest, line);
    return undefined;
  }

  #against(covered: readonly Covered[]): string | undefined {
    const other = covered.find(({ size, root }) => size === this.size && root !== this.root);
    return other && `the first ${other.size} records are not those that ${other.says} was made for`;
  }

  /** The torn end is cut off. What was written last is written once more if nobody has covered it: a process that died after a failed
   *  sync leaves bytes that can be read and are on no disk. */
  async #makeSure(
    bad: { readonly at: Place; readonly says: string } | undefined,
    asked: OpenRecords,
  ): Promise<Fault | undefined> {
    const segment = this.#segment;
    if (segment !== undefined) {
      const size = (await this.#disk.size(segment.name)) ?? 0;
      const bytes = size - segment.bytes;
      if (bad !== undefined) {
        if (bytes > cutBytesMax)
          return damaged(bad.at, bad.says, `${bytes} bytes are behind it, more than a crash leaves`);
        const tail = await bytesOf(this.#disk, segment.name, segment.bytes, size);
        const [from, sequence] = [segment.bytes, this.size];
        await asked.beforeCut?.({ file: segment.name, from, bytes, digest: `sha256:${sha256(tail)}`, sequence });
      }
      const isCovered = asked.covered.some((one) => one.size === this.size);
      if (bytes > 0 || !isCovered) await this.#copy(segment.name, segment.bytes);
      await this.#disk.fsyncFolder('.');
    }
    await this.tree.adopt();
    return undefined;
  }
}

interface Place {
  readonly segment: Segment;
  /** From 1, as editors count. */
  readonly line: number;
  readonly offset: number;
}

function damaged({ segment, line, offset }: Place, says: string, because?: string): Fault {
  const place = { file: segment.name, line, col: 1 };
  const message = because === undefined ? says : `${says}, and ${because}`;
  return error(
    'LOG_DAMAGED',
    place,
    `${message} (byte ${offset})`,
    'keep the folder as it is; `nwctl log verify` says more',
  );
}

async function bytesOf(disk: Disk, name: string, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = from; at < to; ) {
    const part = await disk.read(name, at, Math.min(1 << 20, to - at));
    if (part.length === 0) break;
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

/** The next lines for records that come from somebody else; undefined at the first that does not follow. */
export function followingLines(
  lines: readonly string[],
  head: Head,
): readonly NextLine[] | { readonly wrongAt: number; readonly says: string } {
  let now = head;
  const next: NextLine[] = [];
  for (const line of lines) {
    const read = readRecord(line);
    const wrongAt = now.sequence + 1;
    if (!read.ok) return { wrongAt, says: `record ${wrongAt} ${read.fault.says}` };
    const { sequence, previous, at } = read.record;
    if (sequence !== wrongAt) return { wrongAt, says: `record ${wrongAt} says that it is record ${sequence}` };
    if (previous !== now.digest) return { wrongAt, says: `record ${wrongAt} does not hang on the one before it` };
    const wentBack = now.at !== null && at < now.at;
    now = { sequence, digest: digestOfText(line), at };
    next.push({ line, digest: now.digest ?? '', head: now, wentBack });
  }
  return next;
}
