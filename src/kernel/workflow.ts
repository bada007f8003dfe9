import type { CommandName } from './command.ts';
import type { FactValue } from './fact.ts';

/** What an operator that has just started needs to know of a workflow, and nothing more: history is the audit's. It is written
 *  before anything it speaks of is done, so that whoever reads it knows at least as much as was done.
 *
 *  Bounded: at most 16 nodes, `maxMembers` volumes, one order a node, one entry a state, and the frozen facts of the cohort. */
export interface WorkflowStatus {
  /** `ReplicationUpgrade/site`: its kind, and its name among them. */
  readonly workflow: string;
  readonly uid: string;
  /** K5: the profile that it started with. */
  readonly profile: string;
  /** The machine that it started with (`Machine.digest`). */
  readonly machine: string;
  /** The epoch of the leader that wrote this. */
  readonly epoch: number;
  /** One more with every write. */
  readonly serial: number;
  readonly state: string;
  /** When the state was entered, by the observer's clock, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The number of the last order given. Orders are numbered on from what the agents' journals show, so that no order of
   *  an older workflow is ever newer than one of this. */
  readonly step: number;
  /** Whether the site lock was seen to be ours and has not been given back. */
  readonly locked: boolean;
  /** When the lock was last written for it: what was seen of the lock before that says nothing any more. */
  readonly lockAskedAtMs?: number;
  /** K4. Fixed when the first order to an agent is given. */
  readonly cohort?: Cohort;
  /** The act, or the taking back, that is under way. */
  readonly turn?: Turn;
  /** What was acted on and has a way back, in the order in which it was done: the last is taken back first. */
  readonly done: readonly Done[];
  /** The last point of no return that was passed. */
  readonly passed?: string;
  /** Guards that do not hold: since when. */
  readonly unguardedSinceMs: Readonly<Record<string, number>>;
  /** Why it goes back, or has given up. */
  readonly because?: string;
  /** Set in an end. */
  readonly outcome?: Outcome;
}

/** `undone`: everything was taken back; it rests where it started until somebody orders another. */
export type Outcome = 'complete' | 'undone' | 'halted';

export interface Cohort {
  /** Sorted by name. */
  readonly nodes: readonly Member[];
  /** The node whose agent does what is done to the site and to volumes. */
  readonly hand: string;
  /** Fact → object → what it was. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, FactValue>>>>;
}

export interface Member {
  readonly name: string;
  readonly uid: string;
  readonly bootId: string;
}

export interface Turn {
  readonly of: string;
  readonly way: 'do' | 'undo';
  /** Nodes, volumes, or `site`: fixed when the turn began. In the order in which they are served. */
  readonly members: readonly string[];
  /** Those that were there and that `where` left out, when the turn began. */
  readonly excused: readonly string[];
  /** Orders given in this turn, by member. */
  readonly orders: Readonly<Record<string, Order>>;
  /** When each member's order was first seen to have ended, by the observer's clock: what was seen before may be of before. On the way
   *  back, of a turn that was left: when it was first seen to stand before its agent no longer. */
  readonly ended: Readonly<Record<string, number>>;
  /** How often a member has been ordered, where that was more than once. */
  readonly tries: Readonly<Record<string, number>>;
}

export interface Done {
  readonly state: string;
  /** Those that were ordered, in that order. */
  readonly members: readonly string[];
}

/** One command to one agent. K9: the agent refuses what is older than its journal, by epoch and by step. */
export interface Order {
  /** The workflow's UID. */
  readonly workflow: string;
  readonly step: number;
  readonly epoch: number;
  /** Whose agent. */
  readonly node: string;
  /** The boot in which it may be carried out. INVARIANT K4: a node that was restarted is not the one that was meant. */
  readonly bootId: string;
  /** What it is about: the node itself, a volume, or `site`. */
  readonly object: string;
  readonly command: CommandName;
  readonly with: Readonly<Record<string, FactValue>>;
  readonly confirmWithinMs?: number;
  /** What the agent looks at again just before it acts: facts of its own node, as they were when this was decided. */
  readonly dependsOn: readonly FactRead[];
  readonly givenAtMs: number;
}

export interface FactRead {
  readonly fact: string;
  readonly object: string;
  readonly value: FactValue;
}

/** What an agent's journal says of the last order that it saw. Only `accepted` is still under way. `interrupted`: it died in the
 *  middle, came back, and does not know. None of them means that the order's effect was seen. */
export const orderOutcomes = ['none', 'accepted', 'done', 'failed', 'refused', 'interrupted'] as const;
export type OrderOutcome = (typeof orderOutcomes)[number];

export const maxNodes = 16;
export const maxMembers = 1024;
/** An order that was refused, or interrupted where it may be repeated, is given so often and no oftener. */
export const maxTries = 3;

/** A workflow that nobody has looked at yet. */
export function newWorkflow(
  id: Pick<WorkflowStatus, 'workflow' | 'uid' | 'profile' | 'machine'>,
  start: string,
  epoch: number,
  nowMs: number,
): WorkflowStatus {
  return {
    ...id,
    epoch,
    serial: 0,
    state: start,
    sinceMs: nowMs,
    step: 0,
    locked: false,
    done: [],
    unguardedSinceMs: {},
  };
}

/** A turn in which nobody has been ordered yet. */
export function turnOf(of: string, way: Turn['way'], members: readonly string[]): Turn {
  return {
    of,
    way,
    members,
    excused: [],
    orders: Object.create(null),
    ended: Object.create(null),
    tries: Object.create(null),
  };
}

/** Who holds the site lock, as it stands in the Lease: the workflow's UID, and the epoch of the leader that took it for it. */
export function lockHolderOf(uid: string, epoch: number): string {
  return `${uid}@${epoch}`;
}

/** The two halves of a lock holder; undefined if it is none of ours. */
export function parseLockHolder(holder: string): { readonly uid: string; readonly epoch: number } | undefined {
  const match = /^(.+)@(0|[1-9]\d{0,15})$/.exec(holder);
  const [, uid, epoch] = match ?? [];
  return uid === undefined || epoch === undefined ? undefined : { uid, epoch: Number(epoch) };
}
