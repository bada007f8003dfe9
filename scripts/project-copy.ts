import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Defects are put into a copy: nobody else may see them. */
export function copyInto(place: string): string {
  mkdirSync(place, { recursive: true });
  const left = new Set(['node_modules', '.git', 'dist']);
  for (const name of readdirSync(root)) {
    if (!left.has(name)) cpSync(join(root, name), join(place, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  return place;
}
