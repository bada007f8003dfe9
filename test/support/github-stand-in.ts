import { type Answer, type Asked, objectIn, type StandIn, standIn } from './http-stand-in.ts';

export interface GitHubComment {
  readonly id: number;
  readonly issue: number;
  body: string;
  readonly user: { readonly login: string; readonly type: 'Bot' | 'User' };
}

export interface GitHub extends StandIn {
  readonly comments: GitHubComment[];
  say(login: string, body: string, issue?: number): GitHubComment;
}

/** Tokens, whose they are and what they may. */
export const tokens = {
  job: { login: 'github-actions[bot]', writes: true },
  fork: { login: 'github-actions[bot]', writes: false },
} as const;

const bodyMax = 65_536;
const docs = 'https://docs.github.com/rest/issues/comments';

/** GitHub, as far as a review asks it: comments of `acme/sites` and its issues 1 and 7, who one is, and what is refused. */
export async function gitHub(): Promise<GitHub> {
  const comments: GitHubComment[] = [];
  let id = 1000;
  const say = (login: string, body: string, issue = 7): GitHubComment => {
    id += 1;
    const comment = { id, issue, body, user: { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' } } as const;
    comments.push(comment);
    return comment;
  };
  const shown = (comment: GitHubComment): unknown => ({
    ...comment,
    html_url: `https://github.example/acme/sites/pull/${comment.issue}#issuecomment-${comment.id}`,
  });
  const answer = ({ method, path, query, headers, text }: Asked, url: string): Answer => {
    const refuse = (status: number, message: string, errors?: unknown): Answer => {
      return {
        status,
        json: { message, ...(errors === undefined ? {} : { errors }), documentation_url: docs, status: String(status) },
      };
    };
    if (!headers['user-agent'])
      return refuse(
        403,
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
      );
    if (!/\bapplication\/(?:vnd\.github\+)?json\b|\*\/\*/.test(headers.accept ?? '')) {
      return refuse(415, `Unsupported 'Accept' header: '${headers.accept}'. Must accept 'application/json'.`);
    }
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] as keyof typeof tokens;
    const who = tokens[token];
    if (who === undefined) return refuse(401, 'Bad credentials');
    if (path === '/graphql' && method === 'POST') {
      const asked = objectIn(text);
      if (typeof asked === 'string') return refuse(400, asked);
      return { status: 200, json: { data: { viewer: { login: who.login } } } };
    }
    if (path === '/user') return refuse(403, 'Resource not accessible by integration');
    const list = /^\/repos\/acme\/sites\/issues\/(1|7)\/comments$/.exec(path)?.[1];
    const one = /^\/repos\/acme\/sites\/issues\/comments\/(\d+)$/.exec(path)?.[1];
    if (list !== undefined && method === 'GET')
      return page(comments.filter(({ issue }) => issue === Number(list)).map(shown), query, url + path);
    const existing = comments.find((comment) => comment.id === Number(one));
    if (!(list !== undefined && method === 'POST') && !(existing !== undefined && method === 'PATCH'))
      return refuse(404, 'Not Found');
    if (!who.writes) return refuse(403, 'Resource not accessible by integration');
    const asked = objectIn(text);
    if (typeof asked === 'string') return refuse(400, asked);
    const { body } = asked;
    if (typeof body !== 'string') return refuse(422, 'Invalid request.\n\n"body" wasn\'t supplied.');
    if ([...body].length > bodyMax) {
      const why = `Body is too long (maximum is ${bodyMax} characters)`;
      return refuse(422, 'Validation Failed', [
        { resource: 'IssueComment', code: 'unprocessable', field: 'data', message: why },
      ]);
    }
    if (existing === undefined) return { status: 201, json: shown(say(who.login, body, Number(list))) };
    existing.body = body;
    return { status: 200, json: shown(existing) };
  };
  return { ...(await standIn(answer)), comments, say };
}

/** Thirty of a list, or as many as were asked for up to a hundred, and where the others are. */
export function page(all: readonly unknown[], query: URLSearchParams, at: string): Answer {
  const most = Math.min(100, Number(query.get('per_page') ?? 30));
  const number = Number(query.get('page') ?? 1);
  const others = new URLSearchParams(query);
  others.set('page', String(number + 1));
  const last = `<${at}?page=99>; rel="last"`;
  const link = number * most < all.length ? { link: `<${at}?${others}>; rel="next", ${last}` } : undefined;
  return {
    status: 200,
    json: all.slice((number - 1) * most, number * most),
    ...(link === undefined ? {} : { headers: link }),
  };
}
