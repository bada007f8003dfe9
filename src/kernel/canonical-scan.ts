/** Told of each member of the outermost object: where its name and its value stand, quotes included, ends excluded. */
export type OnMember = (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void;

/** No record of ours is nested so deep, and whoever writes one must not be able to exhaust us. */
const depthMax = 128;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openObject, closeObject, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];

/** What may stand in a text as it is: 0 plain, 1 the closing quote, 2 the beginning of an escape, 3 of a character of several bytes,
 *  4 nothing that may stand there. */
const textClass = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === quote) return 1;
  if (byte === backslash) return 2;
  return byte >= 0x80 ? 3 : byte < 0x20 ? 4 : 0;
});

/** The byte at which this stops being the RFC 8785 form of one JSON value, or -1 if it is that form from `start` to `end`. One
 *  look at each byte and nothing built: what a log of a million lines is read with. What it lets through is exactly what
 *  `canonical()` writes; a property test holds the two together. */
export function scanCanonical(bytes: Uint8Array, start: number, end: number, onMember?: OnMember): number {
  return new CanonicalScan().scan(bytes, start, end, onMember);
}

/** The same for many values, one after the other. Each method takes where to begin and returns where it ended, or -1, and then
 *  `wrongAt` says at which byte. */
export class CanonicalScan {
  private wrongAt = -1;
  private bytes: Uint8Array = new Uint8Array(0);
  private words: DataView = new DataView(new ArrayBuffer(0));
  private end = 0;

  scan(bytes: Uint8Array, start: number, end: number, onMember?: OnMember): number {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.end = end;
    const after = this.value(start, 0, onMember);
    if (after < 0) return this.wrongAt;
    return after === end ? -1 : after;
  }

  private value(at: number, depth: number, onMember?: OnMember): number {
    if (at >= this.end || depth > depthMax) return this.wrong(at);
    switch (this.bytes[at]) {
      case quote:
        return this.text(at);
      case openObject:
        return this.object(at, depth, onMember);
      case openList:
        return this.list(at, depth);
      case 0x74:
        return this.word(at, 'true');
      case 0x66:
        return this.word(at, 'false');
      case 0x6e:
        return this.word(at, 'null');
      default:
        return this.number(at);
    }
  }

  private object(start: number, depth: number, onMember?: OnMember): number {
    const { bytes } = this;
    if (bytes[start + 1] === closeObject && start + 1 < this.end) return start + 2;
    let lastStart = -1;
    let lastEnd = -1;
    for (let at = start + 1; ; at += 1) {
      const name = at;
      if (at >= this.end || bytes[at] !== quote) return this.wrong(at);
      const nameEnd = this.text(at);
      if (nameEnd < 0) return -1;
      if (lastStart >= 0 && !this.inOrder(lastStart, lastEnd, name, nameEnd)) return this.wrong(name);
      lastStart = name;
      lastEnd = nameEnd;
      if (nameEnd >= this.end || bytes[nameEnd] !== colon) return this.wrong(nameEnd);
      at = this.value(nameEnd + 1, depth + 1);
      if (at < 0) return -1;
      onMember?.(name, nameEnd, nameEnd + 1, at);
      if (at >= this.end) return this.wrong(at);
      if (bytes[at] === closeObject) return at + 1;
      if (bytes[at] !== comma) return this.wrong(at);
    }
  }

  private list(start: number, depth: number): number {
    if (this.bytes[start + 1] === closeList && start + 1 < this.end) return start + 2;
    for (let at = start + 1; ; at += 1) {
      at = this.value(at, depth + 1);
      if (at < 0) return -1;
      if (at >= this.end) return this.wrong(at);
      if (this.bytes[at] === closeList) return at + 1;
      if (this.bytes[at] !== comma) return this.wrong(at);
    }
  }

  private text(start: number): number {
    const { bytes, words, end } = this;
    for (let at = start + 1; at < end; ) {
      // Most of a log is plain text: four bytes at once, as long as none of them is special.
      while (at + 4 <= end && isPlain(words.getInt32(at))) at += 4;
      const kind = textClass[bytes[at] as number];
      if (kind === 0) at += 1;
      else if (kind === 1) return at + 1;
      else {
        const length = kind === 2 ? this.escape(at) : kind === 3 ? this.character(at) : 0;
        if (length === 0 || at + length > end) return this.wrong(at);
        at += length;
      }
    }
    return this.wrong(end);
  }

  /** The length of an escape that RFC 8785 writes so: the seven short ones, and lower-case \u00xx of the other control characters. */
  private escape(at: number): number {
    const { bytes } = this;
    switch (bytes[at + 1]) {
      case quote:
      case backslash:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return 2;
      case 0x75: {
        const escaped = String.fromCharCode(...bytes.subarray(at + 2, at + 6));
        return /^00(0[0-7be-f]|1[0-9a-f])$/.test(escaped) ? 6 : 0;
      }
      default:
        return 0;
    }
  }

  /** The length of a UTF-8 character of several bytes, in the only form it may have: none longer than needed, no half of a pair. */
  private character(at: number): number {
    const { bytes } = this;
    const first = bytes[at] as number;
    const second = bytes[at + 1] ?? 0;
    if (first >= 0xc2 && first <= 0xdf) return isNext(second) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
      if (first === 0xe0 ? second < 0xa0 : first === 0xed && second > 0x9f) return 0;
      return isNext(second) && isNext(bytes[at + 2]) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
      if (first === 0xf0 ? second < 0x90 : first === 0xf4 && second > 0x8f) return 0;
      return isNext(second) && isNext(bytes[at + 2]) && isNext(bytes[at + 3]) ? 4 : 0;
    }
    return 0;
  }

  private number(start: number): number {
    const { bytes, end } = this;
    let at = start;
    let isInteger = true;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte >= 0x30 && byte <= 0x39) continue;
      if (byte !== 0x2d && byte !== 0x2e && byte !== 0x2b && byte !== 0x65) break;
      if (byte !== 0x2d || at > start) isInteger = false;
    }
    const first = bytes[start] === 0x2d ? start + 1 : start;
    const digits = at - first;
    if (isInteger && digits > 0 && digits < 16) {
      const isPlain = bytes[first] !== 0x30 || (digits === 1 && first === start);
      return isPlain ? at : this.wrong(start);
    }
    const text = String.fromCharCode(...bytes.subarray(start, at));
    return text.length > 0 && text.length < 32 && Number.isFinite(Number(text)) && String(Number(text)) === text
      ? at
      : this.wrong(start);
  }

  private word(at: number, word: string): number {
    for (let index = 0; index < word.length; index += 1) {
      if (at + index >= this.end || this.bytes[at + index] !== word.charCodeAt(index)) return this.wrong(at + index);
    }
    return at + word.length;
  }

  /** Whether the second name comes after the first by UTF-16 code units. Up to the first byte that is no ASCII, and without
   *  escapes, the bytes say so themselves. */
  private inOrder(leftStart: number, leftEnd: number, rightStart: number, rightEnd: number): boolean {
    const { bytes } = this;
    for (let at = 1; ; at += 1) {
      const left = bytes[leftStart + at] as number;
      const right = bytes[rightStart + at] as number;
      if (textClass[left] === 2 || textClass[left] === 3 || textClass[right] === 2 || textClass[right] === 3) break;
      const leftDone = leftStart + at === leftEnd - 1;
      const rightDone = rightStart + at === rightEnd - 1;
      if (leftDone || rightDone) return leftDone && !rightDone;
      if (left !== right) return left < right;
    }
    const text = (from: number, to: number): string => JSON.parse(utf8.decode(bytes.subarray(from, to))) as string;
    return text(leftStart, leftEnd) < text(rightStart, rightEnd);
  }

  private wrong(at: number): -1 {
    this.wrongAt = at;
    return -1;
  }
}

const [ones, highs] = [0x01010101, 0x80808080 | 0];

/** Whether none of four bytes is a quote, a backslash, below space, or above ASCII. A byte b borrows its highest bit in b − n just
 *  when it is below n; for quote and backslash, n is 1 and b what the byte differs by. */
function isPlain(word: number): boolean {
  const quotes = word ^ (0x22 * ones);
  const slashes = word ^ (0x5c * ones);
  const special = ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((word - 0x20 * ones) & ~word) | word;
  return (special & highs) === 0;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function isNext(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf;
}
