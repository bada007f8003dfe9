import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultText } from '../../src/console/fault-text.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { loadPacks } from '../../src/rules/load-packs.ts';

/** A folder for each kind of mistake: a pack in, what its author reads out. */
const here = join(import.meta.dirname, 'packs');

test.each(readdirSync(here).sort())('a pack with the mistake %s is answered with', async (name) => {
  const text = readFileSync(join(here, name, 'pack.yaml'), 'utf8');
  const loaded = loadPacks([{ file: 'pack.yaml', text }], { vocabulary, capabilities: [] });
  const faults = loaded.ok ? loaded.warnings : loaded.faults;
  expect(faults.length).toBeGreaterThan(0);
  const printed = faults.map((fault) => `${fault.code}\n${faultText(fault)}`).join('\n');
  await expect(`${loaded.ok ? 'loaded' : 'refused'}\n\n${printed}`).toMatchFileSnapshot(
    join(here, name, 'expected.txt'),
  );
});
