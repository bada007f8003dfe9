/** What it costs to make records durable: many that share a sync, against one sync a record, on the same disk in the same round. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../src/log/log.ts';
import { openLog } from '../src/log/writer.ts';
import { fileDisk } from '../src/platform/file-disk.ts';
import type { Row } from './row.ts';

const rounds = 5;
const [alone, together] = [400, 40_000];
/** As many as wait at once where a site is busy: the next ones come while the disk is syncing. */
const waiting = 2_000;

export async function measure(): Promise<readonly Row[]> {
  // Beside the sources, and not where temporary files may be memory.
  const home = mkdtempSync(join(import.meta.dirname, '..', '.bench-'));
  try {
    const opened = await openLog(fileDisk(join(home, 'log')), {
      origin: 'nodewright.example/bench',
      nowMs: () => 0,
      opened: { by: 'bench' },
    });
    if (!opened.ok) throw new Error(opened.faults.map(({ message }) => message).join('\n'));
    const log = opened.value;
    await oneByOne(log, 50);
    await manyAtOnce(log, waiting);
    const [ones, manies]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      ones.push(alone / (await secondsOf(() => oneByOne(log, alone))));
      manies.push(together / (await secondsOf(() => manyAtOnce(log, together))));
    }
    await log.close();
    const [one, many] = [median(ones), median(manies)];
    const ratio = median(manies.map((figure, at) => figure / (ones[at] ?? 1)));
    return [
      {
        name: 'audit: records made durable together, against one sync a record',
        figure: ratio,
        unit: '×',
        goal: '≥ 20×',
        ok: ratio >= 20,
      },
      { name: 'audit: records made durable together', figure: many, unit: 'a second' },
      { name: 'audit: records made durable one by one', figure: one, unit: 'a second' },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function oneByOne(log: Log, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await append(log, at);
}

async function manyAtOnce(log: Log, count: number): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await append(log, next);
    }
  };
  await Promise.all(Array.from({ length: waiting }, one));
}

/** Of the size that a hold has: about 450 bytes. */
async function append(log: Log, at: number): Promise<void> {
  const done = await log.append({
    body: {
      kind: 'decision',
      at: '2026-03-04T10:15:02.000Z',
      workflow: 'ReplicationUpgrade/site',
      epoch: 3,
      askedBy: 'operator',
      decision: {
        kind: 'hold',
        state: 'AwaitSync',
        overdue: false,
        because: [{ says: `replica.disk of pvc-${at % 100}@node-b is Inconsistent, must be UpToDate`, unknown: false }],
      },
      profile: `sha256:${'a'.repeat(64)}`,
      machine: `sha256:${'b'.repeat(64)}`,
    },
  });
  if (!done.ok) throw new Error(done.faults[0]?.message);
}

async function secondsOf(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
