import { error } from '../kernel/fault.ts';
import type { Z3Solver } from '../platform/z3.ts';
import type { World } from './world.ts';

/** A person has to find the token and touch it. */
const signerTimeoutMs = 120_000;

export type Outside = Pick<
  World,
  'randomBytes' | 'askSecret' | 'runSigner' | 'logFolder' | 'logSink' | 'serveLogs' | 'gitTree' | 'solver'
> & {
  /** Whatever would keep the process alive. */
  close(): Promise<void>;
};

/** What few commands need from outside. It is loaded when it is asked for. */
export function outsideOf(
  terminal: () => NodeJS.ReadStream,
  say: (text: string) => void,
  interrupted: AbortSignal,
): Outside {
  let solver: Promise<Z3Solver> | undefined;
  return {
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    askSecret: async (question) => {
      const { askSecret } = await import('../platform/ask-secret.ts');
      return askSecret(question, terminal(), say);
    },
    runSigner: async (command, bytes) => {
      const { runSigner } = await import('../platform/signer-command.ts');
      return runSigner(command, bytes, { timeoutMs: signerTimeoutMs, interrupted });
    },
    logFolder: async (path) => (await import('../platform/file-disk.ts')).fileDisk(path),
    logSink: async (options) => (await import('../platform/http-sink.ts')).httpSink(options),
    serveLogs: async (options) => (await import('../platform/log-server.ts')).serveLogs(options),
    gitTree: async (revision, cwd) => (await import('../platform/git.ts')).gitTree(revision, cwd),
    solver: async () => {
      try {
        solver ??= import('../platform/z3.ts').then(({ z3 }) => z3());
        return { ok: true, value: await solver, warnings: [] };
      } catch (problem) {
        const at = { file: 'z3-solver', line: 1, col: 1 };
        return { ok: false, faults: [error('SOLVER', at, `the solver cannot be loaded: ${String(problem)}`)] };
      }
    },
    // That it could not be loaded was said when it was asked for.
    close: async () => (await solver?.catch(() => undefined))?.close(),
  };
}
