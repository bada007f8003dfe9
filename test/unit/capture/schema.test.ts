import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { loadFacts } from '../../../src/capture/facts-file.ts';
import { manifestFrom } from '../../../src/capture/manifest.ts';
import { toJson } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';
import { manifest } from './support.ts';

const valid = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync('schemas/capture.v1.json', 'utf8')));

const documented =
  /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(readFileSync('docs/captures.md', 'utf8'))?.[1] ?? '';
const shipped = readdirSync('captures', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): [string, string] => [name, readFileSync(`captures/${name}/capture.yaml`, 'utf8')]);
const bad: readonly [string, string][] = [
  ['no moment', manifest('', '2026-03-04')],
  ['an unknown field', manifest('  taken: x')],
  ['a skew without unit', manifest('  observer: {node-a: {clockSkew: "1"}}')],
  ['a node that is none', manifest('  observer: {Node_A: {}}')],
  ['missing without why', manifest('  missing: [{what: v1/Pod}]')],
  ['another version', manifest().replace('formatVersion: 1', 'formatVersion: 0')],
];

test.each([...shipped, ['docs', documented] as [string, string]])(
  'what %s says fits the schema and the reader',
  (_, text) => {
    expect(both(text)).toEqual({ schema: true, reader: true });
  },
);

test.each(bad)('%s is refused by both', (_, text) => {
  expect(both(text)).toEqual({ schema: false, reader: false });
});

describe('a stated site', () => {
  const schema = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync('schemas/facts.v1.json', 'utf8')));
  const judged = (text: string): unknown => {
    const source = { file: 'facts.yaml', text };
    const tree = parseTree(source);
    if (!tree.ok) throw new Error(tree.faults[0]?.message);
    return { schema: schema(JSON.parse(JSON.stringify(toJson(tree.value)))), reader: loadFacts(source).ok };
  };
  const [, shown = ''] = /```yaml\n(# yaml-language-server[^\n]*facts\.v1[\s\S]*?)```/.exec(
    readFileSync('docs/captures.md', 'utf8'),
  ) as RegExpExecArray;

  test('what docs show fits the schema and the reader', () => {
    expect(judged(shown)).toEqual({ schema: true, reader: true });
  });

  test.each<[string, string, string]>([
    ['an unknown field', 'spec:', 'spec:\n  hosts: []'],
    ['an unknown kind', '    vm: []', '    vms: []'],
    ['an id of another kind', 'bond: [node-1/bond1]', 'bond: [bond1]'],
    ['one twice on a list', '[node-1, node-2]', '[node-1, node-1]'],
    ['an old list without members', 'members: [pvc-1@node-1:node-2], ', ''],
    ['an unknown fact', 'fact: replica.disk', 'fact: replica.disc'],
    ['a fact of nobody', ', of: pvc-1@node-1', ''],
    ['no value', ', is: UpToDate}', '}'],
    ['an age without unit', '31s', '31'],
    ['an unknown grade', 'grade: reported', 'grade: told'],
    ['a frozen fact of some age', 'is: balance-rr', 'is: balance-rr, age: 1s'],
  ])('%s is refused by both', (_, was, becomes) => {
    expect(shown).toContain(was);
    expect(judged(shown.replace(was, becomes))).toEqual({ schema: false, reader: false });
  });
});

function both(text: string): { readonly schema: boolean; readonly reader: boolean } {
  const tree = parseTree({ file: 'capture.yaml', text });
  if (!tree.ok) throw new Error(tree.faults[0]?.message);
  return {
    schema: valid(JSON.parse(JSON.stringify(toJson(tree.value)))),
    reader: manifestFrom(tree.value, 'folder').ok,
  };
}
