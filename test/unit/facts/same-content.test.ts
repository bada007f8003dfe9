import { describe, expect, test } from 'vitest';
import { sameContent } from '../../../src/facts/same-content.ts';
import { agreed, unreadable } from '../../../src/facts/say.ts';
import type { Observation, Report } from '../../../src/kernel/fact.ts';
import { node, type Subject } from '../../../src/kernel/subject.ts';
import { lists, report, says } from '../../support/reports.ts';

const [a, b] = [node('a'), node('b')];
const withSaid = (...observations: readonly Observation[]): Report => report('x', 'site', observations);
const withLists = (...members: readonly Subject[]): Report =>
  report('x', 'site', [], { censuses: [lists('node', members)] });
const ready = says('node.ready', a, true);
const age = (value: number): Report => withSaid(says('node.heartbeatAge', a, value));
const odd = (of: Subject['of']): Subject => ({ kind: 'bond', id: 'a/x', of });

describe('two reports are the same', () => {
  test.each<[string, Report, Report]>([
    [
      'in whatever order they say it',
      withSaid(ready, says('node.ready', b, true)),
      withSaid(says('node.ready', b, true), ready),
    ],
    ['saying it twice', withSaid(ready, ready), withSaid(ready)],
    ['in whatever order they list it', withLists(a, b), withLists(b, a)],
    [
      'in whatever order their lists stand',
      report('x', 'site', [], { censuses: [lists('node', [a]), lists('bond', [])] }),
      report('x', 'site', [], { censuses: [lists('bond', []), lists('node', [a])] }),
    ],
    ['with a number that is none', age(Number.NaN), age(Number.NaN)],
  ])('%s', (_, one, other) => expect(sameContent(one, other)).toBe(true));

  test.each<[string, Report, Report]>([
    ['another value', withSaid(ready), withSaid(says('node.ready', a, false))],
    ['another source', withSaid(ready), withSaid(says('node.ready', a, true, { source: 'other' }))],
    ['another grade', withSaid(ready), withSaid(says('node.ready', a, true, { grade: 'reported' }))],
    ['another moment', withSaid(ready), withSaid(says('node.ready', a, true, { at: 7 }))],
    ['another owner', withLists(odd({ node: 'a' })), withLists(odd({ node: 'b' }))],
    ['an owner that is none', withLists(odd({ node: 'a' })), withLists(odd({}))],
    ['one more in the list', withLists(a), withLists(a, b)],
    ['somebody else in the list', withLists(a), withLists(b)],
    [
      'a list that failed',
      withLists(),
      report('x', 'site', [], { censuses: [{ ...lists('node', []), members: { failed: 'x' } }] }),
    ],
    [
      'another word that cannot be read',
      withSaid(says('node.ready', a, { unreadable: 'x' })),
      withSaid(says('node.ready', a, { unreadable: 'y' })),
    ],
    ['no number, and no end', age(Number.NaN), age(Number.POSITIVE_INFINITY)],
    ['no number, and nothing', age(Number.NaN), withSaid(says('node.heartbeatAge', a, null))],
  ])('but not with %s', (_, one, other) => {
    expect(sameContent(one, other)).toBe(false);
    expect(sameContent(other, one)).toBe(false);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['a'.repeat(200), 'a'.repeat(200)],
    ['a'.repeat(201), 'a'.repeat(200)],
    [7, '7'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'nothing'],
    [['secret'], 'a list'],
    [{ secret: 1 }, 'an object'],
  ])('%j is shown as %j', (value, word) => expect(unreadable(value)).toEqual({ unreadable: word }));

  test.each([
    ['nobody: nothing', [], undefined],
    ['all the same', [true, true], true],
    ['two that differ', [true, false], { unreadable: 'both true and false' }],
    ['one that cannot be read first', [{ unreadable: 'x' }, true], { unreadable: 'x' }],
    ['one that cannot be read later', [true, { unreadable: 'x' }], { unreadable: 'x' }],
    ['one that says nothing first', [undefined, true], undefined],
    ['one that says nothing later', [true, undefined], undefined],
  ] as const)('%s', (_, values, answer) => expect(agreed(values)).toEqual(answer));
});
