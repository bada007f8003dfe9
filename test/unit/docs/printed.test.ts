import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { documents, withPrinted } from '../../../scripts/printed.ts';

test.each(documents.map((file) => [relative('.', file), file]))('%s shows what its commands print', async (_, file) => {
  const text = readFileSync(file, 'utf8');
  expect(text.match(/^\$ nwctl /m)?.[0]).toBeDefined();
  expect(await withPrinted(text)).toBe(text);
});
