import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import type { Condition, Leaf, Quantified } from '../../../src/rules/condition.ts';
import { loadPacks, type PackOptions } from '../../../src/rules/load-packs.ts';
import type { RulePack } from '../../../src/rules/pack.ts';
import type { MapTree } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';
import { drivingPack, edited, sharedPack } from '../../support/machine-packs.ts';

function packText(spec: string, name = 'p'): string {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n';
  return `${head}metadata: {name: ${name}, version: 1.0.0}\nspec:\n  vocabulary: v1\n${spec.replaceAll(/^/gm, '  ')}\n`;
}

function values(text: string): MapTree {
  const tree = parseTree({ file: 'profile.yaml', text });
  if (!tree.ok || tree.value.kind !== 'map') throw new Error('the test’s own YAML is broken');
  return tree.value;
}

function load(spec: string, options: Partial<PackOptions> = {}) {
  return loadPacks([{ file: 'p.yaml', text: packText(spec) }], { vocabulary, ...options });
}

function loaded(spec: string, options: Partial<PackOptions> = {}): RulePack {
  const result = load(spec, options);
  expect(result.ok ? [] : result.faults).toEqual([]);
  const pack = result.ok ? result.value[0] : undefined;
  if (pack === undefined) throw new Error('no pack');
  return pack;
}

function faultsOf(spec: string, options: Partial<PackOptions> = {}): readonly string[] {
  const result = load(spec, options);
  return (result.ok ? result.warnings : result.faults).map(({ code, message }) => `${code} ${message}`);
}

/** The linked condition of a gate `per` a subject. */
function condition(when: string, per = 'node', more = ''): Condition {
  const gate = loaded(`gates:\n  g: {says: x, per: ${per}, ${more} when: ${when}}`).gates[0];
  if (gate === undefined) throw new Error('no gate');
  return gate.when;
}

describe('a leaf', () => {
  test('has the vocabulary’s age limit and the reported grade unless it says otherwise', () => {
    const { read, against } = condition('{fact: node.ready, operator: equal, value: true}') as Leaf;
    expect(read).toMatchObject({ name: 'node.ready', subject: 'node', maxAgeMs: 120_000, grade: 'reported' });
    expect(against).toEqual({ kind: 'literal', value: true, type: { kind: 'bool' } });
  });

  test('asks for what the gate asks for, and may ask for more', () => {
    const leaf = '{fact: node.ready, operator: equal, value: true}';
    expect(condition(leaf, 'node', 'grade: observed,')).toMatchObject({ read: { grade: 'observed' } });
    expect(condition(leaf, 'node', 'grade: assumed,')).toMatchObject({ read: { grade: 'assumed' } });
    expect(condition('{fact: node.ready, operator: equal, value: true, grade: observed}')).toMatchObject({
      read: { grade: 'observed' },
    });
  });

  test.each([
    ['node.heartbeatAge', 'lessThan', '1m30s', 90_000],
    ['node.drbdVersion', 'greaterThanInclusive', '9.2.14', 90_000_200_014],
    ['node.cordonedBy', 'equal', 'null', null],
    ['node.bootState', 'notEqual', 'recovery', 'recovery'],
    ['node.foreignTaints', 'equal', '[b, a]', ['a', 'b']],
    ['node.foreignTaints', 'contains', 'a', 'a'],
    ['node.bootState', 'in', '[active, passive]', ['active', 'passive']],
    ['node.cordonedBy', 'notIn', '[null, me]', [null, 'me']],
    ['site.controlPlaneNodes', 'greaterThan', '0', 0],
  ])('%s %s %s is read in the fact’s unit', (fact, operator, value, expected) => {
    expect(condition(`{fact: ${fact}, operator: ${operator}, value: ${value}}`)).toMatchObject({
      operator,
      against: { kind: 'literal', value: expected },
    });
  });

  test('compares with another fact of the same type, as fresh as it asks', () => {
    const leaf = condition(
      '{fact: bond.mode, operator: equal, value: {fact: bond.configuredMode, maxAge: 1m}}',
      'bond',
    );
    expect(leaf).toMatchObject({ against: { kind: 'fact', name: 'bond.configuredMode', maxAgeMs: 60_000 } });
  });
});

describe('a parameter', () => {
  const spec = (type: string, leaf: string): string =>
    `parameters:\n  x: {type: ${type}, says: x}\ngates:\n  g: {says: x, per: node, when: ${leaf}}`;
  const age = '{fact: node.heartbeatAge, operator: lessThan, value: {fact: param.x}}';

  test('is a literal with the profile’s value and its own name', () => {
    const pack = loaded(spec('duration', age), { parameters: values('x: 30s') });
    expect(pack.gates[0]?.when).toMatchObject({ against: { kind: 'literal', value: 30_000, name: 'param.x' } });
    expect(pack.parameters.get('x')).toMatchObject({ value: 30_000, from: 'profile' });
  });

  test('takes its default where the profile is silent', () => {
    const pack = loaded(
      `parameters:\n  x: {type: duration, default: 10s, says: x}\ngates:\n  g: {says: x, per: node, when: ${age}}`,
    );
    expect(pack.parameters.get('x')).toMatchObject({ value: 10_000, from: 'default' });
  });

  test('typed by a fact has the fact’s words', () => {
    const leaf = '{every: bond, satisfies: {fact: bond.mode, operator: equal, value: {fact: param.x}}}';
    expect(faultsOf(spec('bond.mode', leaf), { parameters: values('x: balance_rr') })).toEqual([
      'PROFILE_PARAMETER `balance_rr` is no value of `x`',
    ]);
  });

  test('that is a set may stand beside `in`, but not an empty one', () => {
    const leaf = '{fact: node.bootState, operator: in, value: {fact: param.x}}';
    const pack = loaded(spec('set', leaf), { parameters: values('x: [passive, active]') });
    expect(pack.gates[0]?.when).toMatchObject({ against: { value: ['active', 'passive'] } });
    expect(faultsOf(spec('set', leaf), { parameters: values('x: []') })[0]).toMatch(/^PACK_EMPTY_CONDITION/);
    expect(faultsOf(spec('set', leaf), { parameters: values('x: [asleep]') })[0]).toMatch(/^PACK_VALUE_TYPE .*asleep/);
  });

  test.each([
    ['missing', spec('duration', age), '{}', 'PROFILE_PARAMETER pack `p` needs the parameter `x`: x'],
    ['of another type', spec('duration', age), 'x: 30', 'PROFILE_PARAMETER `x` is a duration, and `30` is none'],
    ['unknown', spec('duration', age), '{x: 1s, y: 1}', 'PACK_UNKNOWN_PARAMETER no pack declares the parameter `y`'],
    [
      'that does not suit the fact',
      spec('int', age),
      'x: 3',
      'PACK_VALUE_TYPE node.heartbeatAge `lessThan` takes a duration, and `param.x` is a whole number',
    ],
  ])('%s is refused', (_, text, set, fault) => {
    expect(faultsOf(text, { parameters: values(set) })).toEqual([fault]);
  });

  test.each([
    ['text', 'x: asleep', '{fact: node.bootState, operator: equal, value: {fact: param.x}}'],
    ['int', 'x: -1', '{fact: site.controlPlaneNodes, operator: greaterThan, value: {fact: param.x}}'],
  ])('that is a %s with a value the fact cannot have (%s) is refused', (type, set, leaf) => {
    expect(faultsOf(spec(type, leaf), { parameters: values(set) })[0]).toMatch(/^PACK_VALUE_TYPE `param\.x` is /);
  });

  test('out of its bounds is refused, and its fault names the pack that set them', () => {
    const text = `parameters:\n  x: {type: duration, atLeast: 5s, atMost: 5m, says: x}\ngates:\n  g: {says: x, per: node, when: ${age}}`;
    expect(faultsOf(text, { parameters: values('x: 1s') })).toEqual([
      'PROFILE_PARAMETER in pack `p`, `x` is at least 5s, and this is 1s',
    ]);
    expect(faultsOf(text, { parameters: values('x: 6m') })).toHaveLength(1);
    expect(loaded(text, { parameters: values('x: 5m') }).name).toBe('p');
  });

  test('gets a stand-in when only checking is asked for', () => {
    expect(loaded(spec('duration', age), { standIns: true }).gates).toHaveLength(1);
  });
});

describe('a parameter where a fact could stand', () => {
  const spec = (leaf: string): string =>
    `parameters:\n  strict: {type: bool, default: false, says: x}\n  limit: {type: duration, default: 10s, says: x}\ngates:\n  g: {says: x, per: node, when: {all: [${leaf}, {fact: param.strict, operator: equal, value: false}, {fact: node.heartbeatAge, operator: lessThan, value: {fact: param.limit}}]}}`;

  test('carries its value, so that a profile can switch a rule', () => {
    const pack = loaded(spec('{fact: param.limit, operator: greaterThan, value: {fact: node.clockSkew}}'));
    expect(pack.gates[0]?.when).toMatchObject({
      of: [
        { read: { name: 'param.limit', setTo: 10_000 }, against: { name: 'node.clockSkew' } },
        { read: { setTo: false }, against: { value: false } },
        {},
      ],
    });
  });

  test.each([
    [
      '{fact: param.strict, operator: lessThan, value: true}',
      'PACK_OPERATOR_TYPE `lessThan` does not suit param.strict, true or false',
    ],
    [
      '{fact: param.strickt, operator: equal, value: true}',
      'PACK_UNKNOWN_PARAMETER this pack declares no parameter `strickt`',
    ],
    [
      '{fact: param.strict, operator: equal, value: true, maxAge: 1s}',
      'SHAPE_UNKNOWN_FIELD what the profile sets is not observed and has no `maxAge`',
    ],
    [
      '{fact: node.clockSkew, operator: lessThan, value: {fact: param.limit, grade: observed}}',
      'SHAPE_UNKNOWN_FIELD what the profile sets is not observed and has no `grade`',
    ],
  ])('%s is refused', (leaf, fault) => {
    expect(faultsOf(spec(leaf))).toEqual([fault]);
  });
});

describe('a quantifier', () => {
  test.each([
    ['node', '{every: replica, satisfies: {fact: replica.open, operator: equal, value: false}}', ['node']],
    ['site', '{every: replica, satisfies: {fact: replica.open, operator: equal, value: false}}', []],
    [
      'replica',
      '{every: replica, in: volume, satisfies: {fact: replica.open, operator: equal, value: false}}',
      ['volume'],
    ],
    [
      'replica',
      '{every: connection, satisfies: {fact: connection.pathsUp, operator: equal, value: true}}',
      ['replica', 'volume', 'node'],
    ],
    ['node', '{every: node, in: site, satisfies: {fact: node.ready, operator: equal, value: true}}', []],
  ])('per %s, %s ranges over the members of %j', (per, when, within) => {
    expect((condition(when, per) as Quantified).within).toEqual(within);
  });

  test.each([
    ['{every: node, in: site, except: node, satisfies: {fact: node.ready, operator: equal, value: true}}', 'node'],
    [
      '{every: replica, in: site, except: node, satisfies: {fact: replica.open, operator: equal, value: false}}',
      'node',
    ],
  ])('%s leaves out the node in scope', (when, except) => {
    expect(condition(when)).toMatchObject({ except });
  });

  test.each([
    [
      '{every: vm, except: node, satisfies: {fact: vm.migrating, operator: equal, value: false}}',
      'a vm is no node and belongs to none that could be left out',
    ],
    [
      '{every: replica, except: volume, satisfies: {fact: replica.open, operator: equal, value: false}}',
      'no volume is in scope here, only site and node',
    ],
  ])('%s is refused', (when, message) => {
    expect(faultsOf(`gates:\n  g: {says: x, per: node, when: ${when}}`)).toEqual([`PACK_OUT_OF_SCOPE ${message}`]);
  });

  test('puts its member and what that belongs to in scope', () => {
    const when =
      '{every: connection, satisfies: {all: [{fact: volume.pendingDelete, operator: equal, value: false}, {fact: node.ready, operator: equal, value: true}]}}';
    expect(condition(when, 'site')).toMatchObject({ kind: 'quantified', over: 'connection' });
  });

  test('keeps its count and what holds over nobody', () => {
    const when =
      '{atLeast: 2, of: node, where: {fact: node.ready, operator: equal, value: true}, whenEmpty: open, satisfies: {fact: node.eligible, operator: equal, value: true}}';
    expect(condition(when, 'site')).toMatchObject({
      quantifier: { kind: 'atLeast', count: 2 },
      whenEmpty: 'open',
      where: { kind: 'leaf' },
    });
    const open = '{every: node, satisfies: {fact: node.ready, operator: equal, value: true}}';
    expect(condition(open, 'site')).not.toHaveProperty('whenEmpty');
  });
});

describe('a named condition', () => {
  const conditions = 'conditions:\n  live: {fact: node.ready, operator: equal, value: true}\n';

  test('is checked in the scope and with the grade of each place that uses it', () => {
    const pack = loaded(
      `${conditions}gates:\n  a: {says: x, per: node, grade: observed, when: {condition: live}}\n  b: {says: x, per: node, when: {condition: live}}`,
    );
    expect(pack.gates.map(({ when }) => when.kind === 'named' && when.of)).toMatchObject([
      { read: { grade: 'observed' } },
      { read: { grade: 'reported' } },
    ]);
    expect(faultsOf(`${conditions}gates:\n  a: {says: x, when: {condition: live}}`)[0]).toMatch(/^PACK_OUT_OF_SCOPE/);
  });

  test('that asks for unknown serves findings only', () => {
    const asks = 'conditions:\n  silent: {unknown: node.ready}\n';
    expect(
      loaded(`${asks}findings:\n  f: {severity: info, says: x, per: node, when: {condition: silent}}`).findings,
    ).toHaveLength(1);
    expect(faultsOf(`${asks}gates:\n  g: {says: x, per: node, when: {condition: silent}}`)).toEqual([
      'PACK_UNKNOWN_ASKED `unknown:` stands outside of findings',
    ]);
  });

  test.each([
    ['itself', 'conditions:\n  a: {not: {condition: a}}\ngates:\n  g: {says: x, when: {condition: a}}'],
    [
      'itself by way of others',
      'conditions:\n  a: {any: [{condition: b}]}\n  b: {all: [{condition: c}]}\n  c: {not: {condition: a}}\ngates:\n  g: {says: x, when: {condition: a}}',
    ],
    ['itself, used by nobody', 'conditions:\n  a: {not: {condition: a}}'],
  ])('that refers to %s is refused once', (_, spec) => {
    expect(faultsOf(spec).filter((fault) => fault.startsWith('PACK_CYCLE'))).toHaveLength(1);
  });

  test('doubling at every step is refused instead of followed', () => {
    const doubling = [...Array(25).keys()].map(
      (at) => `  c${at}: {all: [{condition: c${at + 1}}, {condition: c${at + 1}}]}`,
    );
    const spec = `conditions:\n${doubling.join('\n')}\n  c25: {fact: site.linstorReachable, operator: equal, value: true}\ngates:\n  g: {says: x, when: {condition: c0}}`;
    expect(faultsOf(spec).some((fault) => fault.startsWith('PACK_TOO_LARGE'))).toBe(true);
  });

  test('in a chain of thousands is refused instead of overflowing the stack', () => {
    const chain = [...Array(5_000).keys()].map((at) => `  c${at}: {condition: c${at + 1}}`);
    const spec = `conditions:\n${chain.join('\n')}\n  c5000: {fact: site.linstorReachable, operator: equal, value: true}\ngates:\n  g: {says: x, when: {condition: c0}}`;
    expect(faultsOf(spec).some((fault) => fault.startsWith('PACK_TOO_LARGE'))).toBe(true);
  });
});

describe('over all packs of a profile', () => {
  const rule = 'gates:\n  g: {says: x, when: {fact: site.linstorReachable, operator: equal, value: true}}';

  test.each([
    ['a pack', packText('{}'.slice(2), 'one'), packText('', 'one')],
    ['a gate', packText(rule, 'one'), packText(rule, 'two')],
    [
      'a gate and a finding',
      packText(rule, 'one'),
      packText(rule.replace('gates', 'findings').replace('{says', '{severity: info, says'), 'two'),
    ],
    [
      'a rollup',
      packText('rollup: [{phase: Degraded, when: {fact: site.linstorReachable, operator: equal, value: true}}]', 'one'),
      packText('rollup: [{phase: Degraded, when: {fact: site.linstorReachable, operator: equal, value: true}}]', 'two'),
    ],
  ])('%s of the same name stands once', (_, one, two) => {
    const result = loadPacks(
      [
        { file: '1.yaml', text: one },
        { file: '2.yaml', text: two },
      ],
      { vocabulary },
    );
    expect(!result.ok && result.faults.map(({ code, at }) => [code, at.file])).toEqual([
      ['PACK_DUPLICATE_NAME', '2.yaml'],
    ]);
  });

  test('all faults of all files come at once, in the order of the files and lines', () => {
    const bad = packText(
      'gates:\n  g: {says: x, when: {fact: site.nothing, operator: equal, value: true}}\n  G: {says: y, when: {all: []}}',
      'one',
    );
    const result = loadPacks(
      [
        { file: 'b.yaml', text: bad },
        { file: 'a.yaml', text: 'a: {' },
      ],
      { vocabulary },
    );
    expect(!result.ok && result.faults.map(({ code, at }) => `${at.file}:${at.line} ${code}`)).toEqual([
      'b.yaml:7 PACK_UNKNOWN_FACT',
      'b.yaml:8 SHAPE_INVALID',
      'b.yaml:8 PACK_EMPTY_CONDITION',
      'a.yaml:1 YAML_SYNTAX',
    ]);
  });
});

test('a pack that needs what the backend cannot do is refused', () => {
  const spec = 'requires: [SupportsReplication]';
  expect(faultsOf(spec, { capabilities: ['SupportsRWX'] })[0]).toMatch(/^PACK_CAPABILITY/);
  expect(loaded(spec, { capabilities: ['SupportsReplication'] }).requires).toEqual(['SupportsReplication']);
});

test('the digest names the content: layout and comments do not change it, a word does', () => {
  const one = loaded('says: hello');
  const laidOut = loadPacks([{ file: 'q.yaml', text: `# hi\n${packText('says: "hello"')}` }], { vocabulary });
  expect(laidOut.ok && laidOut.value[0]?.digest).toBe(one.digest);
  expect(loaded('says: hello!').digest).not.toBe(one.digest);
});

test.each([
  ['bool', true],
  ['int', 1],
  ['duration', 1],
  ['text', 'stand-in'],
  ['set', ['stand-in']],
  ['int, atLeast: 3, atMost: 3', 3],
])('without a profile a parameter of type %s gets a value that fits', (type, value) => {
  const spec = `parameters:\n  x: {type: ${type}, says: x}`;
  expect(loaded(spec, { standIns: true }).parameters.get('x')).toMatchObject({ value, from: 'default' });
});

test('what a condition that nobody uses may ask is not narrowed', () => {
  const four = '{every: node, in: site, satisfies: '.repeat(4);
  const leaf = '{fact: cohort.node.ready, operator: equal, value: true}';
  const spec = `conditions:\n  c: ${four}{any: [{unknown: node.ready}, {fact: node.ready, operator: equal, value: true}]}${'}'.repeat(4)}`;
  expect(faultsOf(spec)).toEqual(['PACK_UNUSED nothing uses the condition `c`']);
  expect(faultsOf(`conditions:\n  c: ${leaf}`)).toEqual(['PACK_UNUSED nothing uses the condition `c`']);
});

test('lists of words can be compared only if both have the same words', () => {
  const compared = (left: string, right: string) =>
    faultsOf(`gates:\n  g: {says: x, per: replica, when: {fact: ${left}, operator: equal, value: {fact: ${right}}}}`);
  expect(compared('node.foreignTaints', 'replica.suspended')[0]).toMatch(/^PACK_VALUE_TYPE /);
  expect(compared('replica.suspended', 'node.foreignTaints')[0]).toMatch(/^PACK_VALUE_TYPE /);
  expect(compared('replica.suspended', 'replica.suspended')).toEqual([]);
});

test('a parameter that no profile sets is missing at the start of the first pack', () => {
  const result = load('parameters:\n  x: {type: int, says: x}');
  expect(result.ok ? undefined : result.faults[0]).toMatchObject({
    code: 'PROFILE_PARAMETER',
    at: { file: 'p.yaml', line: 1, col: 1 },
  });
});

test('a gate may stand in what is no pack, so that it is not called unknown', () => {
  const asking = {
    file: 'p.yaml',
    text: edited(drivingPack, ['goto: [{to: Verify}]', 'goto: [{to: Verify, gates: [other/g]}]']),
  };
  const shared = { file: 's.yaml', text: sharedPack };
  const noPack = { file: 'q.yaml', text: 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: Pod\n' };
  const unknownGates = (files: readonly { file: string; text: string }[]) => {
    const result = loadPacks(files, { vocabulary });
    return (result.ok ? [] : result.faults).filter(({ message }) => message.includes('other/g')).length;
  };
  expect([unknownGates([asking, shared]), unknownGates([asking, shared, noPack])]).toEqual([1, 0]);
});
