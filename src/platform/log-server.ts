import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, refuse, type WireReply, type WireRequest } from '../log/routes.ts';
import type { LogKeeper } from '../log/serve.ts';
import { requestBytesMax } from '../log/wire.ts';

export interface LogServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Asked of every request if it is given. */
  readonly token?: string;
  keeperOf(origin: string): LogKeeper | string | undefined;
  /** Told of each request and what became of it. */
  told?(request: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly from: string;
  }): void;
}

export interface LogServer {
  readonly url: string;
  /** Answers what is under way, and takes nothing more. */
  close(): Promise<void>;
}

/** Bodies are held in memory: so many at once. */
const bodiesMax = 4;
const connectionsMax = 256;
const requestMsMax = 60_000;

/** `log/routes.ts` behind HTTP. It decides who may ask and how much is read; nothing of what is answered. */
export function serveLogs({ host, port, token, keeperOf, told }: LogServerOptions): Promise<LogServer> {
  let bodies = 0;
  const answer = async (message: IncomingMessage): Promise<WireReply> => {
    if (token !== undefined && !isToken(message.headers.authorization, token))
      return refuse('forbidden', 'the token is not the one that is asked for');
    if (bodies >= bodiesMax) return { status: 503, body: '{"says":"busy"}' };
    bodies += 1;
    try {
      const body = await bodyOf(message);
      if (typeof body !== 'string') return body;
      const request: WireRequest = { method: message.method ?? '', path: pathOf(message), body };
      return await answerTo(request, keeperOf);
    } finally {
      bodies -= 1;
    }
  };
  const server = createServer({ requestTimeout: requestMsMax }, (message, response) => {
    void answer(message)
      // A mistake of ours ends this request and not those of others; nothing was acknowledged.
      .catch((): WireReply => ({ status: 500, body: '{"says":"the server has a bug"}' }))
      .then(({ status, body }) => {
        told?.({
          method: message.method ?? '',
          path: pathOf(message),
          status,
          from: message.socket.remoteAddress ?? '',
        });
        response.writeHead(status, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(message.complete ? {} : { connection: 'close' }),
        });
        response.end(body);
      });
  });
  server.maxConnections = connectionsMax;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const { address, family, port: bound } = server.address() as AddressInfo;
      resolve({
        url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeIdleConnections();
          }),
      });
    });
  });
}

async function bodyOf(message: IncomingMessage): Promise<string | WireReply> {
  const tooLarge = refuse('too-large', `a request may have ${requestBytesMax} bytes`);
  if (Number(message.headers['content-length'] ?? 0) > requestBytesMax) return tooLarge;
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of message as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > requestBytesMax) return tooLarge;
      parts.push(part);
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return refuse('form', 'the body ended early, or is not UTF-8');
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/';
}

/** Compared by digest, so that neither length nor first difference shows in the time that it takes. */
function isToken(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
