/** Step two: one comment, made or edited in place. Who may not comment leaves it out and says so; that is no failure. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { harmless } from '../src/console/escape.ts';
import type { Event } from './base.ts';
import type { Conversation } from './conversation.ts';
import { github, githubHeaders } from './github.ts';
import { gitlab, gitlabHeaders } from './gitlab.ts';
import { text } from './inputs.ts';
import { type Posted, post } from './post.ts';
import { asking } from './requests.ts';
import type { Result } from './result.ts';
import { command, output } from './workflow-commands.ts';

const { env } = process;
const on = text(env, 'ON');
const folder = text(env, 'FOLDER') ?? '.nodewright-review';
const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Result;
const event = on === 'github' ? (JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? '', 'utf8')) as Event) : {};

const there = conversation();
if (typeof there === 'string') tell('notice', `no comment: ${there}`);
else {
  const short = readFileSync(join(folder, 'comment-short.md'), 'utf8');
  const body = readFileSync(join(folder, 'comment.md'), 'utf8');
  const posted = await post({ marker: result.marker, body, short, quiet: result.quiet }, there);
  for (const note of posted.notes) tell('warning', note);
  report(posted);
}

/** Where the change is talked about, or why nowhere. */
function conversation(): Conversation | string {
  const token = text(env, 'TOKEN');
  const number = on === 'github' ? event.pull_request?.number : Number(env.CI_MERGE_REQUEST_IID || Number.NaN);
  if (number === undefined || !Number.isSafeInteger(number)) return 'this job is of no pull request';
  if (token === undefined) return `there is no token to comment with${fork()}`;
  const clock = { nowMs: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };
  const wire = { fetch, clock, timeoutMs: 30_000, waitMsMax: 180_000 };
  if (on === 'github') {
    const api = env.GITHUB_API_URL ?? 'https://api.github.com';
    const place = {
      api,
      graphql: env.GITHUB_GRAPHQL_URL ?? `${api}/graphql`,
      repository: env.GITHUB_REPOSITORY ?? '',
      number,
    };
    return github(place, asking({ ...wire, headers: githubHeaders(token) }));
  }
  const page = env.CI_MERGE_REQUEST_PROJECT_URL && `${env.CI_MERGE_REQUEST_PROJECT_URL}/-/merge_requests/${number}`;
  const project = env.CI_MERGE_REQUEST_PROJECT_ID ?? '';
  const place = { api: env.CI_API_V4_URL ?? '', project, number, page };
  return gitlab(place, asking({ ...wire, headers: gitlabHeaders(token) }));
}

function report(posted: Posted): void {
  switch (posted.kind) {
    case 'created':
    case 'edited':
    case 'unchanged':
      process.stdout.write(`comment ${posted.kind}${posted.url === undefined ? '' : `: ${harmless(posted.url)}`}\n`);
      if (on === 'github') append(env.GITHUB_OUTPUT, output('comment-url', posted.url ?? '', crypto.randomUUID()));
      return;
    case 'quiet':
      process.stdout.write('no comment: nothing differs, and nothing was said before\n');
      return;
    case 'left out': {
      const { kind, says } = posted.why;
      const may = kind === 'rights' ? `: the token may not comment here${fork()}` : '';
      tell(kind === 'rights' ? 'notice' : 'warning', `no comment${may} (${says})`);
    }
  }
}

/** Why a token may only read, where it is that. */
function fork(): string {
  const from = event.pull_request?.head?.repo?.full_name;
  const isFork =
    on === 'github'
      ? event.pull_request !== undefined && from !== env.GITHUB_REPOSITORY
      : env.CI_MERGE_REQUEST_SOURCE_PROJECT_ID !== env.CI_MERGE_REQUEST_PROJECT_ID;
  return isFork ? ', as is usual for a change from a fork' : '';
}

/** In the log, as an annotation, and on the job's page. */
function tell(kind: 'notice' | 'warning', says: string): void {
  const line = harmless(says);
  if (on !== 'github') {
    process.stdout.write(`${kind}: ${line}\n`);
    return;
  }
  process.stdout.write(command(kind, 'nodewright review', line));
  append(env.GITHUB_STEP_SUMMARY, `> ${line.replaceAll(/[<>&[\]`*_|@!\\]/g, '\\$&')}\n`);
}

function append(file: string | undefined, words: string): void {
  if (file !== undefined) appendFileSync(file, words);
}
