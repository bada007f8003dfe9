import type { Capture } from '../capture/capture.ts';
import { factsFile } from '../capture/stated.ts';
import { statedText } from '../capture/stated-text.ts';
import { sha256 } from '../kernel/digest.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Profile } from '../profile/profile.ts';
import { loadTest, raisedWords } from '../profile/test-file.ts';
import { rehearsed } from '../profile/verify.ts';
import type { Mutated } from '../review/mutate/mutated.ts';
import type { Noticeable } from '../review/mutate/notice.ts';
import { compile } from '../rules/compile.ts';
import { quoted } from '../source/quoted.ts';
import type { Mutant } from './mutation-run.ts';
import { runTest } from './run-test.ts';

/** A test that nobody has written yet, with its capture: two files, by their paths in the folder of tests. */
export interface ReadyTest {
  readonly name: string;
  readonly test: ReadyFile;
  readonly capture: ReadyFile;
}

export interface ReadyFile {
  readonly path: string;
  readonly text: string;
}

/** What a test would expect of the original on a made-up site; undefined where tests have no words for it: of what a state or a guard
 *  asks for itself they see only what is decided. `profile`: its path as the test names it. */
export function readyTest(
  mutant: Mutant,
  found: Extract<Noticeable, { kind: 'site' }>,
  profile: string,
): ReadyTest | undefined {
  const expected = expectationOf(found);
  if (expected === undefined) return undefined;
  const { at, kind, was, is } = mutant.mutation;
  // Of bounded length, and another for each change of one place.
  const which = sha256(`${kind} ${was} ${is}`).slice(0, 4);
  const name = `notices-${mutant.pack.slice(0, 36)}-${at.line}-${at.col}-${which}`;
  const folder = `captures/${name}`;
  const says = `${where(mutant)}: ${was} is not ${is}`;
  const test = [
    '# A test that `nwctl mutate` made: no other noticed the change that it names. Its site is the smallest on which it shows.',
    'apiVersion: nodewright.spectrocloud.com/v1alpha1',
    'kind: RuleTest',
    `metadata: {name: ${quoted(name)}}`,
    'spec:',
    `  says: ${quoted(says)}`,
    `  profile: ${quoted(profile)}`,
    `  capture: ${quoted(folder)}`,
    '  steps:',
    `    - expect: ${expected}`,
    '',
  ].join('\n');
  return {
    name,
    test: { path: `${name}.yaml`, text: test },
    capture: { path: `${folder}/${factsFile}`, text: statedText(found.site, name, says) },
  };
}

export function where({ mutation: { at } }: Pick<Mutant, 'mutation'>): string {
  return `${at.file}:${at.line}:${at.col}`;
}

const raised = { open: raisedWords[0], closed: raisedWords[1], unknown: raisedWords[2] } as const;

function expectationOf({ of, name, object, was }: Extract<Noticeable, { kind: 'site' }>): string | undefined {
  switch (of) {
    case 'gate':
      return `{gates: {${name}: {${quoted(object)}: ${was}}}}`;
    case 'finding':
      return `{findings: {${name}: {${quoted(object)}: ${raised[was as keyof typeof raised]}}}}`;
    case 'phase':
      return `{phase: ${was}}`;
    case 'guard':
    case 'step':
      return undefined;
  }
}

/** Whether a test does what it is for: it passes on the original, and does not on the mutant. Both are run as every test is. */
export async function isProved(
  ready: ReadyTest,
  { site }: Extract<Noticeable, { kind: 'site' }>,
  original: Profile,
  { packs }: Mutated,
): Promise<boolean> {
  const mutant: Profile = { ...original, packs };
  return (await passes(ready, site, original)) === true && (await passes(ready, site, mutant)) === false;
}

/** Undefined: it could not be run. */
async function passes(
  { name, test: { path, text } }: ReadyTest,
  site: Extract<Noticeable, { kind: 'site' }>['site'],
  profile: Profile,
): Promise<boolean | undefined> {
  const test = loadTest({ file: path, text }, profile, vocabulary);
  if (!test.ok) return undefined;
  const capture: Capture = {
    name,
    takenAtMs: null,
    takenBy: '',
    complete: false,
    hasManifest: false,
    raws: [{ from: 'stated', at: 0, ...site }],
    missing: [],
    digest: '',
  };
  const ran = await runTest(test.value, rehearsed(profile), compile(profile.packs), capture);
  return ran.ok ? ran.steps.every(({ failures }) => failures.length === 0) : undefined;
}
