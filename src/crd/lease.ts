import type { KubeObject } from '../kernel/raw.ts';
import { fine, isForeign, mapOf, member, optionalCount, optionalText, type Read, wrong } from './read.ts';
import { versionOf } from './version.ts';

export const leaseKind = 'coordination.k8s.io/v1/Lease';

/** Where a Lease stands. */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** A Lease of coordination.k8s.io/v1: the site lock is one, and who leads is another. Its times are by its writer's clock
 *  and for people only; nothing of ours compares them. */
export interface LeaseObject {
  readonly object: KubeObject;
  readonly version: string;
  /** Null: nobody's. */
  readonly holder: string | null;
  /** How long its holder may be silent, as it said itself; undefined: it did not say. */
  readonly durationMs: number | undefined;
  /** How often it changed hands. For the leaders' Lease this is the epoch. */
  readonly transitions: number;
}

export function readLease(object: KubeObject): Read<LeaseObject> {
  const version = versionOf(object);
  if (version === undefined) return wrong('metadata.resourceVersion', 'is missing');
  if (!isForeign(member(object, 'spec'))) return wrong('spec', 'must be an object');
  const spec = mapOf(object, 'spec', 'spec');
  if (!spec.ok) return spec;
  const holder = optionalText(spec.value, 'holderIdentity', 'spec.holderIdentity');
  if (!holder.ok) return holder;
  const seconds = optionalCount(spec.value, 'leaseDurationSeconds', 'spec.leaseDurationSeconds');
  if (!seconds.ok) return seconds;
  const transitions = optionalCount(spec.value, 'leaseTransitions', 'spec.leaseTransitions');
  if (!transitions.ok) return transitions;
  return fine({
    object,
    version,
    holder: holder.value === undefined || holder.value === '' ? null : holder.value,
    durationMs: seconds.value === undefined ? undefined : seconds.value * 1000,
    transitions: transitions.value ?? 0,
  });
}

/** The Lease with another holder. Whatever else stands in it stays: others may have their marks there. */
export function heldBy(lease: LeaseObject, holder: string | null): KubeObject {
  return { ...lease.object, spec: { ...specOf(lease.object), holderIdentity: holder } };
}

/** The leaders' Lease as its leader writes it, over the one that stands there or as a new one. */
export function leadBy(
  before: LeaseObject | undefined,
  name: LeaseName,
  leader: { readonly identity: string | null; readonly transitions: number; readonly durationMs: number },
  nowMs: number,
): KubeObject {
  const spec = {
    ...(before === undefined ? {} : specOf(before.object)),
    holderIdentity: leader.identity,
    leaseDurationSeconds: Math.ceil(leader.durationMs / 1000),
    leaseTransitions: leader.transitions,
    renewTime: microTime(nowMs),
  };
  if (before !== undefined) return { ...before.object, spec };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...name }, spec };
}

/** RFC 3339 with exactly six digits, which is the only form that a MicroTime is written in. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function specOf(object: KubeObject): object {
  const spec = member(object, 'spec');
  return isForeign(spec) ? spec : {};
}
