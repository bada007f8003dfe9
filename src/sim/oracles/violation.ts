import type { Law } from '../../kernel/verdict.ts';

/** Something that must never happen and did, as it was seen from outside. */
export interface Violation {
  /** `harm`: a copy or a disk was lost that no gate spoke of. `crash`: a program of ours threw. */
  readonly law: Law | 'harm' | 'crash';
  /** True time. */
  readonly atMs: number;
  readonly says: string;
}
