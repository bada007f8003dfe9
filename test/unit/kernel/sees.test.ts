import { describe, expect, test } from 'vitest';
import { storageStrains } from '../../../src/kernel/backpressure.ts';
import { compareCohort, freeze, newestStep, workUnderWay } from '../../../src/kernel/cohort.ts';
import type { FactValue } from '../../../src/kernel/fact.ts';
import { isEnded, journalsAhead, lockSeen, orderSeen } from '../../../src/kernel/fence.ts';
import { belongsTo, objectsOf, seen } from '../../../src/kernel/readings.ts';
import type { Snapshot } from '../../../src/kernel/snapshot.ts';
import { bond, connection, node, replica, site, volume } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import type { Order, WorkflowStatus } from '../../../src/kernel/workflow.ts';
import { type MadeSite, madeNowMs, nobody, present, snapshotOf } from '../../support/made-site.ts';

type Said = Readonly<Record<string, FactValue>>;

const lists = {
  ...nobody,
  site: { state: 'known' as const, members: [site] },
  node: { state: 'known' as const, members: [node('a'), node('b')] },
  bond: { state: 'known' as const, members: [bond('a', 'bond1'), bond('b', 'bond1')] },
  volume: { state: 'known' as const, members: [volume('v', 0)] },
  replica: { state: 'known' as const, members: [replica('v', 0, 'a')] },
};

/** `fact object` → what is said of it, observed now unless the cell says otherwise. */
function sees(
  said: Said,
  more: Parameters<typeof present>[1] = {},
  changed: Partial<MadeSite['lists']> = {},
): Snapshot {
  const cells = Object.entries(said).map(([key, value]) => {
    const [fact = '', object = ''] = key.split(' ');
    return { fact, object, cell: present(value, more) };
  });
  return snapshotOf({ lists: { ...lists, ...changed }, cells }, vocabulary);
}

const both: Said = {
  'node.uid a': 'ua',
  'node.uid b': 'ub',
  'node.bootId a': 'ba',
  'node.bootId b': 'bb',
  'bond.mode a/bond1': 'balance-rr',
  'bond.mode b/bond1': 'active-backup',
};

describe('what the kernel itself reads', () => {
  test.each([
    ['older than it may be', { ageMs: 31_000 }],
    ['of a moment that is still to come', { ageMs: -1 }],
    ['that somebody else reported', { grade: 'reported' as const }],
  ])('is nothing %s', (_, more) => {
    expect(seen(sees(both, more), 'bond.mode', 'a/bond1')).toBe(undefined);
  });

  test.each([
    ['bond.mode', 'a/bond1', 'a', true],
    ['bond.mode', 'ab/bond1', 'a', false],
    ['connection.state', connection('v', 0, 'a', 'b').id, 'a', true],
    ['connection.state', connection('v', 0, 'a', 'b').id, 'b', false],
    ['volume.bookend', 'v', 'v', true],
    ['volume.bookend', 'v', 'a', false],
    ['site.lock', 'site', 'a', true],
  ])('%s of %s belongs to %s: %s', (fact, object, owner, whether) => {
    expect(belongsTo(sees({}), fact, object, owner)).toBe(whether);
  });

  test('a fact that nobody has said anything of has its objects all the same', () => {
    expect(objectsOf(sees({}), 'bond.mode', 'a')).toEqual(['a/bond1']);
    expect(objectsOf(sees({}), 'no.such', 'a')).toBe(undefined);
  });
});

describe('a cohort', () => {
  test('is everybody, with every fact that may have to be put back', () => {
    expect(freeze(sees(both), ['bond.mode'])).toEqual({
      ok: true,
      value: {
        nodes: [
          { name: 'a', uid: 'ua', bootId: 'ba' },
          { name: 'b', uid: 'ub', bootId: 'bb' },
        ],
        hand: 'a',
        facts: { 'bond.mode': { 'a/bond1': 'balance-rr', 'b/bond1': 'active-backup' } },
      },
    });
  });

  test.each(Object.keys(both))('is not frozen on a guess of %s', (key) => {
    const { [key]: _, ...rest } = both;
    const [fact = '', object = ''] = key.split(' ');
    expect(freeze(sees(rest), ['bond.mode'])).toEqual({ ok: false, unknown: [{ fact, object }] });
  });

  test.each([
    ['node', { node: { state: 'stale' as const, members: lists.node.members } }],
    ['node', { node: { state: 'known' as const, members: [] } }],
    ['bond.mode', { bond: { state: 'absent' as const, members: [] } }],
  ])('is not frozen without its list of %ss', (fact, changed) => {
    expect(freeze(sees(both, {}, changed), ['bond.mode'])).toMatchObject({ ok: false, unknown: [{ fact }] });
  });

  test('of a site without volumes freezes that there are none', () => {
    const none = { volume: { state: 'known' as const, members: [] } };
    expect(freeze(sees(both, {}, none), ['volume.bookend'])).toMatchObject({
      value: { facts: { 'volume.bookend': {} } },
    });
  });

  const cohort = { nodes: [{ name: 'a', uid: 'ua', bootId: 'ba' }], hand: 'a', facts: {} };
  const alone = { node: { state: 'known' as const, members: [node('a')] } };
  test.each([
    ['the same', both, alone, { kind: 'same' }],
    ['restarted', { ...both, 'node.bootId a': 'b2' }, alone, { kind: 'changed', changes: [{ fact: 'node.bootId' }] }],
    ['another', { ...both, 'node.uid a': 'u2' }, alone, { kind: 'changed', changes: [{ fact: 'node.uid' }] }],
    ['one more', both, {}, { kind: 'changed', changes: [{ object: 'b' }] }],
    ['unheard of', {}, alone, { kind: 'unknown' }],
    ['not on the list', both, { node: { state: 'known' as const, members: [] } }, { kind: 'changed' }],
    ['without a list', both, { node: { state: 'absent' as const, members: [] } }, { kind: 'unknown' }],
  ])('that is %s is known as such', (_, said, changed, now) => {
    expect(compareCohort(cohort, sees(said, {}, changed))).toMatchObject(now);
  });

  test('numbers its orders on from the newest that any journal knows, and from none that is not known', () => {
    const nodes = [...cohort.nodes, { name: 'b', uid: 'ub', bootId: 'bb' }];
    expect(newestStep(sees({ 'node.journalStep a': 3, 'node.journalStep b': 7 }), nodes)).toEqual({
      ok: true,
      value: 7,
    });
    expect(newestStep(sees({ 'node.journalStep b': 7 }), nodes)).toMatchObject({
      ok: false,
      unknown: [{ object: 'a' }],
    });
  });

  test('does not begin while anybody works, or may', () => {
    const idle = sees({ 'node.journalOutcome a': 'interrupted' });
    expect(workUnderWay(idle, cohort.nodes)).toEqual([]);
    expect(workUnderWay(sees({ 'node.journalOutcome a': 'accepted' }), cohort.nodes)).toHaveLength(1);
    expect(workUnderWay(sees({}), cohort.nodes)).toHaveLength(1);
  });
});

describe('an order, as a journal shows it', () => {
  const order = { workflow: 'w', step: 5, node: 'a' } as Order;
  const journal = (step: FactValue, workflow: FactValue, outcome: FactValue): Said => ({
    'node.journalStep a': step,
    'node.journalWorkflow a': workflow,
    'node.journalOutcome a': outcome,
  });
  test.each([
    ['nothing known', {}, 'unknown'],
    ['an older one', journal(4, 'w', 'done'), 'unseen'],
    ['this one, begun', journal(5, 'w', 'accepted'), 'under-way'],
    ['this one, done', journal(5, 'w', 'done'), 'done'],
    ['this one, failed', journal(5, 'w', 'failed'), 'failed'],
    ['this one, cut off', journal(5, 'w', 'interrupted'), 'interrupted'],
    ['this number of another workflow', journal(5, 'x', 'done'), 'unknown'],
    ['a newer one of this workflow', journal(6, 'w', 'accepted'), 'done'],
    ['a newer one of another workflow', journal(6, 'x', 'done'), 'unknown'],
    ['this one, with no outcome', journal(5, 'w', 'none'), 'unknown'],
  ])('%s', (_, said, how) => {
    expect(orderSeen(sees(said as Said), order)).toBe(how);
  });

  test('has ended unless it is under way or may be', () => {
    expect((['unknown', 'unseen', 'under-way'] as const).map(isEnded)).toEqual([false, false, false]);
    expect((['done', 'failed', 'refused', 'interrupted'] as const).map(isEnded)).toEqual([true, true, true, true]);
  });

  test.each([
    ['a newer step', { 'node.journalStep a': 6 }, ['K10']],
    ['a newer leader', { 'node.journalEpoch a': 3 }, ['K9']],
    ['both', { 'node.journalStep a': 6, 'node.journalEpoch a': 3 }, ['K9', 'K10']],
    ['neither', { 'node.journalStep a': 5, 'node.journalEpoch a': 2 }, []],
  ])('shows %s than the status', (_, said, laws) => {
    const status = { step: 5, cohort: { nodes: [{ name: 'a' }] } } as unknown as WorkflowStatus;
    expect(journalsAhead(sees(said), status, 2).map(({ law }) => law)).toEqual(laws);
  });
});

describe('the site lock', () => {
  const status = { uid: 'w' } as WorkflowStatus;
  test.each([
    ['nobody', null, { kind: 'free' }],
    ['us', 'w@2', { kind: 'ours', epoch: 'current' }],
    ['us, under the leader before', 'w@1', { kind: 'ours', epoch: 'older' }],
    ['us, under the next leader', 'w@3', { kind: 'ours', epoch: 'newer' }],
    ['another workflow', 'x@2', { kind: 'other' }],
    ['somebody with a name like ours', 'w@02', { kind: 'other' }],
    ['somebody without an epoch', 'w', { kind: 'other' }],
    ['us, in an epoch that no number holds', 'w@9999999999999999', { kind: 'other' }],
  ])('of %s', (_, holder, how) => {
    expect(lockSeen(sees({ 'site.lock site': holder }), status, 2)).toMatchObject(how);
  });

  test('that was seen before it was written says nothing', () => {
    const snapshot = sees({ 'site.lock site': 'w@2' });
    expect(lockSeen(snapshot, { ...status, lockAskedAtMs: madeNowMs }, 2)).toEqual({ kind: 'unknown' });
    expect(lockSeen(snapshot, { ...status, lockAskedAtMs: madeNowMs - 1 }, 2).kind).toBe('ours');
    expect(lockSeen(sees({}), status, 2)).toEqual({ kind: 'unknown' });
  });
});

describe('what keeps the storage from taking on more', () => {
  const well: Said = {
    'site.linstorReachable site': true,
    'site.poolsHealthy site': true,
    'replica.quorum v@a': true,
    'replica.suspended v@a': [],
    'replica.forceIoFailures v@a': false,
    'replica.disk v@a': 'UpToDate',
  };
  test('nothing, while all is well', () => {
    expect(storageStrains(sees(well))).toEqual([]);
  });
  test.each([
    ['site.linstorReachable site', false],
    ['site.poolsHealthy site', false],
    ['replica.quorum v@a', false],
    ['replica.suspended v@a', ['quorum']],
    ['replica.forceIoFailures v@a', true],
    ['replica.disk v@a', 'Failed'],
    ['replica.disk v@a', 'Detaching'],
  ] as const)('%s is %s', (key, value) => {
    const [fact = ''] = key.split(' ');
    expect(storageStrains(sees({ ...well, [key]: value }))).toMatchObject([{ fact }]);
  });
  test.each(Object.keys(well))('%s is not known', (key) => {
    const { [key]: _, ...rest } = well;
    expect(storageStrains(sees(rest))).toMatchObject([{ fact: key.split(' ')[0], detail: 'is not known' }]);
  });
  test('a list of copies that was not had', () => {
    const changed = { replica: { state: 'stale' as const, members: lists.replica.members } };
    expect(storageStrains(sees(well, {}, changed))).toMatchObject([{ fact: 'replica' }]);
  });
});
