import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../../src/kernel/fault.ts';
import { emptyRoot } from '../../../src/kernel/merkle.ts';
import {
  type CheckpointPolicy,
  checkCheckpoint,
  checkpointText,
  cosignCheckpoint,
  readCheckpoint,
  signCheckpoint,
} from '../../../src/log/checkpoint.ts';
import { type Signer, SignerRefused } from '../../../src/signing/keys.ts';
import { formatNote, noteKey, parseNoteKey, signNote } from '../../../src/signing/note.ts';
import { checkpointOf, madeKey, madeOrigin, makeLog, nowhere, signedCheckpoint } from '../../support/made-log.ts';

const log = makeLog(7);
const logKey = madeKey(1);
const witnesses = [2, 3, 4].map((seed) => madeKey(seed, `witness.example/w${seed}`, 'cosignature'));
const policy: CheckpointPolicy = { origin: madeOrigin, logKeys: [logKey], witnesses: [], witnessesNeeded: 0 };
const named = (text: string) => ({ file: 'checkpoint', text });
const why = (loaded: Loaded<unknown>): string =>
  loaded.ok ? 'nothing' : `${loaded.faults[0]?.code} ${loaded.faults[0]?.message}`;
function mustBe<T>(loaded: Loaded<T>): T {
  if (!loaded.ok) throw new Error(why(loaded));
  return loaded.value;
}
/** Any text, signed by the log's key as if it were a checkpoint. */
async function signedText(text: string): Promise<string> {
  return formatNote({ text, signatures: [await signNote(text, logKey, logKey.signer)] });
}
async function cosigned(by: readonly (typeof logKey)[], size = 7): Promise<string> {
  let note = await signedCheckpoint(log, size);
  for (const [at, witness] of by.entries()) {
    note = mustBe(await cosignCheckpoint(named(note), witness, witness.signer, 1_700_000_000 + at));
  }
  return note;
}

test('says origin, size and root, in three lines', () => {
  expect(checkpointText({ origin: 'example.com/log', size: 0, root: emptyRoot })).toBe(
    'example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  );
});
test('signed by its log is believed, at every size', async () => {
  for (let size = 0; size <= 7; size += 1) {
    const believed = mustBe(checkCheckpoint(named(await signedCheckpoint(log, size)), policy));
    expect(believed).toEqual({ checkpoint: checkpointOf(log, size), signedBy: logKey, seenBy: [] });
  }
});
test('the specification’s own example is read', () => {
  const text = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;
  const { checkpoint, note, extensions } = mustBe(readCheckpoint(named(text)));
  expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
  expect(note.signatures.map(({ bytes }) => bytes.length)).toEqual([64, 72]);
  expect(extensions).toEqual([]);
  // The time that the specification tells of this cosignature.
  expect(Buffer.from(note.signatures[1]?.bytes ?? []).readBigUInt64BE()).toBe(1679315147n);
});

describe('is refused', () => {
  const root = Buffer.from(checkpointOf(log, 7).root, 'hex').toString('base64');
  const at = (size: string, end = ''): string => `${madeOrigin}\n${size}\n${root}\n${end}`;
  test.each<[string, string, string]>([
    ['with a size that begins with zero', at('07'), '`07` is no size of a log'],
    ['with a size of many zeros', at('00'), '`00` is no size of a log'],
    ['with a plus', at('+7'), '`+7` is no size of a log'],
    ['below nothing', at('-7'), '`-7` is no size of a log'],
    ['with a size in hex', at('0x7'), '`0x7` is no size of a log'],
    ['with a size in powers', at('7e0'), '`7e0` is no size of a log'],
    ['with white space around its size', at(' 7'), '` 7` is no size of a log'],
    ['with digits of another script', at('٧'), '`٧` is no size of a log'],
    ['without a size', at(''), 'has an empty line before its signatures'],
    ['with a size that cannot be counted', at('9007199254740992'), '`9007199254740992` is no size of a log'],
    ['with an endless size', at('9'.repeat(400)), 'is no size of a log'],
    ['with an empty log that has a root', at('0'), 'a log without records has another root'],
    ['with a root of 31 bytes', `${madeOrigin}\n7\n${Buffer.alloc(31).toString('base64')}\n`, 'is no root of a tree'],
    ['with a root of 33 bytes', `${madeOrigin}\n7\n${Buffer.alloc(33).toString('base64')}\n`, 'is no root of a tree'],
    [
      'with a root whose base64 has bits that say nothing',
      `${madeOrigin}\n7\n${root.replace(/.=$/, 'B=')}\n`,
      'is no root of a tree',
    ],
    ['with a root in hex', `${madeOrigin}\n7\n${checkpointOf(log, 7).root}\n`, 'is no root of a tree'],
    ['of two lines', `${madeOrigin}\n7\n`, 'is no root of a tree'],
    ['without an origin', `\n7\n${root}\n`, 'has an empty line before its signatures'],
    ['with an empty line behind', at('7', '\n'), 'has an empty line before its signatures'],
    [
      'with an origin that another one begins with',
      at('7').replace(madeOrigin, `${madeOrigin}-b`),
      `is of \`${madeOrigin}-b\``,
    ],
    ['with white space behind its origin', at('7').replace(madeOrigin, `${madeOrigin} `), `is of \`${madeOrigin} \``],
  ])('%s, although the log’s key signed it', async (_, text, says) => {
    const answer = why(checkCheckpoint(named(await signedText(text)), policy));
    expect(answer).toContain(says);
    expect(answer).toContain('LOG_CHECKPOINT');
  });
  test('of another log, by that log’s key', async () => {
    const other = madeKey(7, 'other.example/log');
    const note = mustBe(
      await signCheckpoint({ ...checkpointOf(log, 7), origin: other.name }, other, other.signer, nowhere),
    );
    expect(why(checkCheckpoint(named(note), policy))).toContain('is of `other.example/log`');
    // A key that is believed for another log says nothing about this one, under whatever name its owner signs.
    const believed = { ...policy, logKeys: [other] };
    const text = checkpointText(checkpointOf(log, 7));
    const strange = formatNote({ text, signatures: [await signNote(text, other, other.signer)] });
    expect(why(checkCheckpoint(named(strange), believed))).toContain(
      'is not signed by a key of this log that is believed',
    );
    const posed = mustBe(noteKey(madeOrigin, 'signature', other.key, nowhere));
    const forged = mustBe(await signCheckpoint(checkpointOf(log, 7), posed, other.signer, nowhere));
    expect(why(checkCheckpoint(named(forged), believed))).toBe(
      'NOTE_SIGNATURE is not signed by a key of this log that is believed',
    );
    expect(why(checkCheckpoint(named(forged), policy))).toBe(
      'NOTE_SIGNATURE is not signed by a key of this log that is believed',
    );
  });
  test('signed by witnesses alone', async () => {
    const text = checkpointText(checkpointOf(log, 7));
    const [witness] = witnesses;
    const note = mustBe(
      await cosignCheckpoint(named(await cosigned([])), witness as typeof logKey, (witness as typeof logKey).signer, 5),
    );
    const only = `${text}\n${note
      .split('\n')
      .filter((line) => line.includes('witness'))
      .join('\n')}\n`;
    const answer = why(checkCheckpoint(named(only), { ...policy, witnesses, witnessesNeeded: 1 }));
    expect(answer).toBe('NOTE_SIGNATURE is not signed by a key of this log that is believed');
  });
  test('with any bit flipped, when log and witnesses are asked for', async () => {
    const bytes = Buffer.from(await cosigned(witnesses.slice(0, 2)));
    const asked = { ...policy, witnesses, witnessesNeeded: 2 };
    expect(checkCheckpoint(named(bytes.toString()), asked).ok).toBe(true);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const bad = Buffer.from(bytes);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (checkCheckpoint(named(bad.toString()), asked).ok) expect.unreachable(`bit ${bit}`);
    }
  });
});

describe('witnesses', () => {
  const [first, second] = witnesses as [typeof logKey, typeof logKey, typeof logKey];
  test.each([0, 1, 2, 3])('%i have seen it: believed by who asks for no more', async (count) => {
    const note = named(await cosigned(witnesses.slice(0, count)));
    for (let needed = 0; needed <= 3; needed += 1) {
      const answer = checkCheckpoint(note, { ...policy, witnesses, witnessesNeeded: needed });
      expect(answer.ok).toBe(needed <= count);
      if (answer.ok)
        expect(answer.value.seenBy.map(({ seconds }) => seconds)).toEqual(
          [0, 1, 2].slice(0, count).map((at) => 1_700_000_000 + at),
        );
      else expect(why(answer)).toBe(`LOG_WITNESSES is seen by ${count} of the ${needed} witnesses that are asked for`);
    }
  });
  test('one that nobody named does not count, and harms nothing', async () => {
    const note = named(await cosigned([first, madeKey(9, 'stranger.example', 'cosignature')]));
    expect(checkCheckpoint(note, { ...policy, witnesses: [first], witnessesNeeded: 1 }).ok).toBe(true);
    expect(checkCheckpoint(note, { ...policy, witnesses: [second], witnessesNeeded: 1 }).ok).toBe(false);
  });
  test('one that signs twice counts once', async () => {
    const note = named(await cosigned([first, first]));
    expect(checkCheckpoint(note, { ...policy, witnesses, witnessesNeeded: 2 }).ok).toBe(false);
  });
  test('one key under two names counts once, and the log is no witness of itself', async () => {
    const alias = madeKey(2, 'witness.example/alias', 'cosignature');
    const self = madeKey(1, 'witness.example/self', 'cosignature');
    const note = named(await cosigned([first, alias, self]));
    const asked = { ...policy, witnesses: [first, alias, self] };
    expect(checkCheckpoint(note, { ...asked, witnessesNeeded: 1 }).ok).toBe(true);
    expect(why(checkCheckpoint(note, { ...asked, witnessesNeeded: 2 }))).toContain('is seen by 1 of the 2');
  });
  test('a cosignature of an older checkpoint does not fit a newer one', async () => {
    const old = (await cosigned([first], 5)).split('\n').find((line) => line.includes('witness'));
    const note = `${await signedCheckpoint(log, 7)}${old}\n`;
    expect(why(checkCheckpoint(named(note), { ...policy, witnesses }))).toContain(
      'the signature by `witness.example/w2`',
    );
  });
  test('extension lines are signed along, and mean nothing here', async () => {
    const note = await signedText(`${checkpointText(checkpointOf(log, 7))}extension\n`);
    expect(mustBe(checkCheckpoint(named(note), policy)).checkpoint).toEqual(checkpointOf(log, 7));
    expect(checkCheckpoint(named(note.replace('extension', 'extensiom')), policy).ok).toBe(false);
    expect(mustBe(readCheckpoint(named(note))).extensions).toEqual(['extension']);
  });
});

describe('is not signed', () => {
  const checkpoint = checkpointOf(log, 7);
  test.each<[string, Partial<typeof checkpoint>, string]>([
    ['for an origin of two lines', { origin: `${madeOrigin}\n99` }, 'is no origin'],
    ['for an origin of two words', { origin: 'my log' }, 'is no origin'],
    ['for an origin with a plus', { origin: 'a+b' }, 'is no origin'],
    ['for no origin', { origin: '' }, 'is no origin'],
    ['for the origin of another key', { origin: 'other.example' }, `the key is called \`${madeOrigin}\``],
    ['for half a record', { size: 0.5 }, 'size or root is none'],
    ['for a size that cannot be counted', { size: 2 ** 53 }, 'size or root is none'],
    ['for a root that is none', { root: 'x' }, 'size or root is none'],
  ])('%s', async (_, change, says) => {
    expect(why(await signCheckpoint({ ...checkpoint, ...change }, logKey, logKey.signer, nowhere))).toContain(says);
  });
  test('by the key of a witness, nor cosigned by that of a log', async () => {
    const asWitness = madeKey(1, madeOrigin, 'cosignature');
    expect(why(await signCheckpoint(checkpoint, asWitness, asWitness.signer, nowhere))).toContain(
      'is that of a witness',
    );
    const note = named(await signedCheckpoint(log, 7));
    expect(why(await cosignCheckpoint(note, logKey, logKey.signer, 5))).toContain('is not that of a witness');
  });
  test('by a signer that refuses; what else goes wrong is not hidden', async () => {
    const fault = { code: 'KEY_FORMAT', at: nowhere, message: 'the HSM is locked', severity: 'error' } as const;
    const refusing: Signer = { ...logKey.signer, sign: () => Promise.reject(new SignerRefused(fault)) };
    expect(await signCheckpoint(checkpoint, logKey, refusing, nowhere)).toEqual({ ok: false, faults: [fault] });
    const broken: Signer = { ...logKey.signer, sign: () => Promise.reject(new TypeError('a bug')) };
    await expect(signCheckpoint(checkpoint, logKey, broken, nowhere)).rejects.toThrow('a bug');
  });
});
test('keys are handed on as text', () => {
  expect(
    mustBe(
      parseNoteKey(
        `${madeOrigin}+${logKey.id}+${Buffer.concat([Buffer.of(1), logKey.key.raw]).toString('base64')}`,
        nowhere,
      ),
    ).id,
  ).toBe(logKey.id);
});
