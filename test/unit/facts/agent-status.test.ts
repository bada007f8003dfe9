import { describe, expect, test } from 'vitest';
import { agentReports, subjectOf } from '../../../src/facts/agent-status.ts';
import { clusterOf } from '../../../src/facts/kube.ts';
import { observersOf } from '../../../src/facts/observer.ts';
import { createStore } from '../../../src/facts/store.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { readingAt } from '../../../src/kernel/snapshot.ts';
import { node } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { made, valueIn } from './cluster-fixtures.ts';

const kind = 'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus';

function status(observations: unknown, node: unknown = 'node-a', name = 'node-a', at = 100_000): Raw[] {
  return made(kind, [{ metadata: { name }, spec: { node }, status: { observations } }], at);
}
function one(fact: string, object: string, value: unknown, age: unknown = '2s'): Raw[] {
  return status([{ fact, object, value, age }]);
}
/** What the agent says. Which order stands before it is not its word. */
function reportOf(raws: readonly Raw[]): Report | undefined {
  const [report] = agentReports(clusterOf(raws), observersOf(raws));
  return report && { ...report, observations: report.observations.filter(({ fact }) => fact !== 'node.order') };
}

/** Another reporter's word of node-a, which it lists as well. */
function said(reporter: string, fact: string, value: string): Report {
  const seen = { seenAtMs: 100_000, source: reporter };
  return {
    reporter,
    scope: 'site',
    seenAtMs: 100_000,
    observations: [{ fact, subject: node('node-a'), value, grade: 'observed', ...seen }],
    censuses: [{ kind: 'node', members: [node('node-a')], ...seen }],
  };
}

describe('a value as packs write it', () => {
  test.each<[string, string, unknown, unknown]>([
    ['bond.mode', 'node-a/bond1', 'active-backup', 'active-backup'],
    ['bond.mode', 'node-a/bond1', 'active_backup', { unreadable: 'active_backup' }],
    ['bond.armed', 'node-a/bond1', true, true],
    ['node.journalWorkflow', 'node-a', null, null],
    ['node.journalWorkflow', 'node-a', 'uid-1', 'uid-1'],
    ['node.journalWorkflow', 'node-a', { unreadable: 'x' }, { unreadable: 'an object' }],
    ['bond.armed', 'node-a/bond1', 'true', { unreadable: 'true' }],
    ['bond.members', 'node-a/bond1', ['eno4', 'eno3', 'eno4'], ['eno3', 'eno4']],
    ['bond.members', 'node-a/bond1', [3], { unreadable: 'a list' }],
    ['bond.membersUp', 'node-a/bond1', 2, 2],
    ['bond.membersUp', 'node-a/bond1', '2', { unreadable: '2' }],
    ['bond.membersUp', 'node-a/bond1', -1, { unreadable: '-1' }],
    ['bond.membersUp', 'node-a/bond1', 1.5, { unreadable: '1.5' }],
    ['node.drbdVersion', 'node-a', '9.2.14', 900_002_00014],
    ['node.drbdVersion', 'node-a', '9.2.16-flant.1', { unreadable: '9.2.16-flant.1' }],
    ['connection.progressAge', 'pvc-7@node-a:node-b', '1m30s', 90_000],
    ['connection.progressAge', 'pvc-7@node-a:node-b', 90, { unreadable: '90' }],
    ['connection.progressAge', 'pvc-7@node-a:node-b', '-3s', { unreadable: '-3s' }],
    ['connection.outOfSync', 'pvc-7/1@node-a:node-b', '64KiB', 65_536],
    ['replica.suspended', 'pvc-7@node-a', [], []],
    ['replica.suspended', 'pvc-7@node-a', ['boredom'], { unreadable: 'a list' }],
    ['node.bootId', 'node-a', { id: 1 }, { unreadable: 'an object' }],
    ['bond.mode', 'node-a/bond1', null, undefined],
  ])('%s of %s: %j is %j', (fact, object, written, value) => {
    expect(valueIn(reportOf(one(fact, object, written)), fact, object)).toEqual(value);
  });
});

describe('the order that stands before an agent is what the API server shows, whatever the agent says', () => {
  test.each<[string, unknown, unknown]>([
    ['none', undefined, 0],
    ['null', null, 0],
    ['its number', { step: 7 }, 7],
    ['no number', { step: '7' }, { unreadable: '7' }],
    ['a half', { step: 1.5 }, { unreadable: '1.5' }],
    ['no order at all', 'seven', { unreadable: 'nothing' }],
  ])('%s', (_, order, value) => {
    const claims = [{ fact: 'node.order', object: 'node-a', value: 99, age: '2s' }];
    const raws = made(
      kind,
      [{ metadata: { name: 'node-a' }, spec: { node: 'node-a', order }, status: { observations: claims } }],
      100_000,
    );
    const [report] = agentReports(clusterOf(raws), observersOf(raws));
    expect(report?.observations.map((one) => [one.fact, one.value, one.seenAtMs])).toEqual([
      ['node.order', value, 100_000],
    ]);
  });
});

describe('an agent speaks of its own node only', () => {
  test.each([
    ['bond.mode', 'node-b/bond1'],
    ['node.bootId', 'node-b'],
    ['replica.disk', 'pvc-7@node-b'],
    ['connection.state', 'pvc-7@node-b:node-a'],
    ['volume.place', 'pvc-7'],
    ['site.linstorReachable', 'site'],
    ['vm.phase', 'vms/vm-1'],
    ['bond.mode', 'node-a'],
    ['replica.disk', 'pvc-7/0@node-a'],
    ['replica.disk', 'pvc-7@@node-a'],
    ['node.heartbeatAge', 'node-a'],
    ['node.clockSkew', 'node-a'],
    ['node.happiness', 'node-a'],
  ])('%s of %s is not heard', (fact, object) => {
    const { type } = { type: { 'node.heartbeatAge': '1s', 'node.clockSkew': '1s' } };
    const value = type[fact as keyof typeof type] ?? 'active-backup';
    expect(reportOf(one(fact, object, value))?.observations).toEqual([]);
  });
  test('and in the object of its own name only', () => {
    const observations = [{ fact: 'node.bootId', object: 'node-b', value: 'x', age: '1s' }];
    expect(agentReports(clusterOf(status(observations, 'node-b', 'node-a')))).toEqual([]);
    expect(agentReports(clusterOf(status(observations, undefined, 'node-b')))).toEqual([]);
    expect(agentReports(clusterOf(status(observations, 'node-b', 'node-b')))).toHaveLength(1);
  });
  test('ids are read back as they are written', () => {
    for (const id of ['pvc-7@node-a', 'pvc-7/3@node-a']) expect(subjectOf('replica', id, 'node-a')?.id).toBe(id);
    expect(subjectOf('connection', 'pvc-7/3@node-a:node-b', 'node-a')?.of).toEqual({
      volume: 'pvc-7/3',
      replica: 'pvc-7/3@node-a',
      node: 'node-a',
    });
  });
});

describe('how old a value is', () => {
  const fact = 'node.bootId';
  const seenAt = (raws: readonly Raw[]): number | undefined => reportOf(raws)?.observations[0]?.seenAtMs;
  test('is the agent’s own measure before the moment at which its heartbeat changed', () => {
    const raws: Raw[] = [
      ...one(fact, 'node-a', 'x', '2s'),
      { from: 'observer', at: 100_000, node: 'node-a', heartbeatChangedAt: 100_000 },
    ];
    expect(seenAt(raws)).toBe(98_000);
  });
  test('where nobody watched its heartbeat it was written at no moment', () => {
    expect(seenAt(one(fact, 'node-a', 'x', '2s'))).toBe(Number.NEGATIVE_INFINITY);
    const store = createStore(vocabulary);
    for (const report of [
      ...agentReports(clusterOf(one(fact, 'node-a', 'x', '2s'))),
      said('kubernetes:nodes', fact, 'x'),
    ])
      store.fold(report);
    const snapshot = store.cut(100_000);
    // It stays a contradiction to what it does not repeat, and agrees with nobody.
    expect(readingAt(snapshot, fact, 0)).toMatchObject({ kind: 'absent', why: 'unreadable' });
  });
  test('counts from its last heartbeat: a dead agent’s status may be fetched ever anew', () => {
    const raws: Raw[] = [
      ...one(fact, 'node-a', 'x', '2s'),
      { from: 'observer', at: 100_000, node: 'node-a', heartbeatChangedAt: 40_000 },
    ];
    expect(seenAt(raws)).toBe(38_000);
  });
  test('never lies ahead of us', () => {
    const raws: Raw[] = [
      ...one(fact, 'node-a', 'x', '2s'),
      { from: 'observer', at: 100_000, node: 'node-a', heartbeatChangedAt: 140_000 },
    ];
    expect(seenAt(raws)).toBe(98_000);
  });
  test.each([[undefined], [''], ['2'], ['-2s'], [2]])('unknown (%j) makes it no value', (age) => {
    expect(reportOf(status([{ fact, object: 'node-a', value: 'x', age }]))?.observations).toEqual([]);
  });
});

test('a report stands also where nothing was observed, so that the last one is gone', () => {
  for (const observations of [undefined, null, {}, [], [null, 7, 'x', {}]]) {
    expect(reportOf(status(observations))).toEqual({
      reporter: 'agent',
      scope: 'node-a',
      seenAtMs: 100_000,
      observations: [],
      censuses: [],
    });
  }
});
