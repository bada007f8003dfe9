/** A finished `nwctl`. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Nwctl = (args: readonly string[]) => Promise<Ran>;

/** The first line of what went wrong, without the word before it. */
export function firstWord({ err, code }: Ran): string {
  const [line = ''] = err.split('\n');
  return line === '' ? `exit ${code}, and not a word about it` : line.replace(/^error: /, '');
}
