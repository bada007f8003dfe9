/** What becomes of one request on its way to a server and back. Drawn by the faults that are at work; without any it arrives,
 *  is carried out once and is answered soon. */
export interface Fate {
  /** Until it arrives; past the asker's patience it is still carried out, and nobody hears of it. */
  readonly thereMs: number;
  readonly backMs: number;
  /** It never arrives, or its answer never does. */
  readonly lost?: 'request' | 'answer';
  /** It arrives a second time, so long after the first. The answer to the first is heard. */
  readonly againMs?: number;
  /** The server says no, without having done it. */
  readonly refused?: string;
  /** The server says that somebody was quicker, which is not so. */
  readonly conflict?: true;
  /** A read is served from a cache so old. */
  readonly staleMs?: number;
}

export interface Way<A> {
  /** Runs at a moment from now on. */
  later(afterMs: number, event: () => void): void;
  /** How long the asker waits. */
  readonly patienceMs: number;
  readonly unheard: A;
  serve(staleMs: number): A;
  refuse(why: string): A;
  readonly conflict: A;
  hear(answer: A): void;
}

/** One request under its fate. `serve` is called as often as the request arrives; `hear` exactly once. */
export function send<A>(fate: Fate, way: Way<A>): void {
  let heard = false;
  const hear = (answer: A): void => {
    if (heard) return;
    heard = true;
    way.hear(answer);
  };
  const serve = (): A => {
    if (fate.refused !== undefined) return way.refuse(fate.refused);
    if (fate.conflict === true) return way.conflict;
    return way.serve(fate.staleMs ?? 0);
  };
  const inTime = fate.lost === undefined && fate.thereMs + fate.backMs < way.patienceMs;
  if (fate.lost !== 'request') {
    way.later(fate.thereMs, () => {
      const answer = serve();
      if (inTime) way.later(fate.backMs, () => hear(answer));
      if (fate.againMs !== undefined) way.later(fate.againMs, () => void serve());
    });
  }
  if (!inTime) way.later(way.patienceMs, () => hear(way.unheard));
}
