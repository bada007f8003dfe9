import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');

/** A room's own tests must notice, and the properties that are about it. The kernel is what the other two are made of, so
 *  theirs are asked as well. Fuzz, captures, shipped packs and console could only notice more, and cost more than all these. */
const evaluators = 'property/(blindness|determinism|evaluator-agreement|loading)';
const asked: Readonly<Record<string, RegExp>> = {
  kernel: new RegExp(`^test/(unit/(kernel|facts|rules)/|${evaluators}|property/store)`),
  facts: /^test\/(unit\/facts\/|property\/store)/,
  rules: new RegExp(`^test/(unit/(rules|profile)/|${evaluators})`),
};

/** Which of them can notice a change of a file: those that import it, near or far. */
export function testsByFile(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file}`)
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
  const imports = new Map<string, readonly string[]>();
  const reached = new Map(tests.map((test) => [test, reach(test, imports)]));
  return new Map(
    files.map((file) => {
      const mayAsk = asked[file.split('/')[1] ?? ''];
      return [file, tests.filter((test) => mayAsk?.test(test) && reached.get(test)?.has(file))];
    }),
  );
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
