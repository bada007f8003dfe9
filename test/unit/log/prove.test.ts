import { describe, expect, test } from 'vitest';
import { canonical, type Json } from '../../../src/kernel/digest.ts';
import type { Loaded } from '../../../src/kernel/fault.ts';
import { cosignCheckpoint } from '../../../src/log/checkpoint.ts';
import { checkProof, type ProofDocument, prove } from '../../../src/log/prove.ts';
import { formatNoteKey } from '../../../src/signing/note.ts';
import { madeKey, madeOrigin, makeLog, signedCheckpoint } from '../../support/made-log.ts';

const log = makeLog(11);
const key = madeKey(1);
const trusted = { logKeys: [key], witnesses: [], witnessesNeeded: 0 };
const named = (text: string) => ({ file: 'proof.json', text });
const why = (loaded: Loaded<unknown>): string => (loaded.ok ? 'nothing' : (loaded.faults[0]?.message ?? ''));
async function proofOf(index: number, size = 11): Promise<string> {
  const made = await prove(log.lines[index] ?? '', named(await signedCheckpoint(log, size)), key, log.tiles);
  if (!made.ok) throw new Error(why(made));
  return made.value;
}
const partsOf = (text: string): ProofDocument => JSON.parse(text) as ProofDocument;
const written = (document: object): string => `${canonical(document as Json)}\n`;

test('every record of every size is proved, and the proof says what the record says', async () => {
  for (let size = 1; size <= 11; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const checked = checkProof(named(await proofOf(index, size)), trusted);
      expect(checked.ok && checked.value).toMatchObject({
        record: JSON.parse(log.lines[index] ?? ''),
        digest: log.heads[index]?.digest,
        checkpoint: { origin: madeOrigin, size },
        signedBy: { name: madeOrigin, id: key.id },
        isTrusted: true,
      });
    }
  }
});
test('without keys of one’s own it proves what its own key says, and says so', async () => {
  const checked = checkProof(named(await proofOf(4)));
  expect(checked.ok && checked.value.isTrusted).toBe(false);
});
test('of a log that somebody made up it proves nothing to who has the right key', async () => {
  const forger = madeKey(66);
  const made = await prove(log.lines[4] ?? '', named(await signedCheckpoint(log, 11, forger)), forger, log.tiles);
  const text = made.ok ? made.value : '';
  expect(checkProof(named(text)).ok).toBe(true);
  expect(why(checkProof(named(text), trusted))).toBe('is not signed by a key of this log that is believed');
});
test('witnesses are asked for, and named', async () => {
  const witness = madeKey(2, 'witness.example', 'cosignature');
  const note = await cosignCheckpoint(named(await signedCheckpoint(log, 11)), witness, witness.signer, 1_700_000_000);
  const made = await prove(log.lines[4] ?? '', named(note.ok ? note.value : ''), key, log.tiles);
  const asked = { ...trusted, witnesses: [witness], witnessesNeeded: 1 };
  const checked = checkProof(named(made.ok ? made.value : ''), asked);
  expect(checked.ok && checked.value.seenBy).toEqual([{ by: witness, seconds: 1_700_000_000 }]);
  expect(why(checkProof(named(await proofOf(4)), asked))).toBe('is seen by 0 of the 1 witnesses that are asked for');
});
test('any bit of it flipped, it proves nothing', async () => {
  const bytes = Buffer.from(await proofOf(9));
  for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
    const bad = Buffer.from(bytes);
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if (checkProof(named(bad.toString()), trusted).ok) expect.unreachable(`bit ${bit} of byte ${bit >> 3}`);
  }
});
test('cut off anywhere, it proves nothing', async () => {
  const text = await proofOf(9);
  for (let length = 0; length < text.length - 1; length += 1)
    expect(checkProof(named(text.slice(0, length))).ok).toBe(false);
  expect(checkProof(named(text.slice(0, -1))).ok).toBe(true); // Without the line break it is still the document.
});

describe('a document', async () => {
  const text = await proofOf(4);
  const good = partsOf(text);
  const other = partsOf(await proofOf(5));
  test.each<[string, object, string]>([
    ['of another record', { ...good, record: other.record }, 'its record is number 5, and 4 is to be proved'],
    ['of another index', { ...good, index: 5 }, 'its record is number 4, and 5 is to be proved'],
    [
      'of record and index of another',
      { ...good, record: other.record, index: 5 },
      'its hashes do not lead from record 5 to the root that was signed',
    ],
    ['of another way', { ...good, path: other.path }, 'its hashes do not lead'],
    ['of a shorter way', { ...good, path: good.path.slice(1) }, 'its hashes do not lead'],
    ['of a longer way', { ...good, path: [...good.path, good.path[0]] }, 'its hashes do not lead'],
    ['of an older checkpoint', { ...good, checkpoint: await signedCheckpoint(log, 5) }, 'its hashes do not lead'],
    [
      'of one from before the record',
      { ...good, checkpoint: await signedCheckpoint(log, 3) },
      'its hashes do not lead',
    ],
    ['of another origin', { ...good, origin: 'x' }, `is of \`${madeOrigin}\`, and the log is \`x\``],
    [
      'with the key of another',
      { ...good, key: formatNoteKey(madeKey(5)) },
      'is not signed by a key of this log that is believed',
    ],
    [
      'with the key of a witness',
      { ...good, key: formatNoteKey(madeKey(1, madeOrigin, 'cosignature')) },
      'is not signed by a key of this log that is believed',
    ],
    ['with no key', { ...good, key: '' }, 'is no key of a note'],
    ['of a later version', { ...good, version: 2 }, 'is no proof of this version'],
    ['of another kind', { ...good, kind: 'x' }, 'is no proof of this version'],
    ['that says more', { ...good, note: 'x' }, 'does not have exactly the members'],
    ['that says less', { ...good, origin: undefined }, 'does not have exactly the members'],
    ['whose number is text', { ...good, index: '4' }, 'has no number of a record'],
    ['whose number is none', { ...good, index: -1 }, 'has no number of a record'],
    ['whose number cannot be counted', { ...good, index: 2 ** 53 }, 'has no number of a record'],
    ['whose record is an object', { ...good, record: JSON.parse(good.record) }, 'has a member that is no text'],
    [
      'whose record is laid out otherwise',
      { ...good, record: good.record.replace(',', ', ') },
      'its record is not canonical JSON',
    ],
    ['whose way is text', { ...good, path: good.path[0] }, 'has no list of hashes'],
    ['whose way has no end', { ...good, path: Array(54).fill(good.path[0]) }, 'has no list of hashes'],
    ['with a hash in hex', { ...good, path: ['ab'.repeat(32)] }, 'has a hash that is none'],
    ['with a hash that is a number', { ...good, path: [1] }, 'has a hash that is none'],
  ])('%s proves nothing', (_, document, says) => {
    expect(why(checkProof(named(written(document)), trusted))).toContain(says);
  });
  test.each<[string, string]>([
    ['', ''],
    ['null', 'null\n'],
    ['a list', '[]\n'],
    ['laid out for people', JSON.stringify(good, null, 2)],
    ['with one member twice', text.replace('"index":4', '"index":5,"index":4')],
    ['twice', text + text],
    ['with half of a character', text.replace('hold', '\ud800')],
  ])('that is no canonical object proves nothing: %s', (_, bad) => {
    expect(why(checkProof(named(bad), trusted))).toMatch(/is not canonical JSON|does not have exactly/);
  });
});

describe('no proof is made', () => {
  const checkpoint = (size: number) => signedCheckpoint(log, size).then(named);
  test('of a record that is not under the checkpoint yet', async () => {
    const made = await prove(log.lines[5] ?? '', await checkpoint(5), key, log.tiles);
    expect(why(made)).toBe('record 5 is not under a checkpoint yet: the last one speaks of 5 records');
  });
  test('of a line that is no record', async () => {
    expect(why(await prove('{}', await checkpoint(5), key, log.tiles))).toContain('the record has no at');
  });
  test('of a record that is not in the log, or from hashes that were altered: it is checked before it is handed out', async () => {
    const stranger = makeLog(11, () => ({ says: 'x' })).lines[4] ?? '';
    expect(why(await prove(stranger, await checkpoint(11), key, log.tiles))).toContain('its hashes do not lead');
    const altered = {
      read: (level: number, first: number, count: number) => {
        const bytes = Buffer.from(log.tiles.read(level, first, count));
        bytes[5 * 32] = 1 ^ (bytes[5 * 32] ?? 0);
        return bytes;
      },
    };
    expect(why(await prove(log.lines[4] ?? '', await checkpoint(11), key, altered))).toContain(
      'its hashes do not lead',
    );
  });
  test('under a key that did not sign', async () => {
    const other = madeKey(5);
    expect(why(await prove(log.lines[4] ?? '', await checkpoint(11), other, log.tiles))).toContain('is not signed');
  });
});
