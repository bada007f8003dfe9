import { describe, expect, test } from 'vitest';
import type { FactValue, Grade } from '../../../src/kernel/fact.ts';
import type { Machine } from '../../../src/kernel/machine.ts';
import { stateOf } from '../../../src/kernel/machine.ts';
import type { Snapshot } from '../../../src/kernel/snapshot.ts';
import { bond, node, volume } from '../../../src/kernel/subject.ts';
import { FALSE, TRUE, UNKNOWN } from '../../../src/kernel/verdict.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import type { Cohort } from '../../../src/kernel/workflow.ts';
import { compile } from '../../../src/rules/compile.ts';
import { agreesToOpen } from '../../../src/rules/engine.ts';
import { explainRule } from '../../../src/rules/explain.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';
import { compileMachine, type MachineSight } from '../../../src/rules/machine-evaluator.ts';
import type { Question } from '../../../src/rules/pack.ts';
import { waysToOpen } from '../../../src/rules/ways.ts';
import { drivingPack, sharedPack } from '../../support/machine-packs.ts';
import { type MadeSite, nobody, present, snapshotOf } from '../../support/made-site.ts';

function machineOf(text: string): Machine<Question> {
  const sources = [
    { file: 'flip.yaml', text },
    { file: 'shared.yaml', text: sharedPack },
  ];
  const result = loadPacks(sources, { vocabulary });
  const found = (result.ok ? result.value : []).flatMap((pack) => pack.machine ?? [])[0];
  if (found === undefined) throw new Error('the pack of the tests does not load');
  return found;
}

const machine = machineOf(drivingPack);
const compiled = compileMachine(machine);

function question(state: string, of: 'where' | 'settled' | 'undo' | 'gate' | 'goto', at = 0): Question {
  const found = stateOf(machine, state);
  const asks = {
    where: found?.act?.where,
    settled: found?.act?.settled,
    undo: found?.act?.undo?.settled,
    gate: found?.act?.gates[at]?.asks,
    goto: found?.goto[0]?.gates[at]?.asks,
  }[of];
  if (asks === undefined) throw new Error(`${state} has no ${of}`);
  return asks;
}

type Said = readonly (readonly [fact: string, object: string, value: FactValue, grade?: Grade])[];

const twoNodes: MadeSite['lists'] = {
  ...nobody,
  node: { state: 'known', members: [node('a'), node('b')] },
  bond: { state: 'known', members: [bond('a', 'bond1'), bond('b', 'bond1')] },
};

function site(said: Said, lists: Partial<MadeSite['lists']> = {}): Snapshot {
  const cells = said.map(([fact, object, value, grade]) => ({
    fact,
    object,
    cell: present(value, grade === undefined ? {} : { grade }),
  }));
  return snapshotOf({ lists: { ...twoNodes, ...lists }, cells }, vocabulary);
}

function frozen(facts: Cohort['facts']): Cohort {
  return { nodes: [{ name: 'a', uid: 'u', bootId: 'b' }], hand: 'a', facts };
}

function sight(said: Said, lists: Partial<MadeSite['lists']> = {}, cohort?: Cohort): MachineSight {
  return compiled.sightOf(site(said, lists), 7, cohort);
}

test('a sight knows the epoch of the leader that looks, and what it looks at', () => {
  const snapshot = site([]);
  const looking = compiled.sightOf(snapshot, 7);
  expect(looking.epoch).toBe(7);
  expect(looking.snapshot).toBe(snapshot);
  expect(compiled.machine).toBe(machine);
});

describe('a member is asked in its own scope', () => {
  const settled = question('Flip', 'settled');
  const armed: Said = [
    ['bond.mode', 'a/bond1', 'active-backup'],
    ['bond.armed', 'a/bond1', true],
    ['bond.mode', 'b/bond1', 'balance-rr'],
    ['bond.armed', 'b/bond1', true],
  ];

  test('so that one node is settled by its own bond, and another by its own', () => {
    const looking = sight(armed);
    expect([looking.ask(settled, 'a'), looking.ask(settled, 'b')]).toEqual([TRUE, FALSE]);
  });

  test('and one who is not there is unknown, as all are while the list of them is', () => {
    expect(sight(armed).ask(settled, 'c')).toBe(UNKNOWN);
    for (const state of ['stale', 'absent'] as const) {
      expect(sight(armed, { node: { state, members: [node('a')] } }).ask(settled, 'a')).toBe(UNKNOWN);
      expect(sight(armed, { bond: { state, members: [bond('a', 'bond1')] } }).ask(settled, 'a')).toBe(UNKNOWN);
    }
  });

  test('and over nobody it is unknown', () => {
    expect(sight(armed, { bond: { state: 'known', members: [] } }).ask(settled, 'a')).toBe(UNKNOWN);
  });

  test('and a fact that is missing, of too low a grade, or too old settles nothing', () => {
    expect(sight(armed.slice(0, 1)).ask(settled, 'a')).toBe(UNKNOWN);
    const reported: Said = [...armed.slice(0, 1), ['bond.armed', 'a/bond1', true, 'reported']];
    expect(sight(reported).ask(settled, 'a')).toBe(UNKNOWN);
    const cell = present(true, { ageMs: 30_001 });
    const old = { lists: twoNodes, cells: [{ fact: 'bond.armed', object: 'a/bond1', cell }] };
    const looking = compiled.sightOf(snapshotOf(old, vocabulary), 1);
    expect(looking.ask(question('Confirm', 'settled'), 'a')).toBe(UNKNOWN);
  });
});

describe('a gate keeps its own grade where it is asked', () => {
  test('what a legacy agent claims opens the one that takes it, and not the one that needs it seen', () => {
    const claimed = sight([
      ['site.linstorReachable', 'site', true, 'reported'],
      ['node.ready', 'a', true, 'reported'],
      ['node.ready', 'b', true, 'reported'],
    ]);
    expect(claimed.ask(question('Idle', 'goto', 0), 'site')).toBe(TRUE);
    expect(claimed.ask(question('Idle', 'goto', 1), 'site')).toBe(UNKNOWN);
    expect(claimed.ask(question('Flip', 'gate', 0), 'a')).toBe(UNKNOWN);
  });

  test('a transition asks each of them, a step its own member', () => {
    const looking = sight([
      ['node.ready', 'a', true],
      ['node.ready', 'b', false],
    ]);
    expect(looking.ask(question('Idle', 'goto', 1), 'site')).toBe(FALSE);
    expect([looking.ask(question('Flip', 'gate', 0), 'a'), looking.ask(question('Flip', 'gate', 0), 'b')]).toEqual([
      TRUE,
      FALSE,
    ]);
  });
});

describe('`cohort.FACT`', () => {
  const undone = question('Flip', 'undo');
  const now: Said = [
    ['bond.mode', 'a/bond1', 'balance-rr'],
    ['bond.mode', 'b/bond1', 'balance-rr'],
  ];

  test('is unknown before the cohort was frozen', () => {
    expect(sight(now).ask(undone, 'a')).toBe(UNKNOWN);
  });

  test('is what the fact was, of each object', () => {
    const cohort = frozen({ 'bond.mode': { 'a/bond1': 'balance-rr', 'b/bond1': 'active-backup' } });
    const looking = sight(now, {}, cohort);
    expect([looking.ask(undone, 'a'), looking.ask(undone, 'b')]).toEqual([TRUE, FALSE]);
  });

  test('does not age, however long ago it was frozen', () => {
    const cohort = frozen({ 'bond.mode': { 'a/bond1': 'balance-rr' } });
    const later = { ...site(now), nowMs: site(now).nowMs + 20_000 };
    expect(compiled.sightOf(later, 1, cohort).ask(undone, 'a')).toBe(TRUE);
    expect(compiled.sightOf(later, 1, cohort).frozen.columns.get('cohort.bond.mode')).toMatchObject({
      fact: { name: 'cohort.bond.mode', maxAgeMs: Number.POSITIVE_INFINITY, grade: 'observed' },
      cells: [{ kind: 'present', seenAtMs: later.nowMs, grade: 'observed' }, { kind: 'absent' }],
    });
  });

  test.each<[string, Cohort['facts']]>([
    ['nothing was frozen of that object', { 'bond.mode': { 'b/bond1': 'balance-rr' } }],
    ['nothing was frozen of that fact', { 'bond.armed': { 'a/bond1': false } }],
    ['somebody wrote what the fact cannot be', { 'bond.mode': { 'a/bond1': true } }],
    [
      'only the prototype has it',
      { 'bond.mode': Object.create({ 'a/bond1': 'balance-rr' }) as Record<string, string> },
    ],
  ])('is unknown where %s', (_, facts) => {
    expect(sight(now, {}, frozen(facts)).ask(undone, 'a')).toBe(UNKNOWN);
  });

  test('is not read by whoever asks for the fact itself', () => {
    const cohort = frozen({ 'bond.mode': { 'a/bond1': 'active-backup' }, 'bond.armed': { 'a/bond1': true } });
    expect(sight([], {}, cohort).ask(question('Flip', 'settled'), 'a')).toBe(UNKNOWN);
  });
});

describe('why', () => {
  test('names what keeps a member from being settled, with its place', () => {
    const looking = sight([
      ['bond.mode', 'a/bond1', 'balance-rr'],
      ['bond.armed', 'a/bond1', true],
    ]);
    expect(looking.why(question('Flip', 'settled'), 'a')).toMatchObject([
      { fact: 'bond.mode', object: 'a/bond1', unknown: false, at: { file: 'flip.yaml', line: 12 } },
    ]);
  });

  test('names the list that is not known, and the one who is not there', () => {
    const looking = sight([], { bond: { state: 'absent', members: [] } });
    expect(looking.why(question('Flip', 'settled'), 'a')).toContainEqual(
      expect.objectContaining({ fact: 'list of bonds', unknown: true }),
    );
    expect(looking.why(question('Flip', 'settled'), 'c')).toMatchObject([{ fact: 'list of nodes', unknown: true }]);
  });

  test('names what was frozen, where that is what is missing', () => {
    const looking = sight([['bond.mode', 'a/bond1', 'balance-rr']]);
    expect(looking.why(question('Flip', 'undo'), 'a')).toMatchObject([
      { fact: 'cohort.bond.mode', object: 'a/bond1', unknown: true },
    ]);
  });
});

describe('reads', () => {
  const flipped: Said = [
    ['bond.mode', 'b/bond1', 'active-backup'],
    ['bond.armed', 'a/bond1', true],
    ['bond.mode', 'a/bond1', 'active-backup'],
  ];

  test('are the facts of that member alone, by fact and object; what the profile sets is none', () => {
    expect(sight(flipped).reads(question('Flip', 'settled'), 'a')).toEqual([
      { fact: 'bond.armed', object: 'a/bond1', value: true },
      { fact: 'bond.mode', object: 'a/bond1', value: 'active-backup' },
    ]);
    expect(sight(flipped).reads(question('Verify', 'goto'), 'site')).toEqual([
      { fact: 'bond.mode', object: 'a/bond1', value: 'active-backup' },
      { fact: 'bond.mode', object: 'b/bond1', value: 'active-backup' },
    ]);
  });

  test('are none of what was frozen', () => {
    const looking = sight(flipped, {}, frozen({ 'bond.mode': { 'a/bond1': 'active-backup' } }));
    expect(looking.reads(question('Flip', 'undo'), 'a')).toEqual([
      { fact: 'bond.mode', object: 'a/bond1', value: 'active-backup' },
    ]);
  });

  test('are none where it is not true', () => {
    expect(sight(flipped).reads(question('Flip', 'settled'), 'b')).toEqual([]);
  });
});

describe('a sight looks things up once, and only what is asked', () => {
  /** A snapshot that counts which columns are looked up. */
  function counting(said: Said): { readonly snapshot: Snapshot; readonly asked: string[] } {
    const asked: string[] = [];
    const snapshot = site(said);
    const columns = new Map(snapshot.columns);
    const get = columns.get.bind(columns);
    columns.get = (name) => {
      asked.push(name);
      return get(name);
    };
    return { snapshot: { ...snapshot, columns }, asked };
  }

  test('for all members and for every question that means the same', () => {
    const { snapshot, asked } = counting([['node.ready', 'a', true]]);
    const looking = compiled.sightOf(snapshot, 1);
    for (const member of ['a', 'b']) looking.ask(question('Flip', 'gate', 0), member);
    expect(asked).toEqual(['node.ready']);
    looking.ask(question('Verify', 'goto'), 'site');
    expect(asked).toEqual(['node.ready', 'bond.mode']);
    looking.ask(question('Verify', 'goto'), 'site');
    expect(asked).toHaveLength(2);
  });

  test('also where two states ask one gate', () => {
    const twice = drivingPack.replace('goto: [{to: Unprotect}]', 'goto: [{to: Unprotect, gates: [in-mode]}]');
    const own = machineOf(twice);
    const { snapshot, asked } = counting([]);
    const looking = compileMachine(own).sightOf(snapshot, 1);
    for (const name of ['Verify', 'Confirm']) {
      const asks = stateOf(own, name)?.goto[0]?.gates[0]?.asks;
      expect(asks && looking.ask(asks, 'site')).toBe(UNKNOWN);
    }
    expect(asked).toEqual(['bond.mode']);
  });

  test('and another sight looks again', () => {
    const { snapshot, asked } = counting([]);
    for (const epoch of [1, 2]) compiled.sightOf(snapshot, epoch).ask(question('Idle', 'goto', 0), 'site');
    expect(asked).toEqual(['site.linstorReachable', 'site.linstorReachable']);
  });
});

test('whatever explains a gate, or gives a second opinion on it, takes a question as well', async () => {
  const undone = question('Flip', 'undo');
  const cohort = frozen({ 'bond.mode': { 'a/bond1': 'balance-rr', 'b/bond1': 'balance-rr' } });
  const looking = sight(
    [
      ['bond.mode', 'a/bond1', 'balance-rr'],
      ['bond.mode', 'b/bond1', 'active-backup'],
    ],
    {},
    cohort,
  );
  expect(explainRule(undone, looking.frozen, 'a').truth).toBe(TRUE);
  expect(await agreesToOpen(undone, looking.frozen, 'a')).toBe(true);
  expect(await agreesToOpen(undone, looking.frozen, 'b')).toBe(false);
  const named = { name: 'asked', version: '1.0.0', digest: '', file: '', requires: [], parameters: new Map() };
  const evaluator = compile([{ ...named, gates: [undone], findings: [], rollup: [] }]);
  // What was frozen is past: nobody is told to change it.
  expect(waysToOpen(undone, looking.frozen, 'b', evaluator)).toMatchObject({
    ways: [{ changes: [{ fact: 'bond.mode', object: 'b/bond1', to: 'balance-rr' }] }],
    complete: true,
  });
});

test('a step on volumes is asked of each volume', () => {
  const text = drivingPack
    .replace(
      'step: {command: bond.confirm, on: {every: node}}',
      'step: {command: volume.raise-placement, on: {every: volume}, gates: [quiet], with: {place: 2}}',
    )
    .replace(
      'settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}',
      'settled: {fact: volume.place, operator: equal, value: 2}',
    );
  const own = machineOf(text);
  const settled = stateOf(own, 'Confirm')?.act?.settled;
  if (settled === undefined) throw new Error('Confirm has no settled');
  const members = [volume('one', 0), volume('two', 0)];
  const snapshot = site(
    [
      ['volume.place', 'one', 2],
      ['volume.place', 'two', 1],
    ],
    { volume: { state: 'known', members } },
  );
  const looking = compileMachine(own).sightOf(snapshot, 1);
  expect([looking.ask(settled, 'one'), looking.ask(settled, 'two')]).toEqual([TRUE, FALSE]);
});
