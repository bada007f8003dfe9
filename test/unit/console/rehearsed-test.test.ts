import { expect, test } from 'vitest';
import { diskFrom } from '../../../src/console/disk.ts';
import { KeptMachines } from '../../../src/console/mutant-machine.ts';
import { RehearsedTest } from '../../../src/console/rehearsed-test.ts';
import { openSide } from '../../../src/console/review-inputs.ts';
import { runTest } from '../../../src/console/run-test.ts';
import { type OpenedTest, TestBench } from '../../../src/console/test-bench.ts';
import type { World } from '../../../src/console/world.ts';
import { invariant } from '../../../src/kernel/fault.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { rehearsed } from '../../../src/profile/verify.ts';
import { Mutable, type Mutated } from '../../../src/review/mutate/mutated.ts';
import { mutationsOf } from '../../../src/review/mutate/mutations.ts';
import type { Side } from '../../../src/review/side.ts';
import { compile } from '../../../src/rules/compile.ts';
import { randomOf } from '../../../src/sim/random.ts';

const path = 'profiles/three-node';
const world = { disk: diskFrom('src'), cwd: process.cwd() } as unknown as World;

async function sideOf() {
  const side = await openSide(path, world);
  invariant(side.ok, 'the shipped profile is whole');
  return side.value;
}

async function opened(name: string): Promise<OpenedTest> {
  const test = await new TestBench(world).open(`profiles/packs/tests/${name}.yaml`, path, undefined);
  invariant(test.ok && test.value !== undefined, 'a shipped test is whole');
  return test.value;
}

/** What `nwctl test` says of a profile with a mutant's packs: the first step that comes otherwise. */
async function firstFailing({ test, capture, draft }: OpenedTest, { packs }: Mutated): Promise<number | undefined> {
  const ran = await runTest(test, rehearsed({ ...draft.profile, packs }), compile(packs), capture);
  invariant(ran.ok, 'a step that can be run stays so');
  const step = ran.steps.findIndex(({ failures }) => failures.length > 0);
  return step === -1 ? undefined : step;
}

/** Mutants of the shipped packs that decide something that this kind of test can see, drawn by a seed. */
function drawn(side: Side, count: number, isMeant: (mutated: Mutated) => boolean): readonly Mutated[] {
  const mutable = new Mutable(side, vocabulary);
  const random = randomOf(7);
  const every = side.packs.flatMap((tree) => mutationsOf(tree, vocabulary).map((mutation) => ({ tree, mutation })));
  const found: Mutated[] = [];
  while (found.length < count) {
    const [one] = every.splice(random.below(every.length), 1);
    const mutated = one && mutable.mutated(one.tree.file, one.mutation);
    if (mutated !== undefined && isMeant(mutated)) found.push(mutated);
  }
  return found;
}

test.each([
  ['bond-flip-guards', 12, ({ machines }: Mutated) => machines.length > 0],
  ['bond-flip-preconditions', 10, ({ machines }: Mutated) => machines.some(({ sameBuild }) => !sameBuild)],
  [
    'storage-link-may-go-down',
    6,
    ({ gates }: Mutated) => gates.some(({ is }) => is.name === 'storage-link-may-go-down'),
  ],
  ['recovering', 6, ({ rollup }: Mutated) => rollup.length > 0],
  ['storage-findings', 6, ({ findings }: Mutated) => findings.length > 0],
])(
  '%s notices of a mutant what it would by a run of the whole profile',
  async (name, count, isMeant) => {
    const side = await sideOf();
    const profile = rehearsed(side.profile);
    const one = await opened(name);
    const ready = RehearsedTest.of(one, profile, new KeptMachines(profile));
    invariant(ready.ok, 'a shipped test is whole');
    expect(await ready.value.passes(compile(profile.packs))).toBe(true);
    const seen: boolean[] = [];
    for (const mutated of drawn(side, count, isMeant)) {
      const step = await ready.value.notices(mutated);
      const whole = await firstFailing(one, mutated);
      // Gates are looked at before workflows, so that another step may be named; whether it is noticed is the same.
      expect(step === undefined).toBe(whole === undefined);
      seen.push(step !== undefined);
    }
    expect(new Set(seen).size).toBe(2);
  },
  120_000,
);
