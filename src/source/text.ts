import { error, type Loaded, type Place } from '../kernel/fault.ts';

/** Text that a person or a tool wrote, with the name it goes by in messages. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Bytes → text. Only UTF-8 without NUL is text; a byte order mark is dropped. What is refused is named for what it is. */
export function decodeText(file: string, bytes: Uint8Array, bytesMax: number): Loaded<SourceText> {
  const start = { file, line: 1, col: 1 };
  if (bytes.length > bytesMax) {
    const fault = error('FILE_TOO_LARGE', start, `has ${bytes.length} bytes; at most ${bytesMax} are read here`);
    return { ok: false, faults: [fault] };
  }
  if (looksLikeUtf16(bytes)) {
    const fault = error('FILE_NOT_UTF8', start, 'is UTF-16', 'save it as UTF-8');
    return { ok: false, faults: [fault] };
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const fault = error('FILE_NOT_TEXT', placeOfByte(file, bytes, nul), 'has a NUL byte: this is no text');
    return { ok: false, faults: [fault] };
  }
  try {
    // The decoder drops a byte order mark by itself.
    return { ok: true, value: { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }, warnings: [] };
  } catch {
    const fault = error('FILE_NOT_UTF8', start, 'is not valid UTF-8', 'save it as UTF-8');
    return { ok: false, faults: [fault] };
  }
}

function looksLikeUtf16(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (first === 0 && second !== 0 && third === 0) || (first !== 0 && second === 0 && third !== 0 && fourth === 0);
}

function placeOfByte(file: string, bytes: Uint8Array, at: number): Place {
  const before = bytes.subarray(0, at);
  const lastBreak = before.lastIndexOf(10);
  return { file, line: before.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 1), col: at - lastBreak };
}

/** Turns offsets of one text into places with their line as excerpt. */
export class Places {
  readonly #source: SourceText;
  readonly #starts: readonly number[];

  constructor(source: SourceText) {
    this.#source = source;
    const starts = [0];
    for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  at(offset: number, length = 1): Place {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low] ?? 0;
    const end = this.#starts[low + 1] ?? this.#source.text.length + 1;
    // A cheap look: the whole file may be one line, and every part of it has a place.
    const isCrLf = this.#source.text.charCodeAt(end - 2) === 13 && end - 2 >= start;
    const excerpt = this.#source.text.slice(start, isCrLf ? end - 2 : end - 1);
    const col = offset - start + 1;
    return {
      file: this.#source.file,
      line: low + 1,
      col,
      length: Math.max(1, Math.min(length, excerpt.length - col + 1)),
      excerpt,
    };
  }
}
