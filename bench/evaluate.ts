/** What a decision costs: a pack of 60 rules, beside the same rules in json-rules-engine, in json-logic-engine and written by
 *  hand. All of them are measured by turns in one run, so that only the ratios count. */

import { LogicEngine } from 'json-logic-engine';
import { Engine, type RuleProperties } from 'json-rules-engine';
import type { FactValue } from '../src/kernel/fact.ts';
import { type Cell, type Column, type Population, populationOf, type Snapshot } from '../src/kernel/snapshot.ts';
import { node, type SubjectKind, site, subjectKinds } from '../src/kernel/subject.ts';
import type { FactType } from '../src/kernel/value.ts';
import type { Explanation } from '../src/kernel/verdict.ts';
import type { FactDeclaration } from '../src/kernel/vocabulary.ts';
import { compile } from '../src/rules/compile.ts';
import type { Condition, Leaf, Operator, Quantifier } from '../src/rules/condition.ts';
import { explainRule } from '../src/rules/explain.ts';
import type { Gate, RulePack } from '../src/rules/pack.ts';
import type { Row } from './row.ts';

// --- rules, written once and put into each engine's own form ---

interface Asks {
  readonly fact: string;
  readonly operator: Operator;
  readonly value: FactValue;
}
type Rule =
  | { readonly all: readonly Asks[] }
  | { readonly any: readonly Asks[] }
  | { readonly quantifier: Quantifier; readonly where?: Asks; readonly asks: Asks };

const nowMs = 1_000_000_000;
const limitMs = 30_000;
const words: FactType = { kind: 'enum', words: ['ONLINE', 'OFFLINE', 'CONNECTED'] };

function typeOf(value: FactValue): FactType {
  return typeof value === 'number' ? { kind: 'int' } : typeof value === 'boolean' ? { kind: 'bool' } : words;
}

/** 50 facts of the site, of three types. */
function siteFacts(variant: number): Map<string, FactValue> {
  return new Map(
    Array.from({ length: 50 }, (_, i): [string, FactValue] => {
      const odd = (i * 7 + variant) % 11 === 0;
      const value = i % 3 === 0 ? (odd ? 90 : i) : i % 3 === 1 ? (odd ? 'OFFLINE' : 'ONLINE') : !odd;
      return [`site.f${i}`, value];
    }),
  );
}

const factRules: readonly Rule[] = Array.from({ length: 60 }, (_, r): Rule => {
  const asks = [r % 50, (r * 7 + 3) % 50, (r * 13 + 11) % 50].map((i): Asks => {
    if (i % 3 === 0) return { fact: `site.f${i}`, operator: 'lessThanInclusive', value: 60 };
    return { fact: `site.f${i}`, operator: 'equal', value: i % 3 === 1 ? 'ONLINE' : true };
  });
  return r % 4 === 3 ? { any: asks } : { all: asks };
});

/** Nobody is bad but the last, so that every quantifier has to look at everybody. */
function nodeFacts(index: number, count: number, variant: number): Readonly<Record<string, FactValue>> {
  const bad = index === count - 1 && variant > 0;
  return {
    ready: true,
    age: bad && variant === 1 ? 29_000 : 1_000 + ((index * 37) % 19) * 1_000,
    skew: bad && variant === 2 ? 450 : (index * 13) % 299,
    satellite: bad && variant === 3 ? 'OFFLINE' : 'ONLINE',
    role: index % 3 === 0 ? 'CONNECTED' : 'ONLINE',
    eligible: !(bad && variant === 3),
    pressure: false,
    volumes: bad ? 17 : index % 8,
  };
}

/** A node as an API server keeps it, as far as these rules read it. Ours reads facts that were made of it before. */
function rawNode(index: number, facts: Readonly<Record<string, FactValue>>): unknown {
  const { ready, age, skew, satellite, role, eligible, pressure, volumes } = facts;
  const condition = (type: string, status: unknown) => ({ type, status: status === true ? 'True' : 'False' });
  return {
    metadata: { name: `node-${index}`, labels: { role } },
    storage: { satellite, eligible, volumes },
    status: {
      heartbeat: { ageMs: age, skewMs: skew },
      conditions: [condition('MemoryPressure', pressure), condition('DiskPressure', false), condition('Ready', ready)],
    },
  };
}

const rawPaths: Readonly<Record<string, string>> = {
  'node.age': 'status.heartbeat.ageMs',
  'node.skew': 'status.heartbeat.skewMs',
  'node.satellite': 'storage.satellite',
  'node.eligible': 'storage.eligible',
  'node.volumes': 'storage.volumes',
  'node.role': 'metadata.labels.role',
  'node.pressure': 'status.conditions[?(@.type=="MemoryPressure")].status',
};

const nodeRules: readonly Rule[] = Array.from({ length: 60 }, (_, r): Rule => {
  const step = Math.floor(r / 6);
  const every = { kind: 'every' } as const;
  switch (r % 6) {
    case 0:
      return {
        quantifier: every,
        asks: { fact: 'node.age', operator: 'lessThanInclusive', value: 20_000 + step * 2_000 },
      };
    case 1:
      return { quantifier: every, asks: { fact: 'node.skew', operator: 'lessThan', value: 300 + step * 40 } };
    case 2:
      return { quantifier: { kind: 'none' }, asks: { fact: 'node.pressure', operator: 'equal', value: true } };
    case 3:
      return { quantifier: { kind: 'some' }, asks: { fact: 'node.volumes', operator: 'greaterThan', value: 8 + step } };
    case 4:
      return {
        quantifier: { kind: 'atLeast', count: 7 + step },
        asks: { fact: 'node.satellite', operator: 'equal', value: 'ONLINE' },
      };
    default:
      return {
        quantifier: every,
        where: { fact: 'node.role', operator: 'equal', value: step % 2 === 0 ? 'CONNECTED' : 'ONLINE' },
        asks: { fact: 'node.eligible', operator: 'equal', value: true },
      };
  }
});

// --- ours ---

const at = { file: 'bench.yaml', line: 1, col: 1 };

function leaf({ fact, operator, value }: Asks): Leaf {
  const type = typeOf(value);
  const subject = fact.slice(0, fact.indexOf('.')) as SubjectKind;
  const read = { kind: 'fact', name: fact, subject, type, maxAgeMs: limitMs, grade: 'observed' } as const;
  return { kind: 'leaf', at, read, operator, against: { kind: 'literal', value, type } };
}

function conditionOf(rule: Rule): Condition {
  if ('quantifier' in rule) {
    const where = rule.where === undefined ? {} : { where: leaf(rule.where) };
    return {
      kind: 'quantified',
      at,
      quantifier: rule.quantifier,
      over: 'node',
      within: ['site'],
      ...where,
      satisfies: leaf(rule.asks),
    };
  }
  const of = ('all' in rule ? rule.all : rule.any).map(leaf) as unknown as readonly [Condition, ...Condition[]];
  return { kind: 'all' in rule ? 'all' : 'any', at, of };
}

function packOf(rules: readonly Rule[]): RulePack {
  const gates = rules.map((rule, r): Gate => {
    return { kind: 'gate', name: `rule-${r}`, says: `rule ${r}`, per: 'site', when: conditionOf(rule), at };
  });
  return {
    name: 'bench',
    version: '1.0.0',
    digest: '',
    file: 'bench.yaml',
    requires: [],
    parameters: new Map(),
    gates,
    findings: [],
    rollup: [],
  };
}

function columnOf(name: string, values: readonly FactValue[]): Column {
  const type = typeOf(values[0] ?? true);
  const subject = name.slice(0, name.indexOf('.')) as SubjectKind;
  const fact: FactDeclaration = { name, subject, type, maxAgeMs: limitMs, grade: 'observed', from: 'bench', means: '' };
  const cells = values.map(
    (value): Cell => ({ kind: 'present', value, seenAtMs: nowMs - 5, grade: 'observed', source: 'bench' }),
  );
  return { fact, cells, values, oldestMs: nowMs - 5, newestMs: nowMs - 5, worstGrade: 0 };
}

function snapshotOf(nodeCount: number, columns: ReadonlyMap<string, readonly FactValue[]>): Snapshot {
  const populations: Partial<Record<SubjectKind, Population>> = {};
  for (const kind of subjectKinds) {
    const nodes = Array.from({ length: nodeCount }, (_, i) => node(`node-${i}`));
    const members = kind === 'site' ? [site] : kind === 'node' ? nodes : [];
    populations[kind] = populationOf(kind, { members, seenAtMs: nowMs, source: 'bench' }, nowMs, populations);
  }
  return {
    nowMs,
    vocabulary: new Map(),
    populations: populations as Snapshot['populations'],
    columns: new Map([...columns].map(([name, values]) => [name, columnOf(name, values)])),
  };
}

// --- by hand: what a careful person writes for the same three values, over the same snapshot ---

const operators: Readonly<Partial<Record<Operator, string>>> = {
  equal: '===',
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
};

function byHand(rules: readonly Rule[], givenFacts: boolean): (from: unknown, nowMs: number) => Uint8Array {
  const facts = [...new Set(rules.flatMap((rule) => asksOf(rule).map(({ fact }) => fact)))];
  const local = (fact: string): string => fact.replace('.', '_');
  const lines = facts.map((fact, i) =>
    givenFacts ? `const ${local(fact)} = from[${i}];` : `const ${local(fact)} = fresh(from, '${fact}', nowMs);`,
  );
  const element = (fact: string): string =>
    `${local(fact)}${fact.startsWith('node.') ? '[i]' : givenFacts ? '' : '[0]'}`;
  const test = ({ fact, operator, value }: Asks): string =>
    `(v = ${element(fact)}) === undefined ? 1 : v ${operators[operator]} ${JSON.stringify(value)} ? 2 : 0`;
  if (rules.some((rule) => 'quantifier' in rule)) lines.push(`const n = from.populations.node.members.length;`);
  rules.forEach((rule, r) => {
    if ('all' in rule || 'any' in rule) {
      const [asks, decided, start] = 'all' in rule ? [rule.all, 0, 2] : [rule.any, 2, 0];
      let code = String(start);
      for (const one of asks.toReversed()) {
        code = `(t = ${test(one)}) === ${decided} ? ${decided} : t === 1 ? ((u = ${code}) === ${decided} ? ${decided} : 1) : (${code})`;
      }
      lines.push(`out[${r}] = ${code};`);
      return;
    }
    const { quantifier, where, asks } = rule;
    const counted = where === undefined ? 'w = 2;' : `w = ${test(where)}; if (w === 0) continue;`;
    const open = `a = 0; p = 0; s = 0; r = 2; for (let i = 0; i < n; i++) { ${counted} if (w === 2) s = 1; t = ${test(asks)};`;
    const body = {
      every: `if (t === 0) { if (w === 2) { r = 0; break; } r = 1; } else if (t === 1) r = 1; } if (r === 2 && s === 0) r = 1;`,
      none: `if (t === 2) { if (w === 2) { r = 0; break; } r = 1; } else if (t === 1) r = 1; } if (r === 2 && s === 0) r = 1;`,
      some: `if (t === 2 && w === 2) { a = 1; break; } if (t !== 0) p = 1; } r = a === 1 ? 2 : p === 1 || s === 0 ? 1 : 0;`,
      atLeast: `if (t !== 0) { p++; if (t === 2 && w === 2 && ++a >= K) break; } } r = a >= K ? 2 : p >= K || s === 0 ? 1 : 0;`,
      atMost: '',
    }[quantifier.kind];
    const count = 'count' in quantifier ? String(quantifier.count) : '0';
    lines.push(`${open} ${body.replaceAll('K', count)} out[${r}] = r;`);
  });
  const fresh = `function fresh(snapshot, name, nowMs) {
    const column = snapshot.columns.get(name);
    if (column === undefined) return [];
    if (column.newestMs <= nowMs && nowMs - column.oldestMs <= ${limitMs} && column.worstGrade <= 0) return column.values;
    return column.values.map((value, i) => {
      const cell = column.cells[i];
      return cell.kind === 'present' && cell.seenAtMs <= nowMs && nowMs - cell.seenAtMs <= ${limitMs} && cell.grade === 'observed' ? value : undefined;
    });
  }`;
  const source = `${fresh}\nreturn (from, nowMs) => { const out = new Array(${rules.length}).fill(1); let v, t, u, w, r, a, p, s;\n${lines.join('\n')}\nreturn out; };`;
  return new Function(source)() as (from: unknown, nowMs: number) => Uint8Array;
}

function asksOf(rule: Rule): readonly Asks[] {
  if ('all' in rule) return rule.all;
  if ('any' in rule) return rule.any;
  return rule.where === undefined ? [rule.asks] : [rule.where, rule.asks];
}

// --- json-rules-engine, as an author writes it: paths into raw nodes, its own operators and decorators ---

function engineOf(rules: readonly Rule[], nodes: 'raw' | 'flat' = 'raw'): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperatorDecorator('several', (facts: unknown[], value: { count: number; of: unknown }, next) => {
    return facts.filter((fact) => next(fact, value.of as never)).length >= value.count;
  });
  rules.forEach((rule, r) => {
    engine.addRule({
      name: `rule-${r}`,
      conditions: engineConditions(rule, nodes),
      event: { type: `rule-${r}` },
    } as RuleProperties);
  });
  return engine;
}

function engineConditions(rule: Rule, nodes: 'raw' | 'flat'): unknown {
  const plain = ({ fact, operator, value }: Asks) => ({ fact, operator, value });
  if ('all' in rule) return { all: rule.all.map(plain) };
  if ('any' in rule) return { any: rule.any.map(plain) };
  const { quantifier, where, asks } = rule;
  const pathOf = (fact: string) => (nodes === 'raw' ? rawPaths[fact] : fact.slice('node.'.length));
  const filter = where === undefined ? '*' : `?(@.${pathOf(where.fact)}==${JSON.stringify(where.value)})`;
  const path = `$[${filter}].${pathOf(asks.fact)}`;
  const leaf = { fact: 'nodes', path, value: nodes === 'raw' && asks.fact === 'node.pressure' ? 'True' : asks.value };
  switch (quantifier.kind) {
    case 'every':
      return { all: [{ ...leaf, operator: `everyFact:${asks.operator}` }] };
    case 'some':
      return { all: [{ ...leaf, operator: `someFact:${asks.operator}` }] };
    case 'none':
      return { all: [{ ...leaf, operator: `not:someFact:${asks.operator}` }] };
    default:
      return {
        all: [{ ...leaf, operator: `several:${asks.operator}`, value: { count: quantifier.count, of: asks.value } }],
      };
  }
}

function logicOf(rules: readonly Rule[]): (facts: unknown) => unknown {
  const symbols: Readonly<Partial<Record<Operator, string>>> = { ...operators };
  const test = ({ fact, operator, value }: Asks) => ({
    [symbols[operator] ?? '']: [{ var: fact.slice('site.'.length) }, value],
  });
  const each = rules.map((rule) =>
    'all' in rule ? { and: rule.all.map(test) } : 'any' in rule ? { or: rule.any.map(test) } : true,
  );
  return new LogicEngine().build(each) as (facts: unknown) => unknown;
}

// --- measuring ---

type Contender = () => unknown;
const rounds = 21;
const roundMs = 12;

/** Microseconds a call, the median of several rounds, everybody by turns. */
async function medians(contenders: Readonly<Record<string, Contender>>): Promise<Readonly<Record<string, number>>> {
  const times = new Map(Object.keys(contenders).map((name): [string, number[]] => [name, []]));
  for (let round = -4; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      let calls = 0;
      let batch = 1;
      let took = 0;
      while (took < roundMs) {
        const start = performance.now();
        for (let i = 0; i < batch; i++) {
          const pending = run();
          if (pending instanceof Promise) await pending;
        }
        const ms = performance.now() - start;
        took += ms;
        calls += batch;
        if (ms < roundMs / 4) batch *= 2;
      }
      if (round >= 0) times.get(name)?.push((took / calls) * 1_000);
    }
  }
  const median = (list: number[]): number => list.sort((one, other) => one - other)[list.length >> 1] ?? Number.NaN;
  return Object.fromEntries([...times].map(([name, list]) => [name, median(list)]));
}

/** Goes through them by turns, so that nobody decides the same thing twice running. */
function turns<T>(of: readonly [T, ...T[]]): () => T {
  let turn = 0;
  return () => of[turn++ % of.length] ?? of[0];
}

function walked(explanation: Explanation): number {
  let seen = explanation.truth as number;
  for (const part of explanation.parts) seen += walked(part);
  return seen;
}

/** Everything a person could read of it. */
function rendered(explanation: Explanation): number {
  const { what } = explanation;
  let letters = explanation.says?.length ?? 0;
  if (what.kind === 'leaf' || what.kind === 'asks-unknown') letters += what.text.length + what.detail.length;
  else if (what.kind === 'quantifier') letters += what.text.length + what.object.length;
  else if (what.kind === 'member') letters += what.object.length;
  for (const part of explanation.parts) letters += rendered(part);
  return letters;
}

const variants = [0, 1, 2, 3] as const;

export async function measure(): Promise<readonly Row[]> {
  return [...(await factsGiven()), ...(await overNodes())];
}

async function factsGiven(): Promise<readonly Row[]> {
  const pack = packOf(factRules);
  const ours = compile([pack]);
  const facts = variants.map(siteFacts);
  const asked = [...new Set(factRules.flatMap((rule) => asksOf(rule).map(({ fact }) => fact)))];
  const snapshots = facts.map((one) => snapshotOf(0, new Map([...one].map(([name, value]) => [name, [value]]))));
  const one = <T>(list: readonly T[]) => turns(list as unknown as readonly [T, ...T[]]);
  const [bound, snapshot, explained, lookedUp, read] = [
    one(snapshots.map(ours.bind)),
    one(snapshots),
    one(snapshots),
    one(snapshots),
    one(snapshots),
  ];
  const given = one(facts.map((each) => asked.map((name) => each.get(name))));
  const raw = one(facts.map((each) => Object.fromEntries(each)));
  const plain = one(
    facts.map((each) => Object.fromEntries([...each].map(([name, value]) => [name.slice('site.'.length), value]))),
  );
  const [hand, handFromSnapshot] = [byHand(factRules, true), byHand(factRules, false)];
  const engine = engineOf(factRules);
  const logic = logicOf(factRules);
  for (const [v, each] of snapshots.entries()) {
    const truths = ours.truths(ours.bind(each));
    agree(truths, [...handFromSnapshot(each, nowMs)], 'by hand');
    agree(
      truths,
      [
        ...hand(
          asked.map((name) => facts[v]?.get(name)),
          nowMs,
        ),
      ],
      'by hand, facts given',
    );
    const { results } = await engine.run(Object.fromEntries(facts[v] ?? []));
    agree(
      truths,
      truthsOf(
        results.map(({ event }) => event?.type),
        60,
      ),
      'json-rules-engine',
    );
    const told = logic(
      Object.fromEntries([...(facts[v] ?? [])].map(([name, value]) => [name.slice(5), value])),
    ) as boolean[];
    agree(
      truths,
      told.map((yes) => (yes ? 2 : 0)),
      'json-logic-engine',
    );
  }
  const us = await medians({
    ours: () => ours.truths(bound()),
    evaluate: () => ours.evaluate(snapshot()),
    hand: () => hand(given(), nowMs),
    handFromSnapshot: () => handFromSnapshot(lookedUp(), nowMs),
    logic: () => logic(plain()),
    engine: () => engine.run(raw()),
    explained: () => {
      const each = explained();
      let seen = 0;
      for (const gate of pack.gates) seen += walked(explainRule(gate, each, 'site'));
      return seen;
    },
    rendered: () => {
      const each = read();
      let seen = 0;
      for (const gate of pack.gates) seen += rendered(explainRule(gate, each, 'site'));
      return seen;
    },
  });
  const name = '60 rules, 50 facts given';
  return [
    { name: `${name}: one decision`, figure: us.ours ?? 0, unit: 'µs' },
    ratio(`${name}: faster than json-rules-engine, kept`, us, 'engine', 'ours', 500),
    ratio(`${name}: faster than json-logic-engine, built`, us, 'logic', 'ours', 5),
    within(`${name}: beside written by hand`, us, 'ours', 'hand', 2),
    within(
      `${name}: with every look-up in a fresh snapshot, beside the same by hand`,
      us,
      'evaluate',
      'handFromSnapshot',
      2,
    ),
    ratio(
      `${name}: all trees walked for their truths, faster than json-rules-engine's answer`,
      us,
      'engine',
      'explained',
      100,
    ),
    faster(`${name}: all trees walked and put into words, beside the same`, us, 'engine', 'rendered'),
  ];
}

interface Site {
  readonly nodes: readonly unknown[];
  readonly flat: readonly unknown[];
  readonly snapshot: Snapshot;
}

async function overNodes(): Promise<readonly Row[]> {
  const pack = packOf(nodeRules);
  const ours = compile([pack]);
  const hand = byHand(nodeRules, false);
  const engine = engineOf(nodeRules);
  const flatEngine = engineOf(nodeRules, 'flat');
  const site = (count: number) =>
    variants.map((variant) => {
      const nodes = Array.from({ length: count }, (_, i) => nodeFacts(i, count, variant));
      const names = Object.keys(nodes[0] ?? {});
      const columns = names.map((name): [string, FactValue[]] => [
        `node.${name}`,
        nodes.map((one) => one[name] ?? null),
      ]);
      const raw = nodes.map((facts, i) => rawNode(i, facts));
      return { nodes: raw, flat: nodes, snapshot: snapshotOf(count, new Map(columns)) };
    }) as unknown as readonly [Site, ...Site[]];
  const [small, large] = [site(16), site(1_024)];
  for (const { nodes, flat, snapshot } of small) {
    const truths = ours.truths(ours.bind(snapshot));
    agree(truths, [...hand(snapshot, nowMs)], 'by hand');
    for (const [who, answer] of [
      ['json-rules-engine', await engine.run({ nodes })],
      ['json-rules-engine, flat', await flatEngine.run({ nodes: flat })],
    ] as const) {
      const raised = answer.results.map(({ event }) => event?.type);
      agree(truths, truthsOf(raised, 60), who);
    }
  }
  const [a, b, c, d, e, f, g, h] = [
    turns(small),
    turns(small),
    turns(small),
    turns(small),
    turns(large),
    turns(large),
    turns(small),
    turns(small),
  ];
  const us = await medians({
    ours: () => ours.evaluate(a().snapshot),
    hand: () => hand(b().snapshot, nowMs),
    engine: () => engine.run({ nodes: c().nodes }),
    flatEngine: () => flatEngine.run({ nodes: h().flat }),
    walked: () => {
      const { snapshot } = d();
      let seen = 0;
      for (const gate of pack.gates) seen += walked(explainRule(gate, snapshot, 'site'));
      return seen;
    },
    rendered: () => {
      const { snapshot } = g();
      let seen = 0;
      for (const gate of pack.gates) seen += rendered(explainRule(gate, snapshot, 'site'));
      return seen;
    },
    large: () => ours.evaluate(e().snapshot),
    largeHand: () => hand(f().snapshot, nowMs),
  });
  const name = '60 rules over 16 nodes';
  return [
    { name: `${name}: one decision`, figure: us.ours ?? 0, unit: 'µs' },
    ratio(`${name}: faster than json-rules-engine, kept, over raw nodes`, us, 'engine', 'ours', 300),
    faster(`${name}: faster than json-rules-engine, kept, over flat nodes`, us, 'flatEngine', 'ours'),
    within(`${name}: beside written by hand`, us, 'ours', 'hand', 2),
    ratio(
      `${name}: all trees walked for their truths, faster than json-rules-engine's answer over raw nodes`,
      us,
      'engine',
      'walked',
      100,
    ),
    faster(`${name}: all trees walked and put into words, beside the same`, us, 'engine', 'rendered'),
    within('60 rules: from 16 to 1,024 nodes', us, 'large', 'ours', 80),
    within('60 rules over 1,024 nodes: beside written by hand', us, 'large', 'largeHand', 2),
  ];
}

function truthsOf(events: readonly (string | undefined)[], count: number): readonly number[] {
  const raised = new Set(events);
  return Array.from({ length: count }, (_, r) => (raised.has(`rule-${r}`) ? 2 : 0));
}

/** Nobody is measured who does not say the same. */
function agree(ours: readonly number[], theirs: readonly number[], who: string): void {
  const differs = ours.findIndex((truth, r) => truth !== theirs[r]);
  if (differs !== -1) throw new Error(`rule ${differs}: ours ${ours[differs]}, ${who} ${theirs[differs]}`);
}

type Times = Readonly<Record<string, number>>;

function ratio(name: string, us: Times, slow: string, fast: string, atLeast: number): Row {
  const figure = (us[slow] ?? Number.NaN) / (us[fast] ?? Number.NaN);
  return { name, figure, unit: '×', goal: `≥ ${atLeast}×`, ok: figure >= atLeast };
}

/** A ratio that no goal is set for. */
function faster(name: string, us: Times, slow: string, fast: string): Row {
  return { name, figure: (us[slow] ?? Number.NaN) / (us[fast] ?? Number.NaN), unit: '×' };
}

function within(name: string, us: Times, ours: string, theirs: string, atMost: number): Row {
  const figure = (us[ours] ?? Number.NaN) / (us[theirs] ?? Number.NaN);
  return { name, figure, unit: '×', goal: `≤ ${atMost}×`, ok: figure <= atMost };
}
