import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Ask } from './mutate-worker.ts';

/** Tests that are run together, and how long they may take. */
export interface Group {
  readonly tests: readonly string[];
  readonly withinMs: number;
}

/** A process that tries mutants in its own copy of the project, one after the other. One that does not answer in time is
 *  ended, and the next question starts another. */
export class MutationProcess {
  readonly #place: string;
  #child: ChildProcess | undefined;

  constructor(place: string) {
    this.#place = place;
  }

  /** Which test notices, or undefined if none does. Each group of tests is given so long before it counts as noticing. */
  async noticed(change: Omit<Ask, 'tests'>, groups: readonly Group[]): Promise<string | undefined> {
    for (const { tests, withinMs } of groups) {
      const answer = await this.ask({ ...change, tests }, withinMs);
      if (answer === undefined) {
        writeFileSync(join(this.#place, change.file), change.original);
        return 'no answer in time';
      }
      if (answer.killedBy !== undefined) return answer.killedBy;
    }
    return undefined;
  }

  /** Undefined: the process did not answer and was ended. The next question starts another. */
  async ask(ask: Ask, withinMs: number): Promise<Answer | undefined> {
    this.#child ??= await this.#start();
    const child = this.#child;
    return new Promise((resolve) => {
      const settle = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        if (answer === undefined) {
          child.kill('SIGKILL');
          this.#child = undefined;
        }
        resolve(answer);
      };
      const timer = setTimeout(() => settle(undefined), withinMs);
      child.once('message', (answer) => settle(answer as Answer));
      child.once('exit', () => settle(undefined));
      child.send(ask);
    });
  }

  async #start(): Promise<ChildProcess> {
    const few = {
      NW_RUNS_SHARE: '0.004',
      NW_RUNS_STORE: '60',
      NW_RUNS_QUORUM: '300',
      NW_RUNS_NORMALISE: '15',
      NW_SEED: '20260304',
    };
    const env = { ...process.env, ...few, NO_COLOR: '1' };
    const child = fork(join(import.meta.dirname, 'mutate-worker.ts'), [this.#place], {
      cwd: this.#place,
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', () => reject(new Error('a worker ended before it began')));
    });
    child.removeAllListeners('exit');
    return child;
  }

  end(): void {
    this.#child?.kill();
  }
}
