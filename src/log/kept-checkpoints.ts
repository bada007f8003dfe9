import { error, type Loaded } from '../kernel/fault.ts';
import { type Checkpoint, type CheckpointPolicy, checkCheckpoint } from './checkpoint.ts';
import { type Disk, readWhole, replaceFile } from './disk.ts';
import { names } from './folder.ts';

const noteBytesMax = 1 << 16;
const historyBytesMax = 1 << 20;
/** Of a full history the newer half stays. */
const stays = 0.5;

export interface KeptCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

/** The newest checkpoint of a log's folder, and the ones before it. The newest is replaced whole; the history is a list of notes, one JSON
 *  text a line, bounded: each can be proved from the records alone, so a forgotten one is no loss. */
export class KeptCheckpoints {
  readonly #disk: Disk;
  #newest: KeptCheckpoint | undefined;

  private constructor(disk: Disk, newest: KeptCheckpoint | undefined) {
    this.#disk = disk;
    this.#newest = newest;
  }

  /** The newest must be signed by a key that is believed: whoever goes on from it signs that it was right. */
  static async open(disk: Disk, policy: CheckpointPolicy | undefined): Promise<Loaded<KeptCheckpoints>> {
    const bytes = await readWhole(disk, names.checkpoint, noteBytesMax);
    const refused = (says: string): Loaded<never> => {
      const at = { file: names.checkpoint, line: 1, col: 1 };
      return { ok: false, faults: [error('LOG_CHECKPOINT', at, says, 'keep the folder as it is')] };
    };
    if (bytes === 'too-large') return refused('is larger than any checkpoint');
    if (bytes === undefined) {
      const before = (await disk.size(names.checkpoints)) ?? 0;
      if (before > 0) return refused(`is gone, and ${names.checkpoints} says that there was one`);
      return { ok: true, value: new KeptCheckpoints(disk, undefined), warnings: [] };
    }
    if (policy === undefined) return refused('is there, and no key was given that says whether it is right');
    const note = Buffer.from(bytes).toString('utf8');
    const believed = checkCheckpoint({ file: names.checkpoint, text: note }, policy);
    if (!believed.ok) return believed;
    const { checkpoint } = believed.value;
    return { ok: true, value: new KeptCheckpoints(disk, { checkpoint, note }), warnings: [] };
  }

  get newest(): KeptCheckpoint | undefined {
    return this.#newest;
  }

  /** Only of what is durable. */
  async save(kept: KeptCheckpoint): Promise<void> {
    await replaceFile(this.#disk, names.checkpoint, new TextEncoder().encode(kept.note));
    this.#newest = kept;
    await this.#remember(kept.note);
  }

  async #remember(note: string): Promise<void> {
    const line = new TextEncoder().encode(`${JSON.stringify(note)}\n`);
    const size = await this.#disk.size(names.checkpoints);
    if (size === undefined) {
      await this.#disk.create(names.checkpoints);
      await this.#disk.fsyncFolder('.');
    }
    const held = (size ?? 0) + line.length > historyBytesMax ? await this.#history() : undefined;
    if (held === undefined && (await this.#endsWhole(size ?? 0))) {
      await this.#disk.append(names.checkpoints, line);
      await this.#disk.fsync(names.checkpoints);
      return;
    }
    const lines = held ?? (await this.#history());
    const kept = held === undefined ? lines : lines.slice(-Math.floor(lines.length * stays));
    await replaceFile(this.#disk, names.checkpoints, Buffer.from([...kept, JSON.stringify(note), ''].join('\n')));
  }

  /** Whether a crash left no half line at the end. */
  async #endsWhole(size: number): Promise<boolean> {
    return size === 0 || (await this.#disk.read(names.checkpoints, size - 1, 1))[0] === 10;
  }

  async #history(): Promise<readonly string[]> {
    return (await readHistory(this.#disk)).map((note) => JSON.stringify(note));
  }
}

/** The notes of the history that can be read, the oldest first; nothing of them is believed. */
export async function readHistory(disk: Disk): Promise<readonly string[]> {
  const bytes = await readWhole(disk, names.checkpoints, 2 * historyBytesMax);
  if (bytes === undefined || bytes === 'too-large') return [];
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const note = JSON.parse(line) as unknown;
        return typeof note === 'string' ? [note] : [];
      } catch {
        return [];
      }
    });
}
