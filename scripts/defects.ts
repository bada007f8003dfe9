/** Puts each defect of test/defects/defects.json into a copy of the project and runs the test that must fail: two copies, since two
 *  run at once. `node scripts/defects.ts [WORD…]` takes only those with one of these words in their law, name or file. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NamedDefect, namedDefects, seeded } from './named-defects.ts';
import { copyInto } from './project-copy.ts';

interface Result {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

interface Outcome {
  readonly status: string;
  /** `3 runs` of a property, from the seed below; `its story` of a test that tells one. */
  readonly after: string;
}

/** Every property of every defect draws the same cases, and so few that all of them fit into a build. */
const seed = '20260304';
const usualShare = '0.05';

/** `passed`, `failed`, or `not run` of the property named, in the copy as it is. */
async function outcomeOf({ test, property, share }: NamedDefect, place: string): Promise<Outcome> {
  const title = property.split(' > ').at(-1) ?? '';
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const env = { ...process.env, NW_RUNS_SHARE: share ?? usualShare, NW_SEED: seed, NW_SHRINK: 'no', NO_COLOR: '1' };
  const vitest = join(place, 'node_modules', 'vitest', 'vitest.mjs');
  const answer = join(place, 'answer.json');
  const args = [vitest, 'run', test, '-t', pattern, '--reporter=json', `--outputFile=${answer}`, '--maxWorkers=1'];
  rmSync(answer, { force: true });
  await new Promise((done) => {
    spawn(process.execPath, args, { cwd: place, env, stdio: 'ignore', timeout: 120_000 }).on('close', done);
  });
  if (!existsSync(answer)) return { status: 'not run', after: '' };
  const { testResults } = JSON.parse(readFileSync(answer, 'utf8')) as Result;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const found = all.find((one) => [...one.ancestorTitles, one.title].join(' > ') === property);
  const runs = /Property failed after (\d+) tests/.exec(found?.failureMessages?.join('\n') ?? '')?.[1];
  return { status: found?.status ?? 'not run', after: runs === undefined ? 'its story' : `${runs} runs` };
}

const words = process.argv.slice(2);
const chosen = namedDefects().filter(
  ({ guards, defect, file }) =>
    words.length === 0 || words.some((word) => guards === word || `${defect} ${file}`.includes(word)),
);
const waiting = [...chosen];
const before = new Map<string, Promise<Outcome>>();
const rows = new Map<NamedDefect, readonly string[]>();
const missed: string[] = [];

async function work(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'nodewright-defects-'));
  try {
    copyInto(place);
    for (let defect = waiting.shift(); defect !== undefined; defect = waiting.shift()) await seedOne(defect, place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function seedOne(defect: NamedDefect, place: string): Promise<void> {
  const { guards, test, property, share } = defect;
  const key = `${test} ${property} ${share}`;
  const clean = before.get(key) ?? outcomeOf(defect, place);
  before.set(key, clean);
  const { status: without } = await clean;
  const path = join(place, defect.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, seeded(text, defect));
  const { status, after } = await outcomeOf(defect, place);
  writeFileSync(path, text);
  const caught = without === 'passed' && status === 'failed';
  if (!caught) missed.push(defect.defect);
  const how = caught ? after : `NOT CAUGHT (without it: ${without}, with it: ${status})`;
  rows.set(defect, [guards, defect.defect, `${test.split('/').at(-1)}: ${property.split(' > ').at(-1)}`, how]);
  process.stderr.write(caught ? '.' : 'x');
}

const started = process.hrtime.bigint();
await Promise.all([work(), work()]);
const seconds = Number((process.hrtime.bigint() - started) / 1_000_000_000n);
process.stderr.write('\n');
process.stdout.write('| law | defect | caught by | after |\n|---|---|---|---|\n');
for (const defect of chosen) process.stdout.write(`| ${rows.get(defect)?.join(' | ')} |\n`);
const sum = missed.length === 0 ? 'every one is caught' : `${missed.length} not caught`;
process.stdout.write(`\n${chosen.length} defects, ${sum}, in ${seconds} s (seed ${seed})\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
