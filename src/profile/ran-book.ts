import { canonical, digestOf, type Json } from '../kernel/digest.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { parseCanonicalFile } from '../source/canonical-json.ts';
import { apiVersion } from './document.ts';
import { isUnread, type Unread } from './folder.ts';
import type { RootBefore } from './trust-root.ts';
import { isVersion } from './verify.ts';
import { compareVersions } from './version-order.ts';

/** The memory against rollback: which root was believed here last, and which version of each profile. One site's; it must lie where
 *  the authors of profiles and trust files cannot write. */
export interface RanBook {
  readonly root: RanRoot | null;
  /** By name, ascending, each once. */
  readonly profiles: readonly RanProfile[];
}

export interface RanRoot extends RootBefore {
  readonly site: string;
}

export interface RanProfile {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** One file: read as it is now, and replaced whole and durably. What is not there has the code FILE_MISSING. */
export interface RanBookPort {
  /** What people call it. */
  readonly file: string;
  read(): Uint8Array | Unread;
  write(text: string): Promise<Loaded<unknown>>;
}

const kind = 'RanBook';
export const emptyRanBook: RanBook = { root: null, profiles: [] };

/** What is remembered. A file that is not there is where a memory begins; one that is damaged never is. */
export function openRanBook(port: RanBookPort): Loaded<RanBook & { readonly isNew: boolean }> {
  const bytes = port.read();
  if (!isUnread(bytes)) {
    const book = parseRanBook(port.file, bytes);
    return book.ok ? { ...book, value: { ...book.value, isNew: false } } : book;
  }
  if (bytes.code === 'FILE_MISSING') return { ok: true, value: { ...emptyRanBook, isNew: true }, warnings: [] };
  return { ok: false, faults: [error(bytes.code, startOf(port.file), bytes.message)] };
}

/** After something was verified, and before it is run. The file is read again: whoever wrote it meanwhile is not gone behind. */
export async function remember(port: RanBookPort, root: RanRoot, ran: RanProfile): Promise<Loaded<RanBook>> {
  const before = openRanBook(port);
  if (!before.ok) return before;
  const after = withRan(before.value, root, ran, port.file);
  if (!after.ok) return after;
  if (!before.value.isNew && ranBookText(after.value) === ranBookText(before.value)) return after;
  const written = await port.write(ranBookText(after.value));
  return written.ok ? after : written;
}

/** The book with what ran last; nothing in it is ever lowered. */
export function withRan(
  { root: known, profiles }: RanBook,
  root: RanRoot,
  ran: RanProfile,
  file: string,
): Loaded<RanBook> {
  const faults: Fault[] = [];
  const refuse = (code: 'TRUST_ROLLBACK' | 'PROFILE_ROLLBACK' | 'PROFILE_VERSION_REUSED', message: string): void => {
    faults.push(error(code, startOf(file), message));
  };
  const isOther = known?.version === root.version && known.digest !== root.digest;
  if (known !== null && (isOther || known.version > root.version || known.site !== root.site)) {
    refuse(
      'TRUST_ROLLBACK',
      `remembers root ${known.version} of \`${known.site}\`, and this is ${isOther ? 'another ' : ''}root ${root.version} of \`${root.site}\``,
    );
  }
  const last = profiles.find(({ name }) => name === ran.name);
  const order = last === undefined ? 1 : compareVersions(ran.version, last.version);
  if (order < 0) refuse('PROFILE_ROLLBACK', `remembers \`${ran.name}\` ${last?.version}, and this is ${ran.version}`);
  if (order === 0 && last?.digest !== ran.digest) {
    refuse('PROFILE_VERSION_REUSED', `remembers \`${ran.name}\` ${ran.version} with other content`);
  }
  if (faults.length > 0) return { ok: false, faults };
  const others = profiles.filter(({ name }) => name !== ran.name);
  const all = [...others, ran].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { ok: true, value: { root, profiles: all }, warnings: [] };
}

/** Canonical JSON and a line break. It holds its own digest, so that a changed digit of a version does not go unseen. */
export function ranBookText(book: RanBook): string {
  const document = documentOf(book);
  return `${canonical({ ...document, digest: digestOf(document) })}\n`;
}

export function parseRanBook(file: string, bytes: Uint8Array): Loaded<RanBook> {
  const parsed = parseCanonicalFile(file, bytes);
  if (!parsed.ok) return damaged(file, parsed.faults[0]?.message ?? 'is not canonical JSON');
  const book = bookIn(parsed.value);
  if (book === undefined) return damaged(file, `is no ${kind}`);
  // Whatever stands beside what is read here would be lost, and whatever was changed in it shows.
  const isOwn = ranBookText(book) === new TextDecoder().decode(bytes);
  return isOwn ? { ok: true, value: book, warnings: [] } : damaged(file, 'is not what its digest says');
}

function documentOf({ root, profiles }: RanBook): Readonly<Record<string, Json>> {
  return {
    apiVersion,
    kind,
    root: root === null ? null : { site: root.site, version: root.version, digest: root.digest },
    profiles: profiles.map(({ name, version, digest }) => ({ name, version, digest })),
  };
}

function bookIn(value: unknown): RanBook | undefined {
  const { root, profiles } = mapIn(value);
  if (root === undefined || !Array.isArray(profiles)) return undefined;
  const named = profiles.map(profileIn);
  const found = named.filter((one) => one !== undefined);
  const isSorted = found.every(({ name }, at) => at === 0 || (found[at - 1]?.name ?? '') < name);
  const ran = root === null ? null : rootIn(root);
  if (found.length < named.length || !isSorted || ran === undefined) return undefined;
  return { root: ran, profiles: found };
}

function rootIn(value: unknown): RanRoot | undefined {
  const { site, version, digest } = mapIn(value);
  if (typeof site !== 'string' || typeof version !== 'number' || typeof digest !== 'string') return undefined;
  return Number.isSafeInteger(version) && version > 0 && isDigest(digest) ? { site, version, digest } : undefined;
}

function profileIn(value: unknown): RanProfile | undefined {
  const { name, version, digest } = mapIn(value);
  if (typeof name !== 'string' || !isVersion(version) || typeof digest !== 'string') return undefined;
  return isDigest(digest) ? { name, version, digest } : undefined;
}

function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

function damaged(file: string, says: string): Loaded<never> {
  const hint = 'it is not taken for an empty one; find out what happened to it';
  return { ok: false, faults: [error('RAN_BOOK', startOf(file), says, hint)] };
}

function startOf(file: string): { readonly file: string; readonly line: number; readonly col: number } {
  return { file, line: 1, col: 1 };
}
