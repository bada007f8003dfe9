import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { diskFrom } from '../../src/console/disk.ts';
import { simLogs } from '../../src/console/sim-logs.ts';
import type { World } from '../../src/console/world.ts';
import { fileDisk } from '../../src/platform/file-disk.ts';
import { runOf } from '../../src/sim/play.ts';
import { simulate } from '../../src/sim/run.ts';
import { nwctl } from '../support/console.ts';
import { folderWith } from '../support/folder.ts';
import { shippedProfile } from '../support/kept-runs.ts';
import { storiesFolder, storyOf } from '../support/stories.ts';

const root = folderWith();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const world = {
  disk: diskFrom(join(import.meta.dirname, '..', '..', 'src')),
  logFolder: async (path: string) => fileDisk(path),
} as unknown as World;

/** Stories whose transcripts are beside them: here is what their operators' logs tell of them, byte for byte; that they verify, and
 *  that each decision can be made again from the one file that was exported. */
test.each(['node-replaced', 'second-leader'])(
  'log show of %s',
  async (name) => {
    const { story } = storyOf(name);
    const profile = shippedProfile(join(storiesFolder, name, story.profile.path));
    const logs = join(root, name);
    const engine = `sha256:${'0'.repeat(64)}`;
    await simulate({ ...runOf(story, profile, undefined), ...simLogs(logs, world, engine)(story.seed) });
    const shown = await nwctl(['log', 'show', logs]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    const told = shown.out.replaceAll(`${root}/`, '');
    await expect(told).toMatchFileSnapshot(join(import.meta.dirname, 'logs', `${name}.txt`));
    expect((await nwctl(['log', 'verify', logs])).code).toBe(0);
    const log = join(logs, `seed-${story.seed}`, 'operator-1');
    const bundle = join(root, `${name}.ndjson`);
    expect((await nwctl(['log', 'export', log, '-o', bundle])).code).toBe(0);
    expect((await nwctl(['log', 'verify', bundle])).code).toBe(0);
    const again = await nwctl(['replay', '--all', bundle, '-o', 'json']);
    expect(again.code).toBe(0);
    const { logs: replayed } = JSON.parse(again.out) as { logs: { decisions: number; same: number }[] };
    expect(replayed[0]?.same).toBe(replayed[0]?.decisions);
    expect(replayed[0]?.decisions).toBeGreaterThan(20);
  },
  60_000,
);
