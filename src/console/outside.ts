import type { World } from './world.ts';

/** A person has to find the token and touch it. */
const signerTimeoutMs = 120_000;

/** What few commands need from outside. It is loaded when it is asked for. */
export function outsideOf(
  terminal: () => NodeJS.ReadStream,
  say: (text: string) => void,
  interrupted: AbortSignal,
): Pick<World, 'randomBytes' | 'askSecret' | 'runSigner' | 'logFolder' | 'logSink' | 'serveLogs' | 'gitTree'> {
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
  };
}
