import type { Dirent, Stats } from 'node:fs';
import { createReadStream, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import type { Capture, CaptureEntry, Keep } from './capture.ts';
import { captureFromFolder } from './folder.ts';
import { captureFromStream } from './ndjson.ts';

/** Where a capture can come from, beside the disk. */
export interface CaptureIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly keep?: Keep;
}

const filesMax = 20_000;
const bytesMax = 2 ** 30;
const depthMax = 32;

/** A folder, a .ndjson.gz, a .ndjson, or `-` for standard input → a capture. What it is, is asked of the thing itself and
 *  not of its name. */
export async function openCapture(path: string, io: CaptureIo): Promise<Loaded<Capture>> {
  if (path === '-') return streamed('standard input', io.stdin, io.keep);
  try {
    if (statSync(path).isDirectory()) {
      const entries = await readFolder(path);
      return entries.ok ? named(path, captureFromFolder(basename(resolve(path)), entries.value, io.keep)) : entries;
    }
    return await streamed(path, createReadStream(path, { highWaterMark: 2 ** 16 }), io.keep);
  } catch (problem) {
    return { ok: false, faults: [faultOf(problem, path)] };
  }
}

/** A site of a thousand nodes goes through line by line, and hardly anything of a line lives on: a young generation that
 *  does not grow with it keeps the peak low. A folder is small, and faster without. */
async function streamed(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  keep: Keep | undefined,
): Promise<Loaded<Capture>> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  return captureFromStream(name, bytes, keep);
}

/** Faults of a folder name files inside it; people need the path from where they stand. */
function named(folder: string, loaded: Loaded<Capture>): Loaded<Capture> {
  const inFolder = (fault: Fault): Fault => ({ ...fault, at: { ...fault.at, file: join(folder, fault.at.file) } });
  return loaded.ok
    ? { ...loaded, warnings: loaded.warnings.map(inFolder) }
    : { ok: false, faults: loaded.faults.map(inFolder) };
}

async function readFolder(root: string): Promise<Loaded<readonly CaptureEntry[]>> {
  const faults: Fault[] = [];
  const entries: CaptureEntry[] = [];
  const home = realpathSync(root);
  let bytes = 0;
  const visit = async (folder: string, above: readonly string[]): Promise<void> => {
    // Hundreds of small files: waiting for each takes longer than reading it. Folder by folder, Ctrl-C is heard.
    await new Promise(setImmediate);
    const [inside = home] = above.slice(-1);
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
      if (entries.length >= filesMax || bytes > bytesMax) return;
      const { name } = entry;
      const path = join(folder, name);
      try {
        // Only a link can lead out, and only it needs to be followed step by step.
        const real = entry.isFile() || entry.isDirectory() ? join(inside, name) : realpathSync(path);
        if (real !== home && !real.startsWith(home + sep)) {
          faults.push(refused(path, 'is a link that leads out of the capture', 'copy the file into it'));
          continue;
        }
        const stats = statSync(path);
        if (stats.isDirectory()) {
          if (name === '.git') continue;
          if (above.includes(real)) faults.push(refused(path, 'is a link to a folder around it, so it never ends'));
          else if (above.length >= depthMax) faults.push(refused(path, `stands deeper than ${depthMax} folders`));
          else await visit(path, [...above, real]);
        } else if (!stats.isFile()) faults.push(refused(path, `is ${whatIs(stats)}`, 'a capture holds files only'));
        else {
          bytes += stats.size;
          if (bytes > bytesMax) return;
          const inner = relative(root, path).split(sep).join('/');
          entries.push({ path: inner, bytes: readFileSync(path) });
        }
      } catch (problem) {
        faults.push(faultOf(problem, path));
      }
    }
  };
  await visit(root, [home]);
  if (entries.length >= filesMax || bytes > bytesMax) {
    const says = `holds more than ${filesMax} files or ${bytesMax} bytes`;
    faults.push(
      error('FILE_TOO_LARGE', { file: root, line: 1, col: 1 }, says, 'check that it is the folder you meant'),
    );
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: entries, warnings: [] };
}

function byName(left: Dirent, right: Dirent): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function whatIs(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** The part of the disk that writing needs, so that a test can be a full one. */
export type WriteDisk = Pick<typeof import('node:fs/promises'), 'open' | 'rename' | 'unlink' | 'realpath' | 'stat'>;

/** Writes beside the target and renames: whoever reads sees the old file or the new one, and a full disk keeps the old.
 *  A device (`/dev/null`, `/dev/stdout`) has no beside and is written to. */
export async function writeFileAtomically(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  given?: WriteDisk,
): Promise<Loaded<{ readonly bytes: number }>> {
  // Loaded only here: most commands write nothing.
  const on = given ?? (await import('node:fs/promises'));
  let beside: string | undefined;
  try {
    const target = await targetOf(path, on);
    if (target.kind === 'folder') {
      const fault = error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, 'is a folder', 'name a file in it');
      return { ok: false, faults: [fault] };
    }
    const file = target.kind === 'file' ? await openBeside(target.path, on) : { path: target.path, mode: 'w' };
    if (target.kind === 'file') beside = file.path;
    const bytes = await fill(file.path, file.mode, content, on);
    if (beside !== undefined) {
      await on.rename(beside, target.path);
      beside = undefined;
      await settle(dirname(target.path), on);
    }
    return { ok: true, value: { bytes }, warnings: [] };
  } catch (problem) {
    return { ok: false, faults: [faultOf(problem, path, 'FILE_UNWRITABLE')] };
  } finally {
    // Gone already, or the disk refuses even that: what stood there before is untouched either way.
    if (beside !== undefined) await on.unlink(beside).catch(() => undefined);
  }
}

async function targetOf(
  path: string,
  on: WriteDisk,
): Promise<{ readonly kind: 'file' | 'folder' | 'device'; readonly path: string }> {
  try {
    const stats = await on.stat(path);
    // What a pipe is called (`/dev/stdout` is a link to `pipe:[…]`) is no path: it is written to by the name it was given.
    if (!stats.isDirectory() && (!stats.isFile() || resolve(path).startsWith('/dev/'))) return { kind: 'device', path };
    const real = await on.realpath(path); // a link stays a link; what it points at is replaced
    return { kind: stats.isDirectory() ? 'folder' : 'file', path: real };
  } catch (problem) {
    if (codeOf(problem) === 'ENOENT') return { kind: 'file', path };
    throw problem;
  }
}

/** A name beside the target that nobody has: what a killed run left does not stand in the way. */
async function openBeside(target: string, on: WriteDisk): Promise<{ readonly path: string; readonly mode: string }> {
  for (let attempt = 0; ; attempt += 1) {
    const path = join(dirname(target), `.${basename(target)}.part${attempt}`);
    try {
      await (await on.open(path, 'wx')).close();
      return { path, mode: 'r+' };
    } catch (problem) {
      if (codeOf(problem) !== 'EEXIST' || attempt === 99) throw problem;
    }
  }
}

async function fill(
  path: string,
  mode: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  on: WriteDisk,
): Promise<number> {
  const file = await on.open(path, mode);
  let bytes = 0;
  try {
    for await (const chunk of content) {
      for (let from = 0; from < chunk.length; ) {
        from += (await file.write(chunk, from)).bytesWritten;
      }
      bytes += chunk.length;
    }
    if (mode === 'r+') await file.sync();
  } finally {
    await file.close();
  }
  return bytes;
}

/** The rename itself must survive a power cut. Some file systems cannot sync a folder; then it is as safe as they are. */
async function settle(folder: string, on: WriteDisk): Promise<void> {
  try {
    const handle = await on.open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    return;
  }
}

function refused(file: string, says: string, hint?: string): Fault {
  return error('FILE_UNREADABLE', { file, line: 1, col: 1 }, says, hint);
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by you',
  EPERM: 'may not be read or written by you',
  EISDIR: 'is a folder, and a file is needed',
  ENOTDIR: 'has a file in its path where a folder should be',
  ELOOP: 'is a link that leads to itself',
  ENOSPC: 'could not be written: no space left',
  EDQUOT: 'could not be written: the quota is used up',
  EROFS: 'could not be written: the file system is read-only',
  EFBIG: 'could not be written: larger than the file system allows',
  ENAMETOOLONG: 'has a name that is too long',
  EIO: 'could not be read or written: the device reports an error',
  EMFILE: 'could not be opened: too many files are open',
};

function faultOf(problem: unknown, file: string, code: FaultCode = 'FILE_UNREADABLE'): Fault {
  const errno = codeOf(problem);
  if (errno === undefined) throw problem;
  const missing = errno === 'ENOENT' && code === 'FILE_UNREADABLE';
  const into =
    errno === 'ENOENT' && code === 'FILE_UNWRITABLE' ? 'would stand in a folder that does not exist' : undefined;
  const says = into ?? sentences[errno] ?? `could not be used: ${errno}`;
  return error(missing ? 'FILE_MISSING' : code, { file, line: 1, col: 1 }, says);
}

/** The system's own code; anything without one is a mistake of ours and stays one. */
function codeOf(problem: unknown): string | undefined {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
