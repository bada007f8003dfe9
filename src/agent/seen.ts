import type { FactValue, Unreadable } from '../kernel/fact.ts';

/** One thing seen of this node. */
export interface Seen {
  readonly fact: string;
  readonly object: string;
  readonly value: FactValue | Unreadable;
}

/** What one source said, and when it was asked. What could not be had is no part at all. */
export interface Part {
  readonly seen: readonly Seen[];
  readonly askedAtMs: number;
}
