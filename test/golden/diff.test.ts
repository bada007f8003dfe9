import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../support/console.ts';
import { validates } from '../support/schemas.ts';

/** A folder for each change: a profile before and after it, and what a reviewer is told, over two small sites. */
const here = 'test/golden/diff';
const captures = join(here, 'captures');
const changes = readdirSync(here).filter((name) => name !== 'captures');

/** 0: nothing above routine. 5: something is. 3: danger. */
const exits: Readonly<Record<string, number>> = {
  'at-most-to-under': 5,
  'condition-renamed': 0,
  'default-moved-but-set': 0,
  'enum-word-added': 3,
  'every-to-some': 3,
  'form-and-comments': 0,
  'gate-dropped-from-transition': 3,
  'gate-removed': 3,
  'gate-renamed': 5,
  'guard-loosened': 3,
  'leaf-added': 5,
  'longer-by-a-second': 3,
  'only-the-version-raised': 0,
  'pack-split': 0,
  'sentence-changed': 5,
  'two-changes-one-cause': 3,
  'undo-removed': 3,
  'when-empty-added': 3,
};
/** Where the text is another one, and no decision is. */
const silent = new Set([
  'condition-renamed',
  'default-moved-but-set',
  'form-and-comments',
  'gate-renamed',
  'guard-loosened',
  'only-the-version-raised',
  'pack-split',
  'sentence-changed',
]);

test('every change has an expectation, and there are twelve at least', () => {
  expect(changes.sort()).toEqual(Object.keys(exits).sort());
  expect(changes.length).toBeGreaterThanOrEqual(12);
});

describe.each(changes)('%s', (name) => {
  const [old, fresh] = [join(here, name, 'old'), join(here, name, 'new')];
  const diff = (...more: readonly string[]) =>
    nwctl(['diff', old, fresh, '--captures', captures, '--exit-code', ...more]);

  test.each([
    ['text', 'expected.txt'],
    ['markdown', 'expected.md'],
    ['json', 'expected.json'],
  ])('as %s', async (format, file) => {
    const { code, out, err } = await diff('-o', format);
    expect(err).toBe('');
    expect(code).toBe(exits[name]);
    await expect(out).toMatchFileSnapshot(join('diff', name, file));
    if (format === 'json') validates('diff', out);
  });

  test('no decision is another one where only the text is, and some is where not', async () => {
    const { out } = await diff('-o', 'json');
    const { decisions, corpus } = JSON.parse(out) as {
      readonly decisions: readonly unknown[];
      readonly corpus: { readonly decisions: { readonly equal: number; readonly differ: number } };
    };
    expect(decisions.length === 0).toBe(silent.has(name));
    expect(corpus.decisions.differ === 0).toBe(silent.has(name));
    expect(corpus.decisions.equal).toBeGreaterThan(10);
  });

  test('a profile and itself are the same, in all their decisions', async () => {
    const { code, out } = await nwctl(['diff', fresh, fresh, '--captures', captures, '--exit-code', '--moments']);
    expect(out).toContain('nothing is another one');
    expect(code).toBe(0);
  });
});

test.each([
  ['the order of captures', (one: string, other: string) => [other, one]],
  ['a capture that is named twice', (one: string, other: string) => [one, other, one]],
])('%s changes no byte', async (_, order) => {
  const [one, other] = [join(captures, 'guests-start'), join(captures, 'half-minute')];
  const sides = [join(here, 'every-to-some/old'), join(here, 'every-to-some/new')];
  for (const format of ['text', 'wide', 'json', 'yaml', 'name', 'markdown', 'github', 'junit']) {
    const told = async (paths: readonly string[]) =>
      (await nwctl(['diff', ...sides, ...paths.flatMap((path) => ['--captures', path]), '-o', format])).out;
    expect(await told(order(one, other))).toBe(await told([one, other]));
  }
});
