import { factsFile } from '../../capture/stated.ts';
import { error, type Fault, type Loaded } from '../../kernel/fault.ts';
import { parseDuration } from '../../kernel/value.ts';
import type { Side } from '../../review/side.ts';
import { shown } from '../../source/shown.ts';
import { hintFor } from '../../source/suggest.ts';
import type { Asked } from '../asked.ts';
import { type Looking, lookingFor } from '../looking.ts';
import { proved, type Survivor } from '../mutation-proof.ts';
import { type MutationAsked, type MutationPorts, runMutations, standsOf } from '../mutation-run.ts';
import { type Mutations, percentOf, wholeScore } from '../mutation-score.ts';
import { progressOn } from '../progress.ts';
import { where } from '../ready-test.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { mutateData, mutateReport } from '../render/mutate-data.ts';
import { mutateMarkdown } from '../render/mutate-markdown.ts';
import { mutateText } from '../render/mutate-text.ts';
import { reportForms } from '../render/report.ts';
import { openSide } from '../review-inputs.ts';
import { leastPercent, noTests, type OpenedTest, TestBench, testsWanted } from '../test-bench.ts';
import { homeOf, testFilesOf } from '../tests.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = asked.args[0] ?? asked.settings.text('profile') ?? '.';
  const opened = await open(path, asked, world);
  if (!opened.ok) return refuse(opened.faults, asked, world);
  const { side, tests, others } = opened.value;
  const sizes = sizesAsked(asked, side);
  if (!sizes.ok) return refuse(sizes.faults, asked, world);
  if (tests.length === 0) {
    await asked.messages.faults([noTests(asked.settings.text('run'))]);
    return asked.settings.on('exit-zero') ? exit.ok : exit.denied;
  }
  const progress = progressOn(asked, world);
  const ports: MutationPorts = {
    meterMs: () => world.monotonicMs(),
    isInterrupted: () => world.interrupted.aborted,
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    progress: ({ done, of, survived }) =>
      progress.tell(() => `${done} of ${of} changes looked at, ${survived} not noticed`),
  };
  const stands = await standsOf(side, others, tests, ports);
  if (!stands.ok) return failed(stands.faults, asked, world);
  const found = await runMutations({ ...sizes.value, side, stands: stands.value }, ports);
  // Time for sites runs only now.
  const looking = found.survived.length === 0 ? undefined : await lookingAsked(side, asked, world);
  if (looking?.ok === false) return refuse(looking.faults, asked, world);
  const survived = await lookedFor(found.survived, looking?.value);
  progress.end();
  const mutations: Mutations = {
    profile: side.profile,
    tests: tests.length,
    found,
    seed: sizes.value.seed,
    survived,
    looked: looking === undefined ? undefined : { bound: looking.value.bound, solver: looking.value.solver.name },
  };
  const unwritten = await writeTests(survived, asked, world);
  if (unwritten.length > 0) return refuse(unwritten, asked, world);
  world.out.write(rendered(mutations, asked));
  return codeOf(mutations, sizes.value.min, asked, world);

  function lookedFor(
    left: Parameters<typeof proved>[0],
    looked: Looking | undefined,
  ): Promise<readonly Survivor[]> | readonly Survivor[] {
    if (looked === undefined) return left.map((one) => ({ ...one, could: undefined, ready: undefined }));
    const folder = asked.settings.text('write-tests') ?? `${homeOf(world.disk, path)}/tests`;
    const profile = world.disk.relative(world.disk.resolve(folder), world.disk.resolve(path));
    const words = (done: number, of: number): string => `sites are looked for: ${done} of ${of} changes`;
    return proved(left, side, profile, { ...looked, progress: (done, of) => progress.tell(() => words(done, of)) });
  }
}

interface Opened {
  readonly side: Side;
  readonly tests: readonly OpenedTest[];
  /** The other profiles that some of the tests are of. */
  readonly others: readonly Side[];
}

async function open(path: string, { settings }: Asked, world: World): Promise<Loaded<Opened>> {
  const wanted = testsWanted(settings.text('run'));
  if (!wanted.ok) return wanted;
  const bench = new TestBench(world);
  const [draft, side] = [await bench.profile(path), await openSide(path, world)];
  if (!draft.ok) return draft;
  if (!side.ok) return side;
  const found = testFilesOf(world.disk, path, draft.value);
  const faults: Fault[] = [...found.faults];
  const tests: OpenedTest[] = [];
  for (const file of found.files) {
    const test = await bench.open(file, path, wanted.value);
    if (!test.ok) faults.push(...test.faults);
    else if (test.value !== undefined) tests.push(test.value);
  }
  const others: Side[] = [];
  for (const other of new Set(tests.map((test) => test.path))) {
    const loaded = await openSide(other, world);
    if (loaded.ok) others.push(loaded.value);
    else faults.push(...loaded.faults);
  }
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, value: { side: side.value, tests, others }, warnings: [] };
}

type Sizes = Omit<MutationAsked, 'side' | 'stands'> & { readonly min: number | undefined };

function sizesAsked({ settings }: Asked, { profile }: Side): Loaded<Sizes> {
  const faults: Fault[] = [];
  const names = profile.packs.map(({ name }) => name);
  const packs = settings.list('pack');
  for (const pack of packs.filter((one) => !names.includes(one))) {
    const hint = hintFor(pack, names, `it has ${names.join(', ')}`);
    faults.push(usage(`profile \`${profile.name}\` has no pack \`${shown(pack)}\``, hint));
  }
  const number = (name: 'seed' | 'limit', least: number): number | undefined => {
    const text = settings.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least) return value;
    faults.push(usage(`--${name} is \`${text}\``, `write a whole number from ${least} on`));
    return undefined;
  };
  const [limit, seed] = [number('limit', 1), number('seed', 0) ?? 1];
  const time = settings.text('time');
  const timeMaxMs = time === undefined ? Number.POSITIVE_INFINITY : parseDuration(time);
  if (timeMaxMs === undefined) faults.push(usage(`--time is \`${time}\``, 'write it as 10m'));
  const min = leastPercent(settings.text('min'));
  if (!min.ok) faults.push(...min.faults);
  if (faults.length > 0 || !min.ok) return { ok: false, faults };
  const sizes = {
    packs: packs.length === 0 ? undefined : packs,
    limit,
    seed,
    timeMaxMs: timeMaxMs ?? 0,
    min: min.value,
  };
  return { ok: true, value: sizes, warnings: [] };
}

async function lookingAsked(side: Side, asked: Asked, world: World): Promise<Loaded<Looking> | undefined> {
  return asked.settings.on('captures-only') ? undefined : lookingFor(asked, [side], world);
}

/** A test that fails has failed; one that cannot be run is no test. */
async function failed(faults: readonly Fault[], asked: Asked, world: World): Promise<ExitCode> {
  if (faults.some(({ code }) => code !== 'TEST_FAILED')) return refuse(faults, asked, world);
  await asked.messages.faults(faults);
  return exit.denied;
}

/** All of them, or none if one of the files is there. */
async function writeTests(
  survived: readonly Survivor[],
  { settings, messages }: Asked,
  { disk }: World,
): Promise<readonly Fault[]> {
  const folder = settings.text('write-tests');
  if (folder === undefined) return [];
  const ready = survived.flatMap((one) => one.ready ?? []);
  const files = ready
    .flatMap(({ test, capture }) => [capture, test])
    .map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  const there = files.filter(({ path }) => disk.kindOf(path) !== 'none');
  if (there.length > 0) {
    const hint = 'nothing was written; name another folder';
    return there.map(({ path }) => error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, 'is there already', hint));
  }
  for (const { path, text } of files) {
    const home = path.endsWith(`/${factsFile}`) ? path.slice(0, -factsFile.length - 1) : folder;
    const made = disk.makeFolder(home);
    const done = made.ok ? await disk.write(path, text, true) : made;
    if (!done.ok) return done.faults;
  }
  messages.note(`${ready.length} tests were written into ${folder}`);
  return [];
}

/** What was asked for and is not there outweighs a bound; where it hangs on the bound, the bound is what is said. */
function codeOf(mutations: Mutations, min: number | undefined, { settings, messages }: Asked, world: World): ExitCode {
  const { stopped } = mutations.found;
  if (stopped === 'interrupted' || world.interrupted.aborted) return exit.interrupted;
  const score = wholeScore(mutations);
  if (min !== undefined && percentOf(score) < min) {
    const atBest = percentOf({ ...score, survived: score.survived - score.open });
    messages.warn(
      `the score is ${percentOf(score)} %, and --min asks for ${min} %: ${score.survived} changes are not noticed`,
    );
    if (atBest < min) return settings.on('exit-zero') ? exit.ok : exit.denied;
    return exit.bound;
  }
  return stopped === 'time' ? exit.bound : exit.ok;
}

function rendered(mutations: Mutations, { format, look, messages }: Asked): string {
  return inForm(format, {
    data: () => mutateData(mutations),
    names: () => mutations.survived.map(where),
    text: () => mutateText(mutations, look, messages.verbose || look.wide),
    markdown: () => mutateMarkdown(mutations),
    report: (form) => reportForms[form](mutateReport(mutations)),
  });
}
