import type { Unreadable } from '../kernel/fact.ts';
import { connectionStates, replicationStates, resyncSuspendReasons } from '../kernel/vocabulary/connection.ts';
import { diskStates, drbdRoles, suspendReasons } from '../kernel/vocabulary/replica.ts';
import { unreadable } from './say.ts';

/** DRBD's words, and the readers of single values that its JSON and its texts share. A word that is not in the list is
 *  kept as it came, unreadable; what is not there at all stays undefined and is said by nobody. */
type Words = ReadonlySet<unknown>;

export const roleWords: Words = new Set(drbdRoles);
export const diskWords: Words = new Set(diskStates);
export const connectionWords: Words = new Set(connectionStates);
export const replicationWords: Words = new Set(replicationStates);
export const suspendWords: Words = new Set(suspendReasons);
export const resyncSuspendWords: Words = new Set(resyncSuspendReasons);
export const none: readonly string[] = [];

/** Letters of our ids in a name would make one subject look like another (`pvc-7/1` is volume 1 of `pvc-7`); DRBD and
 *  LINSTOR allow none of them. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length > 0 && !/[/@:\s]/.test(name);
}

export function isVolume(volume: unknown): volume is number {
  return Number.isInteger(volume) && (volume as number) >= 0 && (volume as number) <= 65_535;
}

export function word(words: Words, value: unknown): string | Unreadable | undefined {
  return value === undefined || words.has(value) ? (value as string | undefined) : unreadable(value);
}

export function bool(value: unknown): boolean | Unreadable | undefined {
  return typeof value === 'boolean' || value === undefined ? value : unreadable(value);
}

/** DRBD counts in KiB. Below zero, in fractions or past what a double counts exactly it is no amount. */
export function bytesOfKib(kib: unknown): number | Unreadable | undefined {
  if (kib === undefined) return undefined;
  const bytes = typeof kib === 'number' ? kib * 1024 : Number.NaN;
  return Number.isSafeInteger(kib) && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : unreadable(kib);
}

/** `no`, or a comma list of reasons. */
export function reasonsOf(words: Words, value: unknown): readonly string[] | Unreadable | undefined {
  if (value === 'no') return none;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return unreadable(value);
  const reasons = [...new Set(value.split(','))].sort();
  return reasons.every((reason) => words.has(reason)) ? reasons : unreadable(value);
}
