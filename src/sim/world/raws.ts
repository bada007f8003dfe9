import type { Raw } from '../../kernel/raw.ts';
import { kindOf } from '../../kernel/raw.ts';
import { ipLinkText, procBondText } from './bond.ts';
import { versionText } from './drbd-text.ts';
import { drbdStatus, kairosText, kept } from './host.ts';
import { linstorReply } from './linstor.ts';
import { networkctlText } from './networkd.ts';
import { type Host, isRunning, type Site } from './state.ts';

/** Every kind that a capture asks for. */
export const listedKinds = [
  'coordination.k8s.io/v1/Lease',
  'events.k8s.io/v1/Event',
  'kubevirt.io/v1/KubeVirt',
  'kubevirt.io/v1/VirtualMachine',
  'kubevirt.io/v1/VirtualMachineInstance',
  'kubevirt.io/v1/VirtualMachineInstanceMigration',
  'piraeus.io/v1/LinstorCluster',
  'piraeus.io/v1/LinstorSatellite',
  'piraeus.io/v1/LinstorSatelliteConfiguration',
  'snapshot.storage.k8s.io/v1/VolumeSnapshot',
  'snapshot.storage.k8s.io/v1/VolumeSnapshotContent',
  'storage.k8s.io/v1/StorageClass',
  'storage.k8s.io/v1/VolumeAttachment',
  'v1/ConfigMap',
  'v1/Node',
  'v1/PersistentVolume',
  'v1/PersistentVolumeClaim',
  'v1/Pod',
] as const;

export const linstorPaths = [
  '/v1/nodes',
  '/v1/view/resources',
  '/v1/resource-definitions',
  '/v1/resource-groups',
  '/v1/view/storage-pools',
  '/v1/view/snapshots',
  '/v1/controller/properties',
] as const;

/** Everything, as a complete capture of this moment would hold it. */
export function rawsOf(site: Site): readonly Raw[] {
  return takeRaws(site)();
}

/** The same, taken now and laid out when somebody asks: hardly anybody does, and objects and texts never change. */
export function takeRaws(site: Site): () => readonly Raw[] {
  const at = site.nowMs;
  const objects = [...site.kube.objects.values()];
  const rest = [...linstorRaws(site), ...[...site.hosts.values()].flatMap((host) => hostRaws(site, host))];
  return () => [
    ...objects
      .sort((left, right) => (kindOf(left) < kindOf(right) ? -1 : 1))
      .map((object): Raw => ({ from: 'object', at, object })),
    ...listedKinds.map((kind): Raw => ({ from: 'list', at, kind })),
    ...rest,
  ];
}

/** LINSTOR's replies to an observer who asks now. */
export function linstorRaws(site: Site): readonly Raw[] {
  return linstorPaths.map((path): Raw => {
    const { status, text } = linstorReply(site, 'GET', path);
    const failed = status === 200 ? {} : { failed: status === 0 ? 'no answer' : `HTTP ${status}` };
    return { from: 'linstor', at: site.nowMs, path, text, ...failed };
  });
}

function hostRaws(site: Site, host: Host): readonly Raw[] {
  const at = site.nowMs;
  const raw = (what: string, text: string, failed?: string): Raw => ({
    from: 'host',
    at,
    node: host.name,
    what,
    text,
    ...(failed === undefined ? {} : { failed }),
  });
  if (!isRunning(host)) return [raw('drbdsetup-status.json', '', 'did not answer within 5s')];
  const network = [...host.files].filter(([path]) => path.startsWith('/etc/systemd/network/'));
  return [
    host.drbdHangs
      ? raw('drbdsetup-status.json', '', 'did not answer within 5s')
      : raw('drbdsetup-status.json', drbdStatus(site, host)),
    raw(
      'ip-link.json',
      kept(host, 'ip', () => ipLinkText(host)),
    ),
    raw(
      `proc/net/bonding/${host.bond.name}`,
      kept(host, 'proc', () => procBondText(host)),
    ),
    raw(
      'networkctl.json',
      kept(host, 'networkctl', () => networkctlText(host)),
    ),
    raw('drbd-version.txt', versionText),
    raw('kairos-agent-state.yaml', kairosText(host)),
    ...network.map(([path, text]) => raw(path.slice(1), text)),
    { from: 'observer', at, node: host.name, heartbeatChangedAt: at, clockSkewMs: host.clockOffsetMs },
  ];
}
