import { digestOfText } from '../kernel/digest.ts';
import type { Loaded } from '../kernel/fault.ts';
import { appendLeaf, type Frontier, leafHash, provesConsistency, rootOf } from '../kernel/merkle.ts';
import type { Signer } from '../signing/keys.ts';
import type { NoteKey } from '../signing/note.ts';
import { checkCheckpoint, cosignCheckpoint } from './checkpoint.ts';
import { claim } from './claim.ts';
import { type Disk, diskErrorIn, diskFault } from './disk.ts';
import { documentBytesMax, FactsStore } from './facts.ts';
import { names } from './folder.ts';
import { KeptCheckpoints } from './kept-checkpoints.ts';
import { recordLines } from './read.ts';
import { followingLines, Records } from './records.ts';
import type { Extend, SinkAnswer, SinkHead, SinkRefusal } from './wire.ts';

export interface ServedLog {
  readonly origin: string;
  /** One of them signed each checkpoint that is taken. */
  readonly logKeys: readonly NoteKey[];
  /** As whom it cosigns what it keeps; without it, it only keeps. */
  readonly witness?: { readonly key: NoteKey; readonly signer: Signer };
  nowMs(): number;
  readonly segmentBytesMax: number;
  /** All documents together. Beyond it they are refused and the records still taken. */
  readonly factsBytesMax: number;
}

/** A copy of somebody's log, in the same form of folder. It takes what extends what it has, shown by a checkpoint that the log's key signed,
 *  and answers only after that is durable. What does not extend it is a fork, and is refused for good. */
export class LogKeeper {
  readonly #served: ServedLog;
  readonly #disk: Disk;
  readonly #records: Records;
  readonly #facts: FactsStore;
  readonly #checkpoints: KeptCheckpoints;
  readonly #release: () => Promise<void>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    served: ServedLog,
    disk: Disk,
    parts: { readonly records: Records; readonly facts: FactsStore; readonly checkpoints: KeptCheckpoints },
    release: () => Promise<void>,
  ) {
    this.#served = served;
    this.#disk = disk;
    this.#records = parts.records;
    this.#facts = parts.facts;
    this.#checkpoints = parts.checkpoints;
    this.#release = release;
  }

  static async open(disk: Disk, served: ServedLog): Promise<Loaded<LogKeeper>> {
    let release: (() => Promise<void>) | undefined;
    try {
      release = await disk.lock();
      const opened = await LogKeeper.#open(disk, served, release);
      if (!opened.ok) await release();
      return opened;
    } catch (problem) {
      const fault = diskFault(diskErrorIn(problem));
      await release?.().catch(diskErrorIn);
      return { ok: false, faults: [fault] };
    }
  }

  static async #open(disk: Disk, served: ServedLog, release: () => Promise<void>): Promise<Loaded<LogKeeper>> {
    const { origin, logKeys, segmentBytesMax } = served;
    const foreign = await claim(disk, origin);
    if (foreign !== undefined) return { ok: false, faults: [foreign] };
    const checkpoints = await KeptCheckpoints.open(disk, { origin, logKeys, witnesses: [], witnessesNeeded: 0 });
    if (!checkpoints.ok) return checkpoints;
    const { newest } = checkpoints.value;
    const covered = newest === undefined ? [] : [{ ...newest.checkpoint, says: 'the checkpoint' }];
    // A torn end was not acknowledged, and comes again.
    const records = await Records.open(disk, { covered, segmentBytesMax });
    if (!records.ok) return records;
    const facts = await FactsStore.open(disk);
    const parts = { records: records.value, facts, checkpoints: checkpoints.value };
    return { ok: true, value: new LogKeeper(served, disk, parts, release), warnings: [] };
  }

  head(): SinkHead {
    const { size, root } = this.#records;
    return { origin: this.#served.origin, size, root, checkpoint: this.#checkpoints.newest?.note ?? null };
  }

  extend(step: Extend): Promise<SinkAnswer<SinkHead>> {
    return this.#alone(() => this.#extend(step));
  }

  missing(digests: readonly string[]): readonly string[] {
    return digests.filter((digest) => !this.#facts.has(digest));
  }

  document(digest: string, text: string): Promise<SinkAnswer<true>> {
    return this.#alone(async (): Promise<SinkAnswer<true>> => {
      if (!text.isWellFormed() || digestOfText(text) !== digest)
        return refused('form', `the document is not the one of ${digest}`);
      const bytes = Buffer.byteLength(text);
      if (bytes > documentBytesMax) return refused('too-large', `a document may have ${documentBytesMax} bytes`);
      const limit = this.#served.factsBytesMax;
      if (!this.#facts.has(digest) && this.#facts.bytes + bytes > limit)
        return refused('full', `documents may have ${limit} bytes together`);
      await this.#facts.keep([{ digest, text }]);
      return { kind: 'done', value: true };
    });
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.#records.tree.flush().catch(diskErrorIn);
    await this.#release();
  }

  async #extend({ from, lines, checkpoint: note, proof }: Extend): Promise<SinkAnswer<SinkHead>> {
    const { origin, logKeys } = this.#served;
    const records = this.#records;
    const policy = { origin, logKeys, witnesses: [], witnessesNeeded: 0 };
    const believed = checkCheckpoint({ file: names.checkpoint, text: note }, policy);
    if (!believed.ok) return refused('checkpoint', believed.faults[0]?.message ?? '');
    const { checkpoint } = believed.value;
    if (from > records.size) return refused('gap', `records ${records.size} to ${from - 1} were not sent`);
    const known = Math.min(lines.length, records.size - from);
    const other = await this.#firstOther(from, lines.slice(0, known));
    if (other !== undefined) return refused('fork', `record ${other} is another here`);
    const fresh = lines.slice(known);
    const next = followingLines(fresh, records.head);
    if ('wrongAt' in next) return refused(next.wrongAt === records.size ? 'fork' : 'form', next.says);
    let { frontier }: { frontier: Frontier } = records;
    for (const line of fresh) frontier = appendLeaf(frontier, leafHash(line));
    // INVARIANT: nothing is kept that the log's own key has not signed for, and what is kept is in what it signs next.
    const growth = { oldSize: frontier.size, oldRoot: rootOf(frontier), size: checkpoint.size, root: checkpoint.root };
    if (!provesConsistency(growth, proof)) {
      const why = fresh.length === 0 && checkpoint.size === records.size ? 'fork' : 'proof';
      return refused(
        why,
        `the checkpoint over ${checkpoint.size} records does not begin with the ${frontier.size} that are here with these`,
      );
    }
    await records.append(next);
    const before = this.#checkpoints.newest?.checkpoint.size ?? -1;
    if (checkpoint.size === records.size && checkpoint.size > before) await this.#keep(note, checkpoint);
    return { kind: 'done', value: this.head() };
  }

  async #keep(
    note: string,
    checkpoint: { readonly origin: string; readonly size: number; readonly root: string },
  ): Promise<void> {
    const { witness, nowMs } = this.#served;
    const source = { file: names.checkpoint, text: note };
    const seconds = Math.floor(nowMs() / 1000);
    const cosigned =
      witness === undefined ? undefined : await cosignCheckpoint(source, witness.key, witness.signer, seconds);
    await this.#checkpoints.save({ checkpoint, note: cosigned?.ok === true ? cosigned.value : note });
    await this.#records.tree.flush();
  }

  /** Of lines that are here already: the number of the first that is not the same. */
  async #firstOther(from: number, lines: readonly string[]): Promise<number | undefined> {
    let sequence = from;
    for await (const stored of recordLines(this.#disk, from, from + lines.length)) {
      for (const line of stored) {
        if (line !== lines[sequence - from]) return sequence;
        sequence += 1;
      }
    }
    return undefined;
  }

  /** One request at a time; what the disk refuses is not heard to be done. */
  #alone<T>(act: () => Promise<SinkAnswer<T>>): Promise<SinkAnswer<T>> {
    const turn = this.#turn.then(act).catch((problem: unknown): SinkAnswer<T> => {
      return { kind: 'unheard', says: diskErrorIn(problem).message };
    });
    this.#turn = turn;
    return turn;
  }
}

function refused(why: SinkRefusal, says: string): SinkAnswer<never> {
  return { kind: 'refused', why, says };
}
