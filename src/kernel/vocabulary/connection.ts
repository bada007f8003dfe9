import { bool, duration, type Entry, live, words } from './entry.ts';
import { diskStates } from './replica.ts';

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

export const resyncSuspendReasons = ['user', 'peer', 'dependency', 'max-parallel'] as const;

/** What may be known of a connection between two copies, as one of its two ends sees it. */
export const connectionFacts: readonly Entry[] = [
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
];
