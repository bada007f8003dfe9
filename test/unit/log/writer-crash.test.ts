import { describe, expect, test } from 'vitest';
import { firstOfSegment } from '../../../src/log/folder.ts';
import { openLog } from '../../../src/log/writer.ts';
import { randomOf } from '../../../src/sim/random.ts';
import { decision, documentOf, heldIn, optionsFor, type Promised, startMs } from '../../support/log-folder.ts';
import { SimDisk, type Strike } from '../../support/sim-disk.ts';

/** Small, so that a short life begins segments, signs, and drops documents. */
const limits = { segmentBytesMax: 3000, factsBytesMax: 400, recordsPerCheckpoint: 5 };

/** One life of a process: everything that a log does. `promised` is what it was told is durable. */
async function live(disk: SimDisk, promised: Promised[], name: string): Promise<'ended' | 'refused'> {
  const clock = { nowMs: startMs };
  const opened = await openLog(disk.open(), optionsFor(limits, clock));
  if (!opened.ok) return 'refused';
  const log = opened.value;
  const append = async (about: string, texts: readonly string[]): Promise<void> => {
    const documents = texts.map(documentOf);
    const done = await log.append(decision(about, documents, { workflow: 'flip' }));
    if (done.ok) promised.push({ ...done.value, documents });
  };
  await append(`${name}-0`, ['the profile', `${name}: the first snapshot`]);
  const [last] = promised.slice(-1);
  if (last !== undefined) log.again('flip', last.digest, startMs + 1000);
  await Promise.all(
    [1, 2, 3].map((at) => append(`${name}-${at}`, ['the profile', `${name}: snapshot ${at} ${'x'.repeat(60)}`])),
  );
  await log.checkpoint();
  await Promise.all([4, 5, 6, 7].map((at) => append(`${name}-${at}`, [`${name}: snapshot ${at}`])));
  await log.close();
  return 'ended';
}

async function actsOfALife(): Promise<number> {
  const disk = new SimDisk();
  await live(disk, [], 'a');
  const acts = disk.acts;
  await live(disk, [], 'b');
  return Math.max(acts, disk.acts - acts);
}

const acts = await actsOfALife();
const seeds = [1, 2];

describe('a log whose process dies', () => {
  test.each(['die-before', 'die-half', 'die-after'] as const)(
    '%s any one act: what was acknowledged is there',
    async (how) => {
      let torn = 0;
      for (const seed of seeds) {
        for (let number = 0; number < acts; number += 1) {
          for (const power of ['cut', 'kept'] as const) torn += await dieOnce(seed, number, how, power);
        }
      }
      // What is tested must have happened.
      if (how !== 'die-before') expect(torn).toBeGreaterThan(5);
    },
  );

  test('any one act of putting right what an earlier death left', async () => {
    let tails = 0;
    for (let seed = 0; seed < 120; seed += 1) tails += await dieAndDie(seed);
    expect(tails).toBeGreaterThan(12);
  });
});

/** How many tails were cut off. */
async function dieOnce(seed: number, number: number, how: Strike, power: 'cut' | 'kept'): Promise<number> {
  const says = `seed ${seed}, act ${number}, ${how}, power ${power}`;
  const random = randomOf(`${seed}/${number}/${how}/${power}`);
  const disk = new SimDisk();
  disk.random = () => random.below(1_000_000) / 1_000_000;
  const promised: Promised[] = [];
  // The second life is the one that dies, so that there is something to lose.
  await live(disk, promised, 'a');
  const from = disk.acts;
  disk.strike = (at) => (at === from + number ? how : undefined);
  await Promise.race([live(disk, promised, 'b'), disk.died]);
  if (power === 'cut') disk.crash();
  else disk.kill();
  const torn = hasTornTail(disk);
  expect(await live(disk, promised, 'c'), says).toBe('ended');
  const held = await heldIn(disk.open(), promised).catch((problem: Error) => {
    throw new Error(`${says}: ${problem.message}`);
  });
  expect(held.signed, says).toBe(held.size);
  expect(
    held.kinds.filter((kind) => kind === 'tail-cut'),
    says,
  ).toHaveLength(torn ? 1 : 0);
  return torn ? 1 : 0;
}

async function dieAndDie(seed: number): Promise<number> {
  const random = randomOf(`again ${seed}`);
  const disk = new SimDisk();
  disk.random = () => random.below(1_000_000) / 1_000_000;
  const promised: Promised[] = [];
  let torn = 0;
  for (let life = 0; life < 6; life += 1) {
    const from = disk.acts;
    // Early acts are those of opening.
    const number = from + random.below(life % 2 === 0 ? acts : 25);
    const how = (['die-before', 'die-half', 'die-after'] as const)[random.below(3)];
    disk.strike = (at) => (at === number ? how : undefined);
    const end = await Promise.race([live(disk, promised, `life-${life}`), disk.died]);
    expect(end, `seed ${seed}, life ${life}`).not.toBe('refused');
    if (random.below(2) === 0) disk.crash();
    else disk.kill();
    if (hasTornTail(disk)) torn += 1;
  }
  expect(await live(disk, promised, 'end'), `seed ${seed}`).toBe('ended');
  const held = await heldIn(disk.open(), promised).catch((problem: Error) => {
    throw new Error(`seed ${seed}: ${problem.message}`);
  });
  if (torn > 0) expect(held.kinds, `seed ${seed}`).toContain('tail-cut');
  return torn;
}

/** As a stranger sees it: the last segment does not end in a whole line. */
function hasTornTail(disk: SimDisk): boolean {
  const last = [...disk.files()].filter(([path]) => firstOfSegment(path) !== undefined).at(-1)?.[1];
  if (last === undefined || last.length === 0) return false;
  const lines = Buffer.from(last).toString('latin1').split('\n');
  if (lines.pop() !== '') return true;
  return lines.some((line) => {
    try {
      JSON.parse(line);
      return false;
    } catch {
      return true;
    }
  });
}
