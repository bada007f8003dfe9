import { describe, expect, test } from 'vitest';
import { lockMove } from '../../../src/actuators/lock.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { LockWrite } from '../../../src/kernel/workflow-decision.ts';

const us = { uid: 'u1', epoch: 3 };
const take = (from: string | null, to = 'u1@3'): LockWrite => ({ do: 'take', from, to });
const release = (from: string | null): LockWrite => ({ do: 'release', from, to: null });

function held(holder: unknown): KubeObject {
  const metadata = { namespace: 'n', name: 'lock', resourceVersion: '4' };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata,
    spec: { holderIdentity: holder, mark: 'kept' },
  };
}

describe('K7: it is taken only if it is free, or ours of an older leader; only ours is given back', () => {
  test.each<[string, unknown, LockWrite, string]>([
    ['free', null, take(null), 'u1@3'],
    ['free, as others write it', '', take(null), 'u1@3'],
    ['free, with nothing said', undefined, take(null), 'u1@3'],
    ['ours of an older leader', 'u1@2', take('u1@2'), 'u1@3'],
    ['ours', 'u1@3', release('u1@3'), 'null'],
    ['ours of an older leader, given back', 'u1@2', release('u1@2'), 'null'],
    ['ours already', 'u1@3', take(null), 'already'],
    ['free already', null, release('u1@3'), 'already'],
    ['another’s by now', 'u2@1', take(null), 'newer'],
    ['free by now', null, take('u1@2'), 'newer'],
    ['another’s, and the decision says so', 'u2@1', take('u2@1'), 'foreign'],
    ['another’s, given back', 'u2@1', release('u2@1'), 'foreign'],
    ['ours of a newer leader', 'u1@4', take('u1@4'), 'foreign'],
    ['ours of a newer leader, given back', 'u1@4', release('u1@4'), 'foreign'],
    ['a person’s', 'ops@example', take('ops@example'), 'foreign'],
    ['free, for another workflow', null, take(null, 'u2@3'), 'foreign'],
    ['free, for another epoch', null, take(null, 'u1@2'), 'foreign'],
    ['nobody’s we can read', 7, take(null), 'foreign'],
  ])('%s', (_, holder, write, what) => {
    const move = lockMove(held(holder), write, us);
    if (move.kind === 'write') {
      expect(move.object.metadata).toEqual(held(holder).metadata);
      const { holderIdentity, mark } = move.object.spec as { holderIdentity: unknown; mark: string };
      expect([String(holderIdentity), mark]).toEqual([what, 'kept']);
    } else expect(move.kind === 'not' ? move.why : move.kind).toBe(what);
  });

  test('one that is not there is nobody’s to take', () => {
    expect(lockMove(undefined, take(null), us)).toMatchObject({ kind: 'not', why: 'missing' });
  });
});
