import { type Comment, type Conversation, listed, notDone, type Said } from './conversation.ts';
import type { asking, Heard } from './requests.ts';

export interface GitLabPlace {
  /** `https://gitlab.example/api/v4`. */
  readonly api: string;
  readonly project: string;
  /** The merge request's number in its project. */
  readonly number: number;
  /** Its page, for links. */
  readonly page: string | undefined;
}

export function gitlabHeaders(token: string): Readonly<Record<string, string>> {
  return { accept: 'application/json', 'private-token': token, 'user-agent': 'nodewright-review' };
}

interface Answered {
  readonly id: number;
  readonly body?: string;
  readonly system?: boolean;
  readonly author?: { readonly id?: number };
}

/** A merge request on GitLab. What is a comment elsewhere is a note here. */
export function gitlab({ api, project, number, page }: GitLabPlace, ask: ReturnType<typeof asking>): Conversation {
  const home = `${api}/projects/${encodeURIComponent(project)}/merge_requests/${number}/notes`;
  const commentOf = ({ id, body }: Answered): Comment => {
    return { id, body: body ?? '', url: page === undefined ? undefined : `${page}#note_${id}` };
  };
  const posted = (heard: Heard): Said<Comment> => {
    if (heard.kind !== 'answer' || (heard.status !== 200 && heard.status !== 201)) return notDone(heard);
    return { kind: 'done', value: commentOf(heard.json as Answered) };
  };
  return {
    ours: async (marker) => {
      const who = await ask({ method: 'GET', url: `${api}/user`, repeatable: true });
      const me = who.kind === 'answer' && who.status === 200 ? (who.json as { id?: number }).id : undefined;
      if (me === undefined) return notDone(who);
      const all = await listed(`${home}?per_page=100&sort=asc&order_by=created_at`, ask);
      if (all.kind !== 'done') return all;
      const notes = all.value as readonly Answered[];
      const found = notes.filter(({ author, system, body }) => {
        return author?.id === me && system !== true && body?.startsWith(marker);
      });
      return { kind: 'done', value: found.map(commentOf) };
    },
    create: async (body) => posted(await ask({ method: 'POST', url: home, body: { body }, repeatable: false })),
    edit: async (id, body) =>
      posted(await ask({ method: 'PUT', url: `${home}/${id}`, body: { body }, repeatable: true })),
  };
}
