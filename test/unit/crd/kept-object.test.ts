import { describe, expect, test } from 'vitest';
import { keptObject, workflowFrom } from '../../../src/crd/kept-object.ts';
import { readWorkflow, type WorkflowObject } from '../../../src/crd/workflow-object.ts';
import { canonical, type Json } from '../../../src/kernel/digest.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';

function workflow(change: object = {}): WorkflowObject {
  const object = {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'ReplicationUpgrade',
    metadata: { name: 'site', uid: 'u1', resourceVersion: '3', annotations: { secret: 'x' } },
    spec: {},
    ...change,
  };
  const read = readWorkflow(object as unknown as KubeObject);
  if (!read.ok) throw new Error(read.says);
  return read.value;
}

/** All that deciding reads of it. */
const asRead = ({ object: _, version: __, decision: ___, conditions: ____, ...read }: WorkflowObject): unknown => read;

describe('a workflow’s object as it is kept', () => {
  test.each([
    { says: 'nobody has begun it', change: {} },
    { says: 'an abort', change: { spec: { abort: { by: 'ops' }, profile: 'sha256:x' } } },
    { says: 'an abort that nobody signed', change: { spec: { abort: {} } } },
    { says: 'a spec that is none', change: { spec: 'text' } },
    { says: 'a status', change: { status: { workflow: { serial: 3, done: [] }, decision: { kind: 'hold' } } } },
    { says: 'a status without a workflow', change: { status: { decision: { kind: 'hold' } } } },
    { says: 'a status that is none', change: { status: ['list'] } },
    { says: 'a workflow that is none', change: { status: { workflow: 'text' } } },
    {
      says: 'halves of characters',
      change: { spec: { abort: { by: '\ud800' } }, status: { workflow: { '\udc00': ['\u0000'] } } },
    },
    {
      says: 'a name that JavaScript has',
      change: { status: { workflow: JSON.parse('{"__proto__": {"serial": 1}}') } },
    },
  ])('is read again as it was: $says', ({ change }) => {
    const one = workflow(change);
    const text = canonical(keptObject(one));
    const again = workflowFrom(JSON.parse(text) as Json);
    if (!again.ok) throw new Error(again.says);
    expect(asRead(again.value)).toEqual(asRead(one));
    expect(canonical(keptObject(again.value))).toBe(text);
  });

  test('is without what nobody decides by', () => {
    const text = canonical(keptObject(workflow({ status: { decision: { says: 'told' }, conditions: [] } })));
    expect(text).not.toMatch(/told|conditions|secret|resourceVersion/);
  });

  test.each<[string, Json]>([
    ['metadata', 3],
    ['metadata', {}],
    ['kind', { apiVersion: 'x', metadata: {} }],
    ['metadata.name', { apiVersion: 'x', kind: 'y', metadata: {} }],
    ['kind', { apiVersion: 'x', kind: 'y', metadata: { name: 'z' } }],
  ])('of another form is refused at %s', (field, json) => {
    expect(workflowFrom(json)).toMatchObject({ ok: false, field });
  });
});
