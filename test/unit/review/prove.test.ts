import { expect, test } from 'vitest';
import { diskFrom, folderOf } from '../../../src/console/disk.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { askedOf } from '../../../src/review/asked.ts';
import { pairsOf } from '../../../src/review/decisions.ts';
import { prove } from '../../../src/review/prove.ts';
import { readSide } from '../../../src/review/side.ts';
import type { Gate, Question } from '../../../src/rules/pack.ts';
import { solverForTests } from '../../support/solver.ts';

const { folder, file } = folderOf(diskFrom('src'), 'test/golden/diff/undo-removed/old');
const loaded = readSide('small', folder, file, vocabulary);
if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
const side = loaded.value;

test('of what lets something be taken back the danger is that it closes', async () => {
  const all = askedOf(side, undefined);
  const [found] = [...all].filter(([, asked]) => asked.wayBack);
  const gates = side.profile.packs.flatMap((pack) => pack.gates).filter(({ per }) => per === 'site') as Gate[];
  const [one, other] = gates;
  if (found === undefined || one === undefined || other === undefined) throw new Error('the pair has no such rules');
  const [key, asked] = found;
  const asking = (gate: Gate) => {
    const rule: Question = { ...gate, gates: [] };
    return new Map([[key, { ...asked, ways: [[{ name: 'gate', rule }]] }]]);
  };
  const proof = await prove(pairsOf(asking(one), asking(other)), side, side, {
    bound: { nodes: 3, volumes: 1, vms: 1 },
    solver: await solverForTests(),
    leftMs: () => 60_000,
  });
  expect(proof.questions).toMatchObject([
    { wayBack: true, level: 'danger', opens: { kind: 'witness' }, closes: { kind: 'witness', was: 'open' } },
  ]);
});
