import { matchesGlob } from 'node:path';
import { Refused } from './refused.ts';

/** One profile's folder, and on which sides of the change it stands. */
export interface Found {
  readonly path: string;
  readonly before: boolean;
  readonly now: boolean;
}

/** Patterns, and the folders that hold a profile.yaml on each side → the profiles to review, by name. One that went is found on the
 *  old side: that nobody asks its gates any more is no reason to be silent. */
export function profilesOf(
  patterns: readonly string[],
  before: readonly string[],
  now: readonly string[],
): readonly Found[] {
  const [old, fresh] = [new Set(before), new Set(now)];
  const found = new Map<string, Found>();
  for (const pattern of patterns) {
    const those = [...new Set([...before, ...now])].filter((path) => path === pattern || matchesGlob(path, pattern));
    if (those.length === 0) {
      throw new Refused(
        `\`${pattern}\`: no profile is called so, before or now`,
        'a profile is a folder with a profile.yaml',
      );
    }
    for (const path of those) found.set(path, { path, before: old.has(path), now: fresh.has(path) });
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths of files → the folders of profiles among them. */
export function profileFolders(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => (file.endsWith('/profile.yaml') ? [file.slice(0, -'/profile.yaml'.length)] : []));
}
