import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { HeldProfile } from '../../src/operator/prepare.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { insecureUnsigned } from '../../src/profile/verify.ts';
import { compileMachine } from '../../src/rules/machine-evaluator.ts';

const packs = join(import.meta.dirname, '..', '..', 'profiles', 'packs');

const profileText = (nodes: number, version: string): string => `
apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: EdgeProfile
metadata: {name: simulated}
spec:
  version: ${version}
  topology:
    nodes: {atLeast: ${nodes}, atMost: ${nodes}}
    storageNetwork: {bond: bond1, members: [eno3, eno4], mtu: 9000}
  storage: {backend: piraeus, namespace: piraeus-system, pool: lvm-thin, classes: [linstor-lvm-storage]}
  os: kairos
  lock: {lease: {namespace: nodewright, name: site-lock}}
  parameters:
    bondMode: active-backup
    bondMembers: 2
    legacyDaemonSet: false
  packs: [storage-safety.yaml, storage-network.yaml, workload-protection.yaml, bond-change.yaml, bond-flip.yaml, replication-upgrade.yaml]
`;

/** A profile with the shipped workflows, for a simulated site of so many nodes. */
export function simProfile(nodes = 3, version = '1.0.0'): HeldProfile {
  const read = (path: string): Uint8Array =>
    path === 'profile.yaml' ? new TextEncoder().encode(profileText(nodes, version)) : readFileSync(join(packs, path));
  const loaded = loadProfile({ read, nameOf: (path: string) => path }, 'profile.yaml', vocabulary, insecureUnsigned);
  if (!loaded.ok)
    throw new Error(loaded.faults.map(({ at, message }) => `${at.file}:${at.line} ${message}`).join('\n'));
  const { digest, shape, packs: all } = loaded.value.profile;
  const machines = all.flatMap(({ machine }) => (machine === undefined ? [] : [compileMachine(machine)]));
  return { digest, shape, machineOf: (kind) => machines.find(({ machine }) => machine.drives === kind) };
}
