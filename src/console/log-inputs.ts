import { parseMoment } from '../capture/moment.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { parseDuration } from '../kernel/value.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
import type { Asked } from './asked.ts';
import { unknownName } from './names.ts';
import { usage } from './usage.ts';
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

/** `--since`, as records write their moments; undefined where there is no such flag. */
export function sinceAsked({ settings }: Asked, { nowMs }: World): Loaded<string | undefined> {
  const text = settings.text('since');
  if (text === undefined) return { ok: true, value: undefined, warnings: [] };
  const age = parseDuration(text);
  const moment = age === undefined ? parseMoment(text) : nowMs() - age;
  if (moment !== undefined) return { ok: true, value: new Date(moment).toISOString(), warnings: [] };
  const fault = usage(`--since is \`${shown(text)}\``, 'write it as 2h, or as 2026-03-04T10:15:02Z');
  return { ok: false, faults: [fault] };
}

/** A workflow or an object that no record names is a fault of the question, never an empty answer. */
export function unheardOf(says: string, name: string | undefined, known: ReadonlySet<string>): readonly Fault[] {
  if (name === undefined || known.has(name)) return [];
  const others = [...known].sort();
  const hint = hintFor(
    name,
    others,
    others.length === 0 ? undefined : `there are ${listed(others.slice(0, 5), 'and')}`,
  );
  return [unknownName(`${says} \`${shown(name)}\``, hint)];
}
