import { describe, expect, test } from 'vitest';
import { statedText } from '../../../src/capture/stated-text.ts';
import type { Raw, RawStated } from '../../../src/kernel/raw.ts';
import { faultsOf, folder, opened, packed, sayings, stream } from './support.ts';

const head = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Facts
metadata: {name: witness}
`;
/** The first line of `spec` is line 5. */
const withSpec = (spec: string): string => `${head}spec:\n${spec}`;
const withFact = (fact: string): string => withSpec(`  facts: [${fact}]`);
const manifestOf = (rest = ''): string => `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Capture
metadata: {name: made-up}
spec:
  formatVersion: 1
  takenAt: 2026-03-04T10:15:02Z
  takenBy: a test
${rest}`;
const takenAtMs = Date.parse('2026-03-04T10:15:02Z');

const site: Pick<RawStated, 'lists' | 'facts' | 'frozen'> = {
  lists: [
    { kind: 'node', members: ['node-1', 'node-2'] },
    { kind: 'volume', members: ['pvc-1'], ageMs: 180_000 },
    { kind: 'vm', members: [] },
  ],
  facts: [
    { fact: 'site.lock', of: 'site', value: null, ageMs: 0, grade: 'observed' },
    { fact: 'node.drbdVersion', of: 'node-1', value: 90_000_200_014, ageMs: 0, grade: 'observed' },
    { fact: 'node.heartbeatAge', of: 'node-1', value: 31_000, ageMs: 40_000, grade: 'reported' },
    { fact: 'node.satelliteFlags', of: 'node-1', value: ['EVACUATE', 'true'], ageMs: 0, grade: 'observed' },
    { fact: 'replica.disk', of: 'pvc-1@node-1', value: 'UpToDate', ageMs: 0, grade: 'observed' },
    { fact: 'replica.quorumWithoutNode', of: 'pvc-1@node-1', value: true, ageMs: 0, grade: 'assumed' },
    { fact: 'connection.outOfSync', of: 'pvc-1@node-1:node-2', value: 65_536, ageMs: 0, grade: 'observed' },
    { fact: 'vm.node', of: 'vms/web', value: 'yes', ageMs: 1, grade: 'observed' },
  ],
  frozen: [{ fact: 'bond.mode', of: 'node-1/bond1', value: '802.3ad' }],
};
const text = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Facts
metadata: {name: witness, says: "no, it may not: never"}
spec:
  lists:
    node: [node-1, node-2]
    volume: {members: [pvc-1], age: 3m}
    vm: []
  facts:
    - {fact: site.lock, of: site, is: null}
    - {fact: node.drbdVersion, of: node-1, is: 9.2.14}
    - {fact: node.heartbeatAge, of: node-1, is: 31s, age: 40s, grade: reported}
    - {fact: node.satelliteFlags, of: node-1, is: [EVACUATE, "true"]}
    - {fact: replica.disk, of: pvc-1@node-1, is: UpToDate}
    - {fact: replica.quorumWithoutNode, of: pvc-1@node-1, is: true, grade: assumed}
    - {fact: connection.outOfSync, of: pvc-1@node-1:node-2, is: 64KiB}
    - {fact: vm.node, of: vms/web, is: "yes", age: 1ms}
  frozen:
    - {fact: bond.mode, of: node-1/bond1, is: "802.3ad"}
`;

function rawsOf(files: Readonly<Record<string, string>>): readonly Raw[] {
  return opened(folder(files)).raws;
}

describe('a stated site', () => {
  test('is written as people write it', () => {
    expect(statedText(site, 'witness', 'no, it may not: never')).toBe(text);
  });

  test('is the same in whatever order it was written', () => {
    const backwards = {
      lists: site.lists.toReversed().map((list) => ({ ...list, members: list.members.toReversed() })),
      facts: site.facts.toReversed(),
      frozen: site.frozen ?? [],
    };
    expect(statedText(backwards, 'witness', 'no, it may not: never')).toBe(text);
    const unordered = text.replace('[node-1, node-2]', '[node-2, node-1]').replace(/( {4}- .*\n)( {4}- .*\n)/, '$2$1');
    expect(unordered).not.toBe(text);
    expect(opened(folder({ 'facts.yaml': unordered })).digest).toBe(opened(folder({ 'facts.yaml': text })).digest);
  });

  test('is read as it was', () => {
    expect(rawsOf({ 'facts.yaml': text })).toEqual([{ from: 'stated', at: 0, ...site }]);
  });

  test('counts its ages from when the manifest says', () => {
    const made = opened(folder({ 'facts.yaml': text, 'capture.yaml': manifestOf(), 'README.md': 'why' }));
    expect(made).toMatchObject({ name: 'made-up', takenAtMs, missing: [], complete: false });
    expect(made.raws).toEqual([{ from: 'stated', at: takenAtMs, ...site }]);
  });

  test('is the same capture in one file', async () => {
    const made = opened(folder({ 'facts.yaml': text, 'capture.yaml': manifestOf() }));
    expect(opened(await stream(await packed(made)))).toEqual(made);
  });

  test('without frozen facts, lists or facts', () => {
    expect(rawsOf({ 'facts.yaml': statedText({ lists: [], facts: [] }, 'nothing') })).toEqual([
      { from: 'stated', at: 0, lists: [], facts: [] },
    ]);
    expect(rawsOf({ 'facts.yaml': withSpec('  {}') })).toEqual([{ from: 'stated', at: 0, lists: [], facts: [] }]);
    expect(statedText({ lists: [], facts: [] }, 'nothing')).toBe(
      `${head.replace('witness', 'nothing')}spec:\n  lists: {}\n  facts: []\n`,
    );
  });

  test('cannot be written with a fact that there is not', () => {
    const facts = [{ fact: 'node.mood', of: 'node-1', value: true, ageMs: 0, grade: 'observed' }] as const;
    expect(() => statedText({ lists: [], facts }, 'x')).toThrow('the vocabulary has no fact node.mood');
  });
});

describe('what is wrong with a facts.yaml', () => {
  test.each<[string, string, string]>([
    ['another kind', 'apiVersion: v1\nkind: List\nitems: []\n', 'SHAPE_WRONG_KIND 1:1 is no Facts of'],
    ['no mapping', '[]', 'SHAPE_INVALID 1:1 a file of facts must be a mapping'],
    ['no spec', head, 'SHAPE_INVALID 1:1 `spec` must be a mapping'],
    ['no name', withSpec('  {}').replace('name: witness', ''), 'SHAPE_INVALID 3:11 `name` is missing'],
    ['a name that obeys a terminal', withSpec('  {}').replace('witness', '"\\e[2J"'), 'CAPTURE_NAME 3:11 '],
    ['a sentence that is none', withSpec('  {}').replace('witness', 'w, says: 1'), 'SHAPE_INVALID 3:27 `says` must be'],
    ['a stranger', withSpec('  nodes: []'), 'SHAPE_UNKNOWN_FIELD 5:3 `spec` has no `nodes`'],
    [
      'an unknown kind',
      withSpec('  lists: {nod: []}'),
      'SHAPE_UNKNOWN_FIELD 5:11 there is no kind `nod`; did you mean `node`?',
    ],
    ['a list of sites', withSpec('  lists: {site: [site]}'), 'SHAPE_UNKNOWN_FIELD 5:11 there is always one site'],
    ['a list that is a word', withSpec('  lists: {node: node-1}'), 'SHAPE_INVALID 5:17 `lists.node` must be a list'],
    ['a list twice', withSpec('  lists: {node: [], node: []}'), 'YAML_DUPLICATE_KEY 5:21 `node` stands here twice'],
    ['an old list without members', withSpec('  lists: {node: {age: 3m}}'), 'SHAPE_INVALID 5:17 `members` is missing'],
    ['a list that is old by no unit', withSpec('  lists: {node: {members: [], age: 3}}'), 'PACK_VALUE_TYPE 5:36 '],
    ['a list with a stranger', withSpec('  lists: {node: {members: [], old: 3m}}'), 'SHAPE_UNKNOWN_FIELD 5:31 '],
    ['one twice on a list', withSpec('  lists: {vm: [a/b, a/b]}'), 'FACTS_TWICE 5:21 `a/b` stands on this list twice'],
    [
      'an id that is none',
      withSpec('  lists: {bond: [bond1]}'),
      'FACTS_ID 5:18 `bond1` is no id of a bond; write it like node-a/bond1; this could be one of a node or volume',
    ],
    [
      'an id with a space',
      withSpec('  lists: {node: ["a b"]}'),
      'FACTS_ID 5:18 `a b` is no id of a node; write it like node-a',
    ],
    [
      'an id that is a number',
      withSpec('  lists: {node: [7]}'),
      'FACTS_ID 5:18 an id is a text, and this is none; put it in quotes',
    ],
    ['an id that is a list', withSpec('  lists: {node: [[a]]}'), 'FACTS_ID 5:18 an id is a text, and this is a list'],
    ['an id of nothing', withSpec('  lists: {node: [~]}'), 'FACTS_ID 5:18 an id is a text, and this is none'],
    ['facts that are no list', withSpec('  facts: {}'), 'SHAPE_INVALID 5:10 `facts` must be a list'],
    ['a fact that is a word', withFact('node.ready'), 'SHAPE_INVALID 5:11 an entry of `facts` must be a mapping'],
    ['a fact with a stranger', withFact('{fact: node.ready, of: a, is: true, by: x}'), 'SHAPE_UNKNOWN_FIELD 5:47 '],
    ['no fact', withFact('{of: a, is: true}'), 'SHAPE_INVALID 5:11 `fact` is missing'],
    ['of nobody', withFact('{fact: node.ready, is: true}'), 'SHAPE_INVALID 5:11 `of` is missing'],
    [
      'no value',
      withFact('{fact: node.ready, of: a}'),
      'SHAPE_INVALID 5:11 `is` is missing; leave out a fact that is not known',
    ],
    [
      'an unknown fact',
      withFact('{fact: node.redy, of: a, is: true}'),
      'PACK_UNKNOWN_FACT 5:18 node has no fact `redy`; did you mean `node.ready`?',
    ],
    [
      'a fact of no kind',
      withFact('{fact: disk, of: a, is: true}'),
      'PACK_UNKNOWN_FACT 5:18 there is no fact `disk`; did you mean `replica.disk`?',
    ],
    [
      'another kind of id',
      withFact('{fact: node.ready, of: pvc-1@a, is: true}'),
      'FACTS_ID 5:34 `pvc-1@a` is no id of a node, and node.ready is about a node; write it like node-a; this could be one of a replica',
    ],
    [
      'an unknown word',
      withFact('{fact: replica.disk, of: v@a, is: UptoDate}'),
      'PACK_VALUE_TYPE 5:45 `UptoDate` is no value of replica.disk; did you mean `UpToDate`?',
    ],
    [
      'no unit',
      withFact('{fact: node.heartbeatAge, of: a, is: 31}'),
      'PACK_VALUE_TYPE 5:48 node.heartbeatAge is a duration, and `31` is none; units are never guessed: write 31s',
    ],
    [
      'another unit',
      withFact('{fact: node.heartbeatAge, of: a, is: 31KiB}'),
      'PACK_VALUE_TYPE 5:48 node.heartbeatAge is a duration',
    ],
    [
      'another type',
      withFact('{fact: node.ready, of: a, is: "true"}'),
      'PACK_VALUE_TYPE 5:41 node.ready is true or false',
    ],
    [
      'a set that is a word',
      withFact('{fact: bond.members, of: a/b, is: eth0}'),
      'PACK_VALUE_TYPE 5:45 bond.members is a set',
    ],
    [
      'nobody where there is always somebody',
      withFact('{fact: node.name, of: a, is: null}'),
      'PACK_VALUE_TYPE 5:40 node.name is a text and is never `null`',
    ],
    [
      'an age without unit',
      withFact('{fact: node.ready, of: a, is: true, age: 40}'),
      'PACK_VALUE_TYPE 5:52 `40` is no duration',
    ],
    ['an age before now', withFact('{fact: node.ready, of: a, is: true, age: -4s}'), 'PACK_VALUE_TYPE 5:52 '],
    [
      'an unknown grade',
      withFact('{fact: node.ready, of: a, is: true, grade: observd}'),
      'SHAPE_INVALID 5:54 there is no grade `observd`; did you mean `observed`?',
    ],
    [
      'a grade that is a list',
      withFact('{fact: node.ready, of: a, is: true, grade: []}'),
      'SHAPE_INVALID 5:54 `grade` must be a word',
    ],
    [
      'a fact twice',
      withFact('{fact: node.ready, of: a, is: true}, {fact: node.ready, of: a, is: false}'),
      'FACTS_TWICE 5:48 node.ready of a stands in line 5 already; keep one of the two',
    ],
    [
      'a frozen fact twice',
      withSpec('  frozen:\n    - {fact: node.ready, of: a, is: true}\n    - {fact: node.ready, of: a, is: true}'),
      'FACTS_TWICE 7:7 node.ready of a stands in line 6 already',
    ],
    [
      'a frozen fact of some age',
      withSpec('  frozen: [{fact: node.ready, of: a, is: true, age: 3s}]'),
      'SHAPE_UNKNOWN_FIELD 5:48 an entry of `frozen` has no `age`',
    ],
    ['two documents', `${withSpec('  {}')}\n---\n{}`, 'YAML_SYNTAX '],
    ['no YAML', '{', 'YAML_SYNTAX '],
    ['no text', '\0', 'FILE_NOT_TEXT '],
  ])('%s', (_, content, says) => {
    const faults = faultsOf(folder({ 'facts.yaml': content }));
    const told = faults.map(
      ({ code, at, message, hint }) =>
        `${code} ${at.line}:${at.col} ${message}${hint === undefined ? '' : `; ${hint}`}`,
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.slice(0, says.length)).toBe(says);
    expect(faults[0]?.at.file).toBe('facts.yaml');
  });

  test('every fault is told, in the order of the file', () => {
    const faulty = withSpec(
      '  frozen: [{fact: x, of: a, is: 1}]\n  facts: [{fact: node.ready, of: a, is: 1}]\n  lists: {vms: [], node: [a/b]}',
    );
    expect(sayings(folder({ 'facts.yaml': faulty })).map((says) => says.split(' ').slice(0, 2).join(' '))).toEqual([
      'PACK_UNKNOWN_FACT facts.yaml:5:19',
      'PACK_VALUE_TYPE facts.yaml:6:41',
      'SHAPE_UNKNOWN_FIELD facts.yaml:7:11',
      'FACTS_ID facts.yaml:7:27',
    ]);
  });
});

describe('what was made up stands alone', () => {
  const nodes = JSON.stringify({ apiVersion: 'v1', kind: 'NodeList', items: [] });
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'a list',
      { 'kubernetes/nodes.json': nodes },
      ['FACTS_MIXED kubernetes/nodes.json:1:1 `v1/Node` was observed, and facts.yaml states a site that nobody saw'],
    ],
    [
      'hosts and replies',
      { 'hosts/node-1/proc/drbd': 'x', 'linstor/v1/nodes.json': '[]' },
      ['FACTS_MIXED hosts/node-1/proc/drbd:1:1 ', 'FACTS_MIXED linstor/v1/nodes.json:1:1 '],
    ],
    [
      'what the observer measured',
      { 'capture.yaml': manifestOf('  observer: {node-1: {clockSkew: 1s}}\n') },
      ['FACTS_MIXED capture.yaml:8:14 the manifest says what was fetched'],
    ],
    [
      'what is missing',
      { 'capture.yaml': manifestOf('  missing: [{what: v1/Pod, why: x}]\n') },
      ['FACTS_MIXED capture.yaml:8:20 '],
    ],
    [
      'when it was fetched',
      { 'capture.yaml': manifestOf('  fetched: {facts.yaml: 2026-03-04T10:15:00Z}\n') },
      ['FACTS_MIXED capture.yaml:8:13 '],
    ],
    [
      'that all was fetched',
      { 'capture.yaml': manifestOf('  complete: true\n') },
      ['FACTS_MIXED capture.yaml:1:1 the manifest says that all was fetched'],
    ],
    [
      'another such file',
      { 'more/facts.yaml': text },
      ['FACTS_MIXED more/facts.yaml:1:1 states a site, where what was observed is kept'],
    ],
  ])('not beside %s', (_, files, says) => {
    const told = sayings(folder({ 'facts.yaml': text, ...files }));
    expect(told).toHaveLength(says.length);
    for (const [at, start] of says.entries()) expect(told[at]?.slice(0, start.length)).toBe(start);
  });

  test('and is no file by any other name', () => {
    expect(faultsOf(folder({ 'site.yaml': text })).map(({ code, hint }) => [code, hint])).toEqual([
      ['FACTS_MIXED', 'call the file facts.yaml, and put it into a capture of its own'],
    ]);
  });
});

describe('a line of the one-file form', () => {
  const stated = '{"from":"stated","at":0,"lists":[],"facts":[]}';
  const file = (...lines: readonly string[]): string =>
    `{"apiVersion":"nodewright.spectrocloud.com/v1alpha1","kind":"Capture","metadata":{"name":"w"},"spec":{"formatVersion":1,"lines":${lines.length}}}\n${lines.join('\n')}\n`;
  const fact = '{"fact":"node.ready","of":"a","value":true,"ageMs":0,"grade":"observed"}';

  test('holds a whole site', async () => {
    const line = stated.replace('"facts":[]', `"facts":[${fact}]`);
    expect(opened(await stream(file(line))).raws).toEqual([JSON.parse(line)]);
  });

  test.each<[string, string, string]>([
    ['no lists', stated.replace('"lists":[],', ''), 'has a list of nobody that could be listed'],
    [
      'a list of sites',
      stated.replace('"lists":[]', '"lists":[{"kind":"site","members":["site"]}]'),
      'has a list of nobody',
    ],
    [
      'a member that is none',
      stated.replace('"lists":[]', '"lists":[{"kind":"vm","members":["a"]}]'),
      'has a list of nobody',
    ],
    [
      'a list of a strange age',
      stated.replace('"lists":[]', '"lists":[{"kind":"vm","members":[],"ageMs":-1}]'),
      'has a list of nobody',
    ],
    [
      'a list with more',
      stated.replace('"lists":[]', '"lists":[{"kind":"vm","members":[],"x":1}]'),
      'has a list of nobody',
    ],
    ['no facts', stated.replace(',"facts":[]', ''), 'has a fact that is none'],
    [
      'a value of another type',
      stated.replace('[]}', `[${fact.replace('true', '"true"')}]}`),
      'has a fact that is none',
    ],
    ['a fact of another kind', stated.replace('[]}', `[${fact.replace('"a"', '"a/b"')}]}`), 'has a fact that is none'],
    ['an unknown fact', stated.replace('[]}', `[${fact.replace('ready', 'redy')}]}`), 'has a fact that is none'],
    [
      'an age in half',
      stated.replace('[]}', `[${fact.replace('"ageMs":0', '"ageMs":0.5')}]}`),
      'has a fact that is none',
    ],
    ['an unknown grade', stated.replace('[]}', `[${fact.replace('observed', 'seen')}]}`), 'has a fact that is none'],
    ['a fact with more', stated.replace('[]}', `[${fact.replace('{', '{"x":1,')}]}`), 'has a fact that is none'],
    ['a frozen fact of some age', stated.replace('[]}', `[],"frozen":[${fact}]}`), 'has a fact that is none'],
    ['a fact twice', stated.replace('[]}', `[${fact},${fact}]}`), 'says the same thing twice'],
    [
      'a list twice',
      stated.replace('"lists":[]', '"lists":[{"kind":"vm","members":[]},{"kind":"vm","members":[]}]'),
      'says the same thing twice',
    ],
    [
      'one twice on a list',
      stated.replace('"lists":[]', '"lists":[{"kind":"vm","members":["a/b","a/b"]}]'),
      'says the same thing twice',
    ],
    ['a member more', stated.replace('"at"', '"text":"","at"'), 'has a member `text`'],
  ])('%s', async (_, line, says) => {
    const [fault, ...more] = faultsOf(await stream(file(line)));
    expect([fault?.code, fault?.at.line, more]).toEqual(['CAPTURE_LINE', 2, []]);
    expect(fault?.message.slice(0, says.length)).toBe(says);
  });

  test.each<[string, string]>([
    ['what was observed', '{"from":"list","kind":"v1/Node","at":0}'],
    [
      'what nobody reads',
      '{"from":"object","kind":"v1/Service","at":0,"object":{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"}}}',
    ],
  ])('not beside %s', async (_, line) => {
    expect(faultsOf(await stream(file(stated, line))).map(({ code }) => code)).toEqual(['FACTS_MIXED']);
  });

  test('not beside another site', async () => {
    const other = stated.replace('[]}', `[${fact}]}`);
    expect(sayings(await stream(file(stated, other)))).toEqual([
      'CAPTURE_LINE site.ndjson:3:1 `facts.yaml` stands in line 2 already',
    ]);
  });
});
