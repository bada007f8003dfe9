import type { Order } from '../../kernel/workflow.ts';
import { isMode, isNetworkPath } from '../armed.ts';
import type { Operation } from '../instruction.ts';
import { changedFor, isNamed, isPrimaryFile, lookAtFiles, stagedPathOf } from '../network-files.ts';
import { lookAtBond } from './bond-look.ts';
import { done, failed, type Hands, type Result } from './result.ts';

/** Modes that have one slave before the others; the rest refuse to be told which. */
const withPrimary: readonly string[] = ['active-backup', 'balance-tlb', 'balance-alb'];

/** Writes the new files where nobody reads them, and reads them back as networkd and Kairos would. */
export function* stage(order: Order, hands: Hands): Operation<Result> {
  const { mode } = order.with;
  if (!isMode(mode)) return failed('no such mode of a bond');
  const now = yield* lookAtBond(hands, (path) => /^\/etc\/systemd\/network\/[^/]+\.network$/.test(path));
  if (typeof now === 'string') return failed(now);
  const primary = [...now.files.inUse].find(([path, text]) => isPrimaryFile(path, text))?.[0];
  if (primary !== undefined && !withPrimary.includes(mode)) {
    return failed(`${primary} names a first slave, which ${mode} refuses at the next boot`);
  }
  const inUse = new Map([...now.files.inUse].filter(([path]) => !path.endsWith('.network')));
  const changed = changedFor(hands.senses.config.node, now.name, mode, inUse);
  if (!changed.ok) return failed(changed.says);
  // Also where the files in use already say so: that the flip is prepared has to be seen somewhere.
  const wanted = changed.files.size > 0 ? changed.files : ownFile(inUse, now.name);
  if (wanted.size === 0) return failed(`no .netdev file speaks of ${now.name}`);
  if (![...wanted.keys()].every(isNetworkPath)) return failed('a network file has a name that we do not write');
  for (const path of now.files.staged.keys()) {
    if (!wanted.has(path)) yield { do: 'remove', path: stagedPathOf(path) };
  }
  for (const [path, text] of wanted) {
    if (now.files.staged.get(path) !== text) yield { do: 'write', path: stagedPathOf(path), text };
  }
  const after = yield* lookAtFiles();
  if (after === undefined) return failed('what is staged could not be read back');
  const isSame =
    after.staged.size === wanted.size && [...wanted].every(([path, text]) => after.staged.get(path) === text);
  return isSame ? done(`files for ${mode} are staged`) : failed('what is staged is not what was written');
}

export function* unstage(): Operation<Result> {
  const before = yield* lookAtFiles();
  if (before === undefined) return failed('what is staged could not be read');
  if (before.staged.size === 0) return done('nothing is staged');
  for (const path of before.staged.keys()) yield { do: 'remove', path: stagedPathOf(path) };
  const after = yield* lookAtFiles();
  return after?.staged.size === 0 ? done('nothing is staged any more') : failed('staged files are still there');
}

function ownFile(files: ReadonlyMap<string, string>, bond: string): ReadonlyMap<string, string> {
  const own = [...files].filter(([path, text]) => path.endsWith('.netdev') && isNamed(text, bond));
  return new Map(own.slice(0, 1));
}
