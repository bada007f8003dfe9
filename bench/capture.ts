import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capture } from '../src/capture/capture.ts';
import { openCapture, writeFileAtomically } from '../src/capture/files.ts';
import { packCapture } from '../src/capture/pack.ts';
import type { Raw } from '../src/kernel/raw.ts';
import type { Row } from './row.ts';

const nodes = 1_024;
const bytesWanted = 148_000_000;
const rounds = 5;

/** A site of 1,024 nodes, grown from the shipped calm one: the same content as one JSON document and as a capture, each read
 *  in processes of their own, in turns. */
export async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nodewright-bench-'));
  try {
    const whole = join(folder, 'site.json');
    const packed = join(folder, 'site.ndjson.gz');
    const raws = await grownSite();
    writeWhole(whole, raws);
    const written = await writeFileAtomically(packed, packCapture({ ...empty, raws }));
    if (!written.ok) throw new Error(written.faults[0]?.message);
    const parse: Run[] = [];
    const stream: Run[] = [];
    for (let round = 0; round < rounds; round += 1) {
      parse.push(run('parse', whole));
      stream.push(run('stream', packed));
    }
    const ratio = median(stream.map(({ ms }, round) => ms / (parse[round]?.ms ?? Number.NaN)));
    const peak = Math.max(...stream.map(({ bytesAboveStart }) => bytesAboveStart)) / 1e6;
    const size = `${Math.round(statSync(whole).size / 1e6)} MB of JSON, ${nodes} nodes`;
    return [
      {
        name: `capture: ${size}, against whole-file JSON.parse`,
        figure: ratio,
        unit: '×',
        goal: '≤ 1.0×',
        ok: ratio <= 1,
      },
      {
        name: 'capture: peak of memory above start',
        figure: peak,
        unit: 'MB',
        goal: '≤ 100 MB',
        ok: peak <= 100,
      },
      { name: 'capture: milliseconds to read it', figure: median(stream.map(({ ms }) => ms)), unit: 'ms' },
      {
        name: 'capture: peak of whole-file JSON.parse, for comparison',
        figure: Math.max(...parse.map(({ bytesAboveStart }) => bytesAboveStart)) / 1e6,
        unit: 'MB',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const empty: Capture = {
  name: 'grown',
  takenAtMs: Date.UTC(2026, 10, 21, 9),
  takenBy: 'bench',
  complete: true,
  hasManifest: true,
  raws: [],
  missing: [],
  digest: '',
};

interface Run {
  readonly ms: number;
  readonly bytesAboveStart: number;
  readonly count: number;
}

function run(how: 'parse' | 'stream', file: string): Run {
  const child = spawnSync(process.execPath, ['bench/capture-child.ts', how, file], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Run;
}

/** Every object of the calm site once for every three nodes, under names and identities of its own; then more pods, which
 *  is what big sites have more of, until the size is reached. */
async function grownSite(): Promise<Raw[]> {
  const calm = await openCapture('captures/calm', { stdin: process.stdin, keep: 'all' });
  if (!calm.ok) throw new Error(calm.faults[0]?.message);
  const random = randomFrom(7);
  const copy = (raw: Raw, number: number): Raw => {
    const text = JSON.stringify(raw)
      .replaceAll(/node-[abc]\b/g, (name) => `${name}-${number}`)
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, () => uuid(random))
      .replaceAll(/"resourceVersion":"\d+"/g, () => `"resourceVersion":"${Math.floor(random() * 1e7)}"`);
    const copied = JSON.parse(text) as Raw;
    if (copied.from !== 'object') return copied;
    const { metadata } = copied.object;
    const name = /node-[abc]-\d+$/.test(metadata.name) ? metadata.name : `${metadata.name}-${number}`;
    return { ...copied, object: { ...copied.object, metadata: { ...metadata, name } } };
  };
  const objects = calm.value.raws.filter((raw) => raw.from === 'object');
  const ofHosts = calm.value.raws.filter((raw) => raw.from === 'host' || raw.from === 'observer');
  const grown: Raw[] = calm.value.raws.filter((raw) => raw.from === 'list' || raw.from === 'linstor');
  let bytes = 0;
  const add = (raw: Raw, number: number): void => {
    const copied = copy(raw, number);
    bytes += JSON.stringify(copied).length;
    grown.push(copied);
  };
  const copies = Math.ceil(nodes / 3);
  for (let number = 0; number < copies; number += 1) {
    for (const raw of [...objects, ...ofHosts]) {
      const isLastTwo = number === copies - 1 && JSON.stringify(raw).includes('node-c');
      if (!isLastTwo) add(raw, number);
    }
  }
  const pods = objects.filter((raw) => raw.from === 'object' && raw.object.kind === 'Pod');
  for (let number = copies; bytes < bytesWanted; number += 1) for (const pod of pods) add(pod, number);
  return grown;
}

function writeWhole(path: string, raws: readonly Raw[]): void {
  const file = openSync(path, 'w');
  writeSync(file, '{"kind":"List","apiVersion":"v1","items":[');
  for (const [index, raw] of raws.entries()) writeSync(file, `${index === 0 ? '' : ','}${JSON.stringify(raw)}`);
  writeSync(file, ']}');
  closeSync(file);
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** mulberry32: the same site in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}
