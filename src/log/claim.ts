import { error, type Fault } from '../kernel/fault.ts';
import { type Disk, readWhole, replaceFile } from './disk.ts';
import { names } from './folder.ts';
import { segmentsOf } from './read.ts';

/** The folder is this log's, or becomes it. */
export async function claim(disk: Disk, origin: string): Promise<Fault | undefined> {
  const bytes = await readWhole(disk, names.origin, 4096);
  const at = { file: names.origin, line: 1, col: 1 };
  if (bytes === undefined) {
    if ((await segmentsOf(disk)).length > 0) return error('LOG_ORIGIN', at, 'is gone, and there are records');
    await replaceFile(
      disk,
      names.origin,
      new TextEncoder().encode(`${origin}
`),
    );
    return undefined;
  }
  const said = bytes === 'too-large' ? '' : Buffer.from(bytes).toString();
  return said === `${origin}\n`
    ? undefined
    : error('LOG_ORIGIN', at, `says \`${said.trim()}\`, and this log is \`${origin}\``);
}
