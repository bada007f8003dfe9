/** Puts each defect of test/defects/defects.json into a copy of the project and runs the property that must fail. */
import { spawnSync } from 'node:child_process';
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
    }[];
  }[];
}

/** `passed`, `failed`, or `not run` of the property named, in the copy as it is. */
function outcomeOf({ test, property }: NamedDefect, place: string): string {
  const title = property.split(' > ').at(-1) ?? '';
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const env = { ...process.env, NW_RUNS_SHARE: '0.05', NW_SEED: '20260304', NO_COLOR: '1' };
  const vitest = join(place, 'node_modules', 'vitest', 'vitest.mjs');
  const answer = join(place, 'answer.json');
  const args = [vitest, 'run', test, '-t', pattern, '--reporter=json', `--outputFile=${answer}`, '--maxWorkers=1'];
  rmSync(answer, { force: true });
  spawnSync(process.execPath, args, { cwd: place, env, stdio: 'ignore' });
  if (!existsSync(answer)) return 'not run';
  const { testResults } = JSON.parse(readFileSync(answer, 'utf8')) as Result;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const found = all.find((one) => [...one.ancestorTitles, one.title].join(' > ') === property);
  return found?.status ?? 'not run';
}

const place = mkdtempSync(join(tmpdir(), 'nodewright-defects-'));
const missed: string[] = [];
try {
  copyInto(place);
  const before = new Map<string, string>();
  for (const defect of namedDefects()) {
    const key = `${defect.test} ${defect.property}`;
    const clean = before.get(key) ?? outcomeOf(defect, place);
    before.set(key, clean);
    const path = join(place, defect.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, seeded(text, defect));
    const outcome = outcomeOf(defect, place);
    writeFileSync(path, text);
    const caught = clean === 'passed' && outcome === 'failed';
    if (!caught) missed.push(defect.defect);
    const how = caught ? 'caught' : `NOT CAUGHT (without it: ${clean}, with it: ${outcome})`;
    process.stdout.write(
      `${how}  ${defect.guards}: ${defect.defect}\n        by ${defect.test} › ${defect.property}\n`,
    );
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
process.stdout.write(missed.length === 0 ? 'every one is caught\n' : `${missed.length} not caught\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
