import type { Keep } from './capture.ts';
import { isPlainObject, member, type PlainObject } from './plain.ts';

/** What no fact reads is left out, as far as that changes no fact: who once set which field (but for the fields of a
 *  node's spec: whoever set `unschedulable` cordoned it), and kubectl's copy of the whole object inside itself. When the
 *  capture is only read, also the bulk of what is only read in part. A test holds the facts of both forms equal. */
export function lean(object: PlainObject, keep: Keep): PlainObject {
  const metadata = member(object, 'metadata');
  const slim =
    isPlainObject(metadata) && hasNoise(metadata)
      ? { ...object, metadata: leanMetadata(metadata, object.kind === 'Node') }
      : object;
  return keep === 'all' ? slim : leanBody(slim);
}

const copyOfItself = 'kubectl.kubernetes.io/last-applied-configuration';

function hasNoise(metadata: PlainObject): boolean {
  return (
    Object.hasOwn(metadata, 'managedFields') || member(member(metadata, 'annotations'), copyOfItself) !== undefined
  );
}

function leanMetadata(metadata: PlainObject, isNode: boolean): PlainObject {
  const { managedFields, ...rest } = metadata;
  const owners = isNode && Array.isArray(managedFields) ? managedFields.flatMap(ownerOfSpec) : [];
  const kept: PlainObject = owners.length > 0 ? { ...rest, managedFields: owners } : rest;
  const annotations = member(metadata, 'annotations');
  if (!isPlainObject(annotations) || !Object.hasOwn(annotations, copyOfItself)) return kept;
  const { [copyOfItself]: _, ...others } = annotations;
  return { ...kept, annotations: others };
}

function ownerOfSpec(entry: unknown): PlainObject[] {
  const spec = member(member(entry, 'fieldsV1'), 'f:spec');
  return spec !== undefined && isPlainObject(entry) ? [{ ...entry, fieldsV1: { 'f:spec': spec } }] : [];
}

function leanBody(object: PlainObject): PlainObject {
  if (object.kind === 'Node') return { ...object, status: without(object.status, ['images']) };
  if (object.apiVersion !== 'v1' || object.kind !== 'Pod') return object;
  const pod = split(object).object;
  const conditions = member(pod.status, 'conditions');
  if (!Array.isArray(conditions) || !isPlainObject(pod.status)) return pod;
  const ready = conditions.filter((condition) => member(condition, 'type') === 'Ready');
  return { ...pod, status: { ...pod.status, conditions: ready } };
}

/** Pods are most of a site, and little of a pod is read: what it is, where it runs, in which phase, and whether ready. */
const readOfPods: Readonly<Record<string, readonly string[]>> = {
  metadata: ['name', 'namespace', 'labels', 'deletionTimestamp'],
  spec: ['nodeName'],
  status: ['phase', 'reason', 'conditions'],
};

/** An object as its read part and the rest, so that a line can end with what a reader may leave unparsed. */
export function split(object: PlainObject): { readonly object: PlainObject; readonly more?: PlainObject } {
  if (object.apiVersion !== 'v1' || object.kind !== 'Pod') return { object };
  const read: PlainObject = { ...object };
  const more: PlainObject = {};
  for (const [part, names] of Object.entries(readOfPods)) {
    const whole = object[part];
    if (!isPlainObject(whole)) continue;
    read[part] = Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name)));
    more[part] = Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name)));
  }
  return { object: read, more };
}

/** The two parts made one again; undefined when the rest claims what belongs into the read part, which would then say
 *  one thing to a reader and another to a copier. */
export function joined(object: PlainObject, more: PlainObject): PlainObject | undefined {
  const whole: PlainObject = { ...object };
  for (const [part, rest] of Object.entries(more)) {
    const names = Object.hasOwn(readOfPods, part) ? readOfPods[part] : undefined;
    const read = member(object, part);
    if (names === undefined || !isPlainObject(rest) || !isPlainObject(read)) return undefined;
    if (Object.keys(rest).some((name) => names.includes(name) || Object.hasOwn(read, name))) return undefined;
    whole[part] = { ...read, ...rest };
  }
  return whole;
}

function without(value: PlainObject[string], names: readonly string[]): PlainObject[string] {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
