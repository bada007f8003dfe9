import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../support/console.ts';
import { folderWith } from '../support/folder.ts';
import { shippedCaptures } from '../support/shipped.ts';

const captures = shippedCaptures;

/** Every file of a folder as text, but for what is written for people. */
function textsOf(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.endsWith('README.md') && statSync(join(folder, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

interface Originals {
  /** Names that objects, nodes, namespaces and resources have. */
  readonly names: ReadonlySet<string>;
  /** Addresses, UIDs, MACs, images and whatever else has a form of its own. */
  readonly formed: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** Labels by which pods and nodes are told apart: their values are words of KubeVirt, Piraeus and Kairos, and stay. */
const read = /^kubevirt\.io$|^app\.kubernetes\.io|^kairos\.io|^kubernetes\.io\/(os|arch)$/;

/** Read off the files by forms and by places that are written down here once more: the code that replaces is not asked. */
function originalsOf(folder: string): Originals {
  const names = new Set<string>();
  const formed = new Set<string>();
  const labels = new Set<string>();
  const words = new Set<string>();
  for (const { path, text } of textsOf(folder)) {
    const forms = [
      /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
      /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g,
      /(?<![\d.])(?:10|172|192|100)(?:\.\d{1,3}){3}(?![\d.])/g,
      /(?:quay\.io|docker\.io|ghcr\.io|registry[\w.]*)\/[\w./-]+/g,
      /(?<=@)sha256:[0-9a-f]{64}/g,
    ];
    for (const form of forms) for (const [found] of text.matchAll(form)) formed.add(found);
    const [room, node] = path.split('/');
    if (room === 'hosts' && node !== undefined) names.add(node);
    if (room === 'linstor') {
      for (const [, name = ''] of text.matchAll(/"(?:name|node_name|resource_name)": ?"([\w.-]+)"/g)) names.add(name);
    }
    if (room === 'kubernetes') for (const item of (JSON.parse(text) as { items?: unknown[] }).items ?? []) ofItem(item);
  }
  function ofItem(item: unknown): void {
    const { metadata, spec, status } = item as Record<string, Record<string, unknown>>;
    for (const name of [metadata?.name, metadata?.namespace, spec?.nodeName, status?.nodeName])
      if (typeof name === 'string') names.add(name);
    for (const [label, value] of Object.entries((metadata?.labels ?? {}) as Record<string, string>))
      (read.test(label) ? words : labels).add(value);
  }
  for (const word of words) for (const set of [names, labels]) set.delete(word);
  for (const mac of ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff']) formed.delete(mac);
  return { names, formed, labels };
}

/** What a redacted capture may still say: the profiles' own words, and what every cluster has. */
const open = new Set([
  ...['default', 'kube-system', 'kube-node-lease', 'kubevirt', 'nodewright', 'linstorcluster', 'site'],
  ...['piraeus-system', 'thinpool', 'linstor-lvm-storage', 'nodewright-system', 'site-lock'],
  ...['vx-rail-heartbeats', 'vx-rail-upgrade-state', 'vx-rail-node-init', 'DfltDisklessStorPool', 'DfltRscGrp'],
  ...['', 'true', 'false', 'amd64', 'linux', 'active', 'private', 'storage', 'lvm', 'operator'],
]);

function stands(text: string, word: string): boolean {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`).test(text);
}

async function redacted(capture: string, ...more: string[]): Promise<{ bytes: Buffer; text: string; err: string }> {
  const file = join(folderWith(), 'redacted.ndjson.gz');
  const { code, err } = await nwctl(['redact', capture, '-o', file, ...more]);
  expect([code, err.includes('nothing was written')], err).toEqual([0, false]);
  const bytes = readFileSync(file);
  return { bytes, text: gunzipSync(bytes).toString('utf8'), err };
}

describe.each(captures)('%s', (name) => {
  const folder = `captures/${name}`;

  test('no name, address, UID, MAC, image or label’s value of it is anywhere in the bytes', async () => {
    const { text } = await redacted(folder, '--seed', '1');
    const { names, formed, labels } = originalsOf(folder);
    const left = [...names, ...[...labels].filter((value) => value.length > 3)].filter(
      (word) => !open.has(word) && stands(text, word),
    );
    expect(left).toEqual([]);
    expect([...formed].filter((one) => text.includes(one))).toEqual([]);
    expect(names.size).toBeGreaterThan(10);
    expect(formed.size).toBeGreaterThan(20);
    const [manifest = ''] = text.split('\n');
    expect([manifest.includes(name), manifest.includes('requestedBy')]).toEqual([false, false]);
  }, 60_000);

  test('decides the same: verdicts and reasons one by one, workflows too', async () => {
    const file = join(folderWith(), 'redacted.ndjson.gz');
    expect((await nwctl(['redact', folder, '-o', file, '--seed', '2'])).code).toBe(0);
    const profile = name === 'single-node' ? 'profiles/single-node' : 'profiles/three-node';
    const shapeOf = async (capture: string): Promise<unknown> => {
      const { out } = await nwctl(['eval', '-p', profile, '-c', capture, '--insecure-unsigned', '-o', 'json']);
      return shape(JSON.parse(out) as Eval);
    };
    const before = await shapeOf(folder);
    expect((before as { gates: unknown[] }).gates.length).toBeGreaterThan(5);
    expect(await shapeOf(file)).toEqual(before);
  }, 60_000);
});

interface Eval {
  readonly gates: readonly Rule[];
  readonly findings: readonly Rule[];
  readonly workflows?: readonly { readonly state: string; readonly decision: { readonly kind?: string } }[];
}
interface Rule {
  readonly name?: string;
  readonly gate?: string;
  readonly [more: string]: unknown;
}

/** What is left of an answer when nobody in it has a name: rule, verdict, and which facts at which lines are its reasons. */
function shape({ gates, findings, workflows }: Eval): unknown {
  const bare = (value: unknown): string => {
    const words: string[] = [];
    const walk = (part: unknown, key: string): void => {
      if (Array.isArray(part)) for (const item of part) walk(item, key);
      else if (typeof part === 'object' && part !== null)
        for (const [inner, one] of Object.entries(part)) walk(one, inner);
      else if (/^(?:name|gate|finding|verdict|state|fact|unknown|law|line|col|kind|severity|to|phase)$/.test(key))
        words.push(`${key}=${part}`);
    };
    walk(value, '');
    return words.sort().join(' ');
  };
  return {
    gates: gates.map(bare).sort(),
    findings: findings.map(bare).sort(),
    workflows: (workflows ?? []).map(({ state, decision }) => `${state} ${bare({ kind: decision.kind })}`),
  };
}

describe('redact', () => {
  test('one seed gives the same bytes twice, another seed others, and no seed none that anybody could guess', async () => {
    const first = await redacted('captures/calm', '--seed', '7');
    expect((await redacted('captures/calm', '--seed', '7')).bytes.equals(first.bytes)).toBe(true);
    expect((await redacted('captures/calm', '--seed', '8')).bytes.equals(first.bytes)).toBe(false);
    const free = await redacted('captures/calm');
    expect((await redacted('captures/calm')).bytes.equals(free.bytes)).toBe(false);
  }, 60_000);

  test('a packed capture gives the same bytes as its folder', async () => {
    const packed = join(folderWith(), 'calm.ndjson.gz');
    await nwctl(['capture', 'pack', 'captures/calm', '-o', packed]);
    const [one, other] = [await redacted('captures/calm', '--seed', '7'), await redacted(packed, '--seed', '7')];
    expect(one.bytes.equals(other.bytes)).toBe(true);
  }, 60_000);
});
