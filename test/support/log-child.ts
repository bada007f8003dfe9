/** A process that does nothing but record, and says on standard output what it was told is durable. It is killed. */
import { writeSync } from 'node:fs';
import { openLog } from '../../src/log/writer.ts';
import { fileDisk } from '../../src/platform/file-disk.ts';
import { decision, documentOf, optionsFor } from './log-folder.ts';

const [folder = '', life = ''] = process.argv.slice(2);
const limits = { segmentBytesMax: 40_000, factsBytesMax: 60_000, recordsPerCheckpoint: 16 };
const opened = await openLog(fileDisk(folder), optionsFor(limits));
if (!opened.ok) {
  writeSync(1, `refused ${JSON.stringify(opened.faults)}\n`);
  process.exit(1);
}
writeSync(1, 'open\n');
const log = opened.value;
for (let at = 0; ; at += 1) {
  await Promise.all(
    [0, 1, 2].map(async (part) => {
      const document = documentOf(`life ${life}, snapshot ${at}.${part} ${'x'.repeat((at * 37) % 900)}`);
      const done = await log.append(decision(`${life}/${at}.${part}`, [document]));
      if (done.ok) writeSync(1, `${done.value.sequence} ${done.value.digest} ${document.digest}\n`);
    }),
  );
}
