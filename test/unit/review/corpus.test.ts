import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SubjectKind } from '../../../src/kernel/subject.ts';
import { type Decided, keyOf, type Told } from '../../../src/review/corpus/decided.ts';
import { driftsOf } from '../../../src/review/corpus/drift.ts';
import { type Kept, keptOf } from '../../../src/review/corpus/kept.ts';
import { keptText, readKept } from '../../../src/review/corpus/kept-file.ts';
import {
  nameFor,
  partings,
  type Showing,
  showCounts,
  showingKey,
  showingsOf,
} from '../../../src/review/corpus/shown.ts';
import { decodeText } from '../../../src/source/text.ts';

// --- anything that could be decided ---

const asked = [
  { kind: 'gate', name: 'may-restart', per: 'node', words: ['open', 'closed', 'unknown'] },
  { kind: 'gate', name: 'is-well', per: 'volume', words: ['open', 'closed'] },
  { kind: 'finding', name: 'silent', per: 'node', words: ['raised', 'not raised', 'unknown'] },
  { kind: 'step', name: 'Flip: A → B', per: 'site', words: ['open', 'closed'] },
  { kind: 'phase', name: 'phase', per: 'site', words: ['Degraded', 'MultiNode'] },
] as const;
const facts = ['bond.mode', 'list of nodes', 'node.ready unknown'];

const objectsOf = (count: number, kind: SubjectKind): readonly string[] =>
  kind === 'site' ? ['site'] : [...Array(count).keys()].map((at) => `${kind}-${at}`);

/** Every question asked of everybody that there is: a side never leaves one out. */
const anyDecided: fc.Arbitrary<Decided> = fc
  .record({ node: fc.nat(3), volume: fc.nat(2) })
  .chain(({ node, volume }) => {
    const told = asked.flatMap(({ kind, name, per, words }) =>
      objectsOf(per === 'node' ? node : volume, per).map((object) =>
        fc.record({ is: fc.constantFrom(...words), because: fc.subarray(facts) }).map(({ is, because }): Told => {
          const silent = is === 'open' || is === 'not raised';
          return { kind, name, per, object, is, because: silent ? [] : because };
        }),
      ),
    );
    const counts = new Map<SubjectKind, number | null>([
      ['site', 1],
      ['node', node],
      ['volume', volume],
    ]);
    return fc.tuple(...told).map((all): Decided => ({ objects: counts, told: all }));
  });

const about = {
  name: 'one',
  capture: `sha256:${'1'.repeat(64)}`,
  takenAtMs: 1_000_000,
  addedAtMs: 2_000_000,
  profile: { name: 'small', version: '1.0.0', digest: `sha256:${'2'.repeat(64)}` },
} satisfies Omit<Kept, 'objects' | 'phase' | 'sections'>;

/** Whether one becomes the other when objects of each kind change names: asked by trying all ways, which the key does not do. */
function sameButNames(one: Decided, other: Decided): boolean {
  const kinds: readonly SubjectKind[] = ['node', 'volume', 'site'];
  const countsOf = ({ objects }: Decided): string => JSON.stringify([...objects]);
  if (countsOf(one) !== countsOf(other)) return false;
  return kinds.every((kind) => {
    const of = ({ told }: Decided): readonly Told[] => told.filter(({ per }) => per === kind);
    const names = [...new Set(of(one).map(({ object }) => object))];
    return permutations(names).some((turned) => {
      const renamed = of(one).map((told) => ({ ...told, object: turned[names.indexOf(told.object)] }));
      const sorted = (all: readonly object[]): string => JSON.stringify(all.map((told) => JSON.stringify(told)).sort());
      return sorted(renamed) === sorted(of(other));
    });
  });
}

function permutations(names: readonly string[]): readonly (readonly string[])[] {
  if (names.length === 0) return [[]];
  return names.flatMap((name) => permutations(names.filter((other) => other !== name)).map((rest) => [name, ...rest]));
}

/** Two objects of a kind change names, or only what one question says of them. */
function swapped(decided: Decided, [first, second, wholly]: readonly [number, number, boolean]): Decided {
  const one = decided.told[first % decided.told.length];
  const other = decided.told.filter(({ name }) => name === one?.name)[second % 2];
  if (one === undefined || other === undefined) return decided;
  const turned = new Map([
    [one.object, other.object],
    [other.object, one.object],
  ]);
  const told = decided.told.map((told) =>
    wholly || told.name === one.name ? { ...told, object: turned.get(told.object) ?? told.object } : told,
  );
  return { ...decided, told };
}

describe('the key of what is decided', () => {
  test('is shared by two if and only if they are the same but for the names of objects', () => {
    let [shared, apart] = [0, 0];
    fc.assert(
      fc.property(anyDecided, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 3 }), (one, swaps) => {
        const other = swaps.reduce(swapped, one);
        const same = sameButNames(one, other);
        if (same) shared += 1;
        else apart += 1;
        expect(keyOf(one) === keyOf(other)).toBe(same);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(shared, apart)).toBeGreaterThan(20);
    fc.assert(
      fc.property(anyDecided, anyDecided, (one, other) => (keyOf(one) === keyOf(other)) === sameButNames(one, other)),
    );
  });

  test('does not hang on names, or on the order in which it was told', () => {
    fc.assert(
      fc.property(anyDecided, fc.nat(9), (decided, turn) => {
        const told = decided.told.map((one) => ({ ...one, object: `${one.per === 'site' ? '' : 'x'}${one.object}` }));
        const turned = [...told.slice(turn), ...told.slice(0, turn)].toReversed();
        expect(keyOf({ ...decided, told: turned })).toBe(keyOf(decided));
      }),
    );
  });

  test('tells one verdict, one fact, one object and an unknown list apart', () => {
    const one: Told = { kind: 'gate', name: 'g', per: 'node', object: 'a', is: 'closed', because: ['bond.mode'] };
    const decided = (...told: readonly Told[]): Decided => ({ objects: new Map([['node', 1]]), told });
    const keys = [
      decided(one),
      decided({ ...one, is: 'unknown' }),
      decided({ ...one, because: ['bond.mode', 'node.ready'] }),
      decided({ ...one, name: 'h' }),
      decided({ ...one, kind: 'guard' }),
      decided(one, { ...one, object: 'b' }),
      { ...decided(one), objects: new Map([['node' as const, null]]) },
      { ...decided(one), objects: new Map([['node' as const, 2]]) },
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('which objects decide together counts: two gates closed for one node are not one closed for each of two', () => {
    const gate = (name: string, object: string, is: string): Told => ({
      ...{ kind: 'gate', name, per: 'node', object, is, because: [] },
    });
    const decided = (told: readonly Told[]): Decided => ({ objects: new Map([['node', 2]]), told });
    const together = [
      gate('g', 'a', 'closed'),
      gate('h', 'a', 'closed'),
      gate('g', 'b', 'open'),
      gate('h', 'b', 'open'),
    ];
    const apart = [gate('g', 'a', 'closed'), gate('h', 'a', 'open'), gate('g', 'b', 'open'), gate('h', 'b', 'closed')];
    expect(keyOf(decided(together))).not.toBe(keyOf(decided(apart)));
  });

  test('of a workflow only its kind and what is done counts, not its name or whom it is about', () => {
    const word = (name: string, is: string, alike: string): Decided => ({
      objects: new Map(),
      told: [{ kind: 'workflow', name, per: 'site', object: 'site', is, alike, because: [] }],
    });
    const one = word('Flip/a', 'advance A → B: flip-bond node-a', 'Flip advance A → B: flip-bond');
    expect(keyOf(one)).toBe(keyOf(word('Flip/b', 'advance A → B: flip-bond x', 'Flip advance A → B: flip-bond')));
    expect(keyOf(one)).not.toBe(keyOf(word('Flip/a', 'hold in A', 'Flip hold in A')));
  });
});

// --- what is kept ---

function read(text: string, name = 'one') {
  const source = decodeText('one.decisions.yaml', new TextEncoder().encode(text), 2 ** 24);
  if (!source.ok) throw new Error(source.faults[0]?.message);
  return readKept(source.value, name);
}

describe('what is kept', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(anyDecided, (decided) => {
        const kept = keptOf(decided, about);
        const back = read(keptText(kept));
        if (!back.ok) throw new Error(back.faults[0]?.message);
        expect(keptText(back.value)).toBe(keptText(kept));
        expect(back.value.sections).toEqual(kept.sections);
        expect(back.value.phase).toEqual(kept.phase);
        expect(driftsOf(back.value, decided)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('is read whatever words there are in it', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed()),
      fc.constantFrom('a: b', '{', '- x', 'null', '"', "'", '#', 'pvc-7@node-a:node-b', '\u2028', '__proto__', '1e3'),
    );
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (name, object, is, fact) => {
        const gate = (of: string, word: string, because: readonly string[]): Told => ({
          ...{ kind: 'gate', name, per: 'node', object: of, is: word, because },
        });
        const told = [gate(object, is, [fact]), gate(`${object}!`, 'open', [])];
        const kept = keptOf({ objects: new Map([['node', 2]]), told }, { ...about, name });
        const back = read(keptText(kept), name);
        if (!back.ok) throw new Error(back.faults[0]?.message);
        expect(back.value.sections.gates.get(name)).toEqual(kept.sections.gates.get(name));
        expect(back.value.name).toBe(name);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['a word too many', '  phase:', '  phaze: {is: x}\n  phase:', 'SHAPE_UNKNOWN_FIELD', ':11:3'],
    ['no phase', /\n {2}phase:.*/, '', 'SHAPE_INVALID', ':5:1'],
    ['no digest', /capture: .*/, 'capture: calm', 'SHAPE_INVALID', ':6:12'],
    ['a day that is none', /addedAt: .*/, 'addedAt: 2026-02-30T10:00:00Z', 'SHAPE_INVALID', ':8:12'],
    ['another kind', 'kind: CaptureDecisions', 'kind: Capture', 'SHAPE_WRONG_KIND', ':3:7'],
    ['another name', 'name: one', 'name: other', 'CORPUS_DECISIONS', ':4:18'],
    ['no YAML', 'spec:', 'spec: [', 'YAML_SYNTAX', ':'],
  ])('%s is a fault at its place', (_, from, to, code, place) => {
    const decided: Decided = { objects: new Map([['node', 1]]), told: [] };
    const text = keptText(keptOf(decided, about)).replace(from, to);
    const back = read(text);
    if (back.ok) throw new Error('it was read');
    const [fault] = back.faults;
    expect(fault?.code).toBe(code);
    expect(`${fault?.at.file}:${fault?.at.line}:${fault?.at.col}`).toContain(`one.decisions.yaml${place}`);
  });
});

describe('drift', () => {
  test('there is none if and only if the same is decided of everybody', () => {
    const said = ({ told, objects }: Decided): string =>
      JSON.stringify([[...objects], told.map((one) => JSON.stringify(one)).sort()]);
    fc.assert(
      fc.property(anyDecided, anyDecided, (one, other) => {
        expect(driftsOf(keptOf(one, about), one)).toEqual([]);
        expect(driftsOf(keptOf(one, about), other).length === 0).toBe(said(one) === said(other));
      }),
    );
  });

  const gate = (object: string, is: string, because: readonly string[] = []): Told => ({
    ...{ kind: 'gate', name: 'g', per: 'node', object, is, because },
  });
  const decided = (...told: readonly Told[]): Decided => ({ objects: new Map([['node', 2]]), told });
  const kept = keptOf(decided(gate('a', 'closed', ['bond.mode']), gate('b', 'open')), about);
  const words = (now: Decided, before = kept) =>
    driftsOf(before, now).map(({ name, from, to, was, because, objects }) => [name, from, to, was, because, objects]);

  test('a verdict, with the facts of both and on whom', () => {
    const now = decided(gate('a', 'closed', ['bond.mode']), gate('b', 'closed', ['bond.mtu']));
    expect(words(now)).toEqual([['g', 'open', 'closed', [], ['bond.mtu'], ['b']]]);
  });

  test('other facts for the same verdict, after verdicts', () => {
    const now = decided(gate('a', 'closed', ['bond.mtu']), gate('b', 'unknown', ['bond.mtu unknown']));
    expect(words(now).map(([, from, to]) => [from, to])).toEqual([
      ['open', 'unknown'],
      ['closed', 'closed'],
    ]);
  });

  test('a gate that nobody asks any more, one that is new, and somebody who is not there any more', () => {
    expect(words(decided())).toEqual([
      ['g', 'closed', 'not asked', ['bond.mode'], [], ['a']],
      ['g', 'open', 'not asked', [], [], ['b']],
    ]);
    const named = { ...gate('a', 'open'), name: 'new' };
    expect(words(decided(...[gate('a', 'closed', ['bond.mode']), gate('b', 'open'), named]))).toEqual([
      ['new', 'not asked', 'open', [], [], ['a']],
    ]);
    expect(words(decided(gate('a', 'closed', ['bond.mode'])))).toEqual([['g', 'open', 'not there', [], [], ['b']]]);
  });

  test('of a step that was not kept nobody knows whether it was open or not asked', () => {
    const step: Told = { kind: 'step', name: 's', per: 'site', object: 'site', is: 'closed', because: [] };
    expect(words(decided(step), keptOf(decided(), about))).toEqual([
      ['s', 'open or not asked', 'closed', [], [], ['site']],
    ]);
    expect(words(decided({ ...step, is: 'open' }), keptOf(decided(), about))).toEqual([]);
  });

  test('how many there are', () => {
    const now = { ...decided(), objects: new Map<SubjectKind, number | null>([['node', null]]) };
    expect(words(now, keptOf(decided(), about))).toEqual([['node', '2', 'unknown', [], [], []]]);
  });
});

// --- what is shown ---

const keptWith = (gates: Readonly<Record<string, readonly string[]>>, findings: readonly string[] = []): Kept =>
  keptOf(
    {
      objects: new Map(),
      told: [
        ...Object.entries(gates).map(
          ([name, because]): Told => ({ kind: 'gate', name, per: 'site', object: 'site', is: 'closed', because }),
        ),
        ...findings.map(
          (name): Told => ({ kind: 'finding', name, per: 'site', object: 'site', is: 'raised', because: ['x.y'] }),
        ),
        { kind: 'phase', name: 'phase', per: 'site', object: 'site', is: 'MultiNode', because: [] },
      ],
    },
    about,
  );

test.each([
  ['what is raised before what is closed', keptWith({ g: ['bond.mode'] }, ['bonds-differ']), [], 'bonds-differ'],
  ['a gate with the fact', keptWith({ g: ['bond.peersReachable'] }), [], 'g-closed-bond-peers-reachable'],
  [
    'what the fewest show',
    keptWith({ g: ['bond.mode'], h: ['bond.mtu'] }, ['common']),
    [keptWith({ g: ['bond.mode'] }, ['common'])],
    'h-closed-bond-mtu',
  ],
  ['nothing at all', keptWith({}), [], 'all-is-open-multi-node'],
])('a name by %s', (_, kept, others, name) => {
  expect(nameFor(kept, showCounts([kept, ...others].map(showingsOf)))).toBe(name);
});

describe('who may go', () => {
  const shows = (...words: readonly string[]): readonly Showing[] =>
    words.map((is) => ({ kind: 'gate', name: 'g', is, because: [] }));

  test('the oldest of two that show the same; whoever is young or alone stays, and it is said why', () => {
    const members = [
      { name: 'young', takenAtMs: 90, shows: shows('a') },
      { name: 'old', takenAtMs: 20, shows: shows('a', 'b') },
      { name: 'oldest', takenAtMs: 10, shows: shows('a', 'b') },
      { name: 'odd', takenAtMs: 5, shows: shows('a', 'c') },
    ];
    const told = partings(members, 50).map(({ name, goes, only }) => [name, goes, only.map(({ is }) => is)]);
    expect(told).toEqual([
      ['odd', false, ['c']],
      ['oldest', true, []],
      ['old', false, ['b']],
      ['young', false, []],
    ]);
  });

  test('whatever was shown is shown still, whoever was young is there, and no order matters', () => {
    const member = fc.record({
      takenAtMs: fc.nat(20),
      shows: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }),
    });
    let went = 0;
    fc.assert(
      fc.property(fc.array(member, { maxLength: 7 }), fc.nat(20), fc.nat(7), (all, beforeMs, turn) => {
        const members = all.map((one, at) => ({
          name: `m${at}`,
          takenAtMs: one.takenAtMs,
          shows: shows(...one.shows),
        }));
        const fates = partings(members, beforeMs);
        expect(partings([...members.slice(turn), ...members.slice(0, turn)], beforeMs)).toEqual(fates);
        const gone = new Set(fates.filter(({ goes }) => goes).map(({ name }) => name));
        went += gone.size;
        const shown = (some: typeof members) => new Set(some.flatMap((one) => one.shows.map(showingKey)));
        expect(shown(members.filter(({ name }) => !gone.has(name)))).toEqual(shown(members));
        for (const { name, takenAtMs } of members) if (takenAtMs >= beforeMs) expect(gone.has(name)).toBe(false);
        // Nobody stays who might go: one more would take something with it.
        for (const { name, takenAtMs, shows: own } of members) {
          if (gone.has(name) || takenAtMs >= beforeMs) continue;
          const rest = shown(members.filter((other) => other.name !== name && !gone.has(other.name)));
          expect(own.every((one) => rest.has(showingKey(one)))).toBe(false);
        }
      }),
    );
    expect(went).toBeGreaterThan(50);
  });
});
