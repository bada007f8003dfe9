import { describe, expect, test } from 'vitest';
import {
  isFresh,
  listedAt,
  neverReported,
  type Population,
  populationOf,
  readingAt,
  type Snapshot,
} from '../../../src/kernel/snapshot.ts';
import { snapshotDigest } from '../../../src/kernel/snapshot-document.ts';
import { bond, node, type SubjectKind, subjectKinds } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';

const list = (...names: readonly string[]) => ({ members: names.map(node), seenAtMs: 0, source: 'v1/Node' });

test.each<[number, number, number, boolean]>([
  [0, 0, 0, true],
  [0, 10, 10, true],
  [0, 11, 10, false],
  [1, 0, 10, false],
  [Number.NaN, 0, 10, false],
  [0, 10 ** 15, Number.POSITIVE_INFINITY, true],
  [1, 0, Number.POSITIVE_INFINITY, false],
])('seen at %d, now %d, at most %d: fresh %s', (seenAt, now, maxAge, fresh) =>
  expect(isFresh(seenAt, now, maxAge)).toBe(fresh),
);

describe('a population', () => {
  test('is sorted by UTF-16, without repeats', () => {
    expect(
      populationOf('node', list('b', 'B', 'a-1', 'a', 'b', '__proto__'), 0, {}).members.map(({ id }) => id),
    ).toEqual(['B', '__proto__', 'a', 'a-1', 'b']);
  });
  test('links its members to their owners', () => {
    const nodes = populationOf('node', list('a', 'b'), 0, {});
    const bonds = populationOf('bond', { ...list(), members: [bond('b', 'x'), bond('z', 'x')] }, 0, { node: nodes });
    expect(bonds.ancestors).toEqual({ node: Int32Array.of(1, -1), site: Int32Array.of(0, 0) });
  });
  test('of another moment is the same members', () => {
    const known = populationOf('node', list('a'), 0, {});
    const stale = listedAt(known, { seenAtMs: 0, source: 'v1/Node' }, 10 ** 9);
    expect(stale).toMatchObject({ state: 'stale', says: 'the list of nodes is older than it may be' });
    expect(stale.indexOf).toBe(known.indexOf);
    const ahead = listedAt(known, { seenAtMs: 1, source: 'v1/Node' }, 0);
    expect(ahead).toMatchObject({ state: 'stale', says: 'the list of nodes is of a moment that is still to come' });
    expect(listedAt(known, { seenAtMs: 0, source: 'x', failed: '403' }, 0)).toMatchObject({
      state: 'absent',
      says: '403',
    });
  });
});

const fact = vocabulary.get('node.ready');
if (fact === undefined) throw new Error('the vocabulary lost node.ready');
function snapshotOf(value: boolean, seenAtMs: number, nowMs: number): Snapshot {
  const populations = Object.fromEntries(
    subjectKinds.map((kind) => [
      kind,
      populationOf(kind, kind === 'node' ? list('a', 'b') : { ...list(), members: [] }, nowMs, {}),
    ]),
  );
  const cells = [{ kind: 'present', value, seenAtMs, grade: 'observed', source: 'x' }, neverReported] as const;
  const column = {
    fact: fact as NonNullable<typeof fact>,
    cells,
    values: [value, undefined],
    oldestMs: seenAtMs,
    newestMs: seenAtMs,
    worstGrade: 0,
  };
  return {
    nowMs,
    vocabulary,
    populations: populations as Record<SubjectKind, Population>,
    columns: new Map([['node.ready', column]]),
  };
}

test('a reading is known, stale or absent, never a default', () => {
  expect(readingAt(snapshotOf(true, 5, 10), 'node.ready', 0)).toEqual({
    kind: 'known',
    value: true,
    seenAtMs: 5,
    grade: 'observed',
    source: 'x',
  });
  expect(readingAt(snapshotOf(true, 5, 10), 'node.ready', 0, 4)).toMatchObject({ kind: 'stale', value: true });
  expect(readingAt(snapshotOf(true, 11, 10), 'node.ready', 0)).toMatchObject({ kind: 'stale' });
  for (const [name, index] of [
    ['node.ready', 1],
    ['node.ready', 2],
    ['node.ready', -1],
    ['no.such', 0],
    ['__proto__', 0],
  ] as const) {
    expect(readingAt(snapshotOf(true, 5, 10), name, index)).toBe(neverReported);
  }
});

test('a digest names every reading and the moment', () => {
  const digests = [
    snapshotOf(true, 5, 10),
    snapshotOf(false, 5, 10),
    snapshotOf(true, 6, 10),
    snapshotOf(true, 5, 11),
  ].map(snapshotDigest);
  expect(new Set(digests).size).toBe(4);
  expect(snapshotDigest(snapshotOf(true, 5, 10))).toBe(digests[0]);
});

describe('a digest', () => {
  const one = snapshotOf(true, 5, 10);
  const column = one.columns.get('node.ready') as NonNullable<ReturnType<Snapshot['columns']['get']>>;
  const withCells = (...cells: (typeof column)['cells'][number][]): string =>
    snapshotDigest({ ...one, columns: new Map([['node.ready', { ...column, cells }]]) });
  const present = column.cells[0] as (typeof column)['cells'][number];

  test('passes over who never reported, and over a cell of nobody', () => {
    expect(withCells(present, neverReported)).toBe(withCells(present));
    expect(withCells(present, neverReported, present)).toBe(withCells(present));
    expect(withCells(neverReported, present)).not.toBe(withCells(present));
  });
  test('names why something is absent, and in whose words', () => {
    const absences = [
      { kind: 'absent', why: 'disputed', says: 'x' },
      { kind: 'absent', why: 'unreadable', says: 'x' },
      { kind: 'absent', why: 'unreadable', says: 'y' },
      { kind: 'absent', why: 'unreadable', says: 'y', seenAtMs: 5 },
      { kind: 'absent', why: 'unreadable', says: 'y', seenAtMs: 5, source: 'z' },
    ] as const;
    expect(new Set(absences.map((cell) => withCells(cell))).size).toBe(absences.length);
  });
  test('names who should report, although nobody said anything', () => {
    const nodes = populationOf('node', list('a', 'b', 'c'), 10, {});
    const other = { ...one, populations: { ...one.populations, node: nodes }, columns: new Map() };
    expect(snapshotDigest(other)).not.toBe(snapshotDigest({ ...one, columns: new Map() }));
  });
});
