import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffSarif } from '../../../src/console/render/diff-sarif.ts';
import type { Place } from '../../../src/kernel/fault.ts';
import { decisionKinds, type Level, levels, structureKinds } from '../../../src/review/change.ts';
import type { Review } from '../../../src/review/review.ts';
import {
  aDecision,
  aProof,
  aQuestion,
  aReason,
  aReview,
  aStructure,
  aWitness,
  newAt,
  none,
  oldAt,
} from '../../support/made-up-review.ts';
import { sarifFaults } from '../../support/sarif.ts';

interface Location {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number };
  };
  readonly message?: { readonly text: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [Location];
  readonly relatedLocations?: readonly Location[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly {
      readonly locations: readonly {
        readonly location: Location;
        readonly executionOrder: number;
        readonly state?: Readonly<Record<string, { readonly text: string }>>;
      }[];
    }[];
  }[];
}

interface Run {
  readonly results: readonly Result[];
  readonly tool: {
    readonly driver: {
      readonly rules: readonly {
        readonly id: string;
        readonly help: { readonly text: string };
        readonly helpUri: string;
      }[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly properties: { readonly resultsNotShown: number; readonly stepsNotShown: number; readonly proof: string };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly descriptor: { readonly id: string };
        readonly message: { readonly text: string };
      }[];
    },
  ];
}

function runOf(review: Review): Run {
  const text = diffSarif(review);
  expect(sarifFaults(text)).toEqual([]);
  const { runs } = JSON.parse(text) as { readonly runs: readonly [Run] };
  expect(runs).toHaveLength(1);
  return runs[0];
}

function notes(run: Run): readonly string[] {
  return run.invocations[0].toolExecutionNotifications.map(
    ({ descriptor, message }) => `${descriptor.id}: ${message.text}`,
  );
}

const at = (location: Location | undefined) =>
  `${location?.physicalLocation?.artifactLocation.uri}:${location?.physicalLocation?.region.startLine}`;

describe('a result', () => {
  test('stands at the new line, names the old one, and has the level of its change', () => {
    const { results } = runOf(aReview({ structure: [aStructure({ level: 'routine' })] }));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['nodewright/gate-opens', 'error'],
      ['nodewright/gate-may-open', 'error'],
      ['nodewright/gate-changed', 'note'],
    ]);
    const [decided, made] = results;
    expect(at(decided?.locations[0])).toBe('new/rules.yaml:19');
    expect(at(decided?.relatedLocations?.[0])).toBe('old/rules.yaml:17');
    expect(decided?.message.text).toContain('[what it was](1): every node: ready');
    expect(at(made?.locations[0])).toBe('new/rules.yaml:19');
    expect(at(made?.relatedLocations?.[0])).toBe('old/rules.yaml:11');
  });

  test.each([
    ['opens', aDecision(), 'gate-opens'],
    ['closes', aDecision({ from: 'open', to: 'unknown' }), 'gate-closes'],
    ['is the same for another reason', aDecision({ from: 'closed', to: 'closed' }), 'gate-other-reason'],
    ['is not asked any more', aDecision({ from: 'open', to: 'not asked' }), 'gate-not-asked'],
    ['is newly asked', aDecision({ from: 'not asked', to: 'open' }), 'gate-newly-asked'],
    ['is another word', aDecision({ kind: 'phase', from: 'Ready', to: 'Degraded' }), 'phase-otherwise'],
  ])('of a decision that %s has the rule of that kind of change', (_, decision, id) => {
    const run = runOf(aReview({ decisions: [decision], structure: [], proof: undefined }));
    expect(run.results.map(({ ruleId }) => ruleId)).toEqual([`nodewright/${id}`]);
    const [rule] = run.tool.driver.rules;
    expect(rule?.id).toBe(`nodewright/${id}`);
    expect(rule?.help.text).toContain('docs/review.md');
    expect(rule?.helpUri).toMatch(/^https:/);
  });

  test('names no file of a revision: what is in the work tree has the same path', () => {
    const { old, new: fresh } = aReview();
    const of = (file: string): Place => ({ file, line: 3, col: 1 });
    const { results } = runOf(
      aReview({
        old: { ...old, revision: 'main' },
        new: { ...fresh, revision: 'HEAD~1' },
        decisions: [
          aDecision({ causes: [{ was: 'a', is: 'b', oldAt: of('main:p/old.yaml'), newAt: of('HEAD~1:p/a b.yaml') }] }),
        ],
        structure: [],
        proof: undefined,
      }),
    );
    expect(at(results[0]?.locations[0])).toBe('p/a%20b.yaml:3');
    expect(at(results[0]?.relatedLocations?.[0])).toBe('p/old.yaml:3');
  });

  test('what has no place on the new side stands where its pack begins, or else the profile: no result is without a file', () => {
    const review = aReview({ decisions: [], structure: [aStructure({ newAt: null })], proof: undefined });
    const { results } = runOf(review);
    expect(at(results[0]?.locations[0])).toBe(`${review.new.document.at.file}:1`);
    expect(at(results[0]?.relatedLocations?.[0])).toBe('old/rules.yaml:17');
  });

  test('holds no link but ours, whatever a name is', () => {
    const decision = aDecision({ name: '[x](http://evil)', causes: [{ was: '[y](2)', is: '[z](3)', oldAt, newAt }] });
    const { results } = runOf(aReview({ decisions: [decision], structure: [], proof: undefined }));
    expect(results[0]?.message.text.match(/\]\(/g)).toHaveLength(1);
  });
});

describe('a fingerprint', () => {
  const prints = (review: Review) => runOf(review).results.map(({ partialFingerprints }) => partialFingerprints);
  const moved = (place: Place): Place => ({ ...place, line: place.line + 40, col: 3 });

  test('stays when lines move, captures come and the site is another one', () => {
    const decision = aDecision();
    const later = aReview({
      decisions: [
        {
          ...decision,
          causes: decision.causes.map((cause) => ({ ...cause, oldAt: moved(cause.oldAt), newAt: moved(cause.newAt) })),
          on: decision.on.map((seen) => ({ ...seen, capture: 'captures/z' })),
        },
      ],
      structure: [aStructure({ oldAt: moved(oldAt), newAt: moved(newAt) })],
      proof: aProof([aQuestion({ newAt: moved(newAt), opens: aWitness({ object: 'node-9', let: [] }) })]),
    });
    expect(prints(later)).toEqual(prints(aReview()));
  });

  test.each([
    ['the gate', aDecision({ name: 'another' })],
    ['the pack', aDecision({ pack: 'another' })],
    ['what it is now', aDecision({ to: 'unknown', level: 'danger' })],
    ['what made it so', aDecision({ causes: [{ was: 'a', is: 'b', oldAt, newAt }] })],
  ])('is another one where %s is', (_, decision) => {
    expect(prints(aReview({ decisions: [decision] }))[0]).not.toEqual(prints(aReview())[0]);
  });

  test('is never the same twice in a run', () => {
    const all = prints(aReview({ decisions: [aDecision(), aDecision()] })).map(
      (print) => print.primaryLocationLineHash,
    );
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a made-up site is the path of its result', () => {
  test('one step a line that let it through, with what was read there', () => {
    const second: Place = { file: 'new/rules.yaml', line: 23, col: 5 };
    const witness = aWitness({
      let: [
        { at: newAt, says: 'node.ready of node-1 is true' },
        { at: second, says: 'node.ready of node-2 is false, unless it is old' },
      ],
    });
    const { results } = runOf(aReview({ proof: aProof([aQuestion({ opens: witness })]) }));
    const flow = results.find(({ codeFlows }) => codeFlows !== undefined)?.codeFlows?.[0]?.threadFlows[0];
    expect(
      flow?.locations.map(({ executionOrder, location, state }) => [
        executionOrder,
        at(location),
        location.message?.text,
        state,
      ]),
    ).toEqual([
      [1, 'new/rules.yaml:19', 'node.ready of node-1 is true', { 'node.ready of node-1': { text: 'true' } }],
      [
        2,
        'new/rules.yaml:23',
        'node.ready of node-2 is false, unless it is old',
        { 'node.ready of node-2': { text: 'false (seen 31s before)' } },
      ],
    ]);
  });

  test('where it holds now, the lines of the new side that hold it', () => {
    const closes = aWitness({ was: 'open', is: 'closed', held: [aReason({ at: newAt })] });
    const question = aQuestion({ level: 'caution', opens: none, closes });
    const { results } = runOf(aReview({ decisions: [], proof: aProof([question]), level: 'caution' }));
    expect(results[0]?.ruleId).toBe('nodewright/gate-may-close');
    expect(results[0]?.level).toBe('warning');
    const steps = results[0]?.codeFlows?.[0]?.threadFlows[0]?.locations;
    expect(steps?.map(({ location }) => at(location))).toEqual(['new/rules.yaml:19']);
  });

  test('of 1,200 lines 1,000 are shown, and it is said how many are not', () => {
    const lines = Array.from({ length: 1_200 }, () => ({ at: newAt, says: 'x' }));
    const run = runOf(aReview({ proof: aProof([aQuestion({ opens: aWitness({ let: lines }) })]) }));
    const flow = run.results.find(({ codeFlows }) => codeFlows !== undefined)?.codeFlows?.[0]?.threadFlows[0];
    expect(flow?.locations).toHaveLength(1_000);
    expect(run.properties.stepsNotShown).toBe(200);
    expect(notes(run)).toContain('steps-not-shown: not shown: 200 steps of flows');
  });

  test('where nothing is asked any more, the rule itself', () => {
    const run = runOf(
      aReview({ decisions: [], structure: [], proof: aProof([aQuestion({ opens: aWitness({ let: [] }) })]) }),
    );
    const steps = run.results[0]?.codeFlows?.[0]?.threadFlows[0]?.locations;
    expect(steps?.map(({ location }) => at(location))).toEqual(['new/rules.yaml:12']);
  });
});

describe('what was left out is said', () => {
  const many = (count: number, level: Level, length = 10) =>
    Array.from({ length: count }, (_, index) => aStructure({ level, name: `${index}`.padStart(length, 'x') }));

  test('of 5,001 results 5,000 are shown, the worst', () => {
    const run = runOf(
      aReview({ decisions: [], structure: [...many(5_000, 'caution'), ...many(1, 'danger')], proof: aProof([]) }),
    );
    expect(run.results).toHaveLength(5_000);
    expect(run.results[0]?.level).toBe('error');
    expect(run.properties.resultsNotShown).toBe(1);
    expect(notes(run)).toEqual(['results-not-shown: not shown: 1 of 5000 caution results']);
  });

  test('of 5,000 results nothing is left out, and nothing is said to be', () => {
    const run = runOf(aReview({ decisions: [], structure: many(5_000, 'caution'), proof: aProof([]) }));
    expect(run.results).toHaveLength(5_000);
    expect(run.properties.resultsNotShown).toBe(0);
    expect(notes(run)).toEqual([]);
  });

  test('however long names are, it is less than 10 MB as gzip makes it', () => {
    let seed = 1;
    const noise = () => {
      let text = '';
      while (text.length < 4_000) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        text += String.fromCodePoint(0x4e00 + ((seed >> 8) % 20_000));
      }
      return text;
    };
    const structure = Array.from({ length: 1_500 }, () => aStructure({ name: noise(), says: '' }));
    const review = aReview({ decisions: [], structure, proof: undefined });
    const run = runOf(review);
    expect(gzipSync(diffSarif(review)).length).toBeLessThan(10_000_000);
    expect(run.results.length).toBeLessThan(1_500);
    expect(run.results.length).toBeGreaterThan(100);
    expect(run.properties.resultsNotShown).toBe(1_500 - run.results.length);
  });

  test('that nobody looked for other sites, that a search was not finished, and which capture is broken', () => {
    const unfinished = { kind: 'unfinished', none: { nodes: 2, volumes: 2, vms: 2 } } as const;
    expect(notes(runOf(aReview({ proof: undefined })))).toEqual([
      'not-looked-for: no site outside of the captures was looked for',
    ]);
    const late = aQuestion({ level: undefined, opens: unfinished, closes: none });
    expect(notes(runOf(aReview({ proof: aProof([late]) }))).join()).toMatch(
      /^not-finished: gate site-is-ready: opens: not finished: none within 2 nodes.*larger not looked at/,
    );
    const { corpus } = aReview();
    const fault = { code: 'FILE_MISSING', at: oldAt, message: 'does not exist', severity: 'error' } as const;
    const broken = runOf(
      aReview({
        corpus: { ...corpus, momentsNotJudged: 3, broken: [{ capture: 'c', faults: [fault] }] },
        proof: aProof([]),
      }),
    );
    expect(broken.invocations[0].executionSuccessful).toBe(false);
    expect(notes(broken)).toEqual([
      'FILE_MISSING: could not be judged: c: does not exist',
      'moments-not-judged: 3 moments past the bound: not judged',
    ]);
  });
});

test('whatever the names, sentences and places are, it is what the schema asks for', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('](', '\ud800', '__proto__', '', '%zz', 'a:b'),
  );
  const place: fc.Arbitrary<Place> = fc.record({ file: text, line: fc.nat(2), col: fc.nat(2) });
  const level = fc.constantFrom(...levels);
  const decision = fc
    .record({
      level,
      kind: fc.constantFrom(...decisionKinds),
      pack: text,
      name: text,
      from: text,
      to: text,
      was: text,
      is: text,
      newAt: place,
      oldAt: place,
    })
    .map(({ was, is, newAt: fresh, oldAt: old, ...more }) =>
      aDecision({ ...more, causes: [{ was, is, newAt: fresh, oldAt: old }] }),
    );
  const structure = fc
    .record({
      level,
      kind: fc.constantFrom(...structureKinds),
      name: text,
      says: text,
      newAt: fc.option(place),
      oldAt: fc.option(place),
    })
    .map(aStructure);
  const question = fc
    .record({ name: text, pack: text, says: text, letAt: place, newAt: place, fact: text, of: text })
    .map(({ name, pack, says, letAt, newAt: fresh, fact, of }) => {
      const facts = [{ fact, of, value: true, ageMs: 0, grade: 'observed' as const }];
      const site = { lists: [], facts, frozen: [] };
      return aQuestion({
        name,
        pack,
        newAt: fresh,
        opens: aWitness({ site, let: [{ at: letAt, says: `${fact} of ${of} ${says}` }] }),
      });
    });
  fc.assert(
    fc.property(
      fc.array(decision, { maxLength: 3 }),
      fc.array(structure, { maxLength: 3 }),
      fc.array(question, { maxLength: 2 }),
      (decisions, written, questions) => {
        const review = aReview({ decisions, structure: written, proof: aProof(questions) });
        const { results, tool } = runOf(review);
        expect(results.map(({ ruleIndex }) => tool.driver.rules[ruleIndex]?.id)).toEqual(
          results.map(({ ruleId }) => ruleId),
        );
        expect(results).toHaveLength(decisions.length + written.length + questions.length);
      },
    ),
    { numRuns: 100 },
  );
});
