import { describe, expect, test } from 'vitest';
import { agent } from '../../../src/agent/agent.ts';
import { readArmed } from '../../../src/agent/armed.ts';
import { armedPath, type Instruction, journalPath } from '../../../src/agent/instruction.ts';
import { readJournal } from '../../../src/agent/journal.ts';
import type { Order } from '../../../src/kernel/workflow.ts';
import { anOrder, config, drive, FakeHost, netdev, netdevText } from '../../support/fake-host.ts';

/** Who does each command, on a host that is ready for it, and what is true of it afterwards. */
interface Case {
  readonly command: Order['command'];
  readonly order?: Partial<Order>;
  readonly ready?: (host: FakeHost) => void;
  readonly isSo: (host: FakeHost) => boolean;
}

const minute = 60_000;
const uid = 'nodewright-0a1b2c3d';

function obey(host: FakeHost, ...orders: Partial<Order>[]): void {
  for (const [at, order] of orders.entries()) {
    host.order(anOrder({ step: at + 1, ...order }));
    drive(
      agent(config, () => host.nowMs),
      host,
      { sleeps: 1 },
    );
  }
  host.did.length = 0;
}
const apart: Partial<Order> = { command: 'drbd.disconnect' };
const staged: Partial<Order> = { command: 'network.stage', with: { mode: 'balance-rr' } };
const flip: Partial<Order> = { command: 'bond.set-mode', with: { mode: 'balance-rr' }, confirmWithinMs: 10 * minute };

const isOld = (host: FakeHost): boolean => host.mode === 'active-backup' && host.files.get(netdev) === netdevText;
const isWhole = (host: FakeHost): boolean => host.up && host.slaves.size === 2;

const cases: readonly Case[] = [
  { command: 'network.stage', order: staged, isSo: (host) => host.files.has(`/var/lib/nodewright/staged${netdev}`) },
  {
    command: 'network.unstage',
    ready: (host) => obey(host, staged),
    isSo: (host) => !host.files.has(`/var/lib/nodewright/staged${netdev}`),
  },
  {
    command: 'drbd.disconnect',
    isSo: (host) =>
      [...host.resources.values()].every(({ connections }) => connections.every(({ state }) => state === 'StandAlone')),
  },
  {
    command: 'drbd.connect',
    ready: (host) => obey(host, apart),
    isSo: (host) =>
      [...host.resources.values()].every(({ connections }) => connections.every(({ state }) => state === 'Connected')),
  },
  {
    command: 'bond.set-mode',
    order: flip,
    ready: (host) => obey(host, apart, staged),
    isSo: (host) =>
      host.mode === 'balance-rr' && isWhole(host) && host.files.get(netdev)?.includes('Mode=balance-rr') === true,
  },
  {
    command: 'bond.revert',
    ready: (host) => obey(host, apart, staged, flip),
    isSo: (host) => isOld(host) && isWhole(host) && !host.files.has(armedPath),
  },
  {
    command: 'bond.confirm',
    ready: (host) => obey(host, apart, staged, flip),
    isSo: (host) =>
      host.mode === 'balance-rr' && isWhole(host) && !host.files.has(armedPath) && host.armedMs === undefined,
  },
  {
    command: 'site.suspend-migrations',
    order: { object: 'site' },
    isSo: (host) => JSON.stringify(kubevirt(host)).includes('"parallelMigrationsPerCluster":0'),
  },
  {
    command: 'site.resume-migrations',
    order: { object: 'site' },
    ready: (host) => obey(host, { command: 'site.suspend-migrations', object: 'site' }),
    isSo: (host) => JSON.stringify(kubevirt(host)).includes('"parallelMigrationsPerCluster":5'),
  },
  {
    command: 'site.pause-controllers',
    order: { object: 'site' },
    isSo: (host) =>
      host.properties.BalanceResourcesEnabled === 'false' &&
      host.properties['DrbdOptions/AutoEvictAllowEviction'] === 'false' &&
      ha(host) === false,
  },
  {
    command: 'site.resume-controllers',
    order: { object: 'site' },
    ready: (host) => obey(host, { command: 'site.pause-controllers', object: 'site' }),
    isSo: (host) =>
      !('BalanceResourcesEnabled' in host.properties) &&
      host.properties['DrbdOptions/AutoEvictAllowEviction'] === 'True' &&
      ha(host) === undefined,
  },
  {
    command: 'volume.snapshot',
    order: { object: 'pvc-1' },
    ready: (host) => {
      host.leaksSuspend = true;
    },
    isSo: (host) => host.snapshots.has(`pvc-1 ${uid}`) && host.resources.get('pvc-1')?.suspended === false,
  },
  {
    command: 'volume.drop-snapshot',
    order: { object: 'pvc-1' },
    ready: (host) => obey(host, { command: 'volume.snapshot', object: 'pvc-1' }),
    isSo: (host) => host.snapshots.size === 0,
  },
  {
    command: 'volume.raise-placement',
    order: { object: 'pvc-1', with: { place: 3 } },
    isSo: (host) => host.placed.get('pvc-1')?.length === 3 && host.groups.rg1 === 1,
  },
];

function kubevirt(host: FakeHost): unknown {
  return host.objects.get('kubevirt.io/v1/KubeVirt kubevirt')?.spec;
}
function ha(host: FakeHost): unknown {
  const spec = host.objects.get('piraeus.io/v1/LinstorCluster linstorcluster')?.spec as Record<
    string,
    Record<string, unknown>
  >;
  return spec.highAvailabilityController?.enabled;
}

function readyFor({ command, order, ready }: Case): { host: FakeHost; given: Order } {
  const host = new FakeHost();
  ready?.(host);
  const given = anOrder({ step: 9, ...order, command });
  host.order(given);
  return { host, given };
}
const begin = (host: FakeHost) => agent(config, () => host.nowMs);

function changes(instruction: Instruction): boolean {
  if (instruction.do === 'api') return instruction.call.verb === 'update';
  if (instruction.do === 'linstor') return instruction.method !== 'GET';
  if (instruction.do === 'run') return instruction.argv[0] === 'drbdadm' || instruction.argv.includes('-batch');
  return 'path' in instruction && instruction.do !== 'read' && instruction.path !== journalPath;
}

describe.each(cases)('$command', (one) => {
  test('does it, says so, and given again does nothing', () => {
    const { host, given } = readyFor(one);
    drive(begin(host), host, { sleeps: 1 });
    expect(host.said('node.journalOutcome'), JSON.stringify((host.own.status as { order: unknown }).order)).toBe(
      'done',
    );
    expect(host.said('node.journalStep')).toBe(9);
    expect(one.isSo(host)).toBe(true);
    expect(host.did).not.toEqual([]);
    host.did.length = 0;
    drive(begin(host), host, { sleeps: 3 });
    host.order({ ...given, epoch: 8 });
    drive(begin(host), host, { sleeps: 2 });
    expect(host.did).toEqual([]);
    expect(host.said('node.journalEpoch')).toBe(8);
    // Ordered anew it looks, and finds nothing left to do.
    host.order({ ...given, epoch: 8, step: 10 });
    drive(begin(host), host, { sleeps: 1 });
    expect(host.said('node.journalOutcome')).toBe('done');
    expect(host.did.filter((did) => did !== 'disarm' && did !== `remove ${armedPath}`)).toEqual([]);
  });

  test('dies between any two instructions, comes back, and never goes on where it does not know', () => {
    const { host: calm } = readyFor(one);
    const { asked } = drive(begin(calm), calm, { sleeps: 1 });
    let [beforeIntent, inside, afterOutcome] = [0, 0, 0];
    for (let most = 0; most <= asked; most += 1) {
      const { host } = readyFor(one);
      if (most > 0) drive(begin(host), host, { most });
      const read = readJournal(host.journal);
      const left = read.ok && read.journal.step === 9 ? read.journal.phase : 'unseen';
      const didBefore = [...host.did];
      // A change that was begun goes back by itself: before anything is different there is an armed file, and a timer with it.
      if (one.command === 'bond.set-mode' && !isOld(host)) {
        expect(readArmed(host.files.get(armedPath) ?? ''), `death ${most}`).toBeDefined();
        expect(host.armedMs, `death ${most}`).toBe(10 * minute);
      }
      const made: Instruction[] = [];
      drive(begin(host), host, { sleeps: 2, watch: (instruction) => made.push(instruction) });
      const now = host.said('node.journalOutcome');
      switch (left) {
        case 'unseen':
          beforeIntent += 1;
          expect(now, `death ${most}`).toBe('done');
          expect(didBefore, `death ${most}`).toEqual([]);
          break;
        case 'accepted':
          inside += 1;
          expect(now, `death ${most}`).toBe('interrupted');
          expect(made.filter(changes), `death ${most}`).toEqual([]);
          break;
        default:
          afterOutcome += 1;
          expect(now, `death ${most}`).toBe('done');
          expect(made.filter(changes), `death ${most}`).toEqual([]);
      }
      if (one.command === 'bond.set-mode') {
        host.passDeadline();
        expect(isOld(host) && isWhole(host), `death ${most}: back at the deadline`).toBe(true);
        expect(host.armedMs).toBeUndefined();
      }
      if (left !== 'accepted') continue;
      // Ordered again under a new number it is carried to its end from wherever it was left.
      if (one.command === 'bond.set-mode') continue;
      host.order(anOrder({ step: 10, ...one.order, command: one.command }));
      drive(begin(host), host, { sleeps: 1 });
      expect(host.said('node.journalOutcome'), `death ${most}`).toBe('done');
      expect(one.isSo(host), `death ${most}`).toBe(true);
    }
    expect(beforeIntent).toBeGreaterThan(2);
    expect(inside).toBeGreaterThan(3);
    expect(afterOutcome).toBeGreaterThan(3);
  });

  test('whose answers are lost one by one says done only of what is so', () => {
    const { host: calm } = readyFor(one);
    const { asked } = drive(begin(calm), calm, { sleeps: 1 });
    for (let lost = 1; lost <= asked; lost += 1) {
      const { host } = readyFor(one);
      let number = 0;
      host.lost = () => {
        number += 1;
        return number === lost;
      };
      drive(begin(host), host, { sleeps: 4 });
      host.lost = () => false;
      drive(begin(host), host, { sleeps: 1 });
      const outcome = host.said('node.journalOutcome');
      expect(['done', 'failed', 'refused', 'interrupted'], `answer ${lost}`).toContain(outcome);
      if (outcome === 'refused') expect(host.did, `answer ${lost}`).toEqual([]);
      if (outcome === 'done') expect(one.isSo(host), `answer ${lost}`).toBe(true);
    }
  });
});
