import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { emptyHead, nextLine, type RecordBody } from '../src/kernel/audit.ts';
import {
  appendLeaf,
  emptyFrontier,
  inclusionProof,
  leafHash,
  provesInclusion,
  rootOf,
  type Tiles,
} from '../src/kernel/merkle.ts';
import { framed } from '../src/log/frame.ts';
import type { Row } from './row.ts';

const size = 1_000_000;
const proofs = 400;

/** A log of a million decisions, as the operator writes them: what it costs to chain a record, to verify them all, to prove one. */
export async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nodewright-bench-'));
  try {
    const log = writeLog(folder);
    const runs = [0, 1, 2].map(() => verification(log.path, log.root));
    const rate = median(runs.map(({ processorMs, records }) => (records / processorMs) * 1000));
    const wallRate = median(runs.map(({ ms, records }) => (records / ms) * 1000));
    const peak = Math.max(...runs.map(({ bytesAboveStart }) => bytesAboveStart)) / 1e6;
    const chain = chainRatio();
    const proofMs = await proving(folder, log.root);
    return [
      {
        name: `log: record to canonical bytes to chain, against canonicalize and SHA-256 (${log.bytes} bytes)`,
        figure: chain,
        unit: '× as fast',
        goal: '≥ 3×',
        ok: chain >= 3,
      },
      {
        name: 'log: verify of 1,000,000 records, by processor time',
        figure: rate,
        unit: 'a second',
        goal: '≥ 200,000',
        ok: rate >= 200_000,
      },
      { name: 'log: the same by the clock, with whatever else the machine did', figure: wallRate, unit: 'a second' },
      { name: 'log: peak of memory above start, of that', figure: peak, unit: 'MB', goal: '≤ 64 MB', ok: peak <= 64 },
      {
        name: 'log: inclusion proof among 1,000,000 records, reading included',
        figure: proofMs,
        unit: 'ms',
        goal: '≤ 5 ms',
        ok: proofMs <= 5,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bodyOf(index: number): RecordBody {
  const digest = (what: string): string => `sha256:${what.repeat(32)}`;
  return {
    at: new Date(Date.UTC(2026, 2, 4) + index * 1000).toISOString(),
    kind: 'decision',
    workflow: 'ReplicationUpgrade/site',
    uid: '5bf4a5d0-1a60-4f7e-9a53-d1ef0a7d6a01',
    epoch: 7,
    askedBy: 'nodewright-operator',
    profile: digest('a1'),
    machine: digest('b2'),
    snapshot: digest('c3'),
    engine: digest('d4'),
    decision: {
      kind: 'hold',
      state: 'AwaitSync',
      overdue: false,
      because: [
        {
          says: 'every replica is UpToDate',
          fact: 'replica.disk',
          object: `pvc-${index}@node-b`,
          detail: 'is Inconsistent, must be UpToDate',
          unknown: false,
        },
      ],
    },
  };
}

/** As the writer frames it, and the kept hashes of its tree, a file a level. */
function writeLog(folder: string): { readonly path: string; readonly root: string; readonly bytes: number } {
  const path = join(folder, 'records.ndjson');
  const file = openSync(path, 'w');
  const levels = [0, 1, 2].map((level) => openSync(join(folder, `${level}`), 'w'));
  const pending: string[] = ['', '', ''];
  let frontier = emptyFrontier;
  let head = emptyHead;
  let text = '';
  let bytes = 0;
  for (let index = 0; index < size; index += 1) {
    const next = nextLine(bodyOf(index), head);
    head = next.head;
    bytes = next.line.length;
    text += framed({ ...next, synced: false });
    frontier = appendLeaf(frontier, leafHash(next.line), (level, _, hash) => {
      pending[level] += hash;
    });
    if (index % 1000 !== 999) continue;
    writeSync(file, text);
    text = '';
    for (const [level, handle] of levels.entries()) writeSync(handle, Buffer.from(pending[level] ?? '', 'hex'));
    pending.fill('');
  }
  for (const handle of [file, ...levels]) closeSync(handle);
  return { path, root: rootOf(frontier), bytes };
}

interface Run {
  readonly ms: number;
  readonly processorMs: number;
  readonly records: number;
  readonly bytesAboveStart: number;
}

function verification(path: string, root: string): Run {
  const child = spawnSync(process.execPath, ['bench/log-child.ts', path, `${size}`, root], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Run;
}

/** By turns in one run: what a chain of the same records costs with the reference implementation and `node:crypto`. Of each the
 *  rounds that were disturbed least count. */
function chainRatio(): number {
  const bodies = Array.from({ length: 2_000 }, (_, index) => bodyOf(index));
  const [ourTimes, theirTimes]: [number[], number[]] = [[], []];
  for (let round = 0; round < 121; round += 1) {
    let head = emptyHead;
    const ours = millisecondsOf(() => {
      for (const body of bodies) head = nextLine(body, head).head;
    });
    let previous: string | null = null;
    const theirs = millisecondsOf(() => {
      for (const [sequence, body] of bodies.entries()) {
        const line = canonicalize({ ...body, previous, sequence, version: 1 }) ?? '';
        previous = `sha256:${createHash('sha256').update(line, 'utf8').digest('hex')}`;
      }
    });
    if (previous !== head.digest) throw new Error('the two chains differ');
    ourTimes.push(ours);
    theirTimes.push(theirs);
  }
  return Math.min(...theirTimes) / Math.min(...ourTimes);
}

async function proving(folder: string, root: string): Promise<number> {
  const tiles: Tiles = {
    read: (level, first, count) => {
      const handle = openSync(join(folder, `${level}`), 'r');
      const bytes = Buffer.alloc(32 * count);
      readSync(handle, bytes, 0, bytes.length, 32 * first);
      closeSync(handle);
      return bytes;
    },
  };
  const times: number[] = [];
  for (let at = 0; at < proofs; at += 1) {
    const index = (at * 2_654_435_761) % size;
    const started = performance.now();
    const path = await inclusionProof(index, size, tiles);
    times.push(performance.now() - started);
    const leaf = Buffer.from(await tiles.read(0, index, 1)).toString('hex');
    if (!provesInclusion(index, size, leaf, path, root)) throw new Error(`no proof of ${index}`);
  }
  return median(times);
}

/** Of the processor, not of the clock on the wall: these are too short to be spared what else the machine does. */
function millisecondsOf(what: () => void): number {
  const before = process.cpuUsage();
  what();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}
