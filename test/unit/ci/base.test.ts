import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { baseOf, type Event, type Git, githubTells, gitlabTells } from '../../../ci/base.ts';
import { folderWith } from '../../support/folder.ts';
import { git } from '../../support/review-repository.ts';

/** left ─ moved (main) and left ─ change; `merge` is both. */
let server: string;
let ids: Record<'left' | 'moved' | 'change' | 'merge', string>;
beforeAll(() => {
  server = folderWith();
  git(server, 'init', '-q', '-b', 'main');
  const commit = (name: string): string => {
    writeFileSync(`${server}/${name}`, name);
    git(server, 'add', '.');
    git(server, 'commit', '-q', '-m', name);
    return git(server, 'rev-parse', 'HEAD');
  };
  commit('first');
  const left = commit('left');
  git(server, 'checkout', '-q', '-b', 'change');
  const change = commit('change');
  git(server, 'checkout', '-q', 'main');
  const moved = commit('moved');
  git(server, 'checkout', '-q', '-b', 'merge');
  git(server, 'merge', '-q', '--no-ff', '-m', 'merge', 'change');
  ids = { left, moved, change, merge: git(server, 'rev-parse', 'HEAD') };
  git(server, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
});

function clone(branch: string, depth?: number): Git {
  const path = folderWith();
  const flags = depth === undefined ? [] : [`--depth=${depth}`];
  execFileSync('git', ['clone', '-q', ...flags, '--branch', branch, `file://${server}`, path], { stdio: 'ignore' });
  return (args) => {
    const { status, stdout } = spawnSync('git', args, { cwd: path, encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
  };
}

const request = (): Event => ({ pull_request: { base: { sha: ids.left }, head: { sha: ids.change } } });

describe('what a pull request is compared with', () => {
  test.each([undefined, 2, 1])(
    'its merge is checked out, depth %s: what it is merged into, which moved on meanwhile',
    (depth) => {
      expect(baseOf(githubTells(request()), undefined, clone('merge', depth))).toBe(ids.moved);
    },
  );

  test('the change itself is checked out: where it left its base', () => {
    const moved: Event = { pull_request: { base: { sha: ids.moved }, head: { sha: ids.change } } };
    expect(baseOf(githubTells(moved), undefined, clone('change'))).toBe(ids.left);
  });

  test('the change itself, and a clone that does not know where it left: what is missing is said', () => {
    const moved: Event = { pull_request: { base: { sha: ids.moved }, head: { sha: ids.change } } };
    expect(() => baseOf(githubTells(moved), undefined, clone('change', 1))).toThrow('fetch-depth: 0');
  });

  test('a merge of something else is no merge of the change', () => {
    const other: Event = { pull_request: { base: { sha: ids.left }, head: { sha: ids.moved } } };
    expect(baseOf(githubTells(other), undefined, clone('merge'))).toBe(ids.left);
  });

  test('GitLab: a pipeline of the merge, and one of the branch', () => {
    const env = { CI_MERGE_REQUEST_DIFF_BASE_SHA: ids.left, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: ids.change };
    expect(baseOf(gitlabTells(env), undefined, clone('merge'))).toBe(ids.moved);
    const branch = { ...env, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '' };
    expect(baseOf(gitlabTells(branch), undefined, clone('change'))).toBe(ids.left);
  });
});

test('a push is compared with what was there before it, a merge queue with its base', () => {
  expect(baseOf(githubTells({ before: ids.left }), undefined, clone('main', 1))).toBe(ids.left);
  expect(baseOf(githubTells({ merge_group: { base_sha: ids.moved } }), undefined, clone('merge'))).toBe(ids.moved);
  for (const event of [{}, { before: '0'.repeat(40) }]) {
    expect(() => baseOf(githubTells(event), undefined, clone('main'))).toThrow('nothing says what to compare with');
  }
});

test('what was named goes before what the host tells; it is a revision, and nothing else', () => {
  const there = clone('merge');
  expect(baseOf(githubTells(request()), 'HEAD~1', there)).toBe(ids.moved);
  expect(baseOf(githubTells(request()), 'origin/change', there)).toBe(ids.change);
  for (const wrong of ['no-such', '--all', 'HEAD:first', '0'.repeat(40)]) {
    expect(() => baseOf(githubTells(request()), wrong, there)).toThrow(`\`${wrong}\` is not in this clone`);
  }
});
