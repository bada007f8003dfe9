import { type Head, type LogRecord, type NextLine, nextLine, type RecordBody } from '../kernel/audit.ts';
import { digestOfText } from '../kernel/digest.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import type { Tiles } from '../kernel/merkle.ts';
import { type Checkpoint, type CheckpointPolicy, signCheckpoint } from './checkpoint.ts';
import { claim } from './claim.ts';
import { CutBook } from './cut-book.ts';
import { type Disk, diskErrorIn, diskFault } from './disk.ts';
import { documentBytesMax, FactsStore } from './facts.ts';
import { digestsIn, names } from './folder.ts';
import { lineBytesMax } from './frame.ts';
import { KeptCheckpoints } from './kept-checkpoints.ts';
import {
  type Appended,
  type Log,
  type LogLimits,
  type LogOptions,
  type LogState,
  logLimits,
  type NewRecord,
} from './log.ts';
import { addPublicKey } from './public-keys.ts';
import { batchBytesMax, type Covered, Records } from './records.ts';
import { coveredBySink, readSent } from './sent.ts';
import { type Still, StillBook } from './still.ts';

/** Opens the log in a folder, or begins one. Refuses what no crash can have left; never writes before it is sure. */
export async function openLog(disk: Disk, options: LogOptions): Promise<Loaded<Log>> {
  let release: (() => Promise<void>) | undefined;
  try {
    release = await disk.lock();
    const opened = await Writer.open(disk, options, release);
    if (!opened.ok) await release();
    return opened;
  } catch (problem) {
    const fault = diskFault(diskErrorIn(problem));
    if (release !== undefined) await heard(release);
    return { ok: false, faults: [fault] };
  }
}

interface Waiting extends NewRecord {
  answer(appended: Loaded<Appended>): void;
}

interface Parts {
  readonly records: Records;
  readonly facts: FactsStore;
  readonly still: StillBook;
  readonly checkpoints: KeptCheckpoints;
}

class Writer implements Log {
  readonly origin: string;
  readonly #disk: Disk;
  readonly #options: LogOptions;
  readonly #limits: LogLimits;
  readonly #parts: Parts;
  readonly #release: () => Promise<void>;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #signing: Promise<Loaded<Checkpoint | undefined>> | undefined;
  #turn: Promise<void> = Promise.resolve();
  #closed = false;
  #writeTrouble: Fault | undefined;
  #signTrouble: readonly Fault[] = [];

  private constructor(disk: Disk, options: LogOptions, parts: Parts, release: () => Promise<void>) {
    this.origin = options.origin;
    this.#disk = disk;
    this.#options = options;
    this.#limits = { ...logLimits, ...options.limits };
    this.#parts = parts;
    this.#release = release;
  }

  static async open(disk: Disk, options: LogOptions, release: () => Promise<void>): Promise<Loaded<Writer>> {
    const foreign = await claim(disk, options.origin);
    if (foreign !== undefined) return { ok: false, faults: [foreign] };
    if (options.signing !== undefined) await addPublicKey(disk, options.signing.key);
    const checkpoints = await KeptCheckpoints.open(disk, policyOf(options));
    if (!checkpoints.ok) return checkpoints;
    const [facts, still, cuts] = [await FactsStore.open(disk), await StillBook.open(disk), await CutBook.open(disk)];
    const read = await Records.open(disk, {
      covered: [...coveredBy(checkpoints.value), ...coveredBySink(await readSent(disk))],
      segmentBytesMax: options.limits?.segmentBytesMax ?? logLimits.segmentBytesMax,
      beforeCut: (cut) => cuts.write(cut),
      onRecord: (record, digest, line) => {
        learn(facts, record, line);
        still.seen(digest);
        cuts.seen(record);
      },
    });
    if (!read.ok) return read;
    still.forgetUnseen();
    await facts.follow();
    await facts.drop(facts.orphans());
    const parts = { records: read.value, facts, still, checkpoints: checkpoints.value };
    const writer = new Writer(disk, options, parts, release);
    const at = timeOf(options.nowMs());
    if (cuts.unsaid.length > 0) {
      const said = await writer.append({
        body: { kind: 'tail-cut', at, cuts: cuts.unsaid.map((cut) => ({ ...cut })) },
      });
      if (!said.ok) return said;
    }
    await cuts.close();
    const begun = await writer.append({ body: { ...options.opened, kind: 'opened', at, origin: options.origin } });
    return begun.ok ? { ok: true, value: writer, warnings: [] } : begun;
  }

  get tiles(): Tiles {
    return this.#parts.records.tree;
  }

  state(): LogState {
    const { records, facts, checkpoints } = this.#parts;
    return {
      size: records.size,
      root: records.root,
      signed: checkpoints.newest?.checkpoint.size,
      facts: { count: facts.count, bytes: facts.bytes },
      troubles: [...(this.#writeTrouble === undefined ? [] : [this.#writeTrouble]), ...this.#signTrouble],
    };
  }

  append(record: NewRecord): Promise<Loaded<Appended>> {
    const wrong = this.#whyNot(record);
    if (wrong !== undefined) return Promise.resolve({ ok: false, faults: [wrong] });
    return new Promise((answer) => {
      this.#waiting.push({ ...record, answer });
      this.#running ??= this.#run();
    });
  }

  again(workflow: string, record: string, atMs: number): boolean {
    return !this.#closed && this.#parts.still.again(workflow, record, atMs);
  }

  still(workflow: string): Still | undefined {
    return this.#parts.still.of(workflow);
  }

  async checkpoint(): Promise<Loaded<Checkpoint | undefined>> {
    await this.#running;
    const trouble = await this.#alone(() =>
      heard(async () => {
        await this.#parts.records.mend();
        await this.#retain();
        await this.#parts.still.save();
      }),
    );
    this.#writeTrouble = trouble;
    if (trouble !== undefined) return { ok: false, faults: [trouble] };
    // One that is under way is of an earlier size.
    await this.#signing;
    return this.#sign();
  }

  async close(): Promise<Loaded<true>> {
    if (this.#closed) return { ok: true, value: true, warnings: [] };
    this.#closed = true;
    await this.#running;
    const signed = await this.checkpoint();
    const kept = await heard(this.#release);
    if (kept !== undefined) return { ok: false, faults: [kept] };
    return signed.ok ? { ok: true, value: true, warnings: [] } : signed;
  }

  #whyNot({ attachments = [] }: NewRecord): Fault | undefined {
    if (this.#closed) return refusal('LOG_CLOSED', 'the log is closed');
    if (this.#waiting.length >= this.#limits.waitingMax) {
      return refusal('LOG_DISK', `${this.#waiting.length} records wait for the disk, and no more may`);
    }
    for (const { digest, text } of attachments) {
      if (!text.isWellFormed() || digestOfText(text) !== digest) {
        return refusal('LOG_RECORD', `a document does not have the digest ${digest}`);
      }
      const bytes = Buffer.byteLength(text);
      if (bytes > documentBytesMax) {
        return refusal('LOG_RECORD', `a document has ${bytes} bytes, and none may have more than ${documentBytesMax}`);
      }
    }
    return undefined;
  }

  /** As long as anybody waits: whoever comes while the disk is syncing shares the next sync. */
  async #run(): Promise<void> {
    // Those that come in one turn of the event loop come together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      await this.#alone(async () => {
        const trouble = await heard(() => this.#commit(batch));
        this.#writeTrouble = trouble;
        if (trouble === undefined) await this.#retainIfLarge();
        else for (const { answer } of batch) answer({ ok: false, faults: [trouble] });
      });
      const signed = this.#parts.checkpoints.newest?.checkpoint.size ?? 0;
      if (this.#parts.records.size - signed >= this.#limits.recordsPerCheckpoint) void this.#sign();
    }
    this.#running = undefined;
  }

  /** The next lines, and who waits for each. What cannot be a record is refused alone. */
  #take(): readonly Ready[] {
    const ready: Ready[] = [];
    let { head } = this.#parts.records;
    let [lineBytes, documentBytes, taken] = [0, 0, 0];
    for (const waiting of this.#waiting) {
      const next = lineFor(waiting.body, head);
      if ('code' in next) waiting.answer({ ok: false, faults: [next] });
      else {
        lineBytes += next.line.length;
        for (const { text } of waiting.attachments ?? []) documentBytes += text.length;
        const isTooMuch = lineBytes > batchBytesMax / 3 || documentBytes > documentsAtOnceBytes;
        if (isTooMuch && ready.length > 0) break;
        head = next.head;
        ready.push({ ...waiting, next });
      }
      taken += 1;
    }
    this.#waiting.splice(0, taken);
    return ready;
  }

  /** Documents first, then the records: whoever finds a record finds what it names. */
  async #commit(batch: readonly Ready[]): Promise<void> {
    const { records, facts, still } = this.#parts;
    await facts.keep(batch.flatMap(({ attachments = [] }) => attachments));
    await records.append(batch.map(({ next }) => next));
    for (const { next, body, attachments, workflow, answer } of batch) {
      const { digest, head } = next;
      const atMs = Date.parse(body.at);
      if (attachments !== undefined || facts.count > 0) {
        for (const named of digestsIn(next.line)) facts.named(named, head.sequence, atMs);
        for (const attachment of attachments ?? []) facts.named(attachment.digest, head.sequence, atMs);
      }
      if (workflow !== undefined) still.begin(workflow, digest, atMs);
      answer({ ok: true, value: { sequence: head.sequence, digest }, warnings: [] });
    }
  }

  async #retainIfLarge(): Promise<void> {
    if (this.#parts.facts.bytes > this.#limits.factsBytesMax) this.#writeTrouble = await heard(() => this.#retain());
  }

  /** What is over a ceiling goes, the oldest first, after a record of it is durable. */
  async #retain(): Promise<void> {
    const { records, facts } = this.#parts;
    const nowMs = this.#options.nowMs();
    for (;;) {
      const dropping = facts.overdue(this.#limits, nowMs);
      if (dropping === undefined) return;
      const { digests, bytes, because, through } = dropping;
      const sent = await readSent(this.#disk);
      const unsent = through >= (sent?.facts ?? 0);
      const at = timeOf(nowMs);
      const body: RecordBody = { kind: 'facts-dropped', at, digests, bytes, because, through, unsent };
      await records.append([nextLine(body, records.head)]);
      await facts.drop(digests);
    }
  }

  /** One at a time; of what is durable when it begins. A refusal is told in `state`, and keeps nobody from recording. */
  #sign(): Promise<Loaded<Checkpoint | undefined>> {
    this.#signing ??= this.#signNow().finally(() => {
      this.#signing = undefined;
    });
    return this.#signing;
  }

  async #signNow(): Promise<Loaded<Checkpoint | undefined>> {
    const { records, checkpoints } = this.#parts;
    const { signing } = this.#options;
    const checkpoint = { origin: this.origin, size: records.size, root: records.root };
    const newest = checkpoints.newest?.checkpoint;
    let trouble: readonly Fault[] = [];
    if (signing !== undefined && newest?.size !== checkpoint.size) {
      const at = { file: names.checkpoint, line: 1, col: 1 };
      const note = await signCheckpoint(checkpoint, signing.key, signing.signer, at);
      if (note.ok) {
        const refused = await heard(() => checkpoints.save({ checkpoint, note: note.value }));
        if (refused !== undefined) trouble = [refused];
      } else trouble = note.faults;
    }
    // Nothing rests on them: what is not written now is written another time.
    await heard(() => records.tree.flush());
    this.#signTrouble = trouble;
    if (trouble.length > 0) return { ok: false, faults: trouble };
    return { ok: true, value: signing === undefined ? undefined : checkpoint, warnings: [] };
  }

  /** Who changes records, documents or counts on disk does so alone. */
  #alone<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}

interface Ready extends Waiting {
  readonly next: NextLine;
}

const documentsAtOnceBytes = 64 * 2 ** 20;

function lineFor(body: RecordBody, head: Head): NextLine | Fault {
  try {
    const next = nextLine(body, head);
    if (3 * next.line.length <= lineBytesMax || Buffer.byteLength(next.line) <= lineBytesMax) return next;
    return refusal('LOG_RECORD', `the record has more than ${lineBytesMax} bytes`);
  } catch (problem) {
    if (!(problem instanceof RangeError)) throw problem;
    return refusal('LOG_RECORD', problem.message);
  }
}

function policyOf({ origin, signing, believed = [] }: LogOptions): CheckpointPolicy | undefined {
  const logKeys = [...(signing === undefined ? [] : [signing.key]), ...believed];
  return logKeys.length === 0 ? undefined : { origin, logKeys, witnesses: [], witnessesNeeded: 0 };
}

function coveredBy({ newest }: KeptCheckpoints): readonly Covered[] {
  return newest === undefined ? [] : [{ ...newest.checkpoint, says: 'the checkpoint' }];
}

/** Which documents a record keeps, and which it says were dropped. */
function learn(facts: FactsStore, record: LogRecord, line: string): void {
  if (record.kind !== 'facts-dropped') {
    for (const digest of digestsIn(line)) facts.named(digest, record.sequence, Date.parse(record.at));
  } else if (Array.isArray(record.digests)) for (const digest of record.digests) facts.unnamed(String(digest));
}

function refusal(code: FaultCode, message: string): Fault {
  return error(code, { file: '', line: 0, col: 0 }, message);
}

/** What the disk said instead of doing it; anything else that is thrown is a mistake of ours. */
async function heard(act: () => Promise<void>): Promise<Fault | undefined> {
  try {
    await act();
    return undefined;
  } catch (problem) {
    return diskFault(diskErrorIn(problem));
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
