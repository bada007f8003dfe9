import { describe, expect, test } from 'vitest';
import { connected, flip, Lab, type Refusal, threeNodes, twoNodes } from './support.ts';

const adjustAll = (lab: Lab): void => {
  for (const { name } of lab.world.nodes()) lab.shell(name, 'drbdadm adjust all');
};

describe('what DRBD refuses, in its words (transcript 20)', () => {
  const rows: readonly Refusal[] = [
    [
      'disconnect while StandAlone',
      ['drbdadm disconnect r0'],
      'drbdadm disconnect r0',
      10,
      '(162) Invalid configuration request',
    ],
    ['connect twice', [], 'drbdadm connect r0', 10, '(102) Local address(port) already in use.'],
    ['secondary while a VM holds it open', [], 'drbdadm secondary r0', 11, '(-12) Device is held open by someone'],
    [
      'a resource that is not configured',
      [],
      'drbdadm disconnect nosuch',
      1,
      "'nosuch' not defined in your config (for this host).",
    ],
    ['a status of a resource that is not there', [], 'drbdsetup status --json nosuch', 10, 'nosuch: No such resource'],
  ];
  test.each(rows)('%s', (_, before, attempt, code, says) => {
    const lab = new Lab(twoNodes);
    for (const line of before) lab.shell('node-a', line);
    const said = lab.shell('node-a', attempt);
    expect([said.code, said.stderr]).toEqual([code, expect.stringContaining(says)]);
  });

  test('a second Primary', () => {
    const said = new Lab(twoNodes).shell('node-b', 'drbdadm primary r0');
    expect([said.code, said.stderr]).toEqual([
      11,
      expect.stringContaining('(-1) Multiple primaries not allowed by config'),
    ]);
  });

  test('suspend-io and resume-io twice', () => {
    const lab = new Lab(twoNodes);
    for (const verb of ['suspend-io', 'suspend-io', 'resume-io', 'resume-io']) {
      expect(lab.shell('node-a', `drbdadm ${verb} r0`).code).toBe(0);
    }
  });

  test('a goodbye that would cost the Primary its quorum: its own, or that of a tie-breaker', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'node-crashes', node: 'node-b' }, lab.nowMs);
    lab.wait(20_000);
    expect(lab.shell('node-a', 'drbdadm disconnect pvc-1:node-c')).toMatchObject({
      code: 11,
      stderr: expect.stringContaining('(-25)'),
    });
    expect(lab.shell('node-c', 'drbdadm disconnect pvc-1')).toMatchObject({
      code: 11,
      stderr: expect.stringContaining('(-10)'),
    });
  });
});

describe('two nodes, writing (the table of host-lab.md)', () => {
  test('a flip on both ends by one batch each never leaves Connected', () => {
    const lab = new Lab(twoNodes);
    for (const node of ['node-a', 'node-b']) flip(lab, node, 'balance-rr');
    lab.wait(30_000);
    expect([lab.seen('node-a', 'r0', 'node-b'), lab.seen('node-b', 'r0', 'node-a')]).toEqual([connected, connected]);
  });

  test('disconnect, flip, connect: established within 1.5 to 3 s, nothing lost', () => {
    const lab = new Lab(twoNodes);
    lab.shell('node-a', 'drbdadm disconnect r0');
    expect(lab.seen('node-a', 'r0', 'node-b')).toBe('StandAlone/Off/UpToDate/Outdated');
    expect(lab.seen('node-b', 'r0', 'node-a')).toBe('Connecting/Off/Outdated/DUnknown');
    for (const node of ['node-a', 'node-b']) flip(lab, node, 'balance-rr');
    lab.shell('node-a', 'drbdadm connect r0');
    lab.wait(1_000);
    expect(lab.seen('node-a', 'r0', 'node-b')).toMatch(/^Connecting/);
    lab.wait(3_000);
    expect(lab.seen('node-a', 'r0', 'node-b')).toBe(connected);
    expect(lab.troubles).toEqual([]);
  });

  test('one cable out in active-backup: Connected', () => {
    const lab = new Lab(twoNodes);
    lab.world.begin({ kind: 'slave-down', node: 'node-a', nic: 0 }, lab.nowMs);
    expect(lab.wait(60_000).seen('node-a', 'r0', 'node-b')).toBe(connected);
  });

  test('an outage under ten seconds is not noticed', () => {
    const lab = new Lab(twoNodes);
    lab.world.begin({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
    lab.wait(9_000);
    lab.world.end({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
    expect(lab.wait(20_000).seen('node-a', 'r0', 'node-b')).toBe(connected);
  });

  test('a longer one is noticed after 10 s by the Primary and within 11 to 15 s by the other', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const lab = new Lab(twoNodes, seed);
      lab.world.begin({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
      const { site } = lab.world;
      const states = (): readonly string[] => site.volumes.get('r0')?.pairs[0]?.ends.map(({ state }) => state) ?? [];
      expect(states()).toEqual(['Connected', 'Connected']);
      expect([lab.wait(9_999), states()][1]).toEqual(['Connected', 'Connected']);
      expect([lab.wait(1), states()][1]).toEqual(['Connecting', 'Connected']);
      expect([lab.wait(999), states()][1]).toEqual(['Connecting', 'Connected']);
      expect([lab.wait(4_001), states()][1]).toEqual(['Connecting', 'Connecting']);
    }
  });

  test('finding 1: without its address DRBD gives up, stays so when the link is back, and adjust brings it back', () => {
    const lab = new Lab(twoNodes);
    lab.world.begin({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
    lab.wait(25_000);
    lab.world.end({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
    lab.wait(90_000);
    expect(lab.seen('node-b', 'r0', 'node-a')).toMatch(/^StandAlone/);
    expect(lab.seen('node-a', 'r0', 'node-b')).toMatch(/^Connecting/);
    lab.shell('node-b', 'drbdadm adjust r0');
    lab.wait(3_000);
    expect(lab.seen('node-b', 'r0', 'node-a')).toMatch(/^Connected/);
  });

  test('finding 1: with IgnoreCarrierLoss and ConfigureWithoutCarrier it comes back by itself', () => {
    const lab = new Lab(twoNodes);
    const path = '/etc/systemd/network/20-bond1.network';
    const text = lab.text('node-b', path) ?? '';
    lab.write('node-b', path, `${text}IgnoreCarrierLoss=yes\nConfigureWithoutCarrier=yes\n`);
    lab.world.begin({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
    lab.wait(25_000);
    lab.world.end({ kind: 'link-down', node: 'node-b' }, lab.nowMs);
    expect(lab.wait(10_000).seen('node-b', 'r0', 'node-a')).toMatch(/^Connected/);
  });

  test('finding 2: ends in different modes both say Connected, and only what waits betrays it', () => {
    const lab = new Lab(twoNodes);
    flip(lab, 'node-a', 'balance-rr');
    lab.wait(60_000);
    expect([lab.seen('node-a', 'r0', 'node-b'), lab.seen('node-b', 'r0', 'node-a')]).toEqual([connected, connected]);
    const status = JSON.parse(lab.shell('node-a', 'drbdsetup status --json').stdout);
    expect(status[0].connections[0].peer_devices[0].pending).toBeGreaterThan(0);
    expect(lab.harm).toEqual(['mixed-modes r0']);
    flip(lab, 'node-b', 'balance-rr');
    expect(lab.harm).toEqual([]);
  });

  test('both wrote while they were apart: both StandAlone, and adjust does not help', () => {
    const lab = new Lab(twoNodes);
    lab.world.begin({ kind: 'split-brain', volume: 'r0' }, lab.nowMs);
    for (const _ of [1, 2]) {
      expect(lab.seen('node-a', 'r0', 'node-b')).toMatch(/^StandAlone/);
      expect(lab.seen('node-b', 'r0', 'node-a')).toMatch(/^StandAlone/);
      adjustAll(lab);
      lab.wait(5_000);
    }
    lab.world.end({ kind: 'split-brain', volume: 'r0' }, lab.nowMs);
    expect(lab.wait(60_000).seen('node-a', 'r0', 'node-b')).toBe(connected);
  });
});

describe('quorum with a tie-breaker', () => {
  const quorums = (lab: Lab, volume: string): Record<string, boolean> =>
    Object.fromEntries(
      [...(lab.world.site.volumes.get(volume)?.replicas.values() ?? [])].map((one) => [one.node, one.quorum]),
    );

  test('who is cut from both others loses it, and the two keep it', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'link-down', node: 'node-a' }, lab.nowMs);
    lab.wait(20_000);
    expect(quorums(lab, 'pvc-1')).toEqual({ 'node-a': false, 'node-b': true, 'node-c': true });
  });

  test('a Primary that said goodbye to everybody keeps it: the last man standing', () => {
    const lab = new Lab(threeNodes);
    lab.shell('node-a', 'drbdadm disconnect all');
    expect(quorums(lab, 'pvc-1')).toMatchObject({ 'node-a': true });
    expect(lab.harm).toEqual([]);
  });

  test('once lost it does not come back through the tie-breaker alone', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'link-down', node: 'node-a' }, lab.nowMs);
    lab.wait(12_000);
    lab.world.begin({ kind: 'node-crashes', node: 'node-b' }, lab.nowMs);
    lab.world.end({ kind: 'link-down', node: 'node-a' }, lab.nowMs);
    lab.wait(10_000);
    lab.shell('node-a', 'drbdadm adjust all');
    lab.wait(10_000);
    expect(lab.seen('node-a', 'pvc-1', 'node-c')).toMatch(/^Connected/);
    expect(quorums(lab, 'pvc-1')).toMatchObject({ 'node-a': false });
  });

  test('I/O of a Primary without it is frozen, and flows again with it', () => {
    const lab = new Lab({ ...threeNodes, vms: [{ name: 'vm-1', node: 'node-a', volume: 'pvc-1' }] });
    const cluster = lab.world.objects().find(({ kind }) => kind === 'LinstorCluster');
    if (cluster === undefined) throw new Error('there is a LinstorCluster');
    lab.world.applied({ ...cluster, spec: { highAvailabilityController: { enabled: false } } }, lab.nowMs);
    lab.wait(5_000);
    const suspended = (): unknown =>
      JSON.parse(lab.shell('node-a', 'drbdsetup status --json pvc-1').stdout)[0]['suspended-quorum'];
    lab.world.begin({ kind: 'link-down', node: 'node-a' }, lab.nowMs);
    expect([lab.wait(9_000), suspended()][1]).toBe(false);
    expect([lab.wait(3_000), suspended()][1]).toBe(true);
    lab.world.end({ kind: 'link-down', node: 'node-a' }, lab.nowMs);
    lab.wait(10_000);
    lab.shell('node-a', 'drbdadm adjust all');
    expect([lab.wait(10_000), suspended()][1]).toBe(false);
    expect(lab.harm).toEqual([]);
  });
});

describe('generations of data', () => {
  test('a copy that was away gets what it missed, no more, and in time', () => {
    const lab = new Lab(twoNodes);
    lab.shell('node-b', 'drbdadm disconnect r0');
    lab.wait(600_000);
    const status = JSON.parse(lab.shell('node-a', 'drbdsetup status --json').stdout);
    const missed = status[0].connections[0].peer_devices[0]['out-of-sync'];
    expect(missed).toBeGreaterThan(250_000);
    expect(missed).toBeLessThan(350_000);
    lab.shell('node-b', 'drbdadm connect r0');
    lab.wait(3_500);
    expect(lab.seen('node-b', 'r0', 'node-a')).toBe('Connected/SyncTarget/Inconsistent/UpToDate');
    expect(lab.wait(4_000).seen('node-b', 'r0', 'node-a')).toBe(connected);
  });

  test('while an outage is not noticed nothing is acknowledged: no copy falls behind', () => {
    const lab = new Lab(twoNodes);
    const tip = (): unknown => lab.world.site.volumes.get('r0')?.tip.id;
    const before = tip();
    lab.world.begin({ kind: 'node-crashes', node: 'node-b' }, lab.nowMs);
    expect([lab.wait(9_000), tip()][1]).toBe(before);
    expect([lab.wait(2_000), tip()][1]).not.toBe(before);
  });

  test('a stalled resync does not move, and ends after the stall', () => {
    const lab = new Lab(twoNodes);
    lab.shell('node-b', 'drbdadm disconnect r0');
    lab.wait(600_000);
    lab.world.begin({ kind: 'resync-stalls', volume: 'r0' }, lab.nowMs);
    lab.shell('node-b', 'drbdadm connect r0');
    const left = (): unknown =>
      JSON.parse(lab.shell('node-b', 'drbdsetup status --json').stdout)[0].connections[0].peer_devices[0][
        'out-of-sync'
      ];
    const before = [lab.wait(5_000), left()][1];
    expect([lab.wait(600_000), left()][1]).toBe(before);
    lab.world.end({ kind: 'resync-stalls', volume: 'r0' }, lab.nowMs);
    expect(lab.wait(10_000).seen('node-b', 'r0', 'node-a')).toBe(connected);
  });

  test('incident 2.1 waits for a careless reconnect: a graceful one is synced, a torn one diverges', () => {
    for (const careless of [false, true]) {
      const lab = new Lab(twoNodes);
      lab.world.begin({ kind: 'diverges', volume: 'r0' }, lab.nowMs);
      if (careless) lab.shell('node-b', 'ip link set bond1 down');
      else lab.shell('node-b', 'drbdadm disconnect r0');
      lab.wait(60_000);
      if (careless) lab.shell('node-b', 'ip link set bond1 up');
      adjustAll(lab);
      lab.wait(20_000);
      expect(lab.seen('node-b', 'r0', 'node-a')).toBe(connected);
      expect(lab.harm).toEqual(careless ? ['divergence r0'] : []);
    }
  });

  test('whose link is taken by hand, with DRBD attached, has a VM without its disk: that is harm', () => {
    const lab = new Lab(threeNodes);
    lab.shell('node-a', 'ip link set bond1 down');
    lab.wait(30_000);
    expect(lab.harm).toEqual(expect.arrayContaining(['vm-lost-disk pvc-1', 'vm-evicted vms/vm-1']));
  });
});

describe('a DRBD that hangs (incident 6.1)', () => {
  test('its status never comes, its commands end after five seconds and are done later all the same', () => {
    const lab = new Lab(twoNodes);
    lab.world.begin({ kind: 'drbd-hangs', node: 'node-a' }, lab.nowMs);
    expect(lab.try('node-a', ['drbdsetup', 'status', '--json'], undefined, 5_000)).toEqual({ kind: 'unheard' });
    const said = lab.shell('node-a', 'drbdadm suspend-io r0');
    expect([said.code, said.stderr]).toEqual([20, expect.stringContaining('did not terminate within 5 seconds')]);
    lab.world.end({ kind: 'drbd-hangs', node: 'node-a' }, lab.nowMs);
    expect(JSON.parse(lab.shell('node-a', 'drbdsetup status --json').stdout)[0]['suspended-user']).toBe(true);
  });
});
