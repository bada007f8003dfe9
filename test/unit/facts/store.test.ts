import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/facts/store.ts';
import type { FactValue, Grade, Report } from '../../../src/kernel/fact.ts';
import { type Cell, readingAt, type Snapshot } from '../../../src/kernel/snapshot.ts';
import { snapshotDigest } from '../../../src/kernel/snapshot-document.ts';
import * as subjects from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { lists, report, says, siteOf } from '../../support/reports.ts';

const [a, b] = [subjects.node('a'), subjects.node('b')];
const link = subjects.connection('v', 0, 'a', 'b');
const site = siteOf(['a', 'b']);

function cutOf(reports: readonly Report[], nowMs = 1_000): Snapshot {
  const store = createStore(vocabulary);
  for (const one of reports) store.fold(one);
  return store.cut(nowMs);
}

function cellOf(snapshot: Snapshot, fact: string, id: string): Cell | undefined {
  const column = snapshot.columns.get(fact);
  const index = column && snapshot.populations[column.fact.subject].indexOf.get(id);
  return index === undefined ? undefined : column?.cells[index];
}

describe('of one reporter and scope', () => {
  const yes = report('kubernetes:nodes', 'site', [says('node.ready', a, true)], { at: 1 });
  const no = report('kubernetes:nodes', 'site', [says('node.ready', a, false)], { at: 2 });
  const silent = report('kubernetes:nodes', 'site', [], { at: 3 });
  const who = report('census', 'site', [], { censuses: [lists('node', [a])] });

  test.each<[string, readonly Report[], FactValue | undefined]>([
    ['the newest stands', [who, yes, no], false],
    ['whatever comes last', [no, who, yes], false],
    ['whole: what it no longer says is no longer known', [who, silent, no, yes], undefined],
    ['twice the same is once', [who, yes, yes, { ...yes, observations: [...yes.observations] }], true],
  ])('%s', (_, reports, value) => {
    expect(cutOf(reports).columns.get('node.ready')?.values).toEqual([value]);
  });

  test('two of one moment that differ are two sources, and are replaced together', () => {
    const other = { ...no, seenAtMs: yes.seenAtMs };
    expect(cellOf(cutOf([who, yes, other]), 'node.ready', 'a')).toMatchObject({
      why: 'disputed',
      says: 'drbdsetup status says false; drbdsetup status says true',
    });
    expect(cutOf([who, yes, other, no]).columns.get('node.ready')?.values).toEqual([false]);
  });

  test('another scope, and a name that runs into the scope, is another report', () => {
    const onA = report('drbd', 'a', [says('node.ready', a, true)]);
    const odd = report('drbd","a', '', [says('node.ready', b, true)]);
    const all = [report('census', 'site', [], { censuses: [lists('node', [a, b])] }), onA, odd];
    expect(cutOf(all).columns.get('node.ready')?.values).toEqual([true, true]);
  });
});

describe('of several reporters', () => {
  const drbd = (value: FactValue | { unreadable: string }, at = 1_000, grade: Grade = 'observed') =>
    report('drbd', 'a', [says('connection.state', link, value, { at, grade, source: 'drbdsetup on a' })], { at });
  const linstor = (value: FactValue | { unreadable: string }, at = 1_000, grade: Grade = 'observed') =>
    report('linstor', 'site', [says('connection.state', link, value, { at, grade, source: 'LINSTOR' })], { at });
  const state = (...reports: readonly Report[]) => cellOf(cutOf([site, ...reports]), 'connection.state', link.id);
  const both = 'LINSTOR and drbdsetup on a';

  test.each<[string, readonly Report[], Partial<Cell>]>([
    ['nobody says anything', [], { kind: 'absent', why: 'never-reported', says: 'never reported' }],
    ['one alone is believed', [drbd('Connected', 7)], { value: 'Connected', seenAtMs: 7, source: 'drbdsetup on a' }],
    [
      'equal words count from the newest',
      [drbd('Connected', 5), linstor('Connected', 9)],
      { value: 'Connected', seenAtMs: 9, source: both },
    ],
    [
      'a worse founded word makes a better one no newer',
      [drbd('Connected', 5), linstor('Connected', 9, 'reported')],
      { value: 'Connected', seenAtMs: 5, grade: 'observed', source: both },
    ],
    [
      'different words dispute it',
      [drbd('StandAlone', 9), linstor('Connected', 5)],
      {
        kind: 'absent',
        why: 'disputed',
        says: 'LINSTOR says Connected; drbdsetup on a says StandAlone',
        seenAtMs: 5,
        source: both,
      },
    ],
    ['also a very old one', [drbd('StandAlone', 1), linstor('Connected', 1_000)], { why: 'disputed' }],
    [
      'an unknown word alone is unreadable',
      [drbd({ unreadable: 'Warped' }, 4)],
      { why: 'unreadable', says: 'Warped', seenAtMs: 4 },
    ],
    ['a value of no such type is unreadable', [drbd(3)], { why: 'unreadable', says: '3' }],
    ['a word that is not in the list is unreadable', [drbd('connected')], { why: 'unreadable', says: 'connected' }],
    [
      'at no moment is unreadable',
      [drbd('Connected', Number.NaN)],
      { why: 'unreadable', says: 'Connected at no moment' },
    ],
    ['of no known grade is unreadable', [drbd('Connected', 1, 'sworn' as Grade)], { why: 'unreadable' }],
    [
      'an unknown word beside a good one leaves it unreadable',
      [drbd({ unreadable: 'Warped' }), linstor('Connected')],
      { why: 'unreadable', says: 'LINSTOR says Connected; drbdsetup on a says Warped, which cannot be read' },
    ],
  ])('%s', (_, reports, cell) => {
    expect(state(...reports)).toMatchObject(cell);
    expect(state(...reports.toReversed())).toEqual(state(...reports));
  });

  test('a dispute does not end because one side falls silent', () => {
    const reports = [site, drbd('StandAlone', 1), linstor('Connected', 1_000)];
    for (const nowMs of [1_000, 10 ** 9])
      expect(cellOf(cutOf(reports, nowMs), 'connection.state', link.id)?.kind).toBe('absent');
  });

  test('and ends when it says otherwise', () => {
    expect(state(drbd('StandAlone', 1), linstor('Connected', 5), drbd('Connected', 6))).toMatchObject({
      value: 'Connected',
    });
  });
});

describe('what fits no fact is shown and never read', () => {
  test.each([
    [
      'a name that the vocabulary does not have',
      'node.mood',
      'node.mood of node',
      'the vocabulary has no fact node.mood',
    ],
    ['a fact of another kind of subject', 'bond.mode', 'bond.mode of node', 'bond.mode is about a bond, not a node'],
    ['a name with traps', '__proto__', '__proto__ of node', 'the vocabulary has no fact __proto__'],
  ])('%s', (_, fact, column, why) => {
    const store = createStore(vocabulary);
    store.fold(site);
    const before = snapshotDigest(store.cut(1_000));
    store.fold(report('agent', 'a', [says(fact, a, 'balance-rr')], { at: 1 }));
    const snapshot = store.cut(1_000);
    expect(cellOf(snapshot, column, 'a')).toMatchObject({ kind: 'absent', why: 'unreadable', says: why });
    expect(cellOf(snapshot, column, 'b')).toMatchObject({ why: 'never-reported' });
    expect(snapshotDigest(snapshot)).not.toBe(before);
    store.fold(report('agent', 'a', [], { at: 2 }));
    expect(snapshotDigest(store.cut(1_000))).toBe(before);
  });

  test('a computed fact is taken from nobody', () => {
    const mine = subjects.replica('v', 0, 'a');
    const snapshot = cutOf([site, report('agent', 'a', [says('replica.quorumWithoutNode', mine, true)])]);
    expect(cellOf(snapshot, 'replica.quorumWithoutNode', mine.id)?.kind).toBe('absent');
    expect(cellOf(snapshot, 'replica.quorumWithoutNode of replica', mine.id)).toMatchObject({
      says: 'replica.quorumWithoutNode is computed here and taken from nobody',
    });
  });
});

describe('populations', () => {
  const of = (...censuses: readonly Report['censuses'][number][]) =>
    cutOf(
      censuses.map((census, at) => report(`r${at}`, 'site', [], { censuses: [census] })),
      1_000,
    ).populations.node;

  test('there is always one site', () => {
    expect(cutOf([]).populations.site).toMatchObject({ state: 'known', members: [subjects.site], seenAtMs: 1_000 });
  });
  test('nobody listed: absent, and it says so', () => {
    expect(of()).toMatchObject({ state: 'absent', members: [], says: 'nobody listed the nodes' });
  });
  test('an empty list is known to be empty', () => {
    expect(of(lists('node', []))).toMatchObject({ state: 'known', members: [], says: '' });
  });
  test('several lists are one, sorted, as old as the oldest', () => {
    expect(of(lists('node', [b], 900), lists('node', [a, b], 950))).toMatchObject({
      state: 'known',
      members: [a, b],
      seenAtMs: 900,
    });
  });
  test('one that was not had makes it absent; who is known of is still shown', () => {
    const failed = { kind: 'node', members: { failed: 'HTTP 500' }, seenAtMs: 990, source: 'v1/Node' } as const;
    expect(of(lists('node', [a]), failed)).toMatchObject({ state: 'absent', members: [a], says: 'v1/Node: HTTP 500' });
  });
  test('too old: stale', () => {
    expect(of(lists('node', [a], 1_000 - 120_000)).state).toBe('known');
    expect(of(lists('node', [a], 999 - 120_000))).toMatchObject({ state: 'stale', members: [a] });
  });
  test.each([1_001, Number.POSITIVE_INFINITY])('one from the future (%d) does not hide behind an older one', (at) => {
    expect(of(lists('node', [a], 900), lists('node', [b], at)).state).toBe('stale');
  });
  test('a list of others than it names is not had', () => {
    expect(of(lists('node', [a, subjects.vm('x', 'y')]))).toMatchObject({ state: 'absent', members: [a] });
  });

  test('members know their owners; one that is not listed is -1', () => {
    const stray = subjects.bond('z', 'bond1');
    const snapshot = cutOf([
      site,
      report('x', 'site', [], { censuses: [lists('bond', [subjects.bond('b', 'bond1'), stray])] }),
    ]);
    expect(snapshot.populations.bond.ancestors.node).toEqual(Int32Array.of(1, -1));
    const { members, ancestors } = snapshot.populations.connection;
    expect(members.map(({ id }) => id)).toEqual(['v@a:b', 'v@b:a']);
    expect(ancestors).toEqual({
      site: Int32Array.of(0, 0),
      replica: Int32Array.of(0, 1),
      volume: Int32Array.of(0, 0),
      node: Int32Array.of(0, 1),
    });
  });

  test('who comes or goes moves every column to its new place', () => {
    const store = createStore(vocabulary);
    const list = (at: number, ...nodes: readonly subjects.Subject[]) =>
      report('k', 'site', [], { at, censuses: [lists('node', nodes, at)] });
    store.fold(report('drbd', 'b', [says('node.ready', b, true)]));
    store.fold(list(1, b));
    expect(store.cut(1_000).columns.get('node.ready')?.values).toEqual([true]);
    store.fold(list(2, a, b));
    expect(store.cut(1_000).columns.get('node.ready')?.values).toEqual([undefined, true]);
    store.fold(list(3, a));
    expect(store.cut(1_000).columns.get('node.ready')?.values).toEqual([undefined]);
  });

  test('a bond is linked to a node that came later', () => {
    const store = createStore(vocabulary);
    store.fold(report('x', 'site', [], { censuses: [lists('bond', [subjects.bond('b', 'bond1')])] }));
    expect(store.cut(1_000).populations.bond.ancestors.node).toEqual(Int32Array.of(-1));
    store.fold(report('k', 'site', [], { censuses: [lists('node', [a, b])] }));
    expect(store.cut(1_000).populations.bond.ancestors.node).toEqual(Int32Array.of(1));
  });
});

describe('a cut', () => {
  const replicaOn = (name: string) => subjects.replica('v', 0, name);
  const drbd = (name: string, at: number, grade: Grade = 'observed') =>
    report('drbd', name, [says('replica.role', replicaOn(name), 'Secondary', { at, grade })], { at });

  test('summarises its columns', () => {
    const column = cutOf([site, drbd('a', 5), drbd('b', 9, 'reported')]).columns.get('replica.role');
    expect(column).toMatchObject({ values: ['Secondary', 'Secondary'], oldestMs: 5, newestMs: 9, worstGrade: 1 });
    expect(cutOf([site]).columns.get('replica.role')).toMatchObject({
      values: [undefined, undefined],
      oldestMs: Number.POSITIVE_INFINITY,
      newestMs: Number.NEGATIVE_INFINITY,
      worstGrade: 0,
    });
  });

  test('has a column for every fact of the vocabulary', () => {
    expect([...cutOf([]).columns.keys()].sort()).toEqual([...vocabulary.keys()].sort());
  });

  test('shares with the last one what nothing touched, and leaves the last one as it was', () => {
    const store = createStore(vocabulary);
    for (const one of [site, drbd('a', 5), drbd('b', 9), report('kubernetes', 'site', [says('node.ready', a, true)])])
      store.fold(one);
    const first = store.cut(1_000);
    const digest = snapshotDigest(first);
    const again = store.cut(1_001);
    for (const [name, column] of again.columns) expect(column, name).toBe(first.columns.get(name));

    store.fold(drbd('a', 20));
    const second = store.cut(1_001);
    expect(second.columns.get('replica.role')).not.toBe(first.columns.get('replica.role'));
    expect(second.columns.get('replica.role')).toMatchObject({ oldestMs: 9, newestMs: 20 });
    for (const name of ['node.ready', 'connection.state', 'volume.place']) {
      expect(second.columns.get(name), name).toBe(first.columns.get(name));
    }
    expect(second.columns.get('replica.role')?.cells[1]).toBe(first.columns.get('replica.role')?.cells[1]);
    expect(second.populations.replica.indexOf).toBe(first.populations.replica.indexOf);
    expect(snapshotDigest(first)).toBe(digest);
  });

  test('summarises anew what moved between the extremes', () => {
    const store = createStore(vocabulary);
    for (const one of [siteOf(['a', 'b', 'c']), drbd('a', 5), drbd('b', 7), drbd('c', 9)]) store.fold(one);
    const summary = () => store.cut(1_000).columns.get('replica.role');
    expect(summary()).toMatchObject({ oldestMs: 5, newestMs: 9, worstGrade: 0 });
    store.fold(drbd('b', 12, 'reported'));
    expect(summary()).toMatchObject({ oldestMs: 5, newestMs: 12, worstGrade: 1 });
    store.fold(drbd('b', 13));
    expect(summary()).toMatchObject({ oldestMs: 5, newestMs: 13, worstGrade: 0 });
  });

  test('a list is as old as the older of those that make it, also when the newer is of this very moment', () => {
    const list = (reporter: string, at: number) =>
      report(reporter, 'site', [], { at, censuses: [lists('node', [a], at)] });
    const seenAt = (nowMs: number) => cutOf([list('x', 0), list('y', 1_000)], nowMs).populations.node.seenAtMs;
    expect([seenAt(1_001), seenAt(1_000), seenAt(999)]).toEqual([0, 0, 1_000]);
  });

  test('the same list at a later moment moves nobody', () => {
    const store = createStore(vocabulary);
    store.fold(siteOf(['a', 'b'], 1));
    store.fold(drbd('a', 5));
    const first = store.cut(1_000);
    store.fold(siteOf(['b', 'a'], 2));
    const second = store.cut(1_000);
    expect(second.populations.replica).toMatchObject({ seenAtMs: 2 });
    expect(second.columns.get('replica.role')).toBe(first.columns.get('replica.role'));
  });

  test('readings of it are fresh, stale, or from nobody knows when', () => {
    const snapshot = (nowMs: number) => cutOf([site, drbd('a', 1_000)], nowMs);
    const kind = (nowMs: number, maxAgeMs?: number) => readingAt(snapshot(nowMs), 'replica.role', 0, maxAgeMs).kind;
    expect([kind(1_000), kind(31_000), kind(31_001), kind(999), kind(1_011, 10)]).toEqual([
      'known',
      'known',
      'stale',
      'stale',
      'stale',
    ]);
  });

  test('halves of characters and moments that are none still have a digest', () => {
    const odd = subjects.node('\ud800');
    const who = report('k', 'site', [], { censuses: [lists('node', [odd])] });
    const of = (text: string, at: number) =>
      snapshotDigest(cutOf([who, report('x', 'site', [says('node.bootId', odd, text, { at })])]));
    const digests = [of('\ud800', 1), of('\ud801', 1), of('\ud800', Number.NaN), of('\\ud800', 1)];
    expect(new Set(digests).size).toBe(4);
  });
});
