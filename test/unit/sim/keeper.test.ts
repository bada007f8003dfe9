import { expect, test } from 'vitest';
import type { RecordInstruction } from '../../../src/actuators/instruction.ts';
import type { RecordBody } from '../../../src/kernel/audit.ts';
import { digestOfText } from '../../../src/kernel/digest.ts';
import { recordLines } from '../../../src/log/read.ts';
import { openLog } from '../../../src/log/writer.ts';
import { type Keeper, lightKeeper, logKeeper } from '../../../src/sim/keeper.ts';
import { optionsFor } from '../../support/log-folder.ts';
import { SimDisk } from '../../support/sim-disk.ts';

const at = '2026-03-04T10:15:00.000Z';
const startMs = Date.parse(at);
const body = (more: object = {}): RecordBody => ({ kind: 'decision', at, ...more });
const decision = (about: string, of: RecordBody = body({ about })): RecordInstruction => ({
  do: 'record',
  body: of,
  documents: () => [{ digest: digestOfText(about), text: about }],
  workflow: 'one',
});

async function digestOf(keeper: Keeper, operator: string, about: string): Promise<string> {
  const answer = await keeper.record(operator, decision(about));
  if (answer.kind !== 'recorded') throw new Error(answer.kind);
  return answer.digest;
}

function onDisk(): { readonly keeper: Keeper; readonly disks: ReadonlyMap<string, SimDisk> } {
  const disks = new Map<string, SimDisk>();
  const keeper = logKeeper(async (operator) => {
    const disk = new SimDisk();
    disks.set(operator, disk);
    const log = await openLog(disk.open(), optionsFor());
    if (!log.ok) throw new Error('no log');
    return log.value;
  });
  return { keeper, disks };
}

test.each([
  { says: 'in memory', make: lightKeeper },
  { says: 'on disk', make: () => onDisk().keeper },
])(
  '$says: each operator has a log of its own, and the same decision again is a count of its last record',
  async ({ make }) => {
    const keeper = make();
    const first = await digestOf(keeper, 'operator-1', 'one');
    expect(keeper.again('operator-1', 'one', first, startMs)).toBe(true);
    expect(keeper.again('operator-2', 'one', first, startMs)).toBe(false);
    expect(keeper.again('operator-1', 'two', first, startMs)).toBe(false);
    const second = await digestOf(keeper, 'operator-1', 'two');
    expect(second).not.toBe(first);
    expect(keeper.again('operator-1', 'one', first, startMs)).toBe(false);
    expect(keeper.again('operator-1', 'one', second, startMs)).toBe(true);
  },
);

test.each([
  { says: 'in memory', make: lightKeeper },
  { says: 'on disk', make: () => onDisk().keeper },
])('$says: what can be no record is refused', async ({ make }) => {
  const answer = await make().record('operator-1', decision('one', body({ at: 'never' })));
  expect(answer).toMatchObject({ kind: 'refused' });
});

test('the next record of a workflow says how often the one before it was made again, and when last', async () => {
  const { keeper, disks } = onDisk();
  const first = await digestOf(keeper, 'operator-1', 'one');
  for (const afterMs of [1_000, 7_000]) keeper.again('operator-1', 'one', first, startMs + afterMs);
  await digestOf(keeper, 'operator-1', 'two');
  await digestOf(keeper, 'operator-1', 'three');
  await keeper.close();
  const disk = disks.get('operator-1')?.open();
  if (disk === undefined) throw new Error('no log was begun');
  const lines: string[] = [];
  for await (const some of recordLines(disk, 0, 4)) lines.push(...some);
  const befores = lines.map((line) => (JSON.parse(line) as { before?: unknown }).before);
  expect(befores).toEqual([undefined, undefined, { again: 2, last: '2026-03-04T10:15:07.000Z' }, undefined]);
});
