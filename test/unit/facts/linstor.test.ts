import { describe, expect, test } from 'vitest';
import { linstorReport } from '../../../src/facts/linstor.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { idsIn, type Loose, linstorPaths, reply, said, textOf, valueIn } from './cluster-fixtures.ts';

const { nodes, view, definitions, groups, pools, snapshots, properties } = linstorPaths;

const synced = [
  reply(nodes, 'drbdsim/01-nodes'),
  reply(view, 'drbdsim/10-view-after-sync'),
  reply(definitions, 'drbdsim/08c-resource-definitions'),
  reply(groups, '26-rg-list'),
  reply(properties, '88-controller-props'),
];

function reportOf(raws: readonly Raw[]): Report | undefined {
  return linstorReport(raws);
}
function saidOf(raws: readonly Raw[], fact: string, id: string): unknown {
  return valueIn(reportOf(raws), fact, id);
}
/** A recorded reply, changed by hand. */
function altered(path: string, file: string, change: (list: Loose) => void): Raw {
  const list = JSON.parse(textOf(`linstor/${file}.json`)) as Loose;
  change(list);
  return said(path, list);
}
const syncedBut = (change: (list: Loose) => void): Raw[] => [
  ...synced.filter((raw) => !(raw.from === 'linstor' && raw.path === view)),
  altered(view, 'drbdsim/10-view-after-sync', change),
];

describe('who there is', () => {
  const report = reportOf(synced);
  test('volumes and replicas are what LINSTOR places, its tie-breaker too', () => {
    expect(idsIn(report, 'volume')).toEqual(['pvc-1', 'pvc-2']);
    expect(idsIn(report, 'replica')).toEqual([
      'pvc-1@node-a',
      'pvc-1@node-b',
      'pvc-1@node-c',
      'pvc-2@node-b',
      'pvc-2@node-c',
    ]);
  });
  test('connections are the ordered pairs, but for two without a disk', () => {
    expect(idsIn(report, 'connection')).toEqual([
      'pvc-1@node-a:node-b',
      'pvc-1@node-a:node-c',
      'pvc-1@node-b:node-a',
      'pvc-1@node-b:node-c',
      'pvc-1@node-c:node-a',
      'pvc-1@node-c:node-b',
      'pvc-2@node-b:node-c',
      'pvc-2@node-c:node-b',
    ]);
    const twoClients = syncedBut((list) => {
      list[2].flags = ['DISKLESS', 'DRBD_DISKLESS'];
    });
    expect(idsIn(reportOf(twoClients), 'connection')).not.toContain('pvc-1@node-b:node-c');
    expect(idsIn(reportOf(twoClients), 'connection')).toContain('pvc-1@node-a:node-c');
  });
  test('without the DRBD layer there are copies and no connections', () => {
    const report = reportOf([reply(view, '71-view-resources-c-offline'), said(definitions, [])]);
    expect(idsIn(report, 'replica')).toContain('pvc-2@node-c');
    expect(idsIn(report, 'connection')).toEqual([]);
  });
  test('what is defined and nowhere placed stays in the list, with no copy', () => {
    const raws = [said(view, []), reply(definitions, 'drbdsim/08c-resource-definitions')];
    expect(idsIn(reportOf(raws), 'volume')).toEqual(['pvc-1', 'pvc-2']);
    expect(saidOf(raws, 'volume.place', 'pvc-1')).toBe(0);
  });
  test('every volume number of a resource counts on each of its nodes', () => {
    const raws = syncedBut((list) => {
      list[0].volumes.push({ ...list[0].volumes[0], volume_number: 1 });
    });
    expect(idsIn(reportOf(raws), 'volume')).toEqual(['pvc-1', 'pvc-1/1', 'pvc-2']);
    expect(idsIn(reportOf(raws), 'replica')).toContain('pvc-1/1@node-c');
    expect(saidOf(raws, 'replica.linstorDisk', 'pvc-1/1@node-a')).toBe('UpToDate');
    expect(saidOf(raws, 'replica.linstorDisk', 'pvc-1/1@node-c')).toBeUndefined();
  });
  test('an empty LINSTOR has nobody', () => {
    const report = reportOf([said(view, []), said(definitions, [])]);
    for (const kind of ['volume', 'replica', 'connection']) expect(idsIn(report, kind)).toEqual([]);
  });
  test('is as old as the older of both lists', () => {
    const report = reportOf([
      reply(view, 'drbdsim/10-view-after-sync', 9_000),
      reply(definitions, 'drbdsim/08c-resource-definitions', 4_000),
    ]);
    expect(report?.censuses.map(({ kind, seenAtMs }) => [kind, seenAtMs])).toEqual([
      ['volume', 4_000],
      ['replica', 9_000],
      ['connection', 9_000],
    ]);
    expect(report?.seenAtMs).toBe(9_000);
  });
});

describe('a list that was not had is unknown, never empty', () => {
  test.each<[string, Raw]>([
    ['a hung satellite: HTTP 500 with one code and no message', reply(view, '85b-sigstop-get-view-resources')],
    ['a return code that is no list', reply(view, '52-bad-json')],
    ['an error in text', said(view, '404 page not found')],
    ['nothing', said(view, '')],
    ['half a reply', said(view, textOf('linstor/drbdsim/10-view-after-sync.json').slice(0, 900))],
    ['an object', said(view, { items: [] })],
    ['null', said(view, 'null')],
    ['a list of texts', said(view, ['pvc-1'])],
    ['a resource without a name', said(view, [{ node_name: 'node-a' }])],
    ['a volume without a number', said(view, [{ name: 'pvc-1', node_name: 'node-a', volumes: [{}] }])],
    ['a failure that the capture notes', { from: 'linstor', at: 1_000, path: view, text: '', failed: 'timed out' }],
  ])('%s', (_, raw) => {
    const report = reportOf([raw, reply(definitions, 'drbdsim/08c-resource-definitions')]);
    for (const kind of ['volume', 'replica', 'connection']) expect(idsIn(report, kind)).toHaveProperty('failed');
    expect(report?.observations.filter(({ fact }) => fact === 'volume.place')).toEqual([]);
  });
  test('a list that nobody asked for', () => {
    const report = reportOf([reply(nodes, 'drbdsim/01-nodes')]);
    expect(idsIn(report, 'replica')).toEqual({ failed: 'LINSTOR GET /v1/view/resources was not asked' });
  });
  test('volumes need the definitions too; copies do not', () => {
    const report = reportOf([reply(view, 'drbdsim/10-view-after-sync')]);
    expect(idsIn(report, 'volume')).toHaveProperty('failed');
    expect(idsIn(report, 'replica')).toHaveLength(5);
  });
  test('two different replies of one moment are none', () => {
    const both = [
      reply(view, 'drbdsim/10-view-after-sync'),
      reply(view, 'drbdsim/07-view-during-sync'),
      reply(definitions, 'drbdsim/08c-resource-definitions'),
    ];
    for (const raws of [both, both.toReversed()]) expect(idsIn(reportOf(raws), 'replica')).toHaveProperty('failed');
  });
  test('the newer of two is taken', () => {
    const both = [reply(view, 'drbdsim/07-view-during-sync', 1_000), reply(view, 'drbdsim/10-view-after-sync', 2_000)];
    for (const raws of [both, both.toReversed()])
      expect(saidOf(raws, 'replica.linstorDisk', 'pvc-1@node-c')).toBe('UpToDate');
  });
  test('without any reply there is no report', () => {
    expect(reportOf([])).toBeUndefined();
  });
});

describe('the controller is reachable', () => {
  test.each<[string, Raw[], unknown]>([
    ['when it answers with the list of nodes', [reply(nodes, 'drbdsim/01-nodes')], true],
    ['not when it answers with an error', [reply(nodes, '85b-sigstop-get-view-resources')], false],
    ['not when the request failed', [{ from: 'linstor', at: 1, path: nodes, text: '', failed: 'no route' }], false],
    ['nobody knows when it was not asked', [reply(view, 'drbdsim/10-view-after-sync')], undefined],
  ])('%s', (_, raws, value) => {
    expect(saidOf(raws, 'site.linstorReachable', 'site')).toBe(value);
  });
});

describe('satellites', () => {
  test('are ONLINE, and absent flags are none', () => {
    expect(saidOf(synced, 'node.satellite', 'node-a')).toBe('ONLINE');
    expect(saidOf(synced, 'node.satelliteFlags', 'node-a')).toEqual([]);
  });
  test('are all OFFLINE right after the controller started, and said to be', () => {
    const raws = [reply(nodes, '63-nodes-right-after-controller-start')];
    for (const name of ['node-a', 'node-b', 'node-c']) expect(saidOf(raws, 'node.satellite', name)).toBe('OFFLINE');
    expect(saidOf(raws, 'site.linstorReachable', 'site')).toBe(true);
  });
  test('of an evicted node carry DELETE too', () => {
    expect(saidOf([reply(nodes, '91-nodes-evicted')], 'node.satelliteFlags', 'node-c')).toEqual(['DELETE', 'EVICTED']);
  });
  test('registered under another name are not believed to be ONLINE', () => {
    const raws = [reply(nodes, '09-nodes-hostname-mismatch')];
    expect(saidOf(raws, 'node.satellite', 'node-x')).toEqual({
      unreadable: 'ONLINE, but its host calls itself node-d',
    });
    expect(saidOf(raws, 'node.satellite', 'node-a')).toBe('ONLINE');
  });
  test.each<[string, (entry: Loose) => void, string, unknown]>([
    [
      'an unknown word',
      (entry) => {
        entry.connection_status = 'Online';
      },
      'node.satellite',
      { unreadable: 'Online' },
    ],
    [
      'no word',
      (entry) => {
        delete entry.connection_status;
      },
      'node.satellite',
      undefined,
    ],
    [
      'a number',
      (entry) => {
        entry.connection_status = 2;
      },
      'node.satellite',
      { unreadable: '2' },
    ],
    [
      'flags as text',
      (entry) => {
        entry.flags = 'EVICTED';
      },
      'node.satelliteFlags',
      { unreadable: 'EVICTED' },
    ],
  ])('with %s', (_, change, fact, value) => {
    const raw = altered(nodes, 'drbdsim/01-nodes', (list) => change(list[0]));
    expect(saidOf([raw], fact, 'node-a')).toEqual(value);
  });
});

describe('replicas', () => {
  test.each<[string, string, string, unknown]>([
    ['10-view-after-sync', 'replica.kind', 'pvc-1@node-a', 'diskful'],
    ['10-view-after-sync', 'replica.kind', 'pvc-1@node-b', 'tie-breaker'],
    ['05-view-1diskful-1diskless', 'replica.kind', 'pvc-2@node-c', 'client'],
    ['10-view-after-sync', 'replica.linstorDisk', 'pvc-1@node-a', 'UpToDate'],
    ['10-view-after-sync', 'replica.linstorDisk', 'pvc-1@node-b', 'Diskless'],
    ['07-view-during-sync', 'replica.linstorDisk', 'pvc-1@node-c', { unreadable: 'SyncTarget(17.15%)' }],
    ['17b-view-node-c-dead', 'replica.linstorDisk', 'pvc-1@node-c', undefined],
    ['17b-view-node-c-dead', 'replica.inUse', 'pvc-1@node-c', undefined],
    ['10-view-after-sync', 'replica.inUse', 'pvc-1@node-a', false],
    ['22-view-in-use', 'replica.inUse', 'pvc-3@node-a', true],
    ['24c-view', 'replica.deleting', 'pvc-3@node-a', true],
    ['24c-view', 'replica.deleting', 'pvc-3@node-b', false],
  ])('%s: %s of %s', (file, fact, id, value) => {
    expect(saidOf([reply(view, `drbdsim/${file}`)], fact, id)).toEqual(value);
  });
  test('of a silent satellite stay in the list', () => {
    expect(idsIn(reportOf([reply(view, 'drbdsim/17b-view-node-c-dead')]), 'replica')).toContain('pvc-1@node-c');
  });
  test('with flags that are no list are of no kind, and neither deleted nor kept', () => {
    const raws = syncedBut((list) => {
      list[0].flags = 'DELETE';
    });
    for (const fact of ['replica.kind', 'replica.deleting'])
      expect(saidOf(raws, fact, 'pvc-1@node-a')).toEqual({ unreadable: 'DELETE' });
    expect(saidOf(raws, 'volume.place', 'pvc-1')).toEqual({ unreadable: 'DELETE' });
    expect(idsIn(reportOf(raws), 'connection')).toContain('pvc-1@node-a:node-b');
  });
});

describe('connections', () => {
  test.each<[string, string, unknown]>([
    ['10-view-after-sync', 'pvc-1@node-a:node-c', 'Connected'],
    ['17b-view-node-c-dead', 'pvc-1@node-a:node-c', 'Connecting'],
    ['17b-view-node-c-dead', 'pvc-1@node-c:node-a', undefined],
  ])('%s: %s', (file, id, value) => {
    expect(saidOf([reply(view, `drbdsim/${file}`)], 'connection.state', id)).toEqual(value);
  });
  test.each<[string, object, unknown]>([
    ['StandAlone', { connected: false, message: 'StandAlone' }, 'StandAlone'],
    ['a word that DRBD does not have', { connected: false, message: 'Ok' }, { unreadable: 'Ok' }],
    ['a contradiction', { connected: true, message: 'StandAlone' }, { unreadable: 'connected: true, but StandAlone' }],
    ['no word', { connected: true }, undefined],
  ])('%s', (_, one, value) => {
    const raws = syncedBut((list) => {
      list[0].layer_object.drbd.connections['node-c'] = one;
    });
    expect(saidOf(raws, 'connection.state', 'pvc-1@node-a:node-c')).toEqual(value);
  });
  test('know what their peer is', () => {
    expect(saidOf(synced, 'connection.peerKind', 'pvc-1@node-a:node-b')).toBe('tie-breaker');
    expect(saidOf(synced, 'connection.peerKind', 'pvc-1@node-b:node-a')).toBe('diskful');
  });
  test('are found below other layers', () => {
    const raws = syncedBut((list) => {
      list[0].layer_object = { type: 'CACHE', children: [list[0].layer_object] };
    });
    expect(saidOf(raws, 'connection.state', 'pvc-1@node-a:node-b')).toBe('Connected');
  });
});

describe('volumes', () => {
  test.each<[string, unknown]>([
    ['volume.place', 2],
    ['volume.quorumPolicy', 'majority'],
    ['volume.pendingDelete', false],
    ['volume.migrationTwoPrimaries', false],
  ])('%s of pvc-1', (fact, value) => {
    expect(saidOf(synced, fact, 'pvc-1')).toEqual(value);
  });
  test('a copy that waits to be deleted is no copy, and one flag is enough to know that something waits', () => {
    const raws = [
      altered(view, '78-view-resources-delete-pending', (list) => list.push({ name: 'pvc-1', node_name: 'node-a' })),
    ];
    expect(saidOf(raws, 'volume.place', 'pvc-2')).toBe(2);
    expect(saidOf(raws, 'volume.pendingDelete', 'pvc-2')).toBe(true);
    expect(saidOf(raws, 'volume.pendingDelete', 'pvc-1')).toBeUndefined();
    expect(saidOf([...raws, said(definitions, [])], 'volume.pendingDelete', 'pvc-1')).toBe(false);
  });
  test.each(['EVACUATE', 'DISK_REMOVING', 'DRBD_DELETE', 'INACTIVE'])('a copy with %s is none to count on', (flag) => {
    expect(
      saidOf(
        syncedBut((list) => {
          list[0].flags = [flag];
        }),
        'volume.place',
        'pvc-1',
      ),
    ).toBe(1);
  });
  test.each<[string, object | null, unknown]>([
    ['as many as its group asks for', { name: 'rg1', select_filter: { place_count: 2 } }, 2],
    ['a group that asks for no number', { name: 'rg1', select_filter: {} }, undefined],
    ['what is no number', { name: 'rg1', select_filter: { place_count: 'two' } }, { unreadable: 'two' }],
    ['fewer than none', { name: 'rg1', select_filter: { place_count: -1 } }, { unreadable: '-1' }],
    ['another group', { name: 'rg2', select_filter: { place_count: 2 } }, undefined],
    ['the groups were not had', null, undefined],
  ])('the balancer keeps a volume at what its group asks for: %s', (_, group, value) => {
    const raws = [
      reply(view, 'drbdsim/10-view-after-sync'),
      said(definitions, [{ name: 'pvc-1', resource_group_name: 'rg1' }]),
      ...(group === null ? [] : [said(groups, [group])]),
    ];
    expect(saidOf(raws, 'volume.groupPlace', 'pvc-1')).toEqual(value);
    expect(saidOf(raws, 'volume.groupPlace', 'pvc-2')).toBeUndefined();
  });
  test('a definition that waits to be deleted says so itself', () => {
    const raws = [reply(view, 'drbdsim/10-view-after-sync'), said(definitions, [{ name: 'pvc-1', flags: ['DELETE'] }])];
    expect(saidOf(raws, 'volume.pendingDelete', 'pvc-1')).toBe(true);
  });
});

describe('a property that a definition inherits', () => {
  const two = 'DrbdOptions/Net/allow-two-primaries';
  const quorum = 'DrbdOptions/Resource/quorum';
  const raws = (own: object, group: object | null, all: object | null): Raw[] => [
    reply(view, 'drbdsim/10-view-after-sync'),
    said(definitions, [{ name: 'pvc-1', props: own, resource_group_name: 'rg1' }]),
    ...(group === null ? [] : [said(groups, [{ name: 'rg1', props: group }])]),
    ...(all === null ? [] : [said(properties, all)]),
  ];
  test.each<[string, Raw[], unknown, unknown]>([
    ['its own', raws({ [two]: 'yes', [quorum]: 'all' }, {}, {}), true, 'all'],
    [
      'its own against the group’s',
      raws({ [two]: 'no', [quorum]: 'off' }, { [two]: 'yes', [quorum]: 'all' }, {}),
      false,
      'off',
    ],
    [
      'the group’s: a class may set it for good',
      raws({}, { [two]: 'yes', [quorum]: 'majority' }, {}),
      true,
      'majority',
    ],
    ['the controller’s', raws({}, {}, { [two]: 'yes', [quorum]: 'majority' }), true, 'majority'],
    ['nobody’s', raws({}, {}, {}), false, 'off'],
    ['unknown without the groups', raws({}, null, {}), undefined, undefined],
    ['unknown without the controller’s', raws({}, {}, null), undefined, undefined],
    [
      'a word that is none of ours',
      raws({ [two]: 'perhaps', [quorum]: '2' }, {}, {}),
      { unreadable: 'perhaps' },
      { unreadable: '2' },
    ],
  ])('%s', (_, given, primaries, policy) => {
    expect(saidOf(given, 'volume.migrationTwoPrimaries', 'pvc-1')).toEqual(primaries);
    expect(saidOf(given, 'volume.quorumPolicy', 'pvc-1')).toEqual(policy);
  });
});

describe('snapshots', () => {
  const at = (flags: unknown): Raw[] => [
    reply(view, 'drbdsim/10-view-after-sync'),
    said(snapshots, [{ name: 's', resource_name: 'pvc-1', flags }]),
  ];
  test.each<[string, unknown, unknown]>([
    ['one that succeeded is over', ['SUCCESSFUL'], false],
    ['one that failed is over, though it stays', ['FAILED_DEPLOYMENT'], false],
    ['one without a flag is being taken', undefined, true],
    ['one with a flag that says neither is being taken', ['SHIPPING'], true],
    ['one with flags that are no list is unreadable', 'SUCCESSFUL', { unreadable: 'SUCCESSFUL' }],
  ])('%s', (_, flags, value) => {
    expect(saidOf(at(flags), 'volume.snapshotRunning', 'pvc-1')).toEqual(value);
    expect(saidOf(at(flags), 'volume.snapshotRunning', 'pvc-2')).toBe(false);
  });
  test('as recorded: one that a hung satellite left behind', () => {
    const raws = [reply(snapshots, '68e-snapshots-after'), said(view, [{ name: 'pvc-k1', node_name: 'node-a' }])];
    expect(saidOf(raws, 'volume.snapshotRunning', 'pvc-k1')).toBe(false);
  });
  test('are unknown without their list', () => {
    expect(saidOf(synced, 'volume.snapshotRunning', 'pvc-1')).toBeUndefined();
  });
  test('«none» is not said against a request that Kubernetes has not handed on yet; «one» is', () => {
    const requested = { ids: new Set(['pvc-1']), anybody: false };
    expect(valueIn(linstorReport(at(['SUCCESSFUL']), requested), 'volume.snapshotRunning', 'pvc-1')).toBeUndefined();
    expect(valueIn(linstorReport(at([]), requested), 'volume.snapshotRunning', 'pvc-1')).toBe(true);
    expect(
      valueIn(linstorReport(at([]), { ids: new Set(), anybody: true }), 'volume.snapshotRunning', 'pvc-2'),
    ).toBeUndefined();
  });
});

describe('storage pools', () => {
  const pool = (more: object): Raw =>
    said(pools, [
      {
        storage_pool_name: 'thin',
        node_name: 'node-a',
        provider_kind: 'LVM_THIN',
        free_capacity: 1,
        total_capacity: 2,
        ...more,
      },
    ]);
  const report = (code: string): Raw =>
    said(
      pools,
      `[{"storage_pool_name":"thin","node_name":"node-a","provider_kind":"LVM_THIN","free_capacity":1,"total_capacity":2,"reports":[{"ret_code":${code}}]}]`,
    );
  test.each<[string, Raw, unknown]>([
    ['a broken one in an otherwise fine reply', reply(pools, '16-storage-pools-with-broken'), false],
    [
      'one of a node that is not connected',
      reply(pools, '72-storage-pools-c-offline'),
      { unreadable: 'pool thin on node-c: warned of' },
    ],
    ['a fine one', pool({}), true],
    ['one without capacity', pool({ free_capacity: undefined }), { unreadable: 'pool thin on node-a: no capacity' }],
    ['one of no size at all', pool({ total_capacity: 0, free_capacity: 0 }), false],
    [
      'one of more than a Number holds',
      pool({ total_capacity: 2 ** 63 - 1 }),
      { unreadable: 'pool thin on node-a: no capacity' },
    ],
    ['only such as keep no data', pool({ provider_kind: 'DISKLESS' }), undefined],
    ['none', said(pools, []), undefined],
    ['an error of a code past 2^53', report('-4611686018427386906'), false],
    ['a warning past 2^53', report('-9223372036854774806'), { unreadable: 'pool thin on node-a: warned of' }],
    [
      'the warning next to the least error, which a Number would take for it',
      report('-4611686018427387905'),
      { unreadable: 'pool thin on node-a: warned of' },
    ],
    ['the least error', report('-4611686018427387904'), false],
    ['an information', report('4611686018427397906'), true],
    ['a code that is none', report('"high"'), { unreadable: 'pool thin on node-a: warned of' }],
    ['an error instead of the list', reply(pools, '85b-sigstop-get-view-resources'), undefined],
  ])('%s', (_, raw, value) => {
    expect(saidOf([raw], 'site.poolsHealthy', 'site')).toEqual(value);
  });
});

describe('what LINSTOR may do by itself', () => {
  const balance = 'BalanceResourcesEnabled';
  const evict = 'DrbdOptions/AutoEvictAllowEviction';
  test('as recorded: the balancer is off, eviction is on', () => {
    expect(saidOf(synced, 'site.balancerPaused', 'site')).toBe(true);
    expect(saidOf(synced, 'site.autoEvictPaused', 'site')).toBe(false);
  });
  const all = (controller: object, group: object = {}, definition: object = {}): Raw[] => [
    said(properties, controller),
    said(groups, [{ name: 'g', props: group }]),
    said(definitions, [{ name: 'd', props: definition }]),
  ];
  test.each<[string, Raw[], unknown]>([
    ['is on where nothing is said', all({}), false],
    ['is on', all({ [balance]: 'True' }), false],
    ['is off', all({ [balance]: 'no' }), true],
    ['is on for one group', all({ [balance]: 'false' }, { [balance]: 'yes' }), false],
    ['is on for one definition', all({ [balance]: 'false' }, {}, { [balance]: 'true' }), false],
    ['says something else', all({ [balance]: 'auto' }), { unreadable: 'auto' }],
    [
      'is not known to be off where the groups were not seen',
      all({ [balance]: 'no' }).filter((_, index) => index !== 1),
      undefined,
    ],
    ['is not known to be off where the definitions were not seen', all({ [balance]: 'no' }).slice(0, 2), undefined],
    ['is not known to be off where the controller was not seen', all({}, { [balance]: 'no' }).slice(1), undefined],
    ['is known to be on by one of them', all({}, { [balance]: 'yes' }).slice(1), false],
    ['answered with an error', [reply(properties, '85b-sigstop-get-view-resources'), ...all({}).slice(1)], undefined],
  ])('the balancer %s', (_, raws, value) => {
    expect(saidOf(raws, 'site.balancerPaused', 'site')).toEqual(value);
  });
  const some = (...props: object[]): Raw =>
    said(
      nodes,
      props.map((one, index) => ({ name: `node-${index}`, props: one })),
    );
  test.each<[string, Raw[], unknown]>([
    ['off on the controller', [said(properties, { [evict]: 'False' }), some({}, {})], true],
    [
      'off on the controller, on for one node',
      [said(properties, { [evict]: 'False' }), some({}, { [evict]: 'True' })],
      false,
    ],
    [
      'off for every node',
      [said(properties, { [evict]: 'True' }), some({ [evict]: 'false' }, { [evict]: 'no' })],
      true,
    ],
    ['off for one node', [said(properties, { [evict]: 'True' }), some({ [evict]: 'false' }, {})], false],
    ['not known without the nodes', [said(properties, { [evict]: 'False' })], undefined],
  ])('eviction is %s', (_, raws, value) => {
    expect(saidOf(raws, 'site.autoEvictPaused', 'site')).toEqual(value);
  });
});

test('no secret of a reply ends in a report', () => {
  const files = [
    [view, 'drbdsim/10-view-after-sync'],
    [view, 'drbdsim/07-view-during-sync'],
    [definitions, 'drbdsim/08c-resource-definitions'],
  ] as const;
  for (const [path, file] of files) {
    const text = textOf(`linstor/${file}.json`);
    const secrets = [...text.matchAll(/"secret":"([^"]+)"/g)].map(([, secret]) => secret ?? '');
    expect(secrets.length).toBeGreaterThan(0);
    for (const raws of [
      [reply(path, file)],
      [said(path, text.slice(0, -2))],
      [said(path, text.replaceAll('"flags":[', '"flags":["x",{'))],
    ]) {
      const printed = JSON.stringify(reportOf(raws));
      for (const secret of secrets) expect(printed).not.toContain(secret);
    }
  }
});
