import { describe, expect, test } from 'vitest';
import { goBack, readArmed } from '../../../src/agent/armed.ts';
import { execute } from '../../../src/agent/execute.ts';
import { armedPath, type Instruction, stagedDirectory } from '../../../src/agent/instruction.ts';
import type { Result } from '../../../src/agent/operations/result.ts';
import { Senses } from '../../../src/agent/sense.ts';
import type { CommandName } from '../../../src/kernel/command.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { Order } from '../../../src/kernel/workflow.ts';
import { anOrder, config, drive, FakeHost, netdev, netdevText } from '../../support/fake-host.ts';

const rr = { with: { mode: 'balance-rr' }, confirmWithinMs: 600_000 };

function run(host: FakeHost, command: CommandName, change: Partial<Order> = {}): Result {
  const senses = new Senses(config, () => host.nowMs);
  const { result } = drive(execute(anOrder({ command, ...change }), { senses }), host);
  if (result === undefined) throw new Error('an operation ends');
  return result;
}

/** Apart and staged: what a flip needs. */
function ready(): FakeHost {
  const host = new FakeHost();
  run(host, 'drbd.disconnect');
  run(host, 'network.stage', rr);
  host.did.length = 0;
  return host;
}

function isBatch(instruction: Instruction): boolean {
  return instruction.do === 'run' && instruction.argv.includes('-batch');
}

describe('bond.set-mode', () => {
  test('arms before it changes anything, files before the kernel, and then the order that works', () => {
    const host = ready();
    const batches: string[] = [];
    host.instead = (instruction) => {
      if (isBatch(instruction) && instruction.do === 'run') batches.push(instruction.stdin ?? '');
      return undefined;
    };
    expect(run(host, 'bond.set-mode', rr).outcome).toBe('done');
    expect(host.did).toEqual([`write ${armedPath}`, 'arm', `write ${netdev}`, 'batch balance-rr']);
    expect(batches[0]?.trim().split('\n')).toEqual([
      'link set dev bond1 down',
      'link set dev eno3 nomaster',
      'link set dev eno4 nomaster',
      'link set dev bond1 type bond mode balance-rr',
      'link set dev eno3 down',
      'link set dev eno4 down',
      'link set dev eno3 master bond1',
      'link set dev eno4 master bond1',
      'link set dev bond1 up',
    ]);
  });

  const broken: readonly (readonly [string, (host: FakeHost) => void, RegExp])[] = [
    ['nothing is staged', (host) => host.files.delete(`${stagedDirectory}${netdev}`), /was not staged/],
    [
      'somebody edited the file since it was staged',
      (host) => host.files.set(netdev, `${netdevText}UpDelaySec=200ms\n`),
      /was not staged/,
    ],
    [
      'DRBD is connected',
      (host) => Object.assign(host.resources.get('pvc-2')?.connections[1] ?? {}, { state: 'Connected' }),
      /DRBD still holds pvc-2:node-c/,
    ],
    [
      'DRBD does not answer',
      (host) => {
        host.instead = (one) => (one.do === 'run' && one.argv[0] === 'drbdsetup' ? { kind: 'unheard' } : undefined);
      },
      /not known/,
    ],
    ['a change waits already', (host) => host.files.set(armedPath, 'x'), /none that we wrote/],
    ['the bond has no members', (host) => host.slaves.clear(), /no members/],
    [
      'ip does not answer',
      (host) => {
        host.instead = (one) => (one.do === 'run' && one.argv[1] === '-d' ? { kind: 'unheard' } : undefined);
      },
      /not known/,
    ],
    [
      'kernel and /proc say different modes',
      (host) =>
        host.files.set(
          '/proc/net/bonding/bond1',
          'Ethernet Channel Bonding Driver: v6\nBonding Mode: load balancing (xor)\n',
        ),
      /not known/,
    ],
    [
      'the files cannot be listed',
      (host) => {
        host.instead = (one) =>
          one.do === 'run' && one.argv[0] === 'find'
            ? { kind: 'ran', code: 1, stdout: '', stderr: 'find: Permission denied' }
            : undefined;
      },
      /could not be read/,
    ],
    [
      'a drop-in decides the mode',
      (host) => host.files.set(`${netdev}.d/x.conf`, '[Bond]\nMode=active-backup\n'),
      /alone does not decide/,
    ],
  ];
  test.each(broken)('changes nothing while %s', (_, breakIt, why) => {
    const host = ready();
    breakIt(host);
    const result = run(host, 'bond.set-mode', rr);
    expect(result.outcome).toBe('failed');
    expect(result.why).toMatch(why);
    expect(host.did).toEqual([]);
  });

  test.each([
    ['no mode', { with: {}, confirmWithinMs: 1 }],
    ['a mode that nobody knows', { with: { mode: 'nonsense' }, confirmWithinMs: 1 }],
    ['no time to be confirmed within', { with: { mode: 'balance-rr' } }],
    ['another host', { ...rr, object: 'node-b' }],
  ])('with %s changes nothing', (_, change) => {
    const host = ready();
    expect(run(host, 'bond.set-mode', change).outcome).toBe('failed');
    expect(host.did).toEqual([]);
  });

  test('does not touch the bond when the host could not be armed', () => {
    for (const refuse of ['write', 'arm'] as const) {
      const host = ready();
      host.instead = (one) => (one.do === refuse ? { kind: 'refused', why: 'read-only' } : undefined);
      expect(run(host, 'bond.set-mode', rr)).toMatchObject({
        outcome: 'failed',
        why: expect.stringMatching(/nothing was changed/),
      });
      expect(host.mode).toBe('active-backup');
      expect(host.files.get(netdev)).toBe(netdevText);
      expect(host.files.has(armedPath)).toBe(false);
    }
  });

  test.each([
    [
      'is refused by the kernel halfway',
      (host: FakeHost) => {
        host.instead = (one) => {
          if (one.do !== 'run' || !isBatch(one)) return undefined;
          host.carryOut({ ...one, stdin: (one.stdin ?? '').split('\n').slice(0, 5).join('\n') });
          return { kind: 'ran', code: 1, stdout: '', stderr: 'Command failed -:6\n' };
        };
      },
      /eno3 and eno4 did not come back/,
    ],
    [
      'never comes back',
      (host: FakeHost) => {
        host.instead = (one) => (isBatch(one) ? { kind: 'unheard' } : undefined);
      },
      /the kernel runs bond1 as active-backup/,
    ],
    [
      'exits with 0 and did nothing',
      (host: FakeHost) => {
        host.instead = (one) => (isBatch(one) ? { kind: 'ran', code: 0, stdout: '', stderr: '' } : undefined);
      },
      /the kernel runs bond1 as active-backup/,
    ],
  ])('whose batch %s has failed, and goes back at the deadline', (_, breakIt, why) => {
    const host = ready();
    breakIt(host);
    const result = run(host, 'bond.set-mode', rr);
    expect(result).toMatchObject({ outcome: 'failed', why: expect.stringMatching(why) });
    expect(host.armedMs).toBe(600_000);
    host.instead = () => undefined;
    host.passDeadline();
    expect([host.mode, host.files.get(netdev), host.up, host.slaves.size]).toEqual([
      'active-backup',
      netdevText,
      true,
      2,
    ]);
  });

  test('is believed where the answer was lost and the kernel shows it', () => {
    const host = ready();
    host.lost = isBatch;
    expect(run(host, 'bond.set-mode', rr).outcome).toBe('done');
  });

  test('changes the cloud-config too that would write the old file at the next boot', () => {
    const host = new FakeHost();
    const oem = (mode: string): string =>
      `#cloud-config\nstages:\n  initramfs:\n    - files:\n        - path: ${netdev}\n          permissions: 0644\n          content: |\n${netdevText
        .replace('active-backup', mode)
        .split('\n')
        .map((line) => (line === '' ? '' : `            ${line}`))
        .join('\n')}`;
    host.files.set('/oem/90_network.yaml', oem('active-backup'));
    run(host, 'drbd.disconnect');
    expect(run(host, 'network.stage', rr).outcome).toBe('done');
    expect(run(host, 'bond.set-mode', rr).outcome).toBe('done');
    expect(host.files.get('/oem/90_network.yaml')).toBe(oem('balance-rr'));
    host.passDeadline();
    expect(host.files.get('/oem/90_network.yaml')).toBe(oem('active-backup'));
  });
});

describe('going back', () => {
  test('carries out only what we wrote', () => {
    const host = ready();
    run(host, 'bond.set-mode', rr);
    const text = host.files.get(armedPath) ?? '';
    expect(goBack(text).map((one) => one.do)).toEqual(['write', 'run', 'remove', 'disarm']);
    const armed = readArmed(text);
    const forge = (change: object): string => JSON.stringify({ ...armed, ...change });
    expect(readArmed(forge({}))).toEqual(armed);
    for (const [name, change] of Object.entries({
      path: { files: { '/etc/shadow': 'x' } },
      up: { files: { '/etc/systemd/network/../shadow': 'x' } },
      line: { ipBatch: [...(armed?.ipBatch ?? []), 'link del bond1'] },
      device: { bond: 'bond1 down' },
      mode: { before: { ...armed?.before, mode: 'x' } },
      members: { before: { ...armed?.before, members: [] } },
    })) {
      expect(goBack(forge(change)), name).toEqual([]);
    }
    expect(goBack('')).toEqual([]);
    expect(goBack('null')).toEqual([]);
  });

  test('bond.revert stays armed until kernel and files were seen to be back', () => {
    const host = ready();
    run(host, 'bond.set-mode', rr);
    host.instead = (one) => (isBatch(one) ? { kind: 'unheard' } : undefined);
    expect(run(host, 'bond.revert')).toMatchObject({ outcome: 'failed', why: expect.stringMatching(/still armed/) });
    expect(host.files.has(armedPath)).toBe(true);
    host.instead = () => undefined;
    expect(run(host, 'bond.revert').outcome).toBe('done');
    expect(host.armedMs).toBeUndefined();
  });

  test('bond.revert of a change that never reached the kernel leaves the link alone', () => {
    const host = ready();
    host.instead = (one) => (isBatch(one) ? { kind: 'unheard' } : undefined);
    run(host, 'bond.set-mode', rr);
    host.instead = () => undefined;
    host.did.length = 0;
    expect(run(host, 'bond.revert').outcome).toBe('done');
    expect(host.did.some((did) => did.startsWith('batch'))).toBe(false);
  });

  test.each([
    ['the kernel runs another mode than the file has', (host: FakeHost) => host.files.set(netdev, netdevText)],
    ['a member is missing', (host: FakeHost) => host.slaves.delete('eno4')],
    [
      'the bond is down',
      (host: FakeHost) => {
        host.up = false;
      },
    ],
    [
      'the kernel went back',
      (host: FakeHost) => {
        host.mode = 'active-backup';
      },
    ],
  ])('bond.confirm stays armed while %s', (_, breakIt) => {
    const host = ready();
    run(host, 'bond.set-mode', rr);
    breakIt(host);
    expect(run(host, 'bond.confirm')).toMatchObject({ outcome: 'failed', why: expect.stringMatching(/still armed/) });
    expect(host.armedMs).toBe(600_000);
  });
});

describe('network.stage', () => {
  test('refuses a mode that the slaves’ files would refuse at boot', () => {
    const host = new FakeHost();
    host.files.set('/etc/systemd/network/15-eno3.network', '[Network]\nBond=bond1\nPrimarySlave=true\n');
    expect(run(host, 'network.stage', rr).why).toMatch(/15-eno3.network names a first slave/);
    expect(run(host, 'network.stage', { with: { mode: 'balance-tlb' } }).outcome).toBe('done');
  });

  test('where nothing has to change it stages the bond’s own file, and not that of one whose name begins alike', () => {
    const host = new FakeHost();
    host.files.set('/etc/systemd/network/05-bond10.netdev', netdevText.replace('Name=bond1', 'Name=bond10'));
    host.files.set(netdev, netdevText.replace('Name=bond1', 'Name = bond1'));
    expect(run(host, 'network.stage', { with: { mode: 'active-backup' } }).outcome).toBe('done');
    expect([...host.files.keys()].filter((path) => path.startsWith(stagedDirectory))).toEqual([
      `${stagedDirectory}${netdev}`,
    ]);
  });

  test('replaces what was staged for another mode, and is never in use itself', () => {
    const host = new FakeHost();
    run(host, 'network.stage', rr);
    expect(run(host, 'network.stage', { with: { mode: 'balance-xor' } }).outcome).toBe('done');
    expect(host.files.get(`${stagedDirectory}${netdev}`)).toBe(netdevText.replace('active-backup', 'balance-xor'));
    expect(host.files.get(netdev)).toBe(netdevText);
  });
});

describe('drbd', () => {
  test.each(['SyncSource', 'SyncTarget', 'PausedSyncS', 'VerifyT', 'Ahead'])(
    '.disconnect does nothing while one is %s',
    (word) => {
      const host = new FakeHost();
      Object.assign(host.resources.get('pvc-2')?.connections[0] ?? {}, { replication: word });
      expect(run(host, 'drbd.disconnect').why).toBe('a resync or verify runs: pvc-2');
      expect(host.did).toEqual([]);
    },
  );

  test.each([
    ['a word that DRBD does not have', { replication: 'Fine' }],
    ['a state that DRBD does not have', { state: 'Ok' }],
  ])('.disconnect does nothing where it reads %s', (_, change) => {
    const host = new FakeHost();
    Object.assign(host.resources.get('pvc-1')?.connections[0] ?? {}, change);
    expect(run(host, 'drbd.disconnect').outcome).toBe('refused');
    expect(host.did).toEqual([]);
  });

  test('.disconnect stops at the first that DRBD keeps, and says whose', () => {
    const host = new FakeHost();
    host.instead = (one) =>
      one.do === 'run' && one.argv[1] === 'disconnect' && one.argv[2] === 'pvc-1'
        ? { kind: 'ran', code: 17, stdout: '', stderr: 'State change failed: (-2) Need access to UpToDate data\n' }
        : undefined;
    expect(run(host, 'drbd.disconnect').why).toBe(
      'still connected: pvc-1, pvc-2: State change failed: (-2) Need access to UpToDate data',
    );
    expect(host.did).toEqual([]);
  });

  test('.disconnect leaves alone what is apart, and an exit code of 0 proves nothing', () => {
    const host = new FakeHost();
    for (const connection of host.resources.get('pvc-1')?.connections ?? []) connection.state = 'StandAlone';
    host.instead = (one) =>
      one.do === 'run' && one.argv[1] === 'disconnect' ? { kind: 'ran', code: 0, stdout: '', stderr: '' } : undefined;
    expect(run(host, 'drbd.disconnect').why).toBe('still connected: pvc-2');
  });

  test('.connect adjusts what was given up only', () => {
    const host = new FakeHost();
    Object.assign(host.resources.get('pvc-2')?.connections[0] ?? {}, { state: 'StandAlone' });
    Object.assign(host.resources.get('pvc-1')?.connections[0] ?? {}, { state: 'Connecting' });
    expect(run(host, 'drbd.connect').outcome).toBe('done');
    expect(host.did).toEqual(['adjust pvc-2']);
  });
});

describe('the site', () => {
  const kubevirtOf = (host: FakeHost) => host.objects.get('kubevirt.io/v1/KubeVirt kubevirt') as KubeObject;

  test('a migration limit of nought that somebody else set is left alone, also on the way back', () => {
    const host = new FakeHost();
    const zero = { configuration: { migrations: { parallelMigrationsPerCluster: 0 } } };
    host.put({ ...kubevirtOf(host), spec: zero });
    expect(run(host, 'site.suspend-migrations', { object: 'site' }).outcome).toBe('done');
    expect(run(host, 'site.resume-migrations', { object: 'site' }).outcome).toBe('done');
    expect(kubevirtOf(host).spec).toEqual(zero);
    expect(host.did).toEqual([]);
  });

  test('where nothing was said, nothing is said again afterwards', () => {
    const host = new FakeHost();
    host.put({ ...kubevirtOf(host), spec: { configuration: {} } });
    run(host, 'site.suspend-migrations', { object: 'site' });
    expect(kubevirtOf(host).spec).toEqual({ configuration: { migrations: { parallelMigrationsPerCluster: 0 } } });
    run(host, 'site.resume-migrations', { object: 'site' });
    expect(kubevirtOf(host).spec).toEqual({ configuration: { migrations: {} } });
    expect(kubevirtOf(host).metadata.annotations).toEqual({});
  });

  test('a limit that somebody sets meanwhile is the newer wish, and is kept', () => {
    const host = new FakeHost();
    const set = (limit: number): void =>
      host.put({
        ...kubevirtOf(host),
        spec: { configuration: { migrations: { parallelMigrationsPerCluster: limit } } },
      });
    run(host, 'site.suspend-migrations', { object: 'site' });
    set(3);
    run(host, 'site.suspend-migrations', { object: 'site' });
    run(host, 'site.resume-migrations', { object: 'site' });
    expect(JSON.stringify(kubevirtOf(host).spec)).toContain(':3}');
    run(host, 'site.suspend-migrations', { object: 'site' });
    set(7);
    run(host, 'site.resume-migrations', { object: 'site' });
    expect(JSON.stringify(kubevirtOf(host).spec)).toContain(':7}');
    expect(kubevirtOf(host).metadata.annotations).toEqual({});
  });

  test('somebody else’s write in between is looked at again, for so long', () => {
    const host = new FakeHost();
    let conflicts = 2;
    host.instead = (one) => {
      if (one.do !== 'api' || one.call.verb !== 'update' || conflicts === 0) return undefined;
      conflicts -= 1;
      return { kind: 'conflict' };
    };
    expect(run(host, 'site.suspend-migrations', { object: 'site' }).outcome).toBe('done');
    host.instead = (one) => (one.do === 'api' && one.call.verb === 'update' ? { kind: 'conflict' } : undefined);
    expect(run(host, 'site.resume-migrations', { object: 'site' }).why).toMatch(/somebody else wrote it/);
  });

  test.each([
    ['two of them', (host: FakeHost) => host.put({ ...kubevirtOf(host), metadata: { name: 'other' } })],
    ['none', (host: FakeHost) => host.objects.delete('kubevirt.io/v1/KubeVirt kubevirt')],
    [
      'a limit in words',
      (host: FakeHost) =>
        host.put({
          ...kubevirtOf(host),
          spec: { configuration: { migrations: { parallelMigrationsPerCluster: '5' } } },
        }),
    ],
  ])('with %s of KubeVirt changes nothing', (_, breakIt) => {
    const host = new FakeHost();
    breakIt(host);
    expect(run(host, 'site.suspend-migrations', { object: 'site' }).outcome).toBe('failed');
    expect(host.did).toEqual([]);
  });

  test('LINSTOR that answers 500 and did it is believed by what it shows; one that shows nothing is not', () => {
    const host = new FakeHost();
    const oops = { kind: 'reply', status: 500, text: '[{"ret_code":-1,"message":"oops"}]' } as const;
    host.instead = (one) => {
      if (one.do !== 'linstor' || one.method !== 'POST') return undefined;
      host.carryOut(one);
      return oops;
    };
    expect(run(host, 'site.pause-controllers', { object: 'site' }).outcome).toBe('done');
    host.instead = (one) => (one.do === 'linstor' && one.method === 'POST' ? oops : undefined);
    expect(run(host, 'site.resume-controllers', { object: 'site' }).why).toMatch(/not as it was: .*500: oops/);
  });
  test('what was switched off is put back later where LINSTOR cannot be asked now', () => {
    const host = new FakeHost();
    run(host, 'site.pause-controllers', { object: 'site' });
    const did = [...host.did];
    host.instead = (one) => (one.do === 'linstor' ? { kind: 'unheard' } : undefined);
    expect(run(host, 'site.resume-controllers', { object: 'site' }).outcome).toBe('refused');
    expect(host.did).toEqual(did);
    host.instead = () => undefined;
    expect(run(host, 'site.resume-controllers', { object: 'site' }).outcome).toBe('done');
  });
  test.each([
    ['site.pause-controllers', 'site'],
    ['volume.snapshot', 'pvc-1'],
    ['volume.raise-placement', 'pvc-1'],
  ] as const)(
    '%s that cannot even look is refused, and nothing was touched: it may be asked again',
    (command, object) => {
      const host = new FakeHost();
      host.instead = (one) => (one.do === 'linstor' ? { kind: 'unheard' } : undefined);
      expect(run(host, command, { object, with: { place: 2 } }).outcome).toBe('refused');
      expect(host.did).toEqual([]);
    },
  );
  test.each([
    ['drbd.disconnect', 'node-a', 'run'],
    ['drbd.connect', 'node-a', 'run'],
    ['volume.raise-placement', 'pvc-1', 'api'],
  ] as const)('%s is refused too where nobody answers what it has to look at', (command, object, silent) => {
    const host = new FakeHost();
    host.instead = (one) => (one.do === silent ? { kind: 'unheard' } : undefined);
    expect(run(host, command, { object, with: { place: 2 } }).outcome).toBe('refused');
    expect(host.did).toEqual([]);
  });
});

function withClass(parameters: Readonly<Record<string, string>>): FakeHost {
  const host = new FakeHost();
  const csi = { driver: 'linstor.csi.linbit.com', volumeHandle: 'pvc-1' };
  const spec = { csi, storageClassName: 'sc' };
  host.put({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec });
  host.put({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'sc', uid: 'u-1', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'linstor.csi.linbit.com',
    parameters,
    reclaimPolicy: 'Retain',
  });
  return host;
}

describe('volumes', () => {
  const object = { object: 'pvc-1' };

  test('a snapshot on fewer nodes than copies is none', () => {
    const host = new FakeHost();
    host.instead = (one) => {
      if (one.do !== 'linstor' || one.method !== 'POST') return undefined;
      host.snapshots.set('pvc-1 nodewright-0a1b2c3d', { flags: ['SUCCESSFUL'], nodes: ['node-b'] });
      return { kind: 'reply', status: 201, text: '[]' };
    };
    expect(run(host, 'volume.snapshot', object)).toMatchObject({
      outcome: 'failed',
      why: expect.stringMatching(/not seen to be whole/),
    });
  });

  test('one that failed is deleted and taken anew; I/O that it froze is let go even when it fails', () => {
    const host = new FakeHost();
    host.snapshots.set('pvc-1 nodewright-0a1b2c3d', { flags: ['FAILED_DEPLOYMENT'], nodes: [] });
    expect(run(host, 'volume.snapshot', object).outcome).toBe('done');
    expect(host.did.map((did) => did.split(' ')[0])).toEqual(['DELETE', 'POST']);
    host.snapshots.clear();
    host.instead = (one) => {
      if (one.do !== 'linstor' || one.method !== 'POST') return undefined;
      Object.assign(host.resources.get('pvc-1') ?? {}, { suspended: true });
      return { kind: 'unheard' };
    };
    expect(run(host, 'volume.snapshot', object).outcome).toBe('failed');
    expect(host.resources.get('pvc-1')?.suspended).toBe(false);
  });

  test('a person’s own suspend is not let go', () => {
    const host = new FakeHost();
    Object.assign(host.resources.get('pvc-1') ?? {}, { suspended: true });
    expect(run(host, 'volume.snapshot', object).why).toBe('somebody holds the I/O of pvc-1');
    expect(host.did).toEqual([]);
  });

  test('I/O that stays frozen is no success', () => {
    const host = new FakeHost();
    host.leaksSuspend = true;
    host.instead = (one) => (one.do === 'run' && one.argv[1] === 'resume-io' ? { kind: 'unheard' } : undefined);
    expect(run(host, 'volume.snapshot', object).why).toMatch(/it does not/);
  });

  test('the group is raised with its last volume, and not before', () => {
    const host = new FakeHost();
    expect(run(host, 'volume.raise-placement', { ...object, with: { place: 3 } }).outcome).toBe('done');
    expect(host.groups.rg1).toBe(1);
    expect(run(host, 'volume.raise-placement', { object: 'pvc-2', with: { place: 3 } }).outcome).toBe('done');
    expect(host.groups.rg1).toBe(3);
    host.did.length = 0;
    expect(run(host, 'volume.raise-placement', { object: 'pvc-2', with: { place: 3 } }).outcome).toBe('done');
    expect(host.did).toEqual([]);
  });

  test('a class that asks for fewer copies is made anew, as it was but for that, and before anything is placed', () => {
    const host = withClass({ placementCount: '1', storagePool: 'thin' });
    expect(run(host, 'volume.raise-placement', { ...object, with: { place: 3 } }).outcome).toBe('done');
    expect(host.objects.get('storage.k8s.io/v1/StorageClass sc')).toMatchObject({
      metadata: { name: 'sc', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      parameters: {
        storagePool: 'thin',
        'linstor.csi.linbit.com/placementCount': '3',
        'linstor.csi.linbit.com/resourceGroup': 'rg1',
      },
      reclaimPolicy: 'Retain',
    });
    expect(host.did.map((did) => did.split(' ')[0])).toEqual(['write', 'delete', 'create', 'remove', 'POST']);
    host.did.length = 0;
    expect(run(host, 'volume.raise-placement', { ...object, with: { place: 3 } }).outcome).toBe('done');
    expect(host.did).toEqual([]);
  });

  test('whoever dies while there is no class leaves what it takes to make it', () => {
    for (const until of ['write', 'delete', 'create', 'remove']) {
      const host = withClass({ placementCount: '1' });
      const senses = new Senses(config, () => host.nowMs);
      const operation = execute(anOrder({ command: 'volume.raise-placement', ...object, with: { place: 3 } }), {
        senses,
      });
      let next = operation.next();
      while (!host.did.some((did) => did.startsWith(until)) && next.done !== true) {
        const answer = host.answer(next.value);
        if (!host.did.some((did) => did.startsWith(until))) next = operation.next(answer);
      }
      expect(next.done).toBe(false);
      expect(run(host, 'volume.raise-placement', { ...object, with: { place: 3 } }).outcome, until).toBe('done');
      expect(JSON.stringify(host.objects.get('storage.k8s.io/v1/StorageClass sc'))).toContain('placementCount":"3"');
      expect([...host.files.keys()].some((path) => path.includes('/classes/'))).toBe(false);
    }
  });

  test.each([
    ['cannot be read', () => withClass({ placementCount: 'many' }), /cannot be read/],
    [
      'cannot be kept',
      (host: FakeHost): undefined => {
        host.instead = (one) => (one.do === 'write' ? { kind: 'refused', why: 'full' } : undefined);
      },
      /was left alone/,
    ],
    [
      'does not come back',
      (host: FakeHost): undefined => {
        host.instead = (one) => (one.do === 'api' && one.call.verb === 'create' ? { kind: 'unheard' } : undefined);
      },
      /does not ask for 3/,
    ],
    [
      'somebody changed meanwhile',
      (host: FakeHost): undefined => {
        host.instead = (one) => (one.do === 'api' && one.call.verb === 'delete' ? { kind: 'conflict' } : undefined);
      },
      /does not ask for 3/,
    ],
  ])('nothing is placed while the class %s', (_, breakIt, why) => {
    const host = withClass({ placementCount: '1' });
    const other = breakIt(host);
    const result = run(other ?? host, 'volume.raise-placement', { ...object, with: { place: 3 } });
    expect(result).toMatchObject({ outcome: 'failed', why: expect.stringMatching(why) });
    expect(host.placed.get('pvc-1')).toHaveLength(2);
  });

  test.each(['pvc-9', '../x', 'all', '-pvc'])('%s is no volume of LINSTOR’s', (id) => {
    const host = new FakeHost();
    for (const command of ['volume.snapshot', 'volume.raise-placement'] as const) {
      expect(run(host, command, { object: id, with: { place: 2 } }).outcome).toBe(
        id === 'pvc-9' ? 'refused' : 'failed',
      );
    }
    expect(host.did).toEqual([]);
  });
});

test('what is the operator’s own is done by nobody here', () => {
  const host = new FakeHost();
  for (const command of ['site.take-lock', 'site.release-lock'] as const) {
    expect(run(host, command, { object: 'site' }).outcome).toBe('failed');
  }
});
