import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { documents, walks, withPrinted } from '../../../scripts/printed.ts';
import { withWalked } from '../../../scripts/walked.ts';

test.each(documents.map((file) => [relative('.', file), file]))('%s shows what its commands print', async (_, file) => {
  const text = readFileSync(file, 'utf8');
  expect(text.match(/^\$ nwctl /m)?.[0]).toBeDefined();
  expect(await withPrinted(text)).toBe(text);
});

test.each(walks.map((file) => [relative('.', file), file]))(
  '%s: its changes can be made, and its commands print what it shows of them',
  (_, file) => {
    const text = readFileSync(file, 'utf8');
    expect(text.match(/^\$ nwctl /m)?.[0]).toBeDefined();
    expect(withWalked(text)).toBe(text);
  },
  600_000,
);
