import type { Order } from '../../kernel/workflow.ts';
import type { Operation } from '../instruction.ts';
import { drbdResumeIo } from '../programs.ts';
import { isResource, lookAtDrbd } from './drbd-look.ts';
import { diskfulNodes, placedOf, resourceOf, type SnapshotNow, snapshotOf, tell } from './linstor-call.ts';
import { done, failed, type Result, refused } from './result.ts';

/** One name a workflow, so that a repeated order finds what the first one took. */
export function snapshotName(workflow: string): string | undefined {
  const short = workflow.slice(0, 8);
  return /^[A-Za-z0-9-]{8}$/.test(short) ? `nodewright-${short}` : undefined;
}

/** LINSTOR freezes the I/O of every copy for it, and has forgotten to let it flow again (linstor-server #138, #524): whatever
 *  became of the snapshot, this node's own is looked at. A snapshot with fewer nodes than copies also calls itself
 *  SUCCESSFUL, and one that failed stays. */
export function* snapshot(order: Order): Operation<Result> {
  const [resource, name] = [resourceOf(order.object), snapshotName(order.workflow)];
  if (!isResource(resource) || name === undefined) return failed('no such volume, or no such workflow');
  const placed = yield* placedOf(resource);
  if (placed === undefined) return refused(`where LINSTOR keeps ${resource} is not known`);
  const copies = diskfulNodes(placed);
  const before = yield* snapshotOf(resource, name);
  if (before === undefined) return refused(`whether ${name} stands is not known`);
  if (before !== 'none' && isWhole(before, copies)) return yield* flowing(resource, done(`${name} stands`));
  const frozen = (yield* lookAtDrbd())?.some((one) => one.name === resource && one.suspendedUser === true);
  if (frozen === true) return failed(`somebody holds the I/O of ${resource}`);
  const path = `/v1/resource-definitions/${encodeURIComponent(resource)}/snapshots`;
  if (before !== 'none') yield* tell('DELETE', `${path}/${name}`);
  const said = yield* tell('POST', path, { name });
  const after = yield* snapshotOf(resource, name);
  const result =
    after !== undefined && after !== 'none' && isWhole(after, copies)
      ? done(`${name} stands on ${copies.join(', ')}`)
      : failed(`${name} was not seen to be whole. ${said}`);
  return yield* flowing(resource, result);
}

export function* dropSnapshot(order: Order): Operation<Result> {
  const [resource, name] = [resourceOf(order.object), snapshotName(order.workflow)];
  if (!isResource(resource) || name === undefined) return failed('no such volume, or no such workflow');
  const before = yield* snapshotOf(resource, name);
  if (before === undefined) return refused(`whether ${name} stands is not known`);
  if (before === 'none') return done(`${name} does not stand`);
  const said = yield* tell('DELETE', `/v1/resource-definitions/${encodeURIComponent(resource)}/snapshots/${name}`);
  const after = yield* snapshotOf(resource, name);
  return after === 'none' ? done(`${name} is deleted`) : failed(`${name} was not seen to go. ${said}`);
}

function isWhole({ flags, nodes }: SnapshotNow, copies: readonly string[]): boolean {
  return flags.includes('SUCCESSFUL') && !flags.includes('DELETE') && copies.every((node) => nodes.includes(node));
}

/** The result, if this node's I/O of the resource flows after it; what a snapshot left frozen is let go. */
function* flowing(resource: string, result: Result): Operation<Result> {
  const held = yield* isFrozen(resource);
  if (held === false) return result;
  if (held === true) yield drbdResumeIo(resource);
  const still = held === true ? yield* isFrozen(resource) : undefined;
  if (still === false) return result;
  return failed(
    `${result.why}; whether the I/O of ${resource} flows is ${still === true ? 'seen: it does not' : 'not known'}`,
  );
}

/** False too where this node has no part in it. */
function* isFrozen(resource: string): Operation<boolean | undefined> {
  const drbd = yield* lookAtDrbd();
  if (drbd === undefined) return undefined;
  const own = drbd.find(({ name }) => name === resource);
  return own === undefined ? false : own.suspendedUser;
}
