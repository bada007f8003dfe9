import { existsSync, readFileSync } from 'node:fs';
import { isCore, sampled } from './mutation-sample.ts';
import { namedDefects } from './named-defects.ts';

/** What became of one mutant: the test that noticed, or nobody. */
export interface Outcome {
  readonly line: number;
  readonly code: string;
  readonly change: string;
  readonly killedBy?: string;
}
/** By file, then by mutant; a changed file forgets its own. */
export type Memory = Record<string, { readonly digest: string; readonly outcomes: Record<string, Outcome> }>;

/** Why a survivor may survive, by the line's text and the change: lines move, reasons stay. */
export function explanations(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) return new Map();
  const list = JSON.parse(readFileSync(file, 'utf8')) as {
    file: string;
    code: string;
    change: string;
    why: string;
  }[];
  return new Map(list.map(({ file, code, change, why }) => [`${file}\n${code}\n${change}`, why]));
}

/** A file, how many mutants it has, and what became of those that were tried. */
export interface Tried {
  readonly file: string;
  readonly mutants: number;
  /** Of the sample, those that nobody tried since the file changed. */
  readonly untried: number;
  readonly outcomes: readonly Outcome[];
}

/** docs/mutation.md: what was seeded, the score of each file, and whoever survived with the reason. */
export function report(files: readonly Tried[], explainedFile: string, seed: number): string {
  const why = explanations(explainedFile);
  const rows = files
    .filter(({ mutants }) => mutants > 0)
    .map(({ file, mutants, untried, outcomes }) => {
      const survivors = outcomes.filter(({ killedBy }) => killedBy === undefined);
      const reasonOf = ({ code, change }: Outcome): string | undefined => why.get(`${file}\n${code}\n${change}`);
      const explained = survivors.filter((survivor) => reasonOf(survivor) !== undefined).length;
      return { file, mutants, untried, tried: outcomes.length, survivors, explained, reasonOf };
    });
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const [tried, survived, explained] = [
    sum((row) => row.tried),
    sum((row) => row.survivors.length),
    sum((row) => row.explained),
  ];
  const untried = sum((row) => row.untried);
  const lines = [
    '# Seeded defects',
    '',
    'Would a test notice if a line were wrong? Small mistakes are put into the kernel, the facts and the rules, one at a time, each in a',
    'copy of the project: an operator turned round or moved by one, a constant changed, a condition negated, a `!` dropped, a statement, a',
    '`return`, a `break`, a `filter` or a `sort` dropped, a list emptied, `every` for `some`. Types, imports and sentences are left alone.',
    'Must notice: the tests that reach the file within its own room (for kernel also facts and rules, for rules also profiles), and the properties, with 4 cases in 1,000 of those that `npm test` runs for most of them.',
    '',
    `There are ${sum((row) => row.mutants)} such mistakes, too many to try them all each time. Tried are, evenly spread from seed ${seed}, up to ${sampled.core}`,
    `of each file that could let a gate open wrongly (marked ●) and up to ${sampled.rest} of each other. \`npm run mutate\` tries what changed and`,
    'writes this page; `npm run mutate -- --max all` tries everything.',
    '',
    `**${tried} tried, ${tried - survived} noticed (${percent(tried - survived, tried)}).** Of the ${survived} others ${explained} change nothing that matters, for the`,
    `reason given below; open, for want of a test: ${survived - explained}.`,
    ...(untried === 0
      ? []
      : [`${untried} of the sample were not tried since their file last changed; \`npm run mutate\` tries them.`]),
    '',
    '| file | | mistakes | tried | noticed | |',
    '|---|---|--:|--:|--:|--:|',
    ...rows.map(({ file, mutants, tried, survivors }) => {
      const noticed = tried - survivors.length;
      return `| ${file} | ${isCore(file) ? '●' : ''} | ${mutants} | ${tried} | ${noticed} | ${percent(noticed, tried)} |`;
    }),
    '',
    '## Defects by name',
    '',
    'Defects that somebody could really make, one for each promise, and the test that is there to fail. `npm run defects` seeds each and',
    'fails if that very test does not. They stand in `test/defects/defects.json`.',
    '',
    '| promise | defect | in | caught by |',
    '|---|---|---|---|',
    ...namedDefects().map(
      ({ guards, defect, file, test, property }) =>
        `| ${guards} | ${defect} | ${file} | ${test.split('/').at(-1)}: ${property} |`,
    ),
    '',
    '## What nobody noticed',
    '',
    ...(survived === 0 ? ['Nothing.'] : ['| place | code | change | why that is no harm |', '|---|---|---|---|']),
    ...rows.flatMap(({ file, survivors, reasonOf }) =>
      survivors.map((survivor) => {
        const { line, code, change } = survivor;
        return `| ${file}:${line} | ${inTable(code)} | ${inTable(change)} | ${reasonOf(survivor) ?? '**open**'} |`;
      }),
    ),
    '',
  ];
  return lines.join('\n');
}

function percent(part: number, of: number): string {
  return of === 0 ? '' : `${((100 * part) / of).toFixed(1)} %`;
}

function inTable(code: string): string {
  return `\`${code.replaceAll('|', '\\|').replaceAll('`', 'ˋ')}\``;
}
