import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

/** Migrations are resumed when they are as they were, and in the other one when they are not. */
const profile = 'profiles/three-node';
const other = folderWith();
cpSync('profiles', other, { recursive: true });
const file = `${other}/packs/workload-protection.yaml`;
const text = readFileSync(file, 'utf8');
const leaf =
  'settled: {fact: site.migrationsSuspended, operator: equal, value: {fact: cohort.site.migrationsSuspended}}';
writeFileSync(file, text.replace(leaf, leaf.replace('operator: equal', 'operator: notEqual')));

interface Told {
  readonly level: string;
  readonly decisions: readonly { readonly kind: string; readonly name: string }[];
  readonly structure: readonly { readonly kind: string; readonly name: string; readonly says: string }[];
  readonly proof: null | {
    readonly questions: readonly {
      readonly name: string;
      readonly opens: { readonly answer: string; readonly site?: { readonly frozen: readonly object[] } };
    }[];
  };
}

describe('what a state asks of its cohort', () => {
  test('the text is another one', () => {
    expect(text).toContain(leaf);
  });

  test('is asked over captures as if nothing were frozen, also where a workflow has frozen it: neither side knows', async () => {
    const asked = ['diff', profile, `${other}/three-node`, '--captures', 'captures', '--captures-only', '-o', 'json'];
    const { decisions, structure, level } = JSON.parse((await nwctl(asked)).out) as Told;
    expect(
      readFileSync(
        'captures/flip-half-done/kubernetes/nodewright.spectrocloud.com_v1alpha1_bondmodeflipplan.json',
        'utf8',
      ),
    ).toContain('"site.migrationsSuspended"');
    expect(decisions).toEqual([]);
    expect(structure.map(({ kind, says }) => [kind, says])).toContainEqual([
      'order',
      'site.migrationsSuspended = cohort.site.migrationsSuspended → site.migrationsSuspended ≠ cohort.site.migrationsSuspended',
    ]);
    expect(level).toBe('caution');
  });

  test('is told by a made-up site, with what was frozen there', async () => {
    const asked = ['diff', profile, `${other}/three-node`, '--captures', folderWith(), '-o', 'json'];
    const { proof, level } = JSON.parse((await nwctl(asked)).out) as Told;
    const settled = (proof?.questions ?? []).filter(({ name }) => name.endsWith(' is settled'));
    expect(settled.length).toBeGreaterThan(0);
    for (const { opens } of settled) {
      expect(opens.answer).toBe('witness');
      expect(opens.site?.frozen).toMatchObject([{ fact: 'site.migrationsSuspended', of: 'site' }]);
    }
    expect(level).toBe('danger');
  });
});
