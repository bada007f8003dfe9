import type { Raw, RawLinstor } from '../kernel/raw.ts';
import { at, isMap, sayText } from './kube.ts';
import { type Found, type Seen, setOf, unreadable } from './say.ts';

export const paths = {
  nodes: '/v1/nodes',
  view: '/v1/view/resources',
  definitions: '/v1/resource-definitions',
  groups: '/v1/resource-groups',
  pools: '/v1/view/storage-pools',
  snapshots: '/v1/view/snapshots',
  properties: '/v1/controller/properties',
} as const;

/** One reply, as it came or why there is none. */
export type Reply =
  | { readonly state: 'had'; readonly path: string; readonly at: number; readonly body: unknown }
  | { readonly state: 'failed'; readonly path: string; readonly at: number; readonly why: string }
  | { readonly state: 'not-asked'; readonly path: string; readonly at: number; readonly why: string };

export interface LinstorReplies {
  get(path: string): Reply;
  /** Undefined when LINSTOR was never asked anything. */
  readonly newestAt: number | undefined;
}

/** The newest reply of each path. Of several of one moment none is believed unless they are the same. */
export function repliesOf(raws: readonly Raw[]): LinstorReplies {
  const newest = new Map<string, RawLinstor>();
  let newestAt: number | undefined;
  for (const raw of raws) {
    if (raw.from !== 'linstor') continue;
    newestAt = Math.max(newestAt ?? raw.at, raw.at);
    const before = newest.get(raw.path);
    if (before === undefined || before.at < raw.at) newest.set(raw.path, raw);
    else if (before.at === raw.at && (before.text !== raw.text || before.failed !== raw.failed)) {
      newest.set(raw.path, { ...raw, text: '', failed: 'two different replies of one moment' });
    }
  }
  const read = new Map<string, Reply>();
  return {
    newestAt,
    get(path) {
      const known = read.get(path) ?? replyOf(path, newest.get(path));
      read.set(path, known);
      return known;
    },
  };
}

function replyOf(path: string, raw: RawLinstor | undefined): Reply {
  if (raw === undefined) return { state: 'not-asked', path, at: 0, why: `LINSTOR GET ${path} was not asked` };
  if (raw.failed !== undefined) return { state: 'failed', path, at: raw.at, why: `LINSTOR GET ${path}: ${raw.failed}` };
  try {
    return { state: 'had', path, at: raw.at, body: bodyOf(path, raw.text) };
  } catch {
    // Nothing of the text goes into the reason: a reply holds the secret of every DRBD resource.
    return { state: 'failed', path, at: raw.at, why: `LINSTOR GET ${path} answered something else than JSON` };
  }
}

/** The last body of each path. LINSTOR says the same for hours, and nobody writes into what was read. */
const bodies = new Map<string, { readonly text: string; readonly body: unknown }>();
const known: ReadonlySet<string> = new Set(Object.values(paths));

function bodyOf(path: string, text: string): unknown {
  const last = bodies.get(path);
  if (last?.text === text) return last.body;
  const body: unknown = JSON.parse(codesAsText(text));
  if (known.has(path)) bodies.set(path, { text, body });
  return body;
}

/** Return codes are 64 bits wide and a Number would round them, so they stay text. Inside a string of JSON every quote is
 *  escaped, so that this pattern is found only where a member really has this name. */
function codesAsText(text: string): string {
  return text.includes('"ret_code"') ? text.replace(/("ret_code"\s*:\s*)(-?\d+)/g, '$1"$2"') : text;
}

/** What a reply holds, if it holds what its path promises. */
export type Held<T> =
  | { readonly ok: true; readonly path: string; readonly at: number; readonly value: T }
  | { readonly ok: false; readonly path: string; readonly at: number; readonly why: string };

/** A list of named things. LINSTOR answers errors as a list too, of return codes: that is a failure, not a list of
 *  nobodies. (A hung satellite makes the whole of `view/resources` one such code without a message.) */
export function listOf(reply: Reply): Held<readonly unknown[]> {
  const { path, at: seenAt } = reply;
  if (reply.state !== 'had') return { ok: false, path, at: seenAt, why: reply.why };
  const { body } = reply;
  if (!Array.isArray(body))
    return { ok: false, path, at: seenAt, why: `LINSTOR GET ${path} did not answer with a list` };
  const isError = body.some((entry) => !isMap(entry) || Object.hasOwn(entry, 'ret_code'));
  return isError
    ? { ok: false, path, at: seenAt, why: `LINSTOR GET ${path} answered with an error` }
    : { ok: true, path, at: seenAt, value: body };
}

/** Properties: one flat object of texts. */
export function propertiesOf(reply: Reply): Held<Readonly<Record<string, unknown>>> {
  const { path, at: seenAt } = reply;
  if (reply.state !== 'had') return { ok: false, path, at: seenAt, why: reply.why };
  return isMap(reply.body) && !Object.hasOwn(reply.body, 'ret_code')
    ? { ok: true, path, at: seenAt, value: reply.body }
    : { ok: false, path, at: seenAt, why: `LINSTOR GET ${path} answered with an error` };
}

export function from(reply: { readonly at: number; readonly path: string }): Seen {
  return { at: reply.at, source: `LINSTOR GET ${reply.path}` };
}

/** LINSTOR leaves `flags` out where there are none. */
export function flagsOf(entry: unknown): Found<readonly string[]> {
  const flags = at(entry, 'flags') ?? [];
  return Array.isArray(flags) && flags.every((flag) => typeof flag === 'string') ? setOf(flags) : unreadable(flags);
}

/** LINSTOR's own pattern for these: `(?i)(?:true|false|yes|no)`. */
export function switchOf(properties: unknown, name: string): Found<boolean> {
  const text = sayText(properties, name);
  if (typeof text !== 'string') return text;
  if (/^(true|yes)$/i.test(text)) return true;
  return /^(false|no)$/i.test(text) ? false : unreadable(text);
}
