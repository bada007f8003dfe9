import type { Capture } from '../../capture/capture.ts';
import { openCapture } from '../../capture/files.ts';
import { error, type Fault, type Loaded } from '../../kernel/fault.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import type { LoadedDraft } from '../../profile/load.ts';
import { loadTest, testHeader } from '../../profile/test-file.ts';
import { rehearsed } from '../../profile/verify.ts';
import { type Compiled, compile } from '../../rules/compile.ts';
import type { Asked } from '../asked.ts';
import { type Covered, Covering, leastFirst, percentOf, percentText, sumOf } from '../coverage.ts';
import { openDraft } from '../profiles.ts';
import { refuse } from '../refuse.ts';
import { type CoverageForm, coverageForms, coverageText, gapTable } from '../render/coverage.ts';
import { inForm } from '../render/form.ts';
import { reportForms } from '../render/report.ts';
import { type Coverage, type TestResult, testData, testReport, testText } from '../render/test.ts';
import { runTest } from '../run-test.ts';
import { beside, testFilesOf } from '../tests.ts';
import { usage } from '../usage.ts';
import { readSource } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const paths = asked.args.length > 0 ? asked.args : [asked.settings.text('profile') ?? '.'];
  const wanted = pattern(asked.settings.text('run'));
  if (!wanted.ok) return refuse(wanted.faults, asked, world);
  const measure = measureAsked(asked);
  if (!measure.ok) return refuse(measure.faults, asked, world);
  const bench = new Bench(world, measure.value.wanted ? new Covering() : undefined);
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
      const result = await bench.test(file, path, wanted.value);
      if (!result.ok) faults.push(...result.faults);
      else if (result.value !== undefined) results.push(result.value);
    }
  }
  if (faults.length > 0) return refuse(distinct(faults), asked, world);
  if (results.length === 0) {
    const hint =
      asked.settings.text('run') === undefined
        ? 'put RuleTest files into `tests/` beside the profile or its packs'
        : 'no name and no file matches --run';
    await asked.messages.faults([error('TEST_NONE', { file: '', line: 0, col: 0 }, 'no test was found', hint)]);
    return asked.settings.on('exit-zero') ? exit.ok : exit.denied;
  }
  const coverage = asked.settings.on('coverage') ? bench.coverage(results) : undefined;
  const covered = bench.covering?.result();
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
  const text = settings.text('min');
  const min = text === undefined ? undefined : /^(\d{1,3}(?:\.\d+)?) ?%?$/.exec(text)?.[1];
  if (text !== undefined && (min === undefined || Number(min) > 100)) {
    return { ok: false, faults: [usage(`--min is \`${text}\``, 'write it as 80%, from 0% to 100%')] };
  }
  const wanted = settings.on('coverage') || form !== 'text' || min !== undefined;
  return { ok: true, value: { wanted, form, min: min === undefined ? undefined : Number(min) }, warnings: [] };
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

function pattern(text: string | undefined): Loaded<RegExp | undefined> {
  if (text === undefined) return { ok: true, value: undefined, warnings: [] };
  try {
    return { ok: true, value: new RegExp(text), warnings: [] };
  } catch {
    return {
      ok: false,
      faults: [
        usage(`--run is \`${text}\`, which is no regular expression`, 'quote what has a meaning there, as in `\\\\(`'),
      ],
    };
  }
}

/** What several tests share is loaded once. */
class Bench {
  readonly #world: World;
  readonly #profiles = new Map<string, Loaded<LoadedDraft>>();
  readonly #captures = new Map<string, Loaded<Capture>>();
  readonly #evaluators = new Map<string, Compiled>();
  readonly #done = new Set<string>();

  readonly covering: Covering | undefined;

  constructor(world: World, covering: Covering | undefined) {
    this.#world = world;
    this.covering = covering;
  }

  async profile(path: string): Promise<Loaded<LoadedDraft>> {
    const key = this.#world.disk.resolve(path);
    const known = this.#profiles.get(key) ?? (await openDraft(path, this.#world));
    this.#profiles.set(key, known);
    return known;
  }

  /** Undefined: not asked for, or run already for another profile that shares the pack. */
  async test(file: string, asked: string, wanted: RegExp | undefined): Promise<Loaded<TestResult | undefined>> {
    const { disk } = this.#world;
    const nothing = { ok: true, value: undefined, warnings: [] } as const;
    const read = readSource(disk, file);
    if ('faults' in read) return { ok: false, faults: read.faults };
    const header = testHeader(read.source);
    if (!header.ok) return header;
    const path = header.value.profile === undefined ? asked : beside(disk, file, header.value.profile.path);
    const key = `${disk.resolve(file)} ${disk.resolve(path)}`;
    if (this.#done.has(key)) return nothing;
    this.#done.add(key);
    const profile = await this.profile(path);
    if (!profile.ok) return profile;
    const test = loadTest(read.source, profile.value.profile, vocabulary);
    if (!test.ok) return test;
    if (wanted !== undefined && !wanted.test(test.value.name) && !wanted.test(file)) return nothing;
    const capture = await this.#capture(beside(disk, file, test.value.capture.path));
    if (!capture.ok) {
      const fault = error('TEST_INVALID', test.value.capture.at, 'its capture could not be loaded');
      return { ok: false, faults: [fault, ...capture.faults] };
    }
    this.covering?.add(profile.value.profile);
    const ran = await runTest(
      test.value,
      rehearsed(profile.value.profile),
      this.#evaluator(profile.value),
      capture.value,
      this.covering,
    );
    if (!ran.ok) return ran;
    const { name, says, at } = test.value;
    return {
      ok: true,
      value: { name, says, file, at, profile: profile.value.profile, capture: capture.value, steps: ran.steps },
      warnings: [],
    };
  }

  /** For each gate and finding of every profile that was tested: which words no test has seen. */
  coverage(results: readonly TestResult[]): readonly Coverage[] {
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

  async #capture(path: string): Promise<Loaded<Capture>> {
    const known = this.#captures.get(path) ?? (await openCapture(path, { stdin: this.#world.stdin }));
    this.#captures.set(path, known);
    return known;
  }

  #evaluator({ profile }: LoadedDraft): Compiled {
    const known = this.#evaluators.get(profile.digest) ?? compile(profile.packs);
    this.#evaluators.set(profile.digest, known);
    return known;
  }
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
