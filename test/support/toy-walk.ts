import { formOf } from '../../src/kernel/command.ts';
import { decideWorkflow } from '../../src/kernel/decide-workflow.ts';
import { type Machine, stateOf } from '../../src/kernel/machine.ts';
import { TRUE } from '../../src/kernel/verdict.ts';
import type { Order, WorkflowStatus } from '../../src/kernel/workflow.ts';
import type { WorkflowDecision } from '../../src/kernel/workflow-decision.ts';
import { carryOut, copyOf, sightOf, type ToyQuestion, type ToySite, type ToyView, toyStatus } from './toy-site.ts';

/** What happens between two passes. */
export type Event =
  | { readonly kind: 'look' }
  | { readonly kind: 'work'; readonly node: number; readonly how: 'well' | 'fails' | 'dies-after' | 'dies-before' }
  | { readonly kind: 'silence'; readonly node: number; readonly on: boolean }
  | { readonly kind: 'lock-unknown'; readonly on: boolean }
  | { readonly kind: 'gate'; readonly name: string; readonly truth: 0 | 1 | 2 }
  | { readonly kind: 'unwell'; readonly on: boolean }
  | { readonly kind: 'reboot'; readonly node: number }
  | { readonly kind: 'replaced'; readonly node: number }
  | { readonly kind: 'new-node' }
  | { readonly kind: 'new-volume' }
  | { readonly kind: 'lock-stolen' }
  | { readonly kind: 'leader' }
  | { readonly kind: 'restore'; readonly back: number }
  | { readonly kind: 'abort' }
  | { readonly kind: 'status-lost' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'clock'; readonly ms: number };

export interface Broken {
  readonly law: string;
  readonly says: string;
}

/** Walks one workflow over a toy site and holds every decision against what was shown and what was so. */
export class Walk {
  readonly machine: Machine<ToyQuestion>;
  readonly world: ToySite;
  view: ToyView;
  status: WorkflowStatus;
  readonly history: WorkflowStatus[] = [];
  readonly broken: Broken[] = [];
  epoch = 1;
  nowMs = 1_000_000;
  abort = false;
  passes = 0;
  readonly kinds = new Set<string>();
  /** What stands before each node's agent: one slot. */
  readonly slots = new Map<string, { order: Order; of: string }>();
  /** The newest order that any node was given, and what the driver knows of its end. */
  newestStep = 0;
  restored = false;
  readonly silent = new Set<string>();
  lockUnknown = false;

  constructor(machine: Machine<ToyQuestion>, world: ToySite) {
    this.machine = machine;
    this.world = world;
    this.status = toyStatus(machine, this.nowMs);
    this.view = this.#seen();
  }

  happen(event: Event): void {
    const name = (index: number): string => [...this.world.nodes.keys()][index % this.world.nodes.size] ?? '';
    switch (event.kind) {
      case 'look':
        this.view = this.#seen();
        return;
      case 'work': {
        const node = name(event.node);
        const slot = this.slots.get(node);
        if (slot !== undefined) carryOut(this.world, slot.order, this.machine, slot.of, event.how);
        return;
      }
      case 'silence':
        if (event.on) this.silent.add(name(event.node));
        else this.silent.delete(name(event.node));
        return;
      case 'lock-unknown':
        this.lockUnknown = event.on;
        return;
      case 'gate':
        this.world.gates.set(event.name, event.truth);
        return;
      case 'unwell':
        this.world.healthy = !event.on;
        return;
      case 'reboot':
        (this.world.nodes.get(name(event.node)) as ToySiteNode).bootId += '+';
        return;
      case 'replaced':
        (this.world.nodes.get(name(event.node)) as ToySiteNode).uid += '+';
        return;
      case 'new-node':
        this.world.nodes.set('z', {
          uid: 'z',
          bootId: 'z',
          marks: new Set(),
          journal: { epoch: 0, step: 0, workflow: null, outcome: 'none' },
        });
        return;
      case 'new-volume':
        this.world.volumes.set('v-new', new Set());
        return;
      case 'lock-stolen':
        this.world.lock = 'somebody@1';
        return;
      case 'leader':
        this.epoch += 1;
        return;
      case 'restore': {
        const old = this.history[Math.max(0, this.history.length - 1 - event.back)];
        if (old !== undefined) {
          this.restored ||= old.step < this.status.step;
          this.status = old;
        }
        return;
      }
      case 'abort':
        this.abort = true;
        return;
      case 'status-lost':
        this.#loseNext = true;
        return;
      case 'wait':
        this.nowMs += event.ms;
        return;
      case 'clock':
        this.nowMs += event.ms;
        return;
    }
  }

  #loseNext = false;

  /** One pass, and what the actuators do with it: status first, then lock, then orders. */
  pass(): WorkflowDecision<ToyQuestion> {
    this.passes += 1;
    const sight = sightOf(this.view, this.nowMs, this.epoch);
    const intent = this.abort ? { abort: { by: 'somebody' } } : {};
    const decision = decideWorkflow(this.machine, this.status, sight, intent);
    this.kinds.add(decision.kind);
    this.#judge(decision);
    if (decision.kind === 'rest' || decision.next === undefined) return decision;
    if (this.#loseNext) {
      this.#loseNext = false; // the write was refused, so nothing after it is done
      return decision;
    }
    const same = decision.kind === 'hold' && sameBut(decision.next, this.status);
    if (!same) {
      this.history.push(this.status);
      this.status = decision.next;
    }
    if (decision.kind !== 'advance' && decision.kind !== 'undo') return decision;
    if (decision.lock !== undefined && this.world.lock === decision.lock.from) this.world.lock = decision.lock.to;
    for (const order of decision.orders) this.slots.set(order.node, { order, of: this.status.turn?.of ?? '' });
    return decision;
  }

  #seen(): ToyView {
    return {
      site: copyOf(this.world),
      silent: new Set(this.silent),
      lockUnknown: this.lockUnknown,
      seenAtMs: this.nowMs,
    };
  }

  #say(law: string, says: string): void {
    this.broken.push({ law, says });
  }

  #judge(decision: WorkflowDecision<ToyQuestion>): void {
    const { status, view } = this;
    const orders = decision.kind === 'advance' || decision.kind === 'undo' ? decision.orders : [];
    const state = stateOf(this.machine, status.state);
    // What an agent or the API server said of itself may be half a minute old, and no older.
    const stale = this.nowMs - view.seenAtMs > 30_000 || this.nowMs < view.seenAtMs;
    const left = decision.kind === 'advance' && decision.to !== status.state && state?.act !== undefined;
    if (stale && (orders.length > 0 || left))
      this.#say('K2', `acted in ${status.state} on what was seen ${this.nowMs - view.seenAtMs}ms ago`);
    if (decision.kind === 'advance' && decision.to !== status.state && state?.act !== undefined)
      this.#judgeBarrier(decision.to);
    if (decision.kind === 'advance' && decision.to !== status.state) {
      const transition = state?.goto.find(({ to }) => to === decision.to);
      for (const { asks } of transition?.gates ?? []) {
        if ((view.site.gates.get(asks) ?? TRUE) !== TRUE)
          this.#say('K2', `${asks} was not open, and ${decision.to} was entered`);
      }
    }
    if (decision.kind === 'advance' && (decision.to !== status.state || orders.length > 0)) {
      for (const { during, asks } of this.machine.guards) {
        if (during.includes(status.state) && (view.site.gates.get(asks) ?? TRUE) !== TRUE)
          this.#say('K2', `went on although ${asks} did not hold`);
      }
    }
    if (orders.length > 0) this.#judgeOrders(orders, decision.kind === 'undo');
    if (decision.kind === 'hold') {
      const elapsed = this.nowMs - decision.sinceMs;
      const budget = state?.budgetMs ?? 0;
      if (elapsed > budget && !decision.overdue)
        this.#say('K12', `waits in ${status.state} for ${elapsed} of ${budget} and is not overdue`);
      if (decision.because.length === 0) this.#say('K12', 'waits without a reason');
    }
  }

  #judgeBarrier(to: string): void {
    const { status, view } = this;
    const act = stateOf(this.machine, status.state)?.act;
    if (act === undefined || act.command === 'site.release-lock') return;
    if (act.command === 'site.take-lock') {
      if (view.lockUnknown || view.site.lock !== `${status.uid}@${this.epoch}`)
        this.#say('K7', `went on to ${to} without the lock`);
      return;
    }
    const members =
      act.on === 'site'
        ? ['site']
        : act.on === 'node'
          ? (status.cohort?.nodes ?? []).map(({ name }) => name)
          : [...view.site.volumes.keys()];
    for (const member of members) {
      const marks =
        member === 'site' ? view.site.siteMarks : (view.site.nodes.get(member)?.marks ?? view.site.volumes.get(member));
      if (view.silent.has(member) || marks?.has(status.state) !== true)
        this.#say('K1', `${status.state} was left for ${to} while ${member} was not seen settled`);
    }
    for (const order of Object.values(status.turn?.orders ?? {})) {
      const journal = view.site.nodes.get(order.node)?.journal;
      if (
        view.silent.has(order.node) ||
        journal === undefined ||
        journal.step < order.step ||
        (journal.step === order.step && journal.outcome === 'accepted')
      ) {
        this.#say('K1', `${status.state} was left for ${to} while order ${order.step} had not ended`);
      }
    }
  }

  #judgeOrders(orders: readonly Order[], isUndo: boolean): void {
    const { status, view, epoch } = this;
    if (view.lockUnknown || view.site.lock !== `${status.uid}@${epoch}`)
      this.#say('K7', 'gave an order without holding the lock in this epoch');
    const cohort = status.cohort?.nodes ?? [];
    const now = [...view.site.nodes].map(([name, { uid, bootId }]) => `${name} ${uid} ${bootId}`).sort();
    if (
      JSON.stringify(now) !== JSON.stringify(cohort.map(({ name, uid, bootId }) => `${name} ${uid} ${bootId}`).sort())
    ) {
      this.#say('K4', 'gave an order although the nodes are not the cohort');
    }
    if (new Set(orders.map(({ node }) => node)).size !== orders.length)
      this.#say('K3', 'gave one node two orders at once');
    const act = stateOf(this.machine, status.turn?.of ?? status.state)?.act;
    const underWay = Object.values(status.turn?.orders ?? {}).filter((order) => {
      const journal = view.site.nodes.get(order.node)?.journal;
      const unseen = view.silent.has(order.node) || journal === undefined || journal.step < order.step;
      return (
        (unseen || (journal.step === order.step && journal.outcome === 'accepted')) &&
        !orders.some(({ object }) => object === order.object)
      );
    });
    if (act !== undefined && underWay.length + orders.length > act.atATime && !isUndo)
      this.#say('K3', `${underWay.length + orders.length} at once of ${act.atATime}`);
    for (const order of orders) {
      const journal = view.site.nodes.get(order.node)?.journal;
      if (!view.silent.has(order.node) && journal?.outcome === 'accepted')
        this.#say('K3', `ordered ${order.node} while it works`);
      if (!isUndo && view.silent.has(order.node)) this.#say('K2', `ordered ${order.node} of which nothing is known`);
      if (order.epoch !== epoch) this.#say('K9', `order ${order.step} carries epoch ${order.epoch} of leader ${epoch}`);
      if (!this.restored && order.step <= this.newestStep && !this.#loseNextSeen(order))
        this.#say('K9', `order ${order.step} is not newer than ${this.newestStep}`);
      this.newestStep = Math.max(this.newestStep, order.step);
      if (formOf(order.command).loads === true && !view.site.healthy)
        this.#say('K11', `${order.command} while the storage is unwell`);
      const newest = Math.max(
        ...[...view.site.nodes].filter(([name]) => !view.silent.has(name)).map(([, one]) => one.journal.step),
      );
      if (order.step <= newest) this.#say('K10', `order ${order.step} is older than journal ${newest}`);
      const gate = this.machine.states.find(({ name }) => name === (status.turn?.of ?? status.state))?.act?.gates ?? [];
      for (const { asks } of isUndo ? [] : gate) {
        if ((view.site.gates.get(asks) ?? TRUE) !== TRUE)
          this.#say('K2', `${order.command} although ${asks} is not open`);
      }
    }
  }

  /** A decision whose status could not be written is decided again, with the same number. */
  #loseNextSeen(order: Order): boolean {
    return ![...this.slots.values()].some((slot) => slot.order.step === order.step);
  }

  /** The faults are over: everybody answers, agents work, gates are open. */
  calmDown(): void {
    this.silent.clear();
    this.lockUnknown = false;
    for (const name of this.world.gates.keys()) this.world.gates.set(name, TRUE);
    this.world.healthy = true;
    if (this.world.lock === 'somebody@1') this.world.lock = null;
  }

  /** What is still marked anywhere. */
  marks(): readonly string[] {
    const all = [
      ...this.world.siteMarks,
      ...[...this.world.nodes.values()].flatMap(({ marks }) => [...marks]),
      ...[...this.world.volumes.values()].flatMap((marks) => [...marks]),
    ];
    return [...new Set(all)].sort();
  }
}

type ToySiteNode = { uid: string; bootId: string };

/** What a hold may leave unwritten. */
function sameBut(next: WorkflowStatus, status: WorkflowStatus): boolean {
  return JSON.stringify({ ...next, serial: 0, epoch: 0 }) === JSON.stringify({ ...status, serial: 0, epoch: 0 });
}
