import { bool, type Entry, int, listed, live, words, written } from './entry.ts';

/** What may be known of a volume: how many copies it is to have, and what goes on with it. */
export const volumeFacts: readonly Entry[] = [
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
];
