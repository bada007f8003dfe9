import type { Disk } from './disk.ts';
import { firstOfSegment } from './folder.ts';
import { type Framed, frameBytesMax, lineBytesMax, readFrame, syncedMark } from './frame.ts';

export interface Segment {
  readonly name: string;
  /** The number of the first record in it. */
  readonly first: number;
}

/** What stands between two line breaks of a segment, or behind the last one. */
export interface StoredLine {
  /** Undefined: no whole record. */
  readonly frame: Framed | undefined;
  /** Of what is no whole record: a whole one that was written after it was durable stands within, because the line break between them is gone. */
  readonly wasDurable: boolean;
  /** In bytes, within its segment; the length is with the line break. */
  readonly offset: number;
  readonly length: number;
}

const chunkBytes = 1 << 18;
const lineBreak = 10;

/** The segments in the order of their records. */
export async function segmentsOf(disk: Disk): Promise<readonly Segment[]> {
  const found = (await disk.list('.')).flatMap((name) => {
    const first = firstOfSegment(name);
    return first === undefined ? [] : [{ name, first }];
  });
  return found.sort((left, right) => left.first - right.first);
}

/** A segment from an offset on, as many lines at once as one read of the disk gave. Memory is bounded whatever the file holds: what is longer
 *  than a record can be is no record. */
export async function* linesOf(disk: Disk, name: string, from = 0): AsyncGenerator<readonly StoredLine[]> {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let held: Uint8Array = new Uint8Array();
  let offset = from;
  /** Bytes of a line that is too long, thrown away. */
  let skipped = 0;
  for (let at = from; ; ) {
    const chunk = await disk.read(name, at, chunkBytes);
    if (chunk.length === 0) break;
    at += chunk.length;
    const bytes = held.length === 0 ? chunk : joined(held, chunk);
    const lines: StoredLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lineBreak, held.length); end !== -1; end = bytes.indexOf(lineBreak, start)) {
      const length = skipped + end + 1 - start;
      const inside = bytes.subarray(start, end);
      const frame = skipped > 0 ? undefined : frameIn(strict, inside);
      lines.push({ frame, wasDurable: frame === undefined && holdsSynced(strict, inside), offset, length });
      offset += length;
      skipped = 0;
      start = end + 1;
    }
    held = bytes.slice(start);
    if (held.length > lineBytesMax + frameBytesMax) {
      skipped += held.length;
      held = new Uint8Array();
    }
    if (lines.length > 0) yield lines;
  }
  const length = skipped + held.length;
  if (length > 0) yield [{ frame: undefined, wasDurable: holdsSynced(strict, held), offset, length }];
}

/** The lines of the records [from, to), batch by batch, without their frames. It throws a `RangeError` at the first one that is no whole
 *  record or is not there: who reads so has been told that they are. */
export async function* recordLines(disk: Disk, from: number, to: number): AsyncGenerator<readonly string[]> {
  if (from >= to) return;
  const segments = await segmentsOf(disk);
  let next = from;
  for (const [at, { name, first }] of segments.entries()) {
    if (next >= to) return;
    const end = segments[at + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (end <= next) continue;
    if (first > next) break;
    let sequence = first;
    for await (const lines of linesOf(disk, name)) {
      const wanted: string[] = [];
      for (const { frame } of lines) {
        if (sequence >= to) break;
        if (sequence >= next) {
          if (frame === undefined) throw new RangeError(`record ${sequence} in ${name} is damaged`);
          wanted.push(frame.line);
        }
        sequence += 1;
      }
      if (wanted.length > 0) yield wanted;
      if (sequence >= to) return;
    }
    next = sequence;
  }
  throw new RangeError(`record ${next} is not there`);
}

function holdsSynced(strict: { decode(bytes: Uint8Array): string }, bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = text.indexOf(syncedMark, 1); at !== -1; at = text.indexOf(syncedMark, at + 1)) {
    if (frameIn(strict, bytes.subarray(at)) !== undefined) return true;
  }
  return false;
}

function frameIn(strict: { decode(bytes: Uint8Array): string }, bytes: Uint8Array): Framed | undefined {
  try {
    return readFrame(strict.decode(bytes));
  } catch {
    return undefined; // no UTF-8
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
