import { invariant } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { Mutable, type Mutated } from '../review/mutate/mutated.ts';
import { effortOf, type Noticeable, type NoticeOptions, noticeable } from '../review/mutate/notice.ts';
import type { Side } from '../review/side.ts';
import type { Mutant } from './mutation-run.ts';
import { isProved, type ReadyTest, readyTest, where } from './ready-test.ts';

/** What no test noticed, and whether any could. */
export interface Survivor extends Mutant {
  /** Undefined: nobody looked. */
  readonly could: Noticeable | undefined;
  /** Was seen to pass on the original and to fail on the mutant. Undefined: tests have no words for what differs, or there is nothing. */
  readonly ready: ReadyTest | undefined;
}

export interface ProofPorts extends NoticeOptions {
  readonly progress: (done: number, of: number) => void;
}

/** For each survivor a site that shows it, and of that a test. `profile`: the path of the profile as a test would name it. */
export async function proved(
  survived: readonly Mutant[],
  side: Side,
  profile: string,
  ports: ProofPorts,
): Promise<readonly Survivor[]> {
  const mutable = new Mutable(side, vocabulary);
  const inOrder = survived
    .map((mutant) => ({ mutant, effort: ports.leftMs() <= 0 ? 0 : effortOf(side, again(mutant, mutable)) }))
    .sort((one, other) => one.effort - other.effort);
  const found = new Map<Mutant, Survivor>();
  for (const { mutant } of inOrder) {
    ports.progress(found.size, survived.length);
    found.set(mutant, await provedOne(mutant, mutable, profile, ports));
  }
  return survived.flatMap((mutant) => found.get(mutant) ?? []);
}

function again({ file, mutation }: Mutant, mutable: Mutable): Mutated {
  const mutated = mutable.mutated(file, mutation);
  invariant(mutated !== undefined, 'what survived can be made again');
  return mutated;
}

async function provedOne(mutant: Mutant, mutable: Mutable, profile: string, ports: ProofPorts): Promise<Survivor> {
  if (ports.leftMs() <= 0) return { ...mutant, could: { kind: 'unfinished' }, ready: undefined };
  const mutated = again(mutant, mutable);
  const could = await noticeable(mutable.side, mutated, ports);
  if (could.kind !== 'site') return { ...mutant, could, ready: undefined };
  const ready = readyTest(mutant, could, profile);
  if (ready === undefined) return { ...mutant, could, ready };
  const isRight = await isProved(ready, could, mutable.side.profile, mutated);
  invariant(isRight, `a test of ${where(mutant)} does what it was made for`);
  return { ...mutant, could, ready };
}
