import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNKNOWN } from '../../src/kernel/verdict.ts';
import { compile } from '../../src/rules/compile.ts';
import { secondOpinion } from '../../src/rules/engine.ts';
import { aGate, packOf } from '../support/arbitraries.ts';
import { aSite } from '../support/arbitrary-sites.ts';
import { aBlinding, blinded } from '../support/blinding.ts';
import { printSite, snapshotOf } from '../support/made-site.ts';
import { printPack } from '../support/print-pack.ts';
import { meaningOf } from '../support/reference.ts';
import { runs, thorough } from '../support/runs.ts';
import { movedByBlindness, verdictsOf } from '../support/verdicts.ts';

test('K2: losing sight of any facts or lists moves no verdict of any pack except towards unknown', () => {
  const moves = { stayed: 0, lost: 0 };
  const aCase = fc.tuple(aGate, aSite, aBlinding).map(([gate, made, blinding]) => ({
    gate,
    made,
    less: blinded(made, blinding),
    [fc.toStringMethod]: () =>
      `\n${printPack(packOf([gate]))}\n--- over\n${printSite(made)}\n--- then only\n${printSite(blinded(made, blinding))}\n`,
  }));
  fc.assert(
    fc.property(aCase, ({ gate, made, less }) => {
      const evaluator = compile([packOf([gate])]);
      const [before, after] = [snapshotOf(made), snapshotOf(less)];
      expect(movedByBlindness(evaluator, before, after)).toEqual([]);
      for (const [rule, was] of verdictsOf(evaluator, before)) {
        if (was !== UNKNOWN) moves[verdictsOf(evaluator, after).get(rule) === was ? 'stayed' : 'lost'] += 1;
      }
    }),
    runs('BLINDNESS', 20_000),
  );
  if (!thorough) return;
  // Both must happen, or the blinding takes away nothing, or everything.
  expect(moves.stayed).toBeGreaterThan(100);
  expect(moves.lost).toBeGreaterThan(100);
});

test('K2: nor does it for the reference, or for the second opinion', async () => {
  await fc.assert(
    fc.asyncProperty(aGate, aSite, aBlinding, async (gate, made, blinding) => {
      const [before, after] = [snapshotOf(made), snapshotOf(blinded(made, blinding))];
      for (const { id } of before.populations[gate.per].members) {
        const [was, is] = [meaningOf(gate, before, id), meaningOf(gate, after, id)];
        expect([was, UNKNOWN]).toContain(is);
        const [said, says] = [await secondOpinion(gate, before, id), await secondOpinion(gate, after, id)];
        expect([said, UNKNOWN]).toContain(says);
      }
    }),
    runs('BLINDNESS', 4_000),
  );
});
