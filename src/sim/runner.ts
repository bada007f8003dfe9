import type { Answer } from '../agent/instruction.ts';
import type { OperatorInstruction } from '../operator/instruction.ts';
import type { Clock } from './clock.ts';
import type { Running } from './running.ts';
import type { Watches } from './watch.ts';
import type { Fate } from './wire.ts';

/** What a program asks; only an operator asks for a second opinion. */
export type Asked = OperatorInstruction;
export type Program = Generator<Asked, unknown, Answer>;

/** What a program is handed when it is started. */
export interface Life {
  readonly name: string;
  readonly clock: Clock;
  /** 1 for the first. */
  readonly incarnation: number;
  readonly watches: Watches;
}

export interface Runner {
  readonly name: string;
  readonly kind: 'agent' | 'operator';
  /** Whose host it runs on; an operator's disk is its own. */
  readonly node: string | undefined;
  readonly clock: Clock;
  readonly watches: Watches;
  readonly running: Running<Asked, Answer>;
  /** Started again when it ends, after so long; while it is held down, not. */
  downUntilMs: number;
  /** Suspended: what it is answered it hears later. */
  paused: boolean;
  readonly held: (() => void)[];
  /** Counts instructions that change something, down to a death. */
  dying: { left: number; when: 'before' | 'after'; readonly downMs: number } | undefined;
}

/** Who looks on, and what each saw. Nothing that is looked at can change because of it. */
export interface Onlooker {
  /** A process asks for something. It may be carried out much later, or never. */
  asked?(runner: Runner, instruction: Asked): void;
  /** What becomes of a request that it sends. */
  sent?(runner: Runner, fate: Fate, isWrite: boolean): void;
  /** A process was answered by its host, by the API server or by LINSTOR: it has really been carried out. */
  carriedOut?(runner: Runner, instruction: Asked, answer: Answer): void;
  started?(runner: Runner): void;
  ended?(runner: Runner, why: 'killed' | 'returned'): void;
  /** The world may have changed. */
  moved?(): void;
  powered?(node: string, power: 'up' | 'hung' | 'off' | 'booting'): void;
}
