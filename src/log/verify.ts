import { emptyHead, type Head, LineReader } from '../kernel/audit.ts';
import { sha256 } from '../kernel/digest.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import { appendLeaf, emptyFrontier, type Frontier, type Hash, type Keep, leafHash, rootOf } from '../kernel/merkle.ts';
import { frameBytesMax, lineBytesMax } from './frame.ts';
import { type LineSpan, lineSpan } from './lines.ts';

/** The next bytes of the log's files, in the order of the records. However they are cut: lines may go over from one to the next. */
export interface Part {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** A size and a root that somebody answers for, and what they are called in the report: `the checkpoint`. Its signature is checked
 *  before, by `checkCheckpoint`. */
export interface Fixed {
  readonly name: string;
  readonly size: number;
  readonly root: Hash;
}

/** The first thing that is wrong. Everything before `record` is as it was written, as far as `upTo` reaches. */
export interface Wrong {
  readonly code: FaultCode;
  /** The index that the record has, or should have. */
  readonly record: number;
  /** Where nothing but a later checkpoint shows it: the record is this one or one up to that. */
  readonly orUpTo?: number;
  readonly file: string;
  /** The byte in that file: where the line begins, or the first byte of it that cannot be. */
  readonly offset: number;
  /** Lower case, without the record: `record 7` is put before it. */
  readonly says: string;
}

export interface LogReport {
  /** How many records are right, from the first on. */
  readonly records: number;
  readonly root: Hash;
  readonly head: Head;
  /** The size of the biggest fixed point that the records agree with; 0 if there is none. What comes after is chained, and signed by nobody. */
  readonly fixedTo: number;
  readonly wrong?: Wrong;
  /** How often a record is of an earlier moment than the one before it: a clock that was set back. No tampering by itself. */
  readonly wentBack: number;
  readonly firstWentBack?: { readonly record: number; readonly before: string; readonly at: string };
}

export interface VerifyOptions {
  /** How the lines stand in the files: as the writer frames them, or bare, as they are exported. */
  readonly form: 'framed' | 'bare';
  /** Checkpoints of the log and those that somebody kept, in any order. */
  readonly fixed: readonly Fixed[];
  /** Told of the tree's hashes, as they are to be kept. */
  readonly keep?: Keep;
  /** Told now and then how many records have been read. */
  readonly progress?: (records: number) => void;
}

/** Reads a whole log once, in the memory of its longest line: form of each record, numbers, chain, times, and the tree at every
 *  fixed point. Stops at the first thing that is wrong, once it is known which record that is. */
export async function verifyLog(
  parts: AsyncIterable<Part> | Iterable<Part>,
  options: VerifyOptions,
): Promise<LogReport> {
  const walk = new Walk(options);
  let file = '';
  let offset = 0;
  /** The beginning of a line, of which the end comes with the next part. */
  let rest: Uint8Array = new Uint8Array(0);
  for await (const part of parts) {
    if (part.file !== file) {
      if (rest.length > 0) walk.unended(file, offset, false);
      [file, offset, rest] = [part.file, 0, new Uint8Array(0)];
    }
    let bytes = bufferOf(part.bytes);
    if (rest.length > 0) {
      const end = bytes.indexOf(lineBreak) + 1;
      const line = Buffer.concat([rest, end === 0 ? bytes : bytes.subarray(0, end)]);
      const used = walk.lines(file, line, offset);
      offset += used;
      rest = line.subarray(used);
      bytes = end === 0 ? bytes.subarray(bytes.length) : bytes.subarray(end);
    }
    if (rest.length === 0) {
      const used = walk.lines(file, bytes, offset);
      offset += used;
      // Whoever hands in the parts may use their memory again.
      rest = Uint8Array.from(bytes.subarray(used));
    }
    if (rest.length > lineBytesMax + frameBytesMax) walk.unended(file, offset, true);
    if (walk.isDone) break;
  }
  if (rest.length > 0) walk.unended(file, offset, false);
  return walk.report();
}

const lineBreak = 0x0a;

interface Place {
  readonly record: number;
  readonly file: string;
  readonly offset: number;
}

/** The chain is broken between two records, and it is not known yet which of them was altered. */
interface Break {
  readonly earlier: Place;
  readonly later: Place;
  /** The tree up to the earlier one. */
  readonly frontier: Frontier;
  /** The later line, where in it the other is named, and how it should be. */
  readonly line: Uint8Array;
  readonly previousAt: number;
  readonly digest: string;
}

/** One walk over the lines. What is wrong may show only one record later, so two doubts are kept until then. */
class Walk {
  private readonly options: VerifyOptions;
  private readonly fixed: readonly Fixed[];
  private readonly reader = new LineReader();
  private readonly span: LineSpan = { start: 0, end: 0, sumAt: -1 };
  private readonly lastAt = new Uint8Array(momentBytes);
  private frontier: Frontier = emptyFrontier;
  /** 64 hex digits. */
  private lastDigest = '';
  private lastPlace: Place = { record: 0, file: '', offset: 0 };
  /** The byte behind the last line. */
  private lastEnd = 0;
  private nextFixed = 0;
  private fixedTo = 0;
  private wrong: Wrong | undefined;
  private broken: Break | undefined;
  /** The chain holds and the root is not this one's. */
  private other: Fixed | undefined;
  private wentBack = 0;
  private firstWentBack: LogReport['firstWentBack'];

  constructor(options: VerifyOptions) {
    this.options = options;
    this.fixed = [...options.fixed].sort((left, right) => left.size - right.size);
    this.meetFixed();
  }

  get isDone(): boolean {
    return this.wrong !== undefined;
  }

  /** Takes every whole line of these bytes; answers how many bytes that was. */
  lines(file: string, bytes: Buffer, offset: number): number {
    let at = 0;
    while (this.wrong === undefined) {
      const end = bytes.indexOf(lineBreak, at);
      if (end === -1) break;
      this.line({ record: this.frontier.size, file, offset: offset + at }, bytes, at, end);
      at = end + 1;
    }
    return at;
  }

  /** What has no line break: the end of a file, or a line longer than any record. */
  unended(file: string, offset: number, isTooLong: boolean): void {
    const place = { record: this.frontier.size, file, offset };
    if (isTooLong) this.blame('LOG_ALTERED', place, 'is longer than a record can be');
    else this.blame('LOG_TORN', place, 'has no end');
  }

  report(): LogReport {
    this.settle();
    const missing = this.fixed.at(-1);
    if (missing !== undefined && this.nextFixed < this.fixed.length) {
      const says = `is missing, as is all up to ${missing.size - 1}: ${missing.name} speaks of ${missing.size} records`;
      this.blame('LOG_CUT_OFF', { ...this.lastPlace, offset: this.lastEnd, record: this.frontier.size }, says);
    }
    const { frontier, wrong, fixedTo, wentBack, firstWentBack } = this;
    const at = frontier.size === 0 ? null : momentIn(this.lastAt, 0);
    const head = { sequence: frontier.size - 1, digest: `sha256:${this.lastDigest}`, at };
    return {
      records: Math.min(frontier.size, wrong?.record ?? frontier.size),
      root: rootOf(frontier),
      head: frontier.size === 0 ? emptyHead : head,
      fixedTo,
      ...(wrong === undefined ? {} : { wrong }),
      wentBack,
      ...(firstWentBack === undefined ? {} : { firstWentBack }),
    };
  }

  private line(place: Place, bytes: Uint8Array, start: number, end: number): undefined {
    const { reader, span, frontier, broken } = this;
    const { head } = reader;
    const framing = lineSpan(this.options.form, bytes, start, end, span);
    if (framing !== undefined) return this.blame('LOG_ALTERED', place, framing);
    const fault = reader.read(bytes, span.start, span.end, this.lastDigest);
    if (fault !== undefined) {
      return this.blame('LOG_ALTERED', { ...place, offset: place.offset + fault.at - start }, fault.says);
    }
    const line = bytes.subarray(span.start, span.end);
    const digest = sha256(line);
    if (span.sumAt >= 0 && !hasText(bytes, span.sumAt, digest, sumLength)) {
      return this.blame('LOG_ALTERED', place, 'is not what its sum was made of');
    }
    if (head.sequence !== place.record) return this.blame('LOG_GAP', place, numberSays(head.sequence, place.record));
    const isFirst = place.record === 0;
    if (isFirst !== head.previousAt < 0) {
      return this.blame('LOG_CHAIN', place, isFirst ? 'is the first and names one before it' : 'names none before it');
    }
    const isChained = isFirst || head.isChained;
    if (broken !== undefined) return this.settle(isChained);
    if (this.other !== undefined && isChained) return this.blameFrom(this.other);
    if (!isChained) {
      const [earlier, later] = [this.lastPlace, place];
      const known = { frontier, digest: this.lastDigest, previousAt: head.previousAt - span.start };
      this.broken = { earlier, later, line: Uint8Array.from(line), ...known };
    }
    this.meetTime(bytes, head.momentAt, place.record);
    this.frontier = appendLeaf(frontier, leafHash(line), this.options.keep);
    this.lastDigest = digest;
    this.lastPlace = place;
    this.lastEnd = place.offset + end - start + 1;
    if (this.broken === undefined) this.meetFixed();
    if (this.frontier.size % progressRecords === 0) this.options.progress?.(this.frontier.size);
  }

  /** At the size of a fixed point the tree must have its root. */
  private meetFixed(): void {
    for (;;) {
      const fixed = this.fixed[this.nextFixed];
      if (fixed === undefined || fixed.size > this.frontier.size) return;
      this.nextFixed += 1;
      if (rootOf(this.frontier) === fixed.root) this.fixedTo = fixed.size;
      else this.other ??= fixed;
    }
  }

  private meetTime(bytes: Uint8Array, momentAt: number, record: number): void {
    const { lastAt } = this;
    let order = 0;
    for (let index = 0; index < momentBytes && order === 0; index += 1) {
      order = (bytes[momentAt + index] as number) - (lastAt[index] as number);
    }
    if (order === 0) return;
    if (order < 0) {
      this.wentBack += 1;
      this.firstWentBack ??= { record, before: momentIn(lastAt, 0), at: momentIn(bytes, momentAt) };
    }
    for (let index = 0; index < momentBytes; index += 1) lastAt[index] = bytes[momentAt + index] as number;
  }

  /** What is in doubt is decided. `isChained`: the next record hangs on the later of the two, so the later is what was written, and
   *  the earlier is not; it does not, so the later is not. Undefined: there is no next record. */
  private settle(isChained?: boolean): undefined {
    const { broken, other } = this;
    this.broken = undefined;
    this.other = undefined;
    if (broken !== undefined && !this.isDone) {
      if (isChained ?? this.isEarlier(broken)) {
        this.tell('LOG_CHAIN', broken.earlier, 'is not what the record after it hangs on');
      } else this.tell('LOG_CHAIN', broken.later, 'does not hang on the record before it');
    }
    if (other === undefined || this.isDone) return;
    if (other.size < this.frontier.size || other.size === 0) return this.blameFrom(other);
    // Nothing hangs on the last record yet, so that the chain says nothing of it.
    const says = `is not what ${other.name} was made of; or all was written anew from record ${this.fixedTo} on`;
    this.tell('LOG_TREE', this.lastPlace, says);
  }

  /** No record comes after the two. The later is tried with the right name in it: if that makes the root of a fixed point, then
   *  nothing but the name was altered. */
  private isEarlier({ line, previousAt, digest, frontier, later }: Break): boolean {
    const fixed = this.fixed.find(({ size }) => size === later.record + 1);
    if (fixed === undefined || this.fixedTo === later.record) return false;
    line.set(Buffer.from(digest, 'latin1'), previousAt);
    return rootOf(appendLeaf(frontier, leafHash(line))) !== fixed.root;
  }

  /** All hangs together and is not what the fixed point speaks of: from some record on it was written anew. */
  private blameFrom({ name, size }: Fixed): undefined {
    const record = this.fixedTo;
    const place = { ...this.lastPlace, record };
    const says = `or one up to ${size - 1} is not what ${name} was made of: all was written anew from there on`;
    this.other = undefined;
    this.tell('LOG_TREE', place, says, size - 1);
  }

  /** What is in doubt comes first: it is nearer to the beginning. */
  private blame(code: FaultCode, place: Place, says: string): undefined {
    this.settle();
    this.tell(code, place, says);
  }

  private tell(code: FaultCode, { record, file, offset }: Place, says: string, orUpTo = record): undefined {
    this.wrong ??= { code, record, ...(orUpTo > record ? { orUpTo } : {}), file, offset, says };
  }
}

const progressRecords = 65_536;
const momentBytes = '2026-03-04T10:15:02.000Z'.length;
const sumLength = 16;

function numberSays(sequence: number, record: number): string {
  const was = sequence < record ? ', which was there before,' : '';
  return `is missing: record ${sequence}${was} stands in its place`;
}

function momentIn(bytes: Uint8Array, start: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + momentBytes));
}

function hasText(bytes: Uint8Array, at: number, text: string, length: number): boolean {
  for (let index = 0; index < length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** The same memory. A Buffer finds line breaks ten times faster. */
function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
