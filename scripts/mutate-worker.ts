import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest, type TestModule } from 'vitest/node';

/** Asked: these tests, over the copy as it is but for one file's text. Answered: which of them failed first, if any. */
export interface Ask {
  readonly file: string;
  readonly mutated: string;
  readonly original: string;
  readonly tests: readonly string[];
}
export interface Answer {
  readonly killedBy: string | undefined;
  readonly ms: Readonly<Record<string, number>>;
}

/** A process of its own, so that a mutant which loops for ever can be ended from outside. */
const root = process.argv[2] ?? '';
const vitest = await createVitest('test', {
  root,
  config: join(root, 'vitest.config.ts'),
  watch: false,
  bail: 1,
  reporters: [{}],
  maxWorkers: 1,
  fileParallelism: false,
  isolate: false,
  cache: false,
});
await vitest.standalone();

process.on('message', async (ask: Ask) => {
  const path = join(root, ask.file);
  try {
    process.send?.(await answer(ask, path));
  } finally {
    put(path, ask.original);
  }
});
process.send?.('ready');

async function answer({ mutated, tests }: Ask, path: string): Promise<Answer> {
  put(path, mutated);
  const specifications = await vitest.globTestSpecifications(tests.map((file) => join(root, file)));
  const { testModules: everRun, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const testModules = everRun.filter((module) => tests.includes(module.relativeModuleId));
  const ms = Object.fromEntries(testModules.map((module) => [module.relativeModuleId, module.diagnostic().duration]));
  const failed = testModules.find((module) => !module.ok());
  if (failed !== undefined) return { killedBy: `${failed.relativeModuleId}${nameOf(failed)}`, ms };
  return { killedBy: unhandledErrors.length > 0 ? 'an error outside of any test' : undefined, ms };
}

function nameOf(module: TestModule): string {
  for (const test of module.children.allTests('failed')) return ` › ${test.fullName}`;
  return '';
}

function put(path: string, text: string): void {
  writeFileSync(path, text);
  vitest.invalidateFile(path);
}
