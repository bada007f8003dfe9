import type { LogKeeper } from './serve.ts';
import {
  digestsText,
  headText,
  readDigests,
  readExtend,
  refusalText,
  type SinkAnswer,
  type SinkRefusal,
} from './wire.ts';

export interface WireRequest {
  readonly method: string;
  /** Without the server's address: `/v1/logs/ORIGIN/entries`, the origin escaped as one step. */
  readonly path: string;
  readonly body: string;
}

export interface WireReply {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

const statuses: Readonly<Record<SinkRefusal, number>> = {
  fork: 409,
  gap: 409,
  proof: 409,
  checkpoint: 400,
  form: 400,
  'unknown-origin': 404,
  forbidden: 403,
  'too-large': 413,
  full: 507,
};

const paths = { logs: '/v1/logs/', entries: 'entries', missing: 'missing', documents: 'documents' } as const;

/** Where a request of a sink goes; the other half of `answerTo`. */
export const pathOf = {
  head: (origin: string): string => paths.logs + encodeURIComponent(origin),
  entries: (origin: string): string => `${pathOf.head(origin)}/${paths.entries}`,
  missing: (origin: string): string => `${pathOf.head(origin)}/${paths.missing}`,
  document: (origin: string, digest: string): string =>
    `${pathOf.head(origin)}/${paths.documents}/${encodeURIComponent(digest)}`,
} as const;

/** One request to one reply. `keeperOf` says who keeps the log of an origin, why it cannot be kept now, or that nobody knows it. */
export async function answerTo(
  { method, path, body }: WireRequest,
  keeperOf: (origin: string) => LogKeeper | string | undefined,
): Promise<WireReply> {
  const asked = path.startsWith(paths.logs) ? stepsOf(path.slice(paths.logs.length)) : undefined;
  const [origin = '', what = '', digest = ''] = asked ?? [];
  const form = `${method} ${what}`;
  if (
    asked === undefined ||
    asked.length > 3 ||
    !forms.includes(form) ||
    (what === paths.documents) !== (asked.length === 3)
  ) {
    return refuse('form', 'there is no such thing here; docs/log.md lists what there is');
  }
  const keeper = keeperOf(origin);
  if (keeper === undefined) return refuse('unknown-origin', `no key was given for \`${origin}\``);
  if (typeof keeper === 'string') return { status: 503, body: JSON.stringify({ says: keeper }) };
  switch (what) {
    case paths.entries: {
      const step = readExtend(body);
      if (step === undefined || step.origin !== origin) return refuse('form', 'is no step of this log');
      return replyOf(await keeper.extend(step), headText);
    }
    case paths.missing: {
      const digests = readDigests(body);
      if (digests === undefined) return refuse('form', 'is no list of digests');
      return { status: 200, body: digestsText(keeper.missing(digests)) };
    }
    case paths.documents:
      return replyOf(await keeper.document(digest, body), () => '{"version":1}');
    default:
      return { status: 200, body: headText(keeper.head()) };
  }
}

const forms: readonly string[] = ['GET ', `POST ${paths.entries}`, `POST ${paths.missing}`, `PUT ${paths.documents}`];

export function refuse(why: SinkRefusal, says: string): WireReply {
  return { status: statuses[why], body: refusalText(why, says) };
}

function replyOf<T>(answer: SinkAnswer<T>, textOf: (value: T) => string): WireReply {
  switch (answer.kind) {
    case 'done':
      return { status: 200, body: textOf(answer.value) };
    case 'refused':
      return refuse(answer.why, answer.says);
    case 'unheard':
      return { status: 503, body: JSON.stringify({ says: answer.says }) };
  }
}

function stepsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
