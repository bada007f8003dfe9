import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verbs } from '../../src/console/verbs.ts';
import { nwctl, type Ran } from '../support/console.ts';
import { folderWith } from '../support/folder.ts';
import { sarifFaults } from '../support/sarif.ts';
import { validates } from '../support/schemas.ts';

/** A folder for each change: a profile before and after it, and what a reviewer is told, over four small sites. `change.diff` is the
 *  change itself, as short as it can be. */
const here = 'test/golden/diff';
const captures = join(here, 'captures');
const changes = readdirSync(here).filter((name) => name !== 'captures');

type Decides = 'shouts' | 'silent';
interface Expected {
  /** 0: nothing above routine. 5: something is. 3: danger. */
  readonly exit: 0 | 3 | 5;
  /** `silent`: the text is another one, and no decision over the captures is. */
  readonly decides: Decides;
}
const [danger, caution, routine] = [3, 5, 0] as const;
const shouts = (exit: Expected['exit']): Expected => ({ exit, decides: 'shouts' });
const silent = (exit: Expected['exit']): Expected => ({ exit, decides: 'silent' });

const expected: Readonly<Record<string, Expected>> = {
  // one leaf
  'age-narrowed': shouts(caution),
  'age-widened': shouts(danger),
  'at-least-to-over': shouts(caution),
  'at-most-to-under': shouts(caution),
  'enum-word-added': shouts(danger),
  'grade-loosened': shouts(danger),
  'no-capture-shows': silent(danger),
  // how leaves are put together
  'all-to-any': shouts(danger),
  'every-to-some': shouts(danger),
  'except-added': shouts(danger),
  'except-removed': shouts(caution),
  'leaf-added': shouts(caution),
  'not-added': shouts(danger),
  'one-copy-is-enough': shouts(danger),
  'said-the-other-way': shouts(caution),
  'when-empty-added': shouts(danger),
  'where-added': shouts(danger),
  'where-removed': shouts(danger),
  // parameters, and what the profile says
  'default-moved-but-set': silent(routine),
  'legacy-name-changed': shouts(caution),
  'longer-by-a-second': shouts(danger),
  'minute-as-seconds': silent(routine),
  'parameter-set': shouts(danger),
  'two-changes-one-cause': shouts(danger),
  // whole rules
  'condition-renamed': silent(routine),
  'gate-removed': shouts(danger),
  'gate-renamed': silent(caution),
  'pack-split': silent(routine),
  'phase-added': shouts(caution),
  'sentence-changed': silent(caution),
  'severity-changed': silent(caution),
  // machines
  'budget-longer': shouts(danger),
  'budget-shorter': shouts(caution),
  // Of a cohort's frozen facts nothing is known over captures.
  'frozen-otherwise': silent(danger),
  'gate-dropped-from-transition': shouts(danger),
  'guard-for-fewer-states': silent(danger),
  'guard-loosened': silent(danger),
  'more-at-a-time': silent(danger),
  'no-return-earlier': shouts(danger),
  'overdue-fails': shouts(caution),
  'state-renamed': silent(caution),
  'transition-added': shouts(danger),
  'undo-removed': shouts(danger),
  // versions
  'only-the-version-raised': silent(routine),
  'raised-too-far': silent(routine),
  'raised-with-it': shouts(danger),
  // nothing but form
  'anchor-for-repeat': silent(routine),
  'form-and-comments': silent(routine),
  'named-then-written-out': silent(routine),
};

/** No capture shows it, and there are sites that would. */
const onMadeUpSites = new Set(['frozen-otherwise', 'no-capture-shows']);
/** The rules are the same ones, over what is read of a site otherwise. */
const inTheReading = new Set(['legacy-name-changed']);
/** Told in other words, and by no site. */
const onNoSite = new Set(['said-the-other-way']);
/** What the proof is of, where both sides ask it. */
const proved = new Set(['gate', 'step', 'guard']);

/** As files beside the pair. */
const forms = [
  ['text', 'expected.txt'],
  ['markdown', 'expected.md'],
  ['json', 'expected.json'],
  ['github', 'expected.github'],
  ['sarif', 'expected.sarif'],
] as const;

interface Told {
  readonly decisions: readonly {
    readonly kind: string;
    readonly name: string;
    readonly from: string;
    readonly to: string;
  }[];
  readonly corpus: { readonly decisions: { readonly equal: number; readonly differ: number } };
  readonly proof: { readonly same: number; readonly questions: readonly Question[] };
}
interface Question {
  readonly level: string | null;
  readonly kind: string;
  readonly name: string;
  readonly opens: Answered;
  readonly closes: Answered;
}
interface Sarif {
  readonly runs: readonly {
    readonly results: readonly {
      readonly level: string;
      readonly locations: readonly [
        {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string };
            readonly region: { readonly startLine: number };
          };
        },
      ];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}
interface Answered {
  readonly answer: 'none' | 'witness' | 'unfinished';
  readonly was?: string;
  readonly is?: string;
}

test('every change has an expectation, and there are thirty at least, loud ones and silent ones', () => {
  expect(changes.sort()).toEqual(Object.keys(expected).sort());
  expect(changes.length).toBeGreaterThanOrEqual(30);
  const quiet = Object.values(expected).filter(({ decides }) => decides === 'silent');
  expect(quiet.length).toBeGreaterThanOrEqual(10);
});

describe.each(changes)('%s', (name) => {
  const [old, fresh] = [join(here, name, 'old'), join(here, name, 'new')];
  const { exit, decides } = expected[name] ?? shouts(routine);
  const saved = folderWith();
  const read = (file: string): string => readFileSync(join(saved, file), 'utf8');
  let ran: Ran;
  let told: Told;
  beforeAll(async () => {
    const save = forms.flatMap(([form, file]) => ['--save', `${form}=${join(saved, file)}`]);
    ran = await nwctl(['diff', old, fresh, '--captures', captures, '--exit-code', ...save]);
    told = JSON.parse(read('expected.json')) as Told;
  });

  test.each(forms)('as %s', async (_, file) => {
    expect(ran.err).toBe('');
    expect(ran.code).toBe(exit);
    await expect(read(file)).toMatchFileSnapshot(join('diff', name, file));
  });

  test('as its schemas say', () => {
    validates('diff', read('expected.json'));
    expect(sarifFaults(read('expected.sarif'))).toEqual([]);
  });

  test('every annotation and every result stands at a line that the new side has', () => {
    const annotated = read('expected.github')
      .split('\n')
      .filter((line) => line.startsWith('::'))
      .map((line) => /^::(?:error|warning) file=(?<file>[^,]+),line=(?<line>\d+)/.exec(line)?.groups ?? { file: line });
    const { runs } = JSON.parse(read('expected.sarif')) as Sarif;
    const results = runs.flatMap((run) => run.results);
    const stands = results.map(({ locations: [{ physicalLocation }] }) => ({
      file: physicalLocation.artifactLocation.uri,
      line: String(physicalLocation.region.startLine),
    }));
    for (const { file = '', line } of [...annotated, ...stands]) {
      expect(file.startsWith(`${fresh}/`), file).toBe(true);
      const lines = readFileSync(file, 'utf8').split('\n');
      expect(lines[Number(line) - 1] ?? '', `${file}:${line}`).not.toBe('');
    }
    const prints = results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
    expect(new Set(prints).size).toBe(prints.length);
    expect(annotated.length > 0).toBe(exit !== routine);
    expect(results.some(({ level }) => level === 'error')).toBe(exit === danger);
  });

  test('the change itself is small', async () => {
    const change = lineByLine(old, fresh);
    await expect(change).toMatchFileSnapshot(join('diff', name, 'change.diff'));
    expect(change.split('\n').filter((line) => /^[+-](?![+-])/.test(line)).length).toBeLessThan(70);
  });

  test('no decision is another one where only the text is, and some is where not', () => {
    const { decisions, corpus } = told;
    expect(decisions.length === 0).toBe(decides === 'silent');
    expect(corpus.decisions.differ === 0).toBe(decides === 'silent');
    expect(corpus.decisions.equal).toBeGreaterThan(10);
  });

  test('what a capture shows a made-up site shows too, and where none does there is none', () => {
    const { decisions, proof } = told;
    const answers = proof.questions.flatMap(({ opens, closes }) => [opens.answer, closes.answer]);
    expect(answers).not.toContain('unfinished');
    if (decides === 'silent' || onNoSite.has(name)) {
      expect(answers.includes('witness')).toBe(onMadeUpSites.has(name));
    }
    const asked = decisions.filter(({ kind, from, to }) => proved.has(kind) && ![from, to].includes('not asked'));
    for (const { kind, name: what, from, to } of asked.filter((one) => one.from !== one.to)) {
      const question = proof.questions.find((one) => one.kind === kind && one.name === what);
      expect(question === undefined, what).toBe(inTheReading.has(name));
      if (question === undefined) continue;
      const way = to === 'open' ? question.opens : from === 'open' ? question.closes : undefined;
      if (to === 'open' || from === 'open') expect(way?.answer, `${what} ${from} → ${to}`).toBe('witness');
      if (to === 'open') expect(question.level).toBe('danger');
    }
    for (const { opens, closes } of proof.questions) {
      if (opens.answer === 'witness') expect([opens.was === 'open', opens.is]).toEqual([false, 'open']);
      if (closes.answer === 'witness') expect([closes.was, closes.is === 'open']).toEqual(['open', false]);
    }
  });

  test('a profile and itself are the same, in all their decisions', async () => {
    const { code, out } = await nwctl(['diff', fresh, fresh, '--captures', captures, '--exit-code', '--moments']);
    expect(out).toContain('nothing is another one');
    expect(code).toBe(0);
  });
});

/** As `git` shows two folders, whoever has set it up however. */
function lineByLine(old: string, fresh: string): string {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const args = ['diff', '--no-index', '--no-color', '--no-prefix', '--no-renames', '--unified=1', old, fresh];
  try {
    return execFileSync('git', args, { encoding: 'utf8', env });
  } catch (fault) {
    const { status, stdout } = fault as { readonly status: number; readonly stdout: string };
    if (status !== 1) throw fault;
    return stdout.replace(/^(?:diff --git|index|new file mode|deleted file mode) .*\n/gm, '');
  }
}

test('nothing else lies about', () => {
  const known = new Set(['old', 'new', 'change.diff', ...forms.map(([, file]) => file)]);
  const found = changes.flatMap((name) => readdirSync(join(here, name)).map((file) => [name, file] as const));
  expect(found.filter(([, file]) => !known.has(file))).toEqual([]);
});

test.each([
  ['the order of captures', (one: string, other: string) => [other, one]],
  ['a capture that is named twice', (one: string, other: string) => [one, other, one]],
])('%s changes no byte', async (_, order) => {
  const [one, other] = [join(captures, 'guests-start'), join(captures, 'half-minute')];
  const sides = [join(here, 'every-to-some/old'), join(here, 'every-to-some/new')];
  for (const format of verbs.find(({ name }) => name === 'diff')?.formats ?? []) {
    const told = async (paths: readonly string[]) =>
      (await nwctl(['diff', ...sides, ...paths.flatMap((path) => ['--captures', path]), '-o', format])).out;
    expect(await told(order(one, other))).toBe(await told([one, other]));
  }
});
