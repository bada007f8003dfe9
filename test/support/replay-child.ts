/** Replays what it is sent, a run a line: `{documents: [[digest, text]…], lines: […]}`. Says after each `[same, others]`, and at the end
 *  goes away. It is its own process so that its time zone, its locale and its Node can be others than those that decided. */
import { createInterface } from 'node:readline';
import { decidedIn, Replayer } from '../../src/operator/replay.ts';

interface Sent {
  readonly documents: readonly (readonly [string, string])[];
  readonly lines: readonly string[];
}

const documents = new Map<string, string>();
const replayer = new Replayer((digest) => {
  const text = documents.get(digest);
  return Promise.resolve(text === undefined ? { kind: 'missing' } : { kind: 'text', text });
});

for await (const text of createInterface({ input: process.stdin })) {
  const sent = JSON.parse(text) as Sent;
  documents.clear();
  for (const [digest, document] of sent.documents) documents.set(digest, document);
  let same = 0;
  const others: string[] = [];
  for (const line of sent.lines) {
    const decided = decidedIn(line);
    const came = 'not' in decided ? { kind: 'unread', says: decided.not } : await replayer.replay(decided);
    if (came.kind === 'same') same += 1;
    else others.push(`${line.slice(0, 200)} → ${JSON.stringify(came).slice(0, 2_000)}`);
  }
  const where = `${new Date(1_700_000_000_000).toString()} ${(1234.5).toLocaleString()} ${process.version}`;
  process.stdout.write(`${JSON.stringify({ same, others, where })}\n`);
}
