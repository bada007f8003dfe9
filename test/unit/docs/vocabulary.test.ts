import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { vocabularyDoc, vocabularyDocPath } from '../../../scripts/vocabulary-doc.ts';

test('docs/vocabulary.md is what the vocabulary says now (`npm run generate` writes it)', () => {
  expect(readFileSync(vocabularyDocPath, 'utf8')).toBe(vocabularyDoc());
});
