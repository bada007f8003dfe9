import { spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';

/** A shell at a terminal of its own, and what is typed there before the first TAB. */
const shells = [
  { shell: 'bash', start: 'bash --norc --noprofile -i', prepare: 'source <(nwctl completion bash)' },
  {
    shell: 'zsh',
    start: 'zsh -f -i',
    prepare: 'autoload -U compinit; compinit -D -u; source <(nwctl completion zsh)',
  },
  { shell: 'fish', start: 'fish --no-config -i', prepare: 'nwctl completion fish | source' },
] as const;

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const bin = folderWith({
  nwctl: `#!/bin/sh\nexec '${process.execPath}' '${resolve('src/console/main.ts')}' "$@"\n`,
});
chmodSync(join(bin, 'nwctl'), 0o755);
const env = { PATH: `${bin}:${process.env.PATH}`, HOME: bin, TERM: 'xterm', LC_ALL: 'C.UTF-8' };

/** Types the lines with a TAB after each, and answers with what the shell made of them: their words. */
async function completed(
  { start, prepare }: (typeof shells)[number],
  lines: readonly string[],
): Promise<readonly string[]> {
  const terminal = spawn('script', ['-qec', start, '/dev/null'], { env, cwd: resolve('.'), stdio: 'pipe' });
  let seen = '';
  let look = (): void => undefined;
  terminal.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    look();
  });
  const answers = (count: number): Promise<readonly string[]> =>
    new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`no answer from the shell:\n${seen}`)), 30_000);
      look = () => {
        const found = [...seen.matchAll(/^\[([^\r\n]*)\]\r?$/gm)].map(([, words = '']) => words.replaceAll('[', ' '));
        if (found.length < count) return;
        clearTimeout(late);
        done(found);
      };
      look();
    });
  try {
    // What stands between the brackets is printed by the shell; what was typed has other signs there.
    terminal.stdin.write(`${prepare}; printf '[%s]\\n' ready\n`);
    await answers(1);
    for (const [at, line] of lines.entries()) {
      // TAB; then to the start of the line (^A) to print its words instead of running it.
      terminal.stdin.write(`${line}\t\u0001printf '[%s' \u0005; printf ']\\n'\n`);
      await answers(at + 2);
    }
    // Some shells take the slash of a folder away where a space follows, some do not.
    return (await answers(lines.length + 1)).slice(1).map((line) => line.replace(/\/$/, ''));
  } finally {
    terminal.kill();
  }
}

const site = '-p profiles/three-node -c captures/calm';
/** What is typed before TAB, and what stands there after it. */
const typed = [
  ['nwctl ev', 'nwctl eval'],
  ['nwctl eval --pro', 'nwctl eval --profile'],
  ['nwctl eval --output=s', 'nwctl eval --output=sarif'],
  ['nwctl eval --profile profil', 'nwctl eval --profile profiles'],
  ['nwctl capture sh', 'nwctl capture show'],
  ['nwctl capture show captures/calm/capt', 'nwctl capture show captures/calm/capture.yaml'],
  [`nwctl why ${site} node-may-r`, `nwctl why ${site} node-may-restart`],
  [`nwctl why ${site} bond-in-mode node-a/`, `nwctl why ${site} bond-in-mode node-a/bond1`],
  [`nwctl eval ${site} --gate snapshot-m`, `nwctl eval ${site} --gate snapshot-may-start`],
  [
    `nwctl why ${site} connection-sources-disagree pvc-1da46351@node-a:`,
    `nwctl why ${site} connection-sources-disagree pvc-1da46351@node-a:node-`,
  ],
] as const;

// A shell that is not here cannot be asked; `npm test` ends by saying which those are.
describe.each(shells)('$shell', (one) => {
  test.skipIf(!has('script') || !has(one.shell))('completes what is typed, at a terminal', async () => {
    expect(
      await completed(
        one,
        typed.map(([line]) => line),
      ),
    ).toEqual(typed.map(([, words]) => words));
  });
});
