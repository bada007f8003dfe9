import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');

/** The tests that are asked: the rooms' own and the properties of the evaluators and of the store. The fuzz, the captures,
 *  the shipped packs and the console would cost more than all these together, and could only notice more. */
const asked =
  /^test\/(unit\/(kernel|facts|rules|profile)\/.*|property\/(blindness|determinism|evaluator-agreement|loading|store)\.property)\.test\.ts$/;

/** Which of them can notice a change of a file: those that import it, near or far. */
export function testsByFile(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file}`)
    .filter((file) => asked.test(file))
    .sort();
  const imports = new Map<string, readonly string[]>();
  const reached = new Map(tests.map((test) => [test, reach(test, imports)]));
  return new Map(files.map((file) => [file, tests.filter((test) => reached.get(test)?.has(file))]));
}

function reach(from: string, imports: Map<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [from];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (!imports.has(file)) imports.set(file, importsOf(file));
    waiting.push(...(imports.get(file) ?? []));
  }
  return found;
}

function importsOf(file: string): readonly string[] {
  if (!file.endsWith('.ts') || !existsSync(join(root, file))) return [];
  const text = readFileSync(join(root, file), 'utf8');
  const { module } = parseSync(file, text);
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1)),
  ];
  return named.filter((name) => name.startsWith('.')).map((name) => join(dirname(file), name));
}
