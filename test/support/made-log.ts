import { emptyHead, type Head, nextLine, type RecordBody } from '../../src/kernel/audit.ts';
import { appendLeaf, emptyFrontier, type Frontier, leafHash, rootOf } from '../../src/kernel/merkle.ts';
import { type Checkpoint, signCheckpoint } from '../../src/log/checkpoint.ts';
import { framed } from '../../src/log/frame.ts';
import { makePrivateKey, type PrivateKey } from '../../src/signing/keys.ts';
import { type NoteKey, type NotePurpose, noteKey } from '../../src/signing/note.ts';
import { TilesInMemory } from './tiles-in-memory.ts';

export const madeOrigin = 'nodewright.example/site-7/node-a';
export const nowhere = { file: 'checkpoint', line: 1, col: 1 };

export interface MadeLog {
  readonly lines: readonly string[];
  readonly heads: readonly Head[];
  /** The tree after so many records. */
  readonly frontiers: readonly Frontier[];
  readonly tiles: TilesInMemory;
}

/** A log of so many records, a second apart. */
export function makeLog(count: number, body: (index: number) => Partial<RecordBody> = () => ({})): MadeLog {
  const tiles = new TilesInMemory();
  const [lines, heads, frontiers]: [string[], Head[], Frontier[]] = [[], [], [emptyFrontier]];
  let head = emptyHead;
  for (let index = 0; index < count; index += 1) {
    const at = new Date(Date.UTC(2026, 2, 4, 10, 15, index)).toISOString();
    const next = nextLine({ kind: 'decision', at, says: `hold ${index}`, ...body(index) }, head);
    head = next.head;
    lines.push(next.line);
    heads.push(head);
    frontiers.push(appendLeaf(frontiers[index] as Frontier, leafHash(next.line), tiles.keep));
  }
  return { lines, heads, frontiers, tiles };
}

export function checkpointOf({ frontiers }: MadeLog, size: number): Checkpoint {
  return { origin: madeOrigin, size, root: rootOf(frontiers[size] as Frontier) };
}

export function framedText(lines: readonly string[], heads: readonly Head[]): string {
  return lines.map((line, at) => framed({ line, digest: heads[at]?.digest ?? '', synced: at % 3 === 0 })).join('');
}

/** The same key in every run. */
export function madeKey(
  seed: number,
  name = madeOrigin,
  purpose: NotePurpose = 'signature',
): NoteKey & { readonly signer: PrivateKey } {
  const signer = makePrivateKey('ed25519', (length) => new Uint8Array(length).fill(seed));
  const key = noteKey(name, purpose, signer.public, nowhere);
  if (!key.ok) throw new Error(key.faults[0]?.message);
  return { ...key.value, signer };
}

export async function signedCheckpoint(log: MadeLog, size: number, key = madeKey(1)): Promise<string> {
  const note = await signCheckpoint(checkpointOf(log, size), key, key.signer, nowhere);
  if (!note.ok) throw new Error(note.faults[0]?.message);
  return note.value;
}
