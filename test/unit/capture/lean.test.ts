import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { CaptureEntry } from '../../../src/capture/capture.ts';
import { captureFromFolder } from '../../../src/capture/folder.ts';
import { readKubernetes } from '../../../src/capture/kubernetes.ts';
import { normalise } from '../../../src/facts/normalise.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import { shape as siteShape } from '../facts/cluster-fixtures.ts';
import { objectsOf, opened } from './support.ts';

/** What is left out, and what is masked, is nothing that a fact reads: the facts of what kubectl printed, of a packed
 *  capture and of one that is only read are the same. */
const shape: SiteShape = { ...siteShape, nodes: { atLeast: 1, atMost: 3, matchLabels: {} } };

function entriesUnder(root: string): CaptureEntry[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), bytes: readFileSync(path) }));
}

/** The observations, in an order of their own. */
function factsOf(raws: readonly Raw[]): string[] {
  return normalise(raws, shape)
    .flatMap(({ reporter, scope, observations, censuses }) =>
      [...observations, ...censuses].map((one) => JSON.stringify([reporter, scope, one])),
    )
    .sort();
}

const captures = readdirSync('captures', { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(captures.map(({ name }) => name))('captures/%s has the same facts in every form', (name) => {
  const entries = entriesUnder(join('captures', name));
  const packed = opened(captureFromFolder(name, entries, 'all'));
  const at = packed.takenAtMs ?? 0;
  const asPrinted = entries.flatMap(({ path, bytes }): Raw[] => {
    if (!/^kubernetes\/.*\.json$/.test(path)) return [];
    const place = { file: path, line: 1, col: 1 };
    return readKubernetes(JSON.parse(Buffer.from(bytes).toString()), path, at, () => place).raws.map(({ raw }) => raw);
  });
  expect(asPrinted.length).toBeGreaterThan(10);
  const rest = packed.raws.filter(({ from }) => from !== 'object' && from !== 'list');
  const facts = factsOf([...asPrinted, ...rest]);
  expect(facts.length).toBeGreaterThan(20);
  expect(factsOf(packed.raws)).toEqual(facts);
  expect(factsOf(opened(captureFromFolder(name, entries, 'read')).raws)).toEqual(facts);
});

test('who cordoned a node is still known, and nothing else of who set what', () => {
  const owner = (manager: string, fieldsV1: object): object => ({
    manager,
    operation: 'Update',
    fieldsType: 'FieldsV1',
    fieldsV1,
  });
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'node-a',
      managedFields: [
        owner('kubectl-cordon', { 'f:spec': { 'f:unschedulable': {} }, 'f:metadata': {} }),
        owner('kubelet', { 'f:status': { 'f:images': {} } }),
      ],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'x' },
    },
    spec: { unschedulable: true },
    status: { images: [1] },
  };
  const entries = [{ path: 'n.json', bytes: Buffer.from(JSON.stringify(node)) }];
  for (const keep of ['all', 'read'] as const) {
    const capture = opened(captureFromFolder('n', entries, keep));
    expect(objectsOf(capture)[0]?.object.metadata).toEqual({
      name: 'node-a',
      managedFields: [owner('kubectl-cordon', { 'f:spec': { 'f:unschedulable': {} } })],
      annotations: { kept: 'x' },
    });
    expect(factsOf(capture.raws).find((fact) => fact.includes('node.cordonedBy'))).toContain(
      '"value":"kubectl-cordon"',
    );
  }
});
