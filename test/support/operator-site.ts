import type { Answer, ApiCall } from '../../src/agent/instruction.ts';
import { orderIn } from '../../src/crd/agent-status.ts';
import { leaseKind } from '../../src/crd/lease.ts';
import { member } from '../../src/crd/read.ts';
import { canonical, digestOfText } from '../../src/kernel/digest.ts';
import { type KubeObject, kindOf } from '../../src/kernel/raw.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { Order, WorkflowStatus } from '../../src/kernel/workflow.ts';
import type { Clock } from '../../src/operator/clock.ts';
import type { WatchEvent } from '../../src/operator/inbox.ts';
import type { OperatorInstruction, OperatorProgram } from '../../src/operator/instruction.ts';
import {
  defaultTimes,
  Operator,
  type OperatorConfig,
  type OperatorPorts,
  operate,
} from '../../src/operator/operator.ts';
import type { HeldProfile } from '../../src/operator/prepare.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { insecureUnsigned } from '../../src/profile/verify.ts';
import { compileMachine } from '../../src/rules/machine-evaluator.ts';

/** A site small enough to be run to its end thousands of times: two nodes, an API server that keeps what it is told, agents that do
 *  at once what they are ordered to. What is under test is the operator; what is left out here the simulator has. */

export const lockLease = { namespace: 'nodewright', name: 'site-lock' };
export const leadersLease = { namespace: 'nodewright', name: 'operator' };
export const kindOfWorkflow = 'nodewright.spectrocloud.com/v1alpha1/ReplicationUpgrade';
const nodes = ['node-a', 'node-b'] as const;

const profileText = (version: string): string => `
apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: EdgeProfile
metadata: {name: toy}
spec:
  version: ${version}
  topology:
    nodes: {atLeast: 2, atMost: 2}
    storageNetwork: {bond: bond1, members: [eno3, eno4], mtu: 9000}
  storage: {backend: piraeus, namespace: piraeus-system, pool: thinpool, classes: [linstor-lvm-storage]}
  os: kairos
  lock: {lease: {namespace: nodewright, name: site-lock}}
  packs: [toy.yaml]
`;

const packText = `
apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RulePack
metadata: {name: toy, version: 1.0.0}
spec:
  vocabulary: v1
  requires: [PersistentNetworkConfig]
  drives: ReplicationUpgrade
  gates:
    nodes-are-ready:
      says: every node is ready
      grade: observed
      when: {every: node, satisfies: {fact: node.ready, operator: equal, value: true}}
  states:
    Idle:
      says: waits until every node is ready
      goto: [{to: AcquireLock, gates: [nodes-are-ready]}]
      budget: 1h
    AcquireLock:
      says: one workflow at a time works on a site
      step: {command: site.take-lock}
      undo: {command: site.release-lock}
      goto: [{to: Stage}]
      onFailure: RollingBack
      budget: 1h
    Stage:
      says: the new files lie ready on every node
      step: {command: network.stage, on: {every: node}, atATime: 1, with: {mode: active-backup}}
      settled: {every: bond, satisfies: {fact: bond.stagedMode, operator: equal, value: active-backup}}
      undo: {command: network.unstage}
      goto: [{to: ReleaseLock}]
      onFailure: RollingBack
      budget: 1h
    ReleaseLock:
      says: another may begin
      step: {command: site.release-lock}
      pointOfNoReturn: whoever takes the lock next decides
      goto: [{to: Complete}]
      onFailure: Halted
      budget: 1h
    Complete: {says: done, ends: complete}
    RollingBack:
      says: what was done is taken back
      takesBack: true
      goto: [{to: Idle}]
      budget: 1h
    Halted: {says: gave up, ends: halted}
`;

/** Verified and compiled as the operator holds it. */
export function toyProfile(version = '1.0.0'): HeldProfile {
  const files: Readonly<Record<string, string>> = { 'profile.yaml': profileText(version), 'toy.yaml': packText };
  const port = {
    read: (path: string) => new TextEncoder().encode(files[path] ?? ''),
    nameOf: (path: string) => path,
  };
  const loaded = loadProfile(port, 'profile.yaml', vocabulary, insecureUnsigned);
  if (!loaded.ok)
    throw new Error(loaded.faults.map(({ at, message }) => `${at.file}:${at.line} ${message}`).join('\n'));
  const { digest, shape, packs } = loaded.value.profile;
  const machines = packs.flatMap(({ machine }) => (machine === undefined ? [] : [compileMachine(machine)]));
  return { digest, shape, machineOf: (kind) => machines.find(({ machine }) => machine.drives === kind) };
}

interface Agent {
  staged: string;
  step: number;
  epoch: number;
  workflow: string | null;
  sequence: number;
}

export class ToySite {
  nowMs = 1_000_000;
  #version = 100;
  readonly objects = new Map<string, KubeObject>();
  readonly agents = new Map<string, Agent>();
  readonly audit: string[] = [];
  readonly inboxes: { kinds: Set<string>; events: WatchEvent[] }[] = [];
  /** Every order that ever stood in a node's object, and every status of a workflow, in the order in which they were written. */
  readonly orders: Order[] = [];
  readonly statuses: WorkflowStatus[] = [];
  readonly writes: string[] = [];
  /** What stood there before each instruction. */
  readonly #before: ReadonlyMap<string, KubeObject>[] = [];
  /** The next read is answered by a cache that is so many instructions old. */
  staleBy = 0;

  constructor() {
    for (const name of nodes) {
      this.agents.set(name, { staged: 'none', step: 7, epoch: 0, workflow: null, sequence: 1 });
      this.put({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'kubernetes.io/hostname': name } },
        status: { nodeInfo: { bootID: `boot-${name}` }, conditions: [{ type: 'Ready', status: 'True' }] },
      });
      this.put(this.#statusOf(name));
    }
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
    this.put({ ...lease, metadata: lockLease, spec: { holderIdentity: null } });
    this.put({ ...workflowHead, metadata: { name: 'site' }, spec: {} });
  }

  get workflow(): KubeObject {
    return this.find(kindOfWorkflow, 'site') as KubeObject;
  }

  get status(): WorkflowStatus | undefined {
    return (this.workflow.status as { workflow?: WorkflowStatus } | undefined)?.workflow;
  }

  get told(): { kind: string; says: string; because?: { detail: string; law?: string }[] } {
    return (this.workflow.status as { decision: never }).decision;
  }

  get lock(): unknown {
    return member(this.find(leaseKind, 'site-lock', 'nodewright')?.spec, 'holderIdentity') ?? null;
  }

  find(kind: string, name: string, namespace?: string): KubeObject | undefined {
    return this.objects.get(`${kind} ${namespace ?? ''}/${name}`);
  }

  put(object: KubeObject): KubeObject {
    this.#version += 1;
    const key = keyOf(object);
    const uid = this.objects.get(key)?.metadata.uid ?? object.metadata.uid ?? `uid-${object.metadata.name}`;
    // As it comes over a wire: what is undefined is not there.
    const stored = JSON.parse(
      JSON.stringify({ ...object, metadata: { ...object.metadata, uid, resourceVersion: String(this.#version) } }),
    ) as KubeObject;
    this.objects.set(key, stored);
    this.#tell({ kind: 'changed', object: stored });
    return stored;
  }

  #tell(event: WatchEvent & { object: KubeObject }): void {
    const kind = kindOf(event.object);
    for (const inbox of this.inboxes) if (inbox.kinds.has(kind)) inbox.events.push(event);
  }

  /** Time goes by; agents look at their orders, do them, and report. */
  pass(ms: number): void {
    const before = Math.floor(this.nowMs / 1000);
    this.nowMs += ms;
    if (Math.floor(this.nowMs / 1000) === before) return;
    for (const [name, agent] of this.agents) {
      const object = this.find('nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus', name) as KubeObject;
      const order = orderIn(object) as Order | undefined;
      if (order !== undefined && order.step > agent.step && order.epoch >= agent.epoch) {
        agent.step = order.step;
        agent.workflow = order.workflow;
        if (order.command === 'network.stage') agent.staged = String(order.with.mode);
        if (order.command === 'network.unstage') agent.staged = 'none';
      }
      if (order !== undefined) agent.epoch = Math.max(agent.epoch, order.epoch);
      agent.sequence += 1;
      this.put({ ...this.#statusOf(name), spec: object.spec });
    }
  }

  #statusOf(node: string): KubeObject {
    const { staged, step, epoch, workflow, sequence } = this.agents.get(node) as Agent;
    const say = (fact: string, object: string, value: unknown) => ({ fact, object, value, age: '0ms' });
    return {
      apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
      kind: 'NodewrightAgentStatus',
      metadata: { name: node },
      spec: { node },
      status: {
        heartbeat: { sequence, bootId: `boot-${node}` },
        observations: [
          say('node.journalStep', node, step),
          say('node.journalEpoch', node, epoch),
          ...(workflow === null ? [] : [say('node.journalWorkflow', node, workflow)]),
          say('node.journalOutcome', node, step === 7 ? 'none' : 'done'),
          say('bond.stagedMode', `${node}/bond1`, staged),
        ],
      },
    };
  }

  api(call: ApiCall): Answer {
    const objects = (this.staleBy > 0 ? this.#before.at(-this.staleBy) : undefined) ?? this.objects;
    this.#before.push(new Map(this.objects));
    switch (call.verb) {
      case 'get': {
        const object = objects.get(`${call.kind} ${call.namespace ?? ''}/${call.name}`);
        return object === undefined ? { kind: 'missing' } : { kind: 'object', object };
      }
      case 'list':
        return { kind: 'objects', objects: [...objects.values()].filter((one) => kindOf(one) === call.kind) };
      case 'create':
        if (this.objects.has(keyOf(call.object))) return { kind: 'conflict' };
        return { kind: 'object', object: this.#written(call.object) };
      case 'delete':
        return this.objects.delete(`${call.kind} ${call.namespace ?? ''}/${call.name}`)
          ? { kind: 'done' }
          : { kind: 'missing' };
      case 'update':
      case 'update-status': {
        const before = this.objects.get(keyOf(call.object));
        if (before === undefined) return { kind: 'missing' };
        if (before.metadata.resourceVersion !== call.object.metadata.resourceVersion) return { kind: 'conflict' };
        const { status } = call.verb === 'update' ? before : call.object;
        const spec = call.verb === 'update' ? call.object.spec : before.spec;
        return { kind: 'object', object: this.#written({ ...before, spec, status }) };
      }
    }
  }

  #written(object: KubeObject): KubeObject {
    const before = this.objects.get(keyOf(object));
    const stored = this.put(object);
    const order = kindOf(stored).endsWith('AgentStatus') ? orderIn(stored) : undefined;
    if (order !== undefined) this.orders.push(order as Order);
    if (kindOf(stored) === kindOfWorkflow && before?.status !== undefined)
      this.statuses.push(this.status as WorkflowStatus);
    this.writes.push(`${stored.kind}/${stored.metadata.name}`);
    return stored;
  }
}

const workflowHead = { apiVersion: 'nodewright.spectrocloud.com/v1alpha1', kind: 'ReplicationUpgrade' };

function keyOf(object: KubeObject): string {
  return `${kindOf(object)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** What becomes of one instruction. `unheard`: it is carried out, and nobody says so. */
export type Fate = 'heard' | 'unheard' | 'lost' | 'conflict' | 'refused';

/** One operator process on a site. */
export class ToyOperator {
  readonly site: ToySite;
  readonly clock: { aheadMs: number; stopsAtMs?: number } = { aheadMs: 0 };
  profiles: readonly HeldProfile[];
  instructions = 0;
  waitsFor: OperatorInstruction;
  readonly operator: Operator;
  readonly #program: OperatorProgram;
  readonly #inbox: { kinds: Set<string>; events: WatchEvent[] } = { kinds: new Set(), events: [] };

  constructor(site: ToySite, identity: string, profiles: readonly HeldProfile[], change: Partial<OperatorConfig> = {}) {
    this.site = site;
    this.profiles = profiles;
    site.inboxes.push(this.#inbox);
    const clock: Clock = {
      wallMs: () => this.#now() + this.clock.aheadMs,
      monotonicMs: () => this.#now() - 500_000,
    };
    const inbox = { take: () => this.#inbox.events.splice(0) };
    const config = { ...defaultTimes, identity, leaders: leadersLease, engine: 'a toy', ...change };
    const again: OperatorPorts['again'] = (_, record) => this.site.audit.some((line) => digestOfText(line) === record);
    const ports: OperatorPorts = { clock, inbox, profiles: () => this.profiles, again };
    this.operator = new Operator(config, ports);
    this.#program = operate(config, ports, this.operator);
    this.waitsFor = this.#program.next().value;
  }

  /** A machine that is stopped measures no time, and does not know that any has passed. */
  #now(): number {
    return Math.min(this.site.nowMs, this.clock.stopsAtMs ?? Number.POSITIVE_INFINITY);
  }

  stop(): void {
    this.clock.stopsAtMs = this.site.nowMs;
  }

  /** Carries out what it waits for, and tells it. */
  step(fate: Fate = 'heard'): void {
    const { waitsFor } = this;
    this.instructions += 1;
    this.answer(this.#answerTo(waitsFor, fate));
  }

  answer(answer: Answer): void {
    this.waitsFor = this.#program.next(answer).value;
  }

  #answerTo(instruction: OperatorInstruction, fate: Fate): Answer {
    if (instruction.do === 'sleep') {
      this.site.pass(instruction.ms);
      return { kind: 'done' };
    }
    this.site.pass(10);
    if (fate === 'lost') return { kind: 'unheard' };
    if (fate === 'conflict') return { kind: 'conflict' };
    if (fate === 'refused') return { kind: 'refused', why: 'not now' };
    const answer = this.#carryOut(instruction);
    return fate === 'unheard' ? { kind: 'unheard' } : answer;
  }

  #carryOut(instruction: OperatorInstruction): Answer {
    switch (instruction.do) {
      case 'api':
        if (instruction.call.verb === 'list') this.#inbox.kinds.add(instruction.call.kind);
        return this.site.api(instruction.call);
      case 'record': {
        const line = canonical(instruction.body);
        this.site.audit.push(line);
        return { kind: 'recorded', digest: digestOfText(line) };
      }
      case 'second-opinion':
        return { kind: 'done' };
      default:
        return { kind: 'unheard' };
    }
  }
}

export function isWrite(instruction: OperatorInstruction): boolean {
  return instruction.do === 'record' || (instruction.do === 'api' && !['get', 'list'].includes(instruction.call.verb));
}

/** Until the workflow has come to an end, or so many instructions later. */
export function runToEnd(operator: ToyOperator, most = 4_000): void {
  for (let count = 0; count < most && operator.site.status?.outcome === undefined; count += 1) operator.step();
}
