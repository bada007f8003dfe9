/** The two clocks of a machine, as whoever runs the operator hands them in. */
export interface Clock {
  /** What the machine believes the time to be, milliseconds since the epoch. It may jump. */
  wallMs(): number;
  /** Never goes back and never jumps. */
  monotonicMs(): number;
}

/** The observer's clock: the wall clock's word at the start, and from then on only what the monotonic one measures, so that
 *  nothing that somebody does to the wall clock makes a fact younger or a lease longer. Whole milliseconds. */
export function steadyClock(clock: Clock): () => number {
  const ahead = clock.wallMs() - clock.monotonicMs();
  return () => Math.floor(clock.monotonicMs() + ahead);
}
