import { apiVersion, workflowKinds } from '../crd/workflow-object.ts';
import type { KubeObject } from '../kernel/raw.ts';

/** Whether an object is a workflow of ours. It stands apart, so that whoever finds none loads nothing for them. */
export function isWorkflow(object: KubeObject): boolean {
  return object.apiVersion === apiVersion && workflowKinds.some((kind) => kind === object.kind);
}
