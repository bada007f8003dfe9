import { error, type Fault } from '../kernel/fault.ts';

/** What a disk can answer instead of doing what it was asked. Named, so that whoever holds can say why. */
export const diskProblems = {
  missing: 'is not there',
  exists: 'is there already',
  'no-space': 'no space is left on the disk',
  'read-only': 'the file system is read-only',
  denied: 'access is denied',
  io: 'the disk failed',
  locked: 'another process writes this folder',
  other: 'the disk refused',
} as const;
export type DiskProblem = keyof typeof diskProblems;

/** The one thing that a disk may throw. The doors of this room (`openLog`, `append`, `push` …) catch it and answer with a refusal. */
export class DiskError extends Error {
  readonly problem: DiskProblem;
  /** Which operation of the port, and on what: `fsync records-000000000000.ndjson`. */
  readonly act: string;
  constructor(problem: DiskProblem, act: string, detail = '') {
    super(`${act}: ${diskProblems[problem]}${detail === '' ? '' : ` (${detail})`}`);
    this.name = 'DiskError';
    this.problem = problem;
    this.act = act;
  }
}

/** One folder, and the folders in it. Paths are relative, with `/`, and never lead out. Every act may throw a `DiskError`, and
 *  then may have been done in part.
 *
 *  Nothing written is durable before `fsync` of its file was heard to work, and no name (made, renamed, removed) before `fsyncFolder`
 *  of the folder it stands in. After an `fsync` that failed, what was written since the last one that worked may be lost although
 *  it can still be read, and a second `fsync` may answer well: nobody may ask again and believe it. */
export interface Disk {
  /** The bytes from an offset, fewer at the end of the file. */
  read(path: string, offset: number, lengthMax: number): Promise<Uint8Array>;
  /** In bytes; undefined where there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Names of files and folders in a folder, sorted; none if it is not there. */
  list(folder: string): Promise<readonly string[]>;
  /** A new, empty file: `exists` if there is one. */
  create(path: string): Promise<void>;
  /** At the end of a file that is there. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  truncate(path: string, bytes: number): Promise<void>;
  fsync(path: string): Promise<void>;
  /** Takes the place of whatever is called so. */
  rename(from: string, to: string): Promise<void>;
  /** No answer to whether it was there. */
  remove(path: string): Promise<void>;
  makeFolder(folder: string): Promise<void>;
  /** `.` is the folder itself. */
  fsyncFolder(folder: string): Promise<void>;
  /** Alone in this folder from now on, until it is let go: `locked` if a process that lives is. */
  lock(): Promise<() => Promise<void>>;
}

const readAtOnceBytes = 1 << 20;

/** A whole small file; undefined where there is none, or one that is larger than it may be (which `tooLarge` is told). */
export async function readWhole(
  disk: Disk,
  path: string,
  bytesMax: number,
): Promise<Uint8Array | 'too-large' | undefined> {
  const size = await disk.size(path);
  if (size === undefined) return undefined;
  if (size > bytesMax) return 'too-large';
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const part = await disk.read(path, at, Math.min(readAtOnceBytes, size - at));
    if (part.length === 0) break;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, at);
}

/** Whoever reads it sees the old bytes or the new ones, whatever happens: written beside it, synced, renamed, the name synced. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`;
  await disk.remove(beside);
  await disk.create(beside);
  await disk.append(beside, bytes);
  await disk.fsync(beside);
  await disk.rename(beside, path);
  await disk.fsyncFolder(folderOf(path));
}

export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at === -1 ? '.' : path.slice(0, at);
}

/** What a door of this room makes of whatever was thrown: the disk's trouble is an answer, anything else is a mistake of ours. */
export function diskErrorIn(problem: unknown): DiskError {
  if (problem instanceof DiskError) return problem;
  throw problem;
}

export function diskFault({ problem, act, message }: DiskError): Fault {
  const file = act.split(' ')[1] ?? '';
  return error(problem === 'locked' ? 'LOG_LOCKED' : 'LOG_DISK', { file, line: 1, col: 1 }, message);
}
