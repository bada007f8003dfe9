import type { CommandName } from '../kernel/command.ts';
import type { Order } from '../kernel/workflow.ts';
import type { Operation } from './instruction.ts';
import { confirm, revert } from './operations/bond-back.ts';
import { setMode } from './operations/bond-set-mode.ts';
import { pauseControllers, resumeControllers } from './operations/controllers.ts';
import { connect, disconnect } from './operations/drbd-connections.ts';
import { resumeMigrations, suspendMigrations } from './operations/migrations.ts';
import { stage, unstage } from './operations/network-stage.ts';
import { raisePlacement } from './operations/placement.ts';
import { failed, type Hands, type Result } from './operations/result.ts';
import { dropSnapshot, snapshot } from './operations/snapshot.ts';

type Carry = (order: Order, hands: Hands) => Operation<Result>;

/** Every command, and what carries it out: a closed list, complete by its type. */
const carried: Readonly<Record<CommandName, Carry>> = {
  'site.take-lock': theOperators,
  'site.release-lock': theOperators,
  'site.suspend-migrations': suspendMigrations,
  'site.resume-migrations': resumeMigrations,
  'site.pause-controllers': pauseControllers,
  'site.resume-controllers': resumeControllers,
  'network.stage': ofOwnNode(stage),
  'network.unstage': ofOwnNode(unstage),
  'drbd.disconnect': ofOwnNode(disconnect),
  'drbd.connect': ofOwnNode(connect),
  'bond.set-mode': ofOwnNode(setMode),
  'bond.revert': ofOwnNode(revert),
  'bond.confirm': ofOwnNode(confirm),
  'volume.snapshot': snapshot,
  'volume.drop-snapshot': dropSnapshot,
  'volume.raise-placement': raisePlacement,
};

/** Looks first, acts, reads back. Its result is what was seen, never what a program's exit code said. */
export function execute(order: Order, hands: Hands): Operation<Result> {
  return carried[order.command](order, hands);
}

/** An order about another host is none for these hands, whoever it was handed to. */
function ofOwnNode(carry: Carry): Carry {
  return function* (order, hands) {
    if (order.object !== hands.senses.config.node)
      return failed(`an order about ${order.object}, which is not this host`);
    return yield* carry(order, hands);
  };
}

/** Of what only the operator writes. */
function* theOperators(order: Order): Operation<Result> {
  yield* [];
  return failed(`${order.command} is the operator’s own`);
}
