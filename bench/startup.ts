import { spawnSync } from 'node:child_process';
import type { Row } from './row.ts';

const rounds = 15;

/** Whole processes, interleaved, each against bare Node in the same round; the median of the rounds' ratios. */
export async function measure(): Promise<readonly Row[]> {
  const commands = {
    '--help': ['dist/nwctl.js', '--help'],
    'eval on a calm capture': [
      'dist/nwctl.js',
      'eval',
      '--profile',
      'profiles/three-node',
      '--capture',
      'captures/calm',
    ],
  };
  const ratios = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const bare = millisecondsOf(['-e', '0']);
    for (const [name, args] of Object.entries(commands)) ratios.get(name)?.push(millisecondsOf(args) / bare);
  }
  const row = (name: string, most: number): Row => {
    const figure = median(ratios.get(name) ?? []);
    return {
      name: `start: nwctl ${name}, against bare Node`,
      figure,
      unit: '×',
      goal: `≤ ${most}×`,
      ok: figure <= most,
    };
  };
  return [row('--help', 1.6), row('eval on a calm capture', 3)];
}

function millisecondsOf(args: readonly string[]): number {
  const started = performance.now();
  const { error } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (error) throw error;
  return performance.now() - started;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((left, right) => left - right)[figures.length >> 1] ?? Number.NaN;
}
