import { type FaultKind, faultNames } from '../fault-kinds.ts';

/** How much longer than its age says something that was seen may really be under way, undisturbed: a report is written after
 *  the look, a decision after the report, a write after the decision. */
export const plainSlackMs = 15_000;

/** What lengthens the way without anybody on it being able to tell. */
const more: Readonly<Partial<Record<FaultKind, number>>> = {
  'api-slow': 60_000,
  'api-late': 60_000,
  'api-twice': 30_000,
  'api-stale': 60_000,
  'api-unheard': 30_000,
  'second-leader': 180_000,
  'node-hangs': 150_000,
  'clock-drifts': 15_000,
  'linstor-lies': 130_000,
  'watch-lost': 10_000,
  'api-away': 1_000, // nobody can say anything as long as it lasts
};

/** For so long after its end a fault still lengthens it. */
const lingersMs = 3 * 60_000;

export interface Slack {
  begun(kind: FaultKind): void;
  ended(kind: FaultKind, atMs: number): void;
  atMs(nowMs: number): number;
  /** Whether this is at work, or was until just now. */
  feels(kind: FaultKind, nowMs: number): boolean;
}

export function slackOf(): Slack {
  const running = new Map<FaultKind, number>();
  const endedAtMs = new Map<FaultKind, number>();
  const feels = (kind: FaultKind, nowMs: number): boolean => {
    const ended = endedAtMs.get(kind) ?? Number.NEGATIVE_INFINITY;
    return (running.get(kind) ?? 0) > 0 || nowMs - ended < lingersMs;
  };
  return {
    feels,
    begun(kind) {
      running.set(kind, (running.get(kind) ?? 0) + 1);
    },
    ended(kind, atMs) {
      running.set(kind, (running.get(kind) ?? 1) - 1);
      endedAtMs.set(kind, atMs);
    },
    atMs(nowMs) {
      let slack = plainSlackMs;
      for (const kind of faultNames) if (feels(kind, nowMs)) slack += more[kind] ?? 0;
      return slack;
    },
  };
}
