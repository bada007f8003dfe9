import { type CommandName, commandNames } from '../kernel/command.ts';
import type { FactValue } from '../kernel/fact.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { FactRead, Order } from '../kernel/workflow.ts';

/** NodewrightAgentStatus on the wire: one object a node, of the node's name, cluster-scoped. `spec` is the operator's (whose
 *  it is, and the order that stands), `status` the agent's own.
 *
 *  ```yaml
 *  spec: {node, order?: Order}
 *  status:
 *    heartbeat: {sequence, bootId, at: 2026-03-04T10:15:02.120Z}   # `at` by the node's own wall clock: how far it is from ours is a fact
 *    observations: [{fact, object, value, age}]       # value and age as a pack writes them: 30s, 0KiB, true, word, [words]
 *    order: {workflow, step, epoch, command, object, outcome, why}   # the last one, for people
 *    trouble: sentence                                # why it can do nothing; absent while it can
 *  ``` */
export const agentStatusKind = 'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus';

export interface AgentSaid {
  readonly fact: string;
  /** Id of a subject of this node. */
  readonly object: string;
  readonly value: WireValue;
  /** How long ago by the agent's own monotonic clock when it wrote. */
  readonly age: string;
}

export type WireValue = string | number | boolean | null | readonly string[] | { readonly unreadable: string };

export interface Heartbeat {
  readonly sequence: number;
  readonly bootId: string;
  /** The node's wall clock when this was written, RFC 3339. */
  readonly at?: string;
}

/** What became of the last order, for people; the kernel reads the journal's facts among the observations. */
export interface OrderAnswer {
  readonly workflow: string | null;
  readonly step: number;
  readonly epoch: number;
  readonly command: string;
  readonly object: string;
  readonly outcome: string;
  readonly why: string;
}

export interface AgentStatusBody {
  readonly heartbeat: Heartbeat;
  readonly observations: readonly AgentSaid[];
  readonly order?: OrderAnswer;
  readonly trouble?: string;
}

/** A node's object as it is before anybody ordered or reported anything. */
export function newAgentStatus(node: string): KubeObject {
  return {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'NodewrightAgentStatus',
    metadata: { name: node },
    spec: { node },
  };
}

/** The same object with this order standing in it, and nothing else changed: its resourceVersion is what is replaced. */
export function withOrder(object: KubeObject, order: Order): KubeObject {
  return { ...object, spec: { node: object.metadata.name, order } };
}

/** The same object with no order standing in it. */
export function withoutOrder(object: KubeObject): KubeObject {
  return { ...object, spec: { node: object.metadata.name } };
}

export function withStatus(object: KubeObject, status: AgentStatusBody): KubeObject {
  return { ...object, status };
}

/** The order that stands in an object as it came; undefined if there is none. It may be anything: `readOrder` looks. */
export function orderIn(object: unknown): unknown {
  const order = member(member(object, 'spec'), 'order');
  return order === null ? undefined : order;
}

/** The heartbeat that an object carries; undefined if there is none that can be read. */
export function heartbeatIn(object: unknown): Heartbeat | undefined {
  const heartbeat = member(member(object, 'status'), 'heartbeat');
  const [sequence, bootId, at] = [member(heartbeat, 'sequence'), member(heartbeat, 'bootId'), member(heartbeat, 'at')];
  if (!isCount(sequence) || typeof bootId !== 'string') return undefined;
  return { sequence, bootId, ...(typeof at === 'string' ? { at } : {}) };
}

/** As much of an order as fencing needs. */
export interface OrderHead {
  readonly workflow: string;
  readonly step: number;
  readonly epoch: number;
  readonly node: string;
  readonly object: string;
  /** Perhaps one that we do not know. */
  readonly command: string;
}

export type ReadOrder =
  | { readonly ok: true; readonly order: Order }
  /** `head` where at least that could be read: it says which order is no order. `unknownCommand`: the only fault is its name. */
  | { readonly ok: false; readonly says: string; readonly head?: OrderHead; readonly unknownCommand?: true };

/** Foreign JSON → an order, every field looked at; never throws. Names are bounded, since they end up in a journal. */
export function readOrder(json: unknown): ReadOrder {
  if (!isMap(json)) return { ok: false, says: 'it is not an object' };
  for (const name of ['workflow', 'node', 'object', 'command']) {
    if (!isName(json[name])) return { ok: false, says: `\`${name}\` is no name` };
  }
  if (!isCount(json.step) || json.step === 0) return { ok: false, says: '`step` is no number of an order' };
  if (!isCount(json.epoch)) return { ok: false, says: '`epoch` is no epoch' };
  const head: OrderHead = {
    workflow: json.workflow as string, // all of them looked at above
    step: json.step,
    epoch: json.epoch,
    node: json.node as string,
    object: json.object as string,
    command: json.command as string,
  };
  const command = commandNames.find((name) => name === head.command);
  if (command === undefined) {
    return { ok: false, says: `no command is called \`${head.command}\``, head, unknownCommand: true };
  }
  const rest = restOf(json, head, command);
  return typeof rest === 'string' ? { ok: false, says: rest, head } : { ok: true, order: rest };
}

function restOf(json: Readonly<Record<string, unknown>>, head: OrderHead, command: CommandName): Order | string {
  const given = argumentsOf(json.with);
  if (given === undefined) return '`with` holds something that is no value of a fact';
  const dependsOn = readsOf(json.dependsOn);
  if (dependsOn === undefined) return '`dependsOn` is no list of facts';
  const { bootId, confirmWithinMs, givenAtMs } = json;
  if (!isName(bootId)) return '`bootId` is no name';
  const isTime = isCount(confirmWithinMs) && confirmWithinMs > 0;
  if (confirmWithinMs !== undefined && !isTime) return '`confirmWithinMs` is no time to wait';
  if (typeof givenAtMs !== 'number' || !Number.isFinite(givenAtMs)) return '`givenAtMs` is no moment';
  return {
    ...head,
    bootId,
    command,
    with: given,
    ...(isTime ? { confirmWithinMs: confirmWithinMs as number } : {}),
    dependsOn,
    givenAtMs,
  };
}

const argumentsMax = 16;
const readsMax = 4096;

function argumentsOf(json: unknown): Readonly<Record<string, FactValue>> | undefined {
  if (!isMap(json)) return undefined;
  const entries = Object.entries(json);
  if (entries.length > argumentsMax || !entries.every(([name, value]) => isName(name) && isFactValue(value))) return;
  return Object.assign(Object.create(null), json) as Readonly<Record<string, FactValue>>;
}

function readsOf(json: unknown): readonly FactRead[] | undefined {
  if (!Array.isArray(json) || json.length > readsMax) return undefined;
  const reads: FactRead[] = [];
  for (const entry of json as readonly unknown[]) {
    if (!isMap(entry) || !isName(entry.fact) || !isName(entry.object) || !isFactValue(entry.value)) return undefined;
    reads.push({ fact: entry.fact, object: entry.object, value: entry.value });
  }
  return reads;
}

function isFactValue(value: unknown): value is FactValue {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.isWellFormed();
  return Array.isArray(value) && value.every((word) => typeof word === 'string' && word.isWellFormed());
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 512 && value.isWellFormed();
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
