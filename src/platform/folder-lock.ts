import { closeSync, lstatSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** How long a holder may take to say who it is. That it is there is known before. */
const nameMs = 200;

/** A folder for one process alone. The lock is a socket in it on which its holder listens: the kernel knows whether somebody does, and lets go
 *  when that process dies, however it dies. Numbers of processes would not do: the next one may be in another container, where they
 *  mean others. */
export class FolderLock {
  readonly #server: Server;
  readonly #path: string;
  readonly #folder: number;
  readonly #inode: bigint;

  private constructor(server: Server, path: string, folder: number) {
    this.#server = server;
    this.#path = path;
    this.#folder = folder;
    this.#inode = inodeOf(path) ?? -1n;
  }

  /** The lock, or who holds it. */
  static async take(root: string, name: string): Promise<FolderLock | { readonly holder: string }> {
    const folder = openSync(root, 'r');
    try {
      // A socket's path may have 108 bytes; this way it has, wherever the folder is.
      const path = process.platform === 'linux' ? `/proc/self/fd/${folder}/${name}` : join(root, name);
      for (;;) {
        const server = await listen(path);
        if (server !== undefined) return new FolderLock(server, path, folder);
        const before = inodeOf(path);
        const holder = await holderOf(path);
        if (holder !== undefined) {
          closeSync(folder);
          return { holder };
        }
        // Nobody listens: its holder is dead. Somebody who came at the same moment may have put his there by now; if we still remove that,
        // he sees it before he writes (`isHeld`).
        if (before !== undefined && inodeOf(path) === before) rmSync(path, { force: true });
      }
    } catch (problem) {
      closeSync(folder);
      throw problem;
    }
  }

  /** Whether the socket under that name is still ours. */
  isHeld(): boolean {
    return inodeOf(this.#path) === this.#inode;
  }

  async release(): Promise<void> {
    if (!this.isHeld()) {
      // It is another's by now, and closing ours would remove it.
      this.#server.unref();
      return;
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    closeSync(this.#folder);
  }
}

/** Undefined if something of that name is there. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`process ${process.pid} on ${hostname()}`);
    });
    server.once('error', (problem: NodeJS.ErrnoException) => {
      if (problem.code === 'EADDRINUSE') resolve(undefined);
      else reject(problem);
    });
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Who listens there; undefined if nobody does. */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let [says, isThere] = ['', false];
    const end = (): void => {
      socket.destroy();
      resolve(isThere ? says || 'it does not say which' : undefined);
    };
    socket.setEncoding('utf8');
    socket.once('connect', () => {
      isThere = true;
      setTimeout(end, nameMs);
    });
    socket.on('data', (part: string) => {
      says = (says + part).slice(0, 200);
    });
    socket.once('end', end);
    socket.once('error', (problem: NodeJS.ErrnoException) => {
      if (isThere) return end();
      const isDead = problem.code === 'ECONNREFUSED' || problem.code === 'ENOENT';
      // Not a socket at all: a file that somebody put there. It is nobody's lock.
      if (isDead || problem.code === 'ENOTSOCK') resolve(undefined);
      // So many ask it at once that it cannot answer: it lives.
      else if (problem.code === 'EAGAIN') resolve('it is busy');
      else reject(problem);
    });
  });
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
