import { expect, test } from 'vitest';
import { showCapture } from '../../../src/capture/show.ts';
import { statedText } from '../../../src/capture/stated-text.ts';
import { folder, manifest, opened, takenAtMs, twoNodes } from './support.ts';

test('a capture is shown by kind, reply and host, with what is missing and from when to when', () => {
  const spec = `  observer: {node-a: {clockSkew: 5ms}}
  fetched: {hosts/node-b/proc/drbd: 2026-03-04T10:14:02Z}
  missing: [{what: v1/Pod, why: refused}]`;
  const files = {
    ...twoNodes,
    'linstor/v1/nodes.json': '[]',
    'hosts/node-b/proc/drbd': 'abc',
    'capture.yaml': manifest(spec),
  };
  const capture = opened(folder(files));
  expect(showCapture(capture)).toEqual({
    name: 'calm',
    digest: capture.digest,
    takenAtMs,
    takenBy: 'nwctl 0.1.0',
    complete: false,
    hasManifest: true,
    kinds: [
      { kind: 'v1/Node', objects: 2, list: 'had', read: true },
      { kind: 'v1/Pod', objects: 0, list: 'failed', read: true },
    ],
    linstor: [{ name: '/v1/nodes', characters: 2, atMs: takenAtMs }],
    hosts: [{ node: 'node-b', files: [{ name: 'proc/drbd', characters: 3, atMs: takenAtMs - 60_000 }] }],
    observed: [{ node: 'node-a', clockSkewMs: 5 }],
    stated: null,
    missing: [{ what: 'v1/Pod', why: 'refused' }],
    moments: { oldestMs: takenAtMs - 60_000, newestMs: takenAtMs },
  });
});

test('a capture without moments shows none', () => {
  expect(showCapture(opened(folder(twoNodes))).moments).toBeNull();
});

test('of a site that nobody saw, who is listed and how much is stated', () => {
  const site = {
    lists: [
      { kind: 'node', members: ['node-1', 'node-2'] },
      { kind: 'vm', members: [] },
    ],
    facts: [{ fact: 'node.ready', of: 'node-1', value: true, ageMs: 0, grade: 'observed' }],
    frozen: [{ fact: 'node.bootId', of: 'node-1', value: 'b' }],
  } as const;
  const shown = showCapture(opened(folder({ 'facts.yaml': statedText(site, 'w') })));
  expect(shown.stated).toEqual({
    lists: [
      { kind: 'node', members: 2 },
      { kind: 'vm', members: 0 },
    ],
    facts: 1,
    frozen: 1,
  });
  expect([shown.kinds, shown.hosts, shown.observed]).toEqual([[], [], []]);
});
