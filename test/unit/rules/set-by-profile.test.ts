import { describe, expect, test } from 'vitest';
import { bond, node, type Subject } from '../../../src/kernel/subject.ts';
import { TRUE } from '../../../src/kernel/verdict.ts';
import { compile } from '../../../src/rules/compile.ts';
import type { Condition, FactRef, Leaf } from '../../../src/rules/condition.ts';
import { secondOpinion } from '../../../src/rules/engine.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { reasonsOf } from '../../../src/rules/reasons.ts';
import { waysToClose } from '../../../src/rules/ways.ts';
import { fact, gate, leaf, pack } from '../../support/ir.ts';
import { meaningOf } from '../../support/reference.ts';
import { siteWith } from '../../support/site-with.ts';

/** A parameter: read like a fact of the site, and always what the profile says. */
const set = (name: string, setTo: NonNullable<FactRef['setTo']>): FactRef => ({
  ...fact(name),
  name: `param.${name}`,
  subject: 'site',
  setTo,
});
const against = (name: string, operator: Leaf['operator'], parameter: FactRef): Condition => ({
  ...leaf(name, operator, 'x'),
  against: parameter,
});
const members: readonly Subject[] = [node('a'), bond('a', 'x')];
const site = siteWith(members, { 'bond.mode': { 'a/x': '802.3ad' }, 'bond.up': { 'a/x': 2 } });

describe('what the profile has set', () => {
  test.each<[string, Condition, number]>([
    ['the same word', against('bond.mode', 'equal', set('bond.mode', '802.3ad')), 2],
    ['another word', against('bond.mode', 'equal', set('bond.mode', 'active-backup')), 0],
    ['enough', against('bond.up', 'greaterThanInclusive', set('bond.up', 2)), 2],
    ['too few', against('bond.up', 'greaterThanInclusive', set('bond.up', 3)), 0],
    ['itself, beside what is written', { ...leaf('bond.up', 'equal', 2), read: set('bond.up', 2) } as Condition, 2],
  ])('is known to every evaluator: %s', async (_, when, truth) => {
    const asked = gate('bond', when);
    const [judged] = compile([pack({ gates: [asked] })]).evaluate(site).gates;
    expect([...(judged?.truths ?? [])]).toEqual([truth]);
    expect(explainRule(asked, site, 'a/x').truth).toBe(truth);
    expect(meaningOf(asked, site, 'a/x')).toBe(truth);
    expect(await secondOpinion(asked, site, 'a/x')).toBe(truth);
  });

  test('is told as the profile’s word', () => {
    const told = explainRule(gate('bond', against('bond.mode', 'equal', set('bond.mode', '802.3ad'))), site, 'a/x');
    expect(told.truth).toBe(TRUE);
    expect(told.what).toMatchObject({
      kind: 'leaf',
      against: { usable: '802.3ad', reading: { kind: 'known', source: 'the profile', grade: 'observed' } },
    });
    expect(reasonsOf(told)).toHaveLength(1);
  });

  test('is nothing that could be lost', () => {
    const rule = gate('bond', against('bond.mode', 'equal', set('bond.mode', '802.3ad')));
    const { facts } = waysToClose(rule, site, 'a/x', compile([pack({ gates: [rule] })]));
    expect(facts.map((closing) => closing.fact)).toEqual(['bond.mode']);
  });

  test('may be two values in two packs, of one name', () => {
    const packs = ['802.3ad', 'active-backup'].map((mode) =>
      pack({ gates: [gate('bond', against('bond.mode', 'equal', set('bond.mode', mode)))] }),
    );
    expect(
      compile(packs)
        .evaluate(site)
        .gates.map(({ truths }) => [...truths]),
    ).toEqual([[2], [0]]);
  });
});
