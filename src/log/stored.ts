import { type Disk, DiskError, readWhole } from './disk.ts';
import { type FactsRead, readDocument } from './facts.ts';
import { factsPath, firstOfSegment, names } from './folder.ts';
import { linesOf, segmentsOf } from './read.ts';
import { readStill, type Still } from './still.ts';
import type { Part } from './verify.ts';

/** A log as somebody has it who only reads: a folder, or one file that was exported. Nothing of it is believed yet. */
export interface StoredLog {
  readonly origin: string;
  /** How its lines stand in `parts`. */
  readonly form: 'framed' | 'bare';
  /** The bytes of all records, in their order. */
  parts(): AsyncIterable<Part>;
  /** The records in their order, batch by batch, each a line without its break or frame; undefined where none can be read. */
  lines(): AsyncIterable<readonly (string | undefined)[]>;
  /** Nobody who asks here reads a byte that does not fit the digest. */
  document(digest: string): Promise<FactsRead>;
  /** A text of the log's own, whole: undefined where there is none. */
  text(what: 'origin' | 'checkpoint' | 'checkpoints' | 'publicKeys'): Promise<StoredText>;
  /** What its last decisions are at. Signed by nobody. */
  still(): Promise<readonly (readonly [string, Still])[]>;
  /** Every document that is there; without a digest where its name is none. */
  documents(): AsyncIterable<StoredDocument>;
  /** What the log says of itself and its lines must bear out. */
  expects(): Promise<Expected>;
}

/** `file`: by which name messages call it. */
export interface StoredText {
  readonly file: string;
  readonly text: string | undefined;
}

export interface StoredDocument {
  readonly file: string;
  readonly digest: string | undefined;
}

export interface Expected {
  /** The first record of each piece, as the piece's name has it. */
  readonly segments: readonly { readonly file: string; readonly first: number; readonly says: number | undefined }[];
  /** Bytes before the first record. */
  readonly startsAt?: number;
  /** How many records and documents an export says it holds. */
  readonly counts?: { readonly records: number; readonly documents: number };
  /** Of which records an export holds the documents; undefined: of all. */
  readonly chosen?: Chosen;
}

/** Which decisions somebody wants the documents of. */
export interface Chosen {
  readonly since?: string;
  readonly workflow?: string;
}

/** One that cannot be is as good as none: whoever checks says so of its text. */
const textBytesMax = 1 << 20;
const historyBytesMax = 2 << 20;
const chunkBytes = 1 << 18;

/** Whether the names in a folder are those of a log, also of one that lost its origin. */
export function isLogFolder(inner: readonly string[]): boolean {
  return inner.some((name) => name === names.origin || firstOfSegment(name) !== undefined);
}

/** A log's folder. It is only read: the log's writer may be at work. */
export async function storedIn(disk: Disk): Promise<StoredLog> {
  const text: StoredLog['text'] = async (what) => {
    const file = names[what];
    const bytes = await readWhole(disk, file, what === 'checkpoints' ? historyBytesMax : textBytesMax);
    return { file, text: bytes === undefined ? undefined : bytes === 'too-large' ? '' : Buffer.from(bytes).toString() };
  };
  return {
    form: 'framed',
    origin: ((await text('origin')).text ?? '').trimEnd(),
    text,
    async *parts() {
      for (const { name } of await segmentsOf(disk)) {
        for (let at = 0; ; ) {
          const bytes = await disk.read(name, at, chunkBytes);
          if (bytes.length === 0) break;
          at += bytes.length;
          yield { file: name, bytes };
        }
      }
    },
    async *lines() {
      for (const { name } of await segmentsOf(disk)) {
        for await (const lines of linesOf(disk, name)) yield lines.map(({ frame }) => frame?.line);
      }
    },
    async still() {
      const bytes = await readWhole(disk, names.still, textBytesMax);
      return bytes === undefined || bytes === 'too-large' ? [] : readStill(Buffer.from(bytes).toString());
    },
    async *documents() {
      for (const folder of await disk.list(names.facts)) {
        for (const name of await disk.list(`${names.facts}/${folder}`)) {
          const file = `${names.facts}/${folder}/${name}`;
          const digest = `sha256:${name}`;
          yield { file, digest: factsPath(digest) === file ? digest : undefined };
        }
      }
    },
    async document(digest) {
      try {
        return await readDocument(disk, digest);
      } catch (problem) {
        // Dropped by the writer in the middle of it.
        if (problem instanceof DiskError && problem.problem === 'missing') return { kind: 'missing' };
        throw problem;
      }
    },
    async expects() {
      const segments: Expected['segments'][number][] = [];
      for (const { name, first } of await segmentsOf(disk)) {
        const { value: lines } = await linesOf(disk, name).next();
        const line = (lines ?? [])[0]?.frame?.line;
        segments.push({ file: name, first, says: line === undefined ? undefined : sequenceIn(line) });
      }
      return { segments };
    },
  };
}

function sequenceIn(line: string): number | undefined {
  try {
    const { sequence } = JSON.parse(line) as { readonly sequence?: unknown };
    return typeof sequence === 'number' ? sequence : undefined;
  } catch {
    return undefined;
  }
}
