import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '../../../src/facts/normalise.ts';
import { createStore } from '../../../src/facts/store.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw, RawStated } from '../../../src/kernel/raw.ts';
import { readingAt, type Snapshot } from '../../../src/kernel/snapshot.ts';
import { node, replica, volume } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { shape } from './cluster-fixtures.ts';

const at = 1_000_000;
const witness: RawStated = {
  from: 'stated',
  at,
  lists: [
    { kind: 'node', members: ['node-1', 'node-2'] },
    { kind: 'volume', members: ['pvc-1'] },
    { kind: 'replica', members: ['pvc-1@node-1', 'pvc-1@node-2'] },
    { kind: 'vm', members: [] },
  ],
  facts: [
    { fact: 'replica.disk', of: 'pvc-1@node-1', value: 'UpToDate', ageMs: 31_000, grade: 'observed' },
    { fact: 'replica.role', of: 'pvc-1@node-1', value: 'Primary', ageMs: 0, grade: 'observed' },
    { fact: 'replica.linstorDisk', of: 'pvc-1@node-1', value: 'Outdated', ageMs: 0, grade: 'observed' },
    { fact: 'replica.inUse', of: 'pvc-1@node-1', value: true, ageMs: 0, grade: 'observed' },
    { fact: 'replica.sourcesAgree', of: 'pvc-1@node-2', value: true, ageMs: 2_000, grade: 'reported' },
    { fact: 'node.ready', of: 'node-3', value: true, ageMs: 0, grade: 'observed' },
  ],
};

function snapshotOf(reports: readonly Report[]): Snapshot {
  const store = createStore(vocabulary);
  for (const report of reports) store.fold(report);
  return store.cut(at);
}

function readingOf(snapshot: Snapshot, fact: string, id: string) {
  const kind = vocabulary.get(fact)?.subject ?? 'site';
  return readingAt(snapshot, fact, snapshot.populations[kind].indexOf.get(id) ?? -1);
}

describe('a site that was written down as facts', () => {
  const snapshot = snapshotOf(normalise([witness], shape));

  test('is one report, of no other source', () => {
    const reports = normalise([witness], shape);
    expect(reports.map(({ reporter, scope, seenAtMs }) => ({ reporter, scope, seenAtMs }))).toEqual([
      { reporter: 'stated', scope: 'site', seenAtMs: at },
    ]);
    const said = reports.flatMap(({ observations, censuses }) => [...observations, ...censuses]);
    expect(new Set(said.map(({ source }) => source))).toEqual(new Set(['stated']));
    expect(said).toHaveLength(witness.facts.length + witness.lists.length);
  });

  test('has those who are listed, each with everybody it belongs to', () => {
    const { node: nodes, replica: replicas, vm, bond, connection } = snapshot.populations;
    expect([nodes.state, nodes.members]).toEqual(['known', [node('node-1'), node('node-2')]]);
    expect([replicas.state, replicas.members]).toEqual([
      'known',
      [replica('pvc-1', 0, 'node-1'), replica('pvc-1', 0, 'node-2')],
    ]);
    expect(replicas.ancestors.node).toEqual(Int32Array.of(0, 1));
    expect([vm.state, vm.members]).toEqual(['known', []]);
    expect([bond.state, connection.state]).toEqual(['absent', 'absent']);
  });

  test('each fact is as old and as good as it says, and what is not said was never reported', () => {
    expect(readingOf(snapshot, 'replica.role', 'pvc-1@node-1')).toEqual({
      kind: 'known',
      value: 'Primary',
      seenAtMs: at,
      grade: 'observed',
      source: 'stated',
    });
    expect(readingOf(snapshot, 'replica.disk', 'pvc-1@node-1')).toMatchObject({ kind: 'stale', seenAtMs: at - 31_000 });
    expect(readingOf(snapshot, 'replica.disk', 'pvc-1@node-2')).toMatchObject({ why: 'never-reported' });
  });

  test('what is computed elsewhere is what it says, and nothing is computed', () => {
    expect(readingOf(snapshot, 'replica.sourcesAgree', 'pvc-1@node-2')).toEqual({
      kind: 'known',
      value: true,
      seenAtMs: at - 2_000,
      grade: 'reported',
      source: 'stated',
    });
    expect(readingOf(snapshot, 'replica.sourcesAgree', 'pvc-1@node-1')).toMatchObject({ why: 'never-reported' });
  });

  test('its values must be such as their facts have', () => {
    const odd = { ...witness, facts: [{ ...witness.facts[1], value: 'Boss' } as RawStated['facts'][number]] };
    expect(readingOf(snapshotOf(normalise([odd], shape)), 'replica.role', 'pvc-1@node-1')).toMatchObject({
      why: 'unreadable',
      says: 'Boss',
    });
  });

  test('what no subject is called, and what is no fact, is nothing', () => {
    const facts = [
      { fact: 'node.ready', of: 'pvc-1@node-1', value: true, ageMs: 0, grade: 'observed' },
      { fact: 'node.happy', of: 'node-1', value: true, ageMs: 0, grade: 'observed' },
    ] as const;
    const [report] = normalise([{ ...witness, lists: [{ kind: 'replica', members: ['pvc-1'] }], facts }], shape);
    expect(report?.observations).toEqual([]);
    expect(report?.censuses).toMatchObject([{ kind: 'replica', members: [] }]);
  });

  test('beside anything observed it is not heard', () => {
    const seen: Raw = { from: 'list', at, kind: 'v1/Node' };
    const reports = normalise([witness, seen], shape);
    expect(reports.map(({ reporter }) => reporter)).not.toContain('stated');
    expect(reports).toEqual(normalise([seen], shape));
  });
});

test('nobody who observes makes one', () => {
  const root = join(import.meta.dirname, '..', '..', '..', 'src');
  const makers = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && /from: 'stated'/.test(readFileSync(join(root, file), 'utf8')))
    .map((file) => file.split('/')[0] ?? '');
  expect(makers).toContain('capture');
  for (const room of ['operator', 'agent', 'platform', 'crd', 'sim', 'facts']) expect(makers).not.toContain(room);
});

describe('a computed fact', () => {
  const said = (reporter: string, scope: string): Report => {
    const subject = replica('pvc-1', 0, 'node-1');
    const seen = { seenAtMs: at, grade: 'observed', source: reporter } as const;
    return {
      reporter,
      scope,
      seenAtMs: at,
      observations: [
        { fact: 'replica.quorumWithoutNode', subject, value: true, ...seen },
        { fact: 'replica.sourcesAgree', subject, value: true, ...seen },
      ],
      censuses: [
        { kind: 'volume', members: [volume('pvc-1', 0)], seenAtMs: at, source: reporter },
        { kind: 'replica', members: [subject], seenAtMs: at, source: reporter },
      ],
    };
  };

  test.each([
    ['agent', 'node-1'],
    ['drbd', 'node-1'],
    ['kernel:ip', 'node-1'],
    ['legacy', 'site'],
    ['linstor', 'site'],
    ['observer', 'node-1'],
  ])('is taken from nobody who observes: %s', (reporter, scope) => {
    const whole = said(reporter, scope);
    // Where nobody lists the volume nothing is computed of it, and what was said would stand alone.
    const withoutVolume = { ...whole, censuses: whole.censuses.filter(({ kind }) => kind !== 'volume') };
    for (const report of [whole, withoutVolume]) {
      const snapshot = snapshotOf([report]);
      for (const fact of ['replica.quorumWithoutNode', 'replica.sourcesAgree']) {
        expect(readingOf(snapshot, fact, 'pvc-1@node-1')).toMatchObject({ kind: 'absent', why: 'never-reported' });
        expect(snapshot.columns.get(`${fact} of replica`)?.cells).toMatchObject([
          { kind: 'absent', why: 'unreadable', says: `${fact} is computed here and taken from nobody` },
        ]);
      }
    }
  });

  test('is taken from whoever makes up a site, as long as it stands', () => {
    const store = createStore(vocabulary);
    const [mine, other] = [replica('pvc-1', 0, 'node-1'), replica('pvc-1', 0, 'node-2')];
    const values = {
      'replica.role': 'Primary',
      'replica.disk': 'UpToDate',
      'replica.inUse': true,
      'replica.linstorDisk': 'UpToDate',
    };
    const seen = { seenAtMs: at, source: 'drbd' };
    store.fold({
      ...said('drbd', 'node-1'),
      observations: [mine, other].flatMap((subject) =>
        Object.entries(values).map(([fact, value]) => ({ fact, subject, value, grade: 'observed' as const, ...seen })),
      ),
      censuses: [
        { kind: 'volume', members: [volume('pvc-1', 0)], ...seen },
        { kind: 'replica', members: [mine, other], ...seen },
      ],
    });
    const sourcesNow = (): unknown => {
      const snapshot = store.cut(at);
      return [mine, other].map(({ id }) => readingOf(snapshot, 'replica.sourcesAgree', id).source);
    };
    expect(sourcesNow()).toEqual(['computed from drbd', 'computed from drbd']);
    store.replace('stated', 'site', { ...said('stated', 'site'), censuses: [] });
    expect(sourcesNow()).toEqual(['stated', undefined]);
    store.replace('stated', 'site', undefined);
    expect(sourcesNow()).toEqual(['computed from drbd', 'computed from drbd']);
  });
});
