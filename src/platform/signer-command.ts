import { spawn } from 'node:child_process';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';

const outputMax = 64 * 1024;

/** An HSM, a KMS or a token behind a command of somebody else's: it gets the bytes on standard input and prints the raw
 *  signature. No shell looks at the words. A command that fails, says nothing or takes too long has signed nothing. */
export function runSigner(
  [program = '', ...args]: readonly string[],
  bytes: Uint8Array,
  how: { readonly timeoutMs: number; readonly interrupted: AbortSignal },
): Promise<Loaded<Uint8Array>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let says = '';
    const signal = AbortSignal.any([AbortSignal.timeout(how.timeoutMs), how.interrupted]);
    const fail = (why: string): void => resolve({ ok: false, faults: [failed(program, why)] });
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
    child.on('error', (problem: NodeJS.ErrnoException) => {
      if (problem.name === 'AbortError') fail(`did not end within ${how.timeoutMs / 1000} s`);
      else
        fail(problem.code === 'ENOENT' ? 'is not to be found' : `could not be started: ${problem.code ?? 'unknown'}`);
    });
    // It may have heard enough before it has heard everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= outputMax) chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (says.length < 1000) says += chunk.toString();
    });
    child.on('close', (code, killedBy) => {
      const reason = says.trim().split('\n')[0] ?? '';
      if (code !== 0) fail(`ended with ${killedBy ?? code}${reason === '' ? '' : `: ${reason}`}`);
      else if (size === 0 || size > outputMax) fail(`printed ${size} bytes, and a signature is asked for`);
      else resolve({ ok: true, value: Buffer.concat(chunks), warnings: [] });
    });
  });
}

function failed(program: string, why: string): Fault {
  return error('SIGNER_FAILED', { file: '', line: 0, col: 0 }, `the signer \`${program}\` ${why}`);
}
