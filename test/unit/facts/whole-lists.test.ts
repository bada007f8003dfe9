import { describe, expect, test } from 'vitest';
import { normalise } from '../../../src/facts/normalise.ts';
import { createStore } from '../../../src/facts/store.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import type { SubjectKind } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { failed, made, said, shape } from './cluster-fixtures.ts';

function stateOf(raws: readonly Raw[], kind: SubjectKind, of: SiteShape = shape, nowMs = 1_000) {
  const store = createStore(vocabulary);
  for (const report of normalise(raws, of)) store.fold(report);
  const { state, says, members } = store.cut(nowMs).populations[kind];
  return { state, says, members: members.map(({ id }) => id) };
}

const place = (node: string): object => ({
  name: 'pvc-1',
  node_name: node,
  volumes: [{ volume_number: 0 }],
  layer_object: { type: 'DRBD', drbd: { connections: {} } },
});
const linstor: readonly Raw[] = [
  said('/v1/view/resources', [place('node-a'), place('node-b')]),
  said('/v1/resource-definitions', [{ name: 'pvc-1', volume_definitions: [{ volume_number: 0 }] }]),
];

/** `drbdsetup status --json` of one resource. */
function kernelOf(node: string, name: string, peers: readonly string[], at = 1_000): Raw {
  const connections = peers.map((peer) => ({
    name: peer,
    'connection-state': 'Connected',
    peer_devices: [{ volume: 0 }],
  }));
  const text = JSON.stringify([{ name, role: 'Secondary', devices: [{ volume: 0 }], connections }]);
  return { from: 'host', at, node, what: 'drbdsetup-status.json', text };
}
function persistentOf(handle: string): Raw[] {
  const csi = { driver: 'linstor.csi.linbit.com', volumeHandle: handle };
  return made('v1/PersistentVolume', [{ metadata: { name: 'pv' }, spec: { csi } }]);
}

describe('LINSTOR’s lists are had only while nobody else knows of more', () => {
  test.each<[string, readonly Raw[], string]>([
    ['nobody else says anything', [], ''],
    ['kernels run what is listed', [kernelOf('node-a', 'pvc-1', ['node-b'])], ''],
    ['Kubernetes has what is listed', persistentOf('pvc-1'), ''],
    [
      'a kernel runs a copy that is not listed',
      [kernelOf('node-c', 'pvc-1', [])],
      'drbdsetup status on node-c shows pvc-1@node-c, which LINSTOR does not list',
    ],
    [
      'a kernel runs a volume that is not listed',
      [kernelOf('node-a', 'pvc-9', [])],
      'drbdsetup status on node-a shows pvc-9@node-a, which LINSTOR does not list',
    ],
    [
      'a kernel has a peer that is not listed',
      [kernelOf('node-a', 'pvc-1', ['node-b', 'node-c'])],
      'drbdsetup status on node-a shows pvc-1@node-a:node-c, which LINSTOR does not list',
    ],
    [
      'Kubernetes has another volume',
      persistentOf('pvc-9'),
      'PersistentVolume pv is pvc-9, which LINSTOR does not list',
    ],
    [
      'several: the first is named',
      [...persistentOf('pvc-9'), kernelOf('node-a', 'pvc-8', ['node-b'])],
      'PersistentVolume pv is pvc-9, which LINSTOR does not list, and 3 more',
    ],
  ])('%s', (_, others, says) => {
    for (const kind of ['volume', 'replica', 'connection'] as const) {
      const { state, says: why } = stateOf([...linstor, ...others], kind);
      expect([kind, state]).toEqual([kind, says === '' ? 'known' : 'absent']);
      if (says !== '') expect(why).toContain(says);
    }
  });
  test('an empty list beside a volume that Kubernetes has is none', () => {
    const empty = [said('/v1/view/resources', []), said('/v1/resource-definitions', [])];
    const none = made('v1/PersistentVolume', []);
    expect(stateOf([...empty, ...none], 'replica')).toEqual({ state: 'known', says: '', members: [] });
    expect(stateOf([...empty, failed('v1/PersistentVolume', '403')], 'replica').state).toBe('absent');
    expect(stateOf(empty, 'replica').says).toContain('Kubernetes was not asked');
    expect(stateOf([...empty, ...persistentOf('pvc-1')], 'replica').state).toBe('absent');
  });
  test('the last word of a kernel stands however old it is', () => {
    const raws = [...linstor, kernelOf('node-c', 'pvc-1', [], -1_000_000)];
    expect(stateOf(raws, 'replica').state).toBe('absent');
  });
  test.each<[string, unknown, string]>([
    ['a stack without DRBD', { type: 'LUKS', children: [{ type: 'STORAGE' }] }, 'known'],
    ['a stack of a word that nobody knows', { type: 'DRBD2' }, 'known 2'],
    ['a layer without a word', { drbd: {} }, 'known 2'],
    ['an inner layer without a word', { type: 'LUKS', children: [{}] }, 'known 2'],
  ])('%s has connections unless it is read whole', (_, layer_object, expected) => {
    const replies = [
      said('/v1/view/resources', [
        { ...place('node-a'), layer_object },
        { ...place('node-b'), layer_object },
      ]),
      said('/v1/resource-definitions', [{ name: 'pvc-1', volume_definitions: [{ volume_number: 0 }] }]),
    ];
    const { state, members } = stateOf(replies, 'connection');
    expect(members.length === 0 ? state : `${state} ${members.length}`).toBe(expected);
    // And where a kernel has a connection after all, the list is none.
    const kernel = kernelOf('node-a', 'pvc-1', ['node-b']);
    expect(stateOf([...replies, kernel], 'connection').state).toBe(expected === 'known' ? 'absent' : 'known');
  });
  test('an agent is a witness as well', () => {
    const spoken = {
      metadata: { name: 'node-c' },
      spec: { node: 'node-c' },
      status: { observations: [{ fact: 'replica.open', object: 'pvc-1@node-c', value: false, age: '1s' }] },
    };
    const agent = made('nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus', [spoken]);
    expect(stateOf([...linstor, ...agent], 'replica').says).toContain('pvc-1@node-c');
  });
});

describe('the profile says how many nodes there are', () => {
  const site: SiteShape = { ...shape, nodes: { atLeast: 3, atMost: 3, matchLabels: {} } };
  const nodes = (...names: string[]): Raw[] =>
    made(
      'v1/Node',
      names.map((name) => ({ metadata: { name, labels: {} } })),
    );
  test.each(['node', 'bond'] as const)('a list of %ss with one too few is no list', (kind) => {
    expect(stateOf(nodes('a', 'b', 'c'), kind, site).state).toBe('known');
    expect(stateOf(nodes('a', 'b'), kind, site)).toMatchObject({
      state: 'absent',
      says: expect.stringContaining('has 2 of our nodes, and the profile promises 3'),
    });
  });
  test('nor is a list with one too many', () => {
    const says = stateOf(nodes('a', 'b', 'c', 'd'), 'node', { ...site, nodes: { ...site.nodes, atLeast: 2 } }).says;
    expect(says).toContain('has 4 of our nodes, and the profile promises 2 to 3');
  });
  test('only a profile of one node has surely no storage bond', () => {
    const { storageBond: _, ...bondless } = site;
    expect(stateOf(nodes('a', 'b', 'c'), 'bond', bondless).state).toBe('absent');
    const alone: SiteShape = { ...bondless, nodes: { ...site.nodes, atLeast: 1, atMost: 1 } };
    expect(stateOf(nodes('a'), 'bond', alone)).toEqual({ state: 'known', says: '', members: [] });
  });
  test('nodes that the selector does not take do not count', () => {
    const ours: SiteShape = { ...site, nodes: { ...site.nodes, matchLabels: { ours: 'yes' } } };
    expect(stateOf(nodes('a', 'b', 'c'), 'node', ours).state).toBe('absent');
  });
  test('the list of bonds is as old as the list of nodes', () => {
    const raws = nodes('a', 'b', 'c');
    expect(stateOf(raws, 'bond', site, 121_000).state).toBe('known');
    expect(stateOf(raws, 'bond', site, 121_001).state).toBe('stale');
  });
});

const guest = (status: object): Record<string, unknown> => ({ metadata: { name: 'vm', namespace: 'vms' }, status });
const launcher = (phase: string): Raw => {
  const labels = { 'kubevirt.io': 'virt-launcher', 'vm.kubevirt.io/name': 'vm' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'virt-launcher-vm', namespace: 'vms', labels } };
  return { from: 'object', at: 1_000, object: { ...pod, status: { phase } } };
};

describe('guests are listed by two lists', () => {
  const machines = 'kubevirt.io/v1/VirtualMachine';
  const instances = 'kubevirt.io/v1/VirtualMachineInstance';
  test('no machine and no instance: surely nobody', () => {
    expect(stateOf([...made(machines, []), ...made(instances, [])], 'vm')).toEqual({
      state: 'known',
      says: '',
      members: [],
    });
  });
  test.each([
    ['machines', [...made(instances, [])]],
    ['instances', [...made(machines, [])]],
    ['instances that may be listed', [...made(machines, []), failed(instances, '403')]],
  ])('without a list of %s nobody knows', (_, raws) => {
    expect(stateOf(raws, 'vm').state).toBe('absent');
  });
  test.each<[string, readonly Raw[], unknown]>([
    ['nobody says that it runs: stopped', made(machines, [guest({ printableStatus: 'Stopped' })]), 'Stopped'],
    ['its machine says that it is created', made(machines, [guest({ created: true })]), undefined],
    ['its machine says that it is ready', made(machines, [guest({ ready: true })]), undefined],
    ['its machine says something strange', made(machines, [guest({ created: 'maybe' })]), undefined],
    [
      'its machine is there in two forms',
      [...made(machines, [guest({})]), ...made(machines, [guest({ x: 1 })])],
      undefined,
    ],
    ['its launcher runs', [...made(machines, [guest({})]), launcher('Running')], undefined],
    ['its launcher has ended', [...made(machines, [guest({})]), launcher('Succeeded')], 'Stopped'],
  ])('a guest without an instance: %s', (_, raws, phase) => {
    const report = normalise([...raws, ...made(instances, [])], shape).find(({ reporter }) =>
      reporter.endsWith('kubevirt'),
    );
    const facts = ['vm.phase', 'vm.node', 'vm.activePods', 'vm.pausedBy'];
    const said = facts.map((fact) => report?.observations.find((one) => one.fact === fact)?.value);
    expect(said.map((value) => typeof value === 'object' && value !== null)).toEqual(
      facts.map(() => phase === undefined),
    );
    if (phase !== undefined) expect(said).toEqual([phase, null, 0, null]);
  });
  test('and both have an age', () => {
    const raws = [...made(machines, [], 100_000), ...made(instances, [], 0)];
    expect(stateOf(raws, 'vm', shape, 120_000).state).toBe('known');
    expect(stateOf(raws, 'vm', shape, 120_001).state).toBe('stale');
  });
});
