import { describe, expect, test } from 'vitest';
import { hostReports } from '../../../src/facts/host.ts';
import { isNetworkdFile } from '../../../src/facts/networkd.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import { failedText, fixture, hostText, saidBy } from './host-texts.ts';

const etc = 'etc/systemd/network';

function report(files: Readonly<Record<string, string>>): Report | undefined {
  const raws = Object.entries(files).map(([what, text]) => hostText(what, text));
  return hostReports('node-a', raws).find(({ reporter }) => reporter === 'networkd');
}

function netdev(mode: string, name = 'bond0'): string {
  return `[NetDev]\nName=${name}\nKind=bond\n\n[Bond]\n${mode}\n`;
}

/** What the files say of bond0. */
function mode(files: Readonly<Record<string, string>>): unknown {
  return saidBy(report(files))['bond.configuredMode node-a/bond0'];
}

test('of the files of a host, bonds only', () => {
  const names = ['10-bond0.netdev', '11-vlan.netdev', '20-eth0.network', '50-bad.netdev'];
  const files = Object.fromEntries(names.map((name) => [`${etc}/${name}`, fixture(`networkd/${etc}/${name}`)]));
  expect(saidBy(report(files))).toEqual({
    'bond.configuredMode node-a/bond0': 'active-backup',
    // networkd would make a balance-rr bond of it, without a word on systemd 252.
    'bond.configuredMode node-a/bond7': { unreadable: 'nonsense' },
  });
});

test('is a report of the reporter networkd, and its facts are as old as the oldest file that counts', () => {
  const reports = hostReports('node-a', [
    hostText(`${etc}/10-bond0.netdev`, netdev('Mode=802.3ad'), { at: 7 }),
    hostText(`${etc}/10-bond0.netdev.d/a.conf`, '[Bond]\nLACPTransmitRate=fast\n', { at: 5 }),
  ]);
  expect(reports).toMatchObject([{ reporter: 'networkd', scope: 'node-a', seenAtMs: 7 }]);
  expect(reports[0]?.observations).toMatchObject([
    {
      value: '802.3ad',
      seenAtMs: 5,
      grade: 'observed',
      source: `/${etc}/10-bond0.netdev with /${etc}/10-bond0.netdev.d/a.conf on node-a`,
    },
  ]);
});

describe('one file', () => {
  test.each([
    ...['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'].map(
      (word): [string, unknown] => [`Mode=${word}`, word],
    ),
    ['  Mode = active-backup  ', 'active-backup'],
    ['Mode=balance-rr\nMode=active-backup', 'active-backup'],
    ['#Mode=balance-xor\n;Mode=broadcast\nMode=active-backup', 'active-backup'],
    ['Mode=active-backup\r', 'active-backup'],
    ['Mode=\\\n# amid it\n; and this\nactive-backup', 'active-backup'],
    ['Mode=nonsense\nMode=active-backup', 'active-backup'],
    ['Mode', 'balance-rr'],
    ['Mode=active-backup\nModes', 'active-backup'],
    // Nobody says a mode: the kernel's own is balance-rr.
    ['MIIMonitorSec=100ms', 'balance-rr'],
    ['#Mode=active-backup', 'balance-rr'],
    ['; Mode=active-backup', 'balance-rr'],
    // Keys and sections are written so and no other way; networkd passes over what it does not know.
    ['mode=active-backup', 'balance-rr'],
    ['MODE=active-backup', 'balance-rr'],
    ['[bond]\nMode=active-backup', 'balance-rr'],
    ['[NetDev]\nMode=active-backup', 'balance-rr'],
    ['Mode=nonsense', { unreadable: 'nonsense' }],
    ['Mode=Active-Backup', { unreadable: 'Active-Backup' }],
    ['Mode=1', { unreadable: '1' }],
    ['Mode=', { unreadable: '' }],
    ['Mode=active-backup # as ordered', { unreadable: 'active-backup # as ordered' }],
    ['Mode="active-backup"', { unreadable: '"active-backup"' }],
    // networkd keeps the earlier word here; we do not say that anybody meant it.
    ['Mode=active-backup\nMode=nonsense', { unreadable: 'nonsense' }],
    ['Mode=active-backup\n[Match]\nHost=node-b', { unreadable: '[Match]' }],
    ['Mode=active-backup\n[Bond', { unreadable: '[Bond' }],
  ])('%j → %j', (lines, value) => {
    expect(mode({ [`${etc}/10-bond0.netdev`]: netdev(lines) })).toEqual(value);
  });

  test.each([
    ['no bond', '[NetDev]\nName=bond0\nKind=bridge\n[Bond]\nMode=802.3ad\n'],
    ['no kind', '[NetDev]\nName=bond0\n[Bond]\nMode=802.3ad\n'],
    ['a kind in another case', '[NetDev]\nName=bond0\nKind=Bond\n[Bond]\nMode=802.3ad\n'],
    ['no name', '[NetDev]\nKind=bond\n[Bond]\nMode=802.3ad\n'],
    ['a name that is none', netdev('Mode=802.3ad', 'a/b')],
    ['a name outside its section', 'Name=bond0\nKind=bond\n[Bond]\nMode=802.3ad\n'],
    ['empty', ''],
  ])('%s: nothing is said', (_, text) => {
    expect(report({ [`${etc}/10-bond0.netdev`]: text })).toMatchObject({ reporter: 'networkd', observations: [] });
  });
});

describe('several files', () => {
  const rr = netdev('Mode=balance-rr');
  const backup = netdev('Mode=active-backup');
  test.each([
    ['etc hides run', { [`${etc}/10-bond0.netdev`]: rr, 'run/systemd/network/10-bond0.netdev': backup }, 'balance-rr'],
    [
      'run hides usr/lib',
      { 'usr/lib/systemd/network/10-bond0.netdev': rr, 'run/systemd/network/10-bond0.netdev': backup },
      'active-backup',
    ],
    [
      'run hides usr/local/lib',
      { 'usr/local/lib/systemd/network/10-bond0.netdev': rr, 'run/systemd/network/10-bond0.netdev': backup },
      'active-backup',
    ],
    [
      'usr/local/lib hides usr/lib',
      { 'usr/lib/systemd/network/10-bond0.netdev': rr, 'usr/local/lib/systemd/network/10-bond0.netdev': backup },
      'active-backup',
    ],
    [
      'an empty file in etc switches the name off',
      { [`${etc}/10-bond0.netdev`]: '', 'run/systemd/network/10-bond0.netdev': backup },
      undefined,
    ],
    [
      'an empty file in run does not, under etc',
      { [`${etc}/10-bond0.netdev`]: rr, 'run/systemd/network/10-bond0.netdev': '' },
      'balance-rr',
    ],
    [
      'of two names the first counts, whatever the directory',
      { [`${etc}/20-x.netdev`]: rr, 'run/systemd/network/10-y.netdev': backup },
      'active-backup',
    ],
    [
      'whoever has the name first has it, whatever it is',
      { [`${etc}/10-a.netdev`]: '[NetDev]\nName=bond0\nKind=dummy\n', [`${etc}/20-b.netdev`]: backup },
      undefined,
    ],
    [
      'other endings are not read',
      { [`${etc}/10-bond0.netdev.bak`]: rr, [`${etc}/20-b.netdev`]: backup, [`${etc}/sub/05-c.netdev`]: rr },
      'active-backup',
    ],
  ])('%s', (_, files, value) => {
    expect(mode(files as Record<string, string>)).toEqual(value);
    expect(mode(Object.fromEntries(Object.entries(files as Record<string, string>).reverse()))).toEqual(value);
  });

  const drop = `${etc}/10-bond0.netdev.d`;
  test.each([
    ['a drop-in says it last', { [`${drop}/50-mode.conf`]: '[Bond]\nMode=802.3ad\n' }, '802.3ad'],
    [
      'drop-ins in the order of their names',
      {
        [`${drop}/60-b.conf`]: '[Bond]\nMode=802.3ad\n',
        'run/systemd/network/10-bond0.netdev.d/50-a.conf': '[Bond]\nMode=broadcast\n',
      },
      '802.3ad',
    ],
    [
      'a drop-in in etc hides one in run',
      {
        [`${drop}/50-a.conf`]: '[Bond]\nMIIMonitorSec=1s\n',
        'run/systemd/network/10-bond0.netdev.d/50-a.conf': '[Bond]\nMode=broadcast\n',
      },
      'balance-rr',
    ],
    ['a drop-in of another file', { [`${etc}/10-bond.netdev.d/50-a.conf`]: '[Bond]\nMode=broadcast\n' }, 'balance-rr'],
    ['a drop-in that is no .conf', { [`${drop}/50-a.conf~`]: '[Bond]\nMode=broadcast\n' }, 'balance-rr'],
    ['a drop-in begins without a section', { [`${drop}/50-a.conf`]: 'Mode=broadcast\n' }, 'balance-rr'],
    ['a drop-in with nonsense', { [`${drop}/50-a.conf`]: '[Bond]\nMode=nonsense\n' }, { unreadable: 'nonsense' }],
    ['a drop-in gives it another name', { [`${drop}/50-a.conf`]: '[NetDev]\nName=bond1\n' }, undefined],
  ])('%s', (_, files, value) => {
    expect(mode({ [`${etc}/10-bond0.netdev`]: rr, ...files })).toEqual(value);
  });

  test('with one file that could not be had there is no report: it might outrank any other', () => {
    const had = hostText(`${etc}/10-bond0.netdev`, backup);
    for (const lost of [`${etc}/05-x.netdev`, etc, 'run/systemd/network/10-bond0.netdev.d/50-a.conf', 'oem/90.yaml']) {
      expect(hostReports('node-a', [had, failedText(lost)])).toEqual([]);
    }
    expect(hostReports('node-a', [had, failedText('ip-link.json')])).toHaveLength(1);
  });

  test('which files are its own', () => {
    expect(
      [etc, `${etc}/10-bond0.netdev`, 'run/systemd/network/x', 'usr/lib/systemd/network/x'].every(isNetworkdFile),
    ).toBe(true);
    expect(
      ['etc/systemd/networkd.conf', 'etc/netplan/x.yaml', 'systemd/network/x', 'home/etc/systemd/network/x'].some(
        isNetworkdFile,
      ),
    ).toBe(false);
  });
});

describe('what a cloud-config in /oem writes at every boot', () => {
  const main = { [`${etc}/10-bond0.netdev`]: netdev('Mode=active-backup') };
  const oem = fixture('networkd/oem/90_network.yaml');
  const may = { unreadable: '/oem/90.yaml may change it at boot' };
  const writes = { unreadable: '/oem/90.yaml writes another one at boot' };
  test.each([
    ['the same', oem, 'active-backup'],
    [
      'content before path',
      oem.replace(
        /( +)- (path: \/etc\/systemd\/network\/10-bond0.netdev)([\s\S]*?) +- content/,
        '$1- permissions: 0644$3$1  $2\n$1- content',
      ),
      'active-backup',
    ],
    ['another mode: the flip would be gone', oem.replace('Mode=active-backup', 'Mode=balance-rr'), writes],
    ['no mode', oem.replace('Mode=active-backup\n', '\n'), writes],
    [
      'the bond in a file of another name',
      oem.replace('10-bond0.netdev', '05-early.netdev').replace('Mode=active-backup', 'Mode=802.3ad'),
      writes,
    ],
    [
      'another bond',
      oem
        .replace('10-bond0.netdev', '10-bond1.netdev')
        .replace('Name=bond0', 'Name=bond1')
        .replace('active-backup', 'balance-rr'),
      'active-backup',
    ],
    ['another device into the same file', oem.replace('Name=bond0', 'Name=bond9'), writes],
    [
      'encoded content',
      oem.replace(
        '          content: |\n            [NetDev]',
        '          encoding: b64\n          content: |\n            [NetDev]',
      ),
      may,
    ],
    [
      'content on one line',
      oem.replace(/content: \|\n +\[NetDev\][\s\S]*?100ms/, 'content: "[NetDev]\\nName=bond0"'),
      may,
    ],
    ['a command', `${oem}        - sed -i s/active-backup/balance-rr/ /etc/systemd/network/10-bond0.netdev\n`, may],
    ['a drop-in', oem.replace('10-bond0.netdev', '10-bond0.netdev.d/50.conf'), may],
    ['a comment', '#cloud-config\n# 10-bond0.netdev was here\n', 'active-backup'],
    ['nothing of it', '#cloud-config\nname: ntp\n', 'active-backup'],
  ])('%s', (_, text, value) => {
    expect(mode({ ...main, 'oem/90.yaml': text })).toEqual(value);
  });

  const item = (...lines: readonly string[]): string =>
    ['stages:', '  initramfs:', '    - files:', ...lines.map((line) => `        ${line}`)].join('\n');
  const path = 'path: /etc/systemd/network/10-bond0.netdev';
  const content = (word: string): readonly string[] =>
    ['[NetDev]', 'Name=bond0', 'Kind=bond', '[Bond]', `Mode=${word}`].map((line) => `    ${line}`);
  test.each([
    [
      'content that ends with the text',
      item(`- ${path}`, '  content: |', ...content('active-backup')),
      'active-backup',
    ],
    ['content that comes first', item('- content: |', ...content('active-backup'), `  ${path}`), 'active-backup'],
    ['content of another item', item('- content: |', ...content('active-backup'), `- ${path}`), may],
    [
      'content of another map, in no list',
      item('a:', '  content: |', ...content('active-backup'), 'b:', `  ${path}`, '  content: |', ...content('802.3ad')),
      writes,
    ],
    [
      'keys below the content',
      item(`- ${path}`, '  content: |', ...content('active-backup'), '  Mode=802.3ad: x'),
      'active-backup',
    ],
  ])('%s', (_, text, value) => {
    expect(mode({ ...main, 'oem/90.yaml': text })).toEqual(value);
  });

  test('two of them must both agree', () => {
    const other = oem.replace('Mode=active-backup', 'Mode=balance-rr');
    expect(mode({ ...main, 'oem/80.yaml': oem, 'oem/90.yaml': other })).toEqual(writes);
  });
});
