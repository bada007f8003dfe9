import { existsSync, readFileSync } from 'node:fs';

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
function explanations(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) return new Map();
  const list = JSON.parse(readFileSync(file, 'utf8')) as {
    file: string;
    code: string;
    change: string;
    why: string;
  }[];
  return new Map(list.map(({ file, code, change, why }) => [`${file}\n${code}\n${change}`, why]));
}

/** docs/mutation.md: the score of each file, and whoever survived with the reason. */
export function report(known: Memory, explainedFile: string): string {
  const why = explanations(explainedFile);
  const files = Object.entries(known).sort(([one], [two]) => (one < two ? -1 : 1));
  const rows = files.flatMap(([file, { outcomes }]) => {
    const all = Object.values(outcomes);
    return all.length === 0 ? [] : [{ file, tried: all.length, survivors: all.filter(({ killedBy }) => !killedBy) }];
  });
  const tried = rows.reduce((sum, row) => sum + row.tried, 0);
  const survived = rows.reduce((sum, row) => sum + row.survivors.length, 0);
  const lines = [
    '# Seeded defects',
    '',
    'Small mistakes are put into the kernel, the facts and the rules, one at a time: an operator turned round, a boundary moved, a constant',
    'changed, a condition negated, a statement or a return dropped. A test must notice. Written by `npm run mutate`; the properties run with',
    'a hundredth of their cases there.',
    '',
    `${tried} tried, ${tried - survived} noticed (${percent(tried - survived, tried)}).`,
    '',
    '| file | tried | noticed | |',
    '|---|--:|--:|--:|',
    ...rows.map(({ file, tried, survivors }) => {
      const noticed = tried - survivors.length;
      return `| ${file} | ${tried} | ${noticed} | ${percent(noticed, tried)} |`;
    }),
    '',
    '## What nobody noticed',
    '',
    ...(survived === 0 ? ['Nothing.'] : ['| place | code | change | why that is no harm |', '|---|---|---|---|']),
    ...rows.flatMap(({ file, survivors }) =>
      [...survivors]
        .sort((one, two) => one.line - two.line)
        .map(({ line, code, change }) => {
          const reason = why.get(`${file}\n${code}\n${change}`) ?? '';
          return `| ${file}:${line} | ${inTable(code)} | ${inTable(change)} | ${reason} |`;
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
