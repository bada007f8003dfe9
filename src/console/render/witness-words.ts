import type { MadeUpSite, NoneWithin, Unfinished } from '../../witness/answer.ts';
import { type Bound, sizesOf } from '../../witness/bound.ts';
import { count } from './count.ts';

/** What was answered of any site within a bound, in words. *None* is said of what was looked at to its end, and of nothing else. */

/** `3 nodes, 3 volumes, 9 replicas, 18 connections, 3 VMs`. */
export function boundWords(bound: Bound): string {
  return Object.entries(sizesOf(bound))
    .map(([plural, of]) => count(of, thingOf(plural.slice(0, -1))))
    .join(', ');
}

export function answerWords(answer: NoneWithin | Unfinished): string {
  if (answer.kind === 'none') return `none within ${boundWords(answer.within)}`;
  if (answer.none === undefined) return 'not finished: not even the smallest sites were looked at to the end';
  return `not finished: none within ${boundWords(answer.none)}; larger not looked at`;
}

/** `2 nodes and 1 VM`: whoever is on its lists. */
export function sizeWords({ lists }: MadeUpSite): string {
  const sizes = lists.filter(({ members }) => members.length > 0);
  const words = sizes.map(({ kind, members }) => count(members.length, thingOf(kind)));
  const last = words.pop();
  if (last === undefined) return 'nobody who is listed';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

function thingOf(kind: string): string {
  return kind === 'vm' ? 'VM' : kind;
}
