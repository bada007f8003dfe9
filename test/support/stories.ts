import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import type { Fault } from '../../src/kernel/fault.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { HeldProfile } from '../../src/operator/prepare.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { insecureUnsigned } from '../../src/profile/verify.ts';
import { compileMachine } from '../../src/rules/machine-evaluator.ts';
import { loadStory, type Story } from '../../src/sim/story.ts';

export const root = join(import.meta.dirname, '..', '..');
export const storiesFolder = join(root, 'test', 'golden', 'stories');

export const storyNames: readonly string[] = readdirSync(storiesFolder, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  .sort();

const held = new Map<string, HeldProfile>();

/** A shipped profile as the operator holds it, loaded once. */
export function shippedProfile(path: string): HeldProfile {
  const known = held.get(path);
  if (known !== undefined) return known;
  const { folder, file } = folderOf(diskFrom(root), path);
  const loaded = loadProfile(folder, file, vocabulary, insecureUnsigned);
  if (!loaded.ok) throw new Error(faultsIn(loaded.faults));
  const { digest, shape, packs } = loaded.value.profile;
  const machines = packs.flatMap(({ machine }) => (machine === undefined ? [] : [compileMachine(machine)]));
  const made = { digest, shape, machineOf: (kind: string) => machines.find(({ machine }) => machine.drives === kind) };
  held.set(path, made);
  return made;
}

/** A story of this folder, and the profiles that it names, relative to it. */
export function storyOf(name: string): { story: Story; profile: HeldProfile; nextProfile: HeldProfile | undefined } {
  const path = join(storiesFolder, name, 'story.yaml');
  const loaded = loadStory({ file: relative(root, path), text: readFileSync(path, 'utf8') });
  if (!loaded.ok) throw new Error(faultsIn(loaded.faults));
  const story = loaded.value;
  const named = (profile: Story['profile']): HeldProfile => shippedProfile(join(dirname(path), profile.path));
  return { story, profile: named(story.profile), nextProfile: story.nextProfile && named(story.nextProfile) };
}

export function faultsIn(faults: readonly Fault[]): string {
  return faults.map(({ at, message }) => `${at.file}:${at.line}:${at.col} ${message}`).join('\n');
}
