import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStore } from '../../src/facts/store.ts';
import { type FactValue, grades, type Report } from '../../src/kernel/fact.ts';
import { node, replica, type Subject } from '../../src/kernel/subject.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { lists, report, says } from '../support/reports.ts';
import { runs } from '../support/runs.ts';

const subject = { node: node('a'), replica: replica('v', 0, 'a') } as const;
const aFact = fc.constantFrom<readonly [string, Subject, readonly [FactValue, FactValue]]>(
  ['node.ready', subject.node, [true, false]],
  ['replica.role', subject.replica, ['Primary', 'Secondary']],
  ['replica.disk', subject.replica, ['UpToDate', 'Inconsistent']],
);
const aWitness = fc.record({
  believes: fc.boolean(),
  at: fc.integer({ min: 0, max: 10 ** 6 }),
  grade: fc.constantFrom(...grades),
});

/** Whoever disagrees with somebody takes the value away, however many, how old and how badly founded they are. */
test('K2: two who disagree are never one who is right', () => {
  const members = [lists('node', [subject.node]), lists('replica', [subject.replica])];
  fc.assert(
    fc.property(aFact, fc.array(aWitness, { minLength: 2, maxLength: 5 }), ([fact, of, values], witnesses) => {
      const reports = witnesses.map(({ believes, at, grade }, index): Report => {
        const source = `witness ${index}`;
        return report(source, 'site', [says(fact, of, values[believes ? 0 : 1], { at, grade, source })], { at });
      });
      const store = createStore(vocabulary);
      for (const one of [report('lists', 'site', [], { censuses: members }), ...reports]) store.fold(one);
      const cell = store.cut(10 ** 6).columns.get(fact)?.cells[0];
      const [first] = witnesses;
      const agreed = witnesses.every(({ believes }) => believes === first?.believes);
      expect(cell).toMatchObject(
        agreed ? { kind: 'present', value: values[first?.believes ? 0 : 1] } : { kind: 'absent', why: 'disputed' },
      );
    }),
    runs('DISPUTE', 1_000),
  );
});
