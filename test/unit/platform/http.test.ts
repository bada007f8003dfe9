import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { LogKeeper } from '../../../src/log/serve.ts';
import { requestBytesMax } from '../../../src/log/wire.ts';
import { httpSink } from '../../../src/platform/http-sink.ts';
import { type LogServer, serveLogs } from '../../../src/platform/log-server.ts';
import { decision, documentOf, heldIn, origin, type Promised } from '../../support/log-folder.ts';
import { keeperOn, logOn, spoolOn } from '../../support/log-site.ts';
import { SimDisk } from '../../support/sim-disk.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function served(keeper: LogKeeper | string, token?: string): Promise<LogServer> {
  const server = await serveLogs({
    host: '127.0.0.1',
    port: 0,
    ...(token === undefined ? {} : { token }),
    keeperOf: (asked) => (asked === origin ? keeper : undefined),
  });
  open.push(server);
  return server;
}

/** A server that is no sink of ours. */
async function strange(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a log and its sink over HTTP', () => {
  test('everything arrives, with characters of every kind, behind a path and a token', async () => {
    const [logDisk, sinkDisk] = [new SimDisk(), new SimDisk()];
    const log = await logOn(logDisk);
    const promised: Promised[] = [];
    for (const text of ['plain', 'ünïcode 🪵', '\u0000\u001b[31m', '\ufeffbom', '"\\']) {
      const documents = [documentOf(text), documentOf(`${text} too`)];
      const done = await log.append(decision(text, documents));
      if (done.ok) promised.push({ ...done.value, documents });
    }
    await log.close();
    const { url } = await served(await keeperOn(sinkDisk), 'secret');
    const refused = spoolOn(logDisk, httpSink({ url, timeoutMs: 5000 }));
    await refused.push();
    expect(refused.state.trouble).toMatchObject({ code: 'SINK_REFUSED' });
    const spool = spoolOn(logDisk, httpSink({ url: `${url}/`, token: 'secret', timeoutMs: 5000 }));
    await spool.push();
    expect(spool.state).toMatchObject({ sent: 6, waiting: 0, tries: 0 });
    expect(promised).toHaveLength(5);
    expect(await heldIn(sinkDisk.open(), promised)).toEqual(await heldIn(logDisk.open(), promised));
  });

  test.each<readonly [string, RequestListener, string]>([
    ['500', (_, response) => response.writeHead(500).end('oops'), 'HTTP 500'],
    ['a page of a proxy', (_, response) => response.writeHead(200).end('<html>log in</html>'), 'not in the form'],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(), 'redirect'],
    ['half an answer', (_, response) => response.writeHead(200, { 'content-length': 100 }).end('{"ver'), ''],
    ['without end', (_, response) => response.writeHead(200).end('x'.repeat(2 << 20)), 'more than'],
    ['nothing, for too long', () => undefined, 'not within 0.2 s'],
    ['a hang-up', (request) => request.socket.destroy(), ''],
    [
      'a refusal under 500',
      (_, response) => response.writeHead(500).end('{"version":1,"refused":"fork","says":"x"}'),
      'HTTP 500',
    ],
  ])('an answer that is none is not heard: %s', async (_, listener, says) => {
    const answer = await httpSink({ url: await strange(listener), timeoutMs: 200 }).head(origin);
    expect(answer.kind).toBe('unheard');
    expect(answer.kind === 'unheard' ? answer.says : '').toContain(says);
  });

  test('nobody there: not heard, with the reason', async () => {
    const { url, close } = await served('closed at once');
    open.length = 0;
    await close();
    const answer = await httpSink({ url, timeoutMs: 1000 }).head(origin);
    expect(answer).toMatchObject({ kind: 'unheard', says: expect.stringContaining('ECONNREFUSED') as string });
  });

  const digest = documentOf('x').digest;
  test.each([
    ['GET', '/', '', 400],
    ['GET', '/v1/logs/unknown', '', 404],
    ['GET', '/v1/logs/%', '', 400],
    ['POST', `/v1/logs/${encodeURIComponent(origin)}`, '', 400],
    ['DELETE', `/v1/logs/${encodeURIComponent(origin)}/documents/${digest}`, '', 400],
    ['POST', `/v1/logs/${encodeURIComponent(origin)}/entries`, '{}', 400],
    ['POST', `/v1/logs/${encodeURIComponent(origin)}/entries`, '[', 400],
    ['POST', `/v1/logs/${encodeURIComponent(origin)}/missing`, '{"version":1,"digests":["../x"]}', 400],
    ['PUT', `/v1/logs/${encodeURIComponent(origin)}/documents/${digest}`, 'y', 400],
    ['PUT', `/v1/logs/${encodeURIComponent(origin)}/documents/..%2F..%2Forigin`, 'y', 400],
    ['PUT', `/v1/logs/${encodeURIComponent(origin)}/documents/${digest}`, 'x', 200],
  ])('%s %s with `%s` is answered by %d, and touches nothing else', async (method, path, body, status) => {
    const disk = new SimDisk();
    const { url } = await served(await keeperOn(disk));
    const before = [...disk.files().keys()];
    const response = await fetch(url + path, { method, ...(body === '' ? {} : { body }) });
    expect(response.status).toBe(status);
    expect(JSON.parse(await response.text())).toBeTypeOf('object');
    expect([...disk.files().keys()].length).toBe(before.length + (status === 200 ? 1 : 0));
  });

  test('a log that cannot be kept now is answered by 503, which is no refusal', async () => {
    const { url } = await served('its folder is damaged');
    expect(await httpSink({ url, timeoutMs: 1000 }).head(origin)).toEqual({ kind: 'unheard', says: 'HTTP 503' });
  });

  test('a body that is too large is not read, whether it says so or not', async () => {
    const { url } = await served(await keeperOn(new SimDisk()));
    const path = `/v1/logs/${encodeURIComponent(origin)}/documents/${digest}`;
    const said = await rawly(url, `PUT ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${requestBytesMax + 1}\r\n\r\n`);
    expect(said).toContain(' 413 ');
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    const many = await rawly(
      url,
      `PUT ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(33)}`,
    );
    expect(many).toContain(' 413 ');
  });
});

/** The first bytes of what is answered to these. */
function rawly(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (part) => {
      resolve(part.toString());
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve('closed'));
  });
}
