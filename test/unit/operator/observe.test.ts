import { describe, expect, test } from 'vitest';
import { type KubeObject, kindOf, type Raw } from '../../../src/kernel/raw.ts';
import { Observer } from '../../../src/operator/observe.ts';
import { olderPatienceMs } from '../../../src/operator/shelf.ts';

const statuses = 'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus';
const nodes = 'v1/Node';

function watched(): { observer: Observer; clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  return { observer: new Observer(() => clock.nowMs), clock };
}

function status(version: number, sequence: number, bootId = 'b1', uid = 'u1'): KubeObject {
  return {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'NodewrightAgentStatus',
    metadata: { name: 'node-a', uid, resourceVersion: String(version) },
    spec: { node: 'node-a' },
    status: { heartbeat: { sequence, bootId }, observations: [] },
  };
}

function node(version: number, name = 'node-a'): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: `u-${name}`, resourceVersion: String(version) } };
}

const listOf = (raws: readonly Raw[], kind: string) => raws.find((raw) => raw.from === 'list' && raw.kind === kind);
const objectsOf = (raws: readonly Raw[], kind: string) =>
  raws.flatMap((raw) => (raw.from === 'object' && kindOf(raw.object) === kind ? [raw] : []));

describe('a heartbeat is what we saw change, by our own clock', () => {
  test('the first that is seen may be years old', () => {
    const { observer } = watched();
    observer.listed(statuses, [status(5, 100)], 1_000);
    expect(observer.observers(1_000).get('node-a')).toEqual({ from: 'observer', at: 1_000, node: 'node-a' });
  });

  test.each([
    ['the next number', status(6, 101), 3_000],
    ['a smaller number, of an agent that began anew', status(6, 1), 3_000],
    ['another boot', status(6, 100, 'b2'), 3_000],
    ['the same again', status(6, 100), undefined],
    ['the same again, in another object of that name', status(6, 101, 'b1', 'u2'), undefined],
    ['an older copy', status(4, 99), undefined],
    ['a heartbeat that cannot be read', { ...status(6, 101), status: { heartbeat: 'yes' } }, undefined],
  ])('%s', (_, next, changedAt) => {
    const { observer, clock } = watched();
    observer.listed(statuses, [status(5, 100)], 1_000);
    clock.nowMs = 3_000;
    observer.hear({ kind: 'changed', object: next });
    expect(observer.heartbeatChangedAt('node-a')).toBe(changedAt);
  });

  test('an older copy makes nothing younger, not even when the newer one is shown again', () => {
    const { observer, clock } = watched();
    observer.listed(statuses, [status(5, 100)], 1_000);
    clock.nowMs = 2_000;
    observer.hear({ kind: 'changed', object: status(6, 101) });
    clock.nowMs = 9_000;
    observer.listed(statuses, [status(5, 100)], 9_000);
    observer.listed(statuses, [status(6, 101)], 9_500);
    expect(observer.heartbeatChangedAt('node-a')).toBe(2_000);
  });

  test('who is not listed any more was never heard of', () => {
    const { observer } = watched();
    observer.listed(statuses, [status(5, 100)], 1_000);
    observer.listed(statuses, [], 2_000);
    expect([...observer.observers(2_000).keys()]).toEqual([]);
  });

  test('an agent’s status is as old as its own last word, whatever others say', () => {
    const { observer, clock } = watched();
    observer.listed(statuses, [status(5, 100)], 1_000);
    clock.nowMs = 8_000;
    observer.hear({ kind: 'alive', of: statuses });
    expect(objectsOf(observer.raws(), statuses)).toMatchObject([{ at: 1_000 }]);
  });
});

describe('a list', () => {
  test('that could not be had is no empty list; whom we know of we still know of', () => {
    const { observer } = watched();
    observer.listed(nodes, [node(1)], 1_000);
    observer.listFailed(nodes, 'did not answer in time', 2_000);
    expect(listOf(observer.raws(), nodes)).toEqual({
      from: 'list',
      at: 2_000,
      kind: nodes,
      failed: 'did not answer in time',
    });
    expect(objectsOf(observer.raws(), nodes)).toMatchObject([{ at: 1_000 }]);
    expect(observer.isListed(nodes)).toBe(false);
  });

  test.each([
    ['text', 'nothing'],
    ['an object without a name', { apiVersion: 'v1', kind: 'Node', metadata: {} }],
    ['another kind', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }],
  ])('that holds %s is none', (_, item) => {
    const { observer } = watched();
    observer.listed(nodes, [node(1), item], 1_000);
    expect(listOf(observer.raws(), nodes)).toMatchObject({ failed: expect.any(String) });
  });

  test('says what its items do not say of themselves', () => {
    const { observer } = watched();
    observer.listed(nodes, [{ metadata: { name: 'node-a' } }], 1_000);
    expect(objectsOf(observer.raws(), nodes)).toMatchObject([{ object: { apiVersion: 'v1', kind: 'Node' } }]);
  });

  test('takes away whom it does not name', () => {
    const { observer } = watched();
    observer.listed(nodes, [node(1), node(2, 'node-b')], 1_000);
    observer.listed(nodes, [node(2, 'node-b')], 2_000);
    expect(objectsOf(observer.raws(), nodes).map(({ object }) => object.metadata.name)).toEqual(['node-b']);
  });
});

describe('a watch', () => {
  test('that is alive keeps everything young that it does not mention', () => {
    const { observer, clock } = watched();
    observer.listed(nodes, [node(1), node(2, 'node-b')], 1_000);
    clock.nowMs = 5_000;
    observer.hear({ kind: 'changed', object: node(3) });
    expect(objectsOf(observer.raws(), nodes).map(({ at }) => at)).toEqual([5_000, 5_000]);
    clock.nowMs = 6_000;
    observer.hear({ kind: 'alive', of: nodes });
    expect(listOf(observer.raws(), nodes)).toMatchObject({ at: 6_000 });
  });

  test('that was lost keeps nothing young until the kind is listed again', () => {
    const { observer, clock } = watched();
    observer.listed(nodes, [node(1)], 1_000);
    observer.hear({ kind: 'lost', of: nodes });
    expect([...observer.lost()]).toEqual([nodes]);
    clock.nowMs = 5_000;
    observer.hear({ kind: 'alive', of: nodes });
    expect(objectsOf(observer.raws(), nodes)).toMatchObject([{ at: 1_000 }]);
    observer.listed(nodes, [node(1)], 5_000);
    expect(observer.lost().size).toBe(0);
    expect(objectsOf(observer.raws(), nodes)).toMatchObject([{ at: 5_000 }]);
  });

  test('says nothing of a kind that was not listed', () => {
    const { observer } = watched();
    observer.hear({ kind: 'changed', object: node(1) });
    expect(observer.raws()).toEqual([]);
  });

  test.each([undefined, 7, {}, { kind: 'Node' }])('that brings %j brings nothing', (object) => {
    const { observer } = watched();
    observer.listed(nodes, [node(1)], 1_000);
    observer.hear({ kind: 'changed', object: object as unknown as KubeObject });
    expect(objectsOf(observer.raws(), nodes)).toHaveLength(1);
  });

  test('that tells of an end takes away that copy and no newer one', () => {
    const { observer } = watched();
    observer.listed(nodes, [node(10)], 1_000);
    observer.hear({ kind: 'gone', object: node(9) });
    expect(objectsOf(observer.raws(), nodes)).toHaveLength(1);
    observer.hear({ kind: 'gone', object: node(11) });
    expect(objectsOf(observer.raws(), nodes)).toHaveLength(0);
  });
});

describe('an older copy than was seen', () => {
  test('is not taken, and what we have is not confirmed by it', () => {
    const { observer, clock } = watched();
    observer.listed(nodes, [node(10)], 1_000);
    clock.nowMs = 5_000;
    observer.listed(nodes, [node(9)], 5_000);
    observer.hear({ kind: 'alive', of: nodes });
    const [kept] = objectsOf(observer.raws(), nodes);
    expect(kept?.object.metadata.resourceVersion).toBe('10');
    expect(kept?.at).toBe(1_000);
  });

  test('that is shown for a minute, and nothing newer, is how it is: the store is an old one', () => {
    const { observer, clock } = watched();
    observer.listed(nodes, [node(10)], 1_000);
    for (const ms of [5_000, 5_000 + olderPatienceMs]) {
      clock.nowMs = ms;
      observer.listed(nodes, [node(9)], ms);
    }
    expect(objectsOf(observer.raws(), nodes)[0]?.object.metadata.resourceVersion).toBe('9');
  });

  test('is as good as every other where versions are no numbers, or it is another object', () => {
    const { observer } = watched();
    observer.listed(nodes, [node(10)], 1_000);
    observer.listed(nodes, [{ ...node(9), metadata: { name: 'node-a', uid: 'another', resourceVersion: '9' } }], 2_000);
    expect(objectsOf(observer.raws(), nodes)[0]?.object.metadata.uid).toBe('another');
  });
});

test('only the Leases that mean something to us are kept', () => {
  const clock = { nowMs: 1_000 };
  const observer = new Observer(
    () => clock.nowMs,
    (id) => id === 'nodewright/site-lock',
  );
  const lease = (namespace: string, name: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace, name },
  });
  observer.listed(
    'coordination.k8s.io/v1/Lease',
    [lease('nodewright', 'site-lock'), lease('kube-node-lease', 'a')],
    1_000,
  );
  expect(objectsOf(observer.raws(), 'coordination.k8s.io/v1/Lease')).toHaveLength(1);
  expect(observer.isListed('coordination.k8s.io/v1/Lease')).toBe(true);
});

test('what could not be had of LINSTOR is said to be so', () => {
  const { observer } = watched();
  observer.linstor('/v1/nodes', { text: '[]' }, 1_000);
  observer.linstor('/v1/nodes', { failed: 'HTTP 500' }, 2_000);
  expect(observer.raws()).toEqual([{ from: 'linstor', at: 2_000, path: '/v1/nodes', text: '', failed: 'HTTP 500' }]);
});
