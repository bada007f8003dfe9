import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/files.ts';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import { workflowsOf } from '../../src/console/review-workflows.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { Mutable } from '../../src/review/mutate/mutated.ts';
import { mutationsOf } from '../../src/review/mutate/mutations.ts';
import { prove } from '../../src/review/prove.ts';
import { type CaptureToJudge, review } from '../../src/review/review.ts';
import { readSide, type Side } from '../../src/review/side.ts';
import { runs } from '../support/runs.ts';
import { shippedCaptures } from '../support/shipped.ts';
import { solverForTests } from '../support/solver.ts';

const { folder, file } = folderOf(diskFrom('src'), 'profiles/three-node');
const loaded = readSide('three-node', folder, file, vocabulary);
if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
const side = loaded.value;
const mutable = new Mutable(side, vocabulary);
const mutations = side.packs.flatMap((pack) => mutationsOf(pack, vocabulary).map((mutation) => ({ pack, mutation })));

const captures = shippedCaptures.map(
  (name): CaptureToJudge => ({
    name,
    open: () => openCapture(`captures/${name}`, { stdin: process.stdin }) as never,
  }),
);

const bound = { nodes: 3, volumes: 3, vms: 3 };

test('of the shipped packs, each changed in one place: every made-up site is judged as it is told, and no capture shows what no site should', {
  timeout: 600_000,
}, async () => {
  const solver = await solverForTests();
  let parted = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(mutations.length - 1), async (at) => {
      const chosen = mutations[at];
      const mutated = chosen === undefined ? undefined : mutable.mutated(chosen.pack.file, chosen.mutation);
      fc.pre(mutated !== undefined);
      const fresh: Side = { ...side, profile: { ...side.profile, packs: mutated.packs } };
      const found = await review(side, fresh, captures, {
        moments: false,
        workflows: workflowsOf,
        // A witness that is not decided as it is told stops it.
        prove: (pairs, old, now) => prove(pairs, old, now, { bound, solver, leftMs: () => 300_000 }),
      });
      const { questions = [] } = found.proof ?? {};
      for (const { kind, name, from, to } of found.decisions) {
        if (kind === 'phase' || kind === 'finding' || kind === 'workflow' || from === 'not asked' || to === 'not asked')
          continue;
        if (from === to || (from !== 'open' && to !== 'open')) continue;
        parted += 1;
        const question = questions.find((one) => one.kind === kind && one.name === name);
        expect(to === 'open' ? question?.opens.kind : question?.closes.kind).toBe('witness');
      }
    }),
    runs('PROOF', 20),
  );
  // Captures of real trouble see most changes of rules.
  expect(parted).toBeGreaterThan(0);
});
