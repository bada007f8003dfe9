import { type FileHandle, mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Disk, DiskError, type DiskProblem } from '../log/disk.ts';
import { FolderLock } from './folder-lock.ts';

/** The names under which systems refuse; what is not here is `other`, with the system's word. */
const problems: Readonly<Record<string, DiskProblem>> = {
  ENOENT: 'missing',
  EEXIST: 'exists',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EROFS: 'read-only',
  EACCES: 'denied',
  EPERM: 'denied',
  EIO: 'io',
};

const lockName = 'lock';
const handlesMax = 64;

/** A folder of the real disk. Files that are written to stay open until they are renamed, removed, or anything about them failed. */
export function fileDisk(root: string): Disk {
  const handles = new Map<string, FileHandle>();
  let lock: FolderLock | undefined;
  const at = (path: string): string => {
    if (path.split('/').some((step) => step === '..' || step === ''))
      throw new RangeError(`${path} is no path in a log's folder`);
    return join(root, path);
  };
  const close = async (path: string): Promise<void> => {
    const handle = handles.get(path);
    handles.delete(path);
    await handle?.close();
  };
  const opened = async (path: string, flags: string): Promise<FileHandle> => {
    const known = handles.get(path);
    if (known !== undefined) return known;
    const handle = await open(at(path), flags);
    handles.set(path, handle);
    const [oldest = path] = handles.keys();
    if (handles.size > handlesMax) await close(oldest);
    return handle;
  };
  const act = async <T>(name: string, path: string, does: () => Promise<T>): Promise<T> => {
    try {
      return await does();
    } catch (problem) {
      // What failed once is not trusted again: the next act opens the file anew.
      await close(path).catch(() => undefined);
      throw diskError(`${name} ${path}`, problem);
    }
  };
  /** Of acts that write: only as long as nobody has taken the folder from us. */
  const write = <T>(name: string, path: string, does: () => Promise<T>): Promise<T> =>
    act(name, path, () => {
      if (lock !== undefined && !lock.isHeld())
        throw new DiskError('locked', `${name} ${path}`, 'another process took it');
      return does();
    });
  return {
    read: (path, offset, lengthMax) =>
      act('read', path, async () => {
        const handle = await open(at(path), 'r');
        try {
          const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(lengthMax), 0, lengthMax, offset);
          return buffer.subarray(0, bytesRead);
        } finally {
          await handle.close();
        }
      }),
    size: (path) =>
      act('size', path, async () => {
        const found = await orMissing(stat(at(path)));
        return found?.isFile() === true ? found.size : undefined;
      }),
    list: (folder) => act('list', folder, async () => ((await orMissing(readdir(at(folder)), 'ENOTDIR')) ?? []).sort()),
    create: (path) =>
      write('create', path, async () => {
        await close(path);
        handles.set(path, await open(at(path), 'ax'));
      }),
    append: (path, bytes) =>
      write('append', path, async () => {
        const handle = await opened(path, 'a');
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done);
          done += bytesWritten;
        }
      }),
    truncate: (path, bytes) =>
      write('truncate', path, async () => {
        await close(path);
        await truncate(at(path), bytes);
      }),
    // The length of a file is synced with its data; its times need not be.
    fsync: (path) => write('fsync', path, async () => (await opened(path, 'a')).datasync()),
    rename: (from, to) =>
      write('rename', from, async () => {
        await close(from);
        await close(to);
        await rename(at(from), at(to));
      }),
    remove: (path) =>
      write('remove', path, async () => {
        await close(path);
        await rm(at(path), { force: true });
      }),
    makeFolder: (folder) => write('makeFolder', folder, () => makeFolders(at(folder))),
    fsyncFolder: (folder) => write('fsync', folder, () => syncFolder(at(folder))),
    lock: () =>
      act('lock', lockName, async () => {
        await makeFolders(root);
        const taken = await FolderLock.take(root, lockName);
        if ('holder' in taken) throw new DiskError('locked', `lock ${lockName}`, taken.holder);
        lock = taken;
        return async () => {
          lock = undefined;
          for (const path of [...handles.keys()]) await close(path);
          await taken.release();
        };
      }),
  };
}

/** With those above it, each durable. Node's own recursive mkdir tries for ever where nothing can be made, as in /proc. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (problem) {
    const code = codeOf(problem);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw problem;
    await makeFolders(dirname(path));
    await mkdir(path);
  }
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orMissing<T>(found: Promise<T>, ...alike: readonly string[]): Promise<T | undefined> {
  try {
    return await found;
  } catch (problem) {
    if (['ENOENT', ...alike].includes(codeOf(problem) ?? '')) return undefined;
    throw problem;
  }
}

function diskError(act: string, problem: unknown): unknown {
  const code = codeOf(problem);
  if (problem instanceof DiskError || code === undefined) return problem;
  return new DiskError(problems[code] ?? 'other', act, code);
}

function codeOf(problem: unknown): string | undefined {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
