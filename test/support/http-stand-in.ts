import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a host answers instead of doing what it was asked; `after`: it does it first. `gone`: it hangs up. */
export interface Trouble {
  readonly on: RegExp;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly gone?: true;
  readonly after?: true;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StandIn {
  readonly url: string;
  /** `METHOD /path`, in the order in which they came. */
  readonly heard: readonly string[];
  /** The next request that fits is in trouble; one request a trouble. */
  trouble(...those: readonly Trouble[]): void;
  close(): Promise<void>;
}

/** A real server on this machine that answers as `answer` says. */
export async function standIn(answer: (asked: Asked, url: string) => Answer): Promise<StandIn> {
  const troubles: Trouble[] = [];
  const heard: string[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    const line = `${method} ${path}`;
    heard.push(line);
    const at = troubles.findIndex(({ on }) => on.test(line));
    const [trouble] = at === -1 ? [] : troubles.splice(at, 1);
    const asked = { method, path, query, headers: request.headers, text: Buffer.concat(parts).toString('utf8') };
    const done = trouble === undefined || trouble.after ? answer(asked, url) : undefined;
    if (trouble?.gone) {
      request.socket.destroy();
      return;
    }
    const { status = 200, json, headers } = trouble ?? done ?? {};
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(trouble?.text ?? JSON.stringify(json ?? {}));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    heard,
    trouble: (...those) => {
      troubles.push(...those);
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** JSON text → an object, or what is wrong with it. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const json = JSON.parse(text) as unknown;
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
    return 'Body should be a JSON object';
  } catch {
    return 'Problems parsing JSON';
  }
}
