import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Conversation } from '../../../ci/conversation.ts';
import { github, githubHeaders } from '../../../ci/github.ts';
import { gitlab, gitlabHeaders } from '../../../ci/gitlab.ts';
import { type Message, post } from '../../../ci/post.ts';
import { asking } from '../../../ci/requests.ts';
import { type GitHub, gitHub, tokens } from '../../support/github-stand-in.ts';
import { type GitLab, gitLab } from '../../support/gitlab-stand-in.ts';
import type { Trouble } from '../../support/http-stand-in.ts';

const marker = '<!-- nodewright-review:rules -->';
const message = (text: string, more: Partial<Message> = {}): Message => ({
  marker,
  body: `${marker}\n${text}`,
  short: `${marker}\nshort`,
  quiet: false,
  ...more,
});
const us = tokens.job.login;
const nowMs = Date.UTC(2026, 2, 4);

/** A clock that nobody waits for. */
function clockOf() {
  const slept: number[] = [];
  return {
    slept,
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        slept.push(ms);
      },
    },
  };
}

const open: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(open.map((one) => one.close())));

describe('a pull request on GitHub', () => {
  let there: GitHub;
  let slept: number[];
  let as: (token: string, repository?: string, number?: number) => Conversation;
  beforeEach(async () => {
    there = await gitHub();
    open.push(there);
    const { clock, slept: waits } = clockOf();
    slept = waits;
    as = (token, repository = 'acme/sites', number = 7) => {
      const wire = { fetch, clock, headers: githubHeaders(token), timeoutMs: 5_000, waitMsMax: 180_000 };
      return github({ api: there.url, graphql: `${there.url}/graphql`, repository, number }, asking(wire));
    };
  });
  const writes = (): readonly string[] => there.heard.filter((line) => /^(POST|PATCH|DELETE) \/repos/.test(line));

  test('the first review makes a comment, the second edits it, and the same text again is not sent', async () => {
    const made = await post(message('one'), as('job'));
    expect(made).toMatchObject({ kind: 'created', url: expect.stringContaining('#issuecomment-1001') });
    expect(await post(message('two'), as('job'))).toMatchObject({ kind: 'edited' });
    expect(await post(message('two'), as('job'))).toMatchObject({ kind: 'unchanged' });
    expect(there.comments.map(({ body, issue }) => [issue, body])).toEqual([[7, `${marker}\ntwo`]]);
    expect(writes()).toEqual([
      'POST /repos/acme/sites/issues/7/comments',
      'PATCH /repos/acme/sites/issues/comments/1001',
    ]);
  });

  test('nobody is told that nothing differs, except who was told otherwise', async () => {
    const nothing = message('nothing differs', { quiet: true });
    expect(await post(nothing, as('job'))).toMatchObject({ kind: 'quiet' });
    expect(there.comments).toEqual([]);
    await post(message('danger'), as('job'));
    expect(await post(nothing, as('job'))).toMatchObject({ kind: 'edited' });
    expect(there.comments.map(({ body }) => body)).toEqual([nothing.body]);
  });

  test('what others wrote is not ours, whatever stands in it, and neither is ours of another review', async () => {
    const others = [
      there.say('mallory', `${marker}\nall is well`),
      there.say('github-actions', `${marker}\nall is well`),
      there.say(us, `> ${marker}\nquoted`),
      there.say(us, '<!-- nodewright-review:rules-2 -->\nanother one'),
      there.say(us, `${marker}\nof another pull request`, 1),
    ];
    const before = structuredClone(others);
    expect(await post(message('mine'), as('job'))).toMatchObject({ kind: 'created' });
    expect(there.comments.slice(0, -1)).toEqual(before);
    expect(await post(message('mine, later'), as('job'))).toMatchObject({ kind: 'edited' });
    expect(there.comments.slice(0, -1)).toEqual(before);
    expect(there.comments.at(-1)?.body).toBe(`${marker}\nmine, later`);
  });

  test('ours is found on the third page', async () => {
    for (let n = 0; n < 230; n += 1) there.say('alice', `comment ${n}`);
    const mine = there.say(us, `${marker}\nold`);
    for (let n = 0; n < 100; n += 1) there.say('bob', `comment ${n}`);
    expect(await post(message('new'), as('job'))).toMatchObject({ kind: 'edited' });
    expect(mine.body).toBe(`${marker}\nnew`);
    expect(there.heard.filter((line) => line.startsWith('GET'))).toHaveLength(4);
  });

  test('a next page on another host is not asked for: it would be handed our token', async () => {
    const elsewhere = await gitHub();
    open.push(elsewhere);
    const link = `<${elsewhere.url}/repos/acme/sites/issues/7/comments?page=2>; rel="next"`;
    there.trouble({ on: /^GET/, json: [], headers: { link } });
    expect(await post(message('x'), as('job'))).toMatchObject({ kind: 'created' });
    expect(elsewhere.heard).toEqual([]);
  });

  test('two of ours: the oldest is kept current, the other is left as it is, and that is said', async () => {
    const [first, second] = [there.say(us, `${marker}\na`), there.say(us, `${marker}\nb`)];
    const posted = await post(message('c'), as('job'));
    expect(posted).toMatchObject({ kind: 'edited', notes: ['2 comments are ours; the oldest is kept current'] });
    expect([first.body, second.body]).toEqual([`${marker}\nc`, `${marker}\nb`]);
  });

  test.each([
    ['a token that may only read', 'fork', {}, 'rights', 'HTTP 403: Resource not accessible by integration'],
    ['a token of nobody', 'stranger', {}, 'rights', 'HTTP 401: Bad credentials'],
    ['a repository that is not there', 'job', { repository: 'acme/other' }, 'missing', 'HTTP 404: Not Found'],
    ['an issue that is not there', 'job', { number: 9 }, 'missing', 'HTTP 404: Not Found'],
  ] as const)('%s: the comment is left out, after one try', async (_, token, place, kind, says) => {
    const { repository, number } = { repository: 'acme/sites', number: 7, ...place };
    const posted = await post(message('x'), as(token, repository, number));
    expect(posted).toEqual({ kind: 'left out', why: { kind, says }, notes: [] });
    expect(there.comments).toEqual([]);
    expect(slept).toEqual([]);
    expect(writes().length).toBeLessThanOrEqual(1);
  });

  test.each([
    [65_536, 'x', []],
    [65_537, 'short', ['the comment was too long']],
  ])('a body of %d characters', async (length, ends, notes) => {
    const body = `${marker}\n${'x'.repeat(length - marker.length - 1)}`;
    const posted = await post(message('', { body }), as('job'));
    expect(posted).toMatchObject({ kind: 'created', notes: notes.map((note) => expect.stringContaining(note)) });
    expect(there.comments.map((comment) => comment.body.endsWith(ends))).toEqual([true]);
    expect(await post(message('', { body: `${body}y` }), as('job'))).toMatchObject({ kind: 'edited' });
  });

  const limited = (status: number, headers: Record<string, string>, says = 'API rate limit exceeded'): Trouble => {
    return { on: /^(POST|GET) \/repos/, status, headers, json: { message: says } };
  };
  const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  const resetIn = (seconds: number) => ({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(nowMs / 1000 + seconds),
  });
  test.each([
    ['primary, 403', limited(403, resetIn(40)), [41_000]],
    ['primary, 429', limited(429, resetIn(40)), [41_000]],
    ['primary, and it is over', limited(403, resetIn(-9)), [1_000]],
    ['secondary, and it says how long', limited(403, { 'retry-after': '30' }, secondary), [30_000]],
    ['secondary, 429', limited(429, { 'retry-after': '0' }, secondary), [1_000]],
    ['secondary, and it says nothing', limited(403, {}, secondary), [60_000]],
  ])('a rate limit is waited for as told: %s', async (_, trouble, waits) => {
    there.trouble(trouble);
    expect(await post(message('x'), as('job'))).toMatchObject({ kind: 'created' });
    expect(slept).toEqual(waits);
    expect(there.comments).toHaveLength(1);
  });

  test('one that lasts longer than may be waited is given up at once, and one that comes again and again at last', async () => {
    there.trouble(limited(403, resetIn(3_000)));
    const posted = await post(message('x'), as('job'));
    expect(posted).toMatchObject({
      kind: 'left out',
      why: { kind: 'limited', says: expect.stringContaining('3001 s') },
    });
    expect(slept).toEqual([]);
    for (let n = 0; n < 9; n += 1) there.trouble(limited(429, {}));
    expect(await post(message('x'), as('job'))).toMatchObject({ kind: 'left out', why: { kind: 'limited' } });
    expect(slept).toEqual([60_000, 120_000]);
    expect(there.comments).toEqual([]);
  });

  test('all requests of a job share what may be waited', async () => {
    there.trouble({ ...limited(403, { 'retry-after': '100' }, secondary), on: /^GET/ });
    there.trouble({ ...limited(403, { 'retry-after': '100' }, secondary), on: /^POST \/repos/ });
    expect(await post(message('x'), as('job'))).toMatchObject({ kind: 'left out', why: { kind: 'limited' } });
    expect(slept).toEqual([100_000]);
  });

  test.each([502, 503])('HTTP %d is tried again, ever more slowly', async (status) => {
    there.trouble({ on: /^GET/, status, text: '<html>' }, { on: /^GET/, status, text: '<html>' });
    expect(await post(message('x'), as('job'))).toMatchObject({ kind: 'created' });
    expect(slept).toEqual([1_000, 2_000]);
  });

  test('a host that never answers is given up, and nobody fails', async () => {
    for (let n = 0; n < 20; n += 1) there.trouble({ on: /./, gone: true });
    const posted = await post(message('x'), as('job'));
    expect(posted).toMatchObject({ kind: 'left out', why: { kind: 'unheard' } });
    expect(slept).toEqual([1_000, 2_000, 4_000]);
  });

  test.each([
    ['hung up after it made it', { on: /^POST \/repos/, gone: true, after: true } as const],
    ['answered no JSON after it made it', { on: /^POST \/repos/, status: 201, text: 'ok', after: true } as const],
    ['HTTP 502 after it made it', { on: /^POST \/repos/, status: 502, after: true } as const],
    ['HTTP 502 before it made it', { on: /^POST \/repos/, status: 502 } as const],
  ])('a comment of which nobody heard is looked for before another is made: %s', async (_, trouble) => {
    there.trouble(trouble);
    const posted = await post(message('x'), as('job'));
    expect(['created', 'unchanged']).toContain(posted.kind);
    expect(there.comments.map(({ body }) => body)).toEqual([`${marker}\nx`]);
  });

  test('one that is gone when it is edited is looked for again', async () => {
    const old = there.say(us, `${marker}\nold`);
    there.trouble({ on: /^PATCH/, status: 404, json: { message: 'Not Found' } });
    expect(await post(message('new'), as('job'))).toMatchObject({ kind: 'edited' });
    expect(old.body).toBe(`${marker}\nnew`);
  });

  test.each([
    ['a redirect, which would be handed our token', { on: /^GET/, status: 301, headers: { location: '/elsewhere' } }],
    ['a list that is none', { on: /^GET/, json: { message: 'ok' } }],
    [
      'a limit on comments',
      { on: /^POST \/repos/, status: 422, json: { message: 'Validation Failed', errors: ['spam'] } },
    ],
  ] as const)('%s: left out, and said', async (_, trouble) => {
    there.trouble(trouble);
    expect(await post(message('x'), as('job'))).toMatchObject({
      kind: 'left out',
      why: { kind: 'other', says: expect.stringMatching(/^HTTP \d+/) },
    });
    expect(there.comments).toEqual([]);
  });

  test('the stand-in refuses what GitHub refuses', async () => {
    const send = async (path: string, init: RequestInit) => {
      const headers = { ...githubHeaders('job'), ...init.headers };
      const response = await fetch(there.url + path, { ...init, headers });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    const home = '/repos/acme/sites/issues/7/comments';
    expect(await send(home, { method: 'POST', body: '{' })).toEqual([400, 'Problems parsing JSON']);
    expect(await send(home, { method: 'POST', body: '[]' })).toEqual([400, 'Body should be a JSON object']);
    expect(await send(home, { method: 'POST', body: '{}' })).toEqual([422, expect.stringContaining("wasn't supplied")]);
    expect(await send(home, { method: 'PUT', body: '{"body":"x"}' })).toEqual([404, 'Not Found']);
    expect(await send(home, { headers: { accept: 'text/html' } })).toEqual([415, expect.stringContaining('Accept')]);
    expect(await send('/user', {})).toEqual([403, 'Resource not accessible by integration']);
  });
});

describe('a merge request on GitLab', () => {
  let there: GitLab;
  let slept: number[];
  let as: (token: string, project?: string) => Conversation;
  beforeEach(async () => {
    there = await gitLab();
    open.push(there);
    const { clock, slept: waits } = clockOf();
    slept = waits;
    as = (token, project = '42') => {
      const wire = { fetch, clock, headers: gitlabHeaders(token), timeoutMs: 5_000, waitMsMax: 180_000 };
      const page = 'https://gitlab.example/acme/sites/-/merge_requests/3';
      return gitlab({ api: `${there.url}/api/v4`, project, number: 3, page }, asking(wire));
    };
  });

  test('a note is made, and then edited; what others and GitLab itself wrote stays', async () => {
    const others = [there.say(5, `${marker}\nspoofed`), there.say(8, `${marker}\nby the system`, true)];
    for (let n = 0; n < 150; n += 1) there.say(5, `note ${n}`);
    expect(await post(message('one'), as('ours'))).toMatchObject({
      kind: 'created',
      url: expect.stringMatching(/3#note_\d+$/),
    });
    expect(await post(message('two'), as('ours'))).toMatchObject({ kind: 'edited' });
    expect(there.notes.filter(({ body }) => body.startsWith(marker)).map(({ body }) => body)).toEqual([
      ...others.map(({ body }) => body),
      `${marker}\ntwo`,
    ]);
  });

  test.each([
    ['reader', '42', 'rights', 'HTTP 403: 403 Forbidden'],
    ['stranger', '42', 'rights', 'HTTP 401: 401 Unauthorized'],
    ['ours', '43', 'missing', 'HTTP 404: 404 Not found'],
  ])('token %s, project %s: left out', async (token, project, kind, says) => {
    expect(await post(message('x'), as(token, project))).toEqual({ kind: 'left out', why: { kind, says }, notes: [] });
  });

  test('a note of a million characters is taken, and of one more the shorter one', async () => {
    const body = `${marker}\n${'x'.repeat(1_000_000 - marker.length - 1)}`;
    expect(await post(message('', { body }), as('ours'))).toMatchObject({ kind: 'created', notes: [] });
    expect(await post(message('', { body: `${body}x` }), as('ours'))).toMatchObject({
      kind: 'edited',
      notes: [expect.stringContaining('too long')],
    });
    expect(there.notes.map((note) => note.body)).toEqual([`${marker}\nshort`]);
  });

  test('its rate limit is waited for as it is told', async () => {
    there.trouble({ on: /^POST/, status: 429, headers: { 'retry-after': '7' }, text: 'Retry later\n' });
    const reset = String(nowMs / 1000 + 20);
    there.trouble({
      on: /^GET .*notes/,
      status: 429,
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': reset },
      text: 'Retry later\n',
    });
    expect(await post(message('x'), as('ours'))).toMatchObject({ kind: 'created' });
    expect(slept).toEqual([21_000, 7_000]);
  });
});
