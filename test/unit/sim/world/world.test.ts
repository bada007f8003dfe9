import { describe, expect, test } from 'vitest';
import { normalise } from '../../../../src/facts/normalise.ts';
import { createStore } from '../../../../src/facts/store.ts';
import type { Raw } from '../../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../../src/kernel/site-shape.ts';
import { readingAt, type Snapshot } from '../../../../src/kernel/snapshot.ts';
import { vocabulary } from '../../../../src/kernel/vocabulary.ts';
import { randomOf } from '../../../../src/sim/random.ts';
import { type Fault, faultForms } from '../../../../src/sim/world/fault.ts';
import { flipLines, Lab, singleCopies, startMs, threeNodes } from './support.ts';

const shape: SiteShape = {
  nodes: { atLeast: 3, atMost: 3, matchLabels: {} },
  storageBond: { name: 'bond1', members: ['eno3', 'eno4'], mtu: 9000 },
  backend: 'piraeus',
  storageNamespace: 'piraeus-system',
  storagePool: 'thinpool',
  storageClasses: ['linstor-lvm-storage'],
  os: 'kairos',
  legacy: {
    namespace: 'kube-system',
    daemonSet: 'vx-rail-node-init',
    state: { configMap: 'vx-rail-upgrade-state', key: 'state' },
    lock: { configMap: 'vx-rail-upgrade-state', key: 'lockHolder' },
    states: { Idle: 'Idle' },
  },
};

function cut(raws: readonly Raw[], nowMs: number): Snapshot {
  const store = createStore(vocabulary);
  for (const report of normalise(raws, shape)) store.fold(report);
  return store.cut(nowMs);
}

function valueIn(snapshot: Snapshot, fact: string, id: string): unknown {
  const declared = vocabulary.get(fact);
  const population = declared && snapshot.populations[declared.subject];
  const reading = readingAt(snapshot, fact, population?.indexOf.get(id) ?? -1);
  return reading.kind === 'known' ? reading.value : reading.kind;
}

/** What only an agent, the operator's own objects, or Events can say. */
const notTheWorlds =
  /^site\.(lock|legacyWarnings|legacyWarningCount)$|^node\.(order$|journal)|^bond\.(stagedMode|armed|peersReachable)$|^connection\.progressAge$|^volume\.bookend$/;

describe('what the real normalisers read of it', () => {
  test.each([
    ['three nodes, replicated', threeNodes],
    ['three nodes before their upgrade', { ...singleCopies, legacy: true }],
  ])('%s: every fact of everybody is known', (_, spec) => {
    const lab = new Lab(spec);
    const snapshot = cut(lab.world.raws(lab.nowMs), lab.nowMs);
    const unknown: string[] = [];
    let known = 0;
    for (const { name, subject } of vocabulary.values()) {
      const population = snapshot.populations[subject];
      for (const [index, { id }] of population.members.entries()) {
        if (notTheWorlds.test(name)) continue;
        if (readingAt(snapshot, name, index).kind === 'known') known += 1;
        else unknown.push(`${name} of ${id}`);
      }
    }
    expect(unknown).toEqual([]);
    expect(known).toBeGreaterThan(100);
  });

  test('the kernel and LINSTOR agree, also while a copy is synced and after a goodbye', () => {
    const lab = new Lab(threeNodes);
    lab.shell('node-a', 'drbdadm disconnect all');
    const snapshot = cut(lab.world.raws(lab.nowMs), lab.nowMs);
    expect(valueIn(snapshot, 'connection.sourcesAgree', 'pvc-1@node-a:node-b')).toBe(true);
    expect(valueIn(snapshot, 'connection.state', 'pvc-1@node-a:node-b')).toBe('StandAlone');
    expect(valueIn(snapshot, 'replica.disk', 'pvc-1@node-b')).toBe('Outdated');
  });

  test('what a fault does stands in the facts', () => {
    const lab = new Lab(threeNodes);
    const faults: readonly Fault[] = [
      { kind: 'cordon', node: 'node-a', by: 'kubectl' },
      { kind: 'io-suspended', volume: 'pvc-2' },
      { kind: 'kubelet-silent', node: 'node-b' },
      { kind: 'satellite-offline', node: 'node-c' },
      { kind: 'vm-migrates', vm: 'vm-1' },
    ];
    for (const fault of faults) lab.world.begin(fault, lab.nowMs);
    const early = cut(lab.world.raws(lab.nowMs), lab.nowMs);
    expect(valueIn(early, 'vm.migrating', 'vms/vm-1')).toBe(true);
    lab.wait(45_000);
    const late = cut(lab.world.raws(lab.nowMs), lab.nowMs);
    expect([
      valueIn(late, 'node.cordonedBy', 'node-a'),
      valueIn(late, 'replica.suspended', 'pvc-2@node-b'),
      valueIn(late, 'node.ready', 'node-b'),
      valueIn(late, 'node.satellite', 'node-c'),
      valueIn(late, 'vm.node', 'vms/vm-1'),
    ]).toEqual(['kubectl', ['user'], 'absent', 'OFFLINE', 'node-b']);
  });
});

describe('objects that others write', () => {
  test('a KubeVirt that may migrate nothing parks new migrations, and lets them go when it may again', () => {
    const lab = new Lab(threeNodes);
    const kubevirt = lab.world.objects().find(({ kind }) => kind === 'KubeVirt');
    if (kubevirt === undefined) throw new Error('there is a KubeVirt');
    const allow = (count: number): void =>
      lab.world.applied(
        { ...kubevirt, spec: { configuration: { migrations: { parallelMigrationsPerCluster: count } } } },
        lab.nowMs,
      );
    const phase = (): unknown => lab.world.site.vms.get('vms/vm-1')?.migration?.phase;
    allow(0);
    lab.world.begin({ kind: 'vm-migrates', vm: 'vm-1' }, lab.nowMs);
    expect([lab.wait(60_000), phase()][1]).toBe('Pending');
    allow(5);
    expect([lab.wait(60_000), phase()][1]).toBe('Succeeded');
    expect(lab.harm).toEqual([]);
  });

  test('a LinstorCluster without HA controller loses its Pods, and is said to be applied in its own generation', () => {
    const lab = new Lab(threeNodes);
    const object = lab.world.objects().find(({ kind }) => kind === 'LinstorCluster');
    if (object === undefined) throw new Error('there is a LinstorCluster');
    const metadata = { ...object.metadata, generation: 7 };
    lab.world.changedObjects();
    lab.world.applied({ ...object, metadata, spec: { highAvailabilityController: { enabled: false } } }, lab.nowMs);
    expect(lab.world.goneObjects()).toEqual([]);
    lab.wait(5_000);
    expect(lab.world.goneObjects().map(({ name }) => name)).toEqual([
      'ha-controller-node-a',
      'ha-controller-node-b',
      'ha-controller-node-c',
    ]);
    expect(valueIn(cut(lab.world.raws(lab.nowMs), lab.nowMs), 'site.haControllerPaused', 'site')).toBe(true);
    lab.shell('node-a', 'ip link set bond1 down');
    lab.wait(60_000);
    expect(lab.troubles).not.toContain('vm-evicted vms/vm-1');
  });

  test('changed objects are told once', () => {
    const lab = new Lab(threeNodes);
    expect(lab.world.changedObjects().length).toBe(lab.world.objects().length);
    expect(lab.world.changedObjects()).toEqual([]);
    lab.world.begin({ kind: 'cordon', node: 'node-a' }, lab.nowMs);
    expect(lab.world.changedObjects().map(({ metadata }) => metadata.name)).toEqual(['node-a']);
  });
});

describe('nodes', () => {
  test('one that restarts has another boot id, one that is replaced another uid and nothing on its disks', () => {
    const lab = new Lab(threeNodes);
    const before = lab.world.node('node-b');
    lab.world.begin({ kind: 'node-crashes', node: 'node-b' }, lab.nowMs);
    lab.wait(60_000);
    lab.world.end({ kind: 'node-crashes', node: 'node-b' }, lab.nowMs);
    lab.wait(60_000);
    const booted = lab.world.node('node-b');
    expect([booted?.uid === before?.uid, booted?.bootId === before?.bootId]).toEqual([true, false]);
    lab.world.begin({ kind: 'node-replaced', node: 'node-b' }, lab.nowMs);
    lab.world.end({ kind: 'node-replaced', node: 'node-b' }, lab.nowMs);
    lab.wait(34_000);
    expect(lab.world.node('node-b')?.uid).not.toBe(before?.uid);
    expect(lab.seen('node-b', 'pvc-1', 'node-a')).toBe('Connected/SyncTarget/Inconsistent/UpToDate');
    lab.wait(120_000);
    expect(lab.seen('node-b', 'pvc-1', 'node-a')).toBe('Connected/Established/UpToDate/UpToDate');
    expect(lab.harm).toEqual([]);
  });

  test('a new one is there with its Node, its satellite and its files', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'node-joins', node: 'node-d' }, lab.nowMs);
    expect(lab.world.nodes().map(({ name, power }) => [name, power])).toContainEqual(['node-d', 'up']);
    expect(lab.text('node-d', '/etc/systemd/network/10-bond1.netdev')).toContain('Mode=active-backup');
    expect(lab.linstor('GET', '/v1/nodes').text).toContain('"node-d"');
  });

  test('whose node died is started where a copy lies, by the HA controller, and loses no write', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'node-crashes', node: 'node-a' }, lab.nowMs);
    lab.wait(60_000);
    expect(lab.world.site.vms.get('vms/vm-1')?.node).toBe('node-b');
    lab.world.end({ kind: 'node-crashes', node: 'node-a' }, lab.nowMs);
    lab.wait(120_000);
    expect(lab.seen('node-a', 'pvc-1', 'node-b')).toBe('Connected/Established/UpToDate/UpToDate');
    expect(lab.troubles).toEqual(['vm-evicted vms/vm-1']);
    expect(lab.harm).toEqual([]);
  });
});

/** A day of everything that can happen, chosen by a seed, and all that was seen of it. */
function history(seed: number): string {
  const lab = new Lab(threeNodes, seed);
  const random = randomOf(`history ${seed}`);
  const faults: readonly Fault[] = [
    { kind: 'node-crashes', node: 'node-a' },
    { kind: 'node-restarts', node: 'node-b' },
    { kind: 'node-hangs', node: 'node-c' },
    { kind: 'node-replaced', node: 'node-b' },
    { kind: 'link-down', node: 'node-a' },
    { kind: 'slave-down', node: 'node-b', nic: 1 },
    { kind: 'switch-port-off', node: 'node-c', nic: 0 },
    { kind: 'connection-lost', volume: 'pvc-1' },
    { kind: 'resync-stalls', volume: 'pvc-2' },
    { kind: 'tie-breaker-lost', volume: 'pvc-3' },
    { kind: 'io-suspended', volume: 'pvc-1' },
    { kind: 'drbd-hangs', node: 'node-a' },
    { kind: 'split-brain', volume: 'pvc-4' },
    { kind: 'linstor-away' },
    { kind: 'linstor-lies' },
    { kind: 'snapshot-leaks' },
    { kind: 'satellite-offline', node: 'node-b' },
    { kind: 'vm-migrates', vm: 'vm-2' },
    { kind: 'vm-stops', vm: 'vm-3' },
    { kind: 'vm-starts', vm: 'vm-3' },
    { kind: 'volume-created', volume: 'pvc-9' },
    { kind: 'vm-created', vm: 'vm-9', volume: 'pvc-9', node: 'node-a' },
    { kind: 'cordon', node: 'node-c' },
    { kind: 'kubelet-silent', node: 'node-a' },
    { kind: 'agent-disk-full', node: 'node-b' },
    { kind: 'clock-jumps', node: 'node-c', byMs: 3_600_000 },
  ];
  const lines: string[] = [];
  const nodes = ['node-a', 'node-b', 'node-c'] as const;
  for (let step = 0; step < 60; step += 1) {
    const fault = faults[random.below(faults.length)];
    if (fault !== undefined) lab.world[random.chance(0.5) ? 'begin' : 'end'](fault, lab.nowMs);
    const node = random.pick(nodes);
    const commands = [
      'drbdadm disconnect all',
      'drbdadm adjust all',
      'drbdsetup status --json',
      'ip -d -j link',
    ] as const;
    const answer = lab.try(node, random.pick(commands).split(' '));
    lines.push(JSON.stringify(answer), lab.linstor('GET', '/v1/view/resources').text);
    lab.wait(random.between(1, 40_000));
    lines.push(
      JSON.stringify([lab.world.changedObjects(), lab.world.goneObjects(), lab.world.harm(), lab.world.nextEventAt()]),
    );
  }
  for (const fault of faults) if (faultForms[fault.kind].ends) lab.world.end(fault, lab.nowMs);
  lab.wait(600_000);
  for (const node of nodes) lab.try(node, ['drbdadm', 'resume-io', 'all']);
  for (const node of nodes) lab.try(node, ['drbdadm', 'adjust', 'all']);
  lab.wait(600_000);
  lines.push(JSON.stringify(lab.world.raws(lab.nowMs)));
  return lines.join('\n');
}

describe('determinism', () => {
  test('the same calls give the same bytes, other seeds other ones', () => {
    for (let seed = 0; seed < 6; seed += 1) expect(history(seed)).toBe(history(seed));
    expect(history(1)).not.toBe(history(2));
  });

  test('in small steps and in one it comes to the same', () => {
    const [small, large] = [new Lab(threeNodes), new Lab(threeNodes)];
    for (const lab of [small, large]) lab.world.begin({ kind: 'link-down', node: 'node-a' }, startMs);
    for (let at = 0; at < 600; at += 1) small.wait(100);
    large.wait(60_000);
    expect(JSON.stringify(small.world.raws(small.nowMs))).toBe(JSON.stringify(large.world.raws(large.nowMs)));
  });

  test('time never goes back', () => {
    const lab = new Lab(threeNodes);
    expect(() => lab.world.advance(startMs - 1)).toThrow(/invariant/);
  });
});

describe('harm', () => {
  test('a whole flip in the right order does none', () => {
    const lab = new Lab(threeNodes);
    const nodes = ['node-a', 'node-b', 'node-c'];
    for (const node of nodes) lab.shell(node, 'drbdadm disconnect all');
    for (const node of nodes) lab.shell(node, 'ip -batch -', flipLines('balance-rr'));
    for (const node of nodes) lab.shell(node, 'drbdadm adjust all');
    lab.wait(60_000);
    expect([lab.harm, lab.troubles]).toEqual([[], []]);
  });

  test('the incident: one side flips, and replication goes on', () => {
    const lab = new Lab(threeNodes);
    lab.shell('node-a', 'ip -batch -', flipLines('balance-rr'));
    expect(lab.harm).toEqual(['mixed-modes pvc-1', 'mixed-modes pvc-2', 'mixed-modes pvc-3', 'mixed-modes pvc-4']);
  });

  test('deleting the last good copy while the other one syncs is harm, however LINSTOR answers', () => {
    const lab = new Lab(singleCopies);
    lab.linstor('POST', '/v1/resource-definitions/pvc-2/autoplace', { select_filter: { place_count: 2 } });
    lab.wait(4_000);
    expect(lab.linstor('DELETE', '/v1/resource-definitions/pvc-2/resources/node-b').status).toBe(200);
    lab.wait(5_000);
    expect(lab.harm).toContain('no-copy pvc-2');
  });

  test('frozen I/O is harm after a minute, unless a fault froze it', () => {
    const ours = new Lab(threeNodes);
    ours.shell('node-a', 'drbdadm suspend-io pvc-1');
    expect([ours.wait(50_000), ours.harm][1]).toEqual([]);
    expect([ours.wait(20_000), ours.harm][1]).toEqual(['frozen pvc-1']);
    const theirs = new Lab(threeNodes);
    theirs.world.begin({ kind: 'io-suspended', volume: 'pvc-1' }, theirs.nowMs);
    expect([theirs.wait(90_000), theirs.harm][1]).toEqual([]);
  });

  test('faults alone do none, whichever there are and however they overlap', () => {
    const ends = (Object.keys(faultForms) as Fault['kind'][]).filter((kind) => faultForms[kind].ends);
    for (let seed = 0; seed < 400; seed += 1) {
      const lab = new Lab(threeNodes, seed);
      const random = randomOf(`faults ${seed}`);
      const struck: Fault[] = [];
      for (let count = 0; count < 6; count += 1) {
        const kind = ends[random.below(ends.length)] ?? 'link-down';
        const fault = {
          kind,
          node: random.pick(['node-a', 'node-b', 'node-c']),
          volume: `pvc-${random.between(1, 4)}`,
          nic: random.below(2),
        };
        // Only what the kind takes.
        const isVolumes = /^(connection-lost|resync-stalls|tie-breaker-lost|io-suspended|split-brain)$/.test(kind);
        const isSites = /^(linstor|snapshot)/.test(kind);
        const own = isSites
          ? { kind }
          : isVolumes
            ? { kind, volume: fault.volume }
            : { kind, node: fault.node, nic: fault.nic };
        struck.push(own as Fault);
        lab.world.begin(own as Fault, lab.nowMs);
        lab.wait(random.between(0, 30_000));
        if (random.chance(0.5)) lab.world.end(struck[random.below(struck.length)] ?? (own as Fault), lab.nowMs);
      }
      for (const fault of struck) lab.world.end(fault, lab.nowMs);
      lab.wait(300_000);
      for (const { name } of lab.world.nodes()) lab.shell(name, 'drbdadm adjust all');
      lab.wait(300_000);
      expect(lab.harm, `seed ${seed}: ${JSON.stringify(struck)}`).toEqual([]);
    }
  });
});
