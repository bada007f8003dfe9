import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { parseNoteKeys } from '../log/public-keys.ts';
import { type NoteKey, type NotePurpose, parseNoteKey } from '../signing/note.ts';
import type { Asked } from './asked.ts';
import { usage } from './usage.ts';
import { readSource } from './walk.ts';
import type { World } from './world.ts';

/** Whom somebody believes about logs. */
export interface KeysAsked {
  /** Undefined: nobody gave any. */
  readonly logKeys: readonly NoteKey[] | undefined;
  readonly witnesses: readonly NoteKey[];
  readonly witnessesNeeded: number;
}

/** `--log-key`, `--witness-key`, `--witnesses`: each key as it stands in a file, or itself. */
export function keysAsked({ settings }: Asked, world: World): Loaded<KeysAsked> {
  const faults: Fault[] = [];
  const read = (option: 'log-key' | 'witness-key', purpose: NotePurpose): readonly NoteKey[] => {
    const keys: NoteKey[] = [];
    for (const word of settings.list(option)) {
      const found = keysIn(word, option, world);
      if (!found.ok) faults.push(...found.faults);
      else if (found.value.some((key) => key.purpose === purpose))
        keys.push(...found.value.filter((key) => key.purpose === purpose));
      else faults.push(usage(`--${option} has no key of a ${purpose === 'signature' ? 'log' : 'witness'} in ${word}`));
    }
    return keys;
  };
  const [logKeys, witnesses] = [read('log-key', 'signature'), read('witness-key', 'cosignature')];
  const asked = settings.text('witnesses');
  const count = new Set(witnesses.map(({ key }) => key.id)).size;
  const needed = asked === undefined ? count : /^\d{1,3}$/.test(asked) ? Number(asked) : Number.NaN;
  if (!(needed <= count)) {
    const hint = `${count} ${count === 1 ? 'is' : 'are'} given by --witness-key`;
    faults.push(usage(`--witnesses is \`${asked}\`, and must be a number of witnesses that are given`, hint));
  }
  if (faults.length > 0) return { ok: false, faults };
  const isGiven = settings.list('log-key').length > 0;
  const value = { logKeys: isGiven ? logKeys : undefined, witnesses, witnessesNeeded: needed };
  return { ok: true, value, warnings: [] };
}

function keysIn(word: string, option: string, { disk }: World): Loaded<readonly NoteKey[]> {
  const isKey = /^[^+]+\+[0-9a-f]{8}\+/.test(word);
  if (isKey && disk.kindOf(word) === 'none') {
    const key = parseNoteKey(word, { file: '', line: 0, col: 0 });
    return key.ok ? { ok: true, value: [key.value], warnings: [] } : inOption(key.faults, option);
  }
  const read = readSource(disk, word);
  return 'faults' in read ? { ok: false, faults: read.faults } : parseNoteKeys(read.source.text, word);
}

function inOption(faults: readonly Fault[], option: string): Loaded<never> {
  return {
    ok: false,
    faults: faults.map(({ code, at, message, hint }) => error(code, at, `--${option}: what is given ${message}`, hint)),
  };
}
