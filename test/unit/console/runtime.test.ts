import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { oldestNode, tooOld } from '../../../src/console/runtime.ts';

test.each([
  ['v20.20.2', true],
  ['v9.11.2', true],
  ['v23.11.1', true],
  ['v24.0.0', false],
  ['v25.0.0-nightly', false],
  ['v100.1.0', false],
  ['of tomorrow', false],
])('%s is too old: %s', (version, is) => {
  expect(tooOld(version)).toEqual(is ? `nwctl needs Node 24 or newer, and was started by ${version}` : undefined);
});

test('package.json asks for the same', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${oldestNode}`);
});
