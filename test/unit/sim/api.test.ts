import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/agent/instruction.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import { type ApiServer, type ApiWrite, apiServer } from '../../../src/sim/api.ts';

const kind = 'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus';
const made = (spec: object, status?: object): KubeObject => ({
  apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
  kind: 'NodewrightAgentStatus',
  metadata: { name: 'node-a' },
  spec,
  ...(status === undefined ? {} : { status }),
});

let time: { nowMs: number };
let api: ApiServer;
let writes: ApiWrite[];

beforeEach(() => {
  time = { nowMs: Date.UTC(2026, 2, 4) };
  api = apiServer(time);
  writes = [];
  api.onWrite((write) => writes.push(write));
});

function objectOf(answer: Answer): KubeObject {
  if (answer.kind !== 'object') throw new Error(`is ${answer.kind}`);
  return answer.object;
}
const created = (): KubeObject =>
  objectOf(api.answer('test', { verb: 'create', object: made({ node: 'node-a' }, { heartbeat: 1 }) }));
const update = (object: KubeObject): Answer => api.answer('test', { verb: 'update', object });
const updateStatus = (object: KubeObject): Answer => api.answer('test', { verb: 'update-status', object });
const get = (staleMs?: number): Answer => api.answer('test', { verb: 'get', kind, name: 'node-a' }, staleMs);

describe('the API server', () => {
  test('gives what it creates an uid, a version, a generation and a time', () => {
    const { metadata } = created();
    expect(metadata).toEqual({
      name: 'node-a',
      uid: '5eed0000-0000-4000-8000-000000000001',
      resourceVersion: '1001',
      generation: 1,
      creationTimestamp: '2026-03-04T00:00:00.000Z',
    });
    expect(api.answer('test', { verb: 'create', object: made({}) })).toEqual({ kind: 'conflict' });
  });
  test('writes spec and status apart, and counts a generation for a spec only', () => {
    const first = created();
    const second = objectOf(update({ ...first, spec: { node: 'node-a', order: 1 }, status: { heartbeat: 99 } }));
    expect([second.status, second.metadata.generation]).toEqual([{ heartbeat: 1 }, 2]);
    const third = objectOf(updateStatus({ ...second, spec: { forged: true }, status: { heartbeat: 2 } }));
    expect([third.spec, third.status, third.metadata.generation]).toEqual([second.spec, { heartbeat: 2 }, 2]);
  });
  test('refuses a write over another version than the one that was read', () => {
    const first = created();
    update({ ...first, spec: { order: 1 } });
    expect(update({ ...first, spec: { order: 2 } })).toEqual({ kind: 'conflict' });
    expect(updateStatus({ ...first, status: {} })).toEqual({ kind: 'conflict' });
    expect(update({ ...first, metadata: { name: 'node-a' } }).kind).toBe('refused');
    expect(objectOf(get()).spec).toEqual({ order: 1 });
  });
  test('refuses a write to an object that took the place of the one that was read', () => {
    const first = created();
    api.remove(kind, 'node-a');
    expect(update(first)).toEqual({ kind: 'missing' });
    const other = created();
    expect(update({ ...first, metadata: { ...other.metadata, uid: first.metadata.uid as string } }).kind).toBe(
      'conflict',
    );
  });
  test('deletes the version that is named, and no other', () => {
    const first = created();
    const { resourceVersion } = first.metadata;
    const call = { verb: 'delete', kind, name: 'node-a' } as const;
    update({ ...first, spec: { order: 1 } });
    expect(api.answer('test', { ...call, resourceVersion: String(resourceVersion) })).toEqual({ kind: 'conflict' });
    expect(api.answer('test', call)).toEqual({ kind: 'done' });
    expect(api.answer('test', call)).toEqual({ kind: 'missing' });
    expect(writes.map(({ how, after }) => `${how} ${after === undefined}`)).toEqual([
      'create false',
      'update false',
      'remove true',
    ]);
  });
  test('makes no version of a write that changes nothing', () => {
    const first = created();
    expect(objectOf(updateStatus({ ...first, status: { heartbeat: 1 } }))).toBe(first);
    api.put({ ...made({ node: 'node-a' }, { heartbeat: 1 }) });
    expect(writes.map(({ how }) => how)).toEqual(['create']);
  });
  test('takes what controllers write over any version', () => {
    const first = created();
    api.put(made({ node: 'node-a' }, { heartbeat: 5 }));
    const now = objectOf(get());
    expect([now.status, now.metadata.uid, now.metadata.resourceVersion]).toEqual([
      { heartbeat: 5 },
      first.metadata.uid,
      '1002',
    ]);
  });
  test('serves an old version to whoever is served from a cache', () => {
    const first = created();
    time.nowMs += 10_000;
    const second = objectOf(updateStatus({ ...first, status: { heartbeat: 2 } }));
    expect(objectOf(get(3_000))).toBe(second === undefined ? undefined : first);
    expect(objectOf(get(0))).toBe(second);
    expect(get(20_000)).toEqual({ kind: 'missing' });
    const list = api.answer('test', { verb: 'list', kind }, 3_000);
    expect(list).toEqual({ kind: 'objects', objects: [first] });
  });
  test('lists by name, and the same list while nothing changes', () => {
    created();
    api.put({ ...made({}), metadata: { name: 'a-before' } });
    const list = api.lookAll(kind);
    expect(list.map(({ metadata }) => metadata.name)).toEqual(['a-before', 'node-a']);
    expect(api.lookAll(kind)).toBe(list);
    api.remove(kind, 'a-before');
    expect(api.lookAll(kind).map(({ metadata }) => metadata.name)).toEqual(['node-a']);
    expect(api.lookAll('v1/Nothing')).toEqual([]);
  });
});

describe('an old copy that is restored', () => {
  test('takes back every write since, and versions count on from it', () => {
    const first = created();
    const copy = api.copy();
    time.nowMs += 60_000;
    const second = objectOf(update({ ...first, spec: { order: 1 } }));
    api.put({ ...made({}), metadata: { name: 'born-later' } });
    expect(api.restore(copy)).toEqual([first]);
    expect(objectOf(get())).toBe(first);
    expect(api.look(kind, 'born-later')).toBeUndefined();
    const third = objectOf(update({ ...first, spec: { order: 7 } }));
    // The hazard of it: one version, two contents.
    expect(third.metadata.resourceVersion).toBe(second.metadata.resourceVersion);
    expect(writes.filter(({ how }) => how === 'restore').length).toBe(2);
  });
});
