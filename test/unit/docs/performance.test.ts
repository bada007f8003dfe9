import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BenchReport, withReport } from '../../../bench/document.ts';

const document = readFileSync('docs/performance.md', 'utf8');
const report = JSON.parse(readFileSync('bench/report.json', 'utf8')) as BenchReport;

test('the figures that people read are those of the last report', () => {
  expect(document).toBe(withReport(document, report));
  expect(document).toContain(report.rows[0]?.name);
});

test('each row with a goal says whether it is reached', () => {
  for (const { goal, ok } of report.rows) expect(ok === undefined).toBe(goal === undefined);
});
