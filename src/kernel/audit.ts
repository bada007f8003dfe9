import { CanonicalScan } from './canonical-scan.ts';
import { canonical, digestOfText, type Json } from './digest.ts';

/** What a record may be about. Closed: a line of another kind was not written by this version. */
export const recordKinds = ['decision', 'opened', 'tail-cut', 'facts-dropped'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** What is recorded, by whoever decides. `at` is RFC 3339 with milliseconds, in UTC: `2026-03-04T10:15:02.000Z`. */
export interface RecordBody {
  readonly kind: RecordKind;
  readonly at: string;
  readonly [member: string]: Json | undefined;
}

/** A document that a record names by its digest. */
export interface Attachment {
  readonly digest: string;
  readonly text: string;
}

/** A line of the log, read: the body, and what the log itself put in. */
export interface LogRecord extends RecordBody {
  readonly version: 1;
  /** Its index in its log, from 0, and the index of its leaf in the tree. */
  readonly sequence: number;
  /** The digest of the line before it; null in the first. */
  readonly previous: string | null;
}

/** The end of a log: what the next record hangs on. Plain JSON. */
export interface Head {
  /** Of the last record; -1 when there is none. */
  readonly sequence: number;
  readonly digest: string | null;
  readonly at: string | null;
}

export const emptyHead: Head = { sequence: -1, digest: null, at: null };

/** A record that is ready to be written. */
export interface NextLine {
  /** Canonical JSON, without a line break: no canonical JSON holds one. */
  readonly line: string;
  readonly digest: string;
  /** The log's end once the line is in it. */
  readonly head: Head;
  /** The clock was set back since the record before. It is written all the same, because a site must go on; `log verify` reports it. */
  readonly wentBack: boolean;
}

/** The next line of a log. The body must not say what the log says itself, and must be what JSON can carry: a bug otherwise. */
export function nextLine(body: RecordBody, head: Head): NextLine {
  for (const own of ['version', 'sequence', 'previous']) {
    if (body[own] !== undefined) throw new RangeError(`a record's ${own} is given by its log`);
  }
  if (!recordKinds.includes(body.kind)) throw new RangeError(`no record is of the kind ${body.kind}`);
  if (!isMoment(body.at)) throw new RangeError(`${body.at} is no moment in UTC with milliseconds`);
  const sequence = head.sequence + 1;
  const line = canonical({ ...body, previous: head.digest, sequence, version: 1 });
  const digest = digestOfText(line);
  return {
    line,
    digest,
    head: { sequence, digest, at: body.at },
    wentBack: head.at !== null && body.at < head.at,
  };
}

/** What the log says itself of a line. */
export interface LineHead {
  sequence: number;
  /** Where the 64 hex digits of the digest begin; -1: it names no record before it. */
  previousAt: number;
  /** They are those that were asked for. */
  isChained: boolean;
  /** Where the 24 characters of the moment begin. */
  momentAt: number;
}

/** What is wrong with a line, and at which of its bytes. */
export interface LineFault {
  readonly at: number;
  readonly says: string;
}

/** Reads the form of lines, one after the other, without building them. It is one object for a whole log, and `head` is that of the
 *  last line read: a million lines make no garbage. */
export class LineReader {
  readonly head: LineHead = { sequence: -1, previousAt: -1, isChained: false, momentAt: 0 };
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly scan = new CanonicalScan();
  private previous: string | undefined;
  private seen = 0;
  private fault: LineFault | undefined;

  /** What is wrong with the form of this line; undefined if it is a record of ours, and then `head` is its. `previous`: the 64 hex
   *  digits that it should name. */
  read(bytes: Uint8Array, start: number, end: number, previous?: string): LineFault | undefined {
    this.bytes = bytes;
    this.previous = previous;
    this.seen = 0;
    this.fault = undefined;
    if (bytes[start] !== 0x7b) return { at: start, says: 'is no JSON object' };
    const wrongAt = this.scan.scan(bytes, start, end, this.member);
    if (wrongAt >= 0) return { at: wrongAt, says: 'is not canonical JSON (RFC 8785)' };
    if (this.fault !== undefined) return this.fault;
    if (this.seen === allMembers) return undefined;
    const missing = members.filter((_, index) => (this.seen & (1 << index)) === 0);
    return { at: end, says: `has no ${missing.join(', ')}` };
  }

  private readonly member = (nameStart: number, nameEnd: number, start: number, end: number): void => {
    const { bytes, head } = this;
    const nameLength = nameEnd - nameStart - 2;
    const index = lengths.indexOf(nameLength);
    if (index < 0) return;
    for (let which = index; which < members.length; which += 1) {
      const name = members[which] as string;
      if (name.length !== nameLength || !says(bytes, nameStart + 1, name)) continue;
      this.seen |= 1 << which;
      switch (name) {
        case 'at':
          head.momentAt = start + 1;
          if (!isMomentIn(bytes, start, end)) this.not(start, '`at` is no moment in UTC with milliseconds');
          return;
        case 'kind':
          if (!kinds.some((kind) => kind.length === end - start && says(bytes, start, kind))) {
            this.not(start, `\`kind\` is none of ${recordKinds.join(', ')}`);
          }
          return;
        case 'previous':
          this.readPrevious(start, end);
          return;
        case 'sequence':
          head.sequence = digitsAt(bytes, start, end);
          if (head.sequence < 0) this.not(start, '`sequence` is no number of a record');
          return;
        default:
          if (end - start !== 1 || bytes[start] !== 0x31) this.not(start, '`version` is not 1');
          return;
      }
    }
  };

  private readPrevious(start: number, end: number): void {
    const { bytes, head, previous } = this;
    const isDigest = end - start === digestBytes && says(bytes, start, digestHead);
    head.previousAt = isDigest ? start + digestHead.length : -1;
    // What is as it should be is a digest, and was one before.
    head.isChained = isDigest && previous !== undefined && says(bytes, head.previousAt, previous);
    if (head.isChained) return;
    const isNull = end - start === 4 && says(bytes, start, 'null');
    if (!isNull && !(isDigest && isHex(bytes, head.previousAt, 64))) {
      this.not(start, '`previous` is neither a digest nor null');
    }
  }

  private not(at: number, says: string): void {
    this.fault ??= { at, says };
  }
}

/** The members that every record has, by the length of their names. */
const members = ['at', 'kind', 'version', 'previous', 'sequence'] as const;
const lengths = members.map((name) => name.length);
const allMembers = 2 ** members.length - 1;
const kinds = recordKinds.map((kind) => `"${kind}"`);

/** A line → the record, or what is wrong with it. As strict as the log's verification: canonical bytes, known version and kind. */
export function readRecord(
  line: Uint8Array | string,
): { readonly ok: true; readonly record: LogRecord } | { readonly ok: false; readonly fault: LineFault } {
  if (typeof line === 'string' && !line.isWellFormed()) {
    return { ok: false, fault: { at: 0, says: 'holds half of a character' } };
  }
  const bytes = typeof line === 'string' ? new TextEncoder().encode(line) : line;
  const fault = new LineReader().read(bytes, 0, bytes.length);
  if (fault !== undefined) return { ok: false, fault };
  return { ok: true, record: JSON.parse(new TextDecoder().decode(bytes)) as LogRecord };
}

/** RFC 3339 in the one form that we write: UTC, milliseconds, a year of four digits, a day that there is. */
export function isMoment(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return false;
  momentBytes.write(text, 1, 'latin1');
  return isMomentIn(momentBytes, 0, momentBytes.length);
}

const momentBytes = Buffer.from('"0000-00-00T00:00:00.000Z"');
const momentPattern = '"0000-00-00T00:00:00.000Z"';
const daysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function isMomentIn(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== momentPattern.length) return false;
  for (let index = 0; index < momentPattern.length; index += 1) {
    const byte = bytes[start + index] as number;
    const wanted = momentPattern.charCodeAt(index);
    if (wanted === 0x30 ? byte < 0x30 || byte > 0x39 : byte !== wanted) return false;
  }
  const two = (index: number): number =>
    ((bytes[start + index] as number) - 0x30) * 10 + (bytes[start + index + 1] as number) - 0x30;
  const [year, month, day] = [two(1) * 100 + two(3), two(6), two(9)];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && !isLeap ? 28 : (daysOf[month - 1] ?? 0);
  return day >= 1 && day <= days && two(12) < 24 && two(15) < 60 && two(18) < 60;
}

const digestHead = '"sha256:';
const digestBytes = digestHead.length + 64 + 1;

function isHex(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at += 1) {
    const byte = bytes[at] as number;
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false;
  }
  return true;
}

/** A whole number of at most 15 digits; -1 for anything else. That it has no leading zero is known: the line is canonical. */
function digitsAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return -1;
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function says(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
