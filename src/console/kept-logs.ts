import { digestOfText } from '../kernel/digest.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { type Bytes, storedInBundle } from '../log/bundle.ts';
import { DiskError, diskFault } from '../log/disk.ts';
import { isLogFolder, type StoredLog, storedIn } from '../log/stored.ts';
import { shown } from '../source/shown.ts';
import type { Asked } from './asked.ts';
import { unknownName } from './names.ts';
import { refuse } from './refuse.ts';
import { type ExitCode, exit, type World } from './world.ts';

/** A log that was found, by the path that people know it by. */
export interface KeptLog {
  readonly path: string;
  readonly kept: StoredLog;
}

/** Deeper nobody keeps them: a folder of runs, of which each has a log an operator. */
const depthMax = 4;
/** What is piped in is held in memory. */
const pipedBytesMax = 2 ** 30;

/** The log in this folder, or every log in the folders below it, sorted by path; or the one in an exported file, `-` for standard input. */
export async function keptLogs(path: string, world: World): Promise<Loaded<readonly KeptLog[]>> {
  const { disk } = world;
  if (path === '-') return bundled('standard input', await piped(world));
  if (disk.kindOf(path) === 'file') return bundled(path, await fileBytes(path, world));
  const found: KeptLog[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const inner = disk.list(folder);
    if (!Array.isArray(inner)) throw new DiskError('denied', `list ${folder}`);
    if (isLogFolder(inner)) {
      found.push({ path: folder, kept: await storedIn(await world.logFolder(disk.resolve(folder))) });
      return;
    }
    if (depth === depthMax) return;
    for (const name of inner) {
      const below = folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`;
      if (disk.kindOf(below) === 'folder') await walk(below, depth + 1);
    }
  };
  if (disk.kindOf(path) === 'folder') await walk(path, 0);
  if (found.length > 0) return { ok: true, value: found, warnings: [] };
  const hint = 'name the folder of a log, one with logs in it, or a file of `log export`; `sim --log DIR` makes some';
  return noLog(
    path,
    disk.kindOf(path) === 'none' ? 'holds no log: it does not exist' : 'holds no log, and no folder in it does',
    hint,
  );
}

/** The same, and only one. */
export async function onlyLog(path: string, world: World): Promise<Loaded<KeptLog>> {
  const logs = await keptLogs(path, world);
  if (!logs.ok) return logs;
  const [only, ...others] = logs.value;
  if (only !== undefined && others.length === 0) return { ok: true, value: only, warnings: [] };
  const some = logs.value.slice(0, 3).map((one) => one.path);
  return noLog(path, `holds ${logs.value.length} logs, and one is asked for`, `for example ${some.join(', ')}`);
}

/** What a disk refuses while a log is read is an answer; no log is the worse for it. */
export async function readingLogs(asked: Asked, world: World, act: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await act();
  } catch (problem) {
    if (!(problem instanceof DiskError)) throw problem;
    const fault = diskFault(problem);
    await refuse([{ ...fault, at: { file: '', line: 0, col: 0 } }], asked, world);
    return exit.bug;
  }
}

async function bundled(path: string, bytes: Bytes | Fault): Promise<Loaded<readonly KeptLog[]>> {
  if ('code' in bytes) return { ok: false, faults: [bytes] };
  const stored = await storedInBundle(bytes);
  return stored.ok ? { ok: true, value: [{ path, kept: stored.value }], warnings: [] } : stored;
}

async function fileBytes(path: string, { disk, logFolder }: World): Promise<Bytes> {
  const full = disk.resolve(path);
  const at = full.lastIndexOf('/');
  const [folder, name] = [full.slice(0, at) || '/', full.slice(at + 1)];
  const inFolder = await logFolder(folder);
  return { name: path, read: (offset, lengthMax) => inFolder.read(name, offset, lengthMax) };
}

async function piped({ stdin }: World): Promise<Bytes | Fault> {
  const name = 'standard input';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > pipedBytesMax) {
      const says = `has more than ${pipedBytesMax} bytes`;
      return error('FILE_TOO_LARGE', { file: name, line: 1, col: 1 }, says, 'name the file');
    }
  }
  const bytes = Buffer.concat(chunks);
  return { name, read: (offset, lengthMax) => Promise.resolve(bytes.subarray(offset, offset + lengthMax)) };
}

function noLog(file: string, says: string, hint: string): Loaded<never> {
  return { ok: false, faults: [error('FILE_MISSING', { file, line: 1, col: 1 }, says, hint)] };
}

export interface KeptLine {
  readonly log: KeptLog;
  readonly line: string;
  readonly digest: string;
}

/** The records that an ID means: a sequence number, or a digest or its beginning. One, or it is a fault. */
export async function recordAsked(id: string, logs: readonly KeptLog[]): Promise<Loaded<KeptLine>> {
  const found: KeptLine[] = [];
  for (const log of logs) {
    let sequence = 0;
    for await (const lines of log.kept.lines()) {
      for (const line of lines) {
        const isIt = /^\d{1,15}$/.test(id) ? sequence === Number(id) : undefined;
        sequence += 1;
        if (line === undefined || isIt === false) continue;
        const digest = digestOfText(line);
        if (isIt === true || digest.slice('sha256:'.length).startsWith(id.replace(/^sha256:/, ''))) {
          found.push({ log, line, digest });
        }
      }
    }
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return { ok: true, value: only, warnings: [] };
  const many = found.slice(0, 3).map(({ log, digest }) => `${digest} in ${log.path}`);
  return {
    ok: false,
    faults: [
      only === undefined
        ? unknownName(`there is no record \`${shown(id)}\` in ${logs.length === 1 ? logs[0]?.path : 'these logs'}`)
        : unknownName(`\`${shown(id)}\` means ${found.length} records`, `for example ${many.join(', ')}`),
    ],
  };
}

/** Whether somebody means a record by it, and no file. */
export function isRecordId(word: string): boolean {
  return /^\d{1,15}$|^(sha256:)?[0-9a-f]{6,64}$/.test(word);
}
