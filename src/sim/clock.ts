/** The one true time of a simulation, milliseconds since the epoch. Only the loop turns it on; nobody inside reads it. */
export interface TrueTime {
  nowMs: number;
}

/** What one process, or one machine, believes of time. The wall clock can be wrong and can jump; the monotonic one never goes
 *  back and never jumps, and both run a little fast or slow. */
export interface Clock {
  wallMs(): number;
  /** Since the machine started, by its own measure. */
  monotonicMs(): number;
  /** How much true time goes by while this clock measures `ms`. */
  trueMs(ms: number): number;
  /** The wall clock is set to something else, as NTP or a person does. */
  jump(byMs: number): void;
  /** From now on it gains this many millionths. */
  drift(ppm: number): void;
  /** The machine starts anew: the monotonic clock counts from 0 again. */
  restart(): void;
}

export function clockOf(time: TrueTime): Clock {
  let rate = 1;
  let sinceMs = time.nowMs;
  let wallThen = time.nowMs;
  let monotonicThen = 0;
  /** What was measured so far is fixed before the clock changes. */
  const settle = (): void => {
    const measured = (time.nowMs - sinceMs) * rate;
    wallThen += measured;
    monotonicThen += measured;
    sinceMs = time.nowMs;
  };
  return {
    wallMs: () => Math.floor(wallThen + (time.nowMs - sinceMs) * rate),
    monotonicMs: () => Math.floor(monotonicThen + (time.nowMs - sinceMs) * rate),
    trueMs: (ms) => ms / rate,
    jump(byMs) {
      settle();
      wallThen += byMs;
    },
    drift(ppm) {
      settle();
      rate = 1 + ppm / 1_000_000;
    },
    restart() {
      settle();
      monotonicThen = 0;
    },
  };
}
