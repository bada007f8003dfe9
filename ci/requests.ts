/** One host's API over HTTP: when to try again, when to wait, when to give up. */

export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

export interface Wire {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly headers: Readonly<Record<string, string>>;
  /** Of one request, its answer included. */
  readonly timeoutMs: number;
  /** Of everything that is waited for together, because the host said so. */
  readonly waitMsMax: number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly url: string;
  readonly body?: unknown;
  /** Asking twice does no more than asking once. */
  readonly repeatable: boolean;
}

export type Heard =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly json: unknown }
  /** The host wants us to wait longer than we may. */
  | { readonly kind: 'limited'; readonly says: string }
  /** No answer of the host's: whether it was done nobody knows. */
  | { readonly kind: 'unheard'; readonly says: string };

const tries = 4;
const backOffMs = 1_000;

/** A door to one API. What it has waited it remembers: all requests of a job share `waitMsMax`. */
export function asking(wire: Wire): (request: Request) => Promise<Heard> {
  const { clock, waitMsMax } = wire;
  let waitedMs = 0;
  return async (request) => {
    let limits = 0;
    for (let tried = 1; ; ) {
      const heard = await once(wire, request);
      const waitMs = heard.kind === 'answer' ? limitOf(heard, limits, clock.nowMs()) : undefined;
      if (heard.kind === 'answer' && waitMs !== undefined) {
        if (waitedMs + waitMs > waitMsMax) {
          return {
            kind: 'limited',
            says: `HTTP ${heard.status}: rate limit, for another ${Math.ceil(waitMs / 1000)} s`,
          };
        }
        // What was refused was not done: even a POST may be sent again.
        waitedMs += waitMs;
        limits += 1;
        await clock.sleep(waitMs);
        continue;
      }
      if (heard.kind === 'answer' && heard.status < 500) return heard;
      const unheard: Heard = heard.kind === 'answer' ? { kind: 'unheard', says: `HTTP ${heard.status}` } : heard;
      if (!request.repeatable || tried === tries) return unheard;
      await clock.sleep(backOffMs * 2 ** (tried - 1));
      tried += 1;
    }
  };
}

/** As GitHub and GitLab tell it: how long to wait, at least a second; undefined where it is no matter of a limit. */
function limitOf(
  { status, headers, json }: Heard & { readonly kind: 'answer' },
  before: number,
  nowMs: number,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers.get('retry-after');
  const spent = (headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining')) === '0';
  const said = /\brate limit|abuse detection/i.test(messageOf(json));
  if (status === 403 && after === null && !spent && !said) return undefined;
  const seconds = Number(after ?? Number.NaN);
  if (Number.isFinite(seconds)) return Math.max(1, seconds) * 1000;
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? Number.NaN);
  if (spent && Number.isFinite(reset)) return Math.max(1000, reset * 1000 - nowMs + 1000);
  // Nothing says how long: a minute, and each time twice as long.
  return 60_000 * 2 ** before;
}

async function once(wire: Wire, { method, url, body }: Request): Promise<Heard> {
  const timeout = AbortSignal.timeout(wire.timeoutMs);
  try {
    const response = await wire.fetch(url, {
      method,
      // Elsewhere nobody may have our token.
      redirect: 'manual',
      signal: timeout,
      headers: { ...wire.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, headers } = response;
    const json = parsed(await response.text());
    if (json === undefined && status < 300) return { kind: 'unheard', says: `HTTP ${status}, and not JSON` };
    return { kind: 'answer', status, headers, json };
  } catch (problem) {
    if (timeout.aborted) return { kind: 'unheard', says: `no answer within ${wire.timeoutMs / 1000} s` };
    return { kind: 'unheard', says: causeOf(problem) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `fetch` says why behind its own «fetch failed». */
function causeOf(problem: unknown): string {
  const cause = problem instanceof Error ? (problem.cause ?? problem) : problem;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** What both hosts put a refusal into: `message`, as text or by field, and `errors`. */
export function messageOf(json: unknown): string {
  if (typeof json !== 'object' || json === null) return '';
  const { message, error, errors } = json as { message?: unknown; error?: unknown; errors?: unknown };
  const all = [message, error, errors].filter((part) => part !== undefined);
  return all.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
}
