/** Where the record stands in a line: quotes of the frame excluded, braces included. */
export interface LineSpan {
  start: number;
  end: number;
  /** Of the first of the 16 hex digits of its sum; -1 in a bare line. */
  sumAt: number;
}

const marked = '["synced",';

/** Finds the record in a line (between two line breaks) by its bytes alone, as `readFrame` does by its text; what is wrong with the
 *  frame otherwise. Whether the sum fits is for whoever hashes the line. Writes into `span`, so that a million lines make no garbage. */
export function lineSpan(
  form: 'framed' | 'bare',
  bytes: Uint8Array,
  start: number,
  end: number,
  span: LineSpan,
): string | undefined {
  span.start = start;
  span.end = end;
  span.sumAt = -1;
  if (form === 'bare') return undefined;
  // "synced", in front of the sum: one quote and comma more.
  const sumAt = starts(bytes, start, end, marked) ? start + marked.length + 1 : start + 2;
  const recordAt = sumAt + 18;
  if (recordAt >= end || bytes[end - 1] !== 0x5d || !hasFrame(bytes, start, sumAt)) return 'has no frame around it';
  span.start = recordAt;
  span.end = end - 1;
  span.sumAt = sumAt;
  return undefined;
}

function hasFrame(bytes: Uint8Array, start: number, sumAt: number): boolean {
  if (bytes[start] !== 0x5b || bytes[sumAt - 1] !== 0x22) return false;
  for (let at = sumAt; at < sumAt + 16; at += 1) {
    const byte = bytes[at] as number;
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false;
  }
  return bytes[sumAt + 16] === 0x22 && bytes[sumAt + 17] === 0x2c;
}

function starts(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
