import { type RootStatement, trustText } from '../../profile/trust-file.ts';
import { checkRoot } from '../../profile/trust-root.ts';
import type { Asked } from '../asked.ts';
import { refuse } from '../refuse.ts';
import { startedRoot } from '../render/trust.ts';
import { byId, profileRoleOf, roleOf, rootAsked } from '../trust-file.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** The first root. It is believed by nobody before its holders have signed it. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [site = ''] = asked.args;
  const path = asked.settings.text('trust') ?? '';
  if (!/^[a-z][a-z0-9.-]{0,62}$/.test(site)) {
    return refuse(
      [usage(`\`${site}\` is no name of a site`, 'write lower-case letters, digits, `.` and `-`')],
      asked,
      world,
    );
  }
  const wanted = rootAsked(asked, world);
  if (!wanted.ok) return refuse(wanted.faults, asked, world);
  const { rootKeys, profileKeys, keys, threshold, profileThreshold, signs, expires } = wanted.value;
  if (rootKeys.length === 0)
    return refuse([usage('no root key was named', 'name them: --root-key FILE')], asked, world);
  const signers = profileKeys.length > 0 ? profileKeys : rootKeys;
  const k = threshold ?? 1;
  const root: RootStatement = {
    site,
    version: 1,
    expires,
    keys: [...keys].sort(byId),
    roles: {
      root: roleOf(rootKeys, k),
      profile: [profileRoleOf(signs, signers, profileThreshold ?? (profileKeys.length > 0 ? 1 : k))],
    },
  };
  const signed = { root, signatures: [], at: { file: path, line: 1, col: 1 } };
  const checked = checkRoot(signed);
  if (!checked.ok) return refuse(checked.faults, asked, world);
  const written = await world.disk.write(path, trustText({ roots: [signed] }), true);
  if (!written.ok) return refuse(written.faults, asked, world);
  world.out.write(startedRoot(root, path, asked, world.calledAs));
  return exit.ok;
}
