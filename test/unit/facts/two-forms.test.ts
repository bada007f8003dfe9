import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { kubevirtReport } from '../../../src/facts/kubevirt.ts';
import { nodesReport } from '../../../src/facts/node.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { changed, type Loose, listed, made, shape, valueIn } from './cluster-fixtures.ts';

const group = 'kubevirt.io_v1';
const calm = ['virtualmachines', 'virtualmachineinstances', 'virtualmachineinstancemigrations', 'kubevirts'].flatMap(
  (kind) => listed(`calm/${group}_${kind}`),
);
const instance = calm.find((raw) => raw.from === 'object' && raw.object.kind === 'VirtualMachineInstance');
if (instance?.from !== 'object') throw new Error('the calm site has no instance');
const { name, namespace } = instance.object.metadata;
const id = `${namespace}/${name}`;

const worth = (raws: readonly Raw[], fact: string, of = id): unknown =>
  valueIn(kubevirtReport(clusterOf(raws)), fact, of);

describe('a guest that was seen in two forms at one moment', () => {
  const [other] = changed([instance], name, (object: Loose) => {
    object.status.phase = 'Failed';
  });
  const torn = [...calm, other as Raw];
  test('is there, but nothing of its instance is believed', () => {
    expect(worth(calm, 'vm.phase')).toBe('Running');
    for (const fact of ['vm.phase', 'vm.node', 'vm.activePods', 'vm.pausedBy', 'vm.evictionStrategy'])
      expect(worth(torn, fact), fact).toBeUndefined();
  });
});

test('a KubeVirt without a spec says nothing of what it does to guests, and nothing of migrations', () => {
  const bare = calm.map((raw): Raw => {
    if (raw.from !== 'object' || raw.object.kind !== 'KubeVirt') return raw;
    const { spec: _, ...rest } = raw.object;
    return { ...raw, object: rest as typeof raw.object };
  });
  const silent = bare.map((raw): Raw => {
    if (raw.from !== 'object' || !raw.object.kind.startsWith('VirtualMachineInstance')) return raw;
    const spec = { ...(raw.object.spec as object), evictionStrategy: undefined };
    return { ...raw, object: { ...raw.object, spec } };
  });
  expect(worth(silent, 'vm.evictionStrategy')).toBeUndefined();
  expect(worth(bare, 'site.migrationsSuspended', 'site')).toBeUndefined();
});

test('a migration in two forms may go on, or not', () => {
  const migration = { metadata: { name: 'm', namespace, uid: '1' }, spec: { vmiName: name } };
  const kind = 'kubevirt.io/v1/VirtualMachineInstanceMigration';
  const two = ['Running', 'Succeeded'].flatMap((phase) => made(kind, [{ ...migration, status: { phase } }]));
  expect(worth([...calm, ...two], 'vm.migrating')).not.toBe(false);
});

test('taints that are no list cannot be read', () => {
  const nodes = listed('calm/core_v1_nodes');
  const [first] = nodes.flatMap((raw) => (raw.from === 'object' ? [raw.object.metadata.name] : []));
  const odd = changed(nodes, first ?? '', (node: Loose) => {
    node.spec.taints = 'none';
  });
  const report = nodesReport(clusterOf(odd), shape, new Map());
  expect(valueIn(report, 'node.foreignTaints', first ?? '')).toEqual({ unreadable: 'none' });
});
