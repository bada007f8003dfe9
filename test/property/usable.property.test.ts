import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/rules/compile.ts';
import { secondOpinion } from '../../src/rules/engine.ts';
import { aGate, packOf } from '../support/arbitraries.ts';
import { aSite } from '../support/arbitrary-sites.ts';
import {
  type MadeCell,
  type MadeSite,
  madeNowMs,
  madeVocabulary,
  printSite,
  snapshotOf,
} from '../support/made-site.ts';
import { printPack } from '../support/print-pack.ts';
import { meaningOf } from '../support/reference.ts';
import { runs, thorough } from '../support/runs.ts';
import { verdictsOf } from '../support/verdicts.ts';

/** Past every age that a rule may allow, but for facts that never grow old. */
const longAgoMs = Number.MIN_SAFE_INTEGER;

type Loss = 'kept' | 'too old' | 'from the future';
const aLoss = fc.constantFrom<Loss>('kept', 'kept', 'too old', 'from the future');

function unusable(one: MadeCell, loss: Loss): MadeCell {
  const { cell } = one;
  if (cell.kind === 'absent' || loss === 'kept') return one;
  return { ...one, cell: { ...cell, seenAtMs: loss === 'too old' ? longAgoMs : madeNowMs + 1 } };
}

test('K2: what may not be read is as good as not there', async () => {
  let lost = 0;
  const aCase = fc.tuple(aGate, aSite, fc.array(aLoss, { minLength: 1, maxLength: 30 })).map(([gate, made, losses]) => {
    const lossOf = ({ fact }: MadeCell, index: number): Loss => {
      const loss = losses[index % losses.length] ?? 'kept';
      return loss === 'too old' && madeVocabulary.get(fact)?.maxAgeMs === Number.POSITIVE_INFINITY ? 'kept' : loss;
    };
    const there: MadeSite = { ...made, cells: made.cells.map((one, index) => unusable(one, lossOf(one, index))) };
    // The last word on a fact counts, so that what is taken out stands there as never reported.
    const gone: MadeSite = {
      ...made,
      cells: made.cells.map((one, index): MadeCell => {
        if (lossOf(one, index) === 'kept') return one;
        return { ...one, cell: { kind: 'absent', why: 'never-reported', says: 'never reported' } };
      }),
    };
    const print = () => `\n${printPack(packOf([gate]))}\n--- over\n${printSite(there)}\n`;
    return { gate, there, gone, [fc.toStringMethod]: print };
  });
  await fc.assert(
    fc.asyncProperty(aCase, async ({ gate, there, gone }) => {
      const evaluator = compile([packOf([gate])]);
      const [unread, absent] = [snapshotOf(there), snapshotOf(gone)];
      expect(verdictsOf(evaluator, unread)).toEqual(verdictsOf(evaluator, absent));
      for (const { id } of unread.populations[gate.per].members) {
        expect(meaningOf(gate, unread, id)).toBe(meaningOf(gate, absent, id));
        expect(await secondOpinion(gate, unread, id)).toBe(await secondOpinion(gate, absent, id));
      }
      if (there.cells.some(({ cell }, index) => cell !== gone.cells[index]?.cell)) lost += 1;
    }),
    runs('USABLE', 3_000),
  );
  if (thorough) expect(lost).toBeGreaterThan(1_000);
});
