import type { Level } from './judge.ts';

/** What one step leaves for the next. */
export interface Result {
  readonly marker: string;
  readonly level: Level;
  /** As docs/exit-codes.md says. */
  readonly code: number;
  readonly fails: boolean;
  /** Nothing to tell anybody. */
  readonly quiet: boolean;
}

/** Characters of one comment that a host takes. */
export const commentMax = { github: 65_536, gitlab: 1_000_000 } as const;
/** Bytes of one step's summary that GitHub takes; of more it shows nothing. What the comment's step adds is a summary of its own. */
export const summaryMax = 1_048_576;

/** That something differs, or that a bound was hit, is told and fails nobody. */
export function fails(code: number): boolean {
  return ![0, 5, 6].includes(code);
}
