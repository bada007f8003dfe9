import { bool, type Entry, int, listed, optionalText, words } from './entry.ts';

/** What may be known of a virtual machine: where it runs, and whether it may move. */
export const vmFacts: readonly Entry[] = [
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
