/** A document that walks a change of rules through a repository of its own: a copy of what is shipped, committed as `main`. What its
 *  ```diff blocks say is applied to it, and what its ```console blocks type is run in it, by a shell, in the order in which they stand. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const copied = ['profiles', 'captures'];
const block = /^```(?:console|diff)\n[\s\S]*?^```/gm;

export function withWalked(text: string): string {
  const walk = new Walk();
  try {
    return text.replaceAll(block, (part) => {
      if (part.startsWith('```console\n')) return printed(part, walk);
      walk.apply(insideOf(part));
      return part;
    });
  } finally {
    walk.end();
  }
}

/** What a document's ```diff blocks say. */
export function changesIn(text: string): readonly string[] {
  return [...text.matchAll(block)]
    .map(([part]) => part)
    .flatMap((part) => (part.startsWith('```diff\n') ? [insideOf(part)] : []));
}

function insideOf(part: string): string {
  return part.split('\n').slice(1, -1).join('\n');
}

function printed(part: string, walk: Walk): string {
  const lines: string[] = [];
  let last = 0;
  for (const command of part.split('\n').filter((line) => line.startsWith('$ '))) {
    lines.push(command);
    if (command === '$ echo $?') {
      lines.push(String(last));
      continue;
    }
    const { code, out } = walk.run(command.slice(2));
    last = code;
    if (out.trim() !== '') lines.push(out.trimEnd());
  }
  return ['```console', ...lines, '```'].join('\n');
}

export class Walk {
  readonly #home = mkdtempSync(join(tmpdir(), 'nwctl-walk-'));
  readonly #site = join(this.#home, 'site');
  readonly #env: NodeJS.ProcessEnv;

  constructor() {
    const programs = join(this.#home, 'bin');
    // Nobody's settings, and nobody's time zone.
    this.#env = {
      PATH: `${programs}:${process.env.PATH ?? ''}`,
      HOME: this.#home,
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'a walk',
      GIT_AUTHOR_EMAIL: 'walk@example.com',
      GIT_COMMITTER_NAME: 'a walk',
      GIT_COMMITTER_EMAIL: 'walk@example.com',
    };
    mkdirSync(programs);
    const nwctl = join(programs, 'nwctl');
    writeFileSync(nwctl, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/console/main.ts')}' "$@"\n`);
    chmodSync(nwctl, 0o755);
    for (const name of copied) cpSync(join(root, name), join(this.#site, name), { recursive: true });
    this.#git('init', '-q', '-b', 'main');
    this.#git('add', '.');
    this.#git('commit', '-q', '-m', 'what is shipped');
  }

  apply(change: string): void {
    execFileSync('git', ['apply', '-'], { cwd: this.#site, env: this.#env, input: `${change}\n` });
  }

  /** Without what is said while it goes on: that hangs on how fast the machine is. */
  run(command: string): { readonly code: number; readonly out: string } {
    const { status, stdout } = spawnSync('sh', ['-c', command], {
      cwd: this.#site,
      env: this.#env,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    return { code: status ?? -1, out: stdout };
  }

  end(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  #git(...args: readonly string[]): void {
    execFileSync('git', args, { cwd: this.#site, env: this.#env });
  }
}
