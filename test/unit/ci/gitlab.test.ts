import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bash } from '../../support/composite-action.ts';
import { folderWith } from '../../support/folder.ts';
import { type GitLab, gitLab } from '../../support/gitlab-stand-in.ts';
import { git, longerByASecond, repositoryWith } from '../../support/review-repository.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const template = 'ci/gitlab/nodewright-review.gitlab-ci.yml';
const hosts: GitLab[] = [];
afterAll(() => Promise.all(hosts.map((host) => host.close())));

interface Pipeline {
  readonly 'nodewright-review': {
    readonly variables: Readonly<Record<string, string>>;
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly artifacts: { readonly reports: Readonly<Record<string, string>> };
  };
}

/** The template included with these inputs, as GitLab makes a job of it: held against the JSON schema that GitLab publishes, and its inputs filled in. */
function included(inputs: Readonly<Record<string, string>>, wrong?: (text: string) => string) {
  const path = folderWith();
  mkdirSync(join(path, 'ci/gitlab'), { recursive: true });
  cpSync(join(root, template), join(path, template));
  if (wrong !== undefined) writeFileSync(join(path, template), wrong(readFileSync(join(path, template), 'utf8')));
  const given = { repository: 'https://gitlab.example/group/nodewright.git', revision: 'a1'.repeat(20), ...inputs };
  writeFileSync(join(path, '.gitlab-ci.yml'), JSON.stringify({ include: [{ local: template, inputs: given }] }));
  git(path, 'init', '-q', '-b', 'main');
  git(path, 'remote', 'add', 'origin', 'git@gitlab.example:group/sites.git');
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'x');
  const cli = join(root, 'node_modules/.bin/gitlab-ci-local');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, '--preview'], {
    cwd: path,
    encoding: 'utf8',
    env: { ...process.env, HOME: path, NO_COLOR: '1' },
  });
  return { status, stderr, job: status === 0 ? (parse(stdout) as Pipeline)['nodewright-review'] : undefined };
}

describe('the template', () => {
  test('is what GitLab’s schema asks for, and hands every input over in a variable', () => {
    const { status, stderr, job } = included({ profiles: 'a\n$(touch injected)', 'fail-on': 'danger' });
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('json schema validated');
    expect(job?.variables).toMatchObject({ REVIEW_PROFILES: 'a\n$(touch injected)', REVIEW_FAIL_ON: 'danger' });
    const text = readFileSync(join(root, template), 'utf8');
    for (const line of [...(job?.before_script ?? []), ...(job?.script ?? [])]) expect(text).toContain(line);
    const names = Object.keys((parse(text.split('\n---\n')[0] ?? '') as { spec: { inputs: object } }).spec.inputs);
    for (const name of names) expect.soft(text, name).toContain(`$[[ inputs.${name} ]]`);
  });

  test.each([
    ['a key that is none', {}, (text: string) => text.replace('interruptible:', 'interruptable:')],
    ['a choice that is none', { 'fail-on': 'sometimes' }, undefined],
    ['a revision that may move', { revision: 'main' }, undefined],
  ])('%s is refused before anything runs', (_, inputs, wrong) => {
    expect(included(inputs as Record<string, string>, wrong).status).not.toBe(0);
  });
});

describe('a merge request', () => {
  test('its job makes one note, then edits it; reports are there; without a token the note is left out', async () => {
    const { job } = included({ prove: 'false', 'fail-on': 'danger' });
    const there = await gitLab();
    hosts.push(there);
    const { path, base, head } = repositoryWith(longerByASecond);
    const run = (token: string) =>
      bash((job?.script ?? []).map((line) => `${line}\n`).join(''), path, {
        PATH: process.env.PATH ?? '',
        HOME: join(path, '..'),
        ...job?.variables,
        NODEWRIGHT: root,
        REVIEW_NWCTL: join(root, 'src/console/main.ts'),
        CI_COMMIT_SHA: head,
        CI_MERGE_REQUEST_IID: '3',
        CI_MERGE_REQUEST_PROJECT_ID: '42',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: token === '' ? '43' : '42',
        CI_MERGE_REQUEST_PROJECT_URL: 'https://gitlab.example/group/sites',
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: head,
        CI_MERGE_REQUEST_DIFF_BASE_SHA: git(path, 'rev-parse', `${base}^`),
        CI_API_V4_URL: `${there.url}/api/v4`,
        CI_JOB_URL: 'https://gitlab.example/group/sites/-/jobs/5',
        ...(token === '' ? {} : { NODEWRIGHT_REVIEW_TOKEN: token }),
      });
    const first = await run('ours');
    expect(first.code, first.log).toBe(3);
    expect(first.log).toContain('comment created: https://gitlab.example/group/sites/-/merge_requests/3#note_501');
    expect(there.notes.map(({ body }) => body.split('\n')[1])).toEqual(['### Rules review: **DANGER**']);
    const issues = JSON.parse(readFileSync(join(path, '.nodewright-review/code-quality.json'), 'utf8')) as {
      fingerprint: string;
      location: { path: string; lines: { begin: number } };
      severity: string;
    }[];
    expect(issues[0]).toMatchObject({
      severity: 'critical',
      location: { path: 'profiles/small/rules.yaml', lines: { begin: 9 } },
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
    for (const kind of ['diff', 'test']) {
      expect(readFileSync(join(path, `.nodewright-review/1-profiles-small.${kind}.xml`), 'utf8')).toMatch(/^<\?xml/);
    }
    const [note] = there.notes;
    if (note !== undefined) note.body = note.body.replace('DANGER', 'routine');
    expect((await run('ours')).log).toContain('comment edited');
    expect(there.notes.map(({ body }) => body.split('\n')[1])).toEqual(['### Rules review: **DANGER**']);
    const fork = await run('');
    expect(fork.code).toBe(3);
    expect(fork.log).toContain('no comment: there is no token to comment with, as is usual for a change from a fork');
  });
});
