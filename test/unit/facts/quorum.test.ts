import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/facts/store.ts';
import type { Cell } from '../../../src/kernel/snapshot.ts';
import { replica } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { report } from '../../support/reports.ts';
import { censusOf, observationsOf, type VolumeShape } from '../../support/volume.ts';

function cellWithout(leaving: string, shape: VolumeShape): Cell | undefined {
  const store = createStore(vocabulary);
  store.fold(censusOf(shape));
  store.fold(report('everybody', 'site', observationsOf(shape)));
  const snapshot = store.cut(1_000);
  const index = snapshot.populations.replica.indexOf.get(replica('v', 0, leaving).id) ?? -1;
  return snapshot.columns.get('replica.quorumWithoutNode')?.cells[index];
}

function without(leaving: string, shape: VolumeShape): boolean | 'unknown' {
  const cell = cellWithout(leaving, shape);
  return cell?.kind === 'present' ? (cell.value as boolean) : 'unknown';
}

const pair = { a: 'diskful', b: 'diskful' } as const;
const pairAndTie = { ...pair, t: 'tie-breaker' } as const;
const three = { a: 'diskful', b: 'diskful', c: 'diskful' } as const;
/** Both sides of a connection gave up, and know the other to be outdated, or know nothing of it. */
const apart = (left: string, right: string, peerDisk: string) => ({
  [`${left}:${right}`]: { state: 'Connecting', replication: 'Off', peerDisk },
  [`${right}:${left}`]: { state: 'Connecting', replication: 'Off', peerDisk },
});

type Case = readonly [name: string, leaving: string, shape: VolumeShape, answer: boolean | 'unknown'];

describe('two copies and a tie-breaker', () => {
  test.each<Case>([
    ['either copy may leave: the tie-breaker keeps the other', 'a', { members: pairAndTie }, true],
    ['the tie-breaker may leave: the copies are two of two', 't', { members: pairAndTie }, true],
    [
      'the copy that stays does not see the tie-breaker',
      'a',
      { members: pairAndTie, but: apart('b', 't', 'Diskless') },
      false,
    ],
    [
      'it does not have quorum now, and the tie-breaker gives none back',
      'a',
      { members: pairAndTie, but: { b: { quorum: false } } },
      false,
    ],
    ['nor has the tie-breaker', 'a', { members: pairAndTie, but: { t: { quorum: false } } }, false],
    ['the copy that stays is being made', 'a', { members: pairAndTie, but: { b: { disk: 'Inconsistent' } } }, false],
    ['the copy that stays is outdated', 'a', { members: pairAndTie, but: { b: { disk: 'Outdated' } } }, false],
    [
      '4.1: b is still the target of a resync from a',
      'a',
      { members: pairAndTie, but: { b: { disk: 'Inconsistent' }, 'b:a': { replication: 'SyncTarget' } } },
      false,
    ],
    [
      '… and b itself may leave',
      'b',
      { members: pairAndTie, but: { b: { disk: 'Inconsistent' }, 'b:a': { replication: 'SyncTarget' } } },
      true,
    ],
    [
      'the tie-breaker leaves while the copies are apart, b outdated',
      't',
      { members: pairAndTie, but: { b: { quorum: true }, ...apart('a', 'b', 'Outdated') } },
      false,
    ],
    ['the tie-breaker is what keeps them now', 't', { members: pairAndTie, but: apart('a', 'b', 'DUnknown') }, false],
    ['3.1: the third is a mere client, which may break no tie', 'a', { members: { ...pair, t: 'client' } }, false],
    [
      'a left gracefully already: b has the newest, and knows it',
      'a',
      { members: pairAndTie, but: { ...apart('a', 'b', 'Outdated'), ...apart('a', 't', 'Outdated') } },
      true,
    ],
    [
      'a went and b does not know with what',
      'a',
      { members: pairAndTie, but: { ...apart('a', 'b', 'DUnknown'), ...apart('a', 't', 'DUnknown') } },
      false,
    ],
    [
      'connected, but the handshake is not done',
      'a',
      { members: pairAndTie, but: { 'b:t': { replication: 'Off' } } },
      false,
    ],
    // 2.1's shape: clean, about to lose its link while attached. The others keep everything; that it must not be attached
    // then is another condition's business.
    [
      '2.1: all is clean and the link of a is about to go',
      'a',
      { members: pairAndTie, but: { b: { role: 'Primary', inUse: true } } },
      true,
    ],
  ])('%s', (_, leaving, shape, answer) => {
    expect(without(leaving, shape)).toBe(answer);
  });
});

describe('other shapes', () => {
  test.each<Case>([
    ['three copies: any one may leave', 'c', { members: three }, true],
    [
      'three copies, one of them away already',
      'a',
      { members: three, but: { ...apart('b', 'c', 'Outdated'), ...apart('a', 'c', 'Outdated') } },
      false,
    ],
    [
      'three copies, one resyncs: the other good one carries it',
      'a',
      { members: three, but: { b: { disk: 'Inconsistent' } } },
      true,
    ],
    [
      'one of two tie-breakers leaves while one copy does not see the other: half of them is no majority',
      't',
      {
        members: { ...pairAndTie, u: 'tie-breaker' },
        but: { 'b:a': { state: 'Connecting', replication: 'Off', peerDisk: 'DUnknown' } },
      },
      false,
    ],
    [
      'one of three does: two of them are',
      't',
      {
        members: { ...pairAndTie, u: 'tie-breaker', w: 'tie-breaker' },
        but: { 'b:a': { state: 'Connecting', replication: 'Off', peerDisk: 'DUnknown' } },
      },
      true,
    ],
    [
      'half of four copies and half of the tie-breakers are no majority, if one of the others does not see more',
      'c',
      {
        members: { ...three, d: 'diskful', t: 'tie-breaker', u: 'tie-breaker' },
        but: {
          'b:a': { state: 'Connecting', replication: 'Off', peerDisk: 'DUnknown' },
          'b:t': { state: 'Connecting', replication: 'Off', peerDisk: 'Diskless' },
        },
      },
      false,
    ],
    ['three copies, policy all', 'a', { members: three, policy: 'all' }, false],
    ['a client leaves three copies', 'x', { members: { ...three, x: 'client' } }, true],
    ['a client leaves three copies, policy all', 'x', { members: { ...three, x: 'client' }, policy: 'all' }, true],
    [
      'a client leaves, one copy is away and known to be outdated',
      'x',
      { members: { ...pair, x: 'client' }, but: { ...apart('a', 'b', 'Outdated'), b: { quorum: false } } },
      false,
    ],
    ['two copies and no third, with majority', 'a', { members: pair }, false],
    ['two copies and no third, without quorum', 'a', { members: pair, policy: 'off' }, true],
    ['… and the other is outdated', 'a', { members: pair, policy: 'off', but: { b: { disk: 'Outdated' } } }, false],
    [
      '… and it may be behind, for they are apart',
      'a',
      { members: pair, policy: 'off', but: apart('a', 'b', 'DUnknown') },
      false,
    ],
    [
      '… and it knows that the leaving one is behind',
      'a',
      { members: pair, policy: 'off', but: apart('a', 'b', 'Outdated') },
      true,
    ],
    ['… and quorum is not asked for then', 'a', { members: pair, policy: 'off', but: { b: { quorum: false } } }, true],
    ['four copies: three of four stay', 'a', { members: { ...three, d: 'diskful' } }, true],
    [
      'four copies, one away: two of four and no tie-breaker',
      'a',
      {
        members: { ...three, d: 'diskful' },
        but: { ...apart('b', 'd', 'DUnknown'), ...apart('c', 'd', 'DUnknown'), ...apart('a', 'd', 'DUnknown') },
      },
      false,
    ],
    ['the only copy', 'a', { members: { a: 'diskful' }, policy: 'off' }, false],
    ['the only copy, beside a client', 'a', { members: { a: 'diskful', x: 'client' }, policy: 'off' }, false],
    ['a client beside the only copy', 'x', { members: { a: 'diskful', x: 'client' }, policy: 'off' }, true],
    [
      'two clients, and the one that stays does not reach the copy',
      'x',
      { members: { a: 'diskful', x: 'client', y: 'client' }, policy: 'off', but: apart('a', 'y', 'UpToDate') },
      false,
    ],
    [
      'an odd number that is one short has no tie to break',
      'a',
      {
        members: { ...three, d: 'diskful', e: 'diskful', t: 'tie-breaker' },
        but: { ...apart('c', 'd', 'DUnknown'), ...apart('d', 'e', 'DUnknown') },
      },
      false,
    ],
    [
      'those who are known to be outdated have no vote while nobody is unknown',
      'x',
      {
        members: { ...three, d: 'diskful', x: 'client' },
        but: { ...apart('b', 'd', 'Outdated'), ...apart('c', 'd', 'Outdated') },
      },
      true,
    ],
    ['a copy that lost its disk is no voter', 'a', { members: three, but: { c: { disk: 'Diskless' } } }, false],
  ])('%s', (_, leaving, shape, answer) => {
    expect(without(leaving, shape)).toBe(answer);
  });
});

describe('unknown as soon as anything it hangs on is', () => {
  test.each<readonly [string, VolumeShape]>([
    ['the policy', { members: pairAndTie, policy: undefined }],
    ['a policy of an unknown word', { members: pairAndTie, policy: { unreadable: '2' } }],
    ['the kind of who leaves', { members: pairAndTie, but: { a: { kind: undefined } } }],
    ['the kind of who stays', { members: pairAndTie, but: { b: { kind: undefined } } }],
    ['the disk of who stays', { members: pairAndTie, but: { b: { disk: undefined } } }],
    ['the quorum of who stays', { members: pairAndTie, but: { b: { quorum: undefined } } }],
    ['the quorum of the tie-breaker', { members: pairAndTie, but: { t: { quorum: undefined } } }],
    ['a connection among those who stay', { members: pairAndTie, but: { 'b:t': { state: undefined } } }],
    ['a replication among those who stay', { members: pairAndTie, but: { 't:b': { replication: undefined } } }],
    ['a connection to who leaves', { members: pairAndTie, but: { 'b:a': { state: undefined } } }],
    [
      'the disk of a peer that is away',
      { members: pairAndTie, but: { 'b:a': { state: 'Connecting', peerDisk: undefined } } },
    ],
    [
      'a word of DRBD that we do not know',
      { members: pairAndTie, but: { 'b:t': { state: { unreadable: 'Warped' } } } },
    ],
  ])('%s', (_, shape) => {
    expect(without('a', shape)).toBe('unknown');
  });

  test('and says which', () => {
    expect(cellWithout('a', { members: pairAndTie, but: { b: { quorum: undefined } } })).toMatchObject({
      why: 'never-reported',
      says: 'cannot be computed: replica.quorum of v@b: never reported',
    });
  });

  test('of who leaves, only the kind is asked: its own node may be silent', () => {
    const silent = { disk: undefined, quorum: undefined, role: undefined };
    const links = {
      'a:b': { state: undefined, replication: undefined },
      'a:t': { state: undefined, replication: undefined },
    };
    expect(without('a', { members: pairAndTie, but: { a: silent, ...links } })).toBe(true);
  });
});
