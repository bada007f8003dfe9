import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStore } from '../../src/facts/store.ts';
import {
  type Census,
  type FactValue,
  grades,
  type Observation,
  type Report,
  type Unreadable,
} from '../../src/kernel/fact.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { snapshotDigest } from '../../src/kernel/snapshot-document.ts';
import { bond, connection, node, replica, type Subject, volume } from '../../src/kernel/subject.ts';
import { connectionStates } from '../../src/kernel/vocabulary/connection.ts';
import { diskStates, drbdRoles } from '../../src/kernel/vocabulary/replica.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { report } from '../support/reports.ts';
import { runs, thorough } from '../support/runs.ts';
import { censusOf, type Kind, observationsOf, type VolumeShape } from '../support/volume.ts';

const names = ['a', 'b', 'c'] as const;
const members = names.flatMap((name): Subject[] => [
  node(name),
  bond(name, 'bond1'),
  replica('v', 0, name),
  ...names.filter((peer) => peer !== name).map((peer) => connection('v', 0, name, peer)),
]);
const everybody: readonly Subject[] = [...members, volume('v', 0), volume('w', 1)];

const aName = fc.constantFrom(
  'node.ready',
  'bond.mode',
  'replica.disk',
  'replica.linstorDisk',
  'replica.role',
  'replica.inUse',
  'replica.quorum',
  'replica.kind',
  'connection.state',
  'connection.replication',
  'connection.peerDisk',
  'volume.quorumPolicy',
  'replica.sourcesAgree',
  'no.such',
);
const aValue: fc.Arbitrary<FactValue | Unreadable> = fc.oneof(
  fc.boolean(),
  fc.constantFrom(
    'UpToDate',
    'Connected',
    'StandAlone',
    'diskful',
    'majority',
    'off',
    'balance-rr',
    'Primary',
    'Established',
  ),
  fc.constantFrom(null, 3, Number.NaN, '\ud800', '__proto__'),
  fc.constant({ unreadable: 'Warped' }),
  fc.constant(['x', 'y'] as const),
);
const aMoment = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 9_000) },
);
const anObservation: fc.Arbitrary<Observation> = fc.record({
  fact: aName,
  subject: fc.constantFrom(...everybody),
  value: aValue,
  seenAtMs: aMoment,
  grade: fc.constantFrom(...grades),
  source: fc.constantFrom('here', 'there'),
});
const aCensus: fc.Arbitrary<Census> = fc.constantFrom('node', 'bond', 'volume', 'replica', 'connection').chain((kind) =>
  fc.record({
    kind: fc.constant(kind as Census['kind']),
    members: fc.oneof(
      { weight: 5, arbitrary: fc.subarray(everybody.filter((one) => one.kind === kind)) },
      { weight: 1, arbitrary: fc.constant({ failed: 'HTTP 500' }) },
    ),
    seenAtMs: aMoment,
    source: fc.constantFrom('list one', 'list two'),
  }),
);
const aReport: fc.Arbitrary<Report> = fc.record({
  reporter: fc.constantFrom('drbd', 'linstor', 'agent'),
  scope: fc.constantFrom('a', 'site'),
  seenAtMs: aMoment,
  observations: fc.array(anObservation, { maxLength: 12 }),
  censuses: fc.array(aCensus, { maxLength: 5 }),
});

function cut(reports: readonly Report[], nowMs: number): Snapshot {
  const store = createStore(vocabulary);
  for (const one of reports) store.fold(one);
  return store.cut(nowMs);
}

test('order and repetition of reports decide nothing: the snapshot is the same to the byte', () => {
  const history = fc
    .array(aReport, { maxLength: 8 })
    .chain((reports) =>
      fc.tuple(fc.constant(reports), fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 })),
    );
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 4 }), ([reports, other], nowMs) => {
      // A copy, so that being the same object cannot be what makes it the same report.
      const copies = other.map((one) => ({
        ...one,
        observations: one.observations.toReversed(),
        censuses: [...one.censuses],
      }));
      expect(snapshotDigest(cut(copies, nowMs))).toBe(snapshotDigest(cut(reports, nowMs)));
    }),
    runs('STORE', 1_500),
  );
});

test('folding in groups, whichever, comes to the same', () => {
  fc.assert(
    fc.property(fc.array(aReport, { maxLength: 8 }), fc.nat(8), (reports, at) => {
      const groups = [...reports.slice(at), ...reports.slice(0, at)];
      expect(snapshotDigest(cut(groups, 2))).toBe(snapshotDigest(cut(reports, 2)));
    }),
    runs('STORE', 300),
  );
});

test('a store that was cut on the way knows the same as one that was not, also when the clock went back', () => {
  const walk = fc.array(fc.tuple(aReport, fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(walk, fc.integer({ min: 0, max: 4 }), (steps, nowMs) => {
      const store = createStore(vocabulary);
      for (const [one, cutAt] of steps) {
        store.fold(one);
        if (cutAt !== undefined) store.cut(cutAt);
      }
      const fresh = cut(
        steps.map(([one]) => one),
        nowMs,
      );
      const kept = store.cut(nowMs);
      expect(snapshotDigest(kept)).toBe(snapshotDigest(fresh));
      for (const [name, column] of kept.columns) {
        const { oldestMs, newestMs, worstGrade, values } = fresh.columns.get(name) ?? column;
        expect({ ...column, cells: [], fact: name }).toEqual({
          oldestMs,
          newestMs,
          worstGrade,
          values,
          cells: [],
          fact: name,
        });
      }
    }),
    runs('STORE', 1_500),
  );
});

test('a column says nothing more than its cells', () => {
  fc.assert(
    fc.property(fc.array(aReport, { maxLength: 6 }), (reports) => {
      const snapshot = cut(reports, 2);
      for (const { fact, cells, values, oldestMs, newestMs, worstGrade } of snapshot.columns.values()) {
        expect(cells.length).toBe(snapshot.populations[fact.subject].members.length);
        const present = cells.flatMap((cell) => (cell.kind === 'present' ? [cell] : []));
        expect(values).toEqual(cells.map((cell) => (cell.kind === 'present' ? cell.value : undefined)));
        expect(oldestMs).toBe(Math.min(...present.map((cell) => cell.seenAtMs)));
        expect(newestMs).toBe(Math.max(...present.map((cell) => cell.seenAtMs)));
        expect(worstGrade).toBe(Math.max(0, ...present.map((cell) => grades.indexOf(cell.grade))));
      }
    }),
    runs('STORE', 300),
  );
});

// ---- computed facts ----

const aKind = fc.constantFrom<Kind>('diskful', 'diskful', 'tie-breaker', 'client');
const aShape: fc.Arbitrary<VolumeShape> = fc
  .record({ a: aKind, b: aKind, c: aKind, d: aKind }, { requiredKeys: ['a'] })
  .chain((kinds) => {
    const present = Object.keys(kinds);
    const healthyOr = <T>(healthy: T, words: readonly T[]) =>
      fc.oneof({ weight: 5, arbitrary: fc.constant(healthy) }, { weight: 1, arbitrary: fc.constantFrom(...words) });
    const ofReplica = fc.record(
      {
        disk: fc.constantFrom(...diskStates),
        quorum: fc.boolean(),
        role: fc.constantFrom(...drbdRoles),
        inUse: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const ofLink = fc.record(
      {
        state: healthyOr<string>('Connected', connectionStates),
        replication: healthyOr<string>('Established', ['Off', 'SyncTarget']),
        peerDisk: fc.constantFrom(...diskStates),
      },
      { requiredKeys: [] },
    );
    const keys = [...present, ...present.flatMap((name) => present.map((peer) => `${name}:${peer}`))];
    const changes = fc
      .dictionary(fc.constantFrom(...keys), fc.tuple(ofReplica, ofLink), { maxKeys: 4 })
      .map((chosen) =>
        Object.fromEntries(Object.entries(chosen).map(([key, [one, link]]) => [key, key.includes(':') ? link : one])),
      );
    return fc.record({
      members: fc.constant(kinds as VolumeShape['members']),
      policy: healthyOr<string>('majority', ['off', 'all']),
      but: changes as fc.Arbitrary<NonNullable<VolumeShape['but']>>,
    });
  });

const computed = ['replica.sourcesAgree', 'replica.quorumWithoutNode', 'connection.sourcesAgree'];

/** The kernel's words, and LINSTOR's about the same connections, each a report of its own. */
function reportsOf(shape: VolumeShape, observations: readonly Observation[]): readonly Report[] {
  return [
    censusOf(shape),
    report(
      'drbd',
      'site',
      observations.filter(({ source }) => source !== 'LINSTOR'),
    ),
    report(
      'linstor',
      'site',
      observations.filter(({ source }) => source === 'LINSTOR'),
    ),
  ];
}

test('K2: taking any observations away moves a computed fact nowhere but to unknown', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(aShape, fc.infiniteStream(fc.nat(9)), (shape, picks) => {
      const kernel = observationsOf(shape);
      const linstor = kernel
        .filter(({ fact }) => fact === 'connection.state')
        .map((one) => ({ ...one, source: 'LINSTOR', value: picks.next().value === 0 ? 'Connecting' : one.value }));
      const all = [...kernel, ...linstor];
      const fewer = all.filter(() => picks.next().value !== 0);
      const [full, partial] = [cut(reportsOf(shape, all), 1_000), cut(reportsOf(shape, fewer), 1_000)];
      for (const fact of computed) {
        full.columns.get(fact)?.values.forEach((value, index) => {
          seen.set(`${fact} ${value}`, (seen.get(`${fact} ${value}`) ?? 0) + 1);
          // LINSTOR and the kernel may dispute a state, and losing one ends the dispute: what hangs on it may then be known.
          const lifted = fact === 'replica.quorumWithoutNode' && value === undefined;
          if (!lifted) expect([value, undefined]).toContain(partial.columns.get(fact)?.values[index]);
        });
      }
    }),
    runs('STORE', 1_500),
  );
  if (!thorough) return;
  // The property would hold of a store that computes nothing.
  for (const fact of computed)
    for (const value of [true, false]) expect(seen.get(`${fact} ${value}`), `${fact} ${value}`).toBeGreaterThan(20);
});

test('K2: ageing or downgrading any observation makes no computed fact fresher or better founded', () => {
  fc.assert(
    fc.property(aShape, fc.infiniteStream(fc.nat(9)), (shape, picks) => {
      const all = observationsOf(shape).map((one) => ({ ...one, seenAtMs: 900 + (picks.next().value ?? 0) }));
      const worse = all.map((one) =>
        picks.next().value < 2 ? { ...one, seenAtMs: one.seenAtMs - 100, grade: 'reported' as const } : one,
      );
      const [good, bad] = [cut(reportsOf(shape, all), 1_000), cut(reportsOf(shape, worse), 1_000)];
      for (const fact of computed) {
        good.columns.get(fact)?.cells.forEach((cell, index) => {
          const other = bad.columns.get(fact)?.cells[index];
          expect(other?.kind).toBe(cell.kind);
          if (cell.kind !== 'present' || other?.kind !== 'present') return;
          expect(other.value).toBe(cell.value);
          expect(other.seenAtMs).toBeLessThanOrEqual(cell.seenAtMs);
        });
      }
    }),
    runs('STORE', 500),
  );
});
