import type { Asked } from '../asked.ts';
import { fileLayers } from '../config-file.ts';
import { camel, type OptionName, optionForms } from '../options.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { environmentLayer, resolve } from '../settings.ts';
import { table } from '../table.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Every setting that has a value, not only those that this verb reads. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const names = [...optionForms.keys()] as OptionName[];
  const files = await fileLayers(world);
  const typed = new Map(
    names.flatMap((name) => {
      const setting = asked.settings.get(name);
      if (setting?.origin !== 'flag') return [];
      return [[name, { value: setting.value, where: setting.where, at: { file: '', line: 0, col: 0 } }] as const];
    }),
  );
  const { settings, faults } = resolve(names, [
    { origin: 'flag', says: typed },
    environmentLayer(world.env),
    ...files.layers,
  ]);
  if (faults.length > 0) return refuse(faults, asked, world);
  const rows = names.flatMap((name) => {
    const setting = settings.get(name);
    return setting === undefined ? [] : [{ name, value: setting.value, origin: setting.origin, where: setting.where }];
  });
  world.out.write(rendered(rows, asked));
  return exit.ok;
}

interface Row {
  readonly name: OptionName;
  readonly value: string | boolean | readonly string[];
  readonly origin: string;
  readonly where: string;
}

function rendered(rows: readonly Row[], { format, look, settings }: Asked): string {
  const origin = settings.on('origin') || look.wide;
  return inForm(format, {
    data: () => ({
      schemaVersion: 'config/v1',
      settings: rows.map(({ name, value, origin, where }) => ({ setting: camel(name), value, origin, where })),
    }),
    names: () => rows.map(({ name }) => camel(name)),
    text: () =>
      table(
        look,
        ['SETTING', 'VALUE', ...(origin ? ['FROM', 'WHERE'] : [])],
        rows.map((row) => [camel(row.name), String(row.value), ...(origin ? [row.origin, row.where] : [])]),
      ),
  });
}
