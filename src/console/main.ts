#!/usr/bin/env node
/** The door: what belongs to this process is put together here and handed in. It decides nothing. */
import { basename, dirname } from 'node:path';
import { tooOld } from './runtime.ts';
import { exit, type Sink } from './world.ts';

const refused = tooOld(process.version);
if (refused !== undefined) {
  process.stderr.write(`${refused}\n`);
  process.exit(exit.invalid);
}

// Built, both are one file that `scripts/kept-code.ts` loads.
const [{ diskFrom }, { run }, { outsideOf }] = await Promise.all([
  import('./disk.ts'),
  import('./run.ts'),
  import('./outside.ts'),
]);

/** A reader that went away (`| head`) has all it wanted: that is no failure, and the exit code stays what it would be. */
function sink(stream: NodeJS.WriteStream): Sink {
  let gone = false;
  stream.on('error', (problem: NodeJS.ErrnoException) => {
    gone = true;
    if (problem.code === 'EPIPE' || stream === process.stderr) return;
    process.stderr.write(`what was to be printed could not be written: ${problem.code ?? 'unknown'}\n`);
    process.exitCode = 1;
  });
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    ...(stream.isTTY ? { columns: stream.columns } : {}),
  };
}

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
const called = basename(process.argv[1] ?? '');

const outside = outsideOf(
  () => process.stdin,
  (text) => process.stderr.write(text),
  interrupt.signal,
);
const code = await run(process.argv.slice(2), {
  calledAs: called.startsWith('kubectl-') ? 'kubectl nwctl' : 'nwctl',
  out: sink(process.stdout),
  err: sink(process.stderr),
  // Opened when it is read, not before.
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  cwd: process.cwd(),
  // Unbuilt this file stands in a room of `src/`, built in `dist/` itself.
  disk: diskFrom(basename(import.meta.dirname) === 'console' ? dirname(import.meta.dirname) : import.meta.dirname),
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  runtime: process.version,
  interrupted: interrupt.signal,
  ...outside,
});
await outside.close();
if (interrupt.signal.aborted) process.stderr.write('interrupted\n', () => process.exit(code));
else {
  process.exitCode ??= code;
  // Nothing is under way any more, but what was printed may be, or may have failed. Left to end by itself, the process
  // would first finish a collection of garbage.
  await new Promise(setImmediate);
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
}
