import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  emptyHead,
  isMoment,
  LineReader,
  nextLine,
  type RecordBody,
  readRecord,
  recordKinds,
} from '../../../src/kernel/audit.ts';
import { scanCanonical } from '../../../src/kernel/canonical-scan.ts';
import { canonical, digestOfText, type Json } from '../../../src/kernel/digest.ts';

const body: RecordBody = { kind: 'decision', at: '2026-03-04T10:15:02.000Z', workflow: 'up', orders: [] };

describe('the next line', () => {
  test('is canonical, numbered from 0, and names the digest of the one before it', () => {
    const first = nextLine(body, emptyHead);
    expect(first.line).toBe(
      '{"at":"2026-03-04T10:15:02.000Z","kind":"decision","orders":[],"previous":null,"sequence":0,"version":1,"workflow":"up"}',
    );
    expect(first.head).toEqual({ sequence: 0, digest: first.digest, at: body.at });
    const second = nextLine({ ...body, kind: 'opened' }, first.head);
    expect(readRecord(second.line)).toEqual({
      ok: true,
      record: { ...body, kind: 'opened', version: 1, sequence: 1, previous: digestOfText(first.line) },
    });
    expect(JSON.parse(JSON.stringify(second.head))).toEqual(second.head);
  });
  test('may be of the same moment; that the clock went back is said, and the line is made', () => {
    const { head } = nextLine(body, emptyHead);
    expect(nextLine(body, head).wentBack).toBe(false);
    expect(nextLine({ ...body, at: '2026-03-04T10:15:02.001Z' }, head).wentBack).toBe(false);
    const back = nextLine({ ...body, at: '2026-03-04T10:15:01.999Z' }, head);
    expect(back.wentBack).toBe(true);
    expect(readRecord(back.line).ok).toBe(true);
  });
  test.each<[string, object]>([
    ['a version', { version: 2 }],
    ['a number', { sequence: 7 }],
    ['what is before it', { previous: null }],
    ['a kind that nobody knows', { kind: 'gossip' }],
    ['a day that there is not', { at: '2026-02-29T10:15:02.000Z' }],
    ['seconds alone', { at: '2026-02-28T10:15:02Z' }],
    ['half of a character', { says: '\ud800' }],
  ])('is not made of a body that says %s', (_, extra) => {
    expect(() => nextLine({ ...body, ...extra } as RecordBody, emptyHead)).toThrow(RangeError);
  });
});

describe('a line', () => {
  const digest = `sha256:${'0f'.repeat(32)}`;
  const line = (change: Readonly<Record<string, Json | undefined>> = {}): string =>
    canonical({ ...body, version: 1, sequence: 3, previous: digest, ...change });

  test('that is a record is read', () => {
    expect(readRecord(line())).toEqual({ ok: true, record: JSON.parse(line()) });
    for (const kind of recordKinds) expect(readRecord(line({ kind })).ok).toBe(true);
  });
  test.each<[string, string, string]>([
    ['of another version', line({ version: 2 }), '`version` is not 1'],
    ['of version 11', line({ version: 11 }), '`version` is not 1'],
    ['of a version in words', line({ version: '1' }), '`version` is not 1'],
    ['without a number', line({ sequence: undefined }), 'has no sequence'],
    ['without a moment or a kind', line({ at: undefined, kind: undefined }), 'has no at, kind'],
    ['numbered below nothing', line({ sequence: -1 }), '`sequence` is no number of a record'],
    ['numbered by half', line({ sequence: 0.5 }), '`sequence` is no number of a record'],
    ['numbered beyond counting', line({ sequence: 2 ** 53 }), '`sequence` is no number of a record'],
    ['numbered by nobody', line({ sequence: null }), '`sequence` is no number of a record'],
    ['after something that is no digest', line({ previous: 'sha256:0' }), '`previous` is neither a digest nor null'],
    ['after a digest in capitals', line({ previous: digest.toUpperCase() }), '`previous` is neither a digest nor null'],
    [
      'after a digest by halves',
      line({ previous: digest.replace('f', 'g') }),
      '`previous` is neither a digest nor null',
    ],
    [
      'of a kind that nobody knows',
      line({ kind: 'decisions' }),
      '`kind` is none of decision, opened, tail-cut, facts-dropped',
    ],
    [
      'of a moment without its zone',
      line({ at: '2026-03-04T10:15:02.0000' }),
      '`at` is no moment in UTC with milliseconds',
    ],
    [
      'of a moment of another zone',
      line({ at: '2026-03-04T10:15:02+00:00' }),
      '`at` is no moment in UTC with milliseconds',
    ],
    ['that is a list', '[]', 'is no JSON object'],
    ['that is empty', '', 'is no JSON object'],
    ['with half of a character', line().replace('"up"', '"\ud800"'), 'holds half of a character'],
    ['with white space', line().replace(',', ', '), 'is not canonical JSON (RFC 8785)'],
    ['with something behind it', `${line()} `, 'is not canonical JSON (RFC 8785)'],
    ['with one member twice', line().replace('"kind"', '"at":1,"kind"'), 'is not canonical JSON (RFC 8785)'],
    ['in another order', '{"kind":"decision","at":"2026-03-04T10:15:02.000Z"}', 'is not canonical JSON (RFC 8785)'],
    ['that says it deeper down', `{"body":${line()}}`, 'has no at, kind, version, previous, sequence'],
  ])('%s is none', (_, text, says) => {
    const read = readRecord(text);
    expect(read.ok ? '' : read.fault.says).toBe(says);
  });
  test('that follows a bad one is judged by itself', () => {
    const reader = new LineReader();
    const [bad, good] = [Buffer.from(line({ version: 2 })), Buffer.from(line())];
    expect(reader.read(bad, 0, bad.length)?.at).toBe(bad.indexOf('2,"workflow'));
    expect(reader.read(good, 0, good.length)).toBeUndefined();
    const short = Buffer.from('{"at":"2026-03-04T10:15:02.000Z"}');
    expect(reader.read(short, 0, short.length)?.says).toBe('has no kind, version, previous, sequence');
  });
});

test('a moment is one that there is', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(isMoment(date.toISOString())).toBe(true);
    }),
  );
  for (let day = 1; day <= 32; day += 1) {
    for (const month of ['00', '01', '02', '04', '12', '13']) {
      for (const year of ['1900', '2000', '2023', '2024']) {
        const text = `${year}-${month}-${String(day).padStart(2, '0')}T00:00:00.000Z`;
        const date = new Date(text);
        expect(isMoment(text)).toBe(!Number.isNaN(date.valueOf()) && date.toISOString() === text);
      }
    }
  }
  for (const time of ['24:00:00.000', '23:60:00.000', '23:59:60.000', '23:59:59.99', '23:59:59:999', 'x3:59:59.999']) {
    expect(isMoment(`2026-03-04T${time}Z`)).toBe(false);
  }
});

/** By building it: what the scan must agree with, byte for byte. */
function isCanonical(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return canonical(JSON.parse(text) as Json) === text;
  } catch {
    return false;
  }
}
const scan = (bytes: Uint8Array): boolean => scanCanonical(bytes, 0, bytes.length) === -1;

const aText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'b',
      '"',
      '\\',
      '\u0000',
      '\u001f',
      '\b',
      '\n',
      '€',
      '\ue000',
      '\uffff',
      '😀',
      '\u007f',
      '\u2028',
    ),
  }),
);
const aNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 1e21, 1e-7, 5e-324, 2 ** 53, 1e15, 999999999999999),
);
const aValue = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    aNumber,
    aText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(aText, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('canonical or not, by the bytes', () => {
  test('what canonical() writes is let through', () => {
    fc.assert(
      fc.property(aValue, (value) => {
        expect(scan(Buffer.from(canonical(value)))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
  test('whatever one byte becomes, or wherever one is put in or taken out, it agrees with whoever builds the value', () => {
    const aByte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(...Buffer.from('"\\{}[],:0123456789-+.eEu tfn\u0000\u007f')),
    );
    fc.assert(
      fc.property(
        aValue,
        fc.double({ min: 0, max: 1, noNaN: true }),
        aByte,
        fc.integer({ min: 0, max: 2 }),
        (value, part, byte, how) => {
          const good = Buffer.from(canonical(value));
          const at = Math.min(good.length - 1, Math.floor(part * good.length));
          const [before, after] = [good.subarray(0, at), good.subarray(at + (how === 1 ? 0 : 1))];
          const bad = how === 2 ? Buffer.concat([before, after]) : Buffer.concat([before, Buffer.of(byte), after]);
          expect(scan(bad)).toBe(isCanonical(bad));
        },
      ),
      { numRuns: 20_000 },
    );
  });
  test('it agrees about any bytes whatever', () => {
    const aToken = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '1',
      '-',
      '.',
      'e',
      '+',
      'true',
      'null',
      '"a"',
      '"b"',
      '"€"',
      '"\\u001f"',
      '"\\u001F"',
      '"\\u0041"',
      '"\\/"',
      ' ',
      '\n',
      '1e+21',
      '1e21',
      '0.1',
      '-0',
      '01',
      '1.0',
      '1E5',
    );
    fc.assert(
      fc.property(fc.array(aToken, { maxLength: 7 }), (tokens) => {
        const bytes = Buffer.from(tokens.join(''));
        expect(scan(bytes)).toBe(isCanonical(bytes));
      }),
      { numRuns: 30_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
        const text = Buffer.concat([Buffer.from('"'), bytes, Buffer.from('"')]);
        expect(scan(text)).toBe(isCanonical(text));
      }),
      { numRuns: 30_000 },
    );
  });
  test('every two bytes within a text, and every first two of a character of three or four', () => {
    for (let first = 0; first < 256; first += 1) {
      for (let second = 0; second < 256; second += 1) {
        for (const rest of [[], [0x80], [0xbf, 0x80]]) {
          const text = Buffer.from([0x22, first, second, ...rest, 0x22]);
          if (scan(text) !== isCanonical(text)) expect.unreachable(text.toString('hex'));
        }
      }
    }
  });
  test('names are in the order of UTF-16, which is not that of their bytes', () => {
    expect(scan(Buffer.from('{"😀":1,"\ue000":2}'))).toBe(true);
    expect(scan(Buffer.from('{"\ue000":2,"😀":1}'))).toBe(false);
    expect(scan(Buffer.from('{"\\n":2,"!":1}'))).toBe(true);
    expect(scan(Buffer.from('{"a":2,"a":1}'))).toBe(false);
    expect(scan(Buffer.from('{"€":2,"€":1}'))).toBe(false);
    expect(scan(Buffer.from('{"a":2,"ab":1}'))).toBe(true);
    expect(scan(Buffer.from('{"ab":2,"a":1}'))).toBe(false);
  });
  test('it looks at nothing beyond the end that it was given', () => {
    for (const text of ['{"a":1}', '[1,2]', '"ab"', '12', 'true', '"\\n"', '"€"', '{}', '[]', '"\\u001f"']) {
      const bytes = Buffer.from(text);
      for (let end = 0; end < bytes.length; end += 1) {
        expect(scanCanonical(bytes, 0, end) === -1).toBe(isCanonical(bytes.subarray(0, end)));
      }
      expect(scanCanonical(Buffer.from(`xx${text}yy`), 2, 2 + bytes.length)).toBe(-1);
    }
  });
  test('nesting without end is refused, not followed', () => {
    expect(scan(Buffer.from('['.repeat(1_000_000)))).toBe(false);
    expect(scan(Buffer.from(`${'['.repeat(100)}${']'.repeat(100)}`))).toBe(true);
  });
});
