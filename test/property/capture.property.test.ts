import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Capture } from '../../src/capture/capture.ts';
import { captureFromFolder } from '../../src/capture/folder.ts';
import { captureFromStream } from '../../src/capture/ndjson.ts';
import { packCapture } from '../../src/capture/pack.ts';
import { runs } from '../support/runs.ts';

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const data = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('\\ud'));
const kinds = [
  'v1/Node',
  'v1/Pod',
  'v1/ConfigMap',
  'kubevirt.io/v1/VirtualMachine',
  'apps/v1/ReplicaSet',
  'example.com/v1/Odd',
];

interface Thing {
  readonly path: string;
  readonly text: string;
}

const object = fc
  .record({ kind: fc.constantFrom(...kinds), name, spec: data, status: data, labels: fc.dictionary(name, fc.string()) })
  .map(({ kind, name, spec, status, labels }) => {
    const steps = kind.split('/');
    return {
      apiVersion: steps.slice(0, -1).join('/'),
      kind: steps.at(-1),
      metadata: { name, labels, managedFields: [] },
      spec,
      status,
    };
  });
const distinct = fc.uniqueArray(object, {
  maxLength: 12,
  selector: ({ kind, metadata }) => `${kind} ${metadata.name}`,
});
const texts = fc.uniqueArray(
  fc.record({
    path: fc.oneof(
      name.map((node) => `hosts/${node}/proc/drbd`),
      fc.tuple(name, name).map(([node, bond]) => `hosts/${node}/proc/net/bonding/${bond}`),
      name.map((path) => `linstor/v1/${path}.json`),
    ),
    text: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  }),
  { maxLength: 5, selector: ({ path }) => path },
);
/** A folder of objects, some in lists and some alone, and of texts. */
const folders = fc.record({ objects: distinct, alone: fc.nat(12), texts }).map(({ objects, alone, texts }) => {
  const listed = objects.slice(alone);
  const things: Thing[] = objects
    .slice(0, alone)
    .map((one, index) => ({ path: `k/${index}.json`, text: JSON.stringify(one) }));
  if (listed.length > 0)
    things.push({ path: 'k/list.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: listed }) });
  return [...things, ...texts, { path: 'capture.yaml', text: manifest }];
});
const manifest = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Capture
metadata: {name: drawn}
spec: {formatVersion: 1, takenAt: 2026-03-04T10:15:02Z, takenBy: a property}
`;

function load(things: readonly Thing[], keep: 'read' | 'all'): Capture {
  const loaded = captureFromFolder(
    'drawn',
    things.map(({ path, text }) => ({ path, bytes: Buffer.from(text) })),
    keep,
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.value;
}

async function bytesOf(capture: Capture): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packCapture(capture)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function unpack(bytes: Uint8Array, keep: 'read' | 'all'): Promise<Capture> {
  const loaded = await captureFromStream(
    'drawn',
    (async function* () {
      yield bytes;
    })(),
    keep,
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.value;
}

function plain(capture: Capture): unknown {
  return JSON.parse(JSON.stringify(capture)) as unknown;
}

test('a folder and its one file are the same capture, read in whole and in part', async () => {
  await fc.assert(
    fc.asyncProperty(folders, async (things) => {
      const bytes = await bytesOf(load(things, 'all'));
      for (const keep of ['all', 'read'] as const) {
        expect(plain(await unpack(bytes, keep))).toEqual(plain(load(things, keep)));
      }
    }),
    runs('CAPTURE', 300),
  );
});

test('the order of files changes no byte, and packing again changes none', async () => {
  const shuffled = folders.chain((things) =>
    fc.record({ things: fc.constant(things), other: fc.shuffledSubarray(things, { minLength: things.length }) }),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ things, other }) => {
      const bytes = await bytesOf(load(things, 'all'));
      expect(await bytesOf(load(other, 'all'))).toEqual(bytes);
      expect(await bytesOf(await unpack(bytes, 'all'))).toEqual(bytes);
    }),
    runs('CAPTURE', 200),
  );
});
