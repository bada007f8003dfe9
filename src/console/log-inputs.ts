import { error, type Loaded } from '../kernel/fault.ts';
import type { Asked } from './asked.ts';
import { readSource } from './walk.ts';
import type { World } from './world.ts';

/** The first line of `--token-file`; undefined where there is no such flag. */
export function readToken({ settings }: Asked, { disk }: World): Loaded<string | undefined> {
  const path = settings.text('token-file');
  if (path === undefined) return { ok: true, value: undefined, warnings: [] };
  const read = readSource(disk, path);
  if ('faults' in read) return { ok: false, faults: read.faults };
  const [token = ''] = read.source.text.split(/\r?\n/, 1);
  // What a header can carry, and long enough not to be guessed.
  if (/^[\x21-\x7e]{16,512}$/.test(token)) return { ok: true, value: token, warnings: [] };
  const message = 'has no token in its first line: 16 to 512 printable characters without a space';
  return { ok: false, faults: [error('CONFIG_INVALID', { file: path, line: 1, col: 1 }, message)] };
}
