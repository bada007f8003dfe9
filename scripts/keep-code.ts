/** Run by the build, as a process of its own: does once what people do most, and keeps the code that V8 compiled for it
 *  beside the files it was compiled of. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Script } from 'node:vm';
import type { diskFrom as DiskFrom } from '../src/console/disk.ts';
import type { outsideOf as OutsideOf } from '../src/console/outside.ts';
import type { run as Run } from '../src/console/run.ts';
import { keptIn } from './kept-code.ts';

const site = ['--profile', 'profiles/three-node', '--capture', 'captures/calm'];
const tour: readonly (readonly string[])[] = [['--help'], ['eval', ...site], ['check', 'profiles/three-node']];

// What is not used for a while would be forgotten before it can be kept.
setFlagsFromString('--no-flush-bytecode');
const dist = join(import.meta.dirname, '..', 'dist');
const scripts = new Map<string, Script>();
const { diskFrom, run, outsideOf } = keptIn(dist, (name, script) => scripts.set(name, script))('door') as {
  readonly diskFrom: typeof DiskFrom;
  readonly run: typeof Run;
  readonly outsideOf: typeof OutsideOf;
};
const { signal } = new AbortController();
const silent = { write: () => undefined, isTerminal: false };
for (const args of tour) {
  // Whatever it answers: tests say whether that is right.
  await run(args, {
    calledAs: 'nwctl',
    out: silent,
    err: silent,
    stdin: process.stdin,
    env: {},
    cwd: process.cwd(),
    disk: diskFrom(dist),
    nowMs: () => 0,
    monotonicMs: () => 0,
    runtime: process.version,
    interrupted: signal,
    ...outsideOf(
      () => process.stdin,
      () => undefined,
      signal,
    ),
  });
}
// Code is taken only under the flags that it was made with.
setFlagsFromString('--flush-bytecode');
for (const [name, script] of scripts) writeFileSync(join(dist, `${name}.code`), script.createCachedData());
const again = keptIn(dist, (name, { cachedDataRejected }) => {
  if (cachedDataRejected !== false) throw new Error(`V8 does not take the code that was kept of ${name}`);
});
for (const name of scripts.keys()) again(name);
process.exit(0);
