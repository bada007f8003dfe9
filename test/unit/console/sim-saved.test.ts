import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type * as Run from '../../../src/sim/run.ts';
import type { RunOptions } from '../../../src/sim/run-options.ts';
import { loadStory } from '../../../src/sim/story.ts';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

/** A simulator that breaks K7 whenever node-b's agent dies, and is bound to see it in its second run. */
vi.mock('../../../src/sim/run.ts', async (original) => {
  const real = await original<typeof Run>();
  const on = (node: string) =>
    ({ kind: 'agent-dies', state: 'FlipBonds', afterMs: 0, forMs: 60_000, on: node, how: 0 }) as const;
  return {
    ...real,
    simulate: async ({ seed, faults }: RunOptions): Promise<Run.RunResult> => {
      const drawn = 'length' in faults ? faults : [on('node-a'), on('node-b')];
      const breaks = seed === 5 && drawn.some((fault) => fault.on === 'node-b');
      return {
        seed,
        steps: 10,
        end: 'complete',
        because: '',
        violations: breaks ? [{ law: 'K7', atMs: 5, says: 'acted without the lock' }] : [],
        coverage: { hits: new Map() },
        deeds: new Map(),
        faults: drawn,
        begun: drawn,
        states: [],
        simulatedMs: 60_000,
        transcript: [],
        decidingMs: 0,
      };
    },
  };
});

test('the first law that is broken ends it: exit 3, and the shrunk story stands in a file that replay takes', async () => {
  const cwd = folderWith();
  const args = ['sim', '-p', 'profiles/three-node', '-w', 'BondModeFlipPlan', '--seed', '4', '--runs', '9'];
  const { code, out } = await nwctl(args, { cwd });
  expect(code).toBe(3);
  expect(out).toContain('BondModeFlipPlan: 2 runs (seeds 4 to 5)');
  expect(out).toContain('✗ BROKEN  K7: acted without the lock\n  seed 5: 2 faults, shrunk to 1 fault in ');
  expect(out).toContain('  saved: story-BondModeFlipPlan-5.yaml\nreplay: nwctl replay story-BondModeFlipPlan-5.yaml\n');
  const file = join(cwd, 'story-BondModeFlipPlan-5.yaml');
  const story = loadStory({ file, text: readFileSync(file, 'utf8') } as never);
  expect(story).toMatchObject({
    ok: true,
    value: {
      seed: 5,
      workflow: 'BondModeFlipPlan',
      events: [{ kind: 'agent-dies', on: 'node-b', state: 'FlipBonds' }],
      // Until the law holds again, replay of it has to fail.
      expect: { breaks: [] },
    },
  });
  // Its profile is named as seen from the file.
  expect(story.ok && existsSync(join(cwd, story.value.profile.path, 'profile.yaml'))).toBe(true);
  expect((await nwctl(['replay', file])).err).toBe('');
});

describe('where nothing can be written', () => {
  const args = ['sim', '-p', 'profiles/three-node', '-w', 'BondModeFlipPlan', '--seed', '5', '--runs', '1'];

  test('a broken law is still a broken law: exit 3, and the story is printed', async () => {
    const { code, out, err } = await nwctl(args, { cwd: '/proc/self' });
    expect(code).toBe(3);
    expect(err).toContain('/proc/self/story-BondModeFlipPlan-5.yaml:1:1: ');
    expect(err).toContain('the story was not saved: it is printed instead');
    expect(out).toContain('✗ BROKEN  K7');
    expect(out).toContain('not saved; nwctl replay - takes the story at the end');
    const text = out.slice(out.indexOf('\napiVersion: ') + 1);
    expect(loadStory({ file: '-', text } as never)).toMatchObject({
      ok: true,
      value: { seed: 5, events: [{ kind: 'agent-dies', on: 'node-b' }] },
    });
  });

  test('data has it too, by its schema', async () => {
    const { code, out } = await nwctl([...args, '-o', 'json'], { cwd: '/proc/self' });
    expect(code).toBe(3);
    validates('sim', out);
    const { story, unsaved } = JSON.parse(out).broken;
    expect(story).toBeNull();
    expect(loadStory({ file: '-', text: unsaved } as never)).toMatchObject({ ok: true, value: { seed: 5 } });
  });
});
