import { beforeEach, expect, test } from 'vitest';
import { bundleLines, planBundle, storedInBundle } from '../../../src/log/bundle.ts';
import { type CheckAsked, checkLog } from '../../../src/log/check.ts';
import { DiskError } from '../../../src/log/disk.ts';
import { type StoredLog, storedIn } from '../../../src/log/stored.ts';
import { fileDisk } from '../../../src/platform/file-disk.ts';
import { begins, flips, profile, rests, waits, writeDecisions } from '../../support/decided-log.ts';
import { folderWith } from '../../support/folder.ts';
import { documentOf, origin, startMs } from '../../support/log-folder.ts';

/** Whoever reads a log may meet its writer at work. */
const asked: CheckAsked = { logKeys: undefined, witnesses: [], witnessesNeeded: 0, kept: [], documents: true };
let folder = '';
let log: StoredLog;
let clock = { nowMs: startMs };

beforeEach(async () => {
  folder = folderWith();
  clock = { nowMs: startMs };
  await writeDecisions(folder, [begins, flips, waits], { origin, clock });
  log = await storedIn(fileDisk(folder));
});

/** The writer goes on, with documents that were not there before, and drops old ones. */
function goesOn(factsBytesMax = 1 << 20): Promise<unknown> {
  const documents = [documentOf(`{"facts":{},"populations":{},"at":${clock.nowMs}}`), profile];
  return writeDecisions(folder, [{ ...rests, documents }], { origin, clock, limits: { factsBytesMax } });
}

async function all<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

test('a log that nobody writes is right', async () => {
  expect(await checkLog(log, asked)).toMatchObject({ wrong: [], unknown: [], keys: 'own', documents: { right: 3 } });
});

test('what is decided while its documents are looked at is not missed', async () => {
  const busy: StoredLog = {
    ...log,
    async *documents() {
      yield* log.documents();
      await goesOn();
    },
  };
  expect(await checkLog(busy, asked)).toMatchObject({ wrong: [], report: { records: 4 }, documents: { right: 3 } });
  expect(await checkLog(log, asked)).toMatchObject({ wrong: [], report: { records: 6 }, documents: { right: 4 } });
});

test('what is dropped before its documents are looked at is not missed', async () => {
  const busy: StoredLog = {
    ...log,
    async *documents() {
      await goesOn(100);
      yield* log.documents();
    },
  };
  const { wrong, documents } = await checkLog(busy, asked);
  expect(wrong).toEqual([]);
  expect(documents?.dropped).toBeGreaterThan(0);
});

test('what is dropped while its documents are looked at is not taken for another', async () => {
  let isFirst = true;
  const busy: StoredLog = {
    ...log,
    async *documents() {
      const before = await all(log.documents());
      if (isFirst) await goesOn(100);
      isFirst = false;
      yield* before;
    },
  };
  const { wrong, documents } = await checkLog(busy, asked);
  expect(wrong).toEqual([]);
  expect(documents?.dropped).toBeGreaterThan(0);
});

test('what is dropped between two reads of it is not there', async () => {
  const disk = fileDisk(folder);
  const read: typeof disk.read = (path, ...where) =>
    path.startsWith('facts/') ? Promise.reject(new DiskError('missing', `read ${path}`)) : disk.read(path, ...where);
  const busy = await storedIn({ ...disk, read });
  expect(await busy.document(profile.digest)).toEqual({ kind: 'missing' });
  const failing = await storedIn({
    ...disk,
    read: (path, ...where) =>
      path.startsWith('facts/') ? Promise.reject(new DiskError('io', `read ${path}`)) : disk.read(path, ...where),
  });
  await expect(failing.document(profile.digest)).rejects.toThrow('the disk failed');
});

test('a checkpoint that is signed while the older ones are read is no older one', async () => {
  let texts = 0;
  const busy: StoredLog = {
    ...log,
    async text(what) {
      const text = await log.text(what);
      if (what.startsWith('checkpoint')) {
        texts += 1;
        if (texts === 1) await goesOn();
      }
      return text;
    },
  };
  const { wrong, report } = await checkLog(busy, asked);
  expect({ wrong, texts, records: report.records }).toEqual({ wrong: [], texts: 2, records: 6 });
});

test('an export that is planned while the log grows speaks of no more than it holds', async () => {
  const busy: StoredLog = {
    ...log,
    async *lines() {
      yield* log.lines();
      await goesOn();
    },
  };
  const bundle = await planBundle(busy, undefined);
  if (!bundle.ok) throw new Error('not planned');
  const bytes = Buffer.from((await all(bundleLines(log, bundle.value))).join(''));
  const read = (offset: number, count: number) => Promise.resolve(bytes.subarray(offset, offset + count));
  const stored = await storedInBundle({ name: 'log', read });
  if (!stored.ok) throw new Error('not read');
  expect(await checkLog(stored.value, asked)).toMatchObject({ wrong: [], report: { records: 4 } });
});

test('an export is not written from a log that became shorter', async () => {
  const bundle = await planBundle(log, undefined);
  if (!bundle.ok) throw new Error('not planned');
  const shorter: StoredLog = {
    ...log,
    async *lines() {
      for await (const lines of log.lines()) yield lines.slice(0, 2);
    },
  };
  await expect(all(bundleLines(shorter, bundle.value))).rejects.toThrow('2 records are not there any more');
  const emptier: StoredLog = { ...log, document: () => Promise.resolve({ kind: 'missing' }) };
  await expect(all(bundleLines(emptier, bundle.value))).rejects.toThrow('is not there any more');
});

test('an export that is read in the smallest pieces is the same', async () => {
  const bundle = await planBundle(log, undefined);
  if (!bundle.ok) throw new Error('not planned');
  const bytes = Buffer.from((await all(bundleLines(log, bundle.value))).join(''));
  for (const piece of [1, 7, 64]) {
    const read = (offset: number, count: number) =>
      Promise.resolve(bytes.subarray(offset, offset + Math.min(count, piece)));
    const stored = await storedInBundle({ name: 'log', read });
    if (!stored.ok) throw new Error('not read');
    expect(await checkLog(stored.value, asked)).toMatchObject({ wrong: [], documents: { right: 3 } });
    expect((await all(stored.value.lines())).flat()).toEqual((await all(log.lines())).flat());
  }
});
