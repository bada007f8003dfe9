import type { Loaded } from '../kernel/fault.ts';
import type { Disk as LogDisk } from '../log/disk.ts';
import type { Sink as LogSink } from '../log/wire.ts';
import type { GitTree } from '../platform/git.ts';
import type { HttpSinkOptions } from '../platform/http-sink.ts';
import type { LogServer, LogServerOptions } from '../platform/log-server.ts';
import type { Unread } from '../profile/folder.ts';
import type { Solver } from '../witness/solver.ts';

/** Everything outside of the command line: handed in, so that a test is a call and nothing here reaches for the process. */
export interface World {
  /** `nwctl`, or `kubectl nwctl` when kubectl runs us as its plugin. */
  readonly calledAs: string;
  /** Data. */
  readonly out: Sink;
  /** Messages. */
  readonly err: Sink;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly disk: Disk;
  nowMs(): number;
  /** Milliseconds that only ever grow, finer than a clock: for measuring ourselves. */
  monotonicMs(): number;
  /** What runs us: `v24.1.0`. */
  readonly runtime: string;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** From the system's source of secrets. */
  randomBytes(count: number): Uint8Array;
  /** What a person types unseen; undefined where there is no terminal, or no answer. */
  askSecret(question: string): Promise<string | undefined>;
  /** A command that signs: the bytes go in, the raw signature comes out. */
  runSigner(command: readonly string[], bytes: Uint8Array): Promise<Loaded<Uint8Array>>;
  /** A folder of a log. */
  logFolder(path: string): Promise<LogDisk>;
  logSink(options: HttpSinkOptions): Promise<LogSink>;
  serveLogs(options: LogServerOptions): Promise<LogServer>;
  /** The files of a revision of the repository in which a folder stands. */
  gitTree(revision: string, cwd: string): Promise<Loaded<GitTree>>;
  /** Loaded when it is first asked for: it is large. Not there: a fault that says so. */
  solver(): Promise<Loaded<Solver>>;
}

export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Columns of the terminal, if it is one. */
  readonly columns?: number;
}

/** As much of the disk as the console itself uses; captures have a reader of their own. Reading is synchronous: a
 *  command has nothing else to do meanwhile. Relative paths are as seen from `cwd`. */
export interface Disk {
  kindOf(path: string): 'file' | 'folder' | 'other' | 'none';
  read(path: string): Uint8Array | Unread;
  /** Names in a folder, sorted. */
  list(path: string): readonly string[] | Unread;
  /** Writes beside the file and renames. `mustBeNew`: what is there stays, and the answer is a fault. */
  write(
    path: string,
    text: string | AsyncIterable<Uint8Array>,
    mustBeNew?: boolean,
  ): Promise<Loaded<{ readonly bytes: number }>>;
  /** A new file that nobody but its owner may read. What is there is never overwritten. */
  writeSecret(path: string, text: string): Loaded<true>;
  /** A file, or a folder with all that is in it: whoever looks sees it whole or not at all. */
  remove(path: string): Loaded<true>;
  /** With every folder above it. */
  makeFolder(path: string): Loaded<true>;
  /** Absolute. */
  resolve(...steps: readonly string[]): string;
  /** As seen from a folder; `.` for itself. */
  relative(from: string, path: string): string;
  /** A folder that is shipped with the program: `profiles`, `schemas`. */
  shipped(name: string): string;
  /** Where the program's own code stands. */
  own(): string;
}

/** Ends the process with a code that means what docs/exit-codes.md says. */
export const exit = {
  ok: 0,
  bug: 1,
  invalid: 2,
  denied: 3,
  held: 4,
  differs: 5,
  bound: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exit)[keyof typeof exit];
