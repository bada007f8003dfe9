import type { Fault, Loaded } from '../../kernel/fault.ts';
import { rehearsed } from '../../profile/verify.ts';
import type { Asked } from '../asked.ts';
import { type Covered, Covering, leastFirst, percentOf, percentText, sumOf } from '../coverage.ts';
import { refuse } from '../refuse.ts';
import { type CoverageForm, coverageForms, coverageText, gapTable } from '../render/coverage.ts';
import { inForm } from '../render/form.ts';
import { reportForms } from '../render/report.ts';
import { type Coverage, type TestResult, testData, testReport, testText } from '../render/test.ts';
import { runTest } from '../run-test.ts';
import { leastPercent, noTests, TestBench, testsWanted } from '../test-bench.ts';
import { testFilesOf } from '../tests.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const paths = asked.args.length > 0 ? asked.args : [asked.settings.text('profile') ?? '.'];
  const wanted = testsWanted(asked.settings.text('run'));
  if (!wanted.ok) return refuse(wanted.faults, asked, world);
  const measure = measureAsked(asked);
  if (!measure.ok) return refuse(measure.faults, asked, world);
  const covering = measure.value.wanted ? new Covering() : undefined;
  const bench = new TestBench(world);
  const results: TestResult[] = [];
  const faults: Fault[] = [];
  for (const path of paths) {
    const profile = await bench.profile(path);
    if (!profile.ok) {
      faults.push(...profile.faults);
      continue;
    }
    const found = testFilesOf(world.disk, path, profile.value);
    faults.push(...found.faults);
    for (const file of found.files) {
      if (world.interrupted.aborted) return exit.interrupted;
      const result = await ran(bench, file, path, wanted.value, covering);
      if (!result.ok) faults.push(...result.faults);
      else if (result.value !== undefined) results.push(result.value);
    }
  }
  if (faults.length > 0) return refuse(distinct(faults), asked, world);
  if (results.length === 0) {
    await asked.messages.faults([noTests(asked.settings.text('run'))]);
    return asked.settings.on('exit-zero') ? exit.ok : exit.denied;
  }
  const coverage = asked.settings.on('coverage') ? coverageOfAll(results) : undefined;
  const covered = covering?.result();
  const { form, min } = measure.value;
  const failed = results.filter(({ steps }) => steps.some(({ failures }) => failures.length > 0));
  if (form === 'text' || covered === undefined) {
    world.out.write(rendered(results, coverage, asked.settings.on('coverage') ? covered : undefined, asked));
  } else {
    const profiles = new Map(results.map(({ profile }) => [profile.digest, profile]));
    world.out.write(coverageForms[form](covered, [...profiles.values()]));
    // Standard output is the one document that was asked for.
    if (failed.length > 0) world.err.write(testText(failed, undefined, undefined, asked.look, false));
  }
  const tooLittle = covered !== undefined && min !== undefined && isBelow(min, covered, asked, world);
  return (failed.length > 0 || tooLittle) && !asked.settings.on('exit-zero') ? exit.denied : exit.ok;
}

interface Measure {
  readonly wanted: boolean;
  readonly form: 'text' | CoverageForm;
  readonly min: number | undefined;
}

function measureAsked({ settings, format }: Asked): Loaded<Measure> {
  const form = (settings.text('coverage-format') ?? 'text') as Measure['form'];
  if (form !== 'text' && format !== 'text' && format !== 'wide') {
    const hint = 'the coverage is one document and the results are another: ask twice';
    return { ok: false, faults: [usage(`--coverage-format ${form} and -o ${format} do not go together`, hint)] };
  }
  const min = leastPercent(settings.text('min'));
  if (!min.ok) return min;
  const wanted = settings.on('coverage') || form !== 'text' || min.value !== undefined;
  return { ok: true, value: { wanted, form, min: min.value }, warnings: [] };
}

const missingNamed = 20;

function isBelow(min: number, covered: readonly Covered[], { look, messages }: Asked, world: World): boolean {
  const sum = sumOf(covered);
  if (percentOf(sum) >= min) return false;
  const gaps = leastFirst(covered);
  const shown = messages.verbose ? gaps : gaps.slice(0, missingNamed);
  messages.warn(`coverage is ${percentText(sum)}, and --min asks for ${min} %: ${sum.of - sum.seen} are missing`);
  world.err.write(gapTable(shown, look));
  const rest = gaps.length - shown.length;
  if (rest > 0) messages.note(`and ${rest} more; -v names all`);
  return true;
}

/** Undefined: not asked for, or run already for another profile that shares the pack. */
async function ran(
  bench: TestBench,
  file: string,
  asked: string,
  wanted: RegExp | undefined,
  covering: Covering | undefined,
): Promise<Loaded<TestResult | undefined>> {
  const opened = await bench.open(file, asked, wanted);
  if (!opened.ok || opened.value === undefined) return opened as Loaded<undefined>;
  const { test, draft, capture } = opened.value;
  const { profile } = draft;
  covering?.add(profile);
  const found = await runTest(test, rehearsed(profile), bench.evaluator(draft), capture, covering);
  if (!found.ok) return found;
  const { name, says, at } = test;
  return { ok: true, value: { name, says, file, at, profile, capture, steps: found.steps }, warnings: [] };
}

/** For each gate and finding of every profile that was tested: which words no test has seen. */
function coverageOfAll(results: readonly TestResult[]): readonly Coverage[] {
  const seen = new Set(results.flatMap(({ steps }) => steps.flatMap((step) => step.seen)));
  const rules = new Map<string, Coverage>();
  for (const { profile } of results) {
    for (const { gates, findings } of profile.packs) {
      for (const { name, at } of gates)
        rules.set(`gate ${name}`, coverageOf('gate', name, at, ['open', 'closed', 'unknown'], seen));
      for (const { name, at } of findings)
        rules.set(`finding ${name}`, coverageOf('finding', name, at, ['raised', 'quiet'], seen));
    }
  }
  return [...rules.values()];
}

function coverageOf(
  kind: Coverage['kind'],
  name: string,
  at: Coverage['at'],
  words: readonly string[],
  seen: ReadonlySet<string>,
): Coverage {
  const isSeen = (word: string): boolean => seen.has(`${kind} ${name} ${word}`);
  return { kind, name, at, seen: words.filter(isSeen), unseen: words.filter((word) => !isSeen(word)) };
}

function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify([fault.code, fault.at, fault.message]), fault])).values()];
}

function rendered(
  results: readonly TestResult[],
  coverage: readonly Coverage[] | undefined,
  covered: readonly Covered[] | undefined,
  { format, look, messages }: Asked,
): string {
  return inForm(format, {
    data: () => testData(results, coverage, covered && sumOf(covered)),
    names: () => results.map(({ name }) => name),
    text: () =>
      testText(
        results,
        coverage,
        covered && coverageText(covered, look, messages.verbose || look.wide),
        look,
        messages.verbose,
      ),
    report: (form) => reportForms[form](testReport(results)),
  });
}
