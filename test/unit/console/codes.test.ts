import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Around, nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

const site = ['-p', 'profiles/three-node', '-c', 'captures/calm'];
const untested = `${folderWith()}/my-site`;
const configured = (text: string): Around => ({ cwd: folderWith({ 'nodewright.yaml': text }) });

const list = (kind: string): string => JSON.stringify({ apiVersion: 'kubevirt.io/v1', kind: `${kind}List`, items: [] });
/** A site without a single VM, and a gate of VMs: all of nobody is not open. */
const vmGate = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RulePack
metadata: {name: vms, version: 1.0.0}
spec:
  vocabulary: v1
  gates:
    vm-may-start:
      says: its disks are here
      per: vm
      when: {fact: vm.migratable, operator: equal, value: true}
`;
const ownProfile = readFileSync('profiles/single-node/profile.yaml', 'utf8')
  .replace('../packs/storage-safety.yaml', 'packs/vms.yaml')
  .replace(/parameters:.*(?=packs:)/s, '');
const empty = [
  '--insecure-unsigned',
  '-p',
  folderWith({ 'profile.yaml': ownProfile, 'packs/vms.yaml': vmGate }),
  '-c',
  folderWith({
    'vms.json': list('VirtualMachine'),
    'vmis.json': list('VirtualMachineInstance'),
    'pods.json': '{"apiVersion":"v1","kind":"PodList","items":[]}',
  }),
];

/** What is typed, where, and what is told: code, exit, and words of the sentence. */
const told: readonly (readonly [string, readonly string[], Around, string, number, string])[] = [
  ['no test in a profile', ['test', untested], {}, 'TEST_NONE', 3, 'no test was found'],
  ['no test by that name', ['test', 'profiles/three-node', '--run', 'nothing-so-called'], {}, 'TEST_NONE', 3, '--run'],
  ['no test, for advisory use', ['test', untested, '--exit-zero'], {}, 'TEST_NONE', 0, 'no test was found'],
  ['a gate', ['eval', ...site, '--gate', 'no-such'], {}, 'ASK_UNKNOWN_NAME', 2, 'no gate `no-such`'],
  ['an object', ['why', 'bond-in-mode', 'node-z/bond1', ...site], {}, 'ASK_UNKNOWN_NAME', 2, '`node-z/bond1`'],
  ['no object', ['eval', ...site, '--gate', 'node-may-restart/'], {}, 'ASK_UNKNOWN_NAME', 2, 'leave the `/` out'],
  ['no object, in two words', ['why', 'bond-in-mode', '', ...site], {}, 'ASK_UNKNOWN_NAME', 2, 'leave the `/` out'],
  ['a finding', ['eval', ...site, '--gate', 'quorum-lost'], {}, 'ASK_UNKNOWN_NAME', 2, 'ask `why quorum-lost`'],
  ['of nobody', ['eval', ...empty, '--gate', 'vm-may-start'], {}, 'ASK_UNKNOWN_NAME', 2, 'there is no vm at all'],
  ['of nobody, why', ['why', 'vm-may-start', ...empty], {}, 'ASK_UNKNOWN_NAME', 2, 'there is no vm at all'],
  [
    'the folder above',
    ['eval', '-p', 'profiles', ...site.slice(2)],
    {},
    'FILE_MISSING',
    2,
    'in it: profiles/single-node, ',
  ],
  [
    'of captures too',
    ['eval', ...site.slice(0, 2), '-c', 'captures'],
    {},
    'CAPTURE_FORMAT',
    2,
    'name one of them: `calm`, ',
  ],
  ['a folder of neither', ['eval', '-p', 'docs', ...site.slice(2)], {}, 'FILE_MISSING', 2, 'does not exist; undefined'],
  ['no file', ['capture', 'pack', 'captures/calm', '-o', '-'], {}, 'USAGE', 2, '/dev/stdout'],
  ['a fact', ['facts', 'bond.mod', ...site], {}, 'ASK_UNKNOWN_NAME', 2, 'did you mean `bond.mode`?'],
  ['an object’s fact', ['facts', 'bond.mode/node-z/bond1', ...site], {}, 'ASK_UNKNOWN_NAME', 2, 'no bond called'],
  ['a code', ['explain', 'PACK_CYCEL'], {}, 'ASK_UNKNOWN_NAME', 2, 'did you mean `PACK_CYCLE`?'],
  ['a shipped profile', ['init', '/nowhere/x', '--like', 'x'], {}, 'ASK_UNKNOWN_NAME', 2, 'no shipped profile `x`'],
  ['a file’s unknown setting', ['version'], configured('colour: never\n'), 'CONFIG_INVALID', 2, '`colour`'],
  ['a file’s wrong value', ['version'], configured('color: blue\n'), 'CONFIG_INVALID', 2, '`blue`'],
  ['a file’s list', ['version'], configured('color: [never]\n'), 'CONFIG_INVALID', 2, 'must be one value'],
  ['a file that is a list', ['version'], configured('- never\n'), 'CONFIG_INVALID', 2, 'must be a mapping'],
  ['a variable', ['version'], { env: { NW_COLOR: 'blue' } }, 'CONFIG_INVALID', 2, 'NW_COLOR is `blue`'],
  ['the same as a flag', ['version', '--color', 'blue'], {}, 'USAGE', 2, '--color is `blue`'],
];

describe('what is told bears a code that `nwctl explain` knows', () => {
  beforeAll(async () => {
    expect((await nwctl(['init', untested])).code).toBe(0);
  });

  test.each(told)('%s', async (_, args, around, code, exit, says) => {
    const ran = await nwctl([...args, '--log-format', 'json'], around);
    const lines = ran.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; code?: string; message: string; hint?: string });
    const faults = lines.filter(({ level }) => level === 'error');
    expect({ exit: ran.code, out: ran.out, codes: faults.map((one) => one.code) }).toEqual({
      exit,
      out: '',
      codes: [code],
    });
    expect(`${faults[0]?.message}; ${faults[0]?.hint}`).toContain(says);
    expect((await nwctl(['explain', code])).code).toBe(0);
  });
});

test('where no gate is about anybody, nothing is open', async () => {
  const { code, out } = await nwctl(['eval', ...empty]);
  expect(code).toBe(4);
  expect(out).toContain('none is about anybody who is here');
});
