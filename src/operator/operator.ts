import type { CameBy, Recorded } from '../actuators/audit.ts';
import { recordedIn } from '../actuators/audit.ts';
import type { Desk } from '../actuators/desk.ts';
import { perform } from '../actuators/perform.ts';
import type { Answer } from '../agent/instruction.ts';
import type { LeaseName } from '../crd/lease.ts';
import { member } from '../crd/read.ts';
import type { Tellable } from '../crd/told.ts';
import { versionOf } from '../crd/version.ts';
import { readWorkflow, type WorkflowObject } from '../crd/workflow-object.ts';
import type { Attachment } from '../kernel/audit.ts';
import { lockSeen } from '../kernel/fence.ts';
import { type KubeObject, kindOf } from '../kernel/raw.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { documentsOf, snapshotDigest } from '../kernel/snapshot-document.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Clock } from './clock.ts';
import { steadyClock } from './clock.ts';
import type { Inbox } from './inbox.ts';
import type { OperatorInstruction, OperatorProgram } from './instruction.ts';
import { workflowObjectKinds } from './kinds.ts';
import { Leadership } from './leader.ts';
import { Observer } from './observe.ts';
import { type HeldProfile, type Prepared, prepare, wentBack } from './prepare.ts';
import { Refresher } from './refresh.ts';
import { opinionIn, reliesOf } from './second-opinion.ts';
import { idOf, olderPatienceMs } from './shelf.ts';
import { beginPass, endPass } from './spine.ts';
import { View } from './view.ts';

export interface OperatorConfig {
  /** Of this incarnation of the process, and of no other. */
  readonly identity: string;
  readonly leaders: LeaseName;
  readonly leaseMs: number;
  readonly renewMs: number;
  /** Between two rounds. */
  readonly tickMs: number;
  readonly linstorEveryMs: number;
  /** How often a kind is listed although its watch is silent. */
  readonly listEveryMs: { readonly quick: number; readonly slow: number };
  /** The build that decides, by digest. */
  readonly engine: string;
}

export const defaultTimes = {
  leaseMs: 15_000,
  renewMs: 2_000,
  tickMs: 1_000,
  linstorEveryMs: 5_000,
  listEveryMs: { quick: 15_000, slow: 60_000 },
} as const satisfies Partial<OperatorConfig>;

export interface OperatorPorts {
  readonly clock: Clock;
  readonly inbox: Inbox;
  /** Verified profiles, the current one first. Asked each round: a new one may have come, and an old one may be pinned. */
  readonly profiles: () => readonly HeldProfile[];
  /** The same decision again, which is no news. Whether our log counts it: another's record, or one that is lost, it does not. */
  readonly again: (workflow: string, record: string, atMs: number) => boolean;
}

/** The process that decides: an endless program of instructions. It may be ended between any two of them; whoever is started
 *  next finds everything it needs in the API server. */
export function* operate(
  config: OperatorConfig,
  ports: OperatorPorts,
  operator: Operator = new Operator(config, ports),
): OperatorProgram {
  for (;;) {
    yield* operator.round();
    yield { do: 'sleep', ms: config.tickMs };
  }
}

type Program<T> = Generator<OperatorInstruction, T, Answer>;

/** What a running operator remembers of a workflow. Nothing of it is needed to go on: it only makes the next pass shorter, or
 *  sees that somebody went back. */
interface Memory {
  /** The highest serial that was seen. */
  readonly serial: number;
  readonly lowerSinceMs?: number;
  readonly recorded?: Recorded;
  /** It rested, and this was said about it. */
  readonly restsAs?: KubeObject;
}

export class Operator {
  readonly observer: Observer;
  readonly #config: OperatorConfig;
  readonly #ports: OperatorPorts;
  readonly #now: () => number;
  readonly #leadership: Leadership;
  readonly #refresher: Refresher;
  readonly #memories = new Map<string, Memory>();
  readonly #views = new Map<string, View>();
  #held: readonly HeldProfile[] = [];
  #epoch = 0;

  constructor(config: OperatorConfig, ports: OperatorPorts) {
    this.#config = config;
    this.#ports = ports;
    this.#now = steadyClock(ports.clock);
    this.observer = new Observer(this.#now, (id) => this.#isOurLease(id));
    const { leaders: lease, identity, leaseMs: durationMs, renewMs: retryMs } = config;
    const took = (object: KubeObject): void => this.observer.took(object);
    this.#leadership = new Leadership({ lease, identity, durationMs, retryMs }, this.#now, took);
    this.#refresher = new Refresher(config, this.observer, this.#now);
  }

  /** Leads, looks, and passes over every workflow once. */
  *round(): Program<void> {
    yield* this.#leadership.tend();
    this.#listen();
    if (!this.#leadership.leads()) return;
    if (this.#leadership.epoch !== this.#epoch) {
      // What was seen before we led may be of any age, and the leader before us may have written since.
      this.#epoch = this.#leadership.epoch;
      this.#refresher.everything();
    }
    this.#held = this.#ports.profiles();
    const shapes = this.#held.map(({ shape }) => shape);
    yield* this.#refresher.refresh(shapes, () => this.#leadership.tend());
    this.#listen();
    for (const kind of workflowObjectKinds) {
      if (!this.observer.isListed(kind)) continue;
      const objects = [...this.observer.all(kind)].sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
      for (const object of objects) {
        yield* this.#leadership.tend();
        if (!this.#leadership.leads() || this.#leadership.epoch !== this.#epoch) return;
        yield* this.#pass(object);
        this.#listen();
      }
    }
  }

  #listen(): void {
    for (const event of this.#ports.inbox.take()) this.observer.hear(event);
  }

  *#pass(object: KubeObject): Program<void> {
    const read = readWorkflow(object);
    if (!read.ok) return; // without a UID or a version nobody can write it safely
    const workflow = read.value;
    const memory = this.#memories.get(workflow.uid) ?? { serial: 0 };
    if (memory.restsAs === object) return;
    const nowMs = this.#now();
    const prepared = prepare(workflow, this.#held, this.#epoch, nowMs);
    if (prepared.kind === 'decided') {
      yield* this.#act(workflow, prepared.decision, memory, nowMs, { how: 'prepared' }, undefined);
      return;
    }
    const { serial } = prepared.status;
    if (serial < memory.serial) {
      yield* this.#lower(workflow, prepared, memory, nowMs);
      return;
    }
    const known: Memory = { ...memory, serial };
    const snapshot = this.#viewOf(prepared.profile).snapshot(nowMs);
    const { profile, evaluator, status } = prepared;
    const pass = beginPass(profile, evaluator, snapshot, status, this.#epoch, workflow.intent);
    let disagreed: ReturnType<typeof opinionIn>;
    if (reliesOf(pass).length > 0) disagreed = opinionIn(pass, yield { do: 'second-opinion', pass });
    const decision = endPass(pass, disagreed);
    // To give up is for ever, so it is not done on a copy that somebody has written over.
    if (decision.kind === 'halt' && !(yield* this.#isStill(workflow))) return;
    yield* this.#act(workflow, decision, known, nowMs, { how: 'pass' }, { prepared, snapshot });
  }

  /** An older status than we have seen is a slow cache's; if nothing newer comes, it is an old database's. INVARIANT K10. */
  *#lower(
    workflow: WorkflowObject,
    prepared: Extract<Prepared, { kind: 'ready' }>,
    memory: Memory,
    nowMs: number,
  ): Program<void> {
    const lowerSinceMs = memory.lowerSinceMs ?? nowMs;
    this.#memories.set(workflow.uid, { ...memory, lowerSinceMs });
    if (nowMs - lowerSinceMs < olderPatienceMs) {
      this.observer.doubt({ kind: kindOf(workflow.object), name: workflow.object.metadata.name });
      return;
    }
    const decision = wentBack(workflow, prepared, memory.serial, nowMs);
    const snapshot = this.#viewOf(prepared.profile).snapshot(nowMs);
    const by: CameBy = { how: 'went-back', seen: memory.serial };
    yield* this.#act(workflow, decision, memory, nowMs, by, { prepared, snapshot });
  }

  *#act(
    workflow: WorkflowObject,
    decision: Tellable,
    memory: Memory,
    nowMs: number,
    by: CameBy,
    on: { readonly prepared: Extract<Prepared, { kind: 'ready' }>; readonly snapshot: Snapshot } | undefined,
  ): Program<void> {
    // What is written down now, and when the lock was last asked for, decides whether it has been seen since.
    const status = ('next' in decision ? decision.next : undefined) ?? on?.prepared.status;
    const lock = on === undefined || status === undefined ? undefined : lockSeen(on.snapshot, status, this.#epoch);
    const held = this.#held;
    const standing = Object.values(on?.prepared.status.turn?.orders ?? {});
    const { recorded, stopped } = yield* perform(this.#desk(), {
      workflow,
      decision,
      grounds: {
        nowMs,
        epoch: this.#epoch,
        by,
        profile: on?.prepared.profile.digest,
        profiles: this.#held.map(({ digest }) => digest),
        machine: on?.prepared.evaluator.machine.digest,
        engine: this.#config.engine,
        snapshot: () => (on === undefined ? undefined : snapshotDigest(on.snapshot)),
        documents: () => [...(on === undefined ? [] : documentsOf(on.snapshot)), ...bundlesOf(held)],
      },
      lockIsOurs: lock?.kind === 'ours' && lock.epoch === 'current',
      standing,
      lock: on?.prepared.profile.shape.lock?.lease,
      recorded: memory.recorded ?? recordedIn(workflow),
      again: (record) => this.#ports.again(workflow.uid, record, nowMs),
    });
    const now = this.observer.find(kindOf(workflow.object), workflow.object.metadata.name);
    // Who has given up goes on looking: an order of his may still be on its way, and is taken away when it arrives.
    const isOver = decision.kind === 'rest' && (decision.outcome !== 'halted' || standing.length === 0);
    const rests = isOver && stopped === undefined && now !== undefined;
    this.#memories.set(workflow.uid, {
      serial: Math.max(memory.serial, stopped === undefined ? serialIn(now) : 0),
      ...(recorded === undefined ? {} : { recorded }),
      ...(rests ? { restsAs: now } : {}),
    });
  }

  /** Whether this is still how the workflow stands, asked of the API server itself. */
  *#isStill({ object }: WorkflowObject): Program<boolean> {
    const kind = kindOf(object);
    const { name } = object.metadata;
    const answer: Answer = yield { do: 'api', call: { verb: 'get', kind, name } };
    if (answer.kind === 'object') {
      this.observer.took(answer.object);
      return answer.object.metadata.uid === object.metadata.uid && versionOf(answer.object) === versionOf(object);
    }
    if (answer.kind === 'missing') this.observer.missed({ kind, name });
    return false;
  }

  #viewOf(profile: HeldProfile): View {
    const known = this.#views.get(profile.digest);
    if (known !== undefined) return known;
    const made = new View(this.observer, profile.shape, vocabulary);
    this.#views.set(profile.digest, made);
    return made;
  }

  #desk(): Desk {
    const epoch = this.#epoch;
    return {
      find: (kind, name, namespace) =>
        this.observer.find(kind, namespace === undefined ? name : `${namespace}/${name}`),
      took: (object) => this.observer.took(object),
      doubt: (kind, name, namespace) => this.observer.doubt({ kind, name, namespace }),
      leads: () => this.#leadership.leads() && this.#leadership.epoch === epoch,
    };
  }

  #isOurLease(id: string): boolean {
    const named = (lease: LeaseName | undefined): boolean =>
      lease !== undefined && `${lease.namespace}/${lease.name}` === id;
    if (named(this.#config.leaders)) return true;
    return this.#ports.profiles().some(({ shape: { lock, legacy } }) => {
      const old = legacy?.lease === undefined ? undefined : { namespace: legacy.namespace, name: legacy.lease.name };
      return named(lock?.lease) || named(old);
    });
  }
}

function bundlesOf(held: readonly HeldProfile[]): readonly Attachment[] {
  return held.flatMap(({ digest, bundle }) => (bundle === undefined ? [] : [{ digest, text: bundle() }]));
}

/** Of what we have just written ourselves. */
function serialIn(object: KubeObject | undefined): number {
  const serial = member(member(member(object, 'status'), 'workflow'), 'serial');
  return typeof serial === 'number' && Number.isSafeInteger(serial) ? serial : 0;
}
