import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import type { FactValue } from '../../src/kernel/fact.ts';
import type { Machine } from '../../src/kernel/machine.ts';
import { TRUE, UNKNOWN, verdictWords } from '../../src/kernel/verdict.ts';
import type { Cohort } from '../../src/kernel/workflow.ts';
import type { Condition, FactRef, Literal } from '../../src/rules/condition.ts';
import { secondOpinion } from '../../src/rules/engine.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { compileMachine } from '../../src/rules/machine-evaluator.ts';
import { frozenFactsOf } from '../../src/rules/machine-frozen.ts';
import type { Gate, Question } from '../../src/rules/pack.ts';
import { aGate } from '../support/arbitraries.ts';
import { aSite, valuesOf } from '../support/arbitrary-sites.ts';
import { type MadeSite, madeVocabulary, printSite, snapshotOf } from '../support/made-site.ts';
import { printCondition } from '../support/print-pack.ts';
import { runs, thorough } from '../support/runs.ts';

/** A gate as a machine asks it: every so many of its leaves read what was frozen. */
const aQuestion: Arbitrary<Question> = fc.tuple(aGate, fc.nat(3)).map(([gate, everyNth]) => {
  let leaf = 0;
  const side = (of: FactRef | Literal): FactRef | Literal => {
    if (of.kind === 'literal' || everyNth === 0) return of;
    leaf += 1;
    return leaf % everyNth === 0
      ? { ...of, name: `cohort.${of.name}`, maxAgeMs: Number.POSITIVE_INFINITY, grade: 'observed' }
      : of;
  };
  const asked = (of: Condition): Condition => {
    switch (of.kind) {
      case 'leaf':
        return { ...of, read: side(of.read) as FactRef, against: side(of.against) };
      case 'asks-unknown':
        return of;
      case 'all':
      case 'any':
        return { ...of, of: of.of.map(asked) as unknown as typeof of.of };
      case 'not':
      case 'named':
        return { ...of, of: asked(of.of) };
      case 'quantified':
        return {
          ...of,
          satisfies: asked(of.satisfies),
          ...(of.where === undefined ? {} : { where: asked(of.where) }),
        };
    }
  };
  return { ...gate, when: asked(gate.when), gates: [] };
});

/** What was frozen: of some objects, and now and then what nobody of us would have written. */
const aCohort = (made: MadeSite): Arbitrary<Cohort> =>
  fc.uint16Array({ minLength: 64, maxLength: 64 }).map((drawn) => {
    const facts: Record<string, Record<string, FactValue>> = {};
    let next = 0;
    for (const fact of madeVocabulary.values()) {
      const values: Record<string, FactValue> = {};
      for (const { id } of made.lists[fact.subject].members) {
        const number = drawn[next++ % drawn.length] ?? 0;
        const all = valuesOf(fact);
        if (number % 8 === 0) continue;
        values[id] = number % 31 === 1 ? '__proto__' : (all[(number >> 5) % all.length] as FactValue);
      }
      facts[fact.name] = values;
    }
    return { nodes: [], hand: 'a', facts };
  });

const aCase = fc
  .tuple(aQuestion, aSite)
  .chain(([question, made]) =>
    fc.option(aCohort(made), { nil: undefined, freq: 8 }).map((cohort) => ({ question, made, cohort })),
  );

function machineOf(question: Question): Machine<Question> {
  const guard = { name: 'made', says: 'made', during: [], asks: question, graceMs: 0, at: question.at };
  const named = { drives: 'Made', digest: 'sha256:made', rollingBack: 'Back', halted: 'Halted' };
  return { ...named, states: [], guards: [guard], freezes: [...frozenFactsOf(question.when)] };
}

const seen = new Map<string, number>();

test('K2: asked, explained and put to the second opinion, a question says the same; of whom is not known to be there, nothing', async () => {
  await fc.assert(
    fc.asyncProperty(aCase, async ({ question, made, cohort }) => {
      const snapshot = snapshotOf(made);
      const sight = compileMachine(machineOf(question)).sightOf(snapshot, 1, cohort);
      const { state, members } = snapshot.populations[question.per];
      for (const { id } of members) {
        const asked = sight.ask(question, id);
        const word = verdictWords[asked];
        const frozen = frozenFactsOf(question.when).size > 0;
        const what = `${word}${frozen ? ', of what was frozen' : ''}`;
        seen.set(what, (seen.get(what) ?? 0) + 1);
        const told = `${printCondition(question.when)}\nof ${id}\n${printSite(made)}\n${JSON.stringify(cohort)}`;
        expect(verdictWords[explainRule(question as Gate, sight.frozen, id).truth], told).toBe(word);
        expect(verdictWords[await secondOpinion(question, sight.frozen, id)], told).toBe(word);
        if (state !== 'known') expect(asked, told).toBe(UNKNOWN);
        if (asked !== TRUE) expect(sight.why(question, id).length, told).toBeGreaterThan(0);
      }
      expect(sight.ask(question, 'nobody')).toBe(UNKNOWN);
    }),
    runs('MACHINE_QUESTIONS', 600),
  );
  if (!thorough) return;
  for (const word of verdictWords) {
    expect(seen.get(word) ?? 0, word).toBeGreaterThan(20);
    expect(seen.get(`${word}, of what was frozen`) ?? 0, `${word}, frozen`).toBeGreaterThan(20);
  }
});

let opened = 0;

test('what a question was found true on makes it true, whatever becomes of everything else', () => {
  fc.assert(
    fc.property(aCase, ({ question, made, cohort }) => {
      const snapshot = snapshotOf(made);
      const compiled = compileMachine(machineOf(question));
      const sight = compiled.sightOf(snapshot, 1, cohort);
      for (const { id } of snapshot.populations[question.per].members) {
        const reads = sight.reads(question, id);
        if (sight.ask(question, id) !== TRUE) {
          expect(reads).toEqual([]);
          continue;
        }
        opened += 1;
        const keys = reads.map(({ fact, object }) => `${fact} ${object}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toEqual([...keys].sort());
        const kept = { ...made, cells: made.cells.filter(({ fact, object }) => keys.includes(`${fact} ${object}`)) };
        const told = `${printCondition(question.when)}\nof ${id}\n${printSite(made)}\nreads ${JSON.stringify(reads)}`;
        expect(compiled.sightOf(snapshotOf(kept), 1, cohort).ask(question, id), told).toBe(TRUE);
        for (const { fact, object, value } of reads) {
          const last = kept.cells.findLast((one) => one.fact === fact && one.object === object);
          expect(last?.cell, told).toMatchObject({ kind: 'present', value });
        }
      }
    }),
    runs('MACHINE_READS', 800),
  );
  if (thorough) expect(opened).toBeGreaterThan(100);
});
