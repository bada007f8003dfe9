import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Capture } from '../../../src/capture/capture.ts';
import { capturePages } from '../../../src/capture/pack.ts';
import {
  chunksOf,
  faultsOf,
  folder,
  lines,
  listing,
  manifest,
  node,
  objectLine,
  opened,
  packed,
  sayings,
  stream,
  takenAtMs,
  twoNodes,
} from './support.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'x', labels: { a: 'b' }, uid: 'u' },
  spec: { nodeName: 'node-a', containers: [{ name: 'c', image: 'i', more: { deep: 1 } }] },
  status: { phase: 'Running', podIP: '1.2.3.4', conditions: [{ type: 'Ready', status: 'True' }] },
};
const files = {
  ...twoNodes,
  'pods.json': listing(pod, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r', namespace: 'x' } }),
  'hosts/node-a/proc/drbd': 'ü€\u{1f600}\n"\\',
  'linstor/v1/nodes.json': '[{"n":9223372036854775807}]',
  'capture.yaml': manifest(
    '  observer: {node-a: {clockSkew: 5ms}}\n  missing: [{what: hosts/node-b, why: silent}, {what: v1/Event, why: "403"}]',
  ),
};
const whole = opened(folder(files, 'all'));

function plain(capture: Capture): unknown {
  return JSON.parse(JSON.stringify(capture)) as unknown;
}

describe('one file', () => {
  test.each(['all', 'read'] as const)('holds what the folder holds, digest included (%s)', async (keep) => {
    const bytes = await packed(whole);
    expect(plain(opened(await stream(bytes, keep)))).toEqual(plain(opened(folder(files, keep))));
  });

  test('packing what was unpacked gives the same bytes', async () => {
    const bytes = await packed(whole);
    expect(await packed(opened(await stream(bytes, 'all')))).toEqual(bytes);
  });

  test('a folder without a manifest stays one', async () => {
    const bare = opened(folder(twoNodes, 'all'));
    expect(plain(opened(await stream(await packed(bare), 'all')))).toEqual(plain(bare));
  });

  test('the order of the folder’s raws does not reach the bytes', async () => {
    expect(await packed({ ...whole, raws: [...whole.raws].reverse() })).toEqual(await packed(whole));
  });

  test('its gzip header names no file, time or system', async () => {
    expect([...(await packed(whole)).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  });

  test('is read unpacked too, and in whatever pieces it comes', async () => {
    const text = Buffer.concat([...capturePages(whole)]);
    for (const size of [1, 7, 100_000]) {
      expect(plain(opened(await stream(text, 'all', size)))).toEqual(plain(whole));
      expect(plain(opened(await stream(await packed(whole), 'all', size)))).toEqual(plain(whole));
    }
  });

  test('what nobody reads of a pod is not parsed when it is only read', async () => {
    const text = Buffer.concat([...capturePages(whole)]).toString();
    const broken = text.replace('"podIP":"1.2.3.4"', '"podIP":oops');
    expect(broken).not.toBe(text);
    expect((await stream(broken, 'read')).ok).toBe(true);
    expect(sayings(await stream(broken, 'all'))[0]).toMatch(/^CAPTURE_LINE site\.ndjson:\d+:1 is not JSON/);
  });

  test('kinds that nobody reads are passed over unparsed', async () => {
    const line = '{"from":"object","kind":"apps/v1/ReplicaSet","at":oops';
    expect(opened(await stream(lines([line, objectLine(node('node-a'))]))).raws).toHaveLength(1);
    expect((await stream(lines([line]), 'all')).ok).toBe(false);
  });

  test('lines whose members stand in another order are read as well', async () => {
    const line = JSON.stringify({ at: takenAtMs, object: node('node-a'), kind: 'v1/Node', from: 'object' });
    expect(opened(await stream(lines([line]))).raws).toEqual([
      { from: 'object', at: takenAtMs, object: node('node-a') },
    ]);
  });
});

describe('a bad line is named', () => {
  const good = objectLine(node('node-a'));
  const hostLine = (text: string): string =>
    JSON.stringify({ from: 'host', node: 'node-a', what: 'proc/drbd', at: 0, text });
  const replyLine = (text: string): string => JSON.stringify({ from: 'linstor', path: '/v1/nodes', at: 0, text });
  const observedLine = (clockSkewMs: number): string =>
    JSON.stringify({ from: 'observer', node: 'node-a', at: 0, clockSkewMs });
  const list = JSON.stringify({ from: 'list', kind: 'v1/Node', at: takenAtMs });
  const cases: readonly [string, string, string][] = [
    ['no JSON', '{"from":"li', 'CAPTURE_LINE site.ndjson:3:1 is not JSON'],
    ['an empty line', '', 'CAPTURE_LINE site.ndjson:3:1 is not JSON'],
    ['no object', '[]', 'CAPTURE_LINE site.ndjson:3:1 is no object'],
    ['from nowhere', '{"from":"constructor","at":0}', 'CAPTURE_LINE site.ndjson:3:1 says not where it is from'],
    [
      'a member too many',
      '{"from":"list","kind":"v1/Pod","at":0,"x":1}',
      'CAPTURE_LINE site.ndjson:3:1 has a member `x`',
    ],
    ['no moment', '{"from":"list","kind":"v1/Pod","at":"0"}', 'CAPTURE_LINE site.ndjson:3:1 has no `at`'],
    ['a moment of the future', objectLine(node('b'), takenAtMs + 1), 'CAPTURE_LINE site.ndjson:3:1 was fetched after'],
    ['two kinds', objectLine(node('b'), 0, 'v1/Pod'), 'CAPTURE_LINE site.ndjson:3:1 says another kind'],
    ['no metadata', objectLine({ apiVersion: 'v1', kind: 'Node' }), 'CAPTURE_OBJECT site.ndjson:3:1'],
    [
      'a Secret',
      objectLine({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }),
      'CAPTURE_SECRET site.ndjson:3:1',
    ],
    [
      'a Secret in disguise',
      objectLine({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }, 0, 'v1/Pod'),
      'CAPTURE_SECRET site.ndjson:3:1',
    ],
    ['the same object again', good, 'CAPTURE_LINE site.ndjson:3:1 `Node node-a` stands in line 2 already'],
    [
      'a text of a host again, with another content',
      `${hostLine('a')}\n${hostLine('b')}`,
      'CAPTURE_LINE site.ndjson:4:1 `node-a/proc/drbd` stands in line 3 already',
    ],
    [
      'a reply again, with another content',
      `${replyLine('[]')}\n${replyLine('[{}]')}`,
      'CAPTURE_LINE site.ndjson:4:1 `/v1/nodes` stands in line 3 already',
    ],
    [
      'a measurement again, with another content',
      `${observedLine(1)}\n${observedLine(2)}`,
      'CAPTURE_LINE site.ndjson:4:1 `node-a` stands in line 3 already',
    ],
    [
      'a name that climbs',
      '{"from":"host","node":"node-a","what":"../x","at":0,"text":""}',
      'CAPTURE_NAME site.ndjson:3:1',
    ],
    [
      'a node that is none',
      '{"from":"host","node":"__proto__","what":"proc/drbd","at":0,"text":""}',
      'CAPTURE_NAME site.ndjson:3:1',
    ],
    ['a reply without text', '{"from":"linstor","path":"/v1/nodes","at":0}', 'CAPTURE_LINE site.ndjson:3:1'],
    [
      'a heartbeat later than the capture',
      `{"from":"observer","node":"node-a","at":0,"heartbeatChangedAt":${takenAtMs + 1}}`,
      'CAPTURE_MANIFEST site.ndjson:3:1',
    ],
    [
      'an observed stranger',
      `${list}\n{"from":"observer","node":"node-x","at":0}`,
      'CAPTURE_MANIFEST site.ndjson:1:1 there is no node `node-x`',
    ],
    [
      'a failure that nobody announced',
      '{"from":"list","kind":"v1/Pod","at":0,"failed":"x"}',
      'CAPTURE_MANIFEST site.ndjson:1:1 does not say that `v1/Pod` is missing',
    ],
  ];
  test.each(cases)('%s', async (_, line, says) => {
    const loaded = await stream(lines([good, ...line.split('\n')]));
    expect(sayings(loaded)[0]).toContain(says);
    expect(loaded.ok).toBe(false);
  });

  test('bytes that are no UTF-8', async () => {
    const [first, second] = lines([good]).split('\n');
    const bytes = Buffer.concat([
      Buffer.from(`${first}\n${second?.slice(0, -3)}`),
      Buffer.of(0xff),
      Buffer.from('"}}\n'),
    ]);
    expect(sayings(await stream(bytes))[0]).toContain('CAPTURE_LINE site.ndjson:2:1 is not UTF-8');
  });

  test('a pod whose two parts contradict each other', async () => {
    const line = `${objectLine(pod).slice(0, -1)},"more":{"status":{"phase":"Failed"}}}`;
    expect(sayings(await stream(lines([line]), 'all'))[0]).toContain('two parts that do not fit');
  });

  test('after twenty of them no more are told', async () => {
    expect(faultsOf(await stream(lines(Array.from({ length: 100 }, () => '{'))))).toHaveLength(20);
  });
});

describe('a damaged file', () => {
  const small = opened(folder({ 'n.json': JSON.stringify(node('node-a')) }, 'all'));

  test('with any one bit flipped is refused, or nothing was lost', async () => {
    const bytes = await packed(small);
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const loaded = await stream(flipped, 'all');
        if (loaded.ok) expect(plain(loaded.value)).toEqual(plain(small));
        else {
          refused += 1;
          expect(sayings(loaded)[0]).toMatch(/^CAPTURE_(FORMAT|TOO_LARGE) site\.ndjson:\d+:1 /);
        }
      }
    }
    // Only the header's notes (time, compression, system and a flag for text) say nothing of the content.
    expect(refused).toBeGreaterThan((bytes.length - 7) * 8);
  });

  test('cut off anywhere is refused', async () => {
    const bytes = await packed(small);
    for (let length = 0; length < bytes.length; length += 1) {
      const loaded = await stream(bytes.subarray(0, length), 'all');
      expect(sayings(loaded)[0]).toMatch(/^CAPTURE_FORMAT site\.ndjson:\d+:1 /);
      expect(loaded.ok).toBe(false);
    }
  });

  test('cut off at the end of a line is refused by its count of lines', async () => {
    const text = lines([objectLine(node('node-a')), objectLine(node('node-b'))]);
    const cut = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    expect(sayings(await stream(cut))).toEqual(['CAPTURE_FORMAT site.ndjson:2:1 says that 2 lines follow, and 1 do']);
  });

  test('a bomb is left after a small part of it, at line ends and without any', async () => {
    for (const filling of ['\n', 'a']) {
      const text = Buffer.concat([Buffer.from(lines([])), Buffer.alloc(200_000_000, filling)]);
      const bomb = gzipSync(text);
      let handed = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunksOf(bomb, 4096)) {
          handed += chunk.length;
          yield chunk;
        }
      };
      const { captureFromStream } = await import('../../../src/capture/ndjson.ts');
      const started = performance.now();
      const loaded = await captureFromStream('site.ndjson', counted());
      expect(loaded.ok).toBe(false);
      expect(performance.now() - started).toBeLessThan(2000);
      if (filling === 'a') {
        expect(sayings(loaded)[0]).toContain('CAPTURE_TOO_LARGE');
        expect(handed).toBeLessThan(bomb.length * 0.6);
      }
    }
  });

  test.each([
    ['empty', '', 'CAPTURE_FORMAT site.ndjson:1:1 is empty'],
    ['a PNG', Buffer.from('89504e470d0a1a0a', 'hex'), 'CAPTURE_FORMAT site.ndjson:1:1 is no text'],
    ['UTF-16', Buffer.from('{"a":1}\n', 'utf16le'), 'CAPTURE_FORMAT site.ndjson:1:1 is no text'],
    ['a List of kubectl', twoNodes['kubernetes/nodes.json'], 'SHAPE_WRONG_KIND site.ndjson:1:1'],
    ['prose', 'hello\n', 'CAPTURE_FORMAT site.ndjson:1:1 starts with no manifest'],
    ['of a newer format', lines([], { formatVersion: 2, riddle: 1 }), 'CAPTURE_NEWER site.ndjson:1:'],
    ['without its count of lines', lines([], { lines: undefined }), 'SHAPE_INVALID site.ndjson:1:'],
    ['with half of its moments', lines([], { takenBy: undefined }), 'SHAPE_INVALID site.ndjson:1:'],
    [
      'with something missing that no line knows',
      lines([], { missing: [{ what: 'v1/Pod', why: 'x' }] }),
      'CAPTURE_MANIFEST site.ndjson:1:1',
    ],
    [
      'complete with something missing',
      lines([], { complete: true, missing: [{ what: 'v1/Pod', why: 'x' }] }),
      'CAPTURE_MANIFEST site.ndjson:1:',
    ],
  ])('%s is refused', async (_, bytes, says) => {
    const loaded = await stream(bytes);
    expect(sayings(loaded)[0]).toContain(says);
    expect(loaded.ok).toBe(false);
  });
});
