import type { KubeObject } from '../kernel/raw.ts';
import { formatDuration } from '../kernel/value.ts';
import type { TrueTime } from './clock.ts';
import type { Jury } from './oracles/jury.ts';
import { type Patience, saidOf } from './patience.ts';
import type { Progress } from './progress.ts';
import type { RunEnd } from './story.ts';
import type { Plan } from './strike.ts';
import type { Transcript } from './transcript.ts';

/** When a run is over, and with what. */
export interface Ending {
  /** Called now and then. May move the time on. */
  look(): void;
  isOver(): boolean;
  /** Milliseconds that were left out, since nothing happened in them. */
  readonly leaptMs: number;
  readonly end: RunEnd;
  /** Why it halted or went back, or what it waits for; empty where it did not. */
  readonly because: string;
}

export interface Ended {
  readonly time: TrueTime;
  readonly jury: Jury;
  readonly progress: Progress;
  readonly plan: Plan;
  readonly patience: Patience;
  readonly transcript: Transcript;
  /** The workflow's object as it stands. */
  standing(): KubeObject | undefined;
}

/** After it has come to rest it is watched a little longer: nothing may act any more. */
const watchedOnMs = 60_000;

export function endingOf({ time, jury, progress, plan, patience, transcript, standing }: Ended): Ending {
  let overdue: string | undefined;
  let leaptMs = 0;
  const wait = (): void => {
    const { status } = jury;
    const object = standing();
    if (object === undefined || status?.outcome !== undefined || jury.handsOff !== undefined) return;
    const waits = patience.look(time.nowMs, status, object, plan.open === 0);
    if (waits.kind === 'overdue') overdue = saidOf(object, 'Overdue');
    if (waits.kind !== 'leap') return;
    transcript.tell(time.nowMs, 'time', `nothing moves, and ${formatDuration(waits.ms)} go by`);
    leaptMs += waits.ms;
    time.nowMs += waits.ms;
  };
  return {
    look() {
      jury.tick();
      wait();
      progress.handsAreOff(jury.handsOff !== undefined);
    },
    isOver: () => plan.open === 0 && (overdue !== undefined || time.nowMs - progress.restedAtMs > watchedOnMs),
    get leaptMs() {
      return leaptMs;
    },
    get end() {
      if (progress.outcome !== undefined) return progress.outcome;
      if (jury.handsOff !== undefined) return 'halted';
      return overdue === undefined ? 'bound' : 'overdue';
    },
    get because() {
      return progress.outcome === undefined ? (jury.handsOff ?? overdue ?? '') : progress.because;
    },
  };
}
