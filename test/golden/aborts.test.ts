import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workflowKinds } from '../../src/crd/workflow-object.ts';
import { runOf } from '../../src/sim/play.ts';
import { simulate } from '../../src/sim/run.ts';
import { expectsNothing, type Story } from '../../src/sim/story.ts';
import { shippedProfile, storiesFolder } from '../support/stories.ts';

/** A human who wants it back, in every state: a line each, of what becomes of it. Up to the point of no return it goes back to the
 *  beginning, and from there on to the end. That the site then reads as it did before is `property/simulation-undo`'s. */
describe('somebody asks for it back', () => {
  const profile = shippedProfile('profiles/three-node');
  for (const workflow of workflowKinds) {
    const states = profile.machineOf(workflow)?.machine.states ?? [];
    const final = states.findIndex(({ pointOfNoReturn }) => pointOfNoReturn !== undefined);
    const late = states[final]?.name ?? '';
    // That state is passed with its first order: before it there is a way back, after it there is none.
    const asked = states.flatMap(({ name, ends, takesBack }, index) =>
      ends !== undefined || takesBack === true
        ? []
        : index === final
          ? [
              { name, afterMs: 0, end: 'undone' },
              { name, afterMs: 4_000, end: 'complete' },
            ]
          : [{ name, afterMs: 0, end: index < final ? 'undone' : 'complete' }],
    );

    test(`${workflow}: in every state, of which ${late} is the first that is final`, async () => {
      expect(late).toBe('CommitBonds');
      const rows: string[] = [];
      for (const { name, afterMs, end } of asked) {
        const result = await simulate(runOf(aborted(workflow, name, afterMs), profile));
        const called = afterMs === 0 ? name : `${name}, after ${afterMs / 1_000}s`;
        expect(result.violations, called).toEqual([]);
        expect(result.begun.length, called).toBe(1);
        expect(result.end, called).toBe(end);
        expect(result.states.includes('RollingBack'), called).toBe(end === 'undone');
        const after = result.states.slice(result.states.lastIndexOf(name) + 1);
        rows.push(`${called.padEnd(24)} ${end.padEnd(9)} ${after.join(' → ')}`.trimEnd());
      }
      await expect(`${rows.join('\n')}\n`).toMatchFileSnapshot(join(storiesFolder, `aborts-${workflow}.txt`));
    });
  }
});

function aborted(workflow: Story['workflow'], state: string, afterMs: number): Story {
  return {
    name: `abort in ${state}`,
    says: '',
    profile: { path: '', at: { file: 'abort', line: 1, col: 1 } },
    workflow,
    site: { nodes: 3, volumes: 1, vms: 1 },
    seed: 1,
    boundMs: 3_600_000,
    events: [{ kind: 'abort', state, afterMs, forMs: 0, on: 'site', how: 0 }],
    eventsAt: [],
    expect: expectsNothing,
  };
}
