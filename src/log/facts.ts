import { digestOfText } from '../kernel/digest.ts';
import { type Disk, folderOf, readWhole } from './disk.ts';
import { digestsIn, factsPath, names } from './folder.ts';

/** A document that a record names by its digest. */
export interface Attachment {
  readonly digest: string;
  readonly text: string;
}

/** No document is larger, in bytes of UTF-8. */
export const documentBytesMax = 16 * 2 ** 20;

export type FactsRead =
  | { readonly kind: 'text'; readonly text: string }
  /** Not there: dropped, or never sent here. */
  | { readonly kind: 'missing' }
  /** Something stands under that name, and it is not the document of that digest. */
  | { readonly kind: 'damaged'; readonly file: string };

/** A document by its digest; nobody who asks here reads a byte that does not fit it. */
export async function readDocument(disk: Disk, digest: string): Promise<FactsRead> {
  const file = factsPath(digest);
  if (file === undefined) return { kind: 'missing' };
  const bytes = await readWhole(disk, file, documentBytesMax);
  if (bytes === undefined) return { kind: 'missing' };
  const text = bytes === 'too-large' ? undefined : textOf(bytes);
  return text !== undefined && digestOfText(text) === digest ? { kind: 'text', text } : { kind: 'damaged', file };
}

interface Kept {
  readonly bytes: number;
  /** The last record that named it. */
  sequence: number;
  atMs: number;
}

export interface Ceilings {
  /** All documents together. */
  readonly factsBytesMax: number;
  /** Since the last record that named it. */
  readonly factsAgeMsMax: number;
}

export interface Dropping {
  readonly digests: readonly string[];
  readonly bytes: number;
  readonly because: 'bytes' | 'age';
  /** Of the records that named them, the newest. */
  readonly through: number;
}

const droppedAtOnceMax = 1000;
/** What is over its ceiling is brought down to so much of it, so that not every record drops one document. */
const easedTo = 0.9;

/** The documents on disk, one file each under its digest. What is under its name is whole: it was written beside it and synced. */
export class FactsStore {
  readonly #disk: Disk;
  readonly #kept = new Map<string, Kept>();
  /** Seen in this life: the bytes fit the digest, and the name is durable. */
  readonly #sure = new Set<string>();
  #bytes = 0;

  private constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Lists what is there, and removes what a death left half written. */
  static async open(disk: Disk): Promise<FactsStore> {
    const store = new FactsStore(disk);
    for (const folder of await disk.list(names.facts)) {
      for (const name of await disk.list(`${names.facts}/${folder}`)) {
        const [path, digest] = [`${names.facts}/${folder}/${name}`, `sha256:${name}`];
        if (factsPath(digest) === path) store.#know(digest, (await disk.size(path)) ?? 0);
        else if (name.endsWith('.new')) await disk.remove(path);
      }
    }
    return store;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#kept.size;
  }

  has(digest: string): boolean {
    return this.#kept.has(digest);
  }

  /** A record names it, and is durable. */
  named(digest: string, sequence: number, atMs: number): void {
    const kept = this.#kept.get(digest);
    if (kept === undefined) return;
    kept.sequence = sequence;
    if (Number.isFinite(atMs)) kept.atMs = atMs;
  }

  /** A record says that it was dropped: whoever named it before does not keep it. */
  unnamed(digest: string): void {
    const kept = this.#kept.get(digest);
    if (kept !== undefined) kept.sequence = -1;
  }

  /** Documents become durable, each once. One that is there already is looked at the first time: if its bytes are wrong it is written anew,
   *  since here they are. */
  async keep(documents: readonly Attachment[]): Promise<void> {
    const folders = new Set<string>();
    const made: { readonly digest: string; readonly path: string; readonly bytes: Uint8Array }[] = [];
    const asked = new Set<string>();
    for (const { digest, text } of documents) {
      if (this.#sure.has(digest) || asked.has(digest)) continue;
      asked.add(digest);
      const path = factsPath(digest) ?? '';
      folders.add(folderOf(path));
      if (this.has(digest) && (await readDocument(this.#disk, digest)).kind === 'text') continue;
      made.push({ digest, path, bytes: new TextEncoder().encode(text) });
    }
    if (made.length > 0) await this.#makeFolders(new Set(made.map(({ path }) => folderOf(path))));
    await all(made, async ({ path, bytes }) => {
      const beside = `${path}.new`;
      await this.#disk.remove(beside);
      await this.#disk.create(beside);
      await this.#disk.append(beside, bytes);
      await this.#disk.fsync(beside);
      await this.#disk.rename(beside, path);
    });
    await all([...folders], (folder) => this.#disk.fsyncFolder(folder));
    for (const { digest, bytes } of made) this.#know(digest, bytes.length);
    for (const digest of asked) this.#sure.add(digest);
  }

  /** A document that a record names may itself name others, one step far (a snapshot its columns): they are kept as long as it is. Called once
   *  all records were seen, before `orphans`. */
  async follow(): Promise<void> {
    for (const [digest, { sequence, atMs }] of [...this.#kept].map(([name, kept]) => [name, { ...kept }] as const)) {
      if (sequence < 0) continue;
      const read = await readDocument(this.#disk, digest);
      if (read.kind !== 'text') continue;
      for (const named of digestsIn(read.text)) {
        if ((this.#kept.get(named)?.sequence ?? sequence) < sequence) this.named(named, sequence, atMs);
      }
    }
  }

  /** What has to go, oldest first, so that the ceilings are kept; never what the newest record that names any names. */
  overdue({ factsBytesMax, factsAgeMsMax }: Ceilings, nowMs: number): Dropping | undefined {
    const tooMuch = this.#bytes > factsBytesMax;
    const oldest = nowMs - factsAgeMsMax;
    if (!tooMuch && ![...this.#kept.values()].some(({ atMs }) => atMs < oldest)) return undefined;
    const byAge = [...this.#kept].sort(([, left], [, right]) => left.sequence - right.sequence);
    const newest = byAge.at(-1)?.[1].sequence ?? 0;
    const digests: string[] = [];
    let [left, through] = [this.#bytes, -1];
    for (const [digest, { bytes, sequence, atMs }] of byAge) {
      if (digests.length === droppedAtOnceMax || sequence >= newest) break;
      if (tooMuch && left <= factsBytesMax * easedTo) break;
      if (!tooMuch && atMs >= oldest) continue;
      digests.push(digest);
      left -= bytes;
      through = sequence;
    }
    if (digests.length === 0) return undefined;
    return { digests, bytes: this.#bytes - left, because: tooMuch ? 'bytes' : 'age', through };
  }

  /** Only after the record that says so is durable. If it dies in between, what is left is removed when the log is opened. */
  async drop(digests: readonly string[]): Promise<void> {
    for (const digest of digests) {
      const path = factsPath(digest);
      if (path === undefined) continue;
      await this.#disk.remove(path);
      this.#sure.delete(digest);
      this.#bytes -= this.#kept.get(digest)?.bytes ?? 0;
      this.#kept.delete(digest);
    }
  }

  /** What no record names. */
  orphans(): readonly string[] {
    return [...this.#kept].filter(([, { sequence }]) => sequence < 0).map(([digest]) => digest);
  }

  #know(digest: string, bytes: number): void {
    const known = this.#kept.get(digest);
    this.#bytes += bytes - (known?.bytes ?? 0);
    this.#kept.set(digest, { sequence: -1, atMs: Number.POSITIVE_INFINITY, ...known, bytes });
  }

  async #makeFolders(folders: ReadonlySet<string>): Promise<void> {
    const there = new Set((await this.#disk.list(names.facts)).map((name) => `${names.facts}/${name}`));
    const missing = [...folders].filter((folder) => !there.has(folder));
    if (missing.length === 0) return;
    await this.#disk.makeFolder(names.facts);
    for (const folder of missing) await this.#disk.makeFolder(folder);
    await this.#disk.fsyncFolder(names.facts);
    await this.#disk.fsyncFolder('.');
  }
}

const atOnceMax = 32;

/** Some at once, and over only when each is: what still runs must not write into what comes after. */
async function all<T>(things: readonly T[], act: (thing: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < things.length; from += atOnceMax) {
    const ended = await Promise.allSettled(things.slice(from, from + atOnceMax).map(act));
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
