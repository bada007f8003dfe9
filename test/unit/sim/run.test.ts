import { describe, expect, test } from 'vitest';
import { agent } from '../../../src/agent/agent.ts';
import type { Answer } from '../../../src/agent/instruction.ts';
import { agentStatusKind } from '../../../src/crd/agent-status.ts';
import { type Fault, faultNames } from '../../../src/sim/fault-kinds.ts';
import { simulate } from '../../../src/sim/run.ts';
import type { Programs, RunOptions } from '../../../src/sim/run-options.ts';
import { shrink } from '../../../src/sim/shrink.ts';
import { transcriptText } from '../../../src/sim/transcript.ts';
import { toyProfile } from '../../support/operator-site.ts';

/** The real operator and the real agents, with a workflow of one step. */
const options: RunOptions = {
  seed: 1,
  workflow: 'ReplicationUpgrade',
  profile: toyProfile(),
  site: { nodes: 2, volumes: 1, vms: 1 },
  faults: [],
  boundMs: 20 * 60_000,
  linesMax: 500,
};
const drawn = { kinds: faultNames, atMost: 6, withinMs: 60_000 };
const fault = (kind: Fault['kind'], more: Partial<Fault> = {}): Fault => ({
  kind,
  on: 'site',
  afterMs: 0,
  forMs: 0,
  how: 0,
  ...more,
});

describe('a run', () => {
  test('without faults comes to its end, and breaks no law', async () => {
    const result = await simulate(options);
    expect([result.end, result.violations]).toEqual(['complete', []]);
    expect(result.states).toEqual(['AcquireLock', 'Stage', 'ReleaseLock', 'Complete']);
    expect(transcriptText({ lines: result.transcript, left: 0 })).toMatchInlineSnapshot(`
      "  0:20  ops@site      asks for ReplicationUpgrade/site
        0:20  operator-1    Idle → AcquireLock: one workflow at a time works on a site
        0:21  operator-1    takes the site lock for the workflow, epoch 1
        0:22  operator-1    AcquireLock → Stage: the new files lie ready on every node
        0:23  operator-1    Stage: begins with node-a, node-b
        0:25  operator-1    orders node-a: network.stage (order 1)
        0:27  agent node-a  order 1 done: files for active-backup are staged
        0:28  operator-1    orders node-b: network.stage (order 2)
        0:31  agent node-b  order 2 done: files for active-backup are staged
        0:32  operator-1    Stage → ReleaseLock: another may begin
        0:33  operator-1    gives the site lock back
        0:34  operator-1    ReleaseLock → Complete: done
        0:35  operator-1    rests in Complete: complete
      "
    `);
  });

  test.each([
    ['complete', []],
    ['undone', [fault('abort', { state: 'Stage', afterMs: 2_000, forMs: 0 })]],
  ] as const)('has given the lock back once it is %s', async (end, faults) => {
    const result = await simulate({ ...options, faults });
    expect([result.end, result.violations]).toEqual([end, []]);
  });

  test('goes on without LINSTOR where nothing asks for it: who waits for its silence leads all the same', async () => {
    const away = fault('linstor-away', { afterMs: 1_000, forMs: 15 * 60_000 });
    const { transcript, end } = await simulate({ ...options, faults: [away] });
    expect(end).toBe('complete');
    const leads = transcript.find(({ what }) => what.startsWith('takes the site lock'));
    expect(leads?.what).toBe('takes the site lock for the workflow, epoch 1');
    expect(leads?.atMs).toBeLessThan(60_000);
  });

  test('is told the same, to the byte, for the same seed', async () => {
    const twice = [
      await simulate({ ...options, seed: 5, faults: drawn }),
      await simulate({ ...options, seed: 5, faults: drawn }),
    ];
    const [one, other] = twice.map((result) =>
      JSON.stringify({ ...result, coverage: [...result.coverage.hits].map(([state, row]) => [state, [...row]]) }),
    );
    expect(one).toBe(other);
  });

  test('with faults that end comes to rest, whatever they are, and breaks no law', async () => {
    for (let seed = 100; seed < 108; seed += 1) {
      const result = await simulate({ ...options, seed, faults: drawn, linesMax: 0 });
      expect.soft(result.violations, `seed ${seed}`).toEqual([]);
    }
  }, 60_000);

  test('that is given up or taken back says why', async () => {
    const result = await simulate({ ...options, faults: [fault('abort', { state: 'Stage', afterMs: 3_000 })] });
    expect([result.end, result.because]).toEqual(['undone', 'ops@site asked for it']);
    expect(result.violations).toEqual([]);
  });

  test('over a status that nobody of us wrote keeps its hands off, and the audit says why', async () => {
    const result = await simulate({ ...options, faults: [fault('status-mangled', { state: 'Stage', how: 1 })] });
    expect([result.end, result.because, result.violations]).toEqual([
      'halted',
      'the status is nobody’s we know: status.workflow.step is negative',
      [],
    ]);
    expect(result.simulatedMs).toBeLessThan(5 * 60_000);
  });

  test('that is cut short says that it was', async () => {
    const result = await simulate({ ...options, boundMs: 15_000 });
    expect([result.end, result.states]).toEqual(['bound', []]);
  });

  test('counts what was tried in which state', async () => {
    const faults = [fault('api-slow', { state: 'Stage', forMs: 30_000 })];
    const { coverage } = await simulate({ ...options, faults });
    expect(coverage.hits.get('Stage')?.get('api-slow')).toBe(1);
    expect(coverage.hits.get('Idle')?.size).toBe(0);
  });
});

/** An agent that does as it is told, and says that it did so whatever its orders are. */
const lying: Programs['agent'] = (node, { clock }) => {
  const real = agent({ node, bond: 'bond1', peers: [], mtu: 9000, beatMs: 3_000 }, () => clock.monotonicMs());
  return (function* lie() {
    let answer: Answer | undefined;
    for (;;) {
      const turn = answer === undefined ? real.next() : real.next(answer);
      const asked = turn.value;
      const isWrite = asked.do === 'api' && asked.call.verb === 'update-status';
      if (
        isWrite &&
        'object' in asked.call &&
        `${asked.call.object.apiVersion}/${asked.call.object.kind}` === agentStatusKind
      ) {
        const text = JSON.stringify(asked.call.object).replaceAll(
          '"bond.stagedMode","object":"node-a/bond1","value":"none"',
          '"bond.stagedMode","object":"node-a/bond1","value":"active-backup"',
        );
        answer = yield { do: 'api', call: { verb: 'update-status', object: JSON.parse(text) } };
      } else if (asked.do === 'write' && asked.path.includes('/staged/')) {
        answer = yield { do: 'sleep', ms: 1 };
      } else answer = yield asked;
    }
  })();
};

describe('a run that breaks a law', () => {
  const faults = [
    fault('api-slow', { afterMs: 1_000, forMs: 20_000 }),
    fault('clock-jumps', { on: 'operator-1', afterMs: 5_000 }),
    fault('api-twice', { state: 'Stage', forMs: 5_000 }),
  ];

  test('says which, when, and what', async () => {
    const { operate, defaultTimes } = await import('../../../src/operator/operator.ts');
    const config = { leaders: { namespace: 'nodewright', name: 'operator' }, ...defaultTimes, engine: 'a test' };
    const programs: Programs = {
      agent: lying,
      operator: (name, { clock, incarnation, watches }) =>
        operate(
          { ...config, identity: `${name}-${incarnation}` },
          { clock, inbox: watches, profiles: () => [options.profile], again: () => true },
        ),
    };
    const broken = { ...options, programs, faults };
    const result = await simulate(broken);
    expect(result.violations.length).toBeGreaterThan(0);
    expect(result.violations[0]?.law).toBe('K6');
    expect(result.violations[0]?.says).toContain('bond.stagedMode of node-a/bond1');
    const shrunk = await shrink(broken, result, simulate);
    expect([shrunk.faults, shrunk.site.vms, shrunk.result.violations[0]?.law]).toEqual([[], 0, 'K6']);
  }, 60_000);
});
