import type { Disk } from './disk.ts';
import { readWhole } from './disk.ts';
import { type FactsRead, readDocument } from './facts.ts';
import { names } from './folder.ts';
import { linesOf, segmentsOf } from './read.ts';

/** What was kept of decisions, to be read: a log's folder, or what was taken out of one. */
export interface Kept {
  readonly origin: string;
  /** The records in their order, batch by batch, each a line without its break; undefined where none can be read. */
  lines(): AsyncIterable<readonly (string | undefined)[]>;
  /** Nobody who asks here reads a byte that does not fit the digest. */
  document(digest: string): Promise<FactsRead>;
}

/** A log's folder; undefined if it is none. It is only read: the log's writer may be at work. */
export async function keptIn(disk: Disk): Promise<Kept | undefined> {
  const origin = await readWhole(disk, names.origin, 4096);
  if (origin === undefined || origin === 'too-large') return undefined;
  return {
    origin: new TextDecoder().decode(origin).trimEnd(),
    document: (digest) => readDocument(disk, digest),
    async *lines() {
      for (const { name } of await segmentsOf(disk)) {
        for await (const lines of linesOf(disk, name)) yield lines.map(({ frame }) => frame?.line);
      }
    },
  };
}
