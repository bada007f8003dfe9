import type { Grade } from './fact.ts';
import type { SubjectKind } from './subject.ts';
import type { FactType } from './value.ts';
import { bondFacts } from './vocabulary/bond.ts';
import { connectionFacts } from './vocabulary/connection.ts';
import { listed, live } from './vocabulary/entry.ts';
import { nodeFacts } from './vocabulary/node.ts';
import { replicaFacts } from './vocabulary/replica.ts';
import { siteFacts } from './vocabulary/site.ts';
import { vmFacts } from './vocabulary/vm.ts';
import { volumeFacts } from './vocabulary/volume.ts';

/** One word of the vocabulary: what a pack may read, and what a normaliser may report. */
export interface FactDeclaration {
  readonly name: string;
  readonly subject: SubjectKind;
  readonly type: FactType;
  /** Older than this, by our clock, and the reading is stale. A rule may ask for fresher, never for staler. */
  readonly maxAgeMs: number;
  /** The best grade that any source of it can have. */
  readonly grade: Grade;
  /** Which of our normalisers reports it, and what it reads. */
  readonly from: string;
  readonly means: string;
}

/** A name never changes its meaning: what must change gets a new name, or a v2. */
export const vocabularyVersion = 'v1';

/** In this order people read them. */
const entries = [
  ...siteFacts,
  ...nodeFacts,
  ...bondFacts,
  ...volumeFacts,
  ...replicaFacts,
  ...connectionFacts,
  ...vmFacts,
];

export type Vocabulary = ReadonlyMap<string, FactDeclaration>;

export const vocabulary: Vocabulary = new Map(
  entries.map(([name, type, maxAgeMs, from, means, grade]) => [
    name,
    {
      name,
      subject: name.slice(0, name.indexOf('.')) as SubjectKind,
      type,
      maxAgeMs,
      from,
      means,
      grade: grade ?? 'observed',
    },
  ]),
);

/** Facts that say what something *is*, not how it does: nobody makes a copy a tie-breaker in order to open a gate, and
 *  what the profile sets is no fact at all. They decide like every other, but are the last thing to tell a person to change. */
const lasting: ReadonlySet<string> = new Set([
  'node.name',
  'node.role',
  'volume.place',
  'volume.classPlace',
  'volume.groupPlace',
  'volume.quorumPolicy',
  'replica.kind',
  'connection.peerKind',
  'vm.node',
]);

export function isLasting(fact: string): boolean {
  return lasting.has(fact) || fact.startsWith('param.');
}

/** How old the list of one kind may be before every quantifier over it is unknown. */
export const censusMaxAgeMs: Readonly<Record<SubjectKind, number>> = {
  site: Number.POSITIVE_INFINITY, // there is always exactly one
  node: listed,
  bond: listed, // named by the profile, on every node: as old as the list of nodes, and no better
  volume: live,
  replica: live,
  connection: live,
  vm: listed,
};
