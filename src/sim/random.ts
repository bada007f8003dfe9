/** Numbers that a seed decides. Splitting by name gives each part of a simulation its own stream, so that drawing one number
 *  more in one part changes nothing in any other: a shrunk run stays the run that it was shrunk from. */
export interface Random {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  /** From `from` to `to`, both included; whole numbers. */
  between(from: number, to: number): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** A stream of its own. It hangs on the seed and the name only, not on what was drawn before. */
  split(name: string): Random;
}

export function randomOf(seed: number | string): Random {
  return stream(String(seed));
}

/** sfc32: four words of state, passes PractRand; `Math.imul` and shifts give the same bytes on every machine. */
function stream(path: string): Random {
  let [a, b, c, d] = hash(path);
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let warm = 0; warm < 12; warm += 1) next();
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (list) => list[below(list.length)] as (typeof list)[number], // never outside: it holds one at least
    split: (name) => stream(`${path}/${name}`),
  };
}

/** MurmurHash3's mixing over four lanes: far-apart states for seeds that differ in one letter. */
function hash(text: string): [number, number, number, number] {
  const lanes: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  const factors = [597399067, 2869860233, 951274213, 2716044179] as const;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    for (const lane of [0, 1, 2, 3] as const) {
      const next = ((lane + 1) & 3) as 0 | 1 | 2 | 3; // masked to two bits
      lanes[lane] = lanes[next] ^ Math.imul(lanes[lane] ^ letter, factors[lane]);
    }
  }
  for (const lane of [0, 1, 2, 3] as const) {
    let mixed = lanes[lane];
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    lanes[lane] = mixed ^ (mixed >>> 16);
  }
  return lanes;
}
