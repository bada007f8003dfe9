import type { LogRecord } from '../kernel/audit.ts';
import { canonical } from '../kernel/digest.ts';
import { type Disk, readWhole, replaceFile } from './disk.ts';
import { names } from './folder.ts';
import type { Cut } from './records.ts';

const bytesMax = 1 << 16;
/** Each is a crash during the putting right of the one before. */
const cutsMax = 16;

/** What is being cut off, on disk from before the cut until a `tail-cut` record that says it is durable: a crash in between forgets nothing. */
export class CutBook {
  readonly #disk: Disk;
  #cuts: readonly Cut[];

  private constructor(disk: Disk, cuts: readonly Cut[]) {
    this.#disk = disk;
    this.#cuts = cuts;
  }

  static async open(disk: Disk): Promise<CutBook> {
    const bytes = await readWhole(disk, names.cut, bytesMax);
    return new CutBook(
      disk,
      bytes === undefined || bytes === 'too-large' ? [] : readCuts(Buffer.from(bytes).toString()),
    );
  }

  /** Of which no record speaks yet, the oldest first. */
  get unsaid(): readonly Cut[] {
    return this.#cuts;
  }

  async write(cut: Cut): Promise<void> {
    const same = ({ file, from, digest }: Cut): boolean =>
      file === cut.file && from === cut.from && digest === cut.digest;
    if (this.#cuts.some(same)) return;
    this.#cuts = [...this.#cuts, cut].slice(-cutsMax);
    const text = canonical({ version: 1, cuts: this.#cuts.map((one) => ({ ...one })) });
    await replaceFile(this.#disk, names.cut, new TextEncoder().encode(`${text}\n`));
  }

  /** A record that is there: what it speaks of was said. */
  seen({ kind, sequence }: LogRecord): void {
    if (kind === 'tail-cut') this.#cuts = this.#cuts.filter((cut) => cut.sequence > sequence);
  }

  async close(): Promise<void> {
    this.#cuts = [];
    await this.#disk.remove(names.cut);
  }
}

function readCuts(text: string): readonly Cut[] {
  try {
    const { cuts } = JSON.parse(text) as { readonly cuts?: unknown };
    if (!Array.isArray(cuts)) return [];
    return (cuts as readonly Cut[]).filter(
      ({ file, from, bytes, digest, sequence }) =>
        typeof file === 'string' && typeof digest === 'string' && [from, bytes, sequence].every(Number.isSafeInteger),
    );
  } catch {
    return [];
  }
}
