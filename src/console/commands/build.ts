import { bundleText } from '../../profile/document.ts';
import type { Asked } from '../asked.ts';
import { openDraft } from '../profiles.ts';
import { mention, refuse } from '../refuse.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** The document is the data: it goes to standard output, or into a file with a word about it. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = asked.args[0] ?? asked.settings.text('profile');
  if (path === undefined) return refuse([usage('no profile was named', 'name its folder')], asked, world);
  const loaded = await openDraft(path, world);
  if (!loaded.ok) return refuse(loaded.faults, asked, world);
  await mention(loaded.warnings, asked);
  const { bundle, profile } = loaded.value;
  const text = bundleText(bundle);
  const target = asked.settings.text('out');
  if (target === undefined) {
    world.out.write(text);
    return exit.ok;
  }
  const written = await world.disk.write(target, text);
  if (!written.ok) return refuse(written.faults, asked, world);
  asked.messages.note(
    `${target}: ${profile.name} ${profile.version}, unsigned, ${written.value.bytes} bytes, ${profile.digest}`,
  );
  return exit.ok;
}
