import { describe, expect, test } from 'vitest';
import { invariant } from '../../../src/kernel/fault.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { mutationKinds } from '../../../src/review/mutate/edits.ts';
import { mutationsOf } from '../../../src/review/mutate/mutations.ts';
import { toJson } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';

const head = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RulePack
metadata: {name: small, version: 1.0.0}
spec:
  vocabulary: v1
`;

function mutationsIn(text: string) {
  const tree = parseTree({ file: 'small.yaml', text });
  invariant(tree.ok, 'a test writes YAML');
  return mutationsOf({ file: 'small.yaml', tree: tree.value }, vocabulary);
}

/** Every change of a gate's condition: `kind: was → is`. */
function ofGate(when: string): readonly string[] {
  const text = `${head}  gates:\n    g: {says: x, when: ${when}}\n`;
  return mutationsIn(text).map(({ kind, was, is }) => `${kind}: ${was} → ${is}`);
}

describe('what is changed of a condition', () => {
  test.each([
    [
      '{fact: node.heartbeatAge, operator: lessThan, value: 30s}',
      [
        'operator: node.heartbeatAge lessThan 30s → node.heartbeatAge lessThanInclusive 30s',
        'operator: node.heartbeatAge lessThan 30s → node.heartbeatAge greaterThanInclusive 30s',
        'limit: node.heartbeatAge lessThan 30s → node.heartbeatAge lessThan 31s',
        'limit: node.heartbeatAge lessThan 30s → node.heartbeatAge lessThan 29s',
      ],
    ],
    [
      '{fact: connection.outOfSync, operator: equal, value: 0KiB}',
      [
        'operator: connection.outOfSync equal 0KiB → connection.outOfSync notEqual 0KiB',
        'limit: connection.outOfSync equal 0KiB → connection.outOfSync equal 1KiB',
      ],
    ],
    [
      '{fact: node.drbdVersion, operator: greaterThanInclusive, value: 9.2.14}',
      [
        'operator: node.drbdVersion greaterThanInclusive 9.2.14 → node.drbdVersion greaterThan 9.2.14',
        'operator: node.drbdVersion greaterThanInclusive 9.2.14 → node.drbdVersion lessThan 9.2.14',
        'limit: node.drbdVersion greaterThanInclusive 9.2.14 → node.drbdVersion greaterThanInclusive 9.2.15',
        'limit: node.drbdVersion greaterThanInclusive 9.2.14 → node.drbdVersion greaterThanInclusive 9.2.13',
      ],
    ],
    [
      '{fact: bond.mode, operator: in, value: [active-backup, balance-rr]}',
      [
        'operator: bond.mode in [active-backup, balance-rr] → bond.mode notIn [active-backup, balance-rr]',
        'word-dropped: active-backup → nothing',
        'word-dropped: balance-rr → nothing',
      ],
    ],
    [
      '{fact: node.ready, operator: equal, value: true, maxAge: 5s, grade: observed}',
      [
        'operator: node.ready equal true → node.ready notEqual true',
        'max-age: maxAge: 5s → nothing',
        'grade: grade: observed → grade: reported',
      ],
    ],
    [
      '{all: [{condition: a}, {condition: b}]}',
      ['all-any: all → any', 'part-dropped: {condition: a} → nothing', 'part-dropped: {condition: b} → nothing'],
    ],
    ['{any: [{condition: a}]}', []],
    ['{not: {condition: a}}', ['not-removed: {not: {condition: a}} → {condition: a}']],
    [
      '{every: vm, where: {condition: a}, in: site, whenEmpty: open, satisfies: {condition: b}}',
      [
        'quantifier: every vm → some vm',
        'where-removed: where: {condition: a} → nothing',
        'scope: in: site → nothing',
        'when-empty: whenEmpty: open → nothing',
      ],
    ],
    [
      '{atMost: 1, of: replica, except: node, satisfies: {condition: b}}',
      [
        'quantifier: atMost 1 replica → atLeast 1 replica',
        'when-empty: nothing → whenEmpty: open',
        'count: atMost 1 replica → atMost 2 replica',
        'count: atMost 1 replica → atMost 0 replica',
        'scope: except: node → nothing',
      ],
    ],
    ['{condition: a}', []],
  ])('%s', (when, changes) => {
    expect([...ofGate(when)].sort()).toEqual([...changes].sort());
  });

  test('a named condition is changed where it stands, and once', () => {
    const text = `${head}  conditions:
    a: {fact: node.ready, operator: equal, value: true}
  gates:
    g: {says: x, per: node, when: {all: [{condition: a}, {every: node, in: site, satisfies: {condition: a}}]}}
`;
    const operators = mutationsIn(text).filter(({ kind }) => kind === 'operator');
    expect(operators.map(({ at }) => `${at.line}:${at.col}`)).toEqual(['7:37']);
  });

  test('each is the whole document with that one part in it, and the document itself stays as it is', () => {
    const text = `${head}  gates:\n    g: {says: x, when: {all: [{condition: a}, {condition: b}]}}\n`;
    const [swapped] = mutationsIn(text);
    const tree = parseTree({ file: 'small.yaml', text });
    invariant(tree.ok && swapped !== undefined, 'a test writes YAML');
    const other = JSON.stringify(toJson(tree.value)).replace('"all"', '"any"');
    expect(JSON.stringify(toJson(swapped.tree))).toBe(other);
  });
});

describe('what is changed of a machine', () => {
  const machine = `${head}  drives: BondModeFlipPlan
  parameters:
    patience: {type: duration, says: x, default: 1m}
    needed: {type: bool, says: x, default: true}
  guards:
    quiet: {says: x, during: [A, B], grace: 30s, when: {gate: one}}
  stretches:
    through:
      B: {says: x, goto: [{to: C, gates: [one]}]}
  states:
    A:
      step: {command: bond.set-mode, on: {every: node, where: {condition: a}}, atATime: 1, onlyIf: param.needed, confirmWithin: 10m, gates: [one, two]}
      settled: {condition: a}
      undo: {command: bond.revert, gates: [two], settled: {condition: a}}
      goto: [{to: B, gates: [one, two]}, {to: C}]
      budget: 5m
      overdue: fail
`;
  const changes = mutationsIn(machine).map(({ kind, was, is }) => `${kind}: ${was} → ${is}`);

  test.each([
    'default: default: 1m → default: 2m',
    'default: default: 1m → default: 0m',
    'default: default: true → default: false',
    'guard: guard quiet → nothing',
    'guard: during A → nothing',
    'guard: during B → nothing',
    'limit: grace: 30s → grace: 31s',
    'limit: grace: 30s → grace: 29s',
    'limit: confirmWithin: 10m → confirmWithin: 11m',
    'limit: budget: 5m → budget: 6m',
    'step: overdue: fail → nothing',
    'step: onlyIf: param.needed → nothing',
    'step: atATime: 1 → atATime: 2',
    'where-removed: where: {condition: a} → nothing',
    'undo-removed: undo: {command: bond.revert, gates: [two], settled: {condition: a}} → nothing',
    'undo-removed: settled: {condition: a} → nothing',
    'way-dropped: goto {to: C} → nothing',
  ])('%s', (change) => {
    expect(changes).toContain(change);
  });

  test('a gate is dropped wherever it is asked, in stretches too', () => {
    const dropped = mutationsIn(machine).filter(({ kind }) => kind === 'gate-dropped');
    const places = dropped.map(({ was, at }) => `${was} ${at.line}`);
    expect(places).toEqual(['gate one 14', 'gate one 17', 'gate two 17', 'gate two 19', 'gate one 20', 'gate two 20']);
  });

  test('the last guard goes with the list of guards', () => {
    const gone = mutationsIn(machine).find(({ was }) => was === 'guard quiet');
    invariant(gone !== undefined, 'the test above holds it');
    expect(Object.keys((toJson(gone.tree) as { spec: object }).spec)).not.toContain('guards');
  });

  test('a hold past its budget is only told, so that its budget stays as it is', () => {
    const held = mutationsIn(machine.replace('      overdue: fail\n', ''));
    expect(held.filter(({ was }) => was.startsWith('budget'))).toEqual([]);
  });

  test('every kind of change is made by these tests', () => {
    const conditions = [
      '{fact: connection.outOfSync, operator: equal, value: 0KiB, maxAge: 5s, grade: observed}',
      '{any: [{fact: bond.mode, operator: in, value: [active-backup, balance-rr]}, {not: {condition: a}}]}',
      '{atMost: 1, of: replica, except: node, where: {condition: a}, satisfies: {condition: b}}',
    ];
    const made = conditions.flatMap((when) => mutationsIn(`${head}  gates:\n    g: {says: x, when: ${when}}\n`));
    const kinds = new Set([...made, ...mutationsIn(machine)].map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([...mutationKinds].sort());
  });
});
