import type { KubeObject } from '../kernel/raw.ts';

/** What watches tell. A watch of a kind begins where the operator's own list of it was answered. */
export type WatchEvent =
  | { readonly kind: 'changed'; readonly object: KubeObject }
  | { readonly kind: 'gone'; readonly object: KubeObject }
  /** A bookmark: nothing happened, and the watch is alive. */
  | { readonly kind: 'alive'; readonly of: string }
  /** It ended, or may have left something out: the kind is listed again. */
  | { readonly kind: 'lost'; readonly of: string };

/** Where watches leave what they hear; the operator takes it between two instructions. */
export interface Inbox {
  /** Everything since the last time, in the order in which it came. */
  take(): readonly WatchEvent[];
}
