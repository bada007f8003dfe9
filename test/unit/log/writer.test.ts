import { describe, expect, test } from 'vitest';
import { digestOfText } from '../../../src/kernel/digest.ts';
import type { Disk } from '../../../src/log/disk.ts';
import { readDocument } from '../../../src/log/facts.ts';
import { factsPath, names, segmentName } from '../../../src/log/folder.ts';
import { readHistory } from '../../../src/log/kept-checkpoints.ts';
import type { Log, LogLimits } from '../../../src/log/log.ts';
import { recordLines, segmentsOf } from '../../../src/log/read.ts';
import { openLog } from '../../../src/log/writer.ts';
import { SignerRefused } from '../../../src/signing/keys.ts';
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
import { SimDisk } from '../../support/sim-disk.ts';

async function logOn(disk: Disk, limits: Partial<LogLimits> = {}, clock = { nowMs: startMs }): Promise<Log> {
  const opened = await openLog(disk, optionsFor(limits, clock));
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.value;
}

async function codesOf(disk: Disk, options = optionsFor()): Promise<readonly string[]> {
  const opened = await openLog(disk, options);
  return opened.ok ? ['none'] : opened.faults.map(({ code }) => code);
}

async function put(log: Log, about: string, texts: readonly string[] = []): Promise<Promised> {
  const documents = texts.map(documentOf);
  const done = await log.append(decision(about, documents, { workflow: about }));
  if (!done.ok) throw new Error(JSON.stringify(done.faults));
  return { ...done.value, documents };
}

async function textsIn(disk: Disk, size: number): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const lines of recordLines(disk, 0, size)) all.push(...lines);
  return all;
}

/** A log of twelve records under a checkpoint, and three behind it that none covers. */
async function written(
  limits: Partial<LogLimits> = {},
): Promise<{ readonly disk: SimDisk; readonly promised: readonly Promised[] }> {
  const disk = new SimDisk();
  const log = await logOn(disk.open(), { recordsPerCheckpoint: 1000, ...limits });
  const promised: Promised[] = [];
  for (let at = 0; at < 11; at += 1) promised.push(await put(log, `${at}`, ['the profile', `snapshot ${at}`]));
  await log.checkpoint();
  for (let at = 11; at < 14; at += 1) promised.push(await put(log, `${at}`, [`snapshot ${at}`]));
  disk.kill();
  return { disk, promised };
}

describe('the writer', () => {
  test('syncs once for as many as wait', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open(), { recordsPerCheckpoint: 1e6 });
    const before = disk.log.length;
    const all = await Promise.all(Array.from({ length: 500 }, (_, at) => log.append(decision(`${at}`))));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(disk.log.slice(before).filter((act) => act.includes('fsync'))).toHaveLength(1);
  });

  test('refuses alone what cannot be a record, and writes those beside it', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open());
    const wrong = { digest: digestOfText('other'), text: 'one' };
    const all = await Promise.all([
      log.append(decision('good')),
      log.append({ body: { kind: 'decision', at: 'yesterday' } }),
      log.append(decision('wrong document', [wrong])),
      log.append({ ...decision('\ud800') }),
      log.append({ body: { ...decision('own').body, sequence: 7 } }),
      log.append(decision('x'.repeat(2 ** 20))),
      log.append(decision('good too')),
    ]);
    expect(all.map((one) => (one.ok ? one.value.sequence : one.faults[0]?.code))).toEqual([
      1,
      'LOG_RECORD',
      'LOG_RECORD',
      'LOG_RECORD',
      'LOG_RECORD',
      'LOG_RECORD',
      2,
    ]);
    await log.close();
    expect((await heldIn(disk.open(), [])).size).toBe(3);
    const late = await log.append(decision('late'));
    expect(late.ok ? '' : late.faults[0]?.code).toBe('LOG_CLOSED');
  });

  test('begins segments, whose names say where they begin', async () => {
    const { disk, promised } = await written({ segmentBytesMax: 900 });
    const found = await segmentsOf(disk.open());
    expect(found.length).toBeGreaterThan(4);
    expect((await heldIn(disk.open(), promised)).size).toBe(15);
    expect((await textsIn(disk.open(), 15))[found[2]?.first ?? 0]).toContain(`"sequence":${found[2]?.first}`);
  });

  test('the same decision again is a count, bounded whatever the waiting, and is there after a restart', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open());
    const { digest } = await put(log, 'flip');
    for (let at = 1; at <= 10_000; at += 1) expect(log.again('flip', digest, startMs + at)).toBe(true);
    expect(log.again('flip', digestOfText('another decision'), startMs)).toBe(false);
    expect(log.again('nobody', digest, startMs)).toBe(false);
    await log.close();
    const bytes = disk.files().get(names.still)?.length ?? 0;
    expect(bytes).toBeLessThan(250);
    expect((await heldIn(disk.open(), [])).size).toBe(2);
    const later = await logOn(disk.open());
    expect(later.still('flip')).toEqual({ record: digest, again: 10_000, lastMs: startMs + 10_000 });
    // A new decision begins a new count; many workflows do not make it grow without end.
    await put(later, 'flip');
    expect(later.still('flip')?.again).toBe(0);
    await Promise.all(Array.from({ length: 2000 }, (_, at) => put(later, `workflow ${at}`)));
    await later.close();
    expect(disk.files().get(names.still)?.length).toBeLessThan(200 * 1024);
  });

  test('a count whose record was cut off is forgotten', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open());
    await log.checkpoint();
    const { digest } = await put(log, 'flip');
    disk.kill();
    disk.put(
      names.still,
      JSON.stringify({ version: 1, workflows: [{ workflow: 'flip', record: digest, again: 3, lastMs: 0 }] }),
    );
    const bytes = disk.files().get(segmentName(0)) ?? new Uint8Array();
    const kept = disk.copy();
    disk.put(segmentName(0), bytes.subarray(0, bytes.length - 2));
    expect((await logOn(disk.open())).still('flip')).toBeUndefined();
    expect((await logOn(kept.open())).still('flip')?.again).toBe(3);
  });
});

describe('documents', () => {
  test('are stored once, and rot is healed by whoever brings them again', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open());
    const { documents } = await put(log, 'one', ['the profile']);
    await put(log, 'two', ['the profile']);
    expect(log.state().facts).toEqual({ count: 1, bytes: 11 });
    await log.close();
    const [{ digest = '' } = {}] = documents;
    const path = factsPath(digest) ?? '';
    disk.put(path, 'the pr0file');
    expect(await readDocument(disk.open(), digest)).toEqual({ kind: 'damaged', file: path });
    const later = await logOn(disk.open());
    await put(later, 'three', ['the profile']);
    expect(await readDocument(disk.open(), digest)).toEqual({ kind: 'text', text: 'the profile' });
  });

  test('that a document names stay with it, also after a restart; what nothing names goes', async () => {
    const disk = new SimDisk();
    const first = await logOn(disk.open());
    const [column, lonely] = [documentOf('a column'), documentOf('nobody names it')];
    const index = documentOf(`{"cells":"${column.digest}"}`);
    const { body } = decision('one', [index]);
    expect(await first.append({ body, attachments: [index, column, lonely] })).toMatchObject({ ok: true });
    await first.close();
    const again = await logOn(disk.open());
    const kinds = await Promise.all([index, column, lonely].map(({ digest }) => readDocument(disk.open(), digest)));
    expect(kinds.map(({ kind }) => kind)).toEqual(['text', 'text', 'missing']);
    await again.close();
  });

  test('above the ceiling the oldest go, after a record that names them; what the newest record names stays', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open(), { factsBytesMax: 1000, recordsPerCheckpoint: 4 });
    const promised: Promised[] = [];
    for (let at = 0; at < 40; at += 1)
      promised.push(await put(log, `${at}`, ['the profile', `${at} ${'x'.repeat(100)}`]));
    await log.checkpoint();
    expect(log.state().facts.bytes).toBeLessThanOrEqual(1000);
    await log.close();
    const held = await heldIn(disk.open(), promised);
    expect(held.kinds.filter((kind) => kind === 'facts-dropped').length).toBeGreaterThan(5);
    expect(held.signed).toBe(held.size);
    const [profile] = promised.at(-1)?.documents ?? [];
    expect((await readDocument(disk.open(), profile?.digest ?? '')).kind).toBe('text');
    expect((await readDocument(disk.open(), promised[0]?.documents[1]?.digest ?? '')).kind).toBe('missing');
    expect((await readHistory(disk.open())).length).toBeGreaterThan(5);
    // One that is larger than the ceiling by itself is kept as long as it is the newest.
    const later = await logOn(disk.open(), { factsBytesMax: 1000 });
    const large = await put(later, 'large', ['y'.repeat(5000)]);
    expect((await readDocument(disk.open(), large.documents[0]?.digest ?? '')).kind).toBe('text');
    await put(later, 'after it', ['small']);
    await later.checkpoint();
    expect((await readDocument(disk.open(), large.documents[0]?.digest ?? '')).kind).toBe('missing');
  });

  test('go by age when somebody with a clock asks', async () => {
    const disk = new SimDisk();
    const clock = { nowMs: startMs };
    const log = await logOn(disk.open(), { factsAgeMsMax: 3_600_000 }, clock);
    await put(log, 'one', ['old']);
    await put(log, 'two', ['new']);
    clock.nowMs += 3_500_000;
    await log.checkpoint();
    expect(log.state().facts.count).toBe(2);
    clock.nowMs += 200_000;
    await log.checkpoint();
    // The newest record's own stay whatever their age.
    expect(log.state().facts.count).toBe(1);
    const texts = await textsIn(disk.open(), log.state().size);
    expect(texts.at(-1)).toContain('"because":"age"');
    // No sink has them.
    expect(texts.at(-1)).toContain('"unsent":true');
  });
});

describe('what is wrong when a log is opened', () => {
  test('any byte that a checkpoint covers: refused, named, and nothing is touched', async () => {
    const { disk, promised } = await written();
    const file = segmentName(0);
    const bytes = disk.files().get(file) ?? new Uint8Array();
    const starts = [0];
    for (const [at, byte] of bytes.entries()) if (byte === 10) starts.push(at + 1);
    const coveredTo = starts[12] ?? 0;
    for (let at = 0; at < bytes.length; at += 7) {
      const other = disk.copy();
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      other.put(file, changed);
      const before = JSON.stringify(
        [...other.files()].map(([path, held]) => [path, digestOfText(Buffer.from(held).toString('hex'))]),
      );
      const opened = await openLog(other.open(), optionsFor());
      const record = starts.findLastIndex((start) => start <= at);
      // Behind the checkpoint: the record after it shows that it had been durable, but for the very last.
      const isLast = record === starts.length - 2;
      expect(opened.ok, `byte ${at} of record ${record}`).toBe(isLast);
      if (opened.ok) {
        expect(at).toBeGreaterThanOrEqual(coveredTo);
        continue;
      }
      const [fault] = opened.faults;
      expect(fault?.code).toBe('LOG_DAMAGED');
      expect(fault?.message, `byte ${at}`).toContain(`record ${record} `);
      const after = JSON.stringify(
        [...other.files()].map(([path, held]) => [path, digestOfText(Buffer.from(held).toString('hex'))]),
      );
      expect(after).toBe(before);
    }
    expect(promised).toHaveLength(14);
  });

  test('a torn end is cut off, and a record says what it was', async () => {
    const { disk, promised } = await written();
    const file = segmentName(0);
    const bytes = disk.files().get(file) ?? new Uint8Array();
    for (const [name, tail] of [
      ['half a line', bytes.slice(0, -5)],
      ['garbage', Buffer.concat([bytes, Buffer.from([0, 255, 13, 10, 34])])],
      ['zeros', Buffer.concat([bytes, new Uint8Array(4096)])],
      ['a line of somebody else', Buffer.concat([bytes, Buffer.from('["0123456789abcdef",{"a":1}]\n')])],
    ] as const) {
      const other = disk.copy();
      other.put(file, tail);
      const log = await logOn(other.open());
      await log.close();
      const kept = name === 'half a line' ? promised.slice(0, -1) : promised;
      const held = await heldIn(other.open(), kept);
      const at = held.kinds.indexOf('tail-cut');
      expect(at, name).toBe(kept.length + 1);
      expect((await textsIn(other.open(), held.size))[at], name).toContain(`"file":"${file}","from":`);
      expect(other.files().has(names.cut), name).toBe(false);
    }
  });

  test('a line break that is gone is damage: the second of the two lines shows that the first was durable', async () => {
    const { disk } = await written();
    const bytes = disk.files().get(segmentName(0)) ?? new Uint8Array();
    const at = bytes.lastIndexOf(10, bytes.length - 2);
    for (const [name, other] of [
      ['removed', Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])],
      ['another byte', bytes.map((byte, place) => (place === at ? 0x8a : byte))],
      ['and the last one too', Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1, -1)])],
    ] as const) {
      const harmed = disk.copy();
      harmed.put(segmentName(0), other);
      const opened = await openLog(harmed.open(), optionsFor());
      expect(opened.ok ? '' : opened.faults[0]?.message, name).toContain('record 13 ');
    }
  });

  test('more than a crash can leave is not cut off', async () => {
    const { disk } = await written();
    const bytes = disk.files().get(segmentName(0)) ?? new Uint8Array();
    disk.put(segmentName(0), Buffer.concat([bytes, new Uint8Array(9 * 2 ** 20)]));
    expect(await codesOf(disk.open())).toEqual(['LOG_DAMAGED']);
  });

  const all = optionsFor();
  test.each([
    ['the end is gone up to before the checkpoint', (disk: SimDisk) => cutTo(disk, 8), 'LOG_CUT_OFF'],
    ['all records are gone', (disk: SimDisk) => disk.put(segmentName(0), undefined), 'LOG_CUT_OFF'],
    ['the checkpoint is gone', (disk: SimDisk) => disk.put(names.checkpoint, undefined), 'LOG_CHECKPOINT'],
    ['the checkpoint is of another log', (disk: SimDisk) => disk.put(names.checkpoint, 'other\n0\nx\n\n'), 'NOTE_FORM'],
    ['the origin is gone', (disk: SimDisk) => disk.put(names.origin, undefined), 'LOG_ORIGIN'],
    ['the folder is of another origin', (disk: SimDisk) => disk.put(names.origin, 'other\n'), 'LOG_ORIGIN'],
    ['two records are swapped', (disk: SimDisk) => swap(disk, 3, 4), 'LOG_DAMAGED'],
    ['a record is repeated', (disk: SimDisk) => repeat(disk, 3), 'LOG_DAMAGED'],
    ['a later segment begins too late', (disk: SimDisk) => disk.put(segmentName(99), ''), 'LOG_DAMAGED'],
  ] as const)('%s: refused', async (_, harm, code) => {
    const { disk } = await written();
    harm(disk);
    expect(await codesOf(disk.open(), all)).toEqual([code]);
  });

  test('a past that was rewritten whole does not get a signature', async () => {
    const { disk } = await written();
    const forged = await written();
    // The same numbers and another content, consistent in itself, under the old checkpoint.
    const log = await logOn(forged.disk.open());
    await log.close();
    const other = new SimDisk();
    const second = await openLog(other.open(), { ...all, opened: { by: 'somebody else' } });
    if (!second.ok) throw new Error('not opened');
    for (let at = 0; at < 15; at += 1) await put(second.value, `forged ${at}`);
    disk.put(segmentName(0), other.files().get(segmentName(0)));
    expect(await codesOf(disk.open())).toEqual(['LOG_DAMAGED']);
    // Nor under a checkpoint that somebody else signed for it.
    await second.value.close();
    const strange = await openLog(other.open(), { ...all, signing: keyFor(origin, 9) });
    expect(strange.ok ? [] : strange.faults.map(({ code }) => code)).toEqual(['NOTE_SIGNATURE']);
  });
});

describe('a disk that refuses', () => {
  test.each(['no-space', 'read-only', 'io', 'denied'] as const)(
    '%s at any one act: refused, said, and gone on with when it works again',
    async (problem) => {
      const { disk: begun } = await written();
      let refusals = 0;
      for (let number = 0; number < 40; number += 1) {
        const disk = begun.copy();
        disk.random = () => 0.4;
        const log = await logOn(disk.open(), { recordsPerCheckpoint: 1000, segmentBytesMax: 4200 });
        const from = disk.acts;
        disk.strike = (at) => (at === from + number ? problem : undefined);
        const promised: Promised[] = [];
        const append = async (about: string, texts: readonly string[]): Promise<void> => {
          const documents = texts.map(documentOf);
          const done = await log.append(decision(about, documents));
          if (done.ok) promised.push({ ...done.value, documents });
          else {
            refusals += 1;
            expect(done.faults[0]?.code).toBe('LOG_DISK');
            expect(log.state().troubles).not.toEqual([]);
          }
        };
        for (let at = 0; at < 6; at += 1) await append(`${number}-${at}`, [`${number}-${at} ${'x'.repeat(100)}`]);
        await log.checkpoint();
        await append('last', []);
        expect(promised.length, `act ${number}`).toBeGreaterThanOrEqual(6);
        expect(log.state().troubles).toEqual([]);
        // What was refused is not there, what was acknowledged is, also when the power goes.
        disk.crash();
        const later = await logOn(disk.open());
        await later.close();
        const held = await heldIn(disk.open(), promised);
        expect(
          held.kinds.filter((kind) => kind === 'decision'),
          `act ${number}`,
        ).toHaveLength(14 + promised.length);
      }
      expect(refusals).toBeGreaterThan(10);
    },
  );

  test('while a log is opened: refused, the folder let go, and nothing lost', async () => {
    const { disk: begun, promised } = await written();
    const torn = begun.files().get(segmentName(0)) ?? new Uint8Array();
    begun.put(segmentName(0), Buffer.concat([torn, Buffer.from('["half')]));
    let refusals = 0;
    for (let number = 0; number < 30; number += 1) {
      const disk = begun.copy();
      disk.random = () => 0.4;
      disk.strike = (at) => (at === number ? 'no-space' : undefined);
      const codes = await codesOf(disk.open());
      if (codes[0] !== 'none') refusals += 1;
      else disk.kill();
      expect(['none', 'LOG_DISK']).toContain(codes[0]);
      disk.strike = () => undefined;
      const log = await logOn(disk.open());
      await log.close();
      // The half of a record that the full disk took is a torn end of its own.
      const cuts = (await heldIn(disk.open(), promised)).kinds.filter((kind) => kind === 'tail-cut').length;
      expect([1, 2], `act ${number}`).toContain(cuts);
    }
    expect(refusals).toBeGreaterThan(8);
  });

  test('that is full for long: holds with a reason each time, and loses nothing', async () => {
    const disk = new SimDisk();
    const log = await logOn(disk.open());
    const promised = [await put(log, 'before', ['a'])];
    disk.strike = (_, act) => (['append', 'create', 'rename'].includes(act) ? 'no-space' : undefined);
    for (let at = 0; at < 20; at += 1) {
      const done = await log.append(decision(`${at}`, [documentOf(`${at}`)]));
      expect(done.ok ? '' : done.faults[0]?.message).toContain('no space is left');
    }
    expect((await log.checkpoint()).ok).toBe(false);
    disk.strike = () => undefined;
    promised.push(await put(log, 'after', ['b']));
    await log.close();
    expect((await heldIn(disk.open(), promised)).kinds).toEqual(['opened', 'decision', 'decision']);
  });

  test('a sync that failed is not asked again and believed: what it lost is written anew, also by the next process', async () => {
    for (const how of ['the same process', 'the next one']) {
      const disk = new SimDisk();
      const log = await logOn(disk.open());
      const promised = [await put(log, 'before')];
      disk.random = () => 0.1; // what was not synced is lost
      let failed = false;
      disk.strike = (_, act) => {
        if (failed || act !== 'fsync') return undefined;
        failed = true;
        return 'io';
      };
      expect((await log.append(decision('lost'))).ok).toBe(false);
      if (how === 'the same process') promised.push(await put(log, 'after'));
      else {
        disk.kill();
        // The lost record can still be read, and is on no disk.
        const next = await logOn(disk.open());
        promised.push(await put(next, 'after'));
      }
      disk.crash();
      const last = await logOn(disk.open());
      await last.close();
      await heldIn(disk.open(), promised);
    }
  });

  test('a signer that refuses keeps nobody from recording, and is told of', async () => {
    const disk = new SimDisk();
    const { key, signer } = keyFor(origin);
    let works = false;
    const options = optionsFor({ recordsPerCheckpoint: 2 });
    const opened = await openLog(disk.open(), {
      ...options,
      signing: {
        key,
        signer: {
          ...signer,
          keyId: signer.keyId,
          algorithm: signer.algorithm,
          sign: async (bytes) => {
            if (works) return signer.sign(bytes);
            throw new SignerRefused({
              code: 'LOG_DISK',
              at: { file: '', line: 0, col: 0 },
              message: 'the HSM is away',
              severity: 'error',
            });
          },
        },
      },
    });
    if (!opened.ok) throw new Error('not opened');
    const log = opened.value;
    for (let at = 0; at < 5; at += 1) await put(log, `${at}`);
    expect((await log.checkpoint()).ok).toBe(false);
    expect(log.state().troubles[0]?.message).toBe('the HSM is away');
    works = true;
    expect((await log.checkpoint()).ok).toBe(true);
    expect(log.state()).toMatchObject({ size: 6, signed: 6, troubles: [] });
  });
});

function linesOf(disk: SimDisk): string[] {
  return Buffer.from(disk.files().get(segmentName(0)) ?? [])
    .toString()
    .split('\n')
    .slice(0, -1);
}

function putLines(disk: SimDisk, lines: readonly string[]): void {
  disk.put(segmentName(0), lines.map((line) => `${line}\n`).join(''));
}

function cutTo(disk: SimDisk, count: number): void {
  putLines(disk, linesOf(disk).slice(0, count));
}

function swap(disk: SimDisk, one: number, other: number): void {
  const lines = linesOf(disk);
  [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
  putLines(disk, lines);
}

function repeat(disk: SimDisk, one: number): void {
  const lines = linesOf(disk);
  putLines(disk, [...lines.slice(0, one + 1), ...lines.slice(one)]);
}
