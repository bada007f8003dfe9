import { digestOfText } from '../kernel/digest.ts';

/** A record on disk is one line, and the line is JSON too (`jq -c '.[-1]'` prints the records):
 *
 *      ["0123456789abcdef",{…}]            a record, behind the first half of its own digest
 *      ["synced","0123456789abcdef",{…}]   the same; and everything before it was durable before it was written
 *
 *  A line that a crash tore, or that holds anything else, does not fit its sum. The word in front tells a crash from damage:
 *  what stands before such a line had been acknowledged, so whatever is wrong there was not left by a crash. No single wrong
 *  bit turns one form into the other. */
export interface Framed {
  readonly line: string;
  /** `sha256:…` of the line: what the next record calls `previous`. */
  readonly digest: string;
  readonly synced: boolean;
}

const sumLength = 16;
const plain = '["';
/** How a line begins before which everything was durable. */
export const syncedMark = '["synced","';
/** Of a line with its frame and line break, above that of the record itself. */
export const frameBytesMax = syncedMark.length + sumLength + 4;
/** No record is longer, in bytes of UTF-8; what is longer on disk is no record. */
export const lineBytesMax = 1 << 20;

export function framed({ line, digest, synced }: Framed): string {
  return `${synced ? syncedMark : plain}${sumOf(digest)}",${line}]\n`;
}

/** What stands between two line breaks; undefined if it is not a whole record. */
export function readFrame(text: string): Framed | undefined {
  const synced = text.startsWith(syncedMark);
  const at = (synced ? syncedMark : plain).length;
  const start = at + sumLength + 2;
  if (!text.startsWith(plain) || text.slice(at + sumLength, start) !== '",' || !text.endsWith(']')) return undefined;
  const line = text.slice(start, -1);
  if (!line.isWellFormed()) return undefined;
  const digest = digestOfText(line);
  return sumOf(digest) === text.slice(at, at + sumLength) ? { line, digest, synced } : undefined;
}

function sumOf(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + sumLength);
}
