import { invariant } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { Mutable } from '../review/mutated.ts';
import { type Noticeable, type NoticeOptions, noticeable } from '../review/notice.ts';
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
  const found: Survivor[] = [];
  for (const [done, mutant] of survived.entries()) {
    ports.progress(done, survived.length);
    found.push(await provedOne(mutant, mutable, profile, ports));
  }
  return found;
}

async function provedOne(mutant: Mutant, mutable: Mutable, profile: string, ports: ProofPorts): Promise<Survivor> {
  if (ports.leftMs() <= 0) return { ...mutant, could: { kind: 'unfinished' }, ready: undefined };
  const mutated = mutable.mutated(mutant.file, mutant.mutation);
  invariant(mutated !== undefined, 'what survived can be made again');
  const could = await noticeable(mutable.side, mutated, ports);
  if (could.kind !== 'site') return { ...mutant, could, ready: undefined };
  const ready = readyTest(mutant, could, profile);
  if (ready === undefined) return { ...mutant, could, ready };
  const isRight = await isProved(ready, could, mutable.side.profile, mutated);
  invariant(isRight, `a test of ${where(mutant)} does what it was made for`);
  return { ...mutant, could, ready };
}
