import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/facts/store.ts';
import type { Observation, Report } from '../../../src/kernel/fact.ts';
import { type Cell, readingAt, type Snapshot } from '../../../src/kernel/snapshot.ts';
import { connection, replica, volume } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { lists, report, says } from '../../support/reports.ts';
import { censusOf, observationsOf, type Said, type VolumeShape } from '../../support/volume.ts';

const members = { a: 'diskful', b: 'diskful', t: 'tie-breaker' } as const;

function cellOf(snapshot: Snapshot, fact: string, id: string): Cell | undefined {
  const column = snapshot.columns.get(fact);
  return column?.cells[snapshot.populations[column.fact.subject].indexOf.get(id) ?? -1];
}
function cut(reports: readonly Report[], nowMs = 1_000): Snapshot {
  const store = createStore(vocabulary);
  for (const one of reports) store.fold(one);
  return store.cut(nowMs);
}
function storeOf(shape: VolumeShape, alter: (one: Observation) => Observation = (one) => one): readonly Report[] {
  return [censusOf(shape), report('everybody', 'site', observationsOf(shape).map(alter))];
}

describe('replica.sourcesAgree', () => {
  const agree = (a: Readonly<Record<string, Said>>) => {
    const cell = cellOf(cut(storeOf({ members, but: { a } })), 'replica.sourcesAgree', 'v@a');
    return cell?.kind === 'present' ? cell.value : cell?.why;
  };
  test.each<readonly [string, Readonly<Record<string, Said>>, boolean | 'never-reported']>([
    ['same disk, and neither says Primary', {}, true],
    ['same disk, and both say Primary', { role: 'Primary', inUse: true }, true],
    ['3.7: LINSTOR says UpToDate, the kernel Outdated', { disk: 'Outdated' }, false],
    ['LINSTOR does not see the Primary', { role: 'Primary' }, false],
    ['LINSTOR sees a Primary that is none', { inUse: true }, false],
    [
      '«SyncTarget(17%)» is no word of a disk',
      { disk: 'Inconsistent', linstorDisk: { unreadable: 'SyncTarget(17%)' } },
      'never-reported',
    ],
    ['the kernel is silent', { disk: undefined, role: undefined }, 'never-reported'],
    ['LINSTOR is silent', { linstorDisk: undefined, inUse: undefined }, 'never-reported'],
    ['LINSTOR says nothing of the writer', { inUse: undefined }, 'never-reported'],
    ['the disks differ, whatever else is unknown', { disk: 'Failed', inUse: undefined }, false],
    ['the writers differ, whatever else is unknown', { role: 'Primary', linstorDisk: undefined }, false],
  ])('%s', (_, a, answer) => {
    expect(agree(a)).toBe(answer);
  });
});

describe('connection.sourcesAgree', () => {
  const link = connection('v', 0, 'a', 'b');
  const from = (reporter: string, state: Said, at = 1_000) =>
    report(
      reporter,
      'x',
      state === undefined ? [] : [says('connection.state', link, state, { at, source: reporter })],
      { at },
    );
  const reportsOf = (drbd: Said, linstor: Said) => [
    censusOf({ members }),
    from('drbd', drbd),
    from('linstor', linstor),
  ];

  test.each<readonly [string, Said, Said, boolean | 'never-reported', string]>([
    ['both Connected', 'Connected', 'Connected', true, 'present'],
    ['3.7: LINSTOR says Connected, the kernel StandAlone', 'StandAlone', 'Connected', false, 'absent'],
    ['LINSTOR alone', undefined, 'Connected', 'never-reported', 'present'],
    ['the kernel alone', 'Connected', undefined, 'never-reported', 'present'],
    ['a word of the kernel that we do not know', { unreadable: 'Warped' }, 'Connected', 'never-reported', 'absent'],
  ])('%s', (_, drbd, linstor, answer, state) => {
    const snapshot = cut(reportsOf(drbd, linstor));
    const cell = cellOf(snapshot, 'connection.sourcesAgree', link.id);
    expect(cell?.kind === 'present' ? cell.value : cell?.why).toBe(answer);
    expect(cellOf(snapshot, 'connection.state', link.id)?.kind).toBe(state);
  });

  test('two that read the same kernel and differ say nothing together', () => {
    const reports = [...reportsOf('StandAlone', 'Connected'), from('agent', 'Connected')];
    expect(cellOf(cut(reports), 'connection.sourcesAgree', link.id)).toMatchObject({ kind: 'absent' });
  });

  test('is as old as the older side, and says both', () => {
    const reports = [censusOf({ members }), from('drbd', 'Connected', 900), from('linstor', 'Connected', 700)];
    expect(cellOf(cut(reports), 'connection.sourcesAgree', link.id)).toMatchObject({
      seenAtMs: 700,
      source: 'computed from drbd and linstor',
      grade: 'observed',
    });
  });
});

describe('every computed fact', () => {
  const quorum = (snapshot: Snapshot) => cellOf(snapshot, 'replica.quorumWithoutNode', 'v@a');
  const shape: VolumeShape = { members };
  const alter = (fact: string, id: string, change: Partial<Observation>) => (one: Observation) =>
    one.fact === fact && one.subject.id === id ? { ...one, ...change } : one;

  test('is as old as its oldest part, graded as its worst, and says from whom', () => {
    const oldest = alter('replica.quorum', 'v@t', { seenAtMs: 12, grade: 'reported' });
    expect(quorum(cut(storeOf(shape, oldest)))).toMatchObject({
      kind: 'present',
      value: true,
      seenAtMs: 12,
      grade: 'reported',
      source: 'computed from LINSTOR and drbd on b and drbd on t',
    });
  });

  test('names each source once, also one that other parts of it agree with', () => {
    const linstor = observationsOf(shape)
      .filter(({ fact }) => fact === 'connection.state')
      .map((one) => ({ ...one, source: 'LINSTOR' }));
    const reports = [...storeOf(shape), report('linstor', 'site', linstor)];
    for (const order of [reports, reports.toReversed()]) {
      expect(quorum(cut(order))).toMatchObject({
        kind: 'present',
        source: 'computed from LINSTOR and drbd on b and drbd on t',
      });
    }
  });

  test('of a volume with very many members names some, and how many more there are', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`n${at + 10}`, 'diskful' as const]));
    const cell = cellOf(cut(storeOf({ members: many })), 'replica.quorumWithoutNode', 'v@n10');
    const source = cell?.kind === 'present' ? (cell.source ?? '') : '';
    expect(source).toMatch(/^computed from LINSTOR and drbd on n11 and .* and drbd on n25 and 4 more$/);
  });

  test('is no newer than the list of who has a part', () => {
    const old = [...storeOf(shape).slice(1), censusOf(shape, 3)];
    expect(quorum(cut(old))).toMatchObject({ kind: 'present', seenAtMs: 3 });
  });

  test('is unknown when the list of replicas was not had, and known again after', () => {
    const store = createStore(vocabulary);
    for (const one of storeOf(shape)) store.fold(one);
    const failed = (at: number, members: { failed: string } | readonly never[]) =>
      report('linstor', 'site', [], {
        at,
        censuses: [{ kind: 'replica', members, seenAtMs: 1_000, source: 'view/resources' }],
      });
    store.fold(failed(1, { failed: 'HTTP 500' }));
    expect(quorum(store.cut(1_000))).toMatchObject({
      kind: 'absent',
      says: expect.stringContaining('list of replicas'),
    });
    store.fold(failed(2, []));
    expect(quorum(store.cut(1_000))?.kind).toBe('present');
  });

  test('does not hide a part that comes from the future, and is an ordinary one when that has passed', () => {
    const store = createStore(vocabulary);
    for (const one of storeOf(shape, alter('replica.disk', 'v@b', { seenAtMs: 5_000 }))) store.fold(one);
    const kindAt = (nowMs: number) => readingAt(store.cut(nowMs), 'replica.quorumWithoutNode', 0).kind;
    expect([kindAt(1_000), kindAt(4_999), kindAt(5_000), kindAt(1_000), kindAt(6_000)]).toEqual([
      'stale',
      'stale',
      'known',
      'stale',
      'known',
    ]);
  });

  test('is computed again when a part of it changes, for its volume only', () => {
    const store = createStore(vocabulary);
    const reports = storeOf(shape);
    for (const one of reports) store.fold(one);
    const w = { v: volume('w', 0), r: replica('w', 0, 'a') };
    const census = report('more', 'site', [], { censuses: [lists('volume', [w.v]), lists('replica', [w.r])] });
    store.fold(census);
    const first = store.cut(1_000);
    expect(quorum(first)).toMatchObject({ value: true });
    store.fold(report('drbd', 'b', [says('replica.quorum', replica('v', 0, 'b'), false)]));
    const second = store.cut(1_000);
    expect(quorum(second)).toMatchObject({ kind: 'absent', says: expect.stringContaining('replica.quorum of v@b') });
    expect(cellOf(second, 'replica.quorumWithoutNode', w.r.id)).toBe(
      cellOf(first, 'replica.quorumWithoutNode', w.r.id),
    );
    expect(second.columns.get('connection.sourcesAgree')?.cells).toEqual(
      first.columns.get('connection.sourcesAgree')?.cells,
    );
  });

  test('forgets who is gone', () => {
    const store = createStore(vocabulary);
    for (const one of storeOf({ members: { a: 'diskful', b: 'diskful' }, policy: 'off' })) store.fold(one);
    expect(quorum(store.cut(1_000))).toMatchObject({ value: true });
    store.fold(censusOf({ members: { a: 'diskful' } }, 1_001));
    expect(quorum(store.cut(1_001))).toMatchObject({ value: false });
  });
});
