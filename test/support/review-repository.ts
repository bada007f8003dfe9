import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { folderWith } from './folder.ts';

const golden = 'test/golden/diff';

export function git(at: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], {
    cwd: at,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

export interface Repository {
  readonly path: string;
  readonly base: string;
  /** The change's own commit; checked out is its merge into the base, as hosts do it. */
  readonly head: string;
}

/** A repository with profiles under `profiles/` and their tests, a change on a branch, something else that came to the base meanwhile, and the merge of
 *  both checked out. `change` is made in the work tree. */
export function repositoryWith(change: (path: string) => void, names: readonly string[] = ['small']): Repository {
  const path = `${folderWith()}/work`;
  for (const name of names) {
    mkdirSync(`${path}/profiles/${name}/tests`, { recursive: true });
    cpSync(`${golden}/longer-by-a-second/old`, `${path}/profiles/${name}`, { recursive: true });
    writeFileSync(`${path}/profiles/${name}/tests/ready.yaml`, readyTest);
  }
  for (const one of ['half-minute', 'guests-start']) {
    cpSync(`${golden}/captures/${one}`, `${path}/captures/${one}`, { recursive: true });
  }
  git(path, 'init', '-q', '-b', 'main');
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'the rules as they were');
  git(path, 'checkout', '-q', '-b', 'change');
  change(path);
  git(path, 'add', '-A');
  git(path, 'commit', '-q', '--allow-empty', '-m', 'the change');
  const head = git(path, 'rev-parse', 'HEAD');
  git(path, 'checkout', '-q', 'main');
  writeFileSync(`${path}/elsewhere.txt`, 'came to the base meanwhile\n');
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'something else');
  const base = git(path, 'rev-parse', 'HEAD');
  git(path, 'checkout', '-q', '--detach');
  git(path, 'merge', '-q', '--no-ff', '-m', 'merge', 'change');
  return { path, base, head };
}

/** The shipped change that lets a node restart half a second too early. */
export function longerByASecond(path: string): void {
  cpSync(`${golden}/longer-by-a-second/new/rules.yaml`, `${path}/profiles/small/rules.yaml`);
}

const readyTest = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RuleTest
metadata: {name: ready}
spec:
  says: node-c is not ready
  profile: ..
  capture: ../../../captures/guests-start
  steps:
    - expect: {phase: Degraded}
`;
