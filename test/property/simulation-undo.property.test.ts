import { describe, expect, test } from 'vitest';
import { kindOf } from '../../src/kernel/raw.ts';
import type { Fault } from '../../src/sim/fault-kinds.ts';
import { simulate } from '../../src/sim/run.ts';
import { everythingOf, probeOf } from '../support/sim-probe.ts';
import { simProfile } from '../support/sim-profile.ts';

/** What cannot be as it was, and why. Everything else must be. */
const cannotBeEqual: readonly (readonly [RegExp, string])[] = [
  [/^node\.(heartbeatAge|clockSkew) /, 'how long ago, by now'],
];

const why = (key: string): string | undefined => cannotBeEqual.find(([pattern]) => pattern.test(key))?.[1];

const profiles = { 3: simProfile(3), 2: simProfile(2) } as const;
const workflows = ['ReplicationUpgrade', 'BondModeFlipPlan'] as const;
const states = profiles[3].machineOf('ReplicationUpgrade')?.machine.states ?? [];
const committed = states.findIndex(({ pointOfNoReturn }) => pointOfNoReturn !== undefined);
const before = states.slice(0, committed).map(({ name }) => name);

const abort = (state: string, afterMs: number): Fault => ({
  kind: 'abort',
  state,
  afterMs,
  forMs: 0,
  on: 'site',
  how: 0,
});

describe('an abort before the point of no return leaves the site as it was', () => {
  test('and there are states before it, of every kind', () => {
    expect(before).toEqual([
      'Idle',
      'PreconditionsCheck',
      'AcquireLock',
      'SuspendMigration',
      'PauseControllers',
      'StageNetwork',
      'DisconnectReplication',
      'FlipBonds',
      'VerifyBonds',
    ]);
  });

  for (const workflow of workflows) {
    test.each(before.flatMap((state) => [0, 2_500].map((afterMs) => [state, afterMs] as const)))(
      `${workflow}: in %s, after %i ms`,
      async (state, afterMs) => {
        const nodes = state.length % 2 === 0 ? 3 : 2;
        const profile = profiles[nodes];
        const probe = probeOf();
        let start: ReadonlyMap<string, string> | undefined;
        let holder: unknown = ''; // nobody, until somebody takes it
        const result = await simulate({
          seed: 40 + afterMs + state.length,
          workflow,
          profile,
          site: { nodes, volumes: 3, vms: 2 },
          faults: [abort(state, afterMs)],
          makeWorld: probe.makeWorld,
          onWrite(object) {
            if (object.kind === workflow) start ??= everythingOf(probe, profile);
            if (kindOf(object) === 'coordination.k8s.io/v1/Lease' && object.metadata.name === 'site-lock')
              holder = (object.spec as { readonly holderIdentity?: unknown }).holderIdentity;
          },
        });
        const isPast = result.states.includes('CommitBonds');
        expect([result.violations, result.begun.length]).toEqual([[], 1]);
        if (isPast) {
          // It was over before anybody could ask: short states go by in less than that.
          expect(afterMs).toBeGreaterThan(0);
          return;
        }
        expect(result.end).toBe('undone');
        expect(holder ?? '').toBe('');
        const now = everythingOf(probe, profile);
        const keys = [...new Set([...(start?.keys() ?? []), ...now.keys()])].filter((key) => why(key) === undefined);
        expect(keys.length).toBeGreaterThan(100);
        const differ = keys.filter((key) => start?.get(key) !== now.get(key));
        expect(differ.map((key) => `${key}: ${start?.get(key) ?? 'nothing'} → ${now.get(key) ?? 'nothing'}`)).toEqual(
          [],
        );
      },
    );
  }

  test('a volume that came meanwhile is not waited for: nobody saw how it was', async () => {
    const created: Fault = { ...abort('RollingBack', 0), kind: 'volume-created' };
    const result = await simulate({
      seed: 41,
      workflow: 'ReplicationUpgrade',
      profile: profiles[3],
      site: { nodes: 3, volumes: 2, vms: 1, copies: 2 },
      faults: [abort('FlipBonds', 0), created],
    });
    expect([result.end, result.violations, result.begun.length]).toEqual(['undone', [], 2]);
  });
});
