import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';

function faultsOf(spec: string): readonly string[] {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n';
  const text = `${head}metadata: {name: p, version: 1.0.0}\nspec:\n  vocabulary: v1\n${spec.replaceAll(/^/gm, '  ')}\n`;
  const result = loadPacks([{ file: 'p.yaml', text }], { vocabulary });
  return (result.ok ? [] : result.faults).map(({ code, message }) => `${code} ${message}`);
}

const leaf = '{fact: site.linstorReachable, operator: equal, value: true}';
const times = (count: number, text: string): string => `[${Array<string>(count).fill(text).join(', ')}]`;
const gate = (when: string, conditions = ''): string => `${conditions}gates:\n  g: {says: x, when: ${when}}`;

describe('a condition is refused', () => {
  const hundred = `conditions:\n  c: {all: ${times(99, leaf)}}\n`;
  // A name is a part, and so is what it stands for: 1 + 198 × 101 = 19,999.
  const big = Array<string>(198).fill('{condition: c}').join(', ');
  test('past 20,000 parts, its names followed', () => {
    expect(faultsOf(gate(`{all: [${big}, ${leaf}]}`, hundred))).toEqual([]);
    expect(faultsOf(gate(`{all: [${big}, ${leaf}, ${leaf}]}`, hundred))).toEqual([
      'PACK_TOO_LARGE once its names are followed this has more than 20000 parts',
    ]);
  });
  test('past them in a `where` too', () => {
    const asked = (count: number) => {
      const where = `{all: [${Array<string>(count).fill('{condition: c}').join(', ')}]}`;
      return faultsOf(gate(`{every: node, in: site, where: ${where}, satisfies: ${where}}`, hundred));
    };
    // 1 + 2 × (1 + 101 × count)
    expect(asked(98)).toEqual([]);
    expect(asked(99)).toEqual(['PACK_TOO_LARGE once its names are followed this has more than 20000 parts']);
  });
  test('past them under a quantifier', () => {
    const asked = (more: string) =>
      faultsOf(gate(`{every: node, in: site, satisfies: {all: [${big}${more}]}}`, hundred));
    expect(asked('')).toEqual([]);
    expect(asked(`, ${leaf}`)).toEqual(['PACK_TOO_LARGE once its names are followed this has more than 20000 parts']);
  });
  test('past 128 levels', () => {
    const inNots = (count: number, of: string) => '{not: '.repeat(count) + of + '}'.repeat(count);
    // One leaf, 40 times `not`, its name, 40 times `not`, its name: 83.
    const conditions = `conditions:\n  c: ${inNots(40, leaf)}\n  d: ${inNots(40, '{condition: c}')}\n`;
    const nots = (count: number) => gate(inNots(count - 83, '{condition: d}'), conditions);
    expect(faultsOf(nots(128))).toEqual([]);
    expect(faultsOf(nots(129))).toEqual(['PACK_TOO_LARGE once its names are followed this has more than 128 levels']);
  });
  test('past 32 names, one inside the other', () => {
    const chain = (count: number) => {
      const lines = [...Array(count).keys()].map((at) =>
        at === count - 1 ? `  c${at}: ${leaf}` : `  c${at}: {condition: c${at + 1}}`,
      );
      return faultsOf(gate('{condition: c0}', `conditions:\n${lines.join('\n')}\n`));
    };
    expect(chain(32)).toEqual([]);
    expect(chain(33)).toEqual(['PACK_TOO_LARGE follows more than 32 names, one inside the other']);
  });
  test('past four quantifiers, one inside the other', () => {
    const nested = (count: number) =>
      faultsOf(gate('{every: node, in: site, satisfies: '.repeat(count) + leaf + '}'.repeat(count)));
    expect(nested(4)).toEqual([]);
    expect(nested(5)).toEqual(['PACK_TOO_LARGE more than 4 quantifiers stand inside each other here']);
  });
  test('where its names go round, and says how', () => {
    const round = (conditions: string) => faultsOf(gate('{condition: a}', conditions));
    expect(round('conditions:\n  a: {condition: a}\n')).toContain('PACK_CYCLE `a` refers to itself');
    expect(round('conditions:\n  a: {condition: b}\n  b: {condition: c}\n  c: {condition: b}\n')).toContain(
      'PACK_CYCLE goes round in a circle: b → c → b',
    );
  });
  test('where it ranges over the site', () => {
    expect(faultsOf(gate(`{every: site, satisfies: ${leaf}}`))).toEqual([
      'PACK_OUT_OF_SCOPE there is one site, so nothing ranges over it',
    ]);
  });
  test('where one of its parts is', () => {
    const bad = '{fact: site.nobody, operator: equal, value: true}';
    for (const when of [
      `{all: [${leaf}, ${bad}]}`,
      `{any: [${bad}, ${leaf}]}`,
      `{not: ${bad}}`,
      `{every: node, in: site, satisfies: ${bad}}`,
      `{every: node, in: site, where: ${bad}, satisfies: ${leaf}}`,
    ])
      expect(faultsOf(gate(when))).toHaveLength(1);
  });
});
