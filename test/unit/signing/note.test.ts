import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../../src/kernel/fault.ts';
import { makePrivateKey } from '../../../src/signing/keys.ts';
import {
  cosignNote,
  formatNote,
  formatNoteKey,
  isKeyName,
  type NoteKey,
  noteKey,
  parseNote,
  parseNoteKey,
  signNote,
  verifyNote,
} from '../../../src/signing/note.ts';
import { madeKey, nowhere } from '../../support/made-log.ts';

/** What C2SP's own documents print. */
const exampleKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const exampleNote =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

function mustBe<T>(loaded: Loaded<T>): T {
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join());
  return loaded.value;
}
const whyNot = (loaded: Loaded<unknown>): string =>
  loaded.ok ? 'nothing is wrong' : (loaded.faults[0]?.message ?? '');
const text = 'one\n\nthree\n';
const log = madeKey(1, 'log.example/a');
const witness = madeKey(2, 'witness.example/w', 'cosignature');

describe('the examples of the specification', () => {
  test('its key is read, and written the same', () => {
    expect(formatNoteKey(mustBe(parseNoteKey(exampleKey, nowhere)))).toBe(exampleKey);
  });
  test('its note is signed by it, and is written the same', () => {
    const note = mustBe(parseNote(exampleNote, nowhere));
    expect(mustBe(verifyNote(note, [mustBe(parseNoteKey(exampleKey, nowhere))], nowhere))).toMatchObject([
      { by: { name: 'example.com/foo' }, seconds: null },
    ]);
    expect(formatNote(note)).toBe(exampleNote);
  });
});

describe('a key of a note', () => {
  test.each([log, witness])('is written and read: $purpose', (key) => {
    const read = mustBe(parseNoteKey(formatNoteKey(key), nowhere));
    expect({ ...read, key: Buffer.from(read.key.raw) }).toEqual({
      name: key.name,
      id: key.id,
      purpose: key.purpose,
      key: Buffer.from(key.key.raw),
    });
  });
  test('for another purpose has another id', () => {
    expect(mustBe(noteKey('a', 'signature', log.key, nowhere)).id).not.toBe(
      mustBe(noteKey('a', 'cosignature', log.key, nowhere)).id,
    );
  });
  test.each<[string, string, string]>([
    ['with another id', exampleKey.replace('530d', '530e'), 'its id is 530e903a, and name and key give 530d903a'],
    ['with another name', exampleKey.replace('foo', 'bar'), 'its id is 530d903a'],
    ['with its id in capitals', exampleKey.replace('530d', '530D'), 'is no key of a note'],
    ['without a name', exampleKey.replace('example.com/foo', ''), 'is no key of a note'],
    ['without an id', exampleKey.replace('530d903a', ''), 'is no key of a note'],
    ['without a key', 'example.com/foo+530d903a+', 'is no key of a note'],
    ['of one part', 'example.com', 'is no key of a note'],
    ['whose base64 has bits that say nothing', exampleKey.replace(/k$/, 'l'), 'its id is'],
    ['with padding where none is', `${exampleKey}=`, 'is no key of a note'],
    [
      'of a kind that is not read',
      `a+00000000+${Buffer.alloc(33, 2).toString('base64')}`,
      'is a key of a kind that is not read here',
    ],
    [
      'one byte short',
      `a+00000000+${Buffer.alloc(32, 1).toString('base64')}`,
      'is a key of a kind that is not read here',
    ],
    [
      'for which anybody can sign',
      `a+00000000+${Buffer.concat([Buffer.of(1), Buffer.alloc(32)]).toString('base64')}`,
      'is a point for which anybody can sign',
    ],
    ['with a name of two words', exampleKey.replace('example', 'exam ple'), 'names no key'],
    ['over two lines', `${exampleKey}\n`, 'is no key of a note'],
  ])('%s is none', (_, written, says) => expect(whyNot(parseNoteKey(written, nowhere))).toContain(says));
  test('is Ed25519', () => {
    const other = makePrivateKey('ecdsa-p256', (length) => new Uint8Array(length).fill(1)).public;
    expect(whyNot(noteKey('a', 'signature', other, nowhere))).toBe('notes are signed by Ed25519, not by ecdsa-p256');
  });
  test.each([
    '',
    'a b',
    'a+b',
    'a\u00a0b',
    'a\u2028b',
    'a\u0085b',
    'a\nb',
    'a\u0000',
    'a\u001b[2J',
    '\u3000',
    '\ud800',
  ])('is not called %j', (name) => {
    expect(isKeyName(name)).toBe(false);
    expect(noteKey(name, 'signature', log.key, nowhere).ok).toBe(false);
  });
});

describe('a note', () => {
  test('signed by several is right for each of them, and the text may hold empty lines', async () => {
    const signatures = [
      await signNote(text, log, log.signer),
      await cosignNote(text, witness, witness.signer, 1_700_000_000),
    ];
    const note = mustBe(parseNote(formatNote({ text, signatures }), nowhere));
    expect(note).toEqual({ text, signatures: signatures.map((one) => ({ ...one, bytes: Buffer.from(one.bytes) })) });
    expect(mustBe(verifyNote(note, [log, witness], nowhere)).map(({ by, seconds }) => [by.name, seconds])).toEqual([
      ['log.example/a', null],
      ['witness.example/w', 1_700_000_000],
    ]);
    expect(mustBe(verifyNote(note, [witness], nowhere)).length).toBe(1);
    expect(mustBe(verifyNote(note, [], nowhere))).toEqual([]);
    expect(mustBe(parseNote(Buffer.from(formatNote(note)), nowhere))).toEqual(note);
  });
  test('of any text comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (any) => {
        const signed = `${any.replaceAll(/(?!\n)\p{Cc}/gu, '')}\n`;
        const note = { text: signed, signatures: [await signNote(signed, log, log.signer)] };
        const read = mustBe(parseNote(formatNote(note), nowhere));
        expect(read.text).toBe(signed);
        expect(mustBe(verifyNote(read, [log], nowhere)).length).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
  test('with any bit of it flipped is not signed by both any more', async () => {
    const signatures = [
      await signNote(text, log, log.signer),
      await cosignNote(text, witness, witness.signer, 1_700_000_000),
    ];
    const bytes = Buffer.from(formatNote({ text, signatures }));
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const bad = Buffer.from(bytes);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const note = parseNote(bad, nowhere);
      const attested = note.ok ? verifyNote(note.value, [log, witness], nowhere) : note;
      if (attested.ok && attested.value.length > 1) expect.unreachable(`bit ${bit}`);
    }
  });
  test('with a wrong signature under a known name and id is not believed at all', async () => {
    const right = await signNote(text, log, log.signer);
    const other = await signNote('other\n', log, log.signer);
    for (const signatures of [
      [right, other],
      [other, right],
    ]) {
      expect(whyNot(verifyNote({ text, signatures }, [log], nowhere))).toBe(
        `the signature by \`log.example/a\` (${log.id}) is wrong`,
      );
    }
  });
  test('a signature that shares only the name or only the id says nothing, and harms nothing', async () => {
    const right = await signNote(text, log, log.signer);
    const signatures = [{ ...right, id: '00000000' }, { ...right, name: 'somebody.else' }, right];
    expect(mustBe(verifyNote({ text, signatures }, [log], nowhere)).length).toBe(1);
    expect(mustBe(verifyNote({ text, signatures: signatures.slice(0, 2) }, [log], nowhere)).length).toBe(0);
  });
  test('a key counts once, however often it signs; of a witness the last time counts', async () => {
    const times = [1_700_000_005, 1_700_000_009, 1_700_000_001];
    const signatures = await Promise.all(times.map((seconds) => cosignNote(text, witness, witness.signer, seconds)));
    expect(mustBe(verifyNote({ text, signatures }, [witness], nowhere))).toEqual([
      { by: witness, seconds: 1_700_000_009 },
    ]);
  });
  test('two believed keys of one name and id are told apart by nobody, so the note is not believed', async () => {
    const forged: NoteKey = { ...madeKey(9, log.name), id: log.id };
    const note = { text, signatures: [await signNote(text, log, log.signer)] };
    expect(whyNot(verifyNote(note, [log, forged], nowhere))).toContain(
      'two keys that are believed have one name and id',
    );
    expect(mustBe(verifyNote(note, [log, { ...log }], nowhere)).length).toBe(1);
  });
  test('a signature is no cosignature, even by the same key', async () => {
    const asWitness = mustBe(noteKey(log.name, 'cosignature', log.key, nowhere));
    const signature = await signNote(text, log, log.signer);
    expect(mustBe(verifyNote({ text, signatures: [signature] }, [asWitness], nowhere))).toEqual([]);
    expect(
      whyNot(verifyNote({ text, signatures: [{ ...signature, id: asWitness.id }] }, [asWitness], nowhere)),
    ).toContain('is wrong');
    const cosignature = await cosignNote(text, asWitness, log.signer, 5);
    expect(whyNot(verifyNote({ text, signatures: [{ ...cosignature, id: log.id }] }, [log], nowhere))).toContain(
      'is wrong',
    );
  });
  test('a witness cannot say a time after all times', async () => {
    const bytes = (time: bigint, signature: Uint8Array): Uint8Array => {
      const head = Buffer.alloc(8);
      head.writeBigUInt64BE(time);
      return Buffer.concat([head, signature]);
    };
    for (const [time, isRight] of [
      [2n ** 63n - 1n, true],
      [2n ** 63n, false],
    ] as const) {
      const signature = await witness.signer.sign(Buffer.from(`cosignature/v1\ntime ${time}\n${text}`));
      const note = { text, signatures: [{ name: witness.name, id: witness.id, bytes: bytes(time, signature) }] };
      expect(verifyNote(note, [witness], nowhere).ok).toBe(isRight);
    }
  });
});

describe('what is no note', () => {
  const good = exampleNote;
  test.each<[string, string, string]>([
    ['nothing', '', 'is no text, empty line and signatures'],
    ['a text alone', 'text\n', 'is no text, empty line and signatures'],
    ['without signatures', 'text\n\n', 'signature 1 is none'],
    ['with an empty line behind', `${good}\n`, 'signature 1 is none'],
    ['without the last line break', good.slice(0, -1), 'is no text, empty line and signatures'],
    ['with Windows line ends', good.replaceAll('\n', '\r\n'), 'has a control character'],
    ['with a tab', `\t${good}`, 'has a control character'],
    ['with a terminal escape', `\u001b[2J${good}`, 'has a control character'],
    ['with half of a character', `\ud800${good}`, 'is no UTF-8 text'],
    ['with a hyphen for the dash', good.replace('— ', '- '), 'signature 1 is none'],
    ['with two spaces', good.replace('foo ', 'foo  '), 'signature 1 is none'],
    ['with a word behind', good.replace('aQM=', 'aQM= x'), 'signature 1 is none'],
    ['without padding', good.replace('aQM=', 'aQM'), 'signature 1 is none'],
    ['with base64 of URLs', 'text\n\n— a -_-_-_8=\n', 'signature 1 is none'],
    ['with four bytes', 'text\n\n— a AAAAAA==\n', 'signature 1 is none'],
    ['with a plus in a name', good.replace('example.com/foo', 'a+b'), 'signature 1 is none'],
    ['with a line between', good.replace('— ', '— example.com/foo Uw2QOkn8\nx\n— '), 'signature 2 is none'],
    ['with 101 signatures', good + '— a AAAAAAA=\n'.repeat(100), 'has more than 100 signatures'],
    ['as big as it likes', `${'a'.repeat(1 << 20)}${good}`, 'has more than 1048576 bytes'],
  ])('%s', (_, written, says) => expect(whyNot(parseNote(written, nowhere))).toContain(says));
  test('bytes that are no UTF-8', () => {
    expect(whyNot(parseNote(Buffer.concat([Buffer.of(0xff), Buffer.from(good)]), nowhere))).toBe('is no UTF-8 text');
    expect(whyNot(parseNote(Buffer.alloc((1 << 20) + 1, 0x61), nowhere))).toBe('is no UTF-8 text');
  });
  test('a byte order mark is part of what is signed', () => {
    const note = mustBe(parseNote(Buffer.from(`\ufeff${good}`), nowhere));
    expect(note.text.startsWith('\ufeff')).toBe(true);
    expect(whyNot(verifyNote(note, [mustBe(parseNoteKey(exampleKey, nowhere))], nowhere))).toContain('is wrong');
  });
  test('and 100 signatures are still read', () => {
    expect(parseNote(good + '— a AAAAAAA=\n'.repeat(99), nowhere).ok).toBe(true);
  });
});
