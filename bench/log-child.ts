/** One verification of one log in a process of its own, so that its peak of memory is its own: prints milliseconds of the clock and
 *  of the processor, how many records were right, and bytes above the start, as JSON. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type Part, verifyLog } from '../src/log/verify.ts';

const [path = '', size = '', root = ''] = process.argv.slice(2);
const startRss = process.memoryUsage.rss();
const processor = process.cpuUsage();
const started = performance.now();
const { records, fixedTo, wrong } = await verifyLog(parts(path), {
  form: 'framed',
  fixed: [{ name: 'the checkpoint', size: Number(size), root }],
});
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(processor);
if (wrong !== undefined || fixedTo !== Number(size)) throw new Error(JSON.stringify(wrong));
process.stdout.write(
  JSON.stringify({
    ms,
    processorMs: (user + system) / 1000,
    records,
    bytesAboveStart: process.resourceUsage().maxRSS * 1024 - startRss,
  }),
);

function* parts(file: string): Generator<Part> {
  const handle = openSync(file, 'r');
  const bytes = Buffer.alloc(1 << 20);
  for (let count = readSync(handle, bytes); count > 0; count = readSync(handle, bytes)) {
    yield { file, bytes: bytes.subarray(0, count) };
  }
  closeSync(handle);
}
