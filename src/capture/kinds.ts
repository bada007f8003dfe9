/** The kinds that are read, by normalisers or as workflows, by the plural that the API server's paths and refusals use. Everything else may be in
 *  a capture and is skipped unparsed. */
const plurals = {
  'v1/Node': 'nodes',
  'v1/Pod': 'pods',
  'v1/ConfigMap': 'configmaps',
  'v1/PersistentVolume': 'persistentvolumes',
  'v1/PersistentVolumeClaim': 'persistentvolumeclaims',
  'v1/Event': 'events',
  'events.k8s.io/v1/Event': 'events',
  'coordination.k8s.io/v1/Lease': 'leases',
  'storage.k8s.io/v1/StorageClass': 'storageclasses',
  'storage.k8s.io/v1/VolumeAttachment': 'volumeattachments',
  'kubevirt.io/v1/VirtualMachine': 'virtualmachines',
  'kubevirt.io/v1/VirtualMachineInstance': 'virtualmachineinstances',
  'kubevirt.io/v1/VirtualMachineInstanceMigration': 'virtualmachineinstancemigrations',
  'kubevirt.io/v1/KubeVirt': 'kubevirts',
  'piraeus.io/v1/LinstorCluster': 'linstorclusters',
  'piraeus.io/v1/LinstorSatellite': 'linstorsatellites',
  'piraeus.io/v1/LinstorSatelliteConfiguration': 'linstorsatelliteconfigurations',
  'snapshot.storage.k8s.io/v1/VolumeSnapshot': 'volumesnapshots',
  'snapshot.storage.k8s.io/v1/VolumeSnapshotContent': 'volumesnapshotcontents',
  'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus': 'nodewrightagentstatuses',
  'nodewright.spectrocloud.com/v1alpha1/ReplicationUpgrade': 'replicationupgrades',
  'nodewright.spectrocloud.com/v1alpha1/BondModeFlipPlan': 'bondmodeflipplans',
} as const satisfies Record<string, string>;

export const kindsRead: ReadonlySet<string> = new Set(Object.keys(plurals));

/** The kind that the API server means when it refuses `nodes`, or `virtualmachines` of group `kubevirt.io`. */
export function kindOfPlural(plural: string, group: string): string | undefined {
  for (const [kind, name] of Object.entries(plurals)) {
    if (name === plural && groupOf(kind) === group) return kind;
  }
  return undefined;
}

/** What a file's name says it should hold, when the file itself holds a refusal: `core_v1_nodes.json`, `nodes.yaml`,
 *  `kubevirt.io_v1_virtualmachines.json`, `virtualmachines.kubevirt.io.json`. */
export function kindOfFileName(path: string): string | undefined {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.(json|ya?ml|txt)$/, '')
    .toLowerCase();
  for (const [kind, plural] of Object.entries(plurals)) {
    const group = groupOf(kind);
    const version = kind.split('/').at(-2);
    const names =
      group === '' ? [plural, `core_${version}_${plural}`] : [`${group}_${version}_${plural}`, `${plural}.${group}`];
    // A bare plural is clear only where no other group has it: `events` could be either and stays with the core's.
    if (group !== '' && kindOfPlural(plural, '') === undefined) names.push(plural);
    if (names.includes(name)) return kind;
  }
  return undefined;
}

/** `v1/Node` and `kubevirt.io/v1/VirtualMachine`, as kinds are written wherever one is meant. */
export function isKindName(text: string): boolean {
  return /^([a-z0-9][a-z0-9.-]*\/)?v\d[a-z0-9]*\/[A-Z][A-Za-z0-9]*$/.test(text);
}

function groupOf(kind: string): string {
  const steps = kind.split('/');
  return steps.length === 3 ? (steps[0] ?? '') : '';
}
