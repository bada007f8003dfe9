import type { Fault } from '../kernel/fault.ts';
import type { Asked } from './asked.ts';
import { closingOf } from './messages.ts';
import { type ExitCode, exit, type World } from './world.ts';

/** Says what is wrong; the exit code that this means. */
export async function refuse(faults: readonly Fault[], asked: Asked, world: World): Promise<ExitCode> {
  const placed = faults.some(({ at }) => at.line > 0);
  await asked.messages.faults(
    faults,
    placed ? closingOf(faults, world.calledAs) : `help: ${world.calledAs} help ${asked.verb}`,
  );
  return faults.some(({ code }) => code === 'FILE_UNWRITABLE') ? exit.bug : exit.invalid;
}

/** Warnings are no reason to stop, and not what was asked for: a line, or with -v all of them. */
export async function mention(warnings: readonly Fault[], asked: Asked): Promise<void> {
  if (warnings.length === 0) return;
  if (asked.messages.verbose) return asked.messages.faults(warnings);
  const [first] = warnings;
  const more = warnings.length === 1 ? '' : ` and ${warnings.length - 1} more`;
  asked.messages.warn(`${first?.at.file}:${first?.at.line}: ${first?.message}${more}; -v shows all`);
}
