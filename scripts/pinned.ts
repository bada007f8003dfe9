/** The status of a workflow names the profile and the machine that it was begun with (INVARIANT K5). In a capture that is kept, that would
 *  be an older one after every change of a pack. `node scripts/pinned.ts` says anew that it is the one of now; a test holds that it is. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFrom, folderOf } from '../src/console/disk.ts';
import { invariant } from '../src/kernel/fault.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { loadDraft } from '../src/profile/load.ts';

const root = join(import.meta.dirname, '..');

/** Captures that hold a workflow, with the profile of its site. */
export const pinned: readonly (readonly [capture: string, profile: string])[] = [
  [join(root, 'captures/flip-half-done'), join(root, 'profiles/three-node')],
];

interface Workflows {
  readonly items: readonly { readonly status?: { readonly workflow?: Record<string, unknown> } }[];
}

/** Each file of a capture that holds workflows: its path, and its text as it should be. */
export function pinnedFiles(capture: string, profilePath: string): ReadonlyMap<string, string> {
  const { folder, file } = folderOf(diskFrom(join(root, 'src')), profilePath);
  const loaded = loadDraft(folder, file, vocabulary);
  invariant(loaded.ok, `${profilePath} cannot be loaded`);
  const { digest, packs } = loaded.value.profile;
  const files = new Map<string, string>();
  for (const { machine } of packs) {
    const name = `nodewright.spectrocloud.com_v1alpha1_${machine?.drives.toLowerCase()}.json`;
    if (machine === undefined || !readdirSync(join(capture, 'kubernetes')).includes(name)) continue;
    const path = join(capture, 'kubernetes', name);
    const list = JSON.parse(readFileSync(path, 'utf8')) as Workflows;
    for (const { status } of list.items) {
      if (status?.workflow !== undefined) Object.assign(status.workflow, { profile: digest, machine: machine.digest });
    }
    files.set(path, `${JSON.stringify(list, null, 1)}\n`);
  }
  return files;
}

if (process.argv[1] === import.meta.filename) {
  for (const [capture, profile] of pinned) {
    for (const [path, text] of pinnedFiles(capture, profile)) writeFileSync(path, text);
  }
}
