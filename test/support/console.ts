import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { diskFrom } from '../../src/console/disk.ts';
import { run } from '../../src/console/run.ts';
import type { World } from '../../src/console/world.ts';
import { fileDisk } from '../../src/platform/file-disk.ts';
import { gitTree } from '../../src/platform/git.ts';
import { httpSink } from '../../src/platform/http-sink.ts';
import { serveLogs } from '../../src/platform/log-server.ts';
import { solverForTests } from './solver.ts';

const root = join(import.meta.dirname, '..', '..');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: Uint8Array;
  /** Standard input that never ends and never says anything. */
  readonly silent?: true;
  readonly calledAs?: string;
  readonly columns?: number;
  readonly interrupted?: AbortSignal;
  readonly nowMs?: number;
  /** Without it no time passes. */
  readonly monotonicMs?: () => number;
  /** What a person types unseen, one after the other. */
  readonly secrets?: readonly string[];
  readonly runSigner?: World['runSigner'];
  readonly solver?: World['solver'];
  /** The repository that is worked in; ours if it does not say. */
  readonly gitAt?: string;
}

/** The command line in this process: a whole run, with a world that nobody else sees. */
export async function nwctl(args: readonly string[], around: Around = {}): Promise<Ran> {
  let out = '';
  const secrets = [...(around.secrets ?? [])];
  let err = '';
  const isTerminal = around.columns !== undefined;
  const columns = around.columns === undefined ? {} : { columns: around.columns };
  const world: World = {
    calledAs: around.calledAs ?? 'nwctl',
    out: {
      write: (text) => {
        out += text;
      },
      isTerminal,
      ...columns,
    },
    err: {
      write: (text) => {
        err += text;
      },
      isTerminal,
      ...columns,
    },
    stdin: (async function* () {
      if (around.stdin !== undefined) yield around.stdin;
      if (around.silent) await new Promise(() => undefined);
    })(),
    env: around.env ?? {},
    // A folder that has no nodewright.yaml in it or above it.
    cwd: around.cwd ?? '/proc/self',
    disk: diskFrom(join(root, 'src')),
    nowMs: () => around.nowMs ?? 0,
    monotonicMs: around.monotonicMs ?? (() => 0),
    runtime: 'v24.0.0',
    interrupted: around.interrupted ?? new AbortController().signal,
    randomBytes: (count) => randomBytes(count),
    askSecret: async () => secrets.shift(),
    logFolder: async (path) => fileDisk(path),
    logSink: async (options) => httpSink(options),
    serveLogs,
    gitTree: async (revision) => gitTree(revision, around.gitAt ?? root),
    solver: around.solver ?? (async () => ({ ok: true, value: await solverForTests(), warnings: [] })),
    runSigner: around.runSigner ?? (() => Promise.reject(new Error('nobody signs here'))),
  };
  const code = await run(args, world);
  return { code, out, err };
}
