import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/facts/store.ts';
import type { Several } from '../../../src/kernel/verdict.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { decideOn, type Judgement, judge, type Ruled } from '../../../src/operator/spine.ts';
import type { Profile, VerifiedProfile } from '../../../src/profile/profile.ts';
import { compile } from '../../../src/rules/compile.ts';
import type { Gate } from '../../../src/rules/pack.ts';
import { shippedProfiles, shippedReports } from '../../support/shipped.ts';

async function judged(capture: string, name: string): Promise<Judgement> {
  const profile = shippedProfiles().find((one) => one.name === name) as Profile;
  const { reports, takenAtMs } = await shippedReports(capture, profile);
  const store = createStore(vocabulary);
  for (const report of reports) store.fold(report);
  return judge(profile as VerifiedProfile, compile(profile.packs), store, takenAtMs);
}

function gatesOf(judgement: Judgement, name: string): Several<Ruled<Gate>> {
  return judgement.gates.filter(({ rule }) => rule.name === name) as unknown as Several<Ruled<Gate>>;
}

describe('the phase of a site', () => {
  test.each([
    ['calm', 'three-node', 'MultiNode'],
    ['single-node', 'single-node', 'SingleNode'],
    ['resync-before-next-node', 'two-node', 'Recovering'],
    ['legacy-mid-upgrade', 'three-node', 'Upgrading'],
    ['one-side-flipped', 'three-node', 'Degraded'],
    ['silent-node', 'three-node', 'Degraded'],
  ])('%s, judged by %s, is %s', async (capture, profile, phase) => {
    expect((await judged(capture, profile)).site.phase).toBe(phase);
  });

  test('a phase that is not certain is Degraded, and says what is unknown', async () => {
    // Nothing was reported at all: no step of the rollup can be judged.
    const profile = shippedProfiles().find((one) => one.name === 'three-node') as Profile;
    const nothing = judge(profile as VerifiedProfile, compile(profile.packs), createStore(vocabulary), 0);
    expect(nothing.site.phase).toBe('Degraded');
    expect(nothing.site.verdict().kind).toBe('unknown');
  });
});

describe('a step that waits for gates', () => {
  test('advances when all are open and json-rules-engine opens them too', async () => {
    const calm = await judged('calm', 'three-node');
    expect(await decideOn(calm, 'Snapshot', gatesOf(calm, 'snapshot-may-start'))).toEqual({
      kind: 'advance',
      to: 'Snapshot',
    });
  });

  test('holds when one is closed', async () => {
    const calm = await judged('calm', 'three-node');
    expect((await decideOn(calm, 'Restart', gatesOf(calm, 'node-may-restart'))).kind).toBe('hold');
  });

  test('holds, loudly, when the compiled evaluator stands alone with its opinion', async () => {
    const incident = await judged('one-side-flipped', 'three-node');
    const [gate] = gatesOf(incident, 'storage-network-agrees');
    const mistaken: Ruled<Gate> = { ...gate, truth: 2, verdict: () => ({ kind: 'open' }) };
    const decision = await decideOn(incident, 'Commit', [mistaken]);
    expect(decision.kind === 'hold' && decision.because[0].detail).toContain('RULES_SPLIT');
  });

  test('holds as loudly when the explanation alone says open', async () => {
    const calm = await judged('calm', 'three-node');
    const [gate] = gatesOf(calm, 'snapshot-may-start');
    for (const truth of [0, 1] as const) {
      const decision = await decideOn(calm, 'Snapshot', [{ ...gate, truth }]);
      expect(decision.kind === 'hold' && decision.because[0].detail).toContain('RULES_SPLIT');
    }
  });
});

test('without a list of nodes a gate per node is unknown as a whole, and says which list', async () => {
  const profile = shippedProfiles().find((one) => one.name === 'three-node') as Profile;
  const blind = judge(profile as VerifiedProfile, compile(profile.packs), createStore(vocabulary), 0);
  const [gate, ...others] = gatesOf(blind, 'node-may-restart');
  expect(others).toEqual([]);
  expect(gate.object).toBeUndefined();
  const verdict = gate.verdict();
  expect(verdict.kind === 'unknown' && verdict.missing[0].fact).toBe('list of nodes');
});
