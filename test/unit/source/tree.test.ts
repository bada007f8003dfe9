import { expect, test } from 'vitest';
import { child, entryOf, toJson, treeAt } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';

const loaded = parseTree({ file: 'f', text: 'a: {b/c: 1, d~e: [x, {y: 2}]}\n__proto__: trap\n' });
if (!loaded.ok) throw new Error('the fixture does not parse');
const tree = loaded.value;

test.each<[string, unknown]>([
  ['/a/b~1c', 1],
  ['/a/d~0e/0', 'x'],
  ['/a/d~0e/1/y', 2],
  ['/a/d~0e/1/z', { y: 2 }],
  ['/a/d~0e/9', ['x', { y: 2 }]],
  ['/a/d~0e/', ['x', { y: 2 }]],
  ['/a/d~0e/length', ['x', { y: 2 }]],
  ['/__proto__', 'trap'],
])('%s is that part, or the nearest above', (pointer, value) => {
  expect(JSON.stringify(toJson(treeAt(tree, pointer)))).toBe(JSON.stringify(value));
});

test('what is not there is undefined, also by the names that objects have', () => {
  for (const key of ['toString', 'constructor', 'b']) expect(child(tree, key)).toBeUndefined();
  expect(entryOf(tree, 'a')?.keyAt).toMatchObject({ line: 1, col: 1 });
  expect(child(child(tree, 'a'), 'b/c')).toMatchObject({ value: 1 });
  expect(child(undefined, 'a')).toBeUndefined();
});

test('plain data has no prototype to fall into', () => {
  const plain = toJson(tree) as Record<string, unknown>;
  expect(Object.getPrototypeOf(plain)).toBeNull();
  expect(Object.keys(plain)).toEqual(['a', '__proto__']);
});
