import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLog } from '../../../src/log/writer.ts';
import { fileDisk } from '../../../src/platform/file-disk.ts';
import { nwctl, type Ran } from '../../support/console.ts';
import {
  decision,
  documentOf,
  heldIn,
  keyFor,
  optionsFor,
  origin,
  type Promised,
  startMs,
} from '../../support/log-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'nodewright-push-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function write(folder: string, texts: readonly string[]): Promise<readonly Promised[]> {
  const opened = await openLog(fileDisk(folder), optionsFor());
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  const promised: Promised[] = [];
  for (const text of texts) {
    const documents = [documentOf(text)];
    const done = await opened.value.append(decision(text, documents));
    if (done.ok) promised.push({ ...done.value, documents });
  }
  await opened.value.close();
  return promised;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A sink on a port, until the end of the test's act. */
async function whileServing<T>(
  args: readonly string[],
  act: (url: string) => Promise<T>,
): Promise<{ readonly ran: Ran; readonly acted: T }> {
  const stop = new AbortController();
  const port = await freePort();
  const serving = nwctl(['log', 'serve', ...args, '--listen', `127.0.0.1:${port}`], { interrupted: stop.signal });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const acted = await act(url);
  stop.abort();
  return { ran: await serving, acted };
}

const log = join(home, 'log');
const promised = await write(log, ['one', 'two']);
writeFileSync(join(home, 'token'), '0123456789abcdef\n');
writeFileSync(join(home, 'w.key'), keyFor('w', 7, 'cosignature').signer.pem());

test('log push brings a log to log serve, which keeps it in the same form and cosigns', async () => {
  const dir = join(home, 'copies');
  const serve = [
    dir,
    '--log-key',
    join(log, 'key.pub'),
    '--key',
    join(home, 'w.key'),
    '--witness',
    'hub.example',
    '--token-file',
    join(home, 'token'),
  ];
  const { ran, acted } = await whileServing(serve, async (url) => [
    await nwctl(['log', 'push', log, '--to', url]),
    await nwctl(['log', 'push', log, '--to', url, '--token-file', join(home, 'token'), '-o', 'json']),
    await nwctl(['log', 'push', log, '--to', url, '--token-file', join(home, 'token')]),
  ]);
  const [without, first, again] = acted;
  expect(without).toMatchObject({ code: 3, err: expect.stringContaining('SINK_REFUSED') as string });
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(first?.out ?? '')).toMatchObject({
    schemaVersion: 'log-push/v1',
    origin,
    sent: 3,
    waiting: 0,
    trouble: null,
  });
  expect(again).toMatchObject({ code: 0, out: `✓ ${origin}: the sink has 3 records, 0 wait\n` });
  expect(ran.code).toBe(130);
  const copy = /in (\S+)\n/.exec(ran.out)?.[1] ?? '';
  expect((await heldIn(fileDisk(copy), promised)).size).toBe(3);
  expect(readFileSync(join(copy, 'checkpoint'), 'utf8')).toContain('\n— hub.example ');
});

test('a sink that is away: 4, with the age of what waits', async () => {
  const folder = join(home, 'away');
  await write(folder, ['one']);
  const ran = await nwctl(['log', 'push', folder, '--to', `http://127.0.0.1:${await freePort()}`], {
    nowMs: startMs + 3 * 86_400_000,
  });
  expect(ran.code).toBe(4);
  expect(ran.out).toBe(`✗ ${origin}: the sink has 0 records, 2 wait, the oldest of 3d ago\n`);
  expect(ran.err).toContain('SINK_UNHEARD');
});

test('another log under the same origin and key: 3, and the sink stays as it was', async () => {
  const other = join(home, 'other');
  await write(other, ['three', 'four', 'five']);
  const { acted } = await whileServing([join(home, 'forked'), '--log-key', join(log, 'key.pub')], async (url) => [
    await nwctl(['log', 'push', log, '--to', url, '--records-only']),
    await nwctl(['log', 'push', other, '--to', url]),
  ]);
  expect(acted.map(({ code }) => code)).toEqual([0, 3]);
  expect(acted[1]?.err).toContain('SINK_FORK');
});

test('a copy that was damaged is said, and answered for as away; it is not begun anew', async () => {
  const dir = join(home, 'harmed');
  const serve = [dir, '--log-key', join(log, 'key.pub')];
  const { ran } = await whileServing(serve, (url) => nwctl(['log', 'push', log, '--to', url]));
  const copy = /in (\S+)\n/.exec(ran.out)?.[1] ?? '';
  const file = join(copy, 'records-000000000000.ndjson');
  writeFileSync(file, readFileSync(file, 'utf8').replace('one', 'eno'));
  const harmed = await whileServing(serve, (url) => nwctl(['log', 'push', log, '--to', url]));
  expect(harmed.ran.err).toContain('LOG_DAMAGED');
  expect(harmed.acted).toMatchObject({ code: 4, err: expect.stringContaining('HTTP 503') as string });
});

test.each([
  [['log', 'push', log], '--to must name'],
  [['log', 'push', log, '--to', 'hub'], '--to must name'],
  [['log', 'push', log, '--to', 'http://x', '--timeout', 'soon'], '--timeout is no duration'],
  [['log', 'push', join(home, 'none'), '--to', 'http://x'], 'FILE_MISSING'],
  [['log', 'push', log, '--to', 'http://x', '--token-file', join(log, 'origin')], ''],
  [['log', 'serve', join(home, 'x')], '--log-key names no key'],
  [['log', 'serve', join(home, 'x'), '--log-key', join(log, 'checkpoint')], 'NOTE_KEY'],
  [
    ['log', 'serve', join(home, 'x'), '--log-key', join(log, 'key.pub'), '--listen', '8642'],
    '--listen is no HOST:PORT',
  ],
  [
    ['log', 'serve', join(home, 'x'), '--log-key', join(log, 'key.pub'), '--facts-max', '1GB'],
    '--facts-max is no size',
  ],
  [
    ['log', 'serve', join(home, 'x'), '--log-key', join(log, 'key.pub'), '--listen', '203.0.113.1:1'],
    'cannot listen there',
  ],
  [['log', 'serve', join(home, 'x'), '--log-key', join(log, 'key.pub'), '--key', join(home, 'w.key')], '--witness'],
] as const)('%j is refused', async (args, says) => {
  // An origin is printable and long enough, so it passes for a token: then it is the sink that is not there.
  const ran = await nwctl(args);
  expect(ran.code).toBe(args.includes('--token-file') ? 4 : 2);
  expect(ran.err).toContain(says);
  expect(ran.err).not.toContain('bug');
});
