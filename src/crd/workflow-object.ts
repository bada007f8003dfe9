import type { Json } from '../kernel/digest.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { Intent } from '../kernel/sight.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';
import type { Condition } from './conditions.ts';
import { fine, isForeign, mapOf, member, optionalText, type Read, textOf, wrong } from './read.ts';
import type { Told } from './told.ts';
import { versionOf } from './version.ts';

export const apiVersion = 'nodewright.spectrocloud.com/v1alpha1';
/** Each is a workflow that a pack of its name drives; all have one form. */
export const workflowKinds = ['ReplicationUpgrade', 'BondModeFlipPlan'] as const;
export type WorkflowKind = (typeof workflowKinds)[number];

/** A workflow's object, read. `spec` is what people ask, `status` what we wrote: nothing of it is believed before
 *  the kernel has read it against the workflow's machine (`kernel/check-status.ts`). */
export interface WorkflowObject {
  readonly object: KubeObject;
  readonly kind: WorkflowKind;
  /** `ReplicationUpgrade/site` */
  readonly id: string;
  readonly uid: string;
  readonly version: string;
  /** The profile that it asks for, by digest. Undefined: the one that the site has when it starts. */
  readonly profile: string | undefined;
  readonly intent: Intent;
  /** What nobody can read of what was asked: then nothing is done until somebody has mended it. */
  readonly fault?: { readonly field: string; readonly says: string };
  /** `status.workflow` as it stands there; undefined: nobody has looked at it yet. */
  readonly workflow: unknown;
  /** `status.decision` as it stands there: for people, and to see whether they must be told anew. */
  readonly decision: unknown;
  readonly conditions: unknown;
}

/** spec: `{profile?: DIGEST, abort?: {by: WHO}}`; status: `{workflow, decision, conditions, observedAt}`. */
export function readWorkflow(object: KubeObject): Read<WorkflowObject> {
  const kind = workflowKinds.find((known) => known === object.kind);
  if (kind === undefined || object.apiVersion !== apiVersion) return wrong('kind', 'is no workflow of ours');
  const uid = textOf(object.metadata, 'uid', 'metadata.uid');
  if (!uid.ok) return uid;
  const version = versionOf(object);
  if (version === undefined) return wrong('metadata.resourceVersion', 'is missing');
  const asked = readSpec(object);
  const status = mapOf(object, 'status', 'status');
  const fault = !asked.ok ? asked : !status.ok ? status : undefined;
  const said = status.ok ? status.value : {};
  return fine({
    object,
    kind,
    id: `${kind}/${object.metadata.name}`,
    uid: uid.value,
    version,
    profile: asked.ok ? asked.value.profile : undefined,
    intent: asked.ok ? asked.value.intent : {},
    ...(fault === undefined ? {} : { fault: { field: fault.field, says: fault.says } }),
    workflow: member(said, 'workflow'),
    decision: member(said, 'decision'),
    conditions: member(said, 'conditions'),
  });
}

function readSpec(object: KubeObject): Read<Pick<WorkflowObject, 'profile' | 'intent'>> {
  const spec = mapOf(object, 'spec', 'spec');
  if (!spec.ok) return spec;
  const profile = optionalText(spec.value, 'profile', 'spec.profile');
  if (!profile.ok) return profile;
  const intent = intentOf(spec.value);
  return intent.ok ? fine({ profile: profile.value, intent: intent.value }) : intent;
}

/** An abort that nobody signed is a mistake in the object, not an abort. */
function intentOf(spec: unknown): Read<Intent> {
  const abort = member(spec, 'abort');
  if (abort === undefined) return fine({});
  if (!isForeign(abort)) return wrong('spec.abort', 'must be an object');
  const by = textOf(abort, 'by', 'spec.abort.by');
  return by.ok ? fine({ abort: { by: by.value } }) : by;
}

/** What we write of a workflow. */
export interface WorkflowWire {
  /** Undefined: nobody has begun it. */
  readonly workflow: WorkflowStatus | undefined;
  readonly decision: Told;
  readonly conditions: readonly Condition[];
  /** RFC 3339, by the operator's clock: when what it says was seen. */
  readonly observedAt: string;
}

/** The object with another status; it replaces the copy that was read, and no other. */
export function withStatus({ object }: WorkflowObject, status: WorkflowWire): KubeObject {
  return { ...object, status: status as unknown as Json };
}
