import { bool, type Entry, int, live, set, words, written } from './entry.ts';

export const bondModes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/** What may be known of a bond of a node: what its kernel runs, and what its files will give it. */
export const bondFacts: readonly Entry[] = [
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
];
