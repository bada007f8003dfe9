import type { Order } from '../../kernel/workflow.ts';
import type { Operation } from '../instruction.ts';
import { drbdAdjust, drbdDisconnect } from '../programs.ts';
import { lookAtDrbd, type ResourceNow } from './drbd-look.ts';
import { done, failed, type Hands, type Result, refused } from './result.ts';

/** One resource after the other, gracefully. It stops at the first that DRBD will not let go: that is DRBD's own word that
 *  quorum or a last good copy hangs on it. */
export function* disconnect(_order: Order, _hands: Hands): Operation<Result> {
  const before = yield* lookAtDrbd();
  if (before === undefined) return refused('how DRBD stands on this node is not known');
  const syncing = before.filter(({ connections }) =>
    connections.some(({ replications }) => replications.some((word) => word !== 'Established' && word !== 'Off')),
  );
  if (syncing.length > 0) return failed(`a resync or verify runs: ${namesOf(syncing)}`);
  let objection = '';
  for (const resource of before.filter((one) => !isApart(one))) {
    const answer = yield drbdDisconnect(resource.name);
    if (answer.kind === 'ran' && answer.code === 0) continue;
    objection = answer.kind === 'ran' ? `: ${firstLine(answer.stderr)}` : ': no answer in time';
    break;
  }
  const after = yield* lookAtDrbd();
  if (after === undefined) return failed('how DRBD stands after it is not known');
  const left = [
    ...after.filter((one) => !isApart(one)),
    ...before.filter(({ name }) => !after.some((one) => one.name === name)),
  ];
  return left.length === 0 ? done('every connection is down') : failed(`still connected: ${namesOf(left)}${objection}`);
}

/** `adjust`, since `connect` refuses what is half up, and a connection that DRBD gave up after an outage never comes back by
 *  itself (transcript 32). Whether the peers meet again is seen in the facts, and may take seconds. */
export function* connect(_order: Order, _hands: Hands): Operation<Result> {
  const before = yield* lookAtDrbd();
  if (before === undefined) return refused('how DRBD stands on this node is not known');
  const given = before.filter(hasGivenUp);
  if (given.length === 0) return done('no connection is given up');
  let objection = '';
  for (const { name } of given) {
    const answer = yield drbdAdjust(name);
    if (answer.kind !== 'ran') objection = ': no answer in time';
    else if (answer.code !== 0) objection = `: ${firstLine(answer.stderr)}`;
  }
  const after = yield* lookAtDrbd();
  if (after === undefined) return failed('how DRBD stands after it is not known');
  const left = after.filter(hasGivenUp);
  return left.length === 0
    ? done(`brought up again: ${namesOf(given)}`)
    : failed(`still down: ${namesOf(left)}${objection}`);
}

function isApart({ connections }: ResourceNow): boolean {
  return connections.every(({ state }) => state === 'StandAlone');
}

function hasGivenUp({ connections }: ResourceNow): boolean {
  return connections.some(({ state }) => state === 'StandAlone' || state === 'Disconnecting');
}

function namesOf(resources: readonly ResourceNow[]): string {
  const names = resources.map(({ name }) => name);
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 160);
}
