import type { FactValue, Grade } from './fact.ts';
import type { SubjectKind } from './subject.ts';

/** What was fetched, before anybody understood it. A capture is a list of these; so is what the operator's watches hold. */
export type Raw = RawObject | RawList | RawLinstor | RawHost | RawObserver | RawStated;

/** One Kubernetes object. */
export interface RawObject {
  readonly from: 'object';
  readonly at: number;
  readonly object: KubeObject;
}

/** That all objects of a kind were asked for, and whether the list was had. Its items are `RawObject`s of their own.
 *  Only a list says who there is; single objects do not. */
export interface RawList {
  readonly from: 'list';
  readonly at: number;
  /** `v1/Node`, `kubevirt.io/v1/VirtualMachine`. */
  readonly kind: string;
  readonly failed?: string;
}

/** One reply of LINSTOR's REST interface, as text: its 64-bit return codes do not survive JSON.parse. */
export interface RawLinstor {
  readonly from: 'linstor';
  readonly at: number;
  /** `/v1/view/resources` */
  readonly path: string;
  readonly text: string;
  readonly failed?: string;
}

/** What a command printed, or a file held, on one node. */
export interface RawHost {
  readonly from: 'host';
  readonly at: number;
  readonly node: string;
  /** A file's path without its leading slash (`proc/net/bonding/bond1`, `etc/systemd/network/10-bond1.netdev`), or one
   *  of the names that `facts/host.ts` lists for commands (`drbdsetup-status.json`). */
  readonly what: string;
  readonly text: string;
  readonly failed?: string;
}

/** What the observer itself measured: nobody else can say when we last saw something change, or how far a clock is from ours. */
export interface RawObserver {
  readonly from: 'observer';
  readonly at: number;
  readonly node: string;
  /** When the observer last saw the node's heartbeat change, by the observer's clock. */
  readonly heartbeatChangedAt?: number;
  /** The node's clock minus ours, milliseconds. */
  readonly clockSkewMs?: number;
}

/** A site that nobody saw: who there is and what is known of each, written down as facts. A reviewer's question is answered with one
 *  (`witness/`), and a person may make one up; no observer ever fetches it. */
export interface RawStated {
  readonly from: 'stated';
  readonly at: number;
  /** Lists that are known. Of a kind that is not here nobody knows who there is. The site needs no list. */
  readonly lists: readonly StatedList[];
  /** Facts that have a value. Whatever is not here was never reported. Computed facts may be stated too: then nobody computes them. */
  readonly facts: readonly StatedFact[];
  /** What a workflow's cohort was frozen with, for whoever judges states: no store holds it. Absent and empty are the same. */
  readonly frozen?: readonly FrozenFact[];
}

/** Ids as people write them (`subject.ts`): an id says by itself to whom its subject belongs. */
export interface StatedList {
  readonly kind: SubjectKind;
  readonly members: readonly string[];
  /** Before `at`; without it none. One that is too old is not known any more, and still says of whom facts are. */
  readonly ageMs?: number;
}

export interface StatedFact {
  /** Of the vocabulary. */
  readonly fact: string;
  /** The subject's id. It may be on no list. */
  readonly of: string;
  /** Normalised: milliseconds, bytes, one number for a version. */
  readonly value: FactValue;
  /** Before `at`. */
  readonly ageMs: number;
  readonly grade: Grade;
}

/** A fact by its own name, of no age. */
export type FrozenFact = Pick<StatedFact, 'fact' | 'of' | 'value'>;

/** As much of a Kubernetes object as every one has. Everything else is read with care: any word can arrive. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly [field: string]: unknown;
}

/** `v1/Node`, `kubevirt.io/v1/VirtualMachine`: how kinds are named wherever one is meant. */
export function kindOf(object: { readonly apiVersion: string; readonly kind: string }): string {
  return `${object.apiVersion}/${object.kind}`;
}
