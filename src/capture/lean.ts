import type { Keep } from './capture.ts';
import { isPlainObject, member, type PlainObject } from './plain.ts';

/** What no fact reads is left out, as far as that changes no fact: who once set which field (but for the fields of a
 *  node's spec: whoever set `unschedulable` cordoned it), and kubectl's copy of the whole object inside itself. When the
 *  capture is only read, also the bulk of what is only read in part. A test holds the facts of both forms equal. */
export function lean(object: PlainObject, keep: Keep): PlainObject {
  const metadata = member(object, 'metadata');
  const slim = isPlainObject(metadata)
    ? { ...object, metadata: leanMetadata(metadata, object.kind === 'Node') }
    : object;
  return keep === 'all' ? slim : leanBody(slim);
}

const copyOfItself = 'kubectl.kubernetes.io/last-applied-configuration';

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
  switch (object.kind) {
    case 'Pod':
      return { ...object, spec: only(object.spec, ['nodeName']), status: only(object.status, podStatus) };
    case 'Node':
      return { ...object, status: without(object.status, ['images']) };
    default:
      return object;
  }
}

const podStatus = ['phase', 'reason', 'message', 'conditions', 'startTime', 'nominatedNodeName'];

function only(value: PlainObject[string], names: readonly string[]): PlainObject[string] {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name]]));
}

function without(value: PlainObject[string], names: readonly string[]): PlainObject[string] {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
