import { describe, expect, test } from 'vitest';
import { conditionsOf } from '../../../src/crd/conditions.ts';
import { heldBy, leadBy, readLease } from '../../../src/crd/lease.ts';
import { identityOf, tell } from '../../../src/crd/told.ts';
import { isOlder, versionOf } from '../../../src/crd/version.ts';
import { readWorkflow, withStatus } from '../../../src/crd/workflow-object.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { Reason, Several } from '../../../src/kernel/verdict.ts';
import { newWorkflow } from '../../../src/kernel/workflow.ts';
import type { Hold } from '../../../src/kernel/workflow-decision.ts';

function workflow(change: object): KubeObject {
  return {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'BondModeFlipPlan',
    metadata: { name: 'site', uid: 'u1', resourceVersion: '3' },
    ...change,
  } as KubeObject;
}

describe('a workflow’s object', () => {
  test('of which nothing was asked and nothing said', () => {
    const read = readWorkflow(workflow({}));
    expect(read).toMatchObject({ ok: true, value: { id: 'BondModeFlipPlan/site', uid: 'u1', intent: {} } });
    expect(read.ok && read.value.workflow).toBeUndefined();
    expect(read.ok && read.value.fault).toBeUndefined();
  });

  test('with a profile, an abort and what we said of it', () => {
    const spec = { profile: 'sha256:1', abort: { by: 'ops' } };
    const read = readWorkflow(workflow({ spec, status: { workflow: 1, decision: 2, conditions: 3 } }));
    expect(read).toMatchObject({
      value: { profile: 'sha256:1', intent: { abort: { by: 'ops' } }, workflow: 1, decision: 2, conditions: 3 },
    });
  });

  test.each<[object, string]>([
    [{ spec: 'all' }, 'spec'],
    [{ spec: [] }, 'spec'],
    [{ spec: { profile: 7 } }, 'spec.profile'],
    [{ spec: { abort: true } }, 'spec.abort'],
    [{ spec: { abort: {} } }, 'spec.abort.by'],
    [{ spec: { abort: { by: '' } } }, 'spec.abort.by'],
    [{ status: 'fine' }, 'status'],
  ])('%j: the field %s is named, and nothing is asked', (change, field) => {
    expect(readWorkflow(workflow(change))).toMatchObject({ ok: true, value: { intent: {}, fault: { field } } });
  });

  test.each<[object, string]>([
    [{ kind: 'Pod' }, 'kind'],
    [{ apiVersion: 'nodewright.nvidia.com/v1alpha1' }, 'kind'],
    [{ metadata: { name: 'site', resourceVersion: '3' } }, 'metadata.uid'],
    [{ metadata: { name: 'site', uid: 'u1' } }, 'metadata.resourceVersion'],
    [{ metadata: { name: 'site', uid: 7, resourceVersion: '3' } }, 'metadata.uid'],
  ])('%j is none: %s', (change, field) => {
    expect(readWorkflow(workflow(change))).toMatchObject({ ok: false, field });
  });

  test('with another status replaces the copy that was read', () => {
    const read = readWorkflow(workflow({ spec: { profile: 'p' } }));
    const object = read.ok ? withStatus(read.value, { observedAt: 't' } as never) : undefined;
    expect(object).toEqual(workflow({ spec: { profile: 'p' }, status: { observedAt: 't' } }));
  });
});

describe('a Lease', () => {
  const lease = (spec: unknown): KubeObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'n', name: 'l', resourceVersion: '1' },
    spec,
  });

  test.each<[object, object]>([
    [{}, { holder: null, durationMs: undefined, transitions: 0 }],
    [{ holderIdentity: '' }, { holder: null }],
    [{ holderIdentity: null }, { holder: null }],
    [
      { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 4 },
      { holder: 'a', durationMs: 15_000, transitions: 4 },
    ],
  ])('%j', (spec, value) => {
    expect(readLease(lease(spec))).toMatchObject({ ok: true, value });
  });

  test.each<[unknown, string]>([
    [undefined, 'spec'],
    [[], 'spec'],
    [{ holderIdentity: 1 }, 'spec.holderIdentity'],
    [{ leaseDurationSeconds: -1 }, 'spec.leaseDurationSeconds'],
    [{ leaseDurationSeconds: '15' }, 'spec.leaseDurationSeconds'],
    [{ leaseTransitions: 1.5 }, 'spec.leaseTransitions'],
    [{ leaseTransitions: 2 ** 53 }, 'spec.leaseTransitions'],
  ])('%j is nobody’s we know: %s', (spec, field) => {
    expect(readLease(lease(spec))).toMatchObject({ ok: false, field });
  });

  test('that changes hands keeps what others wrote into it', () => {
    const read = readLease(lease({ holderIdentity: 'a', strategy: 'x' }));
    if (!read.ok) throw new Error(read.says);
    expect(heldBy(read.value, null).spec).toEqual({ holderIdentity: null, strategy: 'x' });
    const leader = { identity: 'b', transitions: 5, durationMs: 15_000 };
    expect(leadBy(read.value, { namespace: 'n', name: 'l' }, leader, 1_000)).toEqual({
      ...read.value.object,
      spec: {
        holderIdentity: 'b',
        strategy: 'x',
        leaseDurationSeconds: 15,
        leaseTransitions: 5,
        renewTime: '1970-01-01T00:00:01.000000Z',
      },
    });
  });
});

describe('which of two copies is older', () => {
  const copy = (resourceVersion: unknown, uid = 'u') =>
    ({ metadata: { name: 'a', uid, resourceVersion } }) as unknown as KubeObject;
  test.each<[unknown, unknown, boolean]>([
    ['9', '10', true],
    ['10', '9', false],
    ['10', '10', false],
    ['99999999999999999998', '99999999999999999999', true],
    ['abc', '10', false],
    [undefined, '10', false],
    [9, '10', false],
  ])('%s and %s', (left, right, older) => {
    expect(isOlder(copy(left), copy(right))).toBe(older);
  });
  test('of another object, none', () => {
    expect(isOlder(copy('1', 'a'), copy('2', 'b'))).toBe(false);
  });
  test('an object without a version has none', () => {
    expect(versionOf(copy(''))).toBeUndefined();
  });
});

describe('what people read', () => {
  const reason = (object: string): Reason => ({
    says: 'every node is ready',
    fact: 'node.ready',
    object,
    detail: 'is false',
    unknown: false,
    at: { file: 'p', line: 1, col: 1 },
  });
  const status = newWorkflow({ workflow: 'w', uid: 'u', profile: 'p', machine: 'm' }, 'Idle', 1, 0);
  const hold = (because: Several<Reason>): Hold => ({
    kind: 'hold',
    state: 'Idle',
    because,
    sinceMs: 0,
    dueAtMs: null,
    overdue: true,
    stands: [],
    releases: 'x',
    next: status,
  });

  test('is bounded, and says how much more there is', () => {
    const many = Array.from({ length: 50 }, (_, index) => reason(`node-${index} ${'x'.repeat(2_000)}`));
    const told = tell(hold(many as unknown as Several<Reason>), 1_000);
    expect(told.because).toHaveLength(20);
    expect(told.moreReasons).toBe(30);
    expect(JSON.stringify(told).length).toBeLessThan(20_000);
  });

  test('says when it was seen, and has no budget to tell of where none runs', () => {
    const told = tell(hold([reason('node-a')]), 1_000);
    expect(told).toMatchObject({ observedAt: '1970-01-01T00:00:01.000Z', overdue: true });
    expect(told).not.toHaveProperty('due');
  });

  test('has one identity however its figures move, and another for another reason', () => {
    const one = identityOf(hold([reason('node-a')]));
    expect(identityOf(hold([{ ...reason('node-a'), detail: 'other', seenAtMs: 7 }]))).toBe(one);
    expect(identityOf(hold([reason('node-b')]))).not.toBe(one);
    expect(identityOf(hold([{ ...reason('node-a'), law: 'K4' }]))).not.toBe(one);
  });

  test('conditions change their time with their status only', () => {
    const first = conditionsOf(tell(hold([reason('node-a')]), 1_000), 4, undefined);
    expect(first.map(({ type, status: is }) => [type, is])).toEqual([
      ['Held', 'True'],
      ['Overdue', 'True'],
      ['Halted', 'False'],
      ['Complete', 'False'],
    ]);
    const rest = tell({ kind: 'rest', state: 'Complete', outcome: 'complete' }, 9_000);
    const second = conditionsOf(rest, 4, first);
    expect(
      second.map(({ type, status: is, lastTransitionTime }) => [type, is, lastTransitionTime.slice(17, 19)]),
    ).toEqual([
      ['Held', 'False', '09'],
      ['Overdue', 'False', '09'],
      ['Halted', 'False', '01'],
      ['Complete', 'True', '09'],
    ]);
    expect(second[0]).toMatchObject({ reason: 'Complete', observedGeneration: 4 });
    expect(second[0]?.message).toContain('as seen at 1970-01-01T00:00:09.000Z');
  });

  test('a halt says in which state each node is', () => {
    const nodes = [{ node: 'node-a', facts: [{ fact: 'bond.mode', object: 'node-a/bond1', reads: 'unknown' }] }];
    expect(tell({ kind: 'halt', state: 'Flip', because: [reason('node-a')], nodes }, 0)).toMatchObject({ nodes });
  });
});
