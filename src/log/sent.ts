import { canonical } from '../kernel/digest.ts';
import { type Hash, isSize } from '../kernel/merkle.ts';
import { type Disk, readWhole, replaceFile } from './disk.ts';
import { names } from './folder.ts';
import type { Covered } from './records.ts';

/** How far the external sink has it, as it acknowledged last and as it was checked. */
export interface Sent {
  readonly size: number;
  readonly root: Hash;
  /** Of those, how many records had all their documents sent, as far as they are. */
  readonly facts: number;
  /** When it was acknowledged. */
  readonly atMs: number;
}

const bytesMax = 1 << 12;

/** What `sent.json` says; undefined where there is none, or none that can be read: then the sink is asked. */
export async function readSent(disk: Disk): Promise<Sent | undefined> {
  const bytes = await readWhole(disk, names.sent, bytesMax);
  if (bytes === undefined || bytes === 'too-large') return undefined;
  try {
    const { version, size, root, facts, atMs } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    const sizes = [size, facts].every((one) => typeof one === 'number' && isSize(one));
    if (version !== 1 || !sizes || typeof atMs !== 'number' || !/^[0-9a-f]{64}$/.test(String(root))) return undefined;
    return { size: size as number, root: root as string, facts: facts as number, atMs };
  } catch {
    return undefined;
  }
}

export async function writeSent(disk: Disk, { size, root, facts, atMs }: Sent): Promise<void> {
  const text = canonical({ version: 1, size, root, facts, atMs });
  await replaceFile(disk, names.sent, new TextEncoder().encode(`${text}\n`));
}

/** The log may not go back behind what it has sent. */
export function coveredBySink(sent: Sent | undefined): readonly Covered[] {
  return sent === undefined ? [] : [{ size: sent.size, root: sent.root, says: 'the external sink' }];
}
