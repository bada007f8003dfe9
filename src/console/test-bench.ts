import type { Capture } from '../capture/capture.ts';
import { openCapture } from '../capture/files.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { LoadedDraft } from '../profile/load.ts';
import { loadTest, type RuleTest, testHeader } from '../profile/test-file.ts';
import { type Compiled, compile } from '../rules/compile.ts';
import { openDraft } from './profiles.ts';
import { beside } from './tests.ts';
import { usage } from './usage.ts';
import { readSource } from './walk.ts';
import type { World } from './world.ts';

/** A test with all that it needs to run. */
export interface OpenedTest {
  readonly test: RuleTest;
  readonly file: string;
  /** Of its own profile, as somebody standing in the working directory would type it. */
  readonly path: string;
  readonly draft: LoadedDraft;
  readonly capture: Capture;
}

/** What several tests share is loaded once. */
export class TestBench {
  readonly #world: World;
  readonly #profiles = new Map<string, Loaded<LoadedDraft>>();
  readonly #captures = new Map<string, Loaded<Capture>>();
  readonly #evaluators = new Map<string, Compiled>();
  readonly #opened = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  async profile(path: string): Promise<Loaded<LoadedDraft>> {
    const key = this.#world.disk.resolve(path);
    const known = this.#profiles.get(key) ?? (await openDraft(path, this.#world));
    this.#profiles.set(key, known);
    return known;
  }

  /** `asked`: the profile of tests that name none. Undefined: its name is not wanted, or it was opened before for another profile that
   *  shares the pack. */
  async open(file: string, asked: string, wanted: RegExp | undefined): Promise<Loaded<OpenedTest | undefined>> {
    const { disk } = this.#world;
    const nothing = { ok: true, value: undefined, warnings: [] } as const;
    const read = readSource(disk, file);
    if ('faults' in read) return { ok: false, faults: read.faults };
    const header = testHeader(read.source);
    if (!header.ok) return header;
    const path = header.value.profile === undefined ? asked : beside(disk, file, header.value.profile.path);
    const key = `${disk.resolve(file)} ${disk.resolve(path)}`;
    if (this.#opened.has(key)) return nothing;
    this.#opened.add(key);
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
    const opened = { test: test.value, file, path, draft: profile.value, capture: capture.value };
    return { ok: true, value: opened, warnings: [] };
  }

  evaluator({ profile }: LoadedDraft): Compiled {
    const known = this.#evaluators.get(profile.digest) ?? compile(profile.packs);
    this.#evaluators.set(profile.digest, known);
    return known;
  }

  async #capture(path: string): Promise<Loaded<Capture>> {
    const known = this.#captures.get(path) ?? (await openCapture(path, { stdin: this.#world.stdin }));
    this.#captures.set(path, known);
    return known;
  }
}

/** What `--run` asks for. */
export function testsWanted(text: string | undefined): Loaded<RegExp | undefined> {
  if (text === undefined) return { ok: true, value: undefined, warnings: [] };
  try {
    return { ok: true, value: new RegExp(text), warnings: [] };
  } catch {
    const hint = 'quote what has a meaning there, as in `\\\\(`';
    return { ok: false, faults: [usage(`--run is \`${text}\`, which is no regular expression`, hint)] };
  }
}

/** What `--min` asks for, in percent. */
export function leastPercent(text: string | undefined): Loaded<number | undefined> {
  const min = text === undefined ? undefined : /^(\d{1,3}(?:\.\d+)?) ?%?$/.exec(text)?.[1];
  if (text !== undefined && (min === undefined || Number(min) > 100)) {
    return { ok: false, faults: [usage(`--min is \`${text}\``, 'write it as 80%, from 0% to 100%')] };
  }
  return { ok: true, value: min === undefined ? undefined : Number(min), warnings: [] };
}

/** That there is nothing to run is no success. */
export function noTests(wanted: string | undefined) {
  const hint =
    wanted === undefined
      ? 'put RuleTest files into `tests/` beside the profile or its packs'
      : 'no name and no file matches --run';
  return error('TEST_NONE', { file: '', line: 0, col: 0 }, 'no test was found', hint);
}
