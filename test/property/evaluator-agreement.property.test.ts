import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { TRUE, type Truth, UNKNOWN, verdictWords } from '../../src/kernel/verdict.ts';
import { compile } from '../../src/rules/compile.ts';
import type { Condition } from '../../src/rules/condition.ts';
import { type Asked, agreesToOpen, secondOpinion } from '../../src/rules/engine.ts';
import type { Evaluator, Judged } from '../../src/rules/evaluation.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { operators } from '../../src/rules/operators.ts';
import type { Finding, Gate, RollupStep, RulePack } from '../../src/rules/pack.ts';
import { aPack, deepest } from '../support/arbitraries.ts';
import { aSite } from '../support/arbitrary-sites.ts';
import { type MadeSite, printSite, snapshotOf } from '../support/made-site.ts';
import { printPack } from '../support/print-pack.ts';
import { meaningOf } from '../support/reference.ts';
import { runs, thorough } from '../support/runs.ts';

/** What was seen on the way, so that a generator which has gone one-sided is noticed. */
const seen = new Map<string, number>();
function saw(what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

interface Answers {
  readonly meaning: Truth;
  readonly compiled: Truth;
  readonly explained: Truth;
  readonly secondOpinion: Truth;
  /** The first half of the second opinion, alone; asked now and then, for it costs half as much again. */
  readonly agreesToOpen: boolean;
}

async function answersOf(
  rule: Gate | Finding | RollupStep,
  compiled: Truth,
  snapshot: Snapshot,
  object: string | undefined,
  alsoAlone: boolean,
): Promise<Answers> {
  const asked: Asked = { per: rule.kind === 'rollup' ? 'site' : rule.per, when: rule.when };
  const opinion = await secondOpinion(asked, snapshot, object);
  return {
    meaning: meaningOf(asked, snapshot, object),
    compiled,
    explained: explainRule(rule, snapshot, object).truth,
    secondOpinion: opinion,
    agreesToOpen: await (alsoAlone ? agreesToOpen(asked, snapshot, object) : opinion === TRUE),
  };
}

/** The rule's objects with the compiled truth of each; one of no object where the list of them could not be had. */
function objectsOf({ objects, truths, listUnknown }: Judged<unknown>): readonly [string | undefined, Truth][] {
  if (listUnknown !== undefined) return [[undefined, UNKNOWN]];
  return objects.map((object, index) => [object, truths[index] as Truth]);
}

async function agree(pack: RulePack, evaluator: Evaluator, made: MadeSite, alsoAlone: boolean): Promise<void> {
  const snapshot = snapshotOf(made);
  const { gates, findings, rollup } = evaluator.evaluate(snapshot);
  expect(gates.length === pack.gates.length && findings.length === pack.findings.length).toBe(true);
  expect(rollup.length).toBe(pack.rollup.length);
  for (const judged of [...gates, ...findings, ...rollup]) {
    const per = judged.rule.kind === 'rollup' ? 'site' : judged.rule.per;
    const { state, members } = snapshot.populations[per];
    expect(judged.listUnknown !== undefined, `whether the list of ${per}s is known`).toBe(state !== 'known');
    if (state === 'known') expect(judged.objects).toEqual(members.map(({ id }) => id));
    for (const [object, compiled] of objectsOf(judged)) {
      const answers = await answersOf(judged.rule, compiled, snapshot, object, alsoAlone);
      const { meaning } = answers;
      const agreed: Answers = {
        meaning,
        compiled: meaning,
        explained: meaning,
        secondOpinion: meaning,
        agreesToOpen: meaning === TRUE,
      };
      if (!same(answers, agreed))
        expect(answers, `${judged.rule.kind} of ${object}, over\n${printSite(made)}`).toEqual(agreed);
      saw(`verdict ${verdictWords[meaning]}`);
      sawIn(judged.rule.when, meaning, 0);
    }
  }
}

function sawIn(condition: Condition, truth: Truth, depth: number): void {
  saw(`depth ${depth}`);
  saw(`${condition.kind} under a verdict ${verdictWords[truth]}`);
  switch (condition.kind) {
    case 'leaf':
      saw(`${condition.operator} on ${condition.read.type.kind}`);
      saw(`against a ${condition.against.kind}`);
      return;
    case 'asks-unknown':
      return;
    case 'all':
    case 'any':
      for (const part of condition.of) sawIn(part, truth, depth + 1);
      return;
    case 'not':
    case 'named':
      sawIn(condition.of, truth, depth + 1);
      return;
    case 'quantified': {
      const { quantifier, where, except, whenEmpty, satisfies } = condition;
      saw(`${quantifier.kind} ${where ? 'with where' : 'plain'} whenEmpty ${whenEmpty ?? 'unknown'}`);
      saw(`quantified ${except === undefined ? 'over all' : 'over the others'}`);
      if (where !== undefined) sawIn(where, truth, depth + 1);
      sawIn(satisfies, truth, depth + 1);
    }
  }
}

/** For speed only: vitest's own comparison is made when it is going to fail. */
function same(left: Answers, right: Answers): boolean {
  return (Object.keys(right) as (keyof Answers)[]).every((key) => left[key] === right[key]);
}

const { numRuns: pairsAtLeast, ...repeated } = runs('AGREEMENT', 100_000);
/** Compiling costs more than evaluating, so a pack meets several sites: four on average, and counted below. */
const sitesAPack = 7;

test('compiled, explained, written plainly and asked of json-rules-engine, every rule says the same', async () => {
  let pairs = 0;
  const aCase = fc.tuple(aPack, fc.array(aSite, { minLength: 1, maxLength: sitesAPack, size: 'max' }));
  const readable = aCase.map(([pack, sites]) => ({
    pack,
    sites,
    [fc.toStringMethod]: () => `\n${[printPack(pack), ...sites.map((made) => printSite(made))].join('\n--- over\n')}\n`,
  }));
  await fc.assert(
    fc.asyncProperty(readable, async ({ pack, sites }) => {
      const evaluator = compile([pack]);
      for (const made of sites) {
        await agree(pack, evaluator, made, pairs % 8 === 0);
        pairs += 1;
      }
    }),
    { ...repeated, numRuns: Math.ceil(pairsAtLeast / 3.8) },
  );
  if (thorough) expect(pairs).toBeGreaterThanOrEqual(pairsAtLeast);
}, 600_000);

test.runIf(thorough && pairsAtLeast >= 5_000)(
  'what was compared had every operator, type, quantifier and depth, and every verdict',
  () => {
    const expected = [
      'verdict open',
      'verdict closed',
      'verdict unknown',
      ...Array.from({ length: deepest + 1 }, (_, depth) => `depth ${depth}`),
      ...['leaf', 'all', 'any', 'not', 'named', 'quantified', 'asks-unknown'].flatMap((kind) =>
        verdictWords.map((word) => `${kind} under a verdict ${word}`),
      ),
      ...['every', 'some', 'none', 'atLeast', 'atMost'].flatMap((quantifier) =>
        ['with where', 'plain'].flatMap((how) =>
          ['unknown', 'open'].map((empty) => `${quantifier} ${how} whenEmpty ${empty}`),
        ),
      ),
      'quantified over all',
      'quantified over the others',
      'against a literal',
      'against a fact',
      ...['bool', 'int', 'duration', 'size', 'version', 'text', 'enum', 'set'].map((type) => `equal on ${type}`),
      ...operators.map((operator) => `${operator} on ${operator.includes('ontain') ? 'set' : 'int'}`),
    ];
    expect(expected.filter((what) => (seen.get(what) ?? 0) < 20)).toEqual([]);
  },
);
