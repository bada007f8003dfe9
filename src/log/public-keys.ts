import type { Loaded } from '../kernel/fault.ts';
import { formatNoteKey, type NoteKey, parseNoteKey } from '../signing/note.ts';
import { type Disk, readWhole, replaceFile } from './disk.ts';
import { names } from './folder.ts';

const bytesMax = 1 << 16;

/** Under which keys a log's checkpoints stand, one a line, for whoever reads the folder. It is no trust: whoever can alter the folder can alter
 *  this file; a stranger brings the key along. */
export async function readPublicKeys(disk: Disk): Promise<Loaded<readonly NoteKey[]>> {
  const bytes = await readWhole(disk, names.publicKeys, bytesMax);
  const text = bytes === undefined || bytes === 'too-large' ? '' : Buffer.from(bytes).toString();
  return parseNoteKeys(text, names.publicKeys);
}

/** Lines as `name+id+base64`; empty ones and those that begin with # say nothing. */
export function parseNoteKeys(text: string, file: string): Loaded<readonly NoteKey[]> {
  const keys: NoteKey[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const key = parseNoteKey(line.trim(), { file, line: at + 1, col: 1 });
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return { ok: true, value: keys, warnings: [] };
}

export async function addPublicKey(disk: Disk, key: NoteKey): Promise<void> {
  const bytes = await readWhole(disk, names.publicKeys, bytesMax);
  const text = bytes === undefined || bytes === 'too-large' ? '' : Buffer.from(bytes).toString();
  const line = formatNoteKey(key);
  if (text.split('\n').includes(line)) return;
  await replaceFile(disk, names.publicKeys, new TextEncoder().encode(`${text}${line}\n`));
}
