import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadDraft } from '../../../src/profile/load.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { loadTest, testHeader } from '../../../src/profile/test-file.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'profiles');

function profile(): Profile {
  const result = loadDraft(
    { nameOf: (path) => path, read: (path) => readFileSync(join(fixtures, path)) },
    'three-node/profile.yaml',
    vocabulary,
  );
  if (!result.ok) throw new Error('the fixture does not load');
  return result.value.profile;
}

const site = profile();

function testOf(spec: string) {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RuleTest\nmetadata: {name: t}\n';
  return loadTest({ file: 't.yaml', text: `${head}spec: {says: x, capture: ../calm, ${spec}}\n` }, site, vocabulary);
}

function steps(spec: string) {
  const result = testOf(`steps: [${spec}]`);
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('\n'));
  return result.value.steps;
}

function faultsOf(spec: string): readonly string[] {
  const result = testOf(spec);
  return result.ok ? [] : result.faults.map(({ code, message }) => `${code} ${message}`);
}

const expectNothing = 'expect: {phase: Degraded}';

describe('the three-node example’s test', () => {
  const file = 'three-node/tests/second-bond-did-not-flip.yaml';
  const text = readFileSync(join(fixtures, file), 'utf8');

  test('loads, step by step', () => {
    const result = loadTest({ file, text }, site, vocabulary);
    expect(result.ok && result.value).toMatchObject({
      name: 'second-bond-did-not-flip',
      capture: { path: '../captures/flip-half-done' },
      steps: [
        {
          changes: [],
          expects: [
            {
              kind: 'gate',
              pack: 'bond-flip',
              gate: 'bond-in-target-mode',
              per: 'bond',
              object: 'node-a/bond1',
              verdict: 'open',
            },
            { kind: 'gate', object: 'node-b/bond1', verdict: 'closed' },
            { kind: 'workflow', drives: 'BondModeFlipPlan', name: 'storage', state: 'Flip', decision: 'hold' },
          ],
        },
        { changes: [{ kind: 'remove-object', object: 'NodewrightAgentStatus', name: 'node-b' }] },
        {
          changes: [
            {
              kind: 'value',
              fact: 'bond.mode',
              of: 'node-b/bond1',
              value: 'active-backup',
              ageMs: 0,
              grade: 'observed',
            },
            { kind: 'value', fact: 'bond.configuredMode' },
          ],
          expects: [{ kind: 'workflow', decision: 'advance', to: 'Verify' }],
        },
      ],
    });
  });

  test('says where its capture is before its profile is known', () => {
    const result = testHeader({ file, text });
    expect(result.ok && result.value.capture.path).toBe('../captures/flip-half-done');
  });
});

describe('a change', () => {
  test.each([
    [
      '{fact: node.heartbeatAge, of: node-a, value: 30s, age: 5s, grade: reported}',
      { kind: 'value', value: 30_000, ageMs: 5_000, grade: 'reported' },
    ],
    ['{fact: node.cordonedBy, of: node-a, value: null}', { kind: 'value', value: null }],
    [
      '{fact: connection.outOfSync, of: "pvc-7@node-a:node-b", value: 4KiB}',
      { kind: 'value', of: 'pvc-7@node-a:node-b', value: 4096 },
    ],
    ['{fact: node.ready, of: node-a, unknown: true}', { kind: 'unknown', fact: 'node.ready', of: 'node-a' }],
    ['{fact: node.ready, of: node-a, stale: true}', { kind: 'stale', fact: 'node.ready' }],
    ['{remove: {host: node-b}}', { kind: 'remove-host', node: 'node-b' }],
    ['{remove: {linstor: true}}', { kind: 'remove-linstor' }],
    ['{remove: {kind: v1/Node}}', { kind: 'remove-object', object: 'v1/Node' }],
    ['{remove: {kind: Pod, name: a, namespace: b}}', { kind: 'remove-object', name: 'a', namespace: 'b' }],
  ])('%s', (change, expected) => {
    expect(steps(`{change: [${change}], ${expectNothing}}`)[0]?.changes[0]).toMatchObject(expected);
  });

  test.each([
    ['{fact: node.redy, of: node-a, value: true}', ['PACK_UNKNOWN_FACT node has no fact `redy`']],
    ['{fact: node.ready, of: node-a, value: 3}', ['PACK_VALUE_TYPE node.ready is true or false, and `3` is not']],
    ['{fact: node.ready, of: node-a}', ['TEST_INVALID does not say what the fact becomes']],
    ['{fact: node.ready, of: node-a, value: true, stale: true}', ['TEST_INVALID says `value` and `stale` at once']],
    ['{fact: node.ready, of: node-a, unknown: false}', ['SHAPE_INVALID `unknown` can only be `true`']],
    ['{remove: {hosts: node-b}}', ['PACK_AMBIGUOUS_CONDITION `hosts` is no kind of removal']],
    ['{drop: node-b}', ['PACK_AMBIGUOUS_CONDITION this change says nothing that we know']],
  ])('%s is refused', (change, faults) => {
    expect(faultsOf(`steps: [{change: [${change}], ${expectNothing}}]`)).toEqual(faults);
  });
});

describe('an expectation', () => {
  test('is one word for all objects, or one for each', () => {
    const [step] = steps(
      '{expect: {gates: {node-may-restart: open}, findings: {storage-safety/silent-node: {node-a: raised, node-b: quiet}}, phase: MultiNode}}',
    );
    expect(step?.expects).toMatchObject([
      { kind: 'gate', gate: 'node-may-restart', verdict: 'open' },
      { kind: 'finding', finding: 'silent-node', object: 'node-a', word: 'raised' },
      { kind: 'finding', object: 'node-b', word: 'quiet' },
      { kind: 'phase', phase: 'MultiNode' },
    ]);
    expect(step?.expects[0]).not.toHaveProperty('object');
  });

  test.each([
    ['{gates: {node-may-rest: open}}', 'TEST_INVALID profile `three-node` has no gate `node-may-rest`'],
    ['{gates: {node-may-restart: opened}}', 'SHAPE_INVALID `opened` is no verdict'],
    ['{findings: {node-may-restart: raised}}', 'TEST_INVALID profile `three-node` has no finding `node-may-restart`'],
    ['{phase: Fine}', 'SHAPE_INVALID `Fine` is no phase'],
    [
      '{workflow: {ReplicationUpgrade/a: {decision: hold}}}',
      'TEST_INVALID no pack of profile `three-node` drives `ReplicationUpgrade`',
    ],
    ['{workflow: {BondModeFlipPlan/a: {state: Flop}}}', 'PACK_UNKNOWN_STATE `BondModeFlipPlan` has no state `Flop`'],
    ['{}', 'SHAPE_INVALID `expect` is empty'],
  ])('%s is refused', (expected, fault) => {
    expect(faultsOf(`steps: [{expect: ${expected}}]`)).toEqual([fault]);
  });
});

describe('moments', () => {
  test('are read, and moved', () => {
    const result = testOf(`now: 2026-03-04T10:15:02Z, steps: [{advance: 1m, ${expectNothing}}]`);
    expect(result.ok && result.value).toMatchObject({ nowMs: 1_772_619_302_000, steps: [{ advanceMs: 60_000 }] });
  });

  test.each([
    [`now: 2026-02-30T10:15:02Z, steps: [{${expectNothing}}]`, 'TEST_INVALID `2026-02-30T10:15:02Z` is no moment'],
    [`now: yesterday, steps: [{${expectNothing}}]`, 'SHAPE_INVALID `yesterday` is no moment'],
    [
      `steps: [{now: 2026-03-04T10:15:02Z, advance: 1m, ${expectNothing}}]`,
      'TEST_INVALID says `now` and `advance` at once',
    ],
    ['steps: []', 'SHAPE_INVALID `steps` is empty'],
  ])('%s is refused', (spec, fault) => {
    expect(faultsOf(spec)).toEqual([fault]);
  });
});
