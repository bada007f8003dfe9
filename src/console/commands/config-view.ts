import type { Asked } from '../asked.ts';
import { fileLayers } from '../config-file.ts';
import { camel, type OptionName, optionForms } from '../options.ts';
import { refuse } from '../refuse.ts';
import { type Data, json, yaml } from '../render/data.ts';
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
  switch (format) {
    case 'json':
    case 'yaml': {
      const data: Data = {
        schemaVersion: 'config/v1',
        settings: rows.map(({ name, value, origin, where }) => ({ setting: camel(name), value, origin, where })),
      };
      return format === 'json' ? json(data) : yaml(data);
    }
    case 'name':
      return rows.map(({ name }) => `${camel(name)}\n`).join('');
    default: {
      const origin = settings.on('origin') || look.wide;
      return table(
        look,
        ['SETTING', 'VALUE', ...(origin ? ['FROM', 'WHERE'] : [])],
        rows.map((row) => [camel(row.name), String(row.value), ...(origin ? [row.origin, row.where] : [])]),
      );
    }
  }
}
