import type { Fault } from './fault-kinds.ts';
import type { Fault as WorldFault } from './world/fault.ts';

/** What a fault does to the world; undefined for one that is not the world's. */
export function worldFaultOf({ kind, on, how, forMs }: Fault): WorldFault | undefined {
  const nic = how % 2;
  switch (kind) {
    case 'node-restarts':
    case 'node-crashes':
      return { kind, node: on, downMs: forMs };
    case 'node-hangs':
    case 'node-replaced':
    case 'link-down':
    case 'drbd-hangs':
    case 'satellite-offline':
    case 'kubelet-silent':
    case 'agent-disk-full':
    case 'bond-stuck':
      return { kind, node: on };
    case 'slave-down':
    case 'switch-port-off':
      return { kind, node: on, nic };
    case 'node-joins':
      return { kind, node: `node-new-${how}` };
    case 'connection-lost':
    case 'resync-stalls':
    case 'tie-breaker-lost':
    case 'io-suspended':
    case 'split-brain':
    case 'diverges':
      return { kind, volume: on };
    case 'linstor-away':
    case 'linstor-lies':
    case 'snapshot-leaks':
    case 'ha-returns':
      return { kind };
    case 'volume-created':
      return { kind, volume: `pvc-new-${how}` };
    case 'vm-migrates':
    case 'vm-starts':
    case 'vm-stops':
      return { kind, vm: on };
    case 'cordon':
      return { kind, node: on, by: 'ops@site' };
    case 'vm-created':
      return { kind, vm: `vm-new-${how}`, volume: `pvc-new-${how}`, node: 'node-a' };
    default:
      return undefined;
  }
}
