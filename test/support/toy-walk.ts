import { readOrder } from '../../src/crd/agent-status.ts';
import { readStatus } from '../../src/kernel/check-status.ts';
import { formOf } from '../../src/kernel/command.ts';
import { decideWorkflow } from '../../src/kernel/decide-workflow.ts';
import { canonical, type Json } from '../../src/kernel/digest.ts';
import { type Machine, stateOf } from '../../src/kernel/machine.ts';
import { FALSE, TRUE } from '../../src/kernel/verdict.ts';
import { maxTries, type Order, type WorkflowStatus } from '../../src/kernel/workflow.ts';
import type { WorkflowDecision } from '../../src/kernel/workflow-decision.ts';
import {
  carryOut,
  copyOf,
  type How,
  type Slot,
  sightOf,
  type ToyQuestion,
  type ToySite,
  type ToyView,
  toyStatus,
} from './toy-site.ts';

/** What happens between two passes. */
export type Event =
  | { readonly kind: 'look' }
  /** Everybody does what stands before it, and is looked at. */
  | { readonly kind: 'round' }
  | { readonly kind: 'work'; readonly node: number; readonly how: How }
  | { readonly kind: 'silence'; readonly node: number; readonly on: boolean }
  | { readonly kind: 'lock-unknown'; readonly on: boolean }
  | { readonly kind: 'gate'; readonly name: string; readonly truth: 0 | 1 | 2 }
  | { readonly kind: 'unwell'; readonly on: boolean }
  | { readonly kind: 'reboot'; readonly node: number }
  | { readonly kind: 'replaced'; readonly node: number }
  | { readonly kind: 'new-node' }
  | { readonly kind: 'new-volume' }
  | { readonly kind: 'volume-gone' }
  /** Somebody who led before, and has not heard that he does not any more, looks at what is written and at what he saw. */
  | { readonly kind: 'deposed'; readonly back: number }
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
  readonly slots = new Map<string, Slot>();
  /** The latest that the clock ever stood. */
  latestMs = 0;
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
    this.nowMs += 1;
    this.latestMs = Math.max(this.latestMs, this.nowMs);
    const name = (index: number): string => [...this.world.nodes.keys()][index % this.world.nodes.size] ?? '';
    switch (event.kind) {
      case 'look':
        this.view = this.#seen();
        return;
      case 'round':
        for (const node of this.world.nodes.keys())
          carryOut(this.world, node, this.slots.get(node), this.machine, 'well');
        this.view = this.#seen();
        return;
      case 'work': {
        const node = name(event.node);
        carryOut(this.world, node, this.slots.get(node), this.machine, event.how);
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
        if (!this.world.volumes.has('v-new')) this.world.volumes.set('v-new', new Set());
        return;
      case 'volume-gone': {
        const [first] = this.world.volumes.keys();
        if (first !== undefined) this.world.volumes.delete(first);
        return;
      }
      case 'deposed': {
        if (this.epoch === 1) return;
        const old = this.history[Math.max(0, this.history.length - event.back)] ?? this.status;
        this.#passAs(this.epoch - 1, event.back === 0 ? this.status : old);
        return;
      }
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
    return this.#passAs(this.epoch, this.status);
  }

  #passAs(epoch: number, status: WorkflowStatus): WorkflowDecision<ToyQuestion> {
    this.passes += 1;
    const sight = sightOf(this.view, this.nowMs, epoch);
    const intent = this.abort ? { abort: { by: 'somebody' } } : {};
    const decision = decideWorkflow(this.machine, status, sight, intent);
    this.kinds.add(decision.kind);
    if (this.passes % 5 === 0) {
      const again = decideWorkflow(this.machine, turnedRound(status), sight, intent);
      if (bytesOf(again) !== bytesOf(decision)) this.#say('bytes', 'the same status in another order of its members');
    }
    if (status !== this.status) return decision; // whoever read an older copy cannot write over a newer one
    this.#judge(decision, epoch);
    if (decision.kind === 'rest' || decision.next === undefined) return decision;
    this.#judgeStatus(decision.next);
    for (const order of 'orders' in decision ? decision.orders : []) {
      const read = readOrder(JSON.parse(JSON.stringify(order)));
      if (!read.ok) this.#say('K9', `no agent can read order ${order.step}: ${read.says}`);
    }
    if (this.#loseNext) {
      this.#loseNext = false; // the write was refused, so nothing after it is done
      return decision;
    }
    const same = decision.kind === 'hold' && sameBut(decision.next, this.status);
    if (!same) {
      this.history.push(this.status);
      this.status = decision.next;
    }
    this.#withdraw(decision);
    if (decision.kind !== 'advance' && decision.kind !== 'undo') return decision;
    if (decision.lock !== undefined && this.world.lock === decision.lock.from) this.world.lock = decision.lock.to;
    for (const order of decision.orders) this.slots.set(order.node, { order, of: this.status.turn?.of ?? '' });
    return decision;
  }

  /** As the actuators do: what no agent is known to have and does not stand any more is taken away. */
  #withdraw(decision: WorkflowDecision<ToyQuestion>): void {
    const wanted = 'stands' in decision ? [...decision.stands, ...('orders' in decision ? decision.orders : [])] : [];
    for (const [node, { order }] of this.slots) {
      const seen = (this.world.nodes.get(node)?.journal.step ?? 0) >= order.step;
      if (!seen && !wanted.some(({ step }) => step === order.step)) this.slots.delete(node);
    }
    for (const order of 'stands' in decision ? decision.stands : []) {
      const carried = this.slots.get(order.node)?.order.step ?? 0;
      if (carried < order.step)
        this.slots.set(order.node, { order: { ...order, epoch: this.epoch }, of: this.status.turn?.of ?? '' });
    }
    for (const { order, of } of this.slots.values()) {
      const state = stateOf(this.machine, of);
      const unseen = (this.world.nodes.get(order.node)?.journal.step ?? 0) < order.step;
      if (!unseen || state?.act?.command !== order.command) continue;
      for (const { asks } of state.act.gates) {
        if ((this.view.site.gates.get(asks) ?? TRUE) !== TRUE)
          this.#say('K2', `order ${order.step} still stands although ${asks} is not open`);
      }
      for (const guard of this.machine.guards) {
        const holds = (this.view.site.gates.get(guard.asks) ?? TRUE) === TRUE;
        if (!holds && guard.during.includes(of))
          this.#say('K2', `order ${order.step} still stands although ${guard.asks} does not hold`);
      }
    }
  }

  #seen(): ToyView {
    return {
      site: copyOf(this.world),
      silent: new Set(this.silent),
      lockUnknown: this.lockUnknown,
      seenAtMs: this.nowMs,
      orders: new Map([...this.slots].map(([node, { order }]) => [node, order.step])),
    };
  }

  #say(law: string, says: string): void {
    this.broken.push({ law, says });
  }

  /** Whatever is written down is read again as it was. */
  #judgeStatus(next: WorkflowStatus): void {
    if (next.epoch < this.status.epoch) this.#say('K9', `an older leader signed: ${next.epoch}`);
    for (const [member, tries] of Object.entries(next.turn?.tries ?? {}))
      if (tries > maxTries) this.#say('K12', `${member} was ordered ${tries} times`);
    if (this.passes % 3 !== 0) return; // it is most of the walk's time
    const text = JSON.stringify(next);
    const read = readStatus(JSON.parse(text), this.machine);
    if (!read.ok) this.#say('status', `wrote what it cannot read: ${read.field} ${read.says}`);
    else if (canonical(read.status as unknown as Json) !== canonical(next as unknown as Json))
      this.#say('status', 'reads something else than it wrote');
  }

  #judge(decision: WorkflowDecision<ToyQuestion>, epoch: number): void {
    const { status, view } = this;
    const orders = decision.kind === 'advance' || decision.kind === 'undo' ? decision.orders : [];
    const state = stateOf(this.machine, status.state);
    if (status.epoch > epoch && (decision.kind === 'advance' || decision.kind === 'undo'))
      this.#say('K9', `leader ${epoch} went on from what leader ${status.epoch} wrote`);
    // What an agent or the API server said of itself may be half a minute old, and no older.
    const stale = this.nowMs - view.seenAtMs > 30_000 || this.nowMs < view.seenAtMs;
    const left = decision.kind === 'advance' && decision.to !== status.state && state?.act !== undefined;
    if (stale && (orders.length > 0 || left))
      this.#say('K2', `acted in ${status.state} on what was seen ${this.nowMs - view.seenAtMs}ms ago`);
    if (decision.kind === 'advance' && decision.to !== status.state && state?.act !== undefined)
      this.#judgeBarrier(decision.to, epoch);
    if (decision.kind === 'advance' && decision.to !== status.state) {
      // Two ways may lead to one state: one of them was open, and every way before it surely closed.
      const ways = state?.goto ?? [];
      const isFree = ways.some(
        ({ to, gates }, index) =>
          to === decision.to &&
          gates.every(({ asks }) => (view.site.gates.get(asks) ?? TRUE) === TRUE) &&
          ways.slice(0, index).every((way) => way.gates.some(({ asks }) => view.site.gates.get(asks) === FALSE)),
      );
      if (!isFree) this.#say('K2', `${decision.to} was entered, and it was not open, or an earlier way was not closed`);
    }
    if (decision.kind === 'advance') this.#judgeGathering(decision.next);
    if (decision.kind === 'advance' && (decision.to !== status.state || orders.length > 0)) {
      for (const { during, asks } of this.machine.guards) {
        if (during.includes(status.state) && (view.site.gates.get(asks) ?? TRUE) !== TRUE)
          this.#say('K2', `went on although ${asks} did not hold`);
      }
    }
    if (orders.length > 0) this.#judgeOrders(orders, decision.kind === 'undo', epoch);
    if (decision.kind === 'advance' && orders.length > 0 && state?.overdue === 'fail') {
      const elapsed = this.nowMs - status.sinceMs;
      if (elapsed > state.budgetMs) this.#say('K12', `ordered ${elapsed}ms after it began, of ${state.budgetMs}`);
    }
    if (decision.kind === 'hold') {
      const elapsed = this.nowMs - decision.sinceMs;
      const budget = state?.budgetMs ?? 0;
      if (elapsed > budget && !decision.overdue)
        this.#say('K12', `waits in ${status.state} for ${elapsed} of ${budget} and is not overdue`);
      if (decision.because.length === 0) this.#say('K12', 'waits without a reason');
      for (const { name, graceMs, asks } of this.machine.guards) {
        const since = status.unguardedSinceMs[name];
        const says = decision.because.some(({ fact }) => fact === asks);
        if (says && since !== undefined && this.nowMs - since >= graceMs)
          this.#say('K12', `waits for ${name} longer than its grace`);
      }
    }
  }

  /** INVARIANT K4: whoever is left out was seen to be no part of it, and nobody else is. */
  #judgeGathering({ turn }: WorkflowStatus): void {
    const { status, view } = this;
    if (
      turn === undefined ||
      turn.way !== 'do' ||
      status.turn !== undefined ||
      turn.of === 'Lock' ||
      turn.of === 'Release'
    )
      return;
    const act = stateOf(this.machine, turn.of)?.act;
    const all =
      act?.on === 'site' ? ['site'] : act?.on === 'node' ? [...view.site.nodes.keys()] : [...view.site.volumes.keys()];
    for (const member of all) {
      const truth = view.site.gates.get(`where:${turn.of}`) ?? view.site.gates.get(`where:${member}`) ?? TRUE;
      const takesPart = act?.where === undefined || (truth === TRUE && !view.silent.has(member));
      if (takesPart !== turn.members.includes(member)) this.#say('K4', `${member} in ${turn.of}: ${turn.members}`);
      const out = act?.where !== undefined && truth === FALSE && !view.silent.has(member);
      if (out !== turn.excused.includes(member)) this.#say('K4', `${member} out of ${turn.of}: ${turn.excused}`);
    }
  }

  #judgeBarrier(to: string, epoch: number): void {
    const { status, view } = this;
    const act = stateOf(this.machine, status.state)?.act;
    if (act === undefined || act.command === 'site.release-lock') return;
    if (act.command === 'site.take-lock') {
      if (view.lockUnknown || view.site.lock !== `${status.uid}@${epoch}`)
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
      if (status.turn?.excused.includes(member)) continue;
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

  #judgeOrders(orders: readonly Order[], isUndo: boolean, epoch: number): void {
    const { status, view } = this;
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
    // Of a turn that was left nothing is gone on with.
    const turn = isUndo && status.turn?.way === 'do' ? undefined : status.turn;
    const act = stateOf(this.machine, turn?.of ?? status.state)?.act;
    const underWay = Object.values(turn?.orders ?? {}).filter((order) => {
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
      const before = turn?.orders[order.object];
      if (before !== undefined && formOf(order.command).once === true && journal?.outcome !== 'refused')
        this.#say('K9', `${order.command} was begun again for ${order.object}`);
      const others = Object.values(turn?.orders ?? {}).filter(
        ({ node, object, step }) => node === order.node && object !== order.object && step === journal?.step,
      );
      if (others.length > 0 && journal?.outcome !== 'done' && !this.#isSettled(others[0] as Order, isUndo))
        this.#say('K8', `${journal?.outcome} of ${others[0]?.object} was forgotten for ${order.object}`);
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

  #isSettled({ object }: Order, isUndo: boolean): boolean {
    const { site } = this.view;
    const marks = object === 'site' ? site.siteMarks : (site.nodes.get(object)?.marks ?? site.volumes.get(object));
    return marks?.has(this.status.turn?.of ?? '') === !isUndo;
  }

  /** A decision whose status could not be written is decided again, with the same number. */
  #loseNextSeen(order: Order): boolean {
    return ![...this.slots.values()].some((slot) => slot.order.step === order.step);
  }

  /** The faults are over: everybody answers, agents work, gates are open. */
  calmDown(): void {
    this.nowMs = Math.max(this.nowMs, this.latestMs);
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

/** The same data with the members of every map in another order, as an API server may give them back. */
function turnedRound<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turnedRound) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, turnedRound(part)]),
  ) as T;
}

function bytesOf(decision: WorkflowDecision<ToyQuestion>): string {
  return canonical(JSON.parse(JSON.stringify(decision)) as Json);
}

/** What a hold may leave unwritten. */
function sameBut(next: WorkflowStatus, status: WorkflowStatus): boolean {
  return JSON.stringify({ ...next, serial: 0, epoch: 0 }) === JSON.stringify({ ...status, serial: 0, epoch: 0 });
}
