/** One reading of one file in a process of its own, so that its peak of memory is its own: prints milliseconds, bytes above
 *  the start, and how much was read, as JSON. */
import { readFileSync } from 'node:fs';
import { openCapture } from '../src/capture/files.ts';

const [how = '', path = ''] = process.argv.slice(2);
const startRss = process.memoryUsage.rss();
const started = performance.now();
const count = how === 'parse' ? parseWhole(path) : await readCapture(path);
const ms = performance.now() - started;
process.stdout.write(JSON.stringify({ ms, bytesAboveStart: process.resourceUsage().maxRSS * 1024 - startRss, count }));

function parseWhole(file: string): number {
  return (JSON.parse(readFileSync(file, 'utf8')) as { items: unknown[] }).items.length;
}

async function readCapture(file: string): Promise<number> {
  const capture = await openCapture(file, { stdin: process.stdin });
  if (!capture.ok) throw new Error(JSON.stringify(capture.faults));
  return capture.value.raws.length;
}
