/** One running program of the site, an agent or an operator: a generator that says what it wants done, one thing at a time. It
 *  can be killed between any two of them, before one is carried out or after and before its answer is heard; what it had in
 *  its memory is gone then, and only what its host and the API server keep is found by the next. */
export interface Running<I, A> {
  readonly name: string;
  readonly alive: boolean;
  /** How often it was started. */
  readonly incarnation: number;
  /** Since its first start. */
  readonly instructions: number;
  start(): void;
  kill(): void;
  /** What it waits for, if it does. */
  readonly waitsFor: I | undefined;
  /** The answer to what was asked under this number; one to anything older, or to a dead one, is heard by nobody. */
  hear(asked: number, answer: A): void;
}

/** Where a process may die: asked at each instruction, before it is carried out. */
export type Death = 'before' | 'after' | undefined;

export interface Around<I, A> {
  readonly program: () => Generator<I, unknown, A>;
  /** Carries it out, now or later, and sees to it that `hear(asked, …)` follows, or that it never does. */
  carryOut(instruction: I, asked: number, self: Running<I, A>): void;
  dies(instruction: I): Death;
  /** It was killed, or came to an end by itself. */
  ended?(why: 'killed' | 'returned'): void;
}

export function runningOf<I, A>(name: string, around: Around<I, A>): Running<I, A> {
  let program: Generator<I, unknown, A> | undefined;
  let waitsFor: I | undefined;
  let asked = 0;
  let incarnation = 0;

  const stop = (why: 'killed' | 'returned'): void => {
    // Not `return()`: a killed process runs nothing more, not even what stands under `finally`.
    program = undefined;
    waitsFor = undefined;
    asked += 1;
    around.ended?.(why);
  };
  const issue = (turn: IteratorResult<I, unknown>): void => {
    if (turn.done === true) {
      stop('returned');
      return;
    }
    const death = around.dies(turn.value);
    if (death === 'before') {
      stop('killed');
      return;
    }
    asked += 1;
    waitsFor = turn.value;
    around.carryOut(turn.value, asked, self);
    if (death === 'after' && program !== undefined) stop('killed');
  };
  const self: Running<I, A> = {
    name,
    get alive() {
      return program !== undefined;
    },
    get incarnation() {
      return incarnation;
    },
    get instructions() {
      return asked;
    },
    get waitsFor() {
      return waitsFor;
    },
    start() {
      if (program !== undefined) return;
      incarnation += 1;
      program = around.program();
      issue(program.next());
    },
    kill() {
      if (program !== undefined) stop('killed');
    },
    hear(number, answer) {
      if (program === undefined || number !== asked) return;
      waitsFor = undefined;
      issue(program.next(answer));
    },
  };
  return self;
}
