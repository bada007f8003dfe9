import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, storedInBundle } from '../../src/log/bundle.ts';
import { checkLog } from '../../src/log/check.ts';
import { checkProof } from '../../src/log/prove.ts';
import { formatNoteKey } from '../../src/signing/note.ts';
import { nwctl } from '../support/console.ts';
import { begins, rests, writeDecisions } from '../support/decided-log.ts';
import { folderWith } from '../support/folder.ts';
import { keyFor } from '../support/log-folder.ts';

/** Of a small log every byte: whoever lays hands on one is found out. */
const root = folderWith();
const log = join(root, 'log');
const bundle = join(root, 'log.ndjson');
const { key } = keyFor('nodewright.example/site-7/node-a');
const records = 'records-000000000000.ndjson';
/** What a verification rests on. What it does not: counts that nobody signs (still.json), and hashes that are made anew (tree/). */
const files = ['origin', 'key.pub', 'checkpoint', 'checkpoints.ndjson', records];
/** Of these three each can only be wrong as the others see it. */
const names = files.slice(0, 3);

beforeAll(async () => {
  await writeDecisions(log, [begins, rests]);
  const text = readFileSync(join(log, records), 'utf8');
  const digests = new Set([...text.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, hex = '']) => hex));
  files.push(
    ...[...digests].map((hex) => `facts/${hex.slice(0, 2)}/${hex}`).filter((file) => existsSync(join(log, file))),
  );
  expect(files).toHaveLength(7);
  expect((await nwctl(['log', 'export', log, '-o', bundle])).code).toBe(0);
  expect((await nwctl(['log', 'verify', log])).code).toBe(0);
  expect((await nwctl(['log', 'verify', bundle])).code).toBe(0);
});

function flipped(whole: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(whole).fill((whole[at] ?? 0) ^ (1 << (at % 8)), at, at + 1);
}

interface Said {
  readonly logs: readonly { readonly wrong: readonly { file: string; record: number | null; offset: number }[] }[];
}

/** From the command line; what it says of the first thing that is wrong. */
async function verified(
  ...args: readonly string[]
): Promise<{ code: number; wrong: Said['logs'][number]['wrong'][0] | undefined }> {
  const { code, out, err } = await nwctl(['log', 'verify', log, '-o', 'json', ...args]);
  if (err !== '') throw new Error(err);
  return { code, wrong: (JSON.parse(out) as Said).logs[0]?.wrong[0] };
}

async function everyByte(some: readonly string[], ...args: readonly string[]): Promise<readonly string[]> {
  const unseen: string[] = [];
  for (const file of some) {
    const path = join(log, file);
    const whole = readFileSync(path);
    const text = whole.toString('latin1');
    for (let at = 0; at < whole.length; at += 1) {
      writeFileSync(path, flipped(whole, at));
      const { code, wrong } = await verified(...args);
      const record = text.slice(0, at).split('\n').length - 1;
      const [start, end] = [text.lastIndexOf('\n', at - 1) + 1, text.indexOf('\n', at)];
      const isThere =
        file === records
          ? wrong?.record === record && wrong.offset >= start && wrong.offset <= end
          : wrong?.file === file ||
            (names.includes(file) && names.includes(wrong?.file ?? '')) ||
            wrong?.file.startsWith(file) === true;
      if (code !== 3 || !isThere) unseen.push(`${file}, byte ${at}: ${code} ${JSON.stringify(wrong)}`);
    }
    writeFileSync(path, whole);
  }
  return unseen;
}

describe('a log of which one byte is another', () => {
  test('is found out at every byte, from the command line, and at which record', async () => {
    expect(await everyByte(files)).toEqual([]);
  }, 120_000);

  test('also by whoever brings the key along', async () => {
    expect(await everyByte(names, '--log-key', formatNoteKey(key))).toEqual([]);
  }, 60_000);

  test('is found out in the exported file too, but in the counts that nobody signs', async () => {
    const whole = readFileSync(bundle);
    const text = whole.toString('latin1');
    const [from, to] = [text.indexOf('"still":'), text.indexOf(',"version":1}\n')];
    const by = { logKeys: [key], witnesses: [], witnessesNeeded: 0, kept: [], documents: true };
    const unseen: string[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      if (at > from && at < to) continue;
      const bytes = flipped(whole, at);
      const read: Bytes = {
        name: 'log',
        read: (first, count) => Promise.resolve(bytes.subarray(first, first + count)),
      };
      const stored = await storedInBundle(read);
      if (stored.ok && (await checkLog(stored.value, by)).wrong.length === 0) unseen.push(`byte ${at}`);
    }
    expect(unseen).toEqual([]);
    writeFileSync(bundle, flipped(whole, 5));
    expect(await nwctl(['log', 'verify', bundle])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('LOG_EXPORT') as string,
    });
    writeFileSync(bundle, flipped(whole, text.indexOf('PreconditionsCheck')));
    expect(await nwctl(['log', 'verify', bundle])).toMatchObject({
      code: 3,
      out: expect.stringContaining('record 1') as string,
    });
    writeFileSync(bundle, whole);
  }, 60_000);

  test('is found out in a proof', async () => {
    const { out } = await nwctl(['log', 'prove', '2', '--log', log]);
    const whole = Buffer.from(out);
    const trusted = { logKeys: [key], witnesses: [], witnessesNeeded: 0 };
    expect(checkProof({ file: 'proof', text: out }, trusted).ok).toBe(true);
    const unseen: number[] = [];
    // Whether a line break ends it says nothing.
    for (let at = 0; at < whole.length - 1; at += 1) {
      const text = Buffer.from(flipped(whole, at)).toString();
      if (checkProof({ file: 'proof', text }, trusted).ok) unseen.push(at);
    }
    expect(unseen).toEqual([]);
    const stdin = flipped(whole, 200);
    expect(await nwctl(['log', 'check-proof', '-'], { stdin })).toMatchObject({ code: 3, out: '' });
  }, 60_000);
});

describe('a log of which a piece is missing, or one too many', () => {
  test('is wrong wherever a file is cut off', async () => {
    const unseen: string[] = [];
    for (const file of files) {
      // An older history proves as much, and its last line may be torn by a death.
      if (file === 'checkpoints.ndjson') continue;
      const path = join(log, file);
      const whole = readFileSync(path);
      for (let end = 0; end < whole.length; end += 17) {
        truncateSync(path, end);
        if ((await verified()).code !== 3) unseen.push(`${file} cut at ${end}`);
        writeFileSync(path, whole);
      }
    }
    expect(unseen).toEqual([]);
  }, 60_000);

  test('is wrong without any of its files, or says what it does not know', async () => {
    const codes: Record<string, number> = {};
    for (const file of files) {
      const path = join(log, file);
      const whole = readFileSync(path);
      rmSync(path);
      codes[file.startsWith('facts/') ? 'a document' : file] = (await verified()).code;
      writeFileSync(path, whole);
    }
    expect(codes).toEqual({
      origin: 3,
      // Nobody knows whose signature to look for.
      'key.pub': 4,
      checkpoint: 3,
      // It is a memory: what it says can be proved from the records.
      'checkpoints.ndjson': 0,
      [records]: 3,
      'a document': 3,
    });
  });

  test('is wrong with a record repeated, exchanged or left out', async () => {
    const path = join(log, records);
    const whole = readFileSync(path, 'utf8');
    const [first = '', second = '', third = ''] = whole.split('\n');
    const found: unknown[] = [];
    for (const lines of [
      [first, second, third, third],
      [first, third, second],
      [first, third],
      [second, third],
      [first, second],
    ]) {
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
      const { code, wrong } = await verified();
      found.push([code, wrong?.record]);
    }
    writeFileSync(path, whole);
    expect(found).toEqual([
      [3, 3],
      [3, 1],
      [3, 1],
      [3, 0],
      [3, 2],
    ]);
    appendFileSync(path, 'x');
    expect(await verified()).toMatchObject({ code: 3, wrong: { code: 'LOG_TORN', record: 3 } });
    writeFileSync(path, whole);
  });

  test('is wrong, exported, with a line exchanged, repeated, put in or left out', async () => {
    const lines = readFileSync(bundle, 'utf8').split('\n').slice(0, -1);
    const [head = '', first = '', second = '', third = '', one = '', two = '', last = '', ...rest] = lines;
    expect(rest).toEqual([]);
    const bundles: readonly (readonly string[])[] = [
      [first, second, third, two, one, last],
      [first, second, third, one, one, last],
      [first, second, third, one, two, two, last],
      [first, second, third, one, two],
      [first, second, third, one, two, last, 'x'],
      [first, second, third, one, two, last, ''],
      [first, second, one, two, last],
      [first, second, third, third, one, two, last],
      [second, first, third, one, two, last],
      [first, second, one, third, two, last],
      [],
    ];
    const codes: number[] = [];
    for (const more of bundles) {
      writeFileSync(bundle, [head, ...more, ''].join('\n'));
      codes.push((await nwctl(['log', 'verify', bundle])).code);
    }
    writeFileSync(bundle, [...lines, ''].join('\n').slice(0, -1));
    codes.push((await nwctl(['log', 'verify', bundle])).code);
    writeFileSync(bundle, [...lines, ''].join('\n'));
    codes.push((await nwctl(['log', 'verify', bundle])).code);
    expect(codes).toEqual([...bundles.map(() => 3), 3, 0]);
  });
});
