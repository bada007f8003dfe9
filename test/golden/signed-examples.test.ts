import { readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signedExamples } from '../../scripts/sign-examples.ts';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { bundleText } from '../../src/profile/document.ts';
import { loadDraft } from '../../src/profile/load.ts';
import { nwctl } from '../support/console.ts';
import { got } from '../support/signing.ts';
import { root } from '../support/stories.ts';

const files = await signedExamples();

describe('shipped profiles are what the example key signed; if one is not, `npm run generate` signs it anew', () => {
  test.each([...files].map(([path, text]) => [relative(root, path), path, text] as const))('%s', (_, path, text) => {
    expect(readFileSync(path, 'utf8') === text, 'run `npm run generate`').toBe(true);
  });
  test('signing again gives the same bytes', async () => expect(await signedExamples()).toEqual(files));
});

const profiles = [...files.keys()].filter((path) => path.endsWith('.sig')).map((path) => dirname(path));

/** What is judged is read from the folder, and what was signed is the document: the digest says that they are one. So whatever decides
 *  must follow from what the digest is over, which knows no order of keys; by it gates and findings are listed, and no more. */
describe('a folder decides as the document that is built of it', () => {
  const nameIn = (value: unknown): string => String((value as { readonly name: unknown }).name);
  const plain = (value: unknown, key = ''): unknown => {
    if (value instanceof Map) return plain(Object.fromEntries(value));
    if (Array.isArray(value)) {
      const list = value.map((one) => plain(one));
      const isListed = key === 'gates' || key === 'findings';
      return isListed ? list.sort((left, right) => (nameIn(left) < nameIn(right) ? -1 : 1)) : list;
    }
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
    const entries = Object.entries(value).filter(([name]) => name !== 'at' && name !== 'file');
    return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner, name)]));
  };
  test.each(profiles.map((path) => [basename(path), path]))('%s', (_, path = '') => {
    const { folder, file } = folderOf(diskFrom(`${root}/src`), path);
    const read = got(loadDraft(folder, file, vocabulary));
    const bytes = Buffer.from(bundleText(read.bundle));
    const built = got(loadDraft({ read: () => bytes, nameOf: (name) => name }, 'p.json', vocabulary));
    expect(plain(built.profile)).toEqual(plain(read.profile));
  });
});

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
