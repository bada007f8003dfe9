import type { Snapshot } from '../kernel/snapshot.ts';

/** LINSTOR's CSI driver names volumes `pvc-<uuid>`: 40 characters that nobody reads. People are shown, and may type, as much
 *  of such a name as no other volume of the site begins with, and never less than `pvc-` and eight digits. */
export interface ShortNames {
  /** A text with every such name in it cut short. */
  shorten(text: string): string;
  /** The objects that a person may mean, whole. One: it is meant. None or several: the caller says so. */
  meant(object: string): readonly string[];
}

const long = /(?<![\w.-])pvc-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-]|\.\w)/g;
const shortest = 'pvc-12345678'.length;
const typed = /^pvc-[0-9a-f]{8}[0-9a-f-]*(?=$|[@/])/;

export function shortNames({ populations }: Snapshot): ShortNames {
  const { volume, replica } = populations;
  // The list of volumes may be unknown while copies are known; a volume's number is no part of the name.
  const ids = [...volume.members.map(({ id }) => id), ...replica.members.map(({ of }) => of.volume ?? '')];
  const names = [...new Set(ids.map((id) => id.replace(/\/\d+$/, '')))];
  const shorts = new Map(names.filter(isLong).map((name) => [name, shortestOf(name, names)]));
  return {
    shorten: (text) => (shorts.size === 0 ? text : text.replaceAll(long, (name) => shorts.get(name) ?? name)),
    meant: (object) => {
      const [start] = typed.exec(object) ?? [];
      if (start === undefined || names.includes(start)) return [object];
      const found = [...shorts.keys()].filter((name) => name.startsWith(start));
      return found.map((name) => name + object.slice(start.length));
    },
  };
}

function isLong(name: string): boolean {
  return name.replace(long, '') === '';
}

function shortestOf(name: string, names: readonly string[]): string {
  const others = names.filter((other) => other !== name);
  let length = shortest;
  while (name[length - 1] === '-' || others.some((other) => other.startsWith(name.slice(0, length)))) length += 1;
  return name.slice(0, length);
}
