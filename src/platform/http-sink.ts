import { pathOf } from '../log/routes.ts';
import {
  digestsText,
  extendText,
  readDigests,
  readHead,
  readRefusal,
  type Sink,
  type SinkAnswer,
} from '../log/wire.ts';

export interface HttpSinkOptions {
  /** `https://sink.example/nodewright`: what comes before `/v1/…`. */
  readonly url: string;
  readonly token?: string;
  /** Of a whole request, its answer included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** No answer is longer. */
const answerBytesMax = 1 << 20;

/** A sink behind HTTP. Whatever is not an answer in our form is no answer: a proxy's page, half a body, a redirect to somebody else. */
export function httpSink({ url, token, timeoutMs, signal }: HttpSinkOptions): Sink {
  const base = url.replace(/\/+$/, '');
  const ask = async <T>(
    method: string,
    path: string,
    body: string | undefined,
    read: (text: string) => T | undefined,
  ): Promise<SinkAnswer<T>> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(base + path, {
        method,
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await textOf(response);
      if (text === undefined) return unheard(`HTTP ${response.status} with more than ${answerBytesMax} bytes`);
      if (response.status === 200) {
        const value = read(text);
        return value === undefined ? unheard('HTTP 200, and not in the form of a sink') : { kind: 'done', value };
      }
      const refusal = response.status < 500 || response.status === 507 ? readRefusal(text) : undefined;
      if (refusal !== undefined) return { kind: 'refused', ...refusal };
      return unheard(`HTTP ${response.status}`);
    } catch (problem) {
      if (timeout.aborted) return unheard(`not within ${timeoutMs / 1000} s`);
      return unheard(causeOf(problem));
    }
  };
  return {
    head: (origin) => ask('GET', pathOf.head(origin), undefined, readHead),
    extend: (step) => ask('POST', pathOf.entries(step.origin), extendText(step), readHead),
    missing: (origin, digests) => ask('POST', pathOf.missing(origin), digestsText(digests), readDigests),
    document: (origin, digest, text) =>
      ask('PUT', pathOf.document(origin, digest), text, (answer) => answer === '{"version":1}' || undefined),
  };
}

async function textOf(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `fetch` says why behind its own «fetch failed». */
function causeOf(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  const { cause } = problem;
  if (cause instanceof Error) return 'code' in cause ? `${String(cause.code)} ${cause.message}` : cause.message;
  return problem.message;
}

function unheard(says: string): SinkAnswer<never> {
  return { kind: 'unheard', says };
}
