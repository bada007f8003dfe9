import type { Fault } from '../../kernel/fault.ts';
import { format } from '../../rules/format.ts';
import type { Asked } from '../asked.ts';
import { count } from '../messages.ts';
import { plainly } from '../paint.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { kindIn, readSource, yamlFiles } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** The kinds that people write by hand. What tools print stays as they printed it. */
const kinds = new Set(['EdgeProfile', 'RulePack', 'RuleTest', 'Capture']);

interface Formatted {
  readonly file: string;
  readonly text: string;
  readonly changed: boolean;
}

/** Nothing is written unless everything could be formatted. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const faults: Fault[] = [];
  const formatted: Formatted[] = [];
  for (const path of asked.args) {
    const found = yamlFiles(world.disk, path);
    faults.push(...found.faults);
    const isNamed = world.disk.kindOf(path) === 'file';
    for (const file of found.files) {
      const read = readSource(world.disk, file);
      if ('faults' in read) {
        faults.push(...read.faults);
        continue;
      }
      const kind = kindIn(read.source);
      if (!isNamed && kind !== undefined && !kinds.has(kind)) continue;
      if (!isNamed && kind === undefined && !/nodewright\.spectrocloud\.com/.test(read.source.text)) continue;
      const result = format(read.source);
      if (!result.ok) faults.push(...result.faults);
      else formatted.push({ file, text: result.value, changed: result.value !== read.source.text });
    }
  }
  if (faults.length > 0) return refuse(faults, asked, world);
  const changed = formatted.filter((one) => one.changed);
  const dry = asked.settings.on('check');
  for (const { file, text } of dry ? [] : changed) {
    world.interrupted.throwIfAborted();
    const written = await world.disk.write(file, text);
    if (!written.ok) return refuse(written.faults, asked, world);
  }
  world.out.write(rendered(formatted, dry, asked));
  return dry && changed.length > 0 && !asked.settings.on('exit-zero') ? exit.denied : exit.ok;
}

function rendered(formatted: readonly Formatted[], dry: boolean, { format: form, look }: Asked): string {
  const changed = formatted.filter((one) => one.changed);
  return inForm(form, {
    data: () => ({
      schemaVersion: 'fmt/v1',
      signature: 'unsigned',
      written: !dry,
      files: formatted.map((one) => ({ file: one.file, changed: one.changed })),
    }),
    names: () => changed.map(({ file }) => plainly(file, look)),
    text() {
      const did = dry ? look.bad(`${look.signs.closed} not formatted`) : look.good(`${look.signs.open} formatted`);
      const lines = changed.map(({ file }) => `${did}  ${plainly(file, look)}\n`);
      const same = formatted.length - changed.length;
      return `${lines.join('')}${count(formatted.length, 'file') || 'no file of ours'}${same > 0 ? `, ${same} already so` : ''}\n`;
    },
  });
}
