import { LogicEngine } from 'json-logic-engine';
import { Engine, type EngineOptions, type TopLevelCondition } from 'json-rules-engine';
import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/facts/store.ts';
import type { FactValue, Observation } from '../../../src/kernel/fact.ts';
import type { Snapshot } from '../../../src/kernel/snapshot.ts';
import { connection, node, replica, type Subject, site, subjectKinds, volume } from '../../../src/kernel/subject.ts';
import { type VerdictWord, verdictWords } from '../../../src/kernel/verdict.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { compile } from '../../../src/rules/compile.ts';
import { secondOpinion } from '../../../src/rules/engine.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';
import type { RulePack } from '../../../src/rules/pack.ts';
import { meaningOf } from '../../support/reference.ts';

/** What docs/engines.md tells of each engine, tried out: first on the engine as it comes, so that the page cannot rot,
 *  then on ours. `lets through` and `holds` are said of the gate as an author would write it. */
type Raw = 'lets through' | 'holds' | 'throws';

async function jsonRulesEngine(
  conditions: TopLevelCondition,
  facts: Record<string, unknown>,
  options: EngineOptions = {},
): Promise<Raw> {
  try {
    const engine = new Engine([{ conditions, event: { type: 'lets through' } }], options);
    return (await engine.run(facts)).results.length === 1 ? 'lets through' : 'holds';
  } catch {
    return 'throws';
  }
}

function jsonLogic(logic: object, data: object): Raw {
  const engine = new LogicEngine();
  const answer = (ask: () => unknown): Raw => {
    try {
      return ask() ? 'lets through' : 'holds';
    } catch {
      return 'throws';
    }
  };
  const interpreted = answer(() => engine.run(logic, data));
  expect(answer(() => (engine.build(logic) as (data: object) => unknown)(data))).toBe(interpreted);
  return interpreted;
}

function load(per: string, when: string) {
  const text = [
    'apiVersion: nodewright.spectrocloud.com/v1alpha1',
    'kind: RulePack',
    'metadata: {name: probe, version: 1.0.0}',
    'spec:',
    '  vocabulary: v1',
    '  gates:',
    `    probe: {says: a probe, per: ${per}, when: ${when}}`,
    '',
  ].join('\n');
  return loadPacks([{ file: 'probe.yaml', text }], { vocabulary });
}

const nowMs = 1_000_000;
type Said = readonly [fact: string, subject: Subject, value: FactValue];

/** What the store makes of observations about these members, so that an odd value takes the road that real ones take. */
function snapshotOf(members: readonly Subject[], said: readonly Said[]): Snapshot {
  const store = createStore(vocabulary);
  const observations = said.map(([fact, subject, value]): Observation => {
    return { fact, subject, value, seenAtMs: nowMs, grade: 'observed', source: 'probe' };
  });
  const censuses = subjectKinds
    .filter((kind) => kind !== 'site')
    .map((kind) => ({ kind, members: members.filter((one) => one.kind === kind), seenAtMs: nowMs, source: 'probe' }));
  store.fold({ reporter: 'probe', scope: 'site', seenAtMs: nowMs, observations, censuses });
  return store.cut(nowMs);
}

/** Our verdict on one object, by the compiled pack, and the same by everybody else of ours. */
async function ours(pack: RulePack, snapshot: Snapshot, object: string): Promise<VerdictWord> {
  const [judged] = compile([pack]).evaluate(snapshot).gates;
  if (judged === undefined) throw new Error('the probe has no gate');
  const index = judged.objects.indexOf(object);
  const truth = index === -1 ? 1 : (judged.truths[index] ?? 1);
  expect(meaningOf(judged.rule, snapshot, object)).toBe(truth);
  expect(await secondOpinion(judged.rule, snapshot, object)).toBe(truth);
  return verdictWords[truth];
}

const [a, b, c] = [node('node-a'), node('node-b'), node('node-c')];
const pvc = volume('pvc', 0);
const [onA, onB] = [replica('pvc', 0, 'node-a'), replica('pvc', 0, 'node-b')];
const link = connection('pvc', 0, 'node-a', 'node-b');
const everybody: readonly Subject[] = [a, b, c, pvc, onA, onB, link];

const missing = { state: { operator: 'equal', path: '$.state', fact: 'connection' } };
const stateIs = (operator: string, value: unknown) => ({ ...missing.state, operator, value });
const wildcard = (operator: string, value: unknown) => ({
  fact: 'volume',
  path: '$.replicas[*].disk',
  operator,
  value,
});
const oneOutdated = { volume: { replicas: [{ disk: 'Outdated' }, { disk: 'UpToDate' }] } };
const ages = { site: { nodes: [{ age: 5 }, {}] } };

interface Probe {
  readonly what: string;
  readonly raw: () => Promise<Raw>;
  readonly answers: Raw;
  readonly per: string;
  readonly when: string;
  readonly said?: readonly Said[];
  /** The verdict on `object`, or the code with which the pack is refused. */
  readonly ours: VerdictWord | `PACK_${string}` | `SHAPE_${string}`;
  readonly object?: Subject;
}

const probes: readonly Probe[] = [
  {
    what: '1 notEqual, path missing in a present fact',
    raw: () => jsonRulesEngine({ all: [stateIs('notEqual', 'SplitBrain')] }, { connection: {} }),
    answers: 'lets through',
    per: 'connection',
    when: '{fact: connection.state, operator: notEqual, value: StandAlone}',
    object: link,
    ours: 'unknown',
  },
  {
    what: '2 notIn, path missing',
    raw: () => jsonRulesEngine({ all: [stateIs('notIn', ['Outdated', 'Inconsistent'])] }, { connection: {} }),
    answers: 'lets through',
    per: 'replica',
    when: '{fact: replica.disk, operator: notIn, value: [Outdated, Inconsistent]}',
    object: onA,
    ours: 'unknown',
  },
  {
    what: '3 not equal, path missing',
    raw: () => jsonRulesEngine({ not: stateIs('equal', 'SplitBrain') }, { connection: {} }),
    answers: 'lets through',
    per: 'connection',
    when: '{not: {fact: connection.state, operator: equal, value: StandAlone}}',
    object: link,
    ours: 'unknown',
  },
  {
    what: '4 notEqual, fact missing',
    raw: () => jsonRulesEngine({ all: [stateIs('notEqual', 'SplitBrain')] }, {}),
    answers: 'throws',
    per: 'site',
    when: '{fact: site.lockHolder, operator: notEqual, value: somebody, grade: reported}',
    object: site,
    ours: 'unknown',
  },
  {
    what: '5 notEqual, fact missing, undefined facts allowed',
    raw: () => jsonRulesEngine({ all: [stateIs('notEqual', 'SplitBrain')] }, {}, { allowUndefinedFacts: true }),
    answers: 'lets through',
    per: 'node',
    when: '{fact: node.satellite, operator: notEqual, value: OFFLINE}',
    object: a,
    ours: 'unknown',
  },
  {
    what: '6 an empty any',
    raw: () => jsonRulesEngine({ any: [] }, {}),
    answers: 'lets through',
    per: 'site',
    when: '{any: []}',
    ours: 'PACK_EMPTY_CONDITION',
  },
  {
    what: '7 an empty all',
    raw: () => jsonRulesEngine({ all: [] }, {}),
    answers: 'lets through',
    per: 'site',
    when: '{all: []}',
    ours: 'PACK_EMPTY_CONDITION',
  },
  {
    what: '8 lessThan 30 on the text "10"',
    raw: () => jsonRulesEngine({ all: [{ fact: 'age', operator: 'lessThan', value: 30 }] }, { age: '10' }),
    answers: 'lets through',
    per: 'node',
    when: '{fact: node.heartbeatAge, operator: lessThan, value: 30s}',
    said: [['node.heartbeatAge', a, '10']],
    object: a,
    ours: 'unknown',
  },
  {
    what: '9 greaterThan 30 on the text "abc"',
    raw: () => jsonRulesEngine({ all: [{ fact: 'age', operator: 'greaterThan', value: 30 }] }, { age: 'abc' }),
    answers: 'holds',
    per: 'node',
    when: '{fact: node.heartbeatAge, operator: greaterThan, value: 30s}',
    said: [['node.heartbeatAge', a, 'abc']],
    object: a,
    ours: 'unknown',
  },
  {
    what: '9 turned round: not greaterThan 30 on the text "abc"',
    raw: () => jsonRulesEngine({ not: { fact: 'age', operator: 'greaterThan', value: 30 } }, { age: 'abc' }),
    answers: 'lets through',
    per: 'node',
    when: '{not: {fact: node.heartbeatAge, operator: greaterThan, value: 30s}}',
    said: [['node.heartbeatAge', a, 'abc']],
    object: a,
    ours: 'unknown',
  },
  {
    what: '10 equal 3 on the text "3"',
    raw: () => jsonRulesEngine({ all: [{ fact: 'place', operator: 'equal', value: 3 }] }, { place: '3' }),
    answers: 'holds',
    per: 'volume',
    when: '{fact: volume.place, operator: equal, value: 3}',
    said: [['volume.place', pvc, '3']],
    object: pvc,
    ours: 'unknown',
  },
  {
    what: '11 notEqual 3 on the text "3"',
    raw: () => jsonRulesEngine({ all: [{ fact: 'place', operator: 'notEqual', value: 3 }] }, { place: '3' }),
    answers: 'lets through',
    per: 'volume',
    when: '{fact: volume.place, operator: notEqual, value: 3}',
    said: [['volume.place', pvc, '3']],
    object: pvc,
    ours: 'unknown',
  },
  {
    what: '12 notEqual on a wildcard path, as it is written there',
    raw: () => jsonRulesEngine({ all: [wildcard('notEqual', 'Outdated')] }, oneOutdated),
    answers: 'lets through',
    per: 'replica',
    when: '{fact: replica.disk, operator: notEqual, value: Outdated, path: "$.replicas[*].disk"}',
    ours: 'SHAPE_UNKNOWN_FIELD',
  },
  {
    what: '12 as it is meant: no replica is Outdated, and one is',
    raw: () => jsonRulesEngine({ all: [wildcard('notEqual', 'Outdated')] }, oneOutdated),
    answers: 'lets through',
    per: 'volume',
    when: '{none: replica, in: volume, satisfies: {fact: replica.disk, operator: equal, value: Outdated}}',
    said: [
      ['replica.disk', onA, 'Outdated'],
      ['replica.disk', onB, 'UpToDate'],
    ],
    object: pvc,
    ours: 'closed',
  },
  {
    what: '14 notIn on a wildcard path: no replica is in a bad state, and one is silent',
    raw: () => jsonRulesEngine({ all: [wildcard('notIn', ['Outdated'])] }, oneOutdated),
    answers: 'lets through',
    per: 'volume',
    when: '{every: replica, in: volume, satisfies: {fact: replica.disk, operator: notIn, value: [Outdated]}}',
    said: [['replica.disk', onB, 'UpToDate']],
    object: pvc,
    ours: 'unknown',
  },
  {
    what: '13 doesNotContain over a missing list',
    raw: () => {
      const condition = { fact: 'replica', path: '$.suspended', operator: 'doesNotContain', value: 'user' };
      return jsonRulesEngine({ all: [condition] }, { replica: {} });
    },
    answers: 'holds',
    per: 'replica',
    when: '{fact: replica.suspended, operator: doesNotContain, value: user}',
    object: onA,
    ours: 'unknown',
  },
  {
    what: '13 turned round: not contains over a missing list',
    raw: () => {
      const condition = { fact: 'replica', path: '$.suspended', operator: 'contains', value: 'user' };
      return jsonRulesEngine({ not: condition }, { replica: {} });
    },
    answers: 'lets through',
    per: 'replica',
    when: '{not: {fact: replica.suspended, operator: contains, value: user}}',
    object: onA,
    ours: 'unknown',
  },
  {
    what: '15 an operator that does not exist',
    raw: () => jsonRulesEngine({ all: [{ fact: 'place', operator: 'lessThen', value: 3 }] }, { place: 3 }),
    answers: 'throws',
    per: 'volume',
    when: '{fact: volume.place, operator: lessThen, value: 3}',
    ours: 'PACK_UNKNOWN_OPERATOR',
  },
  {
    what: '16 any of a true one and one that reads a missing fact: true whatever the missing one is',
    raw: () => {
      const [there, gone] = ['there', 'gone'].map((fact) => ({ fact, operator: 'equal', value: 3 }));
      return jsonRulesEngine({ any: [there, gone] as never }, { there: 3 });
    },
    answers: 'throws',
    per: 'volume',
    when: '{any: [{fact: volume.place, operator: equal, value: 3}, {fact: volume.pendingDelete, operator: equal, value: false}]}',
    said: [['volume.place', pvc, 3]],
    object: pvc,
    ours: 'open',
  },
  {
    what: '16 any of a false one and one that reads a missing fact',
    raw: () => {
      const [there, gone] = ['there', 'gone'].map((fact) => ({ fact, operator: 'equal', value: 3 }));
      return jsonRulesEngine({ any: [there, gone] as never }, { there: 2 });
    },
    answers: 'throws',
    per: 'volume',
    when: '{any: [{fact: volume.place, operator: equal, value: 3}, {fact: volume.pendingDelete, operator: equal, value: false}]}',
    said: [['volume.place', pvc, 2]],
    object: pvc,
    ours: 'unknown',
  },
  {
    what: '+ not greaterThan 30 on a wildcard path, one node without the field',
    raw: () => {
      const condition = { fact: 'site', path: '$.nodes[*].age', operator: 'someFact:greaterThan', value: 30 };
      return jsonRulesEngine({ not: condition }, ages);
    },
    answers: 'lets through',
    per: 'site',
    when: '{none: node, in: site, satisfies: {fact: node.heartbeatAge, operator: greaterThan, value: 30s}}',
    said: [
      ['node.heartbeatAge', a, 5_000],
      ['node.heartbeatAge', b, 5_000],
    ],
    object: site,
    ours: 'unknown',
  },
  {
    what: '+ everyFact over a wildcard path drops the node without the field',
    raw: () => {
      const condition = { fact: 'site', path: '$.nodes[*].age', operator: 'everyFact:lessThanInclusive', value: 30 };
      return jsonRulesEngine({ all: [condition] }, ages);
    },
    answers: 'lets through',
    per: 'site',
    when: '{every: node, in: site, satisfies: {fact: node.heartbeatAge, operator: lessThanInclusive, value: 30s}}',
    said: [
      ['node.heartbeatAge', a, 5_000],
      ['node.heartbeatAge', b, 5_000],
    ],
    object: site,
    ours: 'unknown',
  },
  // What json-logic-engine answers to the same ideas.
  {
    what: 'json-logic: != on a missing state',
    raw: async () => jsonLogic({ '!=': [{ var: 'state' }, 'SplitBrain'] }, {}),
    answers: 'lets through',
    per: 'connection',
    when: '{fact: connection.state, operator: notEqual, value: StandAlone}',
    object: link,
    ours: 'unknown',
  },
  {
    what: 'json-logic: ! == on a missing state',
    raw: async () => jsonLogic({ '!': { '==': [{ var: 'state' }, 'SplitBrain'] } }, {}),
    answers: 'lets through',
    per: 'connection',
    when: '{not: {fact: connection.state, operator: equal, value: StandAlone}}',
    object: link,
    ours: 'unknown',
  },
  {
    what: 'json-logic: ! in on a missing state',
    raw: async () => jsonLogic({ '!': { in: [{ var: 'state' }, ['Outdated', 'Inconsistent']] } }, {}),
    answers: 'lets through',
    per: 'replica',
    when: '{fact: replica.disk, operator: notIn, value: [Outdated, Inconsistent]}',
    object: onA,
    ours: 'unknown',
  },
  {
    what: 'json-logic: "10" < 30',
    raw: async () => jsonLogic({ '<': [{ var: 'age' }, 30] }, { age: '10' }),
    answers: 'lets through',
    per: 'node',
    when: '{fact: node.heartbeatAge, operator: lessThan, value: 30s}',
    said: [['node.heartbeatAge', a, '10']],
    object: a,
    ours: 'unknown',
  },
  {
    what: 'json-logic: "10" > 30',
    raw: async () => jsonLogic({ '>': [{ var: 'age' }, 30] }, { age: '10' }),
    answers: 'holds',
    per: 'node',
    when: '{fact: node.heartbeatAge, operator: greaterThan, value: 30s}',
    said: [['node.heartbeatAge', a, '10']],
    object: a,
    ours: 'unknown',
  },
  {
    what: 'json-logic: "3" !== 3',
    raw: async () => jsonLogic({ '!==': [{ var: 'place' }, 3] }, { place: '3' }),
    answers: 'lets through',
    per: 'volume',
    when: '{fact: volume.place, operator: notEqual, value: 3}',
    said: [['volume.place', pvc, '3']],
    object: pvc,
    ours: 'unknown',
  },
  {
    what: 'json-logic: "3" != 3, which converts',
    raw: async () => jsonLogic({ '!=': [{ var: 'place' }, 3] }, { place: '3' }),
    answers: 'holds',
    per: 'volume',
    when: '{fact: volume.place, operator: notEqual, value: 3}',
    said: [['volume.place', pvc, '3']],
    object: pvc,
    ours: 'unknown',
  },
  {
    what: 'json-logic: none older than 30, one node without an age',
    raw: async () => jsonLogic({ none: [{ var: 'nodes' }, { '>': [{ var: 'age' }, 30] }] }, ages.site),
    answers: 'lets through',
    per: 'site',
    when: '{atMost: 0, of: node, in: site, satisfies: {fact: node.heartbeatAge, operator: greaterThan, value: 30s}}',
    said: [
      ['node.heartbeatAge', a, 5_000],
      ['node.heartbeatAge', b, 5_000],
    ],
    object: site,
    ours: 'unknown',
  },
  {
    what: 'json-logic: every age at most 30, one node without',
    raw: async () => jsonLogic({ all: [{ var: 'nodes' }, { '<=': [{ var: 'age' }, 30] }] }, ages.site),
    answers: 'lets through',
    per: 'site',
    when: '{every: node, in: site, satisfies: {fact: node.heartbeatAge, operator: lessThanInclusive, value: 30s}}',
    said: [
      ['node.heartbeatAge', a, 5_000],
      ['node.heartbeatAge', b, 5_000],
    ],
    object: site,
    ours: 'unknown',
  },
];

test.each(probes)('$what', async ({ raw, answers, per, when, said = [], ours: expected, object }) => {
  expect(await raw()).toBe(answers);
  const loaded = load(per, when);
  if (!loaded.ok) {
    expect(loaded.faults.map(({ code }) => code)).toEqual([expected]);
    expect(loaded.faults[0]?.at).toMatchObject({ file: 'probe.yaml', line: 7 });
    return;
  }
  const [pack] = loaded.value;
  if (pack === undefined || object === undefined) throw new Error('the probe was loaded and asks of nobody');
  expect(await ours(pack, snapshotOf(everybody, said), object.id)).toBe(expected);
});

describe('nobody to ask', () => {
  const when = (head: string): string =>
    `{${head}, in: site, satisfies: {fact: node.ready, operator: equal, value: true}}`;

  test.each([
    ['json-logic all', 'holds', jsonLogic({ all: [{ var: 'nodes' }, { var: 'ready' }] }, { nodes: [] })],
    ['json-logic none', 'lets through', jsonLogic({ none: [{ var: 'nodes' }, { var: 'late' }] }, { nodes: [] })],
    ['json-logic some', 'holds', jsonLogic({ some: [{ var: 'nodes' }, { var: 'ready' }] }, { nodes: [] })],
  ])('%s over an empty list %s', (_, says, answer) => expect(answer).toBe(says));

  test('json-rules-engine lets everyFact over an empty list through', async () => {
    const condition = { fact: 'site', path: '$.nodes', operator: 'everyFact:equal', value: true };
    expect(await jsonRulesEngine({ all: [condition] }, { site: { nodes: [] } })).toBe('lets through');
  });

  test.each(['every: node', 'none: node', 'some: node', 'atLeast: 1, of: node', 'atMost: 1, of: node'])(
    'ours: `%s` over nobody is unknown',
    async (head) => {
      const loaded = load('site', when(head));
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
      const [pack] = loaded.value;
      expect(pack && (await ours(pack, snapshotOf([], []), 'site'))).toBe('unknown');
    },
  );

  test.each(['every: node', 'none: node', 'some: node', 'atLeast: 1, of: node', 'atMost: 1, of: node'])(
    'ours: `%s, whenEmpty: open` over nobody is open, and unknown if the list could not be had',
    async (head) => {
      const loaded = load('site', when(`${head}, whenEmpty: open`));
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
      const [pack] = loaded.value;
      expect(pack && (await ours(pack, snapshotOf([], []), 'site'))).toBe('open');
      expect(pack && (await ours(pack, createStore(vocabulary).cut(nowMs), 'site'))).toBe('unknown');
    },
  );
});
