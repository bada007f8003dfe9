/** A file that unpacks to more than this is no capture that we read. */
const unpackedMax = 2 ** 31;
/** Kubernetes' JSON packs ten- to fiftyfold. What packs better than this, past the first stretch, is built to exhaust us. */
const ratioMax = 300;
const ratioFreeBytes = 2 ** 25;

/** Why unpacking stopped. */
export class Unpackable extends Error {
  readonly why: 'cut-off' | 'damaged' | 'too-large';
  constructor(why: Unpackable['why']) {
    super(why);
    this.name = 'Unpackable';
    this.why = why;
  }
}

/** Bytes as they are, or unpacked if they are gzip, told from their first two. Throws `Unpackable`. */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < 2) {
    const { value, done } = await source.next();
    if (done === true) break;
    head.push(value);
    length += value.length;
  }
  const first = Buffer.concat(head);
  const all = resumed(first, source);
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    let total = 0;
    for await (const chunk of all) {
      total += chunk.length;
      if (total > unpackedMax) throw new Unpackable('too-large');
      yield chunk;
    }
    return;
  }
  // Loaded only here: a folder is not packed.
  const [{ pipeline, Readable }, { createGunzip }] = await Promise.all([import('node:stream'), import('node:zlib')]);
  const gunzip = createGunzip({ chunkSize: 2 ** 16 });
  // The iteration below throws whatever the source or the unpacking threw; the callback has nothing to add.
  pipeline(Readable.from(all, { objectMode: false }), gunzip, () => undefined);
  let total = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      const tooDense = total > ratioFreeBytes && total > ratioMax * gunzip.bytesWritten;
      if (total > unpackedMax || tooDense) throw new Unpackable('too-large');
      yield chunk;
    }
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
    if (code === 'Z_BUF_ERROR') throw new Unpackable('cut-off');
    if (typeof code === 'string' && code.startsWith('Z_')) throw new Unpackable('damaged');
    throw problem;
  }
}

async function* resumed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
