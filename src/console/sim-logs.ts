import { sha256 } from '../kernel/digest.ts';
import type { Disk } from '../log/disk.ts';
import type { LogOptions } from '../log/log.ts';
import { openLog } from '../log/writer.ts';
import { makePrivateKey } from '../signing/keys.ts';
import { noteKey } from '../signing/note.ts';
import { logKeeper } from '../sim/keeper.ts';
import type { RunOptions } from '../sim/run-options.ts';
import type { World } from './world.ts';

/** Real logs of simulated operators: `DIR/seed-N/operator-1`, each with its documents, in simulated time. Their keys come of the seed, so
 *  that everybody has them: what they sign is well formed, and proves nothing else. */
export function simLogs(
  folder: string,
  world: World,
  engine: string,
): (seed: number) => Pick<RunOptions, 'keeperOf' | 'engine'> {
  return (seed) => ({
    engine,
    keeperOf: (time) =>
      logKeeper(async (operator) => {
        const disk = await world.logFolder(world.disk.resolve(folder, `seed-${seed}`, operator));
        const origin = `sim.nodewright.example/seed-${seed}/${operator}`;
        const opened = await openLog(unsynced(disk), {
          origin,
          nowMs: () => time.nowMs,
          signing: keyOf(origin),
          opened: { by: 'nwctl sim', seed, operator },
        });
        if (opened.ok) return opened.value;
        throw new LogRefused(opened.faults[0]?.message ?? '');
      }),
  });
}

/** The folder of a log cannot be written. It ends the runs: to simulate a site without what was asked for helps nobody. */
export class LogRefused extends Error {}

function keyOf(origin: string): NonNullable<LogOptions['signing']> {
  const signer = makePrivateKey('ed25519', () => Buffer.from(sha256(`nwctl sim ${origin}`), 'hex'));
  const key = noteKey(origin, 'signature', signer.public, { file: origin, line: 1, col: 1 });
  if (!key.ok) throw new Error(`invariant broken: ${origin} names no key`);
  return { key: key.value, signer };
}

/** Nobody loses anything if the power is cut in the middle of a simulation. */
function unsynced(disk: Disk): Disk {
  return { ...disk, fsync: () => Promise.resolve(), fsyncFolder: () => Promise.resolve() };
}
