import type { Operation } from '../agent/instruction.ts';
import { heldBy, type LeaseName, leaseKind, readLease } from '../crd/lease.ts';
import type { KubeObject } from '../kernel/raw.ts';
import { parseLockHolder } from '../kernel/workflow.ts';
import type { LockWrite } from '../kernel/workflow-decision.ts';
import { type Desk, type Stopped, writeObject } from './desk.ts';

/** What to do about the site lock: write, nothing because it is so already, or why not. */
export type LockMove =
  | { readonly kind: 'write'; readonly object: KubeObject }
  | { readonly kind: 'already' }
  | { readonly kind: 'not'; readonly why: 'missing' | 'foreign' | 'newer'; readonly says: string };

/** INVARIANT K7: it is taken only if it is free, or ours of an older epoch; only ours is given back. The decision says who must
 *  hold it before; that it is one of us is looked at here once more, whatever the decision says. Pure. */
export function lockMove(
  lease: KubeObject | undefined,
  write: LockWrite,
  us: { readonly uid: string; readonly epoch: number },
): LockMove {
  if (lease === undefined) return { kind: 'not', why: 'missing', says: 'the Lease of the site lock is not there' };
  const read = readLease(lease);
  if (!read.ok) return { kind: 'not', why: 'foreign', says: `${read.field} ${read.says}` };
  const { holder } = read.value;
  if (holder === write.to) return { kind: 'already' };
  if (holder !== write.from) return { kind: 'not', why: 'newer', says: `is held by ${holder ?? 'nobody'}` };
  const before = holder === null ? undefined : parseLockHolder(holder);
  const isOurs = before !== undefined && before.uid === us.uid && before.epoch <= us.epoch;
  const after = write.to === null ? undefined : parseLockHolder(write.to);
  const toUs = after !== undefined && after.uid === us.uid && after.epoch === us.epoch;
  const may = write.do === 'take' ? toUs && (holder === null || isOurs) : write.to === null && isOurs;
  if (!may) return { kind: 'not', why: 'foreign', says: `is held by ${holder ?? 'nobody'}` };
  return { kind: 'write', object: heldBy(read.value, write.to) };
}

export function* writeLock(
  desk: Desk,
  lease: LeaseName | undefined,
  write: LockWrite,
  us: { readonly uid: string; readonly epoch: number },
): Operation<Stopped | undefined> {
  if (lease === undefined) return stopped('missing', 'the profile names no lock', '');
  const found = desk.find(leaseKind, lease.name, lease.namespace);
  const move = lockMove(found, write, us);
  switch (move.kind) {
    case 'already':
      return undefined;
    case 'write':
      return yield* writeObject(desk, 'lock', 'update', move.object);
    case 'not':
      desk.doubt(leaseKind, lease.name, lease.namespace);
      return stopped(move.why, move.says, `${lease.namespace}/${lease.name}`);
  }
}

function stopped(why: Stopped['why'], says: string, about: string): Stopped {
  return { kind: 'stopped', at: 'lock', why, about: `Lease ${about}`, says };
}
