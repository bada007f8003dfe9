import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Ask } from './mutate-worker.ts';

/** A process that tries mutants in its own copy of the project, one after the other. One that does not answer in time is
 *  ended, and the next question starts another. */
export class MutationProcess {
  readonly #place: string;
  #child: ChildProcess | undefined;

  constructor(place: string) {
    this.#place = place;
  }

  /** Which test notices, or undefined if none does. */
  async noticed(ask: Ask, withinMs: number): Promise<string | undefined> {
    if (ask.tests.length === 0) return undefined;
    const answer = await this.ask(ask, withinMs);
    if (answer !== undefined) return answer.killedBy;
    writeFileSync(join(this.#place, ask.file), ask.original);
    return 'no answer in time';
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
    const env = { ...process.env, NW_RUNS_SHARE: '0.01', NW_SEED: '20260304', NO_COLOR: '1' };
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
