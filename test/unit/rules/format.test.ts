import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format } from '../../../src/rules/format.ts';
import { runs } from '../../support/runs.ts';

function formatted(text: string): string {
  const result = format({ file: 'x.yaml', text });
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('\n'));
  return result.value;
}

const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n';

describe('fmt', () => {
  test.each([
    ['indents by two, lists too', 'a:\n    b:\n    - 1\n    -   2\n', 'a:\n  b:\n    - 1\n    - 2\n'],
    [
      'keeps what would change as a number',
      'a: 0644\nb: 1.10\nc: 0x1F\nd: 1_000\n',
      'a: 0644\nb: 1.10\nc: 0x1F\nd: 1_000\n',
    ],
    [
      'keeps nothing, null and quotes apart',
      'a:\nb: null\nc: ~\nd: ""\ne: \'null\'\n',
      'a:\nb: null\nc: ~\nd: ""\ne: \'null\'\n',
    ],
    ['keeps a flow map that fits', 'a: { b: 1,   c: [ x ,y ] }\n', 'a: {b: 1, c: [x, y]}\n'],
    [
      'keeps comments of every kind',
      '# top\na: 1   # why\n# before b\nb: [1, 2] # list\n# end\n',
      '# top\na: 1 # why\n# before b\nb: [1, 2] # list\n\n# end\n',
    ],
    ['ends lines behind comments the same', 'a: 1 # why\r\n# b\r\nb: 2\r\n', 'a: 1 # why\n# b\nb: 2\n'],
    ['keeps a text of several lines', 'a: |\n  one\n   two\n\nb: 1\n', 'a: |\n  one\n   two\n\nb: 1\n'],
    ['keeps one blank line', 'a: 1\n\n\n\nb: 2\n', 'a: 1\n\nb: 2\n'],
    ['keeps anchors', 'a: &x {b: 1}\nc: *x\n', 'a: &x {b: 1}\nc: *x\n'],
    ['ends lines the same everywhere', 'a: 1\r\nb: 2\r\n', 'a: 1\nb: 2\n'],
    [
      'leaves the order of what is not ours',
      'kind: Pod\nmetadata: {name: a}\napiVersion: v1\n',
      'kind: Pod\nmetadata: {name: a}\napiVersion: v1\n',
    ],
  ])('%s', (_, before, after) => {
    expect(formatted(before)).toBe(after);
    expect(formatted(after)).toBe(after);
  });

  test('puts keys in their order, with their comments, and names in the author’s', () => {
    const text = `kind: RulePack\napiVersion: nodewright.spectrocloud.com/v1alpha1\nspec:
  gates:
    zulu:
      when: {value: true, operator: equal, fact: node.ready}
      # who
      per: node
      says: x # what
    alpha: {when: {condition: a}, says: y}
  vocabulary: v1\n`;
    expect(formatted(text)).toBe(`${head.split('\n')[0]}\nkind: RulePack\nspec:
  vocabulary: v1
  gates:
    zulu:
      says: x # what
      # who
      per: node
      when: {fact: node.ready, operator: equal, value: true}
    alpha: {says: y, when: {condition: a}}\n`);
  });

  test('names that are words of ours stay where their author put them, in lists our words do not', () => {
    const text = `${head}spec:
  conditions:
    when: {all: [{fact: node.ready, operator: equal, value: true}]}
    says: {condition: when}
  gates:
    value: {says: x, when: {condition: says}}
    fact: {says: y, when: {condition: says}}\n`;
    expect(formatted(text)).toBe(text);
    const turned = text.replace(
      'fact: node.ready, operator: equal, value: true',
      'value: true, fact: node.ready, operator: equal',
    );
    expect(formatted(turned)).toBe(text);
  });

  test.each([
    ['under a key', 'a: {b: ', '}'],
    ['under two keys', 'a:\n  bcd: {b: ', '}'],
    ['as an item', 'a:\n  - {b: ', '}'],
    ['as an item of an item', 'a:\n  - - {b: ', '}'],
    ['under the key of an item', 'a:\n  - b: {b: ', '}'],
    ['with quotes and lists', 'a:\n  b: {b: "x", c: \'y\', d: [u, v, {w: z}], e: ', '}'],
    ['as a list', 'a: [x, y, ', ']'],
  ])('a flow %s stays on its line up to the width, and is opened past it', (_, before, after) => {
    const start = before.slice(before.lastIndexOf('\n') + 1);
    const exact = `${before}${'x'.repeat(120 - start.length - after.length)}${after}\n`;
    expect(formatted(exact)).toBe(exact);
    const wider = exact.replace(`xx${after}\n`, `xxx${after}\n`);
    expect(formatted(wider)).not.toBe(wider);
  });

  test('opens a flow map that does not fit its line, and puts its comment on top', () => {
    const leaf = '{fact: connection.replication, operator: equal, value: Established}';
    const text = `${head}spec: {vocabulary: v1, conditions: {clean: {all: [${leaf}, ${leaf}]}}} # all of it\n`;
    expect(formatted(text)).toBe(`${head}spec:
  # all of it
  vocabulary: v1
  conditions:
    clean:
      all:
        - ${leaf}
        - ${leaf}\n`);
  });

  test('moves nothing where there are aliases: an anchor must come first', () => {
    const text = `${head}spec:\n  gates: {g: {when: &w {condition: a}, says: x}, h: {when: *w, says: x}}\n  vocabulary: v1\n`;
    expect(formatted(text)).toBe(text);
  });

  test('refuses, at its start, what it cannot lay out without a change', () => {
    const result = format({ file: 'x.yaml', text: '&x # x\n- - |\n- &x \n' });
    expect(result.ok ? [] : result.faults).toMatchObject([{ code: 'FORMAT_UNSURE', at: { line: 1, col: 1 } }]);
  });

  test('says what is wrong with what cannot be read', () => {
    const result = format({ file: 'x.yaml', text: 'a: [1\n' });
    expect(!result.ok && result.faults[0]?.code).toBe('YAML_SYNTAX');
  });
});

describe('the three-node example', () => {
  const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'profiles', 'three-node');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort();

  test.each(files)('%s settles after one pass', (file) => {
    const once = formatted(readFileSync(join(folder, file), 'utf8'));
    expect(formatted(once)).toBe(once);
  });
});

test('a comment wherever a line ends or begins is kept, or the text is refused', () => {
  const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'profiles', 'three-node', 'packs');
  const lines = readFileSync(join(folder, 'storage-safety.yaml'), 'utf8').split('\n').slice(0, 60);
  const aPlace = fc.record({ at: fc.nat(lines.length - 1), alone: fc.boolean() });
  let kept = 0;
  fc.assert(
    fc.property(fc.array(aPlace, { minLength: 1, maxLength: 3 }), (places) => {
      const text = lines.flatMap((line, index) => {
        const here = places.flatMap(({ at, alone }, number) =>
          at === index ? [{ alone, mark: `# no${number}.` }] : [],
        );
        const alone = here.filter((one) => one.alone).map(({ mark }) => mark);
        return [...alone, [line, ...here.filter((one) => !one.alone).map(({ mark }) => mark)].join(' ')];
      });
      const result = format({ file: 'x.yaml', text: text.join('\n') });
      if (!result.ok) return;
      kept += 1;
      for (const number of places.keys()) expect(result.value.split(`# no${number}.`).length).toBe(2);
    }),
    runs('FORMAT', 150),
  );
  expect(kept).toBeGreaterThan(0);
});
