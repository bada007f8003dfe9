import { factsFile } from '../capture/stated.ts';
import { statedText } from '../capture/stated-text.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import type { MadeUpSite } from '../witness/answer.ts';
import type { World } from './world.ts';

/** Why a made-up site cannot be written there: what is there is never overwritten. */
export function takenFault(path: string, { disk }: Pick<World, 'disk'>): Fault | undefined {
  if (disk.kindOf(path) === 'none') return undefined;
  const hint = 'nothing was written; choose another name';
  return error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, 'is there already', hint);
}

/** Writes a made-up site as a capture that `eval` takes: a folder with one file of facts. */
export async function writeSite(
  site: MadeUpSite,
  path: string,
  says: string,
  { disk }: Pick<World, 'disk'>,
): Promise<Loaded<true>> {
  const made = disk.makeFolder(path);
  if (!made.ok) return made;
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const name = last.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const written = await disk.write(`${path}/${factsFile}`, statedText(site, name, says), true);
  return written.ok ? { ok: true, value: true, warnings: [] } : written;
}
