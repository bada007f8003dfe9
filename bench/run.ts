/** `npm run bench [part…]`: every measurement as a ratio within one run, printed and kept in `bench/report.json` and
 *  in `docs/performance.md`. A missed goal is
 *  printed as missed; it fails nothing, because a noisy machine is no reason to stop anybody. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type BenchReport, withReport } from './document.ts';
import type { Row } from './row.ts';

const parts: Readonly<Record<string, () => Promise<{ measure(): Promise<readonly Row[]> }>>> = {
  evaluate: () => import('./evaluate.ts'),
  store: () => import('./store.ts'),
  drbd: () => import('./drbd.ts'),
  capture: () => import('./capture.ts'),
  redact: () => import('./redact.ts'),
  review: () => import('./review.ts'),
  workflow: () => import('./workflow.ts'),
  verify: () => import('./verify.ts'),
  log: () => import('./log.ts'),
  audit: () => import('./audit.ts'),
  startup: () => import('./startup.ts'),
};

const asked = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, load] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  rows.push(...(await (await load()).measure()));
}

const cells = rows.map(({ name, figure, unit, goal, ok }) => [
  ok === undefined ? ' ' : ok ? 'ok' : 'MISSED',
  name,
  `${figure.toPrecision(3)} ${unit}`,
  goal ?? '',
]);
const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
for (const row of cells) {
  process.stdout.write(
    `${row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`,
  );
}
if (asked.length === 0) {
  const report: BenchReport = {
    node: process.version,
    rows: rows.map((row) => ({ ...row, figure: Number(row.figure.toPrecision(3)) })),
  };
  writeFileSync('bench/report.json', `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync('docs/performance.md', withReport(readFileSync('docs/performance.md', 'utf8'), report));
}
