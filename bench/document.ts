import type { Row } from './row.ts';

const begin = '<!-- the last report: `npm run bench` writes it -->';
const end = '<!-- end of the last report -->';

export interface BenchReport {
  readonly node: string;
  readonly rows: readonly Row[];
}

/** The document with this report's table in place of the one it had. */
export function withReport(document: string, { node, rows }: BenchReport): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('docs/performance.md has lost its marks');
  const lines = rows.map(
    ({ name, figure, unit, goal, ok }) =>
      `| ${name} | ${figure} ${unit} | ${goal ?? ''} | ${ok === undefined ? '' : ok ? 'reached' : '**missed**'} |`,
  );
  const table = [`Node ${node}.`, '', '| what | figure | goal | |', '|---|---|---|---|', ...lines].join('\n');
  return `${before}${begin}\n${table}\n${end}${after}`;
}
