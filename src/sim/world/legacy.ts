import type { KubeObject } from '../../kernel/raw.ts';
import { uuidOf } from './state.ts';

/** What the old DaemonSet keeps, at rest: nobody moves it in the simulation. */
export function legacyMaps(): readonly KubeObject[] {
  const map = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system', uid: uuidOf(`map ${name}`), creationTimestamp: '2026-11-21T08:04:25Z' },
    data,
  });
  return [map('vx-rail-upgrade-state', { state: 'Idle', lockHolder: '' }), map('vx-rail-heartbeats', {})];
}
