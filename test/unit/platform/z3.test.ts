import { expect, test } from 'vitest';
import { solverForTests } from '../../support/solver.ts';

test('it says whether formulas can hold together, and how', async () => {
  const problem = await (await solverForTests()).problem();
  await problem.add('(declare-const a Bool)(declare-const x (_ BitVec 5))(assert (=> a (bvult x #b00010)))');
  expect(await problem.check(['a'], 10_000)).toBe('sat');
  const [a, x = 31] = await problem.values(['a', 'x']);
  expect(a).toBe(1);
  expect(x).toBeLessThan(2);
  await problem.add('(assert (bvugt x #b00111))');
  expect(await problem.check(['a'], 10_000)).toBe('unsat');
  expect(await problem.check([], 10_000)).toBe('sat');
  await problem.close();
});

test('what it cannot end in time it does not know', async () => {
  const problem = await (await solverForTests()).problem();
  const holes = 11;
  const name = (pigeon: number, hole: number) => `p${pigeon}h${hole}`;
  const pigeons = [...Array(holes + 1).keys()];
  const all = [...Array(holes).keys()];
  await problem.add(pigeons.flatMap((one) => all.map((hole) => `(declare-const ${name(one, hole)} Bool)`)).join(''));
  for (const one of pigeons) await problem.add(`(assert (or ${all.map((hole) => name(one, hole)).join(' ')}))`);
  const apart = all.flatMap((hole) =>
    pigeons.flatMap((one) =>
      pigeons.slice(one + 1).map((other) => `(assert (not (and ${name(one, hole)} ${name(other, hole)})))`),
    ),
  );
  await problem.add(apart.join(''));
  expect(await problem.check([], 50)).toBe('unknown');
  await problem.close();
});

test('a text that it does not understand is a fault of ours', async () => {
  const problem = await (await solverForTests()).problem();
  await expect(problem.add('(assert (nobody))')).rejects.toThrow('invariant broken');
  await problem.close();
});
