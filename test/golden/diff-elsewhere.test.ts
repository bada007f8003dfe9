import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { env, execPath, version } from 'node:process';
import { describe, expect, test } from 'vitest';
import { verbs } from '../../src/console/verbs.ts';
import { nwctl } from '../support/console.ts';
import { folderWith } from '../support/folder.ts';

/** Another process, in another place of the world. `NW_OTHER_NODE` names another Node to run it. */
const otherNode = env.NW_OTHER_NODE ?? execPath;
const elsewhere = { PATH: env.PATH, TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
const main = resolve('src/console/main.ts');
const forms = verbs.find(({ name }) => name === 'diff')?.formats ?? [];
const captures = 'test/golden/diff/captures';

test('elsewhere is elsewhere', () => {
  const script = 'console.log(Date(), (1234.5).toLocaleString(), process.version)';
  const { stdout } = spawnSync(otherNode, ['-e', script], { env: elsewhere, encoding: 'utf8' });
  expect(stdout).toMatch(/GMT\+1[23]00/);
  expect(stdout).toContain(' 1.234,5 ');
  if (env.NW_OTHER_NODE !== undefined) expect(stdout.trim().endsWith(version)).toBe(false);
});

describe.each([
  ['a leaf', ['longer-by-a-second']],
  ['a machine, with a workflow under way', ['budget-longer']],
  ['a transition', ['gate-dropped-from-transition']],
  ['what no capture shows', ['no-capture-shows']],
] as const)('%s', (_, [pair]) => {
  const sides = [`test/golden/diff/${pair}/old`, `test/golden/diff/${pair}/new`];
  const argsInto = (folder: string): readonly string[] => [
    ...['diff', ...sides, '--captures', captures, '--moments', '--exit-code', '-o', 'wide'],
    ...forms.flatMap((form) => ['--save', `${form}=${join(folder, form)}`]),
  ];

  test('in another time zone, locale and Node every form of it has the same bytes', async () => {
    const [here, there] = [folderWith(), folderWith()];
    const { code, out } = await nwctl(argsInto(here));
    const { status, stdout, stderr } = spawnSync(otherNode, [main, ...argsInto(there)], {
      env: elsewhere,
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([code, out, '']);
    expect(forms.length).toBeGreaterThanOrEqual(8);
    for (const form of forms) {
      const told = readFileSync(join(here, form), 'utf8');
      expect(told.length, form).toBeGreaterThan(10);
      expect(readFileSync(join(there, form), 'utf8'), form).toBe(told);
    }
  }, 60_000);
});
