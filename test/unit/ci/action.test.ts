import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { action, type Job, runAction } from '../../support/composite-action.ts';
import { type GitHub, gitHub } from '../../support/github-stand-in.ts';
import { git, longerByASecond, type Repository, repositoryWith } from '../../support/review-repository.ts';
import { sarifFaults } from '../../support/sarif.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const hosts: GitHub[] = [];
afterAll(() => Promise.all(hosts.map((host) => host.close())));

interface Pull {
  readonly repository: Repository;
  readonly host: GitHub;
  run(inputs?: Readonly<Record<string, string>>, token?: 'job' | 'fork'): Promise<Job>;
}

/** A pull request of a change, and what its job does. */
async function pull(change: (path: string) => void, names?: readonly string[]): Promise<Pull> {
  const repository = repositoryWith(change, names);
  const host = await gitHub();
  hosts.push(host);
  const event = join(repository.path, '..', 'event.json');
  return {
    repository,
    host,
    run: (inputs = {}, token = 'job') => {
      const from = token === 'job' ? 'acme/sites' : 'stranger/sites';
      const { base, head } = repository;
      // The base as it was when the request was made: the merge that is checked out knows better.
      const stale = git(repository.path, 'rev-parse', `${base}^`);
      const pull_request = { number: 7, base: { sha: stale }, head: { sha: head, repo: { full_name: from } } };
      writeFileSync(event, JSON.stringify({ pull_request }));
      return runAction(
        repository.path,
        { budget: '30s', ...inputs },
        {
          TOKEN: token,
          REVIEW_NWCTL: join(root, 'src/console/main.ts'),
          GITHUB_EVENT_PATH: event,
          GITHUB_REPOSITORY: 'acme/sites',
          GITHUB_SERVER_URL: 'https://github.example',
          GITHUB_RUN_ID: '11',
          GITHUB_API_URL: host.url,
          GITHUB_GRAPHQL_URL: `${host.url}/graphql`,
        },
      );
    },
  };
}

describe('a change that lets through what was held', () => {
  let there: Pull;
  let first: Job;
  beforeAll(async () => {
    there = await pull(longerByASecond);
    first = await there.run();
  }, 120_000);

  test('the job passes, for nobody asked it to fail, and says how bad it is', () => {
    expect(first.log).not.toContain('::error title=nodewright');
    expect(first.code, first.log).toBe(0);
    expect(first.outputs).toMatchObject({ level: 'danger', 'exit-code': '5' });
    expect(first.ran).toEqual(['Check, test and compare', 'Keep everything', 'Comment', 'Verdict']);
  });

  test('one comment is made: the worst first, and everything that differs', () => {
    expect(there.host.comments).toHaveLength(1);
    const [{ body = '' } = {}] = there.host.comments;
    expect(body).toMatch(/^<!-- nodewright-review:rules -->\n### Rules review: \*\*DANGER\*\*\n/);
    expect(body).toContain(
      '| `profiles/small` | danger | 2 of 20 differ, on 1 of 2 captures; 1 let through what was held on a site of no capture |',
    );
    expect(body).toContain('`gate node-may-restart` **closed → open**');
    expect(body).toContain('https://github.example/acme/sites/actions/runs/11');
    expect(body).not.toContain('elsewhere');
    expect(first.outputs['comment-url']).toContain('#issuecomment-');
  });

  test('the summary, the SARIF file, the page and the comment’s text are there', () => {
    expect(first.summaries['Check, test and compare']).toContain('### Rules review: **DANGER**');
    const { sarif = '', html = '', markdown = '' } = first.outputs;
    const log = JSON.parse(readFileSync(sarif, 'utf8')) as { runs: { results: unknown[] }[] };
    expect(log.runs).toHaveLength(1);
    expect(log.runs[0]?.results.length).toBeGreaterThan(0);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/i);
    expect(readFileSync(markdown, 'utf8')).toBe(there.host.comments[0]?.body);
    const folder = dirname(markdown);
    expect(existsSync(`${folder}/1-profiles-small-sites/node-may-restart-opens/facts.yaml`)).toBe(true);
  });

  test('annotations stand at the exact line, and the runner obeys nothing else', () => {
    const lines = first.log.split('\n');
    expect(lines.filter((line) => line.startsWith('::error ')).join('\n')).toMatch(
      /file=profiles\/small\/rules\.yaml,line=9,col=/,
    );
    const stopped = lines.findIndex((line) => line.startsWith('::stop-commands::'));
    const token = lines[stopped]?.slice('::stop-commands::'.length) ?? '';
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.indexOf(`::${token}::`)).toBeGreaterThan(stopped);
    expect(
      lines
        .filter((line) => line.startsWith('::error '))
        .every((line) => lines.indexOf(line) > lines.indexOf(`::${token}::`)),
    ).toBe(true);
  });

  test('a second run edits the comment', async () => {
    const before = there.host.heard.length;
    const second = await there.run();
    expect(second.code, second.log).toBe(0);
    expect(there.host.comments).toHaveLength(1);
    // The same text is not sent again; another one is.
    expect(there.host.heard.slice(before).filter((line) => line.startsWith('PATCH'))).toHaveLength(0);
    const third = await there.run({ prove: 'false' });
    expect(third.code).toBe(0);
    expect(there.host.heard.at(-1)).toMatch(/^PATCH /);
    expect(there.host.comments).toHaveLength(1);
  });

  test('a fork’s token may not comment: that is said, and is no failure', async () => {
    const { comments, heard } = there.host;
    comments.splice(0);
    const { code, summaries, log, outputs } = await there.run({ prove: 'false' }, 'fork');
    expect(code, log).toBe(0);
    expect(comments).toEqual([]);
    expect(heard.at(-1)).toMatch(/^POST \/repos/);
    expect(summaries.Comment).toMatch(
      /no comment: the token may not comment here, as is usual for a change from a fork/,
    );
    expect(log).toContain('::notice title=nodewright review::no comment');
    expect(outputs).toMatchObject({ level: 'danger', 'comment-url': '' });
  });

  test.each([
    ['danger', 3],
    ['caution', 3],
  ])('fail-on %s: the job ends with %d, after everybody was told', async (failOn, code) => {
    there.host.comments.splice(0);
    const job = await there.run({ 'fail-on': failOn, prove: 'false' });
    expect(job.code).toBe(code);
    expect(there.host.comments).toHaveLength(1);
    expect(job.outputs['exit-code']).toBe('3');
  });

  test('comment: false asks nobody', async () => {
    const before = there.host.heard.length;
    const job = await there.run({ comment: 'false', artifact: 'false', prove: 'false' });
    expect(job.code).toBe(0);
    expect(job.ran).toEqual(['Check, test and compare', 'Verdict']);
    expect(there.host.heard).toHaveLength(before);
  });
});

describe('other changes', () => {
  test('of form only: no comment at all; and one that was made before is edited to say so', async () => {
    const there = await pull((path) => {
      const file = `${path}/profiles/small/rules.yaml`;
      writeFileSync(file, `# A comment.\n${readFileSync(file, 'utf8').replace('default: 30s', 'default: 30000ms')}`);
    });
    const job = await there.run();
    expect(job.code, job.log).toBe(0);
    expect(job.outputs).toMatchObject({ level: 'none', 'exit-code': '0', 'comment-url': '' });
    expect(there.host.comments).toEqual([]);
    const old = there.host.say('github-actions[bot]', '<!-- nodewright-review:rules -->\n### Rules review: **DANGER**');
    expect((await there.run()).code).toBe(0);
    expect(old.body).toContain('### Rules review: nothing differs');
  });

  test('a pack that does not check clean: the job fails with 2, and the comment says that nothing was compared', async () => {
    const there = await pull((path) => {
      const file = `${path}/profiles/small/rules.yaml`;
      writeFileSync(file, readFileSync(file, 'utf8').replace('node.heartbeatAge', 'node.heartbeatAgo'));
    });
    const job = await there.run();
    expect(job.code).toBe(2);
    expect(job.outputs).toMatchObject({ level: 'none', 'exit-code': '2', sarif: '' });
    expect(there.host.comments[0]?.body).toContain(
      'no difference was found, 1 of 1 profiles failed or could not be compared',
    );
    expect(job.log).toMatch(/^::error file=profiles\/small\/rules\.yaml,line=\d+,col=\d+/m);
  });

  test('a test that fails: the job fails with 3, and the difference is told all the same', async () => {
    const there = await pull((path) => {
      longerByASecond(path);
      const file = `${path}/profiles/small/tests/ready.yaml`;
      writeFileSync(file, readFileSync(file, 'utf8').replace('Degraded', 'MultiNode'));
    });
    const job = await there.run({ prove: 'false' });
    expect(job.code).toBe(3);
    expect(there.host.comments[0]?.body).toMatch(/\| `profiles\/small` \| danger \|.*\| passed \| failed \|/);
  });

  test('a profile that is gone is danger, one that is new has nothing to be compared with', async () => {
    const there = await pull((path) => {
      git(path, 'mv', 'profiles/small', 'profiles/smaller');
    });
    const job = await there.run();
    expect(job.code, job.log).toBe(0);
    expect(job.outputs).toMatchObject({ level: 'danger', sarif: '' });
    const body = there.host.comments[0]?.body ?? '';
    expect(body).toContain('| `profiles/small` | danger | the profile is gone');
    expect(body).toContain('| `profiles/smaller` | new | the profile is new');
    expect((await there.run({ 'fail-on': 'danger' })).code).toBe(3);
  });

  test('several profiles, one comment, and one SARIF file with a run of each', async () => {
    const there = await pull(
      (path) => {
        longerByASecond(path);
        // Two profiles of one pack: what is wrong with it is annotated once.
        for (const name of ['large', 'medium']) {
          const file = `${path}/profiles/${name}/profile.yaml`;
          writeFileSync(file, readFileSync(file, 'utf8').replace('[rules.yaml]', '[../shared.yaml]'));
          writeFileSync(
            `${path}/profiles/shared.yaml`,
            readFileSync(`${path}/profiles/${name}/rules.yaml`, 'utf8').replace('default: 30s', 'default: 31s'),
          );
        }
      },
      ['large', 'medium', 'small', 'still'],
    );
    const job = await there.run({ profiles: 'profiles/small\nprofiles/*/\n', id: 'two', prove: 'false' });
    expect(job.code, job.log).toBe(0);
    expect(there.host.comments).toHaveLength(1);
    const lines = there.host.comments[0]?.body.split('\n') ?? [];
    expect(lines[0]).toBe('<!-- nodewright-review:two -->');
    // The worst first, then by name; who decides as before is a line of the table, and nothing more.
    expect(lines.filter((line) => line.startsWith('| `')).map((line) => line.split('|').slice(1, 3).join('|'))).toEqual(
      [
        ' `profiles/large` | danger ',
        ' `profiles/medium` | danger ',
        ' `profiles/small` | danger ',
        ' `profiles/still` | none ',
      ],
    );
    expect(lines.filter((line) => line.startsWith('### What'))).toEqual(
      ['large', 'medium', 'small'].map((name) => `### What \`profiles/${name}\` decides otherwise`),
    );
    const annotated = job.log.split('\n').filter((line) => line.startsWith('::error file='));
    expect(annotated.map((line) => /file=([^,]+)/.exec(line)?.[1])).toEqual([
      'profiles/shared.yaml',
      'profiles/small/rules.yaml',
    ]);
    expect(sarifFaults(readFileSync(job.outputs.sarif ?? '', 'utf8'))).toEqual([]);
    const log = JSON.parse(readFileSync(job.outputs.sarif ?? '', 'utf8')) as {
      runs: { automationDetails: { id: string } }[];
    };
    expect(new Set(log.runs.map(({ automationDetails }) => automationDetails.id)).size).toBe(4);
    expect(job.outputs.html?.split('\n')).toHaveLength(4);
  });
});

describe('what is asked wrongly is refused, in one line, and no shell obeys it', () => {
  let there: Pull;
  beforeAll(async () => {
    there = await pull(longerByASecond);
  }, 120_000);
  test.each([
    [{ profiles: '$(touch injected)' }, 'no profile is called so'],
    [{ profiles: '`touch injected`\n; touch injected' }, 'no profile is called so'],
    [{ profiles: '--version' }, 'reads as a flag'],
    [{ profiles: '../elsewhere/profiles/small' }, 'leads out of the repository'],
    [{ profiles: '' }, 'names none'],
    [{ captures: '--moments' }, 'reads as a flag'],
    [{ base: '"; touch injected; "' }, 'there is no revision|is not in this clone'],
    [{ base: '--all' }, 'is not in this clone'],
    [{ 'fail-on': 'sometimes' }, '`fail-on` is `sometimes`; it is one of never, danger, caution'],
    [{ moments: 'yes' }, '`moments` is `yes`'],
    [{ id: 'a-->b' }, 'is no id of a comment'],
    [{ id: '../..' }, 'is no id of a comment'],
  ] as const)('%o', async (inputs, says) => {
    const job = await there.run(inputs);
    expect(job.code).toBe(2);
    const errors = job.log.split('\n').filter((line) => line.startsWith('::error'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(new RegExp(says.replaceAll(/[`.]/g, '\\$&')));
    expect(job.log).not.toMatch(/^\s+at /m);
    expect(existsSync(join(there.repository.path, 'injected'))).toBe(false);
    expect(there.host.comments).toEqual([]);
  });

  test.each([
    [{ bound: 'nodes=many' }, /bound/],
    [{ budget: '; touch injected' }, /budget/],
    [{ captures: 'no/such/folder' }, /does not exist/],
  ] as const)('%o: `nwctl` refuses it, the job fails with 2, and the comment says so', async (inputs, says) => {
    there.host.comments.splice(0);
    const job = await there.run(inputs);
    expect(job.code).toBe(2);
    expect(there.host.comments[0]?.body).toMatch(/not compared: /);
    expect(there.host.comments[0]?.body).toMatch(says);
    expect(existsSync(join(there.repository.path, 'injected'))).toBe(false);
  });
});

describe('action.yml', () => {
  test('hands inputs over in the environment: no script has an expression in it', () => {
    for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
  });
  test('names other actions by their whole commit', () => {
    const used = action.runs.steps.flatMap(({ uses }) => uses ?? []);
    expect(used).toHaveLength(1);
    for (const uses of used) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });
  test('every input and output is described here and in docs/continuous-integration.md', () => {
    const page = readFileSync(join(root, 'docs/continuous-integration.md'), 'utf8');
    for (const [name, { description }] of [...Object.entries(action.inputs), ...Object.entries(action.outputs)]) {
      expect.soft(description, name).toBeTruthy();
      expect.soft(page, name).toContain(`\`${name}\``);
    }
  });
  test('hands every input on', () => {
    const text = action.runs.steps.map((step) => JSON.stringify(step)).join('');
    for (const name of Object.keys(action.inputs)) expect.soft(text).toContain(`inputs.${name}`);
  });
});
