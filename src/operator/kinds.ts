import { agentStatusKind } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { apiVersion, workflowKinds } from '../crd/workflow-object.ts';
import { families } from '../facts/families.ts';
import type { SiteShape } from '../kernel/site-shape.ts';

export const workflowObjectKinds: readonly string[] = workflowKinds.map((kind) => `${apiVersion}/${kind}`);

/** What does not move by itself between two lists is read anew as often as an old word of it would count. */
export type Pace = 'quick' | 'slow';

/** The kinds that a site of these shapes is seen by, each with how often it is listed although its watch says nothing. */
export function kindsOf(shapes: readonly SiteShape[]): ReadonlyMap<string, Pace> {
  const quick = new Set([leaseKind, agentStatusKind, ...workflowObjectKinds]);
  const kinds = new Map<string, Pace>([...quick].map((kind) => [kind, 'quick']));
  for (const kind of families.flatMap(({ reads }) => reads)) {
    if (!kind.includes('/') || kinds.has(kind)) continue;
    if (shapes.some((shape) => isRead(kind, shape))) kinds.set(kind, 'slow');
  }
  return kinds;
}

function isRead(kind: string, { backend, legacy }: SiteShape): boolean {
  if (kind.startsWith('piraeus.io/')) return backend === 'piraeus';
  if (kind === 'v1/ConfigMap') return legacy !== undefined;
  if (kind.endsWith('/Event')) return legacy?.events !== undefined;
  return true;
}
