import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Around, nwctl, type Ran } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n';

/** A site whose one pack asks for a node by its name, or whose one gate looks at what a name looks like. */
async function siteThatReads(condition: string): Promise<string> {
  const site = join(folderWith(), 'site');
  await nwctl(['init', site]);
  mkdirSync(join(site, 'packs'), { recursive: true });
  const gate = `spec:\n  vocabulary: v1\n  gates:\n    first-node:\n      says: it is the first node\n      per: node\n      when: ${condition}\n`;
  writeFileSync(
    join(site, 'packs', 'named.yaml'),
    `${head}kind: RulePack\nmetadata: {name: named, version: 1.0.0}\n${gate}`,
  );
  const profile = readFileSync(join(site, 'profile.yaml'), 'utf8');
  writeFileSync(
    join(site, 'profile.yaml'),
    profile
      .replace(/ {2}parameters:\n(?: {4}.*\n)+/, '')
      .replace(/packs:\n(?: {4}-.*\n?)+/, 'packs:\n    - packs/named.yaml\n'),
  );
  return site;
}

async function redact(args: readonly string[], around: Around = {}): Promise<Ran & { readonly file: string }> {
  const file = join(folderWith(), 'out.ndjson.gz');
  return { ...(await nwctl(['redact', ...args, '-o', file], around)), file };
}

function linesOf(file: string): string {
  return gunzipSync(readFileSync(file)).toString('utf8');
}

describe('a rule that reads a name', () => {
  const condition = '{fact: node.name, operator: equal, value: node-a}';

  test('is named with its line, and nothing is written', async () => {
    const { code, err, file } = await redact(['captures/calm', '-p', await siteThatReads(condition)]);
    expect(code).toBe(3);
    expect(err).toMatch(/named\.yaml:10:\d+: gate first-node compares node\.name with `node-a`/);
    expect(err).toContain('--keep node-a');
    expect(err).toContain('nwctl explain REDACT_READS_NAME');
    expect(existsSync(file)).toBe(false);
  });

  test('in a list too', async () => {
    const site = await siteThatReads('{fact: node.name, operator: in, value: [node-b, elsewhere]}');
    const { code, err } = await redact(['captures/calm', '-p', site]);
    expect([code, err.includes('`node-b`'), err.includes('`elsewhere`')]).toEqual([3, true, false]);
  });

  test('--keep leaves that name, says so, and replaces the others', async () => {
    const { code, err, file } = await redact([
      'captures/calm',
      '-p',
      await siteThatReads(condition),
      '--keep',
      'node-a',
    ]);
    expect([code, err.includes('because you said --keep: node-a')]).toEqual([0, true]);
    const text = linesOf(file);
    expect([text.includes('node-a'), text.includes('node-b'), text.includes('node-c')]).toEqual([true, false, false]);
  });
});

describe('a name that is a word of some software as well', () => {
  /** A node that is called like a mode of bonds. */
  const files = (): string => {
    const calm = (path: string): string =>
      readFileSync(join('captures/calm', path), 'utf8').replaceAll('node-a', 'active-backup');
    const hosts = readdirSync('captures/calm/hosts/node-a', { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join('captures/calm/hosts/node-a', path)).isFile())
      .map((path) => [`hosts/active-backup/${path}`, calm(`hosts/node-a/${path}`)]);
    return folderWith(Object.fromEntries([...hosts, ['kubernetes/nodes.json', calm('kubernetes/nodes.json')]]));
  };

  test('changes what is decided: the rule is named, and nothing is written', async () => {
    const { code, err, file } = await redact([files(), '-p', 'profiles/three-node']);
    expect([code, existsSync(file)]).toEqual([3, false]);
    expect(err).toMatch(/storage-network\.yaml:\d+:\d+: gate bond-in-mode of active-backup\/bond1 would say/);
    expect(err).toContain('explain REDACT_CHANGED');
  });

  test('may stay', async () => {
    const { code, err } = await redact([files(), '-p', 'profiles/three-node', '--keep', 'active-backup']);
    expect([code, err.includes('because you said --keep: active-backup')]).toEqual([0, true]);
  });
});

describe('what is written', () => {
  test('without -o nothing, and the proof is told all the same', async () => {
    const root = folderWith();
    const { code, err, out } = await nwctl(['redact', 'captures/calm', '-p', 'profiles/three-node'], {});
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/proved by three-node 1\.0\.0: \d{3} verdicts/);
    expect(readdirSync(root)).toEqual([]);
  });

  test('the mapping only when it is asked for, for its owner only, and never over what is there', async () => {
    const mapping = join(folderWith(), 'names.json');
    const args = ['captures/calm', '-p', 'profiles/three-node', '--seed', '3', '--mapping', mapping];
    const { code, file } = await redact(args);
    expect([code, statSync(mapping).mode & 0o777]).toEqual([0, 0o600]);
    validates('redaction', readFileSync(mapping, 'utf8'));
    const { names } = JSON.parse(readFileSync(mapping, 'utf8')) as { names: Record<string, string> };
    expect(linesOf(file)).toContain(`"node":"${names['node-a']}"`);
    const again = await redact(args);
    expect(again.code).not.toBe(0);
    expect(existsSync(again.file)).toBe(false);
  });

  test('nothing when it is interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    const file = join(folderWith(), 'out.ndjson.gz');
    const ran = await nwctl(['redact', 'captures/calm', '-p', 'profiles/three-node', '-o', file], {
      interrupted: stop.signal,
    });
    expect([ran.code, existsSync(file)]).toEqual([130, false]);
  });

  test('names keep their order, so that whoever goes through them goes the same way', async () => {
    const mapping = join(folderWith(), 'names.json');
    await redact(['captures/calm', '-p', 'profiles/three-node', '--seed', '11', '--mapping', mapping]);
    const { names } = JSON.parse(readFileSync(mapping, 'utf8')) as { names: Record<string, string> };
    const of = (first: string): readonly string[] =>
      Object.keys(names)
        .filter((name) => names[name]?.startsWith(first))
        .sort()
        .map((name) => names[name] ?? '');
    for (const [first, atLeast] of [
      ['n', 3],
      ['x', 20],
    ] as const) {
      expect(of(first).length).toBeGreaterThanOrEqual(atLeast);
      expect(of(first)).toEqual([...of(first)].sort());
    }
  });

  test.each([
    [['captures/none'], 2],
    [['captures/calm', '-p', 'profiles/none'], 2],
    [['captures/calm', '-o', '-'], 2],
  ] as const)('%j is refused', async (args, code) => {
    const ran = await nwctl(['redact', ...args]);
    expect([ran.code, ran.out]).toEqual([code, '']);
  });
});

describe('what a site writes into its files', () => {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'edge-7', uid: '0b1c9d2e-1111-4222-8333-444455556666' },
  };
  const files = {
    'kubernetes/nodes.json': JSON.stringify({
      apiVersion: 'v1',
      kind: 'NodeList',
      items: [
        {
          ...node,
          metadata: {
            ...node.metadata,
            labels: { 'acme.com/rack': 'row-12', 'kubernetes.io/os': 'linux' },
            annotations: { 'acme.com/owner': 'jane.doe@acme.com' },
          },
          spec: { providerID: 'k3s://edge-7' },
          status: { addresses: [{ type: 'InternalIP', address: 'fd00:1:2::7' }], nodeInfo: { osImage: 'Acme OS 3' } },
        },
      ],
    }),
    'hosts/edge-7/oem/90-acme.yaml':
      '#cloud-config\nhostname: edge-7.plant.acme.com\nusers:\n- name: jane\n  ssh_authorized_keys:\n  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcmeAcmeAcmeAcmeAcme jane@laptop\nwrite_files:\n- path: /etc/hosts\n  content: |\n    10.20.30.40 edge-7 registry.acme.com\n    fe80::5054:ff:fe12:3456%eno3 peer\n    http://proxy.acme.com:3128/\n',
    'hosts/edge-7/proc/net/bonding/bond1':
      'Ethernet Channel Bonding Driver: v6.1\n\nBonding Mode: fault-tolerance (active-backup)\nMII Status: up\n\nSlave Interface: enx525400aabbcc\nMII Status: up\nPermanent HW addr: 52:54:00:aa:bb:cc\nPartner Mac Address: 00:00:00:00:00:00\n',
    'hosts/edge-7/etc/systemd/network/10-bond1.network':
      '[Match]\nName=bond1\n\n[Network]\nDescription=uplink to rack 12\nAddress=10.20.30.40/24\nGateway=10.20.30.1\n',
  };
  const secrets = [
    ...['edge-7', 'acme.com', 'Acme OS', 'row-12', 'jane@', 'jane.doe', 'laptop', 'AAAAC3', 'rack 12', 'proxy'],
    ...['10.20.30.40', '10.20.30.1', 'fd00:1:2::7', 'fe80::5054', '52:54:00:aa:bb:cc', '525400aabbcc', '0b1c9d2e'],
  ];

  test('goes: hosts, keys, addresses of every kind, labels, notes; what is no name stays', async () => {
    const { code, err, file } = await redact([folderWith(files), '-p', 'profiles/three-node', '--seed', '1']);
    expect([code, err.includes('error')], err).toEqual([0, false]);
    const text = linesOf(file);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    for (const stays of [
      'MII Status: up',
      'active-backup',
      '00:00:00:00:00:00',
      'Name=bond1',
      '/24',
      '"kubernetes.io/os":"linux"',
    ])
      expect(text).toContain(stays);
    const [mine = '', twice = ''] = [...text.matchAll(/(2\d\d\.\d+\.\d+\.\d+)/g)].map(([found]) => found);
    expect([mine.startsWith('24') || mine.startsWith('25'), text.split(mine).length - 1]).toEqual([
      true,
      twice === '' ? 1 : 2,
    ]);
  });
});
