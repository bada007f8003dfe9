import { type Comment, type Conversation, listed, notDone, type Said } from './conversation.ts';
import type { asking, Heard } from './requests.ts';

export interface GitHubPlace {
  /** `https://api.github.com`, or of one's own server. */
  readonly api: string;
  readonly graphql: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The pull request's number. */
  readonly number: number;
}

export function githubHeaders(token: string): Readonly<Record<string, string>> {
  return {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'user-agent': 'nodewright-review',
    'x-github-api-version': '2022-11-28',
  };
}

interface Answered {
  readonly id: number;
  readonly body?: string | null;
  readonly html_url?: string;
  readonly user?: { readonly login?: string } | null;
}

/** A pull request on GitHub. Its conversation is that of an issue. */
export function github(
  { api, graphql, repository, number }: GitHubPlace,
  ask: ReturnType<typeof asking>,
): Conversation {
  const home = `${api}/repos/${repository}/issues`;
  return {
    ours: async (marker) => {
      // A job's token may not ask REST who it is.
      const query = { query: '{ viewer { login } }' };
      const who = await ask({ method: 'POST', url: graphql, body: query, repeatable: true });
      const login = who.kind === 'answer' && who.status === 200 ? loginIn(who.json) : undefined;
      if (login === undefined) return notDone(who);
      const all = await listed(`${home}/${number}/comments?per_page=100`, ask);
      if (all.kind !== 'done') return all;
      const comments = all.value as readonly Answered[];
      const found = comments.filter(({ user, body }) => user?.login === login && body?.startsWith(marker));
      return { kind: 'done', value: found.map(commentOf) };
    },
    create: async (body) =>
      posted(await ask({ method: 'POST', url: `${home}/${number}/comments`, body: { body }, repeatable: false })),
    edit: async (id, body) =>
      posted(await ask({ method: 'PATCH', url: `${home}/comments/${id}`, body: { body }, repeatable: true })),
  };
}

function posted(heard: Heard): Said<Comment> {
  if (heard.kind !== 'answer' || (heard.status !== 200 && heard.status !== 201)) return notDone(heard);
  return { kind: 'done', value: commentOf(heard.json as Answered) };
}

function commentOf({ id, body, html_url }: Answered): Comment {
  return { id, body: body ?? '', url: html_url };
}

function loginIn(json: unknown): string | undefined {
  const { data } = json as { data?: { viewer?: { login?: unknown } } | null };
  const login = data?.viewer?.login;
  return typeof login === 'string' && login !== '' ? login : undefined;
}
