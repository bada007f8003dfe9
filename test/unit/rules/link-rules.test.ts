import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';

function load(spec: string) {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n';
  const text = `${head}metadata: {name: p, version: 1.0.0}\nspec:\n  vocabulary: v1\n${spec.replaceAll(/^/gm, '  ')}\n`;
  return loadPacks([{ file: 'p.yaml', text }], { vocabulary });
}
function told(spec: string): readonly string[] {
  const result = load(spec);
  return (result.ok ? result.warnings : result.faults).map(({ code, message }) => `${code} ${message}`);
}

const leaf = '{fact: site.linstorReachable, operator: equal, value: true}';
const times = (count: number, text: string): string => `[${Array<string>(count).fill(text).join(', ')}]`;

describe('the rules of a pack together', () => {
  test('have 200,000 parts at most', () => {
    const conditions = `conditions:\n  c: {all: ${times(99, leaf)}}\n`;
    // 1 + 198 × 101 + 1 = 20,000 each, and the last one of so many leaves and itself.
    const big = `{all: [${Array<string>(198).fill('{condition: c}').join(', ')}, ${leaf}]}`;
    const gates = (last: number): string =>
      [...Array(9).keys()].map((at) => `  g${at}: {says: x, when: ${big}}\n`).join('') +
      `  g9: {says: x, when: {all: [${Array<string>(197).fill('{condition: c}').join(', ')}]}}\n` +
      `  last: {says: x, when: {all: ${times(last, leaf)}}}\n`;
    // 9 × 20,000 + 1 + 197 × 101 + 1 + 101 = 200,000
    expect(told(`${conditions}gates:\n${gates(101)}`)).toEqual([]);
    expect(told(`${conditions}gates:\n${gates(102)}`)).toEqual([expect.stringMatching(/^PACK_TOO_LARGE /)]);
  });

  test('use what the pack names, or it is said that nothing does', () => {
    const spec = `conditions:\n  used: ${leaf}\n  idle: ${leaf}\ngates:\n  g: {says: x, when: {condition: used}}`;
    expect(told(spec)).toEqual(['PACK_UNUSED nothing uses the condition `idle`']);
    const parameters =
      'parameters:\n  used: {type: node.ready, default: true, says: x}\n  idle: {type: node.ready, default: true, says: x}\n';
    expect(
      told(
        `${parameters}gates:\n  g: {says: x, per: node, when: {fact: node.ready, operator: equal, value: {fact: param.used}}}`,
      ),
    ).toEqual(['PACK_UNUSED nothing reads the parameter `idle`']);
  });

  test('are the gates, the findings and the rollup as they are written, and no more', () => {
    const result = load(
      `gates:\n  g: {says: why, when: ${leaf}, next: do}\nfindings:\n  f: {says: x, severity: warning, when: ${leaf}}\nrollup: [{phase: Degraded, when: ${leaf}}]`,
    );
    const pack = result.ok ? result.value[0] : undefined;
    expect(pack?.gates).toMatchObject([{ kind: 'gate', name: 'g', says: 'why', per: 'site', next: 'do' }]);
    expect(pack?.findings).toMatchObject([{ kind: 'finding', name: 'f', severity: 'warning' }]);
    expect(pack?.rollup).toMatchObject([{ kind: 'rollup', phase: 'Degraded' }]);
  });

  test('are refused with whatever is wrong in any of them', () => {
    const bad = '{fact: site.nobody, operator: equal, value: true}';
    for (const spec of [
      `gates:\n  g: {says: x, when: ${leaf}}\n  b: {says: x, when: ${bad}}`,
      `findings:\n  f: {says: x, severity: info, when: ${bad}}`,
      `rollup: [{phase: Degraded, when: ${leaf}}, {phase: Upgrading, when: ${bad}}]`,
    ])
      expect(told(spec)).toEqual([expect.stringMatching(/^PACK_UNKNOWN_FACT /)]);
  });
});
