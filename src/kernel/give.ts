import { storageStrains } from './backpressure.ts';
import { formOf } from './command.ts';
import type { FactValue } from './fact.ts';
import { unheardJournals } from './fence.ts';
import type { Act, Instruction } from './machine.ts';
import { gatesAgainst, isBusy, lawReason, type Pass } from './pass.ts';
import { seen } from './readings.ts';
import { isSome, type Reason } from './verdict.ts';
import type { FactRead, Order, Turn } from './workflow.ts';

/** What is given in one pass, and what stands against giving more. INVARIANTS K3, K9, K11. */
export interface Given {
  readonly orders: readonly Order[];
  readonly turn: Turn;
  readonly step: number;
  readonly against: readonly Reason[];
}

export function give<Q>(
  pass: Pass<Q>,
  what: Instruction & Pick<Act<Q>, 'gates' | 'confirmWithinMs'>,
  open: readonly string[],
  slots: number,
  nodeOf: (member: string) => string,
  turn: Turn,
  /** Nodes whose last order ended badly, and of whom it was: the next order to another would make that forgotten. */
  held: ReadonlyMap<string, string>,
): Given {
  const { sight, status, state } = pass;
  const against: Reason[] = [];
  const orders: Order[] = [];
  const given: Record<string, Order> = Object.assign(Object.create(null), turn.orders);
  const tries: Record<string, number> = Object.assign(Object.create(null), turn.tries);
  const busy = new Set<string>();
  let { step } = status;
  const unheard = unheardJournals(sight.snapshot, status);
  if (unheard.length > 0) {
    const says = 'whether agents have had newer orders is known of every node';
    const found = unheard.map((node) => lawReason('K10', state, says, 'node.journalStep', node, 'is not known', true));
    return { orders, turn, step, against: found };
  }
  const strains = formOf(what.command).loads === true ? storageStrains(sight.snapshot) : [];
  if (isSome(strains)) {
    const says = 'nothing is added while the storage is unwell';
    const found = strains.map(({ fact, object, detail }) =>
      lawReason('K11', state, says, fact, object, detail, detail === 'is not known'),
    );
    return { orders, turn, step, against: found };
  }
  for (const member of open) {
    if (orders.length >= slots) break;
    const node = nodeOf(member);
    const isUnclear = seen(sight.snapshot, 'node.journalOutcome', node) === undefined;
    const heldBy = held.get(node) ?? member;
    if (heldBy !== member) {
      const detail = `ended badly for ${heldBy}, and that comes first`;
      against.push(lawReason('K3', state, 'a node has one order at a time', 'node.journalOutcome', node, detail));
      continue;
    }
    if (isUnclear || busy.has(node) || isBusy(pass, node)) {
      against.push(
        lawReason(
          'K3',
          state,
          'a node has one order at a time',
          'node.journalStep',
          node,
          isUnclear ? 'is not known' : 'has not ended the one before',
          true,
        ),
      );
      continue;
    }
    const gates = gatesAgainst(pass, what.gates, member);
    if (isSome(gates)) {
      against.push(...gates);
      continue;
    }
    const args = argumentsOf(pass, what, member);
    if (!args.ok) {
      against.push(
        lawReason('K8', state, 'a command is told what it needs', args.fact, member, 'was never frozen', true),
      );
      continue;
    }
    step += 1;
    const order: Order = {
      workflow: status.uid,
      step,
      epoch: sight.epoch,
      node,
      bootId: status.cohort?.nodes.find(({ name }) => name === node)?.bootId ?? '',
      object: member,
      command: what.command,
      with: args.value,
      ...(what.confirmWithinMs === undefined ? {} : { confirmWithinMs: what.confirmWithinMs }),
      dependsOn: readsOf(pass, what, member, node),
      givenAtMs: pass.nowMs,
    };
    orders.push(order);
    given[member] = order;
    if (turn.orders[member] !== undefined) tries[member] = (tries[member] ?? 1) + 1;
    busy.add(node);
  }
  const ended: Record<string, number> = Object.assign(Object.create(null), turn.ended);
  for (const { object } of orders) delete ended[object]; // of the order before
  return { orders, turn: { ...turn, orders: given, ended, tries }, step, against };
}

function argumentsOf<Q>(
  { status }: Pass<Q>,
  { with: all }: Instruction,
  member: string,
):
  | { readonly ok: true; readonly value: Readonly<Record<string, FactValue>> }
  | { readonly ok: false; readonly fact: string } {
  const found: Record<string, FactValue> = {};
  for (const [name, argument] of all) {
    if (argument.kind === 'literal') {
      found[name] = argument.value;
      continue;
    }
    // Of the member itself, or of what belongs to it where that is one thing only: its bond.
    const frozen = Object.entries(status.cohort?.facts[argument.fact] ?? {});
    const own = frozen.filter(([object]) => object === member || object.startsWith(`${member}/`) || object === 'site');
    const [first, second] = own;
    if (first === undefined || second !== undefined) return { ok: false, fact: argument.fact };
    found[name] = first[1];
  }
  return { ok: true, value: found };
}

/** The facts of the node itself that its agent can look at again. */
function readsOf<Q>(
  { sight }: Pass<Q>,
  { gates }: Pick<Act<Q>, 'gates'>,
  member: string,
  node: string,
): readonly FactRead[] {
  const own = new Map<string, FactRead>();
  for (const { asks } of gates) {
    for (const read of sight.reads(asks, member)) {
      const subject = sight.snapshot.columns.get(read.fact)?.fact.subject;
      if (subject !== 'bond' && subject !== 'replica' && subject !== 'connection') continue;
      const population = sight.snapshot.populations[subject];
      const index = population.indexOf.get(read.object);
      if (index !== undefined && population.members[index]?.of.node === node)
        own.set(`${read.fact} ${read.object}`, read);
    }
  }
  return [...own.keys()].sort().map((key) => own.get(key) as FactRead); // by its own key
}
