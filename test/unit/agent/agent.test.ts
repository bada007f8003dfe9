import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agent } from '../../../src/agent/agent.ts';
import { type Answer, type Instruction, journalPath } from '../../../src/agent/instruction.ts';
import { linesMax, readJournal } from '../../../src/agent/journal.ts';
import type { AgentSaid } from '../../../src/crd/agent-status.ts';
import { normalise } from '../../../src/facts/normalise.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import { anOrder, config, drive, FakeHost } from '../../support/fake-host.ts';

function live(host: FakeHost, sleeps = 1): void {
  drive(
    agent(config, () => host.nowMs),
    host,
    { sleeps },
  );
}
interface Status {
  readonly heartbeat: { readonly sequence: number; readonly bootId: string };
  readonly observations: readonly AgentSaid[];
  readonly order?: { readonly why: string };
  readonly trouble?: string;
}
function statusOf(host: FakeHost): Status {
  return host.own.status as Status;
}
const shape: SiteShape = {
  nodes: { atLeast: 1, atMost: 3, matchLabels: {} },
  backend: 'piraeus',
  storageNamespace: 'piraeus-system',
  storageClasses: [],
  os: 'kairos',
};

describe('an agent', () => {
  test('says what its host is, in facts that the normaliser reads back', () => {
    const host = new FakeHost();
    host.order(anOrder({ step: 4, epoch: 2 }));
    live(host);
    const reports = normalise(
      [
        { from: 'object', at: 1_000, object: host.own },
        { from: 'observer', at: 1_000, node: 'node-a', heartbeatChangedAt: 1_000 },
      ],
      shape,
    );
    const own = reports.find(({ reporter }) => reporter === 'agent');
    const read = new Map(own?.observations.map(({ fact, subject, value }) => [`${fact} ${subject.id}`, value]));
    // What stands before it is read of its object, and is no word of its own.
    expect([...read.keys()]).toContain('node.order node-a');
    expect(own?.observations).toHaveLength(statusOf(host).observations.length + 1);
    expect(Object.fromEntries(read)).toMatchObject({
      'node.journalEpoch node-a': 2,
      'node.journalStep node-a': 4,
      'node.journalWorkflow node-a': anOrder().workflow,
      'node.journalOutcome node-a': 'done',
      'node.drbdVersion node-a': 90_000_200_014,
      'bond.mode node-a/bond1': 'active-backup',
      'bond.configuredMode node-a/bond1': 'active-backup',
      'bond.stagedMode node-a/bond1': 'none',
      'bond.armed node-a/bond1': false,
      'bond.members node-a/bond1': ['eno3', 'eno4'],
      'bond.membersUp node-a/bond1': 2,
      'bond.mtu node-a/bond1': 9000,
      'bond.peersReachable node-a/bond1': true,
      'replica.disk pvc-1@node-a': 'UpToDate',
      'replica.suspended pvc-1@node-a': [],
      'connection.state pvc-1@node-a:node-b': 'Connected',
      'connection.outOfSync pvc-2@node-a:node-c': 0,
      'connection.progressAge pvc-2@node-a:node-c': 0,
    });
  });

  test('that has seen no order says that too, and nobody’s', () => {
    const host = new FakeHost();
    live(host);
    expect([host.said('node.journalStep'), host.said('node.journalWorkflow')]).toEqual([0, null]);
    expect(host.said('node.journalOutcome')).toBe('none');
  });

  test('beats with a number that always changes, also after its death and beside an old copy', () => {
    const host = new FakeHost();
    const seen: number[] = [];
    const old = host.own;
    for (let life = 0; life < 4; life += 1) {
      if (life === 3) host.put(old);
      const one = agent(config, () => host.nowMs);
      drive(one, host, { sleeps: 3, watch: () => seen.push(statusOf(host)?.heartbeat.sequence ?? 0) });
    }
    const changed = seen.filter((sequence, at) => sequence !== seen[at - 1]);
    expect(changed.length).toBeGreaterThan(11);
    expect(statusOf(host).heartbeat.bootId).toBe('boot-1');
  });

  test('whose object is written by the operator in between says what it saw beside the new order', () => {
    const host = new FakeHost();
    let once = true;
    host.instead = (one) => {
      if (once && one.do === 'run' && one.argv[0] === 'ping') {
        once = false;
        host.order(anOrder({ step: 7 }));
      }
      return undefined;
    };
    live(host);
    expect([host.said('node.journalStep'), (host.own.spec as { order: { step: number } }).order.step]).toEqual([0, 7]);
  });

  test('makes its own object where there is none', () => {
    const host = new FakeHost();
    host.objects.delete('nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus node-a');
    live(host);
    expect(host.own).toMatchObject({ spec: { node: 'node-a' }, status: { heartbeat: { sequence: 1 } } });
  });

  test('refuses an order whose facts are not what they were, and does nothing', () => {
    const reads = (fact: string, object: string, value: never) => [{ fact, object, value }];
    const cases = [
      [
        reads('bond.mode', 'node-a/bond1', 'balance-rr' as never),
        /bond.mode of node-a\/bond1 was "balance-rr" and is "active-backup" now/,
      ],
      [reads('connection.state', 'pvc-1@node-a:node-x', 'Connected' as never), /is unknown now/],
      [reads('replica.suspended', 'pvc-1@node-a', ['user'] as never), /was \["user"\] and is \[\] now/],
      [reads('bond.armed', 'node-a/bond1', true as never), /is false now/],
    ] as const;
    for (const [dependsOn, why] of cases) {
      const host = new FakeHost();
      host.order(anOrder({ command: 'drbd.disconnect', dependsOn }));
      live(host);
      expect(host.said('node.journalOutcome')).toBe('refused');
      expect(statusOf(host).order?.why).toMatch(why);
      expect(host.did).toEqual([]);
    }
  });

  test('does an order whose facts hold, and leaves to others what is not its node’s to see', () => {
    const host = new FakeHost();
    const dependsOn = [
      { fact: 'bond.mode', object: 'node-a/bond1', value: 'active-backup' },
      { fact: 'bond.peersReachable', object: 'node-a/bond1', value: true },
      { fact: 'bond.mode', object: 'node-b/bond1', value: 'x' },
      { fact: 'volume.place', object: 'pvc-1', value: 3 },
      { fact: 'connection.progressAge', object: 'pvc-1@node-a:node-b', value: 5 },
    ];
    host.order(anOrder({ command: 'drbd.disconnect', dependsOn }));
    live(host);
    expect(host.said('node.journalOutcome')).toBe('done');
  });

  test('what hangs is not said, and what does not is said all the same', () => {
    const host = new FakeHost();
    host.instead = (one) => (one.do === 'run' && one.argv[0] === 'drbdsetup' ? { kind: 'unheard' } : undefined);
    live(host);
    const said = new Set(statusOf(host).observations.map(({ fact }) => fact.split('.')[0]));
    expect(said).toEqual(new Set(['node', 'bond']));
  });

  test.each([
    ['one of four lost', '4 packets transmitted, 3 received, 25% packet loss', 0, false],
    ['all lost', '4 packets transmitted, 0 received, 100% packet loss', 1, false],
    ['nothing sent', '0 packets transmitted, 0 received', 0, false],
    ['no route', '', 2, false],
    ['something else printed', 'PONG', 0, undefined],
  ])('of pings with %s says %s', (_, stdout, code, says) => {
    const host = new FakeHost();
    host.instead = (one) =>
      one.do === 'run' && one.argv.at(-1) === '10.0.0.3' ? { kind: 'ran', code, stdout, stderr: '' } : undefined;
    live(host);
    expect(host.said('bond.peersReachable')).toBe(says);
  });

  test('pings with whole frames of the size that the bond must carry', () => {
    const host = new FakeHost();
    const pings: string[] = [];
    host.instead = (one) => {
      if (one.do === 'run' && one.argv[0] === 'ping') pings.push(one.argv.join(' '));
      return undefined;
    };
    live(host);
    expect(pings).toEqual(['10.0.0.2', '10.0.0.3'].map((to) => `ping -n -q -M do -s 8972 -c 4 -i 0.2 -W 1 ${to}`));
  });

  test('tells how long a resync has not moved', () => {
    const host = new FakeHost();
    const ages: unknown[] = [];
    const amounts = [4096, 4096, 2048, 8192, 8192, 0, 0];
    let beat = 0;
    host.instead = (one) => {
      if (one.do !== 'run' || one.argv[0] !== 'drbdsetup') return undefined;
      const answer = host.carryOut(one) as { stdout: string };
      return {
        kind: 'ran',
        code: 0,
        stderr: '',
        stdout: answer.stdout.replaceAll('"out-of-sync":0', `"out-of-sync":${amounts[beat]}`),
      };
    };
    const watch = (one: Instruction): void => {
      if (one.do !== 'sleep') return;
      ages.push(host.said('connection.progressAge'));
      beat += 1;
    };
    drive(
      agent(config, () => host.nowMs),
      host,
      { sleeps: amounts.length, watch },
    );
    expect(ages).toEqual(['0s', '5s', '0s', '5s', '10s', '0s', '0s']);
  });

  test('keeps its journal short', () => {
    const host = new FakeHost();
    for (let step = 1; step <= 80; step += 1) {
      host.order(anOrder({ step }));
      live(host);
      expect(host.journal.split('\n').length).toBeLessThanOrEqual(linesMax + 1);
    }
    expect(readJournal(host.journal)).toMatchObject({ ok: true, journal: { step: 80, phase: 'done' } });
  });

  test('does nothing on account of a journal that it could not write, and says so', () => {
    const host = new FakeHost();
    live(host);
    host.instead = (one) =>
      (one.do === 'append' || one.do === 'write') && one.path === journalPath
        ? { kind: 'refused', why: 'disk full' }
        : undefined;
    host.order(anOrder({ command: 'drbd.disconnect' }));
    live(host, 3);
    expect(host.did).toEqual([]);
    expect(statusOf(host).trouble).toBe('the journal could not be written; no order is obeyed');
    host.instead = () => undefined;
    live(host);
    expect(host.said('node.journalOutcome')).toBe('done');
    expect(statusOf(host).trouble).toBeUndefined();
  });

  test('a status that says the same of an unchanged host is the same list', () => {
    const host = new FakeHost();
    const lists = new Set<unknown>();
    const watch = (one: Instruction): void => {
      if (one.do === 'api' && one.call.verb === 'update-status')
        lists.add((one.call.object.status as Status).observations);
    };
    drive(
      agent(config, () => host.nowMs),
      host,
      { sleeps: 5, watch },
    );
    expect(lists.size).toBe(1);
  });

  test('an order that stands is told why it is not obeyed, and refused once', () => {
    const host = new FakeHost();
    host.order({ ...anOrder({ step: 3 }), command: 'shell' });
    live(host, 4);
    expect([host.said('node.journalStep'), host.said('node.journalOutcome')]).toEqual([3, 'refused']);
    expect(host.journal.split('\n')).toHaveLength(4);
    host.order(anOrder({ step: 2 }));
    live(host, 2);
    expect(statusOf(host).order?.why).toBe('refused: step 2 is older than 3');
    expect(host.journal.split('\n')).toHaveLength(4);
  });

  test('goes on whatever it is answered', () => {
    const garbage: fc.Arbitrary<Answer> = fc.oneof(
      fc.constantFrom<Answer>(
        { kind: 'unheard' },
        { kind: 'conflict' },
        { kind: 'refused', why: 'no' },
        { kind: 'missing' },
        { kind: 'done' },
      ),
      fc.string().map((text): Answer => ({ kind: 'text', text })),
      fc.record({
        kind: fc.constant('ran' as const),
        code: fc.nat(3),
        stdout: fc.oneof(fc.string(), fc.json()),
        stderr: fc.string(),
      }),
      fc.record({ kind: fc.constant('reply' as const), status: fc.constantFrom(200, 201, 500), text: fc.json() }),
      fc.jsonValue().map((json): Answer => ({ kind: 'object', object: json as unknown as KubeObject })),
      fc.array(fc.jsonValue()).map((list): Answer => ({ kind: 'objects', objects: list as unknown as KubeObject[] })),
    );
    const commands = [
      'bond.set-mode',
      'drbd.disconnect',
      'network.stage',
      'site.suspend-migrations',
      'site.pause-controllers',
      'volume.snapshot',
      'volume.raise-placement',
    ] as const;
    fc.assert(
      fc.property(
        fc.array(fc.option(garbage, { freq: 2 }), { maxLength: 150 }),
        fc.constantFrom(...commands),
        (answers, command) => {
          const host = new FakeHost();
          const object = command.startsWith('volume') ? 'pvc-1' : command.startsWith('site') ? 'site' : 'node-a';
          host.order(anOrder({ command, object, with: { mode: 'balance-rr', place: 3 }, confirmWithinMs: 1 }));
          let at = 0;
          host.instead = () => {
            at += 1;
            return answers[at] ?? undefined;
          };
          const { result, asked } = drive(
            agent(config, () => host.nowMs),
            host,
            { most: 300, sleeps: 10 },
          );
          expect(result).toBeUndefined();
          expect(asked).toBeGreaterThan(10);
        },
      ),
      { numRuns: 300 },
    );
  });
});
