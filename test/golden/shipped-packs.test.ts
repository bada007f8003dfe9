import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultText } from '../../src/console/fault-text.ts';
import { stateOf } from '../../src/kernel/machine.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { loadDraft } from '../../src/profile/load.ts';
import { nwctl } from '../support/console.ts';

/** What is promised of the packs that we ship, beside what their own tests decide. */
const root = join(import.meta.dirname, '..', '..', 'profiles');
const profiles = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'packs')
  .map(({ name }) => name);

/** A shipped profile with some of its words, and some of its packs', replaced. */
function loaded(profile: string, edit: (text: string, path: string) => string): ReturnType<typeof loadDraft> {
  const read = (path: string): Uint8Array =>
    new TextEncoder().encode(edit(readFileSync(join(root, path), 'utf8'), path));
  return loadDraft({ read, nameOf: (path) => path }, `${profile}/profile.yaml`, vocabulary);
}

interface Answer {
  readonly code: number;
  readonly tests: readonly {
    readonly name: string;
    readonly steps: readonly { readonly failures: readonly unknown[] }[];
  }[];
  readonly coverage: readonly { readonly name: string; readonly unseen: readonly string[] }[];
  readonly conditions: { readonly percent: number };
}

/** All of them, run once for whoever asks. */
let answered: Promise<Answer> | undefined;

async function answer(): Promise<Answer> {
  const folders = profiles.map((name) => `profiles/${name}`);
  const { code, out } = await nwctl(['test', ...folders, '--coverage', '-o', 'json']);
  return { ...(JSON.parse(out) as Omit<Answer, 'code'>), code };
}

function ran(): Promise<Answer> {
  answered ??= answer();
  return answered;
}

const names = readdirSync(join(root, 'packs', 'tests')).flatMap((file) => /^(.*)\.yaml$/.exec(file)?.[1] ?? []);

test.each(names)(
  'the test %s passes',
  async (name) => {
    const { tests } = await ran();
    const found = tests.find((one) => one.name === name);
    expect(found?.steps.length).toBeGreaterThan(0);
    expect(found?.steps.flatMap(({ failures }) => failures)).toEqual([]);
  },
  60_000,
);

test('every gate was seen open, closed and unknown, every finding raised and quiet, and every test passes', async () => {
  const { code, tests, coverage } = await ran();
  expect(code).toBe(0);
  expect(tests.length).toBeGreaterThanOrEqual(names.length);
  expect(coverage.length).toBeGreaterThan(60);
  expect(coverage.filter(({ unseen }) => unseen.length > 0)).toEqual([]);
}, 60_000);

test('what the tests see of conditions, states and transitions does not sink', async () => {
  const { conditions } = await ran();
  expect(conditions.percent).toBeGreaterThanOrEqual(92.1);
}, 60_000);

test('every shipped profile, pack and test is written in its one form', async () => {
  expect((await nwctl(['fmt', '--check', 'profiles'])).code).toBe(0);
});

describe('a site without VMs', () => {
  const words = ['legacyDaemonSet: false', 'legacyDaemonSet: false\n    virtualMachines: false'] as const;
  const result = loaded('two-node', (text, path) => (path.endsWith('profile.yaml') ? text.replace(...words) : text));
  const machines = result.ok ? result.value.profile.packs.flatMap(({ machine }) => machine ?? []) : [];

  test('has both workflows', () => {
    expect(machines.map(({ drives }) => drives).sort()).toEqual(['BondModeFlipPlan', 'ReplicationUpgrade']);
  });

  // KubeVirt alone says whether migrations are suspended: where it is not, that is never known, and nothing would begin.
  test.each(machines)('$drives suspends none, and freezes nothing that nobody reports there', (machine) => {
    expect(machine.freezes.filter((fact) => fact.startsWith('vm.') || fact === 'site.migrationsSuspended')).toEqual([]);
    for (const name of ['SuspendMigration', 'ResumeMigration']) {
      expect(stateOf(machine, name)).toBeDefined();
      expect(stateOf(machine, name)?.act).toBeUndefined();
    }
    expect(stateOf(machine, 'PauseControllers')?.act?.command).toBe('site.pause-controllers');
  });
});

describe('local-path has no replication, and both workflows are refused at load', () => {
  const local = (text: string): string => text.replace('backend: piraeus', 'backend: local-path');
  const said = (edit: (text: string) => string): string => {
    const result = loaded('two-node', edit);
    expect(result.ok).toBe(false);
    return (result.ok ? result.warnings : result.faults)
      .map((fault) => `${fault.code}\n${faultText(fault)}\n`)
      .join('\n');
  };

  test('by what their packs say that they require', async () => {
    const text = said(local);
    expect(text).toMatch(/packs\/bond-flip\.yaml:\d+:\d+: pack `bond-flip` needs SupportsReplication/);
    expect(text).toMatch(
      /packs\/replication-upgrade\.yaml:\d+:\d+: pack `replication-upgrade` needs SupportsReplication/,
    );
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'local-path', 'required.txt'));
  });

  test('and by what their commands need, where an author left that out', async () => {
    const text = said((source) => local(source).replace(/^ {2}requires: .*\n/m, ''));
    expect(text).toMatch(/packs\/replication-upgrade\.yaml:\d+:\d+: `volume\.snapshot` needs SupportsSnapshot/);
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'local-path', 'commands.txt'));
  });
});
