import { digestOfText } from '../kernel/digest.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import { names } from '../log/folder.ts';
import { type Kept, keptIn } from '../log/kept.ts';
import { shown } from '../rules/shown.ts';
import { unknownName } from './names.ts';
import type { World } from './world.ts';

/** A log that was found, by the path that people know it by. */
export interface KeptLog {
  readonly path: string;
  readonly kept: Kept;
}

/** Deeper nobody keeps them: a folder of runs, of which each has a log an operator. */
const depthMax = 4;

/** The log in this folder, or every log in the folders below it, sorted by path. */
export async function keptLogs(path: string, world: World): Promise<Loaded<readonly KeptLog[]>> {
  const { disk } = world;
  const found: KeptLog[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const inner = disk.list(folder);
    if (!Array.isArray(inner)) return;
    if (inner.includes(names.origin)) {
      const kept = await keptIn(await world.logFolder(disk.resolve(folder)));
      if (kept !== undefined) found.push({ path: folder, kept });
      return;
    }
    if (depth === depthMax) return;
    for (const name of inner) {
      const below = `${folder.replace(/\/$/, '')}/${name}`;
      if (disk.kindOf(below) === 'folder') await walk(below, depth + 1);
    }
  };
  if (disk.kindOf(path) === 'folder') await walk(path, 0);
  if (found.length > 0) return { ok: true, value: found, warnings: [] };
  const at = { file: path, line: 1, col: 1 };
  const hint = 'the folder of a log holds a file `origin`; `sim --log DIR` makes some';
  return { ok: false, faults: [error('FILE_MISSING', at, 'holds no log, and no folder in it does', hint)] };
}

export interface KeptLine {
  readonly log: KeptLog;
  readonly line: string;
  readonly digest: string;
}

/** The records that an ID means: a sequence number, or a digest or its beginning. One, or it is a fault. */
export async function recordAsked(id: string, logs: readonly KeptLog[]): Promise<Loaded<KeptLine>> {
  const found: KeptLine[] = [];
  for (const log of logs) {
    let sequence = 0;
    for await (const lines of log.kept.lines()) {
      for (const line of lines) {
        const isIt = /^\d{1,15}$/.test(id) ? sequence === Number(id) : undefined;
        sequence += 1;
        if (line === undefined || isIt === false) continue;
        const digest = digestOfText(line);
        if (isIt === true || digest.slice('sha256:'.length).startsWith(id.replace(/^sha256:/, ''))) {
          found.push({ log, line, digest });
        }
      }
    }
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return { ok: true, value: only, warnings: [] };
  const many = found.slice(0, 3).map(({ log, digest }) => `${digest} in ${log.path}`);
  return {
    ok: false,
    faults: [
      only === undefined
        ? unknownName(`there is no record \`${shown(id)}\` in ${logs.length === 1 ? logs[0]?.path : 'these logs'}`)
        : unknownName(`\`${shown(id)}\` means ${found.length} records`, `for example ${many.join(', ')}`),
    ],
  };
}

/** Whether somebody means a record by it, and no file. */
export function isRecordId(word: string): boolean {
  return /^\d{1,15}$|^(sha256:)?[0-9a-f]{6,64}$/.test(word);
}
