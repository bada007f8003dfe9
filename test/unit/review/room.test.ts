import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentMax, diffMarkdown } from '../../../src/console/render/diff-markdown.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import type { FolderPort } from '../../../src/profile/folder.ts';
import type { Level, Moved } from '../../../src/review/change.ts';
import { worst } from '../../../src/review/change.ts';
import { folded, type Seen } from '../../../src/review/fold.ts';
import { meaningOf, textOf, wordingOf } from '../../../src/review/meaning.ts';
import { nowhere, partsChanged } from '../../../src/review/parts.ts';
import type { Review } from '../../../src/review/review.ts';
import { readSide, type Side } from '../../../src/review/side.ts';
import { compareWorkflows, type WorkflowWord } from '../../../src/review/workflow.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';

function conditionOf(text: string) {
  const pack = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RulePack
metadata: {name: p, version: 1.0.0}
spec:
  vocabulary: v1
  conditions:
    ready: {fact: node.ready, operator: equal, value: true}
    up: {fact: node.ready, operator: equal, value: true}
  gates:
    g: {says: x, per: node, when: ${text}}
`;
  const loaded = loadPacks([{ file: 'p.yaml', text: pack }], { vocabulary, capabilities: [] });
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
  const when = loaded.value[0]?.gates[0]?.when;
  if (when === undefined) throw new Error('no gate');
  return when;
}

const ready = '{fact: node.ready, operator: equal, value: true}';
const cordoned = '{fact: node.schedulable, operator: equal, value: false}';
const young = '{fact: node.heartbeatAge, operator: lessThan, value: 60s}';

describe('two conditions mean the same', () => {
  test.each([
    ['in another order', `{all: [${ready}, ${young}]}`, `{all: [${young}, ${ready}]}`],
    [
      'one inside of the other',
      `{any: [${ready}, {any: [${young}, ${cordoned}]}]}`,
      `{any: [${ready}, ${young}, ${cordoned}]}`,
    ],
    ['alone in an `all`', `{all: [${ready}]}`, ready],
    ['under another name', '{condition: ready}', '{condition: up}'],
    ['with a name and without', '{condition: ready}', ready],
    ['in another unit', young, young.replace('60s', '1m')],
  ])('%s', (_, one, other) => {
    expect(meaningOf(conditionOf(one))).toBe(meaningOf(conditionOf(other)));
    expect(partsChanged(conditionOf(one), conditionOf(other))).toEqual([]);
  });

  test.each([
    ['another operator', young, young.replace('lessThan', 'lessThanInclusive')],
    ['another limit', young, young.replace('60s', '61s')],
    ['`any` for `all`', `{all: [${ready}, ${young}]}`, `{any: [${ready}, ${young}]}`],
    [
      '`all` in an `any`',
      `{any: [${ready}, {all: [${young}, ${cordoned}]}]}`,
      `{any: [${ready}, ${young}, ${cordoned}]}`,
    ],
    ['a shorter age', ready, ready.replace('operator', 'maxAge: 1s, operator')],
    ['a better grade', ready, ready.replace('operator', 'grade: observed, operator')],
    [
      'a quantifier over others',
      `{some: vm, satisfies: {fact: vm.migrating, operator: equal, value: true}}`,
      `{none: vm, satisfies: {fact: vm.migrating, operator: equal, value: true}}`,
    ],
    [
      'nobody who counts',
      `{every: vm, satisfies: {fact: vm.migrating, operator: equal, value: true}}`,
      `{every: vm, satisfies: {fact: vm.migrating, operator: equal, value: true}, whenEmpty: open}`,
    ],
  ])('but not with %s', (_, one, other) => {
    expect(meaningOf(conditionOf(one))).not.toBe(meaningOf(conditionOf(other)));
    expect(partsChanged(conditionOf(one), conditionOf(other)).length).toBeGreaterThan(0);
  });

  test('another sentence is another wording and the same meaning', () => {
    const [one, other] = [conditionOf(ready), conditionOf(ready.replace('{', '{says: it is ready, '))];
    expect(meaningOf(one)).toBe(meaningOf(other));
    expect(wordingOf(one)).not.toBe(wordingOf(other));
  });
});

test.each([
  [
    'a limit',
    `{all: [${ready}, ${young}]}`,
    `{all: [${ready}, ${young.replace('60s', '61s')}]}`,
    [['node.heartbeatAge < 1m', 'node.heartbeatAge < 1m1s']],
  ],
  ['a part more', ready, `{all: [${ready}, ${young}]}`, [[undefined, 'node.heartbeatAge < 1m']]],
  ['a part less', `{all: [${young}, ${ready}]}`, ready, [['node.heartbeatAge < 1m', undefined]]],
  [
    'deep inside',
    `{not: {all: [${ready}, {any: [${young}, ${cordoned}]}]}}`,
    `{not: {all: [{any: [${cordoned}, ${young.replace('lessThan', 'greaterThan')}]}, ${ready}]}}`,
    [['node.heartbeatAge < 1m', 'node.heartbeatAge > 1m']],
  ],
  ['all of it', ready, cordoned, [['node.ready = true', 'node.schedulable = false']]],
])('of what changed the smallest part is told: %s', (_, one, other, told) => {
  const changes = partsChanged(conditionOf(one), conditionOf(other));
  expect(changes.map((change) => [change.old && textOf(change.old), change.new && textOf(change.new)])).toEqual(told);
});

// --- folding ---

function moved(object: string, more: Partial<Moved> = {}): Moved {
  return {
    level: 'danger',
    kind: 'gate',
    pack: 'p',
    name: 'g',
    object,
    from: 'closed',
    to: 'open',
    causes: [],
    was: [],
    is: [],
    ...more,
  };
}

function seen(capture: string, afterMs: number, ...all: readonly Moved[]): Seen {
  return { capture, takenAtMs: 0, afterMs, moved: all };
}

describe('folding', () => {
  test('objects that decide alike are one, and so are moments and captures', () => {
    const changes = folded([
      seen('two', 0, moved('b'), moved('a')),
      seen('one', 5, moved('a'), moved('b')),
      seen('one', 0, moved('b'), moved('a')),
    ]);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.on).toMatchObject([
      { capture: 'one', afterMs: [0, 5], objects: ['a', 'b'] },
      { capture: 'two', afterMs: [0], objects: ['a', 'b'] },
    ]);
  });

  test('other verdicts, other causes and other objects at another moment stay apart', () => {
    const cause = { was: 'x', is: 'y', oldAt: nowhere, newAt: nowhere };
    expect(
      folded([seen('one', 0, moved('a'), moved('b', { from: 'unknown' }), moved('c', { causes: [cause] }))]),
    ).toHaveLength(3);
    expect(folded([seen('one', 0, moved('a')), seen('one', 1, moved('a'), moved('b'))])[0]?.on).toHaveLength(2);
  });

  test('the worst first, and other verdicts before other reasons', () => {
    const found = folded([
      seen(
        'one',
        0,
        moved('a', { level: 'caution', from: 'closed', to: 'closed', kind: 'gate' }),
        moved('a', { level: 'caution', kind: 'finding', to: 'raised' }),
        moved('a'),
      ),
    ]);
    expect(found.map(({ level, kind, to }) => [level, kind, to])).toEqual([
      ['danger', 'gate', 'open'],
      ['caution', 'finding', 'raised'],
      ['caution', 'gate', 'closed'],
    ]);
  });

  test('nothing is lost or doubled, whatever comes in whatever order', () => {
    const one = fc.record({
      object: fc.constantFrom('a', 'b', 'c'),
      name: fc.constantFrom('g', 'h'),
      to: fc.constantFrom('open', 'unknown'),
    });
    const when = fc.record({
      capture: fc.constantFrom('x', 'y'),
      afterMs: fc.nat(2),
      moved: fc.uniqueArray(one, { maxLength: 5, selector: ({ object, name }) => `${name} ${object}` }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(when, { maxLength: 6, selector: ({ capture, afterMs }) => `${capture} ${afterMs}` }),
        fc.nat(5),
        (all, turn) => {
          const told = all.map(({ capture, afterMs, moved: some }) =>
            seen(capture, afterMs, ...some.map(({ object, ...rest }) => moved(object, rest))),
          );
          const turned = [...told.slice(turn), ...told.slice(0, turn)].map((of) => ({
            ...of,
            moved: of.moved.toReversed(),
          }));
          expect(folded(turned)).toEqual(folded(told));
          const count = folded(told).reduce(
            (sum, { on }) => sum + on.reduce((most, { objects, afterMs }) => most + objects.length * afterMs.length, 0),
            0,
          );
          expect(count).toBe(all.reduce((sum, { moved: some }) => sum + some.length, 0));
        },
      ),
    );
  });
});

// --- levels ---

const word = (does: WorkflowWord['does'], text: string, overdue = false): WorkflowWord => {
  return { id: 'K/n', pack: 'p', word: text, alike: text, does, overdue, because: [], dueAtMs: [], at: nowhere };
};

test.each<[string, WorkflowWord | undefined, WorkflowWord | undefined, Level]>([
  ['it goes on where it waited', word('waits', 'hold in A'), word('goes on', 'advance A → B'), 'danger'],
  ['it does something else', word('goes on', 'advance A → B'), word('goes on', 'advance A → C'), 'danger'],
  ['it is woken', word('has given up', 'halt in A'), word('waits', 'hold in A'), 'danger'],
  ['it has time left', word('waits', 'hold in A, overdue', true), word('waits', 'hold in A'), 'danger'],
  ['it waits where it went on', word('goes on', 'advance A → B'), word('waits', 'hold in A'), 'caution'],
  ['it gives up', word('waits', 'hold in A'), word('has given up', 'halt in A'), 'caution'],
  ['it is overdue', word('waits', 'hold in A'), word('waits', 'hold in A, overdue', true), 'caution'],
  ['nobody drives it', word('waits', 'hold in A'), undefined, 'caution'],
])('of a workflow: %s', (_, was, is, level) => {
  const { moved: all } = compareWorkflows(was === undefined ? [] : [was], is === undefined ? [] : [is]);
  expect(all.map((one) => one.level)).toEqual([level]);
});

test('the worst of many', () => {
  expect(worst([])).toBeUndefined();
  expect(worst([{ level: 'routine' }, { level: 'danger' }, { level: 'caution' }])).toBe('danger');
});

// --- a comment that fits ---

function aSide(label: string): Side {
  const folder: FolderPort = {
    read: (path) =>
      path.endsWith('.sig')
        ? { code: 'FILE_MISSING', message: 'does not exist' }
        : new Uint8Array(readFileSync(`test/golden/diff/${path}`)),
    nameOf: (path) => path,
  };
  const loaded = readSide(label, folder, 'pack-split/old/profile.yaml', vocabulary);
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
  return loaded.value;
}

describe('a comment', () => {
  const side = aSide('old');
  const reviewOf = (names: readonly string[]): Review => ({
    old: side,
    new: { ...side, label: 'new' },
    corpus: {
      captures: ['c'],
      differing: names.length === 0 ? [] : ['c'],
      broken: [],
      moments: 1,
      momentsNotJudged: 0,
      equal: 7,
      differ: names.length,
    },
    decisions: names.flatMap((name) => folded([seen('c', 0, moved('o', { name }))])),
    structure: [],
    proof: undefined,
    level: names.length === 0 ? undefined : 'danger',
  });
  const many = (count: number, length: number): Review =>
    reviewOf([...Array(count).keys()].map((at) => `${at}-`.padEnd(length, 'x')));

  test('of little everything is shown, and of nothing none is said', () => {
    expect(diffMarkdown(many(3, 10))).toContain('Everything is shown.');
    expect(diffMarkdown(many(3, 10))).not.toContain('ot shown');
    const none = diffMarkdown(reviewOf([]));
    expect(none).toContain('No decision is another one.');
    expect(none).not.toContain('ot shown');
  });

  test.each([100, 1_000, 10_000, 65_000, 65_535, 65_536, 65_537, 100_000, 1_000_000])(
    'with %d characters of content',
    (size) => {
      for (const length of [20, 200, size]) {
        const count = Math.ceil(size / length);
        const text = diffMarkdown(many(count, length));
        expect(text.length).toBeLessThanOrEqual(commentMax);
        expect(text.isWellFormed()).toBe(true);
        const shown = [...text.matchAll(/^- /gm)].length;
        if (shown < count) expect(text).toContain(`${count - shown} of ${count} danger change`);
        expect(text).not.toContain('No decision is another one');
        expect(text.includes('Everything is shown')).toBe(!text.includes('Not shown here'));
      }
    },
  );

  test('exactly as long as it may be is not too long', () => {
    const review = many(40, 30);
    const whole = diffMarkdown(review);
    expect(diffMarkdown(review, whole.length)).toBe(whole);
    const less = diffMarkdown(review, whole.length - 1);
    expect(less).not.toBe(whole);
    expect(less.length).toBeLessThan(whole.length);
    expect(less).toContain('Not shown here');
  });

  test('names from outside are no markup', () => {
    const text = diffMarkdown(reviewOf(['`<img src=x>` @everybody\n# big']));
    expect(text).toContain('``gate `<img src=x>` @everybody\\x0a# big``');
  });
});
