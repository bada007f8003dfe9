import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Loaded } from '../../../src/kernel/fault.ts';
import type { Unread } from '../../../src/profile/folder.ts';
import {
  openRanBook,
  parseRanBook,
  type RanBook,
  type RanBookPort,
  type RanProfile,
  type RanRoot,
  ranBookText,
  remember,
  withRan,
} from '../../../src/profile/ran-book.ts';
import { codesOf, got } from '../../support/signing.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const root = (version: number, letter = 'a', site = 'site-7'): RanRoot => ({ site, version, digest: digestOf(letter) });
const ran = (version: string, letter = 'b', name = 'three-node'): RanProfile => ({
  name,
  version,
  digest: digestOf(letter),
});
const missing: Unread = { code: 'FILE_MISSING', message: 'does not exist' };

/** One file of a pretended disk. */
function pretended(first?: string): RanBookPort & { text: string | undefined; writes: number } {
  return {
    file: 'ran.json',
    text: first,
    writes: 0,
    read() {
      return this.text === undefined ? missing : Buffer.from(this.text);
    },
    async write(text: string): Promise<Loaded<unknown>> {
      this.text = text;
      this.writes += 1;
      return { ok: true, value: undefined, warnings: [] };
    },
  };
}

const books = fc
  .record({
    root: fc.option(
      fc.record({ site: fc.string(), version: fc.integer({ min: 1 }), digest: fc.constant(digestOf('c')) }),
    ),
    profiles: fc.uniqueArray(
      fc.record({
        name: fc.string(),
        version: fc.constantFrom('1.0.0', '2.10.3-rc.1'),
        digest: fc.constant(digestOf('d')),
      }),
      { selector: ({ name }) => name },
    ),
  })
  .map(
    ({ root: one, profiles }): RanBook => ({
      root: one,
      profiles: profiles.sort((left, right) => (left.name < right.name ? -1 : 1)),
    }),
  );

describe('what is remembered', () => {
  test('begins where there is no file, grows, and is read back', async () => {
    const port = pretended();
    expect(got(openRanBook(port))).toEqual({ root: null, profiles: [], isNew: true });
    got(await remember(port, root(1), ran('1.0.0')));
    got(await remember(port, root(2, 'e'), ran('1.1.0', 'f')));
    expect(got(openRanBook(port))).toEqual({ root: root(2, 'e'), profiles: [ran('1.1.0', 'f')], isNew: false });
  });
  test('is written only where it changes', async () => {
    const port = pretended();
    for (let times = 0; times < 3; times += 1) got(await remember(port, root(1), ran('1.0.0')));
    expect(port.writes).toBe(1);
  });
  test('keeps two profiles apart', async () => {
    const port = pretended();
    got(await remember(port, root(1), ran('2.0.0')));
    got(await remember(port, root(1), ran('1.0.0', 'b', 'a-node')));
    expect(got(openRanBook(port)).profiles.map(({ name, version }) => [name, version])).toEqual([
      ['a-node', '1.0.0'],
      ['three-node', '2.0.0'],
    ]);
    expect(codesOf(await remember(port, root(1), ran('1.0.0')))).toEqual(['PROFILE_ROLLBACK']);
  });
  test.each<[string, RanRoot, RanProfile, readonly string[]]>([
    ['the same again', root(3), ran('1.2.0'), []],
    ['a newer version, a newer root', root(4, 'x'), ran('1.10.0', 'y'), []],
    ['an older version', root(3), ran('1.1.9'), ['PROFILE_ROLLBACK']],
    ['what came before the release', root(3), ran('1.2.0-rc.1'), ['PROFILE_ROLLBACK']],
    ['the same version of another content', root(3), ran('1.2.0', 'c'), ['PROFILE_VERSION_REUSED']],
    ['an older root', root(2), ran('1.2.0'), ['TRUST_ROLLBACK']],
    ['another root of the same version', root(3, 'c'), ran('1.2.0'), ['TRUST_ROLLBACK']],
    ['a root of another site', root(4, 'a', 'site-8'), ran('1.2.0'), ['TRUST_ROLLBACK']],
    ['an older root and an older version', root(2), ran('1.0.0'), ['TRUST_ROLLBACK', 'PROFILE_ROLLBACK']],
  ])('%s', async (_, next, profile, codes) => {
    const text = ranBookText({ root: root(3), profiles: [ran('1.2.0')] });
    const port = pretended(text);
    expect(codesOf(await remember(port, next, profile))).toEqual(codes);
    // What is refused changes nothing.
    if (codes.length > 0) expect(port.text).toBe(text);
  });
  test('whoever wrote meanwhile is not gone behind', async () => {
    const port = pretended(ranBookText({ root: root(1), profiles: [] }));
    const other = got(withRan(got(openRanBook(port)), root(1), ran('3.0.0'), 'ran.json'));
    await port.write(ranBookText(other));
    expect(codesOf(await remember(port, root(1), ran('2.0.0')))).toEqual(['PROFILE_ROLLBACK']);
  });
  test('what cannot be written is not remembered, and says so', async () => {
    const fault = {
      code: 'FILE_UNWRITABLE',
      at: { file: 'x', line: 1, col: 1 },
      message: 'no',
      severity: 'error',
    } as const;
    const port = { ...pretended(), read: () => missing, write: async () => ({ ok: false as const, faults: [fault] }) };
    expect(codesOf(await remember(port, root(1), ran('1.0.0')))).toEqual(['FILE_UNWRITABLE']);
  });
  test('a file that cannot be read is no empty one', () => {
    const port = { ...pretended(), read: (): Unread => ({ code: 'FILE_UNREADABLE', message: 'is a folder' }) };
    expect(codesOf(openRanBook(port))).toEqual(['FILE_UNREADABLE']);
  });
});

describe('its file', () => {
  test('whatever it says comes back', () => {
    fc.assert(
      fc.property(books, (book) => {
        expect(got(parseRanBook('r', Buffer.from(ranBookText(book))))).toEqual(book);
      }),
    );
  });
  test('cut off anywhere, or with any bit turned, it is refused, and never empty', () => {
    const bytes = Buffer.from(ranBookText({ root: root(3), profiles: [ran('1.2.0')] }));
    for (let at = 0; at < bytes.length; at += 1) {
      expect(codesOf(parseRanBook('r', bytes.subarray(0, at)))).toEqual(['RAN_BOOK']);
      for (let bit = 0; bit < 8; bit += 1) {
        const turned = Buffer.from(bytes);
        turned[at] = (turned[at] ?? 0) ^ (1 << bit);
        expect(codesOf(parseRanBook('r', turned))).toEqual(['RAN_BOOK']);
      }
    }
  });
  test.each([
    ['another kind', { kind: 'RanList', root: null, profiles: [] }],
    ['no root member', { kind: 'RanBook', profiles: [] }],
    ['profiles that are no list', { kind: 'RanBook', root: null, profiles: {} }],
    ['null', null],
    ['a list', []],
  ])('%s', (_, value) => {
    expect(codesOf(parseRanBook('r', Buffer.from(`${JSON.stringify(value)}\n`)))).toEqual(['RAN_BOOK']);
  });
  test.each<[string, RanBook]>([
    ['a profile twice', { root: null, profiles: [ran('1.0.0'), ran('2.0.0')] }],
    ['profiles in another order', { root: null, profiles: [ran('1.0.0', 'b', 'z'), ran('1.0.0', 'b', 'a')] }],
    ['a version that is none', { root: null, profiles: [ran('latest')] }],
    ['a root that is no number', { root: root(1.5), profiles: [] }],
    ['a root before the first', { root: root(0), profiles: [] }],
    ['a digest that is none', { root: null, profiles: [ran('1.0.0', 'Z')] }],
  ])('%s, with its right digest', (_, book) => {
    expect(codesOf(parseRanBook('r', Buffer.from(ranBookText(book))))).toEqual(['RAN_BOOK']);
  });
});
