import { volumeMinor, volumePort } from './drbd-text.ts';
import { reaches } from './linstor-place.ts';
import { resourcesKey } from './linstor-state.ts';
import { addressOf } from './network.ts';
import { pairsOf, sideOf } from './pairs.ts';
import { leftOf } from './resync.ts';
import { type Definition, type Placed, type Replica, type Site, uuidOf, type Volume } from './state.ts';

/** LINSTOR 1.33's replies, member by member as the recorded ones; what it says of DRBD comes from the satellites that it
 *  reaches, and of the others it says nothing. */
export function replyText(site: Site, path: string): { readonly text: string; readonly untilMs: number } {
  const { linstor } = site;
  const known = linstor.texts.get(path);
  if (known !== undefined && site.nowMs <= known.untilMs) return known;
  const text = path === resourcesPath ? resourcesText(site) : withWideNumbers(textOf(site, path));
  const moves = path === resourcesPath && [...site.volumes.values()].some(isMoving);
  const made = { text, untilMs: moves ? Math.floor(site.nowMs / 1000) * 1000 + 999 : Number.POSITIVE_INFINITY };
  linstor.texts.set(path, made);
  return made;
}

const resourcesPath = '/v1/view/resources';

/** 64 bits do not fit a Number. */
function withWideNumbers(text: string): string {
  return text.replaceAll('"warn-1002"', '-9223372036854774806').replaceAll('"max"', '9223372036854775807');
}

/** A resync goes on: what is left of it is less with every moment. */
export function isMoving({ pairs, resyncStalled }: Volume): boolean {
  return !resyncStalled && pairs.some(({ resync }) => resync !== undefined);
}

function textOf(site: Site, path: string): string {
  switch (path) {
    case '/v1/nodes':
      return JSON.stringify([...site.linstor.nodes.keys()].sort().map((name) => nodeOf(site, name)));
    case '/v1/resource-definitions':
      return JSON.stringify([...site.linstor.definitions.values()].map(definitionOf));
    case '/v1/resource-groups':
      return JSON.stringify([...site.linstor.groups.values()].map(groupOf));
    case '/v1/view/storage-pools':
      return JSON.stringify(pools(site));
    case '/v1/view/snapshots':
      return JSON.stringify([...site.linstor.snapshots.values()].map((one) => snapshotOf(site, one)));
    case '/v1/controller/properties':
      return JSON.stringify(Object.fromEntries([...site.linstor.properties].sort()));
    case '/v1/controller/version':
      return JSON.stringify({ version: '1.33.3', git_hash: '1ff3a1ea', rest_api_version: '1.27.0' });
    default:
      return '';
  }
}

function nodeOf(site: Site, name: string): unknown {
  const satellite = site.linstor.nodes.get(name);
  const host = site.hosts.get(name);
  if (satellite === undefined || host === undefined) return {};
  const nic = (label: string, address: string): unknown => ({
    name: label,
    address,
    satellite_port: 3366,
    satellite_encryption_type: 'PLAIN',
    is_active: label === 'default',
    uuid: uuidOf(`nic ${name} ${label}`),
  });
  return {
    name,
    type: 'SATELLITE',
    ...(satellite.flags.size === 0 ? {} : { flags: [...satellite.flags].sort() }),
    props: { CurStltConnName: 'default', NodeUname: name, PrefNic: 'storage', ...Object.fromEntries(satellite.props) },
    net_interfaces: [nic('default', `192.168.40.${host.index + 10}`), nic('storage', addressOf(host))],
    connection_status: satellite.status,
    uuid: uuidOf(`satellite ${name}`),
    ...(satellite.evictAtMs === undefined ? {} : { eviction_timestamp: satellite.evictAtMs }),
    storage_providers: ['DISKLESS', 'LVM', 'LVM_THIN', 'FILE', 'FILE_THIN', 'REMOTE_SPDK', 'EBS_INIT', 'EBS_TARGET'],
    resource_layers: ['DRBD', 'STORAGE'],
  };
}

function definitionOf({ name, group, props, flags, sizeKib }: Definition): unknown {
  return {
    name,
    props: Object.fromEntries(props),
    ...(flags.size === 0 ? {} : { flags: [...flags] }),
    layer_data: [{ type: 'DRBD', data: drbdDefinition }, { type: 'STORAGE' }],
    uuid: uuidOf(`definition ${name}`),
    resource_group_name: group,
    volume_definitions: [{ volume_number: 0, size_kib: sizeKib, uuid: uuidOf(`volume ${name}`) }],
  };
}

const drbdDefinition = {
  peer_slots: 7,
  al_stripes: 1,
  al_stripe_size_kib: 32,
  port: -1,
  transport_type: 'IP',
  secret: '***',
  down: false,
};

function groupOf({
  name,
  placeCount,
  props,
}: {
  name: string;
  placeCount: number;
  props: Map<string, string>;
}): unknown {
  const filter = { storage_pool: 'thinpool', storage_pool_list: ['thinpool'], layer_stack: ['DRBD', 'STORAGE'] };
  return {
    name,
    select_filter: { place_count: placeCount, ...(name === 'DfltRscGrp' ? {} : filter) },
    ...(props.size === 0 ? {} : { props: Object.fromEntries(props) }),
    uuid: uuidOf(`group ${name}`),
  };
}

/** Of a volume that stands still the text stands too: most of them do while one is worked on. */
function resourcesText(site: Site): string {
  const { definitions, texts } = site.linstor;
  const parts: string[] = [];
  for (const definition of definitions.values()) {
    const volume = site.volumes.get(definition.name);
    const key = resourcesKey(definition.name);
    const moves = volume !== undefined && isMoving(volume);
    const known = moves ? undefined : texts.get(key);
    const text = known?.text ?? withWideNumbers(resourcesOf(site, definition, volume).join(','));
    if (!moves) texts.set(key, known ?? { text, untilMs: Number.POSITIVE_INFINITY });
    if (text !== '') parts.push(text);
  }
  return `[${parts.join(',')}]`;
}

function resourcesOf(site: Site, definition: Definition, volume: Volume | undefined): readonly string[] {
  return [...definition.placed.values()]
    .sort((left, right) => (left.node < right.node ? -1 : 1))
    .map((placed) => JSON.stringify(resourceOf(site, definition, placed, volume)));
}

function resourceOf(site: Site, { name }: Definition, placed: Placed, volume: Volume | undefined): unknown {
  const { node } = placed;
  const diskful = placed.kind === 'diskful';
  const satellite = site.linstor.nodes.get(node);
  const heard = satellite?.status === 'ONLINE' && volume?.replicas.get(node)?.up === true;
  const replica = heard ? volume.replicas.get(node) : undefined;
  const flags = [...(diskful ? [] : ['DISKLESS', 'DRBD_DISKLESS', 'TIE_BREAKER']), ...placed.flags];
  const pool = diskful ? 'thinpool' : 'DfltDisklessStorPool';
  return {
    name,
    node_name: node,
    props: { StorPoolName: pool },
    ...(flags.length === 0 ? {} : { flags: flags.sort() }),
    layer_object: layerOf(volume, placed, replica),
    ...(replica === undefined ? {} : { state: { in_use: replica.role === 'Primary' } }),
    uuid: uuidOf(`resource ${name} ${node}`),
    create_timestamp: placed.createdMs,
    volumes: [
      {
        volume_number: 0,
        storage_pool_name: pool,
        provider_kind: diskful ? 'LVM_THIN' : 'DISKLESS',
        device_path: `/dev/drbd${volume === undefined ? 0 : volumeMinor(volume)}`,
        allocated_size_kib: diskful ? (volume?.usedKib ?? 0) : 0,
        ...(replica === undefined || volume === undefined ? {} : { state: stateOf(site, volume, replica) }),
        uuid: uuidOf(`placed ${name} ${node}`),
      },
    ],
  };
}

function layerOf(volume: Volume | undefined, placed: Placed, replica: Replica | undefined): unknown {
  const pairs = replica === undefined || volume === undefined ? [] : pairsOf(volume, placed.node);
  const connections = pairs.map((pair) => {
    const { peer, state } = sideOf(pair, placed.node);
    return [peer, { connected: state === 'Connected', message: state }] as const;
  });
  return {
    children: [{ type: 'STORAGE', storage: { storage_volumes: [{ volume_number: 0, disk_state: '[]' }] } }],
    type: 'DRBD',
    drbd: {
      drbd_resource_definition: drbdDefinition,
      node_id: placed.nodeId,
      tcp_ports: [volume === undefined ? 0 : volumePort(volume)],
      peer_slots: 7,
      al_stripes: 1,
      al_size: 32,
      flags: placed.kind === 'diskful' ? ['INITIALIZED'] : ['DISKLESS', 'INITIALIZED'],
      ...(replica === undefined ? {} : { connections: Object.fromEntries(connections) }),
      ...(replica === undefined ? {} : { promotion_score: 10_101, may_promote: false }),
    },
  };
}

function stateOf(site: Site, volume: Volume, replica: Replica): unknown {
  const pairs = pairsOf(volume, replica.node);
  const target = pairs.find(({ resync }) => resync?.target === replica.node)?.resync;
  const percent = target === undefined ? 0 : 100 * (1 - leftOf(site, volume, target) / Math.max(1, target.totalKib));
  const states = pairs.flatMap((pair) => {
    const { peer, state, replication } = sideOf(pair, replica.node);
    return state === 'Connected' ? [[peer, { replication_state: replication }] as const] : [];
  });
  return {
    disk_state: target === undefined ? replica.disk : `SyncTarget(${percent.toFixed(2)}%)`,
    replication_states: Object.fromEntries(states),
  };
}

function pools(site: Site): readonly unknown[] {
  return [...site.linstor.nodes.values()].flatMap((satellite) => {
    const { name, status } = satellite;
    const used = [...site.linstor.definitions.values()].filter(
      ({ placed }) => placed.get(name)?.kind === 'diskful',
    ).length;
    const away = {
      ret_code: 'warn-1002',
      message: `No active connection to satellite '${name}'`,
      details: 'The controller is trying to (re-) establish a connection to the satellite.',
    };
    const pool = (label: string, kind: string, free: number | 'max', total: number | 'max'): unknown => ({
      storage_pool_name: label,
      node_name: name,
      provider_kind: kind,
      static_traits: { SupportsSnapshots: String(kind !== 'DISKLESS') },
      ...(status === 'ONLINE' ? { free_capacity: free, total_capacity: total } : {}),
      free_space_mgr_name: `${name};${label}`,
      uuid: uuidOf(`pool ${name} ${label}`),
      ...(status === 'ONLINE' ? {} : { reports: [away] }),
      supports_snapshots: kind !== 'DISKLESS',
      external_locking: false,
    });
    const total = 1_875_000_000;
    return [
      pool('DfltDisklessStorPool', 'DISKLESS', 'max', 'max'),
      pool('thinpool', 'LVM_THIN', total - used * 20_971_520, total),
    ];
  });
}

function snapshotOf(
  site: Site,
  one: { name: string; resource: string; nodes: readonly string[]; flag: string; atMs: number },
): unknown {
  return {
    name: one.name,
    resource_name: one.resource,
    nodes: one.nodes,
    props: {},
    flags: [one.flag],
    volume_definitions: [{ volume_number: 0, size_kib: site.volumes.get(one.resource)?.sizeKib ?? 0 }],
    uuid: uuidOf(`snapshot ${one.resource} ${one.name}`),
    snapshots: one.nodes.map((node) => ({
      snapshot_name: one.name,
      node_name: node,
      create_timestamp: one.atMs,
      uuid: uuidOf(`snapshot ${one.resource} ${one.name} ${node}`),
      snapshot_volumes: [{ uuid: uuidOf(`snapshot ${one.name} ${node} 0`), vlm_nr: 0 }],
    })),
  };
}

/** A satellite that fell silent a moment ago, and still counts as ONLINE. */
export function hungSatellite(site: Site): boolean {
  return [...site.linstor.nodes.values()].some((one) => one.status === 'ONLINE' && !reaches(site, one));
}
