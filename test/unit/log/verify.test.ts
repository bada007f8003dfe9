import { describe, expect, test } from 'vitest';
import { emptyHead, nextLine, type RecordBody } from '../../../src/kernel/audit.ts';
import { emptyRoot } from '../../../src/kernel/merkle.ts';
import { framed } from '../../../src/log/frame.ts';
import { type Fixed, type LogReport, type Part, verifyLog } from '../../../src/log/verify.ts';
import { checkpointOf, framedText, makeLog } from '../../support/made-log.ts';
import { TilesInMemory } from '../../support/tiles-in-memory.ts';

const file = 'records-000000000000.ndjson';
const size = 6;
const log = makeLog(size);
const fixedAt = (...sizes: readonly number[]): Fixed[] =>
  sizes.map((at) => ({ ...checkpointOf(log, at), name: `the checkpoint at ${at}` }));
const bytesOf = {
  framed: Buffer.from(framedText(log.lines, log.heads)),
  bare: Buffer.from(`${log.lines.join('\n')}\n`),
};

function verify(
  bytes: Uint8Array | string,
  fixed: readonly Fixed[],
  form: 'framed' | 'bare' = 'bare',
): Promise<LogReport> {
  return verifyLog([{ file, bytes: Buffer.from(bytes) }], { form, fixed });
}
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
/** Where each line begins, and the end. */
const starts = (bytes: Uint8Array): number[] =>
  [...bytes.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));

describe.each(['framed', 'bare'] as const)('a log whose lines are %s', (form) => {
  const bytes = bytesOf[form];
  const ends = starts(bytes);

  test('as it was written is right', async () => {
    const report = await verify(bytes, fixedAt(0, 2, size), form);
    expect(report).toEqual({
      records: size,
      root: checkpointOf(log, size).root,
      head: log.heads.at(-1),
      fixedTo: size,
      wentBack: 0,
    });
  });
  test.each<[string, readonly number[]]>([
    ['the last checkpoint', [size]],
    ['one at every size', [0, 1, 2, 3, 4, 5, 6]],
    ['one of the middle, and the last', [3, size]],
  ])('each of its bits, flipped, is found and its record named, with %s', async (_, sizes) => {
    const fixed = fixedAt(...sizes);
    for (let at = 0; at < bytes.length; at += 1) {
      const record = ends.findIndex((end) => at < end);
      for (let bit = 0; bit < 8; bit += 1) {
        const bad = Buffer.from(bytes);
        bad[at] = (bad[at] ?? 0) ^ (1 << bit);
        const { wrong, records } = await verify(bad, fixed, form);
        // Without its line break the last line has no end; it is that line all the same.
        if (wrong?.record !== record || wrong.orUpTo !== undefined || records !== record) {
          expect.unreachable(`bit ${bit} of byte ${at}, in record ${record}: ${JSON.stringify(wrong)}`);
        }
      }
    }
  });
  test('cut off at any byte, it says which record is not whole, or from which on all is missing', async () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const { wrong } = await verify(bytes.subarray(0, length), fixedAt(size), form);
      const record = ends.findIndex((end) => length < end);
      const isBetween = length === 0 || ends.includes(length);
      expect([wrong?.record, wrong?.code]).toEqual([record, isBetween ? 'LOG_CUT_OFF' : 'LOG_TORN']);
    }
  });
  test('in pieces of any length it is the same', async () => {
    for (let length = 1; length < 200; length += 7) {
      const parts: Part[] = [];
      for (let at = 0; at < bytes.length; at += length) parts.push({ file, bytes: bytes.subarray(at, at + length) });
      expect(await verifyLog(parts, { form, fixed: fixedAt(size) })).toMatchObject({ records: size, fixedTo: size });
    }
  });
  test('in memory that is used again for each piece it is the same', async () => {
    const memory = Buffer.alloc(100);
    const again = function* (): Generator<Part> {
      for (let at = 0; at < bytes.length; at += memory.length) {
        const length = bytes.copy(memory, 0, at);
        yield { file, bytes: memory.subarray(0, length) };
        memory.fill(0);
      }
    };
    expect(await verifyLog(again(), { form, fixed: fixedAt(size) })).toMatchObject({ records: size, fixedTo: size });
  });
  test('in several files it is the same, and what is wrong is named with its file and byte', async () => {
    const middle = ends[2] ?? 0;
    const parts = (second: Buffer): Part[] => [
      { file: 'first', bytes: bytes.subarray(0, middle) },
      { file: 'second', bytes: second },
    ];
    expect(await verifyLog(parts(bytes.subarray(middle)), { form, fixed: fixedAt(size) })).toMatchObject({
      records: size,
    });
    const bad = Buffer.from(bytes.subarray(middle));
    const at = bad.indexOf('"sequence":4') + 3;
    bad[at] = 0;
    const { wrong } = await verifyLog(parts(bad), { form, fixed: fixedAt(size) });
    expect(wrong).toEqual({
      code: 'LOG_ALTERED',
      record: 4,
      file: 'second',
      offset: at,
      says: 'is not canonical JSON (RFC 8785)',
    });
    const torn = [{ file: 'first', bytes: bytes.subarray(0, middle - 1) }, parts(bytes.subarray(middle))[1] as Part];
    expect((await verifyLog(torn, { form, fixed: [] })).wrong).toMatchObject({
      code: 'LOG_TORN',
      record: 2,
      file: 'first',
    });
  });
});

describe('whole lines', () => {
  const lines = log.lines;
  const without = (at: number): string[] => lines.filter((_, index) => index !== at);
  const cases: [string, (at: number) => string[], (at: number) => number][] = [
    ['taken out', without, (at) => at],
    [
      'exchanged with the next',
      (at) => [...lines.slice(0, at), lines[at + 1] ?? '', lines[at] ?? '', ...lines.slice(at + 2)],
      (at) => at,
    ],
    ['repeated', (at) => [...lines.slice(0, at + 1), ...lines.slice(at)], (at) => at + 1],
    [
      'put in from elsewhere',
      (at) => [...lines.slice(0, at), makeLog(size, () => ({ says: 'x' })).lines[at] ?? '', ...lines.slice(at)],
      (at) => at,
    ],
    [
      'put in from before',
      (at) => [...lines.slice(0, at), lines[0] ?? '', ...lines.slice(at)],
      (at) => Math.max(at, 1),
    ],
    [
      'of another log in its place',
      (at) => [...lines.slice(0, at), makeLog(size, () => ({ says: 'x' })).lines[at] ?? '', ...lines.slice(at + 1)],
      (at) => at,
    ],
    ['empty in its place', (at) => [...lines.slice(0, at), '', ...lines.slice(at + 1)], (at) => at],
    ['with white space behind it', (at) => lines.map((line, index) => (index === at ? `${line} ` : line)), (at) => at],
    [
      'with a line break as Windows has it',
      (at) => lines.map((line, index) => (index === at ? `${line}\r` : line)),
      (at) => at,
    ],
  ];
  test.each(cases)('%s: found, and the place named', async (_, bad, where) => {
    for (let at = 0; at < size - 1; at += 1) {
      const { wrong } = await verify(textOf(bad(at)), fixedAt(size));
      // One from elsewhere with the right number: the chain says only with the next which of the two it was, or that neither fits.
      expect([where(at), where(at) - 1, where(at) + 1]).toContain(wrong?.record);
    }
  });
  test.each(cases.slice(0, 3))('%s: even without a checkpoint', async (_, bad, where) => {
    for (let at = 0; at < size - 1; at += 1) {
      expect((await verify(textOf(bad(at)), [])).wrong).toMatchObject({ code: 'LOG_GAP', record: where(at) });
    }
  });
  test('taken out in front, so that the log would begin later', async () => {
    expect((await verify(textOf(lines.slice(1)), [])).wrong).toMatchObject({
      code: 'LOG_GAP',
      record: 0,
      says: 'is missing: record 1 stands in its place',
    });
  });
  test('the end taken off is not seen without a checkpoint, and is with one that somebody kept', async () => {
    expect((await verify(textOf(lines.slice(0, 4)), [])).wrong).toBeUndefined();
    expect((await verify(textOf(lines.slice(0, 4)), fixedAt(3, 5))).wrong).toEqual({
      code: 'LOG_CUT_OFF',
      record: 4,
      file,
      offset: textOf(lines.slice(0, 4)).length,
      says: 'is missing, as is all up to 4: the checkpoint at 5 speaks of 5 records',
    });
    expect((await verify('', fixedAt(5))).wrong).toMatchObject({ code: 'LOG_CUT_OFF', record: 0 });
    expect(await verify('', fixedAt(0))).toEqual({
      records: 0,
      root: emptyRoot,
      head: emptyHead,
      fixedTo: 0,
      wentBack: 0,
    });
  });
});

describe('a history that was written anew, and hangs together', () => {
  const anew = makeLog(size, (index) => (index >= 2 ? { says: 'nothing happened' } : {}));
  test('is nothing that the lines alone show', async () => {
    expect((await verify(textOf(anew.lines), [])).wrong).toBeUndefined();
  });
  test('is found by a checkpoint that somebody kept, which says between which records it begins', async () => {
    expect((await verify(textOf(anew.lines), fixedAt(1, 4))).wrong).toMatchObject({
      code: 'LOG_TREE',
      record: 1,
      orUpTo: 3,
      says: 'or one up to 3 is not what the checkpoint at 4 was made of: all was written anew from there on',
    });
    expect((await verify(textOf(anew.lines), fixedAt(2, 3, 4))).wrong).toMatchObject({
      record: 2,
      says: expect.stringContaining('at 3'),
    });
    const last = await verify(textOf(anew.lines), fixedAt(size));
    expect(last.wrong).toMatchObject({ code: 'LOG_TREE', record: size - 1 });
    expect(last.wrong?.says).toContain('or all was written anew from record 0 on');
  });
  test('is found in frames too, whose sums whoever writes it makes anew', async () => {
    const text = framedText(anew.lines, anew.heads);
    expect((await verify(text, fixedAt(4), 'framed')).wrong).toMatchObject({ code: 'LOG_TREE', record: 0, orUpTo: 3 });
  });
  test('in one record alone, with its sum: the one after it shows it', async () => {
    const lines = log.lines.map((line, at) => (at === 2 ? (anew.lines[2] ?? '') : line));
    const heads = log.heads.map((head, at) => (at === 2 ? (anew.heads[2] ?? head) : head));
    expect((await verify(framedText(lines, heads), fixedAt(size), 'framed')).wrong).toMatchObject({
      code: 'LOG_CHAIN',
      record: 2,
      says: 'is not what the record after it hangs on',
    });
  });
});

describe('checkpoints that contradict', () => {
  test('two of one size with other roots: one of them is wrong, whatever the log holds', async () => {
    const other = {
      name: 'the one at the sink',
      size: 4,
      root: checkpointOf(
        makeLog(4, () => ({ says: 'x' })),
        4,
      ).root,
    };
    expect((await verify(bytesOf.bare, [...fixedAt(4), other])).wrong).toMatchObject({ code: 'LOG_TREE' });
    expect((await verify(bytesOf.bare, [other, ...fixedAt(4)])).wrong?.says).toContain('the one at the sink');
  });
  test('of nothing, with the root of something', async () => {
    expect(
      (await verify(bytesOf.bare, [{ name: 'it', size: 0, root: log.heads[0]?.digest?.slice(7) ?? '' }])).wrong,
    ).toMatchObject({
      code: 'LOG_TREE',
      record: 0,
    });
  });
});

describe('the clock', () => {
  test('may stand still; that it was set back is told with the first record of it, and is not called tampering', async () => {
    const back = makeLog(5, (index) => ({ at: `2026-03-04T10:15:0${[5, 5, 3, 4, 1][index]}.000Z` }));
    expect(await verify(textOf(back.lines), [])).toMatchObject({
      records: 5,
      wentBack: 2,
      firstWentBack: { record: 2, before: '2026-03-04T10:15:05.000Z', at: '2026-03-04T10:15:03.000Z' },
    });
    expect((await verify(textOf(back.lines), [])).wrong).toBeUndefined();
  });
});

test('a line longer than any record may be is refused before it fills the memory', async () => {
  let given = 0;
  const endless = function* (): Generator<Part> {
    for (;;) {
      given += 1 << 20;
      yield { file, bytes: Buffer.alloc(1 << 20, 0x61) };
    }
  };
  const { wrong } = await verifyLog(endless(), { form: 'bare', fixed: [] });
  expect(wrong).toMatchObject({ code: 'LOG_ALTERED', record: 0, says: 'is longer than a record can be' });
  expect(given).toBeLessThan(4 << 20);
});
test('the hashes of the tree are told, as they are to be kept, and now and then how far it is', async () => {
  const long = makeLog(65_537);
  const tiles = new TilesInMemory();
  const seen: number[] = [];
  await verifyLog([{ file, bytes: Buffer.from(textOf(long.lines)) }], {
    form: 'bare',
    fixed: [],
    keep: tiles.keep,
    progress: (records) => seen.push(records),
  });
  expect(tiles.counts).toEqual([65_537, 256, 1]);
  for (const [level, count] of tiles.counts.entries()) {
    expect(Buffer.compare(tiles.read(level, 0, count), long.tiles.read(level, 0, count))).toBe(0);
  }
  expect(seen).toEqual([65_536]);
});
test('framed as the writer does it, and in no other way', async () => {
  const { line, digest } = nextLine({ kind: 'opened', at: '2026-03-04T10:15:02.000Z' } as RecordBody, emptyHead);
  for (const synced of [true, false]) {
    const good = framed({ line, digest, synced });
    expect((await verify(good, [], 'framed')).wrong).toBeUndefined();
    expect((await verify(good, [], 'bare')).wrong).toMatchObject({ record: 0, says: 'is no JSON object' });
    expect((await verify(`${line}\n`, [], 'framed')).wrong).toMatchObject({
      record: 0,
      says: 'has no frame around it',
    });
    for (let at = 0; at < good.length - 1; at += 1) {
      const shorter = good.slice(0, at) + good.slice(at + 1);
      expect((await verify(shorter, [], 'framed')).wrong?.record).toBe(0);
    }
    for (let length = 0; length < good.length - 1; length += 1) {
      expect((await verify(`${good.slice(0, length)}\n`, [], 'framed')).wrong?.record).toBe(0);
    }
  }
});
