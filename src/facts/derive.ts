import type { Cell } from '../kernel/snapshot.ts';
import type { Subject } from '../kernel/subject.ts';
import type { Said } from './settle.ts';

/** What a computed fact may look at. */
export interface Inputs {
  /** What is kept of a fact of one subject. */
  readonly cell: (fact: string, id: string) => Cell;
  /** Every single statement about it, also where they differ. */
  readonly said: (fact: string, id: string) => readonly Said[];
}

/** One volume with everybody of it, as the populations list them. */
export interface Members {
  readonly volume: Subject;
  readonly replicas: readonly Subject[];
  readonly connections: readonly Subject[];
}

export const derivedFacts: ReadonlySet<string> = new Set([
  'replica.sourcesAgree',
  'replica.quorumWithoutNode',
  'connection.sourcesAgree',
]);

export const derivedFrom: ReadonlySet<string> = new Set();

export function derive(
  _members: Members,
  _inputs: Inputs,
  _nowMs: number,
  _put: (fact: string, id: string, cell: Cell) => void,
): void {}
