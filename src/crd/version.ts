import type { KubeObject } from '../kernel/raw.ts';
import { member } from './read.ts';

/** The resourceVersion that an update replaces; undefined where an object has none. */
export function versionOf(object: KubeObject): string | undefined {
  const version = member(object.metadata, 'resourceVersion');
  return typeof version === 'string' && version !== '' ? version : undefined;
}

/** Whether one copy of an object is older than another of the same UID. Resource versions of one resource may be compared
 *  as numbers (KEP 5504). Where one of them is no number nobody can tell, and then it is not. */
export function isOlder(copy: KubeObject, than: KubeObject): boolean {
  if (copy.metadata.uid !== than.metadata.uid) return false;
  const [left, right] = [versionOf(copy) ?? '', versionOf(than) ?? ''];
  if (!isNumber(left) || !isNumber(right)) return false;
  return left.length === right.length ? left < right : left.length < right.length;
}

function isNumber(text: string): boolean {
  return /^[1-9]\d*$/.test(text);
}
