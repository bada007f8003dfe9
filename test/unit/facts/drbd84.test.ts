import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DrbdTexts, drbdReport } from '../../../src/facts/drbd.ts';
import { fixture, hostText, saidBy } from './host-texts.ts';

type Part = 'status' | 'events2' | 'proc';

/** What one situation's texts say, those of them that are asked for. */
function saidIn(situation: string, ...parts: readonly Part[]): Readonly<Record<string, unknown>> {
  const texts: DrbdTexts = {
    ...(parts.includes('status') && {
      statusText: hostText('drbdadm-status.txt', fixture(`drbd84/${situation}/drbdadm-status.txt`)),
    }),
    ...(parts.includes('events2') && {
      events2: hostText('drbdsetup-events2.txt', fixture(`drbd84/${situation}/events2-now.txt`)),
    }),
    ...(parts.includes('proc') && { proc: hostText('proc/drbd', fixture(`drbd84/${situation}/proc-drbd.txt`)) }),
  };
  return saidBy(drbdReport('node-a', texts));
}

const replica = (fact: string): string => `replica.${fact} r0@node-a`;
// 8.4 does not know its only peer by name.
const peer = (fact: string): string => `connection.${fact} r0@node-a:peer`;

describe('drbdadm status', () => {
  test('says what it prints; a peer with a role is Connected', () => {
    expect(saidIn('connected-uptodate-primary', 'status')).toEqual({
      [replica('disk')]: 'UpToDate',
      [replica('role')]: 'Primary',
      [peer('state')]: 'Connected',
      [peer('replication')]: 'Established',
      [peer('peerDisk')]: 'UpToDate',
    });
  });

  test('is silent of a StandAlone peer, and that is not health', () => {
    expect(saidIn('standalone', 'status')).toEqual({ [replica('disk')]: 'UpToDate', [replica('role')]: 'Primary' });
  });

  test('a broken line goes on below', () => {
    expect(saidIn('pausedsyncs', 'status')).toMatchObject({
      [peer('replication')]: 'PausedSyncS',
      [peer('resyncSuspended')]: ['user'],
    });
    expect(saidIn('pausedsynct', 'status')).toMatchObject({ [peer('resyncSuspended')]: ['peer'] });
  });

  test('a suspended resource says why', () => {
    expect(saidIn('connected-suspended-user', 'status')).toMatchObject({ [replica('suspended')]: ['user'] });
  });

  test('with statistics it says how much is out of sync, in KiB', () => {
    const text = fixture('drbd84/wfconnection-inconsistent/drbdsetup-status-verbose-statistics.txt');
    expect(saidBy(drbdReport('node-a', { statusText: hostText('drbdadm-status.txt', text) }))).toEqual({
      [replica('disk')]: 'Inconsistent',
      [replica('role')]: 'Secondary',
      [replica('suspended')]: [],
      [peer('state')]: 'Connecting',
      [peer('replication')]: 'Off',
      [peer('peerDisk')]: 'DUnknown',
      [peer('outOfSync')]: 65_496 * 1024,
      [peer('resyncSuspended')]: [],
    });
  });

  test('several volumes and named peers', () => {
    const text = [
      'r0 role:Secondary',
      '  volume:0 disk:UpToDate',
      '  volume:1 disk:Diskless',
      '  node-b role:Primary',
      '    volume:0 replication:SyncTarget peer-disk:UpToDate done:27.67',
      '    volume:1 peer-disk:UpToDate resync-suspended:no',
      '  node-c connection:Connecting',
      '',
    ].join('\n');
    expect(saidBy(drbdReport('node-a', { statusText: hostText('drbdadm-status.txt', text) }))).toEqual({
      'replica.disk r0@node-a': 'UpToDate',
      'replica.role r0@node-a': 'Secondary',
      'replica.disk r0/1@node-a': 'Diskless',
      'replica.role r0/1@node-a': 'Secondary',
      'connection.state r0@node-a:node-b': 'Connected',
      'connection.replication r0@node-a:node-b': 'SyncTarget',
      'connection.peerDisk r0@node-a:node-b': 'UpToDate',
      'connection.state r0/1@node-a:node-b': 'Connected',
      'connection.peerDisk r0/1@node-a:node-b': 'UpToDate',
      'connection.resyncSuspended r0/1@node-a:node-b': [],
      'connection.state r0@node-a:node-c': 'Connecting',
      'connection.state r0/1@node-a:node-c': 'Connecting',
    });
  });

  test('a peer that is printed without a role is not Connected for that', () => {
    const text = 'r0 role:Secondary\n  disk:UpToDate\n  node-c congested:yes\n';
    expect(saidBy(drbdReport('node-a', { statusText: hostText('drbdadm-status.txt', text) }))).toEqual({
      [replica('disk')]: 'UpToDate',
      [replica('role')]: 'Secondary',
    });
  });

  test.each([
    ['nothing defined', fixture('drbd84/none/drbdadm-status.txt')],
    ['not up', fixture('drbd84/configured-not-up/drbdadm-status.txt')],
    ['a line before any resource', '  disk:UpToDate\n'],
    ['a sentence amid it', 'r0 role:Primary\n  disk:UpToDate\nsomething went wrong\n'],
    ['a key twice', 'r0 role:Primary\n  disk:UpToDate disk:Failed\n'],
    ['a key again on the next line', 'r0 role:Primary\n    role:Secondary\n  disk:UpToDate\n'],
  ])('%s: a report that says nothing', (_, text) => {
    expect(drbdReport('node-a', { statusText: hostText('drbdadm-status.txt', text) })).toMatchObject({
      observations: [],
    });
  });
});

describe('/proc/drbd', () => {
  test('gives StandAlone its name where drbdadm status leaves the peer out', () => {
    expect(saidIn('standalone', 'status', 'proc')).toMatchObject({
      [replica('disk')]: ['UpToDate', 'UpToDate'],
      [replica('suspended')]: [],
      [peer('state')]: 'StandAlone',
      [peer('replication')]: 'Off',
      [peer('peerDisk')]: 'DUnknown',
      [peer('outOfSync')]: 65_496 * 1024,
      [peer('resyncSuspended')]: [],
    });
  });

  test.each([
    ['connecting-peer-gone', 'Connecting', 'Off', 196, []],
    ['wfconnection-pause-sync', 'Connecting', 'Off', 65_496, ['user']],
    ['connected-uptodate-primary', 'Connected', 'Established', 0, []],
    ['syncsource', 'Connected', 'SyncSource', 50_256, []],
    ['pausedsyncs', 'Connected', 'PausedSyncS', 35_432, ['user']],
    ['pausedsynct', 'Connected', 'PausedSyncT', 35_432, ['peer']],
  ])('%s: what everybody else calls %s', (situation, state, replication, oosKib, held) => {
    const { proc, events2 } = {
      proc: hostText('proc/drbd', fixture(`drbd84/${situation}/proc-drbd.txt`)),
      events2: hostText('drbdsetup-events2.txt', fixture(`drbd84/${situation}/events2-now.txt`)),
    };
    const ofProc = drbdReport('node-a', { proc, events2 })?.observations.filter(({ source }) =>
      source.startsWith('/proc/drbd'),
    );
    expect(Object.fromEntries(ofProc?.map(({ fact, value }) => [fact, value]) ?? [])).toMatchObject({
      'connection.state': state,
      'connection.replication': replication,
      'connection.outOfSync': oosKib * 1024,
      'connection.resyncSuspended': held,
    });
  });

  test('a suspended device does not say why', () => {
    expect(saidIn('suspended', 'status', 'proc')[replica('suspended')]).toEqual([['user'], { unreadable: 'flag s' }]);
  });

  test('without names it says nothing, and guesses none', () => {
    const status = hostText('drbdadm-status.txt', fixture('drbd84/standalone/drbdadm-status.txt'));
    const device = fixture('drbd84/standalone/proc-drbd.txt').split('\n').slice(2);
    const proc = hostText(
      'proc/drbd',
      [fixture('drbd84/standalone/proc-drbd.txt').trimEnd(), ...device.map((line) => line.replace(' 0:', ' 1:'))].join(
        '\n',
      ),
    );
    expect(saidBy(drbdReport('node-a', { statusText: status, proc }))).toEqual(saidIn('standalone', 'status'));
    const bare = hostText('proc/drbd', 'version: 8.4.11 (api:1/proto:86-101)\n 0: cs:Unconfigured\n');
    expect(saidBy(drbdReport('node-a', { statusText: status, proc: bare }))).toEqual(saidIn('standalone', 'status'));
  });

  test('a word between the states is unreadable', () => {
    const text = fixture('drbd84/standalone/proc-drbd.txt').replace('cs:StandAlone', 'cs:WFReportParams');
    const statusText = hostText('drbdadm-status.txt', fixture('drbd84/standalone/drbdadm-status.txt'));
    expect(saidBy(drbdReport('node-a', { statusText, proc: hostText('proc/drbd', text) }))[peer('state')]).toEqual({
      unreadable: 'WFReportParams',
    });
  });
});

describe('events2 of 8.4', () => {
  test('StandAlone has no conn-name, and is still the connection to the only peer', () => {
    expect(saidIn('standalone', 'events2')).toEqual({
      [replica('disk')]: 'UpToDate',
      [replica('role')]: 'Primary',
      [replica('suspended')]: [],
      [peer('state')]: 'StandAlone',
      [peer('replication')]: 'Off',
      [peer('peerDisk')]: 'DUnknown',
      [peer('resyncSuspended')]: [],
    });
  });

  test('timestamps and statistics are read too', () => {
    const events2 = (name: string): Readonly<Record<string, unknown>> =>
      saidBy(drbdReport('node-a', { events2: hostText('x', fixture(`drbd84/wfconnection-inconsistent/${name}.txt`)) }));
    expect(events2('events2-now-timestamps')).toEqual(events2('events2-now'));
    expect(events2('events2-now-statistics')).toEqual({
      ...events2('events2-now'),
      [peer('outOfSync')]: 65_496 * 1024,
    });
  });

  test('a stream is not a moment', () => {
    const stream = fixture('drbd84/stream.events2.txt');
    expect(drbdReport('node-a', { events2: hostText('x', stream) })).toMatchObject({ observations: [] });
  });

  test('8.4 has no quorum and says nothing of who holds the device open', () => {
    expect(
      Object.keys(saidIn('connected-uptodate-primary', 'events2', 'status', 'proc')).filter((key) =>
        /quorum|open|forceIo/.test(key),
      ),
    ).toEqual([]);
  });
});

const situations = readdirSync(join(import.meta.dirname, '../../fixtures/drbd84'), { withFileTypes: true })
  .filter(
    (entry) =>
      entry.isDirectory() &&
      !['none', 'configured-not-up', 'suspended', 'connected-suspended-user'].includes(entry.name),
  )
  .map(({ name }) => name);

test.each(situations)('in %s the three texts of one moment agree', (situation) => {
  const said = Object.entries(saidIn(situation, 'status', 'events2', 'proc'));
  expect(said.length).toBeGreaterThan(5);
  for (const [key, value] of said) {
    const values = (Array.isArray(value) ? value.flat() : [value]).filter((one) => typeof one !== 'number');
    if (!key.includes('resyncSuspended')) expect(new Set(values).size, key).toBeLessThanOrEqual(1);
  }
});
