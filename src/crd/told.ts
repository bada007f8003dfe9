import { digestOf, type Json } from '../kernel/digest.ts';
import type { Reason, Several } from '../kernel/verdict.ts';
import type { Hold, NodeStands, WorkflowDecision } from '../kernel/workflow-decision.ts';
import { member } from './read.ts';
import { isSameJson } from './same.ts';

/** A wait that the kernel was not even asked about: there is no status to go on from, only somebody to be told. */
export type HandsOff = Omit<Hold, 'next'>;
export type Tellable<Q = unknown> = WorkflowDecision<Q> | HandsOff;

/** What people read of a decision, in the object's status. INVARIANT K6: it says when it was seen, and of each reason
 *  when what it rests on was. Bounded: so many reasons, and how many more there are. */
export interface Told {
  readonly kind: WorkflowDecision['kind'];
  readonly state: string;
  readonly to?: string;
  readonly says: string;
  readonly because?: readonly ToldReason[];
  readonly moreReasons?: number;
  /** RFC 3339, by the operator's clock. */
  readonly since?: string;
  readonly due?: string;
  readonly overdue?: boolean;
  readonly releases?: string;
  readonly nodes?: readonly NodeStands[];
  readonly outcome?: string;
  readonly observedAt: string;
  /** Names the decision whatever the moment: the same hold again has the same. */
  readonly identity: string;
  /** The audit record of it, by digest. */
  readonly record?: string;
}

export interface ToldReason {
  readonly says: string;
  readonly object: string;
  readonly fact: string;
  readonly detail: string;
  readonly unknown?: true;
  readonly law?: string;
  readonly seenAt?: string;
}

const reasonsMax = 20;
const nodesMax = 16;
const textMax = 500;

/** `record`: the digest of the audit record, where one was made. */
export function tell(decision: Tellable, nowMs: number, record?: string): Told {
  const observedAt = timeOf(nowMs);
  const identity = identityOf(decision);
  const common = { observedAt, identity, ...(record === undefined ? {} : { record }) };
  switch (decision.kind) {
    case 'advance':
    case 'undo':
      return { kind: decision.kind, state: decision.from, to: decision.to, says: short(decision.says), ...common };
    case 'hold':
      return {
        kind: 'hold',
        state: decision.state,
        says: short(decision.because[0].says),
        ...reasons(decision.because),
        since: timeOf(decision.sinceMs),
        ...(decision.dueAtMs === null ? {} : { due: timeOf(decision.dueAtMs) }),
        overdue: decision.overdue,
        releases: short(decision.releases),
        ...common,
      };
    case 'halt':
      return {
        kind: 'halt',
        state: decision.state,
        says: short(decision.because[0].says),
        ...reasons(decision.because),
        nodes: decision.nodes.slice(0, nodesMax),
        ...common,
      };
    case 'rest':
      return {
        kind: 'rest',
        state: decision.state,
        says: short(decision.because ?? decision.outcome),
        outcome: decision.outcome,
        ...common,
      };
  }
}

/** Everything that makes it another decision, and nothing that only passes with time: not the moment, not the figures in
 *  a reason's detail. */
export function identityOf(decision: Tellable): string {
  const known = identities.get(decision);
  if (known !== undefined) return known;
  const made = digestOf(sayableJson(essenceOf(decision)));
  identities.set(decision, made);
  return made;
}

/** Asked by the audit and by the status of the same decision. */
const identities = new WeakMap<Tellable, string>();

function essenceOf(decision: Tellable): Json {
  const { kind } = decision;
  switch (kind) {
    case 'advance':
    case 'undo': {
      const { from, to, orders, lock, next } = decision;
      const given = orders.map(({ node, object, command, step, epoch }) => ({ node, object, command, step, epoch }));
      return {
        kind,
        from,
        to,
        orders: given,
        ...(lock === undefined ? {} : { lock: { ...lock } }),
        serial: next.serial,
      };
    }
    case 'hold':
      return { kind, state: decision.state, overdue: decision.overdue, because: decision.because.map(essenceOfReason) };
    case 'halt':
      return { kind, state: decision.state, because: decision.because.map(essenceOfReason) };
    case 'rest':
      return { kind, state: decision.state, outcome: decision.outcome };
  }
}

function essenceOfReason({ says, fact, object, unknown, law }: Reason): Json {
  return { says, fact, object, unknown, ...(law === undefined ? {} : { law }) };
}

function reasons(because: Several<Reason>): { because: readonly ToldReason[]; moreReasons?: number } {
  const more = because.length - reasonsMax;
  return {
    because: because.slice(0, reasonsMax).map(({ says, object, fact, detail, unknown, law, seenAtMs }) => ({
      says: short(says),
      object: short(object),
      fact: short(fact),
      detail: short(detail),
      ...(unknown ? { unknown: true as const } : {}),
      ...(law === undefined ? {} : { law }),
      ...(seenAtMs === undefined || !Number.isFinite(seenAtMs) ? {} : { seenAt: timeOf(seenAtMs) }),
    })),
    ...(more > 0 ? { moreReasons: more } : {}),
  };
}

/** Whether somebody who read the one reads anything new in the other. What moves by itself (a resync's figures, when it
 *  was last seen) is new only once the old one is `refreshMs` old. */
export function isNews(before: unknown, now: Told, refreshMs: number): boolean {
  if (member(before, 'identity') !== now.identity) return true;
  if (isSameJson(withoutTimes(before), withoutTimes(now))) return false;
  const told = member(before, 'observedAt');
  const age = Date.parse(now.observedAt) - (typeof told === 'string' ? Date.parse(told) : Number.NaN);
  // A moment that lies ahead of ours was written by another clock, or by nobody: it is no reason to keep silent.
  return !(age >= 0 && age < refreshMs);
}

function withoutTimes(told: unknown): unknown {
  const { observedAt: _, record: __, because, ...rest } = (told ?? {}) as Partial<Told>;
  const plain = Array.isArray(because) ? because.map((reason) => ({ ...(reason as object), seenAt: undefined })) : null;
  return { ...rest, because: plain };
}

/** RFC 3339. A moment that no calendar has is said as what it is. */
export function timeOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'never';
}

function short(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.length <= textMax ? whole : `${whole.slice(0, textMax - 1).toWellFormed()}…`;
}

/** Canonical JSON refuses halves of characters, and whoever writes an object's name may write one. */
function sayableJson(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => sayableJson(part as Json));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.toWellFormed(), part === undefined ? part : sayableJson(part)]),
  );
}
