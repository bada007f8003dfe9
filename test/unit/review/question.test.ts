import { describe, expect, test } from 'vitest';
import { diskFrom, folderOf } from '../../../src/console/disk.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { questionOf } from '../../../src/review/ask/question.ts';
import { textOf } from '../../../src/review/meaning.ts';
import { readSide } from '../../../src/review/side.ts';

const { folder, file } = folderOf(diskFrom('src'), 'profiles/three-node');
const read = readSide('profiles/three-node', folder, file, vocabulary);
if (!read.ok) throw new Error(read.faults[0]?.message);
const side = read.value;

function understood(text: string): string {
  const question = questionOf({ file: 'question', text }, side);
  if (!question.ok) return question.faults.map(({ at, message }) => `${at.col}: ${message}`).join('\n');
  const { gates, condition, claim } = question.value;
  const asked = gates.map(({ pack, gate, is }) => `${pack}/${gate.name} ${is}`).join(' and ');
  return `${claim.per}: ${asked}${condition === undefined ? '' : ` while ${textOf(condition)}`}`;
}

/** A condition of a node's gate, as it was understood. */
function whileNode(condition: string): string {
  return understood(`node-may-restart open while ${condition}`).replace(
    'node: storage-safety/node-may-restart open while ',
    '',
  );
}

describe('a question names gates', () => {
  test.each([
    ['node-may-restart open', 'node: storage-safety/node-may-restart open'],
    ['storage-safety/node-may-restart closed', 'node: storage-safety/node-may-restart closed'],
    ['node-may-restart unknown', 'node: storage-safety/node-may-restart unknown'],
    ['  node-may-restart   not   open  ', 'node: storage-safety/node-may-restart not open'],
    ['storage-network-agrees open', 'site: storage-network/storage-network-agrees open'],
    [
      'storage-network-agrees open and node-may-restart closed',
      'node: storage-network/storage-network-agrees open and storage-safety/node-may-restart closed',
    ],
  ])('%s', (text, meant) => {
    expect(understood(text)).toBe(meant);
  });
});

describe('what stands behind `while` is a condition', () => {
  test.each([
    ['any vm.migrating', 'some vm: vm.migrating = true'],
    ['some vm.migrating is true', 'some vm: vm.migrating = true'],
    ['every node.ready', 'every node: node.ready = true'],
    ['all node.ready = false', 'every node: node.ready = false'],
    ['no vm.migrating', 'none vm: vm.migrating = true'],
    ['none vm: vm.migrating', 'none vm: vm.migrating = true'],
    ['at least 2 vms: vm.migrating', 'at least 2 vm: vm.migrating = true'],
    ['at most 1 vm.migrating', 'at most 1 vm: vm.migrating = true'],
    ['node.ready', 'node.ready = true'],
    ['not node.ready', 'not node.ready = true'],
    ['node.ready is unknown', 'node.ready is unknown'],
    ['node.ready is not unknown', 'not (node.ready is unknown)'],
    ['node.drbdVersion < 9.2.14', 'node.drbdVersion < 9.2.14'],
    ['node.heartbeatAge >= 1m30s', 'node.heartbeatAge >= 1m30s'],
    ['node.heartbeatAge ≥ 90s', 'node.heartbeatAge >= 1m30s'],
    ['any vm.node is nobody', 'some vm: vm.node = nobody'],
    ['any vm.node != "a b"', 'some vm: vm.node ≠ a b'],
    ['any vm.node = node.name', 'some vm: vm.node = node.name'],
    ['param.virtualMachines', 'param.virtualMachines = true'],
    ['any replica.disk in [UpToDate, Diskless]', 'some replica: replica.disk in [UpToDate, Diskless]'],
    ['any replica.disk is not in [UpToDate]', 'some replica: replica.disk not in [UpToDate]'],
    ['node.satelliteFlags = []', 'node.satelliteFlags = []'],
    ['node.satelliteFlags does not contain EVICTED', 'node.satelliteFlags does not contain EVICTED'],
    ['no-migration and not site-answers', 'no-migration and not site-answers'],
    [
      'node.ready or node.ready is unknown and no-migration',
      'node.ready = true or ((node.ready is unknown) and no-migration)',
    ],
    ['(node.ready or no-migration) and no-snapshot', '(node.ready = true or no-migration) and no-snapshot'],
    [
      'every replica of the node where replica.disk = UpToDate: replica.quorumWithoutNode, open over nobody',
      'every replica of the node where replica.disk = UpToDate: replica.quorumWithoutNode = true, open over nobody',
    ],
    [
      'any volume: (some replica of the volume except those of the node: replica.disk = UpToDate)',
      'some volume: (some replica of the volume except those of the node: replica.disk = UpToDate)',
    ],
    [
      'any volume: every replica of the volume and node: replica.disk = UpToDate',
      'some volume: (every replica of the volume and node: replica.disk = UpToDate)',
    ],
    [
      'any volume: every replica of the site: replica.disk = UpToDate',
      'some volume: (every replica: replica.disk = UpToDate)',
    ],
    ['every bond: bond.mode = active-backup (param.bondMode)', 'every bond: bond.mode = active-backup'],
  ])('%s', (text, meant) => {
    expect(whileNode(text)).toBe(meant);
  });
});

describe('a word that is wrong is named, with its column and the likely one', () => {
  test.each([
    ['node-may-restrt open', 1, 'ASK_UNKNOWN_NAME', 'did you mean `node-may-restart`?'],
    ['storage-safty/node-may-restart open', 1, 'ASK_UNKNOWN_NAME', 'did you mean `node-may-restart`?'],
    ['silent-node open', 1, 'ASK_UNKNOWN_NAME', 'it is a finding, which holds nothing'],
    ['node-may-restart open and storage-network-agree closed', 27, 'ASK_UNKNOWN_NAME', '`storage-network-agrees`'],
    ['node-may-restart open and replica-may-be-removed open', 27, 'PACK_OUT_OF_SCOPE', 'of a node, or of the site'],
    ['node-may-restart open while any vm.migratin', 33, 'PACK_UNKNOWN_FACT', 'did you mean `vm.migrating`?'],
    [
      'node-may-restart open while vm.migrating',
      29,
      'PACK_OUT_OF_SCOPE',
      'write `any vm.migrating` or `every vm.migrating`',
    ],
    ['node-may-restart open while no-migratio', 29, 'ASK_UNKNOWN_NAME', 'did you mean `no-migration`?'],
    ['node-may-restart open while migrating', 29, 'ASK_UNKNOWN_NAME', 'did you mean `vm.migrating`?'],
    ['node-may-restart open while any vmm: vm.migrating', 33, 'ASK_UNKNOWN_NAME', 'did you mean `vm`?'],
    ['node-may-restart open while any replica.disk = Uptodate', 48, 'PACK_VALUE_TYPE', 'did you mean `UpToDate`?'],
    ['node-may-restart open while any replica.disk', 33, 'PACK_VALUE_TYPE', 'say what it is to be'],
    ['node-may-restart open while node.heartbeatAge < 30', 49, 'PACK_VALUE_TYPE', 'write 30s, 30m or 30h'],
    ['node-may-restart open while any replica.disk < UpToDate', 46, 'PACK_OPERATOR_TYPE', 'use equal'],
    ['node-may-restart open while any bond.mode = param.bondMode', 45, 'PACK_UNKNOWN_PARAMETER', 'declare it'],
    ['node-may-restart open while param.virtualMachine', 29, 'PACK_UNKNOWN_PARAMETER', '`param.virtualMachines`'],
    [
      'node-may-restart open while any volume: any replica.disk = UpToDate',
      45,
      'PACK_OUT_OF_SCOPE',
      'replica of the volume',
    ],
    [
      'node-may-restart open while any replica of the bond: replica.disk = UpToDate',
      48,
      'PACK_OUT_OF_SCOPE',
      'it belongs to',
    ],
    [
      'node-may-restart open while any volume: any connection of the volume and replica: connection.outOfSync = 0B',
      45,
      'PACK_OUT_OF_SCOPE',
      'name all, or one',
    ],
    ['node-may-restart opn', 18, 'ASK_SYNTAX', 'did you mean `open`?'],
    ['node-may-restart open whil any vm.migrating', 23, 'ASK_SYNTAX', 'did you mean `while`?'],
    ['node-may-restart open while (node.ready', 40, 'ASK_SYNTAX', 'ask it like'],
    [`node-may-restart open while ${'('.repeat(65)}`, 93, 'ASK_SYNTAX', 'ask for less at once'],
    [`node-may-restart open while ${'x'.repeat(2_000)}`, 2_001, 'ASK_SYNTAX', 'write it as a finding of a pack'],
  ])('%.70s', (text, col, code, hint) => {
    const question = questionOf({ file: 'question', text }, side);
    expect(question.ok ? [] : question.faults.map(({ at, code: one }) => [at.file, at.col, one])).toEqual([
      ['question', col, code],
    ]);
    expect(question.ok ? '' : question.faults[0]?.hint).toContain(hint);
  });

  test.each(['can a node restart while a VM migrates?', '', 'node-may-restart open while any vm is migrating'])(
    '«%s» hears two questions of this profile',
    (text) => {
      const question = questionOf({ file: 'question', text }, side);
      expect(question.ok ? '' : question.faults[0]?.hint).toBe(
        'ask it like `node-may-restart open while any vm.migrating` or `node-may-restart closed while every node.ready and not any vm.migrating`',
      );
    },
  );

  test('and those examples can be asked', () => {
    expect(understood('node-may-restart closed while every node.ready and not any vm.migrating')).toBe(
      'node: storage-safety/node-may-restart closed while (every node: node.ready = true) and not (some vm: vm.migrating = true)',
    );
  });
});
