import type { Json } from '../kernel/digest.ts';
import type { KubeObject } from '../kernel/raw.ts';
import { heardJson, sayableJson } from '../kernel/sayable.ts';
import { isForeign, member, type Read, wrong } from './read.ts';
import { readWorkflow, type WorkflowObject } from './workflow-object.ts';

/** A workflow's object as far as deciding reads it: who it is, what is asked for, and its status as it stood there, ours or not. What
 *  people were told of it is left out, and so is its version: neither decides. */
export function keptObject({ object }: WorkflowObject): Json {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, uid } = metadata;
  const { spec, status } = object;
  return sayableJson({
    apiVersion,
    kind,
    metadata: { name, namespace, uid },
    spec,
    status: isForeign(status) ? { workflow: member(status, 'workflow') as Json | undefined } : status,
  } as Json);
}

/** The workflow again, as deciding read it. */
export function workflowFrom(json: Json): Read<WorkflowObject> {
  const kept = heardJson(json);
  const metadata = member(kept, 'metadata');
  if (!isForeign(kept) || !isForeign(metadata)) return wrong('metadata', 'is missing');
  for (const field of ['apiVersion', 'kind']) {
    if (typeof kept[field] !== 'string') return wrong(field, 'is no text');
  }
  if (typeof metadata.name !== 'string') return wrong('metadata.name', 'is no text');
  return readWorkflow({ ...kept, metadata: { ...metadata, resourceVersion: 'kept' } } as unknown as KubeObject);
}
