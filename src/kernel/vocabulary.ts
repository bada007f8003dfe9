import type { Grade } from './fact.ts';
import type { SubjectKind } from './subject.ts';
import type { FactType } from './value.ts';
import { orderOutcomes } from './workflow.ts';

/** One word of the vocabulary: what a pack may read, and what a normaliser may report. */
export interface FactDeclaration {
  readonly name: string;
  readonly subject: SubjectKind;
  readonly type: FactType;
  /** Older than this, by our clock, and the reading is stale. A rule may ask for fresher, never for staler. */
  readonly maxAgeMs: number;
  /** The best grade that any source of it can have. */
  readonly grade: Grade;
  /** Which of our normalisers reports it, and what it reads. */
  readonly from: string;
  readonly means: string;
}

const seconds = 1_000;
const minutes = 60_000;

/** What is read from a node's kernel or from LINSTOR moves within seconds; what an API object says moves with its watch;
 *  what a file says moves when somebody writes it. */
const live = 30 * seconds;
const listed = 2 * minutes;
const written = 5 * minutes;

const bool: FactType = { kind: 'bool' };
const int: FactType = { kind: 'int', atLeast: 0 };
const duration: FactType = { kind: 'duration' };
const text: FactType = { kind: 'text' };
const optionalText: FactType = { kind: 'text', optional: true };
const set: FactType = { kind: 'set' };
function words(...list: readonly string[]): FactType {
  return { kind: 'enum', words: list };
}

export const bondModes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;
export const diskStates = [
  'Diskless',
  'Attaching',
  'Detaching',
  'Failed',
  'Negotiating',
  'Inconsistent',
  'Outdated',
  'DUnknown',
  'Consistent',
  'UpToDate',
] as const;
export const drbdRoles = ['Unknown', 'Primary', 'Secondary'] as const;
export const connectionStates = [
  'StandAlone',
  'Disconnecting',
  'Unconnected',
  'Timeout',
  'BrokenPipe',
  'NetworkFailure',
  'ProtocolError',
  'TearDown',
  'Connecting',
  'Connected',
] as const;
export const replicationStates = [
  'Off',
  'Established',
  'StartingSyncS',
  'StartingSyncT',
  'WFBitMapS',
  'WFBitMapT',
  'WFSyncUUID',
  'SyncSource',
  'SyncTarget',
  'VerifyS',
  'VerifyT',
  'PausedSyncS',
  'PausedSyncT',
  'Ahead',
  'Behind',
] as const;
export const suspendReasons = ['user', 'no-data', 'fencing', 'quorum'] as const;
export const resyncSuspendReasons = ['user', 'peer', 'dependency', 'max-parallel'] as const;
/** The words of the legacy DaemonSet that it is known to use, and ours for the stretches after them. The profile maps
 *  its strings to these; a string that it does not map is unreadable. */
export const legacyStates = [
  'Idle',
  'PreconditionsCheck',
  'AcquireLock',
  'SuspendMigration',
  'PauseControllers',
  'StageNetwork',
  'DisconnectReplication',
  'FlipBonds',
  'VerifyBonds',
  'CommitBonds',
  'ReconnectReplication',
  'SnapshotVolumes',
  'RaisePlacement',
  'AwaitSync',
  'VerifyQuorum',
  'ResumeControllers',
  'ResumeMigration',
  'ReleaseLock',
  'Complete',
  'RollingBack',
  'Halted',
] as const;

type Entry = readonly [name: string, type: FactType, maxAgeMs: number, from: string, means: string, grade?: Grade];

/** Vocabulary v1. A name never changes its meaning: what must change gets a new name, or a v2. */
const entries: readonly Entry[] = [
  [
    'site.lockHolder',
    optionalText,
    listed,
    'legacy: lock ConfigMap, or Lease, that the profile names',
    'who holds the lock of the legacy DaemonSet; nobody if it is free',
    'reported',
  ],
  [
    'site.legacyState',
    words(...legacyStates),
    listed,
    'legacy: state ConfigMap, mapped by the profile',
    'where the legacy upgrade machine says it is',
    'reported',
  ],
  [
    'site.legacyWarnings',
    set,
    listed,
    'legacy: Events of the reporter that the profile names',
    'reasons of the warnings that the API server still keeps; for people, since Events are best-effort',
    'reported',
  ],
  [
    'site.legacyWarningCount',
    int,
    listed,
    'legacy: Events of the reporter that the profile names',
    'how often it warned, as far as the API server still keeps it',
    'reported',
  ],
  ['site.linstorReachable', bool, live, 'linstor: GET /v1/nodes', 'the LINSTOR controller answered with a list'],
  [
    'site.haControllerPaused',
    bool,
    listed,
    'kubernetes: LinstorCluster, and its Pods',
    'the Piraeus HA controller is switched off, so that a planned outage evicts nobody',
  ],
  [
    'site.satelliteConfigurationsApplied',
    bool,
    listed,
    'kubernetes: LinstorSatelliteConfiguration condition Applied',
    'Piraeus applied every one of them as it stands now',
  ],
  [
    'site.balancerPaused',
    bool,
    live,
    'linstor: GET /v1/controller/properties, resource-groups, resource-definitions',
    'LINSTOR may not add or delete replicas by itself',
  ],
  [
    'site.autoEvictPaused',
    bool,
    live,
    'linstor: GET /v1/controller/properties, nodes',
    'LINSTOR may not evict a node by itself',
  ],
  [
    'site.migrationsSuspended',
    bool,
    listed,
    'kubernetes: KubeVirt parallelMigrationsPerCluster',
    'no new live migration starts',
  ],
  ['site.controlPlaneNodes', int, listed, 'kubernetes: Nodes', 'nodes that run the control plane'],
  [
    'site.poolsHealthy',
    bool,
    live,
    'linstor: GET /v1/view/storage-pools',
    'every storage pool that keeps data reports no error and its capacity',
  ],

  [
    'site.lock',
    optionalText,
    live,
    'kubernetes: the Lease that the profile names as the site lock',
    'which workflow holds the site lock, and in which leader’s epoch (`UID@EPOCH`); nobody if it is free',
  ],

  ['node.name', text, Number.POSITIVE_INFINITY, 'kubernetes: Node metadata.name', 'its name; a name does not age'],
  [
    'node.ready',
    bool,
    listed,
    'kubernetes: Node condition Ready',
    'the kubelet says so; unknown while nobody hears of it',
  ],
  [
    'node.eligible',
    bool,
    listed,
    'kubernetes: Node, by the profile’s topology',
    'may hold storage: booted active, schedulable by us, not being removed',
  ],
  [
    'node.heartbeatAge',
    duration,
    live,
    'observer: how long ago we saw the node’s heartbeat change, by our clock; else the legacy heartbeat',
    'since when the node has been silent',
  ],
  [
    'node.clockSkew',
    duration,
    written,
    'observer: measured against our clock, as a distance',
    'how far the node’s clock is from ours',
  ],
  ['node.schedulable', bool, listed, 'kubernetes: Node spec.unschedulable', 'not cordoned'],
  [
    'node.cordonedBy',
    optionalText,
    listed,
    'kubernetes: Node annotations and managed fields',
    'who cordoned it; nobody if it is not cordoned',
  ],
  [
    'node.uid',
    text,
    listed,
    'kubernetes: Node metadata.uid',
    'changes when a node is replaced by another of the same name',
  ],
  [
    'node.journalEpoch',
    int,
    live,
    'agent: its journal on disk',
    'the newest leader’s epoch that it has had an order of; 0 for none',
  ],
  [
    'node.journalStep',
    int,
    live,
    'agent: its journal on disk',
    'the number of the newest order that it has seen, of any workflow; 0 for none',
  ],
  [
    'node.journalWorkflow',
    optionalText,
    live,
    'agent: its journal on disk',
    'the workflow of that order; nobody for none',
  ],
  [
    'node.journalOutcome',
    words(...orderOutcomes),
    live,
    'agent: its journal on disk',
    'what became of that order; says nothing of its effect, which is looked at',
  ],
  ['node.bootId', text, listed, 'kubernetes: Node status.nodeInfo.bootID', 'changes with every boot'],
  [
    'node.bootState',
    words('active', 'passive', 'recovery', 'livecd', 'autoreset'),
    listed,
    'agent: kairos-agent state; else the Node label of the Kairos operator',
    'which system image runs; anything but active is a fallback',
  ],
  [
    'node.satellite',
    words(
      'OFFLINE',
      'CONNECTED',
      'ONLINE',
      'VERSION_MISMATCH',
      'FULL_SYNC_FAILED',
      'AUTHENTICATION_ERROR',
      'UNKNOWN',
      'HOSTNAME_MISMATCH',
      'OTHER_CONTROLLER',
      'AUTHENTICATED',
      'NO_STLT_CONN',
    ),
    live,
    'linstor: GET /v1/nodes',
    'what LINSTOR says of the node’s satellite; only ONLINE is good',
  ],
  [
    'node.satelliteFlags',
    { kind: 'set' },
    live,
    'linstor: GET /v1/nodes',
    'EVICTED, EVACUATE, DELETE: nothing is placed on such a node',
  ],
  [
    'node.satelliteConfigured',
    bool,
    listed,
    'kubernetes: LinstorSatellite conditions Applied and Configured',
    'Piraeus set up all that is asked for now; says nothing of life',
  ],
  [
    'node.satelliteRemoval',
    words('none', 'Retain', 'Evacuate', 'Delete', 'absent'),
    listed,
    'kubernetes: LinstorSatellite metadata.deletionTimestamp, spec.deletionPolicy',
    'what becomes of the copies of a node whose LinstorSatellite is being deleted; absent where the list has none of it',
  ],
  [
    'node.foreignTaints',
    set,
    listed,
    'kubernetes: Node spec.taints',
    'NoSchedule and NoExecute taints that we did not set, as key:effect',
  ],
  [
    'node.drbdVersion',
    { kind: 'version' },
    written,
    'agent: /proc/drbd or drbdadm --version',
    'version of the loaded DRBD kernel module',
  ],
  ['node.memoryPressure', bool, listed, 'kubernetes: Node condition MemoryPressure', 'the kubelet is short of memory'],
  ['node.role', words('control-plane', 'worker'), listed, 'kubernetes: Node labels', 'control-plane or worker'],
  [
    'node.virtHandlerReady',
    bool,
    listed,
    'kubernetes: virt-handler Pod of the node',
    'KubeVirt’s agent on the node is ready; without it its VMs get killed',
  ],

  [
    'bond.mode',
    words(...bondModes),
    live,
    'kernel: ip -d -j link, else /proc/net/bonding',
    'mode of the bond as the kernel runs it',
  ],
  [
    'bond.configuredMode',
    words(...bondModes),
    written,
    'file: systemd-networkd .netdev',
    'mode that the files will give it after a restart',
  ],
  [
    'bond.networkd',
    words('pending', 'initialized', 'configuring', 'configured', 'unmanaged', 'failed', 'linger'),
    live,
    'networkd: networkctl --json',
    'whether networkd did what its files ask for; says nothing of what the kernel runs',
  ],
  [
    'bond.stagedMode',
    words(...bondModes, 'none'),
    live,
    'agent: the files that lie beside the ones in use',
    'mode of the files that are ready for a flip; none while there are none',
  ],
  ['bond.members', set, live, 'kernel: ip -d -j link, else /proc/net/bonding', 'interfaces enslaved to it'],
  ['bond.membersUp', int, live, 'kernel: ip -d -j link, else /proc/net/bonding', 'how many members carry traffic'],
  ['bond.monitored', bool, live, 'kernel: miimon or arp_interval above 0', 'a broken link would be noticed'],
  ['bond.mtu', int, live, 'kernel: ip -d -j link', 'bytes a frame may carry'],
  ['bond.armed', bool, live, 'agent', 'a change waits for its confirmation and will go back by itself'],
  ['bond.peersReachable', bool, live, 'agent: full-size packets to every peer', 'every peer answered, no packet lost'],

  [
    'volume.place',
    int,
    live,
    'linstor: GET /v1/view/resources',
    'copies with a disk that LINSTOR places, deleted ones not counted',
  ],
  [
    'volume.classPlace',
    int,
    listed,
    'kubernetes: StorageClass of its PersistentVolume, parameter placementCount',
    'copies with a disk that its class asks for today; an existing volume is not changed by it',
  ],
  [
    'volume.groupPlace',
    int,
    live,
    'linstor: GET /v1/resource-groups, select_filter.place_count of its group',
    'copies with a disk that LINSTOR’s balancer keeps it at: it adds what is missing and deletes what is more',
  ],
  [
    'volume.quorumPolicy',
    words('off', 'majority', 'all'),
    live,
    'linstor: resource definition property',
    'how DRBD decides who may write',
  ],
  [
    'volume.pendingDelete',
    bool,
    live,
    'linstor: flags DELETE, DRBD_DELETE',
    'a copy or the whole volume waits to be deleted',
  ],
  [
    'volume.snapshotRunning',
    bool,
    listed,
    'kubernetes: VolumeSnapshots; linstor: snapshots',
    'a snapshot of it is being taken',
  ],
  [
    'volume.bookend',
    bool,
    live,
    'linstor: GET /v1/view/snapshots, by the name that Nodewright gives them',
    'a snapshot that a workflow of ours took of it stands, and was taken whole',
  ],
  ['volume.size', { kind: 'size' }, written, 'kubernetes: PersistentVolume', 'bytes'],
  [
    'volume.migrationTwoPrimaries',
    bool,
    live,
    'linstor: DrbdOptions/Net/allow-two-primaries',
    'two nodes may write at once',
  ],

  [
    'replica.kind',
    words('diskful', 'tie-breaker', 'client'),
    live,
    'linstor: flags',
    'keeps a copy, only votes, or only reads and writes over the network',
  ],
  [
    'replica.disk',
    words(...diskStates),
    live,
    'drbd: drbdsetup status on its node',
    'state of the local disk as its own kernel says',
  ],
  ['replica.role', words(...drbdRoles), live, 'drbd: drbdsetup status on its node', 'who may write here'],
  ['replica.quorum', bool, live, 'drbd: drbdsetup status on its node', 'the node has quorum for this volume'],
  [
    'replica.quorumWithoutNode',
    bool,
    live,
    'computed from every member’s drbdsetup by DRBD’s own rule',
    'the others keep quorum and an UpToDate copy when this node leaves',
  ],
  [
    'replica.suspended',
    { kind: 'set', words: [...suspendReasons] },
    live,
    'drbd: drbdsetup status on its node',
    'why application I/O is frozen; empty when it flows',
  ],
  ['replica.forceIoFailures', bool, live, 'drbd: drbdsetup status on its node', 'all I/O is answered with errors'],
  ['replica.open', bool, live, 'drbd: drbdsetup status on its node', 'somebody holds the device open'],
  [
    'replica.linstorDisk',
    words(...diskStates),
    live,
    'linstor: GET /v1/view/resources',
    'state of the disk as LINSTOR says; only the exact word counts',
  ],
  ['replica.inUse', bool, live, 'linstor: GET /v1/view/resources', 'LINSTOR says that it is Primary'],
  [
    'replica.deleting',
    bool,
    live,
    'linstor: flags DELETE, DRBD_DELETE, DISK_REMOVING, EVACUATE …',
    'LINSTOR is removing it',
  ],
  [
    'replica.sourcesAgree',
    bool,
    live,
    'computed: drbd and linstor compared',
    'LINSTOR and the kernel say the same of this copy',
  ],

  [
    'connection.state',
    words(...connectionStates),
    live,
    'drbd: drbdsetup status on its node',
    'state of the connection as this node sees it',
  ],
  [
    'connection.replication',
    words(...replicationStates),
    live,
    'drbd: drbdsetup status on its node',
    'what replication over it does',
  ],
  [
    'connection.peerDisk',
    words(...diskStates),
    live,
    'drbd: drbdsetup status on its node',
    'the peer’s disk as this node believes',
  ],
  ['connection.peerKind', words('diskful', 'tie-breaker', 'client'), live, 'linstor: flags', 'what the peer is'],
  [
    'connection.outOfSync',
    { kind: 'size' },
    live,
    'drbd: drbdsetup status --statistics on its node',
    'data that differs; UpToDate beside data out of sync is possible',
  ],
  ['connection.pathsUp', bool, live, 'drbd: drbdsetup status on its node', 'every path of it is established'],
  [
    'connection.resyncSuspended',
    { kind: 'set', words: [...resyncSuspendReasons] },
    live,
    'drbd: drbdsetup status on its node',
    'why a resync waits; empty when nothing holds it',
  ],
  [
    'connection.progressAge',
    duration,
    live,
    'agent: since the amount out of sync last went down',
    'how long a resync has not moved',
  ],
  [
    'connection.sourcesAgree',
    bool,
    live,
    'computed: drbd and linstor compared',
    'LINSTOR and the kernel say the same of this connection',
  ],

  [
    'vm.phase',
    words(
      'Pending',
      'Scheduling',
      'Scheduled',
      'Running',
      'Succeeded',
      'Failed',
      'WaitingForSync',
      'Unknown',
      'Stopped',
    ),
    listed,
    'kubernetes: VirtualMachineInstance; Stopped when there is none',
    'where its life stands',
  ],
  [
    'vm.node',
    optionalText,
    listed,
    'kubernetes: VirtualMachineInstance status.nodeName',
    'where it runs; nobody if it does not',
  ],
  [
    'vm.migrating',
    bool,
    listed,
    'kubernetes: VirtualMachineInstanceMigrations',
    'a live migration of it has begun and not ended',
  ],
  [
    'vm.activePods',
    int,
    listed,
    'kubernetes: VirtualMachineInstance status.activePods',
    'launcher pods that are alive',
  ],
  [
    'vm.pausedBy',
    optionalText,
    listed,
    'kubernetes: condition Paused',
    'PausedByUser, PausedIOError …; nobody if it runs',
  ],
  ['vm.migratable', bool, listed, 'kubernetes: condition LiveMigratable', 'can move without a stop'],
  [
    'vm.evictionStrategy',
    words('None', 'LiveMigrate', 'LiveMigrateIfPossible', 'External'),
    listed,
    'kubernetes: VirtualMachineInstance, else KubeVirt’s default',
    'what a drain does to it',
  ],
];

export const vocabularyVersion = 'v1';

export type Vocabulary = ReadonlyMap<string, FactDeclaration>;

export const vocabulary: Vocabulary = new Map(
  entries.map(([name, type, maxAgeMs, from, means, grade]) => [
    name,
    {
      name,
      subject: name.slice(0, name.indexOf('.')) as SubjectKind,
      type,
      maxAgeMs,
      from,
      means,
      grade: grade ?? 'observed',
    },
  ]),
);

/** Facts that say what something *is*, not how it does: nobody makes a copy a tie-breaker in order to open a gate, and
 *  what the profile sets is no fact at all. They decide as any other, but are the last thing to tell a person to change. */
const lasting: ReadonlySet<string> = new Set([
  'node.name',
  'node.role',
  'volume.place',
  'volume.classPlace',
  'volume.groupPlace',
  'volume.quorumPolicy',
  'replica.kind',
  'connection.peerKind',
  'vm.node',
]);

export function isLasting(fact: string): boolean {
  return lasting.has(fact) || fact.startsWith('param.');
}

/** How old the list of one kind may be before every quantifier over it is unknown. */
export const censusMaxAgeMs: Readonly<Record<SubjectKind, number>> = {
  site: Number.POSITIVE_INFINITY, // there is always exactly one
  node: listed,
  bond: listed, // named by the profile, on every node: as old as the list of nodes, and no better
  volume: live,
  replica: live,
  connection: live,
  vm: listed,
};
