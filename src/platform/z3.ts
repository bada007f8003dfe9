import { init, killThreads } from 'z3-solver';
import type { Problem, Solver } from '../witness/solver.ts';

/** Z3 from npm, as WebAssembly. It works in threads of its own, and those keep a process alive until `close`. */
export interface Z3Solver extends Solver {
  close(): Promise<void>;
}

export async function z3(): Promise<Z3Solver> {
  const { Z3: api, em } = await init();
  const { major, minor, build_number: patch } = api.get_version();
  return {
    name: `Z3 ${major}.${minor}.${patch}`,
    problem: async () => {
      const config = api.mk_config();
      const context = api.mk_context(config);
      api.del_config(config);
      const ask = async (text: string): Promise<string> => {
        const answer = (await api.eval_smtlib2_string(context, text)).trim();
        if (answer.includes('(error')) throw new Error(`invariant broken: the solver does not understand: ${answer}`);
        return answer;
      };
      await ask('(set-logic QF_FD)');
      return new Z3Problem(ask, () => api.del_context(context));
    },
    close: () => killThreads(em),
  };
}

class Z3Problem implements Problem {
  readonly #ask: (text: string) => Promise<string>;
  readonly #free: () => void;

  constructor(ask: (text: string) => Promise<string>, free: () => void) {
    this.#ask = ask;
    this.#free = free;
  }

  async add(text: string): Promise<void> {
    await this.#ask(text);
  }

  async check(assumed: readonly string[], withinMs: number): Promise<'sat' | 'unsat' | 'unknown'> {
    const limit = Math.max(1, Math.min(Math.floor(withinMs), 2 ** 31 - 1));
    const answer = await this.#ask(`(set-option :timeout ${limit})(check-sat-assuming (${assumed.join(' ')}))`);
    return answer === 'sat' || answer === 'unsat' ? answer : 'unknown';
  }

  async values(names: readonly string[]): Promise<readonly number[]> {
    if (names.length === 0) return [];
    const answer = await this.#ask(`(get-value (${names.join(' ')}))`);
    const found = [...answer.matchAll(/\s(true|false|#b[01]+|#x[0-9a-f]+)\s*\)/g)].map(([, word = '']) =>
      numberOf(word),
    );
    if (found.length !== names.length)
      throw new Error('invariant broken: the solver answers for every name it is asked');
    return found;
  }

  async close(): Promise<void> {
    this.#free();
  }
}

function numberOf(word: string): number {
  if (word === 'true' || word === 'false') return word === 'true' ? 1 : 0;
  return Number.parseInt(word.slice(2), word.startsWith('#b') ? 2 : 16);
}
