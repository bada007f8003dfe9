import { describe, expect, test } from 'vitest';
import { settle } from '../../../src/facts/settle.ts';
import { createStore } from '../../../src/facts/store.ts';
import type { FactValue, Grade, Unreadable } from '../../../src/kernel/fact.ts';
import { type Cell, readingAt } from '../../../src/kernel/snapshot.ts';
import { bond, node, replica } from '../../../src/kernel/subject.ts';
import { type FactDeclaration, vocabulary } from '../../../src/kernel/vocabulary.ts';
import { lists, report, says } from '../../support/reports.ts';
import { censusOf, observationsOf } from '../../support/volume.ts';

const ready = vocabulary.get('node.ready') as FactDeclaration;
type Witness = readonly [value: FactValue | Unreadable, more?: { at?: number; grade?: Grade; source?: string }];

function settled(...witnesses: readonly Witness[]): Cell {
  return settle(
    ready,
    witnesses.map(([value, more = {}], index) => {
      const observation = says('node.ready', node('a'), value, { source: `witness ${index}`, ...more });
      return { report: report(`witness ${index}`, 'site', [observation]), observation };
    }),
  );
}
const odd = { unreadable: 'Warped' };

describe('several who speak of one thing', () => {
  test.each<[string, readonly Witness[], object]>([
    ['all of them unreadable: unreadable, not disputed', [[odd], [odd]], { why: 'unreadable' }],
    ['one good and one unreadable: unreadable', [[true], [odd]], { why: 'unreadable' }],
    ['two good that differ and one unreadable: disputed', [[true], [false], [odd]], { why: 'disputed' }],
    [
      'as old as the oldest where they differ',
      [
        [true, { at: 300 }],
        [false, { at: 200 }],
      ],
      { why: 'disputed', seenAtMs: 200, source: 'witness 0 and witness 1' },
    ],
    [
      'the better founded first, and its own moment',
      [
        [true, { at: 300, grade: 'reported' }],
        [true, { at: 200, grade: 'observed' }],
      ],
      { kind: 'present', seenAtMs: 200, grade: 'observed' },
    ],
    [
      'of equally founded ones the newest',
      [
        [true, { at: 200 }],
        [true, { at: 300 }],
      ],
      { kind: 'present', seenAtMs: 300, grade: 'observed' },
    ],
  ])('%s', (_, witnesses, cell) => {
    expect(settled(...witnesses)).toMatchObject(cell);
    expect(settled(...witnesses.toReversed())).toMatchObject({
      ...cell,
      ...('source' in cell ? { source: 'witness 0 and witness 1' } : {}),
    });
  });

  test.each<[FactValue, string]>([
    [Number.NaN, 'NaN'],
    [7, '7'],
    ['yes', 'yes'],
    [['x', 'y'], '["x","y"]'],
  ])('a value %j that the fact cannot have is said as %s', (value, word) => {
    expect(settled([value])).toMatchObject({ why: 'unreadable', says: word });
  });
  test('a value of no moment, or of no known grade, says so', () => {
    expect(settled([true, { at: Number.NaN }])).toMatchObject({ says: 'true at no moment' });
    expect(settled([true, { grade: 'rumoured' as Grade }])).toMatchObject({ says: 'true of the grade rumoured' });
  });
});

describe('what no rule may read', () => {
  const census = report('census', 'site', [], { censuses: [lists('node', [node('a')])] });
  test('stands behind the facts, by name, and says whose it is', () => {
    const store = createStore(vocabulary);
    store.fold(census);
    for (const source of ['second', 'first'])
      store.fold(
        report(
          source,
          'site',
          ['no.such', 'no.other'].map((fact) => says(fact, node('a'), 'x', { source })),
        ),
      );
    const { columns } = store.cut(1_000);
    expect([...columns.keys()].slice(-2)).toEqual(['no.other of node', 'no.such of node']);
    expect(columns.get('no.such of node')?.cells[0]).toMatchObject({ why: 'unreadable', source: 'first and second' });
  });
  test('is a fact of another kind of subject', () => {
    const store = createStore(vocabulary);
    store.fold(
      report('census', 'site', [], { censuses: [lists('node', [node('a')]), lists('bond', [bond('a', 'b')])] }),
    );
    store.fold(report('x', 'site', [says('node.ready', bond('a', 'b'), true)]));
    expect(store.cut(1_000).columns.get('node.ready of bond')?.cells[0]).toMatchObject({
      says: 'node.ready is about a node, not a bond',
    });
  });
});

describe('computed from two sides', () => {
  const shape = { members: { a: 'diskful', b: 'diskful' } } as const;
  const fact = 'replica.sourcesAgree';
  const storeWith = (but: Readonly<Record<string, FactValue | undefined>>, at: Readonly<Record<string, number>>) => {
    const store = createStore(vocabulary);
    store.fold(censusOf(shape));
    const all = observationsOf({ ...shape, but: { a: but } }).map((one) => ({
      ...one,
      seenAtMs: (one.subject.id === 'v@a' ? at[one.fact] : undefined) ?? 900,
    }));
    store.fold(report('everybody', 'site', all));
    return store;
  };
  const readingOf = (store: ReturnType<typeof storeWith>, nowMs: number) => {
    const snapshot = store.cut(nowMs);
    const index = snapshot.populations.replica.indexOf.get(replica('v', 0, 'a').id) ?? -1;
    return readingAt(snapshot, fact, index);
  };

  test('a difference stands, however fresh the half of another is', () => {
    for (const inUse of [true, false]) {
      const store = storeWith({ disk: 'Failed', role: undefined, inUse }, { 'replica.inUse': 1_000 });
      expect(readingOf(store, 1_000)).toMatchObject({ kind: 'known', value: false, seenAtMs: 900 });
    }
  });
  test.each([
    ['of the disk', { 'replica.disk': 950, 'replica.linstorDisk': 950 }],
    ['of the writer', { 'replica.role': 950, 'replica.inUse': 950 }],
  ])('of two differences the fresher one is said: %s', (_, at) => {
    expect(readingOf(storeWith({ disk: 'Failed', inUse: true }, at), 1_000)).toMatchObject({
      value: false,
      seenAtMs: 950,
    });
  });
  test('says in one order what it comes from', () => {
    expect(readingOf(storeWith({}, {}), 1_000).source).toBe('computed from LINSTOR and drbd on a');
  });
  test('what lay ahead is an ordinary reading once its moment has passed', () => {
    const store = storeWith({}, { 'replica.disk': 2_000 });
    const later = createStore(vocabulary);
    later.fold(censusOf(shape));
    const ahead = observationsOf(shape).map((one) => ({
      ...one,
      seenAtMs: one.fact === 'replica.disk' && one.subject.id === 'v@a' ? 900 : 2_000,
    }));
    later.fold(report('everybody', 'site', ahead));
    expect(readingOf(later, 1_000)).toMatchObject({ kind: 'stale', seenAtMs: 2_000 });
    expect(readingOf(later, 2_500)).toMatchObject({ kind: 'known', seenAtMs: 900 });
    expect(readingOf(store, 1_000)).toMatchObject({ kind: 'stale', seenAtMs: 2_000 });
    expect(readingOf(store, 2_500)).toMatchObject({ kind: 'known', value: true, seenAtMs: 900 });
  });
});
