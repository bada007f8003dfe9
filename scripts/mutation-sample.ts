import type { Mutant } from './mutants.ts';

/** What a wrong answer here could open a gate: more of it is tried. */
const core =
  /^src\/(kernel\/(snapshot|decide|value)|facts\/(settle|store|derive|quorum|linstor.*|drbd.*|node|kubevirt)|rules\/(bind|code-plan|codegen|explain|reading|tally|truth-in|engine|link.*|reasons|ways))\.ts$/;

/** How many mutants of a file are tried, where there are so many. */
export const sampled = { core: 60, rest: 25 };

export function isCore(file: string): boolean {
  return core.test(file);
}

/** So many of them, evenly spread. Where the first one lies follows from the seed and the file: the same every time. */
export function sampleOf(file: string, mutants: readonly Mutant[], most: number, seed: number): readonly Mutant[] {
  if (mutants.length <= most) return mutants;
  const step = mutants.length / most;
  const first = (hashOf(`${seed} ${file}`) % 1_000) / 1_000;
  return Array.from({ length: most }, (_, index) => mutants[Math.floor((index + first) * step)] as Mutant); // below the length
}

function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash;
}
