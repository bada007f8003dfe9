import { type asking, type Heard, messageOf } from './requests.ts';

/** Where a change is talked about: what a review asks of a host. One port, two hosts. */
export interface Conversation {
  /** What we ourselves said there, the oldest first. What others wrote is never ours, whatever stands in it. */
  ours(marker: string): Promise<Said<readonly Comment[]>>;
  create(body: string): Promise<Said<Comment>>;
  edit(id: number, body: string): Promise<Said<Comment>>;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly url: string | undefined;
}

export type Said<T> = { readonly kind: 'done'; readonly value: T } | NotDone;

/** `rights`: we may not. `missing`: there is no such thing, or we may not see it. `long`: it was too long. `limited`: not now, and for longer
 *  than we may wait. `unheard`: nobody knows whether it was done. */
export interface NotDone {
  readonly kind: 'rights' | 'missing' | 'long' | 'other' | 'limited' | 'unheard';
  readonly says: string;
}

/** What a host answered instead of what was asked for. */
export function notDone(heard: Heard): NotDone {
  if (heard.kind !== 'answer') return heard;
  const { status, json } = heard;
  const message = messageOf(json);
  const says = `HTTP ${status}${message === '' ? '' : `: ${message.slice(0, 300)}`}`;
  if (status === 401 || status === 403) return { kind: 'rights', says };
  if (status === 404 || status === 410) return { kind: 'missing', says };
  if (status === 413 || ((status === 400 || status === 422) && /too long/i.test(message)))
    return { kind: 'long', says };
  return { kind: 'other', says };
}

/** Pages of a list that we read; a conversation that is longer is not searched. */
const pagesMax = 100;

/** A whole list, page by page, as the host says where the next one is. */
export async function listed(first: string, ask: ReturnType<typeof asking>): Promise<Said<readonly unknown[]>> {
  const all: unknown[] = [];
  let next: string | undefined = first;
  for (let page = 0; next !== undefined; page += 1) {
    if (page === pagesMax) return { kind: 'other', says: `a list of more than ${pagesMax} pages` };
    const heard: Heard = await ask({ method: 'GET', url: next, repeatable: true });
    if (heard.kind !== 'answer' || heard.status !== 200 || !Array.isArray(heard.json)) return notDone(heard);
    all.push(...heard.json);
    next = nextOf(heard.headers, first);
  }
  return { kind: 'done', value: all };
}

/** Never of another host than the one that was asked, which would be handed our token. */
function nextOf(headers: Headers, asked: string): string | undefined {
  for (const link of (headers.get('link') ?? '').split(',')) {
    const url = /^\s*<([^>]+)>\s*;.*\brel="next"/.exec(link)?.[1];
    if (url !== undefined && URL.canParse(url) && new URL(url).origin === new URL(asked).origin) return url;
  }
  return undefined;
}
