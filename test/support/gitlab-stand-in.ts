import { page } from './github-stand-in.ts';
import { type Answer, type Asked, objectIn, type StandIn, standIn } from './http-stand-in.ts';

export interface GitLabNote {
  readonly id: number;
  body: string;
  readonly author: { readonly id: number };
  readonly system: boolean;
}

export interface GitLab extends StandIn {
  readonly notes: GitLabNote[];
  say(author: number, body: string, system?: boolean): GitLabNote;
}

const noteMax = 1_000_000;

/** GitLab, as far as a review asks it: the notes of merge request 3 of project 42; `ours` may write, `reader` may not. */
export async function gitLab(): Promise<GitLab> {
  const notes: GitLabNote[] = [];
  let id = 500;
  const say = (author: number, body: string, system = false): GitLabNote => {
    id += 1;
    const note = { id, body, author: { id: author }, system };
    notes.push(note);
    return note;
  };
  const answer = ({ method, path, query, headers, text }: Asked, url: string): Answer => {
    const refuse = (status: number, message: unknown): Answer => ({ status, json: { message } });
    const who = { ours: { id: 8, writes: true }, reader: { id: 9, writes: false } }[String(headers['private-token'])];
    if (who === undefined) return refuse(401, '401 Unauthorized');
    if (path === '/api/v4/user' && method === 'GET') return { status: 200, json: { id: who.id, username: 'review' } };
    const home = '/api/v4/projects/42/merge_requests/3/notes';
    if (path === home && method === 'GET') return page(notes, query, url + path);
    const existing = notes.find((note) => path === `${home}/${note.id}`);
    if (!(path === home && method === 'POST') && !(existing !== undefined && method === 'PUT'))
      return refuse(404, '404 Not found');
    if (!who.writes || (existing !== undefined && existing.author.id !== who.id)) return refuse(403, '403 Forbidden');
    if (!/^application\/json\b/.test(headers['content-type'] ?? ''))
      return { status: 415, json: { error: 'The provided content-type is not supported.' } };
    const asked = objectIn(text);
    if (typeof asked === 'string') return { status: 400, json: { error: 'Problem processing your request' } };
    const { body } = asked;
    if (typeof body !== 'string' || body === '') return { status: 400, json: { error: 'body is missing' } };
    if ([...body].length > noteMax) return refuse(400, { note: [`is too long (maximum is ${noteMax} characters)`] });
    if (existing === undefined) return { status: 201, json: say(who.id, body) };
    existing.body = body;
    return { status: 200, json: existing };
  };
  return { ...(await standIn(answer)), notes, say };
}
