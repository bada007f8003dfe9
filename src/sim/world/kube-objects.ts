import type { KubeObject } from '../../kernel/raw.ts';
import { objectOf, publish, timeText, withdraw } from './kube.ts';
import { type Host, isRunning, type Site, uuidOf, type Vm, type Volume } from './state.ts';

export const storageNamespace = 'piraeus-system';
export const className = 'linstor-lvm-storage';
const driver = 'linstor.csi.linbit.com';
const born = '2026-11-21T08:04:25Z';

function condition(type: string, status: string, reason: string, atMs: number): Readonly<Record<string, unknown>> {
  return { type, status, reason, message: reason, lastTransitionTime: timeText(atMs) };
}

/** A Node as its kubelet, and the lifecycle controller after 40 s of silence, write it. What others wrote into it stays. */
export function publishNode(site: Site, host: Host, heard: boolean): void {
  const before = objectOf(site, 'v1/Node', host.name);
  const role = { 'node-role.kubernetes.io/control-plane': 'true', 'node-role.kubernetes.io/etcd': 'true' };
  const labels = { 'kubernetes.io/hostname': host.name, 'kairos.io/boot-state': 'active', ...role };
  const spec = (before?.spec ?? { podCIDR: `10.42.${host.index}.0/24` }) as Readonly<Record<string, unknown>>;
  const words = heard ? ['False', 'True'] : ['Unknown', 'Unknown'];
  const at = sinceOf(before, words[1] ?? '') ?? site.nowMs;
  publish(site, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...(before?.metadata ?? {}),
      name: host.name,
      uid: host.uid,
      creationTimestamp: born,
      labels: { ...before?.metadata.labels, ...labels },
    },
    spec: withUnreachable(spec, !heard),
    status: {
      addresses: [{ type: 'InternalIP', address: `192.168.40.${host.index + 10}` }],
      conditions: [
        condition('MemoryPressure', words[0] ?? '', heard ? 'KubeletHasSufficientMemory' : 'NodeStatusUnknown', at),
        condition('Ready', words[1] ?? '', heard ? 'KubeletReady' : 'NodeStatusUnknown', at),
      ],
      nodeInfo: {
        bootID: host.bootId,
        machineID: uuidOf(`machine ${host.uid}`),
        kernelVersion: '6.1.0-56-amd64',
        kubeletVersion: 'v1.36.1+k3s1',
      },
    },
  });
}

function sinceOf(before: KubeObject | undefined, status: string): number | undefined {
  const conditions = (before?.status as { conditions?: readonly Record<string, string>[] } | undefined)?.conditions;
  const ready = conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === status ? Date.parse(ready.lastTransitionTime ?? '') : undefined;
}

interface Taint {
  readonly key: string;
  readonly effect: string;
}

export function taintsOf(spec: Readonly<Record<string, unknown>>): readonly Taint[] {
  return (spec.taints ?? []) as readonly Taint[];
}

function withUnreachable(spec: Readonly<Record<string, unknown>>, silent: boolean): Readonly<Record<string, unknown>> {
  const key = 'node.kubernetes.io/unreachable';
  const others = taintsOf(spec).filter((taint) => taint.key !== key);
  const own = silent ? ['NoSchedule', 'NoExecute'].map((effect) => ({ key, effect })) : [];
  return withTaints(spec, [...others, ...own]);
}

export function withTaints(
  spec: Readonly<Record<string, unknown>>,
  taints: readonly Taint[],
): Readonly<Record<string, unknown>> {
  const { taints: _, ...rest } = spec;
  return taints.length === 0 ? rest : { ...rest, taints };
}

/** A Node edited by somebody of the site itself: a taint, a cordon. */
export function editNode(
  site: Site,
  name: string,
  edit: (spec: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  annotations?: Readonly<Record<string, string>>,
): void {
  const before = objectOf(site, 'v1/Node', name);
  if (before === undefined) return;
  const spec = edit((before.spec ?? {}) as Readonly<Record<string, unknown>>);
  const metadata = annotations === undefined ? before.metadata : { ...before.metadata, annotations };
  publish(site, { ...before, metadata, spec });
}

export function publishHandler(site: Site, host: Host): void {
  const ready = isRunning(host) && !host.kubeletSilent ? 'True' : 'False';
  publish(
    site,
    pod(`virt-handler-${host.name}`, 'kubevirt', host.name, { 'kubevirt.io': 'virt-handler' }, ready, site.nowMs),
  );
}

export function publishHa(site: Site, runs: boolean): void {
  const labels = { 'app.kubernetes.io/component': 'ha-controller', 'app.kubernetes.io/instance': 'linstorcluster' };
  for (const host of site.hosts.values()) {
    const name = `ha-controller-${host.name}`;
    if (runs) publish(site, pod(name, storageNamespace, host.name, labels, 'True', 0));
    else withdraw(site, { kind: 'v1/Pod', name, namespace: storageNamespace });
  }
}

function pod(
  name: string,
  namespace: string,
  node: string,
  labels: Readonly<Record<string, string>>,
  ready: string,
  atMs: number,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: uuidOf(`pod ${namespace} ${name}`), creationTimestamp: born, labels },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready, lastTransitionTime: timeText(atMs) }] },
  };
}

/** The class that the driver takes new volumes from. */
export function storageClass(place: number): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: className, uid: uuidOf(`class ${className}`), creationTimestamp: born },
    provisioner: driver,
    parameters: { placementCount: String(place), resourceGroup: 'lvm', storagePool: 'lvm-thin' },
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
  };
}

export function publishVolume(site: Site, volume: Volume, shared: boolean): void {
  const claim = `claim-${volume.name}`;
  const modes = [shared ? 'ReadWriteMany' : 'ReadWriteOnce'];
  const storage = `${volume.sizeKib}Ki`;
  const uid = uuidOf(`claim ${volume.name}`);
  const common = { storageClassName: className, volumeMode: 'Block', accessModes: modes };
  publish(site, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volume.name, uid: uuidOf(`pv ${volume.name}`), creationTimestamp: born },
    spec: {
      ...common,
      capacity: { storage },
      csi: { driver, volumeHandle: volume.name },
      claimRef: { kind: 'PersistentVolumeClaim', namespace: 'vms', name: claim, uid, apiVersion: 'v1' },
      persistentVolumeReclaimPolicy: 'Retain',
    },
    status: { phase: 'Bound' },
  });
  publish(site, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim, namespace: 'vms', uid, creationTimestamp: born },
    spec: { ...common, resources: { requests: { storage } }, volumeName: volume.name },
    status: { phase: 'Bound', accessModes: modes, capacity: { storage } },
  });
}

export function publishVm(site: Site, vm: Vm): void {
  const { namespace, name, node } = vm;
  const spec = {
    evictionStrategy: vm.shared ? 'LiveMigrate' : 'None',
    domain: { devices: {} },
    volumes: [{ name: 'rootdisk', persistentVolumeClaim: { claimName: `claim-${vm.volume}` } }],
  };
  const at = timeText(vm.since);
  const conditions = [
    { type: 'Ready', status: 'True', lastTransitionTime: at },
    {
      type: 'LiveMigratable',
      status: vm.shared ? 'True' : 'False',
      ...(vm.shared ? {} : { reason: 'DisksNotLiveMigratable' }),
    },
  ];
  const lives = node !== undefined;
  const printed = lives
    ? vm.migration?.phase === 'Running'
      ? 'Migrating'
      : 'Running'
    : vm.wanted
      ? 'Starting'
      : 'Stopped';
  const uid = uuidOf(`vm ${namespace} ${name}`);
  publish(site, {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace, uid, creationTimestamp: born },
    spec: { runStrategy: vm.wanted ? 'Always' : 'Halted', template: { spec } },
    status: {
      ...(lives ? { created: true, ready: true } : {}),
      printableStatus: printed,
      runStrategy: vm.wanted ? 'Always' : 'Halted',
    },
  });
  publishInstance(site, vm, spec, conditions);
  publishAttachment(site, vm);
}

function publishInstance(
  site: Site,
  vm: Vm,
  spec: Readonly<Record<string, unknown>>,
  conditions: readonly unknown[],
): void {
  const { namespace, name, node, migration } = vm;
  const machine = 'kubevirt.io/v1/VirtualMachineInstance';
  const moves = migration !== undefined && (migration.phase === 'Running' || migration.phase === 'Scheduling');
  const target = moves ? migration.target : undefined;
  const launchers = [node, target].filter((one) => one !== undefined);
  for (const host of site.hosts.values()) {
    const pods = `virt-launcher-${name}-${host.name}`;
    const labels = { 'kubevirt.io': 'virt-launcher', 'kubevirt.io/domain': name, 'vm.kubevirt.io/name': name };
    if (launchers.includes(host.name)) publish(site, pod(pods, namespace, host.name, labels, 'True', vm.since));
    else withdraw(site, { kind: 'v1/Pod', name: pods, namespace });
  }
  if (node === undefined) {
    withdraw(site, { kind: machine, name, namespace });
    return;
  }
  const active = launchers.map((on) => [uuidOf(`pod ${namespace} virt-launcher-${name}-${on}`), on] as const);
  const state = { migrationUid: uuidOf(`vmim ${migration?.name}`), sourceNode: node, targetNode: target };
  publish(site, {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name,
      namespace,
      uid: uuidOf(`vmi ${namespace} ${name} ${vm.since}`),
      creationTimestamp: timeText(vm.since),
    },
    spec,
    status: {
      phase: 'Running',
      nodeName: node,
      activePods: Object.fromEntries(active),
      conditions,
      ...(moves ? { migrationState: { ...state, startTimestamp: timeText(vm.since) } } : {}),
    },
  });
}

function publishAttachment(site: Site, vm: Vm): void {
  const name = `csi-${uuidOf(`attachment ${vm.volume}`).replaceAll('-', '')}`;
  const kind = 'storage.k8s.io/v1/VolumeAttachment';
  if (vm.node === undefined) {
    withdraw(site, { kind, name });
    return;
  }
  publish(site, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name, uid: uuidOf(name), creationTimestamp: born },
    spec: { attacher: driver, source: { persistentVolumeName: vm.volume }, nodeName: vm.node },
    status: { attached: true },
  });
}

export function publishMigration(site: Site, vm: Vm): void {
  const { migration, namespace } = vm;
  if (migration === undefined) return;
  publish(site, {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstanceMigration',
    metadata: { name: migration.name, namespace, uid: uuidOf(`vmim ${migration.name}`), creationTimestamp: born },
    spec: { vmiName: vm.name },
    status: { phase: migration.phase },
  });
}

export function kubeVirt(): KubeObject {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: {
      name: 'kubevirt',
      namespace: 'kubevirt',
      uid: uuidOf('kubevirt'),
      creationTimestamp: born,
      generation: 1,
    },
    spec: {
      configuration: {
        evictionStrategy: 'LiveMigrate',
        migrations: { parallelMigrationsPerCluster: 5, parallelOutboundMigrationsPerNode: 2 },
        vmRolloutStrategy: 'LiveUpdate',
      },
    },
    status: { phase: 'Deployed' },
  };
}

/** Applied of the generation that the API server gave it. */
export function linstorCluster(before: KubeObject | undefined, atMs: number): KubeObject {
  const generation = Number(before?.metadata.generation ?? 1);
  const conditions = ['Applied', 'Available', 'Configured'].map((type) => ({
    ...condition(type, 'True', 'AsExpected', atMs),
    observedGeneration: generation,
  }));
  return {
    apiVersion: 'piraeus.io/v1',
    kind: 'LinstorCluster',
    metadata: before?.metadata ?? {
      name: 'linstorcluster',
      uid: uuidOf('linstorcluster'),
      creationTimestamp: born,
      generation,
    },
    spec: before?.spec ?? { linstorPassphraseSecret: 'linstor-passphrase' },
    status: { conditions },
  };
}

export function publishPiraeus(site: Site): void {
  const done = (...types: readonly string[]): readonly unknown[] =>
    types.map((type) => ({ ...condition(type, 'True', 'AsExpected', Date.parse(born)), observedGeneration: 1 }));
  for (const { name } of site.hosts.values()) {
    publish(site, {
      apiVersion: 'piraeus.io/v1',
      kind: 'LinstorSatellite',
      metadata: { name, uid: uuidOf(`ls ${name}`), creationTimestamp: born, generation: 1 },
      spec: { clusterRef: { name: 'linstorcluster' }, deletionPolicy: 'Retain' },
      status: { conditions: done('Applied', 'Available', 'Configured') },
    });
  }
  publish(site, {
    apiVersion: 'piraeus.io/v1',
    kind: 'LinstorSatelliteConfiguration',
    metadata: { name: 'host-network', uid: uuidOf('host-network'), creationTimestamp: born, generation: 1 },
    spec: { podTemplate: { spec: { hostNetwork: true } } },
    status: { conditions: done('Applied') },
  });
}
