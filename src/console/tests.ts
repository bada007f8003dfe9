import { factsFile } from '../capture/stated.ts';
import type { Fault } from '../kernel/fault.ts';
import type { LoadedDraft } from '../profile/load.ts';
import { yamlFiles } from './walk.ts';
import type { Disk } from './world.ts';

/** Where a profile's tests stand: in `tests/` beside its profile.yaml, and beside each of its packs. */
export function testFilesOf(
  disk: Disk,
  path: string,
  { files }: LoadedDraft,
): { readonly files: readonly string[]; readonly faults: readonly Fault[] } {
  const home = homeOf(disk, path);
  // The loader names files as seen from the folder around the profile's own.
  const around = `${home}/..`;
  const folders = new Set(
    [`${home}/tests`, ...files.slice(1).map((file) => `${around}/${parentOf(file)}/tests`)].map((folder) =>
      short(disk, folder),
    ),
  );
  const found = [...folders]
    .sort()
    .filter((folder) => disk.kindOf(folder) === 'folder')
    .map((folder) => yamlFiles(disk, folder));
  const tests = found.flatMap((one) => one.files).filter((file) => !isOfCapture(disk, file));
  return { files: tests, faults: found.flatMap((one) => one.faults) };
}

/** The folder that a profile stands in. */
export function homeOf(disk: Disk, path: string): string {
  return disk.kindOf(path) === 'folder' ? path : parentOf(path);
}

/** A made-up site may stand beside the test that it is for. */
function isOfCapture(disk: Disk, file: string): boolean {
  return disk.kindOf(`${parentOf(file)}/${factsFile}`) === 'file';
}

/** A path beside a file, as a person standing in the working directory would type it. */
export function beside(disk: Disk, file: string, path: string): string {
  return short(disk, disk.resolve(parentOf(file), path));
}

function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut === -1 ? '.' : path.slice(0, cut) || '/';
}

function short(disk: Disk, path: string): string {
  const absolute = disk.resolve(path);
  const relative = disk.relative(disk.resolve('.'), absolute);
  return relative.startsWith('../../..') ? absolute : relative;
}
