import type { Fault } from '../../kernel/fault.ts';
import { type ProfileRole, type RootStatement, trustText } from '../../profile/trust-file.ts';
import { checkRoot, followRoots } from '../../profile/trust-root.ts';
import type { Asked } from '../asked.ts';
import { refuse } from '../refuse.ts';
import { startedRoot } from '../render/trust.ts';
import { byId, openTrust, profileRoleOf, type RootAsked, roleOf, rootAsked } from '../trust-file.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** The next root, as the last one with what the flags change; nothing but the flags decides what is different. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = asked.settings.text('trust') ?? '';
  const file = openTrust(path, 'any', world);
  if (!file.ok) return refuse(file.faults, asked, world);
  const wanted = rootAsked(asked, world);
  if (!wanted.ok) return refuse(wanted.faults, asked, world);
  const { roots } = file.value;
  const last = roots.at(-1);
  if (last === undefined) return refuse([usage('there is no root to go on from')], asked, world);
  const faults: Fault[] = [];
  const removed = removedKeys(asked.settings.list('remove-key'), last.root, faults);
  if (faults.length > 0) return refuse(faults, asked, world);
  // What is not believed yet is in force nowhere: it may still be changed. What it follows must be believed.
  const isDraft = !followRoots(file.value, path, null).ok;
  const before = roots.slice(0, -1);
  const chain = isDraft && before.length > 0 ? followRoots({ roots: before }, path, null) : undefined;
  if (chain?.ok === false) return refuse(chain.faults, asked, world);
  const version = isDraft ? last.root.version : last.root.version + 1;
  const root = changed(last.root, wanted.value, removed, version);
  const signed = { root, signatures: [], at: { file: path, line: 1, col: 1 } };
  const checked = checkRoot(signed);
  if (!checked.ok) return refuse(checked.faults, asked, world);
  const kept = isDraft ? before : roots;
  const written = await world.disk.write(path, trustText({ roots: [...kept, signed] }));
  if (!written.ok) return refuse(written.faults, asked, world);
  world.out.write(startedRoot(root, path, asked, world.calledAs));
  return exit.ok;
}

function removedKeys(words: readonly string[], { keys }: RootStatement, faults: Fault[]): readonly string[] {
  return words.flatMap((word) => {
    const found = keys.filter(({ id, owner }) => id.startsWith(word) || owner === word);
    if (found.length === 1) return found.map(({ id }) => id);
    const says = found.length === 0 ? 'is no key of this root' : 'is the beginning of several keys';
    faults.push(usage(`\`${word}\` ${says}`, '`nwctl trust show -o wide` lists them'));
    return [];
  });
}

function changed(last: RootStatement, wanted: RootAsked, removed: readonly string[], version: number): RootStatement {
  const stays = (ids: readonly string[]): readonly string[] => ids.filter((id) => !removed.includes(id));
  const { rootKeys, profileKeys, signs } = wanted;
  const root = roleOf([...stays(last.roles.root.keys), ...rootKeys], wanted.threshold ?? last.roles.root.threshold);
  // Profile keys join the role of the same names; for other names there is a new role.
  const names = signs.length === 0 ? undefined : [...signs].sort().join('\n');
  let joined = false;
  const roles = last.roles.profile.map((role): ProfileRole => {
    const isMeant = names === undefined ? !joined : [...role.profiles].sort().join('\n') === names;
    if (isMeant) joined = true;
    const keys = [...stays(role.keys), ...(isMeant ? profileKeys : [])];
    return profileRoleOf(role.profiles, keys, (isMeant ? wanted.profileThreshold : undefined) ?? role.threshold);
  });
  const isNew = !joined && profileKeys.length > 0;
  const profile = isNew ? [...roles, profileRoleOf(signs, profileKeys, wanted.profileThreshold ?? 1)] : roles;
  const used = new Set([...root.keys, ...profile.flatMap(({ keys }) => keys)]);
  const keys = new Map([...last.keys, ...wanted.keys].map((key) => [key.id, key]));
  return {
    site: last.site,
    version,
    expires: wanted.expires,
    keys: [...keys.values()].filter(({ id }) => used.has(id)).sort(byId),
    roles: { root, profile: profile.filter(({ keys: left }) => left.length > 0) },
  };
}
