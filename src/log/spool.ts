import { readRecord } from '../kernel/audit.ts';
import { error, type Fault } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import { consistencyProof, emptyRoot, frontierFrom, type Hash, rootOf, type Tiles } from '../kernel/merkle.ts';
import type { NoteKey } from '../signing/note.ts';
import { type CheckpointPolicy, checkCheckpoint } from './checkpoint.ts';
import { type Disk, DiskError, diskErrorIn, diskFault } from './disk.ts';
import { readDocument } from './facts.ts';
import { digestsIn } from './folder.ts';
import { type KeptCheckpoint, KeptCheckpoints } from './kept-checkpoints.ts';
import { recordLines } from './read.ts';
import { readSent, type Sent, writeSent } from './sent.ts';
import { askedAtOnceMax, type Sink, type SinkAnswer, type SinkHead, stepBytesMax, stepLinesMax } from './wire.ts';

export interface SpoolOptions {
  readonly origin: string;
  readonly disk: Disk;
  readonly sink: Sink;
  nowMs(): number;
  /** The tree over the log's records, at least as far as its newest checkpoint. */
  tiles(size: number): Promise<Tiles> | Tiles;
  readonly logKeys: readonly NoteKey[];
  /** Witnesses whose cosignature an acknowledgement must bear, and how many. */
  readonly witnesses?: readonly NoteKey[];
  readonly witnessesNeeded?: number;
  /** Whether documents are sent too, or the records alone. */
  readonly documents: boolean;
}

export interface SpoolState {
  /** Records that the sink surely has. */
  readonly sent: number;
  /** Signed records that it has not. */
  readonly waiting: number;
  /** The moment of the oldest of those. */
  readonly waitingSinceMs?: number;
  /** Why it does not go on. */
  readonly trouble?: Fault;
  /** Tries since it last went well. */
  readonly tries: number;
  /** Not before. */
  readonly nextTryAtMs: number;
  /** How often the sink had less than it had acknowledged: it was restored from an older copy, and got the rest again. */
  readonly wentBack: number;
  /** Documents that could not be sent: damaged here, or the sink has no room for them. */
  readonly documentsHeld: number;
}

const firstPauseMs = 1000;
const pauseMsMax = 5 * 60_000;

/** The next try after so many that failed. */
export function pauseMs(tries: number): number {
  return tries === 0 ? 0 : Math.min(pauseMsMax, firstPauseMs * 2 ** (tries - 1));
}

/** Brings a log to its external sink. The log's folder is the spool: nothing is copied to wait, and nothing is lost by waiting. What is sent is covered
 *  by a checkpoint; what counts as sent was acknowledged with the root that our own records have. */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #policy: CheckpointPolicy;
  #state: SpoolState = { sent: 0, waiting: 0, tries: 0, nextTryAtMs: 0, wentBack: 0, documentsHeld: 0 };
  #pushing: Promise<SpoolState> | undefined;

  constructor(options: SpoolOptions) {
    this.#options = options;
    const { origin, logKeys, witnesses = [], witnessesNeeded = 0 } = options;
    this.#policy = { origin, logKeys, witnesses, witnessesNeeded };
  }

  get state(): SpoolState {
    return this.#state;
  }

  /** Sends what there is if it is time; otherwise it says what it knows. */
  async pushIfDue(): Promise<SpoolState> {
    return this.#options.nowMs() < this.#state.nextTryAtMs ? this.#state : this.push();
  }

  /** Sends what there is, as far as it goes. */
  push(): Promise<SpoolState> {
    this.#pushing ??= this.#push().finally(() => {
      this.#pushing = undefined;
    });
    return this.#pushing;
  }

  async #push(): Promise<SpoolState> {
    let trouble: Fault | undefined;
    try {
      trouble = await this.#sendAll();
    } catch (problem) {
      if (problem instanceof RangeError) trouble = error('LOG_DAMAGED', nowhere, problem.message);
      else trouble = diskFault(diskErrorIn(problem));
    }
    const tries = trouble === undefined ? 0 : this.#state.tries + 1;
    const { trouble: _, waitingSinceMs: __, ...state } = this.#state;
    this.#state = {
      ...state,
      ...(await this.#waiting().catch(ofDisk)),
      ...(trouble === undefined ? {} : { trouble }),
      tries,
      nextTryAtMs: this.#options.nowMs() + pauseMs(tries),
    };
    return this.#state;
  }

  async #sendAll(): Promise<Fault | undefined> {
    const { disk, origin, sink } = this.#options;
    const kept = await this.#newest();
    if ('code' in kept) return kept;
    if (kept.newest === undefined) return undefined; // nothing is signed yet, so nothing is sent
    const { size } = kept.newest.checkpoint;
    const tree = new OwnTree(await this.#options.tiles(size));
    const answer = await sink.head(origin);
    if (answer.kind !== 'done') return refusalOf(answer);
    const wrong = await this.#whyNotBelieved(answer.value, kept.newest, tree);
    if (wrong !== undefined) return wrong;
    let head = answer.value;
    let sent = await readSent(disk);
    if (sent !== undefined && sent.size > head.size) {
      this.#state = { ...this.#state, wentBack: this.#state.wentBack + 1 };
      sent = undefined;
    }
    let documentsTo = Math.min(sent?.facts ?? 0, head.size);
    const sending: Sending = { held: 0, full: false };
    // Documents of records that are there already: a try that was cut short, or a sink that had no room.
    const rest = await this.#sendDocuments(documentsTo, head.size, sending);
    if (typeof rest !== 'number') return rest;
    documentsTo = rest;
    await this.#note(head, documentsTo);
    while (head.size < size || (await this.#signedSize(head)) < size) {
      const lines = await nextLines(disk, head.size, size);
      const to = head.size + lines.length;
      const reached = await this.#sendDocuments(documentsTo, to, sending);
      if (typeof reached !== 'number') return reached;
      documentsTo = reached;
      const proof = await consistencyProof(to, size, tree.tiles);
      const done = await sink.extend({ origin, from: head.size, lines, checkpoint: kept.newest.note, proof });
      if (done.kind !== 'done') return refusalOf(done);
      const doubt =
        (await this.#whyNotBelieved(done.value, kept.newest, tree)) ?? this.#whyNotAcknowledged(done.value, to, size);
      if (doubt !== undefined) return doubt;
      head = done.value;
      await this.#note(head, documentsTo);
    }
    this.#state = { ...this.#state, documentsHeld: sending.held };
    return undefined;
  }

  /** What the sink says that it has, against what we have. */
  async #whyNotBelieved(head: SinkHead, { checkpoint }: KeptCheckpoint, tree: OwnTree): Promise<Fault | undefined> {
    const { origin } = this.#options;
    if (head.origin !== origin) return fault('SINK_ANSWER', `the sink answers for \`${head.origin}\``);
    if (head.checkpoint !== null) {
      const signed = checkCheckpoint(
        { file: 'the sink', text: head.checkpoint },
        { ...this.#policy, witnessesNeeded: 0 },
      );
      if (!signed.ok) return fault('SINK_ANSWER', `the checkpoint of the sink ${signed.faults[0]?.message}`);
      const theirs = signed.value.checkpoint;
      if (theirs.size > checkpoint.size) {
        return fault(
          'SINK_BEHIND',
          `the sink has ${theirs.size} records that this log signed, and the log has signed ${checkpoint.size}`,
        );
      }
      if (theirs.root !== (await tree.root(theirs.size))) {
        return fault(
          'SINK_FORK',
          `the sink has other records under a checkpoint over ${theirs.size} that this log signed`,
        );
      }
      if (theirs.size > head.size)
        return fault(
          'SINK_ANSWER',
          `the sink has a checkpoint over ${theirs.size} records and says that it has ${head.size}`,
        );
    }
    if (head.size > checkpoint.size) {
      return fault(
        'SINK_ANSWER',
        `the sink says that it has ${head.size} records, and no more than ${checkpoint.size} can have been sent`,
      );
    }
    const own = await tree.root(head.size);
    if (own === head.root) return undefined;
    return fault('SINK_FORK', `the first ${head.size} records of the sink are not those of this log`);
  }

  #whyNotAcknowledged(head: SinkHead, to: number, size: number): Fault | undefined {
    // More is no better: size and root of the whole stand in the checkpoint that came with a part of it.
    if (head.size !== to) {
      return fault('SINK_ANSWER', `the sink was sent ${to} records and acknowledges ${head.size}`);
    }
    if (head.size < size) return undefined;
    if (head.checkpoint === null)
      return fault('SINK_ANSWER', 'the sink acknowledges a checkpoint that it does not have');
    const signed = checkCheckpoint({ file: 'the sink', text: head.checkpoint }, this.#policy);
    if (!signed.ok) return fault('SINK_ANSWER', `the checkpoint of the sink ${signed.faults[0]?.message}`);
    if (signed.value.checkpoint.size === size) return undefined;
    return fault(
      'SINK_ANSWER',
      `the sink was sent a checkpoint over ${size} records and keeps one over ${signed.value.checkpoint.size}`,
    );
  }

  async #signedSize({ checkpoint }: SinkHead): Promise<number> {
    if (checkpoint === null) return -1;
    const signed = checkCheckpoint({ file: 'the sink', text: checkpoint }, this.#policy);
    // One that too few witnesses have seen counts as none: it is sent again.
    return signed.ok ? signed.value.checkpoint.size : -1;
  }

  /** Up to which record all documents are there, or why it does not go on. What the sink has no room for is held and keeps nobody up. */
  async #sendDocuments(from: number, to: number, sending: Sending): Promise<number | Fault> {
    if (!this.#options.documents) return to;
    let at = from;
    while (at < to && !sending.full) {
      const asked = new Set<string>();
      const end = Math.min(to, at + recordsAskedMax);
      for await (const lines of recordLines(this.#options.disk, at, end)) {
        for (const line of lines) for (const digest of digestsIn(line)) asked.add(digest);
      }
      for (const digest of [...asked]) {
        // What a document names goes with it: a snapshot is one that names its columns.
        const read = await readDocument(this.#options.disk, digest);
        if (read.kind === 'text') for (const named of digestsIn(read.text)) asked.add(named);
      }
      const trouble = await this.#sendThese([...asked], sending);
      if (trouble !== undefined) return trouble;
      if (!sending.full) at = end;
    }
    return at;
  }

  async #sendThese(digests: readonly string[], sending: Sending): Promise<Fault | undefined> {
    const { disk, sink, origin } = this.#options;
    for (let at = 0; at < digests.length; at += askedAtOnceMax) {
      const asked = digests.slice(at, at + askedAtOnceMax);
      const missing = await sink.missing(origin, asked);
      if (missing.kind !== 'done') return refusalOf(missing);
      for (const digest of missing.value) {
        if (!asked.includes(digest))
          return fault('SINK_ANSWER', 'the sink asks for a document that it was not asked about');
        const read = await readDocument(disk, digest);
        if (read.kind === 'damaged') sending.held += 1;
        if (read.kind !== 'text') continue;
        const done = await sink.document(origin, digest, read.text);
        if (done.kind === 'done') continue;
        if (done.kind === 'unheard' || (done.why !== 'full' && done.why !== 'too-large')) return refusalOf(done);
        sending.held += 1;
        sending.full = done.why === 'full';
        if (sending.full) return undefined;
      }
    }
    return undefined;
  }

  async #note({ size, root }: SinkHead, facts: number): Promise<void> {
    const { disk, nowMs } = this.#options;
    const before = await readSent(disk);
    if (before?.size === size && before.root === root && before.facts === facts) return;
    const sent: Sent = { size, root, facts, atMs: nowMs() };
    await writeSent(disk, sent);
  }

  async #waiting(): Promise<Partial<SpoolState>> {
    const { disk } = this.#options;
    const kept = await this.#newest();
    const size = 'code' in kept ? 0 : (kept.newest?.checkpoint.size ?? 0);
    const sent = (await readSent(disk))?.size ?? 0;
    if (sent >= size) return { sent, waiting: 0 };
    for await (const [line = ''] of recordLines(disk, sent, sent + 1)) {
      const read = readRecord(line);
      if (read.ok) return { sent, waiting: size - sent, waitingSinceMs: Date.parse(read.record.at) };
    }
    return { sent, waiting: size - sent };
  }

  async #newest(): Promise<KeptCheckpoints | Fault> {
    const kept = await KeptCheckpoints.open(this.#options.disk, { ...this.#policy, witnessesNeeded: 0 });
    return kept.ok ? kept.value : (kept.faults[0] ?? fault('LOG_CHECKPOINT', 'cannot be read'));
  }
}

/** Of the documents of one push: how many could not be sent, and whether the sink has room for more. */
interface Sending {
  held: number;
  full: boolean;
}

/** The documents of so many records are asked after at once. */
const recordsAskedMax = 256;

/** Roots of our own records at earlier sizes. */
class OwnTree {
  readonly tiles: Tiles;
  constructor(tiles: Tiles) {
    this.tiles = tiles;
  }
  async root(size: number): Promise<Hash> {
    return size === 0 ? emptyRoot : rootOf(await frontierFrom(size, this.tiles));
  }
}

/** As many lines as one step may have. */
async function nextLines(disk: Disk, from: number, to: number): Promise<readonly string[]> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const some of recordLines(disk, from, Math.min(to, from + stepLinesMax))) {
    for (const line of some) {
      bytes += Buffer.byteLength(line);
      if (bytes > stepBytesMax && lines.length > 0) return lines;
      lines.push(line);
    }
  }
  return lines;
}

const nowhere = { file: '', line: 0, col: 0 };

function fault(code: FaultCode, message: string): Fault {
  return error(code, nowhere, message);
}

function refusalOf(answer: Exclude<SinkAnswer<unknown>, { readonly kind: 'done' }>): Fault {
  if (answer.kind === 'unheard') return fault('SINK_UNHEARD', `the sink did not answer: ${answer.says}`);
  return fault(
    answer.why === 'fork' ? 'SINK_FORK' : 'SINK_REFUSED',
    `the sink refuses (${answer.why}): ${answer.says}`,
  );
}

/** What waits is for people; if even that cannot be read, the trouble says so. */
function ofDisk(problem: unknown): Partial<SpoolState> {
  if (problem instanceof DiskError || problem instanceof RangeError) return {};
  throw problem;
}
