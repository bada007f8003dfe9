import type { World } from './world.ts';

/** What decides, as bytes: the program's own files. Two installations with the same digest decide the same. */
export async function engineDigest({ disk }: Pick<World, 'disk'>): Promise<string> {
  const { digestOf, digestOfText } = await import('../kernel/digest.ts');
  const files: Record<string, string> = {};
  const walk = (path: string, name: string): void => {
    const names = disk.list(path);
    if (!Array.isArray(names)) {
      const bytes = disk.read(path);
      if (bytes instanceof Uint8Array && /\.(ts|js)$/.test(name))
        files[name] = digestOfText(new TextDecoder('latin1').decode(bytes));
      return;
    }
    for (const inner of names) walk(disk.resolve(path, inner), `${name}/${inner}`);
  };
  walk(disk.own(), '.');
  return digestOf(files);
}
