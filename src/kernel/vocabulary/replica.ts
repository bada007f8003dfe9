import { bool, type Entry, live, words } from './entry.ts';

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

export const suspendReasons = ['user', 'no-data', 'fencing', 'quorum'] as const;

/** What may be known of a copy of a volume on one node, as its own kernel and LINSTOR say. */
export const replicaFacts: readonly Entry[] = [
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
];
