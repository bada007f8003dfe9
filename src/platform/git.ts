import { spawnSync } from 'node:child_process';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';

/** Files as one revision has them. Nothing is checked out, fetched or locked: the work tree and the index stay as they are. */
export interface GitTree {
  kindOf(path: string): 'file' | 'folder' | 'other' | 'none';
  /** The bytes that were committed, without filters; or why there are none. */
  read(path: string): Uint8Array | { readonly code: 'FILE_MISSING' | 'FILE_UNREADABLE'; readonly message: string };
  /** A path as it was typed, as seen from the top: git takes `./` from the folder where one stands. */
  fromTop(path: string): string | undefined;
}

const timeoutMs = 30_000;
const bytesMax = 64 * 2 ** 20;

/** `main`, a tag, `HEAD~2`, a commit → its files. Of the repository in which `cwd` stands. */
export function gitTree(revision: string, cwd: string): Loaded<GitTree> {
  const tree = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{tree}`], cwd);
  if (!tree.ok) return { ok: false, faults: [refused(revision, tree)] };
  const id = tree.out.toString('utf8').trim();
  const prefix = git(['rev-parse', '--show-prefix'], cwd);
  const here = prefix.ok ? prefix.out.toString('utf8').trim() : '';
  const entryOf = (path: string): { readonly mode: string; readonly id: string } | undefined => {
    if (path === '') return { mode: '040000', id };
    const listed = git(['ls-tree', '-z', '--full-tree', id, '--', path], cwd);
    const [line = ''] = listed.ok ? listed.out.toString('utf8').split('\0') : [];
    const [, mode, blob, name] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return mode === undefined || blob === undefined || name !== path ? undefined : { mode, id: blob };
  };
  return {
    ok: true,
    warnings: [],
    value: {
      fromTop: (path) => normal(path.startsWith('./') || path.startsWith('../') ? `${here}${path}` : path),
      kindOf: (path) => {
        const mode = entryOf(path)?.mode;
        return mode === undefined ? 'none' : mode === '040000' ? 'folder' : mode.startsWith('100') ? 'file' : 'other';
      },
      read: (path) => {
        const entry = entryOf(path);
        if (entry === undefined) return { code: 'FILE_MISSING', message: `is not in revision \`${revision}\`` };
        if (!entry.mode.startsWith('100')) {
          const message = 'is a link, a folder or another repository, and a file is needed';
          return { code: 'FILE_UNREADABLE', message };
        }
        const blob = git(['cat-file', 'blob', entry.id], cwd);
        return blob.ok ? blob.out : { code: 'FILE_UNREADABLE', message: `git cannot read it: ${blob.why}` };
      },
    },
  };
}

/** Steps put together; undefined where they lead out. */
function normal(path: string): string | undefined {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

type Ran = { readonly ok: true; readonly out: Buffer } | { readonly ok: false; readonly why: string };

function git(args: readonly string[], cwd: string): Ran {
  // No hook, no filter, no network, no lock, no question to a person; and messages that we can read.
  const env = {
    ...process.env,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
  const {
    error: problem,
    status,
    stdout,
    stderr,
  } = spawnSync('git', ['--no-pager', ...args], {
    cwd,
    env,
    timeout: timeoutMs,
    maxBuffer: bytesMax,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (problem !== undefined) {
    const code = 'code' in problem ? String(problem.code) : 'unknown';
    return { ok: false, why: code === 'ENOENT' ? 'it is not to be found' : `it could not be run: ${code}` };
  }
  if (status === 0) return { ok: true, out: stdout };
  const [first = ''] = stderr.toString('utf8').trim().split('\n');
  return { ok: false, why: first };
}

/** Quietly refused: there is none. Whatever else git says, it says itself. */
function refused(revision: string, { why }: Ran & { readonly ok: false }): Fault {
  const at = { file: revision, line: 1, col: 1 };
  return why === ''
    ? error(
        'GIT_REVISION',
        at,
        `there is no revision \`${revision}\``,
        '`git log --oneline` and `git branch --all` list them',
      )
    : error('GIT_FAILED', at, `git was asked for revision \`${revision}\`: ${why.replace(/^fatal: /, '')}`);
}
