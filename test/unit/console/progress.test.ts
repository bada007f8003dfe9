import { describe, expect, test } from 'vitest';
import { grouped, progressOn } from '../../../src/console/progress.ts';

/** What is told, of who says how far it is at these moments. */
function told(isTerminal: boolean, logFormat: string, moments: readonly number[]): readonly string[] {
  const lines: string[] = [];
  let nowMs = 0;
  const settings = { text: () => logFormat } as never;
  const messages = { note: (says: string) => lines.push(`${says}\n`) } as never;
  const err = { write: (text: string) => lines.push(text), isTerminal };
  const progress = progressOn({ settings, messages }, { err, monotonicMs: () => nowMs });
  for (const moment of moments) {
    nowMs = moment;
    progress.tell(() => `at ${moment}`);
  }
  progress.end();
  return lines;
}

describe('progress', () => {
  test('on a terminal one line, again and again, and gone when it is over', () => {
    expect(told(true, 'text', [100, 12_000, 12_100, 12_300])).toEqual([
      '\rat 12000',
      '\rat 12300',
      `\r${' '.repeat('at 12300'.length)}\r`,
    ]);
  });

  test.each([
    ['no terminal', false, 'text'],
    ['messages for machines', true, 'json'],
  ])('%s: a message every ten seconds, and none of what is over sooner', (_, isTerminal, logFormat) => {
    expect(told(isTerminal, logFormat, [9_999])).toEqual([]);
    expect(told(isTerminal, logFormat, [9_000, 10_000, 19_000, 20_500])).toEqual(['at 10000\n', 'at 20500\n']);
  });

  test.each([
    [7, '7'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('%i is %s', (number, text) => expect(grouped(number)).toBe(text));
});
