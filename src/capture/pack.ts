import { crc32, createDeflateRaw } from 'node:zlib';
import type { Capture } from './capture.ts';
import { lineOf } from './line.ts';
import { manifestLine } from './manifest.ts';

/** No name, no time, no operating system: the same capture gives the same bytes wherever it is packed. */
const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
const level = 6;
const blockLength = 2 ** 16;

/** The one-file form, before it is packed: the manifest, then the raws, sorted. */
export function* capturePages(capture: Capture): Generator<Uint8Array> {
  const lines = capture.raws.map(lineOf).sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  let block = `${manifestLine(capture, lines.length)}\n`;
  for (const line of lines) {
    block += `${line}\n`;
    if (block.length < blockLength) continue;
    yield Buffer.from(block, 'utf8');
    block = '';
  }
  if (block !== '') yield Buffer.from(block, 'utf8');
}

/** The one-file form, packed. The capture must have been opened with `keep: 'all'`, or what is left out stays out. */
export function packCapture(capture: Capture): AsyncGenerator<Uint8Array> {
  return packPages(capturePages(capture));
}

/** Pages of the one-file form, packed. */
export async function* packPages(pages: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield gzipHeader;
  const deflate = createDeflateRaw({ level });
  let checksum = 0;
  let length = 0;
  const fed = (async (): Promise<void> => {
    for (const page of pages) {
      checksum = crc32(page, checksum);
      length += page.length;
      if (!deflate.write(page)) await new Promise<void>((resume) => deflate.once('drain', () => resume()));
    }
    deflate.end();
  })();
  for await (const chunk of deflate as AsyncIterable<Uint8Array>) yield chunk;
  await fed;
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, length >>> 0, true);
  yield new Uint8Array(trailer.buffer);
}
