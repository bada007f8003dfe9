import { error, type Fault } from '../../kernel/fault.ts';
import { isUnread } from '../../profile/folder.ts';
import { hintFor, listed } from '../../source/suggest.ts';
import type { Asked } from '../asked.ts';
import { unknownName } from '../names.ts';
import { plainly } from '../paint.ts';
import { openDraft } from '../profiles.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { quoted } from '../shell.ts';
import { type ExitCode, exit, type World } from '../world.ts';

interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** A folder of its own: the profile, its packs, the schemas that an editor completes from. Nothing that is there already is
 *  touched, and if anything is, nothing is written. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const { disk } = world;
  const [dir = ''] = asked.args;
  const like = asked.settings.text('like') ?? '';
  const shipped = disk.shipped('profiles');
  const names = disk.list(shipped);
  const known = Array.isArray(names)
    ? (names as readonly string[]).filter((name) => disk.kindOf(`${shipped}/${name}/profile.yaml`) === 'file')
    : [];
  if (!known.includes(like)) {
    return refuse(
      [
        unknownName(
          `there is no shipped profile \`${like}\``,
          hintFor(like, known, `there are ${listed(known, 'and')}`),
        ),
      ],
      asked,
      world,
    );
  }
  const loaded = await openDraft(`${shipped}/${like}`, world);
  if (!loaded.ok) return refuse(loaded.faults, asked, world);
  const packs = loaded.value.files.slice(1).map((file) => `${shipped}/${file}`);
  const files = newFiles(dir, `${shipped}/${like}/profile.yaml`, packs, world);
  if ('faults' in files) return refuse(files.faults, asked, world);
  const there = files.made.filter(({ path }) => disk.kindOf(path) !== 'none');
  const stands = disk.kindOf(dir);
  if (stands !== 'none' && stands !== 'folder') there.push({ path: dir, text: '' });
  if (there.length > 0) {
    const faults = there.map(
      ({ path }): Fault =>
        error(
          'FILE_UNWRITABLE',
          { file: path, line: 1, col: 1 },
          'is there already',
          'choose another folder; nothing was written',
        ),
    );
    await asked.messages.faults(faults);
    return exit.invalid;
  }
  for (const { path, text } of files.made) {
    world.interrupted.throwIfAborted();
    const folder = disk.makeFolder(path.slice(0, path.lastIndexOf('/')));
    if (!folder.ok) return refuse(folder.faults, asked, world);
    const written = await disk.write(path, text, true);
    if (!written.ok) return refuse(written.faults, asked, world);
  }
  world.out.write(rendered(dir, files.made, asked, world.calledAs));
  return exit.ok;
}

function newFiles(
  dir: string,
  profile: string,
  packs: readonly string[],
  { disk }: World,
): { readonly made: NewFile[] } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const textOf = (path: string): string => {
    const bytes = disk.read(path);
    if (!isUnread(bytes)) return new TextDecoder().decode(bytes);
    faults.push(error(bytes.code, { file: path, line: 1, col: 1 }, bytes.message));
    return '';
  };
  const base = dir.replace(/\/+$/, '') || '.';
  const made: NewFile[] = [
    { path: `${base}/profile.yaml`, text: ownProfile(textOf(profile), disk.resolve(base).split('/').at(-1) ?? '') },
    ...packs.map((path) => ({
      path: `${base}/packs/${path.split('/').at(-1) ?? ''}`,
      text: textOf(path).replace(/\$schema=\S*schemas\//, '$schema=../schemas/'),
    })),
    {
      path: `${base}/nodewright.yaml`,
      text: '# Settings for whoever works in this folder; `nwctl help config` lists them.\nprofile: .\n',
    },
    ...['edge-profile', 'rule-pack', 'rule-test'].map((name) => ({
      path: `${base}/schemas/${name}.v1.json`,
      text: textOf(`${disk.shipped('schemas')}/${name}.v1.json`),
    })),
  ];
  return faults.length > 0 ? { faults } : { made };
}

/** The shipped profile under the folder's name, if a profile may be called so, with its packs beside it. */
function ownProfile(text: string, folder: string): string {
  const name = /^[a-z][a-z0-9-]{0,62}$/.test(folder) ? folder : undefined;
  return text
    .replace(/\$schema=\S*schemas\//, '$schema=schemas/')
    .replaceAll('../packs/', 'packs/')
    .replace(/^(metadata:\s*\{?\s*name:\s*)[a-z0-9-]+/m, (whole, before: string) =>
      name === undefined ? whole : before + name,
    );
}

function rendered(dir: string, made: readonly NewFile[], { format, look }: Asked, calledAs: string): string {
  const paths = made.map(({ path }) => path);
  return inForm(format, {
    data: () => ({ schemaVersion: 'init/v1', signature: 'unsigned', folder: dir, files: paths }),
    names: () => paths.map((path) => plainly(path, look)),
    text: () =>
      `${paths.map((path) => `${look.good(look.signs.open)} ${plainly(path, look)}\n`).join('')}next: ${plainly(`${calledAs} check ${quoted(dir)}`, look)}\n`,
  });
}
