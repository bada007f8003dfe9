import type { Capture } from '../capture/capture.ts';
import { openCapture } from '../capture/files.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { FolderPort, Unread } from '../profile/folder.ts';
import type { CaptureToJudge } from '../review/review.ts';
import { readSide, type Side } from '../review/side.ts';
import { folderOf } from './disk.ts';
import type { World } from './world.ts';

/** What somebody typed as one side of a review → the side: a path, or else `REVISION:PATH`. */
export async function openSide(word: string, world: World): Promise<Loaded<Side>> {
  const cut = word.indexOf(':');
  if (cut === -1 || world.disk.kindOf(word) !== 'none') {
    const { folder, file } = folderOf(world.disk, word);
    return readSide(word, folder, file, vocabulary);
  }
  const [revision, path] = [word.slice(0, cut), word.slice(cut + 1)];
  const at = { file: word, line: 1, col: 1 };
  if (revision === '') {
    const hint = 'write `REVISION:PATH`, such as `HEAD:profiles/three-node`';
    return { ok: false, faults: [error('GIT_REVISION', at, `\`${word}\` names no revision`, hint)] };
  }
  const tree = await world.gitTree(revision, world.cwd);
  if (!tree.ok) return tree;
  const found = tree.value.fromTop(path);
  const file = found !== undefined && tree.value.kindOf(found) === 'folder' ? joined(found, 'profile.yaml') : found;
  if (file === undefined) {
    return { ok: false, faults: [error('FILE_MISSING', at, `\`${path}\` leads out of the repository`)] };
  }
  const root = file.split('/').slice(0, -2).join('/');
  const folder: FolderPort = {
    read: (inner): Uint8Array | Unread => tree.value.read(joined(root, inner)),
    nameOf: (inner) => `${revision}:${joined(root, inner)}`,
  };
  const side = readSide(word, folder, root === '' ? file : file.slice(root.length + 1), vocabulary);
  return side.ok ? { ...side, value: { ...side.value, revision } } : side;
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Folders of captures, and captures → each capture by its path, once. A folder that holds what was fetched is one itself. */
export function corpusOf(paths: readonly string[], world: World): Loaded<readonly CaptureToJudge[]> {
  const { disk } = world;
  const faults: Fault[] = [];
  const found = new Map<string, CaptureToJudge>();
  const add = (path: string): void => {
    found.set(disk.resolve(path), { name: path, open: () => openCapture(path, world) as Promise<Loaded<Capture>> });
  };
  for (const typed of paths) {
    const path = typed.replace(/(?<=.)\/+$/, '');
    const kind = disk.kindOf(path);
    if (kind === 'none') faults.push(error('FILE_MISSING', { file: path, line: 1, col: 1 }, 'does not exist'));
    else if (kind !== 'folder' || isCapture(path, world)) add(path);
    else {
      const names = disk.list(path);
      if ('code' in names) faults.push(error(names.code, { file: path, line: 1, col: 1 }, names.message));
      else for (const name of names) if (isOne(`${path}/${name}`, world)) add(`${path}/${name}`);
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: [...found.values()], warnings: [] };
}

/** Where a project keeps its captures. */
export const usualCorpus = 'captures';

/** What a capture's folder has at its top. */
const tops = ['capture.yaml', 'hosts', 'kubernetes', 'linstor'];

function isCapture(path: string, { disk }: World): boolean {
  return tops.some((name) => disk.kindOf(`${path}/${name}`) !== 'none');
}

/** In a folder of captures every folder is one, whatever is wrong with it; and every file that has the name of one. */
function isOne(path: string, { disk }: World): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !name.startsWith('.') && (disk.kindOf(path) === 'folder' || /\.ndjson(\.gz)?$/.test(name));
}
