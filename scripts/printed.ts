/** Documents show what commands print. `node scripts/printed.ts` prints it anew into them; a test holds that it is current.
 *  A block begins with ```console; each line `$ nwctl …` in it is run from the project's folder, `$ echo $?` gives its exit code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFrom } from '../src/console/disk.ts';
import { outsideOf } from '../src/console/outside.ts';
import { run } from '../src/console/run.ts';
import { withWalked } from './walked.ts';

const root = join(import.meta.dirname, '..');
export const documents: readonly string[] = ['README.md', 'docs/workflows.md', 'docs/asking.md'].map((file) =>
  join(root, file),
);
/** These walk through a change, in a repository of their own: `walked.ts`. */
export const walks: readonly string[] = [join(root, 'docs/review.md')];

export async function withPrinted(text: string): Promise<string> {
  const parts = text.split(/(```console\n[\s\S]*?```)/);
  const printed: string[] = [];
  for (const part of parts) printed.push(part.startsWith('```console\n') ? await block(part) : part);
  return printed.join('');
}

async function block(text: string): Promise<string> {
  const commands = text.split('\n').filter((line) => line.startsWith('$ '));
  const lines: string[] = [];
  let code = 0;
  for (const command of commands) {
    lines.push(command);
    if (command === '$ echo $?') {
      lines.push(String(code));
      continue;
    }
    const [program, ...args] = wordsOf(command.slice(2));
    if (program !== 'nwctl') throw new Error(`a document shows \`${command}\`, which is not run here`);
    const { signal } = new AbortController();
    const outside = outsideOf(
      () => process.stdin,
      () => undefined,
      signal,
    );
    let out = '';
    const write = (printed: string): void => {
      out += printed;
    };
    code = await run(args, {
      calledAs: 'nwctl',
      out: { write, isTerminal: false },
      err: { write, isTerminal: false },
      stdin: (async function* () {})(),
      env: {},
      cwd: root,
      disk: diskFrom(join(root, 'src')),
      nowMs: () => 0,
      monotonicMs: () => 0,
      runtime: 'v24',
      interrupted: signal,
      ...outside,
    });
    await outside.close();
    lines.push(out.trimEnd());
  }
  return ['```console', ...lines, '```'].join('\n');
}

/** As a shell takes them apart, as far as documents need one. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, inside]) => inside ?? word);
}

if (process.argv[1] === import.meta.filename) {
  process.chdir(root);
  for (const file of documents) writeFileSync(file, await withPrinted(readFileSync(file, 'utf8')));
  for (const file of walks) writeFileSync(file, withWalked(readFileSync(file, 'utf8')));
}
