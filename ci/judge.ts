import type { Inputs } from './inputs.ts';
import { firstWord, type Nwctl, type Ran } from './nwctl.ts';
import type { Found } from './profiles.ts';

/** The sizes in which a profile's part of a comment is to be had, in characters: the largest that fits is shown. */
export const sizes = [900_000, 64_000, 32_000, 16_000, 8_000, 4_000, 1_500] as const;

export const levels = ['danger', 'caution', 'routine', 'none'] as const;
export type Level = (typeof levels)[number];

/** What `nwctl` said of one profile. */
export interface Judged {
  readonly path: string;
  readonly is: 'compared' | 'new' | 'gone' | 'not compared';
  /** `none` also of what was not compared: `is` says so. */
  readonly level: Level;
  /** In words, for a line of a table. */
  readonly decisions: string;
  readonly check: 'passed' | 'failed' | 'not run';
  readonly test: 'passed' | 'failed' | 'not run';
  /** The worst of all its exit codes, by docs/exit-codes.md: 0 1 2 3 5 6. */
  readonly code: number;
  /** The diff as Markdown, largest first; none where there is nothing to tell. */
  readonly told: readonly string[];
  /** Everything that `nwctl` printed, in its order. */
  readonly ran: readonly { readonly what: string; readonly ran: Ran }[];
}

/** Reading what `nwctl` wrote; undefined where it did not. */
export type ReadFile = (path: string) => string | undefined;

/** Files of one profile: the form, and what stands behind its stem. */
export const kept = { json: '.json', sarif: '.sarif', html: '.html', junit: '.diff.xml', text: '.txt' } as const;
export const keptTests = '.test.xml';
/** A folder with each made-up site as a capture. */
export const keptSites = '-sites';

/** Check, test, diff. What does not check clean is neither tested nor compared: it would be told thrice. */
export async function judge(
  found: Found,
  base: { readonly revision: string; readonly prefix: string },
  inputs: Inputs,
  stem: string,
  nwctl: Nwctl,
  read: ReadFile,
): Promise<Judged> {
  const { path, before, now } = found;
  const nothing = {
    path,
    level: 'none',
    decisions: '',
    check: 'not run',
    test: 'not run',
    code: 0,
    told: [],
    ran: [],
  } as const;
  if (!now) {
    const decisions = 'the profile is gone: none of its gates is asked any more';
    return { ...nothing, is: 'gone', level: 'danger', decisions, code: inputs.failOn === 'never' ? 5 : 3 };
  }
  const form = inputs.on === 'github' ? 'github' : 'text';
  const run = async (what: string, ...args: readonly string[]) => ({ what, ran: await nwctl([what, ...args]) });
  const check = await run('check', '-o', form, '--', path);
  if (check.ran.code !== 0) {
    const why = check.ran.code === 2 ? `it does not check clean (\`nwctl check ${path}\`)` : firstWord(check.ran);
    const decisions = `not compared: ${why}`;
    return { ...nothing, is: 'not compared', decisions, check: 'failed', code: check.ran.code, ran: [check] };
  }
  const test = await run('test', '-o', form, '--', path);
  const tested = test.ran.code === 0 ? 'passed' : 'failed';
  const soFar = { ...nothing, check: 'passed', test: tested, code: test.ran.code, ran: [check, test] } as const;
  if (!before) return { ...soFar, is: 'new', decisions: 'the profile is new: there is nothing to compare it with' };
  const saves = [
    ...Object.entries(kept).map(([form, ending]) => `${form}=${stem}${ending}`),
    ...sizes.map((size) => `markdown@${size}=${stem}.${size}.md`),
  ];
  const diff = await run(
    'diff',
    ...['-o', form, '--exit-code', ...(inputs.failOn === 'never' ? [] : [`--fail-on=${inputs.failOn}`])],
    ...inputs.captures.map((folder) => `--captures=${folder}`),
    ...(inputs.moments ? ['--moments'] : []),
    ...(inputs.prove ? [] : ['--captures-only']),
    ...(inputs.bound === undefined ? [] : [`--bound=${inputs.bound}`]),
    ...(inputs.budget === undefined ? [] : [`--budget=${inputs.budget}`]),
    ...(inputs.prove ? [`--sites=${stem}${keptSites}`] : []),
    ...saves.map((save) => `--save=${save}`),
    ...['--', `${base.revision}:${base.prefix}${path}`, path],
  );
  const ran = [check, test, diff];
  // Danger where nobody asked to fail for it is a difference.
  const differs = diff.ran.code === 3 && inputs.failOn === 'never' ? 5 : diff.ran.code;
  const code = worse(test.ran.code, differs);
  const json = read(stem + kept.json);
  if (json === undefined) {
    return { ...soFar, is: 'not compared', decisions: `not compared: ${firstWord(diff.ran)}`, code, ran };
  }
  const { level, corpus, proof } = JSON.parse(json) as Diff;
  const [opens, broken] = [
    (proof?.questions ?? []).filter((question) => question.opens?.answer === 'witness').length,
    corpus.broken.length,
  ];
  const { differ, equal } = corpus.decisions;
  const decisions = [
    `${differ} of ${differ + equal} differ, on ${corpus.differing.length} of ${corpus.captures.length} captures`,
    ...(opens === 0 ? [] : [`${opens} let through what was held on a site of no capture`]),
    ...(broken === 0 ? [] : [`${broken} captures could not be judged`]),
  ].join('; ');
  const told = sizes.map((size) => read(`${stem}.${size}.md`) ?? '');
  return { ...soFar, is: 'compared', level: level ?? 'none', decisions, code, told: [...new Set(told)], ran };
}

/** As much as is read here of diff.v1.json. */
interface Diff {
  readonly level: Exclude<Level, 'none'> | null;
  readonly corpus: {
    readonly captures: readonly string[];
    readonly differing: readonly string[];
    readonly broken: readonly unknown[];
    readonly decisions: { readonly equal: number; readonly differ: number };
  };
  readonly proof: { readonly questions: readonly { readonly opens?: { readonly answer: string } | null }[] } | null;
}

/** Which exit code says more: our bug, bad input, a failure, a bound that was hit, a difference, nothing. */
const byWeight = [1, 2, 3, 4, 6, 5, 0];

export function worse(a: number, b: number): number {
  const weight = (code: number): number => (byWeight.includes(code) ? byWeight.indexOf(code) : -1);
  return weight(a) <= weight(b) ? a : b;
}

export function worstLevel(all: readonly Judged[]): Level {
  return levels.find((level) => all.some((one) => one.level === level)) ?? 'none';
}
