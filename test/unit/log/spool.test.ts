import { describe, expect, test } from 'vitest';
import { factsPath, names, segmentName } from '../../../src/log/folder.ts';
import type { Log } from '../../../src/log/log.ts';
import { recordLines } from '../../../src/log/read.ts';
import { pauseMs, type Spool } from '../../../src/log/spool.ts';
import type { SinkAnswer, SinkHead } from '../../../src/log/wire.ts';
import { parseNote, verifyNote } from '../../../src/signing/note.ts';
import { randomOf } from '../../../src/sim/random.ts';
import { checkpointIn, decision, documentOf, heldIn, keyFor, origin, type Promised } from '../../support/log-folder.ts';
import { away, clock, keeperOn, logOn, spoolOn, Way } from '../../support/log-site.ts';
import { SimDisk } from '../../support/sim-disk.ts';

async function put(log: Log, about: string, texts: readonly string[] = []): Promise<Promised> {
  const documents = texts.map(documentOf);
  const done = await log.append(decision(about, documents));
  if (!done.ok) throw new Error(JSON.stringify(done.faults));
  return { ...done.value, documents };
}

async function linesIn(disk: SimDisk, size: number): Promise<string> {
  const all: string[] = [];
  for await (const lines of recordLines(disk.open(), 0, size)) all.push(...lines);
  return all.join('\n');
}

interface Site {
  readonly logDisk: SimDisk;
  readonly sinkDisk: SimDisk;
  readonly log: Log;
  readonly way: Way;
  readonly spool: Spool;
  readonly promised: Promised[];
}

async function site(): Promise<Site> {
  const [logDisk, sinkDisk, way] = [new SimDisk(), new SimDisk(), new Way()];
  way.keeper = await keeperOn(sinkDisk);
  const log = await logOn(logDisk);
  const promised: Promised[] = [];
  for (let at = 0; at < 10; at += 1) promised.push(await put(log, `${at}`, ['the profile', `snapshot ${at}`]));
  await log.checkpoint();
  return { logDisk, sinkDisk, log, way, spool: spoolOn(logDisk, way), promised };
}

/** The sink's copy is the log, to the byte, with its documents, under the same checkpoint. */
async function expectSame({ logDisk, sinkDisk, promised }: Site): Promise<void> {
  const held = await heldIn(sinkDisk.open(), promised);
  const own = await heldIn(logDisk.open(), promised);
  expect(held).toEqual(own);
  expect(await linesIn(sinkDisk, held.size)).toBe(await linesIn(logDisk, own.size));
  expect(await checkpointIn(sinkDisk.open(), keyFor(origin))).toEqual(
    await checkpointIn(logDisk.open(), keyFor(origin)),
  );
}

function codeOf(spool: Spool): string {
  return spool.state.trouble?.code ?? 'none';
}

describe('the spool', () => {
  test('brings what a document names with it: a snapshot its columns', async () => {
    const all = await site();
    const column = documentOf('a column');
    const snapshot = documentOf(JSON.stringify({ cells: column.digest }));
    const { ok } = await all.log.append({ ...decision('seen', [snapshot]), attachments: [snapshot, column] });
    await all.log.checkpoint();
    await all.spool.push();
    const files = all.sinkDisk.files();
    expect([ok, files.has(factsPath(snapshot.digest) ?? ''), files.has(factsPath(column.digest) ?? '')]).toEqual([
      true,
      true,
      true,
    ]);
  });
  test('brings records, documents and checkpoint; again changes nothing', async () => {
    const all = await site();
    expect(await all.spool.push()).toEqual({
      sent: 11,
      waiting: 0,
      tries: 0,
      nextTryAtMs: clock.nowMs,
      wentBack: 0,
      documentsHeld: 0,
    });
    await expectSame(all);
    const [before, acts] = [all.way.lines, all.sinkDisk.acts];
    await all.spool.push();
    await spoolOn(all.logDisk, all.way).push();
    expect([all.way.lines, all.sinkDisk.acts]).toEqual([before, acts]);
  });

  test('sends what a checkpoint covers, and no more', async () => {
    const all = await site();
    all.promised.push(await put(all.log, 'unsigned'));
    await all.spool.push();
    expect(all.way.keeper?.head().size).toBe(11);
    await all.log.checkpoint();
    await all.spool.push();
    await expectSame(all);
  });

  test('a sink that is away for a week: it is asked ever more rarely, the age is told, and then everything arrives once', async () => {
    const all = await site();
    await all.spool.push();
    const { keeper } = all.way;
    all.way.keeper = undefined;
    const [from, asked] = [clock.nowMs, all.way.asked];
    const weekMs = 7 * 24 * 3_600_000;
    for (let minute = 0; minute * 60_000 < weekMs; minute += 1) {
      clock.nowMs = from + minute * 60_000;
      if (minute % 240 === 0)
        all.promised.push(await put(all.log, `minute ${minute}`, [`snapshot of minute ${minute}`]));
      if (minute % 240 === 1) await all.log.checkpoint();
      await all.spool.pushIfDue();
    }
    expect(all.way.asked - asked).toBeLessThan(weekMs / pauseMs(99) + 10);
    expect(codeOf(all.spool)).toBe('SINK_UNHEARD');
    expect(all.spool.state.waiting).toBe(42);
    expect(all.spool.state.waitingSinceMs).toBe(Date.parse('2026-03-04T10:15:00.000Z'));
    all.way.keeper = keeper;
    clock.nowMs = all.spool.state.nextTryAtMs;
    await all.log.checkpoint();
    expect(await all.spool.pushIfDue()).toMatchObject({ waiting: 0, tries: 0 });
    await expectSame(all);
    expect(all.way.lines).toBe(all.log.state().size);
  });

  test.each(['head', 'extend', 'missing', 'document'])(
    'a sink that answers 500 or nothing to %s: tried again after a pause, nothing is lost or doubled',
    async (what) => {
      const all = await site();
      all.way.before = (asked) => (asked === what ? away : undefined);
      for (let at = 1; at <= 12; at += 1) {
        await all.spool.push();
        expect(all.spool.state).toMatchObject({
          sent: 0,
          waiting: 11,
          tries: at,
          nextTryAtMs: clock.nowMs + pauseMs(at),
        });
        expect(codeOf(all.spool)).toBe('SINK_UNHEARD');
      }
      expect([1, 2, 3, 20].map(pauseMs)).toEqual([1000, 2000, 4000, 300_000]);
      all.way.before = () => undefined;
      await all.spool.push();
      await expectSame(all);
      expect(all.way.lines).toBe(11);
    },
  );

  test('an answer that was lost on its way: the sink has it, and is not sent it again', async () => {
    const all = await site();
    all.way.after = (what, answer) => (what === 'extend' ? away : answer);
    await all.spool.push();
    expect(codeOf(all.spool)).toBe('SINK_UNHEARD');
    all.way.after = (_, answer) => answer;
    await all.spool.push();
    await expectSame(all);
    expect(all.way.lines).toBe(11);
  });

  const lie = (change: (head: SinkHead) => Partial<SinkHead>) => (_: string, answer: SinkAnswer<SinkHead>) =>
    answer.kind === 'done' ? { ...answer, value: { ...answer.value, ...change(answer.value) } } : answer;
  test.each<readonly [string, (head: SinkHead) => Partial<SinkHead>, string]>([
    ['more than it was sent', ({ size }) => ({ size: size + 1 }), 'SINK_ANSWER'],
    ['another root', () => ({ root: 'f'.repeat(64) }), 'SINK_FORK'],
    ['another log', () => ({ origin: 'other' }), 'SINK_ANSWER'],
    [
      'a checkpoint that nobody signed',
      ({ checkpoint }) => ({ checkpoint: checkpoint?.replace(/.{8}\n$/, 'AAAAAAA=\n') ?? 'none' }),
      'SINK_ANSWER',
    ],
  ])(
    'a sink that acknowledges %s: not believed, said, and gone on with once it tells the truth',
    async (_, change, code) => {
      const all = await site();
      // The first question is answered truly: the lie is in what it acknowledges.
      all.way.after = (what, answer) => (what === 'extend' ? lie(change)(what, answer) : answer);
      await all.spool.push();
      expect(codeOf(all.spool)).toBe(code);
      expect(all.spool.state).toMatchObject({ sent: 0, waiting: 11 });
      all.way.after = lie(change);
      await all.spool.push();
      expect(codeOf(all.spool)).toBe(code);
      all.way.after = (_what, answer) => answer;
      await all.spool.push();
      expect(codeOf(all.spool)).toBe('none');
      await expectSame(all);
    },
  );

  test.each<readonly [string, (head: SinkHead) => Partial<SinkHead>]>([
    [
      'less than it was sent',
      () => ({ size: 0, root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', checkpoint: null }),
    ],
    ['no checkpoint', () => ({ checkpoint: null })],
  ])('a sink that acknowledges %s: not believed', async (_, change) => {
    const all = await site();
    all.way.after = (what, answer) => (what === 'extend' ? lie(change)(what, answer) : answer);
    await all.spool.push();
    expect(codeOf(all.spool)).toBe('SINK_ANSWER');
  });

  test('a sink that was restored from an older copy gets the rest again, and it is said', async () => {
    const all = await site();
    await all.spool.push();
    await all.way.keeper?.close();
    const older = all.sinkDisk.copy();
    all.way.keeper = await keeperOn(all.sinkDisk);
    for (let at = 0; at < 5; at += 1) all.promised.push(await put(all.log, `later ${at}`, [`later snapshot ${at}`]));
    await all.log.checkpoint();
    await all.spool.push();
    // Some backups leave the many small files out.
    for (const path of older.files().keys()) if (path.startsWith('facts/')) older.put(path, undefined);
    all.way.keeper = await keeperOn(older);
    await all.spool.push();
    expect(all.spool.state).toMatchObject({ sent: 16, waiting: 0, wentBack: 1 });
    await expectSame({ ...all, sinkDisk: older });
    // An empty one too.
    const empty = new SimDisk();
    all.way.keeper = await keeperOn(empty);
    await all.spool.push();
    expect(all.spool.state).toMatchObject({ sent: 16, wentBack: 2 });
    await expectSame({ ...all, sinkDisk: empty });
  });

  test('a log that was restored from an older copy: refused at opening while it knows what it sent, else held by the spool; a fork is named', async () => {
    const all = await site();
    const older = all.logDisk.copy();
    for (let at = 0; at < 5; at += 1) await put(all.log, `later ${at}`);
    await all.log.checkpoint();
    await all.spool.push();
    const restored = spoolOn(older, all.way);
    await restored.push();
    expect(codeOf(restored)).toBe('SINK_BEHIND');
    // It goes on by itself, and signs other records under the same numbers.
    const log = await logOn(older);
    for (let at = 0; at < 9; at += 1) await put(log, `other ${at}`);
    await log.checkpoint();
    await restored.push();
    expect(codeOf(restored)).toBe('SINK_FORK');
    expect(all.way.keeper?.head().size).toBe(16);
    // With `sent.json` of the newer one it is not even opened.
    await log.close();
    older.put(names.sent, all.logDisk.files().get(names.sent));
    await expect(logOn(older)).rejects.toThrow(/LOG_DAMAGED.*the external sink/);
  });

  test('a sink with other records refuses, and names it, whatever the sender says', async () => {
    const [all, other] = [await site(), await site()];
    await all.spool.push();
    const { keeper } = all.way;
    const lines = (await linesIn(other.logDisk, 11)).split('\n');
    const note = Buffer.from(other.logDisk.files().get(names.checkpoint) ?? []).toString();
    expect(await keeper?.extend({ origin, from: 0, lines, checkpoint: note, proof: [] })).toMatchObject({
      kind: 'done',
    });
    const [first = '', second = ''] = lines;
    const altered = [first, second.replace('"about":"0"', '"about":"1"'), ...lines.slice(2)];
    expect(await keeper?.extend({ origin, from: 0, lines: altered, checkpoint: note, proof: [] })).toMatchObject({
      kind: 'refused',
      why: 'fork',
    });
    expect(await keeper?.extend({ origin, from: 20, lines: [], checkpoint: note, proof: [] })).toMatchObject({
      why: 'gap',
    });
    const more = [second.replace('"sequence":1', '"sequence":11')];
    expect(await keeper?.extend({ origin, from: 11, lines: more, checkpoint: note, proof: [] })).toMatchObject({
      why: 'fork',
    });
    expect(keeper?.head().size).toBe(11);
  });

  test('records that no signed checkpoint covers are not kept', async () => {
    const all = await site();
    const lines = (await linesIn(all.logDisk, 11)).split('\n');
    const note = Buffer.from(all.logDisk.files().get(names.checkpoint) ?? []).toString();
    const { keeper } = all.way;
    // Half of them without the proof that the checkpoint begins with them; all of them under somebody else's key.
    expect(
      await keeper?.extend({ origin, from: 0, lines: lines.slice(0, 5), checkpoint: note, proof: [] }),
    ).toMatchObject({ why: 'proof' });
    const strange = await keeperOn(new SimDisk(), { logKeys: [keyFor(origin, 5).key] });
    expect(await strange.extend({ origin, from: 0, lines, checkpoint: note, proof: [] })).toMatchObject({
      why: 'checkpoint',
    });
    expect([keeper?.head().size, strange.head().size]).toEqual([0, 0]);
  });

  test('a log that is longer than one step goes in several, each of them covered', async () => {
    const all = await site();
    await Promise.all(Array.from({ length: 6000 }, (_, at) => put(all.log, `${at}`)));
    await all.log.checkpoint();
    await all.spool.push();
    expect(all.way.asked).toBe(3);
    await expectSame(all);
  }, 60_000);

  test('a sink that acknowledges the whole after a part of it, as it read in the checkpoint, is not believed', async () => {
    const all = await site();
    await Promise.all(Array.from({ length: 6000 }, (_, at) => put(all.log, `${at}`)));
    await all.log.checkpoint();
    const note = Buffer.from(all.logDisk.files().get(names.checkpoint) ?? []).toString();
    const { size, root } = all.log.state();
    all.way.after = (what, answer) =>
      what === 'extend' ? { kind: 'done', value: { origin, size, root, checkpoint: note } } : answer;
    await all.spool.push();
    expect(all.spool.state).toMatchObject({ sent: 0, trouble: { code: 'SINK_ANSWER' } });
    all.way.after = (_, answer) => answer;
    await all.spool.push();
    await expectSame(all);
  }, 60_000);

  test('a document that is damaged here is not sent, one that the sink has no room for waits; the records go on', async () => {
    const all = await site();
    const small = new SimDisk();
    all.way.keeper = await keeperOn(small, { factsBytesMax: 40 });
    await all.spool.push();
    expect(all.spool.state).toMatchObject({ sent: 11, waiting: 0 });
    expect(all.spool.state.documentsHeld).toBeGreaterThan(0);
    expect(codeOf(all.spool)).toBe('none');
    // More room: what was held arrives, but for the one that rotted.
    const rotten = all.promised[4]?.documents[1]?.digest ?? '';
    all.logDisk.put(factsPath(rotten) ?? '', 'rotten');
    await all.way.keeper.close();
    all.way.keeper = await keeperOn(small);
    await all.spool.push();
    expect(all.spool.state.documentsHeld).toBe(1);
    await heldIn(
      small.open(),
      all.promised.filter((_, at) => at !== 4),
    );
    expect(await all.way.keeper.document(rotten, 'rotten')).toMatchObject({ kind: 'refused', why: 'form' });
  });

  test('a witness cosigns what it keeps; whoever asks for its word holds until it is there', async () => {
    const all = await site();
    const witness = keyFor('witness.example/one', 3, 'cosignature');
    const strict = spoolOn(all.logDisk, all.way, { witnesses: [witness.key], witnessesNeeded: 1 });
    await strict.push();
    expect(codeOf(strict)).toBe('SINK_ANSWER');
    await all.way.keeper?.close();
    all.way.keeper = await keeperOn(new SimDisk(), { witness });
    await strict.push();
    expect(codeOf(strict)).toBe('none');
    const note = parseNote(all.way.keeper.head().checkpoint ?? '', { file: '', line: 1, col: 1 });
    if (!note.ok) throw new Error('no note');
    const seen = verifyNote(note.value, [witness.key], { file: '', line: 1, col: 1 });
    expect(seen.ok && seen.value.map(({ seconds }) => seconds)).toEqual([Math.floor(clock.nowMs / 1000)]);
  });
});

describe('a spool or a sink that dies', () => {
  test('at any act of either: everything arrives, once, in order', async () => {
    let deaths = 0;
    for (let seed = 0; seed < 60; seed += 1) {
      const random = randomOf(`spool ${seed}`);
      const all = await site();
      for (const disk of [all.logDisk, all.sinkDisk]) disk.random = () => random.below(1000) / 1000;
      await all.log.close();
      all.logDisk.kill();
      await all.way.keeper?.close();
      for (let life = 0; life < 6; life += 1) {
        all.sinkDisk.kill();
        all.way.keeper = await keeperOn(all.sinkDisk);
        all.logDisk.kill();
        const log = await logOn(all.logDisk);
        all.promised.push(await put(log, `life ${life}`, [`snapshot of life ${life}`]));
        await log.close();
        const struck = random.below(2) === 0 ? all.logDisk : all.sinkDisk;
        const from = struck.acts + random.below(struck === all.logDisk ? 12 : 45);
        const how = (['die-before', 'die-half', 'die-after'] as const)[random.below(3)];
        struck.strike = (at) => (at === from ? how : undefined);
        const end = await Promise.race([spoolOn(all.logDisk, all.way).push(), struck.died]);
        if (end === 'died') {
          deaths += 1;
          struck.crash();
        }
      }
      all.sinkDisk.kill();
      all.logDisk.kill();
      all.way.keeper = await keeperOn(all.sinkDisk);
      const spool = spoolOn(all.logDisk, all.way);
      await spool.push();
      expect(codeOf(spool), `seed ${seed}: ${spool.state.trouble?.message}`).toBe('none');
      await expectSame(all);
      expect(await linesIn(all.sinkDisk, 3), `seed ${seed}`).toContain('"sequence":2');
    }
    expect(deaths).toBeGreaterThan(60);
  }, 60_000);

  test('a sink whose disk refuses acknowledges nothing, and goes on when it can', async () => {
    for (const problem of ['no-space', 'io', 'read-only'] as const) {
      for (let number = 0; number < 60; number += 6) {
        const all = await site();
        all.sinkDisk.random = () => 0.3;
        const from = all.sinkDisk.acts + number;
        all.sinkDisk.strike = (at) => (at === from ? problem : undefined);
        await all.spool.push();
        await all.spool.push();
        await all.spool.push();
        expect(codeOf(all.spool), `${problem} at ${number}`).toBe('none');
        all.sinkDisk.crash();
        all.way.keeper = await keeperOn(all.sinkDisk);
        await expectSame(all);
      }
    }
  });

  test('a sink opens nothing that was tampered with', async () => {
    const all = await site();
    await all.spool.push();
    await all.way.keeper?.close();
    const bytes = all.sinkDisk.files().get(segmentName(0))?.slice() ?? new Uint8Array();
    bytes[400] = (bytes[400] ?? 0) ^ 1;
    all.sinkDisk.put(segmentName(0), bytes);
    await expect(keeperOn(all.sinkDisk)).rejects.toThrow(/LOG_DAMAGED/);
  });
});
