import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileDisk } from '../../../src/platform/file-disk.ts';
import { randomOf } from '../../../src/sim/random.ts';
import { heldIn, type Promised } from '../../support/log-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'nodewright-killed-'));
const child = join(home, 'child.mjs');
const kills = 200;

beforeAll(async () => {
  const entry = join(import.meta.dirname, '../../support/log-child.ts');
  await build({
    entryPoints: [entry],
    outfile: child,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

// Two at a time: they take turns at waiting for the disk.
test.concurrent.each(['one', 'another'])(
  'a process killed %s 100 times loses nothing that it was told is durable',
  async (name) => {
    const folder = join(home, name);
    const random = randomOf(name);
    const promised: Promised[] = [];
    for (let life = 0; life < kills / 2; life += 1) {
      // Some die while they open, some in their first batch, most somewhere later.
      const lines = await lifeOf(folder, life, random.below(10) === 0 ? 'at once' : random.below(40));
      for (const line of lines) {
        const [sequence, digest = '', document = ''] = line.split(' ');
        expect(line, `life ${life}`).not.toMatch(/^refused/);
        promised.push({ sequence: Number(sequence), digest, documents: [{ digest: document, text: '' }] });
      }
    }
    expect(promised.length).toBeGreaterThan(kills / 2);
    const held = await heldIn(fileDisk(folder), promised);
    expect(held.size).toBeGreaterThanOrEqual(promised.length);
    expect(held.signed).toBeGreaterThan(0);
    // The dead let the folder go, each to the next; whether a batch was torn is as chance has it.
    expect(held.kinds.filter((kind) => kind === 'opened').length).toBeGreaterThan(kills / 4);
  },
  120_000,
);

/** What it said until it was killed, the half line at the end left out. */
function lifeOf(folder: string, life: number, patienceMs: number | 'at once'): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const process = spawn(globalThis.process.execPath, [child, folder, String(life)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    const kill = (): void => {
      process.kill('SIGKILL');
    };
    if (patienceMs === 'at once') setTimeout(kill, 45);
    process.stdout.on('data', (part: Buffer) => {
      if (said === '' && patienceMs !== 'at once') setTimeout(kill, patienceMs);
      said += part.toString();
    });
    process.on('error', reject);
    process.on('close', () =>
      resolve(
        said
          .split('\n')
          .slice(0, -1)
          .filter((line) => line !== 'open'),
      ),
    );
  });
}
