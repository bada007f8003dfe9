import { readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signedExamples } from '../../scripts/sign-examples.ts';
import { nwctl } from '../support/console.ts';
import { root } from '../support/stories.ts';

const files = await signedExamples();

describe('shipped profiles are what the example key signed; if one is not, `npm run generate` signs it anew', () => {
  test.each([...files].map(([path, text]) => [relative(root, path), path, text] as const))('%s', (_, path, text) => {
    expect(readFileSync(path, 'utf8') === text, 'run `npm run generate`').toBe(true);
  });
  test('signing again gives the same bytes', async () => expect(await signedExamples()).toEqual(files));
});

const profiles = [...files.keys()].filter((path) => path.endsWith('.sig')).map((path) => dirname(path));

describe('from a clean clone, without a flag', () => {
  test.each(profiles.map((path) => [basename(path), path]))('%s is verified', async (name, path) => {
    const { code, out } = await nwctl(['verify', path ?? '', '--trust', `${root}/profiles/trust.yaml`]);
    expect(code).toBe(0);
    expect(out).toContain(`VERIFIED  ${name} `);
    expect(out).toContain('worth nothing: everybody has its private half');
  });
  test('the project’s settings name the trust file', () => {
    expect(readFileSync(`${root}/nodewright.yaml`, 'utf8')).toMatch(/^trust: profiles\/trust\.yaml$/m);
  });
});
