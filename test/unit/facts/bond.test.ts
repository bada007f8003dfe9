import { describe, expect, test } from 'vitest';
import { ipLinkReport, procBondingReport } from '../../../src/facts/bond.ts';
import { hostReports } from '../../../src/facts/host.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import { failedText, fixture, hostText, saidBy } from './host-texts.ts';

const proc = (text: string, name = 'bond0'): Report | undefined =>
  procBondingReport('node-a', [hostText(`proc/net/bonding/${name}`, text)]);
const ip = (links: unknown): Report | undefined =>
  ipLinkReport('node-a', hostText('ip-link.json', typeof links === 'string' ? links : JSON.stringify(links)));

const lo = { ifname: 'lo', flags: ['LOOPBACK', 'UP', 'LOWER_UP'], link_type: 'loopback' };
const bond0 = {
  ifname: 'bond0',
  mtu: 9000,
  linkinfo: { info_kind: 'bond', info_data: { mode: 'balance-rr', miimon: 100, arp_interval: 0 } },
};
function slave(ifname: string, mii_status?: unknown): object {
  return {
    ifname,
    master: 'bond0',
    linkinfo: { info_slave_kind: 'bond', info_slave_data: { state: 'ACTIVE', mii_status } },
  };
}
function key(fact: string): string {
  return `bond.${fact} node-a/bond0`;
}

describe('/proc/net/bonding', () => {
  test.each([
    ['bookworm/proc-active-backup', 'active-backup', 2],
    ['bookworm/proc-active-backup-primary', 'active-backup', 2],
    ['bookworm/proc-active-backup-one-slave-down', 'active-backup', 1],
    ['bookworm/proc-balance-rr', 'balance-rr', 2],
    // The blocks of 802.3ad repeat labels further in; and Speed: Unknown is no reason to doubt a link.
    ['bookworm/proc-802.3ad', '802.3ad', 2],
    // The bond itself says `MII Status: up` over two members that are down.
    ['trixie/proc-802.3ad', '802.3ad', 0],
    ['trixie/proc-active-backup', 'active-backup', 2],
    ['trixie/proc-active-backup-primary', 'active-backup', 2],
    ['trixie/proc-balance-rr', 'balance-rr', 2],
  ])('%s', (name, mode, up) => {
    expect(saidBy(proc(fixture(`bond/${name}.txt`)))).toEqual({
      [key('mode')]: mode,
      [key('members')]: ['eth0', 'eth1'],
      [key('membersUp')]: up,
      [key('monitored')]: true,
    });
  });

  test('is a report of its own reporter, at the newest moment, each bond at its own', () => {
    const text = fixture('bond/bookworm/proc-balance-rr.txt');
    const report = procBondingReport('node-a', [
      hostText('proc/net/bonding/bond0', text, { at: 5 }),
      hostText('proc/net/bonding/bond1', text, { at: 7 }),
      failedText('proc/net/bonding/bond2'),
    ]);
    expect(report).toMatchObject({ reporter: 'kernel:proc', scope: 'node-a', seenAtMs: 7, censuses: [] });
    expect(report?.observations.filter(({ fact }) => fact === 'bond.mode')).toMatchObject([
      {
        subject: { kind: 'bond', id: 'node-a/bond0', of: { node: 'node-a' } },
        seenAtMs: 5,
        grade: 'observed',
        source: '/proc/net/bonding/bond0 on node-a',
      },
      { subject: { id: 'node-a/bond1' }, seenAtMs: 7 },
    ]);
    expect(procBondingReport('node-a', [failedText('proc/net/bonding/bond0')])).toBeUndefined();
    expect(procBondingReport('node-a', [])).toBeUndefined();
  });

  const backup = fixture('bond/bookworm/proc-active-backup.txt');
  test.each([
    ['load balancing (round-robin)', 'balance-rr'],
    ['fault-tolerance (active-backup)', 'active-backup'],
    ['fault-tolerance (active-backup) (fail_over_mac active)', 'active-backup'],
    ['fault-tolerance (active-backup) (fail_over_mac follow)', 'active-backup'],
    ['load balancing (xor)', 'balance-xor'],
    ['fault-tolerance (broadcast)', 'broadcast'],
    ['IEEE 802.3ad Dynamic link aggregation', '802.3ad'],
    ['transmit load balancing', 'balance-tlb'],
    ['adaptive load balancing', 'balance-alb'],
    ['fault-tolerance (active-backup) (quantum)', { unreadable: 'fault-tolerance (active-backup) (quantum)' }],
    ['unknown', { unreadable: 'unknown' }],
    ['active-backup', { unreadable: 'active-backup' }],
  ])('Bonding Mode: %s', (words, mode) => {
    expect(saidBy(proc(backup.replace('fault-tolerance (active-backup)', words)))[key('mode')]).toEqual(mode);
  });

  test.each([
    ['down', 1],
    ['going down', 1],
    ['going back', 1],
    ['sideways', { unreadable: 'sideways' }],
    ['', { unreadable: '' }],
  ])('a member that is %s', (word, up) => {
    const text = backup.replace('Slave Interface: eth1\nMII Status: up', `Slave Interface: eth1\nMII Status: ${word}`);
    expect(saidBy(proc(text))[key('membersUp')]).toEqual(up);
  });

  test('a member’s name stands without the blanks around it', () => {
    const text = backup.replace('Slave Interface: eth1\n', 'Slave Interface: eth1 \n');
    expect(saidBy(proc(text))[key('members')]).toEqual(['eth0', 'eth1']);
  });

  test('a member without a status is not up and not down', () => {
    const text = backup.replace('Slave Interface: eth1\nMII Status: up\n', 'Slave Interface: eth1\n');
    expect(saidBy(proc(text))).toMatchObject({
      [key('members')]: ['eth0', 'eth1'],
      [key('membersUp')]: { unreadable: 'a member without its MII status' },
    });
  });

  test.each([
    ['MII Polling Interval (ms): 0\n', false],
    ['MII Polling Interval (ms): 0\nARP Polling Interval (ms): 1000\n', true],
    ['MII Polling Interval (ms): often\n', { unreadable: 'often' }],
    ['', undefined],
  ])('monitored: %j', (lines, value) => {
    const text = backup.replace('MII Polling Interval (ms): 100\n', lines);
    expect(saidBy(proc(text))[key('monitored')]).toEqual(value);
  });

  test('a bond without members has none', () => {
    const [head = ''] = backup.split('Slave Interface');
    expect(saidBy(proc(head))).toMatchObject({ [key('members')]: [], [key('membersUp')]: 0 });
  });

  test.each([
    ['nothing', ''],
    ['an error', 'cat: /proc/net/bonding/bond0: No such file or directory\n'],
  ])('%s: a report that says nothing', (_, text) => {
    expect(proc(text)).toMatchObject({ reporter: 'kernel:proc', observations: [] });
  });

  test.each([['a/b'], ['..'], ['bond:1'], ['a b'], ['x'.repeat(16)], ['']])('%j is no interface', (name) => {
    expect(proc(backup, name)).toMatchObject({ observations: [] });
  });
});

describe('ip -d -j link', () => {
  test.each([['bookworm'], ['trixie']])('%s: the bond and its member, as the kernel has them', (release) => {
    const links = ['bond0-active-backup', 'slave'].flatMap((name) =>
      JSON.parse(fixture(`bond/${release}/ip-d-j-link-${name}.json`)),
    );
    const report = ip(links);
    expect(report).toMatchObject({ reporter: 'kernel:ip', scope: 'node-a', seenAtMs: 1_000 });
    expect(saidBy(report)).toEqual({
      [key('mode')]: 'active-backup',
      [key('members')]: ['eth0'],
      [key('membersUp')]: 1,
      [key('monitored')]: true,
      [key('mtu')]: 1500,
    });
  });

  test('a list of the bond alone does not say that it has no members; a whole list does', () => {
    expect(saidBy(ip(fixture('bond/bookworm/ip-d-j-link-bond0-active-backup.json')))).toEqual({
      [key('mode')]: 'active-backup',
      [key('monitored')]: true,
      [key('mtu')]: 1500,
    });
    expect(saidBy(ip([lo, bond0]))).toMatchObject({ [key('members')]: [], [key('membersUp')]: 0 });
  });

  test.each([
    ['UP', 2],
    ['DOWN', 1],
    ['GOING_DOWN', 1],
    ['GOING_BACK', 1],
    ['TWISTED', { unreadable: 'TWISTED' }],
    [4, { unreadable: 'a member without its MII status' }],
    [undefined, { unreadable: 'a member without its MII status' }],
  ])('a member whose MII status is %j', (word, up) => {
    expect(saidBy(ip([lo, bond0, slave('eth1', 'UP'), slave('eth0', word)]))).toMatchObject({
      [key('members')]: ['eth0', 'eth1'],
      [key('membersUp')]: up,
    });
  });

  test('a link that says bond without its data has no mode and no monitor that we know', () => {
    expect(saidBy(ip([lo, { ifname: 'bond0', mtu: 9000, linkinfo: { info_kind: 'bond' } }]))).toEqual({
      [key('members')]: [],
      [key('membersUp')]: 0,
      [key('mtu')]: 9000,
    });
  });

  test.each([
    [{ miimon: 0, arp_interval: 0 }, false],
    [{ miimon: 0, arp_interval: 1000 }, true],
    [{ miimon: 100 }, true],
    [{ miimon: 1 }, true],
    [{ miimon: 0 }, undefined],
    [{ miimon: '100', arp_interval: 0 }, { unreadable: '100' }],
    [{ miimon: -1, arp_interval: 0 }, { unreadable: '-1' }],
  ])('monitored by %j: %j', (data, value) => {
    expect(saidBy(ip([{ ...bond0, linkinfo: { info_kind: 'bond', info_data: data } }]))[key('monitored')]).toEqual(
      value,
    );
  });

  test.each([[7], ['Balance-RR'], ['balance-xyz'], [null]])('mode %j is unreadable', (mode) => {
    const link = { ...bond0, linkinfo: { info_kind: 'bond', info_data: { mode } } };
    expect(saidBy(ip([link]))[key('mode')]).toEqual({ unreadable: String(mode) });
  });

  test.each([[-1], [0.5], [2 ** 53], ['9000'], [null]])('mtu %j is unreadable', (mtu) => {
    expect(saidBy(ip([{ ...bond0, mtu }]))[key('mtu')]).toEqual({ unreadable: String(mtu) });
  });

  test('two links of one name: neither is believed', () => {
    expect(saidBy(ip([lo, bond0, { ...bond0, mtu: 1500 }]))).toEqual({});
  });

  test.each([
    ['nothing', ''],
    ['a cut off text', '[{"ifname":"bond0"'],
    ['an object', '{}'],
    ['what filters leave behind', '[{},{},null,7]'],
    ['names that are none', '[{"ifname":"a/b","mtu":9000,"linkinfo":{"info_kind":"bond"}},{"ifname":7}]'],
    ['no bond', '[{"ifname":"br0","linkinfo":{"info_kind":"bridge"}}]'],
  ])('%s: a report that says nothing', (_, text) => {
    expect(ip(text)).toMatchObject({ reporter: 'kernel:ip', observations: [] });
  });

  test('what could not be fetched is no report, so that an older one ages', () => {
    expect(ipLinkReport('node-a', failedText('ip-link.json'))).toBeUndefined();
    expect(ipLinkReport('node-a', undefined)).toBeUndefined();
  });
});

test('both sources of one bond speak of the same subject, each for itself', () => {
  const reports = hostReports('node-a', [
    hostText('ip-link.json', JSON.stringify([lo, bond0])),
    hostText('proc/net/bonding/bond0', fixture('bond/bookworm/proc-active-backup.txt')),
  ]);
  expect(reports.map((report) => [report.reporter, saidBy(report)[key('mode')]])).toEqual([
    ['kernel:ip', 'balance-rr'],
    ['kernel:proc', 'active-backup'],
  ]);
});
