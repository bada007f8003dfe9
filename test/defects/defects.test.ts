import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namedDefects, seeded } from '../../scripts/named-defects.ts';

const root = join(import.meta.dirname, '..', '..');

/** `npm run defects` asks that each is caught, and takes minutes; that each still has its place is asked with every test. */
describe('a seeded defect', () => {
  test.each(namedDefects().map((defect) => [defect.defect, defect] as const))('has its place: %s', (_, defect) => {
    const text = readFileSync(join(root, defect.file), 'utf8');
    expect(seeded(text, defect)).not.toBe(text);
    expect(existsSync(join(root, defect.test)), defect.test).toBe(true);
  });

  test('has a name of its own', () => {
    const names = namedDefects().map(({ defect }) => defect);
    expect(new Set(names).size).toBe(names.length);
  });
});
