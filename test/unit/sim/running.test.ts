import { describe, expect, test } from 'vitest';
import { eventQueue } from '../../../src/sim/queue.ts';
import { type Death, type Running, runningOf } from '../../../src/sim/running.ts';
import { type Fate, send } from '../../../src/sim/wire.ts';

type Ask = { readonly do: string };

/** A program of three instructions, whose disk outlives it. */
function threeSteps(disk: string[], heard: unknown[]): () => Generator<Ask, unknown, string> {
  return function* program() {
    heard.push(`started with [${disk.join(' ')}]`);
    for (const word of ['one', 'two', 'three']) heard.push(yield { do: word });
  };
}

function run(deaths: readonly (readonly [string, Death])[]): { disk: string[]; heard: unknown[]; lives: number } {
  const disk: string[] = [];
  const heard: unknown[] = [];
  const waiting: (() => void)[] = [];
  const left = [...deaths];
  const running: Running<Ask, string> = runningOf('agent', {
    program: threeSteps(disk, heard),
    carryOut(ask, asked, self) {
      disk.push(ask.do);
      waiting.push(() => self.hear(asked, `did ${ask.do}`));
    },
    dies(ask) {
      const [word, death] = left[0] ?? [];
      if (word !== ask.do) return undefined;
      left.shift();
      return death;
    },
  });
  running.start();
  for (let turns = 0; turns < 20; turns += 1) {
    const next = waiting.shift();
    if (next !== undefined) next();
    else if (!running.alive && left.length >= 0 && running.incarnation <= deaths.length) running.start();
  }
  return { disk, heard, lives: running.incarnation };
}

describe('a process', () => {
  test('carries its instructions out one by one, and hears of each', () => {
    const { disk, heard } = run([]);
    expect(disk).toEqual(['one', 'two', 'three']);
    expect(heard).toEqual(['started with []', 'did one', 'did two', 'did three']);
  });
  test.each([
    ['one', 'before', []],
    ['one', 'after', ['one']],
    ['two', 'before', ['one']],
    ['two', 'after', ['one', 'two']],
    ['three', 'before', ['one', 'two']],
    ['three', 'after', ['one', 'two', 'three']],
  ] as const)('killed at `%s`, %s it is carried out, finds on its disk what was done', (word, death, found) => {
    const { disk, heard, lives } = run([[word, death]]);
    expect(heard[heard.findLastIndex((line) => String(line).startsWith('started'))]).toBe(
      `started with [${found.join(' ')}]`,
    );
    expect(disk).toEqual([...found, 'one', 'two', 'three']);
    expect(lives).toBe(2);
  });
  test('does not hear what was answered to a former life, or to an older question', () => {
    const heard: unknown[] = [];
    const asks: number[] = [];
    const running = runningOf<Ask, string>('agent', {
      program: threeSteps([], heard),
      carryOut: (_, asked) => asks.push(asked),
      dies: () => undefined,
    });
    running.start();
    running.kill();
    running.start();
    const [former = 0, present = 0] = asks;
    running.hear(former, 'late');
    running.hear(present, 'first');
    running.hear(present, 'the same again');
    expect(heard).toEqual(['started with []', 'started with []', 'first']);
    expect(running.waitsFor).toEqual({ do: 'two' });
  });
  test('runs nothing more when it is killed, not even what stands under finally', () => {
    let finished = false;
    const running = runningOf<Ask, string>('agent', {
      *program() {
        try {
          yield { do: 'wait' };
        } finally {
          finished = true;
        }
      },
      carryOut: () => {},
      dies: () => undefined,
    });
    running.start();
    running.kill();
    expect([running.alive, finished]).toEqual([false, false]);
  });
});

describe('a request', () => {
  const patienceMs = 10_000;
  const sent = (fate: Fate): { served: number[]; heard: [number, string][] } => {
    const queue = eventQueue();
    let now = 0;
    const served: number[] = [];
    const heard: [number, string][] = [];
    send<string>(fate, {
      later: (afterMs, event) => queue.push(now + afterMs, event),
      patienceMs,
      unheard: 'unheard',
      serve(staleMs) {
        served.push(now);
        return staleMs === 0 ? 'served' : `as of ${staleMs} ago`;
      },
      refuse: (why) => `refused: ${why}`,
      conflict: 'conflict',
      hear: (answer) => heard.push([now, answer]),
    });
    for (
      let at = queue.nextAtMs(), event = queue.pop();
      event !== undefined;
      at = queue.nextAtMs(), event = queue.pop()
    ) {
      now = at;
      event();
    }
    return { served, heard };
  };
  const plain = { thereMs: 2, backMs: 3 };

  test.each<[string, Fate, number[], [number, string][]]>([
    ['arrives and is answered', plain, [2], [[5, 'served']]],
    ['that is lost is not done, and after its time unheard', { ...plain, lost: 'request' }, [], [[10_000, 'unheard']]],
    ['whose answer is lost is done and unheard', { ...plain, lost: 'answer' }, [2], [[10_000, 'unheard']]],
    ['that is late is done after it was given up', { ...plain, thereMs: 12_000 }, [12_000], [[10_000, 'unheard']]],
    ['whose answer is slow is done and unheard', { ...plain, backMs: 12_000 }, [2], [[10_000, 'unheard']]],
    ['that is repeated is done twice, and heard once', { ...plain, againMs: 50 }, [2, 52], [[5, 'served']]],
    ['that is refused is not done', { ...plain, refused: 'no' }, [], [[5, 'refused: no']]],
    ['with a conflict that is none is not done', { ...plain, conflict: true }, [], [[5, 'conflict']]],
    ['that is answered from a cache says so', { ...plain, staleMs: 700 }, [2], [[5, 'as of 700 ago']]],
  ])('%s', (_, fate, served, heard) => {
    expect(sent(fate)).toEqual({ served, heard });
  });
});
