import { openCapture } from '../../capture/files.ts';
import { packCapture } from '../../capture/pack.ts';
import type { Asked } from '../asked.ts';
import { mention, refuse } from '../refuse.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [path = ''] = asked.args;
  const target = asked.settings.text('out');
  if (target === undefined) return refuse([usage('no file to write was given', 'name it: -o FILE')], asked, world);
  if (target === '-') {
    return refuse([usage('`-o -` names no file', 'into a pipe, write to /dev/stdout')], asked, world);
  }
  const capture = await openCapture(path, { stdin: world.stdin, keep: 'all' });
  if (!capture.ok) return refuse(capture.faults, asked, world);
  await mention(capture.warnings, asked);
  const written = await world.disk.write(target, untilInterrupted(packCapture(capture.value), world.interrupted));
  if (!written.ok) return refuse(written.faults, asked, world);
  asked.messages.note(`${target}: ${written.value.bytes} bytes, ${capture.value.digest}`);
  return exit.ok;
}
