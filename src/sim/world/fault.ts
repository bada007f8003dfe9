/** What can befall the world, as data. Whatever has `ends` in `faultForms` goes on until it is ended. */
export type Fault =
  | { readonly kind: 'node-crashes' | 'node-restarts'; readonly node: string; readonly downMs?: number }
  | { readonly kind: 'node-hangs' | 'node-replaced'; readonly node: string }
  | { readonly kind: 'node-joins'; readonly node: string }
  | { readonly kind: 'link-down'; readonly node: string }
  | { readonly kind: 'slave-down' | 'switch-port-off'; readonly node: string; readonly nic: number }
  | { readonly kind: 'agent-disk-full' | 'bond-stuck'; readonly node: string }
  | { readonly kind: 'connection-lost'; readonly volume: string; readonly node?: string }
  | { readonly kind: 'resync-stalls'; readonly volume: string }
  | { readonly kind: 'tie-breaker-lost'; readonly volume: string }
  | { readonly kind: 'io-suspended'; readonly volume: string }
  | { readonly kind: 'drbd-hangs'; readonly node: string }
  | { readonly kind: 'split-brain'; readonly volume: string }
  | { readonly kind: 'diverges'; readonly volume: string }
  | { readonly kind: 'linstor-away' | 'linstor-lies' | 'snapshot-leaks' }
  // What a person switches on is written by that person; here it explains what comes of it.
  | { readonly kind: 'ha-returns' }
  | { readonly kind: 'satellite-offline'; readonly node: string }
  | { readonly kind: 'vm-migrates'; readonly vm: string }
  | { readonly kind: 'vm-starts' | 'vm-stops'; readonly vm: string }
  | { readonly kind: 'vm-created'; readonly vm: string; readonly volume: string; readonly node: string }
  | { readonly kind: 'volume-created'; readonly volume: string }
  | { readonly kind: 'cordon'; readonly node: string; readonly by?: string }
  | { readonly kind: 'clock-jumps'; readonly node: string; readonly byMs: number }
  | { readonly kind: 'kubelet-silent'; readonly node: string };

export type FaultKind = Fault['kind'];

/** Whether it goes on until it is ended, and whether it can cost a VM its disk or a volume its copies by itself. */
export const faultForms: Readonly<Record<FaultKind, { readonly ends: boolean; readonly hurts: boolean }>> = {
  'node-crashes': { ends: true, hurts: true },
  'node-restarts': { ends: true, hurts: true },
  'node-hangs': { ends: true, hurts: true },
  'node-replaced': { ends: true, hurts: true },
  'node-joins': { ends: false, hurts: false },
  'link-down': { ends: true, hurts: true },
  // The other member carries on in active-backup; in balance-rr a switch does not tell the peers, and half of it is lost.
  'slave-down': { ends: true, hurts: true },
  'switch-port-off': { ends: true, hurts: true },
  'agent-disk-full': { ends: true, hurts: false },
  'bond-stuck': { ends: true, hurts: false },
  'connection-lost': { ends: true, hurts: true },
  'resync-stalls': { ends: true, hurts: false },
  'tie-breaker-lost': { ends: true, hurts: true },
  'io-suspended': { ends: true, hurts: true },
  'drbd-hangs': { ends: true, hurts: false },
  'split-brain': { ends: true, hurts: true },
  diverges: { ends: false, hurts: false },
  'linstor-away': { ends: true, hurts: false },
  'linstor-lies': { ends: true, hurts: false },
  'snapshot-leaks': { ends: true, hurts: true },
  'ha-returns': { ends: true, hurts: true },
  'satellite-offline': { ends: true, hurts: false },
  'vm-migrates': { ends: false, hurts: false },
  'vm-starts': { ends: false, hurts: false },
  'vm-stops': { ends: false, hurts: false },
  'vm-created': { ends: false, hurts: false },
  'volume-created': { ends: false, hurts: false },
  cordon: { ends: true, hurts: false },
  'clock-jumps': { ends: false, hurts: false },
  'kubelet-silent': { ends: true, hurts: false },
};

/** The same for the same fault: by this an end finds its beginning. */
export function faultId(fault: Fault): string {
  return JSON.stringify(Object.entries(fault).sort(([left], [right]) => (left < right ? -1 : 1)));
}
