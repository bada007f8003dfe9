import type { Subject, SubjectKind } from './subject.ts';

/** How a fact came to us. `observed`: seen in the API server, or reported from the kernel by our agent. `reported`: a
 *  claim of the legacy DaemonSet. `assumed`: neither. A rule says which it needs; the order is from best to worst. */
export const grades = ['observed', 'reported', 'assumed'] as const;
export type Grade = (typeof grades)[number];

/** A normalised value. Durations are milliseconds, sizes bytes, versions one number (see `value.ts`), sets sorted lists
 *  without repeats. `null` says «known to be nobody or nothing» and belongs to optional texts only; it is no default. */
export type FactValue = boolean | number | string | null | readonly string[];

/** What one source said of one fact. A word that we do not know is kept as it came, unreadable. */
export interface Observation {
  /** Dotted, as the vocabulary has it. */
  readonly fact: string;
  readonly subject: Subject;
  readonly value: FactValue | Unreadable;
  /** When *we* saw it: observer's clock, milliseconds since the epoch. */
  readonly seenAtMs: number;
  readonly grade: Grade;
  /** Where it stood, for people: `drbdsetup status on node-a`. */
  readonly source: string;
}

export interface Unreadable {
  readonly unreadable: string;
}

export function isUnreadable(value: FactValue | Unreadable): value is Unreadable {
  return typeof value === 'object' && value !== null && 'unreadable' in value;
}

/** Who there should be of one kind, as one source listed it. `failed` is an answer of its own: a list that could not be
 *  had is unknown, never empty. Several sources for one kind: all must be had; the population is their union. */
export interface Census {
  readonly kind: SubjectKind;
  readonly members: readonly Subject[] | CensusFailed;
  readonly seenAtMs: number;
  readonly source: string;
}

export interface CensusFailed {
  readonly failed: string;
}

export function isFailed(members: readonly Subject[] | CensusFailed): members is CensusFailed {
  return 'failed' in members;
}

/** All that one reporter says at one moment of one scope (`drbd` of `node-a`, `linstor` of `site`). A newer report of
 *  the same reporter and scope replaces the older one whole, so that what is no longer said is no longer known. Reports
 *  of different reporters about one fact must agree, or the fact is disputed. */
export interface Report {
  /** Stable words: `drbd`, `drbd:version`, `kernel:ip`, `kernel:proc`, `networkd`, `networkctl`, `kairos`, `agent` and `observer` of
   *  a node; `linstor`, `legacy`, `kubernetes:nodes`, `:kubevirt`, `:storage`, `:piraeus` and `:lock` of the site;
   *  `stated` of a site that nobody saw. */
  readonly reporter: string;
  readonly scope: string;
  readonly seenAtMs: number;
  readonly observations: readonly Observation[];
  readonly censuses: readonly Census[];
}

/** What may honestly be said of a fact at one moment. */
export type Reading =
  | {
      readonly kind: 'known';
      readonly value: FactValue;
      readonly seenAtMs: number;
      readonly grade: Grade;
      readonly source: string;
    }
  | {
      readonly kind: 'stale';
      readonly value: FactValue;
      readonly seenAtMs: number;
      readonly grade: Grade;
      readonly source: string;
    }
  | Absent;

export interface Absent {
  readonly kind: 'absent';
  readonly why: 'never-reported' | 'unreadable' | 'disputed';
  /** For people: the unreadable word, or who says what. */
  readonly says: string;
  readonly seenAtMs?: number;
  readonly source?: string;
}
