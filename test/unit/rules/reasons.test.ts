import { describe, expect, test } from 'vitest';
import { node, type Subject } from '../../../src/kernel/subject.ts';
import type { Condition } from '../../../src/rules/condition.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { reasonsOf, verdictOf } from '../../../src/rules/reasons.ts';
import { all, any, atLeast, atMost, every, gate, leaf, not, some } from '../../support/ir.ts';
import { nobody } from '../../support/made-site.ts';
import { siteWith } from '../../support/site-with.ts';

const members: readonly Subject[] = ['a', 'b', 'c'].map((name) => node(name));
const site = siteWith(members, {
  'node.ready': { a: true, b: false },
  'node.name': { a: 'a', b: 'b', c: 'c' },
  'site.calm': { site: false },
});
const ready = leaf('node.ready', 'equal', true);
/** What somebody is called lasts: nobody changes it in order to open a gate. */
const called = (name: string): Condition => leaf('node.name', 'equal', name);
const calm = leaf('site.calm', 'equal', true);

const told = (when: Condition, per: 'node' | 'site' = 'site', object = 'site') =>
  reasonsOf(explainRule(gate(per, when), site, object)).map(
    ({ fact, object, unknown }) => `${fact} ${object}${unknown ? ' ?' : ''}`,
  );

describe('the reasons of', () => {
  test('a closed `all` are all that is false, what lasts too', () => {
    expect(told(all(ready, called('x'), called('b')), 'node', 'b')).toEqual(['node.ready b', 'node.name b']);
  });
  test('a closed `any` are what somebody could change', () => {
    expect(told(any(ready, called('x')), 'node', 'b')).toEqual(['node.ready b']);
  });
  test('a closed `any` over nothing but what lasts are that', () => {
    expect(told(any(called('x'), called('y')), 'node', 'b')).toEqual(['node.name b', 'node.name b']);
  });
  test('an open `not` are those of what it denies', () => {
    expect(told(not(ready), 'node', 'b')).toEqual(['node.ready b']);
  });
  test.each<[string, Condition, readonly string[]]>([
    ['a closed `every`: who does not', every('node', ready), ['node.ready b']],
    ['an open `some`: who does', some('node', ready), ['node.ready a']],
    ['an unknown `atLeast`: who may', atLeast(2, 'node', ready), ['node.ready c ?']],
    ['an open `atMost`: who does not', atMost(2, 'node', ready), ['node.ready b']],
    ['a closed `atMost`: who does', atMost(0, 'node', ready), ['node.ready a']],
    ['an unknown `atMost`: who may', atMost(1, 'node', ready), ['node.ready c ?']],
  ])('%s', (_, when, reasons) => expect(told(when)).toEqual(reasons));
  test('a list that could not be had is that', () => {
    const lost = siteWith(members, {}, { node: { state: 'absent', members } });
    expect(verdictOf(explainRule(gate('site', every('node', ready)), lost, 'site'))).toMatchObject({
      kind: 'unknown',
      missing: [{ fact: 'list of nodes', object: 'site', unknown: true }],
    });
  });
  test('an empty list that leaves it unknown is that', () => {
    const empty = siteWith([], {}, nobody);
    expect(verdictOf(explainRule(gate('site', every('node', ready)), empty, 'site'))).toMatchObject({
      kind: 'unknown',
      missing: [{ fact: 'list of nodes', unknown: true }],
    });
  });
  test('a number that is not reached, by nobody, is a known one', () => {
    const none = siteWith(members, { 'node.ready': { a: true } });
    const closed = explainRule(gate('site', atLeast(4, 'node', ready)), none, 'site');
    expect(verdictOf(closed)).toMatchObject({ kind: 'closed' });
    expect(reasonsOf(closed).every(({ unknown }) => !unknown)).toBe(true);
  });
  test('one and the same thing stand once', () => {
    expect(told(all(calm, calm))).toEqual(['site.calm site']);
  });
});
