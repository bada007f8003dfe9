import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { error, type Loaded } from '../kernel/fault.ts';
import { type FolderPort, isUnread, type Unread } from '../profile/folder.ts';
import type { Disk } from './world.ts';

/** Nothing that a person writes is larger; what is, is not worth the memory to say so. */
const bytesMax = 64 * 2 ** 20;

/** The real disk. `own` is the folder of the program's code, whose parent holds what is shipped with it. */
export function diskFrom(own: string): Disk {
  return {
    kindOf: (path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) return 'none';
      return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    },
    read,
    list: (path) => attempt(() => readdirSync(path).sort()),
    write: async (path, content, mustBeNew = false) => {
      if (mustBeNew && lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
        const hint = 'nothing was written; choose another folder';
        return {
          ok: false,
          faults: [error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, 'is there already', hint)],
        };
      }
      const { writeFileAtomically } = await import('../capture/files.ts');
      return writeFileAtomically(path, typeof content === 'string' ? [Buffer.from(content)] : content);
    },
    writeSecret: (path, text): Loaded<true> => {
      const made = attempt(() => {
        // It must not be there: not as a link either, and not for a moment with other rights.
        const file = openSync(path, 'wx', 0o600);
        try {
          for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest));
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        return true as const;
      });
      if (made === true) return { ok: true, value: true, warnings: [] };
      const hint = 'nothing was written; choose another name';
      return { ok: false, faults: [error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, made.message, hint)] };
    },
    remove: (path): Loaded<true> => {
      const away = join(dirname(path), `.${basename(path)}.gone`);
      const made = attempt(() => {
        rmSync(away, { recursive: true, force: true });
        renameSync(path, away);
        rmSync(away, { recursive: true, force: true });
        return true as const;
      });
      if (made === true) return { ok: true, value: true, warnings: [] };
      return { ok: false, faults: [error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, made.message)] };
    },
    makeFolder: (path): Loaded<true> => {
      const made = attempt(() => {
        mkdirSync(path, { recursive: true });
        return true as const;
      });
      if (made === true) return { ok: true, value: true, warnings: [] };
      return { ok: false, faults: [error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, made.message)] };
    },
    resolve: (...steps) => resolve(...steps),
    relative: (from, path) => relative(from, path) || '.',
    shipped: (name) => join(own, '..', name),
    own: () => own,
  };
}

function read(path: string): Uint8Array | Unread {
  return attempt(() => {
    const stats = statSync(path);
    if (stats.isDirectory()) return { code: 'FILE_UNREADABLE' as const, message: 'is a folder, and a file is needed' };
    if (!stats.isFile()) return { code: 'FILE_UNREADABLE' as const, message: 'is no file but a device or a pipe' };
    if (stats.size > bytesMax) {
      return { code: 'FILE_TOO_LARGE' as const, message: `has ${stats.size} bytes; no such file is that large` };
    }
    return readFileSync(path);
  });
}

/** The folder that holds a profile's folder, as the loader wants it: packs may stand beside the profile or beside its
 *  folder, and no link may lead out. */
export function folderOf(disk: Disk, path: string): { readonly folder: FolderPort; readonly file: string } {
  const file = disk.kindOf(path) === 'folder' ? join(path, 'profile.yaml') : path;
  const absolute = resolve(file);
  const root = dirname(dirname(absolute));
  const here = relative(root, absolute).split(sep).join('/');
  // Messages show a path as the person would type it.
  const shownRoot = join(file, '..', '..');
  const inside = (inner: string): Uint8Array | Unread => {
    const found = attempt(() => realpathSync(join(root, inner)));
    if (typeof found !== 'string') return found;
    const home = attempt(() => realpathSync(root));
    if (typeof home === 'string' && found !== home && !found.startsWith(home === sep ? home : home + sep)) {
      return { code: 'FILE_UNREADABLE', message: `\`${basename(inner)}\` is a link that leads out of the profiles` };
    }
    return read(found);
  };
  return {
    folder: {
      read: (inner) => {
        const found = inside(inner);
        return isUnread(found) && inner !== here ? { ...found, message: `\`${inner}\` ${found.message}` } : found;
      },
      nameOf: (inner) => (inner === here ? file : join(shownRoot, inner)),
    },
    file: here,
  };
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by you',
  EPERM: 'may not be read or written by you',
  ENOTDIR: 'has a file in its path where a folder should be',
  EISDIR: 'is a folder, and a file is needed',
  EEXIST: 'is there already',
  ELOOP: 'is a link that leads to itself',
  ENOSPC: 'could not be written: no space left',
  EROFS: 'could not be written: the file system is read-only',
  ENAMETOOLONG: 'has a name that is too long',
};

/** What the system refuses is an answer; anything else is a mistake of ours and stays one. */
function attempt<T>(act: () => T): T | Unread {
  try {
    return act();
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? String(problem.code) : '';
    if (code === 'ERR_INVALID_ARG_VALUE') return { code: 'FILE_MISSING', message: 'is no path' };
    if (!/^E[A-Z0-9]+$/.test(code)) throw problem;
    const message = sentences[code] ?? `could not be used: ${code}`;
    return { code: code === 'ENOENT' ? 'FILE_MISSING' : 'FILE_UNREADABLE', message };
  }
}
