import { readRecord } from '../kernel/audit.ts';
import { scanCanonical } from '../kernel/canonical-scan.ts';
import { canonical, digestOfText, type Json } from '../kernel/digest.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import { formatNoteKey, isKeyName } from '../signing/note.ts';
import { isChosen, namedBy } from './documents.ts';
import { documentBytesMax } from './facts.ts';
import { names } from './folder.ts';
import { lineBytesMax } from './frame.ts';
import { parseNoteKeys } from './public-keys.ts';
import { readStill } from './still.ts';
import type { Chosen, StoredLog } from './stored.ts';

/** A log in one file, so that it can be sent: NDJSON. First what it is, then every record (the tree is over all of them), then documents,
 *  sorted by their digests:
 *
 *      {"checkpoint":NOTE or null,"chosen":{…} or null,"documents":M,"keys":[…],"kind":"nodewright.log-export","origin":…,"records":N,"still":[…],"version":1}
 *      {…}                                          N records, bare, as they are leaves of the tree
 *      {"digest":"sha256:…","text":"…"}             M documents
 *
 *  Every line is canonical JSON: the same log gives the same bytes. */
export interface BundleHead {
  readonly kind: 'nodewright.log-export';
  readonly version: 1;
  readonly origin: string;
  readonly records: number;
  readonly documents: number;
  /** Of which records the documents are here; null: of all. */
  readonly chosen: Chosen | null;
  readonly checkpoint: string | null;
  /** The log's own, `name+id+base64`: no trust. */
  readonly keys: readonly string[];
  readonly still: readonly {
    readonly workflow: string;
    readonly record: string;
    readonly again: number;
    readonly lastMs: number;
  }[];
}

const kind = 'nodewright.log-export';
const headMembers = ['checkpoint', 'chosen', 'documents', 'keys', 'kind', 'origin', 'records', 'still', 'version'];
/** A workflow more in `still` is some hundred bytes, and there are a thousand at most. */
const headBytesMax = 4 << 20;
/** In JSON a byte of text may take six. */
const documentLineBytesMax = 6 * documentBytesMax + 200;
const chunkBytes = 1 << 18;
const lineBreak = 10;

/** What an export will hold; which documents a record needs was not there, and nobody recorded that they were dropped, is for `checkLog`. */
export interface Bundle {
  readonly head: BundleHead;
  /** Sorted. */
  readonly digests: readonly string[];
}

/** Looks a log through for what is to be exported. Its last line may be one that is being written: it is left out. */
export async function planBundle(log: StoredLog, chosen: Chosen | undefined): Promise<Loaded<Bundle>> {
  const digests = new Set<string>();
  // Before the records: it must not speak of more than will be there.
  const note = await log.text('checkpoint');
  let records = 0;
  let torn = false;
  for await (const lines of log.lines()) {
    for (const line of lines) {
      if (torn) return damaged(records);
      const read = line === undefined ? undefined : readRecord(line);
      if (read?.ok !== true) {
        torn = true;
        continue;
      }
      records += 1;
      if (chosen === undefined || !isChosen(read.record, chosen)) continue;
      for (const digest of await namedBy(read.record, log)) digests.add(digest);
    }
  }
  if (chosen === undefined)
    for await (const { digest } of log.documents()) if (digest !== undefined) digests.add(digest);
  const there: string[] = [];
  for (const digest of [...digests].sort()) {
    const read = await log.document(digest);
    if (read.kind === 'damaged') return refused(read.file, `is not the document of ${digest}`);
    if (read.kind === 'text') there.push(digest);
  }
  const keyText = await log.text('publicKeys');
  const keys = parseNoteKeys(keyText.text ?? '', keyText.file);
  if (!keys.ok) return keys;
  const head: BundleHead = {
    kind,
    version: 1,
    origin: log.origin,
    records,
    documents: there.length,
    chosen: chosen ?? null,
    checkpoint: note.text ?? null,
    keys: keys.value.map(formatNoteKey),
    still: (await log.still()).map(([workflow, still]) => ({ workflow, ...still })),
  };
  return { ok: true, value: { head, digests: there }, warnings: [] };
}

/** The lines of the file, with their breaks. It throws a `RangeError` where the log is not any more what was looked through. */
export async function* bundleLines(log: StoredLog, { head, digests }: Bundle): AsyncGenerator<string> {
  yield `${canonical(head as unknown as Json)}\n`;
  let left = head.records;
  for await (const lines of log.lines()) {
    if (left === 0) break;
    const wanted = lines.slice(0, left);
    if (wanted.includes(undefined)) break;
    left -= wanted.length;
    yield wanted.map((line) => `${line}\n`).join('');
  }
  if (left > 0) throw new RangeError(`${left} records are not there any more`);
  for (const digest of digests) {
    const read = await log.document(digest);
    if (read.kind !== 'text') throw new RangeError(`the document ${digest} is not there any more`);
    yield `${canonical({ digest, text: read.text })}\n`;
  }
}

/** Bytes that can be read from any offset on, fewer at the end. */
export interface Bytes {
  readonly name: string;
  read(offset: number, lengthMax: number): Promise<Uint8Array>;
}

/** An exported log, to be read as its folder is. */
export async function storedInBundle(bytes: Bytes): Promise<Loaded<StoredLog>> {
  const { name: file } = bytes;
  const first = (await linesFrom(bytes, 0, headBytesMax).next()).value;
  const head = first?.text === undefined ? undefined : headIn(first.text);
  if (first === undefined || head === undefined)
    return refused(file, 'is no export of a log: its first line says none of this version');
  const index = new DocumentIndex(bytes, first.end, head.records);
  const text: StoredLog['text'] = (what) => {
    const keys = head.keys.map((key) => `${key}\n`).join('');
    const texts = {
      origin: `${head.origin}\n`,
      checkpoint: head.checkpoint ?? undefined,
      checkpoints: undefined,
      publicKeys: head.keys.length === 0 ? undefined : keys,
    };
    return Promise.resolve({ file: `${file}, ${names[what]}`, text: texts[what] });
  };
  const stored: StoredLog = {
    form: 'bare',
    origin: head.origin,
    text,
    async *parts() {
      let left = head.records;
      for (let at = first.end; left > 0; ) {
        const chunk = await bytes.read(at, chunkBytes);
        if (chunk.length === 0) return;
        at += chunk.length;
        let end = 0;
        while (left > 0) {
          const next = chunk.indexOf(lineBreak, end);
          if (next === -1) break;
          end = next + 1;
          left -= 1;
        }
        yield { file, bytes: left === 0 ? chunk.subarray(0, end) : chunk };
      }
    },
    async *lines() {
      let left = head.records;
      if (left === 0) return;
      for await (const { text: line } of linesFrom(bytes, first.end, lineBytesMax)) {
        yield [line];
        left -= 1;
        if (left === 0) return;
      }
    },
    still: () => Promise.resolve(readStill(JSON.stringify({ version: 1, workflows: head.still }))),
    documents: () => index.all(),
    async document(digest) {
      const line = await index.line(digest);
      if (line === undefined) return { kind: 'missing' };
      const document = documentIn(line);
      return document?.digest === digest && digestOfText(document.text) === digest
        ? { kind: 'text', text: document.text }
        : { kind: 'damaged', file };
    },
    expects: () =>
      Promise.resolve({
        segments: [],
        startsAt: first.end,
        counts: { records: head.records, documents: head.documents },
        ...(head.chosen === null ? {} : { chosen: head.chosen }),
      }),
  };
  return { ok: true, value: stored, warnings: [] };
}

/** Where each document stands, found when the first is asked for. */
class DocumentIndex {
  readonly #bytes: Bytes;
  readonly #from: number;
  readonly #records: number;
  #found: Map<string, { readonly start: number; readonly end: number }> | undefined;
  /** Lines that are no documents, or not behind the one that they belong behind: where they begin. */
  #strange: number[] = [];

  constructor(bytes: Bytes, from: number, records: number) {
    this.#bytes = bytes;
    this.#from = from;
    this.#records = records;
  }

  async *all(): AsyncGenerator<{ readonly file: string; readonly digest: string | undefined }> {
    const { name } = this.#bytes;
    for (const digest of (await this.#index()).keys()) yield { file: name, digest };
    for (const start of this.#strange) yield { file: `${name}, byte ${start}`, digest: undefined };
  }

  async line(digest: string): Promise<string | undefined> {
    const at = (await this.#index()).get(digest);
    if (at === undefined) return undefined;
    const parts: Uint8Array[] = [];
    for (let from = at.start; from < at.end; ) {
      const part = await this.#bytes.read(from, Math.min(chunkBytes, at.end - from));
      if (part.length === 0) break;
      parts.push(part);
      from += part.length;
    }
    return textIn(Buffer.concat(parts));
  }

  async #index(): Promise<Map<string, { readonly start: number; readonly end: number }>> {
    if (this.#found !== undefined) return this.#found;
    const found = new Map<string, { readonly start: number; readonly end: number }>();
    let at = 0;
    let last = '';
    for await (const { text, start, end, isWhole } of linesFrom(this.#bytes, this.#from, documentLineBytesMax)) {
      at += 1;
      if (at <= this.#records) continue;
      const digest = /^\{"digest":"(sha256:[0-9a-f]{64})","text":"/.exec(text ?? '')?.[1];
      if (digest === undefined || digest <= last || !isWhole) this.#strange.push(start);
      else {
        found.set(digest, { start, end: end - 1 });
        last = digest;
      }
    }
    this.#found = found;
    return found;
  }
}

interface TextLine {
  /** Undefined: no UTF-8, or longer than it may be. */
  readonly text: string | undefined;
  readonly start: number;
  /** Behind its line break. */
  readonly end: number;
  readonly isWhole: boolean;
}

async function* linesFrom(bytes: Bytes, from: number, bytesMax: number): AsyncGenerator<TextLine> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let start = from;
  for (let at = from; ; ) {
    const chunk = await bytes.read(at, chunkBytes);
    if (chunk.length === 0) break;
    let used = 0;
    for (let end = chunk.indexOf(lineBreak); end !== -1; end = chunk.indexOf(lineBreak, used)) {
      const piece = chunk.subarray(used, end);
      const isTooLong = heldBytes + piece.length > bytesMax;
      const text = isTooLong ? undefined : textIn(held.length === 0 ? piece : Buffer.concat([...held, piece]));
      yield { text, start, end: at + end + 1, isWhole: true };
      [held, heldBytes, start, used] = [[], 0, at + end + 1, end + 1];
    }
    const rest = chunk.length - used;
    heldBytes += rest;
    // What is too long is counted and not kept.
    if (heldBytes <= bytesMax) held.push(Uint8Array.from(chunk.subarray(used)));
    at += chunk.length;
  }
  if (heldBytes > 0) {
    const text = heldBytes > bytesMax ? undefined : textIn(Buffer.concat(held));
    yield { text, start, end: start + heldBytes, isWhole: false };
  }
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function headIn(line: string): BundleHead | undefined {
  const bytes = Buffer.from(line);
  if (scanCanonical(bytes, 0, bytes.length) !== -1) return undefined;
  const value = JSON.parse(line) as unknown;
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== headMembers.join()) return undefined;
  const head = value as BundleHead;
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  const isText = (text: unknown): boolean => typeof text === 'string';
  const { chosen } = head;
  const isChoice =
    chosen === null ||
    (typeof chosen === 'object' &&
      Object.entries(chosen).every(([name, word]) => ['since', 'workflow'].includes(name) && isText(word)));
  const isOurs =
    head.kind === kind &&
    head.version === 1 &&
    isText(head.origin) &&
    isKeyName(head.origin) &&
    isCount(head.records) &&
    isCount(head.documents) &&
    (head.checkpoint === null || isText(head.checkpoint)) &&
    Array.isArray(head.keys) &&
    head.keys.every(isText) &&
    Array.isArray(head.still) &&
    isChoice;
  return isOurs ? head : undefined;
}

function documentIn(line: string): { readonly digest: string; readonly text: string } | undefined {
  const bytes = Buffer.from(line);
  if (scanCanonical(bytes, 0, bytes.length) !== -1) return undefined;
  const value = JSON.parse(line) as { readonly digest?: unknown; readonly text?: unknown };
  const { digest, text } = value;
  const isOurs = Object.keys(value).length === 2 && typeof digest === 'string' && typeof text === 'string';
  return isOurs ? { digest, text } : undefined;
}

function damaged(sequence: number): Loaded<never> {
  const says = `record ${sequence} cannot be read, and others come after it`;
  return { ok: false, faults: [error('LOG_DAMAGED', { file: '', line: 0, col: 0 }, says, 'ask `log verify` first')] };
}

function refused(file: string, message: string): Loaded<never> {
  return { ok: false, faults: [error('LOG_EXPORT', { file, line: 1, col: 1 }, message)] };
}
