import { describe, expect, test } from 'vitest';
import { clockOf } from '../../../src/sim/clock.ts';
import { eventQueue } from '../../../src/sim/queue.ts';
import { randomOf } from '../../../src/sim/random.ts';

describe('numbers that a seed decides', () => {
  const draw = (seed: number | string): readonly number[] => {
    const random = randomOf(seed);
    return Array.from({ length: 8 }, () => random.below(1_000_000));
  };

  test('are these, on every machine', () => {
    expect(draw(1)).toMatchInlineSnapshot(`
      [
        608134,
        401691,
        729739,
        234655,
        954117,
        503314,
        43954,
        570714,
      ]
    `);
  });
  test('are others for another seed', () => {
    const all = [1, 2, 3, '1/a', '1/b'].map((seed) => draw(seed).join());
    expect(new Set(all).size).toBe(all.length);
  });
  test('of a split stream do not hang on what was drawn before', () => {
    const [fresh, used] = [randomOf(7), randomOf(7)];
    for (let drawn = 0; drawn < 5; drawn += 1) used.below(9);
    expect(used.split('wire').below(1_000_000)).toBe(fresh.split('wire').below(1_000_000));
    expect(fresh.split('wire').below(1_000_000)).not.toBe(fresh.split('world').below(1_000_000));
  });
  test('stay in their bounds and reach both ends', () => {
    const random = randomOf('bounds');
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  });
  test('are spread evenly', () => {
    const random = randomOf('even');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let drawn = 0; drawn < 20_000; drawn += 1) {
      const at = random.below(10);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

describe('the queue', () => {
  test('gives events by moment, and within a moment as they came', () => {
    const queue = eventQueue();
    const seen: string[] = [];
    const random = randomOf('queue');
    const asked = Array.from({ length: 400 }, (_, at) => ({ at: random.below(40), name: at }));
    for (const { at, name } of asked) queue.push(at, () => seen.push(`${at}/${name}`));
    expect(queue.nextAtMs()).toBe(Math.min(...asked.map(({ at }) => at)));
    for (let event = queue.pop(); event !== undefined; event = queue.pop()) event();
    const wanted = asked.toSorted((a, b) => a.at - b.at || a.name - b.name).map(({ at, name }) => `${at}/${name}`);
    expect(seen).toEqual(wanted);
    expect([queue.size, queue.nextAtMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

describe('a clock', () => {
  const start = 1_000_000;

  test('jumps on the wall only', () => {
    const time = { nowMs: start };
    const clock = clockOf(time);
    time.nowMs += 5_000;
    clock.jump(-3_600_000);
    time.nowMs += 1_000;
    expect([clock.wallMs() - start, clock.monotonicMs()]).toEqual([6_000 - 3_600_000, 6_000]);
  });
  test('gains from when it drifts, not before', () => {
    const time = { nowMs: start };
    const clock = clockOf(time);
    time.nowMs += 10_000;
    clock.drift(100_000);
    time.nowMs += 10_000;
    expect([clock.wallMs() - start, clock.monotonicMs(), Math.round(clock.trueMs(1_100))]).toEqual([
      21_000, 21_000, 1_000,
    ]);
    clock.drift(0);
    time.nowMs += 1_000;
    expect(clock.monotonicMs()).toBe(22_000);
  });
  test('counts from nothing after a boot, and keeps the time of day', () => {
    const time = { nowMs: start };
    const clock = clockOf(time);
    time.nowMs += 7_000;
    clock.restart();
    time.nowMs += 2_000;
    expect([clock.monotonicMs(), clock.wallMs() - start]).toEqual([2_000, 9_000]);
  });
});
