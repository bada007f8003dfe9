import { describe, expect, test } from 'vitest';
import { type DrbdTexts, drbdReport } from '../../../src/facts/drbd.ts';
import { hostReports } from '../../../src/facts/host.ts';
import { createStore } from '../../../src/facts/store.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import { connection } from '../../../src/kernel/subject.ts';
import { fits } from '../../../src/kernel/value.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { failedText, fixture, hostText, saidBy, saidOf } from './host-texts.ts';

const status = (text: string): Report | undefined =>
  drbdReport('node-a', { statusJson: hostText('drbdsetup-status.json', text) });
const events = (text: string): Report | undefined =>
  drbdReport('node-a', { events2: hostText('drbdsetup-events2.txt', text) });

const peerDevice = { volume: 0, 'replication-state': 'Established', 'peer-disk-state': 'UpToDate', 'out-of-sync': 0 };
const peer = { name: 'node-b', 'connection-state': 'Connected', peer_devices: [peerDevice] };
const device = { volume: 0, 'disk-state': 'UpToDate', quorum: true };
const resource = { name: 'r0', role: 'Secondary', devices: [device], connections: [peer] };
/** One resource with some of its members changed. */
function oneWith(change: {
  resource?: object;
  device?: object;
  peer?: object;
  peerDevice?: object;
}): Report | undefined {
  const peerDevices = [{ ...peerDevice, ...change.peerDevice }];
  return status(
    JSON.stringify([
      {
        ...resource,
        devices: [{ ...device, ...change.device }],
        connections: [{ ...peer, peer_devices: peerDevices, ...change.peer }],
        ...change.resource,
      },
    ]),
  );
}

describe('drbdsetup status --json', () => {
  test('says of every replica and connection of its node what its kernel says', () => {
    expect(saidBy(status(fixture('drbd9/connected-with-diskless-peer.json')))).toEqual({
      'replica.disk r2-test@node-a': 'UpToDate',
      'replica.role r2-test@node-a': 'Primary',
      'replica.quorum r2-test@node-a': true,
      'replica.suspended r2-test@node-a': [],
      'replica.forceIoFailures r2-test@node-a': false,
      ...Object.fromEntries(
        [
          ['astef-sds-rv-redos-1', 'UpToDate'],
          // A peer without a disk is connected and Established like every other.
          ['client-1', 'Diskless'],
        ].flatMap(([name, disk]) => [
          [`connection.state r2-test@node-a:${name}`, 'Connected'],
          [`connection.pathsUp r2-test@node-a:${name}`, true],
          [`connection.replication r2-test@node-a:${name}`, 'Established'],
          [`connection.peerDisk r2-test@node-a:${name}`, disk],
          [`connection.outOfSync r2-test@node-a:${name}`, 0],
          [`connection.resyncSuspended r2-test@node-a:${name}`, []],
        ]),
      ),
    });
  });

  test('is a report of the reporter drbd, of this node, at the moment it was fetched', () => {
    const report = drbdReport('node-a', {
      statusJson: hostText('drbdsetup-status.json', fixture('drbd9/connected-with-diskless-peer.json'), { at: 77 }),
    });
    expect(report).toMatchObject({ reporter: 'drbd', scope: 'node-a', seenAtMs: 77, censuses: [] });
    for (const observation of report?.observations ?? []) {
      expect(observation).toMatchObject({
        seenAtMs: 77,
        grade: 'observed',
        source: 'drbdsetup status on node-a',
      });
      expect(observation.subject.kind).toBe(observation.fact.split('.')[0]);
    }
    expect(report?.observations.at(-1)?.subject).toEqual(connection('r2-test', 0, 'node-a', 'client-1'));
  });

  test('what older tools do not print is unknown, not false', () => {
    const said = saidBy(status(fixture('drbd9/older-tools.json')));
    expect(said).toMatchObject({ 'replica.disk r2-test@node-a': 'UpToDate', 'replica.quorum r2-test@node-a': true });
    for (const fact of ['replica.suspended', 'replica.forceIoFailures', 'replica.open', 'connection.pathsUp']) {
      expect(Object.keys(said).filter((key) => key.startsWith(`${fact} `))).toEqual([]);
    }
  });

  test('does not believe a percent-in-sync of 100 for a peer that is away', () => {
    expect(
      saidOf(
        status(fixture('drbd9/primary-lost-its-peer.json')),
        'connection.state',
        'connection.replication',
        'connection.peerDisk',
        'connection.pathsUp',
      ),
    ).toEqual({
      'connection.state r2-test@node-a:astef-sds-rv-redos-1': 'Connecting',
      'connection.replication r2-test@node-a:astef-sds-rv-redos-1': 'Off',
      'connection.peerDisk r2-test@node-a:astef-sds-rv-redos-1': 'DUnknown',
      'connection.pathsUp r2-test@node-a:astef-sds-rv-redos-1': false,
    });
  });

  test('a paused resync: amount in bytes, both reasons', () => {
    expect(
      saidOf(
        status(fixture('drbd9/sync-target-paused.json')),
        'connection.replication',
        'connection.outOfSync',
        'connection.resyncSuspended',
        'replica.disk',
      ),
    ).toEqual({
      'replica.disk r2-test@node-a': 'Inconsistent',
      'connection.replication r2-test@node-a:astef-sds-rv-redos-1': 'PausedSyncT',
      'connection.outOfSync r2-test@node-a:astef-sds-rv-redos-1': 51_200 * 1024,
      'connection.resyncSuspended r2-test@node-a:astef-sds-rv-redos-1': ['peer', 'user'],
    });
  });

  test('what is not printed is not said', () => {
    const report = oneWith({
      peer: { 'connection-state': undefined },
      peerDevice: { 'replication-state': undefined, 'out-of-sync': undefined },
    });
    expect(saidBy(report)).toEqual({
      'replica.disk r0@node-a': 'UpToDate',
      'replica.role r0@node-a': 'Secondary',
      'replica.quorum r0@node-a': true,
      'connection.peerDisk r0@node-a:node-b': 'UpToDate',
    });
  });

  test('UpToDate beside data out of sync are two facts', () => {
    expect(
      saidOf(oneWith({ peerDevice: { 'out-of-sync': 12 } }), 'connection.peerDisk', 'connection.outOfSync'),
    ).toEqual({
      'connection.peerDisk r0@node-a:node-b': 'UpToDate',
      'connection.outOfSync r0@node-a:node-b': 12_288,
    });
  });

  test('no resource at all is a valid answer: a report that says nothing', () => {
    expect(status(fixture('drbd9/none.json'))).toMatchObject({ reporter: 'drbd', observations: [] });
  });

  test.each([
    ['a disk state', { device: { 'disk-state': 'Resilvering' } }, 'replica.disk r0@node-a', 'Resilvering'],
    ['a disk state in another case', { device: { 'disk-state': 'uptodate' } }, 'replica.disk r0@node-a', 'uptodate'],
    ['a role', { resource: { role: 'Arbiter' } }, 'replica.role r0@node-a', 'Arbiter'],
    ['a quorum that is no bool', { device: { quorum: 'yes' } }, 'replica.quorum r0@node-a', 'yes'],
    ['an open that is null', { device: { open: null } }, 'replica.open r0@node-a', 'null'],
    [
      'a connection',
      { peer: { 'connection-state': 'WFConnection' } },
      'connection.state r0@node-a:node-b',
      'WFConnection',
    ],
    [
      'a replication',
      { peerDevice: { 'replication-state': 'established' } },
      'connection.replication r0@node-a:node-b',
      'established',
    ],
    ['a peer disk', { peerDevice: { 'peer-disk-state': '?' } }, 'connection.peerDisk r0@node-a:node-b', '?'],
    [
      'a reason',
      { peerDevice: { 'resync-suspended': 'user,moon' } },
      'connection.resyncSuspended r0@node-a:node-b',
      'user,moon',
    ],
    ['no reason', { peerDevice: { 'resync-suspended': '' } }, 'connection.resyncSuspended r0@node-a:node-b', ''],
    [
      'a path',
      { peer: { paths: [{ established: true }, {}] } },
      'connection.pathsUp r0@node-a:node-b',
      'a path without a state',
    ],
  ])('%s that we do not know is unreadable', (_, change, key, word) => {
    expect(saidBy(oneWith(change))[key]).toEqual({ unreadable: word });
  });

  test.each([
    ['below zero', -1],
    ['a fraction', 0.5],
    ['a text', '0'],
    ['past what a double can count', 2 ** 53],
    ['past it only as bytes', 2 ** 44],
    ['a list', []],
  ])('an amount out of sync that is %s is unreadable', (_, amount) => {
    expect(
      saidBy(oneWith({ peerDevice: { 'out-of-sync': amount } }))['connection.outOfSync r0@node-a:node-b'],
    ).toHaveProperty('unreadable');
  });

  test('a number past 2^53 in the text itself is unreadable, not rounded', () => {
    const text = JSON.stringify([resource]).replace('"out-of-sync":0', '"out-of-sync":9007199254740993');
    expect(saidBy(status(text))['connection.outOfSync r0@node-a:node-b']).toHaveProperty('unreadable');
  });

  const all = {
    'suspended-user': false,
    'suspended-no-data': false,
    'suspended-fencing': false,
    'suspended-quorum': false,
  };
  test.each([
    ['all four flags', { suspended: false, ...all }, []],
    ['two reasons', { suspended: true, ...all, 'suspended-user': true, 'suspended-quorum': true }, ['quorum', 'user']],
    ['no OR of them', { ...all, 'suspended-no-data': true }, ['no-data']],
    ['the OR alone, no', { suspended: false }, undefined],
    ['the OR alone, yes', { suspended: true }, { unreadable: 'suspended' }],
    ['the quorum left out', { suspended: false, ...all, 'suspended-quorum': undefined }, undefined],
    ['a fifth reason', { suspended: true, ...all }, { unreadable: 'suspended: true' }],
    [
      'an OR that denies a reason',
      { suspended: false, ...all, 'suspended-user': true },
      { unreadable: 'suspended: false' },
    ],
    ['a flag that is no bool', { suspended: false, ...all, 'suspended-fencing': 'no' }, { unreadable: 'no' }],
  ])('suspended: %s', (_, change, value) => {
    expect(saidBy(oneWith({ resource: change }))['replica.suspended r0@node-a']).toEqual(value);
  });

  test.each([
    ['all established', [{ established: true }, { established: true }], true],
    ['one not', [{ established: true }, { established: false }], false],
    ['one not, one silent', [{}, { established: false }], false],
    ['no paths', [], undefined],
    ['paths left out', undefined, undefined],
    ['no list', 'up', { unreadable: 'up' }],
  ])('paths: %s', (_, paths, value) => {
    expect(saidBy(oneWith({ peer: { paths } }))['connection.pathsUp r0@node-a:node-b']).toEqual(value);
  });

  test('the one state of a connection is that of each of its volumes', () => {
    const two = [device, { ...device, volume: 1 }];
    const peerDevices = [peerDevice, { ...peerDevice, volume: 1, 'replication-state': 'SyncSource' }];
    const said = oneWith({ resource: { devices: two, connections: [{ ...peer, peer_devices: peerDevices }] } });
    expect(saidOf(said, 'connection.state', 'connection.replication')).toEqual({
      'connection.state r0@node-a:node-b': 'Connected',
      'connection.state r0/1@node-a:node-b': 'Connected',
      'connection.replication r0@node-a:node-b': 'Established',
      'connection.replication r0/1@node-a:node-b': 'SyncSource',
    });
    const silent = oneWith({
      resource: { devices: two, connections: [{ ...peer, 'connection-state': 'StandAlone', peer_devices: undefined }] },
    });
    expect(saidOf(silent, 'connection.state')).toEqual({
      'connection.state r0@node-a:node-b': 'StandAlone',
      'connection.state r0/1@node-a:node-b': 'StandAlone',
    });
  });

  test('two entries of one name that differ are disputed', () => {
    const twice = status(JSON.stringify([resource, { ...resource, role: 'Primary' }])) as Report;
    const store = createStore(vocabulary);
    store.fold(twice);
    const census = {
      kind: 'replica',
      members: twice.observations.map(({ subject }) => subject).filter(({ kind }) => kind === 'replica'),
      seenAtMs: 1_000,
      source: 'test',
    } as const;
    store.fold({ reporter: 'test', scope: 'site', seenAtMs: 1_000, observations: [], censuses: [census] });
    const columns = store.cut(1_000).columns;
    expect(columns.get('replica.role')?.cells[0]).toMatchObject({ kind: 'absent', why: 'disputed' });
    expect(columns.get('replica.disk')?.cells[0]).toMatchObject({ kind: 'present', value: 'UpToDate' });
  });

  test.each([['pvc-7/1'], ['pvc-7@node-b'], ['r0:node-b'], ['r0\nr1'], [''], [7], [null], [undefined]])(
    'a name that would look like another subject (%j) is nobody',
    (name) => {
      expect(saidBy(oneWith({ resource: { name } }))).toEqual({});
      expect(saidOf(oneWith({ peer: { name } }), 'connection.state')).toEqual({});
    },
  );

  test('hostile names are data', () => {
    const said = status(
      JSON.stringify([{ ...resource, name: '__proto__', connections: [{ ...peer, name: '\u001b[31mconstructor' }] }]),
    );
    expect(said?.observations.map(({ subject }) => subject.id)).toContain('__proto__@node-a');
    expect(said?.observations.map(({ subject }) => subject.id)).toContain('__proto__@node-a:\u001b[31mconstructor');
  });

  test.each([[-1], [0.5], [65_536], ['0'], [null]])('volume number %j is none', (volume) => {
    expect(saidBy(oneWith({ device: { volume }, peerDevice: { volume } }))).toEqual({});
  });

  test.each([
    ['nothing', ''],
    ['a usage text', fixture('drbd84/wfconnection-inconsistent/drbdsetup-status-json.ERROR.txt')],
    ['a cut off text', fixture('drbd9/older-tools.json').slice(0, -30)],
    ['an object', '{}'],
    ['null', 'null'],
    ['a list of anything', '[null, 7, "r0", [], {}]'],
    ['lists that are none', '[{"name": "r0", "devices": {"0": {}}, "connections": 7}]'],
    [
      'entries that are none',
      '[{"name": "r0", "devices": [null, 7], "connections": [null, {"name": "b", "peer_devices": [null]}]}]',
    ],
    ['brackets to the moon', '['.repeat(200_000)],
  ])('%s is read and says nothing', (_, text) => {
    expect(status(text)).toEqual({
      reporter: 'drbd',
      scope: 'node-a',
      seenAtMs: 1_000,
      observations: [],
      censuses: [],
    });
  });

  test('what could not be fetched is no report at all, so that an older one ages', () => {
    expect(drbdReport('node-a', { statusJson: failedText('drbdsetup-status.json') })).toBeUndefined();
    expect(drbdReport('node-a', {})).toBeUndefined();
    expect(
      drbdReport('node-a', { proc: hostText('proc/drbd', 'version: 9.2.18 (api:2/proto:86-122)\n') }),
    ).toBeUndefined();
  });
});

describe('events2 --now --statistics', () => {
  const dump = fixture('drbd9/events2-now-statistics.txt');

  test('says what the JSON of older tools lacks', () => {
    const said = saidBy(events(dump));
    expect(said).toEqual({
      'replica.disk r0@node-a': 'UpToDate',
      'replica.role r0@node-a': 'Secondary',
      'replica.quorum r0@node-a': true,
      'replica.suspended r0@node-a': ['quorum', 'user'],
      'replica.forceIoFailures r0@node-a': false,
      'replica.open r0@node-a': false,
      'connection.state r0@node-a:node-b': 'Connected',
      'connection.pathsUp r0@node-a:node-b': true,
      'connection.replication r0@node-a:node-b': 'SyncTarget',
      'connection.peerDisk r0@node-a:node-b': 'UpToDate',
      'connection.outOfSync r0@node-a:node-b': 12_288,
      'connection.resyncSuspended r0@node-a:node-b': ['dependency'],
      'connection.state r0@node-a:node-c': 'Connecting',
      'connection.pathsUp r0@node-a:node-c': false,
      'connection.replication r0@node-a:node-c': 'Off',
      'connection.peerDisk r0@node-a:node-c': 'DUnknown',
      'connection.outOfSync r0@node-a:node-c': 0,
      'connection.resyncSuspended r0@node-a:node-c': [],
    });
  });

  test.each([
    ['cut off before its end', dump.replace('exists -\n', '')],
    ['a stream of changes', `${dump}change resource name:r0 role:Primary\n`],
    ['a stream from the first line', dump.replace('exists resource', 'create resource')],
    [
      'with a line that cannot be taken apart',
      dump.replace('name:r0 peer-node-id:2', 'name:r0 my host peer-node-id:2'),
    ],
    ['with a key that stands twice', dump.replace('role:Secondary', 'role:Secondary role:Primary')],
    ['an error', 'Could not connect to netlink\n'],
  ])('a text that is %s is believed in nothing', (_, text) => {
    expect(events(text)).toMatchObject({ observations: [] });
  });

  test.each([
    ['disk:UpToDate', 'disk:Diskless->UpToDate', 'replica.disk r0@node-a', 'Diskless->UpToDate'],
    ['quorum:yes', 'quorum:unknown', 'replica.quorum r0@node-a', 'unknown'],
    ['suspended:user,quorum', 'suspended:tea', 'replica.suspended r0@node-a', 'tea'],
    ['out-of-sync:12', 'out-of-sync:-12', 'connection.outOfSync r0@node-a:node-b', '-12'],
    [
      'local:ipv4:10.10.40.11:7000 peer:ipv4:10.10.40.12:7000 established:yes',
      'established:',
      'connection.pathsUp r0@node-a:node-b',
      '',
    ],
  ])('%s → %s is unreadable', (from, to, key, word) => {
    expect(saidBy(events(dump.replace(from, to)))[key]).toEqual({ unreadable: word });
  });

  test.each([
    [['no', 'yes'], false],
    [['yes', 'no'], false],
    [['maybe', 'yes'], { unreadable: 'maybe' }],
    [['yes', 'maybe'], { unreadable: 'maybe' }],
    [['maybe', 'no'], false],
    [['no', 'maybe'], false],
  ])('paths that are %j', ([first, second], value) => {
    const [before, middle, after] = dump.split('established:yes');
    const text = `${before}established:${first}${middle}established:${second}${after}established:yes${dump.split('established:yes')[3]}`;
    expect(saidBy(events(text))['connection.pathsUp r0@node-a:node-b']).toEqual(value);
  });

  test('two different lines for one object: neither is believed', () => {
    const twice = dump.replace(
      'exists device',
      'exists connection name:r0 peer-node-id:1 conn-name:node-b connection:StandAlone role:Unknown\nexists device',
    );
    const said = saidBy(events(twice));
    expect(said).not.toHaveProperty(['connection.state r0@node-a:node-b']);
    expect(said).toHaveProperty(['connection.state r0@node-a:node-c']);
  });

  test('two texts of one node are both kept: what they do not agree on is disputed', () => {
    const texts: DrbdTexts = {
      statusJson: hostText('drbdsetup-status.json', JSON.stringify([resource]), { at: 900 }),
      events2: hostText('drbdsetup-events2.txt', dump, { at: 1_000 }),
    };
    const report = drbdReport('node-a', texts);
    expect(report?.seenAtMs).toBe(1_000);
    expect(saidBy(report)).toMatchObject({
      'connection.replication r0@node-a:node-b': ['Established', 'SyncTarget'],
      'replica.suspended r0@node-a': ['quorum', 'user'],
    });
    expect(
      report?.observations
        .filter(({ fact }) => fact === 'replica.role')
        .map(({ seenAtMs, source }) => [seenAtMs, source]),
    ).toEqual([
      [900, 'drbdsetup status on node-a'],
      [1_000, 'drbdsetup events2 on node-a'],
    ]);
  });
});

test('every value that is said fits its fact', () => {
  const reports = [
    ...['connected-with-diskless-peer', 'older-tools', 'primary-lost-its-peer', 'sync-target-paused'].map((name) =>
      status(fixture(`drbd9/${name}.json`)),
    ),
    events(fixture('drbd9/events2-now-statistics.txt')),
  ];
  const observations = reports.flatMap((report) => report?.observations ?? []);
  expect(observations.length).toBeGreaterThan(50);
  for (const { fact, value } of observations) {
    const type = vocabulary.get(fact)?.type;
    expect(type !== undefined && fits(type, value as never), `${fact} ${JSON.stringify(value)}`).toBe(true);
  }
});

describe('the version of the module', () => {
  const version = (what: string, text: string): unknown =>
    hostReports('node-a', [hostText(what, text)]).find(({ reporter }) => reporter === 'drbd:version')?.observations[0]
      ?.value;
  test.each([
    ['proc/drbd', 'version: 9.2.18 (api:2/proto:86-122)\nGIT-hash: 0e0f build by @b\n', 9_00002_00018],
    ['proc/drbd', fixture('drbd84/standalone/proc-drbd.txt'), 8_00004_00011],
    ['proc/drbd', 'version: 9.2.16-flant.1 (api:2/proto:86-122)\n', { unreadable: '9.2.16-flant.1' }],
    [
      'drbd-version.txt',
      'DRBDADM_BUILDTAG=x\nDRBD_KERNEL_VERSION_CODE=0x090212\nDRBD_KERNEL_VERSION=9.2.18\nDRBDADM_VERSION=9.34.3\n',
      9_00002_00018,
    ],
    ['drbd-version.txt', 'DRBD_KERNEL_VERSION=0.0.0\nDRBDADM_VERSION=9.34.3\n', undefined],
    ['drbd-version.txt', 'DRBDADM_VERSION=9.34.3\n', undefined],
  ])('%s %j', (what, text, value) => {
    expect(version(what, text)).toEqual(value);
  });

  test('the kernel itself is asked first, and a status that failed takes nothing from it', () => {
    const reports = hostReports('node-a', [
      failedText('drbdsetup-status.json'),
      hostText('drbd-version.txt', 'DRBD_KERNEL_VERSION=9.2.14\n'),
      hostText('proc/drbd', 'version: 9.2.18 (api:2/proto:86-122)\n'),
    ]);
    expect(reports.map(({ reporter }) => reporter)).toEqual(['drbd:version']);
    expect(reports[0]?.observations).toMatchObject([
      { fact: 'node.drbdVersion', value: 9_00002_00018, source: '/proc/drbd on node-a' },
    ]);
  });
});

describe('all texts of a node', () => {
  const ok = hostText('drbdsetup-status.json', JSON.stringify([resource]), { at: 500 });

  test('the newest that was had counts, in whatever order they came, and a later failure keeps its age', () => {
    const newer = hostText('drbdsetup-status.json', '[]', { at: 600 });
    const failed = { ...failedText('drbdsetup-status.json'), at: 700 };
    for (const raws of [
      [ok, newer, failed],
      [failed, newer, ok],
      [newer, failed, ok],
    ]) {
      expect(hostReports('node-a', raws)).toMatchObject([{ reporter: 'drbd', seenAtMs: 600, observations: [] }]);
    }
    const other = { ...ok, text: JSON.stringify([{ ...resource, role: 'Primary' }]) };
    expect(hostReports('node-a', [ok, other])).toEqual(hostReports('node-a', [other, ok]));
  });

  test('a text that we do not know is kept by nobody, and a node of an impossible name is none', () => {
    expect(hostReports('node-a', [hostText('motd', 'hello')])).toEqual([]);
    expect(hostReports('node-a/bond1', [ok])).toEqual([]);
  });
});
