import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { kubevirtReport } from '../../../src/facts/kubevirt.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { changed, failed, idsIn, type Loose, listed, valueIn, without } from './cluster-fixtures.ts';

const group = 'kubevirt.io_v1';
const machines = 'kubevirt.io/v1/VirtualMachine';
const instances = 'kubevirt.io/v1/VirtualMachineInstance';
const migrations = 'kubevirt.io/v1/VirtualMachineInstanceMigration';
const kubevirts = 'kubevirt.io/v1/KubeVirt';
const calm = [
  ...listed(`calm/${group}_virtualmachines`),
  ...listed(`calm/${group}_virtualmachineinstances`),
  ...listed(`calm/${group}_virtualmachineinstancemigrations`),
  ...listed(`calm/${group}_kubevirts`),
];
const moving = [
  ...listed(`a-vm-migrating/${group}_virtualmachines`),
  ...listed(`a-vm-migrating/${group}_virtualmachineinstances`),
  ...listed(`a-vm-migrating/${group}_virtualmachineinstancemigrations`),
  ...listed('a-vm-migrating/core_v1_pods'),
];
const paused = [...without(calm, instances), ...listed(`d-vmi-paused-io-error/${group}_virtualmachineinstances`)];

function reportOf(raws: readonly Raw[]): Report | undefined {
  return kubevirtReport(clusterOf(raws));
}
function saidOf(raws: readonly Raw[], fact: string, id: string): unknown {
  return valueIn(reportOf(raws), fact, id);
}
/** Changes an object of one kind: a VM and its instance have one name. */
function changedOf(kind: string, raws: readonly Raw[], name: string, change: (object: Loose) => void): Raw[] {
  return raws.flatMap((raw) =>
    raw.from === 'object' && `${raw.object.apiVersion}/${raw.object.kind}` === kind
      ? changed([raw], name, change)
      : [raw],
  );
}

describe('who the VMs are', () => {
  test('every VirtualMachine, also one that is stopped', () => {
    expect(idsIn(reportOf(calm), 'vm')).toEqual(['vms/vm-app-01', 'vms/vm-db-01', 'vms/vm-legacy-01', 'vms/vm-web-01']);
  });
  test('a list that was not had is unknown', () => {
    const none = without(calm, machines);
    expect(idsIn(reportOf(none), 'vm')).toHaveProperty('failed');
    expect(idsIn(reportOf([...calm, failed(machines, '403 forbidden')]), 'vm')).toEqual({ failed: '403 forbidden' });
  });
  test('an instance without a VM is a guest all the same', () => {
    const raws = [...without(calm, machines), { from: 'list', at: 1_000, kind: machines } as const];
    expect(idsIn(reportOf(raws), 'vm')).toEqual(['vms/vm-app-01', 'vms/vm-db-01', 'vms/vm-web-01']);
  });
  test('an empty list is given the lie by a launcher that runs', () => {
    const empty = [
      { from: 'list', at: 1_000, kind: machines } as const,
      { from: 'list', at: 1_000, kind: instances } as const,
      ...listed('a-vm-migrating/core_v1_pods'),
    ];
    expect(idsIn(reportOf(empty), 'vm')).toHaveProperty('failed');
    expect(idsIn(reportOf(empty.slice(0, 2)), 'vm')).toEqual([]);
    expect(idsIn(reportOf(moving), 'vm')).toHaveLength(4);
  });
});

describe('a VM in calm', () => {
  test.each<[string, string, unknown]>([
    ['vm.phase', 'vms/vm-web-01', 'Running'],
    ['vm.node', 'vms/vm-web-01', 'node-a'],
    ['vm.activePods', 'vms/vm-web-01', 1],
    ['vm.pausedBy', 'vms/vm-web-01', null],
    ['vm.migratable', 'vms/vm-web-01', true],
    ['vm.migratable', 'vms/vm-db-01', false],
    ['vm.migrating', 'vms/vm-web-01', false],
    ['vm.migrating', 'vms/vm-app-01', false],
    ['vm.evictionStrategy', 'vms/vm-app-01', 'LiveMigrateIfPossible'],
    ['vm.phase', 'vms/vm-legacy-01', 'Stopped'],
    ['vm.node', 'vms/vm-legacy-01', null],
    ['vm.activePods', 'vms/vm-legacy-01', 0],
    ['vm.pausedBy', 'vms/vm-legacy-01', null],
    ['vm.migrating', 'vms/vm-legacy-01', false],
    ['vm.migratable', 'vms/vm-legacy-01', undefined],
  ])('%s of %s is %j', (fact, id, value) => {
    expect(saidOf(calm, fact, id)).toEqual(value);
  });
  test('without the list of instances nobody knows whether one is stopped', () => {
    const raws = [...without(calm, instances), failed(instances, 'timed out')];
    for (const fact of ['vm.phase', 'vm.node', 'vm.activePods', 'vm.pausedBy', 'vm.migratable']) {
      expect(saidOf(raws, fact, 'vms/vm-legacy-01')).toBeUndefined();
      expect(saidOf(raws, fact, 'vms/vm-web-01')).toBeUndefined();
    }
  });
});

describe('a migration', () => {
  test('that runs is one, with two active launchers', () => {
    expect(saidOf(moving, 'vm.migrating', 'vms/vm-web-01')).toBe(true);
    expect(saidOf(moving, 'vm.activePods', 'vms/vm-web-01')).toBe(2);
    expect(saidOf(moving, 'vm.migrating', 'vms/vm-app-01')).toBe(false);
  });
  test('is unknown of every VM when the list of migrations was not had', () => {
    for (const raws of [without(moving, migrations), [...moving, failed(migrations, '500')]]) {
      expect(saidOf(raws, 'vm.migrating', 'vms/vm-web-01')).toBeUndefined();
      expect(saidOf(raws, 'vm.migrating', 'vms/vm-legacy-01')).toBeUndefined();
    }
  });
  test('is not known to be none without the list of instances, any of which might contradict', () => {
    expect(saidOf(without(moving, instances), 'vm.migrating', 'vms/vm-app-01')).toBeUndefined();
    expect(saidOf(without(moving, instances), 'vm.migrating', 'vms/vm-web-01')).toBe(true);
  });
  test.each<[string, unknown]>([
    ['Pending', true],
    ['Scheduling', true],
    ['Scheduled', true],
    ['PreparingTarget', true],
    ['TargetReady', true],
    ['Running', true],
    ['WaitingForSync', true],
    ['Synchronizing', true],
    ['', true],
    ['Succeeded', false],
    ['Failed', false],
    ['Aborted', { unreadable: 'Aborted' }],
    ['succeeded', { unreadable: 'succeeded' }],
  ])('of the phase %j is %j', (phase, value) => {
    const raws = changedOf(migrations, calm, 'vm-app-01-to-node-c', (one) => {
      one.status.phase = phase;
    });
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-app-01')).toEqual(value);
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-web-01')).toBe(false);
  });
  test('without a status has begun', () => {
    const raws = changedOf(migrations, calm, 'vm-app-01-to-node-c', (one) => {
      delete one.status;
    });
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-app-01')).toBe(true);
  });
  test('that ended while its instance still moves is not known to have ended', () => {
    const raws = changedOf(migrations, moving, 'kubevirt-migrate-vm-nm5sk', (one) => {
      one.status.phase = 'Failed';
    });
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-web-01')).toHaveProperty('unreadable');
  });
  test.each(['completed', 'failed'])('whose instance says %s is over', (word) => {
    const over = changedOf(instances, moving, 'vm-web-01', (one) => {
      one.status.migrationState[word] = true;
    });
    const raws = changedOf(migrations, over, 'kubevirt-migrate-vm-nm5sk', (one) => {
      one.status.phase = 'Failed';
    });
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-web-01')).toBe(false);
  });
  test('that names no guest could be anybody’s in its namespace', () => {
    const raws = changedOf(migrations, moving, 'kubevirt-migrate-vm-nm5sk', (one) => {
      delete one.spec.vmiName;
    });
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-db-01')).toHaveProperty('unreadable');
  });
  test('in another namespace is another VM’s', () => {
    const raws = changedOf(migrations, calm, 'vm-app-01-to-node-c', (one) => {
      one.metadata.namespace = 'others';
      one.status.phase = 'Running';
    });
    expect(saidOf(raws, 'vm.migrating', 'vms/vm-app-01')).toBe(false);
  });
});

describe('where and when it was seen', () => {
  const seenIn = (raws: readonly Raw[], fact: string, id: string) =>
    reportOf(raws)?.observations.find((one) => one.fact === fact && one.subject.id === id);
  test.each<[string, readonly Raw[], string, string, { source: string; seenAtMs: number }]>([
    [
      'the strategy of an instance without a machine',
      without(calm, machines),
      'vm.evictionStrategy',
      'vms/vm-web-01',
      { source: 'VirtualMachineInstance vms/vm-web-01, else KubeVirt', seenAtMs: 1_000 },
    ],
    [
      'the strategy of a machine without an instance',
      calm,
      'vm.evictionStrategy',
      'vms/vm-legacy-01',
      { source: 'VirtualMachine vms/vm-legacy-01, else KubeVirt', seenAtMs: 1_000 },
    ],
    [
      'a guest that is stopped: as old as the older of its machine and the list without its instance',
      calm.map((raw) => (raw.from === 'object' && raw.object.kind === 'VirtualMachine' ? { ...raw, at: 900 } : raw)),
      'vm.phase',
      'vms/vm-legacy-01',
      { source: `list of ${instances}`, seenAtMs: 900 },
    ],
    [
      'the only migration of a guest',
      moving,
      'vm.migrating',
      'vms/vm-web-01',
      { source: 'VirtualMachineInstanceMigration vms/kubevirt-migrate-vm-nm5sk', seenAtMs: 1_000 },
    ],
    [
      'no migration of a guest',
      moving,
      'vm.migrating',
      'vms/vm-legacy-01',
      { source: `list of ${migrations}`, seenAtMs: 1_000 },
    ],
  ])('%s', (_, raws, fact, id, expected) => expect(seenIn(raws, fact, id)).toMatchObject(expected));
});

test('a migration in two forms of one moment has not ended, whatever either says', () => {
  const other = changedOf(migrations, calm, 'vm-app-01-to-node-c', (one) => {
    one.status.phase = 'Failed';
  });
  expect(saidOf([...calm, ...other], 'vm.migrating', 'vms/vm-app-01')).toHaveProperty('unreadable');
});

describe('a pause', () => {
  test('by an I/O error says so; conditions with null times are conditions', () => {
    expect(saidOf(paused, 'vm.pausedBy', 'vms/vm-db-01')).toBe('PausedIOError');
    expect(saidOf(paused, 'vm.pausedBy', 'vms/vm-web-01')).toBeNull();
    expect(saidOf(paused, 'vm.phase', 'vms/vm-db-01')).toBe('Running');
  });
  test.each<[string, object[], unknown]>([
    ['False', [{ type: 'Paused', status: 'False' }], null],
    ['Unknown', [{ type: 'Paused', status: 'Unknown' }], { unreadable: 'Unknown' }],
    ['Maybe', [{ type: 'Paused', status: 'Maybe' }], { unreadable: 'Maybe' }],
    ['True without a reason', [{ type: 'Paused', status: 'True' }], { unreadable: 'paused, without a reason' }],
    [
      'two of them',
      [
        { type: 'Paused', status: 'True', reason: 'PausedByUser' },
        { type: 'Paused', status: 'False' },
      ],
      { unreadable: 'two conditions Paused' },
    ],
  ])('of the status %s', (_, conditions, value) => {
    const raws = changedOf(instances, calm, 'vm-web-01', (one) => {
      one.status.conditions = conditions;
    });
    expect(saidOf(raws, 'vm.pausedBy', 'vms/vm-web-01')).toEqual(value);
  });
  test('is unknown without conditions', () => {
    const raws = changedOf(instances, calm, 'vm-web-01', (one) => {
      delete one.status.conditions;
    });
    expect(saidOf(raws, 'vm.pausedBy', 'vms/vm-web-01')).toBeUndefined();
  });
});

describe('an instance with words of its own', () => {
  test.each<[string, string, (one: Loose) => void, unknown]>([
    [
      'a phase that KubeVirt does not have',
      'vm.phase',
      (one) => {
        one.status.phase = 'Dreaming';
      },
      { unreadable: 'Dreaming' },
    ],
    [
      'our own word for none',
      'vm.phase',
      (one) => {
        one.status.phase = 'Stopped';
      },
      { unreadable: 'Stopped' },
    ],
    [
      'no phase',
      'vm.phase',
      (one) => {
        delete one.status.phase;
      },
      undefined,
    ],
    [
      'no node before it is scheduled',
      'vm.node',
      (one) => {
        one.status = { phase: 'Scheduling' };
      },
      null,
    ],
    [
      'no node while it runs',
      'vm.node',
      (one) => {
        one.status = { phase: 'Running' };
      },
      undefined,
    ],
    [
      'its last node after it failed',
      'vm.node',
      (one) => {
        one.status.phase = 'Failed';
      },
      'node-a',
    ],
    [
      'no active pods',
      'vm.activePods',
      (one) => {
        delete one.status.activePods;
      },
      undefined,
    ],
    [
      'active pods as a list',
      'vm.activePods',
      (one) => {
        one.status.activePods = [];
      },
      { unreadable: 'a list' },
    ],
    [
      'LiveMigratable twice',
      'vm.migratable',
      (one) => {
        one.status.conditions.push({ type: 'LiveMigratable', status: 'False' });
      },
      { unreadable: 'two conditions LiveMigratable' },
    ],
    [
      'no word on LiveMigratable',
      'vm.migratable',
      (one) => {
        one.status.conditions = [];
      },
      undefined,
    ],
    [
      'an eviction strategy of its own making',
      'vm.evictionStrategy',
      (one) => {
        one.spec.evictionStrategy = 'Politely';
      },
      { unreadable: 'Politely' },
    ],
    [
      'KubeVirt’s strategy where it has none',
      'vm.evictionStrategy',
      (one) => {
        delete one.spec.evictionStrategy;
      },
      'LiveMigrate',
    ],
  ])('%s: %s', (_, fact, change, value) => {
    expect(saidOf(changedOf(instances, calm, 'vm-web-01', change), fact, 'vms/vm-web-01')).toEqual(value);
  });
  test('without KubeVirt’s own word the strategy of one that has none is unknown; with it left out, a drain kills', () => {
    const none = changedOf(instances, calm, 'vm-web-01', (one) => {
      delete one.spec.evictionStrategy;
    });
    expect(saidOf(without(none, kubevirts), 'vm.evictionStrategy', 'vms/vm-web-01')).toBeUndefined();
    const silent = changedOf(kubevirts, none, 'kubevirt', (one) => {
      delete one.spec.configuration.evictionStrategy;
    });
    expect(saidOf(silent, 'vm.evictionStrategy', 'vms/vm-web-01')).toBe('None');
  });
});

describe('migrations are suspended', () => {
  test.each<[string, (one: Loose) => void, unknown]>([
    ['not at five', () => {}, false],
    [
      'not at one',
      (one) => {
        one.spec.configuration.migrations.parallelMigrationsPerCluster = 1;
      },
      false,
    ],
    [
      'at none',
      (one) => {
        one.spec.configuration.migrations.parallelMigrationsPerCluster = 0;
      },
      true,
    ],
    [
      'not where nothing is said: KubeVirt runs five',
      (one) => {
        delete one.spec.configuration.migrations;
      },
      false,
    ],
    [
      'nobody knows at −1',
      (one) => {
        one.spec.configuration.migrations.parallelMigrationsPerCluster = -1;
      },
      { unreadable: '-1' },
    ],
    [
      'nobody knows at "0"',
      (one) => {
        one.spec.configuration.migrations.parallelMigrationsPerCluster = '0';
      },
      { unreadable: '0' },
    ],
    [
      'nobody knows without a spec',
      (one) => {
        delete one.spec;
      },
      undefined,
    ],
  ])('%s', (_, change, value) => {
    expect(saidOf(changed(calm, 'kubevirt', change), 'site.migrationsSuspended', 'site')).toEqual(value);
  });
  test('nobody knows with two KubeVirts, or with none', () => {
    const second = changed(
      calm.filter((raw) => raw.from === 'object' && raw.object.kind === 'KubeVirt'),
      'kubevirt',
      (one) => {
        one.metadata.name = 'second';
      },
    );
    expect(saidOf([...calm, ...second], 'site.migrationsSuspended', 'site')).toEqual({
      unreadable: '2 objects KubeVirt',
    });
    expect(saidOf(without(calm, kubevirts), 'site.migrationsSuspended', 'site')).toBeUndefined();
  });
});
