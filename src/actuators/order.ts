import type { Operation } from '../agent/instruction.ts';
import { agentStatusKind, orderIn, withOrder, withoutOrder } from '../crd/agent-status.ts';
import { member, optionalCount, optionalText } from '../crd/read.ts';
import { isSameJson } from '../crd/same.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { Order } from '../kernel/workflow.ts';
import { type Desk, type Stopped, writeObject } from './desk.ts';

/** What to do about one order: write it, nothing because the node's object carries it, or why not. */
export type OrderMove =
  | { readonly kind: 'write'; readonly object: KubeObject }
  | { readonly kind: 'carried' }
  | { readonly kind: 'not'; readonly why: 'missing' | 'foreign' | 'newer'; readonly says: string };

/** INVARIANT K9: an order never stands over one of a higher (epoch, step), and one (epoch, step) is one order for ever. Pure. */
export function orderMove(status: KubeObject | undefined, order: Order): OrderMove {
  if (status === undefined) return { kind: 'not', why: 'missing', says: 'its agent has no NodewrightAgentStatus' };
  const spec = member(status, 'spec');
  const node = optionalText(spec, 'node', 'spec.node');
  if (!node.ok || node.value !== order.node || status.metadata.name !== order.node)
    return { kind: 'not', why: 'foreign', says: 'is not this node’s' };
  const carried = orderIn(status);
  const write = withOrder(status, order);
  if (carried === undefined) return { kind: 'write', object: write };
  const [epoch, step] = [optionalCount(carried, 'epoch', 'epoch'), optionalCount(carried, 'step', 'step')];
  if (!epoch.ok || !step.ok || epoch.value === undefined || step.value === undefined) {
    return { kind: 'not', why: 'foreign', says: 'carries an order that nobody of us wrote' };
  }
  const ahead = epoch.value - order.epoch || step.value - order.step;
  if (ahead < 0) return { kind: 'write', object: write };
  if (ahead > 0) return { kind: 'not', why: 'newer', says: `carries order ${step.value} of leader ${epoch.value}` };
  return isSameJson(carried, order)
    ? { kind: 'carried' }
    : { kind: 'not', why: 'newer', says: `carries another order ${step.value} of leader ${epoch.value}` };
}

/** Orders are levels: what stands in the status is given again until the node's object carries it. Of each node only the
 *  last one counts: the one before it has ended, or the kernel would not have given another. Each is given in the epoch of
 *  whoever gives it, under the number that it has. */
export function standingOrders(orders: readonly Order[], epoch: number): readonly Order[] {
  const last = new Map<string, Order>();
  for (const order of orders) {
    const before = last.get(order.node);
    if (before === undefined || before.step < order.step) last.set(order.node, order);
  }
  return [...last.values()].sort((left, right) => left.step - right.step).map((order) => ({ ...order, epoch }));
}

/** What is not wanted any more and no agent has seen yet is taken away, or an agent that comes back tomorrow would carry it out. One
 *  that was seen is left: it has run, or runs; so is one that a newer leader has given. Undefined: nothing is to be written. Pure. */
export function withdrawal(status: KubeObject | undefined, order: Order, epoch: number): KubeObject | undefined {
  if (status === undefined) return undefined;
  const carried = orderIn(status);
  if (member(carried, 'workflow') !== order.workflow || member(carried, 'step') !== order.step) return undefined;
  const by = optionalCount(carried, 'epoch', 'epoch');
  if (!by.ok || by.value === undefined || by.value > epoch) return undefined;
  const answered = member(member(status, 'status'), 'order');
  const isSeen = member(answered, 'workflow') === order.workflow && member(answered, 'step') === order.step;
  return isSeen ? undefined : withoutOrder(status);
}

export function* withdrawOrder(desk: Desk, order: Order, epoch: number): Operation<Stopped | undefined> {
  const object = withdrawal(desk.find(agentStatusKind, order.node), order, epoch);
  return object === undefined ? undefined : yield* writeObject(desk, 'order', 'update', object);
}

export function* giveOrder(desk: Desk, order: Order): Operation<Stopped | undefined> {
  const move = orderMove(desk.find(agentStatusKind, order.node), order);
  switch (move.kind) {
    case 'carried':
      return undefined;
    case 'write':
      return yield* writeObject(desk, 'order', 'update', move.object);
    case 'not':
      desk.doubt(agentStatusKind, order.node);
      return {
        kind: 'stopped',
        at: 'order',
        why: move.why,
        about: `order ${order.step} to ${order.node}`,
        says: move.says,
      };
  }
}
