import { error, type Fault } from '../kernel/fault.ts';
import { isUnread } from '../profile/folder.ts';
import { hintFor } from '../source/suggest.ts';
import { decodeText } from '../source/text.ts';
import { type Tree, toJson } from '../source/tree.ts';
import { camel, optionForms } from './options.ts';
import type { Layer, Origin } from './settings.ts';
import type { World } from './world.ts';

const projectFile = 'nodewright.yaml';
const bytesMax = 64 * 1024;

/** The project's file, found here or in a folder above, and the user's: each a layer of settings if it is there. */
export async function fileLayers(
  world: World,
): Promise<{ readonly layers: readonly Layer[]; readonly faults: readonly Fault[] }> {
  const { disk, cwd, env } = world;
  const layers: Layer[] = [];
  const faults: Fault[] = [];
  const add = async (path: string, origin: Origin): Promise<boolean> => {
    if (disk.kindOf(path) !== 'file') return false;
    const read = await readLayer(path, origin, world);
    faults.push(...read.faults);
    if (read.layer !== undefined) layers.push(read.layer);
    return true;
  };
  let folder = cwd;
  while (!(await add(disk.resolve(folder, projectFile), 'project file'))) {
    const above = disk.resolve(folder, '..');
    if (above === folder) break;
    folder = above;
  }
  const home = env.XDG_CONFIG_HOME || (env.HOME ? disk.resolve(env.HOME, '.config') : undefined);
  if (home !== undefined) await add(disk.resolve(home, 'nwctl/config.yaml'), 'user file');
  return { layers, faults };
}

async function readLayer(
  path: string,
  origin: Origin,
  { disk, cwd }: World,
): Promise<{ readonly layer?: Layer; readonly faults: readonly Fault[] }> {
  const shown = shorter(disk.relative(cwd, path), path);
  const bytes = disk.read(path);
  if (isUnread(bytes)) return { faults: [error(bytes.code, { file: shown, line: 1, col: 1 }, bytes.message)] };
  const text = decodeText(shown, bytes, bytesMax);
  if (!text.ok) return text;
  const { parseTree } = await import('../source/yaml.ts');
  const tree = parseTree(text.value);
  if (!tree.ok) return tree;
  return layerFrom(tree.value, origin, (value) => {
    const target = disk.resolve(disk.resolve(path, '..'), value);
    return value === '-' ? value : shorter(disk.relative(cwd, target), target);
  });
}

function shorter(left: string, right: string): string {
  return left.length <= right.length ? left : right;
}

function layerFrom(
  tree: Tree,
  origin: Origin,
  fromHere: (path: string) => string,
): { readonly layer?: Layer; readonly faults: readonly Fault[] } {
  if (tree.kind !== 'map') {
    return { faults: [error('CONFIG_INVALID', tree.at, 'must be a mapping of settings to values')] };
  }
  const byKey = new Map(
    [...optionForms.values()].filter(({ inFile }) => inFile).map((form) => [camel(form.name), form]),
  );
  const says = new Map<string, { value: unknown; where: string; at: Tree['at'] }>();
  const faults: Fault[] = [];
  for (const { key, keyAt, value } of tree.entries) {
    const form = byKey.get(key);
    if (form === undefined) {
      const other = [...optionForms.keys()].find((name) => camel(name) === key || name === key);
      const hint =
        other === undefined
          ? hintFor(key, byKey.keys(), '`nwctl config view` lists the settings')
          : byKey.has(camel(other))
            ? `write it \`${camel(other)}\``
            : optionForms.get(other)?.flagOnly
              ? `say --${other} where it is meant, each time: it counts on the command line only`
              : 'say it where it is meant: as a flag or a variable';
      faults.push(error('CONFIG_INVALID', keyAt, `there is no setting \`${key}\` for a file`, hint));
      continue;
    }
    const plain = toJson(value);
    if (plain === null || (typeof plain === 'object' && !(form.many && Array.isArray(plain)))) {
      faults.push(error('CONFIG_INVALID', value.at, `\`${key}\` must be one value`));
      continue;
    }
    const said = form.path && typeof plain === 'string' ? fromHere(plain) : plain;
    says.set(form.name, { value: said, where: `${value.at.file}:${value.at.line}`, at: value.at });
  }
  return { layer: { origin, says }, faults };
}
