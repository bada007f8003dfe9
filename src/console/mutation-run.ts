import { error, type Fault, type Loaded, loadedUnless } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { rehearsed } from '../profile/verify.ts';
import type { Mutation } from '../review/mutate/edits.ts';
import { Mutable, type Mutated } from '../review/mutate/mutated.ts';
import { mutationsOf } from '../review/mutate/mutations.ts';
import type { Side } from '../review/side.ts';
import { compile } from '../rules/compile.ts';
import { randomOf } from '../sim/random.ts';
import { KeptMachines } from './mutant-machine.ts';
import { RehearsedTest } from './rehearsed-test.ts';
import type { OpenedTest } from './test-bench.ts';

/** A change of a pack that decides otherwise. */
export interface Mutant {
  readonly pack: string;
  /** The pack's file. */
  readonly file: string;
  readonly mutation: Mutation;
  /** Whatever means something else with it: `gate node-may-restart`, `workflow BondModeFlipPlan`. Sorted. */
  readonly askedBy: readonly string[];
}

export interface Killed extends Mutant {
  readonly test: string;
  /** Its first step that comes otherwise, from 1. */
  readonly step: number;
}

export interface MutationAsked {
  readonly side: Side;
  /** The side's first. */
  readonly stands: readonly Stand[];
  /** Names of packs; undefined: all. */
  readonly packs: readonly string[] | undefined;
  /** So many changes at most, drawn by the seed. */
  readonly limit: number | undefined;
  readonly seed: number;
  readonly timeMaxMs: number;
}

export interface MutationPorts {
  readonly meterMs: () => number;
  readonly isInterrupted: () => boolean;
  readonly breathe: () => Promise<void>;
  readonly progress: (soFar: MutationsSoFar) => void;
}

export interface MutationsSoFar {
  readonly done: number;
  readonly of: number;
  readonly survived: number;
}

export interface MutationsFound {
  /** How many changes there are in the packs that were asked for, and how many were to be looked at. */
  readonly all: number;
  readonly drawn: number;
  readonly looked: number;
  /** Looked at, and no pack any more, or one that means the same. */
  readonly same: number;
  readonly killed: readonly Killed[];
  readonly survived: readonly Mutant[];
  readonly stopped?: 'time' | 'interrupted';
}

/** A profile with the tests that are of it. */
export interface Stand {
  readonly mutable: Mutable;
  /** Whoever noticed last is asked first: what is noticed here is noticed there. */
  readonly tests: RehearsedTest[];
}

/** Tests made ready, for a side and for the other profiles that they are of; or what is wrong with them. One that fails already is wrong. */
export async function standsOf(
  side: Side,
  others: readonly Side[],
  tests: readonly OpenedTest[],
  ports: Pick<MutationPorts, 'breathe' | 'isInterrupted'>,
): Promise<Loaded<readonly Stand[]>> {
  const byDigest = Map.groupBy(tests, ({ draft }) => draft.profile.digest);
  const sides = [...new Map([side, ...others].map((one) => [one.profile.digest, one])).values()];
  const faults: Fault[] = [];
  const stands: Stand[] = [];
  for (const one of sides) {
    const profile = rehearsed(one.profile);
    const machines = new KeptMachines(profile);
    const evaluator = compile(profile.packs);
    const stand: Stand = { mutable: new Mutable(one, vocabulary), tests: [] };
    stands.push(stand);
    for (const opened of byDigest.get(profile.digest) ?? []) {
      await ports.breathe();
      if (ports.isInterrupted()) return { ok: true, value: stands, warnings: [] };
      const test = RehearsedTest.of(opened, profile, machines);
      if (!test.ok) faults.push(...test.faults);
      else if (await test.value.passes(evaluator)) stand.tests.push(test.value);
      else
        faults.push(error('TEST_FAILED', opened.test.at, `\`${opened.test.name}\` fails already`, 'run `nwctl test`'));
    }
  }
  return loadedUnless(faults, () => stands);
}

/** Every small change of some packs: does a test notice? */
export async function runMutations(asked: MutationAsked, ports: MutationPorts): Promise<MutationsFound> {
  const { side, stands, packs, limit, seed, timeMaxMs } = asked;
  const startMs = ports.meterMs();
  const names = side.profile.packs.map(({ name }) => name);
  const every = side.packs.flatMap((tree, at) => {
    const pack = names[at] ?? '';
    if (packs !== undefined && !packs.includes(pack)) return [];
    return mutationsOf(tree, vocabulary).map((mutation) => ({ pack, file: tree.file, mutation }));
  });
  const drawn = limit === undefined ? every : drawnOf(every, limit, seed);
  const known = new Set<string>();
  const killed: Killed[] = [];
  const survived: Mutant[] = [];
  let [looked, same] = [0, 0];
  let stopped: MutationsFound['stopped'];
  for (const one of drawn) {
    ports.progress({ done: looked, of: drawn.length, survived: survived.length });
    await ports.breathe();
    if (ports.isInterrupted()) stopped = 'interrupted';
    else if (ports.meterMs() - startMs > timeMaxMs) stopped = 'time';
    if (stopped !== undefined) break;
    looked++;
    const mutated = stands[0]?.mutable.mutated(one.file, one.mutation);
    if (mutated === undefined || known.has(mutated.key)) {
      same++;
      continue;
    }
    known.add(mutated.key);
    const mutant = { ...one, askedBy: askersOf(mutated) };
    const notice = await noticed(stands, one.file, one.mutation, mutated);
    if (notice === undefined) survived.push(mutant);
    else killed.push({ ...mutant, ...notice });
  }
  const bound = stopped === undefined ? {} : { stopped };
  return { all: every.length, drawn: drawn.length, looked, same, killed, survived, ...bound };
}

async function noticed(
  stands: readonly Stand[],
  file: string,
  mutation: Mutation,
  first: Mutated,
): Promise<Pick<Killed, 'test' | 'step'> | undefined> {
  for (const [at, { mutable, tests }] of stands.entries()) {
    if (tests.length === 0) continue;
    const mutated = at === 0 ? first : mutable.mutated(file, mutation);
    if (mutated === undefined) continue;
    for (const [index, test] of tests.entries()) {
      const step = await test.notices(mutated);
      if (step === undefined) continue;
      tests.splice(index, 1);
      tests.unshift(test);
      return { test: test.opened.test.name, step: step + 1 };
    }
  }
  return undefined;
}

function askersOf({ gates, findings, rollup, machines }: Mutated): readonly string[] {
  const steps = rollup.filter(({ was, is }) => was.when !== is.when);
  return [
    ...gates.map(({ is }) => `gate ${is.name}`),
    ...findings.map(({ is }) => `finding ${is.name}`),
    ...(steps.length === 0 ? [] : ['phase']),
    ...machines.map(({ machine }) => `workflow ${machine.is.drives}`),
  ].sort();
}

/** Some of them, in their order. */
function drawnOf<T>(every: readonly T[], limit: number, seed: number): readonly T[] {
  const random = randomOf(seed);
  const left = every.map((_, at) => at);
  const taken: number[] = [];
  while (taken.length < limit && left.length > 0) taken.push(...left.splice(random.below(left.length), 1));
  return taken.sort((one, other) => one - other).flatMap((at) => every[at] ?? []);
}
