import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { applied, type Mutant, mutantsOf } from './mutants.ts';
import { MutationProcess } from './mutation-process.ts';
import { explanations, type Memory, report } from './mutation-report.ts';
import { isCore, sampled, sampleOf } from './mutation-sample.ts';
import { copyInto } from './project-copy.ts';
import { testsByFile } from './related-tests.ts';
import { TestOrder } from './test-order.ts';

const usage = `Seeds defects into the kernel, the facts and the rules, one at a time, and sees whether a test notices.

  npm run mutate -- [--files src/rules,src/kernel/value.ts] [--max N] [--jobs 2] [--again survivors|all] [--report]

  --files   folders or files, separated by commas (default: src/kernel,src/facts,src/rules)
  --max     try so many mutants a file instead of the usual sample; --max all tries them all
  --seed    another seed tries other mutants (default: 20260304)
  --jobs    processes at once, at most 2
  --again   try again what survived without a reason, or everything; else only what was not tried since the file changed
  --memory  the file of what was tried, so that two runs can share the work
  --report  only write docs/mutation.md from what is known
`;

const root = join(import.meta.dirname, '..');
const usualMemory = join(root, 'node_modules', '.cache', 'nodewright-mutation.json');
const explainedFile = join(root, 'test', 'mutation-explained.json');
const rooms = 'src/kernel,src/facts,src/rules';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: rooms },
    max: { type: 'string' },
    seed: { type: 'string', default: '20260304' },
    jobs: { type: 'string', default: '2' },
    again: { type: 'string' },
    memory: { type: 'string', default: usualMemory },
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

interface Task {
  readonly file: string;
  readonly text: string;
  readonly key: string;
  readonly mutant: Mutant;
}

async function main(): Promise<void> {
  const files = sourceFiles(options.files);
  const known = readMemory(files);
  if (!options.report) await run(files, known);
  const all = sourceFiles(rooms).map((file) => {
    const mutants = mutantsOf(file, readFileSync(join(root, file), 'utf8'));
    const chosen = chosenOf(file, mutants);
    const outcomes = chosen.flatMap((mutant) => known[file]?.outcomes[keyOf(mutant)] ?? []);
    return { file, mutants: mutants.length, untried: chosen.length - outcomes.length, outcomes };
  });
  writeFileSync(join(root, 'docs', 'mutation.md'), report(all, explainedFile, Number(options.seed)));
  process.stdout.write('docs/mutation.md written\n');
}

async function run(files: readonly string[], known: Memory): Promise<void> {
  // What could open a gate comes first.
  const inOrder = [...files.filter(isCore), ...files.filter((file) => !isCore(file))];
  const tasks = inOrder.flatMap((file) => tasksOf(file, known));
  process.stdout.write(`${tasks.length} mutants to try in ${files.length} files\n`);
  if (tasks.length === 0) return;
  const tests = testsByFile(files);
  const place = mkdtempSync(join(tmpdir(), 'nodewright-mutate-'));
  const started = Date.now();
  let done = 0;
  try {
    const jobs = Math.min(2, Math.max(1, Number(options.jobs)), tasks.length);
    const order = new TestOrder();
    const work = async (number: number): Promise<void> => {
      const worker = new MutationProcess(copyInto(join(place, `job-${number}`)));
      if (number === 0) await measure(worker, files, tests, order);
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
        const { file, text, mutant } = task;
        const change = { file, original: text, mutated: applied(text, mutant) };
        const killedBy = await worker.noticed(change, order.groupsFor(file, tests.get(file) ?? []));
        if (killedBy !== undefined) order.noticed(file, killedBy);
        const { line, code, change: what } = mutant;
        const outcome = { line, code, change: what, ...(killedBy === undefined ? {} : { killedBy }) };
        (known[file] as Memory[string]).outcomes[task.key] = outcome; // made by tasksOf
        done += 1;
        if (killedBy === undefined) process.stdout.write(`survived ${file}:${line} ${what}: ${code}\n`);
        if (done % 25 === 0) {
          remember(known);
          const each = (Date.now() - started) / done / 1_000;
          process.stdout.write(
            `${done} tried, ${tasks.length} left, about ${Math.ceil((tasks.length * each) / 60)} min\n`,
          );
        }
      }
      worker.end();
    };
    // The first job proves that all tests pass before anything is seeded.
    const first = work(0);
    await Promise.all([first, ...Array.from({ length: jobs - 1 }, async (_, index) => work(index + 1))]);
  } finally {
    remember(known);
    rmSync(place, { recursive: true, force: true });
  }
}

/** The tests as they are: they must pass, and how long each takes decides the order in which mutants meet them. */
async function measure(
  worker: MutationProcess,
  files: readonly string[],
  tests: ReadonlyMap<string, readonly string[]>,
  order: TestOrder,
): Promise<void> {
  const [file] = files;
  if (file === undefined) return;
  const text = readFileSync(join(root, file), 'utf8');
  const all = [...new Set(files.flatMap((each) => tests.get(each) ?? []))].sort();
  const answer = await worker.ask({ file, mutated: text, original: text, tests: all }, 900_000);
  if (answer === undefined || answer.killedBy !== undefined) {
    worker.end();
    throw new Error(`a test fails before anything was seeded: ${answer?.killedBy ?? 'no answer'}`);
  }
  order.measured(answer.ms);
}

function sourceFiles(places: string): readonly string[] {
  const wanted = places.split(',').map((path) => normalize(path).replace(/\/$/, ''));
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file}`)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('/generated/'))
    .filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}/`)))
    .sort();
}

function tasksOf(file: string, known: Memory): readonly Task[] {
  const text = readFileSync(join(root, file), 'utf8');
  known[file] ??= { digest: digestOf(text), outcomes: {} };
  const { outcomes } = known[file];
  const reasons = explanations(explainedFile);
  const isExplained = ({ code, change }: Mutant): boolean => reasons.has(`${file}\n${code}\n${change}`);
  return chosenOf(file, mutantsOf(file, text)).flatMap((mutant) => {
    const key = keyOf(mutant);
    const before = outcomes[key];
    const again =
      options.again === 'all' ||
      (options.again === 'survivors' && before?.killedBy === undefined && !isExplained(mutant));
    return before === undefined || again ? [{ file, text, key, mutant }] : [];
  });
}

function chosenOf(file: string, mutants: readonly Mutant[]): readonly Mutant[] {
  const usual = isCore(file) ? sampled.core : sampled.rest;
  const most = options.max === 'all' ? Number.POSITIVE_INFINITY : Number(options.max ?? usual);
  return sampleOf(file, mutants, most, Number(options.seed));
}

function keyOf({ start, end, replacement }: Mutant): string {
  return `${start}-${end} ${replacement}`;
}

function readMemory(files: readonly string[]): Memory {
  const all = existsSync(options.memory) ? (JSON.parse(readFileSync(options.memory, 'utf8')) as Memory) : {};
  for (const file of Object.keys(all)) {
    const path = join(root, file);
    const stands = existsSync(path) && digestOf(readFileSync(path, 'utf8')) === all[file]?.digest;
    if (!stands || (options.again === 'all' && files.includes(file))) delete all[file];
  }
  return all;
}

function remember(known: Memory): void {
  mkdirSync(dirname(options.memory), { recursive: true });
  writeFileSync(options.memory, JSON.stringify(known));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

if (options.help) process.stdout.write(usage);
else await main();
