import { describe, expect, test } from 'vitest';
import { drbdReport } from '../../../src/facts/drbd.ts';
import { type DrbdLine, drbdObservations, keysOf, wholeNumber } from '../../../src/facts/drbd-lines.ts';
import { isName, isVolume, reasonsOf, suspendWords } from '../../../src/facts/drbd-words.ts';
import { drbdAdmLines, procDrbdLines } from '../../../src/facts/drbd84.ts';
import { hostText, saidBy } from './host-texts.ts';

const line = (object: string, keys: Readonly<Record<string, string>>): DrbdLine => ({
  object,
  keys: new Map(Object.entries(keys)),
});
const plain = (lines: readonly DrbdLine[]) =>
  lines.map(({ object, keys }) => [object, Object.fromEntries(keys)] as const);

describe('words and numbers', () => {
  test('a key may have one letter, but not none', () => {
    expect([...(keysOf(['a:1', 'b:']) ?? [])]).toEqual([
      ['a', '1'],
      ['b', ''],
    ]);
    expect(keysOf([':1'])).toBeUndefined();
    expect(keysOf(['a'])).toBeUndefined();
  });
  test.each([
    ['7', 7],
    ['9007199254740992', 9_007_199_254_740_992],
    ['12a', undefined],
    ['', undefined],
    ['-1', undefined],
    [undefined, undefined],
  ])('%j is %j', (text, number) => expect(wholeNumber(text)).toBe(number));
  test.each([
    ['a', true],
    ['', false],
    ['a/b', false],
    [7, false],
  ])('%j as a name: %j', (name, answer) => expect(isName(name)).toBe(answer));
  test.each([
    [0, true],
    [65_535, true],
    [65_536, false],
    [-1, false],
    [0.5, false],
  ])('%j as a volume’s number: %j', (volume, answer) => expect(isVolume(volume)).toBe(answer));
  test('reasons that are no text cannot be read', () => {
    expect(reasonsOf(suspendWords, 5)).toEqual({ unreadable: '5' });
    expect(reasonsOf(suspendWords, true)).toEqual({ unreadable: 'true' });
  });
});

describe('two lines for one object', () => {
  const disk = { name: 'r0', volume: '0', disk: 'UpToDate' };
  const saidOf = (...lines: readonly DrbdLine[]) =>
    drbdObservations('node-a', [line('resource', { name: 'r0' }), ...lines], 1_000, 'events2').map(
      ({ fact, value }) => [fact, value],
    );
  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['the same twice is one', disk, 1],
    ['another word contradicts', { ...disk, disk: 'Failed' }, 0],
    ['one more word contradicts', { ...disk, quorum: 'yes' }, 0],
    ['another key contradicts', { name: 'r0', volume: '0', quorum: 'yes' }, 0],
  ])('%s', (_, other, said) => {
    expect(saidOf(line('device', disk), line('device', other))).toHaveLength(said);
    expect(saidOf(line('device', other), line('device', disk))).toHaveLength(said);
  });
});

describe('drbdsetup status --json', () => {
  test('a connection’s volume that this node does not have is nobody’s', () => {
    const peer_devices = [0, 1].map((volume) => ({ volume, 'peer-disk-state': 'UpToDate' }));
    const text = JSON.stringify([
      {
        name: 'r0',
        devices: [{ volume: 0, 'disk-state': 'UpToDate' }],
        connections: [{ name: 'node-b', peer_devices }],
      },
    ]);
    const said = saidBy(drbdReport('node-a', { statusJson: hostText('drbdsetup-status.json', text) }));
    expect(Object.keys(said).filter((key) => key.startsWith('connection.peerDisk'))).toEqual([
      'connection.peerDisk r0@node-a:node-b',
    ]);
  });
});

describe('drbdadm status of 8.4', () => {
  test.each([
    ['a peer before any resource', '  node-b role:Primary\nr0 role:Primary'],
    ['a disk before any resource', '  disk:UpToDate\nr0 role:Primary'],
    ['a word without a colon', 'r0: No such resource'],
    ['a name as a key', 'r0 name:x'],
    ['a peer’s name as a key', 'r0 conn-name:x'],
    ['a key twice over two lines', 'r0 role:Primary\n  disk:UpToDate\n      disk:Failed'],
  ])('%s hides something', (_, text) => expect(drbdAdmLines(text)).toEqual([]));

  test('a peer that prints its role and its connection keeps both', () => {
    expect(plain(drbdAdmLines('r0 role:Primary\n  node-b role:Secondary connection:Connecting')).at(-1)).toEqual([
      'connection',
      { role: 'Secondary', connection: 'Connecting', name: 'r0', 'conn-name': 'node-b' },
    ]);
    expect(plain(drbdAdmLines('r0 role:Primary\n  node-b role:Secondary')).at(-1)).toEqual([
      'connection',
      { role: 'Secondary', connection: 'Connected', name: 'r0', 'conn-name': 'node-b' },
    ]);
  });

  test('what stands further in belongs to the line above, a peer’s or a disk’s', () => {
    const text =
      'r0 role:Primary\n  node-b role:Secondary\n    replication:SyncSource\n        peer-disk:Inconsistent\n  disk:UpToDate\n    replication:Odd\n';
    expect(plain(drbdAdmLines(text)).slice(2)).toEqual([
      [
        'peer-device',
        { replication: 'SyncSource', 'peer-disk': 'Inconsistent', volume: '0', name: 'r0', 'conn-name': 'node-b' },
      ],
      ['device', { disk: 'UpToDate', volume: '0', name: 'r0', replication: 'Odd' }],
    ]);
  });
  test('a line four in that is no peer’s device goes on the one above', () => {
    const text = 'r0 role:Primary\n  node-b role:Secondary\n    congested:no\n';
    expect(plain(drbdAdmLines(text)).at(-1)).toMatchObject(['connection', { congested: 'no' }]);
  });
});

describe('/proc/drbd of 8.4', () => {
  const row = ' 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----\n    ns:0 nr:0 oos:0\n';
  const device = line('device', { name: 'r0', volume: '0', minor: '0' });
  const to = (peer: string) => line('connection', { name: 'r0', 'conn-name': peer });
  test('says what it knows of the one device with its number', () => {
    expect(procDrbdLines(row, [device, to('node-b')])).toHaveLength(4);
    expect(procDrbdLines(row, [line('device', { name: 'r0', volume: '0' }), to('node-b')])).toHaveLength(4);
  });
  test.each<[string, readonly DrbdLine[]]>([
    ['two devices have its number', [device, line('device', { name: 'r1', volume: '0', minor: '0' }), to('node-b')]],
    ['no device is known', [to('node-b')]],
    ['the device has another number', [line('device', { name: 'r0', volume: '0', minor: '1' }), to('node-b')]],
    ['there are two peers, which 8.4 cannot have', [device, to('node-b'), to('node-c')]],
  ])('is silent where %s', (_, named) => expect(procDrbdLines(row, named)).toEqual([]));
  test('is silent of a device that is not configured', () => {
    expect(procDrbdLines(' 0: cs:Unconfigured\n', [device])).toEqual([]);
  });
});
