import { describe, expect, test } from 'vitest';
import { aim, aimedFaults, type Course } from '../../../scripts/campaign-aim.ts';
import { coverageOf, missed } from '../../../src/sim/coverage.ts';
import { faultNames } from '../../../src/sim/fault-kinds.ts';
import type { Targets } from '../../../src/sim/faults.ts';
import { randomOf } from '../../../src/sim/random.ts';

const course: Course = {
  states: ['Idle', 'Lock', 'Flip', 'Copy'],
  locked: ['Flip'],
  complete: 'Complete',
  rollingBack: 'Back',
  halted: 'Halted',
};
const all = [...course.states, course.complete, course.rollingBack, course.halted];
const targets: Targets = {
  nodes: ['node-a', 'node-b'],
  volumes: ['pvc-1'],
  vms: ['vm-1'],
  processes: ['node-a', 'operator-1'],
  operators: ['operator-1', 'operator-2'],
  states: all,
};

describe('runs that aim', () => {
  test('together aim at every kind in every state, and then at what was tried least', () => {
    const coverage = coverageOf(all);
    for (const cells of aim(randomOf(1), course, coverage, 120)) {
      for (const { state, kind } of cells) coverage.hit(state, kind);
    }
    expect(missed(coverage)).toEqual([]);
    (coverage.hits.get('Flip') as Map<string, number>).delete('abort');
    const [first] = aim(randomOf(2), course, coverage, 1);
    expect(first?.[0]).toEqual({ state: 'Flip', kind: 'abort' });
  });

  test('are the same for the same seed, and others for another', () => {
    const planned = (seed: number): unknown => aim(randomOf(seed), course, coverageOf(all), 20);
    expect(planned(1)).toEqual(planned(1));
    expect(planned(1)).not.toEqual(planned(2));
  });

  test('aim at nothing that comes after an end', () => {
    for (const cells of aim(randomOf(3), course, coverageOf(all), 120)) {
      const passing = cells.filter(({ state }) => course.states.includes(state));
      const places = passing.map(({ state }) => course.states.indexOf(state));
      for (const [at, { kind }] of passing.entries())
        if (kind === 'abort' || kind === 'lock-freed') expect(places[at]).toBe(Math.max(...places));
      expect(new Set(cells.map(({ kind }) => kind)).size).toBe(cells.length);
    }
  });

  test('strike as soon as the state is entered, and somebody who is there', () => {
    const cells = faultNames.map((kind) => ({ state: 'Lock', kind }));
    const faults = aimedFaults(randomOf(4), targets, cells, course);
    expect(faults.map(({ kind }) => kind)).toEqual(faultNames);
    for (const { state, afterMs } of faults) expect([state, afterMs]).toEqual(['Lock', 0]);
    const nobody = aimedFaults(randomOf(4), { ...targets, vms: [] }, [{ state: 'Lock', kind: 'vm-stops' }], course);
    expect(nobody).toEqual([]);
  });

  test('get to where nobody comes by itself', () => {
    const kindsFor = (state: string): readonly string[] =>
      aimedFaults(randomOf(5), targets, [{ state, kind: 'api-slow' }], course).map(
        (fault) => `${fault.kind}@${fault.state}`,
      );
    expect(kindsFor('Back')).toEqual(['api-slow@Back', 'abort@Flip']);
    expect(kindsFor('Halted')).toEqual(['api-slow@Halted', 'lock-freed@Flip']);
    expect(kindsFor('Complete')).toEqual(['api-slow@Complete']);
  });
});
