import { init, killThreads } from 'z3-solver';
import type { Problem, Solver } from '../witness/solver.ts';

/** Z3 from npm, as WebAssembly. It works in threads of its own, and those keep a process alive until `close`. */
export interface Z3Solver extends Solver {
  close(): Promise<void>;
}

/** What there is of its WebAssembly beside the interface that is made for people. */
interface Inner {
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  ccall(name: string, answers: null, types: readonly 'number'[], values: readonly number[]): void;
  async_call(start: () => void): Promise<string>;
}

export async function z3(): Promise<Z3Solver> {
  const { Z3: api, em } = await init();
  const inner: Inner = em;
  /** `Z3.eval_smtlib2_string` puts the text on the stack of the thread that calls, which may be gone before the thread that works has
   *  read it. So the text is put where it stays until there is an answer. */
  const evaluate = async (context: number, text: string): Promise<string> => {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = inner._malloc(bytes.length);
    new Uint8Array(inner.HEAPU32.buffer).set(bytes, at);
    try {
      return await inner.async_call(() => {
        inner.ccall('async_Z3_eval_smtlib2_string', null, ['number', 'number'], [context, at]);
      });
    } finally {
      inner._free(at);
    }
  };
  const { major, minor, build_number: patch } = api.get_version();
  return {
    name: `Z3 ${major}.${minor}.${patch}`,
    problem: async () => {
      const config = api.mk_config();
      const context = api.mk_context(config);
      api.del_config(config);
      const ask = async (text: string): Promise<string> => {
        const answer = (await evaluate(context as unknown as number, text)).trim();
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
