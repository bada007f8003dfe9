import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { error, warning } from '../../../src/kernel/fault.ts';
import { faultCodes } from '../../../src/kernel/fault-codes.ts';

const textsOf = (folder: string, wanted: RegExp, but: string): string => {
  const root = join(import.meta.dirname, '../../..', folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => wanted.test(file) && !file.endsWith(but))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
};
const sources = textsOf('src', /\.ts$/, 'fault-codes.ts');
/** The tests and the texts that they expect. */
const tests = textsOf('test', /^(?!fixtures).*\.(ts|txt)$/, 'fault-codes.test.ts');

// That each code in use is listed, the type `FaultCode` sees to.
test.each(Object.keys(faultCodes))('%s is a fault that somebody can meet', (code) => {
  expect(sources).toContain(`'${code}'`);
});

test.each(Object.keys(faultCodes))('%s is expected by a test', (code) => {
  expect(tests).toMatch(new RegExp(`\\b${code}\\b`));
});

describe('a page says what is wrong, and what to do', () => {
  test.each(Object.entries(faultCodes))('%s', (code, { why, fix }) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z0-9]+)*$/);
    for (const sentence of [why, fix]) {
      expect(sentence).toMatch(/^[`A-Z*].*[.?]$/);
      expect(sentence.length).toBeLessThan(240);
    }
    expect(fix).not.toBe(why);
  });
});

test.each([
  ['error', error],
  ['warning', warning],
] as const)('an %s has a hint exactly where there is one', (severity, make) => {
  const at = { file: 'pack.yaml', line: 1, col: 1 };
  const fault = { code: 'FILE_MISSING', at, message: 'no such file', severity };
  expect(make('FILE_MISSING', at, 'no such file', 'check the path')).toEqual({ ...fault, hint: 'check the path' });
  expect(Object.keys(make('FILE_MISSING', at, 'no such file'))).not.toContain('hint');
});
