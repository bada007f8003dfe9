import { type KubeObject, kindOf } from '../kernel/raw.ts';
import type { Inbox, WatchEvent } from '../operator/inbox.ts';
import type { ApiServer } from './api.ts';
import type { TrueTime } from './clock.ts';

/** One operator's watches: every change comes some milliseconds after it was made, in order. While they are cut nothing comes and
 *  nobody says so; when they are mended the operator is told, or it would never list again. */
export interface Watches extends Inbox {
  cut(): void;
  mend(): void;
  /** The process is new: what was under way to the one before is nobody's. */
  clear(): void;
}

const bookmarkEveryMs = 10_000;

export function watchesOf(api: ApiServer, time: TrueTime, delayMs: number): Watches {
  let underWay: { readonly dueAtMs: number; readonly event: WatchEvent }[] = [];
  let cuts = 0;
  let markedAtMs = time.nowMs;
  const kinds = new Set<string>();
  api.onWrite(({ before, after }) => {
    const object = (after ?? before) as KubeObject; // one of the two is there
    kinds.add(kindOf(object));
    const event: WatchEvent = after === undefined ? { kind: 'gone', object } : { kind: 'changed', object };
    if (cuts === 0) underWay.push({ dueAtMs: time.nowMs + delayMs, event });
  });
  const ofEveryKind = (kind: 'alive' | 'lost'): readonly WatchEvent[] => [...kinds].sort().map((of) => ({ kind, of }));
  return {
    take() {
      const here = underWay.findIndex(({ dueAtMs }) => dueAtMs > time.nowMs);
      const events = underWay.slice(0, here === -1 ? underWay.length : here).map(({ event }) => event);
      underWay = here === -1 ? [] : underWay.slice(here);
      if (cuts > 0 || time.nowMs - markedAtMs < bookmarkEveryMs) return events;
      markedAtMs = time.nowMs;
      return [...events, ...ofEveryKind('alive')];
    },
    cut() {
      cuts += 1;
    },
    mend() {
      cuts -= 1;
      if (cuts > 0) return;
      for (const event of ofEveryKind('lost')) underWay.push({ dueAtMs: time.nowMs + delayMs, event });
    },
    clear() {
      underWay = [];
    },
  };
}
