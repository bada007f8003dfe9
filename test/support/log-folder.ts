/** A log in a test: its key, what it is told, and whether a folder still holds what was promised. */
import { readRecord } from '../../src/kernel/audit.ts';
import { digestOfText } from '../../src/kernel/digest.ts';
import { checkCheckpoint } from '../../src/log/checkpoint.ts';
import type { Disk } from '../../src/log/disk.ts';
import { type Attachment, readDocument } from '../../src/log/facts.ts';
import { names } from '../../src/log/folder.ts';
import type { Appended, LogLimits, LogOptions, NewRecord } from '../../src/log/log.ts';
import { linesOf, segmentsOf } from '../../src/log/read.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { makePrivateKey, type PrivateKey } from '../../src/signing/keys.ts';
import { type NoteKey, noteKey } from '../../src/signing/note.ts';

export const origin = 'nodewright.example/site-7/node-a';
export const startMs = Date.UTC(2026, 2, 4, 10, 15);

export interface LogKey {
  readonly key: NoteKey;
  readonly signer: PrivateKey;
}

export function keyFor(name: string, seed = 1, purpose: NoteKey['purpose'] = 'signature'): LogKey {
  const signer = makePrivateKey('ed25519', (count) => new Uint8Array(count).fill(seed));
  const key = noteKey(name, purpose, signer.public, { file: 'key', line: 1, col: 1 });
  if (!key.ok) throw new Error(JSON.stringify(key.faults));
  return { key: key.value, signer };
}

export function optionsFor(limits: Partial<LogLimits> = {}, clock: { nowMs: number } = { nowMs: startMs }): LogOptions {
  return { origin, nowMs: () => clock.nowMs, signing: keyFor(origin), opened: { by: 'a test' }, limits };
}

export function documentOf(text: string): Attachment {
  return { digest: digestOfText(text), text };
}

/** A decision that names its documents. */
export function decision(
  about: string,
  documents: readonly Attachment[] = [],
  more: Partial<NewRecord> = {},
): NewRecord {
  const at = new Date(startMs).toISOString();
  return {
    body: { kind: 'decision', at, about, names: documents.map(({ digest }) => digest) },
    attachments: documents,
    ...more,
  };
}

export interface Promised extends Appended {
  readonly documents: readonly Attachment[];
}

export interface Held {
  readonly kinds: readonly string[];
  readonly size: number;
  readonly signed: number;
}

/** Reads a folder as a stranger does; throws at the first promise that it breaks. */
export async function heldIn(disk: Disk, promised: readonly Promised[], key = keyFor(origin)): Promise<Held> {
  const digests: string[] = [];
  const kinds: string[] = [];
  const dropped = new Set<string>();
  for (const { name } of await segmentsOf(disk)) {
    for await (const lines of linesOf(disk, name)) {
      for (const { frame } of lines) {
        if (frame === undefined) throw new Error(`a line of ${name} is no record`);
        const read = readRecord(frame.line);
        if (!read.ok) throw new Error(read.fault.says);
        digests.push(frame.digest);
        kinds.push(read.record.kind);
        const { digests: gone } = read.record;
        if (read.record.kind === 'facts-dropped') for (const digest of gone as readonly string[]) dropped.add(digest);
      }
    }
  }
  for (const { sequence, digest, documents } of promised) {
    if (digests[sequence] !== digest) throw new Error(`record ${sequence} was acknowledged and is not there`);
    for (const one of documents) {
      const found = await readDocument(disk, one.digest);
      if (found.kind === 'text' || dropped.has(one.digest)) continue;
      throw new Error(`a document of record ${sequence} is ${found.kind}`);
    }
  }
  const signed = await checkpointIn(disk, key);
  const report = await verifyLog(parts(disk), {
    form: 'framed',
    fixed: signed === undefined ? [] : [{ name: 'the checkpoint', ...signed }],
  });
  if (report.wrong !== undefined) throw new Error(`does not verify: ${JSON.stringify(report.wrong)}`);
  return { kinds, size: digests.length, signed: signed?.size ?? 0 };
}

async function* parts(disk: Disk): AsyncGenerator<{ readonly file: string; readonly bytes: Uint8Array }> {
  for (const { name } of await segmentsOf(disk)) {
    yield { file: name, bytes: await disk.read(name, 0, (await disk.size(name)) ?? 0) };
  }
}

export async function checkpointIn(disk: Disk, { key }: LogKey) {
  const size = await disk.size(names.checkpoint);
  if (size === undefined) return undefined;
  const text = Buffer.from(await disk.read(names.checkpoint, 0, size)).toString();
  const policy = { origin: key.name, logKeys: [key], witnesses: [], witnessesNeeded: 0 };
  const believed = checkCheckpoint({ file: names.checkpoint, text }, policy);
  if (!believed.ok) throw new Error(JSON.stringify(believed.faults));
  return believed.value.checkpoint;
}
