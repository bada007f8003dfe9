import { expect, test } from 'vitest';
import { connection, node, replica, type Subject, volume } from '../../../src/kernel/subject.ts';
import { TRUE, UNKNOWN } from '../../../src/kernel/verdict.ts';
import { compile } from '../../../src/rules/compile.ts';
import { agreesToOpen, secondOpinion } from '../../../src/rules/engine.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { every, gate, leaf, pack } from '../../support/ir.ts';
import { meaningOf } from '../../support/reference.ts';
import { siteWith } from '../../support/site-with.ts';

test('whoever stands in a list that is not known is asked about in vain, however healthy he looks', async () => {
  const members = [node('a')];
  const asked = gate('node', leaf('node.ready', 'equal', true));
  const facts = { 'node.ready': { a: true } };
  expect(await secondOpinion(asked, siteWith(members, facts), 'a')).toBe(TRUE);
  for (const state of ['stale', 'absent'] as const) {
    const lost = siteWith(members, facts, { node: { state, members } });
    expect(await secondOpinion(asked, lost, 'a')).toBe(UNKNOWN);
    expect(await agreesToOpen(asked, lost, 'a')).toBe(false);
    expect(explainRule(asked, lost, 'a').truth).toBe(UNKNOWN);
  }
  expect(await secondOpinion(asked, siteWith(members, facts), 'b')).toBe(UNKNOWN);
  expect(await secondOpinion(asked, siteWith(members, facts), undefined)).toBe(UNKNOWN);
});

test('of two owners neither of which owns the other, members must belong to both', async () => {
  const names = ['a', 'b'];
  const members: readonly Subject[] = [
    ...names.map(node),
    ...['v', 'w'].map((name) => volume(name, 0)),
    ...['v', 'w'].flatMap((name) => names.map((on) => replica(name, 0, on))),
    connection('v', 0, 'a', 'b'),
  ];
  const asked = gate(
    'connection',
    every('replica', leaf('replica.open', 'equal', true), { within: ['volume', 'node'] }),
  );
  // Only v on a is meant; those of the same volume elsewhere, and of the same node of another volume, are not.
  const facts = { 'replica.open': { 'v@a': true, 'v@b': false, 'w@a': false, 'w@b': false } };
  const site = siteWith(members, facts);
  const [judged] = compile([pack({ gates: [asked] })]).evaluate(site).gates;
  expect([...(judged?.truths ?? [])]).toEqual([TRUE]);
  expect(meaningOf(asked, site, 'v@a:b')).toBe(TRUE);
  expect(explainRule(asked, site, 'v@a:b').truth).toBe(TRUE);
  expect(await secondOpinion(asked, site, 'v@a:b')).toBe(TRUE);
});
