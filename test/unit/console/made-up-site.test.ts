import { expect, test } from 'vitest';
import { siteLines } from '../../../src/console/render/made-up-site.ts';

test('a made-up site says who there is, then what is known of each, and of a fact only what is unusual', () => {
  const lines = siteLines({
    lists: [
      { kind: 'node', members: ['node-1', 'node-2'] },
      { kind: 'bond', members: [] },
      { kind: 'volume', members: ['pvc-1'] },
      { kind: 'vm', members: [] },
    ],
    facts: [
      { fact: 'connection.outOfSync', of: 'pvc-1@node-1:node-2', value: 65_536, ageMs: 0, grade: 'observed' },
      { fact: 'node.ready', of: 'node-1', value: true, ageMs: 31_000, grade: 'reported' },
      { fact: 'replica.disk', of: 'pvc-1@node-1', value: 'UpToDate', ageMs: 1, grade: 'observed' },
    ],
    frozen: [{ fact: 'node.name', of: 'node-1', value: 'node-1' }],
  });
  expect(lines).toEqual([
    'nodes node-1, node-2',
    'volume pvc-1',
    'no bond, vm',
    'pvc-1@node-1:node-2',
    '  connection.outOfSync = 64KiB',
    'node-1',
    '  node.ready = true (seen 31s before, reported)',
    '  cohort.node.name = node-1',
    'pvc-1@node-1',
    '  replica.disk = UpToDate (seen 1ms before)',
  ]);
});
