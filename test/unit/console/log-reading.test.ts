import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cosignCheckpoint } from '../../../src/log/checkpoint.ts';
import { formatNoteKey } from '../../../src/signing/note.ts';
import { type Around, nwctl } from '../../support/console.ts';
import {
  begins,
  column,
  type Decided,
  flip,
  flips,
  givesUp,
  profile,
  rests,
  seen,
  waits,
  writeDecisions,
} from '../../support/decided-log.ts';
import { folderWith } from '../../support/folder.ts';
import { documentOf, keyFor, startMs } from '../../support/log-folder.ts';
import { validates } from '../../support/schemas.ts';

const root = folderWith();
const [nodeA, nodeB] = ['node-a', 'node-b'].map((node) => join(root, 'site', node)) as [string, string];
const [originA, originB] = ['node-a', 'node-b'].map((node) => `nodewright.example/site-7/${node}`) as [string, string];
const keyA = keyFor(originA);
const witness = keyFor('hub.example', 7, 'cosignature');
const records = 'records-000000000000.ndjson';
const upgrade = 'ReplicationUpgrade/site';
const other = documentOf(JSON.stringify({ facts: {}, populations: {}, version: 1, other: true }));
let kept = '';
let digests: readonly string[] = [];

beforeAll(async () => {
  const clock = { nowMs: startMs };
  await writeDecisions(nodeA, [begins, flips], { origin: originA, clock });
  kept = join(root, 'kept');
  cpSync(join(nodeA, 'checkpoint'), kept);
  clock.nowMs += 60_000;
  const later: Decided = { ...rests, workflow: upgrade, documents: [other, profile] };
  ({ digests } = await writeDecisions(nodeA, [waits, givesUp, later], { origin: originA, clock }));
  await writeDecisions(nodeB, [{ ...begins, afterMs: 1_500 }], { origin: originB });
});

/** The log of node-a, and somebody who lays hands on it. */
function altered(how: (folder: string) => void): string {
  const copy = join(folderWith(), 'log');
  cpSync(nodeA, copy, { recursive: true });
  how(copy);
  return copy;
}

function rewrite(folder: string, file: string, how: (text: string) => string): void {
  writeFileSync(join(folder, file), how(readFileSync(join(folder, file), 'utf8')));
}

function factOf(folder: string, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(folder, 'facts', hex.slice(0, 2), hex);
}

describe('log show', () => {
  test('tells a log: when, what, why, what was ordered, how often the same', async () => {
    const { code, out, err } = await nwctl(['log', 'show', nodeA]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replaceAll(nodeA, 'LOG')).toMatchInlineSnapshot(`
      "nodewright.example/site-7/node-a  7 records, LOG

      2026-03-04
        10:15:00                           the log is begun, by a test
        10:15:01  BondModeFlipPlan/site    Idle → PreconditionsCheck: looks at every node
        10:15:02  BondModeFlipPlan/site    FlipBonds:
                                             orders node-a: bond.set-mode of node-a/bond1 (order 1)
                                             orders node-b: bond.set-mode of node-b/bond1 (order 2)
        10:16:02                           the log is opened again, by a test
        10:16:03  BondModeFlipPlan/site    waits in FlipBonds: every peer answers a full-size packet: node-b/bond1: bond.peersReachable is false, must be true
                                             the same 40 times more, until 10:16:43
        10:16:44  BondModeFlipPlan/site    ops@site has asked to take it back
                                           gives up in FlipBonds:
                                             K4 the nodes are not those that this was begun with: node-a: was restarted
                                             leaves node-a: bond.mode of node-a/bond1: balance-rr; order 1 (done)
        10:16:45  ReplicationUpgrade/site  rests in Complete: complete
      "
    `);
  });

  test('tells several logs by their moments, and whose each is', async () => {
    const { out } = await nwctl(['log', 'show', join(root, 'site'), '--workflow', flip]);
    const told = out.split('\n').filter((line) => / node-[ab] /.test(line) && line.includes('Idle'));
    expect(told).toEqual([
      '  10:15:01  node-a  BondModeFlipPlan/site    Idle → PreconditionsCheck: looks at every node',
      '  10:15:01  node-b  BondModeFlipPlan/site    Idle → PreconditionsCheck: looks at every node',
    ]);
    expect(out).not.toContain(`${upgrade}  rests`);
  });

  test.each([
    { asked: ['--object', 'node-b'], kinds: ['advance', 'hold'] },
    { asked: ['--object', 'node-b/bond1'], kinds: ['advance', 'hold'] },
    { asked: ['--object', 'node-a'], kinds: ['advance', 'halt'] },
    { asked: ['--workflow', upgrade], kinds: ['rest'] },
    { asked: ['--since', '2026-03-04T10:16:30Z'], kinds: ['halt', 'rest'] },
    { asked: ['--since', '20s'], kinds: ['halt', 'rest'] },
    { asked: ['--since', '1h', '--workflow', flip, '--object', 'node-b'], kinds: ['advance', 'hold'] },
  ])('keeps to $asked', async ({ asked, kinds }) => {
    const around = { nowMs: startMs + 120_000 };
    const { code, out } = await nwctl(['log', 'show', nodeA, ...asked, '-o', 'json'], around);
    const { records: told } = JSON.parse(out) as { records: { record: { decision?: { kind: string } } }[] };
    expect(code).toBe(0);
    expect(told.map(({ record }) => record.decision?.kind)).toEqual(kinds);
  });

  test('is data too, and names that other verbs take', async () => {
    const { out } = await nwctl(['log', 'show', join(root, 'site'), '-o', 'json']);
    validates('log-show', out);
    const { records: told } = JSON.parse(out) as {
      records: { digest: string; again: unknown; says: string[]; record: { kind: string } }[];
    };
    const hold = told.find(({ digest }) => digest === digests[0]);
    expect(hold?.again).toEqual({ count: 40, last: '2026-03-04T10:16:43.000Z' });
    expect(hold?.says.at(-1)).toBe('  the same 40 times more, until 10:16:43');
    const names = await nwctl(['log', 'show', nodeA, '--workflow', upgrade, '-o', 'name']);
    expect(names.out).toBe(`${digests[2]}\n`);
    const wide = await nwctl(['log', 'show', nodeA, '--workflow', upgrade, '-o', 'wide']);
    expect(wide.out).toContain(`record ${digests[2]}`);
    expect(wide.out).toContain(`snapshot ${other.digest}`);
    expect((await nwctl(['log', 'show', nodeA, '-o', 'yaml'])).out).toContain('schemaVersion: log-show/v1');
  });

  test('a cut and what was dropped are told in words', async () => {
    const folder = join(root, 'cut');
    const clock = { nowMs: startMs };
    const big = (text: string): Decided => ({ ...begins, documents: [documentOf(text.repeat(600)), profile] });
    const limits = { factsBytesMax: 1_500 };
    await writeDecisions(folder, [big('a'), big('b'), big('c')], { origin: originA, clock, limits });
    writeFileSync(join(folder, records), `${readFileSync(join(folder, records), 'utf8')}["synced","torn`);
    await writeDecisions(folder, [], { origin: originA, clock, limits });
    const { out } = await nwctl(['log', 'show', folder]);
    expect(out).toMatch(
      /1 document \(600 bytes\) dropped, too many for their ceiling: of records up to 1; the sink was/,
    );
    expect(out).toMatch(/a crash had left 15 bytes that nobody was told of, in records-0{12}\.ndjson from byte \d+ on/);
    expect(out).toContain('the log is opened again, by a test');
    const verified = await nwctl(['log', 'verify', folder, '-o', 'json']);
    expect(JSON.parse(verified.out)).toMatchObject({
      verdict: 'verified',
      logs: [{ documents: { dropped: 1, missing: 0 } }],
    });
  });

  test('a line that is no record: it says so, and exits 3', async () => {
    const folder = altered((at) => rewrite(at, records, (text) => text.replace('Idle', 'Idol')));
    const { code, err, out } = await nwctl(['log', 'show', folder]);
    expect(code).toBe(3);
    expect(err).toBe(`warning: ${folder} has a line that is no record, at number 1: nwctl log verify ${folder}\n`);
    expect(out).toContain('orders node-a: bond.set-mode');
  });
});

describe('log verify', () => {
  test('of a folder of logs says each, and what that does not prove', async () => {
    const { code, out, err } = await nwctl(['log', 'verify', join(root, 'site')]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replaceAll(root, '')).toMatchInlineSnapshot(`
      "✓ nodewright.example/site-7/node-a (/site/node-a): 7 records, each as it was written
        the checkpoint of 7 records is signed by the key f68f9d2e
        4 documents are each the one of its digest
        not proved: whose key that is: it lay beside the log, and whoever can write there can put another; give the one that you know with --log-key
        not proved: that nothing newer was cut off, or another log shown to others: compare with a checkpoint that somebody kept (--checkpoint)
      ✓ nodewright.example/site-7/node-b (/site/node-b): 2 records, each as it was written
        the checkpoint of 2 records is signed by the key 42712867
        3 documents are each the one of its digest
        not proved: whose key that is: it lay beside the log, and whoever can write there can put another; give the one that you know with --log-key
        not proved: that nothing newer was cut off, or another log shown to others: compare with a checkpoint that somebody kept (--checkpoint)
      "
    `);
  });

  test('by a key and a checkpoint that somebody kept, and a witness', async () => {
    const note = { file: 'checkpoint', text: readFileSync(join(nodeA, 'checkpoint'), 'utf8') };
    const cosigned = await cosignCheckpoint(note, witness.key, witness.signer, startMs / 1000);
    const seenBy = join(root, 'cosigned');
    writeFileSync(seenBy, cosigned.ok ? cosigned.value : '');
    const args = ['log', 'verify', nodeA, '--log-key', formatNoteKey(keyA.key), '--checkpoint', kept];
    const plain = await nwctl(args);
    expect(plain.code).toBe(0);
    expect(plain.out).toContain(`it has grown from what was kept: ${kept} (3 records)`);
    expect(plain.out).not.toContain('not proved');
    const more = ['--checkpoint', seenBy, '--witness-key', formatNoteKey(witness.key), '-o', 'json'];
    const both = await nwctl([...args, ...more]);
    validates('log-verify', both.out);
    expect(both.code).toBe(0);
    expect(JSON.parse(both.out)).toMatchObject({
      verdict: 'verified',
      logs: [{ keys: 'given', signed: { witnesses: [{ name: 'hub.example', at: '2026-03-04T10:15:00Z' }] } }],
    });
    const few = await nwctl([...args, '--witness-key', formatNoteKey(witness.key)]);
    expect(few.code).toBe(4);
    expect(few.out).toContain('not known: 0 of the 1 witnesses that are asked for have seen a checkpoint of it');
    expect((await nwctl([...args, '--witness-key', formatNoteKey(witness.key), '--witnesses', '0'])).code).toBe(0);
  });

  test('of a log that was written anew, right in itself, with what somebody kept', async () => {
    const folder = join(root, 'anew');
    await writeDecisions(folder, [rests, flips, waits, givesUp], { origin: originA });
    expect((await nwctl(['log', 'verify', folder])).code).toBe(0);
    const { code, out } = await nwctl(['log', 'verify', folder, '--checkpoint', kept]);
    expect(code).toBe(3);
    expect(out).toContain(`${kept} was made of`);
    expect(out).toContain('LOG_TREE');
  });

  const digestA = (): string => readFileSync(join(nodeA, records), 'utf8');
  const wrong: readonly (readonly [string, (folder: string) => void, string, readonly string[]])[] = [
    [
      'a document that is another',
      (at) => writeFileSync(factOf(at, column.digest), '[1]'),
      'LOG_FACTS',
      ['record 1 names the document', '/facts/'],
    ],
    [
      'a document that is gone',
      (at) => rmSync(factOf(at, seen.digest)),
      'LOG_FACTS',
      ['record 1 names the document', 'no record says that it was dropped'],
    ],
    [
      'a document that what was seen names, gone',
      (at) => rmSync(factOf(at, column.digest)),
      'LOG_FACTS',
      ['record 1 names'],
    ],
    [
      'a name that is another',
      (at) => rewrite(at, 'origin', () => `${originB}\n`),
      'LOG_ORIGIN',
      ['key.pub: has a key of'],
    ],
    ['no name', (at) => rmSync(join(at, 'origin')), 'LOG_ORIGIN', ['origin: is not there']],
    [
      'a cut-off end',
      (at) => rewrite(at, records, (text) => text.slice(0, text.indexOf('\n') + 1)),
      'LOG_CUT_OFF',
      ['record 1 is missing, as is all up to 6'],
    ],
    [
      'an older checkpoint in the place of the newest',
      (at) => cpSync(kept, join(at, 'checkpoint')),
      'LOG_CHECKPOINT',
      ['an older one was put in its place'],
    ],
    ['no checkpoint any more', (at) => rmSync(join(at, 'checkpoint')), 'LOG_CHECKPOINT', ['checkpoint: is gone']],
    [
      'a history that holds something else',
      (at) => rewrite(at, 'checkpoints.ndjson', (text) => `{}\n${text}`),
      'LOG_CHECKPOINT',
      ['line 1 is no checkpoint'],
    ],
    [
      'another key beside it',
      (at) => rewrite(at, 'key.pub', () => `${formatNoteKey(keyFor(originA, 2).key)}\n`),
      'NOTE_SIGNATURE',
      ['checkpoint: is not signed by a key of this log'],
    ],
    ['a key of nobody beside it', (at) => rewrite(at, 'key.pub', () => '\n'), 'NOTE_KEY', ['key.pub: holds no key']],
    [
      'a segment called for another record',
      (at) => {
        const text = digestA();
        rmSync(join(at, records));
        writeFileSync(join(at, 'records-000000000001.ndjson'), text);
      },
      'LOG_GAP',
      ['its name says 1'],
    ],
    [
      'a record inserted',
      (at) => rewrite(at, records, (text) => text.replace('\n', `\n${text.split('\n')[0]}\n`)),
      'LOG_GAP',
      ['record 1 '],
    ],
  ];

  test.each(wrong)('of %s: 3, and where', async (_, how, code, says) => {
    const folder = altered(how);
    const ran = await nwctl(['log', 'verify', folder]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 3, err: '' });
    for (const words of [code, `nwctl explain ${code}`, ...says]) expect(ran.out).toContain(words);
    expect((await nwctl(['explain', code])).code).toBe(0);
    expect((await nwctl(['log', 'verify', folder, '--exit-zero'])).code).toBe(0);
    const json = await nwctl(['log', 'verify', folder, '-o', 'json']);
    validates('log-verify', json.out);
    expect((await nwctl(['log', 'verify', folder, '-o', 'name'])).out).toBe(`${folder}\n`);
  });

  test('without its documents it verifies all the same, if nobody asks for them', async () => {
    const folder = altered((at) => rmSync(join(at, 'facts'), { recursive: true }));
    expect((await nwctl(['log', 'verify', folder])).code).toBe(3);
    const { code, out } = await nwctl(['log', 'verify', folder, '--records-only']);
    expect(code).toBe(0);
    expect(out).toContain('nobody looked at its documents');
  });

  test.each([
    { says: 'that nobody signed', args: [] as string[], how: 'unsigned', words: 'there is no checkpoint' },
    {
      says: 'by the key of another',
      args: ['--log-key', formatNoteKey(keyFor(originB).key)],
      how: 'a',
      words: 'none of the keys that were given is called',
    },
    {
      says: 'without any key',
      args: [] as string[],
      how: 'no key',
      words: 'no key was given, and none lies beside the log',
    },
  ])('of a log $says: 4', async ({ args, how, words }) => {
    const folder = how === 'a' ? nodeA : altered((at) => rmSync(join(at, 'key.pub')));
    const unsigned = join(folderWith(), 'log');
    if (how === 'unsigned') await writeDecisions(unsigned, [begins], { origin: originA, signed: false });
    const { code, out } = await nwctl(['log', 'verify', how === 'unsigned' ? unsigned : folder, ...args]);
    expect(code).toBe(4);
    expect(out).toContain(words);
    expect(out).toContain('as far as they say it themselves');
  });

  test('a clock that was set back is told, and is no fault', async () => {
    const folder = join(folderWith(), 'log');
    await writeDecisions(folder, [begins, { ...flips, afterMs: -5_000 }], { origin: originA });
    const { code, out } = await nwctl(['log', 'verify', folder]);
    expect(code).toBe(0);
    expect(out).toContain(
      'its clock was set back once, first at record 2: 2026-03-04T10:14:56.000Z after 2026-03-04T10:15:01.000Z',
    );
  });

  test('of one that is wrong and others that are right: 3, and each is said', async () => {
    const site = folderWith();
    cpSync(join(root, 'site'), site, { recursive: true });
    rewrite(join(site, 'node-b'), records, (text) => text.replace('Idle', 'Idol'));
    const { code, out } = await nwctl(['log', 'verify', site]);
    expect(code).toBe(3);
    expect(out).toContain(`✓ ${originA}`);
    expect(out).toContain(`✗ ${originB}`);
  });
});

describe('log prove and check-proof', () => {
  test('a stranger needs nothing but the document, in an empty folder', async () => {
    const { code, out, err } = await nwctl(['log', 'prove', '3', '--log', nodeA]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const empty = folderWith();
    const checked = await nwctl(['log', 'check-proof', '-'], { stdin: Buffer.from(out), cwd: empty });
    expect({ code: checked.code, err: checked.err }).toEqual({ code: 0, err: '' });
    expect(checked.out).toContain('✓ record 3 ');
    expect(checked.out).toContain(`is one of the 7 records of the log ${originA}`);
    expect(checked.out).toContain('not proved: whose key that is');
    expect(readdirSync(empty)).toEqual([]);
    const args = ['--log-key', formatNoteKey(keyA.key)];
    const trusted = await nwctl(['log', 'check-proof', ...args, '-o', 'json'], { stdin: Buffer.from(out) });
    validates('log-proof', trusted.out);
    expect(JSON.parse(trusted.out)).toMatchObject({ keyGiven: true, record: { sequence: 3 }, checkpoint: { size: 7 } });
    const stranger = await nwctl(['log', 'check-proof', '--log-key', formatNoteKey(keyFor(originA, 2).key)], {
      stdin: Buffer.from(out),
    });
    expect(stranger).toMatchObject({ code: 3, out: '', err: expect.stringContaining('NOTE_SIGNATURE') as string });
  });

  test('a record by its digest, by the beginning of it, in a folder of logs; into a file', async () => {
    const file = join(root, 'proof.json');
    const [digest = ''] = digests;
    const ran = await nwctl([
      'log',
      'prove',
      digest.slice('sha256:'.length, 20),
      '--log',
      join(root, 'site'),
      '-o',
      file,
    ]);
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    const checked = await nwctl(['log', 'check-proof', file, '-o', 'name']);
    expect(checked).toEqual({ code: 0, out: `${digest}\n`, err: '' });
    expect((await nwctl(['log', 'prove', digest, '--log', nodeA])).out).toBe(readFileSync(file, 'utf8'));
  });

  test('the log may be told by NW_LOG', async () => {
    const around: Around = { env: { NW_LOG: nodeA } };
    expect((await nwctl(['log', 'prove', '1'], around)).code).toBe(0);
    expect((await nwctl(['log', 'verify'], around)).code).toBe(0);
    expect((await nwctl(['log', 'show'], around)).code).toBe(0);
  });

  test('what no checkpoint speaks of yet: 4; a log that does not bear it out: 3', async () => {
    const early = altered((at) => cpSync(kept, join(at, 'checkpoint')));
    const ran = await nwctl(['log', 'prove', '5', '--log', early]);
    expect(ran).toMatchObject({ code: 4, out: '' });
    expect(ran.err).toContain('record 5 is not under a checkpoint yet');
    const none = altered((at) => rmSync(join(at, 'checkpoint')));
    expect(await nwctl(['log', 'prove', '5', '--log', none])).toMatchObject({ code: 4, out: '' });
    const forged = altered((at) => rewrite(at, records, (text) => text.replace('Idle', 'Idol')));
    const wrong = await nwctl(['log', 'prove', '3', '--log', forged]);
    expect(wrong).toMatchObject({ code: 3, out: '', err: expect.stringContaining('LOG_CUT_OFF') as string });
    const copy = altered((at) => rmSync(join(at, 'key.pub')));
    expect(await nwctl(['log', 'prove', '3', '--log', copy])).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('--log-key') as string,
    });
    const given = await nwctl(['log', 'prove', '3', '--log', copy, '--log-key', formatNoteKey(keyA.key)]);
    expect(given.out).toBe((await nwctl(['log', 'prove', '3', '--log', nodeA])).out);
    const keyless = altered((at) => rewrite(at, 'key.pub', () => 'nonsense\n'));
    expect(await nwctl(['log', 'prove', '3', '--log', keyless])).toMatchObject({ code: 3, out: '' });
  });
});

describe('log export', () => {
  const out = (): string => join(folderWith(), 'log.ndjson');

  test('is the same bytes every time, and read as its folder is', async () => {
    const [one, two, three] = [out(), out(), out()];
    const first = await nwctl(['log', 'export', nodeA, '-o', one]);
    expect(first).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/7 records, 4 documents, \d+ bytes/) as string,
    });
    await nwctl(['log', 'export', nodeA, '-o', two]);
    await nwctl(['log', 'export', one, '-o', three]);
    expect(readFileSync(two, 'utf8')).toBe(readFileSync(one, 'utf8'));
    expect(readFileSync(three, 'utf8')).toBe(readFileSync(one, 'utf8'));
    const told = async (path: string): Promise<string> =>
      (await nwctl(['log', 'show', path, '-o', 'json'])).out.replaceAll(path, 'LOG');
    expect(await told(one)).toBe(await told(nodeA));
    expect((await nwctl(['log', 'prove', '3', '--log', one])).out).toBe(
      (await nwctl(['log', 'prove', '3', '--log', nodeA])).out,
    );
    expect((await nwctl(['log', 'verify', one, '--checkpoint', kept])).code).toBe(0);
    expect((await nwctl(['log', 'verify', '-'], { stdin: readFileSync(one) })).code).toBe(0);
  });

  test('holds the documents of whatever was chosen, and no others', async () => {
    const file = out();
    await nwctl(['log', 'export', nodeA, '--workflow', upgrade, '-o', file]);
    const documents = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('{"digest"') ? [(JSON.parse(line) as { digest: string }).digest] : []));
    expect(documents).toEqual([other.digest, profile.digest].sort());
    expect((await nwctl(['log', 'verify', file])).code).toBe(0);
    const since = out();
    const err = (await nwctl(['log', 'export', nodeA, '--since', '2026-03-04T10:17:30Z', '-o', since])).err;
    expect(err).toContain('7 records, 0 documents of the records that were asked for');
  });

  test('is refused where the log is wrong, and what stood there stays', async () => {
    const file = out();
    writeFileSync(file, 'before');
    const forged = altered((at) => rewrite(at, records, (text) => text.replace('Idle', 'Idol')));
    const ran = await nwctl(['log', 'export', forged, '-o', file]);
    expect(ran).toMatchObject({ code: 3, out: '', err: expect.stringContaining('LOG_DAMAGED') as string });
    const lost = altered((at) => writeFileSync(factOf(at, column.digest), '[1]'));
    expect(await nwctl(['log', 'export', lost, '-o', file])).toMatchObject({ code: 3, out: '' });
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(join(file, '..'))).toEqual(['log.ndjson']);
  });

  test('of a log whose last line is being written leaves that out', async () => {
    const file = out();
    const folder = altered((at) => rewrite(at, records, (text) => `${text}["synced","half`));
    expect((await nwctl(['log', 'export', folder, '-o', file])).code).toBe(0);
    expect((await nwctl(['log', 'verify', file])).code).toBe(0);
  });
});

const nothing = folderWith();
mkdirSync(join(nothing, 'inner'));
/** What is typed, and what is told: code, exit, words. */
const asked: readonly (readonly [string, () => readonly string[], string, number, string])[] = [
  ['no log', () => ['log', 'show', nothing], 'FILE_MISSING', 2, 'holds no log, and no folder in it does'],
  ['no folder', () => ['log', 'verify', '/nowhere'], 'FILE_MISSING', 2, 'does not exist'],
  ['no such moment', () => ['log', 'show', nodeA, '--since', 'yesterday'], 'USAGE', 2, 'write it as 2h'],
  [
    'no such workflow',
    () => ['log', 'show', nodeA, '--workflow', 'BondModeFlipPlan/sit'],
    'ASK_UNKNOWN_NAME',
    2,
    'did you mean `BondModeFlipPlan/site`',
  ],
  [
    'no such object',
    () => ['log', 'show', nodeA, '--object', 'node-z'],
    'ASK_UNKNOWN_NAME',
    2,
    'no record is about `node-z`',
  ],
  ['no key', () => ['log', 'verify', nodeA, '--log-key', `${originA}+00000000+AAAA`], 'NOTE_KEY', 2, '--log-key'],
  ['no file of keys', () => ['log', 'verify', nodeA, '--log-key', '/nowhere'], 'FILE_MISSING', 2, 'does not exist'],
  [
    'a witness as a log',
    () => ['log', 'verify', nodeA, '--log-key', formatNoteKey(witness.key)],
    'USAGE',
    2,
    'no key of a log',
  ],
  [
    'a log as a witness',
    () => ['log', 'verify', nodeA, '--witness-key', formatNoteKey(keyA.key)],
    'USAGE',
    2,
    'no key of a witness',
  ],
  ['too many witnesses', () => ['log', 'verify', nodeA, '--witnesses', '2'], 'USAGE', 2, '0 are given'],
  ['no number of witnesses', () => ['log', 'verify', nodeA, '--witnesses', 'x'], 'USAGE', 2, '`x`'],
  [
    'no checkpoint',
    () => ['log', 'verify', nodeA, '--checkpoint', join(nodeA, 'origin')],
    'NOTE_FORM',
    2,
    'is no text, empty line',
  ],
  [
    'a checkpoint of another log',
    () => ['log', 'verify', nodeA, '--checkpoint', join(nodeB, 'checkpoint')],
    'LOG_CHECKPOINT',
    2,
    'there is no such log here',
  ],
  ['no export', () => ['log', 'verify', join(nodeA, records)], 'LOG_EXPORT', 2, 'no export of a log'],
  ['no such record', () => ['log', 'prove', '99', '--log', nodeA], 'ASK_UNKNOWN_NAME', 2, 'no record `99`'],
  [
    'a record of several logs',
    () => ['log', 'prove', '1', '--log', join(root, 'site')],
    'ASK_UNKNOWN_NAME',
    2,
    'means 2 records',
  ],
  ['no proof', () => ['log', 'check-proof', join(nodeA, 'origin')], 'LOG_PROOF', 3, 'is not canonical JSON'],
  ['no file of a proof', () => ['log', 'check-proof', '/nowhere'], 'FILE_MISSING', 2, 'does not exist'],
  [
    'a witness of a proof without a log',
    () => ['log', 'check-proof', '--witness-key', formatNoteKey(witness.key)],
    'USAGE',
    2,
    'without --log-key',
  ],
  [
    'an export of several',
    () => ['log', 'export', join(root, 'site'), '-o', '/nowhere'],
    'FILE_MISSING',
    2,
    'holds 2 logs',
  ],
  ['an export to nowhere', () => ['log', 'export', nodeA], 'USAGE', 2, '-o FILE is needed'],
  [
    'an export into a folder that is not there',
    () => ['log', 'export', nodeA, '-o', '/nowhere/x'],
    'FILE_UNWRITABLE',
    1,
    '',
  ],
];

test.each(asked)('%s is refused in words', async (_, args, code, exit, says) => {
  const ran = await nwctl([...args(), '--log-format', 'json']);
  const faults = ran.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; code?: string; message: string; hint?: string });
  const [first] = faults;
  expect({ exit: ran.code, out: ran.out, code: first?.code }).toEqual({ exit, out: '', code });
  expect(`${first?.message}; ${first?.hint}`).toContain(says);
});

test('what cannot be read is said, and is no verdict', async () => {
  const folder = altered((at) => {
    rmSync(join(at, records));
    mkdirSync(join(at, records));
  });
  for (const verb of ['verify', 'show'])
    expect(await nwctl(['log', verb, folder, '--log-format', 'json'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('LOG_DISK') as string,
    });
});
