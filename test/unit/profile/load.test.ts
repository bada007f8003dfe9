import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { bundleText } from '../../../src/profile/document.ts';
import { type FolderPort, resolvePath } from '../../../src/profile/folder.ts';
import { type LoadedDraft, loadDraft } from '../../../src/profile/load.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'profiles');

/** A folder in memory. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): FolderPort {
  const held = new Map(Object.entries(files));
  return {
    nameOf: (path) => `site/${path}`,
    read: (path) => {
      const content = held.get(path);
      if (content === undefined) return { code: 'FILE_MISSING', message: `there is no file \`${path}\`` };
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}

function fixture(path: string): string {
  return readFileSync(join(fixtures, path), 'utf8');
}

const threeNode = {
  'three-node/profile.yaml': fixture('three-node/profile.yaml'),
  'three-node/packs/storage-safety.yaml': fixture('three-node/packs/storage-safety.yaml'),
  'three-node/packs/bond-flip.yaml': fixture('three-node/packs/bond-flip.yaml'),
};

function load(files: Readonly<Record<string, string | Uint8Array>>, path = 'three-node/profile.yaml') {
  return loadDraft(folderOf(files), path, vocabulary);
}

function loaded(files: Readonly<Record<string, string | Uint8Array>>, path?: string): LoadedDraft {
  const result = load(files, path);
  if (!result.ok)
    throw new Error(result.faults.map(({ at, message }) => `${at.file}:${at.line} ${message}`).join('\n'));
  return result.value;
}

function faultsOf(files: Readonly<Record<string, string | Uint8Array>>): readonly string[] {
  const result = load(files);
  return result.ok ? [] : result.faults.map(({ at, code, message }) => `${at.file}:${at.line} ${code} ${message}`);
}

function changed(from: string | RegExp, to: string): Readonly<Record<string, string>> {
  const text = threeNode['three-node/profile.yaml'].replace(from, to);
  expect(text).not.toBe(threeNode['three-node/profile.yaml']);
  return { ...threeNode, 'three-node/profile.yaml': text };
}

describe('the three-node example', () => {
  test('loads: its shape, its capabilities, its packs with the parameters put in', () => {
    const { profile, files } = loaded(threeNode);
    expect(profile).toMatchObject({ name: 'three-node', version: '1.0.0', signed: { kind: 'unsigned' } });
    expect(profile.shape).toEqual({
      nodes: { atLeast: 1, atMost: 3, matchLabels: { 'node-role.kubernetes.io/control-plane': '' } },
      storageBond: { name: 'bond1', members: ['eno3', 'eno4'], mtu: 9000 },
      backend: 'piraeus',
      storageNamespace: 'piraeus-system',
      storagePool: 'thinpool',
      storageClasses: ['linstor-lvm-storage'],
      os: 'kairos',
      lock: { lease: { namespace: 'nodewright-system', name: 'site-lock' } },
      legacy: {
        namespace: 'kube-system',
        daemonSet: 'vx-rail-node-init',
        state: { configMap: 'vx-rail-upgrade-state', key: 'state' },
        heartbeats: { configMap: 'vx-rail-heartbeats' },
        states: { IDLE: 'Idle', PRECHECK: 'PreconditionsCheck' },
      },
    });
    expect(profile.capabilities).toContain('SupportsReplication');
    expect(profile.packs.map(({ name, file }) => [name, file])).toEqual([
      ['storage-safety', 'site/three-node/packs/storage-safety.yaml'],
      ['bond-flip', 'site/three-node/packs/bond-flip.yaml'],
    ]);
    expect(profile.packs[0]?.parameters.get('heartbeat')).toMatchObject({ value: 30_000, from: 'profile' });
    expect(files).toHaveLength(3);
  });

  test('may name Leases as locks, and as whom the DaemonSet writes Events', () => {
    const named = changed(
      /^ {2}legacy:.*\n/m,
      '  legacy:\n    lease: {name: vx-rail-lock}\n    events: {reporter: vx-rail/node-init}\n',
    );
    expect(loaded(named).profile.shape).toMatchObject({
      lock: { lease: { namespace: 'nodewright-system', name: 'site-lock' } },
      legacy: { namespace: 'kube-system', lease: { name: 'vx-rail-lock' }, events: { reporter: 'vx-rail/node-init' } },
    });
  });

  test('has the same digest wherever its files stand and however they are laid out', () => {
    const shared = {
      'a/b/profile.yaml': threeNode['three-node/profile.yaml'].replaceAll('packs/', '../../shared/'),
      'shared/storage-safety.yaml': `# moved\n${threeNode['three-node/packs/storage-safety.yaml']}`,
      'shared/bond-flip.yaml': threeNode['three-node/packs/bond-flip.yaml'],
    };
    expect(loaded(shared, 'a/b/profile.yaml').profile.digest).toBe(loaded(threeNode).profile.digest);
    expect(loaded(changed('heartbeat: 30s', 'heartbeat: 31s')).profile.digest).not.toBe(
      loaded(threeNode).profile.digest,
    );
  });

  test('built into one document it is the same profile, and builds to the same bytes', () => {
    const first = loaded(threeNode);
    const text = bundleText(first.bundle);
    const second = loaded({ 'site.json': text }, 'site.json');
    expect(second.profile.digest).toBe(first.profile.digest);
    expect(second.profile.packs.map(({ digest }) => digest)).toEqual(first.profile.packs.map(({ digest }) => digest));
    expect(second.profile.shape).toEqual(first.profile.shape);
    expect(bundleText(second.bundle)).toBe(text);
  });
});

describe('a built document', () => {
  const text = bundleText(loaded(threeNode).bundle);

  test.each([
    ['of another vocabulary', text.replace('"vocabulary":"v1"}', '"vocabulary":"v9"}'), /PACK_VOCABULARY/],
    [
      'that names other packs than it holds',
      text.replace('"packs":["storage-safety","bond-flip"]', '"packs":["storage-safety","other"]'),
      /PROFILE_PACK/,
    ],
    [
      'without its packs',
      text.replace('"kind":"EdgeProfileBundle","packs"', '"kind":"EdgeProfileBundle","pax"'),
      /SHAPE_INVALID/,
    ],
    ['cut off', text.slice(0, -40), /YAML_SYNTAX/],
    ['with a mistake in a pack', text.replace('"fact":"bond.mode"', '"fact":"bond.moode"'), /PACK_UNKNOWN_FACT/],
  ])('%s is refused', (_, changedText, fault) => {
    expect(changedText).not.toBe(text);
    const result = load({ 'site.json': changedText }, 'site.json');
    expect(result.ok ? '' : result.faults.map(({ code }) => code).join(' ')).toMatch(fault);
  });
});

describe('a profile is refused, with every reason', () => {
  const profile = 'site/three-node/profile.yaml';
  test.each([
    [
      'a pack that is not there',
      changed('packs/bond-flip.yaml', 'packs/bond-flop.yaml'),
      [`${profile}:20 FILE_MISSING there is no file \`three-node/packs/bond-flop.yaml\``],
    ],
    [
      'a pack named twice',
      changed('packs/bond-flip.yaml', 'packs/../packs/storage-safety.yaml'),
      [
        `${profile}:20 SHAPE_INVALID \`packs/../packs/storage-safety.yaml\` is no path`,
        `${profile}:20 PROFILE_PACK \`packs/../packs/storage-safety.yaml\` is named here twice`,
      ],
    ],
    [
      'a pack outside of the root',
      changed('packs/bond-flip.yaml', '../../bond-flip.yaml'),
      [`${profile}:20 PROFILE_PACK \`../../bond-flip.yaml\` leaves the folder that holds the profiles`],
    ],
    [
      'a parameter that is missing',
      changed(/ {4}targetBondMode.*\n/, ''),
      [
        `${profile}:17 PROFILE_PARAMETER pack \`bond-flip\` needs the parameter \`targetBondMode\`: the mode every storage bond ends in`,
      ],
    ],
    [
      'a parameter out of bounds',
      changed('heartbeat: 30s', 'heartbeat: 1s'),
      [`${profile}:18 PROFILE_PARAMETER in pack \`storage-safety\`, \`heartbeat\` is at least 5s, and this is 1s`],
    ],
    [
      'a lock without a name',
      changed(', name: site-lock', ''),
      [`${profile}:21 SHAPE_INVALID \`lease\` has no \`name\``],
    ],
    [
      'a reporter that is none',
      changed('    heartbeats:', '    events: {reporter: "vx rail"}\n    heartbeats:'),
      [`${profile}:15 SHAPE_INVALID \`vx rail\` is no reporter of Events`],
    ],
    [
      'a legacy word that we do not have',
      changed('IDLE: Idle', 'IDLE: Idel'),
      [`${profile}:16 PROFILE_LEGACY_STATE \`Idel\` is no state in our words`],
    ],
    [
      'a topology that contradicts itself',
      changed('atLeast: 1, atMost: 3', 'atLeast: 3, atMost: 1'),
      [`${profile}:7 PROFILE_TOPOLOGY \`atMost\` is 1, below \`atLeast\`, which is 3`],
    ],
    [
      'a workflow, and no lock that keeps another one out',
      changed(/ {2}lock: .*\n$/, ''),
      [`${profile}:20 PROFILE_LOCK pack \`bond-flip\` drives BondModeFlipPlan, and this profile names no site lock`],
    ],
    [
      'a backend that we do not know',
      changed('backend: piraeus', 'backend: ceph'),
      [`${profile}:9 SHAPE_INVALID \`ceph\` is no backend`],
    ],
    [
      'no packs',
      changed(/packs: .*/, 'packs: []'),
      [
        `${profile}:20 SHAPE_INVALID \`packs\` is empty`,
        `${profile}:18 PACK_UNKNOWN_PARAMETER no pack declares the parameter \`heartbeat\``,
        `${profile}:19 PACK_UNKNOWN_PARAMETER no pack declares the parameter \`targetBondMode\``,
      ],
    ],
  ])('%s', (_, files, faults) => {
    expect([...faultsOf(files)].sort()).toEqual([...faults].sort());
  });

  test('what its backend cannot do, at the place in the pack that needs it', () => {
    const needing = threeNode['three-node/packs/bond-flip.yaml'].replace(
      '  drives:',
      '  requires: [SupportsReplication]\n  drives:',
    );
    const files = { ...changed('backend: piraeus', 'backend: local-path'), 'three-node/packs/bond-flip.yaml': needing };
    expect(faultsOf(files)).toEqual([
      'site/three-node/packs/bond-flip.yaml:6 PACK_CAPABILITY pack `bond-flip` needs SupportsReplication, which the profile’s storage backend does not have',
    ]);
  });

  test('faults of the profile and of all its packs come together', () => {
    const files = {
      ...changed('os: kairos', 'os: windows'),
      'three-node/packs/storage-safety.yaml': threeNode['three-node/packs/storage-safety.yaml'].replace(
        'connection.outOfSync',
        'connection.outOfSynch',
      ),
      'three-node/packs/bond-flip.yaml': new Uint8Array([0xff, 0xfe, 0x61, 0x00]),
    };
    expect(faultsOf(files).map((fault) => fault.split(' ').slice(0, 2).join(' '))).toEqual([
      'site/three-node/profile.yaml:10 SHAPE_INVALID',
      'site/three-node/packs/storage-safety.yaml:16 PACK_UNKNOWN_FACT',
      'site/three-node/packs/bond-flip.yaml:1 FILE_NOT_UTF8',
    ]);
  });
});

test.each([
  ['three-node/profile.yaml', 'packs/a.yaml', 'three-node/packs/a.yaml'],
  ['three-node/profile.yaml', '../shared/a.yaml', 'shared/a.yaml'],
  ['profile.yaml', './a.yaml', 'a.yaml'],
  ['profile.yaml', '../a.yaml', undefined],
  ['a/b/profile.yaml', '../../../a.yaml', undefined],
  ['a/profile.yaml', 'b/../../c.yaml', 'c.yaml'],
])('from %s, %s is %s', (from, path, resolved) => {
  expect(resolvePath(from, path)).toBe(resolved);
});

describe('1 MiB is enough for what a person writes', () => {
  const padding = (text: string, bytes: number): string =>
    `${text}#${'x'.repeat(bytes - Buffer.byteLength(text) - 2)}\n`;
  const mebi = 1024 * 1024;
  test.each(['three-node/profile.yaml', 'three-node/packs/bond-flip.yaml'] as const)('%s', (path) => {
    const just = { ...threeNode, [path]: padding(threeNode[path], mebi) };
    expect(faultsOf(just)).toEqual([]);
    const over = { ...threeNode, [path]: padding(threeNode[path], mebi + 1) };
    expect(faultsOf(over)).toEqual([
      `site/${path}:1 FILE_TOO_LARGE has ${mebi + 1} bytes; at most ${mebi} are read here`,
    ]);
  });
  test('a built document holds many such files', () => {
    const text = padding(bundleText(loaded(threeNode).bundle), mebi + 1);
    expect(load({ 'built.json': text }, 'built.json').ok).toBe(true);
  });
});
