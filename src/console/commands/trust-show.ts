import type { Fault } from '../../kernel/fault.ts';
import { followRoots } from '../../profile/trust-root.ts';
import { whyExpired } from '../../profile/verify.ts';
import type { Asked } from '../asked.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
import { trustData, trustLines } from '../render/trust.ts';
import { momentToBelieve, openTrust } from '../trust-file.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** What a trust file says, believed or not; whether it is to be believed, the exit code says, and standard error why not. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = asked.settings.text('trust') ?? '';
  const now = momentToBelieve(asked, world);
  if (!now.ok) return refuse(now.faults, asked, world);
  const file = openTrust(path, 'any', world);
  if (!file.ok) return refuse(file.faults, asked, world);
  const faults: Fault[] = [];
  const strict = openTrust(path, 'believed', world);
  const followed = followRoots(file.value, path, null);
  for (const loaded of [strict, followed]) if (!loaded.ok) faults.push(...loaded.faults);
  if (followed.ok) faults.push(...whyExpired(followed.value, now.value, { file: path, line: 1, col: 1 }));
  const shown = { file: file.value, faults, path };
  const data = (): ReturnType<typeof trustData> => trustData(shown);
  world.out.write(
    asked.format === 'json'
      ? json(data())
      : asked.format === 'yaml'
        ? yaml(data())
        : trustLines(shown, now.value, asked),
  );
  return faults.length > 0 ? refuse(faults, asked, world) : exit.ok;
}
